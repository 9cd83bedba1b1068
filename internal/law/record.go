package law

import "time"

// Record is what a draft is written from. Free text is the officer's; what is
// empty is not known yet.
type Record struct {
	Incident string         `json:"incident"` // its number
	AsOf     time.Time      `json:"as_of"`
	Zone     *time.Location `json:"-"` // for times in drafts; nil is that of the pack
	// Personal tells whether a text holds a value of somebody, as far as the
	// caller knows, such as a name of the roster. Addresses, telephone numbers and
	// links are recognised without it. It may be nil.
	Personal func(text string) bool `json:"-"`
	Facts    Facts                  `json:"facts"`
	Reporter Reporter               `json:"reporter"`

	// Proofs of structured facts, by name: occurred, known, persons, items, mails,
	// recipients, secondary.
	Proofs map[string]Proof `json:"proofs,omitempty"`

	Outline      Noted       `json:"outline"`
	Finder       Noted       `json:"finder"` // who found it: staff, a recipient, a person concerned
	Timeline     []Entry     `json:"timeline,omitempty"`
	Mails        Count       `json:"mails"`      // that went wrong
	Recipients   Count       `json:"recipients"` // who got them
	Concerned    Noted       `json:"concerned"`  // kind of person: customers, employees
	ItemCounts   []ItemCount `json:"item_counts,omitempty"`
	NotLeaked    []Item      `json:"not_leaked,omitempty"`
	Cause        Noted       `json:"cause"`
	CauseKinds   []Cause     `json:"cause_kinds,omitempty"`
	Fault        Noted       `json:"fault"` // whose: ours, a processor's
	Secondary    Answer      `json:"secondary"`
	SecondaryHow Noted       `json:"secondary_how"`
	Consequences Noted       `json:"consequences"`
	Told         []Step      `json:"told,omitempty"` // what was done toward the persons
	Published    []Step      `json:"published,omitempty"`
	Measures     []Step      `json:"measures,omitempty"` // against recurrence
	Mitigation   []Step      `json:"mitigation,omitempty"`
	Answers      Answers     `json:"answers"`
	Advice       Noted       `json:"advice"` // what a person can do
	Delay        Noted       `json:"delay"`  // why later than the deadline
	Decision     Noted       `json:"decision"`
	Other        Noted       `json:"other"`
}

// Noted is free text, with the time it became known and what proves it.
type Noted struct {
	Text     string    `json:"text,omitempty"`
	KnownAt  time.Time `json:"known_at,omitzero"`
	Evidence string    `json:"evidence,omitempty"`
}

// Proof is when something became known, and what proves it.
type Proof struct {
	KnownAt  time.Time `json:"known_at,omitzero"`
	Evidence string    `json:"evidence,omitempty"` // a reference, such as "log #42"
}

// Reporter is who reports. It is the company's own data and may name addresses
// and telephone numbers.
type Reporter struct {
	Name           string `json:"name"`
	Number         string `json:"number"` // 法人番号
	Business       string `json:"business"`
	Address        string `json:"address"`
	Representative string `json:"representative"`
	Contact        string `json:"contact"` // 事務連絡者, or the data protection officer
}

// Entry is a line of the course of events.
type Entry struct {
	At       time.Time `json:"at"`
	What     string    `json:"what"`
	Evidence string    `json:"evidence,omitempty"`
}

// ItemCount is how many persons an item leaked of.
type ItemCount struct {
	Item    Item  `json:"item"`
	Persons Count `json:"persons"`
}

// Cause is a check box of the report form.
type Cause string

// The causes.
const (
	CauseMisSent   Cause = "mis_sent" // 誤送付（メールを含む）
	CauseIntrusion Cause = "intrusion"
	CauseTheft     Cause = "theft"
	CauseLoss      Cause = "loss"
	CauseExposed   Cause = "exposed" // wrongly published or shown
	CauseInsider   Cause = "insider"
	CauseDefect    Cause = "defect"
	CauseOther     Cause = "other"
)

var causeWords = map[Cause]Text{
	CauseMisSent: {"誤送付（メールを含む）", "sent to a wrong recipient (mail included)"}, CauseIntrusion: {"不正アクセス", "unlawful access"},
	CauseTheft: {"盗難", "theft"}, CauseLoss: {"紛失", "loss"}, CauseExposed: {"誤表示・誤公開", "shown or published by mistake"},
	CauseInsider: {"従業者の不正", "insider"}, CauseDefect: {"システムの不具合", "defect of a system"}, CauseOther: {"その他", "other"},
}

// Step is something done, or planned.
type Step struct {
	What     string    `json:"what"`
	State    StepState `json:"state"`
	At       time.Time `json:"at,omitzero"` // done, or planned for
	Evidence string    `json:"evidence,omitempty"`
}

// StepState is how far a step is.
type StepState string

// The states.
const (
	Done       StepState = "done"
	UnderWay   StepState = "under_way"
	Planned    StepState = "planned"
	Considered StepState = "considered"
	NotPlanned StepState = "not_planned"
)

var stepWords = map[StepState]Text{
	Done: {"実施済", "done"}, UnderWay: {"対応中", "under way"}, Planned: {"予定", "planned"},
	Considered: {"検討中", "under consideration"}, NotPlanned: {"予定なし", "not planned"},
}

// Answers counts what the wrong recipients did. All is 0 until somebody was asked.
type Answers struct {
	Asked            int    `json:"asked"`
	Bounced          int    `json:"bounced"`
	Relayed          int    `json:"relayed"`
	ConfirmedUnread  int    `json:"confirmed_unread"` // deleted without having opened it
	ConfirmedDeleted int    `json:"confirmed_deleted"`
	Refused          int    `json:"refused"`
	NoAnswer         int    `json:"no_answer"`
	Evidence         string `json:"evidence,omitempty"`
}
