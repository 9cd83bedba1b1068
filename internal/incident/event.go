package incident

import (
	"encoding/json"
	"fmt"
	"time"
)

// Kind says what an event is.
type Kind string

// The kinds of events.
const (
	Opened      Kind = "opened"      // something went out; Source says how that became known
	Clock       Kind = "clock"       // when somebody of the company first knew (Since); a later one corrects it (Corrects, Text)
	Paused      Kind = "paused"      // Stream no longer sends
	Recalled    Kind = "recalled"    // what still waited is held: Count deliveries
	Blocked     Kind = "blocked"     // Count identifiers may not leave
	Contained   Kind = "contained"   // nothing more goes out
	Resumed     Kind = "resumed"     // Stream sends again
	Selected    Kind = "selected"    // which mails it is about (Selection)
	Scoped      Kind = "scoped"      // whose data went to whom: Version, Root, Numbers, Agreed
	Facts       Kind = "facts"       // what is known for the law and the words (Facts: keys that are set or taken back)
	Contacts    Kind = "contacts"    // addresses of exposed persons came in: Count good, Refused not
	Drafted     Kind = "drafted"     // a round of letters is ready to be looked at: Round, Object (its occasion), Count, Root (hash of all words people wrote)
	Approved    Kind = "approved"    // a second person agrees: Object ("letters 1", "sample 1", "page 2")
	Sent        Kind = "sent"        // Count letters of a round were handed to the relay
	Telephoned  Kind = "telephoned"  // an exposed person was told by phone or post (Person, a keyed hash in hex)
	Unreachable Kind = "unreachable" // an exposed person can be told by no way (Person, Text: why)
	Told        Kind = "told"        // everybody who can be was written to
	Override    Kind = "override"    // an officer lets a step come early (Object), with a reason (Text)
	PageReady   Kind = "page"        // a version of the public page waits for approval: Version, Root (its hash)
	Published   Kind = "published"   // a version of the public page is out: Version, Root
	Reported    Kind = "reported"    // a report was handed in: Object (a rule of the law: jp-preliminary, …), Document and its hash (Root), Text (receipt number)
	NoReport    Kind = "no_report"   // it was decided that no report is due (Text)
	Asked       Kind = "asked"       // the call centre looked somebody up
	Reminded    Kind = "reminded"    // of a deadline (Object)
	Noted       Kind = "noted"       // a remark
	Closed      Kind = "closed"      // cause and measures are known, everything is done
	Erased      Kind = "erased"      // its key was destroyed
)

// Event is one entry of an incident's course. Which fields an event has is said
// at its Kind. It names nobody whose data went out.
type Event struct {
	N    int       `json:"n"` // 1, 2, …
	At   time.Time `json:"at"`
	By   string    `json:"by"`
	Kind Kind      `json:"kind"`

	Source    Source            `json:"source,omitempty"`
	Since     time.Time         `json:"since,omitzero"`
	Corrects  int               `json:"corrects,omitempty"` // number of the event
	Text      string            `json:"text,omitempty"`
	Stream    string            `json:"stream,omitempty"`
	Object    string            `json:"object,omitempty"`
	Selection json.RawMessage   `json:"selection,omitempty"`
	Version   int               `json:"version,omitempty"`
	Round     int               `json:"round,omitempty"`
	Count     int               `json:"count,omitempty"`
	Refused   int               `json:"refused,omitempty"`
	Root      string            `json:"root,omitempty"` // hex
	Numbers   *Numbers          `json:"numbers,omitempty"`
	Agreed    bool              `json:"agreed,omitempty"`
	Facts     map[string]string `json:"facts,omitempty"` // an empty value takes a fact back
	Person    string            `json:"person,omitempty"`
	Document  json.RawMessage   `json:"document,omitempty"` // what was handed in
}

// Source is how somebody came to know.
type Source string

// The sources of design.md and interface.md.
const (
	FromAlert    Source = "alert"
	FromClerk    Source = "clerk"
	FromCustomer Source = "customer" // a customer reported it
	FromMail     Source = "mail"
	FromPerson   Source = "person"
	FromForeign  Source = "foreign" // mails of before Kakitome, or of another system
	Drill        Source = "drill"   // a copy, to practise: no letter leaves
)

// Sources lists all sources.
func Sources() []Source {
	return []Source{FromAlert, FromClerk, FromCustomer, FromMail, FromPerson, FromForeign, Drill}
}

// Bounds are a number that is known for certain to be at least and at most so
// much.
type Bounds struct {
	Least int `json:"least"`
	Most  int `json:"most"`
}

func (b Bounds) String() string {
	if b.Least == b.Most {
		return fmt.Sprint(b.Least)
	}
	return fmt.Sprintf("%d–%d", b.Least, b.Most)
}

// Numbers are what a scope counted.
type Numbers struct {
	Persons    Bounds `json:"persons"`    // whose data went to somebody else (本人の数)
	Recipients Bounds `json:"recipients"` // who got it
	Mails      Bounds `json:"mails"`
	Unread     int    `json:"unread"` // parts that left and that nobody could read
}
