package extract

import (
	"bytes"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/kakitome/kakitome/internal/mail"
	"github.com/kakitome/kakitome/internal/office"
)

// content is one file to read: a leaf part or an archive entry.
type content struct {
	where     string
	name      string // file name, for its extension
	mediaType string // as labelled; empty for archive entries
	charset   string // as labelled
	data      []byte
	text      string // data as text, when the mail parser decoded it
	decoded   bool
	delSp     bool // format=flowed with DelSp=yes
	whole     bool // the content of its unit, not an entry in it
	inline    bool // shown within the body
	shell     bool // stands around what belongs to its unit: a winmail.dat, S/MIME
}

func partContent(p *mail.Part, where string) content {
	return content{
		where: where, name: p.Filename, mediaType: p.MediaType, charset: p.Charset,
		data: p.Content, text: p.Text, decoded: p.Decoded != "" || p.Text != "",
		delSp: strings.EqualFold(p.Params["format"], "flowed") && strings.EqualFold(p.Params["delsp"], "yes"),
	}
}

// openForm reads one file into u by its form.
func (r *reader) openForm(u *unit, c content, depth int) {
	found := sniff(c)
	switch found.form {
	case formNothing:
	case formImage:
		u.list(Unread{Where: c.where, Type: found.mediaType, Why: whyImage, Inline: c.inline})
	case formDrawing:
		u.list(Unread{Where: c.where, Type: found.mediaType, Why: whyImage, Inline: c.inline})
		r.textual(u, c, formXML, depth)
	case formClosed:
		u.unread(c.where, found.mediaType, found.why)
	case formRTF:
		r.rtf(u, c, depth)
	case formSMIME:
		r.smime(u, c, depth+1)
	case formTNEF:
		r.tnef(u, c, depth+1)
	case formPDF:
		r.pdf(u, c, depth+1)
	case formZip:
		r.zip(u, c, depth+1)
	case formGzip:
		r.gzip(u, c, depth+1)
	case formBzip2:
		r.bzip2(u, c, depth+1)
	case formTar:
		r.tar(u, c, depth+1)
	case formMailbox:
		r.mailbox(u, c, depth+1)
	case formMail:
		r.mailFile(u, c, depth+1)
	case formText, formHTML, formXML, formJSON, formCard:
		r.textual(u, c, found.form, depth)
	}
}

// textual reads a file that is text in some notation.
func (r *reader) textual(u *unit, c content, f form, depth int) {
	text := c.text
	if !c.decoded {
		if c.charset == "" {
			c.charset = declaredCharset(c.data, f)
		}
		var fault mail.FaultKind
		text, _, fault = mail.DecodeText(c.data, c.charset)
		if f == formCard && (mail.Fault{Kind: fault}).Unreadable() { // lines may be folded within a character
			text, _, fault = mail.DecodeText(mail.Unfold(c.data), c.charset)
		}
		switch {
		case fault == 0:
		case (mail.Fault{Kind: fault}).Unreadable():
			u.unread(c.where, c.mediaType, faultWords[fault])
		default:
			u.Remarks = append(u.Remarks, u.prefix+c.where+": "+faultWords[fault])
		}
	}
	text = strings.ReplaceAll(text, "\r\n", "\n")
	if junk(text) {
		u.unread(c.where, c.mediaType, whyJunk)
	}
	if why := encodedWithin(r.uuencoded(u, c, text, depth)); why != "" {
		u.unread(c.where, c.mediaType, why)
	}
	if f == formXML && office.Flat(text) {
		r.flatOffice(u, c, text, depth)
		return
	}
	switch f {
	case formHTML, formXML:
		r.markup(u, c.where, text, f == formXML, depth)
	case formJSON:
		u.prose(c.where, text, 1)
		u.also(c.where, text, unescapeJSON(text))
	case formCard:
		r.card(u, c.where, text, depth)
	default:
		u.prose(c.where, text, 1)
		if c.delSp {
			u.also(c.where, text, joinFlowed(text))
		}
	}
	if f != formHTML && f != formXML && looksHTML(text) {
		r.markup(u, c.where, text, false, depth)
	}
}

// mailFile reads a mail that came as a file. It makes the unit of an attached
// mail an enclosed one; a mail in an archive gets a unit of its own.
func (r *reader) mailFile(u *unit, c content, depth int) {
	if depth > r.lim.Depth {
		u.unread(c.where, c.mediaType, whyDepth)
		return
	}
	if c.whole {
		u.Kind = Enclosed
		u.prefix += insideMail
	} else {
		u = r.add(Enclosed, c.name, u.prefix+c.where+"/")
		u.Bytes = c.data
	}
	if c.mediaType == "text/rfc822-headers" && !bytes.Contains(bytes.ReplaceAll(bytes.TrimSpace(c.data), []byte("\r"), nil), []byte("\n\n")) {
		u.header(mail.Parse(slices.Concat(bytes.TrimSpace(c.data), []byte("\r\n\r\n")), r.lim.Mail).Root) // they say of a body what is not there (RFC 6522 §4)
		return
	}
	r.message(mail.Parse(c.data, r.lim.Mail), u, depth)
}

// junk tells whether text is mostly no text: a NUL, or more than a tenth of
// unprintable or replaced characters.
func junk(text string) bool {
	bad, all := 0, 0
	for _, c := range text {
		all++
		switch {
		case c == 0:
			return true
		case c >= ' ' && c < 0x7f, c >= 0x3000 && c < 0xd800: // nearly all text
		case c == utf8.RuneError, unicode.IsControl(c) && !unicode.IsSpace(c), unicode.Is(unicode.Noncharacter_Code_Point, c):
			bad++
		}
	}
	return bad*10 > all
}
