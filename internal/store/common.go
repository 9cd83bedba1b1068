package store

import (
	"context"
	"database/sql"
	"time"

	"github.com/kakitome/kakitome/internal/check"
	"github.com/kakitome/kakitome/internal/jp"
)

// Common is an undeclared identifier that goes to many.
type Common struct {
	Ident             check.Key
	Kind              jp.Kind
	Recipients, Mails int
	Delivery          string // one that carries it
}

// Common lists undeclared identifiers that went, or would have gone, to at
// least so many recipients since a time, the commonest first. It reads all
// exposures since then.
func (s *Store) Common(ctx context.Context, since time.Time, recipients, limit int) (list []Common, err error) {
	err = s.read(ctx, "find common identifiers", func(t *tx) error {
		return t.query(func(r *sql.Rows) error {
			var c Common
			var ident []byte
			var kind, num int64
			var mail string
			err := r.Scan(&ident, &kind, &c.Recipients, &c.Mails, &num, &mail)
			c.Ident, c.Kind, c.Delivery = keyOf(ident), jp.Kind(kind), joinID(mail, num) //nolint:gosec // a stored kind
			list = append(list, c)
			return err
		}, `SELECT c.ident, c.kind, c.recipients, c.mails, c.one, m.id FROM (
				SELECT e.ident AS ident, MIN(e.kind) AS kind, COUNT(DISTINCT d.rcpt) AS recipients,
					COUNT(DISTINCT e.delivery / 65536) AS mails, MAX(e.delivery) AS one
				FROM mails m JOIN deliveries d ON d.num / 65536 = m.num JOIN exposures e ON e.delivery = d.num
				WHERE m.received_at >= $1 AND m.purged_at = 0 AND e.person IS NULL AND e.own = 0
				GROUP BY e.ident HAVING COUNT(DISTINCT d.rcpt) >= $2
				ORDER BY recipients DESC, ident LIMIT $3) c
			JOIN mails m ON m.num = c.one / 65536 ORDER BY c.recipients DESC, c.ident`, micros(since), recipients, limit)
	})
	return list, err
}
