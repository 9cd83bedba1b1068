package roster

import (
	"cmp"
	"math/bits"
	"slices"

	"github.com/kakitome/kakitome/internal/jp"
)

// Hit is a declared value found in a text.
type Hit struct {
	Ident      Key
	Kind       jp.Kind
	Start, End int // runes of the folded text
}

// Find gives the declared values of textual kinds that stand in a text, in the
// order of their beginning. Where several names overlap the longest wins: one
// that lies inside a longer one is not given. Of several spellings of one
// identifier in the same place the longest is given.
func (s *Snapshot) Find(t jp.Text) []Hit { return settle(s.scan(t).hits) }

// FalseCandidates counts the places of a text that had to be hashed in full and
// were nothing: what Find does in vain.
func (s *Snapshot) FalseCandidates(t jp.Text) int { return s.scan(t).vain }

func (s *Snapshot) scan(t jp.Text) *finder {
	spelt := slices.DeleteFunc(slices.Clone(s.parts), func(p part) bool { return len(p.forms) == 0 })
	if len(t.Runes) < 2 || len(spelt) == 0 {
		return &finder{}
	}
	f := newFinder(s, t)
	for i, anchor := range f.anchors {
		for j := range spelt {
			f.from(&spelt[j], i, spelt[j].starts[anchor])
		}
	}
	return f
}

// finder is one scan of one text.
type finder struct {
	*Snapshot
	text    jp.Text
	keys    *scanKeys
	anchors []uint16 // of each pair of runes
	sums    []uint64 // polynomials of the first runes
	hits    []Hit
	vain    int // candidates that were nothing
}

func newFinder(s *Snapshot, t jp.Text) *finder {
	f := &finder{Snapshot: s, text: t, keys: &s.hasher.scan}
	f.anchors = make([]uint16, len(t.Runes)-1)
	f.sums = make([]uint64, len(t.Runes)+1)
	for i, r := range t.Runes {
		f.sums[i+1] = f.keys.append(f.sums[i], r)
		if i > 0 {
			f.anchors[i-1] = f.keys.anchor(t.Runes[i-1], r)
		}
	}
	return f
}

// from looks for what begins at rune i and has one of the lengths.
func (f *finder) from(p *part, i int, possible lengths) {
	for w, set := range possible {
		for ; set != 0; set &= set - 1 {
			n := w<<6 | bits.TrailingZeros64(set)
			if i+n > len(f.text.Runes) {
				return
			}
			mark := f.keys.print32(f.keys.cut(f.sums[i+n], f.sums[i], n))
			if p.prints.maybe(mark) {
				before := len(f.hits)
				f.confirm(p, mark, i, i+n)
				if len(f.hits) == before {
					f.vain++
				}
			}
		}
	}
}

// confirm hashes a candidate in full and notes the identifiers it spells.
func (f *finder) confirm(p *part, mark uint32, i, j int) {
	var form, last Key
	hashed := "" // the class for which form was made
	from, to := p.byForm.around(mark)
	for _, row := range p.forms[from:to] {
		if lead(&row.form) != mark || int(row.len) != j-i {
			continue
		}
		ref := &p.idents[row.ident]
		if c := class(ref.Kind); c != hashed {
			form, hashed = f.hasher.form(ref.Kind, f.text.Runes[i:j]), c
		}
		if row.form != form || ref.Ident == last || p.isGone(p.people[row.person].key) {
			continue
		}
		if jp.Bounded(ref.Kind, f.text, i, j) {
			f.hits = append(f.hits, Hit{ref.Ident, ref.Kind, i, j})
			last = ref.Ident
		}
	}
}

// settle orders hits and drops those that a longer one makes void.
func settle(hits []Hit) []Hit {
	slices.SortFunc(hits, func(a, b Hit) int {
		return cmp.Or(cmp.Compare(a.Start, b.Start), cmp.Compare(b.End, a.End), compare(&a.Ident, &b.Ident), cmp.Compare(a.Kind, b.Kind))
	})
	ends := make(map[Key]int, len(hits)) // how far the hits of an identifier reach
	var name Hit                         // the name that reaches farthest
	return slices.DeleteFunc(hits, func(h Hit) bool {
		if isName(h.Kind) {
			if h.End < name.End || h.End == name.End && h.Start > name.Start {
				return true
			}
			if h.End > name.End {
				name = h
			}
		}
		if end, ok := ends[h.Ident]; ok && h.End <= end {
			return true
		}
		ends[h.Ident] = h.End
		return false
	})
}
