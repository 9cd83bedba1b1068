package storetest

import (
	"errors"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/kakitome/kakitome/internal/admin"
	"github.com/kakitome/kakitome/internal/check"
	"github.com/kakitome/kakitome/internal/fault"
	"github.com/kakitome/kakitome/internal/jp"
	"github.com/kakitome/kakitome/internal/roster"
	"github.com/kakitome/kakitome/internal/store"
)

// member has an address, a name, a home and a member number of its own.
func member(n int) admin.SealedPerson {
	p := person(fmt.Sprint("m", n), fmt.Sprintf("m%d@", n))
	p.Entries = append(p.Entries,
		roster.Entry{Ident: key("home of m%d", n), Form: key("home form of m%d", n), Kind: jp.Address, Len: 9},
		roster.Entry{Ident: key("number of m%d", n), Kind: jp.MemberNo})
	return p
}

func members(from, to int) []admin.SealedPerson {
	var list []admin.SealedPerson
	for n := from; n < to; n++ {
		list = append(list, member(n))
	}
	return list
}

// reads gives a member what is another's: the address, or all.
func reads(n, other int, kinds ...jp.Kind) admin.SealedPerson {
	p, q := member(n), member(other)
	for i := range p.Entries {
		if slices.Contains(kinds, p.Entries[i].Kind) {
			p.Entries[i] = q.Entries[i]
		}
	}
	return p
}

func feed(name string) admin.Import { return admin.Import{Feed: name, By: "feed " + name, Most: 20} }

func fed(t testing.TB, s *store.Store, at time.Time, in admin.Import, persons ...admin.SealedPerson) (admin.Imported, *admin.Refusal) {
	t.Helper()
	im, err := s.ImportRoster(t.Context(), at, in, seq(persons...))
	var refused *admin.Refusal
	if err != nil && !errors.As(err, &refused) {
		t.Fatalf("import: %v", err)
	}
	return im, refused
}

// taken is fed for what is not refused.
func taken(t testing.TB, s *store.Store, at time.Time, in admin.Import, persons ...admin.SealedPerson) {
	t.Helper()
	if _, refused := fed(t, s, at, in, persons...); refused != nil {
		t.Fatalf("import: %v", refused)
	}
}

func stateOf(t testing.TB, s *store.Store, name string) admin.FeedState {
	t.Helper()
	list, err := s.Feeds(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range list {
		if f.Name == name {
			return f
		}
	}
	return admin.FeedState{}
}

func openAlerts(t testing.TB, s *store.Store) (kinds []string) {
	t.Helper()
	list, err := s.Alerts(t.Context(), false)
	if err != nil {
		t.Fatal(err)
	}
	for _, a := range list {
		kinds = append(kinds, a.Kind+" "+a.Subject)
	}
	return kinds
}

// acts are the acts audited since a time, and why.
func acts(t testing.TB, s *store.Store, since time.Time) (list []string) {
	t.Helper()
	all, err := s.Audits(t.Context(), since)
	if err != nil {
		t.Fatal(err)
	}
	for _, a := range all {
		list = append(list, fmt.Sprintf("%s: %s %s (%s)", a.Who, a.Act, a.Object, a.Reason))
	}
	return list
}

// testFeeds: a feed's place moves with what it brought, or not at all; one
// node's run is one run.
func testFeeds(t *testing.T, db Database) {
	s, other := db(t, "one"), db(t, "two")
	for _, c := range []struct {
		s    *store.Store
		at   time.Duration
		ours bool
	}{{s, 0, true}, {other, time.Second, false}, {other, time.Minute, true}, {s, time.Minute, false}} {
		ours, err := c.s.ClaimFeed(t.Context(), "shop", now.Add(c.at), now.Add(c.at-time.Minute))
		same(t, fmt.Sprint("claim after ", c.at), []any{ours, err}, []any{c.ours, nil})
	}
	in := feed("shop")
	in.Mark = func() (admin.FeedMark, error) {
		return admin.FeedMark{Sealed: []byte("place 1"), Query: key("question")}, nil
	}
	taken(t, s, now.Add(time.Minute), in, member(1), member(2))
	want := admin.FeedState{Name: "shop", FirstAt: now, RunAt: now.Add(time.Minute), FedAt: now.Add(time.Minute), Rows: 2, Changed: 2,
		Mark: admin.FeedMark{Sealed: []byte("place 1"), Query: key("question")}}
	same(t, "fed", stateOf(t, other, "shop"), want)

	in.Mark = func() (admin.FeedMark, error) { return admin.FeedMark{}, errors.New("no place") }
	if _, err := s.ImportRoster(t.Context(), now.Add(time.Hour), in, seq(member(3))); err == nil {
		t.Error("an import without its place is taken")
	}
	same(t, "failed", stateOf(t, s, "shop"), want)
	if err := s.FeedFailed(t.Context(), now.Add(time.Hour), "shop", "feed shop", "no place"); err != nil {
		t.Fatal(err)
	}
	want.Problem = "no place"
	same(t, "noted", stateOf(t, s, "shop"), want)
	list, version := loaded(t, s)
	same(t, "roster", []any{len(list), version}, []any{2, int64(1)})

	in.Mark = func() (admin.FeedMark, error) { return admin.FeedMark{Sealed: []byte("place 2")}, nil }
	im, _ := fed(t, s, now.Add(2*time.Hour), in, member(2))
	same(t, "nothing changed", []any{im.Version, im.Unchanged}, []any{int64(1), 1})
	want.Problem, want.FedAt, want.Rows, want.Changed, want.Mark = "", now.Add(2*time.Hour), 1, 0, admin.FeedMark{Sealed: []byte("place 2")}
	same(t, "fed again", stateOf(t, s, "shop"), want)
	same(t, "acts", acts(t, s, now), []string{
		"feed shop: import roster version 1 (feed shop: 2 people, 2 added, 0 changed, 0 removed)",
		"feed shop: import_failed feed shop (no place)",
		"feed shop: import roster version 1 (feed shop: 1 people, 0 added, 0 changed, 0 removed)",
	})
}

// testFeedLate: somebody is told once that a feed is late, and no longer when
// it has fed.
func testFeedLate(t *testing.T, db Database) {
	s := db(t, "one")
	late := func(at time.Duration) {
		t.Helper()
		if err := s.FeedLate(t.Context(), now.Add(at), admin.FeedCSV, now.Add(at-time.Hour)); err != nil {
			t.Fatal(err)
		}
	}
	late(0) // heard of now
	late(time.Minute)
	same(t, "not yet", openAlerts(t, s), nil)
	late(2 * time.Hour)
	late(3 * time.Hour)
	same(t, "late", openAlerts(t, s), []string{"feed_late csv"})
	same(t, "since", stateOf(t, s, admin.FeedCSV).LateAt, now.Add(2*time.Hour))
	list, _ := s.Alerts(t.Context(), false)
	same(t, "told once", list[0].Count, int64(1))
	if err := s.AlertAck(t.Context(), list[0].ID, "hanako", now.Add(3*time.Hour)); err != nil {
		t.Fatal(err)
	}
	late(4 * time.Hour)
	same(t, "acknowledged", openAlerts(t, s), nil)
	taken(t, s, now.Add(5*time.Hour), feed(admin.FeedCSV), member(1))
	late(5*time.Hour + time.Minute)
	same(t, "fed", openAlerts(t, s), nil)
	late(7 * time.Hour)
	same(t, "late again", openAlerts(t, s), []string{"feed_late csv"})
	taken(t, s, now.Add(8*time.Hour), feed(admin.FeedCSV), member(1)) // nothing new is a word too
	same(t, "fed again", openAlerts(t, s), nil)
	same(t, "not late", stateOf(t, s, admin.FeedCSV).LateAt, time.Time{})
}

// testFeedRemoves: who is removed by a feed is no more, was then, and may come
// back.
func testFeedRemoves(t *testing.T, db Database) {
	s := db(t, "one")
	taken(t, s, now, feed("shop"), member(1), member(2))
	gone := admin.SealedPerson{Person: member(1).Person, Removed: true}
	nobody := admin.SealedPerson{Person: key("nobody"), Removed: true}
	im, _ := fed(t, s, now.Add(time.Hour), feed("shop"), gone, nobody)
	same(t, "removed", im, admin.Imported{Version: 2, Removed: 1, Unchanged: 1, People: 1, Entries: 4})
	im, _ = fed(t, s, now.Add(time.Hour), feed("shop"), gone)
	same(t, "removed again", im, admin.Imported{Version: 2, Unchanged: 1, People: 1, Entries: 4})
	list, _ := loaded(t, s)
	same(t, "left", list, []string{"sealed m2 4 false"})
	same(t, "then and now", [][]check.Key{owners(t, s, "m1@", now), owners(t, s, "m1@", now.Add(time.Hour))}, [][]check.Key{{key("m1")}, nil})
	var changes []string
	_, err := s.RosterChanges(t.Context(), 1, 10, func(p admin.SealedPerson, removed bool) error {
		changes = append(changes, fmt.Sprint(p.Person == key("m1"), removed))
		return nil
	})
	same(t, "other nodes learn it", []any{changes, err}, []any{[]string{"true true"}, nil})
	im, _ = fed(t, s, now.Add(2*time.Hour), feed("shop"), member(1))
	same(t, "back", im, admin.Imported{Version: 3, Added: 1, People: 2, Entries: 8})
}

// testImportLarge: persons that come twice, far apart, and the ways to them.
func testImportLarge(t *testing.T, db Database) {
	s := db(t, "one")
	var list []admin.SealedPerson
	for n := range 2500 {
		list = append(list, member(n))
	}
	list = append(list, reads(7, 9000, jp.Email)) // the last counts
	im, refused := fed(t, s, now, feed("shop"), list...)
	same(t, "imported", []any{im.People, im.Entries, im.Bound, refused}, []any{int64(2500), int64(10_000), roster.Bindings{}, (*admin.Refusal)(nil)})
	same(t, "owners", [][]check.Key{owners(t, s, "m7@", now), owners(t, s, "m9000@", now), owners(t, s, "m2499@", now), owners(t, s, "home of m7", now)},
		[][]check.Key{nil, {key("m7")}, {key("m2499")}, {key("m7")}})
}

// testBoundAnew: an import that writes people over one another is refused as a
// whole; one in which people move, marry and change their numbers is not.
func testBoundAnew(t *testing.T, db Database) {
	s := db(t, "one")
	taken(t, s, now, feed("shop"), members(0, 1000)...)
	ordinary := func(change func(n int) admin.SealedPerson) (list []admin.SealedPerson) {
		for n := range 300 {
			list = append(list, change(n))
		}
		return list
	}
	for name, list := range map[string][]admin.SealedPerson{
		"moves":            ordinary(func(n int) admin.SealedPerson { return reads(n, 5000+n, jp.Address) }),
		"marry":            ordinary(func(n int) admin.SealedPerson { return reads(n, 5000+n, jp.Address, jp.Name) }),
		"new mail address": ordinary(func(n int) admin.SealedPerson { return reads(n, 5000+n, jp.Email) }),
		"another folding": ordinary(func(n int) admin.SealedPerson {
			p := reads(n, 500+n, jp.Email, jp.Name, jp.Address)
			p.Folding++
			return p
		}),
		"all move to one pickup store": ordinary(func(n int) admin.SealedPerson {
			return reads(n, 9000, jp.Address)
		}),
	} {
		im, refused := fed(t, s, now, feed("shop"), list...)
		want := roster.Bindings{Touched: 300}
		if name == "another folding" { // cannot be compared
			want = roster.Bindings{}
		}
		same(t, name, []any{refused, im.Bound}, []any{(*admin.Refusal)(nil), want})
		_, refused = fed(t, s, now, feed("shop"), members(0, 300)...)
		same(t, name+", and back", refused, (*admin.Refusal)(nil))
	}
	_, before := loaded(t, s)
	for name, kinds := range map[string][]jp.Kind{
		"addresses of others": {jp.Email}, "homes of others": {jp.Address}, "numbers of others": {jp.MemberNo},
		"profiles of others": {jp.Email, jp.Name, jp.Address}, "strangers": nil,
	} {
		var list []admin.SealedPerson
		for n := range 300 {
			switch {
			case n >= 21: // as known
				list = append(list, member(n))
			case name == "strangers":
				list = append(list, reads(n, 7000+n, jp.Email, jp.Name))
			default:
				list = append(list, reads(n, 500+n, kinds...))
			}
		}
		at := now.Add(24 * time.Hour)
		_, refused := fed(t, s, at, feed("shop"), list...)
		if refused == nil {
			t.Fatalf("%s: taken", name)
		}
		same(t, name, []any{refused.Feed, refused.Bound, len(refused.Examples)}, []any{"shop", roster.Bindings{Touched: 21, Anew: 21}, 10})
		_, version := loaded(t, s)
		same(t, name+": the roster stays", version, before)
		same(t, name+": owners stay", owners(t, s, "m0@", at), []check.Key{key("m0")})
		same(t, name+": told", openAlerts(t, s), []string{"feed_refused shop"})
		same(t, name+": noted", stateOf(t, s, "shop").Refused, refused)
	}
	im, refused := fed(t, s, now.Add(25*time.Hour), feed("shop"), members(0, 300)...) // mended at the source
	same(t, "mended", []any{im.Unchanged, refused, stateOf(t, s, "shop").Refused, openAlerts(t, s)}, []any{300, (*admin.Refusal)(nil), (*admin.Refusal)(nil), []string(nil)})
}

// testBoundAnewInDay: many small changes are together what a large one is.
func testBoundAnewInDay(t *testing.T, db Database) {
	s := db(t, "one")
	taken(t, s, now, feed("shop"), members(0, 1000)...)
	run := func(at time.Duration, from, to int) *admin.Refusal {
		t.Helper()
		var list []admin.SealedPerson
		for n := from; n < to; n++ {
			list = append(list, reads(n, 500+n, jp.Email))
		}
		_, refused := fed(t, s, now.Add(at), feed("shop"), list...)
		return refused
	}
	for i := range 4 {
		if refused := run(time.Duration(i)*time.Hour, 5*i, 5*i+5); refused != nil {
			t.Fatalf("run %d: %v", i, refused)
		}
	}
	same(t, "the 21st", run(4*time.Hour, 20, 21) != nil, true)
	same(t, "a day after the first", run(24*time.Hour+time.Minute, 20, 21) == nil, true)
}

// testAgree: what somebody agreed to is taken once, and as much as was refused.
func testAgree(t *testing.T, db Database) {
	s := db(t, "one")
	taken(t, s, now, feed("shop"), members(0, 1000)...)
	list := func(n int) (list []admin.SealedPerson) {
		for i := range n {
			list = append(list, reads(i, 500+i, jp.Email))
		}
		return list
	}
	same(t, "nothing to agree to", fault.KindOf(s.AgreeFeed(t.Context(), now, "shop", "hanako", "merged")), fault.NotFound)
	_, refused := fed(t, s, now, feed("shop"), list(40)...)
	same(t, "refused", refused.Bound, roster.Bindings{Touched: 40, Anew: 40})
	at := now.Add(time.Hour)
	if err := s.AgreeFeed(t.Context(), at, "shop", "hanako", "merged"); err != nil {
		t.Fatal(err)
	}
	same(t, "agreed", []any{stateOf(t, s, "shop").Agreed, openAlerts(t, s)}, []any{40, []string(nil)})
	_, refused = fed(t, s, at, feed("shop"), list(61)...)
	same(t, "more than that", refused != nil, true)
	same(t, "is agreed to no more", stateOf(t, s, "shop").Agreed, 0)
	if err := s.AgreeFeed(t.Context(), at, "shop", "hanako", "merged"); err != nil {
		t.Fatal(err)
	}
	im, refused := fed(t, s, at, feed("shop"), list(62)...)
	same(t, "taken", []any{im.Changed, refused}, []any{62, (*admin.Refusal)(nil)})
	_, refused = fed(t, s, at, feed("shop"), reads(100, 600, jp.Email))
	same(t, "what was agreed to does not count", refused, (*admin.Refusal)(nil))

	in := feed(admin.FeedCSV)
	in.Agreed = "test data"
	again := list(0)
	for n := range 62 {
		again = append(again, reads(200+n, 700+n, jp.Email))
	}
	im, refused = fed(t, s, at, in, again...)
	same(t, "agreed beforehand", []any{im.Bound.Anew, refused}, []any{62, (*admin.Refusal)(nil)})
	all := acts(t, s, at)
	same(t, "act", all[len(all)-1], "feed csv: import roster version 4 (feed csv: 62 people, 0 added, 62 changed, 0 removed; 62 of 62 bound anew, agreed: test data)")
}
