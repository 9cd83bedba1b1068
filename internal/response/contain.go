package response

import (
	"context"
	"fmt"
	"slices"

	"github.com/kakitome/kakitome/client"
	"github.com/kakitome/kakitome/internal/check"
	"github.com/kakitome/kakitome/internal/fault"
	"github.com/kakitome/kakitome/internal/gate"
	"github.com/kakitome/kakitome/internal/incident"
	"github.com/kakitome/kakitome/internal/jp"
	"github.com/kakitome/kakitome/internal/policy"
	"github.com/kakitome/kakitome/internal/roster"
	"github.com/kakitome/kakitome/internal/scope"
)

// Contain stops the streams given, or those the mails of the incident came by,
// recalls what still waits with the data that went out, and blocks these
// identifiers until the incident is closed. First things first: the streams
// stop in a transaction of their own.
func (d *Desk) Contain(ctx context.Context, who, id string, streams []string) (*client.Contained, error) {
	c, err := d.Course(ctx, id)
	if err != nil {
		return nil, err
	}
	if c.Drill {
		return &client.Contained{Paused: []string{}}, d.drillContains(ctx, who, id)
	}
	out := &client.Contained{Paused: []string{}}
	sel, err := d.resolved(ctx, c)
	if err != nil {
		return nil, err
	}
	if len(streams) == 0 {
		streams = named(sel)
	}
	if len(streams) > 0 { // known at once
		if out.Paused, err = d.pause(ctx, who, id, streams); err != nil {
			return nil, err
		}
	}
	idents, found, err := d.identsOf(ctx, sel)
	if err != nil {
		return nil, err
	}
	if len(streams) == 0 {
		if out.Paused, err = d.pause(ctx, who, id, found); err != nil {
			return nil, err
		}
	}
	_, err = d.act(ctx, id, incident.Event{Kind: incident.Blocked, By: who}, func(tx Tx, _ *Course, e *incident.Event) (err error) {
		if err := tx.Lock([]check.Wants{{Idents: idents}}); err != nil {
			return err
		}
		e.Count, err = tx.BlockFor(id, d.Now(), idents)
		out.Blocked = e.Count
		return err
	})
	if err != nil {
		return nil, err
	}
	_, err = d.act(ctx, id, incident.Event{Kind: incident.Recalled, By: who}, func(tx Tx, _ *Course, e *incident.Event) (err error) {
		e.Count, err = tx.Recall(d.Now(), idents, check.FanOut)
		out.Recalled = e.Count
		return err
	})
	if err != nil {
		return nil, err
	}
	_, err = d.act(ctx, id, incident.Event{Kind: incident.Contained, By: who}, nil)
	return out, err
}

// named are the streams that a selection names, if every part of it does.
func named(sel scope.Selection) (streams []string) {
	for _, p := range sel.Any {
		if p.Stream == "" {
			return nil
		}
		if !slices.Contains(streams, p.Stream) {
			streams = append(streams, p.Stream)
		}
	}
	return streams
}

// pause stops streams, each with its event.
func (d *Desk) pause(ctx context.Context, who, id string, streams []string) (paused []string, err error) {
	for _, stream := range streams {
		if stream == policy.IncidentStream || stream == gate.NoticeStream {
			continue
		}
		_, err = d.act(ctx, id, incident.Event{Kind: incident.Paused, By: who, Stream: stream}, func(tx Tx, _ *Course, _ *incident.Event) error {
			_, err := tx.Pause(d.Now(), gate.Pause{Stream: stream, On: true, By: who, Reason: "incident " + id})
			return err
		})
		if err != nil {
			return paused, err
		}
		paused = append(paused, stream)
	}
	d.Stopped(ctx)
	return paused, nil
}

// drillContains writes down what would have been done.
func (d *Desk) drillContains(ctx context.Context, who, id string) error {
	_, err := d.act(ctx, id, incident.Event{Kind: incident.Contained, By: who, Text: "drill: nothing was stopped"}, nil)
	return err
}

// identsOf are the identifiers of others that the incident's wrong mails
// carried and that may be blocked, and the streams they came by. A home, a
// landline or a name alone would block whole households.
func (d *Desk) identsOf(ctx context.Context, sel scope.Selection) (idents []roster.Key, streams []string, err error) {
	seen := map[roster.Key]bool{{}: true}
	add := func(k roster.Key) {
		if !seen[k] {
			seen[k] = true
			idents = append(idents, k)
		}
	}
	err = d.Store.Scope(ctx, sel, func(delivery *scope.Delivery, data []scope.Datum) error {
		if !delivery.Wrong {
			return nil
		}
		if !slices.Contains(streams, delivery.Stream) {
			streams = append(streams, delivery.Stream)
		}
		for i := range data {
			x := &data[i]
			if blockable(x.Kind) {
				add(x.Ident)
			}
			add(x.Person) // stands for name and address together
		}
		return nil
	})
	if err != nil {
		return nil, nil, fmt.Errorf("find what to block: %w", err)
	}
	return idents, streams, nil
}

// blockable are the kinds that fan_out counts by themselves.
func blockable(k jp.Kind) bool {
	switch k {
	case jp.Email, jp.Phone, jp.MemberNo, jp.OrderNo, jp.Other, jp.Link, jp.Attachment:
		return true
	default:
		return false
	}
}

// resume lets a stream go on that the incident stopped.
func (d *Desk) resume(ctx context.Context, who, id string, a client.IncidentAct) (*Course, error) {
	reason := trimmed(a.Text)
	if reason == "" {
		return nil, fault.New(fault.Invalid, "resume stream", "no reason is given")
	}
	c, err := d.act(ctx, id, incident.Event{Kind: incident.Resumed, By: who, Stream: a.Stream, Text: reason}, func(tx Tx, c *Course, _ *incident.Event) error {
		if !slices.Contains(c.Paused, a.Stream) {
			return fault.New(fault.Conflict, "resume stream", "this incident did not stop it")
		}
		_, err := tx.Pause(d.Now(), gate.Pause{Stream: a.Stream, By: who, Reason: "incident " + id + ": " + reason})
		return err
	})
	if err == nil {
		d.Stopped(ctx)
	}
	return c, err
}
