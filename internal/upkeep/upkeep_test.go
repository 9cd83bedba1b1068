package upkeep

import (
	"context"
	"errors"
	"log/slog"
	"slices"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"
)

// database answers a pulse.
type database struct {
	beat  atomic.Pointer[Beat]
	fail  atomic.Bool
	hang  atomic.Bool
	asked atomic.Int64
}

func (d *database) ask(ctx context.Context) (Beat, error) {
	d.asked.Add(1)
	if d.hang.Load() {
		<-ctx.Done()
		return Beat{}, ctx.Err()
	}
	if d.fail.Load() {
		return Beat{}, errors.New("down")
	}
	return *d.beat.Load(), nil
}

func startPulse(t *testing.T, changed func(before, now Beat)) (*Pulse, *database) {
	t.Helper()
	d := &database{}
	d.beat.Store(&Beat{Paused: map[string]bool{"news": true}, RosterVersion: 1})
	p := NewPulse(PulseOptions{Ask: d.ask, Changed: changed, Log: slog.New(slog.DiscardHandler)})
	if p.Fresh() || !p.Paused("order") {
		t.Error("before the first beat nothing may leave")
	}
	if err := p.Start(t.Context()); err != nil {
		t.Fatal(err)
	}
	return p, d
}

// A second without an answer, and nothing may leave (P6); an answer, and it may.
func TestPulseFreshness(t *testing.T) {
	t.Parallel()
	for _, how := range []string{"fails", "hangs"} {
		synctest.Test(t, func(t *testing.T) {
			p, d := startPulse(t, nil)
			defer p.Stop()
			if !p.Fresh() || p.Paused("order") || !p.Paused("news") || p.Last().RosterVersion != 1 {
				t.Error("after the first beat")
			}
			for range 30 {
				time.Sleep(100 * time.Millisecond)
				if !p.Fresh() {
					t.Fatal("not fresh while the database answers")
				}
			}
			broken := &d.fail
			if how == "hangs" {
				broken = &d.hang
			}
			broken.Store(true)
			time.Sleep(1001 * time.Millisecond)
			if p.Fresh() {
				t.Errorf("fresh a second after the last answer (%s)", how)
			}
			broken.Store(false)
			time.Sleep(1300 * time.Millisecond) // a question may still hang for a second
			if !p.Fresh() {
				t.Errorf("not fresh although the database answers again (%s)", how)
			}
		})
	}
}

// An answer counts from when it was asked for, however long it took.
func TestSlowAnswerIsOld(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		p := NewPulse(PulseOptions{Every: time.Hour, Log: slog.New(slog.DiscardHandler), Ask: func(context.Context) (Beat, error) {
			time.Sleep(900 * time.Millisecond)
			return Beat{}, nil
		}})
		if err := p.Start(t.Context()); err != nil {
			t.Fatal(err)
		}
		defer p.Stop()
		if !p.Fresh() {
			t.Error("not fresh after 900 ms")
		}
		time.Sleep(100 * time.Millisecond)
		if p.Fresh() {
			t.Error("fresh a second after the question")
		}
	})
}

func TestPulseStartFails(t *testing.T) {
	t.Parallel()
	p := NewPulse(PulseOptions{Ask: func(context.Context) (Beat, error) { return Beat{}, errors.New("down") }})
	if err := p.Start(t.Context()); err == nil {
		t.Error("a node began blind")
	}
}

// Again returns when what was written before is known here.
func TestPulseAgain(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		p, d := startPulse(t, nil)
		d.beat.Store(&Beat{Paused: map[string]bool{"order": true}})
		p.Again(t.Context())
		if !p.Paused("order") || p.Paused("news") {
			t.Error("the pause is not effective")
		}
		gone, leave := context.WithCancel(t.Context())
		leave()
		p.Again(gone)
		p.Stop()
		p.Again(gone) // must not wait for ever
	})
}

// Changed is called for changes only, with both beats.
func TestPulseChanged(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var seen [][2]int64
		p, d := startPulse(t, func(before, now Beat) { seen = append(seen, [2]int64{before.RosterVersion, now.RosterVersion}) })
		for _, b := range []Beat{
			{Paused: map[string]bool{"news": true}, RosterVersion: 1}, // as it was
			{Paused: map[string]bool{"news": true}, RosterVersion: 2},
			{Paused: map[string]bool{}, RosterVersion: 2},
			{Paused: nil, RosterVersion: 2}, // as it was
			{RosterVersion: 2, OpenAlerts: 1},
		} {
			d.beat.Store(&b)
			p.Again(t.Context())
		}
		p.Stop()
		if want := [][2]int64{{0, 1}, {1, 2}, {2, 2}, {2, 2}}; !slices.Equal(seen, want) {
			t.Errorf("changes %v, want %v", seen, want)
		}
	})
}

// A chore that fails or hangs does not stop the others; a wake is not lost;
// Stop ends what is under way.
func TestChores(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var good, bad, woken atomic.Int64
		ended := false
		c := NewChores(slog.New(slog.DiscardHandler),
			Chore{"good", time.Second, func(context.Context) error { good.Add(1); return nil }},
			Chore{"bad", time.Second, func(context.Context) error { bad.Add(1); return errors.New("bad") }},
			Chore{"hangs", time.Second, func(ctx context.Context) error { <-ctx.Done(); ended = true; return ctx.Err() }},
			Chore{"woken", time.Hour, func(context.Context) error { woken.Add(1); time.Sleep(time.Second); return nil }},
		)
		c.Now("woken") // before the start: done at the start
		c.Start()
		time.Sleep(time.Millisecond)
		if woken.Load() != 1 {
			t.Error("what was woken before the start was not done")
		}
		for range 5 {
			c.Now("woken") // under way: once more, not five times
		}
		c.Now("nobody")
		time.Sleep(3500 * time.Millisecond)
		if good.Load() != 3 || bad.Load() != 3 || woken.Load() != 2 {
			t.Errorf("good %d, bad %d, woken %d times", good.Load(), bad.Load(), woken.Load())
		}
		c.Stop()
		if !ended {
			t.Error("Stop did not wait")
		}
		time.Sleep(time.Minute)
		if good.Load() != 3 {
			t.Error("a chore was done after the stop")
		}
	})
}
