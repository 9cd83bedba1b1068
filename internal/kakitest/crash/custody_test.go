package crash

import (
	"context"
	"encoding/json"
	"fmt"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/kakitome/kakitome/client"
	"github.com/kakitome/kakitome/internal/kakitest"
)

// TestCustodyAtScale holds very many mails, lists all of them, discards some by
// a filter and releases the rest: a person after an incident must not wait for
// minutes.
func TestCustodyAtScale(t *testing.T) {
	t.Parallel()
	const members = 1000
	many := 1500
	if _, full := Rounds(); full {
		many = 100_000
	}
	shop := NewShop(members)
	Engines(t, func(t *testing.T, db *Database) {
		sink := NewSink(t)
		list := Nodes(t, db, 1, sink.Addr(), "relay: {address: \""+sink.Addr()+"\", max_connections: 20}\n"+
			"codes: {order_no: 'KK-\\d{8}'}\nstreams: [{name: default, fan_out: 200, fan_in: 200}]\n")
		Roster(t, list, shop.Roster())
		c := list[0].Client
		// Everybody is sent the order of the next member but one.
		held, took := fill(t, list, many, func(i int) *Mail { return shop.Order(i, i%members, shop.Email((i+2)%members)) })
		t.Logf("%d held in %v (%.0f a second)", held, took.Round(time.Millisecond), float64(held)/took.Seconds())
		if held != many {
			t.Fatalf("%d of %d are held", held, many)
		}
		var all []client.Held
		var document []byte
		timed(t, "list", func() (n int, err error) {
			all, err = c.Held(t.Context(), client.Selection{})
			return len(all), err
		})
		document, err := json.Marshal(all)
		if err != nil || len(all) != many {
			t.Fatalf("the list has %d of %d, %v", len(all), many, err)
		}
		t.Logf("the list is %d KiB of JSON", len(document)>>10)
		decide := func(what string, want int, do func(ctx context.Context, d client.Decision) (*client.Decided, error), s client.Selection) {
			timed(t, what, func() (int, error) {
				done, err := do(t.Context(), client.Decision{Selection: s, Reason: "a test"})
				if err != nil {
					return 0, err
				}
				if n := len(done.Changed); n > 0 { // a namesake came on the roster: a person looks again
					t.Logf("%s: %d need another look", what, n)
					again := client.Selection{IDs: done.Changed}
					if _, err := c.Held(t.Context(), again); err != nil {
						return 0, err
					}
					more, err := do(t.Context(), client.Decision{Selection: again, Reason: "looked again"})
					if err != nil {
						return 0, err
					}
					done.Done += more.Done
				}
				if done.Done != want {
					t.Errorf("%s: %d of %d", what, done.Done, want)
				}
				return done.Done, nil
			})
		}
		first, err := c.Held(t.Context(), client.Selection{Person: PersonID(1)})
		if err != nil || len(first) == 0 {
			t.Fatalf("nothing is held for a person: %v", err)
		}
		decide("discard by person", len(first), c.Discard, client.Selection{Person: PersonID(1)})
		middle := all[many/2].HeldAt
		older := 0
		for _, h := range all {
			if h.HeldAt.Before(middle) && h.Persons[0] != PersonID(1) {
				older++
			}
		}
		decide("discard by time", older, c.Discard, client.Selection{Rule: "ownership", Before: middle})
		if sink.Count() > 0 {
			t.Error("held mail is at the relay")
		}
		rest, err := c.Held(t.Context(), client.Selection{})
		if err != nil {
			t.Fatal(err)
		}
		// The roster's next feed: what it touches must be judged again first.
		Roster(t, list, shop.RosterOf(5000, 5001))
		decide("release by rule after a feed", len(rest), c.Release, client.Selection{Rule: "ownership", Stream: "default"})
		timed(t, "relay what was released", func() (int, error) {
			for was := -1; sink.Count() < len(rest) && sink.Count() > was; { // as long as it goes on
				was = sink.Count()
				kakitest.Eventually(t, "mail goes on", func() bool { return sink.Count() > was })
			}
			return sink.Count(), nil
		})
		if got := sink.Count(); got != len(rest) {
			t.Errorf("%d of %d came to the relay", got, len(rest))
		}
		Verified(t, list)
	})
}

// fill hands mails in and says how many were held. The breaker pauses the
// stream meanwhile, as it should.
func fill(t *testing.T, list []*Node, n int, mail func(i int) *Mail) (int, time.Duration) {
	t.Helper()
	began := time.Now()
	held, _ := flood(t.Context(), func() []string { return Doors(list) }, n, mail)
	took := time.Since(began)
	if err := list[0].Resume(t.Context(), "default", "a test"); err != nil {
		t.Fatal(err)
	}
	return held, took
}

func timed(t *testing.T, what string, do func() (int, error)) {
	t.Helper()
	began := time.Now()
	n, err := do()
	if err != nil {
		t.Fatalf("%s: %v", what, err)
	}
	t.Logf("%s: %d in %v", what, n, time.Since(began).Round(time.Millisecond))
}

// TestPause: P6. Queued mail stops within a second, at every node, while 20
// connections to the relay are busy; what waited goes on afterwards.
func TestPause(t *testing.T) {
	t.Parallel()
	const members = 200
	shop := NewShop(members)
	Engines(t, func(t *testing.T, db *Database) {
		sink := NewSink(t)
		sink.Delay = func(string) time.Duration { return 30 * time.Millisecond }
		list := Nodes(t, db, 2, sink.Addr(), "relay: {address: \""+sink.Addr()+"\", max_connections: 20}\ncodes: {order_no: 'KK-\\d{8}'}\n")
		Roster(t, list, shop.Roster())
		ctx, stop := context.WithCancel(t.Context())
		var sent atomic.Int64
		var load sync.WaitGroup
		load.Go(func() {
			flood(ctx, func() []string { return Doors(list) }, 1<<30, func(i int) *Mail {
				sent.Add(1)
				return shop.Order(i, i*7%members, shop.Email(i*7%members))
			})
		})
		kakitest.Eventually(t, "20 connections are busy", func() bool {
			_, busy := sink.LastData()
			return busy >= min(20*len(list), 20) && sink.Count() > 200
		})
		asked := time.Now()
		if err := list[0].Pause(t.Context(), "default", "a test"); err != nil {
			t.Fatal(err)
		}
		returned := time.Now()
		before := sent.Load()
		kakitest.Eventually(t, "a second and a half pass while mail comes in", func() bool {
			return time.Since(returned) > 1500*time.Millisecond && sent.Load() > before+50
		})
		last, _ := sink.LastData()
		t.Logf("pause took %v; the last DATA at %d node(s) came %v after it was asked for, %v after it returned",
			returned.Sub(asked).Round(time.Millisecond), len(list), last.Sub(asked).Round(time.Millisecond), last.Sub(returned).Round(time.Millisecond))
		if last.Sub(asked) > time.Second && !raced {
			t.Errorf("DATA came %v after the pause", last.Sub(asked))
		}
		// What was on the wire already may be read a moment later.
		if len(list) == 1 && last.Sub(returned) > 20*time.Millisecond {
			t.Errorf("DATA came %v after the pause had returned", last.Sub(returned))
		}
		stop()
		load.Wait()
		if err := list[len(list)-1].Resume(t.Context(), "default", "a test"); err != nil {
			t.Fatal(err)
		}
		for _, n := range list {
			n.Drained(t)
		}
		held, err := list[0].Held(t.Context(), client.Selection{})
		if err != nil || len(held) > 0 {
			t.Errorf("%d are held after the pause, %v", len(held), err)
		}
		once(t, sink)
	})
}

// once checks that nothing came twice.
func once(t *testing.T, sink *Sink) {
	t.Helper()
	seen := map[string]int{}
	for _, a := range sink.Arrivals() {
		seen[fmt.Sprint(a.Key, " ", a.To)]++
	}
	twice := 0
	for _, n := range seen {
		twice += n - 1
	}
	if twice > 0 {
		t.Errorf("%d mails came twice", twice)
	}
}
