package corpus

import (
	"github.com/kakitome/kakitome/internal/jp"
	"github.com/kakitome/kakitome/internal/policy"
)

// Streams of the shop's mail.
const (
	OrderStream   = "order"
	AccountStream = "account" // codes, passwords, registrations
	NewsStream    = "news"
	ServiceStream = "service" // staff answer
	BookingStream = "booking" // reservations, events, courses
	AuctionStream = "auction" // members trade with each other
	PartnerStream = "partner" // sellers, carriers
	GiftStream    = "gift"    // what one gives to another: givers have many receivers, and receivers several givers
)

// Policy is what the shop's operator wrote.
func (s *Shop) Policy() policy.Spec {
	spec := policy.Spec{
		Company: policy.CompanySpec{
			Name: "例示商店",
			Identifiers: []string{
				"03-1234-5678", "0120-000-123", "support@shop.example", shopAddress, "東京都千代田区丸の内9-9-9",
				returnCentre, returnPhone, makerPhone, makerMail, technician, agentMobile, agentAddress, craftsmanPhone, craftsmanMail,
				restaurantPhone, hotelPhone, clinicPhone,
			},
			Recipients: []string{"@shop.example", "archive@archive.example"},
		},
		Codes: []policy.CodeSpec{
			{Kind: jp.OrderNo, Pattern: `KK-\d{8}`},
			{Kind: jp.MemberNo, Pattern: `KM\d{8}`},
		},
		Grants: []policy.GrantSpec{
			{To: "@carrier.example", Kinds: []jp.Kind{jp.Name, jp.Address, jp.Phone}},
			{To: "@seller.example", Kinds: []jp.Kind{jp.Name, jp.Address, jp.Phone, jp.OrderNo}},
			{To: "@maker.example", Stream: PartnerStream, Kinds: []jp.Kind{jp.Name, jp.Address, jp.Phone, jp.Email}},
			{To: craftsmanMail, Kinds: []jp.Kind{jp.Name, jp.Address, jp.Phone}},
		},
	}
	for _, at := range stores {
		spec.Company.Identifiers = append(spec.Company.Identifiers, at.phone, at.address)
	}
	for i := range s.opts.People {
		if c := s.Customer(i); traderOf(&c) {
			spec.Grants = append(spec.Grants, policy.GrantSpec{To: c.Email, Stream: AuctionStream, Kinds: []jp.Kind{jp.Name, jp.Address, jp.Phone}})
		}
	}
	for _, name := range []string{OrderStream, AccountStream, NewsStream, ServiceStream, BookingStream, AuctionStream, PartnerStream} {
		spec.Streams = append(spec.Streams, policy.DefaultStream(name))
	}
	gifts := policy.DefaultStream(GiftStream)
	gifts.FanIn, gifts.FanOut, gifts.MentionJump = 40, 5, 1
	spec.Streams = append(spec.Streams, gifts)
	return spec
}
