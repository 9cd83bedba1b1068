package store

import (
	"context"
	"database/sql"

	"github.com/kakitome/kakitome/internal/admin"
	"github.com/kakitome/kakitome/internal/check"
	"github.com/kakitome/kakitome/internal/jp"
)

const exposedColumns = `e.person, e.ident, e.kind, e.own, d.num, m.id, d.stream, d.rcpt, d.sealed, m.key, d.state, m.received_at, d.ended_at`

// Texts of the questions of P7. Each reads one range of one index, and then a
// row of deliveries and of mails for each hit.
const (
	byPerson = `SELECT ` + exposedColumns + ` FROM exposures e JOIN deliveries d ON d.num = e.delivery
		JOIN mails m ON m.num = e.delivery / 65536 WHERE e.person = $1 ORDER BY e.delivery`
	byIdent = `SELECT ` + exposedColumns + ` FROM exposures e JOIN deliveries d ON d.num = e.delivery
		JOIN mails m ON m.num = e.delivery / 65536 WHERE e.ident = $1 ORDER BY e.delivery`
	byRecipient = `SELECT ` + exposedColumns + ` FROM deliveries d JOIN exposures e ON e.delivery = d.num
		JOIN mails m ON m.num = d.num / 65536 WHERE d.rcpt = $1 ORDER BY d.num, e.n`
)

// ExposuresOf calls yield for each time data of a person went, or would have
// gone, to somebody, the person's own mail included, oldest first.
func (s *Store) ExposuresOf(ctx context.Context, person check.Key, yield func(admin.Exposed) error) error {
	return s.exposed(ctx, byPerson, person, yield)
}

// ExposuresBy is ExposuresOf for one identifier, whoever it belongs to.
func (s *Store) ExposuresBy(ctx context.Context, ident check.Key, yield func(admin.Exposed) error) error {
	return s.exposed(ctx, byIdent, ident, yield)
}

// Received is ExposuresOf for what one recipient was sent, or would have been.
func (s *Store) Received(ctx context.Context, recipient check.Key, yield func(admin.Exposed) error) error {
	return s.exposed(ctx, byRecipient, recipient, yield)
}

func (s *Store) exposed(ctx context.Context, query string, k key, yield func(admin.Exposed) error) error {
	return s.read(ctx, "read exposures", func(t *tx) error {
		return t.query(func(r *sql.Rows) error {
			var x admin.Exposed
			var person, ident, rcpt []byte
			var kind, num, at, ended int64
			if err := r.Scan(&person, &ident, &kind, &x.Own, &num, &x.Mail, &x.Stream, &rcpt, &x.Sealed, &x.Key, &x.State, &at, &ended); err != nil {
				return err
			}
			x.Person, x.Ident, x.Kind = keyOf(person), keyOf(ident), jp.Kind(kind) //nolint:gosec // written from a Kind
			x.Delivery, x.Recipient, x.At, x.EndedAt = joinID(x.Mail, num), keyOf(rcpt), timeOf(at), timeOf(ended)
			return yield(x)
		}, query, k[:])
	})
}
