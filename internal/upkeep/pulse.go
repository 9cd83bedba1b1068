package upkeep

import (
	"context"
	"log/slog"
	"maps"
	"sync"
	"sync/atomic"
	"time"
)

// Beat is what a node learns from the database several times a second.
type Beat struct {
	Paused        map[string]bool // streams that are paused
	RosterVersion int64
	OpenAlerts    int
}

// maxAge is how old a beat may be for a mail to be handed to the relay.
const maxAge = time.Second

// PulseOptions are what a pulse works with.
type PulseOptions struct {
	Every   time.Duration // how often the database is asked (200 ms)
	Ask     func(ctx context.Context) (Beat, error)
	Changed func(before, now Beat) // called by the pulse's own goroutine; must not block
	Now     func() time.Time       // (time.Now)
	Log     *slog.Logger
}

// Pulse knows which streams are paused, and how fresh that knowledge is.
type Pulse struct {
	o    PulseOptions
	last atomic.Pointer[heard]
	kick chan chan struct{}
	stop context.CancelFunc
	done sync.WaitGroup
}

type heard struct {
	beat Beat
	at   time.Time // before the question was asked
}

// NewPulse makes a pulse; Start sets it going.
func NewPulse(o PulseOptions) *Pulse {
	if o.Every == 0 {
		o.Every = 200 * time.Millisecond
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	return &Pulse{o: o, kick: make(chan chan struct{})}
}

// Start asks once, so that a node never begins blind, and goes on asking.
func (p *Pulse) Start(ctx context.Context) error {
	if err := p.beat(ctx); err != nil {
		return err
	}
	run, stop := context.WithCancel(context.Background())
	p.stop = stop
	p.done.Go(func() { p.run(run) })
	return nil
}

// Stop stops asking; the pulse is soon no longer fresh.
func (p *Pulse) Stop() {
	p.stop()
	p.done.Wait()
}

func (p *Pulse) run(ctx context.Context) {
	tick := time.NewTicker(p.o.Every)
	defer tick.Stop()
	failing := false
	for {
		var asked chan struct{}
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		case asked = <-p.kick:
		}
		err := p.beat(ctx)
		if err != nil && ctx.Err() == nil && !failing {
			p.o.Log.Error("the database does not answer; nothing is relayed meanwhile", "error", err)
		}
		failing = err != nil
		if asked != nil {
			close(asked)
		}
	}
}

func (p *Pulse) beat(ctx context.Context) error {
	at := p.o.Now()
	ctx, cancel := context.WithTimeout(ctx, maxAge)
	defer cancel()
	beat, err := p.o.Ask(ctx)
	if err != nil {
		return err
	}
	before := p.last.Swap(&heard{beat, at})
	if before == nil {
		before = &heard{}
	}
	if p.o.Changed != nil && (before.beat.RosterVersion != beat.RosterVersion ||
		before.beat.OpenAlerts != beat.OpenAlerts || !maps.Equal(before.beat.Paused, beat.Paused)) {
		p.o.Changed(before.beat, beat)
	}
	return nil
}

// Again asks at once and returns when the answer is known (or ctx has ended):
// after a pause on this node it is effective here when Again returns.
func (p *Pulse) Again(ctx context.Context) {
	asked := make(chan struct{})
	select {
	case p.kick <- asked:
	case <-ctx.Done():
		return
	}
	select {
	case <-asked:
	case <-ctx.Done():
	}
}

// Fresh tells whether the database answered within the last second.
func (p *Pulse) Fresh() bool {
	h := p.last.Load()
	return h != nil && p.o.Now().Sub(h.at) < maxAge
}

// Paused tells whether a stream was paused at the last beat.
func (p *Pulse) Paused(stream string) bool {
	h := p.last.Load()
	return h == nil || h.beat.Paused[stream]
}

// Last is the last beat.
func (p *Pulse) Last() Beat {
	if h := p.last.Load(); h != nil {
		return h.beat
	}
	return Beat{}
}
