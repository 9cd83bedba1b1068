package check

import (
	"iter"
	"slices"

	"github.com/kakitome/kakitome/internal/policy"
)

// sightings are those of the counts that still count, and those the mail's
// earlier recipients add.
func (v *view) sightings(ident Key) iter.Seq[Sighting] {
	added := v.j.seen[ident]
	return func(yield func(Sighting) bool) {
		for _, s := range v.j.c.Sightings[ident] {
			live := s.Learned || s.At.After(v.j.since)
			newer := slices.ContainsFunc(added, func(a Sighting) bool { return a.Recipient == s.Recipient })
			if live && !newer && !yield(s) {
				return
			}
		}
		for _, s := range added {
			if !yield(s) {
				return
			}
		}
	}
}

// spread is how far an identifier has gone.
type spread struct {
	others int  // recipients beside this one who have not learned it
	known  bool // this one has got it
	owned  bool // somebody has learned it
}

func (v *view) spread(ident Key) spread {
	var sp spread
	for s := range v.sightings(ident) {
		switch {
		case s.Learned:
			sp.owned = true
		case s.Recipient == v.r.Key:
			sp.known = true
		default:
			sp.others++
		}
	}
	return sp
}

// release adds what it changes in the counts that the recipient gets the mail.
func (v *view) release(fx *Effects) {
	if v.r.Company {
		return
	}
	for i := range v.counted {
		id := v.counted[i].ident
		if s, ok := v.sight(&v.counted[i]); ok {
			v.j.seen[id] = setSighting(v.j.seen[id], s)
			fx.Sightings = append(fx.Sightings, SightingEffect{id, s})
		}
	}
	for _, rc := range v.receipts {
		v.j.got[v.r.Key] = append(v.j.got[v.r.Key], rc)
		fx.Received = append(fx.Received, ReceiptEffect{v.r.Key, rc})
	}
}

// sight is the sighting of an identifier by the recipient after a release, and
// whether it changes anything. Far beyond every limit nothing more is counted,
// so that an observed flood does not grow the counts.
func (v *view) sight(id *counted) (Sighting, bool) {
	s := Sighting{Recipient: v.r.Key}
	others := 0
	for o := range v.sightings(id.ident) {
		if o.Recipient == v.r.Key {
			s = o
		} else {
			others++
		}
	}
	if s.At.IsZero() && others > v.j.e.Stream.FanOut+2 {
		return s, false
	}
	s.At = later(s.At, v.j.now)
	if day := dayOf(v.j.now); v.j.e.Stream.Mode == policy.Enforce && s.LastDay != day {
		s.LastDay, s.Days = day, s.Days+1
	}
	// Learned: two enforced releases on different days, and it went nowhere else.
	s.Learned = s.Learned || id.learnable && s.Days >= 2 && others == 0
	return s, true
}
