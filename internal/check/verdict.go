package check

import "github.com/kakitome/kakitome/internal/jp"

// Rule is the name of a rule, as in interface.md.
type Rule string

// The rules of design.md; breaker also stands for "the stream is paused".
const (
	Ownership         Rule = "ownership"
	VisibleRecipients Rule = "visible_recipients"
	FanOut            Rule = "fan_out"
	FanIn             Rule = "fan_in"
	NewAddress        Rule = "new_address"
	GrowingRecipients Rule = "growing_recipients"
	Unreadable        Rule = "unreadable"
	Template          Rule = "template"
	Replay            Rule = "replay"
	Canary            Rule = "canary"
	Breaker           Rule = "breaker"
	Stale             Rule = "stale"
)

// Rules lists every rule in the order of design.md.
func Rules() []Rule {
	return []Rule{
		Ownership, VisibleRecipients, FanOut, FanIn, NewAddress, GrowingRecipients,
		Unreadable, Template, Replay, Canary, Breaker, Stale,
	}
}

// Exposes tells whether the rule speaks of whose data the recipient would get.
// The others speak of how a mail is made, or when it comes.
func (r Rule) Exposes() bool {
	switch r {
	case Ownership, VisibleRecipients, FanOut, FanIn, NewAddress, GrowingRecipients, Canary:
		return true
	case Unreadable, Template, Replay, Breaker, Stale:
	}
	return false
}

// Reason is why a recipient's mail is held.
type Reason struct {
	Rule   Rule
	Person Key       // whose data; zero when nobody is declared or the rule is about no person
	Ident  Key       // fan_out: the identifier; else zero
	Kinds  []jp.Kind // which kinds of data, in order
	Where  string    // the place to look at first
	Count  int       // fan_out, fan_in, replay: how many; else 0
	Limit  int       // and how many are allowed
	Detail string    // ownership: "mentions" or "slipped"; fan_out: "blocked"; unreadable: why; template: the token's frame; growing_recipients: what grew; fan_in: "list"; replay: "old" or "repeated"
}

// Verdict is the decision on a mail, recipient by recipient.
type Verdict struct {
	Recipients []Decision // in the order of the envelope
	Duplicate  string     // the first mail's id when the whole mail was seen before
	Effects    Effects
}

// Decision is the verdict for one recipient.
type Decision struct {
	Hold      bool     // held (always false in observe mode, except while the stream is paused)
	Waits     bool     // nothing holds the mail but the pause of its stream
	Reasons   []Reason // why held; in observe mode why it would have been, unless it waits
	Exposures []Exposure
	Duplicate string // the first mail's id: this recipient got the same bytes before
}

// Exposure is the fact that data of a kind goes to a recipient.
type Exposure struct {
	Person Key // zero: nobody declared the identifier
	Ident  Key
	Kind   jp.Kind
	Own    bool // it is the recipient's own
}
