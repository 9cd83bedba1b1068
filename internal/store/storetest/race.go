package storetest

import (
	"fmt"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/kakitome/kakitome/internal/check"
	"github.com/kakitome/kakitome/internal/gate"
	"github.com/kakitome/kakitome/internal/store"
)

// testRace: 64 senders over two nodes race the same few identifiers, each to
// recipients of its own. What goes through is exactly the limit (P2).
func testRace(t *testing.T, db Database) {
	const senders, idents, limit = 64, 3, 5
	nodes := []*store.Store{db(t, "one"), db(t, "two")}
	var released [idents]atomic.Int64
	var wg sync.WaitGroup
	for i := range senders {
		wg.Go(func() {
			for k := range idents {
				ident, rcpt := key("ident %d", (i+k)%idents), key("rcpt %d %d", i, k)
				w := []check.Wants{{Stream: "order", Idents: []check.Key{ident, key("noise %d", i)}, Recipients: []check.Key{rcpt}, Client: key("client %d", i)}}
				through := false
				err := nodes[i%2].Write(t.Context(), func(tx gate.Tx) error {
					through = false
					if err := tx.Lock(w); err != nil {
						return err
					}
					c, err := tx.Counts(now, w)
					if err != nil || len(c.Sightings[ident]) >= limit {
						return err
					}
					m := mail(fmt.Sprintf("m%d-%d", i, k), 1)
					m.Effects.Sightings = []check.SightingEffect{sightingOf(ident, rcpt)}
					through = true
					return tx.Record([]*gate.Mail{m})
				})
				if err != nil {
					t.Errorf("sender %d: %v", i, err)
				}
				if through {
					released[(i+k)%idents].Add(1)
				}
			}
		})
	}
	wg.Wait()
	for k := range idents {
		same(t, fmt.Sprintf("released with identifier %d", k), released[k].Load(), int64(limit))
		c := counts(t, nodes[0], now, check.Wants{Idents: []check.Key{key("ident %d", k)}})
		same(t, "sightings", len(c.Sightings[key("ident %d", k)]), limit)
	}
}
