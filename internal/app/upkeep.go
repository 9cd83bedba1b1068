package app

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/kakitome/kakitome/internal/alarm"
	"github.com/kakitome/kakitome/internal/gate"
	"github.com/kakitome/kakitome/internal/store"
	"github.com/kakitome/kakitome/internal/upkeep"
)

const (
	leaseTime      = 2 * time.Minute     // a mail is a node's to relay for so long
	rosterVersions = 90 * 24 * time.Hour // former versions that can be asked
)

// Names of chores that are woken.
const (
	choreRejudge = "judge held mail again"
	choreAlerts  = "tell alerts"
)

// startUpkeep starts what the node does by itself.
func (a *App) startUpkeep(context.Context) error {
	teller := alarm.New(alarm.Options{
		Command: a.cfg.Alert.Command, URL: a.cfg.Alert.URL, Mail: a.cfg.Alert.Mail,
		From: "kakitome@" + a.cfg.SMTP.Hostname, Send: a.sendNotice,
	})
	a.chores = upkeep.NewChores(a.o.Log,
		upkeep.Chore{Name: choreAlerts, Every: time.Second, Do: func(ctx context.Context) error { return a.tellAlerts(ctx, teller) }},
		upkeep.Chore{Name: choreRejudge, Every: 10 * time.Second, Do: a.rejudge},
		upkeep.Chore{Name: "hold stale mail", Every: time.Second, Do: a.holdStale},
		upkeep.Chore{Name: "sign the evidence log", Every: time.Second, Do: func(ctx context.Context) error { return a.store.SignHead(ctx, a.now()) }},
		upkeep.Chore{Name: "record other nodes' logs", Every: time.Minute, Do: func(ctx context.Context) error {
			_, err := a.store.CrossHeads(ctx, a.now())
			return err
		}},
		upkeep.Chore{Name: "seal under this month's key", Every: time.Hour, Do: func(context.Context) error { return a.ring.Rotate(a.now()) }},
		upkeep.Chore{Name: "keep retention", Every: time.Minute, Do: a.keepRetention},
		upkeep.Chore{Name: "look after the disk", Every: 10 * time.Second, Do: a.watchDisk},
	)
	a.chores.Start()
	a.defers("stop upkeep", func(ctx context.Context) error {
		a.chores.Stop()
		return a.store.SignHead(ctx, a.now())
	})
	return nil
}

func (a *App) sendNotice(ctx context.Context, to string, message []byte) error {
	if err := a.gate.SendNotice(ctx, to, message); err != nil {
		return err
	}
	a.queue.Ring()
	return nil
}

// tellAlerts tells every open alert that was not told for the repeat interval.
// An alert that could not be told one way is told again the next time, all
// ways; somebody told twice is better than nobody told.
func (a *App) tellAlerts(ctx context.Context, teller *alarm.Teller) error {
	if teller.Ways() == 0 {
		return nil
	}
	now := a.now()
	due, err := a.store.AlertsDue(ctx, now.Add(-a.cfg.Alert.Repeat))
	if err != nil {
		return err
	}
	var failed []error
	for _, r := range due {
		err := teller.Tell(ctx, alarm.Alert{
			ID: fmt.Sprint(r.ID), Kind: r.Kind, Subject: r.Subject, Text: r.Text, Count: int(r.Count), FirstAt: r.First,
		})
		if err == nil {
			err = a.store.AlertTold(ctx, r.ID, now)
		}
		failed = append(failed, err)
	}
	return errors.Join(failed...)
}

// holdStale holds what has waited too long, and says so.
func (a *App) holdStale(ctx context.Context) error {
	n, err := a.store.Stale(ctx, a.now())
	if err != nil || n == 0 {
		return err
	}
	now := a.now()
	return a.gate.Do(ctx, func(tx gate.Tx) error {
		return tx.Alert(now, gate.Alert{Kind: gate.AlertHeld, Subject: "stale", Count: n,
			Text: "Mail waited too long and needs a decision. / 時間の経ったメールがあり、判断が必要です。"})
	})
}

// beat asks the database for what this node must know at every moment.
func (a *App) beat(ctx context.Context) (upkeep.Beat, error) {
	p, err := a.store.Pulse(ctx, a.now())
	return upkeep.Beat{Paused: p.Paused, RosterVersion: p.RosterVersion, OpenAlerts: p.OpenAlerts}, err
}

// pulseChanged wakes who has to do with a change. It does not block.
func (a *App) pulseChanged(before, now upkeep.Beat) {
	a.queue.Ring()
	if a.chores == nil {
		return
	}
	if before.RosterVersion != now.RosterVersion {
		a.chores.Now(choreRejudge)
	}
	if before.OpenAlerts != now.OpenAlerts {
		a.chores.Now(choreAlerts)
	}
}

// rejudge follows the roster and judges again the held mails that its change
// may let go.
func (a *App) rejudge(ctx context.Context) error {
	if err := a.follow(ctx); err != nil {
		return err
	}
	now := a.index.Snapshot().Version()
	if now == a.rejudged {
		return nil
	}
	var failed []error
	err := a.store.Affected(ctx, now, func(mailID, delivery string) error {
		failed = append(failed, a.gate.Rejudge(ctx, mailID, delivery))
		return ctx.Err()
	})
	if err = errors.Join(append(failed, err)...); err != nil {
		return err
	}
	a.rejudged = now
	a.queue.Ring()
	return nil
}

// keepRetention deletes what is older than the configuration says.
func (a *App) keepRetention(ctx context.Context) error {
	keep := store.Keep{
		Bodies: a.cfg.Retention.Bodies, Exposures: a.cfg.Retention.Exposures, Versions: rosterVersions,
	}
	for _, s := range a.policy.Streams {
		keep.Sightings = max(keep.Sightings, s.Window)
	}
	_, err := a.store.Retain(ctx, a.now(), keep)
	return err
}
