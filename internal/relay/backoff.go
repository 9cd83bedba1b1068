package relay

import "time"

// GiveUp is how long a mail is tried before it is returned (RFC 5321
// §4.5.4.1: at least four to five days).
const GiveUp = 5 * 24 * time.Hour

// waits are the pauses after each try; the last one repeats. The first is
// short, for greylisting.
var waits = [...]time.Duration{
	time.Minute, 5 * time.Minute, 15 * time.Minute, 30 * time.Minute, time.Hour, 2 * time.Hour, 4 * time.Hour,
}

// NextTry is how long to wait after the attempt-th try (the first is 1).
// jitter in [0, 1) adds up to a fifth, so that what failed together does not
// come back together.
func NextTry(attempt int, jitter float64) time.Duration {
	wait := waits[min(max(attempt, 1), len(waits))-1]
	return wait + time.Duration(min(max(jitter, 0), 1)*float64(wait)/5)
}

// Expired tells whether a mail first tried at first is given up at now.
func Expired(first, now time.Time) bool { return now.Sub(first) >= GiveUp }
