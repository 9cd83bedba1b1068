package corpus

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"time"

	"github.com/kakitome/kakitome/internal/kakitest/people"
	"github.com/kakitome/kakitome/internal/mail"
)

// Story is one story while it is told: who is in it, and the mails so far.
type Story struct {
	shop   *Shop
	kind   *Kind
	rng    *rand.Rand
	number int
	at     time.Time
	serial int
	mails  []Mail
}

// Draft is a mail before it is written.
type Draft struct {
	From    mail.Address // empty: the shop
	Sender  string       // envelope sender; empty: the shop, "<>": nobody (a bounce, an automatic reply)
	To      []*Customer  // visible in To; each is an envelope recipient with Truth
	Greet   string       // display name of those in To, where one is written
	Truth   Truth        // for all of To
	Shown   []Rcpt       // further envelope recipients, visible in To
	More    []Rcpt       // further envelope recipients that no field shows (Bcc)
	Fields  []string     // further header fields: "Cc: a@example.jp"
	Subject string
	Text    string // plain text; lines end in \n
	HTML    string // the same as HTML; made from Text where the look wants it and it is empty
	Files   []File
	Stream  string // empty: OrderStream
	Client  string // empty: "shop"
	Look    *Look  // how it is written; nil: the story's choice
	ID      string // Message-ID without brackets; empty: a new one
	Date    time.Time
	Raw     []byte // the whole mail, where it is not to be written from all this
}

// Rcpt is an envelope recipient.
type Rcpt struct {
	Address string
	Truth   Truth
}

// File is an attachment.
type File struct {
	Name, Type string
	Data       []byte
}

// chance is true in percent of a hundred cases.
func (s *Story) chance(percent int) bool { return s.rng.IntN(100) < percent }

// one picks one of several.
func one[T any](s *Story, of ...T) T { return of[s.rng.IntN(len(of))] }

// wait lets time pass before the next mail.
func (s *Story) wait(d time.Duration) { s.at = s.at.Add(d) }

// member is somebody whose whole row is declared and who lives where the
// roster says; different every time.
func (s *Story) member(not ...*Customer) *Customer {
	return s.memberWho(func(c *Customer) bool { return c.role == roleFull && c.Second == "" }, not...)
}

// memberWho is a member of a sort, of another household, firm and name than
// those given.
func (s *Story) memberWho(fits func(*Customer) bool, not ...*Customer) *Customer {
	for {
		c := s.shop.Customer(s.rng.IntN(s.shop.opts.People))
		if !slices.ContainsFunc(not, c.near) && c.role != roleCanary && fits(&c) {
			return &c
		}
	}
}

// near tells whether two customers are so near to each other that the data of
// one may be the other's too: one household, one firm, one name however it is
// written.
func (c *Customer) near(n *Customer) bool {
	return n.Number == c.Number || n.Address() == c.Address() || n.Name() == c.Name() || n.Kana() == c.Kana() || n.Latin() == c.Latin() ||
		n.Firm != nil && c.Firm != nil && n.Firm.Domain == c.Firm.Domain
}

// members are n members of different households and names.
func (s *Story) members(n int) []*Customer {
	all := make([]*Customer, 0, n)
	for range n {
		all = append(all, s.member(all...))
	}
	return all
}

// guest is somebody the roster does not know; that those given are of another
// household goes without saying.
func (s *Story) guest(...*Customer) *Customer {
	// Those at the end are the homes people moved from.
	c := s.shop.Customer(s.shop.opts.People + s.rng.IntN(people.Most-2*s.shop.opts.People))
	return &c
}

// order is a new order number.
func (s *Story) order() string { return fmt.Sprintf("KK-%08d", s.rng.IntN(100_000_000)) }

// send writes a draft and hands it in.
func (s *Story) send(d Draft) {
	m := Mail{Kind: s.kind, Story: s.number, At: s.at, Stream: d.Stream, Client: d.Client}
	if m.Stream == "" {
		m.Stream = OrderStream
	}
	if m.Client == "" {
		m.Client = "shop"
	}
	switch d.Sender {
	case "":
		m.Envelope.From = shopAddress
	case "<>":
	default:
		m.Envelope.From = d.Sender
	}
	for _, c := range d.To {
		m.Envelope.Recipients = append(m.Envelope.Recipients, mail.Recipient{Address: c.Email})
		m.Truth = append(m.Truth, d.Truth)
	}
	for _, r := range slices.Concat(d.Shown, d.More) {
		m.Envelope.Recipients = append(m.Envelope.Recipients, mail.Recipient{Address: r.Address})
		m.Truth = append(m.Truth, r.Truth)
	}
	s.serial++
	if d.ID == "" {
		d.ID = fmt.Sprintf("%s.%d.%d@shop.example", s.kind.Name, s.number, s.serial)
	}
	if d.Date.IsZero() {
		d.Date = s.at
	}
	if m.Raw = d.Raw; m.Raw == nil {
		m.Raw = s.write(&d)
	}
	s.mails = append(s.mails, m)
	s.wait(time.Duration(200+s.rng.IntN(1500)) * time.Millisecond)
}
