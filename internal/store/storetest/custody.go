package storetest

import (
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/kakitome/kakitome/internal/admin"
	"github.com/kakitome/kakitome/internal/check"
	"github.com/kakitome/kakitome/internal/custody"
	"github.com/kakitome/kakitome/internal/fault"
	"github.com/kakitome/kakitome/internal/gate"
	"github.com/kakitome/kakitome/internal/jp"
	"github.com/kakitome/kakitome/internal/store"
)

func heldIDs(t testing.TB, s *store.Store, f admin.Filter) (ids []string) {
	t.Helper()
	if err := s.Held(t.Context(), f, func(h admin.Held) error { ids = append(ids, h.ID); return nil }); err != nil {
		t.Fatalf("list held: %v", err)
	}
	return ids
}

func testHeld(t *testing.T, db Database) {
	s := db(t, "one")
	a, b := held(mail("m1", 2), check.Ownership, check.FanOut), held(mail("m2", 1), check.FanIn)
	b.Stream, b.Deliveries[0].HeldAt = "letter", now.Add(time.Hour)
	b.Deliveries[0].Exposures = []check.Exposure{{Person: key("somebody"), Ident: key("x"), Kind: jp.Email}}
	record(t, s, a, b, mail("m3", 1))
	for name, c := range map[string]struct {
		filter admin.Filter
		want   []string
	}{
		"all":       {admin.Filter{}, []string{"m1.1", "m1.2", "m2.1"}},
		"stream":    {admin.Filter{Stream: "letter"}, []string{"m2.1"}},
		"rule":      {admin.Filter{Rule: check.FanOut}, []string{"m1.1", "m1.2"}},
		"since":     {admin.Filter{Since: now.Add(time.Minute)}, []string{"m2.1"}},
		"before":    {admin.Filter{Before: now.Add(time.Minute)}, []string{"m1.1", "m1.2"}},
		"person":    {admin.Filter{Person: key("victim")}, []string{"m1.1", "m1.2"}},
		"own":       {admin.Filter{Person: key("person 0")}, nil},
		"recipient": {admin.Filter{Recipient: key("rcpt 1")}, []string{"m1.2"}},
		"several":   {admin.Filter{Recipient: key("rcpt 0"), Rule: check.Ownership, Stream: "order", Person: key("victim")}, []string{"m1.1"}},
		"ids":       {admin.Filter{IDs: []string{"m2.1", "m1.2", "m3.1"}}, []string{"m1.2", "m2.1"}},
		"ids, rule": {admin.Filter{IDs: []string{"m2.1", "m1.2"}, Rule: check.FanIn}, []string{"m2.1"}},
	} {
		same(t, name, heldIDs(t, s, c.filter), c.want)
		if c.filter.IDs == nil {
			n, err := s.HeldCount(t.Context(), c.filter)
			same(t, "count of "+name, []any{n, err}, []any{int64(len(c.want)), nil})
		}
	}
	boom := errors.New("boom")
	if err := s.Held(t.Context(), admin.Filter{}, func(admin.Held) error { return boom }); !errors.Is(err, boom) {
		t.Errorf("the list ends with %v", err)
	}
	err := s.Held(t.Context(), admin.Filter{IDs: []string{"gone.1"}}, func(admin.Held) error { return nil })
	same(t, "an unknown id", fault.KindOf(err), fault.NotFound)
	var got admin.Held
	if err := s.Held(t.Context(), admin.Filter{IDs: []string{"m1.2"}}, func(h admin.Held) error { got = h; return nil }); err != nil {
		t.Fatal(err)
	}
	same(t, "held", got, admin.Held{
		ID: "m1.2", Mail: "m1", Stream: "order", Recipient: key("rcpt 1"), Sealed: []byte("sealed rcpt 1"), Key: a.Key, Envelope: a.Envelope,
		Rules: a.Deliveries[1].Rules, Persons: []check.Key{key("victim")}, ReceivedAt: now, HeldAt: now, JudgedAt: 7, Size: 1234,
	})
}

func testRelease(t *testing.T, db Database) {
	s := db(t, "one")
	old := held(mail("m2", 1), check.Ownership)
	old.Deliveries[0].JudgedAt = 6
	first := held(mail("m1", 2), check.Ownership)
	first.Deliveries[1].Exposures = append(first.Deliveries[1].Exposures,
		check.Exposure{Person: key("victim"), Ident: key("victim name"), Kind: jp.Name}, check.Exposure{Person: key("victim"), Ident: key("victim address"), Kind: jp.Address})
	record(t, s, first, old, mail("m3", 1))
	later := now.Add(time.Hour)
	move := admin.Move{Filter: admin.Filter{Stream: "order"}, By: "hanako", Reason: "known customer", Version: 7}

	for name, bad := range map[string]admin.Move{"name": {Reason: "r"}, "reason": {By: "hanako", Reason: " "}} {
		_, err := s.Release(t.Context(), later, bad)
		same(t, "without a "+name, fault.KindOf(err), fault.Invalid)
	}
	moved, err := s.Release(t.Context(), later, move)
	same(t, "released", []any{moved, err}, []any{admin.Moved{Count: 2, Outdated: []string{"m2.1"}}, nil})
	d := read(t, s, "m1", "m1.2").Deliveries[0]
	same(t, "due", []any{d.State, d.Due.UTC(), d.Rules}, []any{custody.Queued, later, []check.Rule{check.Ownership}})
	same(t, "judged too long ago", state(t, s, "m2.1"), "held [ownership]")

	c := counts(t, s, later, check.Wants{Idents: []check.Key{key("victim phone"), key("victim")}, Recipients: []check.Key{key("rcpt 0")}})
	same(t, "phone seen by", rcptsOf(c.Sightings[key("victim phone")]), map[check.Key]bool{key("rcpt 0"): true, key("rcpt 1"): true})
	same(t, "name and address seen by", rcptsOf(c.Sightings[key("victim")]), map[check.Key]bool{key("rcpt 1"): true})
	same(t, "teaches nobody", c.Sightings[key("victim phone")][0].Days, int32(0))
	same(t, "receipts", len(c.Received[key("rcpt 0")]), 2)

	move.IDs, move.Version = []string{"m2.1", "m1.1"}, 0
	moved, err = s.Discard(t.Context(), later, move)
	same(t, "discarded", []any{moved, err}, []any{admin.Moved{Count: 1}, nil})
	d = read(t, s, "m2").Deliveries[0]
	same(t, "ended", []any{d.State, d.EndedAt.UTC()}, []any{custody.Discarded, later})
	same(t, "queued mail is not discarded", state(t, s, "m3.1"), "queued []")
	acts, err := s.Audits(t.Context(), later)
	if err != nil || len(acts) != 2 || acts[0].Act != "release" || acts[1].Act != "discard" || acts[0].Who != "hanako" || acts[0].Reason != "known customer" {
		t.Errorf("acts %+v, %v", acts, err)
	}
	moved, err = s.Discard(t.Context(), later, move)
	same(t, "nothing left", []any{moved, err}, []any{admin.Moved{}, nil})
}

// testReleaseMany: thousands at once, in more than one piece.
func testReleaseMany(t *testing.T, db Database) {
	s := db(t, "one")
	const n = 2500
	for i := 0; i < n; i += 250 {
		var mails []*gate.Mail
		for k := range 250 {
			m := held(mail(fmt.Sprintf("m%04d", i+k), 1), check.FanOut)
			m.Deliveries[0].Recipient = key("rcpt %d", i+k)
			mails = append(mails, m)
		}
		record(t, s, mails...)
	}
	same(t, "listed", len(heldIDs(t, s, admin.Filter{Rule: check.FanOut})), n)
	moved, err := s.Release(t.Context(), now, admin.Move{By: "hanako", Reason: "a campaign"})
	same(t, "released", []any{moved, err}, []any{admin.Moved{Count: n}, nil})
	same(t, "left", len(heldIDs(t, s, admin.Filter{})), 0)
	acts, err := s.Audits(t.Context(), now)
	same(t, "acts", []any{len(acts), err}, []any{3, nil})
}

func testQuestions(t *testing.T, db Database) {
	s := db(t, "one")
	m := mail("m1", 2)
	record(t, s, m, held(mail("m2", 1), check.Ownership))
	claim(t, s, now, 10)
	settle(t, s, gate.Settled{Delivery: "m1.2", State: custody.Relayed, Attempt: 1, Code: 250})
	var got []string
	yield := func(x admin.Exposed) error {
		got = append(got, fmt.Sprintf("%s %s %s own=%v", x.Delivery, x.Kind, x.State, x.Own))
		if x.Recipient == (check.Key{}) || x.Sealed == nil || x.Key == nil || x.Stream != "order" || !x.At.Equal(now) || x.Mail != x.Delivery[:2] {
			t.Errorf("incomplete: %+v", x)
		}
		return nil
	}
	ask := func(what string, want []string, err error) {
		t.Helper()
		same(t, what, []any{got, err}, []any{want, nil})
		got = nil
	}
	ask("person", []string{"m1.1 phone queued own=false", "m1.2 phone relayed own=false", "m2.1 phone held own=false"},
		s.ExposuresOf(t.Context(), key("victim"), yield))
	ask("own", []string{"m1.2 email relayed own=true"}, s.ExposuresOf(t.Context(), key("person 1"), yield))
	ask("identifier", []string{"m1.1 email queued own=false", "m1.2 email relayed own=false"}, s.ExposuresBy(t.Context(), key("stray m1"), yield))
	ask("recipient", []string{"m1.2 email relayed own=true", "m1.2 phone relayed own=false", "m1.2 email relayed own=false"},
		s.Received(t.Context(), key("rcpt 1"), yield))
	common := held(mail("m9", 3), check.FanOut)
	common.Effects.Sightings = []check.SightingEffect{sightingOf(key("stray m9"), key("rcpt 0")), sightingOf(key("stray m9"), key("rcpt 1")),
		sightingOf(key("victim phone"), key("rcpt 0")), sightingOf(key("victim phone"), key("rcpt 1"))}
	record(t, s, common)
	list, err := s.Common(t.Context(), now.Add(-time.Hour), 2, 10)
	same(t, "common", []any{list, err}, []any{[]admin.Common{{Ident: key("stray m9"), Kind: jp.Email, Recipients: 3, Mails: 1, Delivery: "m9.3"}}, nil})
	list, err = s.Common(t.Context(), now.Add(time.Hour), 2, 10)
	same(t, "common since later", []any{len(list), err}, []any{0, nil})
	ask("nobody", nil, s.ExposuresOf(t.Context(), key("nobody"), yield))
}

func testAlerts(t *testing.T, db Database) {
	s := db(t, "one")
	raise := func(at time.Time, count int, text string) {
		write(t, s, func(tx gate.Tx) error {
			return errors.Join(tx.Alert(at, gate.Alert{Kind: "held", Subject: "order/ownership", Text: text, Count: count}),
				tx.Audit(at, gate.Audit{Who: "gate", Act: "alert", Object: "o", Reason: "r"}))
		})
	}
	raise(now, 0, "first")
	raise(now.Add(time.Minute), 4, "second")
	list, err := s.Alerts(t.Context(), false)
	if err != nil || len(list) != 1 {
		t.Fatalf("alerts %v, %v", list, err)
	}
	id := list[0].ID
	want := admin.RaisedAlert{ID: id, First: now, Last: now.Add(time.Minute), Count: 5}
	want.Kind, want.Subject, want.Text = "held", "order/ownership", "second"
	same(t, "counted up", list[0], want)
	due := func(at time.Time) int {
		list, err := s.AlertsDue(t.Context(), at)
		if err != nil {
			t.Fatal(err)
		}
		return len(list)
	}
	same(t, "not told yet", due(now), 1)
	if err := s.AlertTold(t.Context(), id, now.Add(time.Minute)); err != nil {
		t.Fatal(err)
	}
	same(t, "told", []int{due(now), due(now.Add(time.Hour))}, []int{0, 1})
	p, err := s.Pulse(t.Context(), now)
	same(t, "pulse", []any{p.OpenAlerts, err}, []any{1, nil})
	if err := s.AlertAck(t.Context(), id, "hanako", now); err != nil {
		t.Fatal(err)
	}
	same(t, "acknowledged twice", fault.KindOf(s.AlertAck(t.Context(), id, "hanako", now)), fault.NotFound)
	same(t, "due after", due(now.Add(time.Hour)), 0)
	raise(now, 1, "third") // a new one
	all, err := s.Alerts(t.Context(), true)
	if err != nil || len(all) != 2 || all[0].AckedBy != "hanako" || all[1].Count != 1 {
		t.Errorf("alerts %+v, %v", all, err)
	}
	acts, err := s.Audits(t.Context(), time.Time{})
	same(t, "acts", []any{len(acts), err}, []any{4, nil})
}
