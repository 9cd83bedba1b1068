// Package pdf reads the text of a PDF (ISO 32000-2). It keeps true: all text
// that any program could show or find in the file is in a Run or a File, or what
// holds it is named in Unread; characters nobody can tell are never silently
// dropped or guessed.
//
// Objects are found by reading through the file, in every version, not by its
// cross-reference tables. Nothing is laid out by style: hidden, covered and
// white text is text. Reading is pure, total and bounded: it counts what it looks
// at, and what it did not get to is Unread.
package pdf

import "strings"

// Document is what was found in a file.
type Document struct {
	Runs     []Run
	Files    []File
	Unread   []Unread
	Unpacked int // bytes unpacked
	Work     int // work done
}

// Run is a piece of text. The same text may be in two runs if it can be read in
// two ways: in the order it was drawn, and by its place.
type Run struct {
	Where string // "page 2", "form field", "note", "link", "title", "properties" …
	Text  string // UTF-8; lines end in \n, cells of a table in \t
	Lines bool   // the lines are those of the page
}

// File is something in the file that is a file by itself: what is embedded, XML.
type File struct {
	Where    string // "file", "metadata", "note", "script", "content on no page", "between the objects"
	Embedded bool   // a file that somebody put in
	Name     string // of an embedded file
	Type     string // media type, if it can only be some kind of text
	Data     []byte
}

// Unread names something that may hold text nobody has read.
type Unread struct {
	Where  string // as in Run; empty for the whole file
	Why    Reason
	Inline bool // an image beside text
}

// Reason says why something is unread.
type Reason uint8

// Reasons why something is unread.
const (
	Encrypted Reason = iota + 1 // a password is needed
	Broken                      // what should be there is not, or cannot be unpacked
	Image                       // a picture
	Drawing                     // a page without text on which something is drawn
	Glyphs                      // characters that no map of their font tells
	Junk                        // text that is mostly no text
	Binary                      // strings in no known charset
	Format                      // a filter nobody knows
	Deep                        // nested too deep
	Limit                       // a limit was reached
)

// Limits bound one reading. The zero value of a field means the default in
// parentheses.
type Limits struct {
	Unpacked int // bytes unpacked (64 MiB)
	Work     int // bytes looked at; a glyph costs some more (256 MiB)
}

// Read reads a file. It reads anything and never fails.
func Read(data []byte, lim Limits) Document {
	if lim.Unpacked <= 0 {
		lim.Unpacked = 64 << 20
	}
	if lim.Work <= 0 {
		lim.Work = 256 << 20
	}
	f := open(data, budget{work: lim.Work, unpacked: lim.Unpacked})
	r := &reading{f: f, said: map[string]bool{}, drawn: map[int]bool{}, use: map[int]*dict{}}
	if f.locked != nil && !f.unlock() {
		r.unread("", Encrypted, false)
	} else {
		f.unpackObjects()
		r.s = f.survey()
		f.all = r.s
		r.pages()
		r.rest()
		r.texts()
	}
	r.between()
	if f.broken {
		r.unread("", Broken, false)
	}
	if f.deep {
		r.unread("", Deep, false)
	}
	if f.over {
		r.unread("", Limit, false)
	}
	r.doc.Unpacked, r.doc.Work = lim.Unpacked-max(f.unpacked, 0), lim.Work-max(f.work, 0)
	return r.doc
}

func (r *reading) run(run Run) {
	if strings.TrimSpace(run.Text) == "" || r.said[run.Text] {
		return
	}
	r.said[run.Text] = true
	run.Text = strings.ToValidUTF8(run.Text, "\uFFFD")
	r.doc.Runs = append(r.doc.Runs, run)
}

func (r *reading) unread(where string, why Reason, inline bool) {
	n := Unread{where, why, inline}
	for _, other := range r.doc.Unread[max(0, len(r.doc.Unread)-8):] {
		if other == n {
			return
		}
	}
	r.doc.Unread = append(r.doc.Unread, n)
}

// texts adds the strings of all objects, by place.
func (r *reading) texts() {
	for _, where := range r.s.places {
		r.run(Run{Where: where, Text: r.s.texts[where].String()})
	}
	for _, text := range r.s.markup {
		r.doc.Files = append(r.doc.Files, File{Where: "note", Type: "text/html", Data: []byte(text)})
	}
	if r.s.notText > 0 {
		r.unread("other text", Binary, false)
	}
}

// between finds what stands outside of objects and tables: pages in front of
// the file, archives behind it, comments.
func (r *reading) between() {
	var rest []byte
	at := 0
	gap := func(start, end int) {
		if start > at {
			rest = append(rest, leftOver(r.f.raw[at:start])...)
		}
		at = max(at, end)
	}
	trailers := r.f.trailers
	for i := range r.f.objects {
		o := &r.f.objects[i]
		if o.start < 0 || o.inside {
			continue
		}
		for len(trailers) > 0 && trailers[0].start < o.start {
			gap(trailers[0].start, trailers[0].end)
			trailers = trailers[1:]
		}
		gap(o.start, max(o.end, o.body+o.size))
	}
	for _, t := range trailers {
		gap(t.start, t.end)
	}
	gap(len(r.f.raw), len(r.f.raw))
	if len(rest) > 0 {
		r.doc.Files = append(r.doc.Files, File{Where: "between the objects", Type: "text/plain", Data: rest})
	}
}

// leftOver is what of a gap between objects is no table, keyword or mark.
func leftOver(gap []byte) []byte {
	var rest []byte
	for len(gap) > 0 {
		line := gap
		for i, c := range gap {
			if c == '\n' || c == '\r' {
				line = gap[:i+1]
				break
			}
		}
		gap = gap[len(line):]
		words := strings.Fields(string(line))
		if len(words) > 0 && !structure(words) {
			rest = append(rest, line...)
		}
	}
	return rest
}

// structure tells whether the words of a line outside of objects belong to the
// structure of the file: tables, keywords, the first line and the mark after it.
func structure(words []string) bool {
	first := strings.TrimLeft(words[0], "\ufeff\x00")
	if len(words) == 1 && (strings.HasPrefix(first, "%PDF-") && len(first) <= 10 || first == "%%EOF" || isMark(first)) {
		return true
	}
	for _, word := range words {
		switch word {
		case "xref", "startxref", "endobj", "endstream", "n", "f", "%%EOF":
			continue
		}
		if len(word) > 10 || strings.Trim(word, "0123456789") != "" {
			return false
		}
	}
	return true
}

// isMark tells whether a word is the comment that says a file is binary.
func isMark(word string) bool {
	rest, ok := strings.CutPrefix(word, "%")
	for _, c := range []byte(rest) {
		ok = ok && c >= 0x80
	}
	return ok && rest != "" && len(rest) <= 12
}
