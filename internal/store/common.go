package store

import (
	"cmp"
	"context"
	"database/sql"
	"slices"
	"time"

	"github.com/kakitome/kakitome/internal/admin"
	"github.com/kakitome/kakitome/internal/jp"
)

// Common lists undeclared identifiers that reached at least so many recipients
// since a time, the commonest first. It reads all sightings, beside the writer.
func (s *Store) Common(ctx context.Context, since time.Time, recipients, limit int) (list []admin.Common, err error) {
	err = s.read(ctx, "find common identifiers", func(t *tx) error {
		var idents []key
		err := t.query(func(r *sql.Rows) error {
			var ident []byte
			err := r.Scan(&ident)
			idents = append(idents, keyOf(ident))
			return err
		}, `SELECT ident FROM sightings WHERE at >= $1 GROUP BY ident HAVING COUNT(*) >= $2 ORDER BY COUNT(*) DESC LIMIT $3`,
			micros(since), recipients, 4*limit) // some are declared and fall out
		if err != nil {
			return err
		}
		for _, ident := range idents {
			c, err := t.common(ident, since)
			if err != nil {
				return err
			}
			if c.Recipients >= recipients {
				list = append(list, c)
			}
		}
		return nil
	})
	slices.SortStableFunc(list, func(a, b admin.Common) int { return cmp.Compare(b.Recipients, a.Recipients) })
	return list[:min(len(list), limit)], err
}

func (t *tx) common(ident key, since time.Time) (admin.Common, error) {
	c := admin.Common{Ident: ident}
	var num, kind int64
	_, err := t.one([]any{&kind, &c.Recipients, &c.Mails, &num}, `SELECT COALESCE(MAX(e.kind), 0), COUNT(DISTINCT d.rcpt),
		COUNT(DISTINCT e.delivery / 65536), COALESCE(MAX(e.delivery), 0)
		FROM exposures e JOIN deliveries d ON d.num = e.delivery JOIN mails m ON m.num = e.delivery / 65536
		WHERE e.ident = $1 AND e.person IS NULL AND m.received_at >= $2`, ident[:], micros(since))
	if err != nil || num == 0 {
		return c, err
	}
	c.Kind = jp.Kind(kind) //nolint:gosec // written from a Kind
	ids, err := t.idsOf([]int64{num})
	if err == nil {
		c.Delivery = ids[0]
	}
	return c, err
}
