package store

import (
	"context"
	"database/sql"

	"github.com/kakitome/kakitome/internal/custody"
	"github.com/kakitome/kakitome/internal/incident"
	"github.com/kakitome/kakitome/internal/response"
)

// Standing counts the incidents that are open, drills apart, and their letters.
func (s *Store) Standing(ctx context.Context) (out response.Standing, err error) {
	err = s.read(ctx, "count incidents", func(t *tx) error {
		out = response.Standing{Incidents: map[incident.State]int{}}
		err := t.query(func(r *sql.Rows) error {
			var state incident.State
			var n int
			err := r.Scan(&state, &n)
			out.Incidents[state] = n
			return err
		}, `SELECT state, COUNT(*) FROM incidents WHERE drill = 0 AND closed_at = 0 GROUP BY state`)
		if err != nil || len(out.Incidents) == 0 {
			return err
		}
		return t.query(func(r *sql.Rows) error {
			var c response.LetterCount
			var fate custody.State
			err := r.Scan(&c.State, &fate, &c.Letters)
			if fate > 0 {
				c.Fate = fate.String()
			}
			out.Letters = append(out.Letters, c)
			return err
		}, `SELECT l.state, COALESCE(d.state, 0) AS fate, COUNT(*)
			FROM letters l LEFT JOIN mails m ON m.id = l.mail LEFT JOIN deliveries d ON d.num = m.num * 65536 + 1
			WHERE l.incident IN (SELECT id FROM incidents WHERE drill = 0 AND closed_at = 0) GROUP BY l.state, fate ORDER BY l.state, fate`)
	})
	return out, err
}
