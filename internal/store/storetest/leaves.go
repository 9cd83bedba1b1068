package storetest

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"

	"github.com/kakitome/kakitome/internal/check"
	"github.com/kakitome/kakitome/internal/custody"
	"github.com/kakitome/kakitome/internal/fault"
	"github.com/kakitome/kakitome/internal/gate"
	"github.com/kakitome/kakitome/internal/store"
	"github.com/kakitome/kakitome/internal/survey"
	"github.com/kakitome/kakitome/ledger"
)

func testScopeMails(t *testing.T, db Database) {
	s := db(t, "one")
	large := mail("m2", 3)
	large.Size = 64 << 20 // read by itself
	record(t, s, mail("m1", 2), large, mail("m3", 1))
	var got []string
	err := s.ScopeMails(t.Context(), []string{"m3.1", "m2.3", "m1.2", "m2.1"}, func(m *gate.Mail) error {
		for _, d := range m.Deliveries {
			got = append(got, fmt.Sprintf("%s %s %v", d.ID, m.Body, m.Verdict == nil))
		}
		return nil
	})
	same(t, "mails", []any{got, err}, []any{[]string{"m1.2 sealed body m1 true", "m2.1 sealed body m2 true", "m2.3 sealed body m2 true", "m3.1 sealed body m3 true"}, nil})
	none := func(*gate.Mail) error { return nil }
	same(t, "none", s.ScopeMails(t.Context(), nil, none), nil)
	same(t, "unknown", fault.KindOf(s.ScopeMails(t.Context(), []string{"m9.1"}, none)), fault.NotFound)

	got = nil
	err = s.SealedRecipients(t.Context(), []string{"m1.2", "m3.1"}, func(r survey.SealedRecipient) error {
		got = append(got, fmt.Sprintf("%s %s %s %v", r.Delivery, r.Sealed, r.Key, r.Recipient == key("rcpt 0")))
		return nil
	})
	slices.Sort(got)
	same(t, "recipients", []any{got, err}, []any{[]string{"m1.2 sealed rcpt 1 wrapped m1 false", "m3.1 sealed rcpt 0 wrapped m3 true"}, nil})

	m := mail("m4", 1)
	learned := check.Sighting{Recipient: key("a"), At: now, LastDay: 20000, Days: 2, Learned: true}
	m.Effects.Sightings = []check.SightingEffect{
		{Ident: key("i"), Sighting: learned}, {Ident: key("i"), Sighting: check.Sighting{Recipient: key("b"), At: now}}, {Ident: key("j"), Sighting: learned},
	}
	record(t, s, m)
	list, err := s.Learned(t.Context(), []check.Key{key("i"), key("k")})
	same(t, "learned", []any{list, err}, []any{map[check.Key][]check.Sighting{key("i"): {learned}}, nil})
}

// testLeaves: the record of a mail is found wherever it stands, and proven.
func testLeaves(t *testing.T, db Database, verifier note.Verifier) {
	s, other := db(t, "one"), db(t, "two")
	var want []survey.Recorded
	at := func(id string, on *store.Store, node string, when time.Time) *gate.Mail {
		m := wrong(id, "order", 1, custody.Held, check.Ownership)
		m.Node, m.ReceivedAt = node, when
		record(t, on, m)
		want = append(want, survey.Recorded{Mail: id, Log: node, At: when})
		return m
	}
	for i := range 40 { // an hour apart, with others between
		id := fmt.Sprint("m", i)
		at(id, s, "one", now.Add(time.Duration(i)*time.Hour))
		write(t, s, func(tx gate.Tx) error { return tx.Evidence("drill", []byte(`{"mail":"`+id+`"}`)) })
	}
	at("other", other, "two", now)
	foreign := at("foreign", s, "one", now.Add(-1000*time.Hour)) // far from its time
	judged := gate.Judged{Mail: "m3", Delivery: "m3.1", State: custody.Held, Rules: []check.Rule{check.Canary}, RosterVersion: 9}
	write(t, s, func(tx gate.Tx) error { return tx.Judge(now.Add(90*time.Hour), judged) })
	want[3].Judged = true
	pick := []survey.Recorded{want[3], want[30], want[31], want[40], want[41]}
	pick = append(pick, survey.Recorded{Mail: "nobody", Log: "one", At: now})

	var got []string
	var leaves []survey.Leaf
	err := s.Leaves(t.Context(), pick, func(l survey.Leaf) error {
		kind := "mail"
		if strings.Contains(string(l.Record), `"kind":"judged"`) {
			kind = "judged"
		}
		got = append(got, fmt.Sprint(l.Log, " ", l.Mail, " ", kind))
		leaves = append(leaves, l)
		return l.Check()
	})
	same(t, "leaves", []any{got, err}, []any{[]string{"one m3 mail", "one m30 mail", "one m31 mail", "one foreign mail", "one m3 judged", "two other mail"}, nil})

	_, err = s.Prove(t.Context(), "one", []int64{0})
	same(t, "before it is signed", fault.KindOf(err), fault.Unavailable)
	if err := s.SignHead(t.Context(), now); err != nil {
		t.Fatal(err)
	}
	var indexes []int64
	for _, l := range leaves[:5] {
		indexes = append(indexes, l.Index)
	}
	p, err := s.Prove(t.Context(), "one", indexes)
	if err != nil {
		t.Fatal(err)
	}
	head, err := ledger.OpenHead(p.Head, verifier)
	same(t, "head", []any{head.Size, head.Origin, err}, []any{p.Size, p.Origin, nil})
	for _, l := range leaves[:5] {
		var proof []tlog.Hash
		for _, h := range p.Proofs[l.Index] {
			proof = append(proof, h)
		}
		if err := ledger.CheckInclusion(proof, head, l.Index, l.Leaf); err != nil {
			t.Error(err)
		}
	}
	record(t, s, mail("newer", 1))
	_, err = s.Prove(t.Context(), "one", []int64{p.Size})
	same(t, "newer than the head", fault.KindOf(err), fault.Unavailable)

	// What was erased is not found, and is no error.
	if _, err := s.Retain(t.Context(), now.Add(1e4*time.Hour), store.Keep{Exposures: time.Hour}); err != nil {
		t.Fatal(err)
	}
	err = s.Leaves(t.Context(), []survey.Recorded{{Mail: foreign.ID, Log: "one", At: foreign.ReceivedAt}}, func(survey.Leaf) error {
		t.Error("an erased record was found")
		return nil
	})
	same(t, "erased", err, nil)
}

// testDecisions: what was decided by rule about a stream and a time is found.
func testDecisions(t *testing.T, db Database) {
	s := db(t, "one")
	for i := range 40 {
		m := wrong(fmt.Sprint("m", i), "order", 1, custody.Held, check.Ownership)
		m.ReceivedAt = now.Add(time.Duration(i) * time.Hour)
		right := mail(fmt.Sprint("right", i), 1)
		right.ReceivedAt = m.ReceivedAt
		record(t, s, m, right)
	}
	var decided []string
	n, over, err := s.Decisions(t.Context(), "order", now.Add(10*time.Hour), now.Add(12*time.Hour), 1000, func(log string, record []byte) error {
		for i := range 40 {
			if strings.Contains(string(record), fmt.Sprintf(`"mail":"m%d"`, i)) {
				decided = append(decided, fmt.Sprint(log, " m", i))
			}
			if strings.Contains(string(record), `"mail":"right`) {
				t.Errorf("no rule is against %s", record)
			}
		}
		return nil
	})
	for _, id := range []string{"one m10", "one m11", "one m12"} { // and some around
		same(t, id+" was decided", slices.Contains(decided, id), true)
	}
	same(t, "how many", []any{n < 20, over, err}, []any{true, false, nil})
	none := func(string, []byte) error { return fmt.Errorf("called") }
	n, over, err = s.Decisions(t.Context(), "news", now, time.Time{}, 1000, none)
	same(t, "another stream", []any{n, over, err}, []any{80, false, nil})
	_, over, err = s.Decisions(t.Context(), "news", now, time.Time{}, 10, none)
	same(t, "too many", []any{over, err}, []any{true, nil})
}
