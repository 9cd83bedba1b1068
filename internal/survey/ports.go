package survey

import (
	"context"
	"time"

	"github.com/kakitome/kakitome/internal/admin"
	"github.com/kakitome/kakitome/internal/check"
	"github.com/kakitome/kakitome/internal/gate"
	"github.com/kakitome/kakitome/internal/roster"
	"github.com/kakitome/kakitome/internal/scope"
	"github.com/kakitome/kakitome/ledger"
)

// Store is the store as whoever says whose data went to whom needs it.
type Store interface {
	gate.Ledger

	// Survey runs fn in one write transaction, as Write does.
	Survey(ctx context.Context, fn func(tx Tx) error) error
	// Scope calls yield for each delivery of a selection, with all it carries
	// that is not the recipient's own, oldest mail first, from one state of the
	// database. Parts by alert must have been resolved. The slice is used again.
	Scope(ctx context.Context, sel scope.Selection, yield func(*scope.Delivery, []scope.Datum) error) error
	// ScopeMails calls yield for the mails of deliveries, oldest first, each with
	// those of its deliveries that were named, without explanation.
	ScopeMails(ctx context.Context, deliveries []string, yield func(*gate.Mail) error) error
	// SealedRecipients calls yield for each of the deliveries, in any order.
	SealedRecipients(ctx context.Context, deliveries []string, yield func(SealedRecipient) error) error
	// Frozen lists the mails that an incident holds, oldest first.
	Frozen(ctx context.Context, incident string) ([]string, error)
	// ScopeVersions lists the versions of an incident's scope without what is
	// sealed; ScopeVersion reads one, 0 is the newest.
	ScopeVersions(ctx context.Context, incident string) ([]scope.Version, error)
	ScopeVersion(ctx context.Context, incident string, number int64) (scope.Version, error)
	// Learned are the sightings by which recipients have learned identifiers.
	Learned(ctx context.Context, idents []roster.Key) (map[roster.Key][]check.Sighting, error)
	// RosterBefore calls yield for each person who stands otherwise at a version
	// of the roster than at an earlier one, as they stood at the earlier: removed
	// means that nobody knew them then. With more than most it calls yield for
	// none and returns admin.ErrManyChanges; an earlier version that is not kept
	// is a fault.NotFound.
	RosterBefore(ctx context.Context, earlier, version int64, most int, yield func(p admin.SealedPerson, removed bool) error) error
	// Leaves calls yield for each entry of the evidence logs that holds the
	// decision on a mail, or a later judgement of one of its deliveries. A mail
	// whose records were erased has none.
	Leaves(ctx context.Context, mails []Recorded, yield func(Leaf) error) error
	// Decisions calls yield for each record of a decision on a mail of a stream,
	// of all logs, whose mail was accepted at a time or later, and before another,
	// and that names a rule. It returns how many records it went through;
	// over means that it gave up, for there were more than most.
	Decisions(ctx context.Context, stream string, since, until time.Time, most int, yield func(log string, record []byte) error) (n int, over bool, err error)
	// Prove proves entries of a log under its newest signed head.
	Prove(ctx context.Context, log string, indexes []int64) (Proven, error)
	// Alerts lists the open alerts, or all.
	Alerts(ctx context.Context, all bool) ([]admin.RaisedAlert, error)
}

// Tx is a write transaction of Store.
type Tx interface {
	gate.Tx

	// Freeze keeps what an incident needs of the mails of a selection from
	// retention and erasure until Thaw, and returns how many mails the
	// incident holds now, and of how many the body is there.
	Freeze(now time.Time, incident string, sel scope.Selection) (mails, bodies int, err error)
	// Thaw lets go, at a time, what an incident holds.
	Thaw(now time.Time, incident string, until time.Time) error
	// KeepScope keeps a version, whose root goes on record. Versions count up
	// from 1; keeping one twice is a fault.Conflict.
	KeepScope(now time.Time, v scope.Version) error
}

// SealedRecipient is the address of a delivery, sealed.
type SealedRecipient struct {
	Delivery  string
	Recipient roster.Key
	Key       []byte // wrapped key of the mail
	Sealed    []byte
}

// Recorded is a mail whose record is looked for.
type Recorded struct {
	Mail   string
	Log    string    // node
	At     time.Time // when it was accepted
	Judged bool      // some delivery of it was judged again later
}

// Leaf is an entry of an evidence log.
type Leaf struct {
	Mail string
	Log  string
	ledger.Entry
}

// Proven are proofs under one head.
type Proven struct {
	Origin string
	Size   int64
	Head   []byte // signed note
	Proofs map[int64][]ProofHash
}

// ProofHash is one hash of an audit path.
type ProofHash = [32]byte
