package store

import (
	"context"
	"database/sql"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/kakitome/kakitome/internal/admin"
	"github.com/kakitome/kakitome/internal/custody"
	"github.com/kakitome/kakitome/internal/fault"
	"github.com/kakitome/kakitome/internal/gate"
)

// Release queues held deliveries, due now. What they expose counts from then
// on as sent, but teaches nobody. It goes in pieces of about a thousand, each
// with its own act and its own record; when it fails between two, what was
// moved is in the answer beside the error.
func (s *Store) Release(ctx context.Context, now time.Time, m admin.Move) (admin.Moved, error) {
	return s.move(ctx, now, m, custody.Queued, "release")
}

// Discard ends held deliveries.
func (s *Store) Discard(ctx context.Context, now time.Time, m admin.Move) (admin.Moved, error) {
	m.Version = 0 // nothing leaves, whatever the roster says
	return s.move(ctx, now, m, custody.Discarded, "discard")
}

func (s *Store) move(ctx context.Context, now time.Time, m admin.Move, to custody.State, act string) (admin.Moved, error) {
	var all admin.Moved
	if m.By == "" || strings.TrimSpace(m.Reason) == "" {
		return all, fault.New(fault.Invalid, act, "a name and a reason are needed")
	}
	if !custody.May(custody.Person, custody.Held, to) {
		return all, fault.New(fault.Internal, act, "not lawful")
	}
	p := heldPage{ids: m.IDs}
	for !p.last {
		var next heldPage
		var some admin.Moved
		err := s.write(ctx, act+" held mail", func(t *tx) (err error) {
			if next, err = t.next(&m.Filter, p); err != nil {
				return err
			}
			some, err = t.move(now, &m, to, act, next)
			return err
		})
		if err != nil {
			return all, err
		}
		p = next
		all.Count += some.Count
		all.Outdated = append(all.Outdated, some.Outdated...)
	}
	return all, nil
}

// move moves one page.
func (t *tx) move(now time.Time, m *admin.Move, to custody.State, act string, p heldPage) (admin.Moved, error) {
	var current, outdated []int64
	for i, num := range p.nums {
		if to == custody.Discarded || p.judged[i] >= m.Version {
			current = append(current, num)
		} else {
			outdated = append(outdated, num)
		}
	}
	var done admin.Moved
	var err error
	if done.Outdated, err = t.idsOf(outdated); err != nil || len(current) == 0 {
		return done, err
	}
	if to == custody.Queued {
		if err := t.lockExposed(current); err != nil {
			return done, err
		}
	}
	moved, err := t.moveRows(now, to, current)
	if err != nil || len(moved) == 0 {
		return done, err
	}
	if to == custody.Queued {
		t.countReleased(now, moved)
	}
	ids, err := t.idsOf(moved)
	if err != nil {
		return done, err
	}
	done.Count = len(ids)
	if err := t.recordMoved(now, movedTo{state: to, by: m.By, reason: m.Reason, ids: ids}); err != nil {
		return done, err
	}
	return done, t.Audit(now, gate.Audit{Who: m.By, Act: act, Object: objectOf(&m.Filter, ids), Reason: m.Reason})
}

func (t *tx) moveRows(now time.Time, to custody.State, nums []int64) (moved []int64, err error) {
	row := func(r *sql.Rows) error {
		var num int64
		err := r.Scan(&num)
		moved = append(moved, num)
		return err
	}
	if to == custody.Queued { // a person has seen how old it is
		err = t.in(`UPDATE deliveries SET state = 1, due = $1, stale_at = 0 WHERE state = 2 AND num IN ($IN) RETURNING num`,
			[]any{micros(now)}, anys(nums), row)
	} else {
		err = t.in(`UPDATE deliveries SET state = $1, ended_at = $2 WHERE state = 2 AND num IN ($IN) RETURNING num`,
			[]any{int64(to), micros(now)}, anys(nums), row)
	}
	slices.Sort(moved)
	return moved, err
}

// lockExposed locks what countReleased will count.
func (t *tx) lockExposed(nums []int64) error {
	if !t.s.engine.postgres {
		return nil
	}
	var keys []key
	err := t.in(`SELECT DISTINCT ident, person FROM exposures WHERE own = 0 AND delivery IN ($IN)`, nil, anys(nums), func(r *sql.Rows) error {
		var ident, person []byte
		err := r.Scan(&ident, &person)
		keys = append(keys, keyOf(ident), keyOf(person))
		return err
	})
	if err != nil {
		return err
	}
	return t.lockKeys(keys)
}

// countReleased counts what deliveries expose as sent: identifiers, persons
// with name and address together, and what the recipients got.
func (t *tx) countReleased(now time.Time, nums []int64) {
	at, list := []any{micros(now)}, anys(nums)
	const newer = ` ON CONFLICT (ident, rcpt) DO UPDATE SET at = excluded.at`
	t.execIn(`INSERT INTO sightings (ident, rcpt, at, last_day, days, learned)
		SELECT e.ident, d.rcpt, CAST($1 AS BIGINT), 0, 0, 0 FROM exposures e JOIN deliveries d ON d.num = e.delivery
		WHERE e.own = 0 AND e.delivery IN ($IN) GROUP BY e.ident, d.rcpt`+newer, at, list)
	t.execIn(`INSERT INTO sightings (ident, rcpt, at, last_day, days, learned)
		SELECT e.person, d.rcpt, CAST($1 AS BIGINT), 0, 0, 0 FROM exposures e JOIN deliveries d ON d.num = e.delivery
		WHERE e.own = 0 AND e.person IS NOT NULL AND e.kind = 7 AND e.delivery IN ($IN)
		AND EXISTS (SELECT 1 FROM exposures n WHERE n.delivery = e.delivery AND n.person = e.person AND n.kind IN (3, 4, 5))
		GROUP BY e.person, d.rcpt`+newer, at, list)
	t.execIn(`INSERT INTO received (rcpt, subject, kind, at)
		SELECT d.rcpt, COALESCE(e.person, e.ident), CASE WHEN e.person IS NULL THEN e.kind ELSE 0 END, CAST($1 AS BIGINT)
		FROM exposures e JOIN deliveries d ON d.num = e.delivery WHERE e.own = 0 AND e.delivery IN ($IN)
		GROUP BY d.rcpt, COALESCE(e.person, e.ident), CASE WHEN e.person IS NULL THEN e.kind ELSE 0 END
		ON CONFLICT (rcpt, subject, kind) DO UPDATE SET at = excluded.at`, at, list)
}

// objectOf says in an act what was meant, and how many it were.
func objectOf(f *admin.Filter, ids []string) string {
	var parts []string
	add := func(name, value string) {
		if value != "" {
			parts = append(parts, name+"="+value)
		}
	}
	add("stream", f.Stream)
	add("rule", string(f.Rule))
	if !f.Since.IsZero() {
		add("since", f.Since.UTC().Format(time.RFC3339))
	}
	if !f.Before.IsZero() {
		add("before", f.Before.UTC().Format(time.RFC3339))
	}
	if f.Person != (key{}) {
		add("person", f.Person.Hex())
	}
	if f.Recipient != (key{}) {
		add("recipient", f.Recipient.Hex())
	}
	return fmt.Sprintf("%d deliveries %s from %s to %s", len(ids), strings.Join(parts, ","), ids[0], ids[len(ids)-1])
}
