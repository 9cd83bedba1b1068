package check

import (
	"slices"
	"time"
)

// The breaker trips on at least breakerRecipients ownership or fan_out holds
// to different recipients, exposing at least breakerPersons, within a minute,
// and breakerPercent of the stream's last mails.
const (
	breakerRecipients = 10
	breakerPersons    = 5
	breakerPercent    = 5
	breakerWindow     = time.Minute
)

// breakerTrips is rule 11: a stream whose mails go wrong one after the other
// is paused, so that all after it waits, in order, until a person resumes it.
// One person's data going to many blocks the identifier, not the stream; many
// persons' data going astray is a defect of the stream (incidents 16–25,
// 80–86, where nobody could stop the sender).
func breakerTrips(s *StreamCounts, now Outcome) bool {
	if s.Paused || !now.Flagged {
		return false
	}
	var recipients, persons []Key
	flagged := 0
	recent := append(slices.Clone(s.Recent), now)
	for _, o := range recent {
		if !o.Flagged {
			continue
		}
		flagged++
		if now.At.Sub(o.At) < breakerWindow {
			recipients = append(recipients, o.Recipients...)
			persons = append(persons, o.Persons...)
		}
	}
	return distinct(recipients) >= breakerRecipients && distinct(persons) >= breakerPersons &&
		flagged*100 >= breakerPercent*len(recent)
}

func distinct(keys []Key) int {
	slices.SortFunc(keys, compareKeys)
	return len(slices.Compact(keys))
}
