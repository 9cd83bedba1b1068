package storetest

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/kakitome/kakitome/internal/check"
	"github.com/kakitome/kakitome/internal/gate"
	"github.com/kakitome/kakitome/internal/store"
)

// testShareKeys: each node finds the keys of all, and the first to share one
// decides what it is.
func testShareKeys(t *testing.T, db Database) {
	one, two := db(t, "one"), db(t, "two")
	share := func(s *store.Store, own ...store.SharedKey) []store.SharedKey {
		t.Helper()
		all, err := s.ShareKeys(t.Context(), own)
		if err != nil {
			t.Fatal(err)
		}
		return all
	}
	a := store.SharedKey{ID: "aa", Month: "2026-11", Sealed: []byte("sealed a")}
	b := store.SharedKey{ID: "bb", Month: "2026-11", Sealed: []byte("sealed b")}
	share(one, a)
	if diff := cmp.Diff([]store.SharedKey{a, b}, share(two, b)); diff != "" {
		t.Errorf("keys at two (-want +got):\n%s", diff)
	}
	again := store.SharedKey{ID: "aa", Month: "2026-12", Sealed: []byte("another")}
	if diff := cmp.Diff([]store.SharedKey{a, b}, share(one, again)); diff != "" {
		t.Errorf("keys at one (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff([]store.SharedKey{a, b}, share(one)); diff != "" {
		t.Errorf("keys asked for (-want +got):\n%s", diff)
	}
}

// testUnblock: a lifted block and the count that led to it are gone, what was
// learned stays, and the act is audited; lifting what is not blocked does
// nothing. Old blocks end with the window they were counted in.
func testUnblock(t *testing.T, db Database) {
	s := db(t, "one")
	ident, other := key("blocked"), key("other")
	m := mail("m1", 1)
	m.Effects.Blocks = []check.Key{ident, other}
	learned := sightingOf(ident, key("owner"))
	learned.Learned = true
	m.Effects.Sightings = append(m.Effects.Sightings, sightingOf(ident, key("stray")), learned)
	record(t, s, m)
	act := gate.Audit{Who: "hanako", Act: "unblock", Object: "identifier", Reason: "a pickup store"}
	for _, want := range []int{1, 0} {
		n, err := s.Unblock(t.Context(), now, []check.Key{ident, key("never blocked")}, act)
		same(t, "lifted", []any{n, err}, []any{want, nil})
	}
	c := counts(t, s, now, check.Wants{Idents: []check.Key{ident, other}})
	same(t, "blocked", []bool{c.Blocked[ident], c.Blocked[other]}, []bool{false, true})
	same(t, "sightings", rcptsOf(c.Sightings[ident]), map[check.Key]bool{key("owner"): true})
	audits, err := s.Audits(t.Context(), now.Add(-time.Hour))
	if err != nil || len(audits) != 1 || audits[0].Act != "unblock" {
		t.Errorf("audit: %+v, %v", audits, err)
	}
	if _, err := s.Retain(t.Context(), now.Add(48*time.Hour), store.Keep{Sightings: 24 * time.Hour}); err != nil {
		t.Fatal(err)
	}
	same(t, "blocked after its window", counts(t, s, now, check.Wants{Idents: []check.Key{other}}).Blocked[other], false)
}
