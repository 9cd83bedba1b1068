package storetest

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/kakitome/kakitome/internal/admin"
	"github.com/kakitome/kakitome/internal/check"
	"github.com/kakitome/kakitome/internal/custody"
	"github.com/kakitome/kakitome/internal/fault"
	"github.com/kakitome/kakitome/internal/gate"
	"github.com/kakitome/kakitome/internal/store"
)

// claim claims and returns which deliveries, and how many may go twice.
func claim(t testing.TB, s *store.Store, at time.Time, n int) (ids []string, duplicates int) {
	t.Helper()
	mails, duplicates, err := s.Claim(t.Context(), at, n, time.Minute)
	if err != nil {
		t.Fatalf("claim: %v", err)
	}
	for _, m := range mails {
		for _, d := range m.Deliveries {
			ids = append(ids, d.ID)
			if !d.Lease.Equal(at.Add(time.Minute)) || m.Body == nil || d.Sealed == nil {
				t.Errorf("claimed %s with lease %v and body %q", d.ID, d.Lease, m.Body)
			}
		}
	}
	return ids, duplicates
}

func testClaim(t *testing.T, db Database) {
	s, other := db(t, "one"), db(t, "two")
	later := mail("m2", 1)
	later.Deliveries[0].Due = now.Add(time.Hour)
	otherStream := mail("m3", 1)
	otherStream.Stream = "letter"
	hot := mail("m5", 1) // leaves at once, leased to its node
	hot.Deliveries[0].Lease = now.Add(30 * time.Second)
	record(t, s, mail("m1", 3), later, otherStream, held(mail("m4", 1), check.Ownership), hot)

	first, _ := claim(t, s, now, 2)
	second, _ := claim(t, other, now, 10)
	same(t, "claimed by two nodes", len(first)+len(second), 4)
	for _, id := range []string{"m1.1", "m1.2", "m1.3", "m3.1"} {
		n := 0
		for _, got := range append(first, second...) {
			if got == id {
				n++
			}
		}
		same(t, "times "+id+" was claimed", n, 1)
	}
	none, _ := claim(t, s, now, 10)
	same(t, "claimed again", none, nil)

	due, err := s.NextDue(t.Context())
	same(t, "next due", []any{due.UTC(), err}, []any{now.Add(30 * time.Second), nil}) // the hot one's lease ends
	again, duplicates := claim(t, other, now.Add(2*time.Minute), 10)
	same(t, "claimed after the leases ran out", []int{len(again), duplicates}, []int{5, 5})

	if err := other.ReleaseLeases(t.Context(), again[:2]); err != nil {
		t.Fatal(err)
	}
	if err := s.ReleaseLeases(t.Context(), again[2:]); err != nil { // not its own: stays
		t.Fatal(err)
	}
	back, duplicates := claim(t, s, now.Add(2*time.Minute), 10)
	same(t, "given back unsent", []any{back, duplicates}, []any{again[:2], 0})

	n, err := other.ReleaseNode(t.Context(), now.Add(2*time.Minute))
	same(t, "leases after a restart", []any{n, err}, []any{int64(3), nil})
	_, duplicates = claim(t, s, now.Add(2*time.Minute), 10)
	same(t, "may go twice after a restart", duplicates, 3)
}

func testPause(t *testing.T, db Database) {
	s, other := db(t, "one"), db(t, "two")
	record(t, s, mail("m1", 1))
	pause := func(s *store.Store, on bool, want bool) {
		t.Helper()
		write(t, s, func(tx gate.Tx) error {
			changed, err := tx.Pause(now, gate.Pause{Stream: "order", On: on, Rule: check.Breaker, By: "gate", Reason: "too many"})
			same(t, "changed", changed, want)
			return err
		})
	}
	pause(s, true, true)
	pause(other, true, false)
	p, err := other.Pulse(t.Context(), now)
	same(t, "pulse", []any{p, err}, []any{store.Pulse{Paused: map[string]bool{"order": true}}, nil})
	same(t, "counts", counts(t, other, now, check.Wants{Stream: "order"}).Streams["order"].Paused, true)
	ids, _ := claim(t, other, now, 10)
	same(t, "claimed of a paused stream", ids, nil)

	record(t, s, held(mail("m2", 1), check.Breaker), held(mail("m3", 1), check.Breaker, check.Ownership))
	streams, err := s.Streams(t.Context())
	same(t, "streams", []any{streams, err}, []any{[]admin.StreamState{{
		Name: "order", Paused: true, Rule: check.Breaker, By: "gate", Reason: "too many", Since: now, Queued: 1, Held: 2,
	}}, nil})
	pause(s, false, true)
	same(t, "waited for the stream alone", state(t, s, "m2.1"), "queued [breaker]")
	same(t, "waited for more", state(t, s, "m3.1"), "held [breaker ownership]")
	ids, _ = claim(t, other, now, 10)
	same(t, "claimed after resuming", ids, []string{"m1.1", "m2.1"})

	if s.EvidenceSource("one") == nil {
		t.Error("no evidence")
	}
}

func settle(t testing.TB, s *store.Store, results ...gate.Settled) {
	t.Helper()
	write(t, s, func(tx gate.Tx) error { return tx.Settle(now.Add(time.Second), results) })
}

func testSettle(t *testing.T, db Database) {
	s := db(t, "one")
	record(t, s, mail("m1", 5))
	claim(t, s, now, 10)
	notice := mail("dsn", 1)
	results := []gate.Settled{
		{Delivery: "m1.1", State: custody.Relayed, Attempt: 1, Code: 250, Enhanced: "2.0.0"},
		{Delivery: "m1.2", State: custody.Relayed, Attempt: 1, Code: 250, Enhanced: "2.0.0"},
		{Delivery: "m1.3", State: custody.Queued, Attempt: 1, Due: now.Add(time.Minute), Code: 451, Enhanced: "4.3.0", Uncertain: true},
		{Delivery: "m1.4", State: custody.Returned, Attempt: 1, Code: 550, Enhanced: "5.1.1", Notice: notice},
		{Delivery: "m1.5", State: custody.Undeliverable, Attempt: 1, Code: 550, Enhanced: "5.1.1"},
	}
	settle(t, s, results...)
	settle(t, s, results...) // the same once more changes nothing, and sends no second notice
	m := read(t, s, "m1")
	type ended struct {
		state     string
		ended     bool
		lease     bool
		uncertain bool
	}
	var got []ended
	for _, d := range m.Deliveries {
		got = append(got, ended{d.State.String(), d.EndedAt.Equal(now.Add(time.Second)), !d.Lease.IsZero(), d.Uncertain})
	}
	want := []ended{{"relayed", true, false, false}, {"relayed", true, false, false}, {"queued", false, false, true}, {"returned", true, false, false}, {"undeliverable", true, false, false}}
	if fmt.Sprint(got) != fmt.Sprint(want) {
		t.Errorf("settled: got %v, want %v", got, want)
	}
	same(t, "next attempt", []any{m.Deliveries[2].Due.UTC(), m.Deliveries[2].Attempt}, []any{now.Add(time.Minute), 1})
	same(t, "notice", read(t, s, "dsn"), notice)
	settle(t, s, gate.Settled{Delivery: "m1.3", State: custody.Queued, Attempt: 2, Due: now.Add(time.Hour), Code: 451})
	same(t, "stays uncertain", read(t, s, "m1", "m1.3").Deliveries[0].Uncertain, true)

	err := s.Write(t.Context(), func(tx gate.Tx) error {
		return tx.Settle(now, []gate.Settled{{Delivery: "m1.3", State: custody.Discarded}})
	})
	same(t, "the relay discards nothing", fault.KindOf(err), fault.Conflict)
	err = s.Write(t.Context(), func(tx gate.Tx) error {
		return tx.Settle(now, []gate.Settled{{Delivery: "gone.1", State: custody.Relayed}})
	})
	same(t, "an unknown delivery", fault.KindOf(err), fault.NotFound)
}

func testLateAnswer(t *testing.T, db Database) {
	s := db(t, "one")
	record(t, s, held(mail("m1", 1), check.Ownership))
	settle(t, s, gate.Settled{Delivery: "m1.1", State: custody.Relayed, Attempt: 1, Code: 250, Notice: mail("dsn", 1)})
	same(t, "state", state(t, s, "m1.1"), "held [ownership]")
	alerts, err := s.Alerts(t.Context(), false)
	if err != nil || len(alerts) != 1 || alerts[0].Kind != "late_answer" || alerts[0].Subject != "m1.1" {
		t.Errorf("alerts %v, %v", alerts, err)
	}
	err = s.Read(t.Context(), func(tx gate.ReadTx) error { _, err := tx.Mail("dsn"); return err })
	same(t, "no notice", fault.KindOf(err), fault.NotFound)
}

func sightingOf(ident, rcpt check.Key) check.SightingEffect {
	return check.SightingEffect{Ident: ident, Sighting: check.Sighting{Recipient: rcpt, At: now, Days: 1, LastDay: 20000}}
}

func recall(t testing.TB, s *store.Store, ident check.Key) int {
	t.Helper()
	var n int
	write(t, s, func(tx gate.Tx) (err error) {
		n, err = tx.Recall(now, []check.Key{ident}, check.FanOut)
		return err
	})
	return n
}

func testRecall(t *testing.T, db Database) {
	s := db(t, "one")
	sent, waits, leased := mail("m1", 1), mail("m2", 3), mail("m3", 1)
	waits.Deliveries[1].Exposures[1].Own = true // the third party's own
	waits.Deliveries[2].Rules = []check.Rule{check.Ownership}
	leased.Deliveries[0].Lease = now.Add(time.Minute)
	for i := range 3 {
		waits.Effects.Sightings = append(waits.Effects.Sightings, sightingOf(key("victim phone"), key("rcpt %d", i)), sightingOf(key("stray m2"), key("rcpt %d", i)))
	}
	record(t, s, sent)
	claim(t, s, now, 1)
	settle(t, s, gate.Settled{Delivery: "m1.1", State: custody.Relayed, Attempt: 1, Code: 250})
	record(t, s, waits, leased)

	same(t, "recalled", recall(t, s, key("victim phone")), 2)
	same(t, "recalled again", recall(t, s, key("victim phone")), 0)
	same(t, "states", []string{state(t, s, "m1.1"), state(t, s, "m2.1"), state(t, s, "m2.2"), state(t, s, "m2.3"), state(t, s, "m3.1")},
		[]string{"relayed []", "held [fan_out]", "queued []", "held [ownership fan_out]", "queued []"})
	c := counts(t, s, now, check.Wants{Idents: []check.Key{key("victim phone"), key("stray m2")}})
	// rcpt 0 got the phone by m1; rcpt 1 is its own and was not recalled; rcpt 2 never got it.
	same(t, "sightings of the phone", rcptsOf(c.Sightings[key("victim phone")]), map[check.Key]bool{key("rcpt 0"): true, key("rcpt 1"): true})
	same(t, "sightings of the stray", rcptsOf(c.Sightings[key("stray m2")]), map[check.Key]bool{key("rcpt 1"): true})

	// Name and address together are blocked under the person's key.
	record(t, s, mail("m4", 1))
	same(t, "recalled by person", recall(t, s, key("victim")), 1) // m3.1 is leased
	same(t, "state of m4", state(t, s, "m4.1"), "held [fan_out]")
}

func rcptsOf(list []check.Sighting) map[check.Key]bool {
	m := map[check.Key]bool{}
	for _, s := range list {
		m[s.Recipient] = true
	}
	return m
}

func testStale(t *testing.T, db Database) {
	s := db(t, "one")
	stale, fresh, never, leased := mail("m1", 2), mail("m2", 1), mail("m3", 1), mail("m4", 1)
	for i := range stale.Deliveries {
		stale.Deliveries[i].StaleAt = now.Add(time.Minute)
	}
	fresh.Deliveries[0].StaleAt = now.Add(time.Hour)
	leased.Deliveries[0].StaleAt, leased.Deliveries[0].Lease = now, now.Add(time.Hour)
	record(t, s, stale, fresh, never, leased)
	n, err := s.Stale(t.Context(), now.Add(time.Minute))
	same(t, "stale", []any{n, err}, []any{2, nil})
	same(t, "states", []string{state(t, s, "m1.1"), state(t, s, "m1.2"), state(t, s, "m2.1"), state(t, s, "m3.1"), state(t, s, "m4.1")},
		[]string{"held [stale]", "held [stale]", "queued []", "queued []", "queued []"})
	// The lease of m4 runs out without an answer: it is not handed out, but held too.
	ids, _ := claim(t, s, now.Add(2*time.Hour), 9)
	same(t, "claimed after the lease", slices.Contains(ids, "m4.1"), false)
	n, err = s.Stale(t.Context(), now.Add(2*time.Hour))
	same(t, "stale after the lease", []any{n, err, state(t, s, "m4.1")}, []any{2, nil, "held [stale]"}) // and m2
	moved, err := s.Release(t.Context(), now.Add(time.Hour), admin.Move{Filter: admin.Filter{Rule: check.Stale}, By: "hanako", Reason: "still wanted"})
	same(t, "released", []any{moved, err}, []any{admin.Moved{Count: 4}, nil})
	n, err = s.Stale(t.Context(), now.Add(2*time.Hour))
	same(t, "what a person released does not grow stale again", []any{n, err, state(t, s, "m1.1")}, []any{0, nil, "queued [stale]"})
}

func testJudge(t *testing.T, db Database) {
	s := db(t, "one")
	record(t, s, held(mail("m1", 2), check.NewAddress))
	j := gate.Judged{
		Mail: "m1", Delivery: "m1.2", State: custody.Held, Rules: []check.Rule{check.Ownership}, Due: now, RosterVersion: 8,
		Verdict: []byte("sealed anew"), Exposures: []check.Exposure{{Person: key("p"), Ident: key("i"), Kind: 1}},
	}
	judge := func() error { return s.Write(t.Context(), func(tx gate.Tx) error { return tx.Judge(now, j) }) }
	if err := judge(); err != nil {
		t.Fatal(err)
	}
	m := read(t, s, "m1")
	same(t, "verdict", string(m.Verdict), "sealed anew")
	same(t, "the other delivery", m.Deliveries[0].Rules, []check.Rule{check.NewAddress})
	d := m.Deliveries[1]
	same(t, "judged", []any{d.State, d.Rules, d.JudgedAt, d.Exposures}, []any{custody.Held, j.Rules, int64(8), j.Exposures})

	j.State, j.Rules, j.Exposures, j.RosterVersion = custody.Queued, nil, []check.Exposure{{Person: key("p"), Ident: key("i"), Kind: 1, Own: true}}, 9
	j.Effects.Sightings = []check.SightingEffect{sightingOf(key("i"), key("rcpt 1"))}
	if err := judge(); err != nil {
		t.Fatal(err)
	}
	d = read(t, s, "m1", "m1.2").Deliveries[0]
	same(t, "fits now", []any{d.State, d.Rules, d.JudgedAt, d.Exposures, d.Due.UTC()}, []any{custody.Queued, j.Rules, int64(9), j.Exposures, now})
	same(t, "counted", len(counts(t, s, now, check.Wants{Idents: []check.Key{key("i")}}).Sightings), 1)
	same(t, "judged when no longer held", fault.KindOf(judge()), fault.Conflict)
	j.State = custody.Relayed
	same(t, "a judge relays nothing", fault.KindOf(judge()), fault.Conflict)
}

// testLeases: leases that nobody has in hand any more are found once they are
// old enough, and end; then the deliveries are claimed again as possible
// duplicates.
func testLeases(t *testing.T, db Database) {
	s, other := db(t, "one"), db(t, "two")
	record(t, s, mail("m1", 2))
	if ids, _ := claim(t, s, now, 9); len(ids) != 2 {
		t.Fatalf("claimed %v", ids)
	}
	leased := func(s *store.Store, at time.Time) []string {
		t.Helper()
		ids, err := s.Leased(t.Context(), at, at.Add(-10*time.Second), time.Minute)
		if err != nil {
			t.Fatal(err)
		}
		slices.Sort(ids)
		return ids
	}
	same(t, "too young", len(leased(s, now.Add(9*time.Second))), 0)
	same(t, "old enough", leased(s, now.Add(11*time.Second)), []string{"m1.1", "m1.2"})
	same(t, "of the other node", len(leased(other, now.Add(11*time.Second))), 0)
	same(t, "run out", len(leased(s, now.Add(2*time.Minute))), 0)
	if err := s.EndLeases(t.Context(), now.Add(11*time.Second), []string{"m1.2"}); err != nil {
		t.Fatal(err)
	}
	ids, duplicates := claim(t, s, now.Add(12*time.Second), 9)
	same(t, "claimed again", []any{ids, duplicates}, []any{[]string{"m1.2"}, 1})
}
