package pdf

import (
	"math"
	"strings"
	"unicode"
)

// What placing costs, in bytes of work: a glyph, and each byte of its text; a
// piece.
const (
	glyphWork = 8
	pieceWork = 64
)

// show shows one string.
func (w *painter) show(s octets) {
	ft := w.s.font
	if ft == nil {
		w.p.unknown += len(s)
		w.p.glyphs += len(s)
		return
	}
	next := w.start(ft)
	var text, actual strings.Builder
	said := false
	for len(s) > 0 {
		g := ft.next(s, &w.f.budget)
		if !w.f.spend(glyphWork * (1 + len(g.text))) {
			break
		}
		s = s[g.codeSize:]
		w.p.count(g)
		read := g.text
		if mark := w.actual(); mark != nil {
			said, w.p.actual = true, true
			if read = ""; !mark.placed {
				read, mark.placed = mark.text, true
			}
			if g.unknown {
				w.p.unknown--
			}
		} else if g.unknown {
			read = "\uFFFD"
		}
		if g.unknown {
			text.WriteString("\uFFFD")
		} else {
			text.WriteString(g.text)
		}
		actual.WriteString(read)
		step := g.width*w.s.size + w.s.char
		if g.isSpace {
			step += w.s.word
		}
		w.advance(step)
	}
	if next.text = []byte(text.String()); said {
		next.actual = []byte(actual.String())
	}
	next.to = w.along(&next)
	if len(w.p.pieces) == maxPieces || !w.f.spend(pieceWork) {
		w.f.over = true
		return
	}
	w.p.add(next)
}

// count scores a glyph.
func (p *page) count(g glyph) {
	p.glyphs++
	if g.unknown {
		p.unknown++
		return
	}
	for _, r := range g.text {
		if unicode.IsControl(r) && !unicode.IsSpace(r) || unicode.Is(unicode.Co, r) || unicode.Is(unicode.Noncharacter_Code_Point, r) {
			p.odd++
		}
	}
}

// start begins a piece at the pen.
func (w *painter) start(ft *font) (next piece) {
	m := matrix{w.s.scale, 0, 0, 1, 0, 0}.times(w.s.textMatrix).times(w.s.ctm)
	along, across := math.Hypot(m[0], m[1]), math.Hypot(m[2], m[3])
	x, y := m[0], m[1]
	if ft.vertical {
		along, across = across, along
		x, y = -m[2], -m[3]
	}
	if along == 0 {
		x, y, along = 1, 0, 1
	}
	next.dx, next.dy = math.Copysign(x/math.Hypot(x, y), x*w.s.size), math.Copysign(y/math.Hypot(x, y), y*w.s.size)
	size := math.Abs(w.s.size * ft.em)
	next.em, next.line = size*along, size*across
	px, py := w.pen()
	next.from, next.across = px*next.dx+py*next.dy, px*next.dy-py*next.dx
	return next
}

// pen is where the next glyph goes.
func (w *painter) pen() (x, y float64) {
	m := w.s.textMatrix.times(w.s.ctm)
	return m[4], m[5]
}

func (w *painter) along(p *piece) float64 {
	x, y := w.pen()
	return x*p.dx + y*p.dy
}

// mark enters marked content; BDC may give the text it stands for (ISO 32000-2
// §14.9.4).
func (w *painter) mark(args array) {
	if len(w.marks) >= maxMarks {
		w.p.broken = true
		return
	}
	var actual *actualText
	if len(args) == 2 {
		d, ok := args[1].(*dict)
		if n, named := args[1].(name); named {
			d, ok = w.f.dict(w.f.dict(w.res.get("Properties")).get(n)), true
		}
		if s, said := w.f.resolve(d.get("ActualText")).(octets); ok && said {
			actual = &actualText{text: textString(s)}
		}
	}
	w.marks = append(w.marks, actual)
}

// actual is the innermost text that stands for what is drawn now, or nil.
func (w *painter) actual() *actualText {
	for i := len(w.marks) - 1; i >= 0; i-- {
		if w.marks[i] != nil {
			return w.marks[i]
		}
	}
	return nil
}
