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
	PartnerStream = "partner" // sellers, carriers
)

// Policy is what the shop's operator wrote.
func (s *Shop) Policy() policy.Spec {
	spec := policy.Spec{
		Company: policy.CompanySpec{
			Name: "例示商店",
			Identifiers: []string{
				"03-1234-5678", "0120-000-123", "support@shop.example", "shop@shop.example", "東京都千代田区丸の内9-9-9",
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
		},
	}
	for _, name := range []string{OrderStream, AccountStream, NewsStream, PartnerStream} {
		spec.Streams = append(spec.Streams, policy.DefaultStream(name))
	}
	return spec
}
