package pdf

import (
	"math"
	"unicode/utf8"
)

// matrix is a transformation [a b c d e f] (ISO 32000-2 §8.3.3).
type matrix [6]float64

var identity = matrix{1, 0, 0, 1, 0, 0}

// times gives the transformation that does m first and then n.
func (m matrix) times(n matrix) matrix {
	r := matrix{
		m[0]*n[0] + m[1]*n[2], m[0]*n[1] + m[1]*n[3],
		m[2]*n[0] + m[3]*n[2], m[2]*n[1] + m[3]*n[3],
		m[4]*n[0] + m[5]*n[2] + n[4], m[4]*n[1] + m[5]*n[3] + n[5],
	}
	for i, v := range r {
		if math.IsNaN(v) {
			v = 0
		}
		r[i] = max(-maxNumber, min(v, maxNumber))
	}
	return r
}

func matrixOf(v []float64) (matrix, bool) {
	if len(v) != 6 {
		return identity, false
	}
	return matrix(v), true
}

const (
	maxStates = 256 // saved graphics states
	maxForms  = 12  // forms in forms
	maxArgs   = 64  // operands of one operator
	maxMarks  = 256 // marked content in marked content
	maxPieces = 1 << 17
)

// state is what of the graphics state matters for text (ISO 32000-2 §8.4, §9.3).
type state struct {
	ctm                        matrix
	font                       *font
	size, char, word           float64
	scale, leading             float64
	textMatrix, textLineMatrix matrix
}

// painter draws content onto a page.
type painter struct {
	f     *file
	p     *page
	s     state
	saved []state
	res   *dict
	fonts map[name]*font
	forms []int         // the forms being drawn
	marks []*actualText // of the marked content around; nil entries have none
	seen  map[int]bool  // objects that were drawn
	glyph bool          // it draws a glyph of a Type 3 font, whose images are letters
}

// actualText is text that stands for what is drawn.
type actualText struct {
	text   string
	placed bool
}

// paint draws a content stream (ISO 32000-2 §7.8.2).
func (w *painter) paint(content []byte, res *dict) {
	around, fonts, depth := w.res, w.fonts, len(w.saved)
	w.res, w.fonts = res, map[name]*font{}
	l := lexer{src: content, b: &w.f.budget}
	var args array
	for {
		v := l.next()
		if _, ok := v.(end); ok {
			break
		}
		op, ok := v.(operator)
		if !ok {
			if args = append(args, v); len(args) > maxArgs {
				args = args[1:]
			}
			continue
		}
		if op == "BI" {
			w.inlineImage(&l)
		} else {
			w.do(op, args)
		}
		args, l.values = args[:0], 0
	}
	w.p.broken = w.p.broken || l.broken
	w.res, w.fonts = around, fonts
	if len(w.saved) > depth {
		w.s, w.saved = w.saved[depth], w.saved[:depth]
	}
}

func (w *painter) do(op operator, args array) {
	n := numbersOf(args)
	switch op {
	case "q":
		if len(w.saved) < maxStates {
			w.saved = append(w.saved, w.s)
		}
	case "Q":
		if last := len(w.saved) - 1; last >= 0 {
			w.s, w.saved = w.saved[last], w.saved[:last]
		}
	case "cm":
		if m, ok := matrixOf(n); ok {
			w.s.ctm = m.times(w.s.ctm)
		}
	case "Do":
		if len(args) == 1 {
			w.xobject(args[0])
		}
	case "gs":
		if len(args) == 1 {
			w.extended(args[0])
		}
	case "l", "c", "v", "y", "re":
		w.p.lines++
	case "BDC", "BMC":
		w.mark(args)
	case "EMC":
		if last := len(w.marks) - 1; last >= 0 {
			w.marks = w.marks[:last]
		}
	default:
		w.text(op, args, n)
	}
}

func numbersOf(args array) []float64 {
	list := make([]float64, 0, 6)
	for _, v := range args {
		n, ok := v.(float64)
		if !ok {
			return nil
		}
		list = append(list, n)
	}
	return list
}

// text does the operators for text (ISO 32000-2 §9.3, §9.4).
func (w *painter) text(op operator, args array, n []float64) {
	switch {
	case op == "BT":
		w.s.textMatrix, w.s.textLineMatrix = identity, identity
	case op == "T*":
		w.moveLine(0, -w.s.leading)
	case op == "Tf" && len(args) == 2:
		if key, ok := args[0].(name); ok {
			w.s.font = w.fontNamed(key)
		}
		w.s.size, _ = args[1].(float64)
	case op == "Tj" || op == "TJ" || op == "'" || op == "\"":
		w.showing(op, args)
	case op == "Tm":
		if m, ok := matrixOf(n); ok {
			w.s.textMatrix, w.s.textLineMatrix = m, m
		}
	case len(n) == 2 && (op == "Td" || op == "TD"):
		if op == "TD" {
			w.s.leading = -n[1]
		}
		w.moveLine(n[0], n[1])
	case len(n) != 1:
	case op == "Tc":
		w.s.char = n[0]
	case op == "Tw":
		w.s.word = n[0]
	case op == "Tz":
		w.s.scale = n[0] / 100
	case op == "TL":
		w.s.leading = n[0]
	} // Ts raises and lowers within a line

}

// showing does the operators that show text.
func (w *painter) showing(op operator, args array) {
	if op == "\"" && len(args) == 3 {
		w.s.word, _ = args[0].(float64)
		w.s.char, _ = args[1].(float64)
	}
	if op == "'" || op == "\"" {
		w.moveLine(0, -w.s.leading)
	}
	if len(args) == 0 {
		return
	}
	list, ok := args[len(args)-1].(array)
	if !ok {
		list = args[len(args)-1:]
	}
	for _, v := range list {
		switch v := v.(type) {
		case octets:
			w.show(v)
		case float64:
			w.advance(-v / 1000 * w.s.size)
		}
	}
}

func (w *painter) moveLine(x, y float64) {
	w.s.textLineMatrix = matrix{1, 0, 0, 1, x, y}.times(w.s.textLineMatrix)
	w.s.textMatrix = w.s.textLineMatrix
}

// advance moves the pen along the writing direction.
func (w *painter) advance(by float64) {
	if w.s.font != nil && w.s.font.vertical {
		w.s.textMatrix = matrix{1, 0, 0, 1, 0, by}.times(w.s.textMatrix)
		return
	}
	w.s.textMatrix = matrix{1, 0, 0, 1, by * w.s.scale, 0}.times(w.s.textMatrix)
}

func (w *painter) fontNamed(key name) *font {
	if ft, ok := w.fonts[key]; ok {
		return ft
	}
	v := w.f.dict(w.res.get("Font")).get(key)
	if v == nil {
		v = w.f.anyResource("Font", key)
	}
	ft := w.f.font(v)
	w.fonts[key] = ft
	return ft
}

// extended takes the font a graphics state parameter dictionary may set.
func (w *painter) extended(key any) {
	n, _ := key.(name)
	font := w.f.array(w.f.dict(w.f.dict(w.res.get("ExtGState")).get(n)).get("Font"))
	if len(font) == 2 {
		w.s.font, w.s.size = w.f.font(font[0]), w.f.number(font[1], 0)
	}
}

// xobject draws a form or an image (ISO 32000-2 §8.8 to §8.10).
func (w *painter) xobject(key any) {
	n, _ := key.(name)
	v := w.f.dict(w.res.get("XObject")).get(n)
	if v == nil {
		v = w.f.anyResource("XObject", n)
	}
	s := w.f.stream(v)
	if s == nil {
		w.p.broken = true
		return
	}
	w.draw(s)
}

func (w *painter) draw(s *stream) {
	w.seen[s.id] = true
	switch w.f.name(s.get("Subtype")) {
	case "Image":
		w.image(s.dict)
	case "Form":
		w.form(s)
	}
}

func (w *painter) form(s *stream) {
	for _, id := range w.forms {
		if id == s.id { // a loop
			return
		}
	}
	if len(w.forms) == maxForms {
		w.f.deep = true
		return
	}
	data, why := w.f.unpack(s)
	w.p.broken = w.p.broken || why != 0
	res := w.f.dict(s.get("Resources"))
	if res == nil {
		res = w.res
	}
	outer, saved, marks := w.s, w.saved, w.marks
	if m, ok := matrixOf(w.f.numbers(s.get("Matrix"))); ok {
		w.s.ctm = m.times(w.s.ctm)
	}
	w.forms, w.saved = append(w.forms, s.id), nil
	w.paint(data, res)
	w.forms = w.forms[:len(w.forms)-1]
	w.s, w.saved, w.marks = outer, saved, marks
}

// smallImage is the number of dots an image must have one way and the other to
// hold text.
const smallImage = 8

// image counts an image; nobody reads what is in it.
func (w *painter) image(d *dict) {
	size := func(key, short name) float64 {
		return max(w.f.number(d.get(key), 0), w.f.number(d.get(short), 0))
	}
	if w.glyph || size("Width", "W") < smallImage || size("Height", "H") < smallImage {
		return
	}
	m := w.s.ctm
	w.p.images++
	w.p.area += math.Abs(m[0]*m[3] - m[1]*m[2])
}

// inlineImage skips an image within content (ISO 32000-2 §8.9.7). Its data end
// at the first EI after which content goes on as text.
func (w *painter) inlineImage(l *lexer) {
	d := &dict{}
	for {
		v := l.next()
		if op, ok := v.(operator); ok && op == "ID" {
			break
		}
		key, ok := v.(name)
		if !ok {
			if _, over := v.(end); over {
				w.p.broken = true
				return
			}
			continue
		}
		d.put(key, l.next())
	}
	w.image(d)
	start := l.at
	for i := l.at + 1; i+2 <= len(l.src); i++ {
		if l.src[i] == 'E' && l.src[i+1] == 'I' && kinds[l.src[i-1]] == white && printable(l.src[i+2:min(i+18, len(l.src))]) {
			l.at = i + 2
			l.b.spend(l.at - start)
			return
		}
	}
	l.b.spend(len(l.src) - start)
	l.at = len(l.src)
	w.p.broken = true
}

// printable tells whether bytes may be content that goes on after an image.
func printable(s []byte) bool {
	if len(s) > 0 && kinds[s[0]] != white {
		return false
	}
	for _, c := range s {
		if c >= 0x7f || c < ' ' && kinds[c] != white || c == 0 {
			return false
		}
	}
	return utf8.Valid(s)
}
