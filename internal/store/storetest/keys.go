package storetest

import (
	"testing"

	"github.com/google/go-cmp/cmp"

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
