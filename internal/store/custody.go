package store

import (
	"context"
	"database/sql"
	"fmt"
	"strings"

	"github.com/kakitome/kakitome/internal/admin"
)

// where is the condition on "deliveries d" and its arguments, which begin at
// $from. IDs are not in it.
func where(f *admin.Filter, from int) (string, []any) {
	var b strings.Builder
	var args []any
	and := func(cond string, arg any) {
		args = append(args, arg)
		fmt.Fprintf(&b, " AND "+cond, from+len(args)-1)
	}
	if f.Stream != "" {
		and("d.stream = $%d", f.Stream)
	}
	if f.Rule != "" {
		and("d.rules LIKE $%d", "%,"+string(f.Rule)+",%")
	}
	if !f.Since.IsZero() {
		and("d.held_at >= $%d", micros(f.Since))
	}
	if !f.Before.IsZero() {
		and("d.held_at < $%d", micros(f.Before))
	}
	if f.Recipient != (key{}) {
		and("d.rcpt = $%d", f.Recipient[:])
	}
	if f.Person != (key{}) {
		and("EXISTS (SELECT 1 FROM exposures e WHERE e.delivery = d.num AND e.own = 0 AND e.person = $%d)", f.Person[:])
	}
	return b.String(), args
}

// heldPage is a page of held deliveries in order: numbers, and at which roster
// version each was judged.
type heldPage struct {
	nums   []int64
	judged []int64
	after  int64    // where the next page begins
	ids    []string // of the filter, not yet looked at
	last   bool
}

// judgedAt is before any version for what must be shown again.
const judgedAt = `CASE WHEN d.changed = 1 THEN -1 ELSE d.judged_at END`

// next reads the page after p.
func (t *tx) next(f *admin.Filter, p heldPage) (heldPage, error) {
	n := heldPage{after: p.after, ids: p.ids}
	row := func(r *sql.Rows) error {
		var num, judged int64
		err := r.Scan(&num, &judged)
		n.nums, n.judged, n.after = append(n.nums, num), append(n.judged, judged), num
		return err
	}
	if f.IDs == nil {
		cond, args := where(f, 3)
		err := t.query(row, `SELECT d.num, `+judgedAt+` FROM deliveries d WHERE d.state = 2 AND d.num > $1`+cond+` ORDER BY d.num LIMIT $2`,
			append([]any{p.after, moveChunk}, args...)...)
		n.last = len(n.nums) < moveChunk
		return n, err
	}
	some := n.ids[:min(len(n.ids), moveChunk)]
	n.ids, n.last = n.ids[len(some):], len(n.ids) <= moveChunk
	list, err := t.listOf(some)
	if err != nil {
		return n, err
	}
	cond, args := where(f, 1)
	err = t.in(`SELECT d.num, `+judgedAt+` FROM deliveries d WHERE d.state = 2`+cond+` AND d.num IN ($IN) ORDER BY d.num`, args, list, row)
	return n, err
}

// Held calls yield for each held delivery that is meant, oldest mail first. The
// list is complete; what is held or moved while it runs may be in it or not.
func (s *Store) Held(ctx context.Context, f admin.Filter, yield func(admin.Held) error) error {
	p := heldPage{ids: f.IDs}
	for !p.last {
		var list []admin.Held
		err := s.read(ctx, "list held mail", func(t *tx) (err error) {
			if p, err = t.next(&f, p); err != nil {
				return err
			}
			list, err = t.heldRows(p.nums)
			return err
		})
		if err != nil {
			return err
		}
		for i := range list {
			if err := yield(list[i]); err != nil {
				return err
			}
		}
	}
	return nil
}

func (t *tx) heldRows(nums []int64) ([]admin.Held, error) {
	list := make([]admin.Held, 0, len(nums))
	at := make(map[int64]int, len(nums))
	err := t.in(`SELECT d.num, m.id, d.stream, d.rcpt, d.sealed, m.key, m.envelope, d.rules, m.received_at, d.held_at, d.stale_at, d.judged_at, d.changed, m.size
		FROM deliveries d JOIN mails m ON m.num = d.num / 65536 WHERE d.num IN ($IN) ORDER BY d.num`, nil, anys(nums), func(r *sql.Rows) error {
		var h admin.Held
		var num, received, held, stale int64
		var rcpt []byte
		var rules string
		if err := r.Scan(&num, &h.Mail, &h.Stream, &rcpt, &h.Sealed, &h.Key, &h.Envelope, &rules, &received, &held, &stale, &h.JudgedAt, &h.Changed, &h.Size); err != nil {
			return err
		}
		h.ID, h.Recipient, h.Rules = joinID(h.Mail, num), keyOf(rcpt), unpackRules(rules)
		h.ReceivedAt, h.HeldAt, h.StaleAt = timeOf(received), timeOf(held), timeOf(stale)
		at[num] = len(list)
		list = append(list, h)
		return nil
	})
	if err != nil {
		return nil, err
	}
	err = t.in(`SELECT DISTINCT delivery, person FROM exposures WHERE own = 0 AND person IS NOT NULL AND delivery IN ($IN) ORDER BY delivery, person`,
		nil, anys(nums), func(r *sql.Rows) error {
			var num int64
			var person []byte
			if err := r.Scan(&num, &person); err != nil {
				return err
			}
			h := &list[at[num]]
			h.Persons = append(h.Persons, keyOf(person))
			return nil
		})
	return list, err
}

// HeldCount says how many deliveries are meant. IDs are not looked at.
func (s *Store) HeldCount(ctx context.Context, f admin.Filter) (n int64, err error) {
	cond, args := where(&f, 1)
	err = s.read(ctx, "count held mail", func(t *tx) error {
		_, err := t.one([]any{&n}, `SELECT COUNT(*) FROM deliveries d WHERE d.state = 2`+cond, args...)
		return err
	})
	return n, err
}

// Shown says that a person has seen what is held by now: nothing has changed
// since.
func (s *Store) Shown(ctx context.Context, deliveries []string) error {
	return s.write(ctx, "note what was shown", func(t *tx) error {
		list, err := t.listOf(deliveries)
		if err != nil {
			return err
		}
		t.execIn(`UPDATE deliveries SET changed = 0 WHERE num IN ($IN)`, nil, list)
		return nil
	})
}
