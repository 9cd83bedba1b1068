package gate

import (
	"bytes"
	"context"
	"log/slog"
	"runtime"
	"time"

	"github.com/kakitome/kakitome/internal/check"
	"github.com/kakitome/kakitome/internal/extract"
	"github.com/kakitome/kakitome/internal/fault"
	"github.com/kakitome/kakitome/internal/mail"
	"github.com/kakitome/kakitome/internal/policy"
	"github.com/kakitome/kakitome/internal/roster"
)

// Options are what a gate works with. All are required unless said.
type Options struct {
	Ledger   Ledger
	Sealer   Sealer
	Hasher   *roster.Hasher
	Roster   *roster.Index
	Policy   *policy.Policy
	Hostname string                                             // in the trace field
	Node     string                                             // whose leases these are
	Lease    time.Duration                                      // how long a released mail is this node's to relay
	Offer    func(*Mail, *Opened)                               // takes a mail whose deliveries, all leased, may leave at once; nil: the queue finds it
	Recalled func()                                             // deliveries were recalled or a stream paused; nil: nobody asks
	Received func(stream string, r Receipt, took time.Duration) // counts; nil: nobody does
	Now      func() time.Time
	NewID    func() string
	Limits   mail.Limits    // of a mail's structure
	Extract  extract.Limits // of what is unpacked from it
	Log      *slog.Logger
}

// Gate is the one path. Make one with New and Start it.
type Gate struct {
	Options
	recorder *recorder
	work     chan struct{} // bounds how many mails are examined at a time
	large    chan struct{} // bounds how many of them are large
}

// New makes a gate.
func New(o Options) *Gate {
	g := &Gate{Options: o, work: make(chan struct{}, 2*runtime.GOMAXPROCS(0)), large: make(chan struct{}, 1)}
	g.recorder = newRecorder(g)
	return g
}

// Start starts the recorder.
func (g *Gate) Start() { go g.recorder.run() }

// Stop waits until everything handed in is recorded. No call of Receive may
// begin after it.
func (g *Gate) Stop() { g.recorder.stop() }

// Receive takes a mail in: it is examined, decided and on disk when Receive
// returns without an error, and not kept at all when it returns one.
func (g *Gate) Receive(ctx context.Context, s Submission) (Receipt, error) {
	began := time.Now()
	p, err := g.prepare(ctx, s)
	if err != nil {
		return Receipt{}, err
	}
	if err := g.recorder.submit(ctx, p); err != nil {
		return Receipt{}, fault.Wrap(fault.Unavailable, "record mail", "nothing was kept, try again", err)
	}
	g.handOn(p, s)
	r := p.receipt()
	if g.Received != nil {
		g.Received(p.mail.Stream, r, time.Since(began))
	}
	return r, nil
}

// handOn gives what may leave at once to the relay, without reading it back.
func (g *Gate) handOn(p *pending, s Submission) {
	hot, opened := *p.mail, Opened{Origin: originOf(s)}
	hot.Deliveries = nil
	for i, d := range p.mail.Deliveries {
		if !d.Lease.IsZero() {
			hot.Deliveries = append(hot.Deliveries, d)
			opened.Recipients = append(opened.Recipients, p.recipients[i])
		}
	}
	if len(hot.Deliveries) > 0 {
		opened.Body = bytes.Clone(p.data) // the door wants its memory back
		g.Offer(&hot, &opened)
	}
}

// Check says what Receive would decide now, and changes nothing.
func (g *Gate) Check(ctx context.Context, s Submission, value func(*check.Finding) string) (*check.Doc, error) {
	e, err := g.Examine(ctx, s)
	if err != nil {
		return nil, err
	}
	var doc *check.Doc
	err = g.Ledger.Read(ctx, func(tx ReadTx) error {
		counts, err := tx.Counts(e.At, []check.Wants{e.Wants()})
		if err != nil {
			return err
		}
		doc = check.Explain(e, check.Decide(e, counts), value)
		return nil
	})
	return doc, err
}

// Examine reads a submission on the present roster and policy.
func (g *Gate) Examine(ctx context.Context, s Submission) (*check.Examined, error) {
	c, err := clean(s.Data)
	if err != nil {
		return nil, err
	}
	return g.examine(ctx, s, c, g.Now())
}

// largeBytes is the size over which mails are examined one at a time: reading
// text takes about sixteen times its size in memory.
const largeBytes = 4 << 20

// turn waits for the right to examine a mail of a size, so that many sessions
// cannot make memory grow.
func (g *Gate) turn(ctx context.Context, size int) (done func(), err error) {
	var mine []chan struct{}
	done = func() {
		for _, c := range mine {
			<-c
		}
	}
	need := []chan struct{}{g.work}
	if size > largeBytes { // first, so that those who wait hold up nobody small
		need = []chan struct{}{g.large, g.work}
	}
	for _, c := range need {
		select {
		case c <- struct{}{}:
			mine = append(mine, c)
		case <-ctx.Done():
			done()
			return nil, ctx.Err()
		}
	}
	return done, nil
}

// examine parses and examines a mail when its turn has come.
func (g *Gate) examine(ctx context.Context, s Submission, c cleaned, at time.Time) (e *check.Examined, err error) {
	err = g.read(ctx, s, c, at, func(in check.Input, k check.Knowledge) { e = check.Examine(in, k) })
	return e, err
}

// read parses a mail when its turn has come, and hands it to be examined.
func (g *Gate) read(ctx context.Context, s Submission, c cleaned, at time.Time, examine func(check.Input, check.Knowledge)) error {
	done, err := g.turn(ctx, len(c.data))
	if err != nil {
		return err
	}
	defer done()
	m := mail.Parse(c.data, g.Limits)
	if overLimits(m) {
		return fault.New(fault.Structure, "read mail", "structure over the limits")
	}
	stream, _ := g.Policy.Stream(streamName(s, c))
	examine(check.Input{
		Message: m, Envelope: s.Envelope, Stream: stream, At: at, Client: s.Client,
	}, check.Knowledge{Hasher: g.Hasher, Roster: g.Roster.Snapshot(), Policy: g.Policy, Limits: g.Extract})
	return nil
}

// overLimits tells whether the mail itself, not an attachment's inside, is
// over the limits of structure.
func overLimits(m *mail.Message) bool {
	over := false
	_ = m.Walk(func(p *mail.Part, _ []int) error {
		for _, f := range p.Faults {
			over = over || f.Kind == mail.OverLimit
		}
		return nil
	})
	return over
}

// streamName is the stream of the SMTP user, else the one the mail asks for.
func streamName(s Submission, c cleaned) string {
	if s.Stream != "" {
		return s.Stream
	}
	if c.stream == policy.IncidentStream { // for letters of our own
		return ""
	}
	return c.stream
}
