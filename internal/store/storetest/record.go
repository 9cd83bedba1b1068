package storetest

import (
	"bytes"
	"errors"
	"testing"
	"time"

	"github.com/kakitome/kakitome/internal/check"
	"github.com/kakitome/kakitome/internal/fault"
	"github.com/kakitome/kakitome/internal/gate"
	"github.com/kakitome/kakitome/internal/jp"
)

func testRecord(t *testing.T, db Database) {
	s := db(t, "one")
	first, second := mail("m1", 3), held(mail("m2", 1), check.Ownership, check.FanOut)
	second.Deliveries[0].StaleAt, second.Deliveries[0].Lease = now.Add(time.Hour), now.Add(time.Minute)
	second.Deliveries[0].Attempt, second.Deliveries[0].Uncertain = 2, true
	second.Unread, second.Verdict = 4, nil
	record(t, s, first, second)
	same(t, "m1", read(t, s, "m1"), first)
	same(t, "m2", read(t, s, "m2"), second)

	part := *first
	part.Deliveries = first.Deliveries[1:2]
	same(t, "one delivery of m1", read(t, s, "m1", "m1.2"), &part)

	for _, id := range []string{"m3", "m1.1"} {
		err := s.Read(t.Context(), func(tx gate.ReadTx) error { _, err := tx.Mail(id); return err })
		same(t, "kind of the error for "+id, fault.KindOf(err), fault.NotFound)
	}
	for _, id := range []string{"m1.9x", "m9.1", "", ".1", "m1.70000"} {
		err := s.Write(t.Context(), func(tx gate.Tx) error {
			return tx.Settle(now, []gate.Settled{{Delivery: id, State: first.Deliveries[0].State}})
		})
		same(t, "kind of the error for delivery "+id, fault.KindOf(err), fault.NotFound)
	}
}

func testRecordAgain(t *testing.T, db Database) {
	s := db(t, "one")
	record(t, s, mail("m1", 1))
	err := s.Write(t.Context(), func(tx gate.Tx) error { return tx.Record([]*gate.Mail{mail("m2", 1), mail("m1", 1)}) })
	same(t, "kind of the error", fault.KindOf(err), fault.Conflict)
	err = s.Read(t.Context(), func(tx gate.ReadTx) error { _, err := tx.Mail("m2"); return err })
	same(t, "kind of the error for the batch's other mail", fault.KindOf(err), fault.NotFound)
	record(t, s, mail("m2", 1)) // the connection is good for more
}

func testRollback(t *testing.T, db Database) {
	s := db(t, "one")
	boom := errors.New("boom")
	err := s.Write(t.Context(), func(tx gate.Tx) error {
		if err := tx.Record([]*gate.Mail{mail("m1", 1)}); err != nil {
			return err
		}
		return boom
	})
	same(t, "error goes through", errors.Is(err, boom), true)
	err = s.Read(t.Context(), func(tx gate.ReadTx) error { _, err := tx.Mail("m1"); return err })
	same(t, "kind of the error", fault.KindOf(err), fault.NotFound)

	err = s.Write(t.Context(), func(tx gate.Tx) error {
		_ = tx.Record([]*gate.Mail{mail("m1", 1)})
		_ = tx.Record([]*gate.Mail{mail("m1", 1)}) // a swallowed error of the database still undoes all
		return nil
	})
	same(t, "kind of a swallowed error", fault.KindOf(err), fault.Conflict)
	same(t, "nothing counted", len(counts(t, s, now, check.Wants{Stream: "order"}).Streams["order"].Recent), 0)
}

func wantsOf(m *gate.Mail) check.Wants {
	w := check.Wants{Stream: m.Stream, MessageID: m.MessageID, Digest: m.Digest, Content: key("content %s", m.ID), Client: key("client")}
	for _, d := range m.Deliveries {
		w.Recipients = append(w.Recipients, d.Recipient)
		for _, e := range d.Exposures {
			w.Idents = append(w.Idents, e.Ident)
		}
	}
	return w
}

func testCounts(t *testing.T, db Database) {
	s := db(t, "one")
	m := mail("m1", 2)
	sighting := check.Sighting{Recipient: key("rcpt 0"), At: now, LastDay: 20000, Days: 2, Learned: true}
	receipt := check.Receipt{Subject: key("victim"), At: now}
	seen := check.Seen{MessageID: m.MessageID, Digest: m.Digest, Recipient: key("rcpt 0")}
	repeat := check.Repeat{Content: key("content m1"), Recipient: key("rcpt 1")}
	m.Effects = check.Effects{
		Sightings: []check.SightingEffect{
			{Ident: key("victim phone"), Sighting: check.Sighting{Recipient: key("rcpt 0"), At: now, LastDay: 19999, Days: 1}},
			{Ident: key("victim phone"), Sighting: sighting}, // the last word counts
		},
		Received: []check.ReceiptEffect{{Recipient: key("rcpt 1"), Receipt: receipt}, {Recipient: key("rcpt 1"), Receipt: check.Receipt{Subject: key("stray m1"), Kind: jp.Email, At: now}}},
		Blocks:   []check.Key{key("stray m1"), key("stray m1")},
		Seen:     []check.Seen{seen},
		Repeats:  []check.Repeat{repeat, repeat},
	}
	record(t, s, m)
	w := wantsOf(m)
	want := check.NewCounts(now.Add(time.Hour))
	want.Streams["order"] = &check.StreamCounts{}
	want.Sightings[key("victim phone")] = []check.Sighting{sighting}
	want.Blocked[key("stray m1")] = true
	want.Received[key("rcpt 1")] = []check.Receipt{receipt, {Subject: key("stray m1"), Kind: jp.Email, At: now}}
	want.Seen[seen] = "m1"
	want.Repeats[repeat] = 2
	got := counts(t, s, now.Add(time.Hour), w)
	sortReceipts(got, want)
	same(t, "counts", got, want)

	later := counts(t, s, now.Add(26*time.Hour), w)
	same(t, "received a day later", len(later.Received), 0)
	same(t, "repeats a day later", len(later.Repeats), 0)
	same(t, "seen a day later", later.Seen[seen], "m1")
	same(t, "seen a week later", len(counts(t, s, now.Add(7*24*time.Hour), w).Seen), 0)

	again := mail("m2", 1) // a week later the same mail is a new one
	again.ReceivedAt = now.Add(8 * 24 * time.Hour)
	again.Effects.Seen = []check.Seen{seen}
	again.Effects.Sightings = []check.SightingEffect{{Ident: key("victim phone"), Sighting: check.Sighting{Recipient: key("rcpt 0"), At: again.ReceivedAt, LastDay: 20008, Days: 2}}}
	record(t, s, again)
	later = counts(t, s, again.ReceivedAt, w)
	same(t, "seen again", later.Seen[seen], "m2")
	same(t, "unlearned", later.Sightings[key("victim phone")][0].Learned, false)
}

func sortReceipts(counts ...*check.Counts) {
	for _, c := range counts {
		for _, list := range c.Received {
			if len(list) == 2 && bytes.Compare(list[0].Subject[:], list[1].Subject[:]) > 0 {
				list[0], list[1] = list[1], list[0]
			}
		}
	}
}

// testCrowds: an identifier that went to thousands does not make counting slow.
func testCrowds(t *testing.T, db Database) {
	s := db(t, "one")
	total := 0
	learned := check.Sighting{Recipient: key("rcpt 0"), At: now.Add(-time.Hour), Days: 2, Learned: true}
	for batch := range 5 {
		m := mail("m"+string(rune('a'+batch)), 1)
		if batch == 0 {
			m.Effects.Sightings = append(m.Effects.Sightings, check.SightingEffect{Ident: key("victim phone"), Sighting: learned})
		}
		for range 300 {
			total++
			m.Effects.Sightings = append(m.Effects.Sightings, check.SightingEffect{
				Ident: key("victim phone"), Sighting: check.Sighting{Recipient: key("crowd %d", total), At: now.Add(time.Duration(total) * time.Second)},
			})
		}
		write(t, s, func(tx gate.Tx) error {
			if _, err := tx.Counts(now, []check.Wants{wantsOf(m)}); err != nil {
				return err
			}
			return tx.Record([]*gate.Mail{m})
		})
	}
	list := counts(t, s, now, check.Wants{Idents: []check.Key{key("victim phone")}}).Sightings[key("victim phone")]
	if len(list) < store256 || len(list) > store256+301 {
		t.Errorf("%d sightings are kept", len(list))
	}
	newest, kept := false, false
	for _, l := range list {
		newest = newest || l.Recipient == key("crowd %d", total)
		kept = kept || l.Learned
	}
	same(t, "the newest is kept, and what was learned", []bool{newest, kept}, []bool{true, true})
}

const store256 = 256

func testClient(t *testing.T, db Database) {
	s := db(t, "one")
	m := mail("m1", 1)
	client := check.ClientCounts{
		At: now, Recipients: []check.Key{key("a"), key("b")}, RecipientGrowth: 3, Attachments: []check.Key{key("c")}, AttachGrowth: 1,
	}
	for range 2 { // written, and written over
		client.RecipientGrowth++
		m.Effects.Client = client
		write(t, s, func(tx gate.Tx) error {
			if _, err := tx.Counts(now, []check.Wants{wantsOf(m)}); err != nil {
				return err
			}
			return tx.Record([]*gate.Mail{m})
		})
		got := counts(t, s, now, wantsOf(m))
		same(t, "client", got.Clients[key("client")], &client)
		m = mail("m2", 1)
	}
}

func testStream(t *testing.T, db Database) {
	s, other := db(t, "one"), db(t, "two")
	var last []check.Outcome
	for i := range 250 {
		m := mail("m"+string(rune('0'+i/100))+string(rune('0'+i/10%10))+string(rune('0'+i%10)), 1)
		m.Effects.Outcome = check.Outcome{At: now.Add(time.Duration(i) * time.Second), Mention: i%2 == 0}
		if i%5 == 0 {
			m.Effects.Outcome.Flagged, m.Effects.Outcome.Recipients, m.Effects.Outcome.Persons = true, []check.Key{key("r")}, []check.Key{key("p"), key("q")}
		}
		if i%3 == 0 {
			m.Effects.Outcome.Addressee, m.Effects.Outcome.Strange = []check.Key{key("r"), key("n")}, []check.Key{key("m")}
		}
		if i >= 50 {
			last = append(last, m.Effects.Outcome)
		}
		node := s
		if i%2 == 1 {
			node = other
		}
		record(t, node, m)
	}
	notice := mail("notice", 1) // without an outcome: no mail of the stream
	record(t, s, notice)
	got := counts(t, s, now, check.Wants{Stream: "order"}, check.Wants{Stream: "other"})
	same(t, "streams", got.Streams, map[string]*check.StreamCounts{
		"order": {Recent: last, Week: check.Share{Mails: 250, Mentions: 125}}, "other": {},
	})
	same(t, "a week later", counts(t, s, now.Add(8*24*time.Hour), check.Wants{Stream: "order"}).Streams["order"].Week, check.Share{})
}

func testStage(t *testing.T, db Database) {
	s := db(t, "one")
	body := bytes.Repeat([]byte("0123456789abcdef"), 3<<16) // three parts
	for range 2 {
		if err := s.Stage(t.Context(), "m1", body); err != nil {
			t.Fatal(err)
		}
	}
	m := mail("m1", 1)
	m.Staged = true
	record(t, s, m)
	if got := read(t, s, "m1"); !bytes.Equal(got.Body, body) {
		t.Errorf("body of %d bytes came back as %d", len(body), len(got.Body))
	}
	big := mail("m2", 1)
	big.Body = append(body, "and more"...)
	record(t, s, big)
	if got := read(t, s, "m2"); !bytes.Equal(got.Body, big.Body) {
		t.Errorf("body of %d bytes came back as %d", len(big.Body), len(got.Body))
	}
}
