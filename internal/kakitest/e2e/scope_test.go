package e2e

import (
	"crypto/rand"
	"encoding/json"
	"fmt"
	"log/slog"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"golang.org/x/mod/sumdb/note"

	"github.com/kakitome/kakitome/internal/admin"
	"github.com/kakitome/kakitome/internal/check"
	"github.com/kakitome/kakitome/internal/custody"
	"github.com/kakitome/kakitome/internal/gate"
	"github.com/kakitome/kakitome/internal/jp"
	madeup "github.com/kakitome/kakitome/internal/kakitest/people"
	"github.com/kakitome/kakitome/internal/keys"
	"github.com/kakitome/kakitome/internal/mail"
	"github.com/kakitome/kakitome/internal/policy"
	"github.com/kakitome/kakitome/internal/response"
	"github.com/kakitome/kakitome/internal/roster"
	"github.com/kakitome/kakitome/internal/scope"
	"github.com/kakitome/kakitome/internal/store"
	"github.com/kakitome/kakitome/internal/survey"
)

// past is a gateway without doors: the one path, its store and its keys, for
// incidents that happen within a test.
type past struct {
	store    *store.Store
	gate     *gate.Gate
	ring     *keys.Ring
	hasher   *roster.Hasher
	index    *roster.Index
	verifier note.Verifier
	scopes   *survey.Survey
	now      time.Time
	serial   atomic.Int64
}

type pastSealer struct{ *keys.Ring }

type pastKey struct{ keys.MailKey }

func (s pastSealer) NewMailKey() (gate.MailKey, []byte, error) {
	k, wrapped, err := s.Ring.NewMailKey()
	return pastKey{k}, wrapped, err
}

func (s pastSealer) MailKey(wrapped []byte) (gate.MailKey, error) {
	k, err := s.Ring.MailKey(wrapped)
	return pastKey{k}, err
}

func (k pastKey) Seal(field, mailID string, plain []byte) ([]byte, error) {
	return k.MailKey.Seal(field, mailID, plain), nil
}

// newPast makes one with people in its roster (CSV), and a stream "order" that
// only observes.
func newPast(t testing.TB, people string) *past {
	t.Helper()
	observe := policy.DefaultStream("order")
	observe.Mode = policy.Observe
	p := newPastOf(t, policy.Spec{Streams: []policy.Stream{observe}, Location: time.UTC})
	p.feed(t, people)
	return p
}

// newPastOf makes one with nobody in its roster.
func newPastOf(t testing.TB, spec policy.Spec) *past {
	t.Helper()
	p := &past{now: time.Date(2026, 11, 22, 9, 0, 0, 0, time.UTC)}
	dir := t.TempDir()
	var err error
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	p.ring, err = keys.Open(filepath.Join(dir, "keys"), rand.Reader, p.now)
	must(err)
	p.hasher, err = roster.NewHasher(p.ring.HashSecret())
	must(err)
	secret, public, err := p.ring.EvidenceKey("kakitome.invalid/" + p.ring.NodeID())
	must(err)
	signer, err := note.NewSigner(secret)
	must(err)
	p.verifier, err = note.NewVerifier(public)
	must(err)
	p.store, err = store.Open(t.Context(), store.Options{Path: filepath.Join(dir, "kakitome.db"), Node: p.ring.NodeID(), Signer: signer})
	must(err)
	t.Cleanup(func() { must(p.store.Close()) })
	p.index = roster.NewIndex(p.hasher)
	pol, err := policy.Compile(spec)
	must(err)
	p.gate = gate.New(gate.Options{
		Ledger: p.store, Sealer: pastSealer{p.ring}, Hasher: p.hasher, Roster: p.index, Policy: pol, Hostname: "mx.shop.example", Node: p.ring.NodeID(),
		Lease: time.Minute, Now: func() time.Time { return p.now },
		NewID: func() string { return fmt.Sprintf("01kmail%019d", p.serial.Add(1)) },
		Log:   slog.New(slog.DiscardHandler),
	})
	p.gate.Start()
	t.Cleanup(p.gate.Stop)
	p.scopes = survey.New(survey.Options{
		Store: p.store, Gate: p.gate, Hasher: p.hasher, Roster: p.index, Now: func() time.Time { return p.now }, Person: p.personID,
	})
	return p
}

func (p *past) personID(of roster.Key, sealed []byte) (string, error) {
	id, err := p.ring.Open(append([]byte("person-id"), of[:]...), sealed)
	return string(id), err
}

// feed takes people into the roster.
func (p *past) feed(t testing.TB, people string) {
	t.Helper()
	var list []roster.Person
	_, err := roster.ParseCSV(strings.NewReader(people), func(one roster.Person) error {
		list = append(list, one)
		return nil
	}, func(e roster.RowError) error { return &e })
	if err != nil {
		t.Fatal(err)
	}
	p.takeIn(t, list)
}

func (p *past) takeIn(t testing.TB, people []roster.Person) {
	t.Helper()
	var list []roster.Hashed
	for _, one := range people {
		h, problems := p.hasher.Hash(one)
		if len(problems) > 0 {
			t.Fatal(problems[0])
		}
		list = append(list, h)
	}
	im, err := p.store.ImportRoster(t.Context(), p.now, admin.Import{Feed: admin.FeedCSV, By: "test", Most: 20, Agreed: "a test"}, func(yield func(admin.SealedPerson, error) bool) {
		for _, h := range list {
			sealed, err := p.ring.Seal(append([]byte("person-id"), h.Person[:]...), []byte(h.ID))
			if !yield(admin.SealedPerson{Person: h.Person, Sealed: sealed, Canary: h.Canary, Folding: jp.Version, Entries: h.Entries}, err) {
				return
			}
		}
	})
	if err == nil {
		err = p.index.Apply(im.Version, list, nil)
	}
	if err != nil {
		t.Fatal(err)
	}
}

// send takes a mail in, and has it relayed.
func (p *past) send(t testing.TB, id, body string, to ...string) gate.Receipt {
	t.Helper()
	return p.sendAs(t, id, body, to...)
}

func (p *past) sendAs(t testing.TB, id, body string, to ...string) gate.Receipt {
	t.Helper()
	s := gate.Submission{Stream: "order", Client: "shop", Data: []byte(letter(id, body)), Envelope: mail.Envelope{From: shop}}
	for _, a := range to {
		s.Envelope.Recipients = append(s.Envelope.Recipients, mail.Recipient{Address: a})
	}
	r, err := p.gate.Receive(t.Context(), s)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// relayed says that the relay took what waits of a mail.
func (p *past) relayed(t testing.TB, mailID string) {
	t.Helper()
	err := p.store.Write(t.Context(), func(tx gate.Tx) error {
		m, err := tx.Mail(mailID)
		if err != nil {
			return err
		}
		var done []gate.Settled
		for _, d := range m.Deliveries {
			if d.State == custody.Queued {
				done = append(done, gate.Settled{Delivery: d.ID, State: custody.Relayed, Attempt: 1, Code: 250})
			}
		}
		return tx.Settle(p.now, done)
	})
	if err != nil {
		t.Fatal(err)
	}
}

func (p *past) person(id string) roster.Key { return p.hasher.Person(id) }

func (p *past) compute(t testing.TB, sel scope.Selection) *scope.Scope {
	t.Helper()
	s, err := p.scopes.Compute(t.Context(), sel, 0, nil)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func (p *past) agreed(t testing.TB, s *scope.Scope) {
	t.Helper()
	for _, d := range s.Check.Differences {
		t.Errorf("person %s ident %s kind %v: %v, again %v: %s", d.Person, d.Ident, d.Kind, d.A, d.B, d.Cause)
	}
}

var orders = scope.Selection{Any: []scope.Part{{Stream: "order"}}}

// The incident of 2019 in small: Taro's order goes to Hanako and Jiro. Both
// computations find it, whatever the roster says by now, and from the records
// when the bodies are gone.
func TestScopeOfAnIncident(t *testing.T) {
	t.Parallel()
	p := newPast(t, people)
	p.relayed(t, p.send(t, "right", aboutTaro, taro).MailID)
	for i, to := range []string{hanako, jiro} {
		p.now = p.now.Add(time.Minute)
		id := p.send(t, fmt.Sprint("wrong", i), aboutTaro+"ご連絡先 guest@guest.example\r\n", to).MailID
		if to == hanako {
			p.relayed(t, id)
		}
	}
	s := p.compute(t, orders)
	p.agreed(t, s)
	n := s.Numbers
	if n.Persons != (scope.Bound{Least: 1, Most: 2}) || n.Guests != (scope.Bound{Least: 1, Most: 1}) || n.Recipients != (scope.Bound{Least: 1, Most: 2}) || n.Mails != (scope.Bound{Least: 1, Most: 2}) {
		t.Errorf("numbers %+v", n)
	}
	victim, _ := s.Person(p.person("M-1"))
	if victim == nil || !slices.Equal(victim.Kinds, []jp.Kind{jp.Phone, jp.Name, jp.Address}) || victim.Recipients != 2 {
		t.Errorf("victim %+v", victim)
	}
	if s.Check.Bodies != 2 || s.Check.Evidence != 0 {
		t.Errorf("check %+v", s.Check)
	}
	if ok, why := s.CanReassure(); !ok || !s.Reassure(p.hasher.Recipient(hanako)) || s.Reassure(p.hasher.Recipient(taro)) {
		t.Errorf("reassurance: %v %s", ok, why)
	}

	// Taro moves, and Jiro is no member any more: what was found stays found.
	p.now = p.now.Add(time.Hour)
	p.feed(t, strings.Replace(strings.Replace(people, "090-1111-2222", "090-1111-9999", 1), "千代田区丸の内1-2-3", "千代田区丸の内9-9-9", 1))
	again := p.compute(t, orders)
	p.agreed(t, again)
	if again.Numbers != n {
		t.Errorf("numbers after the roster changed %+v", again.Numbers)
	}

	// The body of what is relayed goes: its record says the same.
	if _, err := p.store.Retain(t.Context(), p.now.Add(time.Hour), store.Keep{Bodies: time.Minute}); err != nil {
		t.Fatal(err)
	}
	records := p.compute(t, orders)
	p.agreed(t, records)
	if records.Check.Bodies != 1 || records.Check.Evidence != 1 || records.Numbers != n {
		t.Errorf("from records: %+v %+v", records.Check, records.Numbers)
	}
}

// Who was exposed and asks to be erased stays in the scope: the roster knows the
// person no more, the record of the decision does.
func TestScopeAfterErasure(t *testing.T) {
	t.Parallel()
	p := newPast(t, people)
	for i, about := range []string{aboutTaro, aboutHanako} {
		p.relayed(t, p.send(t, fmt.Sprint("wrong", i), about, jiro).MailID)
	}
	err := p.store.Respond(t.Context(), func(tx response.Tx) error {
		_, _, err := tx.Freeze(p.now, "I-1", orders)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	before := p.compute(t, orders)
	erased, err := p.store.RemovePerson(t.Context(), p.now, p.person("M-1"), "officer", "asked")
	if err != nil || erased.Frozen != 1 {
		t.Fatalf("%+v %v", erased, err)
	}
	if err := p.index.Apply(erased.Version, nil, []roster.Key{p.person("M-1")}); err != nil {
		t.Fatal(err)
	}
	after := p.compute(t, orders)
	p.agreed(t, after)
	if after.Numbers != before.Numbers || after.Check.Bodies != 1 || after.Check.Evidence != 1 {
		t.Errorf("%+v %+v, before %+v", after.Numbers, after.Check, before.Numbers)
	}
}

// Rows that were taken out of the table, or put in, do not agree with the mail.
func TestScopeFindsTampering(t *testing.T) {
	t.Parallel()
	p := newPast(t, people)
	id := p.forge(t, p.send(t, "wrong", aboutTaro, hanako).MailID, func(list []check.Exposure) []check.Exposure {
		list = slices.DeleteFunc(list, func(e check.Exposure) bool { return e.Kind == jp.Phone })
		return append(list, check.Exposure{Person: p.person("M-3"), Ident: p.hasher.Recipient(jiro), Kind: jp.Email})
	})
	s := p.compute(t, scope.Selection{Any: []scope.Part{{Mails: []string{id}}}})
	var got []string
	for _, d := range s.Check.Differences {
		got = append(got, fmt.Sprintf("%v %v %v", d.Kind, d.A.Wrong, d.B.Wrong))
	}
	slices.Sort(got)
	if want := []string{"email possibly none", "phone none possibly"}; !slices.Equal(got, want) {
		t.Errorf("differences %q, want %q", got, want)
	}
	if ok, why := s.CanReassure(); ok || why != "the two computations differ in 2 rows" {
		t.Errorf("reassurance: %v %s", ok, why)
	}
}

// forge records a mail once more, under another id, with other exposures.
func (p *past) forge(t testing.TB, id string, change func([]check.Exposure) []check.Exposure) string {
	t.Helper()
	err := p.store.Write(t.Context(), func(tx gate.Tx) error {
		m, err := tx.Mail(id)
		if err != nil {
			return err
		}
		o, err := p.gate.Open(m)
		if err != nil {
			return err
		}
		m.ID, m.Verdict = "01kforged", nil
		key, err := p.ring.MailKey(m.Key)
		if err != nil {
			return err
		}
		seal := func(field, id string, v any) []byte {
			plain, ok := v.([]byte)
			if !ok {
				plain, err = json.Marshal(v)
			}
			return key.Seal(field, id, plain)
		}
		m.Body, m.Envelope = seal("body", m.ID, o.Body), seal("envelope", m.ID, o.Origin)
		d := &m.Deliveries[0]
		d.ID = m.ID + ".1"
		d.Sealed, d.Exposures = seal("recipient", d.ID, o.Recipients[0]), change(d.Exposures)
		if err != nil {
			return err
		}
		return tx.Record([]*gate.Mail{m})
	})
	if err != nil {
		t.Fatal(err)
	}
	return "01kforged"
}

// What a stream lets pass unread is named, and nobody is reassured.
func TestScopeNamesUnread(t *testing.T) {
	t.Parallel()
	p := newPast(t, people)
	id := p.send(t, "picture", aboutTaro, hanako).MailID
	s := gate.Submission{Stream: "order", Client: "shop", Envelope: mail.Envelope{From: shop, Recipients: []mail.Recipient{{Address: jiro}}}, Data: []byte(
		"From: <" + shop + ">\r\nSubject: order\r\nMessage-ID: <p@shop.example>\r\nMIME-Version: 1.0\r\nContent-Type: multipart/related; boundary=b\r\n\r\n" +
			"--b\r\nContent-Type: text/html; charset=utf-8\r\nContent-Transfer-Encoding: 8bit\r\n\r\n<p>" + aboutTaro + "<img src=\"cid:x\"></p>\r\n" +
			"--b\r\nContent-Type: image/png\r\nContent-ID: <x>\r\nContent-Disposition: inline\r\nContent-Transfer-Encoding: base64\r\n\r\n" +
			"iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAAAABJRU5ErkJggg==\r\n--b--\r\n")}
	r, err := p.gate.Receive(t.Context(), s)
	if err != nil {
		t.Fatal(err)
	}
	got := p.compute(t, orders)
	p.agreed(t, got)
	if len(got.Unread) != 1 || got.Unread[0].Mail != r.MailID || got.Unread[0].Type != "image/png" || got.Unread[0].Where == "" {
		t.Errorf("unread %+v", got.Unread)
	}
	if ok, why := got.CanReassure(); ok || why != "1 parts or mails left unread" {
		t.Errorf("reassurance: %v %s", ok, why)
	}
	quick, err := p.scopes.Quick(t.Context(), scope.Selection{Any: orders.Any, Without: []string{id}})
	if err != nil || quick.Numbers.Unread != 1 || quick.Numbers.Mails.Most != 1 {
		t.Errorf("counted: %+v %v", quick.Numbers, err)
	}
}

// BenchmarkScope: 5,000 wrong mails among 25,000.
func BenchmarkScope(b *testing.B) {
	var csv strings.Builder
	csv.WriteString("person_id,email,name,name_kana,phone,postal_code,address\n")
	everybody := madeup.New(7)
	crowd := make([]madeup.Person, 20_000)
	for i := range crowd {
		crowd[i] = everybody.At(i)
		c := &crowd[i]
		fmt.Fprintf(&csv, "M-%d,%s,%s,%s,%s,%s,%s\n", i, c.Email, c.Name(), c.Kana(), c.Mobile, c.PostalCode, c.Address())
	}
	p := newPast(b, csv.String())
	about := func(i int) string {
		c := &crowd[i]
		return c.Name() + " 様\r\n" + c.Mobile + "\r\n" + c.Address() + "\r\n" + strings.Repeat("ご注文ありがとうございます。商品の発送までしばらくお待ちください。\r\n", 20)
	}
	var group sync.WaitGroup
	turn := make(chan struct{}, 64)
	for i := range crowd {
		turn <- struct{}{}
		group.Go(func() {
			defer func() { <-turn }()
			p.sendAs(b, fmt.Sprint("right", i), about(i), crowd[i].Email)
			if i > 0 && i <= 5000 {
				p.sendAs(b, fmt.Sprint("wrong", i), about(0), crowd[i].Email)
			}
		})
	}
	group.Wait()
	b.Run("tables", func(b *testing.B) {
		for b.Loop() {
			if _, err := p.scopes.Quick(b.Context(), orders); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("both", func(b *testing.B) {
		for b.Loop() {
			s := p.compute(b, scope.Selection{Any: []scope.Part{{Stream: "order", Since: p.now.Add(-time.Hour)}}})
			if len(s.Check.Differences) > 0 || s.Numbers.Recipients.Most != 5000 || s.Check.Bodies != 5000 {
				b.Fatalf("%+v %d differences", s.Numbers, len(s.Check.Differences))
			}
		}
	})
}
