package response

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/kakitome/kakitome/client"
	"github.com/kakitome/kakitome/internal/fault"
	"github.com/kakitome/kakitome/internal/gate"
	"github.com/kakitome/kakitome/internal/incident"
	"github.com/kakitome/kakitome/internal/law"
	"github.com/kakitome/kakitome/internal/scope"
)

// Law is which law applies.
type Law struct {
	Packs    *law.Packs
	Places   []string // jurisdictions that apply, as the packs name them: JP, EU, …
	Reporter law.Reporter
}

// lawFacts are what is known of an incident, for the law: what was counted, what
// the letters brought back, and, above both, what an officer states.
func (d *Desk) lawFacts(c *Course, s *scoped, h *heard) law.Facts {
	f := law.Facts{
		Known: c.ClockAt, Occurred: d.timeFact(c, "started"), Assessed: d.timeFact(c, "assessed"), PersonsTold: h.told, Database: law.Yes, UnreadDeleted: h.unread,
		Places: d.places(c),
	}
	final := c.Facts["final_numbers"] == "yes"
	if s != nil {
		f.Persons = lawCount(s.Numbers.Persons, final && s.Numbers.Unread == 0, s.Numbers.Unread > 0)
		if f.Occurred.IsZero() {
			f.Occurred = s.First
		}
		for i := range s.Rows {
			if r := &s.Rows[i]; r.Kind != 0 && r.AtMost() && !slices.Contains(f.Items, law.ItemOf(r.Kind)) {
				f.Items = append(f.Items, law.ItemOf(r.Kind))
			}
		}
	}
	for item := range strings.SplitSeq(c.Facts["items"], ",") {
		if i := law.Item(trimmed(item)); i != "" && !slices.Contains(f.Items, i) {
			f.Items = append(f.Items, i)
		}
	}
	for _, name := range slices.Sorted(maps.Keys(c.Facts)) {
		if a, err := answerOf(name, c.Facts[name]); err == nil {
			_ = f.Set(name, a) // as answerOf has tried
		}
	}
	slices.SortFunc(f.Items, func(a, b law.Item) int { return slices.Index(law.Items(), a) - slices.Index(law.Items(), b) })
	f.ItemsFinal = final
	if f.Occurred.After(f.Known) { // the clock was started by hand before the first mail that is known
		f.Occurred = f.Known
	}
	return f
}

// places says where people live and where the company is.
func (d *Desk) places(c *Course) map[string]law.Place {
	live, err := residents(c.Facts["residents"])
	if err != nil {
		live = nil
	}
	out := map[string]law.Place{}
	for _, place := range d.Law.Places {
		p := law.Place{}
		if c.Facts["established"] != "" {
			p.Established = law.No
		}
		for at := range strings.SplitSeq(c.Facts["established"], ",") {
			if strings.EqualFold(trimmed(at), place) {
				p.Established = law.Yes
			}
		}
		if place == "JP" && p.Established == law.Unknown {
			p.Established = law.Yes // where the program is written for
		}
		if n, ok := live[strings.ToLower(place)]; ok {
			p.Residents = law.AtMost(n, n)
			if c.Facts["final_numbers"] == "yes" {
				p.Residents = law.Exactly(n)
			}
			if n > 0 {
				p.Offers = law.Yes
			}
		}
		out[place] = p
	}
	return out
}

// firstOf is when something of a kind first happened.
func (c *Course) firstOf(k incident.Kind) time.Time {
	for i := range c.Events {
		if c.Events[i].Kind == k {
			return c.Events[i].At
		}
	}
	return time.Time{}
}

func lawCount(b scope.Bound, final, open bool) law.Count {
	if open {
		return law.Count{Least: b.Least}
	}
	return law.Count{Least: b.Least, Most: b.Most, Final: final}
}

// assessed is what the law asks of an incident, with what that follows from.
type assessed struct {
	duties []law.Duty // of the places of the configuration
	facts  law.Facts
	heard  *heard
}

func (d *Desk) assess(ctx context.Context, c *Course, s *scoped) (*assessed, error) {
	h, err := d.hear(ctx, c, s)
	if err != nil {
		return nil, err
	}
	facts := d.lawFacts(c, s, h)
	all, err := law.Assess(d.Law.Packs, facts, d.Now())
	var gap *law.Gap
	if err != nil && !errors.As(err, &gap) {
		return nil, fault.Wrap(fault.Conflict, "assess duties", err.Error(), err).WithHint("kakitome incident fact ID NAME=VALUE")
	}
	if gap != nil { // it comes with all duties
		d.Log.Warn("the law that is known leaves something out", "gap", gap.Error())
	}
	mine := slices.DeleteFunc(all, func(x law.Duty) bool { return !slices.Contains(d.Law.Places, x.Jurisdiction) })
	return &assessed{mine, facts, h}, nil
}

// known is an incident with its newest scope, if there is one.
func (d *Desk) known(ctx context.Context, id string) (*Course, *scoped, error) {
	c, err := d.Course(ctx, id)
	if err != nil || c.Incident.Scope == 0 {
		return c, nil, err
	}
	s, err := d.newest(ctx, c)
	return c, s, err
}

// Deadlines are what the law asks, as far as it is known.
func (d *Desk) Deadlines(ctx context.Context, id string) ([]client.Deadline, error) {
	c, s, err := d.known(ctx, id)
	if err != nil {
		return nil, err
	}
	found, err := d.assess(ctx, c, s)
	if err != nil {
		return nil, err
	}
	list, now := []client.Deadline{}, d.Now()
	for i := range found.duties {
		x := &found.duties[i]
		done := slices.Contains(c.Reports, x.Rule.ID)
		applies := x.Applies.String()
		if x.Applies == law.Unknown {
			applies = "provisional"
		}
		line := client.Deadline{
			Law: x.Jurisdiction, Rule: x.Rule.ID, Due: timeOrNil(x.Due), From: timeOrNil(x.Earliest), Applies: applies,
			What: x.Rule.Due.JA, WhatEn: x.Rule.Due.EN, Why: x.Reason.JA, WhyEn: x.Reason.EN, Reminders: x.Reminders,
			Overdue: x.Overdue(now) && !done, Done: done, Until: x.Deadline.JA, UntilEn: x.Deadline.EN,
		}
		for _, n := range x.Notes {
			line.Notes, line.NotesEn = append(line.Notes, n.JA), append(line.NotesEn, n.EN)
		}
		for _, m := range x.Missing {
			line.Missing = append(line.Missing, m.Fact)
		}
		if len(x.Rule.Sources) > 0 {
			line.Source = x.Rule.Sources[0].Cite + " " + x.Rule.Sources[0].URL
		}
		list = append(list, line)
	}
	return list, nil
}

// Remind raises an alert for each deadline of an open incident of which half,
// 80 or 95 percent have passed, or all of it.
func (d *Desk) Remind(ctx context.Context) error {
	rows, err := d.Store.Incidents(ctx)
	if err != nil {
		return err
	}
	now := d.Now()
	for _, r := range rows {
		if r.Key == nil || !r.ClosedAt.IsZero() || r.Drill {
			continue
		}
		c, s, err := d.known(ctx, r.ID)
		if err != nil {
			return err
		}
		found, err := d.assess(ctx, c, s)
		if err != nil {
			return err
		}
		for i := range found.duties {
			x := &found.duties[i]
			if !x.Stands() || x.Due.IsZero() || slices.Contains(c.Reports, x.Rule.ID) {
				continue
			}
			passed := 0
			for i, at := range x.Reminders {
				if !now.Before(at) {
					passed = reminderShares[min(i, len(reminderShares)-1)]
				}
			}
			if x.Overdue(now) {
				passed = 100
			}
			if passed > 0 {
				if err := d.remind(ctx, c, x, passed); err != nil {
					return err
				}
			}
		}
	}
	return nil
}

// remind raises the alert of a share of a deadline, once.
func (d *Desk) remind(ctx context.Context, c *Course, x *law.Duty, passed int) error {
	object := fmt.Sprintf("%s %d%%", x.Rule.ID, passed)
	before := func(c *Course) bool {
		return slices.ContainsFunc(c.Events, func(e incident.Event) bool { return e.Kind == incident.Reminded && e.Object == object })
	}
	if before(c) {
		return nil
	}
	_, err := d.act(ctx, c.ID, incident.Event{Kind: incident.Reminded, By: "kakitome", Object: object}, func(tx Tx, c *Course, _ *incident.Event) error {
		if before(c) {
			return errReminded
		}
		return tx.Alert(d.Now(), gate.Alert{
			Kind: AlertDeadline, Subject: c.ID + " " + object,
			Text: fmt.Sprintf("Of the time for %s (%s) %d %% have passed; it ends %s. 期限「%s」の%d%%が経過しました。期限は%sです。",
				x.Rule.Due.EN, x.Rule.ID, passed, x.Due.In(d.Zone).Format(time.RFC3339), x.Rule.Due.JA, passed, x.Due.In(d.Zone).Format("2006-01-02 15:04")),
		})
	})
	if errors.Is(err, errReminded) {
		return nil
	}
	return err
}

// errReminded says that another node was faster.
var errReminded = errors.New("somebody was reminded of it already")

var reminderShares = []int{50, 80, 95}

// AlertDeadline is the kind of alert about what the law asks.
const AlertDeadline = "deadline"
