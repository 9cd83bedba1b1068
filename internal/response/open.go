package response

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strconv"

	"github.com/kakitome/kakitome/client"
	"github.com/kakitome/kakitome/internal/fault"
	"github.com/kakitome/kakitome/internal/incident"
	"github.com/kakitome/kakitome/internal/jp"
	"github.com/kakitome/kakitome/internal/roster"
	"github.com/kakitome/kakitome/internal/scope"
	"github.com/kakitome/kakitome/internal/survey"
)

// Begin opens an incident, freezes the mails it is about and starts the clock.
func (d *Desk) Begin(ctx context.Context, who string, o client.OpenIncident) (*client.IncidentDetail, error) {
	now := d.Now()
	stored := Stored{ID: now.In(d.Zone).Format("20060102") + "-" + random(3), OpenedAt: now, State: incident.Found, Drill: o.Source == string(incident.Drill)}
	if o.Source == string(incident.FromForeign) && o.Stream == "" { // what will be taken in
		o.Stream = survey.ForeignStream(stored.ID)
	}
	sel, err := d.selectionOf(ctx, o.Selections)
	if err != nil {
		return nil, err
	}
	written, err := json.Marshal(sel)
	if err != nil {
		return nil, fault.Wrap(fault.Invalid, "open incident", "the selection cannot be written down", err)
	}
	resolved, err := d.Survey.Resolve(ctx, sel)
	if err != nil {
		return nil, err
	}
	if err := d.somethingLeft(ctx, incident.Source(o.Source), resolved); err != nil {
		return nil, err
	}
	if _, stored.Key, err = d.Sealer.NewMailKey(); err != nil {
		return nil, fmt.Errorf("make key of incident: %w", err)
	}
	events := []incident.Event{
		{Kind: incident.Opened, By: who, Source: incident.Source(o.Source), Text: trimmed(o.Title)},
		{Kind: incident.Selected, By: who, Selection: written},
	}
	if o.KnownAt != nil {
		events = append(events, incident.Event{Kind: incident.Clock, By: who, Since: *o.KnownAt, Text: trimmed(o.KnownHow)})
	}
	if o.Title != "" {
		events = append(events, incident.Event{Kind: incident.Facts, By: who, Facts: map[string]string{"title": trimmed(o.Title)}})
	}
	var c *Course
	err = d.Store.Respond(ctx, func(tx Tx) (err error) {
		if err := tx.OpenIncident(stored); err != nil {
			return err
		}
		if c, err = d.course(stored, nil); err != nil {
			return err
		}
		for _, e := range events {
			if err := d.append(tx, c, e, freezing(d, resolved)); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("open incident: %w", err)
	}
	return c.detail(), nil
}

// errLeft ends the search for a mail that left.
var errLeft = errors.New("something left")

// somethingLeft refuses to open an incident about mail of which none left, or
// may have: what is held is no leak. A customer may know more than the ledger.
func (d *Desk) somethingLeft(ctx context.Context, from incident.Source, sel scope.Selection) error {
	if from == incident.FromCustomer || from == incident.FromForeign || from == incident.Drill {
		return nil
	}
	err := d.Store.Scope(ctx, sel, func(x *scope.Delivery, _ []scope.Datum) error {
		if x.Fate >= scope.Possibly {
			return errLeft
		}
		return nil
	})
	switch {
	case errors.Is(err, errLeft):
		return nil
	case err != nil:
		return fmt.Errorf("look for what left: %w", err)
	}
	return fault.New(fault.Conflict, "open incident", "none of these mails has left: what is held is no leak").
		WithHint("kakitome held list; a customer who reports one all the same: --source customer")
}

// freezing keeps the mails of a selection with the event that makes it.
func freezing(d *Desk, sel scope.Selection) step {
	return func(tx Tx, c *Course, e *incident.Event) error {
		if e.Kind != incident.Selected {
			return nil
		}
		_, _, err := tx.Freeze(d.Now(), c.ID, sel)
		return err
	}
}

// StartClock says when somebody of the company first knew, or corrects that by
// a later entry with a reason.
func (d *Desk) StartClock(ctx context.Context, who, id string, k client.Clock) (*client.IncidentDetail, error) {
	c, err := d.act(ctx, id, incident.Event{Kind: incident.Clock, By: who, Since: k.At, Text: trimmed(k.How), Corrects: k.Corrects}, nil)
	if err != nil {
		return nil, err
	}
	return c.detail(), nil
}

// Select says anew which mails an incident is about.
func (d *Desk) Select(ctx context.Context, who, id string, s client.Selections) (*client.IncidentDetail, error) {
	sel, err := d.selectionOf(ctx, s)
	if err != nil {
		return nil, err
	}
	written, err := json.Marshal(sel)
	if err != nil {
		return nil, fault.Wrap(fault.Invalid, "select mails", "the selection cannot be written down", err)
	}
	resolved, err := d.Survey.Resolve(ctx, sel)
	if err != nil {
		return nil, err
	}
	c, err := d.act(ctx, id, incident.Event{Kind: incident.Selected, By: who, Selection: written}, freezing(d, resolved))
	if err != nil {
		return nil, err
	}
	return c.detail(), nil
}

// selectionOf is a selection in the words of the scope.
func (d *Desk) selectionOf(_ context.Context, s client.Selections) (sel scope.Selection, err error) {
	sel.Without = s.Without
	within := func(p scope.Part) scope.Part {
		if s.Since != nil {
			p.Since = *s.Since
		}
		if s.Until != nil {
			p.Until = *s.Until
		}
		return p
	}
	add := func(p scope.Part) { sel.Any = append(sel.Any, within(p)) }
	if s.Stream != "" || s.Rule != "" {
		add(scope.Part{Stream: s.Stream, Rule: s.Rule})
	}
	if s.Person != "" {
		add(scope.Part{Person: d.Hasher.Person(s.Person)})
	}
	if s.Identifier != "" {
		idents := d.identsOfValue(s.Identifier)
		if len(idents) == 0 {
			return sel, fault.New(fault.Invalid, "select mails", "the identifier is of no kind that is known").WithHint("an address, a phone number, a code")
		}
		for _, ident := range idents {
			add(scope.Part{Ident: ident})
		}
	}
	if len(s.Mails) > 0 {
		sel.Any = append(sel.Any, scope.Part{Mails: s.Mails})
	}
	if s.Alert != "" {
		n, err := strconv.ParseInt(s.Alert, 10, 64)
		if err != nil {
			return sel, fault.New(fault.Invalid, "select mails", "the id of the alert is no number").WithHint("kakitome alert list")
		}
		add(scope.Part{Alert: n})
	}
	if err := sel.Validate(); err != nil {
		return sel, fault.Wrap(fault.Invalid, "select mails", err.Error(), err).WithHint("--stream, --rule, --person, --identifier, --mail or --alert")
	}
	return sel, nil
}

// identsOfValue are all identifiers a typed value may be.
func (d *Desk) identsOfValue(value string) (idents []roster.Key) {
	for _, k := range []jp.Kind{jp.Email, jp.Phone, jp.MemberNo, jp.OrderNo, jp.Other} {
		if normal, err := jp.Normal(k, value); err == nil {
			idents = append(idents, d.Hasher.Ident(k, normal))
		}
	}
	return idents
}

// resolved is which mails an incident is about, alerts put into words.
func (d *Desk) resolved(ctx context.Context, c *Course) (s scope.Selection, err error) {
	for _, e := range slices.Backward(c.Events) {
		if e.Kind == incident.Selected {
			if err := json.Unmarshal(e.Selection, &s); err != nil {
				return s, fault.Wrap(fault.Internal, "read incident", "its selection cannot be read", err)
			}
			return d.Survey.Resolve(ctx, s)
		}
	}
	return s, fault.New(fault.Conflict, "read incident", "no mails are selected")
}
