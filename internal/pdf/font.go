package pdf

import (
	"bytes"
	"cmp"
	"slices"
	"strings"
	"unicode/utf8"
)

// font says what the codes of shown strings mean and how wide they are (ISO
// 32000-2 §9.6 to §9.10).
type font struct {
	to       *cmap // ToUnicode
	toSelf   bool  // ToUnicode is an identity: codes are UTF-16
	vertical bool
	em       float64 // height of an em in text space at size 1
	scale    float64 // of widths

	simple *table // of a simple font

	charset *charset // of a composite font with a predefined map
	codes   *cmap    // of one with a map of its own
	japan   bool     // its CIDs are those of Adobe-Japan1

	widths []width // by first code or CID
	other  float64 // width of all others
	known  map[octets]glyph
}

// width is that of a range of codes or CIDs.
type width struct {
	lo, hi uint32
	w      float64
}

// glyph is what one code shows.
type glyph struct {
	text     string
	unknown  bool    // nothing says which character it is
	width    float64 // in text space at size 1
	isSpace  bool    // word spacing applies (ISO 32000-2 §9.3.3)
	codeSize int
}

// font returns the font that v is or means; broken ones have no characters.
func (f *file) font(v any) *font {
	r, ok := v.(reference)
	if ok {
		if ft := f.fonts[int(r)]; ft != nil {
			return ft
		}
	}
	ft := f.readFont(f.dict(v))
	if ok {
		f.fonts[int(r)] = ft
	}
	return ft
}

func (f *file) readFont(d *dict) *font {
	ft := &font{em: 1, scale: 1. / 1000, known: map[octets]glyph{}}
	switch to := f.resolve(d.get("ToUnicode")).(type) {
	case *stream:
		data, _ := f.unpack(to) // what cannot be read maps nothing
		ft.to = readCMap(data, &f.budget)
	case name:
		ft.toSelf = strings.HasPrefix(string(to), "Identity")
	}
	switch f.name(d.get("Subtype")) {
	case "Type0":
		f.composite(ft, d)
	default:
		f.simple(ft, d)
	}
	slices.SortStableFunc(ft.widths, func(a, b width) int { return cmp.Compare(a.lo, b.lo) })
	f.spend(8 * len(ft.widths))
	return ft
}

func (f *file) composite(ft *font, d *dict) {
	ownCIDs := true
	switch encoding := f.resolve(d.get("Encoding")).(type) {
	case name:
		ft.charset, ft.vertical = predefined(encoding)
		ownCIDs = strings.HasPrefix(string(encoding), "Identity")
	case *stream:
		ft.codes = f.encodingMap(encoding)
		ft.vertical = ft.codes.vertical || f.number(encoding.get("WMode"), 0) == 1
		if ft.codes.use != "" {
			ft.charset, _ = predefined(ft.codes.use)
		}
	}
	var child *dict
	if children := f.array(d.get("DescendantFonts")); len(children) > 0 {
		child = f.dict(children[0])
	}
	if info := f.dict(child.get("CIDSystemInfo")); info != nil {
		ordering, _ := f.resolve(info.get("Ordering")).(octets)
		ft.japan = ownCIDs && ordering == "Japan1"
	}
	if ft.vertical {
		ft.other = -1000
		if dw := f.numbers(child.get("DW2")); len(dw) == 2 {
			ft.other = dw[1]
		}
		return // widths of single characters in vertical writing hardly ever differ
	}
	ft.other = f.number(child.get("DW"), 1000)
	ft.widths = f.cidWidths(f.array(child.get("W")))
}

// encodingMap reads a character map and those it uses.
func (f *file) encodingMap(s *stream) *cmap {
	var first, last *cmap
	for range 8 {
		data, _ := f.unpack(s)
		m := readCMap(data, &f.budget)
		if last == nil {
			first = m
		} else {
			last.base = m
		}
		last = m
		switch use := f.resolve(s.get("UseCMap")).(type) {
		case *stream:
			s = use
			continue
		case name:
			m.use = use
		}
		break
	}
	first.use = last.use
	return first
}

// cidWidths reads the W array (ISO 32000-2 §9.7.4.3).
func (f *file) cidWidths(w array) []width {
	var list []width
	for len(w) >= 2 {
		first := uint32(max(f.number(w[0], 0), 0))
		if each := f.array(w[1]); each != nil {
			for i, v := range each {
				list = append(list, width{first + uint32(i), first + uint32(i), f.number(v, 0)})
			}
			w = w[2:]
			continue
		}
		if len(w) < 3 {
			break
		}
		list = append(list, width{first, uint32(max(f.number(w[1], 0), 0)), f.number(w[2], 0)})
		w = w[3:]
	}
	return list
}

func (f *file) simple(ft *font, d *dict) {
	if ft.simple = f.simpleTable(d); d == nil {
		ft.simple = &table{} // a font that is not there
	}
	base := baseFont(f.name(d.get("BaseFont")))
	first := uint32(max(f.number(d.get("FirstChar"), 0), 0))
	for i, w := range f.numbers(d.get("Widths")) {
		if i < 256 {
			ft.widths = append(ft.widths, width{first + uint32(i), first + uint32(i), w})
		}
	}
	switch {
	case f.name(d.get("Subtype")) == "Type3":
		f.type3(ft, d)
	case ft.widths == nil && strings.HasPrefix(base, "Courier"):
		ft.other = 600
	case ft.widths == nil:
		ft.widths, ft.other = helvetica(), 556
	default:
		ft.other = f.number(f.dict(d.get("FontDescriptor")).get("MissingWidth"), 0)
	}
}

// type3 scales a font whose glyphs are drawn by content streams.
func (f *file) type3(ft *font, d *dict) {
	m := f.numbers(d.get("FontMatrix"))
	if len(m) != 6 {
		return
	}
	ft.scale = m[0]
	ft.em = 1000 * max(m[3], -m[3])
	if box := f.numbers(d.get("FontBBox")); len(box) == 4 && box[3] > box[1] {
		ft.em = (box[3] - box[1]) * max(m[3], -m[3])
	}
}

// baseFont is the name of a font without the tag of a subset.
func baseFont(n name) string {
	if len(n) > 7 && n[6] == '+' {
		n = n[7:]
	}
	return string(n)
}

// simpleTable is the encoding of a simple font (ISO 32000-2 §9.6.5).
func (f *file) simpleTable(d *dict) *table {
	about := f.dict(d.get("FontDescriptor"))
	embedded := about.get("FontFile") != nil || about.get("FontFile2") != nil || about.get("FontFile3") != nil
	encoding := f.resolve(d.get("Encoding"))
	e, _ := encoding.(*dict)
	n, _ := encoding.(name)
	if e != nil {
		n = f.name(e.get("BaseEncoding"))
	}
	t, known := baseTable(n)
	if !known {
		t = f.builtIn(d, about, embedded)
	}
	blank(&t, !embedded && f.name(d.get("Subtype")) != "Type3")
	code := 0
	for _, v := range f.array(e.get("Differences")) {
		switch v := f.resolve(v).(type) {
		case float64:
			code = int(v)
		case name:
			if 0 <= code && code < len(t) {
				t[code] = glyphText(string(v))
			}
			code++
		}
	}
	return &t
}

// blank makes spaces of codes that show nothing: of all that an encoding leaves
// out when nobody brought a font with more characters.
func blank(t *table, all bool) {
	for i := range t {
		if t[i] == "" && (all || i == '\t' || i == '\n' || i == '\r') {
			t[i] = " "
		}
	}
}

// builtIn is the encoding a font has by itself. That of an embedded font for
// symbols is unknown unless it is Type 1, where it can be read.
func (f *file) builtIn(d, about *dict, embedded bool) table {
	if t, known := ownTable(baseFont(f.name(d.get("BaseFont")))); known {
		return t
	}
	const symbolic = 1 << 2
	if s := f.stream(about.get("FontFile")); s != nil {
		if t, known := f.type1Table(s); known {
			return t
		}
	}
	if f.name(d.get("Subtype")) == "Type3" || embedded && int(f.number(about.get("Flags"), 0))&symbolic != 0 {
		return table{}
	}
	return standardTable()
}

// type1Table reads the encoding in the clear part of a Type 1 font: "dup 65 /A
// put" for each code.
func (f *file) type1Table(s *stream) (t table, known bool) {
	data, _ := f.unpack(s)
	_, rest, ok := bytes.Cut(data[:min(len(data), 1<<16)], []byte("/Encoding"))
	if !ok || bytes.HasPrefix(bytes.TrimSpace(rest), []byte("StandardEncoding")) {
		return t, false
	}
	l := lexer{src: rest, b: &f.budget}
	code := -1
	for !f.over {
		switch v := l.next().(type) {
		case end:
			return t, known
		case float64:
			code = int(v)
		case name:
			if 0 <= code && code < len(t) {
				t[code], known = glyphText(string(v)), true
			}
		case operator:
			if v == "def" || v == "readonly" {
				return t, known
			}
		}
	}
	return t, known
}

// next reads the glyph of the first code of s, which is not empty.
func (ft *font) next(s octets, b *budget) glyph {
	n := ft.length(s)
	code := s[:n]
	if g, ok := ft.known[code]; ok {
		return g
	}
	g := ft.glyph(code, b)
	g.codeSize = n
	ft.known[code] = g
	return g
}

func (ft *font) length(s octets) int {
	switch {
	case ft.simple != nil:
		return 1
	case ft.codes != nil && len(ft.codes.spaces) > 0:
		return ft.codes.length(s)
	case ft.charset != nil:
		return ft.charset.length(s)
	}
	return lengthTwo(s)
}

func (ft *font) glyph(code octets, b *budget) glyph {
	value := codeOf(code)
	g := glyph{isSpace: len(code) == 1 && value == ' '}
	id := value
	own := "" // what the font itself says
	switch {
	case ft.simple != nil:
		own = ft.simple[value]
	default:
		own, id = ft.member(code, value, b)
	}
	if text, ok := ft.to.textOf(value, b); ok && text != "" {
		g.text = text
	} else if g.text = own; ft.toSelf {
		g.text = textUTF16(code)
	}
	g.unknown = g.text == "" || strings.ContainsRune(g.text, utf8.RuneError)
	g.width = ft.width(id) * ft.scale
	return g
}

// member finds the text and the CID of a code of a composite font.
func (ft *font) member(code octets, value uint32, b *budget) (text string, cid uint32) {
	for m := ft.codes; m != nil; m = m.base {
		if cid, ok := m.cid(value, b); ok {
			if ft.japan {
				text = japan1Text(int(cid))
			}
			return text, cid
		}
	}
	switch {
	case ft.charset != nil:
		text = ft.charset.text(code)
		return text, ft.charset.cidOf(code, text)
	case ft.codes != nil:
		return "", 0
	case ft.japan:
		return japan1Text(int(value)), value
	}
	return "", value
}

func (ft *font) width(id uint32) float64 {
	i, _ := slices.BinarySearchFunc(ft.widths, id, func(w width, id uint32) int {
		if w.lo <= id {
			return -1
		}
		return 1
	})
	if i > 0 && ft.widths[i-1].hi >= id {
		return ft.widths[i-1].w
	}
	return ft.other
}

// helvetica are the widths of ASCII in the standard font that old programs use
// without saying its widths.
func helvetica() []width {
	const from = " !\"#$%&'()*+,-./0123456789:;<=>?@ABCDEFGHIJKLMNOPQRSTUVWXYZ[\\]^_`abcdefghijklmnopqrstuvwxyz{|}~"
	units := []float64{
		278, 278, 355, 556, 556, 889, 667, 191, 333, 333, 389, 584, 278, 333, 278, 278, 556, 556, 556, 556, 556, 556, 556, 556, 556, 556,
		278, 278, 584, 584, 584, 556, 1015, 667, 667, 722, 722, 667, 611, 778, 722, 278, 500, 667, 556, 833, 722, 778, 667, 778, 722, 667, 611,
		722, 667, 944, 667, 667, 611, 278, 278, 278, 469, 556, 333, 556, 556, 500, 556, 556, 278, 556, 556, 222, 222, 500, 222, 833, 556, 556,
		556, 556, 333, 500, 278, 556, 500, 722, 500, 500, 500, 334, 260, 334, 584,
	}
	list := make([]width, len(from))
	for i := range list {
		list[i] = width{uint32(from[i]), uint32(from[i]), units[i]}
	}
	return list
}
