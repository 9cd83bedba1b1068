package app

import (
	"context"
	"errors"
	"time"

	"github.com/kakitome/kakitome/client"
	"github.com/kakitome/kakitome/internal/admin"
	"github.com/kakitome/kakitome/internal/fault"
	"github.com/kakitome/kakitome/internal/upkeep"
)

// afterRefusal is how long a feed that was refused rests before it is tried
// again: it may have been mended at its source.
const afterRefusal = 10 * time.Minute

// feeds are those of the configuration, files among them.
func (a *App) feeds() []admin.Feed {
	list := []admin.Feed{{Name: admin.FeedCSV, LateAfter: a.cfg.Roster.LateAfter, Most: a.cfg.Roster.MostChanged}}
	for _, f := range a.cfg.Feeds {
		list = append(list, admin.Feed{
			Name: f.Name, DSN: string(f.DSN), Query: f.Query, Watermark: f.Watermark,
			Every: f.Every, LateAfter: f.LateAfter, Most: f.MostChanged, SkipBad: f.SkipBad,
		})
	}
	return list
}

const choreFeeds = "look after the feeds"

func choreFeed(name string) string { return "feed " + name }

// feedChores ask the shop's databases, and see to it that somebody is told when
// a feed is late.
func (a *App) feedChores() []upkeep.Chore {
	list := []upkeep.Chore{{Name: choreFeeds, Every: 10 * time.Second, Do: a.watchFeeds}}
	for _, f := range a.feeds() {
		if f.Query != "" {
			list = append(list, upkeep.Chore{Name: choreFeed(f.Name), Every: f.Every, Do: func(ctx context.Context) error { return a.runFeed(ctx, f) }})
		}
	}
	return list
}

// feedDue has a feed run soon, on this node.
func (a *App) feedDue(name string) {
	if a.chores != nil {
		a.chores.Now(choreFeed(name))
	}
}

// runFeed runs a feed once, unless another node has just done so.
func (a *App) runFeed(ctx context.Context, f admin.Feed) error {
	states, err := a.store.Feeds(ctx)
	if err != nil {
		return err
	}
	wait := f.Every - f.Every/10 // ticks do not come at equal distances
	for _, s := range states {
		if s.Name == f.Name && s.Refused != nil && s.Agreed == 0 {
			wait = max(wait, afterRefusal)
		}
	}
	now := a.now()
	ours, err := a.store.ClaimFeed(ctx, f.Name, now, now.Add(-wait))
	if err != nil || !ours {
		return err
	}
	out, err := a.desk.Sync(ctx, choreFeed(f.Name), client.Sync{Name: f.Name})
	a.chores.Now(choreFeeds)
	switch {
	case fault.KindOf(err) == fault.Conflict:
		a.o.Log.Info("the roster is being changed; the feed waits", "feed", f.Name)
		return nil
	case err != nil:
		return err
	case out.Refused != nil:
		return errors.New("the feed " + f.Name + " was refused: too many people would be bound to other data than before")
	case out.Rejected > 0:
		a.o.Log.Warn("the feed has bad rows", "feed", f.Name, "rows", out.Rows, "bad", out.Rejected, "taken", out.Version > 0)
	}
	return nil
}

// watchFeeds raises the alert of each feed that nothing came by for too long.
func (a *App) watchFeeds(ctx context.Context) error {
	states, err := a.store.Feeds(ctx)
	if err != nil {
		return err
	}
	now := a.now()
	known := map[string]admin.FeedState{}
	for _, s := range states {
		known[s.Name] = s
		if !s.FedAt.IsZero() {
			a.metrics.Fed(s.Name, now.Sub(s.FedAt))
		}
	}
	for _, f := range a.feeds() {
		s, heard := known[f.Name]
		if f.LateAfter == 0 || heard && (!s.LateAt.IsZero() || !f.Late(s, now)) {
			continue
		}
		if err := a.store.FeedLate(ctx, now, f.Name, now.Add(-f.LateAfter)); err != nil {
			return err
		}
	}
	return nil
}
