package demo

import (
	"context"
	"fmt"
	"maps"
	"time"

	"github.com/kakitome/kakitome/internal/check"
	"github.com/kakitome/kakitome/internal/gate"
)

// observed: where nothing is held, somebody is told, and it is known who got
// what.
func (d *drill) observed(ctx context.Context) error {
	began, o := time.Now(), &d.f.Observe
	buyer := d.shop.members[observedVictim]
	right, wrong := d.flood(streamObserve, buyer, ownerFirst)
	if _, err := d.post(ctx, "the defect, observe", right); err != nil {
		return err
	}
	first := time.Now()
	if _, err := d.post(ctx, "the defect, observe", wrong); err != nil {
		return err
	}
	o.SendSeconds = seconds(first)
	got, err := d.arrivals(ctx, streamObserve, wrong)
	if err != nil {
		return err
	}
	o.Person, o.WrongSent, o.WrongDelivered, o.AlarmSeconds = buyer.No, len(wrong), len(got.To), -1
	if len(wrong) > 0 {
		if a, ok := d.siren.await(ctx, gate.AlertObserved, streamObserve+"/"+string(check.Ownership)); ok {
			o.AlarmSeconds = a.At.Sub(first).Seconds()
		}
		d.f.promise(o.AlarmSeconds >= 0, "observe: the alarm sounds")
	}
	if err := d.exposure(ctx, buyer.No, got); err != nil {
		return err
	}
	o.Seconds = seconds(began)
	d.f.equal("observe: wrong mails delivered", o.WrongDelivered, d.o.Recipients)
	return nil
}

// exposure asks the ledger, and holds its answer against the mailboxes.
func (d *drill) exposure(ctx context.Context, person string, got *received) error {
	o, began := &d.f.Observe, time.Now()
	x, err := d.staff.ExposureOf(ctx, person)
	if err != nil {
		return fmt.Errorf("ask ledger: %w", err)
	}
	o.ExposureSeconds, o.ExposureOthers = seconds(began), x.OthersRelayed
	named := map[string]bool{}
	for _, e := range x.Others {
		if e.State == "relayed" {
			named[e.Recipient] = true
		}
	}
	o.ExposureExact = maps.Equal(named, got.To) && len(x.Others) == len(got.To)
	d.f.equal("observe: others the ledger names", o.ExposureOthers, o.WrongDelivered)
	d.f.promise(o.ExposureExact, "observe: the ledger names exactly those whose mailboxes have it (%d named, %d have it)", len(named), len(got.To))
	return nil
}

// unregistered: a buyer nobody has registered is bounded by counting.
func (d *drill) unregistered(ctx context.Context) (err error) {
	began, g := time.Now(), &d.f.Guest
	g.FanOut, g.WrongSent = fanOut, d.o.Recipients
	if g.WrongDelivered, err = d.guestFlood(ctx, ownerFirst); err != nil {
		return err
	}
	if g.WrongDeliveredStrangersFirst, err = d.guestFlood(ctx, strangersFirst); err != nil {
		return err
	}
	if err := d.guestHeldBack(ctx); err != nil {
		return err
	}
	g.Seconds = seconds(began)
	// Fewer when one that was released is called back before it left.
	d.f.atMost("guest, served first: wrong mails delivered", g.WrongDelivered, fanOut)
	d.f.atMost("guest, served last: wrong mails delivered", g.WrongDeliveredStrangersFirst, fanOut+1)
	return nil
}

// guestFlood plays the defect on a new guest's order and counts who got it.
func (d *drill) guestFlood(ctx context.Context, bug defect) (delivered int, err error) {
	right, wrong := d.flood(streamOrder, d.shop.guest(), bug)
	turns := [][]*letter{right, wrong}
	if bug == strangersFirst {
		turns = [][]*letter{wrong, right}
	}
	for _, letters := range turns {
		if _, err := d.post(ctx, "a guest's order", letters); err != nil {
			return 0, err
		}
	}
	got, err := d.arrivals(ctx, streamOrder, wrong)
	if err != nil {
		return 0, err
	}
	return len(got.To), nil
}

// guestHeldBack plays it where mail waits before it leaves: what crosses the
// limit calls the first ones back.
func (d *drill) guestHeldBack(ctx context.Context) error {
	g := &d.f.Guest
	right, wrong := d.flood(streamHoldFor, d.shop.guest(), ownerFirst)
	for _, letters := range [][]*letter{right, wrong} {
		if _, err := d.post(ctx, "a guest's order, hold_for", letters); err != nil {
			return err
		}
	}
	// An order of somebody else, accepted last: when it has arrived, all that
	// was to leave before it has left.
	last, _ := d.flood(streamHoldFor, d.shop.other(0), noDefect)
	if _, err := d.post(ctx, "a guest's order, hold_for", last); err != nil {
		return err
	}
	d.forward(holdFor + time.Second)
	st, err := d.settled(ctx, streamHoldFor)
	if err != nil {
		return err
	}
	got, err := d.relay.of(wrong)
	if err != nil {
		return err
	}
	innocent, err := d.relay.of(last)
	if err != nil {
		return err
	}
	g.WrongDeliveredWithHoldFor, g.HeldWithHoldFor = len(got.To), st.Held
	wantDelivered, wantHeld := 0, d.o.Recipients+1
	if d.o.Recipients <= fanOut { // the guest and so few others are within the limit
		wantDelivered, wantHeld = d.o.Recipients, 0
	}
	d.f.equal("guest, hold_for: wrong mails delivered", g.WrongDeliveredWithHoldFor, wantDelivered)
	d.f.equal("guest, hold_for: held", g.HeldWithHoldFor, wantHeld)
	d.f.equal("guest, hold_for: an innocent order delivered", len(innocent.To), 1)
	d.f.equal("guest, hold_for: still waiting", st.Queued, 0)
	return nil
}
