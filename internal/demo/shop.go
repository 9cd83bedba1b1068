package demo

import (
	"encoding/csv"
	"fmt"
	"io"
	"time"

	"github.com/kakitome/kakitome/internal/kakitest/people"
)

// The shop's own name and contacts, in every mail.
const (
	shopName  = "例示商店"
	shopPhone = "03-1234-5678"
	shopMail  = "support@shop.example"
	shopFrom  = "bounce@shop.example" // envelope sender
	// Letters after an incident come from here.
	shopPrivacy = "privacy@shop.example"
)

// customer is whoever buys: a member, or a guest without a member number.
type customer struct {
	people.Person
	No string // M-000001; empty for a guest
}

// order is one purchase.
type order struct {
	No      string // KK-00000001
	Buyer   *customer
	Friend  *customer // whom it goes to, when it is a gift
	Item    goods
	Payment string
	At      time.Time
	Parcel  string // number of the parcel
}

// receiver is whom the parcel goes to.
func (o *order) receiver() *customer {
	if o.Friend != nil {
		return o.Friend
	}
	return o.Buyer
}

type goods struct {
	name  string
	price int // yen, tax included
}

var assortment = []goods{
	{"純米大吟醸 例示の雫 720ml", 3980}, {"本格芋焼酎 見本 1800ml", 2750}, {"クラフトビール飲み比べ 6本", 3300},
	{"梅酒 ためし 500ml", 1650}, {"スパークリング清酒 300ml×3", 2980}, {"シングルモルト 仮名 700ml", 9980},
}

var payments = []string{"クレジットカード（一括払い）", "コンビニ払い", "代金引換", "銀行振込"}

// defect is what is wrong with the shop's way of finding the audience of an
// order confirmation.
type defect int

const (
	noDefect       defect = iota
	ownerFirst            // it resolves to all members; the buyer is served first
	strangersFirst        // it resolves to all members; the buyer is served last
)

// shop is a member shop for an age-restricted product.
type shop struct {
	Defect defect // the switch: whom a confirmation goes to
	Reach  int    // how many other members the defect's "all members" has at most
	Stream string // which the shop names in its mails

	members []*customer
	vault   *vault
	crowd   *people.People
	next    int // number of the next new person
	orders  int
	letters int
	now     func() time.Time
}

func newShop(seed uint64, now func() time.Time) (*shop, error) {
	v, err := newVault()
	if err != nil {
		return nil, err
	}
	return &shop{vault: v, crowd: people.New(seed), now: now, Stream: streamOrder}, nil
}

// guest is somebody who is no member.
func (s *shop) guest() *customer {
	c := &customer{Person: s.crowd.At(s.next)}
	s.next++
	return c
}

// register makes the next person a member. The picture of the identity document
// is sealed at once.
func (s *shop) register() error {
	c := s.guest()
	c.No = fmt.Sprintf("M-%06d", len(s.members)+1)
	picture, err := identityPicture(c.No)
	if err != nil {
		return err
	}
	s.vault.keep(c.No, picture)
	s.members = append(s.members, c)
	return nil
}

// buy makes an order; friend is nil unless it is a gift.
func (s *shop) buy(buyer, friend *customer) *order {
	s.orders++
	n := s.orders
	return &order{
		No: fmt.Sprintf("KK-%08d", n), Buyer: buyer, Friend: friend, At: s.now(),
		Item: assortment[n%len(assortment)], Payment: payments[n%len(payments)],
		Parcel: fmt.Sprintf("4%03d-%04d-%04d", n/10_000%1000, n%10_000, n*7919%10_000),
	}
}

// audience is whom the confirmation of an order goes to.
func (s *shop) audience(o *order) []*customer {
	if s.Defect == noDefect {
		return []*customer{o.Buyer}
	}
	var all []*customer
	for _, m := range s.members {
		if len(all) == s.Reach {
			break
		}
		if m != o.Buyer {
			all = append(all, m)
		}
	}
	if s.Defect == strangersFirst {
		return append(all, o.Buyer)
	}
	return append([]*customer{o.Buyer}, all...)
}

// confirm is the confirmation of an order, one mail for each of its audience.
func (s *shop) confirm(o *order) []*letter {
	var list []*letter
	for _, c := range s.audience(o) {
		list = append(list, s.letter(confirmation, o, c))
	}
	return list
}

// ship is what goes out when the parcel leaves: a notice to the buyer, and one
// to the friend when it is a gift.
func (s *shop) ship(o *order) []*letter {
	list := []*letter{s.letter(shipping, o, o.Buyer)}
	if o.Friend != nil {
		list = append(list, s.letter(giftNotice, o, o.Friend))
	}
	return list
}

func (s *shop) letter(kind letterKind, o *order, to *customer) *letter {
	s.letters++
	return &letter{
		ID:   fmt.Sprintf("<%s.%d@shop.example>", o.No, s.letters),
		Kind: kind, Order: o, To: to, Stream: s.Stream, At: s.now(),
	}
}

// roster writes the members as the CSV that Kakitome imports.
func (s *shop) roster(w io.Writer) error {
	out := csv.NewWriter(w)
	rows := [][]string{{"person_id", "member_no", "name", "name_kana", "postal_code", "address", "phone", "phone", "email", "birthday"}}
	for _, m := range s.members {
		rows = append(rows, []string{
			m.No, m.No, m.Name(), m.Kana(), m.PostalCode, m.Address(), m.Mobile, m.Landline, m.Email, m.Birthday.Format(time.DateOnly),
		})
	}
	if err := out.WriteAll(rows); err != nil {
		return fmt.Errorf("write roster: %w", err)
	}
	return nil
}
