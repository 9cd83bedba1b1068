package store

import (
	"context"
	"database/sql"
	"fmt"
	"iter"

	"golang.org/x/mod/sumdb/tlog"

	"github.com/kakitome/kakitome/internal/fault"
	"github.com/kakitome/kakitome/ledger"
)

// hashReader reads stored hashes of a log within a transaction.
type hashReader struct {
	t     *tx
	log   string
	known map[int64]tlog.Hash // read before; may be nil
	used  map[int64]tlog.Hash // what was asked for; may be nil
}

// ReadHashes is tlog.HashReader.
func (r *hashReader) ReadHashes(indexes []int64) ([]tlog.Hash, error) {
	out := make([]tlog.Hash, len(indexes))
	for i, index := range indexes {
		h, ok := r.known[index]
		if !ok {
			var err error
			if h, err = r.read(index); err != nil {
				return nil, err
			}
		}
		out[i] = h
		if r.used != nil {
			r.used[index] = h
		}
	}
	return out, nil
}

func (r *hashReader) read(index int64) (tlog.Hash, error) {
	var first int64
	var hashes []byte
	found, err := r.t.one([]any{&first, &hashes}, `SELECT first, hashes FROM evidence_hashes
		WHERE log = $1 AND first <= $2 ORDER BY first DESC LIMIT 1`, r.log, index)
	if err != nil {
		return tlog.Hash{}, err
	}
	at := (index - first) * tlog.HashSize
	if !found || at+tlog.HashSize > int64(len(hashes)) {
		return tlog.Hash{}, fault.Newf(fault.Internal, "read evidence", "stored hash %d is missing", index)
	}
	return tlog.Hash(hashes[at:]), nil
}

// EvidenceSource is the log of a node, as package ledger reads it.
func (s *Store) EvidenceSource(node string) ledger.Source { return &source{s: s, log: node} }

type source struct {
	s    *Store
	log  string
	size int64 // as Size said; heads beyond it are left out
}

// pageRows is how many rows a long reading takes at a time, so that no state of
// the database is held for long.
const pageRows = 1000

func (c *source) Size(ctx context.Context) (int64, error) {
	err := c.s.read(ctx, "read evidence", func(t *tx) error {
		_, err := t.one([]any{&c.size}, `SELECT size FROM evidence_logs WHERE log = $1`, c.log)
		return err
	})
	return c.size, err
}

func (c *source) Entries(ctx context.Context, from int64) iter.Seq2[ledger.Entry, error] {
	return pages(func(yield func(ledger.Entry)) (more bool, err error) {
		n := 0
		err = c.s.read(ctx, "read evidence", func(t *tx) error {
			return t.query(func(r *sql.Rows) error {
				var e ledger.Entry
				var leaf, salt []byte
				if err := r.Scan(&e.Index, &leaf, &salt, &e.Record); err != nil {
					return err
				}
				if len(leaf) != len(e.Leaf) || salt != nil && len(salt) != len(e.Salt) {
					return fmt.Errorf("entry %d has a leaf of %d and a salt of %d bytes", e.Index, len(leaf), len(salt))
				}
				copy(e.Leaf[:], leaf)
				copy(e.Salt[:], salt)
				e.Erased = salt == nil && e.Record == nil
				from, n = e.Index+1, n+1
				yield(e)
				return nil
			}, `SELECT idx, leaf, salt, record FROM evidence WHERE log = $1 AND idx >= $2 ORDER BY idx LIMIT $3`, c.log, from, pageRows)
		})
		return n == pageRows, err
	})
}

func (c *source) Heads(ctx context.Context) iter.Seq2[[]byte, error] {
	after := int64(-1)
	return pages(func(yield func([]byte)) (more bool, err error) {
		n := 0
		err = c.s.read(ctx, "read evidence", func(t *tx) error {
			return t.query(func(r *sql.Rows) error {
				var head []byte
				if err := r.Scan(&after, &head); err != nil {
					return err
				}
				n++
				yield(head)
				return nil
			}, `SELECT size, head FROM evidence_heads WHERE log = $1 AND size > $2 AND size <= $3 ORDER BY size LIMIT $4`,
				c.log, after, c.size, pageRows)
		})
		return n == pageRows, err
	})
}

func (c *source) StoredHashes(ctx context.Context, from int64) iter.Seq2[tlog.Hash, error] {
	next := from // the first row may begin before it
	return pages(func(yield func(tlog.Hash)) (more bool, err error) {
		n := 0
		err = c.s.read(ctx, "read evidence", func(t *tx) error {
			return t.query(func(r *sql.Rows) error {
				var first int64
				var hashes []byte
				if err := r.Scan(&first, &hashes); err != nil {
					return err
				}
				n++
				for ; len(hashes) >= tlog.HashSize; hashes = hashes[tlog.HashSize:] {
					if first == next { // a gap makes Verify find a wrong hash
						next++
						yield(tlog.Hash(hashes))
					} else if first > next {
						return fault.Newf(fault.Internal, "read evidence", "stored hash %d is missing", next)
					}
					first++
				}
				return nil
			}, `SELECT first, hashes FROM evidence_hashes WHERE log = $1 AND first >=
				(SELECT COALESCE(MAX(first), 0) FROM evidence_hashes WHERE log = $1 AND first <= $2) ORDER BY first LIMIT $3`, c.log, next, pageRows)
		})
		return n == pageRows, err
	})
}

// pages makes a sequence of pages that are read one after the other: a page is
// read whole before any of it is given on.
func pages[T any](page func(yield func(T)) (more bool, err error)) iter.Seq2[T, error] {
	return func(yield func(T, error) bool) {
		for more := true; more; {
			var list []T
			var err error
			more, err = page(func(v T) { list = append(list, v) })
			for _, v := range list {
				if !yield(v, nil) {
					return
				}
			}
			if err != nil {
				var none T
				yield(none, err)
				return
			}
		}
	}
}
