package app

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/kakitome/kakitome/internal/custody"
	"github.com/kakitome/kakitome/internal/gate"
	"github.com/kakitome/kakitome/internal/letter"
	"github.com/kakitome/kakitome/internal/mail"
	"github.com/kakitome/kakitome/internal/policy"
	"github.com/kakitome/kakitome/internal/relay"
	"github.com/kakitome/kakitome/internal/store"
	"github.com/kakitome/kakitome/internal/upkeep"
)

// hotJobs is how many mails may wait for the relay without going by the queue:
// what two batches of the recorder let go at once.
const hotJobs = 512

// queue joins the store and the relay: it opens what was sealed on the way out
// and writes the relay's answers down.
type queue struct {
	store    *store.Store
	gate     *gate.Gate
	pulse    *upkeep.Pulse
	node     string
	hostname string
	policy   *policy.Policy
	codeKey  []byte // of receipt codes
	lease    time.Duration
	now      func() time.Time
	wake     chan struct{}
	log      *slog.Logger

	again atomic.Int64 // deliveries claimed whose former lease ran out unanswered: possible duplicates

	mu      sync.Mutex
	origins map[string]*origin // by delivery: of what is in the relay's hands, for a DSN
	unsent  []string           // deliveries whose leases are to be given back
}

// origin is what a failure notice needs of a job. A mail may be in several
// jobs, each with other deliveries.
type origin struct {
	stored *gate.Mail
	opened *gate.Opened
}

var _ relay.Queue = (*queue)(nil)

var (
	errPaused = errors.New("the stream is paused")
	errStale  = errors.New("the database's heartbeat is over a second old")
)

// Wake delivers a value when something may be due.
func (q *queue) Wake() <-chan struct{} { return q.wake }

// Ring wakes the relay.
func (q *queue) Ring() {
	select {
	case q.wake <- struct{}{}:
	default:
	}
}

// Claim leases due mail to this node and opens it.
func (q *queue) Claim(ctx context.Context, n int) ([]relay.Job, error) {
	if !q.pulse.Fresh() {
		return nil, nil
	}
	if err := q.giveBack(ctx); err != nil {
		return nil, err
	}
	mails, again, err := q.store.Claim(ctx, q.now(), n, q.lease)
	if err != nil {
		return nil, err
	}
	q.again.Add(int64(again))
	jobs := make([]relay.Job, 0, len(mails))
	for _, m := range mails {
		o, err := q.gate.Open(m)
		if err != nil {
			q.unopened(ctx, m, err)
			continue
		}
		jobs = append(jobs, q.jobs(m, o)...)
	}
	return jobs, nil
}

// unopened says that a mail cannot be opened, and must not keep the others
// from leaving. It stays queued and is tried again when its lease has run out.
func (q *queue) unopened(ctx context.Context, m *gate.Mail, err error) {
	q.log.Error("open queued mail", "mail", m.ID, "error", err)
	now := q.now()
	err = q.gate.Do(ctx, func(tx gate.Tx) error {
		return tx.Alert(now, gate.Alert{Kind: "unopened", Subject: m.ID,
			Text: "A queued mail cannot be opened and does not leave: is its key there? / " +
				"送信待ちのメールを開封できず、送信されていません。鍵を確認してください。"})
	})
	if err != nil {
		q.log.Error("raise alert", "error", err)
	}
}

// jobs are a stored mail as the relay takes it: one job, or one for each
// recipient where each gets a receipt code of its own.
func (q *queue) jobs(m *gate.Mail, o *gate.Opened) []relay.Job {
	if s, known := q.policy.Stream(m.Stream); !known || !s.Receipt {
		return []relay.Job{q.job(m, o)}
	}
	jobs := make([]relay.Job, 0, len(m.Deliveries))
	for i := range m.Deliveries {
		one, its := *m, *o
		one.Deliveries, its.Recipients = m.Deliveries[i:i+1:i+1], o.Recipients[i:i+1:i+1]
		job := q.job(&one, &its)
		job.Prefix = append(job.Prefix, q.receipt(one.Deliveries[0].ID, its.Recipients[0].Address)...)
		jobs = append(jobs, job)
	}
	return jobs
}

// receipt is the field by which the public pages know this mail to this
// recipient again. It is the same at every try. An address no code can be bound
// to gets none: the mail matters more.
func (q *queue) receipt(delivery, address string) []byte {
	code, err := letter.NewCode(q.codeKey, delivery, address)
	if err != nil {
		return nil
	}
	return fmt.Appendf(nil, "%s: %s\r\n", letter.CodeField, code)
}

// job is a stored mail as the relay takes it in one transaction.
func (q *queue) job(m *gate.Mail, o *gate.Opened) relay.Job {
	env := o.Origin.Envelope
	env.Recipients = o.Recipients
	job := relay.Job{
		ID: m.ID, Stream: m.Stream, Envelope: env, Data: o.Body, FirstAt: m.ReceivedAt,
		Prefix: q.gate.Trace(m, o), Attempt: m.Deliveries[0].Attempt, Lease: m.Deliveries[0].Lease,
	}
	q.mu.Lock()
	defer q.mu.Unlock()
	from := &origin{m, o}
	for _, d := range m.Deliveries {
		job.Deliveries = append(job.Deliveries, d.ID)
		job.Lost = job.Lost || d.Uncertain
		q.origins[d.ID] = from
	}
	return job
}

// MayStart is asked right before DATA.
func (q *queue) MayStart(job relay.Job) error {
	switch {
	case !q.pulse.Fresh():
		return errStale
	case q.pulse.Paused(job.Stream):
		return errPaused
	}
	return nil
}

// Release gives jobs back unsent: at the next Claim, all that came together in
// one transaction, or at the end.
func (q *queue) Release(_ context.Context, jobs []relay.Job) error {
	var ids []string
	for _, job := range jobs {
		ids = append(ids, job.Deliveries...)
	}
	q.forget(ids...)
	q.mu.Lock()
	q.unsent = append(q.unsent, ids...)
	q.mu.Unlock()
	q.Ring()
	return nil
}

// giveBack gives back the leases of what was not sent. What could not be given
// back is tried again.
func (q *queue) giveBack(ctx context.Context) error {
	q.mu.Lock()
	ids := q.unsent
	q.unsent = nil
	q.mu.Unlock()
	if len(ids) == 0 {
		return nil
	}
	err := q.store.ReleaseLeases(ctx, ids)
	if err != nil {
		q.mu.Lock()
		q.unsent = append(q.unsent, ids...)
		q.mu.Unlock()
	}
	return err
}

func (q *queue) forget(deliveries ...string) {
	q.mu.Lock()
	defer q.mu.Unlock()
	for _, id := range deliveries {
		delete(q.origins, id)
	}
}

// from is the job a delivery is in; nil when it is in none.
func (q *queue) from(delivery string) *origin {
	q.mu.Lock()
	defer q.mu.Unlock()
	return q.origins[delivery]
}

// Settle writes results down through the node's one writer.
func (q *queue) Settle(ctx context.Context, results []relay.Result) error {
	settled := make([]gate.Settled, 0, len(results))
	failed := map[*origin][]int{} // job → places of its failures in results
	for i, r := range results {
		from := q.from(r.Delivery)
		s := gate.Settled{
			Delivery: r.Delivery, State: custody.Queued, Due: r.NextTry, Attempt: from.attempt(),
			Code: r.Outcome.Code, Enhanced: r.Outcome.Enhanced, Uncertain: r.Outcome.Uncertain,
		}
		switch {
		case r.Final && r.Outcome.Status == relay.Relayed:
			s.State = custody.Relayed
		case r.Final:
			s.State = custody.Undeliverable
			failed[from] = append(failed[from], i)
		}
		settled = append(settled, s)
	}
	for from, places := range failed {
		if err := q.returned(from, places, results, settled); err != nil {
			// Better listed as undeliverable than that nothing is recorded.
			q.log.Error("write failure notice", "delivery", settled[places[0]].Delivery, "error", err)
		}
	}
	now := q.now()
	if err := q.gate.Do(ctx, func(tx gate.Tx) error { return settle(tx, now, settled) }); err != nil {
		return fmt.Errorf("record the relay's answers: %w", err)
	}
	for i := range settled {
		q.forget(settled[i].Delivery)
	}
	if len(failed) > 0 {
		q.Ring()
	}
	return nil
}

// settle writes the relay's answers, and tells somebody of mail that ends
// where its sender cannot be told.
func settle(tx gate.Tx, now time.Time, settled []gate.Settled) error {
	if err := tx.Settle(now, settled); err != nil {
		return err
	}
	n := 0
	for i := range settled {
		if settled[i].State == custody.Undeliverable {
			n++
		}
	}
	if n == 0 {
		return nil
	}
	return tx.Alert(now, gate.Alert{Kind: "undeliverable", Subject: "relay", Count: n,
		Text: "Mail could not be delivered and its sender cannot be told: kakitome ledger undeliverable / " +
			"届けられず、差出人にも知らせられないメールがあります。"})
}

// attempt is the number of the try that was just made.
func (o *origin) attempt() int {
	if o == nil {
		return 1
	}
	return o.stored.Deliveries[0].Attempt + 1
}

// returned tells the sender, with one notice, of the recipients a mail did not
// reach. Where there is nobody to tell, they stay undeliverable, and listed.
func (q *queue) returned(o *origin, places []int, results []relay.Result, settled []gate.Settled) error {
	if o == nil || o.opened.Origin.Envelope.From == "" {
		return nil
	}
	var told []int
	var list []relay.FailedRecipient
	for _, i := range places {
		k := slices.IndexFunc(o.stored.Deliveries, func(d gate.Delivery) bool { return d.ID == settled[i].Delivery })
		if !relay.WantsFailure(o.opened.Recipients[k]) {
			continue
		}
		told = append(told, i)
		list = append(list, relay.FailedRecipient{Recipient: o.opened.Recipients[k], Outcome: results[i].Outcome, At: results[i].At})
	}
	if len(list) == 0 {
		return nil
	}
	env := o.opened.Origin.Envelope
	header := mail.Parse(o.opened.Body, mail.Limits{}).Root.Header
	text, err := relay.DSN(relay.Notice{
		To: env.From, From: "mailer-daemon@" + q.hostname, MessageID: newID() + "@" + q.hostname, Reporter: q.hostname,
		Arrived: o.stored.ReceivedAt, Now: q.now(), EnvID: env.EnvID, Header: o.opened.Body[header.Start:header.End], Failed: list,
	})
	if err != nil {
		return err
	}
	notice, err := q.gate.Notice(env.From, text)
	if err != nil {
		return err
	}
	for _, i := range told {
		settled[i].State = custody.Returned
	}
	settled[told[0]].Notice = notice
	return nil
}

// offer hands a mail that was just recorded to the relay; what it has no room
// for is given back to the queue.
func (q *queue) offer(r *relay.Runner, m *gate.Mail, o *gate.Opened) {
	for _, job := range q.jobs(m, o) {
		if !r.Offer(job) {
			_ = q.Release(context.Background(), []relay.Job{job}) // has no error
		}
	}
}
