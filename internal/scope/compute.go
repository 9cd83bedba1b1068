package scope

import (
	"bytes"
	"cmp"
	"slices"
	"time"

	"github.com/kakitome/kakitome/internal/jp"
	"github.com/kakitome/kakitome/internal/roster"
)

// People is what a scope asks about people.
type People struct {
	At     func(recipient roster.Key) []roster.Key // who declared an address; nil: nobody
	Canary func(person roster.Key) bool            // nil: nobody is
}

// Compute makes the scope of facts at once.
func Compute(facts []Fact, unread []Unread, people People, asOf time.Time) *Scope {
	b := NewBuilder()
	for i := range facts {
		b.Add(&facts[i])
	}
	for i := range unread {
		b.AddUnread(unread[i])
	}
	return b.Scope(people, asOf)
}

// Builder takes facts one by one, in any order, and each as often as it comes.
// What it keeps grows with rows, not with facts.
type Builder struct {
	rows       map[Subject]*Row
	recipients map[roster.Key]*Recipient
	mails      map[string]*Fates
	unread     map[Unread]bool
}

// NewBuilder makes an empty one.
func NewBuilder() *Builder {
	return &Builder{
		rows: map[Subject]*Row{}, recipients: map[roster.Key]*Recipient{}, mails: map[string]*Fates{}, unread: map[Unread]bool{},
	}
}

// Add takes a fact.
func (b *Builder) Add(f *Fact) {
	r := b.recipient(f.Recipient)
	r.add(f.Fate, f.Wrong)
	m := b.mails[f.Mail]
	if m == nil {
		m = &Fates{}
		b.mails[f.Mail] = m
	}
	m.add(f.Fate, f.Wrong)
	if f.Fate >= Possibly {
		span(&r.First, &r.Last, f.At)
		r.Mails, r.Deliveries = appendNew(r.Mails, f.Mail), appendNew(r.Deliveries, f.Delivery)
	}
	if f.Kind == 0 {
		return
	}
	s := Subject{f.Person, f.Ident, f.Kind, f.Recipient}
	if !f.Person.IsZero() {
		s.Ident = roster.Key{}
	}
	row := b.rows[s]
	if row == nil {
		row = &Row{Subject: s}
		b.rows[s] = row
	}
	row.add(f.Fate, f.Wrong)
	row.Deliveries = appendNew(row.Deliveries, f.Delivery)
	if f.Fate >= Possibly {
		span(&row.First, &row.Last, f.At)
	}
}

// AddUnread takes something that nobody has read.
func (b *Builder) AddUnread(u Unread) {
	u.Parts = max(u.Parts, 1)
	b.unread[u] = true
}

func (b *Builder) recipient(k roster.Key) *Recipient {
	r := b.recipients[k]
	if r == nil {
		r = &Recipient{Key: k}
		b.recipients[k] = r
	}
	return r
}

// Scope is the scope of what was added.
func (b *Builder) Scope(people People, asOf time.Time) *Scope {
	s := &Scope{AsOf: asOf}
	for _, row := range b.rows {
		row := *row
		row.Deliveries = sorted(row.Deliveries)
		s.Rows = append(s.Rows, row)
	}
	slices.SortFunc(s.Rows, func(a, b Row) int { return compareSubjects(a.Subject, b.Subject) })
	for _, r := range b.recipients {
		r := *r
		r.Mails, r.Deliveries = sorted(r.Mails), sorted(r.Deliveries)
		if people.At != nil {
			r.Persons = slices.SortedFunc(slices.Values(people.At(r.Key)), compareKeys)
		}
		s.Recipients = append(s.Recipients, r)
	}
	slices.SortFunc(s.Recipients, func(a, b Recipient) int { return compareKeys(a.Key, b.Key) })
	for u := range b.unread {
		s.Unread = append(s.Unread, u)
	}
	slices.SortFunc(s.Unread, compareUnread)
	s.people(people)
	s.cross()
	s.count(b.mails)
	return s
}

// people gathers the persons of the rows, which are sorted by person.
func (s *Scope) people(people People) {
	for i := 0; i < len(s.Rows); {
		p := Person{Key: s.Rows[i].Person}
		recipients := map[roster.Key]bool{}
		for ; i < len(s.Rows) && s.Rows[i].Person == p.Key; i++ {
			r := &s.Rows[i]
			p.join(r.Fates)
			if !r.AtMost() {
				continue
			}
			if !slices.Contains(p.Kinds, r.Kind) {
				p.Kinds = append(p.Kinds, r.Kind)
			}
			recipients[r.Recipient] = true
			span(&p.First, &p.Last, r.First)
			span(&p.First, &p.Last, r.Last)
		}
		if p.Key.IsZero() {
			continue
		}
		slices.Sort(p.Kinds)
		p.Recipients = len(recipients)
		p.Canary = people.Canary != nil && people.Canary(p.Key)
		s.Persons = append(s.Persons, p)
	}
}

// cross notes of recipients what they got, and who is in both groups.
func (s *Scope) cross() {
	others := map[roster.Key]map[roster.Key]bool{}
	for i := range s.Rows {
		r := &s.Rows[i]
		if !r.AtMost() {
			continue
		}
		if others[r.Recipient] == nil {
			others[r.Recipient] = map[roster.Key]bool{}
		}
		others[r.Recipient][cmp.Or(r.Person, r.Ident)] = true
	}
	for i := range s.Recipients {
		r := &s.Recipients[i]
		r.Others = len(others[r.Key])
		for _, person := range r.Persons {
			if p, ok := s.Person(person); ok {
				r.Exposed = r.Exposed || p.AtMost()
				p.Received = p.Received || r.AtMost()
			}
		}
	}
}

func (s *Scope) count(mails map[string]*Fates) {
	n := &s.Numbers
	for i := range s.Persons {
		if p := &s.Persons[i]; p.Canary {
			n.Canaries++
		} else {
			n.Persons.count(p.Fates)
		}
	}
	s.countGuests()
	n.Persons.Most += n.Guests.Most
	if n.Persons.Least == 0 && n.Guests.Least > 0 {
		n.Persons.Least = 1
	}
	for i := range s.Recipients {
		r := &s.Recipients[i]
		n.Recipients.count(r.Fates)
		if !r.AtMost() {
			n.Stopped++
			continue
		}
		span(&s.First, &s.Last, r.First)
		span(&s.First, &s.Last, r.Last)
		if r.Exposed {
			n.Both.Most++
		}
		if r.Certain() && slices.ContainsFunc(r.Persons, s.certainly) {
			n.Both.Least++
		}
	}
	for _, f := range mails {
		n.Mails.count(*f)
	}
	for i := range s.Unread {
		n.Unread += s.Unread[i].Parts
	}
}

func (s *Scope) certainly(person roster.Key) bool {
	p, ok := s.Person(person)
	return ok && p.Certain()
}

func (s *Scope) countGuests() {
	type guest struct {
		ident roster.Key
		kind  jp.Kind
	}
	guests := map[guest]Fates{}
	known := s.aboutSomebody()
	for i := range s.Rows {
		r := &s.Rows[i]
		if !r.Person.IsZero() {
			break // those without come first
		}
		if isCode(r.Kind) && !slices.ContainsFunc(r.Deliveries, func(d string) bool { return !known[d] }) {
			continue // of an order, or a page, of somebody who is counted already
		}
		k := guest{r.Ident, r.Kind}
		f := guests[k]
		f.join(r.Fates)
		guests[k] = f
	}
	certain := map[jp.Kind]int{}
	for k, f := range guests {
		if f.Certain() {
			certain[k.kind]++
			s.Numbers.Guests.Least = max(s.Numbers.Guests.Least, certain[k.kind])
		}
		if f.AtMost() {
			s.Numbers.Guests.Most++
		}
	}
}

// aboutSomebody are the deliveries that carried data of a declared person.
func (s *Scope) aboutSomebody() map[string]bool {
	known := map[string]bool{}
	for i := range s.Rows {
		if r := &s.Rows[i]; !r.Person.IsZero() {
			for _, d := range r.Deliveries {
				known[d] = true
			}
		}
	}
	return known
}

// isCode tells whether identifiers of a kind are given out by the shop: they
// point to a person, and are none by themselves.
func isCode(k jp.Kind) bool {
	return k == jp.MemberNo || k == jp.OrderNo || k == jp.Other || k == jp.Attachment || k == jp.Link
}

func span(first, last *time.Time, at time.Time) {
	if at.IsZero() {
		return
	}
	if first.IsZero() || at.Before(*first) {
		*first = at
	}
	if at.After(*last) {
		*last = at
	}
}

// appendNew leaves out what came just before; the rest is sorted's.
func appendNew(list []string, s string) []string {
	if n := len(list); n > 0 && list[n-1] == s {
		return list
	}
	return append(list, s)
}

func sorted(list []string) []string {
	list = slices.Clone(list)
	slices.Sort(list)
	return slices.Compact(list)
}

func compareKeys(a, b roster.Key) int { return bytes.Compare(a[:], b[:]) }

func compareSubjects(a, b Subject) int {
	return cmp.Or(compareKeys(a.Person, b.Person), compareKeys(a.Ident, b.Ident), cmp.Compare(a.Kind, b.Kind), compareKeys(a.Recipient, b.Recipient))
}

func compareUnread(a, b Unread) int {
	return cmp.Or(cmp.Compare(a.Mail, b.Mail), cmp.Compare(a.Delivery, b.Delivery), compareKeys(a.Recipient, b.Recipient),
		cmp.Compare(a.Where, b.Where), cmp.Compare(a.Type, b.Type), cmp.Compare(a.Why, b.Why), cmp.Compare(a.Parts, b.Parts))
}
