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
	if v.about.len() > 0 {
		return reasons
	}
	if slipped, fits := v.slip(); slipped {
		return v.tellingReasons(slippedDetail, fits)
	}
	if (v.mentions.len() > 0 || v.fresh()) && mentionsJumped(v.j.stream, v.j.e.Stream.MentionJump) {
		return v.tellingReasons(mentionsDetail, 0)
	}
	return reasons
}

// Details of the hold of a mail that alone would have left.
const (
	mentionsDetail = "mentions" // the mails of the stream suddenly tell about others
	slippedDetail  = "slipped"  // they call their recipients by others' names
)

// OfStream tells whether a reason lies in the mails around a mail, which are
// not there any more when it is judged again.
func OfStream(r Rule, detail string) bool {
	return r == Ownership && (detail == mentionsDetail || detail == slippedDetail)
}

// tellingReasons are the reasons to hold a mail that tells about others as many
// of its stream do.
func (v *view) tellingReasons(detail string, fits int) []Reason {
	reasons := personReasons(Ownership, v.mentions.list)
	if len(reasons) == 0 { // a name alone, or somebody whom nobody declared
		f := v.finding(v.strange[0])
		r := Reason{Rule: Ownership, Ident: v.strange[0], Kinds: kindsOf(f.Kind), Where: f.Where}
		if len(f.Owners) == 1 {
			r.Person = f.Owners[0]
		}
		reasons = []Reason{r}
	}
	for i := range reasons {
		reasons[i].Detail, reasons[i].Count = detail, fits
	}
	return reasons
}

// finding is the first of an identifier in the mail; an empty one for somebody
// who has learned one.
func (v *view) finding(ident Key) *Finding {
	for i := range v.units {
		for k := range v.units[i].Findings {
			if f := &v.units[i].Findings[k]; f.Ident == ident {
				return f
			}
		}
	}
	return &Finding{Kind: jp.Address}
}

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
// recentMails and the last slipWindow of them, and jumps when it is above the stream's limit and above
// jumpFactor times what it was before.
const (
	leastShare    = 50
	recentMails   = 200
	jumpFactor    = 3
	leastMentions = 6 // of the last few: fewer are chance
)

// mentionsJumped tells whether the share of mails that tell about others has
// jumped in a stream: the batch whose greetings slipped by a row. Usual is what
// was let go before the last mails; what is held is not usual, so that a defect
// that goes on does not become so.
func mentionsJumped(s *StreamCounts, limit float64) bool {
	usual := s.usualMentions()
	jumped := func(last []Outcome) bool {
		told := 0
		for i := range last {
			if last[i].Mention || last[i].Flagged {
				told++
			}
		}
		share := float64(told) / float64(len(last))
		return told >= leastMentions && share > limit && share > jumpFactor*usual
	}
	return len(s.Recent) >= leastShare && (jumped(s.Recent) || jumped(s.Recent[len(s.Recent)-slipWindow:]))
}

// usualMentions is the share of mails that tell about others in the week before
// the last mails; 0 when there were too few.
func (s *StreamCounts) usualMentions() float64 {
	before := s.Week
	for i := range s.Recent {
		before.Mails--
		if s.Recent[i].Mention {
			before.Mentions--
		}
	}
	if before.Mails < leastShare {
		return 0
	}
	return float64(before.Mentions) / float64(before.Mails)
}

// kindsOf is a list of one kind.
func kindsOf(k jp.Kind) []jp.Kind { return []jp.Kind{k} }
