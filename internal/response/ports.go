package response

import (
	"context"
	"time"

	"github.com/kakitome/kakitome/internal/admin"
	"github.com/kakitome/kakitome/internal/incident"
	"github.com/kakitome/kakitome/internal/roster"
	"github.com/kakitome/kakitome/internal/survey"
)

// Store is the store as the response needs it.
type Store interface {
	survey.Store

	// Respond runs fn in one write transaction, as Write does.
	Respond(ctx context.Context, fn func(tx Tx) error) error
	// Incidents lists all incidents, oldest first.
	Incidents(ctx context.Context) ([]Stored, error)
	// Course reads an incident with its events. An incident nobody knows is a
	// fault.NotFound.
	Course(ctx context.Context, id string) (Stored, []SealedEvent, error)

	// Standing counts the incidents that are open, drills apart, and their letters.
	Standing(ctx context.Context) (Standing, error)

	// Contacts lists the contacts that were imported for an incident.
	Contacts(ctx context.Context, incident string) ([]Contact, error)
	// Letters calls yield for each letter that is meant, in the order in which
	// they were made.
	Letters(ctx context.Context, f LetterFilter, yield func(Letter) error) error
	// ClaimLetters leases up to n letters that may be handed in now to this node
	// until a time, the oldest first.
	ClaimLetters(ctx context.Context, now, until time.Time, n int) ([]Letter, error)

	// Envelopes calls yield for each delivery of the mails an incident froze.
	Envelopes(ctx context.Context, incident string, yield func(Envelope) error) error

	// SignHead has this node's evidence signed as far as it goes.
	SignHead(ctx context.Context, now time.Time) error

	// Streams lists the streams that had mail or were paused.
	Streams(ctx context.Context) ([]admin.StreamState, error)
	// Pages lists the versions of an incident's public page, or of all.
	Pages(ctx context.Context, incident string) ([]Page, error)
	// SentTo calls yield for each delivery to a recipient that left or may have,
	// newest first, up to most.
	SentTo(ctx context.Context, rcpt roster.Key, most int, yield func(SentMail) error) error
	// Inquiries lists what people reported and asked, oldest first.
	Inquiries(ctx context.Context, since time.Time) ([]Inquiry, error)
	// RetainAsked deletes the self-checks and inquiries of before the times given.
	RetainAsked(ctx context.Context, checks, inquiries time.Time) error
	// SelfChecks lists those nobody has answered yet, oldest first, up to n.
	SelfChecks(ctx context.Context, n int) ([]SelfCheck, error)
}

// Tx is a write transaction of the response.
type Tx interface {
	survey.Tx

	OpenIncident(i Stored) error
	// Course reads an incident to go on with it: others wait until this
	// transaction is over.
	Course(id string) (Stored, []SealedEvent, error)
	// AppendEvent adds the next event of a course, and notes the incident's state
	// and, when it is the last, that it is closed.
	AppendEvent(id string, e SealedEvent, state incident.State) error
	// EraseIncident destroys an incident's key, contacts and letters' addresses.
	EraseIncident(id string) error

	// BlockFor blocks identifiers for an incident; UnblockFor lifts what it
	// blocked and nothing had blocked before. Both return how many.
	BlockFor(id string, now time.Time, idents []roster.Key) (int, error)
	UnblockFor(id string) (int, error)

	PutContacts(id string, list []Contact) error
	AddLetters(list []Letter) error
	LettersOf(f LetterFilter, yield func(Letter) error) error
	// Letter reads one letter by its id; the others by the hash of the token of
	// its page, and of its receipt code.
	Letter(id string) (Letter, error)
	LetterByToken(token roster.Key) (Letter, error)
	LetterByCode(code roster.Key) (Letter, error)
	// MoveLetters sets the state, and what came with it, of letters.
	MoveLetters(list []LetterMove) error

	AddPage(p Page) error
	PublishPage(incident string, version int, at time.Time) error
	AddInquiry(q Inquiry) error
	AddSelfCheck(c SelfCheck) error
	// AnswerSelfCheck notes the token that was mailed; UseSelfCheck takes one
	// that was not used yet and is still good.
	AnswerSelfCheck(id string, token roster.Key, until time.Time) error
	UseSelfCheck(token roster.Key, now time.Time) (SelfCheck, bool, error)
}

// Stored is an incident as it is kept. Everything sealed of it is sealed under
// its own key, which is stored wrapped in Key.
type Stored struct {
	ID       string
	OpenedAt time.Time
	State    incident.State
	Drill    bool
	ClosedAt time.Time
	Key      []byte // wrapped; nil once it was destroyed
}

// SealedEvent is an event as it is kept.
type SealedEvent struct {
	N      int
	At     time.Time
	Kind   incident.Kind
	By     string
	Sealed []byte // JSON of incident.Event
}

// Contact is where an exposed person can be told, as imported for an incident.
type Contact struct {
	Person roster.Key
	Sealed []byte // JSON of Reach
}

// Letter is one letter to one address.
type Letter struct {
	ID       string
	Incident string
	Round    int
	Kind     string     // letter.Kind
	Address  roster.Key // hash of the address; of the person for a letter on paper
	Person   roster.Key // who is written to; zero: nobody the roster knows
	Sample   bool       // one of the first to be looked at
	Paper    bool       // printed, not mailed
	Sealed   []byte     // what it is made of, JSON, under the incident's key
	Token    roster.Key // hash of the token of its page; zero: it has none
	Code     roster.Key // hash of its receipt code
	State    uint8      // letter.State
	Due      time.Time  // when it may be handed in; zero: it was not approved
	Mail     string     // id in the gateway once it was handed in
	Fate     string     // of that mail: queued, held, relayed, returned, undeliverable, discarded; empty: not handed in
	FateAt   time.Time
	MovedAt  time.Time
	Answers  []byte // sealed
}

// Envelope is a delivery of a mail that an incident froze.
type Envelope struct {
	Delivery  string
	Stream    string
	Recipient roster.Key
	Sealed    []byte // recipient
	Key       []byte // wrapped key of the mail
	Relayed   bool
	Stopped   bool      // nothing of it left
	At        time.Time // when the relay took it, or it was accepted
}

// Standing is how many incidents are open, and how many letters of theirs there
// are in each state with each fate of their mail.
type Standing struct {
	Incidents map[incident.State]int
	Letters   []LetterCount
}

// LetterCount counts letters that are alike.
type LetterCount struct {
	State   uint8  // letter.State
	Fate    string // as in Letter
	Letters int
}

// LetterFilter says which letters are meant; what is not set does not count.
type LetterFilter struct {
	Incident string
	Round    int
	Kind     string
	Address  roster.Key
	Person   roster.Key
	Sample   bool // only these
}

// LetterMove is what became of a letter. What is empty stays.
type LetterMove struct {
	ID      string
	State   uint8
	At      time.Time
	Due     time.Time
	Mail    string
	Answers []byte
}

// Page is a version of the public page of an incident.
type Page struct {
	Incident    string
	Version     int
	At          time.Time
	PublishedAt time.Time // zero: not yet
	Hash        string    // hex SHA-256 of Doc
	Doc         []byte    // JSON; public
}

// SentMail is one mail for one recipient.
type SentMail struct {
	Delivery  string
	Mail      string
	MessageID roster.Key
	Stream    string
	// Wrong: rules would have held it, and it left; one that a person looked at
	// and released only once an incident is about it.
	Wrong   bool
	At      time.Time
	EndedAt time.Time
}

// Inquiry is what somebody reported or asked.
type Inquiry struct {
	Ref    string // the number they were given
	Kind   string // misaddressed, strange, question, canary, deletion
	At     time.Time
	Sealed []byte // what they wrote
}

// SelfCheck is that somebody asked whether they are affected.
type SelfCheck struct {
	ID       string
	Incident string
	At       time.Time
	Address  roster.Key
	Sealed   []byte // the address
	Token    roster.Key
	Until    time.Time
	Used     bool
}
