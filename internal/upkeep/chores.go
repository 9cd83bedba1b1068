package upkeep

import (
	"context"
	"log/slog"
	"sync"
	"time"
)

// Chore is a piece of upkeep that is done again and again.
type Chore struct {
	Name  string
	Every time.Duration
	Do    func(ctx context.Context) error
}

// Chores does each chore in a goroutine of its own.
type Chores struct {
	log    *slog.Logger
	chores []Chore
	wake   map[string]chan struct{}
	stop   context.CancelFunc
	done   sync.WaitGroup
}

// NewChores makes chores; Start sets them going.
func NewChores(log *slog.Logger, chores ...Chore) *Chores {
	c := &Chores{log: log, chores: chores, wake: map[string]chan struct{}{}}
	for _, chore := range chores {
		c.wake[chore.Name] = make(chan struct{}, 1)
	}
	return c
}

// Start sets the chores going.
func (c *Chores) Start() {
	ctx, stop := context.WithCancel(context.Background())
	c.stop = stop
	for _, chore := range c.chores {
		c.done.Go(func() { c.run(ctx, chore) })
	}
}

// Stop ends what is under way and waits for it.
func (c *Chores) Stop() {
	c.stop()
	c.done.Wait()
}

// Now has a chore done at once, once more when it is under way.
func (c *Chores) Now(name string) {
	select {
	case c.wake[name] <- struct{}{}:
	default:
	}
}

func (c *Chores) run(ctx context.Context, chore Chore) {
	tick := time.NewTicker(chore.Every)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		case <-c.wake[chore.Name]:
		}
		if err := chore.Do(ctx); err != nil && ctx.Err() == nil {
			c.log.Error("upkeep", "chore", chore.Name, "error", err)
		}
	}
}
