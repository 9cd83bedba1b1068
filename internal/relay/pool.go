package relay

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"time"
)

// Unreachable is the error when no connection to the relay can be had. The mail
// is untouched.
type Unreachable struct {
	Until time.Time // the relay is not asked again before this
	Err   error     // why; no personal data
}

func (e *Unreachable) Error() string { return fmt.Sprintf("relay unreachable: %v", e.Err) }

// Unwrap gives the cause.
func (e *Unreachable) Unwrap() error { return e.Err }

// errClosed is what a closed client says.
var errClosed = errors.New("relay client is closed")

const (
	minPause = time.Second // after the first failed connection
	maxPause = time.Minute
)

// pool keeps at most max connections, and a circuit all of them share: after a
// failed attempt to connect there is a pause, twice as long each time, then one
// single attempt. Connections that still work go on being used meanwhile.
type pool struct {
	open func(context.Context) (*session, error)
	log  *slog.Logger
	max  int
	idle time.Duration // an unused connection lives
	uses int           // mails per connection

	mu       sync.Mutex
	free     []*session // the last one used is taken first
	live     int        // free, in use and being opened
	opening  int
	failures int // in a row
	until    time.Time
	cause    error // of the last failure
	changed  chan struct{}
	closed   bool
	ending   sync.WaitGroup // connections being closed
}

// get gives a connection, waiting for one when all are in use. With fresh it
// never gives one that was used before.
func (p *pool) get(ctx context.Context, fresh bool) (*session, error) {
	for {
		s, wait, err := p.try(ctx, fresh)
		if s != nil || err != nil {
			return s, err
		}
		if err := wait(); err != nil {
			return nil, fmt.Errorf("wait for a connection: %w", err)
		}
	}
}

// try gives a connection, or what to wait for before trying again.
func (p *pool) try(ctx context.Context, fresh bool) (*session, func() error, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.closed {
		return nil, nil, errClosed
	}
	if s := p.takeFree(fresh); s != nil {
		return s, nil, nil
	}
	now := time.Now()
	if p.live < p.max && !now.Before(p.until) && (p.failures == 0 || p.opening == 0) {
		return p.dial(ctx)
	}
	if p.live == 0 {
		return nil, nil, &Unreachable{p.until, p.cause}
	}
	changed, pause := p.changed, p.until.Sub(now)
	return nil, func() error { return await(ctx, changed, pause) }, nil
}

// await returns when changed is closed, or after pause when that is positive.
func await(ctx context.Context, changed <-chan struct{}, pause time.Duration) error {
	var over <-chan time.Time
	if pause > 0 {
		t := time.NewTimer(pause)
		defer t.Stop()
		over = t.C
	}
	select {
	case <-changed:
	case <-over:
	case <-ctx.Done():
		return ctx.Err()
	}
	return nil
}

// takeFree takes a usable idle connection, dropping the dead. For a caller that
// wants a fresh one the oldest idle connection makes room if there is none.
func (p *pool) takeFree(fresh bool) *session {
	if fresh {
		if p.live >= p.max && len(p.free) > 0 {
			s := p.free[0]
			p.free = p.free[1:]
			s.expire.Stop()
			p.drop(s)
		}
		return nil
	}
	for len(p.free) > 0 {
		s := p.free[len(p.free)-1]
		p.free = p.free[:len(p.free)-1]
		if s.expire.Stop() && s.alive() {
			return s
		}
		p.drop(s)
	}
	return nil
}

// dial opens a connection, without the lock while it takes.
func (p *pool) dial(ctx context.Context) (*session, func() error, error) {
	p.live++
	p.opening++
	p.mu.Unlock()
	s, err := p.open(ctx)
	p.mu.Lock()
	p.opening--
	p.tell()
	if err == nil {
		if p.failures > 0 {
			p.log.Info("relay is reachable again")
		}
		p.failures, p.until = 0, time.Time{}
		return s, nil, nil
	}
	p.live--
	if ctx.Err() != nil { // our own wish, not the relay's fault
		return nil, nil, fmt.Errorf("connect to relay: %w", ctx.Err())
	}
	p.fail(err)
	if p.live == 0 {
		return nil, nil, &Unreachable{p.until, err}
	}
	changed, pause := p.changed, time.Until(p.until)
	return nil, func() error { return await(ctx, changed, pause) }, nil
}

// fail opens the circuit. Of several attempts at the same time one counts.
func (p *pool) fail(err error) {
	p.cause = err
	if time.Now().Before(p.until) {
		return
	}
	pause := min(minPause<<min(p.failures, 10), maxPause)
	p.failures++
	p.until = time.Now().Add(pause)
	p.log.Warn("relay is unreachable", "cause", err, "retry_in", pause)
}

// put gives a connection back.
func (p *pool) put(s *session) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if s.broken || p.closed || s.mails >= p.uses {
		p.drop(s)
		return
	}
	s.since = time.Now()
	s.expire = time.AfterFunc(p.idle, func() { p.expired(s) })
	p.free = append(p.free, s)
	p.tell()
}

// expired drops a connection that was idle too long, unless it was just taken.
func (p *pool) expired(s *session) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for i, f := range p.free {
		if f == s {
			p.free = append(p.free[:i:i], p.free[i+1:]...)
			p.drop(s)
			return
		}
	}
}

// drop ends a connection that nobody uses.
func (p *pool) drop(s *session) {
	p.live--
	p.tell()
	if s.broken {
		_ = s.nc.Close()
		return
	}
	p.ending.Go(s.quit)
}

// tell wakes everyone who waits for a change.
func (p *pool) tell() {
	close(p.changed)
	p.changed = make(chan struct{})
}

// close ends all idle connections; those in use end when given back.
func (p *pool) close() {
	defer p.ending.Wait()
	p.mu.Lock()
	defer p.mu.Unlock()
	p.closed = true
	for _, s := range p.free {
		s.expire.Stop()
		p.drop(s)
	}
	p.free = nil
	p.tell()
}
