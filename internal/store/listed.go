package store

import (
	"context"
	"database/sql"

	"github.com/kakitome/kakitome/internal/admin"
	"github.com/kakitome/kakitome/internal/custody"
)

const listedChunk = 1000

const listedColumns = `SELECT d.num, m.id, d.stream, d.sealed, m.key, d.state, m.unread, m.received_at, d.ended_at, d.code, d.enhanced
	FROM deliveries d JOIN mails m ON m.num = d.num / 65536 `

// Each question reads one partial index.
const (
	listUndeliverable = listedColumns + `WHERE d.state = 5 AND d.num > $1 AND m.received_at >= $2 ORDER BY d.num LIMIT $3`
	listUnread        = listedColumns + `WHERE m.unread > 0 AND d.num > $1 AND m.received_at >= $2 ORDER BY d.num LIMIT $3`
)

// Listed calls yield for each delivery that could not be made and whose sender
// nobody could tell, or, with unread, each whose mail had a part that passed
// unread (P4, P5), oldest first. The list is complete.
func (s *Store) Listed(ctx context.Context, l admin.Listing, yield func(admin.Listed) error) error {
	text := listUndeliverable
	if l.Unread {
		text = listUnread
	}
	for after, n := int64(0), listedChunk; n == listedChunk; {
		var list []admin.Listed
		err := s.read(ctx, "list deliveries", func(t *tx) error {
			return t.query(func(r *sql.Rows) error {
				var x admin.Listed
				var state, received, ended int64
				err := r.Scan(&after, &x.Mail, &x.Stream, &x.Sealed, &x.Key, &state, &x.Unread, &received, &ended, &x.Code, &x.Enhanced)
				x.ID, x.State = joinID(x.Mail, after), custody.State(state) //nolint:gosec // a stored state
				x.At, x.EndedAt = timeOf(received), timeOf(ended)
				list = append(list, x)
				return err
			}, text, after, micros(l.Since), listedChunk)
		})
		if err != nil {
			return err
		}
		for i := range list {
			if err := yield(list[i]); err != nil {
				return err
			}
		}
		n = len(list)
	}
	return nil
}
