package relay

import (
	"cmp"
	"context"
	"errors"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	gocmp "github.com/google/go-cmp/cmp"

	"github.com/kakitome/kakitome/internal/mail"
)

// fakeQueue gives jobs that were put in and keeps what it is told.
type fakeQueue struct {
	mu       sync.Mutex
	due      []Job
	settled  []Result
	released []string
	claims   []time.Time
	refuse   func(Job) error
	broken   int // calls of Settle that fail
	wake     chan struct{}
}

func newQueue(jobs ...Job) *fakeQueue {
	return &fakeQueue{due: jobs, wake: make(chan struct{}, 1)}
}

func (q *fakeQueue) put(jobs ...Job) {
	q.mu.Lock()
	q.due = append(q.due, jobs...)
	q.mu.Unlock()
	select {
	case q.wake <- struct{}{}:
	default:
	}
}

func (q *fakeQueue) Claim(_ context.Context, n int) ([]Job, error) {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.claims = append(q.claims, time.Now())
	n = min(n, len(q.due))
	jobs := slices.Clone(q.due[:n])
	q.due = q.due[n:]
	return jobs, nil
}

func (q *fakeQueue) Settle(ctx context.Context, results []Result) error {
	q.mu.Lock()
	defer q.mu.Unlock()
	if q.broken != 0 {
		q.broken--
		return errors.New("store unavailable")
	}
	q.settled = append(q.settled, results...)
	return ctx.Err()
}

func (q *fakeQueue) MayStart(job Job) error {
	q.mu.Lock()
	defer q.mu.Unlock()
	if q.refuse == nil {
		return nil
	}
	return q.refuse(job)
}

func (q *fakeQueue) Release(_ context.Context, jobs []Job) error {
	q.mu.Lock()
	defer q.mu.Unlock()
	for _, j := range jobs {
		q.released = append(q.released, j.ID)
	}
	return nil
}

func (q *fakeQueue) Wake() <-chan struct{} { return q.wake }

// state is a copy of everything, in a fixed order.
func (q *fakeQueue) state() (settled []Result, released []string, claims []time.Time) {
	q.mu.Lock()
	defer q.mu.Unlock()
	settled = slices.SortedFunc(slices.Values(q.settled), func(a, b Result) int { return cmp.Compare(a.Delivery, b.Delivery) })
	return settled, slices.Sorted(slices.Values(q.released)), slices.Clone(q.claims)
}

// fakeSender answers with its func.
type fakeSender struct {
	mu   sync.Mutex
	sent []string // first recipients
	send func(ctx context.Context, env mail.Envelope, start func() error) ([]Outcome, error)
}

func (s *fakeSender) Send(ctx context.Context, env mail.Envelope, _ [][]byte, start func() error) ([]Outcome, error) {
	if s.send != nil {
		return s.send(ctx, env, start)
	}
	if err := start(); err != nil {
		return untouched.all(len(env.Recipients)), err
	}
	s.mu.Lock()
	s.sent = append(s.sent, env.Recipients[0].Address)
	s.mu.Unlock()
	return verdict{status: Relayed, code: 250}.all(len(env.Recipients)), nil
}

func (s *fakeSender) count() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return len(s.sent)
}

// job is one for one recipient, its delivery called like itself.
func job(id string) Job {
	return Job{
		ID: id, Envelope: to(id + "@example.jp"), Deliveries: []string{id},
		Data: []byte(hello), FirstAt: time.Now(), Lease: time.Now().Add(time.Minute),
	}
}

// elapse lets time pass on the bubble's clock.
func elapse(d time.Duration) { <-time.After(d) }

func noJitter() float64 { return 0 }

func run(q Queue, s Sender, o RunnerOptions) *Runner {
	if o.Jitter == nil {
		o.Jitter = noJitter
	}
	r := NewRunner(q, s, o)
	r.Start()
	return r
}

func stop(t *testing.T, r *Runner) {
	t.Helper()
	if err := r.Stop(t.Context()); err != nil {
		t.Error(err)
	}
}

func TestRunnerCarriesEverything(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		q, s := newQueue(job("a"), job("b"), job("c"), job("d"), job("e")), &fakeSender{}
		r := run(q, s, RunnerOptions{Workers: 2})
		synctest.Wait()
		if !r.Offer(job("hot")) {
			t.Error("hot job refused")
		}
		synctest.Wait()
		q.put(job("late"))
		synctest.Wait() // no time passes: Wake is enough
		stop(t, r)
		settled, released, _ := q.state()
		if len(settled) != 7 || len(released) != 0 || r.Counts.Relayed.Load() != 7 {
			t.Errorf("settled %v, released %v", settled, released)
		}
		want := Result{Delivery: "a", Job: "a", Outcome: Outcome{Status: Relayed, Code: 250}, At: settled[0].At, Final: true}
		if d := gocmp.Diff(want, settled[0]); d != "" {
			t.Error(d)
		}
	})
}

func TestRunnerPollsQuietly(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		q := newQueue()
		r := run(q, &fakeSender{}, RunnerOptions{Poll: time.Second})
		elapse(10*time.Second + time.Millisecond)
		stop(t, r)
		if _, _, claims := q.state(); len(claims) != 11 {
			t.Errorf("%d claims in 10 s", len(claims))
		}
	})
}

func TestPauseStopsQueuedMail(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		q, s := newQueue(job("a"), job("b"), job("c")), &fakeSender{}
		q.refuse = func(j Job) error {
			if j.ID != "b" {
				return errors.New("stream is paused")
			}
			return nil
		}
		r := run(q, s, RunnerOptions{Workers: 1, Poll: time.Second})
		elapse(5 * time.Second)
		stop(t, r)
		settled, released, claims := q.state()
		if len(settled) != 1 || settled[0].Job != "b" || !slices.Equal(released, []string{"a", "c"}) {
			t.Errorf("settled %v, released %v", settled, released)
		}
		if len(claims) > 12 {
			t.Errorf("%d claims: a busy loop", len(claims))
		}
	})
}

func TestOutcomesBecomeResults(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		now := time.Now()
		j := job("m")
		j.Envelope = to("a@example.jp", "b@example.jp", "c@example.jp", "d@example.jp")
		j.Deliveries = []string{"a", "b", "c", "d"}
		j.Attempt = 1
		old := job("old")
		old.FirstAt = now.Add(-GiveUp)
		q := newQueue(j, old)
		s := &fakeSender{send: func(_ context.Context, env mail.Envelope, _ func() error) ([]Outcome, error) {
			if len(env.Recipients) == 1 {
				return inDoubt.all(1), nil
			}
			return []Outcome{
				{Recipient: 0, Status: Relayed, Code: 250},
				{Recipient: 1, Status: Deferred, Code: 450, Enhanced: "4.7.1"},
				{Recipient: 2, Status: Deferred, Code: 452, Enhanced: "4.5.3"},
				{Recipient: 3, Status: Failed, Code: 550},
			}, nil
		}}
		r := run(q, s, RunnerOptions{})
		synctest.Wait()
		stop(t, r)
		got, _, _ := q.state()
		want := []Result{
			{Delivery: "a", Job: "m", Outcome: Outcome{Recipient: 0, Status: Relayed, Code: 250}, At: now, Final: true},
			{Delivery: "b", Job: "m", Outcome: Outcome{Recipient: 1, Code: 450, Enhanced: "4.7.1"}, At: now, NextTry: now.Add(5 * time.Minute)},
			{Delivery: "c", Job: "m", Outcome: Outcome{Recipient: 2, Code: 452, Enhanced: "4.5.3"}, At: now, NextTry: now},
			{Delivery: "d", Job: "m", Outcome: Outcome{Recipient: 3, Status: Failed, Code: 550}, At: now, Final: true},
			{Delivery: "old", Job: "old", Outcome: Outcome{Status: Failed, Enhanced: "4.4.2", Text: inDoubt.text, Uncertain: true}, At: now, Final: true},
		}
		if d := gocmp.Diff(want, got); d != "" {
			t.Error(d)
		}
		c := &r.Counts
		if c.Relayed.Load() != 1 || c.Deferred.Load() != 2 || c.Failed.Load() != 2 || c.Uncertain.Load() != 1 {
			t.Errorf("relayed %d deferred %d failed %d uncertain %d", c.Relayed.Load(), c.Deferred.Load(), c.Failed.Load(), c.Uncertain.Load())
		}
	})
}

func TestRepeatsAfterALostAnswerAreCounted(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		again := job("again")
		again.Lost = true
		q := newQueue(again, job("first"))
		r := run(q, &fakeSender{}, RunnerOptions{})
		synctest.Wait()
		stop(t, r)
		if n := r.Counts.Repeated.Load(); n != 1 {
			t.Errorf("repeated %d", n)
		}
	})
}

// TestResultsSurviveABrokenStore: nothing is sent twice, nothing is claimed
// while the store does not know, and all is recorded in the end.
func TestResultsSurviveABrokenStore(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		q, s := newQueue(job("a")), &fakeSender{}
		q.broken = 5
		r := run(q, s, RunnerOptions{Workers: 2, Poll: time.Second})
		synctest.Wait()
		if s.count() != 1 {
			t.Fatalf("%d sent", s.count())
		}
		q.put(job("a"), job("b")) // the lease of a ended: it is due again
		if r.Offer(job("a")) {
			t.Error("offer of a delivery whose result is not recorded was taken")
		}
		elapse(2 * time.Second)
		if s.count() != 1 {
			t.Error("sent while the store was broken")
		}
		elapse(10 * time.Second)
		stop(t, r)
		settled, _, _ := q.state()
		if r.Counts.SettleErrors.Load() != 5 || len(settled) < 2 {
			t.Errorf("%d errors, settled %v", r.Counts.SettleErrors.Load(), settled)
		}
	})
}

// TestClaimedAgainWhileUnderWay: the same delivery is never twice in the hands
// of one Runner.
func TestClaimedAgainWhileUnderWay(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		sends, finish := 0, make(chan struct{})
		s := &fakeSender{send: func(context.Context, mail.Envelope, func() error) ([]Outcome, error) {
			sends++
			<-finish
			return verdict{status: Relayed}.all(1), nil
		}}
		q := newQueue(job("a"))
		r := run(q, s, RunnerOptions{Workers: 2})
		synctest.Wait()
		q.put(job("a"))
		synctest.Wait()
		close(finish)
		stop(t, r)
		if _, released, _ := q.state(); sends != 1 || len(released) != 0 {
			t.Errorf("sent %d times, released %v", sends, released)
		}
	})
}

func TestUnreachableRelayIsLeftAlone(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		begin, sends := time.Now(), 0
		old := job("old")
		old.FirstAt = begin.Add(-GiveUp)
		q := newQueue(old)
		for range 100 {
			q.due = append(q.due, job("j"))
		}
		s := &fakeSender{send: func(context.Context, mail.Envelope, func() error) ([]Outcome, error) {
			sends++
			return untouched.all(1), &Unreachable{Until: begin.Add(30 * time.Second), Err: errors.New("refused")}
		}}
		r := run(q, s, RunnerOptions{Workers: 1})
		elapse(29 * time.Second)
		if r.Offer(job("hot")) {
			t.Error("hot job taken while the relay is down")
		}
		stop(t, r)
		settled, _, claims := q.state()
		if sends > 2 || len(claims) > 2 { // one batch may be on its way already
			t.Errorf("%d sends, %d claims", sends, len(claims))
		}
		if len(settled) != 1 || settled[0].Outcome.Status != Failed || settled[0].Outcome.Enhanced != "4.4.1" {
			t.Errorf("expired: %+v", settled)
		}
	})
}

func TestOfferIsBounded(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		release := make(chan struct{})
		s := &fakeSender{send: func(context.Context, mail.Envelope, func() error) ([]Outcome, error) {
			<-release
			return verdict{status: Relayed}.all(1), nil
		}}
		q := newQueue()
		r := run(q, s, RunnerOptions{Workers: 1, Hot: 2, HotBytes: 100})
		synctest.Wait()
		if !r.Offer(job("a")) {
			t.Error("first refused")
		}
		synctest.Wait() // a is with the worker
		big := job("big")
		big.Data = make([]byte, 101)
		odd := job("odd")
		odd.Deliveries = nil
		for _, tc := range []struct {
			job  Job
			want bool
		}{{big, false}, {odd, false}, {job("a"), false}, {job("b"), true}, {job("c"), true}, {job("d"), false}} {
			if r.Offer(tc.job) != tc.want {
				t.Errorf("offer of %s: %v", tc.job.ID, !tc.want)
			}
		}
		go func() { elapse(time.Second); close(release) }()
		stop(t, r)
		settled, released, _ := q.state()
		if len(settled) != 1 || !slices.Equal(released, []string{"b", "c"}) {
			t.Errorf("settled %v, released %v", settled, released)
		}
		if r.Offer(job("late")) {
			t.Error("taken after Stop")
		}
	})
}

// TestStopRunsOutOfPatience: what hangs is cut off, and what that leaves open
// is recorded as uncertain.
func TestStopRunsOutOfPatience(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := &fakeSender{send: func(ctx context.Context, _ mail.Envelope, _ func() error) ([]Outcome, error) {
			<-ctx.Done()
			return inDoubt.all(1), nil
		}}
		j := job("a")
		j.Lease = time.Time{}
		q := newQueue(j)
		r := run(q, s, RunnerOptions{})
		synctest.Wait()
		ctx, cancel := context.WithTimeout(t.Context(), 3*time.Second)
		defer cancel()
		if err := r.Stop(ctx); err != nil {
			t.Error(err)
		}
		if settled, _, _ := q.state(); len(settled) != 1 || !settled[0].Outcome.Uncertain {
			t.Errorf("settled %v", settled)
		}
		if err := r.Stop(ctx); err != nil {
			t.Error("second Stop:", err)
		}
	})
}

func TestStopWithABrokenStoreSaysWhatIsMissing(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		q := newQueue(job("a"))
		q.broken = -1
		r := run(q, &fakeSender{}, RunnerOptions{})
		synctest.Wait()
		ctx, cancel := context.WithTimeout(t.Context(), 3*time.Second)
		defer cancel()
		if err := r.Stop(ctx); err == nil || r.Counts.Unsettled.Load() != 1 {
			t.Errorf("%v, %d unsettled", err, r.Counts.Unsettled.Load())
		}
	})
}

// TestNothingOutlivesItsLease: another node may send afterwards.
func TestNothingOutlivesItsLease(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var took time.Duration
		s := &fakeSender{send: func(ctx context.Context, _ mail.Envelope, _ func() error) ([]Outcome, error) {
			begin := time.Now()
			<-ctx.Done()
			took = time.Since(begin)
			return inDoubt.all(1), nil
		}}
		q := newQueue(job("a"))
		r := run(q, s, RunnerOptions{})
		synctest.Wait()
		stop(t, r)
		if took != time.Minute-leaseMargin {
			t.Errorf("took %v of a lease of a minute", took)
		}
	})
}
