package e2e

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/kakitome/kakitome/internal/admin"
	"github.com/kakitome/kakitome/internal/gate"
	"github.com/kakitome/kakitome/internal/kakitest/corpus"
	"github.com/kakitome/kakitome/internal/policy"
	"github.com/kakitome/kakitome/internal/roster"
	"github.com/kakitome/kakitome/internal/scope"
	"github.com/kakitome/kakitome/internal/store"
)

// Both computations find exactly the same in mail of every kind a shop sends,
// and of every way it has gone wrong: held, released by a person, judged again
// on a later roster, with people who came, changed and left since, from bodies
// and from records.
func TestScopesAgreeOnTheCorpus(t *testing.T) {
	t.Parallel()
	for _, mode := range []policy.Mode{policy.Enforce, policy.Observe} {
		t.Run(fmt.Sprint(mode), func(t *testing.T) {
			t.Parallel()
			shop := corpus.New(corpus.Options{Seed: 3 + uint64(mode), People: 3000})
			spec := shop.Policy()
			for i := range spec.Streams {
				spec.Streams[i].Mode = mode
			}
			p := newPastOf(t, spec)
			people := slices.Collect(shop.Roster())
			p.takeIn(t, people[:2900])
			all := p.tell(t, shop)
			half := len(all) / 2

			p.takeIn(t, people[2900:]) // and some move
			var moved []roster.Person
			for i := range 100 {
				one := people[i]
				one.Values = slices.Clone(people[1000+i].Values)
				moved = append(moved, one)
			}
			p.takeIn(t, moved)
			var held []admin.Held
			if err := p.store.Held(t.Context(), admin.Filter{}, func(h admin.Held) error { held = append(held, h); return nil }); err != nil {
				t.Fatal(err)
			}
			var some []string
			for i, h := range held {
				if err := p.gate.Rejudge(t.Context(), h.Mail, h.ID); err != nil {
					t.Fatal(err)
				}
				if i%3 == 0 {
					some = append(some, h.ID)
				}
			}
			if len(some) > 0 {
				if _, err := p.store.Release(t.Context(), p.now, admin.Move{Filter: admin.Filter{IDs: some}, By: "officer", Reason: "a test"}); err != nil {
					t.Fatal(err)
				}
			}
			whole := scope.Selection{Any: []scope.Part{{Mails: all[:half]}, {Mails: all[half:]}}}
			s := p.compute(t, whole)
			p.agreed(t, s)
			t.Logf("%d mails, %d held, %d rows, %+v", len(all), len(held), len(s.Rows), s.Numbers)
			if len(s.Rows) < 1000 || s.Check.Bodies != len(all) {
				t.Errorf("%d rows, %+v", len(s.Rows), s.Check.Bodies)
			}

			for _, id := range all { // the bodies go
				p.relayed(t, id)
			}
			p.forget(t)
			again := p.compute(t, whole)
			p.agreed(t, again)
			if again.Check.Evidence == 0 || len(again.Rows) != len(s.Rows) {
				t.Errorf("from records: %d rows, %+v", len(again.Rows), again.Check)
			}
		})
	}
}

// tell has the shop's mail come in, and names those that were taken.
func (p *past) tell(t *testing.T, shop *corpus.Shop) (ids []string) {
	t.Helper()
	take := func(m *corpus.Mail) {
		if m.At.After(p.now) {
			p.now = m.At
		}
		r, err := p.gate.Receive(t.Context(), gate.Submission{Envelope: m.Envelope, Data: m.Raw, Stream: m.Stream, Client: m.Client})
		if err == nil && !r.Duplicate { // what the door refuses is in no scope
			ids = append(ids, r.MailID)
		}
	}
	for m := range shop.Right(100) {
		take(&m)
	}
	for i, k := range corpus.Kinds() {
		if k.Class == "" || testing.Short() && i%4 > 0 {
			continue
		}
		for k, m := range shop.Wrong(k, 1) {
			if k < 3 {
				take(&m)
			}
		}
	}
	slices.Sort(ids)
	return slices.Compact(ids)
}

// forget lets a week go by.
func (p *past) forget(t *testing.T) {
	t.Helper()
	if _, err := p.store.Retain(t.Context(), p.now.Add(8*24*time.Hour), store.Keep{Bodies: 7 * 24 * time.Hour}); err != nil {
		t.Fatal(err)
	}
}
