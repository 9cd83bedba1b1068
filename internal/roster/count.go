package roster

import "github.com/kakitome/kakitome/internal/jp"

// Count counts the identifiers by kind, and the canaries. It looks at
// everybody.
func (s *Snapshot) Count() (kinds map[jp.Kind]int, canaries int) {
	kinds = map[jp.Kind]int{}
	for _, p := range s.parts {
		for i := range p.people {
			person := &p.people[i]
			if p.isGone(person.key) {
				continue
			}
			if person.canary {
				canaries++
			}
			for _, id := range p.info(uint32(i)).Idents { //nolint:gosec // an index
				kinds[id.Kind]++
			}
		}
	}
	return kinds, canaries
}
