package crash

import (
	"bytes"
	"context"
	"encoding/json"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strconv"
	"sync"
	"testing"
	"time"

	"github.com/kakitome/kakitome/client"
	"github.com/kakitome/kakitome/internal/kakitest"
	"github.com/kakitome/kakitome/internal/store"
	"github.com/kakitome/kakitome/ledger"
)

// given is what an application was told of one mail.
type given struct {
	mail  *Mail
	wrong bool // carries another member's order
	first Answer
	tries int
}

// killing is a node that is killed again and again under load.
type killing struct {
	t    *testing.T
	shop *Shop
	sink *Sink
	node *Process

	mu    sync.Mutex
	next  int
	stop  bool
	mails map[string]*given
	kills []time.Time
}

const (
	killMembers = 400
	wrongEvery  = 60 // mails; under the breaker's share
)

// TestKilled: P3 and P4 through any number of power failures. What was
// answered 250 is decided once and on the ledger; it is at the relay, or held;
// what was wrong is never at the relay; the evidence verifies.
func TestKilled(t *testing.T) {
	t.Parallel()
	Engines(t, func(t *testing.T, db *Database) {
		k := &killing{t: t, shop: NewShop(killMembers), sink: NewSink(t), mails: map[string]*given{}}
		if _, full := Rounds(); full { // what was lost so is tried again after a minute
			k.sink.Fate = func(string) Fate { return []Fate{Take, Swallow, Drop}[max(0, rand.IntN(600)-597)] }
		}
		k.sink.Delay = func(string) time.Duration { return time.Duration(rand.IntN(8)) * time.Millisecond }
		k.node = NewProcess(t, program(t), t.TempDir(), k.sink.Addr(), db.YAML("")+"codes: {order_no: 'KK-\\d{8}'}\n")
		k.node.Start(t)
		if _, err := k.node.Client.ImportRoster(t.Context(), bytes.NewReader(k.shop.Roster()), false); err != nil {
			t.Fatal(err)
		}
		k.run()
		k.settled()
		k.checkLedger()
		k.checkSink()
		k.checkCommands()
		k.checkEvidence(db)
	})
}

// run kills the node at random instants while 24 connections send.
func (k *killing) run() {
	rounds, _ := Rounds()
	seed := uint64(time.Now().UnixNano())
	if s, err := strconv.ParseUint(os.Getenv("KAKITOME_CRASH_SEED"), 10, 64); err == nil {
		seed = s
	}
	k.t.Logf("KAKITOME_CRASH_SEED=%d, %d rounds", seed, rounds)
	rng := rand.New(rand.NewPCG(seed, 0)) //nolint:gosec // repeatable
	q := Queue{Addr: k.node.Addr, Next: k.give, Done: k.answered, Fail: func(m *Mail, _ int) {
		k.mu.Lock()
		k.mails[m.Key].tries++
		k.mu.Unlock()
	}}
	var load sync.WaitGroup
	load.Go(func() { q.Run(k.t.Context(), 24) })
	for range rounds {
		<-time.After(time.Duration(20+rng.IntN(600)) * time.Millisecond)
		at := k.node.Kill()
		k.kills = append(k.kills, at)
		k.node.Start(k.t)
	}
	k.mu.Lock()
	k.stop = true
	k.mu.Unlock()
	load.Wait()
}

func (k *killing) give() *Mail {
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.stop {
		return nil
	}
	n := k.next
	k.next++
	owner, to := n*7%killMembers, n*7%killMembers
	if n%wrongEvery == wrongEvery-1 {
		to = (owner + 100) % killMembers
	}
	m := k.shop.Order(n, owner, k.shop.Email(to))
	k.mails[m.Key] = &given{mail: m, wrong: owner != to}
	return m
}

func (k *killing) answered(m *Mail, a Answer) {
	k.mu.Lock()
	defer k.mu.Unlock()
	g := k.mails[m.Key]
	g.first = a
	g.tries++
	if a.Code != 250 {
		k.t.Errorf("mail %s was answered %+v", m.Key, a)
	}
}

// settled waits until nothing waits for the relay.
func (k *killing) settled() {
	k.t.Helper()
	tick := time.NewTicker(100 * time.Millisecond)
	defer tick.Stop()
	deadline := time.After(3 * time.Minute)
	for k.queued() > 0 {
		select {
		case <-tick.C:
		case <-deadline:
			k.t.Fatal("the queue does not get empty")
		}
	}
}

func (k *killing) queued() (n int) {
	streams, err := k.node.Client.Streams(k.t.Context())
	if err != nil {
		k.t.Fatal(err)
	}
	for _, s := range streams {
		n += s.Queued
		if s.Paused {
			k.t.Fatalf("stream %s is paused by %s", s.Name, s.Rule)
		}
	}
	return n
}

// checkLedger: one mail id for each mail, the one that was answered, and the
// state that was answered.
func (k *killing) checkLedger() {
	ids := map[string]string{} // mail id → state
	for i := range killMembers {
		got, err := k.node.Client.Received(k.t.Context(), k.shop.Email(i))
		if err != nil {
			k.t.Fatal(err)
		}
		for _, e := range append(append([]client.ReceivedEntry{}, got.Own...), got.Others...) {
			ids[e.MailID] = e.State
		}
	}
	unknown, repeated := 0, 0
	for key, g := range k.mails {
		want := "relayed"
		if g.wrong {
			want = "held"
		}
		if state, ok := ids[g.first.ID]; !ok || state != want {
			k.t.Errorf("mail %s was answered %+v; the ledger has it as %q, want %q", key, g.first, state, want)
		}
		if g.tries > 1 {
			unknown++
		}
		if g.first.Word == "duplicate" {
			repeated++
		}
	}
	if len(ids) != len(k.mails) {
		k.t.Errorf("the ledger has %d mails, %d were handed in", len(ids), len(k.mails))
	}
	k.t.Logf("%d mails, %d sent more than once for want of an answer, %d of them were on disk already; %d kills",
		len(k.mails), unknown, repeated, len(k.kills))
}

// checkSink: all that is right arrived, nothing that is wrong; who got a mail
// twice had a kill between the two.
func (k *killing) checkSink() {
	arrived := map[string][]Arrival{}
	for _, a := range k.sink.Arrivals() {
		arrived[a.Key] = append(arrived[a.Key], a)
	}
	twice, unheard := 0, 0
	for key, g := range k.mails {
		list := arrived[key]
		switch {
		case g.wrong && len(list) > 0:
			k.t.Errorf("wrong mail %s is at the relay", key)
		case !g.wrong && len(list) == 0:
			k.t.Errorf("mail %s was answered %+v and never came to the relay", key, g.first)
		}
		for i := 1; i < len(list); i++ {
			if list[i-1].Unheard {
				unheard++
				continue
			}
			twice++
			if !k.killedBetween(list[i-1].At, list[i].At) {
				k.t.Errorf("mail came twice without a kill between: %v, %v", list[i-1], list[i])
			}
		}
	}
	k.t.Logf("%d arrivals, %d of them duplicates for want of the relay's answer, %d with a kill between that answer and its record",
		k.sink.Count(), unheard, twice)
}

// killedBetween tells whether a kill came soon after the first arrival and
// before the second.
func (k *killing) killedBetween(first, second time.Time) bool {
	for _, at := range k.kills {
		if at.After(first) && at.Before(second) && at.Sub(first) < 5*time.Second {
			return true
		}
	}
	return false
}

func (k *killing) checkCommands() {
	out, err := k.node.Command(k.t.Context(), "held", "list", "--json")
	if err != nil {
		k.t.Fatal(err)
	}
	var held []client.Held
	if err := json.Unmarshal(out, &held); err != nil {
		k.t.Fatal(err)
	}
	wrong := 0
	for _, g := range k.mails {
		if g.wrong {
			wrong++
		}
	}
	if len(held) != wrong {
		k.t.Errorf("%d mails are held, %d are wrong", len(held), wrong)
	}
	out, err = k.node.Command(k.t.Context(), "ledger", "verify")
	if err != nil {
		k.t.Fatalf("verify: %v", err)
	}
	k.t.Logf("%d held; ledger verify: %s", len(held), bytes.TrimSpace(out))
}

// checkEvidence reads the log itself: one decision for each mail.
func (k *killing) checkEvidence(db *Database) {
	if err := k.node.Signal(os.Interrupt); err != nil {
		k.t.Fatal(err)
	}
	if err := k.node.Wait(kakitest.Patience); err != nil {
		k.t.Errorf("stop: %v", err)
	}
	decided := map[string]int{}
	for _, e := range entries(k.t, filepath.Dir(k.node.config), db) {
		var r struct {
			Kind string `json:"kind"`
			Mail string `json:"mail"`
		}
		if err := json.Unmarshal(e.Record, &r); err != nil {
			k.t.Fatal(err)
		}
		if r.Kind == "mail" {
			decided[r.Mail]++
		}
	}
	for id, n := range decided {
		if n != 1 {
			k.t.Errorf("mail %s has %d decisions", id, n)
		}
	}
	if len(decided) != len(k.mails) {
		k.t.Errorf("the evidence has %d decisions on %d mails", len(decided), len(k.mails))
	}
}

// entries reads the evidence logs of a database that no node works on.
func entries(t *testing.T, dir string, db *Database) []ledger.Entry {
	t.Helper()
	s, err := store.Open(t.Context(), store.Options{DSN: db.URL, Path: filepath.Join(dir, "data", "kakitome.db"), Node: "auditor"})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = s.Close() }()
	nodes, err := s.Nodes(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	var list []ledger.Entry
	for _, n := range nodes {
		src := s.EvidenceSource(n.Name)
		if _, err := src.Size(t.Context()); err != nil {
			t.Fatal(err)
		}
		for e, err := range src.Entries(context.Background(), 0) {
			if err != nil {
				t.Fatal(err)
			}
			list = append(list, e)
		}
	}
	return list
}
