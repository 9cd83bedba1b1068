package store

import (
	"context"
	"time"
)

// Stage makes a large sealed body durable by itself, a part at a time, so that
// the writer does other work in between. A second call replaces the first.
func (s *Store) Stage(ctx context.Context, mailID string, body []byte) error {
	now := time.Now()
	for part := partBody; ; part++ {
		n := min(len(body), partBytes)
		err := s.write(ctx, "store body", func(t *tx) error {
			if part == partBody {
				t.exec(`INSERT INTO staged (mail, at) VALUES ($1, $2) ON CONFLICT (mail) DO UPDATE SET at = excluded.at`, mailID, micros(now))
				t.exec(`DELETE FROM contents WHERE mail = $1 AND part >= $2`, mailID, partBody)
			}
			t.exec(`INSERT INTO contents (mail, part, data) VALUES ($1, $2, $3)`, mailID, part, notNull(body[:n]))
			return nil
		})
		if body = body[n:]; err != nil || len(body) == 0 {
			return err
		}
	}
}
