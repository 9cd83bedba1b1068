package pdf

import (
	"cmp"
	"math"
	"slices"
	"strings"
)

// piece is text that was shown in one go, or joins on without a gap. Places are
// measured along its writing direction and across it, in the direction in which
// lines follow each other.
type piece struct {
	text   []byte
	actual []byte  // what ActualText says instead; nil if nothing
	dx, dy float64 // writing direction, of length 1
	from   float64 // along
	to     float64
	across float64
	em     float64 // along
	line   float64 // size of the font across
	boxed  bool    // digits that stand apart, each in a box of a form
}

// page is the text of one flow of content, in the order it was drawn, and what
// else was seen.
type page struct {
	pieces  []piece
	glyphs  int
	unknown int // glyphs nobody knows the character of
	odd     int // characters that are no text
	actual  bool
	lines   int     // drawn, straight or not
	area    float64 // of the images, where the unit is a square of side 1
	images  int
	broken  bool
}

// Gaps, in ems: what is nearer joins on, what is further is another cell of a
// table. Ideographs stand apart in justified lines, and from letters beside them
// by a quarter of an em.
const (
	wordGap  = 0.15
	besides  = 0.35
	wideGap  = 0.5
	cellGap  = 1.0
	boxGap   = 1.8
	sameLine = 0.5 // of the font size
	sameSpot = 0.15
)

// add puts a piece after the others, joined to the last where nothing is between.
func (p *page) add(next piece) {
	if len(next.text) == 0 && len(next.actual) == 0 {
		return
	}
	if n := len(p.pieces); n > 0 {
		last := &p.pieces[n-1]
		if drawnTwice(last, &next) {
			return
		}
		if between(last, &next) == "" {
			last.join(&next)
			return
		}
	}
	p.pieces = append(p.pieces, next)
}

func (p *piece) join(next *piece) {
	if p.actual != nil || next.actual != nil {
		p.actual = append(slices.Clone(p.reading(true)), next.reading(true)...)
	}
	p.text = append(p.text, next.text...)
	p.boxed = next.from-p.to > wordGap*p.em && isDigits(next.text)
	p.to = next.to
	p.em, p.line = max(p.em, next.em), max(p.line, next.line)
}

func (p *piece) reading(actual bool) []byte {
	if actual && p.actual != nil {
		return p.actual
	}
	return p.text
}

// drawnTwice tells whether a piece is the one before once more, a hair beside
// it: bold print of programs without a bold font.
func drawnTwice(last, next *piece) bool {
	return last.dx == next.dx && last.dy == next.dy && math.Abs(last.from-next.from) < sameSpot*last.em &&
		math.Abs(last.across-next.across) < sameSpot*last.line && string(last.text) == string(next.text)
}

// between is what stands between two pieces: nothing, a space, a tab or the end
// of a line.
func between(last, next *piece) string {
	if math.Abs(last.dx-next.dx)+math.Abs(last.dy-next.dy) > 0.1 || math.Abs(next.across-last.across) > sameLine*max(last.line, next.line) {
		return "\n"
	}
	em := min(last.em, next.em)
	gap := next.from - last.to
	near := wordGap
	switch before, after := wideAtEnd(last.text), wideAtStart(next.text); {
	case before && after:
		near = wideGap
	case before || after:
		near = besides
	case len(next.text) == 1 && isDigits(next.text) && (last.boxed || len(last.text) == 1) && isDigits(last.text):
		near = boxGap
	}
	switch {
	case gap < -em:
		return "\t"
	case gap < near*em:
		return ""
	case gap > cellGap*em:
		return "\t"
	}
	return " "
}

// wideAtEnd and wideAtStart tell whether a character from U+2000 on is there, as
// all of Japanese are.
func wideAtEnd(s []byte) bool   { return len(s) >= 3 && s[len(s)-3] >= 0xe2 }
func wideAtStart(s []byte) bool { return len(s) >= 3 && s[0] >= 0xe2 }

func isDigits(s []byte) bool {
	for _, c := range s {
		if (c < '0' || c > '9') && c != '-' {
			return false
		}
	}
	return true
}

// write puts the text of pieces together, in that order.
func (p *page) write(order []int, actual bool) string {
	var b strings.Builder
	for i, n := range order {
		if i > 0 {
			b.WriteString(between(&p.pieces[order[i-1]], &p.pieces[n]))
		}
		b.Write(p.pieces[n].reading(actual))
	}
	return b.String()
}

// readings are the ways the text may be read: as drawn, with what ActualText
// says, and by place. Each differs from the others in more than blanks.
func (p *page) readings(b *budget) []string {
	drawn := make([]int, len(p.pieces))
	for i := range drawn {
		drawn[i] = i
	}
	list := []string{p.write(drawn, false)}
	add := func(text string) {
		if !slices.ContainsFunc(list, func(other string) bool { return sameButBlanks(text, other) }) {
			list = append(list, text)
		}
	}
	if p.actual {
		add(p.write(drawn, true))
	}
	if b.spend(len(p.pieces)) {
		add(p.write(p.inPlace(drawn), p.actual))
	}
	return list
}

func sameButBlanks(a, b string) bool {
	for {
		a, b = strings.TrimLeft(a, " \t\n"), strings.TrimLeft(b, " \t\n")
		if a == "" || b == "" || a[0] != b[0] {
			return a == b
		}
		a, b = a[1:], b[1:]
	}
}

// inPlace puts pieces into the order in which a reader finds them: by direction,
// line by line, along the line; once where something was drawn twice.
func (p *page) inPlace(order []int) []int {
	direction := func(n int) float64 { return math.Round(math.Atan2(-p.pieces[n].dy, p.pieces[n].dx) * 8) }
	slices.SortStableFunc(order, func(a, b int) int {
		return cmp.Or(cmp.Compare(direction(a), direction(b)), cmp.Compare(p.pieces[a].across, p.pieces[b].across))
	})
	for rest := order; len(rest) > 0; {
		first, n := &p.pieces[rest[0]], 1
		for n < len(rest) && direction(rest[n]) == direction(rest[0]) && p.pieces[rest[n]].across-first.across <= sameLine*first.line {
			n++
		}
		slices.SortStableFunc(rest[:n], func(a, b int) int { return cmp.Compare(p.pieces[a].from, p.pieces[b].from) })
		rest = rest[n:]
	}
	return slices.CompactFunc(order, func(a, b int) bool { return drawnTwice(&p.pieces[a], &p.pieces[b]) })
}
