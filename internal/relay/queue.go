package relay

import (
	"context"
	"time"

	"github.com/kakitome/kakitome/internal/mail"
)

// Job is one mail for some of its recipients, leased to this node.
type Job struct {
	ID         string        // mail id
	Stream     string        // its stream
	Envelope   mail.Envelope // with this job's recipients only
	Deliveries []string      // delivery ids, parallel to Envelope.Recipients
	Prefix     []byte        // trace field, whole lines
	Data       []byte        // content as accepted, whole lines
	Attempt    int           // tries made before this one
	FirstAt    time.Time     // when it was first due
	Lease      time.Time     // until then no other node takes it; zero for never
	Lost       bool          // the answer to an earlier try was lost: this one may make a duplicate
}

func (j Job) size() int { return len(j.Prefix) + len(j.Data) }

// Result is what became of one delivery in one try.
type Result struct {
	Delivery string
	Job      string
	Outcome  Outcome
	At       time.Time
	NextTry  time.Time // zero when final
	Final    bool      // relayed, or failed for good
}

// Queue is where jobs come from and results go; the store implements it.
type Queue interface {
	// Claim leases up to n jobs to this node: due, stream not paused, not recalled.
	Claim(ctx context.Context, n int) ([]Job, error)
	// Settle records results; they are durable when it returns nil. It may be
	// called again with the same results after an error.
	Settle(ctx context.Context, results []Result) error
	// MayStart is asked right before DATA and says why not: heartbeat over a
	// second old, lease about to end, stream paused, mail recalled, a delivery
	// settled meanwhile. It must be quick: a connection waits.
	MayStart(job Job) error
	// Release gives jobs back unsent.
	Release(ctx context.Context, jobs []Job) error
	// Wake delivers a value when something may be due.
	Wake() <-chan struct{}
}
