package app

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"time"

	"github.com/kakitome/kakitome/internal/alarm"
	"github.com/kakitome/kakitome/internal/gate"
	"github.com/kakitome/kakitome/internal/incident"
	"github.com/kakitome/kakitome/internal/keys"
	"github.com/kakitome/kakitome/internal/store"
	"github.com/kakitome/kakitome/internal/upkeep"
)

const (
	leaseTime      = 2 * time.Minute     // a mail is a node's to relay for so long
	strayAge       = 5 * time.Second     // a lease this old that nobody has in hand was lost on the way
	rosterVersions = 90 * 24 * time.Hour // former versions that can be asked
	alertTurn      = 15 * time.Second    // a node's to tell an alert
)

// Names of chores that are woken.
const (
	choreFollow  = "follow the roster"
	choreRejudge = "judge held mail again"
	choreMerge   = "merge what changed into the index"
	choreAlerts  = "tell alerts"
)

// makeUpkeep makes what the node does by itself.
func (a *App) makeUpkeep(context.Context) error {
	teller := alarm.New(alarm.Options{
		Command: a.cfg.Alert.Command, URL: a.cfg.Alert.URL, Mail: a.cfg.Alert.Mail,
		From: "kakitome@" + a.cfg.SMTP.Hostname, Send: a.sendNotice,
	})
	a.chores = upkeep.NewChores(a.o.Log, append(a.feedChores(),
		upkeep.Chore{Name: choreAlerts, Every: time.Second, Do: func(ctx context.Context) error { return a.tellAlerts(ctx, teller) }},
		upkeep.Chore{Name: choreFollow, Every: 10 * time.Second, Do: a.follow},
		upkeep.Chore{Name: choreRejudge, Every: 10 * time.Second, Do: a.rejudge},
		upkeep.Chore{Name: choreMerge, Every: time.Minute, Do: func(context.Context) error { return a.index.Merge() }},
		upkeep.Chore{Name: "end lost leases", Every: strayAge / 2, Do: a.endLostLeases},
		upkeep.Chore{Name: "hold stale mail", Every: time.Second, Do: a.holdStale},
		upkeep.Chore{Name: "sign the evidence log", Every: time.Second, Do: func(ctx context.Context) error { return a.store.SignHead(ctx, a.now()) }},
		upkeep.Chore{Name: "record other nodes' logs", Every: time.Minute, Do: func(ctx context.Context) error {
			_, err := a.store.CrossHeads(ctx, a.now())
			return err
		}},
		upkeep.Chore{Name: "seal under this month's key", Every: 10 * time.Second, Do: a.turnKeys},
		upkeep.Chore{Name: "count what waits", Every: 10 * time.Second, Do: a.countWaiting},
		upkeep.Chore{Name: "keep retention", Every: time.Minute, Do: a.keepRetention},
		upkeep.Chore{Name: choreLetters, Every: time.Second, Do: a.sendLetters},
		upkeep.Chore{Name: "answer self-checks", Every: 2 * time.Second, Do: a.answerSelfChecks},
		upkeep.Chore{Name: "give up unanswered letters", Every: 10 * time.Minute, Do: a.GiveUp},
		upkeep.Chore{Name: "forget what was asked", Every: 10 * time.Minute, Do: a.Tidy},
		upkeep.Chore{Name: "remind of deadlines", Every: 10 * time.Minute, Do: a.RemindOfDeadlines},
		upkeep.Chore{Name: "look after the disk", Every: 10 * time.Second, Do: a.watchDisk},
	)...)
	for _, f := range a.cfg.Feeds {
		a.feedDue(f.Name)
	}
	return nil
}

func (a *App) startUpkeep(context.Context) error {
	a.chores.Start()
	a.defers("stop upkeep", func(context.Context) error { a.chores.Stop(); return nil })
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
// One node tells it. Who could be told one way was told; an alert that could be
// told no way, or whose node died over it, is anybody's again soon.
func (a *App) tellAlerts(ctx context.Context, teller *alarm.Teller) error {
	if teller.Ways() == 0 {
		return nil
	}
	now := a.now()
	last := now.Add(-a.cfg.Alert.Repeat)
	due, err := a.store.AlertsDue(ctx, last)
	if err != nil {
		return err
	}
	var failed []error
	for _, r := range due {
		ours, err := a.store.ClaimAlert(ctx, r, last.Add(alertTurn))
		if err != nil || !ours {
			failed = append(failed, err)
			continue
		}
		told, err := teller.Tell(ctx, alarm.Alert{
			ID: fmt.Sprint(r.ID), Kind: r.Kind, Subject: r.Subject, Text: r.Text, Count: int(r.Count), FirstAt: r.First,
		})
		failed = append(failed, err)
		if told > 0 {
			failed = append(failed, a.store.AlertTold(ctx, r.ID, now))
		}
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
	if before.RosterVersion != now.RosterVersion {
		a.chores.Now(choreFollow)
	}
	if before.OpenAlerts != now.OpenAlerts {
		a.chores.Now(choreAlerts)
	}
}

// rejudgeAtOnce is how many held mails are judged again at a time: many go
// into one transaction.
const rejudgeAtOnce = 16

// rejudge judges again the held mails that the roster's change may let go.
func (a *App) rejudge(ctx context.Context) error {
	now := a.index.Snapshot().Version()
	if now == a.rejudged {
		return nil
	}
	var failed firstError
	var all sync.WaitGroup
	room := make(chan struct{}, rejudgeAtOnce)
	err := a.store.Affected(ctx, now, func(mailID, delivery string) error {
		room <- struct{}{}
		all.Go(func() {
			defer func() { <-room }()
			failed.note(a.gate.Rejudge(ctx, mailID, delivery))
		})
		return ctx.Err()
	})
	all.Wait()
	if err = errors.Join(failed.err, err); err != nil {
		return err
	}
	a.rejudged = now
	a.queue.Ring()
	return nil
}

// firstError keeps the first error of several goroutines.
type firstError struct {
	mu  sync.Mutex
	err error
}

func (f *firstError) note(err error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.err == nil {
		f.err = err
	}
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

// turnKeys has this node seal under the key of the present month, and nodes
// open what the others seal.
func (a *App) turnKeys(ctx context.Context) error {
	if err := a.ring.Rotate(a.now()); err != nil {
		return err
	}
	if a.cfg.Database == "" {
		return nil // one node only
	}
	var own []store.SharedKey
	for _, k := range a.ring.Share() {
		own = append(own, store.SharedKey(k))
	}
	all, err := a.store.ShareKeys(ctx, own)
	if err != nil {
		return err
	}
	for _, k := range all {
		if err := a.ring.Adopt(keys.Shared(k)); err != nil {
			return err
		}
	}
	return nil
}

// countWaiting brings the gauges of queued and held deliveries, of incidents and
// of letters up to date.
func (a *App) countWaiting(ctx context.Context) error {
	streams, err := a.store.Streams(ctx)
	if err != nil {
		return err
	}
	for _, s := range streams {
		a.metrics.Waiting(s.Name, s.Queued, s.Held, s.Paused)
	}
	standing, err := a.store.Standing(ctx)
	if err != nil {
		return err
	}
	for state := incident.Found; state < incident.IsClosed; state++ {
		a.metrics.Incidents(state.String(), standing.Incidents[state])
	}
	for state, n := range standing.LettersByState() {
		a.metrics.Letters(state.String(), n)
	}
	return nil
}

// endLostLeases gives back what this node has leased and does not have in hand:
// the answer to a claim, or the way to the relay, was lost with the database's
// connection. Without it such mail would wait for its lease to run out.
func (a *App) endLostLeases(ctx context.Context) error {
	now := a.now()
	leased, err := a.store.Leased(ctx, now, now.Add(-strayAge), leaseTime)
	if err != nil {
		return err
	}
	lost := slices.DeleteFunc(leased, func(id string) bool { return a.queue.from(id) != nil })
	if len(lost) == 0 {
		return nil
	}
	if err := a.store.EndLeases(ctx, now, lost); err != nil {
		return err
	}
	a.o.Log.Warn("leases of mail that is in nobody's hands are given back", "deliveries", len(lost))
	a.queue.Ring()
	return nil
}
