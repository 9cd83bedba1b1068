package check

import (
	"slices"

	"github.com/kakitome/kakitome/internal/jp"
)

// canary is rule 10: an identifier of a canary person in a mail to anyone else
// is proof of a wrong join. The mail is held and the stream paused at once,
// without a threshold (response.md §6). A bare name, birthday or postal code
// is no proof, for others may share it.
func canary(v *view) []Reason {
	var found []about
	for i := range v.units {
		for k := range v.units[i].Findings {
			f := &v.units[i].Findings[k]
			if f.Company || v.isOwn(f) || isName(f.Kind) && f.Namesakes > 1 || f.Kind == jp.Birthday || f.Kind == jp.PostalCode {
				continue
			}
			for _, p := range f.Owners {
				if v.j.e.People[p].Canary && !slices.ContainsFunc(found, func(a about) bool { return a.person == p }) {
					found = append(found, about{p, kindsOf(f.Kind), f.Where})
				}
			}
		}
	}
	return personReasons(Canary, found)
}
