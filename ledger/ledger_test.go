package ledger_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
	"pgregory.net/rapid"

	"github.com/kakitome/kakitome/ledger"
)

// TestAppenderAgreesWithTlog compares hashes, roots and proofs with x/mod at every
// size up to 300.
func TestAppenderAgreesWithTlog(t *testing.T) {
	t.Parallel()
	var stored []tlog.Hash
	read := tlog.HashReaderFunc(func(indexes []int64) ([]tlog.Hash, error) {
		var out []tlog.Hash
		for _, i := range indexes {
			out = append(out, stored[i])
		}
		return out, nil
	})
	running, err := ledger.NewAppender(0, read)
	if err != nil {
		t.Fatal(err)
	}
	for n := range int64(300) {
		leaf := salt(n)
		want, err := tlog.StoredHashes(n, leaf[:], read)
		if err != nil {
			t.Fatal(err)
		}
		got, err := ledger.Append(n, leaf, read)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Fatalf("Append at %d: %s", n, diff)
		}
		for i, s := range running.Add(leaf) {
			if s.Index != tlog.StoredHashCount(n)+int64(i) || s.Hash != want[i] {
				t.Fatalf("Add at %d: hash %d differs", n, i)
			}
		}
		stored = append(stored, want...)
		root, err := tlog.TreeHash(n+1, read)
		if err != nil {
			t.Fatal(err)
		}
		if running.Root() != root || running.Size() != n+1 {
			t.Fatalf("root at %d differs", n+1)
		}
	}
}

func TestAppenderRefuses(t *testing.T) {
	t.Parallel()
	gone := tlog.HashReaderFunc(func([]int64) ([]tlog.Hash, error) { return nil, io.ErrUnexpectedEOF })
	short := tlog.HashReaderFunc(func([]int64) ([]tlog.Hash, error) { return nil, nil })
	for name, try := range map[string]func() error{
		"negative": func() error { _, err := ledger.NewAppender(-1, short); return err },
		"huge":     func() error { _, err := ledger.NewAppender(ledger.MaxSize+1, short); return err },
		"short":    func() error { _, err := ledger.NewAppender(5, short); return err },
		"gone":     func() error { _, err := ledger.Append(5, [32]byte{}, gone); return err },
	} {
		if try() == nil {
			t.Errorf("%s: no error", name)
		}
	}
}

// TestProofs proves random entries and beginnings of random logs, and sees that no
// proof fits anything else.
func TestProofs(t *testing.T) {
	t.Parallel()
	m := newLog(t, "proofs.example")
	heads := []ledger.Head{}
	for i := range int64(70) {
		h, err := ledger.OpenHead(m.sign(t), m.key)
		if err != nil {
			t.Fatal(err)
		}
		heads = append(heads, h)
		m.add(t, decision(t, i))
	}
	rapid.Check(t, func(t *rapid.T) {
		newer := rapid.IntRange(1, 69).Draw(t, "newer")
		older := rapid.IntRange(0, newer).Draw(t, "older")
		index := rapid.Int64Range(0, int64(newer)-1).Draw(t, "index")
		other := rapid.Int64Range(0, int64(newer)-1).Draw(t, "other")

		in, err := ledger.Inclusion(int64(newer), index, m)
		if err != nil {
			t.Fatal(err)
		}
		if err := ledger.CheckInclusion(in, heads[newer], index, m.entries[index].Leaf); err != nil {
			t.Error(err)
		}
		if other != index && ledger.CheckInclusion(in, heads[newer], index, m.entries[other].Leaf) == nil {
			t.Errorf("entry %d proven in the place of %d", other, index)
		}
		con, err := ledger.Consistency(int64(older), int64(newer), m)
		if err != nil {
			t.Fatal(err)
		}
		if err := ledger.CheckConsistency(con, heads[older], heads[newer]); err != nil {
			t.Error(err)
		}
		forged := heads[older]
		forged.Root[0] ^= 1
		if ledger.CheckConsistency(con, forged, heads[newer]) == nil {
			t.Error("another root is proven to be the beginning")
		}
	})
}

func TestProofsRefuseNonsense(t *testing.T) {
	t.Parallel()
	m := sample(t, 8)
	h, err := ledger.OpenHead(m.signed[0], m.key)
	if err != nil {
		t.Fatal(err)
	}
	other := h
	other.Origin = "other.example"
	for name, try := range map[string]func() error{
		"index over size":       func() error { _, err := ledger.Inclusion(8, 8, m); return err },
		"negative index":        func() error { _, err := ledger.Inclusion(8, -1, m); return err },
		"over the stored":       func() error { _, err := ledger.Inclusion(100, 5, m); return err },
		"shrinking":             func() error { _, err := ledger.Consistency(5, 4, m); return err },
		"check index over size": func() error { return ledger.CheckInclusion(nil, h, 0, [32]byte{}) },
		"check shrinking":       func() error { return ledger.CheckConsistency(nil, ledger.Head{Origin: h.Origin, Size: 1}, h) },
		"two logs":              func() error { return ledger.CheckConsistency(nil, other, h) },
		"padded empty proof":    func() error { return ledger.CheckConsistency(make([]tlog.Hash, 1), h, h) },
	} {
		if try() == nil {
			t.Errorf("%s: no error", name)
		}
	}
}

func TestNewSalt(t *testing.T) {
	t.Parallel()
	got, err := ledger.NewSalt(strings.NewReader(strings.Repeat("s", 32)))
	if err != nil || !bytes.Equal(got[:], []byte(strings.Repeat("s", 32))) {
		t.Errorf("NewSalt = %x, %v", got, err)
	}
	if _, err := ledger.NewSalt(strings.NewReader("short")); !errors.Is(err, io.ErrUnexpectedEOF) {
		t.Errorf("short source: %v", err)
	}
	if _, err := ledger.NewSalt(bytes.NewReader(make([]byte, 32))); err == nil {
		t.Error("a source of zeros was taken")
	}
}

// TestFormat pins the bytes of the format. If it fails, old logs do not verify.
func TestFormat(t *testing.T) {
	t.Parallel()
	r := record(t, map[string]any{"kind": "decision", "店": "例示商店", "n": -12, "list": []any{nil, true, "a\"b\\\n\x01<&>\u2028"}})
	wantRecord := `{"kind":"decision","list":[null,true,"a\"b\\\n\u0001<&>` + "\u2028" + `"],"n":-12,"店":"例示商店"}`
	if diff := cmp.Diff(wantRecord, string(r)); diff != "" {
		t.Errorf("record: %s", diff)
	}
	signer, _ := keyPair(t, "evidence.shop.example/node-1")
	signed, err := ledger.SignHead(ledger.Head{
		Origin: "evidence.shop.example/node-1", Size: 4711, Root: tlog.Hash(ledger.Commit(salt(0), r)),
		Time: time.Date(2026, 11, 22, 18, 30, 0, 999, time.FixedZone("JST", 9*3600)),
	}, signer)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(wantHead, string(signed)); diff != "" {
		t.Errorf("head: %s", diff)
	}
}

const wantHead = `evidence.shop.example/node-1
4711
vlxWV2gqENMtIxPSRevM2XQdkGvGtXidvYxbH9UXJ28=
time 2026-11-22T09:30:00Z

— evidence.shop.example/node-1 6BwczLPR6rPetiW+w8RXBi+gdkrRpsq3PizVFLehnr7K+bXXdhzkaPOP36ZWhxkDTuZ9IZgJPVpL+FMnBaxEFrNLHQQ=
`

func TestCanonicalRefuses(t *testing.T) {
	t.Parallel()
	deep := strings.Repeat(`{"a":`, 100) + "1" + strings.Repeat("}", 100)
	for _, bad := range []string{
		``, `null`, `1`, `[]`, `"a"`, `{}{}`, `{} `, ` {}`, `{"a": 1}`, `{"b":1,"a":2}`, `{"a":1,"a":1}`, `{"a":1.0}`, `{"a":1e3}`, `{"a":-0}`,
		`{"a":9007199254740992}`, `{"a":"\u0041"}`, `{"a":"\/"}`, `{"a":"\u001F"}`, `{"a":"\u000a"}`, `{"a":"\ud800"}`, "{\"a\":\"\xff\"}", deep,
		`{"a":"` + strings.Repeat("x", ledger.MaxRecord) + `"}`,
	} {
		if ledger.CheckRecord([]byte(bad)) == nil {
			t.Errorf("taken for canonical: %.40q", bad)
		}
	}
	if _, err := ledger.Canonical(map[string]any{"a": 0.5}); err == nil {
		t.Error("a fraction was encoded")
	}
	if _, err := ledger.Canonical([]int{1}); err == nil {
		t.Error("an array was encoded as a record")
	}
	if _, err := ledger.NewEntry(0, salt(0), []byte(`{"b":1,"a":2}`)); err == nil {
		t.Error("an entry of a record that is not canonical")
	}
}

func TestErasedRecordRefuses(t *testing.T) {
	t.Parallel()
	for _, bad := range [][]ledger.Span{{{5, 5}}, {{5, 4}}, {{-1, 3}}, {{0, 3}, {3, 5}}, {{7, 9}, {1, 2}}} {
		if _, err := ledger.ErasedRecord("retention", bad); err == nil {
			t.Errorf("taken: %v", bad)
		}
	}
}

// TestUnexplainedIsExact compares the count of unexplained erasures with a naive
// one, for tombstones in any order.
func TestUnexplainedIsExact(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(rt *rapid.T) {
		m := newLog(t, "spans.example")
		named := map[int64]bool{}
		for i := range int64(20) {
			m.add(t, decision(t, i))
		}
		for range rapid.IntRange(0, 5).Draw(rt, "tombstones") {
			from := rapid.Int64Range(0, 19).Draw(rt, "from")
			to := rapid.Int64Range(from+1, 20).Draw(rt, "to")
			r, err := ledger.ErasedRecord("retention", []ledger.Span{{From: from, To: to}})
			if err != nil {
				rt.Fatal(err)
			}
			m.add(t, r)
			for i := from; i < to; i++ {
				named[i] = true
			}
		}
		var want int64
		for i := range int64(20) {
			if rapid.Bool().Draw(rt, "erased") {
				m.entries[i] = m.entries[i].Erase()
				if !named[i] {
					want++
				}
			}
		}
		if got := verify(t, m); !got.OK() || got.Unexplained != want {
			rt.Errorf("unexplained %d, want %d; %v", got.Unexplained, want, got.Bad)
		}
	})
}

func TestSignHeadRefuses(t *testing.T) {
	t.Parallel()
	signer, _ := keyPair(t, "a.example")
	at := time.Date(2026, 11, 22, 0, 0, 0, 0, time.UTC)
	for name, h := range map[string]ledger.Head{
		"other origin":  {Origin: "b.example", Time: at},
		"negative size": {Origin: "a.example", Size: -1, Time: at},
		"year 10000":    {Origin: "a.example", Time: at.AddDate(9000, 0, 0)},
	} {
		if _, err := ledger.SignHead(h, signer); err == nil {
			t.Errorf("%s: signed", name)
		}
	}
}

// TestOpenHeadLetsWitnessesStand: a cosignature is no reason to refuse.
func TestOpenHeadLetsWitnessesStand(t *testing.T) {
	t.Parallel()
	m := newLog(t, "a.example")
	witness, _ := keyPair(t, "witness.example")
	n, err := note.Open(m.sign(t), note.VerifierList(m.key))
	if err != nil {
		t.Fatal(err)
	}
	both, err := note.Sign(n, witness)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := ledger.OpenHead(both, m.key); err != nil {
		t.Error(err)
	}
	_, other := keyPair(t, "b.example")
	if _, err := ledger.OpenHead(both, other); err == nil {
		t.Error("opened with the key of another")
	}
	if _, err := ledger.OpenHead(append(both, make([]byte, ledger.MaxHead)...), m.key); err == nil {
		t.Error("opened a note over the limit")
	}
}

// FuzzOpenHead: never panics; what opens is exactly what signing writes.
func FuzzOpenHead(f *testing.F) {
	m := newLog(f, "a.example")
	f.Add(m.sign(f))
	f.Add([]byte(wantHead))
	f.Add([]byte("a.example\n0\n47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\ntime 2026-11-22T09:30:00Z\n\n— a.example AAAA\n"))
	f.Fuzz(func(t *testing.T, text []byte) {
		if _, err := ledger.OpenHead(text, m.key); err == nil && !bytes.Equal(text, m.signed[0]) {
			// a fuzzer that forges Ed25519 deserves a look
			t.Errorf("opened a note that was not signed: %q", text)
		}
		// the same text, honestly signed, opens only if it is canonical
		if len(text) > 1<<12 || !bytes.HasSuffix(text, []byte("\n")) {
			return
		}
		signed, err := note.Sign(&note.Note{Text: string(text)}, m.signer)
		if err != nil {
			return
		}
		h, err := ledger.OpenHead(signed, m.key)
		if err == nil && h.Text() != string(text) {
			t.Errorf("%q reads as %q", text, h.Text())
		}
	})
}

// FuzzRecord: never panics; what is taken for canonical is what Canonical writes,
// no more and no less; and a log of it verifies.
func FuzzRecord(f *testing.F) {
	for _, seed := range []string{
		`{"kind":"decision","list":[null,true,"a\"b\\\n\u0001"],"n":-12}`,
		`{"a":{"b":[{}]},"店":"例示商店"}`,
		`{"a":1e3,"a":"\ud83d\ude00"}`,
		`{"\t":1,"\n":2,"A":[],"a":9007199254740991,"b":false}`,
		`{"\n":1,"\t":2,"\u001f":3}`,
		`{"entries":[{"from":0,"to":9}],"kind":"erased","reason":"retention"}`,
		"{\"a\":\"\x7f\u2028\ufffd\"}",
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, raw []byte) {
		if len(raw) > ledger.MaxRecord {
			return
		}
		taken := ledger.CheckRecord(raw) == nil
		again, err := ledger.Canonical(json.RawMessage(raw))
		if same := err == nil && bytes.Equal(raw, again); same != taken {
			t.Fatalf("%q: taken for canonical: %v, written as %q, %v", raw, taken, again, err)
		}
		if err == nil && ledger.CheckRecord(again) != nil {
			t.Fatalf("%q: what Canonical wrote is not taken", again)
		}
		if !taken {
			return
		}
		m := newLog(t, "fuzz.example")
		m.add(t, raw)
		r, err := ledger.Verify(t.Context(), m, m.key, nil)
		if err != nil {
			t.Fatal(err)
		}
		if r.Bad != nil && r.Bad.Reason != ledger.BadRecord { // of kind head or erased, holding neither
			t.Errorf("a canonical record gives %v", r.Bad)
		}
	})
}

// BenchmarkAppend is one leaf added in a batch.
func BenchmarkAppend(b *testing.B) {
	a, err := ledger.NewAppender(0, nil)
	if err != nil {
		b.Fatal(err)
	}
	leaf := salt(1)
	b.ReportAllocs()
	for b.Loop() {
		a.Add(leaf)
	}
}

// BenchmarkEntry is all a decision costs: canonical JSON, commitment, leaf.
func BenchmarkEntry(b *testing.B) {
	rng := rand.New(rand.NewPCG(1, 2)) //nolint:gosec // a benchmark needs no secret
	a, err := ledger.NewAppender(0, nil)
	if err != nil {
		b.Fatal(err)
	}
	type rec struct {
		Kind  string   `json:"kind"`
		Mail  string   `json:"mail"`
		To    []string `json:"to"`
		At    int64    `json:"at"`
		Rules []string `json:"rules"`
	}
	b.ReportAllocs()
	for b.Loop() {
		r, err := ledger.Canonical(rec{"decision", "01JD8Q6Z", []string{"5f3c", "99aa"}, rng.Int64N(1 << 40), []string{"ownership"}})
		if err != nil {
			b.Fatal(err)
		}
		e, err := ledger.NewEntry(a.Size(), salt(1), r)
		if err != nil {
			b.Fatal(err)
		}
		a.Add(e.Leaf)
	}
}

// BenchmarkVerify is one entry read, recomputed and compared.
func BenchmarkVerify(b *testing.B) {
	m := sample(b, 10000)
	b.ReportAllocs()
	for b.Loop() {
		if r, err := ledger.Verify(b.Context(), m, m.key, nil); err != nil || !r.OK() {
			b.Fatal(r, err)
		}
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/10000, "ns/entry")
}
