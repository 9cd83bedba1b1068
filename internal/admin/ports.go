package admin

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"time"

	"github.com/kakitome/kakitome/internal/check"
	"github.com/kakitome/kakitome/internal/custody"
	"github.com/kakitome/kakitome/internal/gate"
	"github.com/kakitome/kakitome/internal/jp"
	"github.com/kakitome/kakitome/internal/roster"
)

// Store is the store as the desk needs it.
type Store interface {
	gate.Ledger

	// Held calls yield for each held delivery that is meant, oldest mail first.
	Held(ctx context.Context, f Filter, yield func(Held) error) error
	// Affected calls yield for each held delivery on which the roster, up to a
	// version, may decide otherwise than at the version it was judged at.
	Affected(ctx context.Context, version int64, yield func(mail, delivery string) error) error
	// Shown says that a person has seen what is held by now.
	Shown(ctx context.Context, deliveries []string) error
	// Release queues held deliveries, Discard ends them: in pieces, each with
	// its audit row and its evidence in one transaction.
	Release(ctx context.Context, now time.Time, m Move) (Moved, error)
	Discard(ctx context.Context, now time.Time, m Move) (Moved, error)

	// Streams lists the streams that had mail or were paused.
	Streams(ctx context.Context) ([]StreamState, error)
	// Alerts lists the open alerts, or all, oldest first.
	Alerts(ctx context.Context, all bool) ([]RaisedAlert, error)
	AlertAck(ctx context.Context, id int64, by string, now time.Time) error

	// ImportRoster makes all of seq visible at once, or nothing of it. It is
	// audited, and noted in the version, as done by somebody. The error is a
	// *Refusal when it would bind too many people anew.
	ImportRoster(ctx context.Context, now time.Time, in Import, seq iter.Seq2[SealedPerson, error]) (Imported, error)
	// Feeds lists the feeds that were ever heard of, by name.
	Feeds(ctx context.Context) ([]FeedState, error)
	// ClaimFeed makes a feed's next run this node's, unless one was begun after
	// a time. A feed never heard of is known from then on.
	ClaimFeed(ctx context.Context, name string, now, after time.Time) (ours bool, err error)
	// FeedFailed notes, and audits, that a run took nothing in.
	FeedFailed(ctx context.Context, now time.Time, name, by, problem string) error
	// FeedLate raises the alert of a feed that nothing came by since a time, once
	// until something does.
	FeedLate(ctx context.Context, now time.Time, name string, since time.Time) error
	// AgreeFeed lets a feed's next run bind as many people anew as were refused.
	AgreeFeed(ctx context.Context, now time.Time, name, by, reason string) error
	// RemovePerson erases a person: the roster's rows, what was learned, the
	// contents of decided mails. A person nobody knows is a fault.NotFound.
	RemovePerson(ctx context.Context, now time.Time, person roster.Key, by, reason string) (Erased, error)
	// RosterNow is the newest version.
	RosterNow(ctx context.Context) (RosterVersion, error)

	// ExposuresOf calls yield for each time data of a person went, or would
	// have gone, to somebody, oldest first; ExposuresBy asks by identifier,
	// Received by recipient (P7).
	ExposuresOf(ctx context.Context, person roster.Key, yield func(Exposed) error) error
	ExposuresBy(ctx context.Context, ident roster.Key, yield func(Exposed) error) error
	Received(ctx context.Context, rcpt roster.Key, yield func(Exposed) error) error
	// Unblock lifts the block of identifiers and forgets whom they reached.
	Unblock(ctx context.Context, now time.Time, idents []roster.Key, a gate.Audit) (int, error)
	// Listed calls yield for each delivery of a listing, oldest first (P4, P5).
	Listed(ctx context.Context, l Listing, yield func(Listed) error) error
	// Common lists undeclared identifiers that reached at least so many
	// recipients since a time, the commonest first.
	Common(ctx context.Context, since time.Time, recipients, limit int) ([]Common, error)
}

// Filter says which held deliveries are meant. What is not set does not count;
// an empty filter means all.
type Filter struct {
	IDs       []string // deliveries; one that does not exist is an error, one not held is passed over
	Stream    string
	Rule      check.Rule
	Since     time.Time  // held then or later
	Before    time.Time  // held before
	Person    roster.Key // somebody else's data, exposed by it
	Recipient roster.Key
}

// Held is a held delivery.
type Held struct {
	ID, Mail   string
	Stream     string
	Recipient  roster.Key
	Sealed     []byte // sealed recipient
	Key        []byte // wrapped key of the mail
	Envelope   []byte // sealed
	Rules      []check.Rule
	Persons    []roster.Key // whose data goes to somebody else
	ReceivedAt time.Time
	HeldAt     time.Time
	StaleAt    time.Time
	JudgedAt   int64 // roster version
	Changed    bool  // held for more than when it was last shown
	Size       int
}

// Move is a named person's decision on held deliveries.
type Move struct {
	Filter
	By      string
	Reason  string
	Version int64 // release only what was judged at this roster version or a newer one; 0: all
}

// Moved is what came of it.
type Moved struct {
	Count    int
	Outdated []string // not moved: to be judged again first
}

// StreamState is a stream as it stands.
type StreamState struct {
	Name   string
	Paused bool
	Rule   check.Rule // that paused it; empty: a person did
	By     string     // who paused or resumed it last
	Reason string
	Since  time.Time // zero: never paused
	Queued int64     // deliveries
	Held   int64
}

// RaisedAlert is an alert as it is kept.
type RaisedAlert struct {
	gate.Alert
	ID      int64
	First   time.Time
	Last    time.Time
	Count   int64
	ToldAt  time.Time // when somebody was last told; zero: not yet
	AckedAt time.Time // zero: open
	AckedBy string
}

// SealedPerson is a person as the roster stores it.
type SealedPerson struct {
	Person  roster.Key
	Sealed  []byte // the id; the same id may be sealed to other bytes each time
	Canary  bool
	Removed bool // to be no more; has no entries
	Folding int  // the jp.Version under which the entries were made
	Entries []roster.Entry
}

// Kinds of alerts about feeds; the subject is the feed's name.
const (
	AlertFeedLate    = "feed_late"
	AlertFeedRefused = "feed_refused"
)

// FeedCSV is the name of the feed that files are.
const FeedCSV = "csv"

// Import says by which feed people come, and how far it is believed.
type Import struct {
	Feed   string
	By     string // who, for the audit
	Most   int    // people who may be bound anew within a day whatever else changes (roster.Bindings)
	Agreed string // why somebody agrees to whatever is bound anew; empty: nobody does
	// Mark is the feed's place after the last person, asked for when seq has
	// ended. It is kept in the transaction that makes the people visible.
	Mark func() (FeedMark, error)
}

// FeedMark is how far a feed was read.
type FeedMark struct {
	Sealed []byte     // nil: it has no place, and is read as a whole
	Query  roster.Key // what was asked; a place belongs to one question
}

// Imported says what an import did.
type Imported struct {
	Version   int64 // newest now; unchanged when nothing changed
	Added     int   // persons nobody knew
	Changed   int
	Removed   int
	Unchanged int
	People    int64 // in the roster now
	Entries   int64
	Bound     roster.Bindings
}

// Refusal is an import that was given up because it would bind more people to
// other identifiers than is believed.
type Refusal struct {
	Feed     string
	Bound    roster.Bindings // within a day, this import included
	Examples []roster.Key    // of people who would be bound anew
}

func (r *Refusal) Error() string {
	return fmt.Sprintf("%d of %d people who changed within a day would be bound to other data than before", r.Bound.Anew, r.Bound.Touched)
}

// FeedState is a feed as it stands.
type FeedState struct {
	Name      string
	FirstAt   time.Time // when it was first heard of
	RunAt     time.Time // when a run last began
	FedAt     time.Time // when people, or the word that there are none, last came by it
	LateAt    time.Time // since when somebody is told that it is late; zero: it is not
	Mark      FeedMark
	Rows      int64    // of the last run that fed
	Changed   int64    // people, by it
	Problem   string   // why the last run took nothing in; names nobody
	Refused   *Refusal // nil: the last run was not
	RefusedAt time.Time
	Agreed    int // people who may be bound anew by the next run
}

// ErrManyChanges says that so much of the roster changed that it is better read
// as a whole.
var ErrManyChanges = errors.New("many persons changed")

// Erased says what the erasure of a person removed.
type Erased struct {
	Version int64 // of the roster, without the person
	Bodies  int   // mails whose content was deleted
	Frozen  int   // mails whose content stays, because an incident needs it
	Learned int   // sightings
}

// RosterVersion is a version of the roster as a whole.
type RosterVersion struct {
	Version     int64 // 0: nothing was ever imported
	PublishedAt time.Time
	Note        string
	People      int64
	Entries     int64
}

// Exposed is the fact that one delivery carries one datum to its recipient.
type Exposed struct {
	check.Exposure
	Delivery, Mail string
	Stream         string
	Recipient      roster.Key
	Sealed         []byte // sealed recipient
	Key            []byte // wrapped key of the mail
	State          custody.State
	At             time.Time // when the mail was accepted
	EndedAt        time.Time // when it was relayed, returned, …; zero: not yet
}

// Common is an undeclared identifier that goes to many.
type Common struct {
	Ident             roster.Key
	Kind              jp.Kind
	Recipients, Mails int
	Delivery          string // one that carries it
}

// Listing is a question for deliveries that somebody must be able to see: those
// that could not be made and whose sender nobody could tell, or those of mails
// with a part that passed unread.
type Listing struct {
	Unread bool // else: undeliverable
	Since  time.Time
}

// Listed is a delivery of a listing.
type Listed struct {
	ID, Mail    string
	Stream      string
	Sealed      []byte // sealed recipient
	Key         []byte // wrapped key of the mail
	State       custody.State
	Unread      int       // parts that passed unread
	At, EndedAt time.Time // accepted, ended
	Code        int       // the relay's last answer
	Enhanced    string
}
