package store

import (
	"bytes"
	"cmp"
	"context"
	"database/sql"
	"slices"

	"github.com/kakitome/kakitome/internal/admin"
	"github.com/kakitome/kakitome/internal/fault"
	"github.com/kakitome/kakitome/internal/roster"
)

const (
	ownersAtOnce = 1 << 20 // rows of roster_owners that are put in order together: 32 MiB
	ownersChunk  = 8192    // and written by one transaction
	mostCrowds   = 10_000  // identifiers remembered as pointing to nobody
	mostExamples = 10
)

// known is the newest row of a person.
type known struct {
	from    int64
	canary  bool
	folding int
	entries []byte // NULL: removed
}

// changed is a person who comes otherwise than known.
type changed struct {
	*admin.SealedPerson
	have          *known // nil: not known
	packed        []byte // nil: to be removed
	before, after []roster.Entry
}

// owner is a row of roster_owners.
type owner struct{ ident, person key }

var (
	errDamaged = fault.New(fault.Internal, "change roster", "the roster is damaged")
	errEntry   = fault.New(fault.Internal, "change roster", "an entry cannot be kept")
)

// compare picks those of some persons who are not known as they come.
func (c *change) compare(ctx context.Context, chunk []admin.SealedPerson) ([]changed, error) {
	last := make(map[key]int, len(chunk))
	var keys keySet
	for i := range chunk {
		last[chunk[i].Person] = i
		keys.add(chunk[i].Person)
	}
	have, err := c.known(ctx, keys.list)
	if err != nil {
		return nil, err
	}
	var list []changed
	for i := range chunk {
		p := &chunk[i]
		if last[p.Person] != i {
			continue
		}
		one := changed{SealedPerson: p, have: have[p.Person]}
		if !p.Removed {
			one.packed = notNull(packEntries(p.Entries))
		}
		if one.isKnown() {
			c.result.Unchanged++
			continue
		}
		if err := c.count(&one); err != nil {
			return nil, err
		}
		list = append(list, one)
	}
	return list, nil
}

// known reads the newest rows of persons.
func (c *change) known(ctx context.Context, keys []any) (map[key]*known, error) {
	have := map[key]*known{}
	err := c.s.readWarm(ctx, "change roster", func(t *tx) error {
		return t.in(`SELECT person, valid_from, canary, folding, entries FROM roster_people WHERE valid_to = 9223372036854775807 AND person IN ($IN)`,
			nil, keys, func(r *sql.Rows) error {
				var person []byte
				var k known
				err := r.Scan(&person, &k.from, &k.canary, &k.folding, &k.entries)
				have[keyOf(person)] = &k
				return err
			})
	})
	return have, err
}

func (p *changed) there() bool { return p.have != nil && p.have.entries != nil }

func (p *changed) isKnown() bool {
	if p.Removed || !p.there() {
		return p.Removed && !p.there()
	}
	return p.have.canary == p.Canary && p.have.folding == p.Folding && bytes.Equal(p.have.entries, p.packed)
}

// count brings the result forward by a person.
func (c *change) count(p *changed) (err error) {
	if p.there() {
		if p.before, err = unpackEntries(p.have.entries); err != nil {
			return errDamaged
		}
	}
	if p.after, err = unpackEntries(p.packed); err != nil { // each different entry once
		return errEntry
	}
	c.result.Entries += int64(len(p.after)) - int64(len(p.before))
	switch {
	case p.Removed:
		c.result.Removed++
		c.result.People--
	case p.there():
		c.result.Changed++
	default:
		c.result.Added++
		c.result.People++
	}
	return nil
}

// bind counts who is bound to other identifiers than before.
func (c *change) bind(ctx context.Context, list []changed) error {
	gainers := map[key][]int{} // identifier → places in list
	var idents keySet
	anew := make([]bool, len(list))
	for i := range list {
		p := &list[i]
		switch {
		case p.Removed, !p.there():
			continue
		case p.have.from == c.version: // came before in this import, and was counted
			continue
		case p.have.folding != p.Folding: // what another folding made cannot be compared
			continue
		}
		d := roster.Differ(p.before, p.after)
		if d.Touched {
			c.result.Bound.Touched++
		}
		anew[i] = d.Stranger
		for _, ident := range d.Gained {
			if !c.crowds[ident] {
				gainers[ident] = append(gainers[ident], i)
				idents.add(ident)
			}
		}
	}
	owners, err := c.ownersBefore(ctx, idents.list)
	if err != nil {
		return err
	}
	for ident, n := range owners {
		if n > roster.Crowd {
			if len(c.crowds) < mostCrowds {
				c.crowds[ident] = true
			}
			continue
		}
		for _, i := range gainers[ident] {
			anew[i] = true // it was not this person's, so it was somebody else's
		}
	}
	for i := range list {
		if anew[i] {
			c.result.Bound.Anew++
			if len(c.examples) < mostExamples {
				c.examples = append(c.examples, list[i].Person)
			}
		}
	}
	return nil
}

// ownersBefore counts who had declared identifiers before this change.
func (c *change) ownersBefore(ctx context.Context, idents []any) (map[key]int, error) {
	owners := map[key]int{}
	err := c.s.readWarm(ctx, "change roster", func(t *tx) error {
		// A value asked for row by row goes by the index. From a join PostgreSQL, which takes every identifier to be as
		// common as the commonest names make them on average, makes a scan of all people for each piece of the change.
		return t.in(`SELECT o.ident, COUNT(*) FROM roster_owners o WHERE o.valid_from <= $1 AND o.ident IN ($IN)
			AND (SELECT p.valid_to FROM roster_people p WHERE p.person = o.person AND p.valid_from = o.valid_from) > $1
			GROUP BY o.ident`, []any{c.before}, idents, func(r *sql.Rows) error {
			var ident []byte
			var n int
			err := r.Scan(&ident, &n)
			owners[keyOf(ident)] = n
			return err
		})
	})
	return owners, err
}

// hopeless tells that the change will be refused whatever else comes.
func (c *change) hopeless() bool {
	total := c.day.Plus(c.result.Bound)
	return c.in.Agreed == "" && total.Anew > c.in.Most+c.agreed && total.TooMany(c.people)
}

// put writes persons. The ways to them follow in an order in which they lie
// together: one by one they would touch a page each.
func (c *change) put(ctx context.Context, list []changed) error {
	again := slices.ContainsFunc(list, func(p changed) bool { return p.have != nil && p.have.from == c.version })
	if again { // the ways to their rows must be there to be deleted
		if err := c.putOwners(ctx); err != nil {
			return err
		}
	}
	err := c.s.write(ctx, "change roster", func(t *tx) error {
		var closed keySet
		var people rows
		for i := range list {
			p := &list[i]
			switch {
			case p.have == nil:
			case p.have.from == c.version:
				if err := t.deletePerson(p.Person[:], c.version, p.have.entries); err != nil {
					return err
				}
			default:
				closed.add(p.Person)
			}
			if p.Removed {
				people.add(p.Person[:], c.version, int64(forever), nil, int64(0), p.Folding, nil)
			} else {
				people.add(p.Person[:], c.version, int64(forever), notNull(p.Sealed), bit(p.Canary), p.Folding, p.packed)
			}
		}
		t.execIn(`UPDATE roster_people SET valid_to = $1 WHERE valid_to = 9223372036854775807 AND valid_from < $1 AND person IN ($IN)`,
			[]any{c.version}, closed.list)
		people.sort()
		t.insert(`INSERT INTO roster_people (person, valid_from, valid_to, sealed, canary, folding, entries)`, &people, "")
		return nil
	})
	if err != nil {
		return err
	}
	for i := range list {
		for _, ident := range identsOf(list[i].after) {
			c.owners = append(c.owners, owner{ident, list[i].Person})
		}
	}
	if len(c.owners) >= ownersAtOnce {
		return c.putOwners(ctx)
	}
	return nil
}

// putOwners writes the ways to the persons written so far.
func (c *change) putOwners(ctx context.Context) error {
	slices.SortFunc(c.owners, func(a, b owner) int {
		return cmp.Or(bytes.Compare(a.ident[:], b.ident[:]), bytes.Compare(a.person[:], b.person[:]))
	})
	for chunk := range slices.Chunk(c.owners, ownersChunk) {
		err := c.s.write(ctx, "change roster", func(t *tx) error {
			var list rows
			for i := range chunk {
				list.add(chunk[i].ident[:], chunk[i].person[:], c.version)
			}
			t.insert(`INSERT INTO roster_owners (ident, person, valid_from)`, &list, "")
			return nil
		})
		if err != nil {
			return err
		}
	}
	c.owners = c.owners[:0]
	return nil
}

// deletePerson deletes one row of roster_people and the ways to it.
func (t *tx) deletePerson(person, from, entries any) error {
	packed, _ := entries.([]byte)
	list, err := unpackEntries(packed)
	if err != nil {
		return errDamaged
	}
	var idents keySet
	idents.add(identsOf(list)...)
	t.execIn(`DELETE FROM roster_owners WHERE person = $1 AND valid_from = $2 AND ident IN ($IN)`, []any{person, from}, idents.list)
	t.exec(`DELETE FROM roster_people WHERE person = $1 AND valid_from = $2`, person, from)
	return t.err
}

// sort brings rows into the order of their first column, so that neighbours are
// written together.
func (r *rows) sort() {
	at := make([]int, 0, len(r.args)/max(r.cols, 1))
	for i := 0; i < len(r.args); i += r.cols {
		at = append(at, i)
	}
	slices.SortFunc(at, func(a, b int) int { return bytes.Compare(r.args[a].([]byte), r.args[b].([]byte)) })
	sorted := make([]any, 0, len(r.args))
	for _, i := range at {
		sorted = append(sorted, r.args[i:i+r.cols]...)
	}
	r.args = sorted
}
