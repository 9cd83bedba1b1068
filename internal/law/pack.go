package law

import (
	"slices"
	"time"
)

// Trust says how far a statement of a pack can be trusted.
type Trust string

// The trusts, best first.
const (
	Primary   Trust = "P" // read in the text of the law, or in a note that quotes it word for word
	Secondary Trust = "S" // read in a summary: law firm, news, vendor
	Knowledge Trust = "K" // background knowledge, not read again: have counsel check it
)

var trusts = []Trust{Primary, Secondary, Knowledge}

// Words says what the trust means.
func (t Trust) Words() Text {
	switch t {
	case Primary:
		return Text{"原文で確認", "read in the primary text"}
	case Secondary:
		return Text{"二次資料で確認", "read in a secondary source"}
	default:
		return Text{"未確認（専門家の確認が必要）", "not verified (have counsel check it)"}
	}
}

// Source is where a statement was read.
type Source struct {
	Cite  string `yaml:"cite" json:"cite"` // article or clause
	URL   string `yaml:"url" json:"url"`
	About string `yaml:"about" json:"about,omitempty"` // what it vouches for: trigger, number, counting, contents, reach, practice
	Trust Trust  `yaml:"trust" json:"trust"`
}

// Pack is the law of one place, as one data file states it.
type Pack struct {
	Name         string `yaml:"pack"`
	Version      string `yaml:"version"` // a date; stamped into every duty
	Jurisdiction string `yaml:"jurisdiction"`
	Place        Text   `yaml:"place"`
	Law          Text   `yaml:"law"`
	Zone         string `yaml:"zone"`
	// CoversFrom is the first day of events the pack knows the law of.
	CoversFrom string      `yaml:"covers_from"`
	Checked    string      `yaml:"checked"` // the day the sources were last read
	Notes      []Text      `yaml:"notes"`
	Conditions []Condition `yaml:"conditions"` // shared by rules, which name them by ref
	Reach      Condition   `yaml:"reach"`      // when the law binds us at all
	Rules      []Rule      `yaml:"rules"`

	file string
	zone *time.Location
}

// Recipients of what is due.
const (
	ToAuthority  = "authority"
	ToPersons    = "persons"
	ToController = "controller"
	ToSelf       = "self" // a record, an assessment, measures
)

// Start events of deadlines.
const (
	StartKnowledge      = "knowledge"
	StartAssessment     = "assessment"
	StartControllerTold = "controller_told"
	StartPersonsTold    = "persons_told"
)

// Units of deadlines.
const (
	ClockHours   = "clock_hours"   // elapsed, whatever clocks are set to
	CalendarDays = "calendar_days" // local days, to the end of the last
	Promptly     = "promptly"      // the law names no number
)

// Rule is one thing that is due.
type Rule struct {
	ID        string    `yaml:"id" json:"id"`
	Due       Text      `yaml:"due" json:"due"`
	To        string    `yaml:"to" json:"to"`
	Recipient Text      `yaml:"recipient" json:"recipient"`
	When      Condition `yaml:"when" json:"-"`
	Start     string    `yaml:"start" json:"start"`
	Within    Within    `yaml:"within" json:"within"`
	Contents  []Content `yaml:"contents" json:"contents,omitempty"`
	Effective Effective `yaml:"effective" json:"effective"`
	Sources   []Source  `yaml:"sources" json:"sources"`
	Practice  Text      `yaml:"practice" json:"practice"` // what the authority makes of it
}

// Trust is the weakest of the rule's sources.
func (r *Rule) Trust() Trust {
	at := 0
	for _, s := range r.Sources {
		at = max(at, slices.Index(trusts, s.Trust))
	}
	return trusts[at]
}

// Within is a deadline.
type Within struct {
	Amount int    `yaml:"amount" json:"amount,omitempty"`
	Unit   string `yaml:"unit" json:"unit"`
	// From is the first day of a guide such as "about 3 to 5 days"; 0 is none.
	From int `yaml:"from" json:"from,omitempty"`
	// DayOneIncluded counts the day of the start event as day 1.
	DayOneIncluded bool `yaml:"day_one_included" json:"day_one_included,omitempty"`
	// RollForward names the calendar on whose closed days the deadline moves to the next open one.
	RollForward string `yaml:"roll_forward" json:"roll_forward,omitempty"`
	// Guide says that the law itself names no number; the authority, or prudence, does.
	Guide bool `yaml:"guide" json:"guide,omitempty"`
	// Longer is the amount when a condition surely holds.
	Longer *Longer `yaml:"longer" json:"longer,omitempty"`
}

// Longer extends a deadline.
type Longer struct {
	Amount int       `yaml:"amount" json:"amount"`
	When   Condition `yaml:"when" json:"-"`
}

// Content is one item of what is to be said.
type Content struct {
	No    string `yaml:"no" json:"no,omitempty"` // as the law numbers it
	Item  string `yaml:"item" json:"item"`       // which part of a record answers it, see contents.go
	Title Text   `yaml:"title" json:"title"`
}

// Effective is when a rule is law. Days are of the pack's zone.
type Effective struct {
	From string `yaml:"from" json:"from,omitempty"` // first day
	To   string `yaml:"to" json:"to,omitempty"`     // last day; empty is no end
	// Proposed rules are not law and never asked of anybody.
	Proposed bool `yaml:"proposed" json:"proposed,omitempty"`
	Note     Text `yaml:"note" json:"note"`
}

// on tells whether the rule is law on a day. Days compare as text.
func (e Effective) on(day string) bool {
	return !e.Proposed && e.From <= day && (e.To == "" || day <= e.To)
}

// Packs is the law of all places.
type Packs struct {
	packs     []Pack
	calendars map[string]*Calendar
}

// All lists the packs, by name.
func (p *Packs) All() []Pack { return slices.Clone(p.packs) }

// Rule finds a rule by its id, among those in force and those that are not.
func (p *Packs) Rule(id string) (*Pack, *Rule, bool) {
	for i := range p.packs {
		for j := range p.packs[i].Rules {
			if r := &p.packs[i].Rules[j]; r.ID == id {
				return &p.packs[i], r, true
			}
		}
	}
	return nil, nil, false
}
