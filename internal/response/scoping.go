package response

import (
	"context"
	"encoding/hex"
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/kakitome/kakitome/client"
	"github.com/kakitome/kakitome/internal/fault"
	"github.com/kakitome/kakitome/internal/incident"
	"github.com/kakitome/kakitome/internal/scope"
	"github.com/kakitome/kakitome/internal/survey"
)

// scoped is a version of an incident's scope.
type scoped struct {
	*scope.Scope
	Version int
}

// newest is the newest version of an incident's scope.
func (d *Desk) newest(ctx context.Context, c *Course) (*scoped, error) {
	if c.Incident.Scope == 0 {
		return nil, fault.New(fault.Conflict, "read scope", "it is not known yet whose data went to whom").WithHint("kakitome incident scope " + c.ID)
	}
	v, err := d.Store.ScopeVersion(ctx, c.ID, 0)
	if err != nil {
		return nil, err
	}
	s, err := survey.Open(c.key, v)
	if err != nil {
		return nil, err
	}
	return &scoped{s, int(v.Number)}, nil
}

// Scope says anew whose data went to whom, by two computations, and keeps it as
// the next version.
func (d *Desk) Scope(ctx context.Context, who, id string) (*client.Scope, error) {
	c, err := d.Course(ctx, id)
	if err != nil {
		return nil, err
	}
	sel, err := d.resolved(ctx, c)
	if err != nil {
		return nil, err
	}
	began := time.Now()
	var first time.Duration
	s, err := d.Survey.Compute(ctx, sel, c.beforeFault(), func(*scope.Scope) { first = time.Since(began) })
	if err != nil {
		return nil, err
	}
	agreed, why := s.CanReassure()
	n := incident.Numbers{
		Persons: incident.Bounds(s.Numbers.Persons), Recipients: incident.Bounds(s.Numbers.Recipients), Mails: incident.Bounds(s.Numbers.Mails), Unread: s.Numbers.Unread,
	}
	version := c.Incident.Scope + 1
	var root string
	_, err = d.act(ctx, id, incident.Event{Kind: incident.Scoped, By: who, Version: version, Numbers: &n, Agreed: agreed}, func(tx Tx, c *Course, e *incident.Event) error {
		v, err := survey.Seal(c.key, id, int64(version), s)
		if err != nil {
			return err
		}
		root = hex.EncodeToString(v.Root[:])
		e.Root = root
		if _, _, err := tx.Freeze(d.Now(), id, sel); err != nil { // what came since
			return err
		}
		return tx.KeepScope(d.Now(), v)
	})
	if err != nil {
		return nil, err
	}
	out := d.sayScope(s)
	out.Version, out.Root, out.Agreed, out.Reassure, out.Why = version, root, len(s.Check.Differences) == 0 && s.Check.Neither == 0, agreed, why
	out.FirstSeconds, out.Seconds = first.Seconds(), time.Since(began).Seconds()
	return out, nil
}

func (d *Desk) sayScope(s *scope.Scope) *client.Scope {
	out := &client.Scope{
		AsOf: s.AsOf, Numbers: numbersOf(incident.Numbers{
			Persons: incident.Bounds(s.Numbers.Persons), Recipients: incident.Bounds(s.Numbers.Recipients), Mails: incident.Bounds(s.Numbers.Mails), Unread: s.Numbers.Unread,
		}),
		Guests: client.Bounds(s.Numbers.Guests), Both: client.Bounds(s.Numbers.Both), Canaries: s.Numbers.Canaries, Stopped: s.Numbers.Stopped,
		First: timeOrNil(s.First), Last: timeOrNil(s.Last), Differences: len(s.Check.Differences), Unread: []string{}, Kinds: []string{},
	}
	kinds := map[string]bool{}
	for i := range s.Rows {
		if s.Rows[i].AtMost() && s.Rows[i].Kind != 0 {
			kinds[s.Rows[i].Kind.String()] = true
		}
	}
	out.Kinds = append(out.Kinds, slices.Sorted(maps.Keys(kinds))...)
	for _, u := range s.Unread {
		out.Unread = append(out.Unread, fmt.Sprintf("%s %s %s: %s", u.Mail, u.Where, u.Type, u.Why))
	}
	return out
}
