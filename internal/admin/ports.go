package admin

import (
	"context"
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

	// Held yields what is held and fits the filter, oldest first.
	Held(ctx context.Context, f Filter, yield func(HeldRow) error) error
	// Release and Discard end the holding of all that fits and was judged at
	// the version given or later; version 0 asks for no version. They work in
	// pieces, each with its audit row and evidence in one transaction.
	Release(ctx context.Context, now time.Time, f Filter, by, reason string, version int64) (int, error)
	Discard(ctx context.Context, now time.Time, f Filter, by, reason string) (int, error)

	Streams(ctx context.Context) ([]StreamRow, error)
	// Alerts yields alerts, newest first.
	Alerts(ctx context.Context, all bool) ([]AlertRow, error)
	AckAlert(ctx context.Context, now time.Time, id, by string) error

	// ImportRoster replaces what is known of the persons given, all or none.
	ImportRoster(ctx context.Context, now time.Time, by string, people iter.Seq2[SealedPerson, error]) (Imported, error)
	// RemovePerson erases a person from the roster.
	RemovePerson(ctx context.Context, now time.Time, by string, person roster.Key) (version int64, found bool, err error)
	RosterStats(ctx context.Context) (RosterRow, error)

	// Exposures yields every fact about a person, or about identifiers.
	Exposures(ctx context.Context, person roster.Key, idents []roster.Key, yield func(ExposureRow) error) error
	// Received yields every fact about a recipient.
	Received(ctx context.Context, rcpt roster.Key, yield func(ExposureRow) error) error
	// Common lists undeclared identifiers that reached at least so many
	// recipients, the commonest first, each with a mail whose body is kept.
	Common(ctx context.Context, recipients, limit int) ([]CommonRow, error)
	// Verify recomputes the evidence logs.
	Verify(ctx context.Context) ([]VerifyRow, error)
}

// Filter selects held deliveries: the ids given, or all that fit every other
// field that is not zero.
type Filter struct {
	IDs           []string
	Stream        string
	Rule          check.Rule
	Since, Before time.Time // of being held
	Person        roster.Key
}

// HeldRow is a held delivery.
type HeldRow struct {
	ID, MailID, Stream string
	Key                []byte // wrapped mail key
	Sealed             []byte // recipient
	Rules              []check.Rule
	Persons            []roster.Key // whose data, not the recipient's own; the zero key: nobody declared it
	HeldAt             time.Time
	JudgedAt           int64 // roster version
}

// StreamRow is the stored state of a stream.
type StreamRow struct {
	Name             string
	Paused           bool
	Rule, By, Reason string
	Since            time.Time
	Queued, Held     int
}

// AlertRow is a stored alert.
type AlertRow struct {
	ID, Kind, Subject, Text string
	Count                   int
	FirstAt, LastAt         time.Time
	AckedAt                 time.Time
	AckedBy                 string
}

// SealedPerson is a person as the roster stores it.
type SealedPerson struct {
	Hashed roster.Hashed // without the id
	Sealed []byte        // the id, sealed
}

// Imported counts an import.
type Imported struct {
	Version         int64
	People, Changed int
}

// RosterRow counts the roster.
type RosterRow struct {
	Version     int64
	People      int
	Canaries    int
	Identifiers map[jp.Kind]int
	ChangedAt   time.Time
}

// ExposureRow is one fact of the ledger.
type ExposureRow struct {
	MailID, Delivery string
	Key              []byte // wrapped mail key
	Sealed           []byte // recipient
	Recipient        roster.Key
	Person           roster.Key
	Ident            roster.Key
	Kind             jp.Kind
	Own              bool
	State            custody.State
	At               time.Time // when it was relayed, else when it was accepted
}

// CommonRow is an undeclared identifier that goes to many.
type CommonRow struct {
	Ident             roster.Key
	Kind              jp.Kind
	Recipients, Mails int
	MailID, Delivery  string // one that carries it
}

// VerifyRow is the result of recomputing one evidence log.
type VerifyRow struct {
	Log             string
	Entries, Erased int64
	Heads           int
	Root            string
	Problem         string // empty: verified
}
