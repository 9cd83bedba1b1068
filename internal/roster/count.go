package roster

import "github.com/kakitome/kakitome/internal/jp"

// Count counts the identifiers by kind, and the canaries. It looks at
// everybody.
func (s *Snapshot) Count() (kinds map[jp.Kind]int, canaries int) {
	kinds = map[jp.Kind]int{}
	for _, l := range []*layer{s.base, s.delta} {
		for i := range l.people {
			p := &l.people[i]
			if l == s.base && s.isGone(p.key) {
				continue
			}
			if p.canary {
				canaries++
			}
			for _, id := range l.info(uint32(i)).Idents { //nolint:gosec // an index
				kinds[id.Kind]++
			}
		}
	}
	return kinds, canaries
}
