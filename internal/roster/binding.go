package roster

import "github.com/kakitome/kakitome/internal/jp"

// Difference says how what is declared of one person differs from what was.
type Difference struct {
	Touched bool // more than codes of orders and the like
	// Stranger: no former e-mail address is left, and no former name, or no
	// former address, either. Who marries or moves keeps the mail address, who
	// changes it keeps the rest.
	Stranger bool
	// Gained are the new identifiers that point to a person or a household. One
	// that was somebody else's until now has moved.
	Gained []Key
}

// Differ compares the entries of one person. Nobody who was not there before
// differs.
func Differ(before, after []Entry) Difference {
	if len(before) == 0 {
		return Difference{}
	}
	had, has := identsByClass(before), identsByClass(after)
	d := Difference{
		Stranger: replaced(had[class(jp.Email)], has[class(jp.Email)]) &&
			(replaced(had[class(jp.Name)], has[class(jp.Name)]) || replaced(had[class(jp.Address)], has[class(jp.Address)])),
	}
	for c, idents := range has {
		for k, e := range idents {
			if _, old := had[c][k]; old {
				continue
			}
			d.Touched = d.Touched || !isCode(e.Kind)
			if pointsToSomebody(e) {
				d.Gained = append(d.Gained, k)
			}
		}
	}
	for c, idents := range had {
		for k, e := range idents {
			if _, still := has[c][k]; !still && !isCode(e.Kind) {
				d.Touched = true
			}
		}
	}
	return d
}

func identsByClass(entries []Entry) map[string]map[Key]*Entry {
	all := map[string]map[Key]*Entry{}
	for i := range entries {
		e := &entries[i]
		c := class(e.Kind)
		if all[c] == nil {
			all[c] = map[Key]*Entry{}
		}
		all[c][e.Ident] = e
	}
	return all
}

// replaced tells whether something was there and something else is now.
func replaced(had, has map[Key]*Entry) bool {
	for k := range had {
		if _, still := has[k]; still {
			return false
		}
	}
	return len(had) > 0 && len(has) > 0
}

// isCode tells kinds that come and go with what a person does.
func isCode(k jp.Kind) bool { return k == jp.OrderNo || k == jp.Other }

func pointsToSomebody(e *Entry) bool {
	switch e.Kind {
	case jp.Email, jp.MemberNo, jp.Address:
		return true
	case jp.Phone:
		return e.Class != jp.TollFree
	default:
		return false
	}
}

// Crowd is how many people may declare an identifier for it to point to any of
// them: a pickup store's address, a dummy number points to nobody.
const Crowd = 20

// Bindings counts how many people a change of the roster binds to other
// identifiers than before.
type Bindings struct {
	Touched int // people there were before of whom something changed
	Anew    int // of these, strangers to what they were, and people to whom an identifier of somebody else has moved
}

// Plus adds two changes.
func (b Bindings) Plus(c Bindings) Bindings { return Bindings{b.Touched + c.Touched, b.Anew + c.Anew} }

// shares of people bound anew beyond which a change is not believed, percent.
const (
	mostOfTouched = 20
	mostOfPeople  = 1
)

// Suspicious tells whether what changed within a day in a roster of so many
// people looks like a store that wrote people over one another, rather than like
// people who moved, married and changed their numbers. Up to most people bound
// anew never do.
func (b Bindings) Suspicious(most int, people int64) bool {
	return b.Anew > most && (b.TooMany(people) || b.Anew*100 > b.Touched*mostOfTouched)
}

// TooMany tells whether more changes of the day cannot make it better.
func (b Bindings) TooMany(people int64) bool { return int64(b.Anew)*100 > people*mostOfPeople }
