package extract

import (
	"strings"

	"github.com/kakitome/kakitome/internal/mail"
	"github.com/kakitome/kakitome/internal/rtf"
)

// rtf reads a document in Rich Text Format. Pictures in a document that has text
// belong to it as those in a mail belong to its body; a document of nothing but
// pictures is an image.
func (r *reader) rtf(u *unit, c content, depth int) {
	doc := rtf.Read(c.data, mail.DecodePage)
	if doc.HTML {
		r.markup(u, c.where, doc.Text, false, depth)
	} else {
		u.prose(c.where, doc.Text, 1)
	}
	u.prose(c.where+" beside the text", doc.Beside, 0)
	u.run(c.where, doc.Again, 0)
	for _, mediaType := range doc.Pictures {
		u.list(Unread{Where: c.where, Type: mediaType, Why: whyImage, Inline: strings.TrimSpace(doc.Text) != ""})
	}
	if doc.Objects {
		u.unread(c.where, "application/x-ole-storage", whyObject)
	}
	for _, f := range doc.Faults {
		u.unread(c.where, "application/rtf", rtfWhys[f])
	}
	if strings.HasPrefix(c.mediaType, "text/") && !strings.HasSuffix(c.mediaType, "/rtf") {
		r.textual(u, c, formText, depth) // some programs show its source
	}
}

var rtfWhys = map[rtf.Fault]string{
	rtf.Charset:  faultWords[mail.BadCharset],
	rtf.Nested:   whyDepth,
	rtf.Trailing: whyAfterEnd,
	rtf.Binary:   whyRaw,
}
