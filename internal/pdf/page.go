package pdf

import (
	"fmt"
	"strings"
)

// leaf is a page found in the page tree, with what it inherits.
type leaf struct {
	*dict
	id       int // of its object; -1 if it stands within another
	res, box any
}

// reading is one reading of a file.
type reading struct {
	f     *file
	s     *survey
	doc   Document
	said  map[string]bool // text that is in a run already
	drawn map[int]bool    // ids of streams that were drawn
	text  bool            // a page has some
	lines bool            // a page has lines that are no text
	use   map[int]*dict   // the resources a stream was drawn with, by its number
}

// pages reads the pages in their order, and then those that are in no order
// (ISO 32000-2 §7.7.3).
func (r *reading) pages() {
	leaves, seen := r.tree()
	number := 0
	for _, l := range leaves {
		if r.f.over {
			return
		}
		number++
		r.page(l, fmt.Sprintf("page %d", number))
	}
	switch {
	case number == 0:
		r.unread("", Broken, false)
	case !r.text && r.lines && len(r.doc.Unread) == 0:
		r.unread("", Drawing, false)
	}
	for _, id := range r.s.pages {
		if r.f.over {
			return
		}
		if d, ok := r.f.parse(id).(*dict); ok && !seen[id] {
			r.page(leaf{dict: d, id: id, res: d.get("Resources"), box: d.get("MediaBox")}, "page in no order")
		}
	}
}

// tree walks the page tree, and tells which objects it is made of.
func (r *reading) tree() (leaves []leaf, seen map[int]bool) {
	seen = map[int]bool{}
	todo := []leaf{{dict: &dict{keys: []name{"Kids"}, values: []any{array{r.f.catalog().get("Pages")}}}}}
	for len(todo) > 0 && r.f.spend(1) {
		node := todo[len(todo)-1]
		todo = todo[:len(todo)-1]
		kids := r.f.array(node.get("Kids"))
		if kids == nil && node.get("Kids") == nil {
			leaves = append(leaves, node)
			continue
		}
		for i := len(kids) - 1; i >= 0; i-- {
			child := leaf{id: -1, res: node.res, box: node.box}
			if ref, ok := kids[i].(reference); ok {
				id, known := r.f.latest[int(ref)]
				if !known {
					r.unread("", Broken, false)
					continue
				}
				if seen[id] {
					continue
				}
				seen[id] = true
				child.id = id
			}
			if child.dict = r.f.dict(kids[i]); child.dict == nil {
				continue
			}
			if v := child.get("Resources"); v != nil {
				child.res = v
			}
			if v := child.get("MediaBox"); v != nil {
				child.box = v
			}
			todo = append(todo, child)
		}
	}
	return leaves, seen
}

// page reads what a page shows: its content, and the looks of its annotations
// where they stand.
func (r *reading) page(l leaf, where string) {
	res := r.f.dict(l.res)
	w := r.painter()
	w.paint(r.contents(l.get("Contents"), res, w.p), res)
	for _, v := range r.f.array(l.get("Annots")) {
		r.annotation(w, r.f.dict(v))
	}
	box := r.f.numbers(l.box)
	size := 612. * 792
	if len(box) == 4 {
		if s := (box[2] - box[0]) * (box[3] - box[1]); s != 0 {
			size = max(s, -s)
		}
	}
	r.flow(w.p, where, size)
}

func (r *reading) painter() *painter {
	return &painter{f: r.f, p: &page{}, s: state{ctm: identity, scale: 1, textMatrix: identity, textLineMatrix: identity}, seen: r.drawn}
}

// contents puts the content streams of a page together (ISO 32000-2 §7.7.3.3).
func (r *reading) contents(v any, res *dict, p *page) []byte {
	list := array{v}
	if a := r.f.array(v); a != nil {
		list = a
	}
	var all []byte
	for _, v := range list {
		s := r.f.stream(v)
		if s == nil {
			p.broken = p.broken || v != nil
			continue
		}
		r.drawn[s.id] = true
		r.use[r.f.objects[s.id].num] = res
		data, why := r.f.unpack(s)
		p.broken = p.broken || why != 0
		if all == nil && len(list) == 1 {
			return data
		}
		all = append(append(all, data...), '\n')
	}
	return all
}

// annotation draws the look of an annotation into its rectangle (ISO 32000-2
// §12.5.5).
func (r *reading) annotation(w *painter, d *dict) {
	look := r.f.resolve(r.f.dict(d.get("AP")).get("N"))
	if states, ok := look.(*dict); ok {
		look = r.f.resolve(states.get(r.f.name(d.get("AS"))))
	}
	s, ok := look.(*stream)
	rect := r.f.numbers(d.get("Rect"))
	if !ok || len(rect) != 4 {
		return
	}
	box := r.f.numbers(s.get("BBox"))
	m, _ := matrixOf(r.f.numbers(s.get("Matrix")))
	place := matrix{1, 0, 0, 1, rect[0], rect[1]}
	if len(box) == 4 {
		corner := matrix{1, 0, 0, 1, box[0], box[1]}.times(m)
		other := matrix{1, 0, 0, 1, box[2], box[3]}.times(m)
		x, y := min(corner[4], other[4]), min(corner[5], other[5])
		place = matrix{1, 0, 0, 1, min(rect[0], rect[2]) - x, min(rect[1], rect[3]) - y}
	}
	outer := w.s
	w.s.ctm = place
	w.draw(s)
	w.s = outer
}

// manyLines is how many lines a drawing has that may be letters: fewer are the
// frame of an empty page.
const manyLines = 48

// flow says what a flow of content holds. size is the area it is shown on.
func (r *reading) flow(p *page, where string, size float64) {
	text := ""
	for i, reading := range p.readings(&r.f.budget) {
		if i == 0 {
			text = strings.Trim(reading, " \n\t\uFFFD")
		}
		r.run(Run{Where: where, Text: reading, Lines: i == 0})
	}
	switch {
	case p.unknown > 0:
		r.unread(where, Glyphs, false)
	case p.odd*10 > p.glyphs:
		r.unread(where, Junk, false)
	}
	if p.broken {
		r.unread(where, Broken, false)
	}
	switch {
	case p.images > 0:
		r.unread(where, Image, text != "" && p.area < size/2)
	case text == "" && p.unknown == 0 && p.lines >= manyLines:
		r.unread(where, Drawing, false)
	}
	r.text, r.lines = r.text || text != "", r.lines || p.lines > 0
}

// rest reads what no page shows.
func (r *reading) rest() {
	for id := 0; id < len(r.f.objects) && !r.f.over; id++ {
		o := &r.f.objects[id]
		if o.body == 0 || r.drawn[id] || o.kind == "XRef" || o.kind == "ObjStm" {
			continue
		}
		if s, ok := r.f.parse(id).(*stream); ok {
			r.stray(s, r.s.roles[o.num], o)
		}
	}
}

const nowhere = "content on no page"

// stray reads a stream that no page shows.
func (r *reading) stray(s *stream, as role, o *object) {
	subtype := r.f.name(s.get("Subtype"))
	switch {
	case as == roleParts || isPart(s.dict):
		return
	case subtype == "Image":
		r.unread(nowhere, Image, false)
		return
	case subtype == "Form" || s.get("PatternType") != nil || as == roleGlyph || r.use[o.num] != nil:
		r.content(s, as == roleGlyph)
		return
	}
	data, why := r.f.unpack(s)
	f := File{Where: nowhere, Data: data}
	switch {
	case as == roleFile || o.kind == "EmbeddedFile":
		f.Where, f.Embedded, f.Name = "file", true, r.s.names[o.num]
	case as == roleXML || o.kind == "Metadata" || subtype == "XML":
		f.Where, f.Type = "metadata", "text/xml"
	case as == roleMarkup:
		f.Where, f.Type = "note", "text/html"
	case as == roleScript:
		f.Where, f.Type = "script", "text/plain"
	case why == 0 && looksContent(data):
		r.content(s, false)
		return
	}
	if why != 0 {
		r.unread(f.Where, why, false)
	}
	if len(data) > 0 {
		r.doc.Files = append(r.doc.Files, f)
	}
}

// content draws a stream by itself.
func (r *reading) content(s *stream, glyph bool) {
	w := r.painter()
	w.glyph = glyph
	data, why := r.f.unpack(s)
	w.p.broken = why != 0
	res := r.f.dict(s.get("Resources"))
	if res == nil {
		res = r.use[r.f.objects[s.id].num]
	}
	w.forms = append(w.forms, s.id)
	w.paint(data, res)
	w.p.lines = 0 // a drawing that nobody is shown
	r.flow(w.p, nowhere, 0)
}

// isPart tells whether a stream is part of a font, a colour, a pattern or a
// table, by what its dictionary says.
func isPart(d *dict) bool {
	for _, key := range []name{"FunctionType", "ShadingType", "HalftoneType", "CMapName", "Length1", "Alternate"} {
		if d.get(key) != nil {
			return true
		}
	}
	switch d.get("Subtype") {
	case name("Type1C"), name("CIDFontType0C"), name("OpenType"):
		return true
	}
	return d.get("Type") == name("CMap")
}

// looksContent tells whether data of no known kind may be a content stream.
func looksContent(data []byte) bool {
	l := lexer{src: data, b: &budget{work: 1 << 16}}
	text := false
	for range 10_000 {
		switch v := l.next().(type) {
		case end:
			return text
		case operator:
			switch v {
			case "BT":
				text = true
			case "Tj", "TJ", "'", "\"":
				return text
			}
		}
	}
	return false
}
