package store

import (
	"context"
	"database/sql"
	"slices"
	"time"

	"github.com/kakitome/kakitome/internal/gate"
)

// Claim leases up to n deliveries that are due to this node until now+lease,
// and returns their mails with these deliveries, bodies included, in the order
// in which they came. Paused streams have none, and what became too old to be
// sent without a decision is left for Stale. Duplicates counts the
// deliveries whose former lease ran out without an answer: the relay may get
// them a second time.
func (s *Store) Claim(ctx context.Context, now time.Time, n int, lease time.Duration) (mails []*gate.Mail, duplicates int, err error) {
	if due, err := s.NextDue(ctx); err != nil || due.IsZero() || due.After(now) {
		return nil, 0, err // nobody's write is held up by looking
	}
	err = s.write(ctx, "claim deliveries", func(t *tx) error {
		mails, duplicates = nil, 0
		streams, err := t.flowing()
		if err != nil {
			return err
		}
		var nums []int64
		for _, stream := range streams {
			got, again, err := t.claim(stream, now, n-len(nums), lease)
			if err != nil {
				return err
			}
			nums, duplicates = append(nums, got...), duplicates+again
		}
		slices.Sort(nums)
		if len(nums) > 0 {
			mails, err = t.mails(nums)
		}
		return err
	})
	return mails, duplicates, err
}

// flowing lists the streams that are not paused. The one whose turn has not
// come for longest stands first.
func (t *tx) flowing() ([]string, error) {
	var streams []string
	err := t.query(func(r *sql.Rows) error {
		var name string
		err := r.Scan(&name)
		streams = append(streams, name)
		return err
	}, `SELECT name FROM streams WHERE paused = 0 ORDER BY name`)
	if len(streams) > 1 {
		turn := int(t.s.turn.Add(1) % uint64(len(streams))) //nolint:gosec // a small number
		streams = append(streams[turn:], streams[:turn]...)
	}
	return streams, err
}

func (t *tx) claim(stream string, now time.Time, n int, lease time.Duration) (nums []int64, duplicates int, err error) {
	if n <= 0 {
		return nil, 0, nil
	}
	var list []any
	err = t.query(func(r *sql.Rows) error {
		var num, until int64
		if err := r.Scan(&num, &until); err != nil {
			return err
		}
		nums, list = append(nums, num), append(list, num)
		if until > 0 {
			duplicates++
		}
		return nil
	}, `SELECT num, lease_until FROM deliveries WHERE state = 1 AND stream = $1 AND due <= $2 AND lease_until <= $2
		AND (stale_at = 0 OR stale_at > $2)
		ORDER BY due, num LIMIT $3`+t.s.engine.skipLocked, stream, micros(now), n)
	if err != nil {
		return nil, 0, err
	}
	t.execIn(`UPDATE deliveries SET lease_node = $1, lease_until = $2 WHERE num IN ($IN)`,
		[]any{t.s.node, micros(now.Add(lease))}, list)
	return nums, duplicates, t.err
}

// ReleaseLeases gives leased deliveries back unsent: nothing of them has left.
func (s *Store) ReleaseLeases(ctx context.Context, deliveries []string) error {
	return s.write(ctx, "give leases back", func(t *tx) error {
		list, err := t.listOf(deliveries)
		if err != nil {
			return err
		}
		t.execIn(`UPDATE deliveries SET lease_node = '', lease_until = 0 WHERE state = 1 AND lease_node = $1 AND num IN ($IN)`,
			[]any{s.node}, list)
		return nil
	})
}

// ReleaseNode lets this node's leases from before a restart run out now, and
// says how many there were. They count as possible duplicates when they are
// claimed again.
func (s *Store) ReleaseNode(ctx context.Context, now time.Time) (n int64, err error) {
	err = s.write(ctx, "give leases back", func(t *tx) error {
		n, err = t.affect(`UPDATE deliveries SET lease_until = $2 WHERE lease_node = $1 AND lease_until > $2`, s.node, micros(now))
		return err
	})
	return n, err
}

// Leased lists this node's deliveries whose lease was taken before a time and
// has not run out.
func (s *Store) Leased(ctx context.Context, now, before time.Time, lease time.Duration) (deliveries []string, err error) {
	err = s.read(ctx, "read leases", func(t *tx) error {
		nums, err := t.returning(`SELECT num FROM deliveries WHERE state = 1 AND lease_node = $1 AND lease_until > $2 AND lease_until < $3`,
			s.node, micros(now), micros(before.Add(lease)))
		if err == nil {
			deliveries, err = t.idsOf(nums)
		}
		return err
	})
	return deliveries, err
}

// EndLeases lets leases of this node run out now: nobody has the deliveries in
// hand, but whether they left is not known. They count as possible duplicates
// when they are claimed again.
func (s *Store) EndLeases(ctx context.Context, now time.Time, deliveries []string) error {
	return s.write(ctx, "end leases", func(t *tx) error {
		list, err := t.listOf(deliveries)
		if err != nil {
			return err
		}
		t.execIn(`UPDATE deliveries SET lease_until = $2 WHERE state = 1 AND lease_node = $1 AND lease_until > $2 AND num IN ($IN)`,
			[]any{s.node, micros(now)}, list)
		return nil
	})
}

// NextDue is when the next delivery may be claimed; zero when none waits.
func (s *Store) NextDue(ctx context.Context) (time.Time, error) {
	var due int64
	err := s.read(ctx, "read queue", func(t *tx) error {
		streams, err := t.flowing()
		for _, stream := range streams {
			var at int64
			found, err := t.one([]any{&at}, `SELECT CASE WHEN due > lease_until THEN due ELSE lease_until END FROM deliveries
				WHERE state = 1 AND stream = $1 AND lease_until = 0 ORDER BY due, num LIMIT 1`, stream)
			if err != nil {
				return err
			}
			if found && (due == 0 || at < due) {
				due = max(at, 1)
			}
			found, err = t.one([]any{&at}, `SELECT CASE WHEN due > lease_until THEN due ELSE lease_until END AS free FROM deliveries
				WHERE state = 1 AND stream = $1 AND lease_until > 0 ORDER BY free LIMIT 1`, stream)
			if err != nil {
				return err
			}
			if found && (due == 0 || at < due) {
				due = max(at, 1)
			}
		}
		return err
	})
	return timeOf(due), err
}
