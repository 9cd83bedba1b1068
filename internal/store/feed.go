package store

import (
	"context"
	"database/sql"
	"fmt"
	"time"

	"github.com/kakitome/kakitome/internal/admin"
	"github.com/kakitome/kakitome/internal/fault"
	"github.com/kakitome/kakitome/internal/gate"
	"github.com/kakitome/kakitome/internal/roster"
)

const (
	ourselves = "kakitome" // who closes an alert whose cause is gone
	feedKnown = `INSERT INTO roster_feeds (name, first_at) VALUES ($1, $2) ON CONFLICT (name) DO NOTHING`
)

// expect reads what was bound anew within the last day, and what somebody
// agreed to.
func (c *change) expect(ctx context.Context, now time.Time) error {
	return c.s.read(ctx, "change roster", func(t *tx) error {
		if _, err := t.one([]any{&c.day.Anew, &c.day.Touched}, `SELECT CAST(COALESCE(SUM(anew), 0) AS BIGINT), CAST(COALESCE(SUM(touched), 0) AS BIGINT)
			FROM roster_versions WHERE published_at > $1`, micros(now.Add(-day))); err != nil {
			return err
		}
		_, err := t.one([]any{&c.agreed}, `SELECT agreed FROM roster_feeds WHERE name = $1`, c.in.Feed)
		return err
	})
}

// fed notes that people came by a feed.
func (t *tx) fed(now time.Time, c *change, m admin.FeedMark) {
	t.exec(feedKnown, c.in.Feed, micros(now))
	t.exec(`UPDATE roster_feeds SET fed_at = $2, late_at = 0, mark = $3, query = $4, people = $5, changed = $6,
		problem = '', refused_at = 0, anew = 0, touched = 0, examples = NULL, agreed = 0 WHERE name = $1`,
		c.in.Feed, micros(now), m.Sealed, orNull(m.Query), c.taken(), c.taken()-c.result.Unchanged)
	t.calm(now, admin.AlertFeedLate, c.in.Feed)
	t.calm(now, admin.AlertFeedRefused, c.in.Feed)
}

// calm closes an alert whose cause is gone.
func (t *tx) calm(now time.Time, kind, subject string) {
	t.exec(`UPDATE alerts SET acked_at = $3, acked_by = $4 WHERE kind = $1 AND subject = $2 AND acked_at = 0`, kind, subject, micros(now), ourselves)
}

// refused notes that an import was refused, and has somebody told.
func (s *Store) refused(ctx context.Context, now time.Time, in admin.Import, r *admin.Refusal) error {
	return s.write(ctx, "refuse import", func(t *tx) error {
		t.exec(feedKnown, in.Feed, micros(now))
		t.exec(`UPDATE roster_feeds SET refused_at = $2, anew = $3, touched = $4, examples = $5, agreed = 0, problem = '' WHERE name = $1`,
			in.Feed, micros(now), r.Bound.Anew, r.Bound.Touched, packKeys(r.Examples))
		if err := t.Alert(now, gate.Alert{Kind: admin.AlertFeedRefused, Subject: in.Feed, Text: fmt.Sprintf(
			"Of %[2]d people of the roster who changed within a day, %[1]d would be bound to other data than before. Nothing is taken in until somebody agrees: kakitome roster agree %[3]s"+
				" / 一日の名簿の変更%[2]d人のうち%[1]d人の結び付きが入れ替わるため、取り込みを止めました。確認のうえ kakitome roster agree %[3]s", r.Bound.Anew, r.Bound.Touched, in.Feed)}); err != nil {
			return err
		}
		return t.Audit(now, gate.Audit{Who: in.By, Act: "import_refused", Object: "feed " + in.Feed,
			Reason: fmt.Sprintf("%d of %d people would be bound anew", r.Bound.Anew, r.Bound.Touched)})
	})
}

// Feeds lists the feeds that were ever heard of, by name.
func (s *Store) Feeds(ctx context.Context) (list []admin.FeedState, err error) {
	err = s.read(ctx, "list feeds", func(t *tx) error {
		return t.query(func(r *sql.Rows) error {
			var f admin.FeedState
			var first, run, fed, late, refused int64
			var query, examples []byte
			var bound roster.Bindings
			err := r.Scan(&f.Name, &first, &run, &fed, &late, &f.Mark.Sealed, &query, &f.Rows, &f.Changed, &f.Problem,
				&refused, &bound.Anew, &bound.Touched, &examples, &f.Agreed)
			f.FirstAt, f.RunAt, f.FedAt, f.LateAt, f.Mark.Query = timeOf(first), timeOf(run), timeOf(fed), timeOf(late), keyOf(query)
			if refused > 0 {
				f.Refused, f.RefusedAt = &admin.Refusal{Feed: f.Name, Bound: bound, Examples: unpackKeys(examples)}, timeOf(refused)
			}
			list = append(list, f)
			return err
		}, `SELECT name, first_at, run_at, fed_at, late_at, mark, query, people, changed, problem, refused_at, anew, touched, examples, agreed
			FROM roster_feeds ORDER BY name`)
	})
	return list, err
}

// ClaimFeed makes a feed's next run this node's, unless one was begun after a
// time. A feed never heard of is known from then on.
func (s *Store) ClaimFeed(ctx context.Context, name string, now, after time.Time) (ours bool, err error) {
	err = s.write(ctx, "claim feed", func(t *tx) error {
		t.exec(feedKnown, name, micros(now))
		n, err := t.affect(`UPDATE roster_feeds SET run_at = $2 WHERE name = $1 AND run_at <= $3`, name, micros(now), micros(after))
		ours = n == 1
		return err
	})
	return ours, err
}

// FeedFailed notes, and audits, that a run took nothing in.
func (s *Store) FeedFailed(ctx context.Context, now time.Time, name, by, problem string) error {
	return s.write(ctx, "note feed", func(t *tx) error {
		t.exec(feedKnown, name, micros(now))
		t.exec(`UPDATE roster_feeds SET problem = $2 WHERE name = $1`, name, problem)
		return t.Audit(now, gate.Audit{Who: by, Act: "import_failed", Object: "feed " + name, Reason: problem})
	})
}

// FeedLate raises the alert of a feed that nothing came by since a time, once
// until something does.
func (s *Store) FeedLate(ctx context.Context, now time.Time, name string, since time.Time) error {
	return s.write(ctx, "note late feed", func(t *tx) error {
		t.exec(feedKnown, name, micros(now))
		n, err := t.affect(`UPDATE roster_feeds SET late_at = $2 WHERE name = $1 AND late_at = 0 AND fed_at <= $3 AND first_at <= $3`,
			name, micros(now), micros(since))
		if err != nil || n == 0 {
			return err
		}
		return t.Alert(now, gate.Alert{Kind: admin.AlertFeedLate, Subject: name, Text: fmt.Sprintf(
			"Nothing came by the roster feed %s for %s. Mail is judged on what was known before; new members' mail is held."+
				" / 名簿の取り込み「%[1]s」が%[2]s途絶えています。古い名簿で判定しています。", name, now.Sub(since))})
	})
}

// AgreeFeed lets a feed's next run bind as many people anew as were refused.
func (s *Store) AgreeFeed(ctx context.Context, now time.Time, name, by, reason string) error {
	return s.write(ctx, "agree to import", func(t *tx) error {
		var anew int
		found, err := t.one([]any{&anew}, `SELECT anew FROM roster_feeds WHERE name = $1 AND refused_at > 0`+s.engine.forUpdate, name)
		if err != nil {
			return err
		}
		if !found {
			return fault.New(fault.NotFound, "agree to import", "nothing of that feed was refused").WithHint("kakitome roster feeds")
		}
		t.exec(`UPDATE roster_feeds SET agreed = anew, run_at = 0 WHERE name = $1`, name)
		t.calm(now, admin.AlertFeedRefused, name)
		return t.Audit(now, gate.Audit{Who: by, Act: "import_agree", Object: "feed " + name, Reason: fmt.Sprintf("%d people bound anew: %s", anew, reason)})
	})
}
