package check

import (
	"sort"
	"strings"

	"github.com/kakitome/kakitome/internal/extract"
	"github.com/kakitome/kakitome/internal/jp"
)

// span is where something was found in a run, in bytes of its text.
type span struct{ start, end int }

// cover is a set of spans, added in the order in which they begin.
type cover struct {
	starts, reach []int // reach is how far the spans up to here go
}

func (c *cover) add(s span) {
	reach := s.end
	if n := len(c.reach); n > 0 {
		reach = max(reach, c.reach[n-1])
	}
	c.starts, c.reach = append(c.starts, s.start), append(c.reach, reach)
}

// overlaps tells whether a span of the set has a byte in common with s.
func (c *cover) overlaps(s span) bool {
	i := sort.SearchInts(c.starts, s.end)
	return i > 0 && c.reach[i-1] > s.start
}

// holds tells whether s lies inside a span of the set.
func (c *cover) holds(s span) bool {
	i := sort.SearchInts(c.starts, s.start+1)
	return i > 0 && c.reach[i-1] >= s.end
}

// covers are the places of a run that are known already.
type covers struct {
	addresses cover // declared
	declared  cover // codes that were found by their text
	codes     cover // codes that were found by their shape
}

// explain tells whether what nobody declared is only another reading of what is
// known: a declared address, or a piece of a code, such as its digits.
func (c *covers) explain(kind jp.Kind, at span) bool {
	switch {
	case kind == jp.Address && c.addresses.overlaps(at):
		return true
	case c.declared.holds(at):
		return true
	}
	return kind != jp.Email && !isCode(kind) && c.codes.holds(at)
}

// placer names places of a run. It counts lines once when asked in order.
type placer struct {
	extract.Run
	from, lines int // lines before from
}

func (p *placer) at(offset int) string {
	if p.Line == 0 {
		return p.Where
	}
	if offset < p.from {
		p.from, p.lines = 0, 0
	}
	p.lines += strings.Count(p.Text[p.from:offset], "\n")
	p.from = offset
	return extract.Run{Where: p.Where, Line: p.Line + p.lines}.Place(0)
}
