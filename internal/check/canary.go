package check

import (
	"slices"

	"github.com/kakitome/kakitome/internal/jp"
)

// canary is rule 10: an identifier of a canary person in a mail to anyone else
// is proof of a wrong join. The mail is held and the stream paused at once,
// without a threshold (response.md §6). What somebody real declared too, a
// birthday or a postal code is no proof, for others share it.
func canary(v *view) []Reason {
	if !v.j.canaries {
		return nil
	}
	var found people
	note := func(owners []Key, kind jp.Kind, where string) {
		real := func(p Key) bool { return !v.j.e.People[p].Canary }
		if len(owners) == 0 || slices.ContainsFunc(owners, real) {
			return
		}
		for _, p := range owners {
			found.add(p, &tally{kinds: 1 << kind, firstPlace: where})
		}
	}
	for i := range v.units {
		u := &v.units[i]
		for k := range u.Findings {
			f := &u.Findings[k]
			mixed := f.Namesakes > len(f.Owners) // the others who declared it are not known here
			if r := u.relations[k]; (r == foreign || r == granted) && !mixed && f.Kind != jp.Birthday && f.Kind != jp.PostalCode {
				note(f.Owners, f.Kind, f.Where)
			}
		}
	}
	for i := range v.j.e.Visible {
		if o := &v.j.e.Visible[i]; o.Key != v.r.Key && !o.Company && !intersects(o.Persons, v.r.Persons) {
			note(o.Persons, jp.Email, o.Where)
		}
	}
	return personReasons(Canary, found.list)
}
