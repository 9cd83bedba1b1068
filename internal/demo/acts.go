package demo

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/kakitome/kakitome/client"
	"github.com/kakitome/kakitome/internal/check"
)

// The normal day.
const (
	dayOrders  = 300
	giftEvery  = 12 // every twelfth order is a gift, to a member and to somebody else in turn
	guestEvery = 10
	meanwhile  = 50 // orders of other members while the defect floods the gateway
	leastRead  = 20 // explanations that are read in full
)

// The members whose orders meet the defect; on other days they buy nothing.
const (
	victim         = 0
	observedVictim = 1
	firstOther     = 2
)

// other is a member who has nothing to do with the defect.
func (s *shop) other(i int) *customer {
	return s.members[firstOther+i%(len(s.members)-firstOther)]
}

// normalDay: orders, gifts and parcels, and nothing is held.
func (d *drill) normalDay(ctx context.Context) error {
	began, n := time.Now(), &d.f.Normal
	orders := d.day(n)
	var confirmations, notices []*letter
	for _, o := range orders {
		confirmations = append(confirmations, d.shop.confirm(o)...)
		notices = append(notices, d.shop.ship(o)...)
	}
	for _, letters := range [][]*letter{confirmations, notices} {
		count, err := d.post(ctx, "normal day", letters)
		if err != nil {
			return err
		}
		n.Held += int(count.held.Load())
	}
	all := slices.Concat(confirmations, notices)
	got, err := d.arrivals(ctx, streamOrder, all)
	if err != nil {
		return err
	}
	n.Sent, n.Delivered, n.Altered, n.Seconds = len(all), got.Whole, got.Altered, seconds(began)
	d.f.equal("normal day: held", n.Held, 0)
	if n.Held > 0 {
		if err := d.complain(ctx); err != nil {
			return err
		}
	}
	d.f.equal("normal day: delivered byte for byte", n.Delivered, n.Sent)
	d.f.equal("normal day: delivered twice or astray", got.Twice+got.Astray, 0)
	return nil
}

// complain says why mail of a normal day is held.
func (d *drill) complain(ctx context.Context) error {
	list, err := d.staff.Held(ctx, client.Selection{Stream: streamOrder})
	if err != nil {
		return fmt.Errorf("list held mail: %w", err)
	}
	for _, h := range list[:min(len(list), 5)] {
		d.f.promise(false, "normal day: %s is held by %s, for %s", h.ID, strings.Join(h.Rules, ", "), strings.Join(h.Persons, ", "))
	}
	return nil
}

// day makes the orders of a normal day.
func (d *drill) day(n *Normal) []*order {
	var orders []*order
	s := d.shop
	for i := range d.o.Orders {
		buyer := s.other(i)
		var friend *customer
		switch {
		case i%giftEvery == giftEvery-1:
			n.Gifts++
			if friend = s.guest(); n.Gifts%2 == 1 {
				friend = s.members[len(s.members)-n.Gifts]
			}
		case i%guestEvery == 0:
			buyer = s.guest()
		}
		orders = append(orders, s.buy(buyer, friend))
	}
	n.Orders = len(orders)
	return orders
}

// flood is what the defect makes of one order.
func (d *drill) flood(stream string, buyer *customer, bug defect) (right, wrong []*letter) {
	d.shop.Stream, d.shop.Defect = stream, bug
	letters := d.shop.confirm(d.shop.buy(buyer, nil))
	d.shop.Stream, d.shop.Defect = streamOrder, noDefect
	for _, l := range letters {
		if l.right() {
			right = append(right, l)
		} else {
			wrong = append(wrong, l)
		}
	}
	return right, wrong
}

// enforced: the incident does not happen.
func (d *drill) enforced(ctx context.Context) error {
	began, e := time.Now(), &d.f.Enforce
	buyer := d.shop.members[victim]
	right, wrong := d.flood(streamOrder, buyer, ownerFirst)
	letters, others := d.mingle(slices.Concat(right, wrong))
	if _, err := d.post(ctx, "the defect, enforce", letters); err != nil {
		return err
	}
	e.SendSeconds = seconds(began)
	counts := make([]int, 3)
	for i, list := range [][]*letter{wrong, right, others} {
		got, err := d.arrivals(ctx, streamOrder, list)
		if err != nil {
			return err
		}
		counts[i] = len(got.To)
	}
	e.WrongSent, e.WrongDelivered, e.RightDelivered = len(wrong), counts[0], counts[1]
	e.MeanwhileSent, e.MeanwhileDelivered = len(others), counts[2]
	d.f.equal("enforce: wrong mails sent", e.WrongSent, d.o.Recipients)
	d.f.equal("enforce: wrong mails delivered", e.WrongDelivered, 0)
	d.f.equal("enforce: right mail delivered", e.RightDelivered, 1)
	d.f.equal("enforce: other orders delivered meanwhile", e.MeanwhileDelivered, e.MeanwhileSent)
	if err := d.explained(ctx, buyer.No); err != nil {
		return err
	}
	if err := d.discard(ctx); err != nil {
		return err
	}
	e.Seconds = seconds(began)
	return nil
}

// mingle puts orders of other members among the letters of the defect.
func (d *drill) mingle(flood []*letter) (all, others []*letter) {
	every := max(1, len(flood)/meanwhile)
	for i, l := range flood {
		all = append(all, l)
		if i%every == every-1 && len(others) < meanwhile {
			more := d.shop.confirm(d.shop.buy(d.shop.other(len(others)), nil))
			all, others = append(all, more...), append(others, more...)
		}
	}
	return all, others
}

// explained: everything held says whose data it is and which rule holds it.
func (d *drill) explained(ctx context.Context, buyer string) error {
	e := &d.f.Enforce
	list, err := d.staff.Held(ctx, client.Selection{Stream: streamOrder})
	if err != nil {
		return fmt.Errorf("list held mail: %w", err)
	}
	e.Held = len(list)
	for _, h := range list {
		if slices.Contains(h.Rules, string(check.Ownership)) && slices.Contains(h.Persons, buyer) {
			e.Explained++
		}
	}
	every := max(1, len(list)/leastRead)
	unexplained := 0
	for i := 0; i < len(list); i += every {
		ok, err := d.read(ctx, list[i].ID, buyer)
		if err != nil {
			return err
		}
		if e.Read++; !ok {
			unexplained++
		}
	}
	d.f.equal("enforce: held", e.Held, d.o.Recipients)
	d.f.equal("enforce: held and explained", e.Explained, e.Held)
	d.f.equal("enforce: explanations that do not name the buyer and rule ownership", unexplained, 0)
	return nil
}

// read reads one explanation as a clerk would.
func (d *drill) read(ctx context.Context, id, buyer string) (bool, error) {
	detail, err := d.staff.HeldDetail(ctx, id, false)
	if err != nil {
		return false, fmt.Errorf("read explanation: %w", err)
	}
	var doc check.Doc
	if err := json.Unmarshal(detail.Verdict, &doc); err != nil {
		return false, fmt.Errorf("read explanation: %w", err)
	}
	for _, r := range doc.Recipients {
		for _, reason := range r.Reasons {
			if r.Decision == "hold" && reason.Rule == check.Ownership && reason.Person == buyer {
				d.f.Enforce.Example, d.f.Enforce.ExampleJa = reason.Text, reason.TextJa
				return true, nil
			}
		}
	}
	return false, nil
}

// discard ends all that the defect made, with one command.
func (d *drill) discard(ctx context.Context) error {
	e, began := &d.f.Enforce, time.Now()
	done, err := d.staff.Discard(ctx, client.Decision{
		Selection: client.Selection{Stream: streamOrder, Rule: string(check.Ownership)},
		Reason:    "the audience of the confirmation was wrong",
	})
	if err != nil {
		return fmt.Errorf("discard held mail: %w", err)
	}
	e.Discarded, e.DiscardSeconds = done.Done, seconds(began)
	left, err := d.staff.Held(ctx, client.Selection{Stream: streamOrder})
	if err != nil {
		return fmt.Errorf("list held mail: %w", err)
	}
	d.f.equal("enforce: discarded with one command", e.Discarded, e.Held)
	d.f.equal("enforce: left after it", len(left), 0)
	return nil
}
