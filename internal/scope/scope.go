package scope

import (
	"fmt"
	"slices"
	"time"

	"github.com/kakitome/kakitome/internal/jp"
	"github.com/kakitome/kakitome/internal/roster"
)

// Scope is whose data went to whom, as far as was known at a time. All lists
// are sorted, so that the same facts make the same scope in whatever order
// they came.
type Scope struct {
	AsOf       time.Time
	Numbers    Numbers
	First      time.Time // acceptance of the first and the last mail that left or may have; zero: none
	Last       time.Time
	Rows       []Row
	Persons    []Person    // each declared person in Rows, canaries among them
	Recipients []Recipient // whoever was or would have been sent one of the mails
	Unread     []Unread    // what left and was read by nobody
	Check      Check
}

// Fates are what became of something in deliveries that were wrong, and in
// deliveries that were allowed: the strongest fate of each.
type Fates struct {
	Wrong   Fate
	Allowed Fate
}

// Certain tells whether it went wrong and left for certain.
func (f Fates) Certain() bool { return f.Wrong == Relayed }

// AtMost tells whether it left, or may have, wrongly or not.
func (f Fates) AtMost() bool { return f.Wrong >= Possibly || f.Allowed >= Possibly }

func (f *Fates) add(fate Fate, wrong bool) {
	if wrong {
		f.Wrong = max(f.Wrong, fate)
	} else {
		f.Allowed = max(f.Allowed, fate)
	}
}

func (f *Fates) join(o Fates) {
	f.Wrong, f.Allowed = max(f.Wrong, o.Wrong), max(f.Allowed, o.Allowed)
}

// Subject is whose data a row is about, of which kind, and who got it.
type Subject struct {
	Person    roster.Key // zero: nobody declared Ident
	Ident     roster.Key // of a row without a person only
	Kind      jp.Kind
	Recipient roster.Key
}

// Row is one subject with what became of it.
type Row struct {
	Subject
	Fates
	First, Last time.Time // acceptance of the mails that left or may have; zero: none
	Deliveries  []string  // that carried it, or would have
}

// Person is a declared person whose data is in Rows.
type Person struct {
	Key roster.Key
	Fates
	Canary     bool      // nobody real: not in Numbers.Persons
	Kinds      []jp.Kind // that left, or may have
	Recipients int       // who got them, or may have
	First      time.Time
	Last       time.Time
	// Received: the person was, or may have been, sent one of the mails too.
	Received bool
}

// Recipient is whoever was or would have been sent one of the mails.
type Recipient struct {
	Key roster.Key
	Fates
	Persons []roster.Key // who declared the address; empty: nobody
	Others  int          // persons, and identifiers of guests, whose data it got or may have
	First   time.Time
	Last    time.Time
	Mails   []string // that left for it, or may have
	// Deliveries are those by which they did.
	Deliveries []string
	// Exposed: data of one of Persons left too, or may have.
	Exposed bool
}

// Bound is a number that is not known better: what is certain, and what is
// possible.
type Bound struct {
	Least int `json:"least"`
	Most  int `json:"most"`
}

func (b *Bound) count(f Fates) {
	if f.Certain() {
		b.Least++
	}
	if f.AtMost() {
		b.Most++
	}
}

// Numbers are the numbers of a scope. While Unread is not 0 no upper bound
// holds: what nobody read may be about anybody.
type Numbers struct {
	// Persons are people, canaries left out. Most holds each identifier of
	// Guests as one more; Least holds no guest, for it may be one of the others,
	// but is 1 when only guests are known.
	Persons Bound `json:"persons"`
	// Guests are people nobody declared. Least is how many different identifiers
	// of one kind there are, as many people as there are if each has one; Most is all
	// identifiers of all kinds. A code that only ever went with data of a declared
	// person is that person's: an order number in the order's mail.
	Guests     Bound `json:"guests"`
	Recipients Bound `json:"recipients"`
	Both       Bound `json:"both"` // recipients whose own data went out too
	Mails      Bound `json:"mails"`
	Canaries   int   `json:"canaries"` // in Persons of the scope, not here
	Stopped    int   `json:"stopped"`  // recipients whom nothing reached
	Unread     int   `json:"unread"`   // parts, and mails without content
}

// Group is where a person stands. A person may be in both.
type Group struct {
	Exposed  Fates // of the person's data
	Received bool  // was sent, or may have been, a mail of the incident
}

// Group says where a declared person stands.
func (s *Scope) Group(person roster.Key) Group {
	var g Group
	if p, ok := s.Person(person); ok {
		g = Group{p.Fates, p.Received}
	}
	for i := range s.Recipients {
		r := &s.Recipients[i]
		g.Received = g.Received || r.AtMost() && slices.Contains(r.Persons, person)
	}
	return g
}

// Person finds a person whose data is in the scope.
func (s *Scope) Person(key roster.Key) (*Person, bool) {
	i, ok := slices.BinarySearchFunc(s.Persons, key, func(p Person, k roster.Key) int { return compareKeys(p.Key, k) })
	if !ok {
		return nil, false
	}
	return &s.Persons[i], true
}

// Recipient finds whoever was or would have been sent one of the mails.
func (s *Scope) Recipient(key roster.Key) (*Recipient, bool) {
	i, ok := slices.BinarySearchFunc(s.Recipients, key, func(r Recipient, k roster.Key) int { return compareKeys(r.Key, k) })
	if !ok {
		return nil, false
	}
	return &s.Recipients[i], true
}

// CanReassure tells whether anybody may be told that their data was in no wrong
// mail, and if not, why.
func (s *Scope) CanReassure() (ok bool, why string) {
	c := &s.Check
	switch {
	case s.Numbers.Unread > 0:
		return false, fmt.Sprintf("%d parts or mails left unread", s.Numbers.Unread)
	case c.At.IsZero():
		return false, "no second computation was made"
	case len(c.Differences) > 0:
		return false, fmt.Sprintf("the two computations differ in %d rows", len(c.Differences))
	case len(c.Omitted) > 0:
		return false, fmt.Sprintf("%d deliveries are wrong by their records and were not selected", len(c.Omitted))
	case c.Neither > 0:
		return false, fmt.Sprintf("of %d mails neither body nor evidence is left to compute from again", c.Neither)
	case len(s.Recipients) == 0:
		return false, "no mail was examined"
	}
	return true, ""
}

// Reassure tells whether a recipient may be told so: CanReassure, one of the
// shop's people whose address it is, and nothing of theirs in the scope.
func (s *Scope) Reassure(recipient roster.Key) bool {
	ok, _ := s.CanReassure()
	r, known := s.Recipient(recipient)
	if !ok || !known || len(r.Persons) == 0 || r.Exposed {
		return false
	}
	return !slices.ContainsFunc(r.Persons, func(p roster.Key) bool {
		is, in := s.Person(p)
		return in && is.AtMost()
	})
}
