package response

import (
	"context"
	"fmt"
	"time"

	"github.com/kakitome/kakitome/client"
	"github.com/kakitome/kakitome/internal/fault"
	"github.com/kakitome/kakitome/internal/incident"
	"github.com/kakitome/kakitome/internal/letter"
	"github.com/kakitome/kakitome/internal/roster"
	"github.com/kakitome/kakitome/internal/scope"
)

// keptAfter is how long what is kept of an incident stays after it was closed,
// unless it is erased before: the affected list and the letters for a year.
const keptAfter = 365 * 24 * time.Hour

// How long it is kept what the public asked. A link lives for half an hour.
const (
	keptChecks    = 24 * time.Hour
	keptInquiries = 395 * 24 * time.Hour
)

// Tidy erases what is not needed any more: self-checks after a day, inquiries
// after thirteen months, incidents a year after they were closed.
func (d *Desk) Tidy(ctx context.Context) error {
	now := d.Now()
	if err := d.Store.RetainAsked(ctx, now.Add(-keptChecks), now.Add(-keptInquiries)); err != nil {
		return err
	}
	rows, err := d.Store.Incidents(ctx)
	if err != nil {
		return err
	}
	for _, r := range rows {
		if r.Key == nil || r.ClosedAt.IsZero() || now.Sub(r.ClosedAt) < keptAfter {
			continue
		}
		if _, err := d.Act(ctx, "kakitome", r.ID, "erase", client.IncidentAct{Text: "a year after it was closed"}); err != nil {
			return err
		}
	}
	return nil
}

// Act does one of the plain steps of a response: those that say something and
// do nothing else.
func (d *Desk) Act(ctx context.Context, who, id, act string, a client.IncidentAct) (*client.IncidentDetail, error) {
	do, known := acts[act]
	if !known {
		return nil, fault.Newf(fault.NotFound, "go on with incident", "there is no step named %q", act)
	}
	c, err := do(d, ctx, who, id, a)
	if err != nil {
		return nil, err
	}
	return c.detail(), nil
}

type actFunc func(d *Desk, ctx context.Context, who, id string, a client.IncidentAct) (*Course, error)

var acts = map[string]actFunc{
	"note": func(d *Desk, ctx context.Context, who, id string, a client.IncidentAct) (*Course, error) {
		return d.act(ctx, id, incident.Event{Kind: incident.Noted, By: who, Text: trimmed(a.Text)}, nil)
	},
	"fact": func(d *Desk, ctx context.Context, who, id string, a client.IncidentAct) (*Course, error) {
		return d.know(ctx, who, id, a.Facts)
	},
	"override": func(d *Desk, ctx context.Context, who, id string, a client.IncidentAct) (*Course, error) {
		if a.Object != incident.Publication {
			return nil, fault.New(fault.Invalid, "override", "only the publication can be let come early").WithHint(incident.Publication)
		}
		return d.act(ctx, id, incident.Event{Kind: incident.Override, By: who, Object: a.Object, Text: trimmed(a.Text)}, nil)
	},
	"told":        (*Desk).told,
	"phoned":      ofPerson(incident.Telephoned),
	"unreachable": ofPerson(incident.Unreachable),
	"reported": func(d *Desk, ctx context.Context, who, id string, a client.IncidentAct) (*Course, error) {
		return d.reported(ctx, who, id, a)
	},
	"no-report": func(d *Desk, ctx context.Context, who, id string, a client.IncidentAct) (*Course, error) {
		return d.act(ctx, id, incident.Event{Kind: incident.NoReport, By: who, Text: trimmed(a.Text)}, nil)
	},
	"resume":  (*Desk).resume,
	"approve": (*Desk).approve,
	"publish": (*Desk).publish,
	"close":   (*Desk).close,
	"erase": func(d *Desk, ctx context.Context, who, id string, a client.IncidentAct) (*Course, error) {
		return d.act(ctx, id, incident.Event{Kind: incident.Erased, By: who, Text: trimmed(a.Text)}, func(tx Tx, _ *Course, _ *incident.Event) error {
			return tx.EraseIncident(id)
		})
	},
}

// ofPerson notes what became of telling one exposed person.
func ofPerson(k incident.Kind) actFunc {
	return func(d *Desk, ctx context.Context, who, id string, a client.IncidentAct) (*Course, error) {
		if a.Person == "" {
			return nil, fault.New(fault.Invalid, "note person", "nobody is named").WithHint("the person's id")
		}
		return d.act(ctx, id, incident.Event{Kind: k, By: who, Person: d.Hasher.Person(a.Person).Hex(), Text: trimmed(a.Text)}, nil)
	}
}

// know sets facts; an empty value takes one back.
func (d *Desk) know(ctx context.Context, who, id string, facts map[string]string) (*Course, error) {
	if len(facts) == 0 {
		return nil, fault.New(fault.Invalid, "note fact", "no fact is given").WithHint(factList())
	}
	for name, value := range facts {
		if err := d.factFits(name, value); err != nil {
			return nil, err
		}
	}
	return d.act(ctx, id, incident.Event{Kind: incident.Facts, By: who, Facts: facts}, nil)
}

// told says that everybody who can be was written to. Letters that have not left
// are no reason to say so, nor are persons who may be exposed, know nothing, and
// of whom nobody has said why.
func (d *Desk) told(ctx context.Context, who, id string, a client.IncidentAct) (*Course, error) {
	c, s, err := d.known(ctx, id)
	if err != nil {
		return nil, err
	}
	refuse := func(n int, what, hint string) error {
		return fault.Newf(fault.Conflict, "go on with incident", "%d %s", n, what).WithHint("kakitome incident " + hint)
	}
	if list := c.Unapproved(); len(list) > 0 {
		return nil, refuse(len(list), "rounds of letters are not approved", fmt.Sprintf("approve %s %q --as NAME", id, incident.ObjectLetters(list[0].Number)))
	}
	waiting := 0
	err = d.Store.Letters(ctx, LetterFilter{Incident: id}, func(l Letter) error {
		if letter.State(l.State) == letter.Approved && !l.Paper {
			waiting++
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	if waiting > 0 {
		return nil, refuse(waiting, "letters have not left yet", "letters list "+id)
	}
	if s != nil {
		n, err := d.unaware(ctx, c, s, func(p *scope.Person) bool { return p.Wrong >= scope.Possibly })
		if err != nil {
			return nil, err
		}
		if n > 0 {
			return nil, refuse(n, "persons whose data went out, or may have, know nothing", "phoned "+id+" PERSON, or unreachable "+id+" PERSON --reason TEXT")
		}
	}
	return d.act(ctx, id, incident.Event{Kind: incident.Told, By: who, Text: trimmed(a.Text)}, nil)
}

// close ends a response: what it blocked is free again, and what it froze is
// kept for a year more. Streams it stopped go on when somebody says so.
func (d *Desk) close(ctx context.Context, who, id string, a client.IncidentAct) (*Course, error) {
	return d.act(ctx, id, incident.Event{Kind: incident.Closed, By: who, Text: trimmed(a.Text)}, func(tx Tx, c *Course, e *incident.Event) (err error) {
		if len(c.Paused) > 0 && !c.Drill {
			return fault.Newf(fault.Conflict, "close incident", "streams are still stopped for it: %v", c.Paused).WithHint("kakitome incident resume ID STREAM --reason TEXT")
		}
		if e.Count, err = tx.UnblockFor(id); err != nil {
			return err
		}
		return tx.Thaw(d.Now(), id, d.Now().Add(keptAfter))
	})
}

// personName is the id of a person of the roster.
func (d *Desk) personName(k roster.Key) string {
	if info, ok := d.Roster.Snapshot().Person(k); ok {
		return info.ID
	}
	return ""
}
