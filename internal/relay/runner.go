package relay

import (
	"cmp"
	"context"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"sync"
	"sync/atomic"
	"time"

	"github.com/kakitome/kakitome/internal/mail"
)

// Sender sends one mail, as Client.Send does.
type Sender interface {
	Send(ctx context.Context, env mail.Envelope, data [][]byte, start func() error) ([]Outcome, error)
}

var _ Sender = (*Client)(nil)

// RunnerOptions tune a Runner. Zero values mean the defaults in parentheses.
type RunnerOptions struct {
	Workers  int              // mails under way at one time (8)
	Poll     time.Duration    // the queue is asked at least this often (1 s)
	Hot      int              // jobs waiting on the hot path (4 × Workers)
	HotBytes int              // their content together (64 MiB)
	Log      *slog.Logger     // (discarded)
	Now      func() time.Time // (time.Now)
	Jitter   func() float64   // in [0, 1) (random)
}

const (
	refusalPause = 250 * time.Millisecond // the queue is left alone after a refusal to start
	leaseMargin  = time.Second            // a mail still under way this long before its lease ends is dropped
	settleBatch  = 256                    // results recorded together
	settleAhead  = 8                      // jobs of each worker that may wait to be recorded while it goes on
	settlePause  = 100 * time.Millisecond // after the first failure to record
	settleMax    = 5 * time.Second        // at most
	lastWord     = 2 * time.Second        // for recording what was cut off by the end of Stop's patience
)

// Counters count what a Runner did since its start.
type Counters struct {
	Relayed      atomic.Int64 // recipients the relay took
	Deferred     atomic.Int64 // recipients to be tried again
	Failed       atomic.Int64 // recipients refused or given up
	Uncertain    atomic.Int64 // mails whose answer to the final dot was lost
	Repeated     atomic.Int64 // mails tried again after a lost answer: possible duplicates
	Released     atomic.Int64 // jobs given back unsent
	SettleErrors atomic.Int64 // failed attempts to record results
	Unsettled    atomic.Int64 // results never recorded, at Stop
}

// Runner carries jobs from a Queue to a Sender and the results back. A delivery
// whose result is not recorded yet is never sent again by the same Runner.
type Runner struct {
	Counts Counters

	q Queue
	s Sender
	o RunnerOptions

	hot  chan Job
	work chan Job
	done chan []Result
	quit chan struct{}

	sending, storing       context.Context // of the mails under way, of the queue's calls
	cutSending, cutStoring context.CancelFunc
	carriers, settler      sync.WaitGroup
	once                   sync.Once

	mu       sync.Mutex
	stopped  bool
	held     map[string]struct{} // deliveries in this Runner's hands
	hotBytes int                 // waiting in hot
	rest     time.Time           // nothing is claimed before
	stuck    bool                // results cannot be recorded at the moment
}

// NewRunner makes a Runner; Start sets it going.
func NewRunner(q Queue, s Sender, o RunnerOptions) *Runner {
	o.Workers = max(cmp.Or(o.Workers, 8), 1)
	o.Poll = cmp.Or(o.Poll, time.Second)
	o.Hot = max(cmp.Or(o.Hot, 4*o.Workers), 1)
	o.HotBytes = cmp.Or(o.HotBytes, 64<<20)
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Jitter == nil {
		o.Jitter = rand.Float64
	}
	r := &Runner{
		q: q, s: s, o: o,
		hot: make(chan Job, o.Hot), work: make(chan Job), done: make(chan []Result, settleAhead*o.Workers),
		quit: make(chan struct{}), held: make(map[string]struct{}),
	}
	r.sending, r.cutSending = context.WithCancel(context.Background())
	r.storing, r.cutStoring = context.WithCancel(context.Background())
	return r
}

// Start starts the workers. It is called once.
func (r *Runner) Start() {
	for range r.o.Workers {
		r.carriers.Go(r.carry)
	}
	r.carriers.Go(r.fetch)
	r.settler.Go(r.settleAll)
}

// Stop takes no more jobs, finishes what is under way and gives back the rest.
// When ctx ends first, connections are dropped, which may leave answers lost.
// The error says how many results could not be recorded.
func (r *Runner) Stop(ctx context.Context) error {
	r.once.Do(func() { r.stop(ctx) })
	if n := r.Counts.Unsettled.Load(); n > 0 {
		return fmt.Errorf("stop relay queue: %d results not recorded", n)
	}
	return nil
}

func (r *Runner) stop(ctx context.Context) {
	r.mu.Lock()
	r.stopped = true
	r.mu.Unlock()
	close(r.quit)
	impatient := context.AfterFunc(ctx, func() {
		r.cutSending()
		time.AfterFunc(lastWord, r.cutStoring)
	})
	r.carriers.Wait()
	close(r.hot)
	for job := range r.hot {
		r.release(job)
	}
	close(r.done)
	r.settler.Wait()
	impatient()
	r.cutSending()
	r.cutStoring()
}

// Offer gives a job that was just committed and leased straight to a worker.
// False means that it was not taken and stays the caller's, to be claimed later.
func (r *Runner) Offer(job Job) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.stopped || r.idleFor() > 0 || r.hotBytes+job.size() > r.o.HotBytes || len(r.hot) == cap(r.hot) || !r.hold(job) {
		return false
	}
	r.hotBytes += job.size()
	r.hot <- job // has room: only Offer fills it, under the lock
	return true
}

// hold marks a job's deliveries as ours, unless one of them is already or the
// job makes no sense. Needs the lock.
func (r *Runner) hold(job Job) bool {
	if len(job.Deliveries) != len(job.Envelope.Recipients) {
		return false
	}
	for _, d := range job.Deliveries {
		if _, ok := r.held[d]; ok {
			return false
		}
	}
	for _, d := range job.Deliveries {
		r.held[d] = struct{}{}
	}
	return true
}

func (r *Runner) letGo(deliveries ...string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, d := range deliveries {
		delete(r.held, d)
	}
}

// pause claims and takes nothing until then.
func (r *Runner) pause(until time.Time) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if until.After(r.rest) {
		r.rest = until
	}
}

// paused is how long the pause still lasts.
func (r *Runner) paused() time.Duration {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.idleFor()
}

// idleFor is paused for who has the lock. While results cannot be recorded
// nothing is claimed: what the queue would give may be what it does not know
// was sent.
func (r *Runner) idleFor() time.Duration {
	rest := max(r.rest.Sub(r.o.Now()), 0)
	if r.stuck {
		rest = max(rest, settlePause)
	}
	return rest
}

func (r *Runner) setStuck(stuck bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.stuck = stuck
}
