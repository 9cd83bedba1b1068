package keys

import (
	"crypto/rand"
	"path/filepath"
	"testing"
	"time"
)

// Two nodes that have the identifier key in common open what the other sealed
// after each month's new keys were shared through the database.
func TestNodesShareSealingKeys(t *testing.T) {
	t.Parallel()
	november := time.Date(2026, 11, 30, 23, 0, 0, 0, time.UTC)
	december := november.Add(2 * time.Hour)
	a, err := Open(filepath.Join(t.TempDir(), "a"), rand.Reader, november)
	if err != nil {
		t.Fatal(err)
	}
	dir := filepath.Join(t.TempDir(), "b")
	b, err := Open(dir, rand.Reader, november)
	if err != nil {
		t.Fatal(err)
	}
	b.ident = a.ident
	for _, r := range []*Ring{a, b} {
		if err := r.Rotate(december); err != nil {
			t.Fatal(err)
		}
	}
	sealed, err := a.Seal([]byte("place"), []byte("text"))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := b.Open([]byte("place"), sealed); err == nil {
		t.Fatal("b opened what it has no key for")
	}
	own := b.now.id
	for range 2 { // a second time changes nothing
		for _, s := range a.Share() {
			if err := b.Adopt(s); err != nil {
				t.Fatal(err)
			}
		}
	}
	if got, err := b.Open([]byte("place"), sealed); err != nil || string(got) != "text" {
		t.Fatalf("open = %q, %v", got, err)
	}
	if b.now.id != own {
		t.Error("b seals under a key of another node")
	}
	if len(b.seals) != 4 {
		t.Errorf("b has %d sealing keys, want 4", len(b.seals))
	}
	files, err := readDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	again, err := newRing(files)
	if err != nil || len(again.seals) != 4 {
		t.Errorf("after a restart: %d sealing keys, %v", len(again.seals), err)
	}
}

// A key that was tampered with in the database, or that belongs to another
// installation, is refused.
func TestAdoptRefusesForgedKeys(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 11, 1, 0, 0, 0, 0, time.UTC)
	a, err := Open(filepath.Join(t.TempDir(), "a"), rand.Reader, now)
	if err != nil {
		t.Fatal(err)
	}
	b, err := Open(filepath.Join(t.TempDir(), "b"), rand.Reader, now)
	if err != nil {
		t.Fatal(err)
	}
	good := a.Share()[0]
	if err := b.Adopt(good); err == nil {
		t.Error("a key of another installation was adopted")
	}
	b.ident = a.ident
	for i := range good.Sealed {
		bad := good
		bad.Sealed = append([]byte(nil), good.Sealed...)
		bad.Sealed[i] ^= 1
		if err := b.Adopt(bad); err == nil {
			t.Fatalf("byte %d flipped and adopted", i)
		}
	}
	for _, bad := range []Shared{
		{ID: "../../x", Month: good.Month, Sealed: good.Sealed},
		{ID: good.ID, Month: "2026-12", Sealed: good.Sealed},
		{ID: good.ID, Month: "../evil", Sealed: good.Sealed},
	} {
		if err := b.Adopt(bad); err == nil {
			t.Errorf("%+v was adopted", bad)
		}
	}
}
