package store_test

import (
	"encoding/binary"
	"fmt"
	"path/filepath"
	"testing"
	"time"

	"github.com/kakitome/kakitome/internal/admin"
	"github.com/kakitome/kakitome/internal/check"
	"github.com/kakitome/kakitome/internal/custody"
	"github.com/kakitome/kakitome/internal/gate"
	"github.com/kakitome/kakitome/internal/roster"
	"github.com/kakitome/kakitome/internal/store"
)

func number(kind byte, n int) check.Key {
	var k check.Key
	binary.BigEndian.PutUint64(k[:], uint64(n)*0x9e3779b97f4a7c15) //nolint:gosec // scattered like hashes
	k[15] = kind
	return k
}

// order is an order confirmation: five identifiers of the buyer, and what the
// gate asks for it.
func order(n int) (*gate.Mail, check.Wants) {
	id := fmt.Sprintf("01JD%012d", n)
	buyer := n % 200000
	m := &gate.Mail{
		ID: id, Stream: "order", Node: "one", ReceivedAt: epoch, Size: 4096, Key: make([]byte, 60), Envelope: make([]byte, 200),
		Body: make([]byte, 4200), Verdict: make([]byte, 500), Digest: number('d', n), MessageID: number('m', n), PolicyVersion: "1",
		Deliveries: []gate.Delivery{{
			ID: id + ".1", Recipient: number('r', buyer), Sealed: make([]byte, 80), State: custody.Queued, Due: epoch, Lease: epoch.Add(time.Minute),
		}},
	}
	d := &m.Deliveries[0]
	w := check.Wants{Stream: "order", Client: number('c', 1), Recipients: []check.Key{d.Recipient}, MessageID: m.MessageID, Digest: m.Digest, Content: number('t', n)}
	for i := range 5 {
		ident := number(byte(i+1), buyer)
		d.Exposures = append(d.Exposures, check.Exposure{Person: number('p', buyer), Ident: ident, Kind: 1, Own: true})
		w.Idents = append(w.Idents, ident)
	}
	m.Effects = check.Effects{
		Outcome: check.Outcome{At: epoch}, Client: check.ClientCounts{At: epoch, Recipients: w.Recipients},
		Seen:      []check.Seen{{MessageID: m.MessageID, Digest: m.Digest, Recipient: d.Recipient}},
		Repeats:   []check.Repeat{{Content: w.Content, Recipient: d.Recipient}},
		Sightings: []check.SightingEffect{{Ident: number('o', n), Sighting: check.Sighting{Recipient: d.Recipient, At: epoch, Days: 1}}}, // the order's number
	}
	return m, w
}

// decide is what the gate does with a batch.
func decide(t testing.TB, s *store.Store, mails []*gate.Mail, wants []check.Wants) {
	t.Helper()
	err := s.Write(t.Context(), func(tx gate.Tx) error {
		if err := tx.Lock(wants); err != nil {
			return err
		}
		if _, err := tx.Counts(epoch, wants); err != nil {
			return err
		}
		return tx.Record(mails)
	})
	if err != nil {
		t.Fatal(err)
	}
}

// fill records n order confirmations, in large batches.
func fill(t testing.TB, s *store.Store, n int) {
	t.Helper()
	for i := 0; i < n; {
		var mails []*gate.Mail
		var wants []check.Wants
		for ; len(mails) < 256 && i < n; i++ {
			m, w := order(i)
			mails, wants = append(mails, m), append(wants, w)
		}
		decide(t, s, mails, wants)
	}
}

// engines runs a benchmark on both.
func engines(b *testing.B, bench func(b *testing.B, s *store.Store)) {
	b.Run("sqlite", func(b *testing.B) {
		bench(b, open(b, store.Options{Path: filepath.Join(b.TempDir(), "kakitome.db"), Node: "one"}))
	})
	b.Run("postgres", func(b *testing.B) { bench(b, postgresDatabase(b)(b, "one")) })
}

func BenchmarkRecord(b *testing.B) {
	for _, size := range []int{1, 64, 256} {
		b.Run(fmt.Sprint(size), func(b *testing.B) {
			engines(b, func(b *testing.B, s *store.Store) {
				n := 0
				for b.Loop() {
					mails, wants := make([]*gate.Mail, size), make([]check.Wants, size)
					for i := range size {
						mails[i], wants[i] = order(n)
						n++
					}
					decide(b, s, mails, wants)
				}
				b.ReportMetric(float64(n)/b.Elapsed().Seconds(), "mails/s")
			})
		})
	}
}

// BenchmarkSettle is the relay's side: claim, and write the answers.
func BenchmarkSettle(b *testing.B) {
	engines(b, func(b *testing.B, s *store.Store) {
		fill(b, s, 20000)
		now, n := epoch.Add(time.Hour), 0
		for b.Loop() {
			mails, _, err := s.Claim(b.Context(), now, 64, time.Minute)
			if err != nil {
				b.Fatal(err)
			}
			var results []gate.Settled
			for _, m := range mails {
				results = append(results, gate.Settled{Delivery: m.Deliveries[0].ID, State: custody.Relayed, Attempt: 1, Code: 250, Enhanced: "2.0.0"})
			}
			if err := s.Write(b.Context(), func(tx gate.Tx) error { return tx.Settle(now, results) }); err != nil {
				b.Fatal(err)
			}
			n += len(mails)
		}
		b.ReportMetric(float64(n)/b.Elapsed().Seconds(), "mails/s")
	})
}

// BenchmarkRelease releases 100,000 held deliveries that expose one person,
// once.
func BenchmarkRelease(b *testing.B) {
	const n = 100000
	engines(b, func(b *testing.B, s *store.Store) {
		for i := 0; i < n; {
			var mails []*gate.Mail
			for ; len(mails) < 256 && i < n; i++ {
				m, _ := order(i)
				d := &m.Deliveries[0]
				d.State, d.Lease, d.HeldAt, d.Rules = custody.Held, time.Time{}, epoch, []check.Rule{check.Ownership}
				for k := range d.Exposures {
					d.Exposures[k] = check.Exposure{Person: number('p', 7), Ident: number(byte(k+1), 7), Kind: 1}
				}
				mails = append(mails, m)
			}
			decide(b, s, mails, nil)
		}
		b.ResetTimer()
		moved, err := s.Release(b.Context(), epoch, admin.Move{By: "hanako", Reason: "a campaign"})
		if err != nil || moved.Count != n {
			b.Fatal(moved, err)
		}
		b.ReportMetric(b.Elapsed().Seconds(), "s")
	})
}

// BenchmarkExposures asks whose data went where, among 100,000 mails with half
// a million exposures: 5,000 hits.
func BenchmarkExposures(b *testing.B) {
	engines(b, func(b *testing.B, s *store.Store) {
		fill(b, s, 95000)
		for i := 100000; i < 105000; {
			var mails []*gate.Mail
			for ; len(mails) < 250; i++ {
				m, _ := order(i)
				m.Deliveries[0].Exposures = append(m.Deliveries[0].Exposures, check.Exposure{Person: number('v', 1), Ident: number('v', 2), Kind: 2})
				mails = append(mails, m)
			}
			decide(b, s, mails, nil)
		}
		store.Analyze(b, s)
		for b.Loop() {
			n := 0
			if err := s.ExposuresOf(b.Context(), number('v', 1), func(admin.Exposed) error { n++; return nil }); err != nil || n != 5000 {
				b.Fatal(n, err)
			}
		}
	})
}

// BenchmarkImport imports 50,000 persons of seven identifiers each, once.
func BenchmarkImport(b *testing.B) {
	const n = 50000
	engines(b, func(b *testing.B, s *store.Store) {
		im, err := s.ImportRoster(b.Context(), epoch, admin.Import{}, func(yield func(admin.SealedPerson, error) bool) {
			for i := range n {
				p := admin.SealedPerson{Person: number('p', i), Sealed: make([]byte, 40)}
				for k := range 7 {
					p.Entries = append(p.Entries, roster.Entry{Ident: number(byte(k), i), Form: number(byte(k+100), i), Kind: 3, Len: 4})
				}
				if !yield(p, nil) {
					return
				}
			}
		})
		if err != nil || im.Added != n {
			b.Fatal(im, err)
		}
		b.ReportMetric(n/b.Elapsed().Seconds(), "persons/s")
	})
}
