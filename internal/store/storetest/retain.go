package storetest

import (
	"fmt"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/kakitome/kakitome/internal/check"
	"github.com/kakitome/kakitome/internal/custody"
	"github.com/kakitome/kakitome/internal/fault"
	"github.com/kakitome/kakitome/internal/gate"
	"github.com/kakitome/kakitome/internal/store"
)

// testRetainProperty: whatever the states and ages, nothing of a mail with a
// delivery queued or held, or of one that an incident has frozen, is ever deleted,
// and all else that is old is.
func testRetainProperty(t *testing.T, db Database) {
	s := db(t, "one")
	serial := 0
	rapid.Check(t, func(rt *rapid.T) {
		keep := store.Keep{
			Bodies:    time.Duration(rapid.IntRange(1, 100).Draw(rt, "bodies")) * time.Hour,
			Exposures: time.Duration(rapid.IntRange(100, 200).Draw(rt, "exposures")) * time.Hour,
		}
		var mails []*gate.Mail
		for range rapid.IntRange(1, 5).Draw(rt, "mails") {
			serial++
			m := mail(fmt.Sprint("m", serial), rapid.IntRange(1, 3).Draw(rt, "deliveries"))
			m.ReceivedAt = now.Add(-time.Duration(rapid.IntRange(0, 300).Draw(rt, "age")) * time.Hour)
			for i := range m.Deliveries {
				m.Deliveries[i].State = rapid.SampledFrom(custody.States()).Draw(rt, "state")
			}
			mails = append(mails, m)
		}
		record(t, s, mails...)
		frozen := map[string]bool{}
		for _, m := range mails {
			if rapid.IntRange(0, 3).Draw(rt, "frozen") == 0 {
				frozen[m.ID] = true
				freeze(t, s, m.ID)
			}
		}
		if _, err := s.Retain(t.Context(), now, keep); err != nil {
			rt.Fatal(err)
		}
		for _, m := range mails {
			age, undecided := now.Sub(m.ReceivedAt), frozen[m.ID]
			for _, d := range m.Deliveries {
				undecided = undecided || !d.State.End()
			}
			var got *gate.Mail
			err := s.Read(t.Context(), func(tx gate.ReadTx) (err error) { got, err = tx.Mail(m.ID); return err })
			gone := fault.KindOf(err) == fault.NotFound
			if wantGone := !undecided && age > keep.Exposures; gone != wantGone {
				rt.Fatalf("mail of age %v, kept %v: gone %v (%v)", age, undecided, gone, err)
			}
			if gone {
				continue
			}
			if wantBody := undecided || age <= keep.Bodies; (got.Body != nil) != wantBody || (got.Verdict != nil) != wantBody {
				rt.Fatalf("mail of age %v, kept %v: body %v", age, undecided, got.Body != nil)
			}
			if len(got.Deliveries) != len(m.Deliveries) || len(got.Deliveries[0].Exposures) != len(m.Deliveries[0].Exposures) {
				rt.Fatalf("mail of age %v lost deliveries or exposures", age)
			}
		}
	})
}

func testRetainCounts(t *testing.T, db Database) {
	s := db(t, "one")
	m := mail("m1", 1)
	m.Effects = check.Effects{
		Sightings: []check.SightingEffect{
			{Ident: key("i"), Sighting: check.Sighting{Recipient: key("a"), At: now}},
			{Ident: key("i"), Sighting: check.Sighting{Recipient: key("b"), At: now, Learned: true}},
			{Ident: key("i"), Sighting: check.Sighting{Recipient: key("c"), At: now.Add(50 * 24 * time.Hour)}},
		},
		Received: []check.ReceiptEffect{{Recipient: key("r"), Receipt: check.Receipt{Subject: key("s"), At: now}}},
		Seen:     []check.Seen{{MessageID: m.MessageID, Digest: m.Digest, Recipient: key("r")}},
		Repeats:  []check.Repeat{{Content: key("c"), Recipient: key("r")}},
		Outcome:  check.Outcome{At: now},
		Client:   check.ClientCounts{At: now},
	}
	write(t, s, func(tx gate.Tx) error {
		if _, err := tx.Counts(now, []check.Wants{wantsOf(m)}); err != nil {
			return err
		}
		return tx.Record([]*gate.Mail{m})
	})
	keep := store.Keep{Sightings: 40 * 24 * time.Hour, Exposures: 395 * 24 * time.Hour}
	done, err := s.Retain(t.Context(), now.Add(60*24*time.Hour), keep)
	same(t, "retained", []any{done, err}, []any{store.Retained{Sightings: 1}, nil})
	c := counts(t, s, now.Add(60*24*time.Hour), check.Wants{Stream: "order", Client: key("client"), Idents: []check.Key{key("i")}})
	same(t, "kept", rcptsOf(c.Sightings[key("i")]), map[check.Key]bool{key("b"): true, key("c"): true})
	same(t, "counts trimmed", []int{len(c.Clients), len(c.Streams["order"].Recent)}, []int{0, 1})
	done, err = s.Retain(t.Context(), now.Add(400*24*time.Hour), keep)
	same(t, "what was learned goes in the end", []any{done.Sightings, err}, []any{2, nil})
}

// testRetainStaged: a staged body lives for an hour without its mail.
func testRetainStaged(t *testing.T, db Database) {
	s := db(t, "one")
	for _, age := range []time.Duration{0, 2 * time.Hour} {
		id := fmt.Sprint("staged ", age)
		if err := s.Stage(t.Context(), id, []byte("body")); err != nil {
			t.Fatal(err)
		}
		if _, err := s.Retain(t.Context(), time.Now().Add(age), store.Keep{}); err != nil {
			t.Fatal(err)
		}
		m := mail(id, 1)
		m.Staged = true
		record(t, s, m)
		same(t, id+" is still there", read(t, s, id).Body != nil, age == 0)
	}
}
