package e2e

import (
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/kakitome/kakitome/client"
	"github.com/kakitome/kakitome/internal/gate"
	"github.com/kakitome/kakitome/internal/kakitest/crash"
	madeup "github.com/kakitome/kakitome/internal/kakitest/people"
	letters "github.com/kakitome/kakitome/internal/letter" // letter is a mail here
	"github.com/kakitome/kakitome/internal/mail"
	"github.com/kakitome/kakitome/internal/policy"
	"github.com/kakitome/kakitome/internal/response"
)

const townSize = 12

// town is a gateway in which any number of incidents happen, all drills: their
// letters come back as bytes.
type town struct {
	*past
	t      *testing.T
	shop   *crash.Shop
	people []madeup.Person
	desk   *response.Desk
	posted map[string][]byte // by the letter's id, of the incident under way
}

func newTown(t *testing.T) *town {
	x := &town{past: newPast(t, string(crash.NewShop(townSize).Roster())), t: t, shop: crash.NewShop(townSize)}
	crowd := madeup.New(7) // as the shop's
	for i := range townSize {
		if x.people = append(x.people, crowd.At(i)); x.people[i].Email != x.shop.Email(i) {
			t.Fatal("the shop has other members")
		}
	}
	pol, err := policy.Compile(policy.Spec{Company: policy.CompanySpec{Identifiers: []string{privacyFrom, "0120-000-000"}}, Location: time.UTC})
	if err != nil {
		t.Fatal(err)
	}
	words, err := letters.Load(nil)
	if err != nil {
		t.Fatal(err)
	}
	x.desk = response.New(response.Options{
		Store: x.store, Gate: x.gate, Sealer: pastSealer{x.ring}, Hasher: x.hasher, Roster: x.index, Policy: pol, Survey: x.scopes,
		Post: response.Post{
			Words: words, Company: letters.Text{Ja: "見本商店", En: "Mihon Shop"}, From: privacyFrom, URL: "https://notice.shop.example", PerSecond: 1000,
			CodeKey: make([]byte, 32), Host: "mx.shop.example", Desk: letters.Desk{Mail: privacyFrom, Phone: "0120-000-000", Hours: letters.Text{Ja: "毎日", En: "daily"}},
		},
		Drilled: func(_, name string, raw []byte) error {
			x.posted[strings.TrimSuffix(name, ".eml")] = raw
			return nil
		},
		Zone: time.UTC, Now: func() time.Time { return x.now }, Log: slog.New(slog.DiscardHandler),
	})
	return x
}

// wrongs are the mails of one incident: whose order went to whom.
type wrongs struct {
	exposed  map[int]bool   // members
	received map[string]int // by address: the owner of the last order that came
	ids      []string
}

// happens draws an incident and sends its mails.
func (x *town) happens(t *rapid.T) *wrongs {
	w := &wrongs{exposed: map[int]bool{}, received: map[string]int{}}
	for range rapid.IntRange(1, 8).Draw(t, "mails") {
		owner := rapid.IntRange(0, townSize/2).Draw(t, "owner")
		reader := rapid.IntRange(0, townSize+1).Draw(t, "reader")
		to := fmt.Sprintf("guest%d@guests.example", reader)
		if reader < townSize {
			to = x.shop.Email(reader)
		}
		m := x.shop.Order(int(x.serial.Add(1)), owner, to)
		r, err := x.gate.Receive(x.t.Context(), gate.Submission{Stream: "order", Client: "shop", Data: m.Data,
			Envelope: mail.Envelope{From: shop, Recipients: []mail.Recipient{{Address: to}}}})
		if err != nil {
			x.t.Fatal(err)
		}
		x.relayed(x.t, r.MailID)
		w.ids = append(w.ids, r.MailID)
		if reader != owner {
			w.exposed[owner], w.received[to] = true, owner
		}
	}
	return w
}

// round makes a round of letters, has it approved and handed in.
func (x *town) round(t *rapid.T, id, occasion string, n int) []client.Letter {
	ctx := x.t.Context()
	ok := func(err error) {
		if err != nil {
			t.Fatalf("%s: %v", occasion, err)
		}
	}
	_, err := x.desk.Draft(ctx, "hana", id, occasion)
	ok(err)
	for _, object := range []string{"sample", "letters"} {
		_, err = x.desk.Act(ctx, "hana", id, "approve", client.IncidentAct{Object: fmt.Sprintf("%s %d", object, n)})
		ok(err)
	}
	x.now = x.now.Add(time.Minute)
	for more := 1; more > 0; {
		more, err = x.desk.Send(ctx)
		ok(err)
	}
	list, err := x.desk.LetterList(ctx, id, false)
	ok(err)
	return slices.DeleteFunc(list, func(l client.Letter) bool { return l.Round != n })
}

// holds tells whether a text gives anything of a person away.
func holds(text string, p *madeup.Person, id int) bool {
	return slices.ContainsFunc([]string{p.Email, p.Name(), p.Kana(), p.Mobile, strings.ReplaceAll(p.Mobile, "-", ""), p.Address(), p.PostalCode, crash.PersonID(id)},
		func(v string) bool { return v != "" && strings.Contains(text, v) })
}

// Whatever the incident: no letter has a value of anybody, nobody gets two of a
// round, no victim learns of a recipient or the reverse, everybody who is to be
// told is, and nobody whose data may have gone out is reassured.
func TestLettersOfAnyIncident(t *testing.T) {
	x := newTown(t)
	rapid.Check(t, func(t *rapid.T) {
		x.posted = map[string][]byte{}
		w := x.happens(t)
		ctx := x.t.Context()
		i, err := x.desk.Begin(ctx, "hana", client.OpenIncident{Source: "drill", Selections: client.Selections{Mails: w.ids}})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := x.desk.Scope(ctx, "hana", i.ID); err != nil {
			t.Fatal(err)
		}
		contacts, exposed := "person_id,email\n", map[string]bool{}
		for n := range w.exposed {
			exposed[crash.PersonID(n)] = true
			contacts += crash.PersonID(n) + "," + x.shop.Email(n) + "\n"
		}
		if taken, err := x.desk.TakeContacts(ctx, "hana", i.ID, strings.NewReader(contacts)); err != nil || taken.Taken != len(w.exposed) {
			t.Fatalf("contacts %+v, %v", taken, err)
		}
		first := x.round(t, i.ID, "first", 1)
		reached := map[string]string{}
		for _, l := range first {
			if reached[l.To] != "" {
				t.Fatalf("two letters of one round to one address")
			}
			reached[l.To] = l.Kind
		}
		for n := range w.exposed {
			if k := reached[x.shop.Email(n)]; k != "notice" && k != "combined" {
				t.Fatalf("an exposed person got %q", k)
			}
		}
		for to := range w.received {
			if k := reached[to]; k != "deletion" && k != "combined" {
				t.Fatalf("a recipient got %q", k)
			}
		}
		for _, l := range x.round(t, i.ID, "reassure", 2) {
			if l.Kind != "reassurance" || exposed[l.Person] || l.Person == "" {
				t.Fatalf("%s to %q, whose data went out: %v", l.Kind, l.Person, exposed[l.Person])
			}
		}
		x.clean(t, len(first))
	})
}

// clean looks for everybody in every letter; the addressee stands in To alone.
func (x *town) clean(t *rapid.T, least int) {
	if len(x.posted) < least {
		t.Fatalf("%d letters came, of %d", len(x.posted), least)
	}
	for _, raw := range x.posted {
		m := mail.Parse(raw, mail.Limits{})
		text := ""
		for _, f := range m.Root.Fields {
			if !strings.EqualFold(f.Name, "To") {
				text += f.Value + "\n"
			}
		}
		_ = m.Walk(func(p *mail.Part, _ []int) error {
			text += p.Text + "\n"
			return nil
		})
		for i := range x.people {
			if holds(text, &x.people[i], i) {
				t.Fatalf("a letter gives somebody's data away")
			}
		}
		if strings.Contains(text, "@guests.example") {
			t.Fatal("a letter names a recipient")
		}
	}
}
