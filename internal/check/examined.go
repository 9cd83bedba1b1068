package check

import (
	"time"

	"github.com/kakitome/kakitome/internal/extract"
	"github.com/kakitome/kakitome/internal/jp"
	"github.com/kakitome/kakitome/internal/policy"
	"github.com/kakitome/kakitome/internal/roster"
)

// Key is a keyed hash of an identifier, a person, a recipient or some bytes.
type Key = roster.Key

// Examined is all that Decide needs to know of a mail, found without looking
// at any count: what is in it, whose it is, and to whom it goes. It holds
// keyed hashes and places, no value of an identifier except what stands in
// Findings[].Value for the explanation.
type Examined struct {
	Stream        *policy.Stream
	At            time.Time // when the mail was accepted
	RosterVersion int64
	PolicyVersion string

	Recipients []Recipient
	Units      []Unit
	People     map[Key]Person // persons named in Units or Recipients

	Visible   []Visible        // addresses in To, Cc and Bcc fields
	Unread    []extract.Unread // parts that stay unread and that the stream does not allow
	Passed    []extract.Unread // parts that stay unread and may pass: listed
	Remarks   []string         // such as a charset label that was wrong
	Templates []Place          // unfilled template tokens

	Attachments []Key // of the bytes of every attached file or mail, sorted

	MessageID Key       // zero when the mail has none
	Digest    Key       // of all bytes
	Content   Key       // of what a person reads: the same under a new Message-ID
	Date      time.Time // Date field; zero when absent or unreadable
	Client    Key       // who handed the mail in
}

// Recipient is one envelope recipient.
type Recipient struct {
	Address       string // as in the envelope
	Key           Key
	Persons       []Key // declared owners of the address
	Addresses     []Key // the e-mail addresses of those persons; at least Key
	Household     []Key // addresses and landlines of those persons
	Company       bool  // company.recipients: not judged by rules 1–5 and 10
	Domain        Key
	CompanyDomain bool // the domain belongs to one company, not to a mail provider
	Granted       map[jp.Kind]bool
}

// Unit is the body, an attachment or an enclosed mail; ownership is judged in
// each of its own.
type Unit struct {
	Kind       extract.UnitKind
	Name       string
	Findings   []Finding
	Attachment Key // of the bytes, for attached files and mails that hold personal identifiers; else zero

	// Readings are parts of the unit that a reader may take for the whole: each
	// alternative of a body, the name of a file. What holds for the unit must
	// hold for each.
	Readings [][]Finding
}

// Finding is one identifier in a unit, counted once however often it occurs.
type Finding struct {
	Ident     Key
	Kind      jp.Kind
	Class     jp.PhoneClass // phones only
	Declared  bool          // somebody declared it
	Owners    []Key         // who did; of what very many did, those whom something else in the unit points to
	Bearers   []Key         // of what very many declared: those who are recipients
	Domains   []Key         // company domains of recipients: at which the owners have an address, for addresses and landlines; its own, for e-mail
	Company   bool          // the company's own: nobody's personal data
	Routing   bool          // stands in header fields only: says where the mail goes, not what it is about
	Namesakes int           // how many declared it
	Where     string        // first place, "text/plain line 14"
	Value     string        // as written; shown only with --show-values, never stored
	Greeting  bool          // a name that stands alone in its line, with 様 or after "Dear"
	Addressed bool          // a name with 様 behind it, or a Greeting: a customer's, not a clerk's
}

// Person is what the rules ask of a person beside the identifiers found.
type Person struct {
	ID     string
	Canary bool

	Names     []Key // declared names of any kind
	Addresses []Key // e-mail addresses
	Domains   []Key // of these
}

// Visible is an address in a To, Cc or Bcc field.
type Visible struct {
	Key           Key
	Persons       []Key
	Household     []Key // addresses and landlines of those persons
	Company       bool  // the company's own, or the sender's and nobody's
	Domain        Key
	CompanyDomain bool
	Where         string
}

// Place is where something stands, and what it is called.
type Place struct{ Where, What string }
