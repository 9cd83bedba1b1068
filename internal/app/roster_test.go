package app

import (
	"crypto/rand"
	"testing"
	"time"

	"github.com/kakitome/kakitome/internal/admin"
	"github.com/kakitome/kakitome/internal/fault"
	"github.com/kakitome/kakitome/internal/jp"
	"github.com/kakitome/kakitome/internal/keys"
	"github.com/kakitome/kakitome/internal/roster"
)

// A server does not run on a roster that its folding cannot search; the command
// that imports it anew does.
func TestServerRefusesAnotherFolding(t *testing.T) {
	t.Parallel()
	ring, err := keys.Open(t.TempDir(), rand.Reader, time.Now())
	if err != nil {
		t.Fatal(err)
	}
	a := &App{ring: ring}
	p := admin.SealedPerson{Person: roster.Key{1}, Folding: jp.Version + 1}
	if p.Sealed, err = a.seal(p.Person, "M-1"); err != nil {
		t.Fatal(err)
	}
	if _, err := a.hashed(p); fault.KindOf(err) != fault.Conflict || fault.HintOf(err) == "" {
		t.Errorf("a server takes a person of another folding: %v", err)
	}
	a.o.Offline = true
	if h, err := a.hashed(p); err != nil || h.ID != "M-1" {
		t.Errorf("a command reads %+v, %v", h, err)
	}
	a.o.Offline, p.Folding = false, jp.Version
	if _, err := a.hashed(p); err != nil {
		t.Errorf("a server refuses its own folding: %v", err)
	}
}
