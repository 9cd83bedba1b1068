package client

import (
	"encoding/json"
	"time"
)

// Held is a delivery that waits for a decision.
type Held struct {
	ID        string    `json:"id"`
	MailID    string    `json:"mail_id"`
	Recipient string    `json:"recipient"`
	Stream    string    `json:"stream"`
	Rules     []string  `json:"rules"`
	Persons   []string  `json:"persons"` // whose data, person ids; "unknown" where nobody is declared
	HeldAt    time.Time `json:"held_at"`
}

// HeldDetail is a held delivery with its explanation.
type HeldDetail struct {
	Held
	Sender     string          `json:"sender"`
	Subject    string          `json:"subject"` // masked where it names an identifier
	Size       int             `json:"size"`
	ReceivedAt time.Time       `json:"received_at"`
	State      string          `json:"state"`
	Verdict    json.RawMessage `json:"verdict"` // the explanation document, see interface.md
}

// Explained is a mail as it was read: every line in which an identifier stands.
type Explained struct {
	MailID     string              `json:"mail_id"`
	Stream     string              `json:"stream"`
	Sender     string              `json:"sender"`
	Subject    string              `json:"subject"` // masked where it names an identifier
	Size       int                 `json:"size"`
	ReceivedAt time.Time           `json:"received_at"`
	Erased     bool                `json:"erased"` // the content is no more: there are no lines
	Deliveries []ExplainedDelivery `json:"deliveries"`
	Lines      []Line              `json:"lines"`
	Verdict    json.RawMessage     `json:"verdict"` // the explanation document, see interface.md
}

// ExplainedDelivery is one recipient of an explained mail.
type ExplainedDelivery struct {
	ID        string `json:"id"`
	Recipient string `json:"recipient"`
	State     string `json:"state"`
}

// Line is a line of a mail with identifiers in it.
type Line struct {
	Unit  string  `json:"unit,omitempty"` // attachment or enclosed mail; empty for the body
	Where string  `json:"where"`
	Text  string  `json:"text"` // identifiers stand between ‹ and ›, masked unless values were asked for
	Found []Found `json:"found"`
}

// Found is one identifier of a line.
type Found struct {
	Kind   string   `json:"kind"`
	Owners []string `json:"owners"` // person ids, "company" or "unknown"
	Own    []string `json:"own"`    // deliveries whose recipient it belongs to
}

// Selection says which held deliveries are meant: those with the ids, or all
// that fit every other field given.
type Selection struct {
	IDs    []string  `json:"ids,omitempty"`
	Stream string    `json:"stream,omitempty"`
	Rule   string    `json:"rule,omitempty"`
	Since  time.Time `json:"since,omitzero"`
	Before time.Time `json:"before,omitzero"`
	Person string    `json:"person,omitempty"`
}

// Decision releases or discards what is selected.
type Decision struct {
	Selection
	Reason string `json:"reason"`
}

// Decided is what came of a decision.
type Decided struct {
	Done    int      `json:"done"`
	Changed []string `json:"changed"` // not done: their judgement changed since they were shown; look again
	Missing []string `json:"missing"` // not done: no held mail has the id (any more)
}

// Unblock names what fan_out has blocked: an identifier, or a person's name and
// address together.
type Unblock struct {
	Identifier string `json:"identifier,omitempty"`
	Person     string `json:"person,omitempty"`
	Reason     string `json:"reason"`
}

// Stream is the present state of a stream.
type Stream struct {
	Name    string    `json:"name"`
	Mode    string    `json:"mode"`
	Paused  bool      `json:"paused"`
	Rule    string    `json:"rule,omitempty"` // breaker or canary when a rule paused it
	By      string    `json:"by,omitempty"`
	Reason  string    `json:"reason,omitempty"`
	Since   time.Time `json:"since,omitzero"`
	Queued  int       `json:"queued"`
	Held    int       `json:"held"`
	Purpose string    `json:"purpose,omitempty"`
}

// Alert is something a person must learn of, until it is acknowledged.
type Alert struct {
	ID      string    `json:"id"`
	Kind    string    `json:"kind"`
	Subject string    `json:"subject"`
	Text    string    `json:"text"`
	Count   int       `json:"count"`
	FirstAt time.Time `json:"first_at"`
	LastAt  time.Time `json:"last_at"`
	AckedAt time.Time `json:"acked_at,omitzero"`
	AckedBy string    `json:"acked_by,omitempty"`
}

// Imported is what an import did.
type Imported struct {
	Rows     int        `json:"rows"`
	Changed  int        `json:"changed"`
	Rejected int        `json:"rejected"`
	Version  int64      `json:"roster_version"`
	Feed     string     `json:"feed,omitempty"`    // of a sync
	Removed  int        `json:"removed,omitempty"` // people, by the column removed
	Errors   []RowError `json:"errors,omitempty"`
	// Refused says why nothing was imported although every row is sound.
	Refused *Refused `json:"refused,omitempty"`
	// RejectedRows are the rejected rows as they stood, with the header line
	// first, for FILE.rejected.csv.
	RejectedRows string `json:"rejected_rows,omitempty"`
}

// Refused is an import that would bind many people to other data than before:
// to identifiers that were other people's, or to another address and another
// name or home at once. It is refused until a person agrees.
type Refused struct {
	People   int       `json:"people"`   // bound anew within a day, this import included
	Changed  int       `json:"changed"`  // of so many whose data changed
	Examples []string  `json:"examples"` // person ids
	At       time.Time `json:"at,omitzero"`
}

// ImportOptions say how people are taken in.
type ImportOptions struct {
	SkipBad bool   `json:"skip_bad,omitempty"` // take the good rows; else one bad row means that nothing is
	Agreed  string `json:"agreed,omitempty"`   // why it is right whoever is bound anew; empty: nobody agrees
}

// Sync asks for one run of a feed: of the configuration, by its name, or of a
// query.
type Sync struct {
	ImportOptions
	Name      string `json:"name,omitempty"`
	DSN       string `json:"dsn,omitempty"`
	Query     string `json:"query,omitempty"`
	Watermark string `json:"watermark,omitempty"` // column that grows with every change; empty: all is read each time
	Full      bool   `json:"full,omitempty"`      // read all, whatever was read before
}

// Feed is a way by which people come into the roster.
type Feed struct {
	Name      string    `json:"name"`
	FedAt     time.Time `json:"fed_at,omitzero"` // when people, or the word that there are no new ones, last came
	Late      bool      `json:"late"`
	Rows      int64     `json:"rows"`    // of the last run
	Changed   int64     `json:"changed"` // people, by it
	Problem   string    `json:"problem,omitempty"`
	Refused   *Refused  `json:"refused,omitempty"`
	Agreed    int       `json:"agreed,omitempty"` // people whom the next run may bind anew
	LateAfter int64     `json:"late_after_seconds,omitempty"`
}

// RowError says what is wrong with one row. It never quotes a value.
type RowError struct {
	Line   int    `json:"line"`             // of the file, or number of the row of a query
	Person string `json:"person,omitempty"` // id; of a query only
	Column string `json:"column,omitempty"`
	Reason string `json:"reason"`
	Hint   string `json:"hint,omitempty"`
}

// Person is what the roster holds of a person: which kinds, no values.
type Person struct {
	ID      string         `json:"person"`
	Canary  bool           `json:"canary,omitempty"`
	Kinds   map[string]int `json:"kinds"`
	Version int64          `json:"roster_version"`
}

// RosterStats counts the roster.
type RosterStats struct {
	Version     int64          `json:"roster_version"`
	People      int            `json:"people"`
	Canaries    int            `json:"canaries"`
	Identifiers map[string]int `json:"identifiers"`
	ChangedAt   time.Time      `json:"changed_at,omitzero"`
}

// Exposure answers who was sent a person's data.
type Exposure struct {
	Person        string          `json:"person,omitempty"`
	Own           []ExposureEntry `json:"own"`
	Others        []ExposureEntry `json:"others"`
	OthersRelayed int             `json:"others_relayed"`
}

// ExposureEntry is one mail that carried the data to one recipient.
type ExposureEntry struct {
	Recipient string    `json:"recipient"`
	MailID    string    `json:"mail_id"`
	Kinds     []string  `json:"kinds"`
	State     string    `json:"state"`
	At        time.Time `json:"at"`
}

// Received answers whose data an address was sent.
type Received struct {
	Address string          `json:"address"`
	Own     []ReceivedEntry `json:"own"`
	Others  []ReceivedEntry `json:"others"`
}

// ReceivedEntry is one mail that carried a person's data to the address.
type ReceivedEntry struct {
	Person string    `json:"person"` // id, or "unknown"
	MailID string    `json:"mail_id"`
	Kinds  []string  `json:"kinds"`
	State  string    `json:"state"`
	At     time.Time `json:"at"`
}

// Listed is a delivery that could not be made and whose sender nobody could
// tell, or one of a mail with parts that passed unread.
type Listed struct {
	ID         string    `json:"id"`
	MailID     string    `json:"mail_id"`
	Recipient  string    `json:"recipient"`
	Stream     string    `json:"stream"`
	State      string    `json:"state"`
	Unread     int       `json:"unread,omitempty"` // parts that passed unread
	Answer     string    `json:"answer,omitempty"` // the relay's last code
	ReceivedAt time.Time `json:"received_at"`
}

// Suggestion is an undeclared identifier seen going to many recipients, which
// may be the company's own.
type Suggestion struct {
	Kind       string `json:"kind"`
	Value      string `json:"value"`
	Recipients int    `json:"recipients"`
	Mails      int    `json:"mails"`
}

// Verified is the result of checking the evidence log.
type Verified struct {
	OK      bool   `json:"ok"`
	Log     string `json:"log"`
	Entries int64  `json:"entries"`
	Erased  int64  `json:"erased"`
	Heads   int    `json:"heads"`
	Root    string `json:"root"`
	Problem string `json:"problem,omitempty"`
}

// Problem is the error answer (RFC 9457).
type Problem struct {
	Title  string `json:"title"` // the kind of fault
	Status int    `json:"status"`
	Detail string `json:"detail"`
	Hint   string `json:"hint,omitempty"`
}

// Error makes a RowError an error; the line is not in it.
func (e RowError) Error() string {
	s := e.Reason
	if e.Column != "" {
		s = e.Column + ": " + s
	}
	if e.Hint != "" {
		s += " (" + e.Hint + ")"
	}
	return s
}
