package gate

import (
	"context"
	"time"

	"github.com/kakitome/kakitome/internal/check"
	"github.com/kakitome/kakitome/internal/custody"
)

// Ledger is the store as the gate needs it. internal/store is the only
// implementation, on two engines.
type Ledger interface {
	// Write runs fn in one write transaction and returns after its fsync. What
	// counts excludes each other by Tx.Lock, on one node and on all; what cannot
	// wait for a batch of mails comes in between. Once the commit was submitted its outcome is awaited even
	// when ctx ends. fn may be run again from the start when the engine asks
	// for it (serialisation), so it must be free of side effects outside tx.
	Write(ctx context.Context, fn func(tx Tx) error) error
	// Stage makes a large sealed body durable by itself, beside the writer.
	// Record of a Mail with Staged set adopts it; what is never adopted is
	// swept after an hour.
	Stage(ctx context.Context, mailID string, body []byte) error
	// Read runs fn on one consistent state, and changes nothing.
	Read(ctx context.Context, fn func(tx ReadTx) error) error
}

// ReadTx is what can be asked within a transaction.
type ReadTx interface {
	// Counts reads all that the wants ask for.
	Counts(now time.Time, wants []check.Wants) (*check.Counts, error)
	// Mail reads a stored mail, with the deliveries named, or all.
	Mail(id string, deliveries ...string) (*Mail, error)
}

// Tx is a write transaction.
type Tx interface {
	ReadTx
	// Lock takes the identifiers, recipients and clients of the wants in one
	// fixed order, so that no two nodes count the same one at a time (P2).
	Lock(wants []check.Wants) error
	// Record writes decided mails: mail, sealed body, deliveries, exposures,
	// effects. Many rows are written by few statements. Effects whose Outcome
	// has no time (a notice of our own) write no outcome and no client.
	Record(mails []*Mail) error
	// Judge replaces what was decided for a held delivery, and its state.
	Judge(now time.Time, d Judged) error
	// Recall moves to held what still waits unleased with one of the
	// identifiers that are not the recipient's own, takes its sightings back,
	// and returns how many deliveries.
	Recall(now time.Time, idents []check.Key, rule check.Rule) (int, error)
	// Pause pauses or resumes a stream; resuming queues, in order, what waited
	// for nothing but the stream. It returns whether anything changed.
	Pause(now time.Time, p Pause) (bool, error)
	// Settle writes the relay's answers.
	Settle(now time.Time, results []Settled) error
	// Alert raises an alert, or counts it up when one of the same kind and
	// subject is open.
	Alert(now time.Time, a Alert) error
	// Audit writes who did what.
	Audit(now time.Time, a Audit) error
	// Evidence appends one record to this node's log.
	Evidence(kind string, record []byte) error
}

// Mail is one accepted mail as it is stored. Everything named Sealed is
// encrypted under the mail's own key, which is stored wrapped in Key.
type Mail struct {
	ID         string
	Stream     string
	Node       string
	ReceivedAt time.Time
	Size       int
	Key        []byte // wrapped mail key
	Envelope   []byte // sealed JSON: the envelope without recipients, client, hello, protocol
	Body       []byte // sealed content as accepted; nil when purged
	Staged     bool   // Body is durable already, see Ledger.Stage
	Verdict    []byte // sealed JSON: the explanation document
	Digest     check.Key
	MessageID  check.Key
	Unread     int // parts that passed unread: each such mail is listed

	RosterVersion int64
	PolicyVersion string

	Deliveries []Delivery
	Effects    check.Effects // written by Record, not read back
}

// Delivery is a mail for one recipient.
type Delivery struct {
	ID        string // mail id + "." + number
	Recipient check.Key
	Sealed    []byte // sealed JSON of mail.Recipient
	State     custody.State
	Rules     []check.Rule // why held, or would have been (observe)
	Due       time.Time    // when it may leave
	StaleAt   time.Time    // after this it needs a decision; zero: never
	Lease     time.Time    // leased to this node until then; zero: not leased
	Attempt   int
	Uncertain bool // the relay's answer to an earlier try was lost
	HeldAt    time.Time
	EndedAt   time.Time
	Exposures []check.Exposure
	Changed   bool // held for more than when it was last shown
	// Roster version at which the delivery was last judged.
	JudgedAt int64
}

// Judged is a new judgement of a held delivery.
type Judged struct {
	Mail, Delivery string
	State          custody.State // Held, or Queued when it fits now
	Rules          []check.Rule
	Due            time.Time
	RosterVersion  int64
	Verdict        []byte // sealed; replaces the mail's explanation document
	Exposures      []check.Exposure
	Effects        check.Effects // empty while it stays held
	Grew           bool          // it is held for more than before
}

// Settled is the relay's answer for one delivery.
type Settled struct {
	Delivery  string
	State     custody.State // Relayed, Returned, Undeliverable; Queued: try again at Due
	Due       time.Time
	Attempt   int
	Code      int    // SMTP reply code
	Enhanced  string // enhanced status code
	Uncertain bool   // the answer to the final dot was lost
	Notice    *Mail  // the DSN that goes to the sender, recorded in the same transaction
}

// Pause asks to pause or resume a stream.
type Pause struct {
	Stream string
	On     bool
	Rule   check.Rule // breaker, canary; empty: by a person
	By     string
	Reason string
}

// Alert is something a person must learn of.
type Alert struct {
	Kind    string // "held", "paused", "feed_late", "disk_full", "evidence", "recalled", …
	Subject string // stream, or stream and rule: what makes two alerts the same
	Text    string // English and Japanese, no personal data
	Count   int    // how often since the last call; 0 is 1
}

// Audit is one act of staff, or of the product on its own.
type Audit struct {
	Who    string // "uid 1000 (socket)", "gate"
	Act    string // "release", "discard", "pause", …
	Object string // ids, filters; no personal data
	Reason string
}
