// Package rtf reads the text of documents in Rich Text Format (Microsoft's
// specification 1.9.1), HTML packed into it (MS-OXRTFEX), and its compressed
// form in Outlook's mail (MS-OXRTFCP).
//
// It keeps true: every character that some program shows of a document is in
// its Text or in Beside, or a Fault says that it may not be. Hidden text is
// text. Skipped on purpose is only what stands in the tables of the document
// (fonts, colours, styles, lists) and what a program notes for itself.
//
// Reading is pure, total and linear in the size of the document.
package rtf

import (
	"bytes"
	"maps"
	"slices"
	"strings"
	"unicode/utf16"
	"unicode/utf8"
)

// Document is what was read.
type Document struct {
	Text     string   // running text, lines ended by \n; if HTML is set, the HTML that was packed
	HTML     bool     // the document was made from HTML (\fromhtml)
	Beside   string   // text that is not in the flow, a line each: notes, headers, field codes, properties, and what is shown instead of packed HTML
	Again    string   // Text and Beside read by the document's code page where the fonts name another, or as Japanese where nobody names one; else empty
	Pictures []string // media types there are, "image/png"
	Objects  bool     // there are embedded files, not read
	Faults   []Fault
}

// Fault is a reason why text may have escaped the reader.
type Fault uint8

// Faults.
const (
	Charset  Fault = iota + 1 // bytes that mean nothing in their code page
	Nested                    // groups nested deeper than a thousand; the rest is not read
	Trailing                  // something after the document's end
	Binary                    // binary data where none belongs
)

// maxDepth bounds nested groups; Word itself stops far earlier.
const maxDepth = 1000

// Decode gives the UTF-8 of bytes in a Windows code page, and whether they are
// clean in it.
type Decode func(b []byte, page int) (text string, ok bool)

// Read reads a document. It takes anything.
func Read(data []byte, decode Decode) Document {
	p := newParser(data, decode)
	p.read()
	if p.doubt {
		again := newParser(data, decode)
		again.fontless = true
		if !p.named {
			again.page = japanese
		}
		again.read()
		p.doc.Again = again.doc.Text + "\n" + again.doc.Beside
	}
	return p.doc
}

type parser struct {
	lexer
	doc    Document
	decode Decode

	group   group   // the one being read
	outer   []group // those around it
	main    strings.Builder
	packed  strings.Builder // shown instead of packed HTML: text within \htmlrtf
	beside  strings.Builder
	pending []byte // bytes of text, not decoded yet: characters may be split over tokens
	high    rune   // a \u that is the first half of a character
	skip    int    // characters that stand for a \u that was read

	page     int         // of the document
	named    bool        // the document said it
	font     int         // where none is named
	fonts    map[int]int // code page of a font; 0 is the document's
	fontless bool        // fonts do not decide
	doubt    bool        // fonts and document disagree about text beyond ASCII
	faults   map[Fault]bool
	pictures map[string]bool
	nameless bool // a picture did not say yet what it is
}

// group is the state that ends with its brace.
type group struct {
	out   *strings.Builder // where text goes; nil is nowhere
	own   bool             // out ends with the group, and goes beside
	fonts bool             // the font table
	star  bool             // \* was read: what follows is a destination
	value bool             // a property of a drawing, in figures or in words
	quiet bool             // \htmlrtf: not part of the packed HTML
	font  int
	page  int // \cpg within the font table; else 0
	uc    int // characters that stand for a \u
}

func newParser(data []byte, decode Decode) *parser {
	p := &parser{lexer: lexer{data: data}, decode: decode, page: 1252, fonts: map[int]int{}, faults: map[Fault]bool{}, pictures: map[string]bool{}}
	p.group = group{out: &p.main, uc: 1}
	return p
}

func (p *parser) read() {
	for depth, started := 0, false; ; {
		t, ok := p.next()
		if !ok {
			break
		}
		if started && depth == 0 {
			if t.kind != closing && !bytes.ContainsRune([]byte("\x00\r\n\t "), rune(t.char)) {
				p.fault(Trailing)
				break
			}
			continue
		}
		switch t.kind {
		case opening:
			if depth++; depth > maxDepth {
				p.fault(Nested)
				p.close(0)
				return
			}
			started = true
			p.open()
		case closing:
			if depth > 0 {
				depth--
				p.close(depth)
			}
		case text, escaped:
			p.char(t)
		case word:
			p.word(t)
		}
	}
	p.close(0)
}

func (p *parser) open() {
	p.flush()
	p.skip = 0
	p.outer = append(p.outer, p.group)
	p.group.own, p.group.star = false, false
}

// close ends groups until depth are open. At 0 the document is finished.
func (p *parser) close(depth int) {
	p.flush()
	p.skip = 0
	for len(p.outer) > depth {
		p.end()
		p.group, p.outer = p.outer[len(p.outer)-1], p.outer[:len(p.outer)-1]
	}
	if depth == 0 {
		p.end()
		p.aside(&p.packed)
		p.doc.Text, p.doc.Beside = p.main.String(), p.beside.String()
		p.picture()
		p.doc.Faults = slices.Sorted(maps.Keys(p.faults))
		p.doc.Pictures = slices.Sorted(maps.Keys(p.pictures))
	}
}

// begin makes the rest of the group a text of its own.
func (p *parser) begin() {
	p.end()
	p.group.out, p.group.own = &strings.Builder{}, true
	p.group.value = false
}

// discard skips the rest of the group.
func (p *parser) discard() {
	p.end()
	p.group.out = nil
}

// end puts the text that is the group's own beside the flow.
func (p *parser) end() {
	if !p.group.own {
		return
	}
	if !p.group.value || strings.Trim(p.group.out.String(), "-.,;0123456789") != "" {
		p.aside(p.group.out)
	}
	p.group.own, p.group.value = false, false
}

// aside adds a text of its own to what is beside the flow.
func (p *parser) aside(text *strings.Builder) {
	if strings.TrimSpace(text.String()) != "" {
		p.beside.WriteString(text.String())
		p.beside.WriteByte('\n')
	}
	text.Reset()
}

func (p *parser) fault(f Fault) { p.faults[f] = true }

// char takes one byte of text, written as it is or as \'hh.
func (p *parser) char(t token) {
	switch {
	case p.skip > 0:
		p.skip--
	case t.kind == text && (t.char == '\r' || t.char == '\n'): // line ends of the file
	default:
		p.half()
		p.pending = append(p.pending, t.char)
	}
}

// put takes text that needs no decoding.
func (p *parser) put(s string) {
	p.flush()
	p.write(s)
}

func (p *parser) write(s string) {
	switch out := p.group.out; {
	case out == nil:
	case p.group.quiet && p.doc.HTML:
		p.packed.WriteString(s)
	default:
		out.WriteString(s)
	}
}

// flush decodes what text is pending.
func (p *parser) flush() {
	p.half()
	if len(p.pending) == 0 {
		return
	}
	if p.group.out != nil {
		s, ok := p.decode(p.pending, p.codePage())
		if !ok {
			p.fault(Charset)
		}
		p.write(s)
	}
	p.pending = p.pending[:0]
}

// codePage is the one text is written in here. Where the font does not know and
// the document does, a second reading by the document alone is wanted.
func (p *parser) codePage() int {
	font := p.fonts[p.group.font]
	if p.fontless || font == 0 && p.named {
		return p.page
	}
	if (font == 0 || p.named && font != p.page) && hasHigh(p.pending) {
		p.doubt = true
	}
	if font == 0 {
		return p.page
	}
	return font
}

// japanese is the code page of a document that names none, on the machines
// whose mail this is.
const japanese = 932

func hasHigh(b []byte) bool {
	for _, c := range b {
		if c >= utf8.RuneSelf {
			return true
		}
	}
	return false
}

// unicode takes \uN, a UTF-16 code unit as a signed number.
func (p *parser) unicode(n int) {
	unit := rune(uint16(n)) //nolint:gosec // as the format says: negative numbers are those over 32767
	switch {
	case n > 0xffff && n <= utf8.MaxRune: // not of the format, but written
		p.put(string(rune(n)))
	case p.high != 0 && utf16.IsSurrogate(unit):
		pair := utf16.DecodeRune(p.high, unit)
		p.high = 0
		if pair == utf8.RuneError {
			p.fault(Charset)
		}
		p.put(string(pair))
	case utf16.IsSurrogate(unit):
		p.flush()
		p.high = unit
	default:
		p.put(string(unit))
	}
	p.skip = p.group.uc
}

// half writes that the first half of a character was not followed by the other.
func (p *parser) half() {
	if p.high != 0 {
		p.high = 0
		p.fault(Charset)
		p.write(string(utf8.RuneError))
	}
}
