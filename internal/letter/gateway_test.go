package letter

import (
	"encoding/base64"
	"fmt"
	"testing"

	"github.com/kakitome/kakitome/internal/check"
	"github.com/kakitome/kakitome/internal/jp"
	"github.com/kakitome/kakitome/internal/mail"
	"github.com/kakitome/kakitome/internal/policy"
	"github.com/kakitome/kakitome/internal/roster"
)

// TestStrictestStreamLetsLettersPass: the gateway's rules with no allowance at
// all hold none of hundreds of letters about one mail, in any round. What they
// have in common (the wrong mail's id, the contact, the pages) is nobody's.
func TestStrictestStreamLetsLettersPass(t *testing.T) {
	t.Parallel()
	c := townOf(t, 1, 80)
	strict := policy.DefaultStream("strict") // the name incident is the gateway's own
	strict.Mode, strict.FanOut, strict.FanIn = policy.Enforce, 0, 0
	p, err := policy.Compile(policy.Spec{
		Company: policy.CompanySpec{Name: "例示商店", Identifiers: []string{"03-1234-5678", "desk@shop.example", "oshirase@shop.example"}},
		Codes:   []policy.CodeSpec{{Kind: jp.OrderNo, Pattern: `KK-\d{8}`}}, Streams: []policy.Stream{strict},
	})
	if err != nil {
		t.Fatal(err)
	}
	stream, _ := p.Stream("strict")
	var parties []Party
	for i := range c.people {
		q := recipient("", c.people[i].Email)
		q.Mails[0].ID = "0f3a9b2c-77aa-4b1c-9d0e-aa10bb20cc30"
		if q.Person = c.keys[i]; i%7 == 0 {
			q.Person = roster.Key{} // a guest
		}
		if i%5 == 0 {
			q.Exposed, q.Kinds = true, []jp.Kind{jp.Name, jp.Phone}
		}
		parties = append(parties, q)
	}
	counts, w, n := check.NewCounts(at(58)), load(t), 0
	for _, r := range []Round{First, Remind, Reassure, Follow} {
		letters, _ := Plan(parties, r, Scope{Agreed: true})
		if len(letters) < 40 {
			t.Fatalf("%d letters", len(letters))
		}
		for _, a := range letters {
			n++
			d := a.Details()
			d.Code, _ = NewCode(key(1), fmt.Sprint(n), a.Address)
			d.Page, d.Typed = "https://shop.example/d/"+base64.RawURLEncoding.EncodeToString(fmt.Appendf(nil, "%016d", n*7919)), "https://shop.example/d"
			s, err := w.Write(a.Kind, shop(), d)
			if err != nil {
				t.Fatal(err)
			}
			raw, err := Build(Letter{From: "oshirase@shop.example", FromName: "例示商店", ReplyTo: "desk@shop.example", To: a.Address, Date: at(58), MessageID: fmt.Sprintf("l%d@shop.example", n), Sheet: s})
			if err != nil {
				t.Fatal(err)
			}
			bounce, err := bounces().Address(fmt.Sprintf("l%d", n))
			if err != nil {
				t.Fatal(err)
			}
			e := check.Examine(check.Input{
				Message: mail.Parse(raw, mail.Limits{}), Envelope: mail.Envelope{From: bounce, Recipients: []mail.Recipient{{Address: a.Address}}},
				Stream: stream, At: at(59), Client: "kakitome",
			}, check.Knowledge{Hasher: c.h, Roster: c.s, Policy: p})
			v := check.Decide(e, counts)
			counts.Apply(e, v, fmt.Sprint(n))
			if v.Recipients[0].Hold {
				t.Fatalf("letter %d, %s: %s", n, a.Kind, v.Recipients[0].String())
			}
		}
	}
}
