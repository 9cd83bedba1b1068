package ledger_test

import (
	"context"
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"iter"
	"slices"
	"strings"
	"testing"
	"time"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"

	"github.com/kakitome/kakitome/ledger"
)

// memLog is a log in memory, and a Source of itself.
type memLog struct {
	size    int64
	entries []ledger.Entry
	hashes  []tlog.Hash
	signed  [][]byte
	signer  note.Signer
	key     note.Verifier
}

func newLog(t testing.TB, origin string) *memLog {
	t.Helper()
	signer, key := keyPair(t, origin)
	return &memLog{signer: signer, key: key}
}

// keyPair is a key that depends on the name only, so that runs are alike.
func keyPair(t testing.TB, name string) (note.Signer, note.Verifier) {
	t.Helper()
	seed := sha256.Sum256([]byte(name))
	skey, vkey, err := note.GenerateKey(strings.NewReader(string(seed[:])), name)
	if err != nil {
		t.Fatal(err)
	}
	signer, err := note.NewSigner(skey)
	if err != nil {
		t.Fatal(err)
	}
	key, err := note.NewVerifier(vkey)
	if err != nil {
		t.Fatal(err)
	}
	return signer, key
}

func salt(n int64) [32]byte {
	return sha256.Sum256(binary.BigEndian.AppendUint64([]byte("salt"), uint64(n)))
}

func record(t testing.TB, v any) []byte {
	t.Helper()
	r, err := ledger.Canonical(v)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// add appends records, continuing from the stored hashes each time.
func (m *memLog) add(t testing.TB, records ...[]byte) {
	t.Helper()
	a, err := ledger.NewAppender(m.size, m)
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range records {
		e, err := ledger.NewEntry(m.size, salt(m.size), r)
		if err != nil {
			t.Fatal(err)
		}
		m.entries = append(m.entries, e)
		for _, s := range a.Add(e.Leaf) {
			if s.Index != int64(len(m.hashes)) {
				t.Fatalf("hash for place %d, want %d", s.Index, len(m.hashes))
			}
			m.hashes = append(m.hashes, s.Hash)
		}
		m.size++
	}
}

// sign signs a head over the log as it is.
func (m *memLog) sign(t testing.TB) []byte {
	t.Helper()
	a, err := ledger.NewAppender(m.size, m)
	if err != nil {
		t.Fatal(err)
	}
	at := time.Date(2026, 11, 22, 9, 30, int(m.size), 0, time.UTC)
	s, err := ledger.SignHead(ledger.Head{Origin: m.key.Name(), Size: m.size, Root: a.Root(), Time: at}, m.signer)
	if err != nil {
		t.Fatal(err)
	}
	m.signed = append(m.signed, s)
	return s
}

func (m *memLog) ReadHashes(indexes []int64) ([]tlog.Hash, error) {
	var out []tlog.Hash
	for _, i := range indexes {
		if i < 0 || i >= int64(len(m.hashes)) {
			return nil, fmt.Errorf("no hash %d", i)
		}
		out = append(out, m.hashes[i])
	}
	return out, nil
}

func (m *memLog) Size(context.Context) (int64, error) { return m.size, nil }

func (m *memLog) Entries(_ context.Context, from int64) iter.Seq2[ledger.Entry, error] {
	return each(m.entries[from:])
}

func (m *memLog) Heads(context.Context) iter.Seq2[[]byte, error] { return each(m.signed) }

func (m *memLog) StoredHashes(_ context.Context, from int64) iter.Seq2[tlog.Hash, error] {
	return each(m.hashes[from:])
}

func each[T any](all []T) iter.Seq2[T, error] {
	return func(yield func(T, error) bool) {
		for _, v := range all {
			if !yield(v, nil) {
				return
			}
		}
	}
}

// clone is a copy that can be tampered with.
func (m *memLog) clone() *memLog {
	c := *m
	c.entries = slices.Clone(m.entries)
	for i, e := range c.entries {
		c.entries[i].Record = slices.Clone(e.Record)
	}
	c.hashes = slices.Clone(m.hashes)
	c.signed = slices.Clone(m.signed)
	for i, s := range c.signed {
		c.signed[i] = slices.Clone(s)
	}
	return &c
}

func verify(t *testing.T, m *memLog) ledger.Report {
	t.Helper()
	r, err := ledger.Verify(t.Context(), m, m.key, nil)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// decision is a record as the gate might write it.
func decision(t testing.TB, n int64) []byte {
	return record(t, map[string]any{"kind": "decision", "mail": fmt.Sprintf("m%d", n), "held": n%7 == 0})
}

// sample is a log of n decisions with a head after every tenth.
func sample(t testing.TB, n int64) *memLog {
	m := newLog(t, "evidence.shop.example/node-1")
	m.sign(t)
	for i := range n {
		m.add(t, decision(t, i))
		if i%10 == 9 {
			m.sign(t)
		}
	}
	return m
}
