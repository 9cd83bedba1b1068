package extract

import (
	"bytes"
	"path"
	"strings"

	"github.com/kakitome/kakitome/internal/mail"
	"github.com/kakitome/kakitome/internal/office"
)

// The media types under which faults of office documents are listed.
const (
	typeOOXML  = "application/vnd.openxmlformats-officedocument"
	typeODF    = "application/vnd.oasis.opendocument"
	typeXLSB   = "application/vnd.ms-excel.sheet.binary.macroenabled.12"
	typeMacros = "application/vnd.ms-office.vbaproject"
)

// officeType names the office document a ZIP with these files is, or returns "".
func officeType(names []string) string {
	for _, name := range names {
		switch name {
		case "[Content_Types].xml":
			return typeOOXML
		case "mimetype":
			return typeODF
		}
	}
	return ""
}

// office reads the files of an office document: the XML together, then all
// others like those of any archive. Pictures beside text are pictures within the
// body; a document of pictures is a picture.
func (r *reader) office(u *unit, c content, mediaType string, files []content, depth int) {
	var parts []office.Part
	var others []content
	binary := false
	for _, f := range files {
		if f.name == "META-INF/manifest.xml" && bytes.Contains(f.data, []byte("encryption-data")) {
			u.unread(c.where, mediaType, whyEncrypted)
			return
		}
		binary = binary || strings.HasSuffix(f.name, "xl/workbook.bin")
	}
	names := map[string]bool{}
	for i, f := range files {
		f.name = strings.ReplaceAll(f.name, `\`, "/") // as some libraries write
		if key := strings.ToLower(path.Clean("/" + f.name)); names[key] {
			u.unread(f.where, "", office.WhyTwice)
		} else {
			names[key] = true
		}
		switch {
		case isXML(f):
			if xml, ok := r.xml(u, f); ok {
				parts = append(parts, office.Part{Name: f.name, XML: xml})
			}
			files[i].data = nil // it is not kept twice
		case strings.HasSuffix(f.name, "/vbaProject.bin"):
			u.unread(f.where, typeMacros, whyFormat)
		case binary && path.Ext(f.name) == ".bin": // listed as a whole
		case !machinePart(f):
			others = append(others, f)
		}
	}
	doc := r.document(u, c.where, mediaType, parts)
	switch {
	case binary:
		u.unread(c.where, typeXLSB, whyFormat)
	case !doc.Known:
		u.unread(c.where, mediaType, whyFormat)
	}
	for _, f := range others {
		f.inline = doc.Shown
		r.content(u, f, depth)
	}
	r.officeFiles(u, c, doc, depth)
}

// flatOffice reads an office document that is one XML file.
func (r *reader) flatOffice(u *unit, c content, xml string, depth int) {
	doc := r.document(u, c.where, c.mediaType, []office.Part{{XML: xml}})
	r.officeFiles(u, c, doc, depth+1)
}

// officeFiles reads the files that are written into the XML of a document.
func (r *reader) officeFiles(u *unit, c content, doc *office.Document, depth int) {
	for _, f := range doc.Files {
		where := c.where + "/" + label(f.Name, "embedded")
		if depth > r.lim.Depth {
			u.unread(where, "", whyDepth)
			continue
		}
		r.content(u, content{where: where, name: f.Name, data: f.Data, inline: doc.Shown}, depth)
	}
}

// document reads the XML of a document into u.
func (r *reader) document(u *unit, where, mediaType string, parts []office.Part) *office.Document {
	doc := office.Read(parts, office.Limits{Text: r.lim.Text - u.text, Passages: r.lim.Runs - len(u.Runs)})
	sheets := sheetsOf(doc.Passages)
	outer := u.alternative
	for _, p := range doc.Passages {
		at := where + clip(p.Where)
		if n, ok := sheets[p.Where]; ok && outer == 0 {
			u.alternative = n
		}
		u.prose(at, p.Text, p.Line)
		u.alternative = outer
		if why := encodedWithin(p.Text); why != "" {
			u.unread(at, mediaType, why)
		}
	}
	for _, f := range doc.Faults {
		u.unread(where+clip(f.Where), mediaType, f.Why)
	}
	return doc
}

// sheetsOf numbers the sheets of a workbook, each of which is opened without
// the others; a single one is not numbered.
func sheetsOf(passages []office.Passage) map[string]uint8 {
	sheets := map[string]uint8{}
	for _, p := range passages {
		if strings.HasPrefix(p.Where, "/sheet ") && sheets[p.Where] == 0 {
			sheets[p.Where] = alternative(len(sheets))
		}
	}
	if len(sheets) < 2 {
		return nil
	}
	return sheets
}

// xml is the text of an XML file, if there is still room for one.
func (r *reader) xml(u *unit, f content) (text string, ok bool) {
	if !r.spend(len(f.data)) {
		u.unread(f.where, "", whyWork)
		return "", false
	}
	charset := declaredCharset(f.data, formXML)
	if charset == "" {
		charset = "utf-8" // XML 1.0 §4.3.3
	}
	text, _, fault := mail.DecodeText(f.data, charset)
	switch {
	case fault == 0:
	case (mail.Fault{Kind: fault}).Unreadable():
		u.unread(f.where, "", faultWords[fault])
	default:
		u.Remarks = append(u.Remarks, u.prefix+f.where+": "+faultWords[fault])
	}
	return text, true
}

// oleWhy tells why a compound file stays unread ([MS-CFB], [MS-OFFCRYPTO] §1.3):
// encrypted documents and those of before 2007 are such files.
func oleWhy(data []byte) string {
	stream := func(name string) bool {
		var wide []byte
		for i := range len(name) {
			wide = append(wide, name[i], 0)
		}
		return bytes.Contains(data, append(wide, 0, 0))
	}
	switch {
	case stream("EncryptedPackage"):
		return whyEncrypted
	case stream("WordDocument"), stream("Workbook"), stream("Book"), stream("PowerPoint Document"):
		return whyOldOffice
	}
	return whyFormat
}

// isXML tells whether a file of an office document is XML of its own: not a page
// or a drawing, which are read as such.
func isXML(f content) bool {
	head := bytes.TrimLeft(f.data[:min(len(f.data), 64)], "\xef\xbb\xbf\xff\xfe\x00 \t\r\n")
	switch strings.ToLower(path.Ext(f.name)) {
	case ".htm", ".html", ".xhtml", ".svg", ".mht", ".mhtml", ".eml":
		return false
	case ".xml", ".rels", ".vml":
		return bytes.HasPrefix(head, []byte("<"))
	}
	return bytes.HasPrefix(head, []byte("<")) && !looksHTML(string(head))
}

// machinePart tells whether a file of an office document is one that only
// programs read: settings of a printer, embedded fonts, a cache of the layout.
// What the bytes are known to be otherwise is no such file.
func machinePart(f content) bool {
	if f.name == "mimetype" {
		return bytes.HasPrefix(f.data, []byte(typeODF))
	}
	if found := sniff(f); found.form != formClosed || found.mediaType != "" {
		return false
	}
	dir, base := path.Split(f.name)
	return strings.HasSuffix(dir, "/printerSettings/") || strings.HasSuffix(dir, "/fonts/") || dir == "Fonts/" || base == "layout-cache"
}
