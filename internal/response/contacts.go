package response

import (
	"context"
	"errors"
	"io"
	"slices"
	"strconv"

	"github.com/kakitome/kakitome/client"
	"github.com/kakitome/kakitome/internal/fault"
	"github.com/kakitome/kakitome/internal/incident"
	"github.com/kakitome/kakitome/internal/jp"
	"github.com/kakitome/kakitome/internal/letter"
	"github.com/kakitome/kakitome/internal/roster"
)

const (
	maxContacts = 1_000_000 // rows of a file
	maxRefused  = 10_000    // rows that are listed
)

// TakeContacts takes in where exposed persons can be told: a roster CSV of
// these. A row counts only if what it gives was that person's in the roster
// before the fault: after it, the shop's own table may be what is wrong.
func (d *Desk) TakeContacts(ctx context.Context, who, id string, file io.Reader) (*client.ContactsTaken, error) {
	c, err := d.Course(ctx, id)
	if err != nil {
		return nil, err
	}
	s, err := d.newest(ctx, c)
	if err != nil {
		return nil, err
	}
	then, err := d.Survey.RosterAt(ctx, c.beforeFault())
	if err != nil {
		return nil, err
	}
	t := &taking{d: d, c: c, s: s, then: then, out: &client.ContactsTaken{Refused: []client.RefusedRow{}, Problems: []client.RefusedRow{}}, has: map[roster.Key]bool{}}
	stats, err := roster.ParseCSV(file, t.person, t.bad)
	t.out.Rows = stats.Rows
	nothing := len(t.out.Problems) > 0 // of a file with a bad row
	for i := range s.Persons {
		if p := &s.Persons[i]; !p.Canary && p.AtMost() && (nothing || !t.has[p.Key]) {
			t.out.Missing++
		}
	}
	switch {
	case errors.Is(err, errTooMany):
		return nil, fault.New(fault.TooLarge, "take contacts", "the file has too many rows")
	case err != nil:
		return nil, fault.Wrap(fault.Invalid, "take contacts", err.Error(), err).WithHint("the columns are those of a roster: person_id, email, name, postal_code, address, phone")
	case nothing:
		return t.out, nil
	}
	t.out.Taken = len(t.list)
	_, err = d.act(ctx, id, incident.Event{Kind: incident.Contacts, By: who, Count: len(t.list), Refused: len(t.out.Refused)}, func(tx Tx, _ *Course, _ *incident.Event) error {
		return tx.PutContacts(id, t.list)
	})
	if err != nil {
		return nil, err
	}
	return t.out, nil
}

var errTooMany = errors.New("too many rows")

// taking is a file of contacts as it is read.
type taking struct {
	d    *Desk
	c    *Course
	s    *scoped
	then *roster.Snapshot
	out  *client.ContactsTaken
	has  map[roster.Key]bool
	list []Contact
	row  int
}

func (t *taking) bad(e roster.RowError) error {
	if len(t.out.Problems) < maxRefused {
		t.out.Problems = append(t.out.Problems, client.RefusedRow{Line: e.Line, Field: e.Column, Reason: e.Reason})
	}
	return nil
}

func (t *taking) person(p roster.Person) error {
	t.row++
	if t.row > maxContacts {
		return errTooMany
	}
	refuse := func(field, reason string) {
		if len(t.out.Refused) < maxRefused {
			t.out.Refused = append(t.out.Refused, client.RefusedRow{Line: p.Line, Field: field, Reason: reason})
		}
	}
	key := t.d.Hasher.Person(p.ID)
	if is, in := t.s.Person(key); !in || !is.AtMost() {
		refuse("person_id", "no data of this person went out")
		return nil
	}
	r := Reach{PersonID: p.ID}
	for _, v := range p.Values {
		normal, err := jp.Normal(v.Kind, v.Value)
		if err != nil {
			refuse(v.Kind.String(), "it cannot be read")
			return nil
		}
		if v.Kind != jp.PostalCode && !slices.Contains(t.then.Owners(t.d.Hasher.Ident(v.Kind, normal)), key) {
			refuse(v.Kind.String(), "it was not this person's in the roster before the fault")
			return nil
		}
		switch v.Kind {
		case jp.Email:
			r.Email = v.Value
		case jp.Phone:
			r.Phone = v.Value
		case jp.PostalCode:
			r.PostalCode = v.Value
		case jp.Address:
			r.Address = append(r.Address, v.Value)
		case jp.Name:
			r.Name = v.Value
		default: // nobody is told by it
		}
	}
	switch {
	case r.Email != "":
		r.By = letter.ByMail
	case len(r.Address) > 0 && r.Name != "" && r.PostalCode != "":
		r.By = letter.ByPost
	case r.Phone != "":
		r.By = letter.ByPhone
	default:
		refuse("", "it gives neither mail, nor name and address, nor a telephone number")
		return nil
	}
	sealed, err := sealJSON(t.c.key, fieldContact, key.Hex(), r)
	if err != nil {
		return err
	}
	t.has[key] = true
	t.list = append(t.list, Contact{Person: key, Sealed: sealed})
	return nil
}

// beforeFault is the version of the roster before the fault, as an officer says;
// 0: the present one.
func (c *Course) beforeFault() int64 {
	version, err := strconv.ParseInt(c.Facts["fault_version"], 10, 64)
	if err != nil || version < 0 {
		return 0
	}
	return version
}
