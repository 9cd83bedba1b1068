package storetest

import (
	"errors"
	"fmt"
	"iter"
	"slices"
	"testing"
	"time"

	"github.com/kakitome/kakitome/internal/admin"
	"github.com/kakitome/kakitome/internal/check"
	"github.com/kakitome/kakitome/internal/custody"
	"github.com/kakitome/kakitome/internal/fault"
	"github.com/kakitome/kakitome/internal/gate"
	"github.com/kakitome/kakitome/internal/jp"
	"github.com/kakitome/kakitome/internal/roster"
	"github.com/kakitome/kakitome/internal/store"
)

// person has an address and a name.
func person(id, email string) admin.SealedPerson {
	return admin.SealedPerson{
		Person: key("%s", id), Sealed: []byte("sealed " + id), Canary: id == "canary", Folding: jp.Version,
		Entries: []roster.Entry{
			{Ident: key("%s", email), Kind: jp.Email, Domain: key("domain")},
			{Ident: key("name of %s", id), Form: key("form of %s", id), Kind: jp.Name, Len: 4, Anchor: 4000},
		},
	}
}

func seq(persons ...admin.SealedPerson) iter.Seq2[admin.SealedPerson, error] {
	return func(yield func(admin.SealedPerson, error) bool) {
		for _, p := range persons {
			if !yield(p, nil) {
				return
			}
		}
	}
}

func imported(t testing.TB, s *store.Store, at time.Time, persons ...admin.SealedPerson) admin.Imported {
	t.Helper()
	im, err := s.ImportRoster(t.Context(), at, admin.Import{Feed: admin.FeedCSV, By: "hanako", Most: 20}, seq(persons...))
	if err != nil {
		t.Fatalf("import: %v", err)
	}
	return im
}

func loaded(t testing.TB, s *store.Store) (list []string, version int64) {
	t.Helper()
	version, err := s.LoadRoster(t.Context(), func(p admin.SealedPerson) error {
		list = append(list, fmt.Sprintf("%s %d %v", p.Sealed, len(p.Entries), p.Canary))
		return nil
	})
	if err != nil {
		t.Fatalf("load: %v", err)
	}
	slices.Sort(list)
	return list, version
}

func testRoster(t *testing.T, db Database) {
	s, other := db(t, "one"), db(t, "two")
	list, version := loaded(t, s)
	same(t, "empty", []any{list, version}, []any{[]string(nil), int64(0)})
	same(t, "first", imported(t, s, now, person("a", "a@"), person("b", "b@"), person("canary", "c@")),
		admin.Imported{Version: 1, Added: 3, People: 3, Entries: 6})
	same(t, "same again", imported(t, s, now, person("b", "b@"), person("a", "a@")), admin.Imported{Version: 1, Unchanged: 2, People: 3, Entries: 6})

	again := person("b", "b@")
	again.Entries = append(again.Entries, roster.Entry{Ident: key("090"), Kind: jp.Phone, Class: jp.Mobile})
	same(t, "changed", imported(t, other, now.Add(time.Hour), person("a", "a@"), person("b", "new@"), again, person("d", "d@")),
		admin.Imported{Version: 2, Added: 1, Changed: 1, Unchanged: 1, People: 4, Entries: 9, Bound: roster.Bindings{Touched: 1}})
	list, version = loaded(t, s)
	same(t, "loaded", []any{list, version}, []any{[]string{"sealed a 2 false", "sealed b 3 false", "sealed canary 2 true", "sealed d 2 false"}, int64(2)})
	got, err := s.RosterPerson(t.Context(), key("b"))
	slices.SortFunc(got.Entries, func(a, b roster.Entry) int { return int(a.Kind) - int(b.Kind) })
	want := again
	want.Entries = []roster.Entry{again.Entries[0], again.Entries[2], again.Entries[1]}
	same(t, "person", []any{got, err}, []any{want, nil})
	_, err = s.RosterPerson(t.Context(), key("nobody"))
	same(t, "nobody", fault.KindOf(err), fault.NotFound)

	var changed []string
	version, err = s.RosterChanges(t.Context(), 1, 2, func(p admin.SealedPerson, removed bool) error {
		changed = append(changed, fmt.Sprintf("%s %v", p.Sealed, removed))
		return nil
	})
	slices.Sort(changed)
	same(t, "changes", []any{changed, version, err}, []any{[]string{"sealed b false", "sealed d false"}, int64(2), nil})
	_, err = s.RosterChanges(t.Context(), 1, 1, func(admin.SealedPerson, bool) error { return errors.New("called") })
	same(t, "too many changes", errors.Is(err, admin.ErrManyChanges), true)
	stats, err := s.RosterNow(t.Context())
	same(t, "now", []any{stats, err}, []any{admin.RosterVersion{Version: 2, PublishedAt: now.Add(time.Hour), Note: "import by hanako", People: 4, Entries: 9}, nil})
	acts, err := s.Audits(t.Context(), now.Add(time.Hour))
	same(t, "act", []any{acts, err}, []any{[]store.Audited{{
		Audit: gate.Audit{Who: "hanako", Act: "import", Object: "roster version 2", Reason: "feed csv: 3 people, 1 added, 1 changed, 0 removed"}, At: now.Add(time.Hour), Node: "two",
	}}, nil})
	p, err := other.Pulse(t.Context(), now)
	same(t, "pulse", []any{p.RosterVersion, err}, []any{int64(2), nil})
}

// What is hashed under another folding is no longer the same, and says so.
func testFolding(t *testing.T, db Database) {
	s := db(t, "one")
	old, again := person("a", "a@"), person("a", "a@")
	old.Folding = jp.Version + 1
	imported(t, s, now, old)
	got, err := s.RosterPerson(t.Context(), key("a"))
	same(t, "folding", []any{got.Folding, err}, []any{jp.Version + 1, nil})
	same(t, "again", imported(t, s, now, again), admin.Imported{Version: 2, Changed: 1, People: 1, Entries: 2})
	got, err = s.RosterPerson(t.Context(), key("a"))
	same(t, "folding", []any{got.Folding, err}, []any{jp.Version, nil})
}

func owners(t testing.TB, s *store.Store, ident string, at time.Time) []check.Key {
	t.Helper()
	list, _, err := s.OwnersThen(t.Context(), key("%s", ident), at)
	if err != nil {
		t.Fatal(err)
	}
	return list
}

func testOwners(t *testing.T, db Database) {
	s := db(t, "one")
	imported(t, s, now, person("a", "x@"))
	imported(t, s, now.Add(time.Hour), person("b", "x@"))
	imported(t, s, now.Add(2*time.Hour), person("a", "y@"))
	for i, want := range [][]check.Key{nil, {key("a")}, {key("a"), key("b")}, {key("b")}} {
		slices.SortFunc(want, func(a, b check.Key) int { return slices.Compare(a[:], b[:]) })
		same(t, fmt.Sprintf("owners after %d hours", i-1), owners(t, s, "x@", now.Add(time.Duration(i-1)*time.Hour)), want)
	}
	done, err := s.Retain(t.Context(), now.Add(24*time.Hour), store.Keep{Versions: time.Hour})
	same(t, "retained", []any{done.Persons, err}, []any{1, nil})
	same(t, "owners forgotten", owners(t, s, "x@", now.Add(time.Hour)), nil)
	same(t, "owners now", owners(t, s, "x@", now.Add(3*time.Hour)), []check.Key{key("b")})
}

// testImportFails: nothing of an import that ends with an error is seen, and
// the next one is not disturbed.
func testImportFails(t *testing.T, db Database) {
	s := db(t, "one")
	imported(t, s, now, person("a", "a@"), person("b", "b@"))
	boom := errors.New("bad row")
	_, err := s.ImportRoster(t.Context(), now, admin.Import{}, func(yield func(admin.SealedPerson, error) bool) {
		for i := range 2500 {
			if !yield(person(fmt.Sprint("new ", i), fmt.Sprint(i, "@")), nil) {
				return
			}
		}
		if yield(person("a", "z@"), nil) {
			list, version := loaded(t, s)
			same(t, "while it runs", []any{len(list), version}, []any{2, int64(1)})
			_, err := s.ImportRoster(t.Context(), now, admin.Import{}, seq(person("c", "c@")))
			same(t, "another at the same time", fault.KindOf(err), fault.Conflict)
			yield(admin.SealedPerson{}, boom)
		}
	})
	if !errors.Is(err, boom) {
		t.Errorf("import ends with %v", err)
	}
	list, version := loaded(t, s)
	same(t, "after it", []any{list, version}, []any{[]string{"sealed a 2 false", "sealed b 2 false"}, int64(1)})
	same(t, "owner of a new address", owners(t, s, "7@", now), nil)
	same(t, "the next", imported(t, s, now, person("c", "c@")), admin.Imported{Version: 2, Added: 1, People: 3, Entries: 6})
	same(t, "owner of the old address", owners(t, s, "a@", now), []check.Key{key("a")})
	same(t, "owner of the address that failed", owners(t, s, "z@", now), nil)
}

func testErase(t *testing.T, db Database) {
	s := db(t, "one")
	imported(t, s, now, person("victim", "v@"), person("b", "b@"))
	imported(t, s, now, person("victim", "v2@"))
	about, waits, other := mail("m1", 1), mail("m2", 1), mail("m3", 1)
	to := mail("m4", 1)
	to.Deliveries[0].Recipient = key("v@")
	for _, m := range []*gate.Mail{to, other} {
		m.Deliveries[0].Exposures = nil
	}
	waits.Deliveries[0].State = custody.Held
	about.Effects.Sightings = []check.SightingEffect{sightingOf(key("v@"), key("rcpt 0")), sightingOf(key("y"), key("v2@")), sightingOf(key("y"), key("rcpt 0"))}
	record(t, s, about, waits, other, to)
	claim(t, s, now, 10)
	for _, id := range []string{"m1.1", "m3.1", "m4.1"} {
		settle(t, s, gate.Settled{Delivery: id, State: custody.Relayed, Attempt: 1, Code: 250})
	}
	done, err := s.RemovePerson(t.Context(), now.Add(time.Hour), key("victim"), "hanako", "asked")
	same(t, "erased", []any{done, err}, []any{admin.Erased{Version: 3, Bodies: 2, Learned: 2}, nil})
	var bodies []bool
	for _, id := range []string{"m1", "m2", "m3", "m4"} {
		m := read(t, s, id)
		bodies = append(bodies, m.Body != nil && m.Verdict != nil)
	}
	same(t, "bodies left", bodies, []bool{false, true, true, false})
	same(t, "owners, now and then", [][]check.Key{owners(t, s, "v2@", now.Add(time.Hour)), owners(t, s, "v@", now)}, [][]check.Key{nil, nil})
	same(t, "sightings left", len(counts(t, s, now, check.Wants{Idents: []check.Key{key("v@"), key("y")}}).Sightings), 1)
	list, version := loaded(t, s)
	same(t, "roster", []any{list, version}, []any{[]string{"sealed b 2 false"}, int64(3)})
	var changed []string
	_, err = s.RosterChanges(t.Context(), 2, 2, func(p admin.SealedPerson, removed bool) error {
		changed = append(changed, fmt.Sprintf("%v %v %d", p.Person == key("victim"), removed, len(p.Entries)))
		return nil
	})
	same(t, "other nodes learn it", []any{changed, err}, []any{[]string{"true true 0"}, nil})
	n := 0
	err = s.ExposuresOf(t.Context(), key("victim"), func(admin.Exposed) error { n++; return nil })
	same(t, "exposure facts stay", []any{n, err}, []any{2, nil})
	_, err = s.RemovePerson(t.Context(), now, key("victim"), "hanako", "asked")
	same(t, "erased twice", fault.KindOf(err), fault.NotFound)
	stats, err := s.RosterNow(t.Context())
	same(t, "people", []any{stats.People, stats.Entries, err}, []any{int64(1), int64(2), nil})
	same(t, "comes back", imported(t, s, now, person("victim", "v@")), admin.Imported{Version: 4, Added: 1, People: 2, Entries: 4})
}

func testAffected(t *testing.T, db Database) {
	s := db(t, "one")
	imported(t, s, now, person("a", "a@"), person("b", "b@"))
	hold := func(id, rcpt, ident string) *gate.Mail {
		m := held(mail(id, 1), check.NewAddress)
		m.Deliveries[0].Recipient, m.Deliveries[0].JudgedAt = key("%s", rcpt), 1
		m.Deliveries[0].Exposures = []check.Exposure{{Ident: key("%s", ident), Kind: jp.Email}}
		return m
	}
	queued := hold("m6", "new@", "x")
	queued.Deliveries[0].State = custody.Queued
	judged := hold("m7", "new@", "x")
	judged.Deliveries[0].JudgedAt = 2
	record(t, s, hold("m1", "new@", "x"), hold("m2", "y", "new@"), hold("m3", "name of a", "x"), hold("m4", "a@", "x"), hold("m5", "b@", "name of b"), queued, judged)
	affected := func(version int64) (ids []string) {
		if err := s.Affected(t.Context(), version, func(mail, id string) error { ids = append(ids, id); return nil }); err != nil {
			t.Fatal(err)
		}
		return ids
	}
	same(t, "before", affected(1), nil)
	imported(t, s, now, person("a", "new@"))
	same(t, "after", affected(2), []string{"m1.1", "m2.1", "m3.1", "m4.1"})
}
