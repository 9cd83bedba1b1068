package response

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/kakitome/kakitome/internal/letter"
	"github.com/kakitome/kakitome/internal/roster"
	"github.com/kakitome/kakitome/internal/scope"
)

// Reach is how an exposed person can be told.
type Reach struct {
	PersonID   string         `json:"person_id"`
	Email      string         `json:"email,omitempty"`
	Name       string         `json:"name,omitempty"`
	PostalCode string         `json:"postal_code,omitempty"`
	Address    []string       `json:"address,omitempty"`
	Phone      string         `json:"phone,omitempty"`
	By         letter.Contact `json:"by"`
}

// sent is what somebody was sent by mistake.
type sent struct {
	address string
	mails   []letter.Mail
}

// parties are all whom an incident concerns: the recipients of its wrong mails
// at the addresses of the envelopes, and those whose data went out at the
// addresses that were imported. An allowed mail asks nobody for anything.
func (d *Desk) parties(ctx context.Context, c *Course, s *scoped) ([]letter.Party, error) {
	addresses, err := d.addresses(ctx, c, s)
	if err != nil {
		return nil, err
	}
	reach, err := d.reaches(ctx, c)
	if err != nil {
		return nil, err
	}
	told, err := d.lettersOf(ctx, c.ID)
	if err != nil {
		return nil, err
	}
	var list []letter.Party
	at := map[roster.Key]int{} // of a person's party at a recipient's address
	for i := range s.Recipients {
		r := &s.Recipients[i]
		got, known := addresses[r.Key]
		if r.Wrong < scope.Possibly || !known {
			continue
		}
		persons := r.Persons
		if len(persons) == 0 {
			persons = []roster.Key{{}}
		}
		for _, p := range persons {
			party := letter.Party{Person: p, Address: got.address, Recipient: true, Mails: got.mails, Told: told[r.Key]}
			d.expose(&party, s)
			at[p] = len(list)
			list = append(list, party)
		}
	}
	for i := range s.Persons {
		p := &s.Persons[i]
		if p.Canary || p.Wrong < scope.Possibly {
			continue
		}
		party := letter.Party{Person: p.Key, Told: told[p.Key]}
		d.expose(&party, s)
		to, known := reach[p.Key]
		switch {
		case known:
			party.Address, party.Contact = to.Email, to.By
		case !known && hasParty(at, p.Key):
			continue // reached at the address the wrong mail came to
		}
		list = append(list, party)
	}
	return list, nil
}

func hasParty(at map[roster.Key]int, p roster.Key) bool { _, ok := at[p]; return ok }

// expose says what of a party's own data went out.
func (d *Desk) expose(p *letter.Party, s *scoped) {
	is, in := s.Person(p.Person)
	if !in || p.Person.IsZero() {
		return
	}
	p.Exposed, p.ExposedMaybe = is.Certain(), is.Wrong == scope.Possibly
	if p.Exposed {
		p.Kinds = is.Kinds
	} else if p.ExposedMaybe {
		p.MaybeKinds = is.Kinds
	}
}

// addresses opens the envelopes of the incident's wrong mails.
func (d *Desk) addresses(ctx context.Context, c *Course, s *scoped) (map[roster.Key]*sent, error) {
	wanted := map[string]roster.Key{}
	for i := range s.Rows {
		r := &s.Rows[i]
		if r.Wrong < scope.Possibly {
			continue
		}
		for _, delivery := range r.Deliveries {
			wanted[delivery] = r.Recipient
		}
	}
	out := map[roster.Key]*sent{}
	err := d.Store.Envelopes(ctx, c.ID, func(e Envelope) error {
		if _, meant := wanted[e.Delivery]; !meant || e.Stopped {
			return nil
		}
		rcpt, err := d.Gate.OpenRecipient(e.Key, e.Delivery, e.Sealed)
		if err != nil {
			return fmt.Errorf("open envelope: %w", err)
		}
		to := out[e.Recipient]
		if to == nil {
			to = &sent{address: rcpt.Address}
			out[e.Recipient] = to
		}
		to.mails = append(to.mails, letter.Mail{At: e.At, Purpose: d.purpose(e.Stream), Possibly: !e.Relayed})
		return nil
	})
	for _, to := range out {
		slices.SortFunc(to.mails, func(a, b letter.Mail) int { return a.At.Compare(b.At) })
	}
	return out, err
}

// purpose is what mail a stream is.
func (d *Desk) purpose(stream string) string {
	if s, known := d.Policy.Stream(stream); known {
		return s.Purpose
	}
	return ""
}

func (d *Desk) reaches(ctx context.Context, c *Course) (map[roster.Key]Reach, error) {
	rows, err := d.Store.Contacts(ctx, c.ID)
	if err != nil {
		return nil, err
	}
	out := make(map[roster.Key]Reach, len(rows))
	for _, row := range rows {
		var r Reach
		if err := openJSON(c.key, fieldContact, row.Person.Hex(), row.Sealed, &r); err != nil {
			return nil, err
		}
		out[row.Person] = r
	}
	return out, nil
}

// lettersOf are the kinds of letters each address, and each person, was sent.
func (d *Desk) lettersOf(ctx context.Context, id string) (map[roster.Key][]letter.Kind, error) {
	out := map[roster.Key][]letter.Kind{}
	err := d.Store.Letters(ctx, LetterFilter{Incident: id}, func(l Letter) error {
		if k, ok := letter.ParseKind(l.Kind); ok {
			out[l.Address] = append(out[l.Address], k)
			if !l.Person.IsZero() && l.Person != l.Address {
				out[l.Person] = append(out[l.Person], k)
			}
		}
		return nil
	})
	return out, err
}

// timeFact is a fact that is a time; zero: not known.
func (d *Desk) timeFact(c *Course, name string) time.Time {
	t, _ := d.parseTime(c.Facts[name])
	return t
}

// parseTime reads a time as people write it.
func (d *Desk) parseTime(s string) (time.Time, bool) {
	for _, layout := range []string{time.RFC3339, "2006-01-02T15:04:05", "2006-01-02 15:04", time.DateOnly} {
		if t, err := time.ParseInLocation(layout, s, d.Zone); err == nil {
			return t, true
		}
	}
	return time.Time{}, false
}
