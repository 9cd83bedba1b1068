package crash

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/kakitome/kakitome/client"
	"github.com/kakitome/kakitome/internal/auth"
	"github.com/kakitome/kakitome/internal/kakitest"
)

const wrongRecipients = 300

// TestLettersKilled: a node is killed again and again while the letters about an
// incident are handed in and relayed. Each arrives, and once; a second time only
// where the relay had it and the kill came before that was on record.
func TestLettersKilled(t *testing.T) {
	t.Parallel()
	Engines(t, func(t *testing.T, db *Database) {
		const password = "correct horse battery staple"
		hash, err := auth.Hash(password)
		if err != nil {
			t.Fatal(err)
		}
		k := &killing{t: t, shop: NewShop(wrongRecipients + 1), sink: NewSink(t)}
		k.sink.Delay = func(string) time.Duration { return time.Duration(rand.IntN(4)) * time.Millisecond }
		k.node = NewProcess(t, program(t), t.TempDir(), k.sink.Addr(), db.YAML("")+fmt.Sprintf(`
streams: [{name: default, mode: observe}]
incident:
  from: privacy@shop.example
  per_second: 150
  contact: {ja: 窓口, en: desk, phone: 0120-000-000, hours: "10:00–18:00"}
  staff: [{name: hana, hash: %q}, {name: ken, hash: %q}]
`, hash, hash))
		k.node.Start(t)
		if _, err := k.node.Client.ImportRoster(t.Context(), bytes.NewReader(k.shop.Roster()), false); err != nil {
			t.Fatal(err)
		}
		id := k.leak(k.node.Client.As("hana", password))
		ken := k.node.Client.As("ken", password)
		for _, object := range []string{"sample 1", "letters 1"} {
			if _, err := ken.Act(t.Context(), id, "approve", client.IncidentAct{Object: object}); err != nil {
				t.Fatal(err)
			}
		}
		rounds, _ := Rounds()
		for range rounds {
			<-time.After(time.Duration(20+rand.IntN(500)) * time.Millisecond)
			k.kills = append(k.kills, k.node.Kill())
			k.node.Start(t)
		}
		k.lettersArrive(id)
	})
}

// leak sends one member's order to all others, and makes the letters about it.
func (k *killing) leak(hana *client.Client) (id string) {
	t, ctx := k.t, k.t.Context()
	t.Helper()
	n := 0
	q := Queue{Addr: k.node.Addr, Done: func(*Mail, Answer) {}, Next: func() *Mail {
		k.mu.Lock()
		defer k.mu.Unlock()
		if n++; n > wrongRecipients {
			return nil
		}
		return k.shop.Order(n, 0, k.shop.Email(n))
	}}
	q.Run(ctx, 8)
	kakitest.Eventually(t, "the wrong mails are at the relay", func() bool { return k.sink.Count() == wrongRecipients })
	i, err := hana.OpenIncident(ctx, client.OpenIncident{Source: "person", Selections: client.Selections{Person: PersonID(0)}})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := hana.Scope(ctx, i.ID); err != nil {
		t.Fatal(err)
	}
	round, err := hana.DraftLetters(ctx, i.ID, "first")
	if err != nil || round.Letters != wrongRecipients {
		t.Fatalf("draft %+v, %v", round, err)
	}
	return i.ID
}

// lettersArrive waits until all letters are noted as relayed, and counts them
// where they came to.
func (k *killing) lettersArrive(id string) {
	t := k.t
	t.Helper()
	tick := time.NewTicker(200 * time.Millisecond)
	defer tick.Stop()
	deadline := time.After(2 * time.Minute)
	for relayed := 0; relayed < wrongRecipients; {
		select {
		case <-tick.C:
		case <-deadline:
			t.Fatalf("%d of %d letters are noted as relayed", relayed, wrongRecipients)
		}
		list, err := k.node.Client.LetterRounds(t.Context(), id)
		if err != nil {
			t.Fatal(err)
		}
		relayed = list[0].States["relayed"]
	}
	arrived, keys := map[string][]Arrival{}, map[string]bool{}
	for _, a := range k.sink.Arrivals()[wrongRecipients:] {
		arrived[a.To] = append(arrived[a.To], a)
		keys[a.Key] = true
	}
	twice := 0
	for i := 1; i <= wrongRecipients; i++ {
		list := arrived[k.shop.Email(i)]
		if len(list) == 0 {
			t.Errorf("a recipient got no letter")
		}
		for n := 1; n < len(list); n++ {
			twice++
			if list[n].Key != list[0].Key || !k.killedBetween(list[n-1].At, list[n].At) {
				t.Errorf("a recipient got two letters: %v, %v", list[n-1], list[n])
			}
		}
	}
	if len(keys) != wrongRecipients {
		t.Errorf("%d letters for %d recipients", len(keys), wrongRecipients)
	}
	t.Logf("%d letters, %d kills, %d came again for a kill between the relay's answer and its record", len(keys), len(k.kills), twice)
	out, err := k.node.Command(t.Context(), "ledger", "verify")
	if err != nil {
		t.Errorf("verify: %v %s", err, out)
	}
}
