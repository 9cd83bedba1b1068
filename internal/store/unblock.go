package store

import (
	"context"
	"time"

	"github.com/kakitome/kakitome/internal/check"
	"github.com/kakitome/kakitome/internal/gate"
)

// Unblock lifts the block of identifiers and forgets whom they reached, so that
// counting begins anew: a named person's decision, audited with it. It returns
// how many were blocked.
func (s *Store) Unblock(ctx context.Context, now time.Time, idents []check.Key, a gate.Audit) (n int, err error) {
	err = s.write(ctx, "lift block", func(t *tx) error {
		n = 0
		if err := t.Lock([]check.Wants{{Idents: idents}}); err != nil {
			return err
		}
		for _, ident := range idents {
			lifted, err := t.affect(`DELETE FROM blocked WHERE ident = $1`, ident[:])
			if err != nil {
				return err
			}
			if lifted > 0 {
				n++
				t.exec(`DELETE FROM sightings WHERE ident = $1 AND learned = 0`, ident[:])
			}
		}
		if n == 0 {
			return nil
		}
		return t.Audit(now, a)
	})
	return n, err
}
