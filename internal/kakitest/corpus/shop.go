package corpus

import (
	"fmt"
	"iter"
	"math/rand/v2"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/kakitome/kakitome/internal/jp"
	"github.com/kakitome/kakitome/internal/kakitest/people"
	"github.com/kakitome/kakitome/internal/roster"
)

// Options say how large a shop is.
type Options struct {
	Seed   uint64
	People int // in the roster; 0: 20,000
}

// Shop is one shop with its members, its roster and its mail.
type Shop struct {
	opts   Options
	people *people.People

	names func() map[string][]int // folded name → numbers of members who bear it
}

// New opens a shop.
func New(o Options) *Shop {
	if o.People <= 0 {
		o.People = 20_000
	}
	s := &Shop{opts: o, people: people.New(o.Seed)}
	s.names = sync.OnceValue(s.bearers)
	return s
}

func (s *Shop) bearers() map[string][]int {
	all := map[string][]int{}
	for i := range s.opts.People {
		c := s.Customer(i)
		if c.role != roleCanary {
			all[c.Person.Name()] = append(all[c.Person.Name()], i)
		}
	}
	return all
}

// Customer is somebody the shop writes to.
type Customer struct {
	people.Person
	Number   int
	ID       string // person id in the roster; empty for a guest
	MemberNo string // empty for a guest
	Second   string // second e-mail address, declared too; mostly empty
	Firm     *Firm  // where the customer works and has mail sent; mostly nil
	role     role
}

// Firm is a company whose staff are members.
type Firm struct {
	Name, Domain, Phone, PostalCode, Address string
}

// Member tells whether the roster knows the customer.
func (c *Customer) Member() bool { return c.ID != "" }

// role is what is peculiar about somebody's row in the roster.
type role uint8

const (
	roleFull       role = iota // everything is declared
	rolePartial                // only name and e-mail address are
	roleMoved                  // the roster has the address and landline of before the move
	roleMarried                // the roster has the family name of before
	roleRenumbered             // the roster has the mobile number of before
	roleShared                 // the household has one mailbox
	roleStaff                  // works at a firm: its address, switchboard and domain
	roleCanary                 // nobody real
)

// blockSize is that of package people: households lie within a block.
const blockSize = 8

// Customer is the customer with a number: a member below Options.People, a
// guest from there on.
func (s *Shop) Customer(i int) Customer {
	c := Customer{Person: s.people.At(i), Number: i}
	if i >= s.opts.People {
		return c
	}
	c.ID, c.MemberNo = fmt.Sprintf("P-%07d", i), fmt.Sprintf("KM%08d", 10_000_000+i)
	mix := rand.New(rand.NewPCG(s.opts.Seed, uint64(i)^0x9e3779b97f4a7c15)) //nolint:gosec // made-up people
	block := i / blockSize
	switch n := mix.IntN(1000); {
	case i%5000 == 4217:
		c.role = roleCanary
		c.invent(i / 5000)
	case block%25 == 7:
		c.role = roleStaff
		c.Firm = s.firm(block)
		c.Email = strings.ToLower(c.GivenLatin+"."+c.FamilyLatin) + fmt.Sprint(i%blockSize) + "@" + c.Firm.Domain
	case block%25 == 11:
		c.role = roleShared
		c.Email = s.people.At(s.firstOf(i)).Email
	case n < 50:
		c.role = rolePartial
	case n < 70:
		c.role = roleMoved
	case n < 80 && s.canMarry(&c):
		c.role = roleMarried
	case n < 90:
		c.role = roleRenumbered
	case n < 120:
		c.Second = fmt.Sprintf("%s.%d@keitai.example", strings.ToLower(c.FamilyLatin), i)
	}
	return c
}

// firstOf is the number of the first person who lives with person i.
func (s *Shop) firstOf(i int) int {
	at := s.people.At(i)
	first := i
	for first%blockSize != 0 {
		if p := s.people.At(first - 1); p.Address() != at.Address() {
			break
		}
		first--
	}
	return first
}

// household are the numbers of all who live with person i.
func (s *Shop) household(i int) []int {
	first := s.firstOf(i)
	at := s.people.At(i)
	all := []int{first}
	for k := first + 1; k%blockSize != 0; k++ {
		if p := s.people.At(k); p.Address() != at.Address() {
			break
		}
		all = append(all, k)
	}
	return all
}

func (s *Shop) firm(block int) *Firm {
	at := s.people.At(block * blockSize)
	return &Firm{
		Name: fmt.Sprintf("株式会社%s商会", at.Family), Domain: fmt.Sprintf("firm%d.example", block),
		Phone:      fmt.Sprintf("03-%04d-%04d", 2000+block%7000, block*37%10000),
		PostalCode: at.PostalCode, Address: at.Prefecture + at.Town + at.House,
	}
}

// Roster is what the shop's feed says of its members.
func (s *Shop) Roster() iter.Seq[roster.Person] {
	return func(yield func(roster.Person) bool) {
		for i := range s.opts.People {
			c := s.Customer(i)
			if !yield(s.row(&c)) {
				return
			}
		}
	}
}

func (s *Shop) row(c *Customer) roster.Person {
	p := roster.Person{ID: c.ID, Canary: c.role == roleCanary}
	declare := func(kind jp.Kind, values ...string) {
		for _, v := range values {
			if v != "" {
				p.Values = append(p.Values, roster.Value{Kind: kind, Value: v})
			}
		}
	}
	known := s.declared(c)
	declare(jp.Email, c.Email, c.Second)
	declare(jp.Name, known.Name())
	if c.role == rolePartial {
		return p
	}
	declare(jp.NameKana, known.Kana())
	declare(jp.NameLatin, known.Latin())
	declare(jp.Phone, known.Mobile, known.Landline)
	declare(jp.PostalCode, known.PostalCode)
	declare(jp.Address, known.Address())
	declare(jp.Birthday, c.Birthday.Format(time.DateOnly))
	declare(jp.MemberNo, c.MemberNo)
	if c.Firm != nil {
		declare(jp.Phone, c.Firm.Phone)
		declare(jp.Address, c.Firm.Address)
	}
	return p
}

// declared is the person the roster knows a customer as.
func (s *Shop) declared(c *Customer) people.Person {
	p := c.Person
	if c.role != roleMoved && c.role != roleMarried && c.role != roleRenumbered {
		return p
	}
	before := s.before(c)
	switch c.role { //nolint:exhaustive // the others are declared as they are
	case roleMoved:
		p.PostalCode, p.Prefecture, p.Town, p.House, p.Building, p.Landline = before.PostalCode, before.Prefecture, before.Town, before.House, before.Building, before.Landline
	case roleMarried:
		p.Family, p.FamilyKana, p.FamilyLatin = before.Family, before.FamilyKana, before.FamilyLatin
	case roleRenumbered:
		p.Mobile = before.Mobile
	}
	return p
}

// canMarry tells whether the family name of before goes with the given name.
func (s *Shop) canMarry(c *Customer) bool {
	before := s.before(c)
	return !c.Western() && !before.Western() && before.Family != c.Family
}

// before is what a customer once had and nobody has now: a home, a family name,
// a mobile number.
func (s *Shop) before(c *Customer) people.Person {
	return s.people.At(people.Most - 1 - c.Number)
}

// begin is when the shop's mail begins: a Monday morning in Japan.
func begin() time.Time { return time.Date(2026, 10, 5, 0, 0, 0, 0, time.UTC) }

// Right is right mail, at least n of them, of all kinds by their weight, in
// the order they are handed in; a new story begins every few seconds.
func (s *Shop) Right(n int) iter.Seq[Mail] {
	var kinds []*Kind
	sum := 0
	for _, k := range Kinds() {
		if k.Class == "" {
			kinds, sum = append(kinds, k), sum+k.Weight
		}
	}
	return func(yield func(Mail) bool) {
		rng := rand.New(rand.NewPCG(s.opts.Seed, 0x72696768)) //nolint:gosec // made-up mail
		var waiting []*Mail                                   // by time
		at, sent := begin(), 0
		for story := 0; sent < n; story++ {
			pick, i := rng.IntN(sum), 0
			for ; pick >= kinds[i].Weight; i++ {
				pick -= kinds[i].Weight
			}
			for _, m := range s.tell(kinds[i], story, at) {
				place, _ := slices.BinarySearchFunc(waiting, m.At, func(w *Mail, at time.Time) int {
					if w.At.After(at) {
						return 1
					}
					return -1
				})
				waiting = slices.Insert(waiting, place, &m)
			}
			at = at.Add(time.Duration(1+rng.IntN(20)) * time.Second)
			due := 0
			for ; due < len(waiting) && waiting[due].At.Before(at); due++ {
				if !yield(*waiting[due]) {
					return
				}
				sent++
			}
			waiting = slices.Delete(waiting, 0, due)
		}
		for _, m := range waiting {
			if !yield(*m) {
				return
			}
		}
	}
}

// Wrong is story number i of a wrong kind, in the order it is handed in. It
// begins at a time after any background of right mail (see After).
func (s *Shop) Wrong(k *Kind, i int) []Mail {
	mails := s.tell(k, 1_000_000+i, begin().Add(40*24*time.Hour))
	slices.SortStableFunc(mails, func(a, b Mail) int { return a.At.Compare(b.At) })
	return mails
}

func (s *Shop) tell(k *Kind, story int, at time.Time) []Mail {
	seed := uint64(story) //nolint:gosec // a number of a story
	for _, c := range k.Name {
		seed = seed*1_000_003 + uint64(c) //nolint:gosec // a hash
	}
	t := &Story{shop: s, kind: k, number: story, at: at, rng: rand.New(rand.NewPCG(s.opts.Seed, seed))} //nolint:gosec // made-up mail
	k.Tell(t)
	return t.mails
}
