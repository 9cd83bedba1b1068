package store

import (
	"context"
	"database/sql"
	"time"

	"github.com/kakitome/kakitome/internal/fault"
	"github.com/kakitome/kakitome/ledger"
)

// Keep says how long what is kept. Zero keeps for ever.
type Keep struct {
	Bodies    time.Duration // contents of decided mails
	Exposures time.Duration // mails, deliveries, exposures, and the records of evidence (their leaves stay)
	Sightings time.Duration // and blocks; at least the longest window of a stream; what was learned is kept as long as exposures
	Versions  time.Duration // former versions of the roster
}

// Retained says what was deleted.
type Retained struct{ Bodies, Mails, Records, Sightings, Persons int }

const (
	retainChunk  = 500
	stagedFor    = time.Hour
	headsFor     = day // then one an hour is enough
	clientsFor   = 30 * day
	daysOfStream = 8
)

// Retain deletes what is over its time, in small pieces with other writers in
// between. Nothing queued or held, and nothing of such a mail, is deleted,
// however old it is (P4); nor is anything of a mail that an incident has frozen,
// its evidence and the roster of its time included.
func (s *Store) Retain(ctx context.Context, now time.Time, k Keep) (Retained, error) {
	var done Retained
	for _, step := range []func() error{
		func() error { return s.retainFrozen(ctx, now) },
		func() error { return s.retainBodies(ctx, now, k, &done.Bodies) },
		func() error { return s.retainMails(ctx, now, k, &done.Mails) },
		func() error { return s.retainEvidence(ctx, now, k, &done.Records) },
		func() error { return s.retainSightings(ctx, now, k, &done.Sightings) },
		func() error { return s.retainRoster(ctx, now, k, &done.Persons) },
		func() error { return s.retainCounts(ctx, now, k) },
		func() error { return s.retainHeads(ctx, now) },
		func() error { return s.retainStaged(ctx, now) },
	} {
		if err := step(); err != nil {
			return done, err
		}
	}
	return done, nil
}

func (s *Store) retainBodies(ctx context.Context, now time.Time, k Keep, total *int) error {
	if k.Bodies == 0 {
		return nil
	}
	for n := 1; n > 0; {
		err := s.write(ctx, "delete bodies", func(t *tx) error {
			var mails keyless
			err := t.query(mails.add, `SELECT m.num FROM mails m WHERE m.purged_at = 0 AND m.received_at < $1 AND NOT `+kept+`
				ORDER BY m.received_at LIMIT $2`, micros(now.Add(-k.Bodies)), retainChunk)
			if err == nil {
				n, err = t.purge(now, mails)
			}
			return err
		})
		if err != nil {
			return err
		}
		*total += n
	}
	return nil
}

// retainMails goes through the mails from the oldest on.
func (s *Store) retainMails(ctx context.Context, now time.Time, k Keep, total *int) error {
	if k.Exposures == 0 {
		return nil
	}
	for after, more := int64(0), true; more; {
		n := 0
		err := s.write(ctx, "delete mails", func(t *tx) error {
			var old []int64
			var ids []any
			next := after
			more, n = false, 0
			err := t.query(func(r *sql.Rows) error {
				var num, at int64
				var id string
				var waits bool
				if err := r.Scan(&num, &id, &at, &waits); err != nil || at >= micros(now.Add(-k.Exposures)) {
					return err
				}
				more, next = true, num
				if !waits {
					old, ids = append(old, num), append(ids, id)
				}
				return nil
			}, `SELECT m.num, m.id, m.received_at, CASE WHEN `+kept+` THEN 1 ELSE 0 END FROM mails m WHERE m.num > $1 ORDER BY m.num LIMIT $2`,
				after, retainChunk)
			if err != nil {
				return err
			}
			for _, num := range old {
				t.exec(`DELETE FROM exposures WHERE delivery BETWEEN $1 AND $2`, num*perMail, num*perMail+perMail-1)
				t.exec(`DELETE FROM deliveries WHERE num BETWEEN $1 AND $2`, num*perMail, num*perMail+perMail-1)
				t.exec(`DELETE FROM mails WHERE num = $1`, num)
			}
			t.execIn(`DELETE FROM contents WHERE mail IN ($IN)`, nil, ids)
			after, n = next, len(old)
			return t.err
		})
		if err != nil {
			return err
		}
		*total += n
	}
	return nil
}

// retainEvidence erases the records of this node's log; the log says so.
func (s *Store) retainEvidence(ctx context.Context, now time.Time, k Keep, total *int) error {
	if k.Exposures == 0 {
		return nil
	}
	for n := 1; n > 0; {
		err := s.write(ctx, "erase evidence", func(t *tx) error {
			var from int64
			n = 0
			before, err := t.evidenceNeeded(micros(now.Add(-k.Exposures)))
			if err != nil {
				return err
			}
			if _, err := t.one([]any{&from}, `SELECT erased FROM evidence_logs WHERE log = $1`+s.engine.forUpdate, s.node); err != nil {
				return err
			}
			to, over := from, false
			err = t.query(func(r *sql.Rows) error {
				var idx, at int64
				err := r.Scan(&idx, &at)
				if over = over || at >= before; !over {
					to = idx + 1
				}
				return err
			}, `SELECT idx, at FROM evidence WHERE log = $1 AND idx >= $2 ORDER BY idx LIMIT $3`, s.node, from, retainChunk)
			if err != nil || to == from {
				return err
			}
			n = int(to - from)
			t.exec(`UPDATE evidence SET record = NULL, salt = NULL WHERE log = $1 AND idx >= $2 AND idx < $3`, s.node, from, to)
			t.exec(`UPDATE evidence_logs SET erased = $2 WHERE log = $1`, s.node, to)
			rec, err := ledger.ErasedRecord("retention", []ledger.Span{{From: from, To: to}})
			if err != nil {
				return fault.Wrap(fault.Internal, "erase evidence", "the erasure cannot be recorded", err)
			}
			t.records = append(t.records, record{micros(now), rec})
			return nil
		})
		if err != nil {
			return err
		}
		*total += n
	}
	return nil
}

// retainSightings reads the table in pieces beside the writer and deletes what
// is old from it.
func (s *Store) retainSightings(ctx context.Context, now time.Time, k Keep, total *int) error {
	if k.Sightings == 0 {
		return nil
	}
	learned := int64(0)
	if k.Exposures > 0 {
		learned = micros(now.Add(-k.Exposures))
	}
	last := [2][]byte{{}, {}}
	for n := moveChunk; n == moveChunk; {
		var old [][2][]byte
		err := s.read(ctx, "find old sightings", func(t *tx) error {
			n = 0
			return t.query(func(r *sql.Rows) error {
				var at int64
				var isLearned bool
				var pair [2][]byte
				if err := r.Scan(&pair[0], &pair[1], &at, &isLearned); err != nil {
					return err
				}
				n, last = n+1, pair
				if at < learned || at < micros(now.Add(-k.Sightings)) && !isLearned {
					old = append(old, pair)
				}
				return nil
			}, `SELECT ident, rcpt, at, learned FROM sightings WHERE (ident, rcpt) > ($1, $2) ORDER BY ident, rcpt LIMIT $3`, last[0], last[1], moveChunk)
		})
		if err != nil || len(old) == 0 {
			if err != nil {
				return err
			}
			continue
		}
		err = s.write(ctx, "delete old sightings", func(t *tx) error {
			for _, pair := range old { // unless it was seen again meanwhile
				t.exec(`DELETE FROM sightings WHERE ident = $1 AND rcpt = $2 AND at < $3`, pair[0], pair[1], micros(now.Add(-k.Sightings)))
			}
			return nil
		})
		if err != nil {
			return err
		}
		*total += len(old)
	}
	return nil
}

// retainRoster deletes the rows that count for no version within time.
func (s *Store) retainRoster(ctx context.Context, now time.Time, k Keep, total *int) error {
	then, err := s.RosterThen(ctx, now.Add(-k.Versions))
	if err != nil || k.Versions == 0 || then.Version == 0 {
		return err
	}
	if then.Version, err = s.rosterNeeded(ctx, then.Version); err != nil || then.Version == 0 {
		return err
	}
	for n := 1; n > 0; {
		err := s.write(ctx, "delete former versions", func(t *tx) error {
			var gone rows
			err := t.query(func(r *sql.Rows) error {
				var person, entries []byte
				var from int64
				err := r.Scan(&person, &from, &entries)
				gone.add(person, from, entries)
				return err
			}, `SELECT person, valid_from, entries FROM roster_people WHERE valid_to <= $1 OR valid_from <= $1 AND entries IS NULL LIMIT $2`,
				then.Version, retainChunk)
			if err != nil {
				return err
			}
			n = len(gone.args) / max(gone.cols, 1)
			for i := 0; i < len(gone.args); i += gone.cols {
				if err := t.deletePerson(gone.args[i], gone.args[i+1], gone.args[i+2]); err != nil {
					return err
				}
			}
			t.exec(`DELETE FROM roster_versions WHERE version < $1 AND published_at > 0`, then.Version)
			return nil
		})
		if err != nil {
			return err
		}
		*total += n
	}
	return nil
}

// retainCounts trims what the rules no longer look at.
func (s *Store) retainCounts(ctx context.Context, now time.Time, k Keep) error {
	blocked := int64(0)
	if k.Sightings > 0 {
		blocked = micros(now.Add(-k.Sightings)) // then what led to the block is over too
	}
	for _, c := range []struct {
		text  string
		older int64
	}{
		{`DELETE FROM seen WHERE key IN (SELECT key FROM seen WHERE at < $1 LIMIT $2)`, micros(now.Add(-seenFor))},
		{`DELETE FROM received WHERE (rcpt, subject, kind) IN (SELECT rcpt, subject, kind FROM received WHERE at < $1 LIMIT $2)`, micros(now.Add(-day))},
		{`DELETE FROM repeats WHERE (key, hour) IN (SELECT key, hour FROM repeats WHERE hour < $1 LIMIT $2)`, hourOf(now) - 25},
		{`DELETE FROM clients WHERE client IN (SELECT client FROM clients WHERE at < $1 LIMIT $2)`, micros(now.Add(-clientsFor))},
		{`DELETE FROM blocked WHERE ident IN (SELECT ident FROM blocked WHERE at < $1 LIMIT $2)`, blocked},
		{`DELETE FROM stream_days WHERE (stream, day, node) IN (SELECT stream, day, node FROM stream_days WHERE day < $1 LIMIT $2)`, dayOf(now) - daysOfStream},
	} {
		if err := s.deleteAll(ctx, c.text, c.older); err != nil {
			return err
		}
	}
	streams, err := s.Streams(ctx)
	for _, st := range streams {
		if err == nil {
			err = s.write(ctx, "trim stream", func(t *tx) error {
				t.exec(`DELETE FROM stream_recent WHERE stream = $1 AND mail <= COALESCE((SELECT mail FROM stream_recent
					WHERE stream = $1 ORDER BY mail DESC LIMIT 1 OFFSET $2), -1)`, st.Name, recentMails)
				return nil
			})
		}
	}
	return err
}

// deleteAll runs a DELETE with a limit until nothing is left.
func (s *Store) deleteAll(ctx context.Context, text string, older int64) error {
	for n := int64(1); n > 0; {
		err := s.write(ctx, "trim counts", func(t *tx) (err error) {
			n, err = t.affect(text, older, 4*retainChunk)
			return err
		})
		if err != nil {
			return err
		}
	}
	return nil
}

func (s *Store) retainHeads(ctx context.Context, now time.Time) error {
	return s.deleteAll(ctx, `DELETE FROM evidence_heads WHERE (log, size) IN (SELECT h.log, h.size FROM evidence_heads h WHERE h.at < $1
		AND EXISTS (SELECT 1 FROM evidence_heads n WHERE n.log = h.log AND n.size > h.size AND n.at / 3600000000 = h.at / 3600000000) LIMIT $2)`,
		micros(now.Add(-headsFor)))
}

// retainStaged deletes bodies whose mail never came.
func (s *Store) retainStaged(ctx context.Context, now time.Time) error {
	return s.write(ctx, "delete staged bodies", func(t *tx) error {
		var ids []any
		err := t.query(func(r *sql.Rows) error {
			var id string
			err := r.Scan(&id)
			ids = append(ids, id)
			return err
		}, `SELECT mail FROM staged WHERE at < $1 LIMIT $2`, micros(now.Add(-stagedFor)), retainChunk)
		t.execIn(`DELETE FROM contents WHERE mail IN ($IN)`, nil, ids)
		t.execIn(`DELETE FROM staged WHERE mail IN ($IN)`, nil, ids)
		return err
	})
}
