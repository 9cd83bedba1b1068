package survey

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"time"

	"github.com/kakitome/kakitome/internal/check"
	"github.com/kakitome/kakitome/internal/gate"
	"github.com/kakitome/kakitome/internal/roster"
	"github.com/kakitome/kakitome/internal/scope"
)

// Replayed says what would become of an incident's mails if they came now: in
// their order, at their times, on the policy and the roster of today, with their
// streams enforcing. Counts begin empty, but for what recipients have learned;
// the mails between them, which were right, are left out, so that a limit that
// is a share of all mail is met sooner than it was. Nothing is changed.
type Replayed struct {
	At            time.Time
	RosterVersion int64
	PolicyVersion string
	Mails         []ReplayedMail
	Gone          int    // mails whose body is gone: not replayed
	Wrong         int    // deliveries replayed that were wrong
	Stopped       int    // of these, held now
	Before        int    // wrong deliveries that would leave before the first is held
	Left          int    // wrong deliveries that would leave
	Pauses        string // the mail at which a stream would pause; empty: none
}

// ReplayedMail is what would become of one mail.
type ReplayedMail struct {
	Mail       string
	Stream     string
	At         time.Time
	Deliveries []ReplayedDelivery
}

// ReplayedDelivery is what would become of it for one recipient.
type ReplayedDelivery struct {
	ID        string
	Recipient roster.Key
	Wrong     bool // it was
	Held      bool // it would be
	Rules     []check.Rule
}

// replayPiece is how many mails are examined beside each other.
const replayPiece = 64

// Replay replays the mails of a selection, for all their recipients.
func (x *Survey) Replay(ctx context.Context, sel scope.Selection) (*Replayed, error) {
	list, err := x.wholeMails(ctx, sel)
	if err != nil {
		return nil, err
	}
	r := &replay{
		x: x, counts: map[string]*check.Counts{}, wrong: map[string]bool{}, learned: learned{x: x, known: map[roster.Key][]check.Sighting{}},
		out: &Replayed{At: x.Now(), RosterVersion: x.Roster.Snapshot().Version(), PolicyVersion: x.Gate.Policy.Version},
	}
	ids := make([]string, len(list))
	for i, d := range list {
		ids[i] = d.ID
		if d.Wrong {
			r.wrong[d.ID] = true
		}
	}
	var piece []*gate.Mail
	err = x.Store.ScopeMails(ctx, ids, func(m *gate.Mail) error {
		if m.Body == nil {
			r.out.Gone++
			return nil
		}
		if piece = append(piece, m); len(piece) < replayPiece {
			return nil
		}
		err := r.piece(ctx, piece)
		piece = piece[:0]
		return err
	})
	if err == nil {
		err = r.piece(ctx, piece)
	}
	if err != nil {
		return nil, fmt.Errorf("replay: %w", err)
	}
	return r.out, nil
}

// wholeMails are all deliveries of the mails of a selection.
func (x *Survey) wholeMails(ctx context.Context, sel scope.Selection) ([]*scope.Delivery, error) {
	sel, err := x.Resolve(ctx, sel)
	if err != nil {
		return nil, err
	}
	var mails []string
	err = x.Store.Scope(ctx, sel, func(d *scope.Delivery, _ []scope.Datum) error {
		if n := len(mails); n == 0 || mails[n-1] != d.Mail {
			mails = append(mails, d.Mail)
		}
		return nil
	})
	if err != nil || len(mails) == 0 {
		return nil, err
	}
	var whole scope.Selection
	for some := range slices.Chunk(mails, 10_000) {
		whole.Any = append(whole.Any, scope.Part{Mails: some})
	}
	var list []*scope.Delivery
	err = x.Store.Scope(ctx, whole, func(d *scope.Delivery, _ []scope.Datum) error {
		list = append(list, d)
		return nil
	})
	return list, err
}

type replay struct {
	x       *Survey
	counts  map[string]*check.Counts // by stream
	learned learned
	wrong   map[string]bool
	out     *Replayed
}

// piece examines mails beside each other, and decides them in order.
func (r *replay) piece(ctx context.Context, mails []*gate.Mail) error {
	examined := make([]*check.Examined, len(mails))
	failed := make([]error, len(mails))
	var group sync.WaitGroup
	for i, m := range mails {
		group.Go(func() {
			o, err := r.x.Gate.Open(m)
			if err == nil {
				examined[i], err = r.x.Gate.ExamineThen(ctx, m, o, gate.Then{Enforce: true})
			}
			failed[i] = err
		})
	}
	group.Wait()
	for i, m := range mails {
		if failed[i] != nil {
			return fmt.Errorf("mail %s: %w", m.ID, failed[i])
		}
		if err := r.decide(ctx, m, examined[i]); err != nil {
			return err
		}
	}
	return nil
}

func (r *replay) decide(ctx context.Context, m *gate.Mail, e *check.Examined) error {
	known, _, err := r.learned.counts(ctx, e)
	if err != nil {
		return err
	}
	counts := r.counts[m.Stream]
	if counts == nil {
		counts = check.NewCounts(m.ReceivedAt)
		r.counts[m.Stream] = counts
	}
	counts.Now = m.ReceivedAt
	for ident, list := range known.Sightings {
		if counts.Sightings[ident] == nil {
			counts.Sightings[ident] = slices.Clone(list)
		}
	}
	v := check.Decide(e, counts)
	counts.Apply(e, v, m.ID)
	if v.Effects.Tripped != "" && r.out.Pauses == "" {
		r.out.Pauses = m.ID
	}
	one := ReplayedMail{Mail: m.ID, Stream: m.Stream, At: m.ReceivedAt}
	for i := range v.Recipients {
		d := &m.Deliveries[i]
		one.Deliveries = append(one.Deliveries, r.delivery(d, &v.Recipients[i]))
	}
	r.out.Mails = append(r.out.Mails, one)
	return nil
}

func (r *replay) delivery(d *gate.Delivery, now *check.Decision) ReplayedDelivery {
	one := ReplayedDelivery{ID: d.ID, Recipient: d.Recipient, Wrong: r.wrong[d.ID], Held: now.Hold || now.Duplicate != ""}
	for i := range now.Reasons {
		if rule := now.Reasons[i].Rule; !slices.Contains(one.Rules, rule) {
			one.Rules = append(one.Rules, rule)
		}
	}
	switch {
	case !one.Wrong:
		return one
	case one.Held:
		r.out.Stopped++
	default:
		r.out.Left++
		if r.out.Stopped == 0 {
			r.out.Before++
		}
	}
	r.out.Wrong++
	return one
}
