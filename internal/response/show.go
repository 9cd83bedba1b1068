package response

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/kakitome/kakitome/client"
	"github.com/kakitome/kakitome/internal/incident"
)

// Incidents lists all incidents, oldest first.
func (d *Desk) Incidents(ctx context.Context) ([]client.Incident, error) {
	rows, err := d.Store.Incidents(ctx)
	if err != nil {
		return nil, err
	}
	list := []client.Incident{}
	for _, r := range rows {
		if r.Key == nil {
			list = append(list, client.Incident{ID: r.ID, State: r.State.String(), Drill: r.Drill, OpenedAt: r.OpenedAt, ClosedAt: timeOrNil(r.ClosedAt), Erased: true})
			continue
		}
		c, err := d.Course(ctx, r.ID)
		if err != nil {
			return nil, err
		}
		list = append(list, c.summary())
	}
	return list, nil
}

// Incident shows one incident with its course.
func (d *Desk) Incident(ctx context.Context, id string) (*client.IncidentDetail, error) {
	c, err := d.Course(ctx, id)
	if err != nil {
		return nil, err
	}
	out := c.detail()
	if c.Open() && len(c.Rounds) > 0 {
		all, err := d.askings(ctx, c)
		if err != nil {
			return nil, err
		}
		if d.remindable(all) > 0 {
			out.Next = append(out.Next, "kakitome incident letters draft "+c.ID+" --occasion remind")
		}
	}
	return out, nil
}

func (c *Course) summary() client.Incident {
	return client.Incident{
		ID: c.ID, State: c.State.String(), Drill: c.Drill, Title: c.Facts["title"], OpenedAt: c.OpenedAt, OpenedBy: c.OpenedBy,
		Source: string(c.Source), ClockAt: timeOrNil(c.ClockAt), ClosedAt: timeOrNil(c.ClosedAt),
	}
}

func (c *Course) detail() *client.IncidentDetail {
	d := &client.IncidentDetail{
		Incident: c.summary(), Clock: c.ClockN, Paused: append([]string{}, c.Paused...), Facts: c.Facts, Scope: c.Scope, Agreed: c.Agreed,
		Rounds: []client.LetterRound{}, Page: c.Page, Published: c.Published, Reports: append([]string{}, c.Reports...), Next: c.next(),
	}
	if c.Numbers != nil {
		n := numbersOf(*c.Numbers)
		d.Numbers = &n
	}
	for _, r := range c.Rounds {
		d.Rounds = append(d.Rounds, client.LetterRound{
			Round: r.Number, Occasion: r.Drafted.Object, Letters: r.Drafted.Count, Sample: r.Sample, All: r.All, Sent: r.Sent,
		})
	}
	for i := range c.Events {
		e := &c.Events[i]
		d.Events = append(d.Events, client.IncidentEvent{N: e.N, At: e.At, By: e.By, Kind: string(e.Kind), Text: say(e)})
	}
	return d
}

func numbersOf(n incident.Numbers) client.Numbers {
	return client.Numbers{Persons: client.Bounds(n.Persons), Recipients: client.Bounds(n.Recipients), Mails: client.Bounds(n.Mails), Unread: n.Unread}
}

// say is an event in one line.
func say(e *incident.Event) string {
	var parts []string
	add := func(format string, args ...any) { parts = append(parts, fmt.Sprintf(format, args...)) }
	if e.Source != "" {
		add("by %s", e.Source)
	}
	if !e.Since.IsZero() {
		add("known since %s", e.Since.Format(time.RFC3339))
	}
	if e.Corrects > 0 {
		add("corrects %d", e.Corrects)
	}
	if e.Stream != "" {
		add("stream %s", e.Stream)
	}
	if e.Object != "" {
		add("%s", e.Object)
	}
	if e.Version > 0 {
		add("version %d", e.Version)
	}
	if e.Round > 0 {
		add("round %d", e.Round)
	}
	if e.Count > 0 {
		add("%d", e.Count)
	}
	if e.Refused > 0 {
		add("%d refused", e.Refused)
	}
	if n := e.Numbers; n != nil {
		add("%s persons, %s recipients, %s mails, %d unread", n.Persons, n.Recipients, n.Mails, n.Unread)
		if e.Agreed {
			add("two computations agree")
		}
	}
	if len(e.Facts) > 0 {
		add("%d facts", len(e.Facts))
	}
	if e.Text != "" {
		add("“%s”", e.Text)
	}
	return strings.Join(parts, ", ")
}

// next says what to do next.
func (c *Course) next() []string {
	list := []string{}
	add := func(command string) { list = append(list, "kakitome incident "+command) }
	id := c.ID
	if !c.Open() {
		return list
	}
	if c.State == incident.Found {
		add("contain " + id)
	}
	if c.Scope == 0 {
		add("scope " + id)
		return list
	}
	waiting := c.Unapproved()
	for _, r := range waiting {
		if r.Sample == "" {
			add("letters list " + id + " --sample")
			add(fmt.Sprintf("approve %s %q --as NAME", id, incident.ObjectSample(r.Number)))
		} else {
			add(fmt.Sprintf("approve %s %q --as NAME", id, incident.ObjectLetters(r.Number)))
		}
	}
	if len(c.Rounds) == 0 {
		add("contacts " + id + " FILE.csv")
		add("letters draft " + id)
	}
	if len(c.Rounds) > 0 && len(waiting) == 0 && c.State < incident.IsTold {
		add("told " + id)
	}
	switch {
	case c.Page == 0:
		add("page draft " + id)
	case c.ApprovedBy(incident.ObjectPage(c.Page)) == "":
		add(fmt.Sprintf("approve %s %q --as NAME", id, incident.ObjectPage(c.Page)))
	case c.Published < c.Page:
		add("page publish " + id)
	}
	if len(c.Reports) == 0 {
		add("deadlines " + id)
		add("report " + id)
	}
	for _, fact := range []string{"cause", "measures"} {
		if c.Facts[fact] == "" {
			add("fact " + id + " " + fact + "=…")
		}
	}
	if c.State == incident.IsReported {
		add("close " + id)
	}
	return list
}

func timeOrNil(t time.Time) *time.Time {
	if t.IsZero() {
		return nil
	}
	return &t
}
