package store

import (
	"context"
	"database/sql"
	"slices"
	"time"

	"github.com/kakitome/kakitome/internal/check"
	"github.com/kakitome/kakitome/internal/custody"

	"github.com/kakitome/kakitome/internal/gate"
)

// moveChunk is how many deliveries one transaction moves.
const moveChunk = 1024

// Recall moves to held what still waits unleased with one of the identifiers
// that are not the recipient's own, takes its sightings back, and returns how
// many deliveries. One whose lease ran out may have left already: it is not
// recalled.
func (t *tx) Recall(now time.Time, idents []check.Key, rule check.Rule) (int, error) {
	var keys keySet
	keys.add(idents...)
	var nums []int64
	// A person's key stands for the person's name and address together.
	for _, column := range []string{"ident", "person"} {
		err := t.in(`SELECT DISTINCT e.delivery FROM exposures e JOIN deliveries d ON d.num = e.delivery
			WHERE e.own = 0 AND d.state = 1 AND d.lease_until = 0 AND e.`+column+` IN ($IN)`, nil, keys.list, func(r *sql.Rows) error {
			var num int64
			err := r.Scan(&num)
			nums = append(nums, num)
			return err
		})
		if err != nil {
			return 0, err
		}
	}
	slices.Sort(nums)
	held, err := t.hold(now, slices.Compact(nums), rule)
	return len(held), err
}

// hold moves queued deliveries that nobody is sending to held under a rule, and
// takes their sightings back; but not of those whose lease ran out without an
// answer, for they may have left. It returns those it moved.
func (t *tx) hold(now time.Time, nums []int64, rule check.Rule) ([]int64, error) {
	var held, unsent []int64
	err := t.in(`UPDATE deliveries SET state = 2, held_at = $1,
			rules = CASE WHEN rules = '' THEN ',' ELSE rules END || CAST($2 AS TEXT) || ',',
			uncertain = CASE WHEN lease_until > 0 THEN 1 ELSE uncertain END, lease_node = '', lease_until = 0
		WHERE state = 1 AND lease_until <= $1 AND num IN ($IN) RETURNING num, uncertain`,
		[]any{micros(now), string(rule)}, anys(nums), func(r *sql.Rows) error {
			var num int64
			var uncertain bool
			err := r.Scan(&num, &uncertain)
			held = append(held, num)
			if !uncertain {
				unsent = append(unsent, num)
			}
			return err
		})
	if err != nil || len(held) == 0 {
		return nil, err
	}
	slices.Sort(held)
	slices.Sort(unsent)
	t.takeBack(unsent)
	ids, err := t.idsOf(held)
	if err != nil {
		return nil, err
	}
	return held, t.recordMoved(now, movedTo{state: custody.Held, rule: rule, by: "gate", ids: ids})
}

// takeBack removes the sightings that rest on the given deliveries alone: where
// no other delivery with the identifier went, or may go, to the recipient.
func (t *tx) takeBack(nums []int64) {
	t.execIn(`DELETE FROM sightings WHERE (ident, rcpt) IN (
			SELECT e.ident, d.rcpt FROM exposures e JOIN deliveries d ON d.num = e.delivery WHERE e.own = 0 AND e.delivery IN ($IN)
		) AND NOT EXISTS (
			SELECT 1 FROM exposures o JOIN deliveries g ON g.num = o.delivery
			WHERE o.ident = sightings.ident AND o.own = 0 AND g.rcpt = sightings.rcpt AND g.state NOT IN (2, 6))`, nil, anys(nums))
}

// Stale moves queued mail that became too old to be sent without a decision to
// held, and returns how many deliveries. One whose lease ran out may have left
// already; that is for the person to weigh.
func (s *Store) Stale(ctx context.Context, now time.Time) (int, error) {
	total := 0
	for {
		n := 0
		err := s.write(ctx, "hold stale mail", func(t *tx) error {
			nums, err := t.returning(`SELECT num FROM deliveries WHERE state = 1 AND stale_at > 0 AND stale_at <= $1 AND lease_until <= $1
				ORDER BY stale_at LIMIT $2`, micros(now), moveChunk)
			if err != nil {
				return err
			}
			held, err := t.hold(now, nums, check.Stale)
			n = len(held)
			return err
		})
		total += n
		if err != nil || n < moveChunk {
			return total, err
		}
	}
}

// Judge replaces what was decided for a held delivery. When it is no longer
// held, because a person decided meanwhile, the error is a fault.Conflict.
func (t *tx) Judge(now time.Time, j gate.Judged) error {
	nums, err := t.numsOf([]string{j.Delivery})
	if err != nil {
		return err
	}
	num := nums[j.Delivery]
	if j.State != custody.Held && !custody.May(custody.Judge, custody.Held, j.State) {
		return lawBroken("a judgement may not bring it to "+j.State.String(), j.Delivery)
	}
	n, err := t.affect(`UPDATE deliveries SET state = $2, rules = $3, due = $4, judged_at = $5,
			changed = CASE WHEN $6 = 1 THEN 1 ELSE changed END WHERE num = $1 AND state = 2`,
		num, int64(j.State), packRules(j.Rules), micros(j.Due), j.RosterVersion, bit(j.Grew))
	if err != nil {
		return err
	}
	if n == 0 {
		return lawBroken("is no longer held", j.Delivery)
	}
	d := gate.Delivery{ID: j.Delivery, State: j.State, Rules: j.Rules, Exposures: j.Exposures}
	var exposures rows
	addExposures(&exposures, num, &d)
	t.exec(`DELETE FROM exposures WHERE delivery = $1`, num)
	t.insertExposures(&exposures)
	if j.Verdict != nil {
		t.exec(`INSERT INTO contents (mail, part, data) VALUES ($1, 0, $2) ON CONFLICT (mail, part) DO UPDATE SET data = excluded.data`,
			j.Mail, j.Verdict)
	}
	c := newChanges()
	c.counts(&j.Effects, j.Mail, now)
	t.writeCounts(c)
	return errorsFirst(t.err, t.judgedLeaf(now, num, &d, j.RosterVersion))
}

func errorsFirst(errs ...error) error {
	for _, err := range errs {
		if err != nil {
			return err
		}
	}
	return nil
}
