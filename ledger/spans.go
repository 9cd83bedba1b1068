package ledger

import "slices"

// spans is a set of indexes as sorted ranges that do not touch.
type spans []Span

// add puts a range into the set.
func (s *spans) add(n Span) {
	if last := len(*s) - 1; last >= 0 && n.From == (*s)[last].To { // in order, the usual case
		(*s)[last].To = n.To
		return
	}
	before := func(a Span, from int64) int { // ranges that end before n
		if a.To < from {
			return -1
		}
		return 1
	}
	first, _ := slices.BinarySearchFunc(*s, n.From, before)
	end := first
	for end < len(*s) && (*s)[end].From <= n.To {
		n.From = min(n.From, (*s)[end].From)
		n.To = max(n.To, (*s)[end].To)
		end++
	}
	*s = slices.Replace(*s, first, end, n)
}

// without counts the indexes of s that are not in o.
func (s spans) without(o spans) int64 {
	var left int64
	for _, a := range s {
		left += a.To - a.From
		for len(o) > 0 && o[0].To <= a.From {
			o = o[1:]
		}
		for _, b := range o {
			if b.From >= a.To {
				break
			}
			left -= min(a.To, b.To) - max(a.From, b.From)
		}
	}
	return left
}
