package response

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"

	"github.com/kakitome/kakitome/internal/fault"
	"github.com/kakitome/kakitome/internal/gate"
	"github.com/kakitome/kakitome/internal/incident"
	"github.com/kakitome/kakitome/ledger"
)

// Course is an incident with what is needed to read what is kept of it.
type Course struct {
	ID    string
	Drill bool
	*incident.Incident
	key gate.MailKey
}

// course opens and folds what is stored of an incident.
func (d *Desk) course(i Stored, events []SealedEvent) (*Course, error) {
	key, err := d.key(&i)
	if err != nil {
		return nil, err
	}
	list := make([]incident.Event, len(events))
	for k := range events {
		if err := openJSON(key, fieldEvent, eventID(i.ID, events[k].N), events[k].Sealed, &list[k]); err != nil {
			return nil, err
		}
	}
	folded, err := incident.Fold(list)
	if err != nil {
		return nil, fmt.Errorf("read incident %s: %w", i.ID, err)
	}
	return &Course{i.ID, i.Drill, folded, key}, nil
}

func eventID(id string, n int) string { return fmt.Sprintf("%s/%d", id, n) }

// Course reads an incident.
func (d *Desk) Course(ctx context.Context, id string) (*Course, error) {
	i, events, err := d.Store.Course(ctx, id)
	if err != nil {
		return nil, err
	}
	return d.course(i, events)
}

// step is what is done within the transaction of an event, on the course as it
// is there. It may fill in the event.
type step func(tx Tx, c *Course, e *incident.Event) error

// act does one step of a response: the event, its audit, its evidence and what
// the step does are one transaction.
func (d *Desk) act(ctx context.Context, id string, e incident.Event, do step) (*Course, error) {
	var c *Course
	err := d.Store.Respond(ctx, func(tx Tx) (err error) {
		stored, events, err := tx.Course(id)
		if err != nil {
			return err
		}
		if c, err = d.course(stored, events); err != nil {
			return err
		}
		return d.append(tx, c, e, do)
	})
	if err != nil {
		return nil, fmt.Errorf("incident %s: %s: %w", id, e.Kind, err)
	}
	return c, nil
}

// append adds an event to a course within a transaction.
func (d *Desk) append(tx Tx, c *Course, e incident.Event, do step) (err error) {
	now := d.Now()
	e.At = now
	if err := d.signs(&e, c.Drill); err != nil {
		return err
	}
	if do != nil {
		if err := do(tx, c, &e); err != nil {
			return err
		}
	}
	if e, err = c.Next(e); err != nil {
		return err
	}
	sealed, err := sealJSON(c.key, fieldEvent, eventID(c.ID, e.N), e)
	if err != nil {
		return err
	}
	if err := tx.AppendEvent(c.ID, SealedEvent{N: e.N, At: e.At, Kind: e.Kind, By: e.By, Sealed: sealed}, c.State); err != nil {
		return err
	}
	if err := tx.Audit(now, gate.Audit{Who: e.By, Act: "incident " + string(e.Kind), Object: fmt.Sprintf("incident %s #%d", c.ID, e.N)}); err != nil {
		return err
	}
	record, err := evidenceOf(c.ID, &e)
	if err != nil {
		return err
	}
	return tx.Evidence("incident", record)
}

// evidenceOf is the record of an event in the log: what it is, and a hash of
// all it says.
//
//	{"at":…,"by":…,"event":…,"hash":…,"incident":…,"kind":"incident","n":…}
func evidenceOf(id string, e *incident.Event) ([]byte, error) {
	whole, err := json.Marshal(e)
	if err != nil {
		return nil, fault.Wrap(fault.Internal, "record evidence", "the event cannot be written down", err)
	}
	sum := sha256.Sum256(whole)
	return ledger.Canonical(map[string]any{
		"kind": "incident", "incident": id, "n": e.N, "at": e.At.UnixMicro(), "by": e.By, "event": string(e.Kind), "hash": hex.EncodeToString(sum[:]),
	})
}
