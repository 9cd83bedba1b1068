package check

// repeatsToHold is the number of a mail of the same content to one recipient
// within a day from which on it is held.
const repeatsToHold = 4

// replay is rule 9: hold mail dated long ago, and the fourth of the same
// content to one recipient within a day (incidents 95–97: restarts and
// migrations that sent old mail again). The same bytes under the same
// Message-ID are no replay but a retry, see Seen.
func replay(v *view) []Reason {
	e := v.j.e
	var reasons []Reason
	if !e.Date.IsZero() && e.Stream.MaxAge > 0 && e.At.Sub(e.Date) > e.Stream.MaxAge {
		reasons = append(reasons, Reason{Rule: Replay, Detail: "old", Where: "header Date"})
	}
	if n := v.j.c.Repeats[Repeat{e.Content, v.r.Key}] + 1; n >= repeatsToHold {
		reasons = append(reasons, Reason{Rule: Replay, Detail: "repeated", Count: n, Limit: repeatsToHold - 1})
	}
	return reasons
}
