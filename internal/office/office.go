// Package office reads the text of office documents: Word, Excel and PowerPoint
// (ECMA-376, ISO/IEC 29500, and the XML forms of 2003) and OpenDocument (ISO/IEC
// 26300). It is given the XML files of a document and keeps true: all text in
// them that a program could show is in a Passage, or the file has a Fault.
//
// A document is not followed along its relationships: every file in it is read,
// by what its root element says it is. So hidden sheets, deleted text, unused
// layouts and what nothing refers to are read like the rest, and there are no
// cycles. What is skipped on purpose: attributes that only programs write and
// read (see Telling), and styles of numbers.
package office

import (
	"path"
	"strings"
)

// Part is one XML file of a document.
type Part struct {
	Name string // path in the package; empty for a document that is one file
	XML  string // UTF-8
}

// Passage is text that belongs together.
type Passage struct {
	Where string // after the place of the document: "", "/sheet 名簿", "/slide1.xml"
	Text  string // lines end with \n, cells of a table with a tab
	Line  int    // of the first line: paragraphs, or rows of a sheet; 0 where lines make no sense
}

// File is a file that was written into XML.
type File struct {
	Name string
	Data []byte
}

// Fault says why text may be missing.
type Fault struct {
	Where string // as in Passage
	Why   string
}

// Why text may be missing.
const (
	WhyBroken   = "broken document"
	WhyEntities = "defines entities"
	WhyDepth    = "nested too deep"
	WhyMissing  = "refers to text that is not there"
	WhyTwice    = "holds the same file twice"
	WhyMore     = "more text than may be read"
	WhyEncoded  = "holds encoded content"
)

// Document is what was read.
type Document struct {
	Passages []Passage
	Files    []File
	Faults   []Fault
	Known    bool // it is a document of a kind read here; else its files were read as any XML
	Shown    bool // there is text on its pages, slides or sheets
}

// Limits bound a Document.
type Limits struct {
	Text     int // bytes of text
	Passages int
}

// Read reads the files of one document. It never fails; its work and its result
// grow with the files and, for sheets, with the text that is shown.
func Read(parts []Part, lim Limits) *Document {
	r := &reader{lim: lim, doc: &Document{}}
	for _, p := range parts {
		r.add(p)
	}
	r.book.prepare(r)
	for i := range r.parts {
		r.part(&r.parts[i])
	}
	r.book.rest(r)
	return r.doc
}

// Flat tells whether XML is a whole office document in one file.
func Flat(xml string) bool {
	root := rootOf(xml)
	return root.office && kinds[root.name]&flat != 0
}

// reader reads one document.
type reader struct {
	lim   Limits
	doc   *Document
	parts []part
	book  workbook
	full  bool
}

type part struct {
	Part
	root
	done bool // it is read
}

// root is what the root element says about a file.
type root struct {
	name   string
	office bool // of a vocabulary of office programs
	open   bool // of OpenDocument
}

// kind says how a file is read.
type kind uint8

const (
	prose kind = 1 << iota // tags join what they stand between, but for those in separators
	shown                  // what it holds is seen when the document is opened
	main                   // makes the package a document
	flat                   // may be a document by itself
)

// kinds are the root elements of running text. In other files every tag stands
// between two texts.
var kinds = map[string]kind{
	"document": prose | shown | main | flat, "hdr": prose, "ftr": prose, "footnotes": prose, "endnotes": prose, "comments": prose,
	"glossaryDocument": prose, "wordDocument": prose | shown | main | flat,
	"workbook": main, "worksheet": shown, "Workbook": prose | shown | main | flat,
	"sst": prose, "wsDr": prose | shown, "chartSpace": prose, "userShapes": prose, "drawing": prose, "dataModel": prose | shown,
	"presentation": main, "sld": prose | shown, "notes": prose, "sldLayout": prose, "sldMaster": prose, "notesMaster": prose,
	"handoutMaster": prose, "cmLst": prose,
	"document-content": prose | shown | main, "document-styles": prose, "package": flat,
}

// namespaces are those of office programs: ECMA-376, its strict form,
// Microsoft's extensions, the XML of 2003, OpenDocument.
var namespaces = []string{
	"//schemas.openxmlformats.org/", "//purl.oclc.org/ooxml/", "//schemas.microsoft.com/office/", "urn:schemas-microsoft-com:office:",
	"urn:oasis:names:tc:opendocument:",
}

// rootOf reads the start tag of the root element.
func rootOf(xml string) (found root) {
	for at := 0; at < len(xml); {
		i := strings.IndexByte(xml[at:], '<')
		if i < 0 || at+i+1 >= len(xml) {
			return found
		}
		at += i
		if !nameStart(xml[at+1]) {
			closes := ">"
			if strings.HasPrefix(xml[at:], "<!--") {
				closes = "-->"
			}
			end := strings.Index(xml[at:], closes)
			if end < 0 {
				return found
			}
			at += end
			continue
		}
		end := tagEnd(xml[at:])
		if end < 0 {
			return found
		}
		source := xml[at+1 : at+end]
		name, _, _ := strings.Cut(source, "/")
		if i := strings.IndexAny(source, blank+"/"); i >= 0 {
			name = source[:i]
		}
		found.name = local(name)
		for i, space := range namespaces {
			if strings.Contains(source, space) {
				found.office, found.open = true, i == len(namespaces)-1
			}
		}
		return found
	}
	return found
}

// add takes a file, apart if it holds others.
func (r *reader) add(p Part) {
	if found := rootOf(p.XML); found.office && found.name == "package" {
		r.unpack(p)
	} else {
		r.sort(p, found)
	}
}

func (r *reader) sort(p Part, found root) {
	r.parts = append(r.parts, part{Part: p, root: found})
	if found.office && kinds[found.name]&main != 0 {
		r.doc.Known = true
	}
}

// part reads one file.
func (r *reader) part(p *part) {
	if p.done {
		return
	}
	p.done = true
	where := p.where()
	var why string
	switch {
	case p.office && p.name == "worksheet":
		why = r.worksheet(p)
	default:
		why = r.text(p, where)
	}
	if why != "" && p.name != "xml" { // drawings in VML are not even meant to be well-formed
		r.fault(where, why)
	}
}

// where is the place of a file after that of its document. The main text of a
// document is the document.
func (p *part) where() string {
	base := path.Base(p.Name)
	switch {
	case p.Name == "", p.name == "document", p.Name == "content.xml":
		return ""
	case base == "content.xml", base == "styles.xml" && p.open:
		return "/" + p.Name
	}
	return "/" + base
}

// passage passes on text, if it may; blank text is no text.
func (r *reader) passage(where, text string, line int) bool {
	if strings.TrimSpace(text) == "" || !r.spend(where, len(text)) {
		return false
	}
	if len(r.doc.Passages) >= r.lim.Passages {
		r.overflow(where)
		return false
	}
	r.doc.Passages = append(r.doc.Passages, Passage{where, text, line})
	return true
}

// spend tells whether n more bytes of text may be kept.
func (r *reader) spend(where string, n int) bool {
	if r.full {
		return false
	}
	if n > r.lim.Text {
		r.overflow(where)
		return false
	}
	r.lim.Text -= n
	return true
}

func (r *reader) overflow(where string) {
	r.full = true
	r.fault(where, WhyMore)
}

func (r *reader) fault(where, why string) {
	f := Fault{where, why}
	if n := len(r.doc.Faults); n == 0 || r.doc.Faults[n-1] != f {
		r.doc.Faults = append(r.doc.Faults, f)
	}
}
