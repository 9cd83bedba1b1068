package store

import (
	"bytes"
	"cmp"
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"time"

	"golang.org/x/mod/sumdb/tlog"

	"github.com/kakitome/kakitome/internal/fault"
	"github.com/kakitome/kakitome/internal/survey"
	"github.com/kakitome/kakitome/ledger"
)

// A record stands in the log where it was appended, a little after the time at
// which its mail was accepted: what was read and sealed in between takes less
// than prepareMost.
const prepareMost = 15 * time.Minute

// Leaves calls yield for each entry of the evidence logs that holds the
// decision on one of the mails, or a later judgement of one of their
// deliveries, log by log and in order. A mail whose records were erased has
// none. Where a mail's record does not stand near its time (a foreign mail's does
// not), its whole log is read.
func (s *Store) Leaves(ctx context.Context, mails []survey.Recorded, yield func(survey.Leaf) error) error {
	mails = slices.Clone(mails)
	slices.SortFunc(mails, func(a, b survey.Recorded) int { return cmp.Or(cmp.Compare(a.Log, b.Log), a.At.Compare(b.At)) })
	for len(mails) > 0 {
		n := 1
		for n < len(mails) && mails[n].Log == mails[0].Log {
			n++
		}
		if err := s.leavesOf(ctx, mails[:n], yield); err != nil {
			return err
		}
		mails = mails[n:]
	}
	return nil
}

// leafFinder looks for the records of mails in one log.
type leafFinder struct {
	log    string
	wanted map[string]bool // false: found
	judged map[string]bool
	found  map[int64]survey.Leaf
}

func (s *Store) leavesOf(ctx context.Context, mails []survey.Recorded, yield func(survey.Leaf) error) error {
	f := &leafFinder{log: mails[0].Log, wanted: map[string]bool{}, judged: map[string]bool{}, found: map[int64]survey.Leaf{}}
	for _, m := range mails {
		f.wanted[m.Mail], f.judged[m.Mail] = true, f.judged[m.Mail] || m.Judged
	}
	for i := 0; i < len(mails); {
		from, until, open := mails[i].At.Add(-prepareMost), mails[i].At, false
		for ; i < len(mails) && !mails[i].At.Add(-prepareMost).After(until.Add(prepareMost)); i++ {
			until, open = mails[i].At, open || mails[i].Judged
		}
		until = until.Add(prepareMost)
		if open { // whenever it was judged again
			until, i = time.Time{}, len(mails)
		}
		if err := s.scanLeaves(ctx, f, from, until); err != nil {
			return err
		}
	}
	for _, missing := range f.wanted {
		if missing {
			if err := s.scanLeaves(ctx, f, time.Time{}, time.Time{}); err != nil {
				return err
			}
			break
		}
	}
	indexes := make([]int64, 0, len(f.found))
	for i := range f.found {
		indexes = append(indexes, i)
	}
	slices.Sort(indexes)
	for _, i := range indexes {
		if err := yield(f.found[i]); err != nil {
			return err
		}
	}
	return nil
}

// scanLeaves reads a log from a time until one; a zero time is its end.
func (s *Store) scanLeaves(ctx context.Context, f *leafFinder, from, until time.Time) error {
	next := int64(0)
	if !from.IsZero() {
		var err error
		if next, err = s.leafAt(ctx, f.log, from); err != nil {
			return err
		}
	}
	for n, over := pageRows, false; n == pageRows && !over; {
		n = 0
		err := s.read(ctx, "read evidence", func(t *tx) error {
			return t.query(func(r *sql.Rows) error {
				var at int64
				var leaf, salt []byte
				e := survey.Leaf{Log: f.log}
				if err := r.Scan(&e.Index, &at, &leaf, &salt, &e.Record); err != nil {
					return err
				}
				next, n = e.Index+1, n+1
				over = over || !until.IsZero() && at > micros(until)
				if len(leaf) != len(e.Leaf) || len(salt) != len(e.Salt) {
					return fmt.Errorf("entry %d has a leaf of %d and a salt of %d bytes", e.Index, len(leaf), len(salt))
				}
				e.Leaf, e.Salt = [32]byte(leaf), [32]byte(salt)
				f.take(e)
				return nil
			}, `SELECT idx, at, leaf, salt, record FROM evidence WHERE log = $1 AND idx >= $2 AND record IS NOT NULL ORDER BY idx LIMIT $3`, f.log, next, pageRows)
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// Decisions calls yield for each record of a decision on a mail of a stream that
// names a rule, and was made about a window of time. It gives up when there
// are more than most records.
func (s *Store) Decisions(ctx context.Context, stream string, since, until time.Time, most int, yield func(log string, record []byte) error) (total int, over bool, err error) {
	logs, err := s.Logs(ctx)
	tail := []byte(`,"stream":` + jsonString(stream) + `}`)
	for _, log := range slices.Sorted(maps.Keys(logs)) {
		if err == nil && !over {
			var n int
			n, over, err = s.decisionsOf(ctx, log, since, until, most-total, func(record []byte) error {
				if !bytes.HasSuffix(record, tail) || !bytes.Contains(record, mailRecord) || !bytes.Contains(record, []byte(`"rules":["`)) {
					return nil
				}
				return yield(log, record)
			})
			total += n
		}
	}
	return total, over, err
}

func (s *Store) decisionsOf(ctx context.Context, log string, since, until time.Time, most int, yield func([]byte) error) (total int, over bool, err error) {
	next, err := s.leafAt(ctx, log, since.Add(-prepareMost))
	for n, last := pageRows, false; err == nil && n == pageRows && !last && total <= most; {
		n = 0
		var page [][]byte
		err = s.read(ctx, "read evidence", func(t *tx) error {
			return t.query(func(r *sql.Rows) error {
				var at int64
				var record []byte
				if err := r.Scan(&next, &at, &record); err != nil {
					return err
				}
				next, n = next+1, n+1
				if last = last || !until.IsZero() && at > micros(until.Add(prepareMost)); !last {
					page = append(page, record)
				}
				return nil
			}, `SELECT idx, at, record FROM evidence WHERE log = $1 AND idx >= $2 AND record IS NOT NULL ORDER BY idx LIMIT $3`, log, next, pageRows)
		})
		total += len(page)
		for i := 0; i < len(page) && err == nil; i++ {
			err = yield(page[i])
		}
	}
	return total, total > most, err
}

// leafAt is an index before which no record of a time or later stands.
func (s *Store) leafAt(ctx context.Context, log string, at time.Time) (lo int64, err error) {
	err = s.read(ctx, "read evidence", func(t *tx) error {
		var size int64
		if _, err := t.one([]any{&size}, `SELECT size FROM evidence_logs WHERE log = $1`, log); err != nil {
			return err
		}
		for hi := size; lo < hi; {
			mid, when := lo+(hi-lo)/2, int64(0)
			if _, err := t.one([]any{&when}, `SELECT at FROM evidence WHERE log = $1 AND idx = $2`, log, mid); err != nil {
				return err
			}
			if when < micros(at) {
				lo = mid + 1
			} else {
				hi = mid
			}
		}
		return nil
	})
	return lo, err
}

var (
	mailRecord   = []byte(`,"kind":"mail","mail":"`)
	judgedRecord = []byte(`,"kind":"judged","roster_version":`)
)

// take keeps an entry that is about a wanted mail. Records are canonical, so
// that their members stand in one order.
func (f *leafFinder) take(e survey.Leaf) {
	if i := bytes.LastIndex(e.Record, mailRecord); i >= 0 {
		id := e.Record[i+len(mailRecord)-1:]
		var mail string
		if end := bytes.Index(id, []byte(`,"part":`)); end < 0 || json.Unmarshal(id[:end], &mail) != nil {
			return
		}
		if _, ok := f.wanted[mail]; ok {
			e.Mail, f.wanted[mail] = mail, false
			f.found[e.Index] = e
		}
		return
	}
	if bytes.LastIndex(e.Record, judgedRecord) < 0 {
		return
	}
	var rec struct {
		Deliveries []struct {
			ID string `json:"id"`
		} `json:"deliveries"`
	}
	if json.Unmarshal(e.Record, &rec) != nil || len(rec.Deliveries) == 0 {
		return
	}
	if mail, _, err := splitID(rec.Deliveries[0].ID); err == nil && f.judged[mail] {
		e.Mail = mail
		f.found[e.Index] = e
	}
}

// Prove proves entries of a log under its newest signed head. One that is newer
// than that head is a fault.Unavailable: the next comes within a second.
func (s *Store) Prove(ctx context.Context, log string, indexes []int64) (p survey.Proven, err error) {
	err = s.read(ctx, "prove evidence", func(t *tx) error {
		found, err := t.one([]any{&p.Size, &p.Head, &p.Origin}, `SELECT h.size, h.head, l.origin FROM evidence_heads h JOIN evidence_logs l ON l.log = h.log
			WHERE h.log = $1 ORDER BY h.size DESC LIMIT 1`, log)
		if err != nil {
			return err
		}
		if !found {
			return fault.New(fault.Unavailable, "prove evidence", "the log was not signed yet")
		}
		p.Proofs = make(map[int64][]survey.ProofHash, len(indexes))
		read := &hashReader{t: t, log: log, known: map[int64]tlog.Hash{}, used: map[int64]tlog.Hash{}}
		read.known = read.used // neighbours' paths share most of their hashes
		for _, i := range indexes {
			if i >= p.Size {
				return fault.New(fault.Unavailable, "prove evidence", "the newest entries are not signed yet, try again")
			}
			path, err := ledger.Inclusion(p.Size, i, read)
			if err != nil {
				return fault.Wrap(fault.Internal, "prove evidence", "the log cannot be read", fmt.Errorf("entry %d: %w", i, err))
			}
			for _, h := range path {
				p.Proofs[i] = append(p.Proofs[i], h)
			}
			if p.Proofs[i] == nil {
				p.Proofs[i] = []survey.ProofHash{}
			}
		}
		return nil
	})
	return p, err
}
