package store_test

import (
	"path/filepath"
	"testing"

	"golang.org/x/mod/sumdb/note"

	"github.com/kakitome/kakitome/internal/store"
	"github.com/kakitome/kakitome/internal/store/storetest"
)

func TestSQLite(t *testing.T) {
	t.Parallel()
	storetest.Run(t, sqliteDatabase)
}

// sqliteDatabase is a new file.
func sqliteDatabase(t testing.TB) storetest.Database {
	path := filepath.Join(t.TempDir(), "kakitome.db")
	return func(t testing.TB, node string) *store.Store {
		return open(t, store.Options{Path: path, Node: node})
	}
}

func open(t testing.TB, o store.Options) *store.Store {
	t.Helper()
	o.Signer = signer(t, o.Node)
	s, err := store.Open(t.Context(), o)
	if err != nil {
		t.Fatalf("open: %v", err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Errorf("close: %v", err)
		}
	})
	return s
}

func signer(t testing.TB, node string) note.Signer {
	t.Helper()
	secret, _, err := note.GenerateKey(nil, "evidence.shop.example/"+node)
	if err != nil {
		t.Fatal(err)
	}
	s, err := note.NewSigner(secret)
	if err != nil {
		t.Fatal(err)
	}
	return s
}
