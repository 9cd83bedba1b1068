package storetest

import (
	"errors"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/kakitome/kakitome/internal/check"
	"github.com/kakitome/kakitome/internal/custody"
	"github.com/kakitome/kakitome/internal/fault"
	"github.com/kakitome/kakitome/internal/gate"
	"github.com/kakitome/kakitome/internal/incident"
	"github.com/kakitome/kakitome/internal/response"
	"github.com/kakitome/kakitome/internal/scope"
	"github.com/kakitome/kakitome/internal/store"
)

func respond(t testing.TB, s *store.Store, fn func(tx response.Tx) error) {
	t.Helper()
	if err := s.Respond(t.Context(), fn); err != nil {
		t.Fatal(err)
	}
}

func testIncident(t *testing.T, db Database) {
	s := db(t, "one")
	want := response.Stored{ID: "i1", OpenedAt: now, State: incident.Found, Key: []byte("wrapped")}
	first := response.SealedEvent{N: 1, At: now, Kind: incident.Opened, By: "hana", Sealed: []byte("sealed opened")}
	respond(t, s, func(tx response.Tx) error {
		if err := tx.OpenIncident(want); err != nil {
			return err
		}
		return tx.AppendEvent("i1", first, incident.Found)
	})
	second := response.SealedEvent{N: 2, At: now.Add(time.Hour), Kind: incident.Closed, By: "ken", Sealed: []byte("sealed closed")}
	respond(t, s, func(tx response.Tx) error {
		if _, _, err := tx.Course("i2"); fault.KindOf(err) != fault.NotFound {
			t.Errorf("an unknown incident: %v", err)
		}
		n, err := tx.BlockFor("i1", now, keys("a", "b", "a"))
		same(t, "blocked", []any{n, err}, []any{2, nil})
		return tx.AppendEvent("i1", second, incident.IsClosed)
	})
	err := s.Respond(t.Context(), func(tx response.Tx) error { return tx.AppendEvent("i1", second, incident.IsClosed) })
	if err == nil {
		t.Error("an event has the number of another")
	}
	want.State, want.ClosedAt = incident.IsClosed, second.At
	got, events, err := s.Course(t.Context(), "i1")
	same(t, "incident", []any{got, events, err}, []any{want, []response.SealedEvent{first, second}, nil})

	contacts := []response.Contact{{Person: key("p1"), Sealed: []byte("one")}, {Person: key("p2"), Sealed: []byte("two")}}
	respond(t, s, func(tx response.Tx) error {
		if err := tx.PutContacts("i1", []response.Contact{{Person: key("p2"), Sealed: []byte("before")}}); err != nil {
			return err
		}
		return tx.PutContacts("i1", contacts)
	})
	list, err := s.Contacts(t.Context(), "i1")
	if err != nil || len(list) != 2 {
		t.Errorf("contacts %v %v", list, err)
	}
	// What something else had blocked before stays blocked.
	respond(t, s, func(tx response.Tx) error {
		n, err := tx.BlockFor("i2", now, keys("b", "c"))
		same(t, "blocked by another", []any{n, err}, []any{1, nil})
		n, err = tx.UnblockFor("i2")
		same(t, "lifted", []any{n, err}, []any{1, nil})
		n, err = tx.UnblockFor("i1")
		same(t, "lifted of the first", []any{n, err}, []any{2, nil})
		return tx.EraseIncident("i1")
	})
	all, err := s.Incidents(t.Context())
	want.Key = nil
	same(t, "erased", []any{all, err}, []any{[]response.Stored{want}, nil})
	if list, err = s.Contacts(t.Context(), "i1"); err != nil || len(list) != 0 {
		t.Errorf("contacts after erasing: %v %v", list, err)
	}
}

func letterIDs(t testing.TB, s *store.Store, f response.LetterFilter) (ids []string) {
	t.Helper()
	if err := s.Letters(t.Context(), f, func(l response.Letter) error { ids = append(ids, l.ID); return nil }); err != nil {
		t.Fatal(err)
	}
	return ids
}

func testLetters(t *testing.T, db Database) {
	s := db(t, "one")
	letters := []response.Letter{
		{ID: "l1", Incident: "i1", Round: 1, Kind: "notice", Address: key("a1"), Person: key("p1"), Sample: true, Sealed: []byte("s1"), Token: key("t1"), State: 1, MovedAt: now},
		{ID: "l2", Incident: "i1", Round: 1, Kind: "deletion", Address: key("a2"), Sealed: []byte("s2"), Token: key("t2"), State: 1, MovedAt: now},
		{ID: "l3", Incident: "i1", Round: 1, Kind: "notice", Address: key("a3"), Person: key("p3"), Paper: true, Sealed: []byte("s3"), State: 1, MovedAt: now},
	}
	respond(t, s, func(tx response.Tx) error { return tx.AddLetters(letters) })
	twice := letters[1]
	twice.ID, twice.Token = "l4", key("t4")
	if err := s.Respond(t.Context(), func(tx response.Tx) error { return tx.AddLetters([]response.Letter{twice}) }); err == nil {
		t.Error("an address gets two letters of one round")
	}
	for name, c := range map[string]struct {
		filter response.LetterFilter
		want   []string
	}{
		"all":     {response.LetterFilter{Incident: "i1"}, []string{"l1", "l2", "l3"}},
		"round":   {response.LetterFilter{Incident: "i1", Round: 2}, nil},
		"kind":    {response.LetterFilter{Incident: "i1", Kind: "notice"}, []string{"l1", "l3"}},
		"address": {response.LetterFilter{Incident: "i1", Address: key("a2")}, []string{"l2"}},
		"person":  {response.LetterFilter{Incident: "i1", Person: key("p3"), Round: 1}, []string{"l3"}},
		"sample":  {response.LetterFilter{Incident: "i1", Sample: true}, []string{"l1"}},
		"other":   {response.LetterFilter{Incident: "i2"}, nil},
	} {
		same(t, name, letterIDs(t, s, c.filter), c.want)
	}
	claim := func(at time.Time) (ids []string) {
		t.Helper()
		list, err := s.ClaimLetters(t.Context(), at, at.Add(time.Minute), 10)
		if err != nil {
			t.Fatal(err)
		}
		for _, l := range list {
			ids = append(ids, l.ID)
		}
		return ids
	}
	same(t, "claimed before it is approved", claim(now), nil)
	respond(t, s, func(tx response.Tx) error {
		return tx.MoveLetters([]response.LetterMove{{ID: "l1", State: 2, At: now, Due: now}, {ID: "l2", State: 2, At: now, Due: now.Add(time.Second)}, {ID: "l3", State: 2, At: now, Due: now}})
	})
	same(t, "claimed", claim(now), []string{"l1"})
	same(t, "claimed by another", claim(now), nil)
	same(t, "claimed when the lease ran out", claim(now.Add(time.Minute)), []string{"l1", "l2"})

	sent := mail("m1", 1)
	sent.Deliveries[0].State, sent.Deliveries[0].EndedAt = custody.Relayed, now.Add(time.Second)
	record(t, s, sent)
	respond(t, s, func(tx response.Tx) error {
		if err := tx.MoveLetters([]response.LetterMove{{ID: "l9", State: 1, At: now}}); fault.KindOf(err) != fault.NotFound {
			t.Errorf("a letter nobody wrote: %v", err)
		}
		return tx.MoveLetters([]response.LetterMove{{ID: "l1", State: 3, At: now, Mail: "m1"}, {ID: "l2", State: 5, At: now, Answers: []byte("yes")}})
	})
	same(t, "claimed after it was handed in", claim(now.Add(time.Hour)), []string{"l2"})
	respond(t, s, func(tx response.Tx) error {
		got, err := tx.Letter("l1")
		want := letters[0]
		want.State, want.Due, want.Mail, want.Fate, want.FateAt = 3, now, "m1", "relayed", now.Add(time.Second)
		same(t, "letter", []any{got, err}, []any{want, nil})
		got, err = tx.LetterByToken(key("t2"))
		same(t, "by token", []any{got.ID, got.Answers, err}, []any{"l2", []byte("yes"), nil})
		_, err = tx.LetterByToken(key("t9"))
		same(t, "by an unknown token", fault.KindOf(err), fault.NotFound)
		return nil
	})
}

// Drills and what is closed do not count.
func testStanding(t *testing.T, db Database) {
	s := db(t, "one")
	got, err := s.Standing(t.Context())
	same(t, "of nothing", []any{got, err}, []any{response.Standing{Incidents: map[incident.State]int{}}, nil})
	sent := mail("m1", 1)
	sent.Deliveries[0].State, sent.Deliveries[0].EndedAt = custody.Relayed, now
	record(t, s, sent)
	respond(t, s, func(tx response.Tx) error {
		for _, i := range []response.Stored{
			{ID: "i1", State: incident.IsScoped}, {ID: "i2", State: incident.IsScoped, Drill: true}, {ID: "i3", State: incident.Found}, {ID: "i4", State: incident.Found},
		} {
			i.OpenedAt, i.Key = now, []byte("key")
			if err := tx.OpenIncident(i); err != nil {
				return err
			}
		}
		if err := tx.AppendEvent("i4", response.SealedEvent{N: 1, At: now, Kind: incident.Closed, By: "hana", Sealed: []byte("x")}, incident.IsClosed); err != nil {
			return err
		}
		var list []response.Letter
		for n, id := range []string{"i1", "i1", "i1", "i2", "i4"} {
			list = append(list, response.Letter{ID: fmt.Sprint("l", n), Incident: id, Round: 1, Kind: "deletion", Address: key("a%d", n), Sealed: []byte("s"), State: 2, MovedAt: now})
		}
		if err := tx.AddLetters(list); err != nil {
			return err
		}
		return tx.MoveLetters([]response.LetterMove{{ID: "l0", State: 3, At: now, Mail: "m1"}})
	})
	got, err = s.Standing(t.Context())
	same(t, "standing", []any{got, err}, []any{response.Standing{
		Incidents: map[incident.State]int{incident.Found: 1, incident.IsScoped: 1},
		Letters:   []response.LetterCount{{State: 2, Letters: 2}, {State: 3, Fate: "relayed", Letters: 1}},
	}, nil})
}

func testInquiries(t *testing.T, db Database) {
	s := db(t, "one")
	pages := []response.Page{{Incident: "i1", Version: 1, At: now, Hash: "aa", Doc: []byte("{}")}, {Incident: "i2", Version: 1, At: now.Add(1e6), Hash: "bb", Doc: []byte("[]")}}
	respond(t, s, func(tx response.Tx) error {
		for _, p := range pages {
			if err := tx.AddPage(p); err != nil {
				return err
			}
		}
		return tx.PublishPage("i1", 1, now.Add(time.Hour))
	})
	pages[0].PublishedAt = now.Add(time.Hour)
	all, err := s.Pages(t.Context(), "")
	same(t, "pages", []any{all, err}, []any{pages, nil})
	one, err := s.Pages(t.Context(), "i2")
	same(t, "pages of one", []any{one, err}, []any{pages[1:], nil})

	asked := response.Inquiry{Ref: "Q-1", Kind: "question", At: now, Sealed: []byte("sealed")}
	waiting := response.SelfCheck{ID: "c1", Incident: "i1", At: now, Address: key("a"), Sealed: []byte("address")}
	respond(t, s, func(tx response.Tx) error {
		if err := tx.AddInquiry(asked); err != nil {
			return err
		}
		return tx.AddSelfCheck(waiting)
	})
	list, err := s.Inquiries(t.Context(), now)
	same(t, "inquiries", []any{list, err}, []any{[]response.Inquiry{asked}, nil})
	open, err := s.SelfChecks(t.Context(), 10)
	same(t, "self-checks", []any{open, err}, []any{[]response.SelfCheck{waiting}, nil})
	respond(t, s, func(tx response.Tx) error { return tx.AnswerSelfCheck("c1", key("t"), now.Add(time.Hour)) })
	if open, err = s.SelfChecks(t.Context(), 10); err != nil || len(open) != 0 {
		t.Errorf("still open: %v %v", open, err)
	}
	use := func(token string, at time.Time) (ok bool) {
		t.Helper()
		respond(t, s, func(tx response.Tx) (err error) {
			_, ok, err = tx.UseSelfCheck(key("%s", token), at)
			return err
		})
		return ok
	}
	if err := s.RetainAsked(t.Context(), now, now); err != nil {
		t.Fatal(err)
	}
	if list, err = s.Inquiries(t.Context(), now); err != nil || len(list) != 1 {
		t.Errorf("kept of what was asked just now: %v %v", list, err)
	}
	same(t, "uses", []bool{use("u", now), use("t", now.Add(time.Hour)), use("t", now), use("t", now)}, []bool{false, false, true, false})
	if err := s.RetainAsked(t.Context(), now.Add(time.Second), now.Add(time.Second)); err != nil {
		t.Fatal(err)
	}
	if list, err = s.Inquiries(t.Context(), now); err != nil || len(list) != 0 {
		t.Errorf("kept of what was asked before: %v %v", list, err)
	}
}

func testSentTo(t *testing.T, db Database) {
	s := db(t, "one")
	relayed, waits, heldMail := mail("m1", 2), mail("m2", 1), held(mail("m3", 1), "ownership")
	relayed.Deliveries[0].State, relayed.Deliveries[0].EndedAt, relayed.Deliveries[0].Rules = custody.Relayed, now, heldMail.Deliveries[0].Rules
	later := mail("m4", 1)
	later.Deliveries[0].State, later.Deliveries[0].EndedAt = custody.Relayed, now
	released := held(mail("m5", 1), "ownership") // a person has looked at it
	released.Deliveries[0].State, released.Deliveries[0].EndedAt = custody.Relayed, now
	record(t, s, []*gate.Mail{relayed, waits, heldMail, later, released}...)
	wrong := func() (got []string) {
		t.Helper()
		err := s.SentTo(t.Context(), key("rcpt 0"), 10, func(m response.SentMail) error {
			got = append(got, fmt.Sprint(m.Delivery, " ", m.Wrong))
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		return got
	}
	same(t, "sent", wrong(), []string{"m5.1 false", "m4.1 false", "m1.1 true"})
	for i, want := range []string{"m5.1 false", "m5.1 true"} { // a drill says nothing about it; an incident does
		id := fmt.Sprint("i", i)
		respond(t, s, func(tx response.Tx) error {
			if err := tx.OpenIncident(response.Stored{ID: id, OpenedAt: now, State: incident.Found, Drill: i == 0, Key: []byte("key")}); err != nil {
				return err
			}
			_, _, err := tx.Freeze(now, id, scope.Selection{Any: []scope.Part{{Mails: []string{"m5"}}}})
			return err
		})
		same(t, "of an incident", wrong()[0], want)
	}
}

func keys(names ...string) (list []check.Key) {
	for _, n := range names {
		list = append(list, key("%s", n))
	}
	return list
}

// Who goes on with an incident has it alone: two do not make the same event.
func testCourseRace(t *testing.T, db Database) {
	s := db(t, "one")
	respond(t, s, func(tx response.Tx) error {
		return tx.OpenIncident(response.Stored{ID: "i1", OpenedAt: now, State: incident.Found, Key: []byte("wrapped")})
	})
	const writers, each = 6, 5
	var wg sync.WaitGroup
	errs := make([]error, writers)
	for w := range writers {
		wg.Go(func() {
			for range each {
				errs[w] = errors.Join(errs[w], s.Respond(t.Context(), func(tx response.Tx) error {
					_, events, err := tx.Course("i1")
					if err != nil {
						return err
					}
					return tx.AppendEvent("i1", response.SealedEvent{N: len(events) + 1, At: now, Kind: incident.Noted, By: "hana", Sealed: []byte("x")}, incident.Found)
				}))
			}
		})
	}
	wg.Wait()
	if err := errors.Join(errs...); err != nil {
		t.Fatal(err)
	}
	_, events, err := s.Course(t.Context(), "i1")
	same(t, "events", []any{len(events), err}, []any{writers * each, nil})
}
