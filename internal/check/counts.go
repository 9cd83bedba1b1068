package check

import (
	"time"

	"github.com/kakitome/kakitome/internal/jp"
)

// Wants names the counts that Decide will read for an examined mail.
type Wants struct {
	Stream     string
	Client     Key
	Idents     []Key // whose fan-out and blocks are asked
	Recipients []Key
	MessageID  Key
	Digest     Key
	Content    Key
}

// Counts is what the ledger knows at one moment about the things a batch of
// mails asks for. Decide reads it, Apply brings it forward mail by mail; the
// store fills it inside the transaction and writes the Effects.
type Counts struct {
	Now       time.Time
	Streams   map[string]*StreamCounts
	Sightings map[Key][]Sighting    // by identifier; only released, only those not its declared owner
	Blocked   map[Key]bool          // identifiers that crossed their limit
	Received  map[Key][]Receipt     // by recipient: whose data it got in the last 24 hours
	Clients   map[Key]*ClientCounts // by client
	Seen      map[Seen]string       // same Message-ID, recipient and bytes within 7 days → the first mail's id
	Repeats   map[Repeat]int        // same content to the same recipient in the last 24 hours
}

// NewCounts is an empty state of knowledge.
func NewCounts(now time.Time) *Counts {
	return &Counts{
		Now: now, Streams: map[string]*StreamCounts{}, Sightings: map[Key][]Sighting{}, Blocked: map[Key]bool{},
		Received: map[Key][]Receipt{}, Clients: map[Key]*ClientCounts{}, Seen: map[Seen]string{}, Repeats: map[Repeat]int{},
	}
}

// Sighting is the fact that an identifier went to a recipient who is not its
// declared owner.
type Sighting struct {
	Recipient Key
	At        time.Time // last time
	LastDay   int32     // day number (UTC days since 1970) of the last enforced release
	Days      int32     // on how many different days it was released in enforce mode
	Learned   bool      // the recipient has learned it: it is the recipient's own now
}

// Receipt is the fact that a recipient got data of a person or an undeclared
// identifier of a kind.
type Receipt struct {
	Subject Key     // person, or identifier when nobody declared it
	Kind    jp.Kind // 0 for a person
	At      time.Time
}

// Seen names a mail for one recipient by its bytes.
type Seen struct{ MessageID, Digest, Recipient Key }

// Repeat names a content for one recipient.
type Repeat struct{ Content, Recipient Key }

// StreamCounts is the recent past of a stream.
type StreamCounts struct {
	Paused bool
	Recent []Outcome // the last 200 mails, oldest first
	Week   Share     // mails and mentions of the last 7 days
}

// Outcome is what a mail of a stream came to.
type Outcome struct {
	At         time.Time
	Flagged    bool // an ownership or fan_out hold (or what would have been one)
	Mention    bool
	Recipients []Key // of the flagged deliveries
	Persons    []Key // exposed by them; identifiers where nobody is declared

	Addressee []Key // of a mail to one recipient (the company aside): its address, names and home
	Strange   []Key // by whose name, or mail address, it calls the recipient instead
}

// Share is a part of a whole.
type Share struct{ Mails, Mentions int64 }

// ClientCounts is what one client sent last.
type ClientCounts struct {
	At              time.Time
	Recipients      []Key // of its last mail, sorted
	RecipientGrowth int   // how often in a row the set has grown
	Attachments     []Key
	AttachGrowth    int
}

// Effects is what a verdict changes in the counts, for the store to write in
// the same transaction.
type Effects struct {
	Sightings []SightingEffect
	Received  []ReceiptEffect
	Blocks    []Key // identifiers to block; what still waits with one of them is recalled
	Tripped   Rule  // breaker or canary tripped: pause the stream (observe: only alarm); else empty
	Outcome   Outcome
	Client    ClientCounts
	Seen      []Seen
	Repeats   []Repeat
}

// SightingEffect sets one sighting.
type SightingEffect struct {
	Ident Key
	Sighting
}

// ReceiptEffect sets one receipt.
type ReceiptEffect struct {
	Recipient Key
	Receipt
}
