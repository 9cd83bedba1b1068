package store

import (
	"bytes"
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"iter"
	"math"
	"slices"
	"time"

	"github.com/kakitome/kakitome/internal/admin"
	"github.com/kakitome/kakitome/internal/fault"
	"github.com/kakitome/kakitome/internal/gate"
)

const (
	forever     = math.MaxInt64 // a row is valid until something replaces it
	importChunk = 1000          // persons written by one transaction
)

// ImportRoster takes in persons, each replacing what was known of that one, and
// makes all of it visible at once under one new version. Nothing of it is seen
// before that, and nothing ever when seq ends with an error; mail is recorded
// meanwhile. Memory does not grow with the number of persons. Of a person that
// comes twice the last counts. Only one change of the roster runs at a time:
// another gets a fault.Conflict.
func (s *Store) ImportRoster(ctx context.Context, now time.Time, by string, seq iter.Seq2[admin.SealedPerson, error]) (admin.Imported, error) {
	im, err := s.beginChange(ctx, "import by "+by)
	if err != nil {
		return admin.Imported{}, err
	}
	defer im.unlock()
	if err := im.all(ctx, seq); err != nil {
		return admin.Imported{}, errors.Join(err, im.undo(context.WithoutCancel(ctx)))
	}
	return im.finish(ctx, now, by)
}

// change is a roster version that is being written.
type change struct {
	s       *Store
	version int64
	before  int64 // the newest published
	result  admin.Imported
	erased  admin.Imported // result without the person that is removed
	unlock  func()
}

// beginChange takes the roster's lock, clears what a crash may have left, and
// makes the row of the version to come.
func (s *Store) beginChange(ctx context.Context, note string) (*change, error) {
	c := &change{s: s}
	var err error
	if c.unlock, err = s.lockRoster(ctx); err != nil {
		return nil, err
	}
	if err = c.undo(ctx); err == nil {
		err = s.write(ctx, "change roster", func(t *tx) error {
			if _, err := t.one([]any{&c.version}, `SELECT COALESCE(MAX(version), 0) + 1 FROM roster_versions`); err != nil {
				return err
			}
			if _, err := t.one([]any{&c.before, &c.result.People, &c.result.Entries}, `SELECT version, people, entries FROM roster_versions
				WHERE published_at > 0 ORDER BY version DESC LIMIT 1`); err != nil {
				return err
			}
			t.exec(`INSERT INTO roster_versions (version, published_at, note, people, entries) VALUES ($1, 0, $2, 0, 0)`, c.version, note)
			return nil
		})
	}
	if err != nil {
		c.unlock()
		return nil, err
	}
	return c, nil
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
	for more := true; more; {
		err := c.s.write(ctx, "undo change of roster", func(t *tx) error {
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
		if err != nil {
			return err
		}
	}
	return nil
}

// deletePerson deletes one row of roster_people and the ways to it.
func (t *tx) deletePerson(person, from, entries any) error {
	packed, _ := entries.([]byte)
	list, err := unpackEntries(packed)
	if err != nil {
		return fault.Wrap(fault.Internal, "change roster", "the roster is damaged", err)
	}
	var idents keySet
	idents.add(identsOf(list)...)
	t.execIn(`DELETE FROM roster_owners WHERE person = $1 AND valid_from = $2 AND ident IN ($IN)`, []any{person, from}, idents.list)
	t.exec(`DELETE FROM roster_people WHERE person = $1 AND valid_from = $2`, person, from)
	return t.err
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

// known is the newest row of a person.
type known struct {
	from    int64
	canary  bool
	folding int
	entries []byte // NULL: removed
}

func (c *change) chunk(ctx context.Context, chunk []admin.SealedPerson) error {
	last := make(map[key]int, len(chunk))
	var keys keySet
	for i := range chunk {
		last[chunk[i].Person] = i
		keys.add(chunk[i].Person)
	}
	var result admin.Imported
	err := c.s.write(ctx, "change roster", func(t *tx) error {
		result = c.result
		have, err := t.knownPersons(keys.list)
		if err != nil {
			return err
		}
		var w personWriter
		for i := range chunk {
			if p := &chunk[i]; last[p.Person] == i {
				if err := w.put(t, c.version, p, have[p.Person], &result); err != nil {
					return err
				}
			}
		}
		w.flush(t, c.version)
		return nil
	})
	if err == nil {
		c.result = result
	}
	return err
}

func (t *tx) knownPersons(keys []any) (map[key]*known, error) {
	have := map[key]*known{}
	err := t.in(`SELECT person, valid_from, canary, folding, entries FROM roster_people WHERE valid_to = 9223372036854775807 AND person IN ($IN)`,
		nil, keys, func(r *sql.Rows) error {
			var person []byte
			var k known
			err := r.Scan(&person, &k.from, &k.canary, &k.folding, &k.entries)
			have[keyOf(person)] = &k
			return err
		})
	return have, err
}

// personWriter collects the rows of a piece.
type personWriter struct {
	closed         keySet
	people, owners rows
}

// put writes a person, unless it is known like that.
func (w *personWriter) put(t *tx, version int64, p *admin.SealedPerson, have *known, result *admin.Imported) error {
	packed := packEntries(p.Entries)
	if have != nil && have.entries != nil && have.canary == p.Canary && have.folding == p.Folding && bytes.Equal(have.entries, packed) {
		result.Unchanged++
		return nil
	}
	if have == nil || have.entries == nil {
		result.Added++
		result.People++
	} else {
		result.Changed++
		before, err := unpackEntries(have.entries)
		if err != nil {
			return fault.Wrap(fault.Internal, "change roster", "the roster is damaged", err)
		}
		result.Entries -= int64(len(before))
	}
	switch {
	case have == nil:
	case have.from == version: // came before in this import
		if err := t.deletePerson(p.Person[:], version, have.entries); err != nil {
			return err
		}
	default:
		w.closed.add(p.Person)
	}
	entries, err := unpackEntries(packed) // each different entry once
	if err != nil {
		return fault.Wrap(fault.Internal, "change roster", "an entry cannot be kept", err)
	}
	result.Entries += int64(len(entries))
	w.people.add(p.Person[:], version, int64(forever), notNull(p.Sealed), bit(p.Canary), p.Folding, notNull(packed))
	for _, ident := range identsOf(entries) {
		w.owners.add(bytesOf(ident), p.Person[:], version)
	}
	return nil
}

func (w *personWriter) flush(t *tx, version int64) {
	t.execIn(`UPDATE roster_people SET valid_to = $1 WHERE valid_to = 9223372036854775807 AND valid_from < $1 AND person IN ($IN)`,
		[]any{version}, w.closed.list)
	t.insert(`INSERT INTO roster_people (person, valid_from, valid_to, sealed, canary, folding, entries)`, &w.people, "")
	w.owners.sort()
	t.insert(`INSERT INTO roster_owners (ident, person, valid_from)`, &w.owners, "")
}

// sort brings rows into the order of their first column, so that neighbours are
// written together.
func (r *rows) sort() {
	at := make([]int, 0, len(r.args)/max(r.cols, 1))
	for i := 0; i < len(r.args); i += r.cols {
		at = append(at, i)
	}
	slices.SortFunc(at, func(a, b int) int { return bytes.Compare(r.args[a].([]byte), r.args[b].([]byte)) })
	sorted := make([]any, 0, len(r.args))
	for _, i := range at {
		sorted = append(sorted, r.args[i:i+r.cols]...)
	}
	r.args = sorted
}

// finish publishes the version, or gives it up when nothing changed.
func (c *change) finish(ctx context.Context, now time.Time, by string) (admin.Imported, error) {
	c.result.Version = c.version
	if c.result.Added+c.result.Changed == 0 {
		c.result.Version = c.before
		return c.result, nil
	}
	return c.result, c.s.write(ctx, "publish roster", func(t *tx) error {
		if err := c.publish(t, now); err != nil {
			return err
		}
		return t.Audit(now, gate.Audit{Who: by, Act: "import", Object: "roster version " + itoa(c.version)})
	})
}

func (c *change) publish(t *tx, now time.Time) error {
	t.exec(`UPDATE roster_versions SET published_at = $2, people = $3, entries = $4 WHERE version = $1`,
		c.version, micros(now), c.result.People, c.result.Entries)
	return t.evidence(now, "roster", map[string]json.RawMessage{
		"at": jsonOf(micros(now)), "version": jsonOf(c.version), "people": jsonOf(c.result.People), "entries": jsonOf(c.result.Entries),
	})
}
