package check

import (
	"slices"
	"time"

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
func Decide(e *Examined, c *Counts) *Verdict { return DecideBy(FittedWeights(), e, c) }

// DecideBy is Decide with other weights, for whoever fits them.
func DecideBy(w Weights, e *Examined, c *Counts) *Verdict {
	j := newJudge(e, c)
	j.w = w
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
	e        *Examined
	c        *Counts
	w        Weights
	v        *Verdict
	stream   *StreamCounts
	now      time.Time          // of the decision: held mail is judged again later
	since    time.Time          // begin of the stream's window
	seen     map[Key][]Sighting // what the mail's earlier recipients add to the counts
	got      map[Key][]Receipt
	at       map[Key][]Key // persons of the mail by their addresses; made when asked for
	canaries bool          // somebody in the mail is a canary
	blocks   map[Key]bool  // what the mail has blocked so far
	tripped  Rule
}

func newJudge(e *Examined, c *Counts) *judge {
	j := &judge{e: e, c: c, v: &Verdict{}, seen: map[Key][]Sighting{}, got: map[Key][]Receipt{}, blocks: map[Key]bool{}}
	j.stream = c.stream(e.Stream.Name)
	j.now = later(e.At, c.Now)
	j.since = j.now.Add(-e.Stream.Window)
	for _, p := range e.People {
		j.canaries = j.canaries || p.Canary
	}
	j.client()
	return j
}

// personsAt are those persons whom the mail tells about who have an address.
func (j *judge) personsAt(address Key) []Key {
	if j.at == nil {
		j.at = map[Key][]Key{}
		seen := map[Key]bool{}
		for i := range j.e.Units {
			for k := range j.e.Units[i].Findings {
				for _, p := range j.e.Units[i].Findings[k].Owners {
					if seen[p] {
						continue
					}
					seen[p] = true
					for _, a := range j.e.People[p].Addresses {
						j.at[a] = append(j.at[a], p)
					}
				}
			}
		}
	}
	return j.at[address]
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
	j.record(v, &d)
	if j.stream.Paused && !d.Hold { // it waits for nothing but the stream
		d.Hold, d.Waits, d.Reasons = true, true, []Reason{{Rule: Breaker}}
	}
	d.Reasons = shorten(d.Reasons)
	return d
}

// shorten keeps the first of very many fan_out reasons, and counts the rest.
func shorten(reasons []Reason) []Reason {
	var kept []Reason
	seen, rest := 0, 0
	for _, r := range reasons {
		if r.Rule == FanOut {
			if seen++; seen > mostReasons {
				rest++
				continue
			}
		}
		kept = append(kept, r)
	}
	if rest > 0 {
		kept = append(kept, Reason{Rule: FanOut, Count: rest})
	}
	return kept
}

// record adds what a decision changes in the counts.
func (j *judge) record(v *view, d *Decision) {
	fx := &j.v.Effects
	if !d.Hold {
		v.release(fx)
	}
	if j.e.MessageID != (Key{}) {
		fx.Seen = append(fx.Seen, Seen{j.e.MessageID, j.e.Digest, v.r.Key})
	}
	fx.Repeats = append(fx.Repeats, Repeat{j.e.Content, v.r.Key})
	jumped := false
	for i := range d.Reasons {
		switch r := &d.Reasons[i]; {
		case r.Rule == Canary:
			j.tripped = Canary
		case r.Rule == FanOut && d.Hold && !j.blocks[r.Ident]:
			j.blocks[r.Ident] = true
			fx.Blocks = append(fx.Blocks, r.Ident)
		case d.Hold && OfStream(r.Rule, r.Detail):
			jumped = true
		}
	}
	if (v.mentions.len() > 0 || v.fresh()) && !v.r.Company && !jumped {
		fx.Outcome.Mention = true
	}
	if v.sole() {
		fx.Outcome.Addressee, fx.Outcome.Strange = v.addressee(), v.strange
	}
	j.flag(d, v.r.Key)
}

// flag notes an ownership or fan_out hold for the breaker.
func (j *judge) flag(d *Decision, recipient Key) {
	out := &j.v.Effects.Outcome
	flagged, undeclared := false, Key{}
	for _, r := range d.Reasons {
		if r.Rule != Ownership && r.Rule != FanOut {
			continue
		}
		flagged = true
		if r.Person == (Key{}) {
			if undeclared == (Key{}) {
				undeclared = r.Ident
			}
		} else if !slices.Contains(out.Persons, r.Person) {
			out.Persons = append(out.Persons, r.Person)
		}
	}
	if !flagged {
		return
	}
	out.Flagged = true
	out.Recipients = append(out.Recipients, recipient)
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
