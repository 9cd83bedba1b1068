package gate

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/kakitome/kakitome/internal/check"
	"github.com/kakitome/kakitome/internal/fault"
)

// mostInBatch bounds a batch: more would make the first wait for the last.
const mostInBatch = 256

var errStopped = errors.New("the gate has stopped")

// recorder is the one writer of a node. Whatever writes goes through it: mails
// and all other work alike, many in one transaction with one fsync.
type recorder struct {
	g     *Gate
	mails chan *pending
	tasks chan *task
	quit  chan struct{}
	done  chan struct{}
	once  sync.Once
}

// task is any other work of the writer.
type task struct {
	fn   func(tx Tx) error
	done chan error
}

func newRecorder(g *Gate) *recorder {
	return &recorder{
		g: g, mails: make(chan *pending, mostInBatch), tasks: make(chan *task, mostInBatch),
		quit: make(chan struct{}), done: make(chan struct{}),
	}
}

// submit hands a mail in and waits until it is on disk, or surely is not. Once
// a mail is with the recorder its outcome is awaited, whatever ctx says: a
// mail that was recorded must not be answered 451.
func (r *recorder) submit(ctx context.Context, p *pending) error {
	select {
	case r.mails <- p:
	case <-ctx.Done():
		return ctx.Err()
	case <-r.done:
		return errStopped
	}
	select {
	case err := <-p.done:
		return err
	case <-r.done:
		select {
		case err := <-p.done:
			return err
		default:
			return errStopped
		}
	}
}

// Do runs fn in the next transaction of the node's writer and returns when it
// is on disk. fn may run more than once and must have no other effect.
func (g *Gate) Do(ctx context.Context, fn func(tx Tx) error) error {
	r, t := g.recorder, &task{fn, make(chan error, 1)}
	select {
	case r.tasks <- t:
	case <-ctx.Done():
		return ctx.Err()
	case <-r.done:
		return errStopped
	}
	select {
	case err := <-t.done:
		return err
	case <-r.done:
		select {
		case err := <-t.done:
			return err
		default:
			return errStopped
		}
	}
}

func (r *recorder) stop() {
	r.once.Do(func() { close(r.quit) })
	<-r.done
}

func (r *recorder) run() {
	defer close(r.done)
	for {
		b := batch{}
		select {
		case p := <-r.mails:
			b.mails = append(b.mails, p)
		case t := <-r.tasks:
			b.tasks = append(b.tasks, t)
		case <-r.quit:
			if b = r.gather(b); b.empty() {
				return
			}
		}
		r.write(r.gather(b))
	}
}

// gather adds what waits already; it does not wait for more.
func (r *recorder) gather(b batch) batch {
	for len(b.mails) < mostInBatch && len(b.tasks) < mostInBatch {
		select {
		case p := <-r.mails:
			b.mails = append(b.mails, p)
		case t := <-r.tasks:
			b.tasks = append(b.tasks, t)
		default:
			return b
		}
	}
	return b
}

// batch is what goes into one transaction.
type batch struct {
	mails []*pending
	tasks []*task
}

func (b batch) empty() bool { return len(b.mails)+len(b.tasks) == 0 }

// write records a batch. When it fails as a whole, each of its pieces is tried
// by itself, so that one bad piece does not take the others with it. When it is
// the store that does not answer, more tries would only keep all waiting, and
// what became of the first may not be known.
func (r *recorder) write(b batch) {
	err := r.transact(b)
	if err != nil && len(b.mails)+len(b.tasks) > 1 && fault.KindOf(err) != fault.Unavailable {
		for _, p := range b.mails {
			r.write(batch{mails: []*pending{p}})
		}
		for _, t := range b.tasks {
			r.write(batch{tasks: []*task{t}})
		}
		return
	}
	for _, p := range b.mails {
		p.done <- err
	}
	for _, t := range b.tasks {
		t.done <- err
	}
	if err != nil {
		r.g.Log.Error("record batch", "mails", len(b.mails), "tasks", len(b.tasks), "error", err)
		return
	}
	r.after(b)
}

func (r *recorder) transact(b batch) error {
	// The transaction does not end with any client's patience.
	return r.g.Ledger.Write(context.Background(), func(tx Tx) error {
		for _, t := range b.tasks {
			if err := t.fn(tx); err != nil {
				return err
			}
		}
		return r.decide(tx, b.mails)
	})
}

// decide judges the mails of a batch in order, each on the counts that the
// earlier ones have brought forward, and writes all of it.
func (r *recorder) decide(tx Tx, mails []*pending) error {
	if len(mails) == 0 {
		return nil
	}
	wants := make([]check.Wants, len(mails))
	for i, p := range mails {
		wants[i] = p.examined.Wants()
	}
	if err := tx.Lock(wants); err != nil {
		return fmt.Errorf("lock counts: %w", err)
	}
	now := r.g.Now()
	counts, err := tx.Counts(now, wants)
	if err != nil {
		return fmt.Errorf("read counts: %w", err)
	}
	var rows []*Mail
	for _, p := range mails {
		if err := r.g.decide(p, counts, now); err != nil {
			return fmt.Errorf("decide mail %s: %w", p.mail.ID, err)
		}
		if p.verdict.Duplicate == "" {
			rows = append(rows, p.mail)
		}
	}
	if err := tx.Record(rows); err != nil {
		return fmt.Errorf("write mails: %w", err)
	}
	return r.consequences(tx, mails, now)
}

// consequences carries out what the verdicts ask for beyond their own mails.
func (r *recorder) consequences(tx Tx, mails []*pending, now time.Time) error {
	c := consequences{tx: tx, now: now, alerts: map[Alert]int{}}
	for _, p := range mails {
		if err := c.mail(p); err != nil {
			return err
		}
	}
	return c.flush()
}

// after wakes who must know of a stop.
func (r *recorder) after(b batch) {
	if r.g.Recalled == nil {
		return
	}
	for _, p := range b.mails {
		if p.verdict.Effects.Tripped != "" || len(p.verdict.Effects.Blocks) > 0 {
			r.g.Recalled()
			return
		}
	}
}
