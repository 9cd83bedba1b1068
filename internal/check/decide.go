package check

import (
	"slices"

	"github.com/kakitome/kakitome/internal/policy"
)

// rule says what is against a mail for one recipient. Each has its own file.
type rule func(v *view) []Reason

// The rules in the order of design.md. Those of personal data (1–5 and 10) do
// not judge the company's own recipients, who are on the ledger all the same.
var (
	personalRules = []rule{ownership, visibleRecipients, fanOut, fanIn, newAddress, canary}
	mailRules     = []rule{growingRecipients, unreadable, template, replay}
)

// Decide judges an examined mail on the counts. It changes neither; what the
// verdict changes in the counts is in its Effects, see Counts.Apply.
func Decide(e *Examined, c *Counts) *Verdict {
	j := &judge{e: e, c: c, v: &Verdict{}, seen: map[Key][]Sighting{}, got: map[Key][]Receipt{}}
	j.stream = c.stream(e.Stream.Name)
	j.client()
	duplicates := 0
	for i := range e.Recipients {
		d := j.recipient(&e.Recipients[i])
		if d.Duplicate != "" {
			duplicates++
		}
		j.v.Recipients = append(j.v.Recipients, d)
	}
	if duplicates > 0 && duplicates == len(e.Recipients) {
		return &Verdict{Recipients: j.v.Recipients, Duplicate: j.v.Recipients[0].Duplicate}
	}
	j.outcome()
	return j.v
}

// judge decides one mail.
type judge struct {
	e       *Examined
	c       *Counts
	v       *Verdict
	stream  *StreamCounts
	seen    map[Key][]Sighting // what the mail's earlier recipients add to the counts
	got     map[Key][]Receipt
	tripped Rule
}

// recipient decides for one recipient, and adds what the decision changes.
func (j *judge) recipient(r *Recipient) Decision {
	if first, ok := j.c.Seen[Seen{j.e.MessageID, j.e.Digest, r.Key}]; ok && j.e.MessageID != (Key{}) {
		return Decision{Duplicate: first}
	}
	v := newView(j, r)
	d := Decision{Exposures: v.exposures()}
	if !r.Company {
		for _, rule := range personalRules {
			d.Reasons = append(d.Reasons, rule(v)...)
		}
	}
	for _, rule := range mailRules {
		d.Reasons = append(d.Reasons, rule(v)...)
	}
	d.Hold = len(d.Reasons) > 0 && j.e.Stream.Mode == policy.Enforce
	if j.stream.Paused && !d.Hold {
		d.Hold, d.Waits = true, true
		d.Reasons = append(d.Reasons, Reason{Rule: Breaker})
	}
	j.record(v, &d)
	return d
}

// record adds what a decision changes in the counts.
func (j *judge) record(v *view, d *Decision) {
	fx := &j.v.Effects
	if !d.Hold || d.Waits {
		v.release(fx)
	}
	if j.e.MessageID != (Key{}) {
		fx.Seen = append(fx.Seen, Seen{j.e.MessageID, j.e.Digest, v.r.Key})
	}
	fx.Repeats = append(fx.Repeats, Repeat{j.e.Content, v.r.Key})
	for _, reason := range d.Reasons {
		if reason.Rule == FanOut && d.Hold && !slices.Contains(fx.Blocks, reason.Ident) {
			fx.Blocks = append(fx.Blocks, reason.Ident)
		}
		if reason.Rule == Canary {
			j.tripped = Canary
		}
	}
	if len(v.mentions) > 0 {
		fx.Outcome.Mention = true
	}
	j.flag(v, d)
}

// flag notes an ownership or fan_out hold for the breaker.
func (j *judge) flag(v *view, d *Decision) {
	out := &j.v.Effects.Outcome
	flagged, undeclared := false, Key{}
	for _, r := range d.Reasons {
		if r.Rule != Ownership && r.Rule != FanOut {
			continue
		}
		flagged = true
		if r.Person == (Key{}) {
			undeclared = r.Ident
		} else if !slices.Contains(out.Persons, r.Person) {
			out.Persons = append(out.Persons, r.Person)
		}
	}
	if !flagged {
		return
	}
	out.Flagged = true
	out.Recipients = append(out.Recipients, v.r.Key)
	// Several identifiers of one guest are one person, as far as anyone knows.
	if len(out.Persons) == 0 && undeclared != (Key{}) {
		out.Persons = append(out.Persons, undeclared)
	}
}

// outcome closes the mail: what its stream and its client remember of it.
func (j *judge) outcome() {
	fx := &j.v.Effects
	fx.Outcome.At = j.e.At
	fx.Tripped = j.tripped
	if fx.Tripped == "" && breakerTrips(j.stream, fx.Outcome) {
		fx.Tripped = Breaker
	}
}
