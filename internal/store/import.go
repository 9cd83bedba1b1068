package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"iter"
	"math"
	"time"

	"github.com/kakitome/kakitome/internal/admin"
	"github.com/kakitome/kakitome/internal/fault"
	"github.com/kakitome/kakitome/internal/gate"
	"github.com/kakitome/kakitome/internal/roster"
)

const (
	forever     = math.MaxInt64 // a row is valid until something replaces it
	importChunk = 1000          // persons written by one transaction
)

// ImportRoster takes in persons, each replacing what was known of that one, and
// makes all of it visible at once under one new version. Nothing of it is seen
// before that, and nothing ever when seq ends with an error or too many people
// would be bound anew (an *admin.Refusal); mail is recorded meanwhile. Memory
// does not grow with the number of persons. Of a person that comes twice the
// last counts. Only one change of the roster runs at a time: another gets a
// fault.Conflict.
func (s *Store) ImportRoster(ctx context.Context, now time.Time, in admin.Import, seq iter.Seq2[admin.SealedPerson, error]) (admin.Imported, error) {
	c, err := s.beginChange(ctx, "import by "+in.By)
	if err != nil {
		return admin.Imported{}, err
	}
	defer c.unlock()
	c.in = in
	err = c.expect(ctx, now)
	if err == nil {
		err = c.all(ctx, seq)
	}
	if err == nil {
		err = c.finish(ctx, now)
	}
	if err == nil {
		return c.result, nil
	}
	ctx = context.WithoutCancel(ctx)
	err = errors.Join(err, c.undo(ctx))
	var refused *admin.Refusal
	if errors.As(err, &refused) {
		err = errors.Join(err, s.refused(ctx, now, in, refused))
	}
	return admin.Imported{}, err
}

// change is a roster version that is being written.
type change struct {
	s       *Store
	in      admin.Import
	note    string
	version int64 // 0: nothing was written yet
	before  int64 // the newest published
	result  admin.Imported
	erased  admin.Imported // result without the person that is removed
	unlock  func()

	people   int64           // in the roster before
	day      roster.Bindings // of the changes of the last day before this one
	agreed   int             // people that somebody agreed to
	examples []key           // of people bound anew
	crowds   map[key]bool    // identifiers that are known to point to nobody
	owners   []owner         // rows of roster_owners that are not written yet
}

// beginChange takes the roster's lock and clears what a crash may have left.
func (s *Store) beginChange(ctx context.Context, note string) (*change, error) {
	unlock, err := s.lockRoster(ctx)
	if err != nil {
		return nil, err
	}
	c := &change{s: s, note: note, unlock: unlock, crowds: map[key]bool{}}
	if err = c.undo(ctx); err == nil {
		err = s.read(ctx, "change roster", func(t *tx) error {
			_, err := t.one([]any{&c.before, &c.result.People, &c.result.Entries}, `SELECT version, people, entries FROM roster_versions
				WHERE published_at > 0 ORDER BY version DESC LIMIT 1`)
			return err
		})
	}
	if err != nil {
		unlock()
		return nil, err
	}
	c.people = c.result.People
	return c, nil
}

// open makes the row of the version to come, if it is not there.
func (c *change) open(ctx context.Context) error {
	if c.version > 0 {
		return nil
	}
	version := int64(0)
	err := c.s.write(ctx, "change roster", func(t *tx) error {
		if _, err := t.one([]any{&version}, `SELECT COALESCE(MAX(version), 0) + 1 FROM roster_versions`); err != nil {
			return err
		}
		t.exec(`INSERT INTO roster_versions (version, published_at, note, people, entries) VALUES ($1, 0, $2, 0, 0)`, version, c.note)
		return nil
	})
	if err == nil {
		c.version = version
	}
	return err
}

// lockRoster keeps other changes of the roster out, on all nodes.
func (s *Store) lockRoster(ctx context.Context) (func(), error) {
	busy := fault.New(fault.Conflict, "change roster", "another change of the roster is under way").WithHint("try again when it is done")
	if !s.roster.TryLock() {
		return nil, busy
	}
	if !s.engine.postgres {
		return s.roster.Unlock, nil
	}
	conn, err := s.writers.db.Conn(ctx)
	if err != nil {
		s.roster.Unlock()
		return nil, s.engine.classify("change roster", err)
	}
	release := func() {
		_, _ = conn.ExecContext(context.WithoutCancel(ctx), `SELECT pg_advisory_unlock_all()`) // the server does so when the connection is lost
		_ = conn.Close()                                                                       // back to the pool, or lost
		s.roster.Unlock()
	}
	var got bool
	if err := conn.QueryRowContext(ctx, `SELECT pg_try_advisory_lock($1, 0)`, rosterFamily).Scan(&got); err != nil {
		release()
		return nil, s.engine.classify("change roster", err)
	}
	if !got {
		release()
		return nil, busy
	}
	return release, nil
}

// undo removes, a piece at a time, what was written under versions that were
// never published, and at last the versions.
func (c *change) undo(ctx context.Context) error {
	c.owners = nil
	left := int64(0)
	err := c.s.read(ctx, "undo change of roster", func(t *tx) error {
		_, err := t.one([]any{&left}, `SELECT COUNT(*) FROM roster_versions WHERE published_at = 0`)
		return err
	})
	for more := left > 0; more && err == nil; {
		err = c.s.write(ctx, "undo change of roster", func(t *tx) error {
			more = false
			var gone rows
			err := t.query(func(r *sql.Rows) error {
				var person, entries []byte
				var from int64
				err := r.Scan(&person, &from, &entries)
				gone.add(person, from, entries)
				return err
			}, `SELECT person, valid_from, entries FROM roster_people
				WHERE valid_from IN (SELECT version FROM roster_versions WHERE published_at = 0) LIMIT $1`, importChunk)
			if err != nil {
				return err
			}
			for i := 0; i < len(gone.args); i += gone.cols {
				if err := t.deletePerson(gone.args[i], gone.args[i+1], gone.args[i+2]); err != nil {
					return err
				}
			}
			n, err := t.affect(`UPDATE roster_people SET valid_to = 9223372036854775807 WHERE (person, valid_from) IN (
				SELECT person, valid_from FROM roster_people WHERE valid_to < 9223372036854775807
				AND valid_to IN (SELECT version FROM roster_versions WHERE published_at = 0) LIMIT $1)`, importChunk)
			more = n > 0 || len(gone.args) > 0
			if !more {
				t.exec(`DELETE FROM roster_versions WHERE published_at = 0`)
			}
			return err
		})
	}
	return err
}

// all writes the persons in pieces.
func (c *change) all(ctx context.Context, seq iter.Seq2[admin.SealedPerson, error]) error {
	chunk := make([]admin.SealedPerson, 0, importChunk)
	for p, err := range seq {
		if err != nil {
			return err
		}
		if chunk = append(chunk, p); len(chunk) == importChunk {
			if err := c.chunk(ctx, chunk); err != nil {
				return err
			}
			chunk = chunk[:0]
		}
	}
	return c.chunk(ctx, chunk)
}

// chunk writes those of some persons who are not known as they come. What is
// known, and how it differs, is read beside the writer: nobody else changes the
// roster meanwhile.
func (c *change) chunk(ctx context.Context, chunk []admin.SealedPerson) error {
	changed, err := c.compare(ctx, chunk)
	if err != nil || len(changed) == 0 {
		return err
	}
	if err := c.bind(ctx, changed); err != nil {
		return err
	}
	if c.hopeless() {
		return nil // only counting goes on
	}
	if err := c.open(ctx); err != nil {
		return err
	}
	return c.put(ctx, changed)
}

// finish publishes the version, if there is one, and notes that the feed has
// fed, in one transaction.
func (c *change) finish(ctx context.Context, now time.Time) error {
	limit := c.in.Most + c.agreed
	total := c.day.Plus(c.result.Bound)
	if c.in.Agreed == "" && total.Suspicious(limit, c.people) {
		return &admin.Refusal{Feed: c.in.Feed, Bound: total, Examples: c.examples}
	}
	if err := c.putOwners(ctx); err != nil {
		return err
	}
	var mark admin.FeedMark
	if c.in.Mark != nil {
		var err error
		if mark, err = c.in.Mark(); err != nil {
			return err
		}
	}
	c.result.Version = max(c.version, c.before)
	charged := c.result.Bound
	if c.in.Agreed != "" || total.Anew > c.in.Most && c.agreed > 0 {
		charged = roster.Bindings{}
	}
	return c.s.write(ctx, "publish roster", func(t *tx) error {
		if c.version > 0 {
			if err := c.publish(t, now); err != nil {
				return err
			}
			t.exec(`UPDATE roster_versions SET anew = $2, touched = $3 WHERE version = $1`, c.version, charged.Anew, charged.Touched)
		}
		t.fed(now, c, mark)
		reason := fmt.Sprintf("feed %s: %d people, %d added, %d changed, %d removed", c.in.Feed, c.taken(), c.result.Added, c.result.Changed, c.result.Removed)
		if c.in.Agreed != "" {
			reason += fmt.Sprintf("; %d of %d bound anew, agreed: %s", c.result.Bound.Anew, c.result.Bound.Touched, c.in.Agreed)
		}
		return t.Audit(now, gate.Audit{Who: c.in.By, Act: "import", Object: "roster version " + itoa(c.result.Version), Reason: reason})
	})
}

// taken is how many persons came.
func (c *change) taken() int {
	return c.result.Added + c.result.Changed + c.result.Removed + c.result.Unchanged
}

func (c *change) publish(t *tx, now time.Time) error {
	t.exec(`UPDATE roster_versions SET published_at = $2, people = $3, entries = $4 WHERE version = $1`,
		c.version, micros(now), c.result.People, c.result.Entries)
	return t.evidence(now, "roster", map[string]json.RawMessage{
		"at": jsonOf(micros(now)), "version": jsonOf(c.version), "people": jsonOf(c.result.People), "entries": jsonOf(c.result.Entries),
	})
}
