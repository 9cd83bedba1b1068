package response

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/kakitome/kakitome/internal/jp"
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
	before, err := d.tolds(ctx, c)
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
			party := letter.Party{Person: p, Address: got.address, Recipient: true, Mails: got.mails}
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
		party := letter.Party{Person: p.Key}
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
	d.saidTo(list, before)
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

// told is one letter by what it has said to whom.
type told struct {
	kind    letter.Kind
	address roster.Key
	bounced bool
	about
}

// tolds are the letters of an incident that have said something or will: what
// nobody approved yet has not, for it can be made again.
func (d *Desk) tolds(ctx context.Context, c *Course) (list []told, err error) {
	err = d.Store.Letters(ctx, LetterFilter{Incident: c.ID}, func(l Letter) error {
		k, ok := letter.ParseKind(l.Kind)
		s := l.state()
		if !ok || s < letter.Approved {
			return nil
		}
		var data written
		if err := openJSON(c.key, fieldLetter, l.ID, l.Sealed, &data); err != nil {
			return err
		}
		list = append(list, told{kind: k, address: l.Address, bounced: s == letter.Bounced, about: data.About})
		return nil
	})
	return list, err
}

// saidTo puts into each party what it was told. A letter that said less than is
// to be said now is none; neither is one that came back from another address.
func (d *Desk) saidTo(parties []letter.Party, list []told) {
	byAddress, byPerson := map[roster.Key][]*told{}, map[string][]*told{}
	for i := range list {
		t := &list[i]
		byAddress[t.address] = append(byAddress[t.address], t)
		for _, p := range t.Persons {
			byPerson[p] = append(byPerson[p], t)
		}
	}
	for i := range parties {
		p := &parties[i]
		if p.Address != "" {
			for _, t := range byAddress[d.Hasher.Recipient(p.Address)] {
				p.Told = append(p.Told, t.says(p)...)
			}
		}
		if p.Person.IsZero() {
			continue
		}
		for _, t := range byPerson[p.Person.Hex()] {
			if !t.bounced {
				p.Told = append(p.Told, t.says(p)...)
			}
		}
	}
}

// says are the kinds of letters that this one stands for, to a party.
func (t *told) says(p *letter.Party) (kinds []letter.Kind) {
	if !t.kind.Asks() && !tells(t.kind) {
		return []letter.Kind{t.kind}
	}
	if t.kind.Asks() && holdsAll(t.Mails, p.Mails, func(a, b letter.Mail) bool { return a.At.Equal(b.At) && a.Purpose == b.Purpose }) {
		kinds = append(kinds, letter.Deletion)
	}
	same := func(a, b jp.Kind) bool { return a == b }
	if tells(t.kind) && holdsAll(t.Kinds, p.Kinds, same) && holdsAll(slices.Concat(t.Kinds, t.Maybe), p.MaybeKinds, same) {
		kinds = append(kinds, letter.Notice)
	}
	return kinds
}

// holdsAll tells whether everything of part is in whole.
func holdsAll[T any](whole, part []T, same func(a, b T) bool) bool {
	return !slices.ContainsFunc(part, func(x T) bool { return !slices.ContainsFunc(whole, func(y T) bool { return same(x, y) }) })
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
