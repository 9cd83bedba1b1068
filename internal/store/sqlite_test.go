package store_test

import (
	"bytes"
	"path/filepath"
	"testing"

	"golang.org/x/mod/sumdb/note"

	"github.com/kakitome/kakitome/internal/store"
	"github.com/kakitome/kakitome/internal/store/storetest"
)

func TestSQLite(t *testing.T) {
	t.Parallel()
	storetest.Run(t, sqliteDatabase, verifier(t, "one"))
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

// signer is the key of a node's log, the same each time.
func signer(t testing.TB, node string) note.Signer {
	t.Helper()
	secret, _ := keys(t, node)
	s, err := note.NewSigner(secret)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func verifier(t testing.TB, node string) note.Verifier {
	t.Helper()
	_, public := keys(t, node)
	v, err := note.NewVerifier(public)
	if err != nil {
		t.Fatal(err)
	}
	return v
}

func keys(t testing.TB, node string) (secret, public string) {
	t.Helper()
	seed := make([]byte, 32)
	copy(seed, node)
	secret, public, err := note.GenerateKey(bytes.NewReader(seed), "evidence.shop.example/"+node)
	if err != nil {
		t.Fatal(err)
	}
	return secret, public
}
