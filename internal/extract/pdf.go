package extract

import (
	"github.com/kakitome/kakitome/internal/mail"
	"github.com/kakitome/kakitome/internal/pdf"
)

// pdf reads a PDF: each page, what stands beside the pages, and the files in
// it. Pictures beside text belong to it as those in a mail belong to its body; a
// page of nothing but a picture is a scan, and nobody has read it.
func (r *reader) pdf(u *unit, c content, depth int) {
	const mediaType = "application/pdf"
	doc := pdf.Read(c.data, pdf.Limits{Unpacked: max(1, r.lim.Unpacked-r.unpacked), Work: max(1, r.lim.Work-r.work)})
	r.unpacked += doc.Unpacked
	r.work += doc.Work
	for _, run := range doc.Runs {
		line := 0
		if run.Lines {
			line = 1
		}
		u.prose(c.where+" "+run.Where, run.Text, line)
	}
	for _, f := range doc.Files {
		inner := content{where: c.where + " " + f.Where, mediaType: f.Type, data: f.Data}
		if f.Embedded {
			inner.name = f.Name
			inner.where = c.where + "/" + label(f.Name, "no name")
			r.entries++
		}
		switch {
		case f.Type == "" && depth > r.lim.Depth: // it may hold files again, and itself
			u.unread(inner.where, mediaType, whyDepth)
		case r.entries > r.lim.Entries:
			u.unread(inner.where, mediaType, whyEntries)
		default:
			r.content(u, inner, depth)
		}
	}
	for _, n := range doc.Unread {
		where := c.where
		if n.Where != "" {
			where += " " + n.Where
		}
		u.list(Unread{Where: where, Type: mediaType, Why: pdfWhys[n.Why], Inline: n.Inline})
	}
}

var pdfWhys = map[pdf.Reason]string{
	pdf.Encrypted: whyEncrypted,
	pdf.Broken:    whyDocument,
	pdf.Image:     whyImage,
	pdf.Drawing:   whyDrawing,
	pdf.Glyphs:    whyGlyphs,
	pdf.Junk:      whyJunk,
	pdf.Binary:    faultWords[mail.BadCharset],
	pdf.Format:    whyFilter,
	pdf.Deep:      whyDepth,
	pdf.Limit:     whyWork,
}
