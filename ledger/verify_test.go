package ledger_test

import (
	"context"
	"errors"
	"iter"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/mod/sumdb/tlog"

	"github.com/kakitome/kakitome/ledger"
)

func TestVerifyGoodLog(t *testing.T) {
	t.Parallel()
	m := sample(t, 95)
	var seen []int64
	got, err := ledger.Verify(t.Context(), m, m.key, func(done, total int64) { seen = append(seen, done, total) })
	if err != nil || !got.OK() {
		t.Fatalf("Verify = %+v, %v", got, err)
	}
	if got.Checked != 95 || got.Heads != 10 || got.Last.Size != 90 || got.Erased != 0 || got.Origin != m.key.Name() {
		t.Errorf("report: %+v", got)
	}
	if diff := cmp.Diff([]int64{95, 95}, seen); diff != "" {
		t.Errorf("progress: %s", diff)
	}
}

func TestVerifyEmptyLog(t *testing.T) {
	t.Parallel()
	m := newLog(t, "empty.example")
	if got := verify(t, m); !got.OK() || got.Checked != 0 {
		t.Errorf("without head: %+v", got)
	}
	m.sign(t)
	if got := verify(t, m); !got.OK() || got.Heads != 1 {
		t.Errorf("with head: %+v", got)
	}
}

// TestVerifyFindsTampering changes one thing at a time.
func TestVerifyFindsTampering(t *testing.T) {
	t.Parallel()
	good := sample(t, 64)
	cases := []struct {
		name   string
		tamper func(m *memLog)
		index  int64
		reason ledger.Reason
	}{
		{"record", func(m *memLog) { m.entries[30].Record[5] ^= 1 }, 30, ledger.BadRecord},
		{"salt", func(m *memLog) { m.entries[30].Salt[0] ^= 1 }, 30, ledger.BadRecord},
		{"leaf", func(m *memLog) { m.entries[30].Leaf[31] ^= 1 }, 30, ledger.BadRecord},
		{"leaf of an erased entry", func(m *memLog) {
			m.entries[30] = m.entries[30].Erase()
			m.entries[30].Leaf[31] ^= 1
		}, 30, ledger.BadHash},
		{"half erased", func(m *memLog) { m.entries[30].Erased = true; m.entries[30].Record = nil }, 30, ledger.BadRecord},
		{"record away, not marked", func(m *memLog) { m.entries[30].Record = nil }, 30, ledger.BadRecord},
		{"record replaced with its commitment", func(m *memLog) {
			e, _ := ledger.NewEntry(30, salt(999), decision(t, 999))
			m.entries[30] = e
		}, 30, ledger.BadHash},
		{"leaf hash", func(m *memLog) { m.hashes[tlog.StoredHashIndex(0, 30)][0] ^= 1 }, 30, ledger.BadHash},
		{"inner hash", func(m *memLog) { m.hashes[tlog.StoredHashIndex(3, 2)][0] ^= 1 }, 23, ledger.BadHash},
		{"hash missing", func(m *memLog) { m.hashes = m.hashes[:len(m.hashes)-1] }, 63, ledger.BadHash},
		{"order", func(m *memLog) { m.entries[30], m.entries[31] = m.entries[31], m.entries[30] }, 30, ledger.BadIndex},
		{"order, renumbered", func(m *memLog) {
			m.entries[30], m.entries[31] = m.entries[31], m.entries[30]
			m.entries[30].Index, m.entries[31].Index = 30, 31
		}, 30, ledger.BadHash},
		{"entry taken out", func(m *memLog) { m.entries = slices.Delete(m.entries, 30, 31) }, 30, ledger.BadIndex},
		{"entry twice", func(m *memLog) { m.entries = slices.Insert(m.entries, 30, m.entries[29]) }, 30, ledger.BadIndex},
		{"last entries gone", func(m *memLog) { m.entries = m.entries[:50] }, 50, ledger.Truncated},
		{"cut back, heads kept", func(m *memLog) {
			m.size, m.entries, m.hashes = 50, m.entries[:50], m.hashes[:tlog.StoredHashCount(50)]
		}, 60, ledger.Truncated},
		{"emptied, heads kept", func(m *memLog) { m.size, m.entries, m.hashes = 0, nil, nil }, 10, ledger.Truncated},
		{"negative size", func(m *memLog) { m.size = -1 }, 0, ledger.Truncated},
		{"head text", func(m *memLog) { m.signed[3][len(m.key.Name())+1] ^= 1 }, 20, ledger.BadHead},
		{"head signature", func(m *memLog) { m.signed[3][len(m.signed[3])-5] ^= 1 }, 20, ledger.BadHead},
		{"head of another log", func(m *memLog) {
			other := newLog(t, "other.example")
			m.signed[3] = other.sign(t)
		}, 20, ledger.BadHead},
		{"heads out of order", func(m *memLog) { m.signed[2], m.signed[3] = m.signed[3], m.signed[2] }, 20, ledger.BadHead},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			m := good.clone()
			c.tamper(m)
			got := verify(t, m)
			if got.Bad == nil {
				t.Fatalf("not found: %+v", got)
			}
			if got.Bad.Index != c.index || got.Bad.Reason != c.reason {
				t.Errorf("found %v, want entry %d: %s", got.Bad, c.index, c.reason)
			}
		})
	}
	if got := verify(t, good); !got.OK() {
		t.Errorf("the log itself: %+v", got)
	}
}

// TestVerifyFindsRewriting rewrites history with everything recomputed but the
// heads, whose key the forger has not.
func TestVerifyFindsRewriting(t *testing.T) {
	t.Parallel()
	m := sample(t, 40)
	forged := newLog(t, m.key.Name())
	for i := range int64(40) {
		if i == 25 {
			forged.add(t, decision(t, 1000))
			continue
		}
		forged.add(t, decision(t, i))
	}
	forged.signed = m.signed
	got := verify(t, forged)
	if got.Bad == nil || got.Bad.Reason != ledger.BadHead || got.Bad.Index != 30 {
		t.Errorf("found %v, want the head of size 30", got.Bad)
	}
}

// TestCheckHeadsFindsRollback cuts a log back together with its heads, and forks
// it with its own key: only the heads another node recorded show it.
func TestCheckHeadsFindsRollback(t *testing.T) {
	t.Parallel()
	a, b := newLog(t, "node-a.example"), newLog(t, "node-b.example")
	var early *memLog
	for i := range int64(50) {
		a.add(t, decision(t, i))
		if i == 20 {
			early = a.clone()
		}
		if i%10 == 9 {
			r, err := ledger.HeadRecord(a.sign(t))
			if err != nil {
				t.Fatal(err)
			}
			b.add(t, decision(t, i+100), r)
		}
	}
	if got := verify(t, b); !got.OK() || got.Cross[a.key.Name()] != 5 {
		t.Fatalf("b: %+v", got)
	}
	check := func(m *memLog) (int64, error) {
		return ledger.CheckHeads(m.size, m, ledger.CrossHeads(t.Context(), b, m.key), m.key)
	}
	if n, err := check(a); n != 5 || err != nil {
		t.Errorf("a: %d, %v", n, err)
	}

	var bad *ledger.Finding
	if got := verify(t, early); !got.OK() {
		t.Fatalf("a rolled back log is a good shorter one: %v", got.Bad)
	}
	if _, err := check(early); !errors.As(err, &bad) || bad.Reason != ledger.Truncated || bad.Index != 30 {
		t.Errorf("rollback: %v", err)
	}

	for i := range int64(60) {
		early.add(t, decision(t, i+500))
	}
	early.sign(t)
	if got := verify(t, early); !got.OK() {
		t.Fatalf("a fork is a good log by itself: %v", got.Bad)
	}
	if _, err := check(early); !errors.As(err, &bad) || bad.Reason != ledger.BadHead || bad.Index != 30 {
		t.Errorf("fork: %v", err)
	}
}

func TestCrossHeadsRefusesForgery(t *testing.T) {
	t.Parallel()
	a, b, c := newLog(t, "node-a.example"), newLog(t, "node-b.example"), newLog(t, "node-c.example")
	fromC, err := ledger.HeadRecord(c.sign(t))
	if err != nil {
		t.Fatal(err)
	}
	signed := a.sign(t)
	signed[len(signed)-6] ^= 1
	forged, err := ledger.HeadRecord(signed)
	if err != nil {
		t.Fatal(err)
	}
	b.add(t, decision(t, 0), fromC, forged)
	var heads, failures int
	for _, err := range ledger.CrossHeads(t.Context(), b, a.key) {
		if err != nil {
			failures++
		} else {
			heads++
		}
	}
	if heads != 0 || failures != 1 {
		t.Errorf("%d heads and %d failures, want 0 and 1", heads, failures)
	}
}

func TestErasingKeepsEverythingValid(t *testing.T) {
	t.Parallel()
	m := sample(t, 40)
	h, err := ledger.OpenHead(m.signed[len(m.signed)-1], m.key)
	if err != nil {
		t.Fatal(err)
	}
	proof, err := ledger.Inclusion(h.Size, 12, m)
	if err != nil {
		t.Fatal(err)
	}
	for _, i := range []int64{3, 12, 13, 20} {
		m.entries[i] = m.entries[i].Erase()
	}
	note, err := ledger.ErasedRecord("retention", []ledger.Span{{From: 3, To: 4}, {From: 12, To: 14}})
	if err != nil {
		t.Fatal(err)
	}
	m.add(t, note)
	m.sign(t)

	got := verify(t, m)
	if !got.OK() || got.Erased != 4 || got.Unexplained != 1 || got.Checked != 41 || got.Last.Size != 41 {
		t.Errorf("report: %+v", got)
	}
	if err := ledger.CheckInclusion(proof, h, 12, m.entries[12].Leaf); err != nil {
		t.Errorf("proof made before the erasure: %v", err)
	}
}

// TestErasedLeafIsSalted shows why guessing does not help: one record, two salts,
// nothing in common.
func TestErasedLeafIsSalted(t *testing.T) {
	t.Parallel()
	r := decision(t, 1)
	a, b := ledger.Commit(salt(1), r), ledger.Commit(salt(2), r)
	if a == b || a != ledger.Commit(salt(1), r) {
		t.Error("the commitment must depend on the salt and on nothing else but the record")
	}
}

// broken fails while it is read.
type broken struct {
	*memLog
	entries, heads, hashes bool
}

var errBroken = errors.New("disk gone")

func (b broken) Entries(ctx context.Context, from int64) iter.Seq2[ledger.Entry, error] {
	return breakIf(b.entries, b.memLog.Entries(ctx, from))
}

func (b broken) Heads(ctx context.Context) iter.Seq2[[]byte, error] {
	return breakIf(b.heads, b.memLog.Heads(ctx))
}

func (b broken) StoredHashes(ctx context.Context, from int64) iter.Seq2[tlog.Hash, error] {
	return breakIf(b.hashes, b.memLog.StoredHashes(ctx, from))
}

func breakIf[T any](is bool, seq iter.Seq2[T, error]) iter.Seq2[T, error] {
	return func(yield func(T, error) bool) {
		n := 0
		for v, err := range seq {
			if n++; is && n == 5 {
				err = errBroken
			}
			if !yield(v, err) {
				return
			}
		}
	}
}

// TestVerifyNeverTakesFailureForGood has a source fail in each sequence.
func TestVerifyNeverTakesFailureForGood(t *testing.T) {
	t.Parallel()
	m := sample(t, 64)
	for name, src := range map[string]broken{
		"entries": {m, true, false, false},
		"heads":   {m, false, true, false},
		"hashes":  {m, false, false, true},
	} {
		if got, err := ledger.Verify(t.Context(), src, m.key, nil); !errors.Is(err, errBroken) {
			t.Errorf("%s: %+v, %v", name, got, err)
		}
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := ledger.Verify(ctx, m, m.key, nil); !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled: %v", err)
	}
}

// TestVerifyAnyBit flips each bit of a small log in turn; none may pass.
func TestVerifyAnyBit(t *testing.T) {
	t.Parallel()
	good := sample(t, 10)
	flip := func(where string, n int, at func(m *memLog, i int) *byte) {
		for i := range n * 8 {
			m := good.clone()
			*at(m, i/8) ^= 1 << (i % 8)
			if got := verify(t, m); got.OK() {
				t.Errorf("bit %d of %s can be flipped unseen", i, where)
			}
		}
	}
	flip("record 4", len(good.entries[4].Record), func(m *memLog, i int) *byte { return &m.entries[4].Record[i] })
	flip("salt 4", 32, func(m *memLog, i int) *byte { return &m.entries[4].Salt[i] })
	flip("leaf 4", 32, func(m *memLog, i int) *byte { return &m.entries[4].Leaf[i] })
	flip("hashes", 32*len(good.hashes), func(m *memLog, i int) *byte { return &m.hashes[i/32][i%32] })
	flip("head 1", len(good.signed[1]), func(m *memLog, i int) *byte { return &m.signed[1][i] })
}
