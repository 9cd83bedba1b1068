package check

import (
	"slices"

	"github.com/kakitome/kakitome/internal/jp"
)

// mostReasons bounds how many persons a verdict names one by one; a last
// reason counts the rest.
const mostReasons = 20

// ownership is rule 1: hold when a unit is at least as much about another
// person as about the recipient. It stops the order confirmation of one member
// that went to thousands of others (incidents 1–7, 10–15), the row that
// slipped (16–24), the neighbour's attachment (26–30).
func ownership(v *view) []Reason {
	others := v.about.list
	if p := v.misaddressed(); len(p) > 0 { // new_address says it better
		others = slices.DeleteFunc(slices.Clone(others), func(a about) bool { return a.person == p[0].person })
	}
	reasons := personReasons(Ownership, others)
	if v.about.len() == 0 && v.mentions.len() > 0 && mentionsJumped(v.j.stream, v.j.e.Stream.MentionJump) {
		reasons = personReasons(Ownership, v.mentions.list)
		for i := range reasons {
			reasons[i].Detail = slippedDetail
		}
	}
	return reasons
}

// slippedDetail marks the hold of a mail that only mentions others.
const slippedDetail = "mentions"

func personReasons(rule Rule, persons []about) []Reason {
	var reasons []Reason
	for i, a := range persons {
		if i == mostReasons {
			reasons = append(reasons, Reason{Rule: rule, Count: len(persons) - i, Where: a.where})
			break
		}
		reasons = append(reasons, Reason{Rule: rule, Person: a.person, Kinds: listKinds(a.kinds), Where: a.where})
	}
	return reasons
}

// The mention share is judged from leastShare mails on, over the last
// recentMails, and jumps when it is above the stream's limit and above
// jumpFactor times what it was before.
const (
	leastShare  = 50
	recentMails = 200
	jumpFactor  = 3
)

// mentionsJumped tells whether the share of mails that tell about others has
// jumped in a stream: the batch whose greetings slipped by a row. Usual is what
// was let go before the last mails; what is held is not usual, so that a defect
// that goes on does not become so.
func mentionsJumped(s *StreamCounts, limit float64) bool {
	recent := Share{Mails: int64(len(s.Recent))}
	told := 0
	for i := range s.Recent {
		o := &s.Recent[i]
		if o.Mention {
			recent.Mentions++
		}
		if o.Mention || o.Flagged {
			told++
		}
	}
	if recent.Mails < leastShare {
		return false
	}
	before := Share{s.Week.Mails - recent.Mails, s.Week.Mentions - recent.Mentions}
	usual := 0.0
	if before.Mails >= leastShare {
		usual = float64(before.Mentions) / float64(before.Mails)
	}
	share := float64(told) / float64(recent.Mails)
	return share > limit && share > jumpFactor*usual
}

// kindsOf is a list of one kind.
func kindsOf(k jp.Kind) []jp.Kind { return []jp.Kind{k} }
