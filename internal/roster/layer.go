package roster

import (
	"fmt"
	"math"
	"slices"

	"github.com/kakitome/kakitome/internal/jp"
)

// layer holds some people and never changes once it is built.
type layer struct {
	people []personRow // in the order they came
	names  []nameRow   // people by key
	byName directory
	idents []IdentRef // of all people, one after the other
	mails  []Key      // domains of all people, one after the other

	declared []Key // identifiers, once for each owner, in order
	owners   []Key // beside them
	byIdent  directory

	forms  []formRow // spellings by key
	byForm directory
	prints bitset
	starts []lengths // by anchor: how long what begins so may be; nil without spellings

	domains map[Key]int // people with an address there
}

type personRow struct {
	key           Key
	id            string
	canary        bool
	idents, mails uint32 // where those of the person begin
}

type nameRow struct {
	key    Key
	person uint32
}

type ownerRow struct{ ident, owner Key }

// formRow is one spelling of one person's identifier.
type formRow struct {
	form   Key
	ident  uint32 // in layer.idents
	person uint32 // in layer.people
	anchor uint16
	len    uint8
}

// lengths is a set of numbers up to MaxForm.
type lengths [2]uint64

const anchors = 1 << 12

// builder gathers people for a layer.
type builder struct {
	layer
	rows []ownerRow
}

// reserve makes room for so many people with so many entries. Slices of hundreds
// of megabytes that grow are copied in one piece, and while one is, the
// collector cannot stop that goroutine and so stops all others.
func (b *builder) reserve(people, entries int) {
	b.people, b.mails = make([]personRow, 0, people), make([]Key, 0, people)
	b.idents, b.rows, b.forms = make([]IdentRef, 0, entries), make([]ownerRow, 0, entries), make([]formRow, 0, entries)
}

// add takes a person in. The caller sees to it that nobody comes twice.
func (b *builder) add(h *Hashed) error {
	if uint64(len(b.idents)+len(b.forms)+len(h.Entries)) > math.MaxUint32 {
		return fmt.Errorf("more than %d spellings", uint32(math.MaxUint32))
	}
	person := b.person(h.Person, h.ID, h.Canary)
	first, firstMail := len(b.idents), len(b.mails)
	for i := range h.Entries {
		e := &h.Entries[i]
		ref := IdentRef{Ident: e.Ident, Kind: e.Kind, Class: e.Class}
		at := slices.Index(b.idents[first:], ref)
		if at < 0 {
			at = len(b.idents) - first
			b.declare(ref, h.Person, first)
		}
		if e.Kind == jp.Email && !slices.Contains(b.mails[firstMail:], e.Domain) {
			b.mails = append(b.mails, e.Domain)
		}
		if e.Len >= 2 && e.Len <= MaxForm {
			b.forms = append(b.forms, formRow{form: e.Form, ident: uint32(first + at), person: person, anchor: e.Anchor % anchors, len: e.Len})
		}
	}
	return nil
}

func (b *builder) person(key Key, id string, canary bool) uint32 {
	b.people = append(b.people, personRow{key: key, id: id, canary: canary, idents: uint32(len(b.idents)), mails: uint32(len(b.mails))})
	return uint32(len(b.people) - 1)
}

// declare notes an identifier of the person whose others begin at first. A
// name declared in two columns is one identifier with one owner.
func (b *builder) declare(ref IdentRef, owner Key, first int) {
	if !slices.ContainsFunc(b.idents[first:], func(o IdentRef) bool { return o.Ident == ref.Ident }) {
		b.rows = append(b.rows, ownerRow{ref.Ident, owner})
	}
	b.idents = append(b.idents, ref)
}

// copy takes over the people of a layer but for those to leave out.
func (b *builder) copy(l *layer, without func(Key) bool) {
	moved := make([]int64, len(l.people)) // new place in people, or -1
	for i := range l.people {
		p := &l.people[i]
		if without(p.key) {
			moved[i] = -1
			continue
		}
		info := l.info(uint32(i))
		moved[i] = int64(b.person(p.key, p.id, p.canary))
		first := len(b.idents)
		for _, ref := range info.Idents {
			b.declare(ref, p.key, first)
		}
		b.mails = append(b.mails, info.Domains...)
	}
	for _, f := range l.forms {
		if moved[f.person] >= 0 {
			offset := f.ident - l.people[f.person].idents
			f.person = uint32(moved[f.person])
			f.ident = b.people[f.person].idents + offset
			b.forms = append(b.forms, f)
		}
	}
}

// build orders what was gathered. The builder is used up, and holds on to
// nothing, so that what is not needed any more can go meanwhile.
func (b *builder) build() (*layer, error) {
	l, rows := b.layer, b.rows
	*b = builder{}
	l.names = make([]nameRow, len(l.people))
	l.domains = map[Key]int{}
	for i := range l.people {
		l.names[i] = nameRow{l.people[i].key, uint32(i)}
		for _, d := range l.info(uint32(i)).Domains {
			l.domains[d]++
		}
	}
	l.names, l.byName = arrange(l.names, (*nameRow).at)
	for i := 1; i < len(l.names); i++ {
		if l.names[i].key == l.names[i-1].key {
			return nil, fmt.Errorf("person %s is there twice", l.names[i].key)
		}
	}
	rows, l.byIdent = arrange(rows, (*ownerRow).at)
	l.declared, l.owners = make([]Key, len(rows)), make([]Key, len(rows))
	for i, r := range rows {
		l.declared[i], l.owners[i] = r.ident, r.owner
	}
	l.spell()
	return &l, nil
}

// spell orders the spellings and makes what a scan asks first.
func (l *layer) spell() {
	if len(l.forms) == 0 {
		return
	}
	l.forms, l.byForm = arrange(l.forms, (*formRow).at)
	l.prints = newBitset(len(l.forms))
	l.starts = make([]lengths, anchors)
	for i := range l.forms {
		f := &l.forms[i]
		l.prints.add(lead(&f.form))
		l.starts[f.anchor][f.len>>6] |= 1 << (f.len & 63)
	}
}

func (r *nameRow) at() *Key  { return &r.key }
func (r *ownerRow) at() *Key { return &r.ident }
func (r *formRow) at() *Key  { return &r.form }

// find gives the place of a person in people.
func (l *layer) find(p Key) (uint32, bool) {
	from, to := equal(&l.byName, l.names, (*nameRow).at, &p)
	if from == to {
		return 0, false
	}
	return l.names[from].person, true
}

func (l *layer) info(person uint32) PersonInfo {
	p := &l.people[person]
	idents, mails := l.idents[p.idents:], l.mails[p.mails:]
	if int(person)+1 < len(l.people) {
		next := &l.people[person+1]
		idents, mails = idents[:next.idents-p.idents], mails[:next.mails-p.mails]
	}
	return PersonInfo{ID: p.id, Canary: p.canary, Idents: slices.Clip(idents), Domains: slices.Clip(mails)}
}

func (l *layer) ownersOf(ident Key) []Owner {
	from, to := equal(&l.byIdent, l.declared, func(k *Key) *Key { return k }, &ident)
	return l.owners[from:to:to]
}
