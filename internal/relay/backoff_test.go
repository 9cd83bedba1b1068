package relay

import (
	"testing"
	"time"

	"pgregory.net/rapid"
)

func TestNextTry(t *testing.T) {
	t.Parallel()
	for attempt, want := range map[int]time.Duration{
		-1: time.Minute, 0: time.Minute, 1: time.Minute, 2: 5 * time.Minute, 3: 15 * time.Minute, 4: 30 * time.Minute,
		5: time.Hour, 6: 2 * time.Hour, 7: 4 * time.Hour, 8: 4 * time.Hour, 1 << 30: 4 * time.Hour,
	} {
		if got := NextTry(attempt, 0); got != want {
			t.Errorf("attempt %d: %v, want %v", attempt, got, want)
		}
	}
	rapid.Check(t, func(rt *rapid.T) {
		attempt := rapid.IntRange(1, 20).Draw(rt, "attempt")
		a, b := rapid.Float64Range(0, 1).Draw(rt, "a"), rapid.Float64Range(0, 1).Draw(rt, "b")
		base := NextTry(attempt, 0)
		got := NextTry(attempt, a)
		if got < base || got > base+base/5 || a < b && got > NextTry(attempt, b) || NextTry(attempt+1, a) < got {
			rt.Fatalf("attempt %d, jitter %v: %v", attempt, a, got)
		}
	})
}

func TestExpired(t *testing.T) {
	t.Parallel()
	first := time.Date(2026, 11, 1, 9, 0, 0, 0, time.UTC)
	if Expired(first, first.Add(GiveUp-time.Nanosecond)) || !Expired(first, first.Add(GiveUp)) {
		t.Error("wrong limit")
	}
}
