package gate

import (
	"context"
	"errors"
	"testing"
)

// Of large mails one is examined at a time; small ones do not wait for it.
func TestLargeMailsWaitForEachOther(t *testing.T) {
	t.Parallel()
	g := New(Options{})
	done, err := g.turn(t.Context(), largeBytes+1)
	if err != nil {
		t.Fatal(err)
	}
	impatient, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := g.turn(impatient, largeBytes+1); !errors.Is(err, context.Canceled) {
		t.Errorf("a second large mail: %v", err)
	}
	small, err := g.turn(t.Context(), largeBytes)
	if err != nil {
		t.Fatal(err)
	}
	small()
	done()
	if len(g.large)+len(g.work) != 0 {
		t.Errorf("turns not given back: %d large, %d in all", len(g.large), len(g.work))
	}
	if done, err = g.turn(t.Context(), largeBytes+1); err != nil {
		t.Fatal(err)
	}
	done()
}
