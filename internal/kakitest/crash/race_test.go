package crash

import (
	"context"
	"fmt"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/kakitome/kakitome/internal/kakitest"
)

const sessions = 64 // racing

// flood sends n mails over many sessions, spread over the doors, until each is
// answered.
func flood(ctx context.Context, doors func() []string, n int, mail func(i int) *Mail) (held, released int) {
	var next, turn atomic.Int64
	var mu sync.Mutex
	q := Queue{
		Addr: func() string {
			list := doors()
			return list[int(turn.Add(1))%len(list)]
		},
		Next: func() *Mail {
			if i := int(next.Add(1)) - 1; i < n {
				return mail(i)
			}
			return nil
		},
		Done: func(_ *Mail, a Answer) {
			mu.Lock()
			defer mu.Unlock()
			if a.Word == "held" {
				held++
			} else {
				released++
			}
		},
	}
	q.Run(ctx, sessions)
	return held, released
}

func rush() int {
	if _, full := Rounds(); full {
		return 10_000
	}
	return 400
}

// TestRaceForOneIdentifier: P2. Many sessions at every node race to send one
// person's number to ever new recipients.
func TestRaceForOneIdentifier(t *testing.T) {
	t.Parallel()
	const fanOut = 1
	shop := NewShop(rush() + 1)
	for _, c := range []struct {
		name    string
		holdFor time.Duration
		limit   int
		mail    func(i int) *Mail
	}{
		{"guest", 0, fanOut + 1, func(i int) *Mail { return shop.Guest(i, 0, shop.Email(i+1)) }},
		{"mention", 0, fanOut, func(i int) *Mail { return shop.Note(i, i+1, 0) }},
		{"hold_for", 3 * time.Second, fanOut + 1, func(i int) *Mail { return shop.Guest(i, 0, shop.Email(i+1)) }},
	} {
		t.Run(c.name, func(t *testing.T) {
			Engines(t, func(t *testing.T, db *Database) {
				sink := NewSink(t)
				list := Nodes(t, db, 2, sink.Addr(), fmt.Sprintf("streams: [{name: default, hold_for: %v, fan_out: %d}]\n", c.holdFor, fanOut))
				Roster(t, list, shop.Roster())
				began := time.Now()
				held, released := flood(t.Context(), func() []string { return Doors(list) }, rush(), c.mail)
				took := time.Since(began)
				list[0].Drained(t)
				got := Reached(sink.Arrivals(), func(Arrival) bool { return true })
				if len(got) > c.limit {
					t.Errorf("%d recipients got the number, at most %d may", len(got), c.limit)
				}
				if held+released != rush() || released > c.limit {
					t.Errorf("%d held and %d released of %d", held, released, rush())
				}
				t.Logf("%d nodes, %d sessions, %d mails in %v (%.0f a second): %d answered released, %d recipients reached (limit %d)",
					len(list), sessions, rush(), took.Round(time.Millisecond), float64(rush())/took.Seconds(), released, len(got), c.limit)
				Verified(t, list)
			})
		})
	}
}

// TestRaceThroughRestart: P2 holds when the nodes are stopped and started in
// the middle of the race, by turns.
func TestRaceThroughRestart(t *testing.T) {
	t.Parallel()
	shop := NewShop(1)
	Engines(t, func(t *testing.T, db *Database) {
		sink := NewSink(t)
		list := Nodes(t, db, 2, sink.Addr(), "")
		var mu sync.Mutex
		doors := func() []string {
			mu.Lock()
			defer mu.Unlock()
			return Doors(list)
		}
		var answers atomic.Int64
		done := make(chan int)
		go func() {
			held, released := flood(t.Context(), doors, rush(), func(i int) *Mail {
				answers.Add(1)
				return shop.Guest(i, 1, fmt.Sprintf("r%d@example.jp", i))
			})
			done <- held + released
		}()
		for i := range 4 {
			kakitest.Eventually(t, "the race goes on", func() bool { return answers.Load() > int64(i*rush()/6) })
			old := list[i%len(list)]
			old.Stop(t)
			s := StartNode(t, old.Dir, sink.Addr(), db.YAML(""))
			mu.Lock()
			list[i%len(list)] = s
			mu.Unlock()
		}
		if n := <-done; n != rush() {
			t.Errorf("%d answers for %d mails", n, rush())
		}
		list[0].Drained(t)
		if got := Reached(sink.Arrivals(), func(Arrival) bool { return true }); len(got) > 2 {
			t.Errorf("%d recipients got the number, at most 2 may", len(got))
		}
		Verified(t, list)
	})
}
