package gate

import (
	"bytes"
	"context"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/kakitome/kakitome/internal/check"
	"github.com/kakitome/kakitome/internal/fault"
	"github.com/kakitome/kakitome/internal/jp"
	"github.com/kakitome/kakitome/internal/mail"
	"github.com/kakitome/kakitome/internal/policy"
	"github.com/kakitome/kakitome/internal/roster"
)

// ledger is a Ledger in memory. A transaction that fails leaves nothing.
type ledger struct {
	mu     sync.Mutex
	writes int
	fail   func(tx *tx) error // asked before the commit
	counts func(c *check.Counts)
	mails  map[string]*Mail
	judged []Judged
	alerts []Alert
	paused []Pause
	recall []check.Key
	staged []string
}

type tx struct {
	*ledger
	mails  map[string]*Mail
	judged []Judged
	alerts []Alert
	paused []Pause
	recall []check.Key
}

func (l *ledger) Write(_ context.Context, fn func(Tx) error) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.writes++
	t := &tx{ledger: l, mails: map[string]*Mail{}}
	err := fn(t)
	if err == nil && l.fail != nil {
		err = l.fail(t)
	}
	if err != nil {
		return err
	}
	for id, m := range t.mails {
		l.mails[id] = m
	}
	l.judged, l.alerts = append(l.judged, t.judged...), append(l.alerts, t.alerts...)
	l.paused, l.recall = append(l.paused, t.paused...), append(l.recall, t.recall...)
	return nil
}

func (l *ledger) Read(_ context.Context, fn func(ReadTx) error) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	return fn(&tx{ledger: l})
}

func (l *ledger) Stage(_ context.Context, id string, _ []byte) error {
	l.staged = append(l.staged, id)
	return nil
}

func (t *tx) Counts(now time.Time, _ []check.Wants) (*check.Counts, error) {
	c := check.NewCounts(now)
	if t.ledger.counts != nil {
		t.ledger.counts(c)
	}
	return c, nil
}

func (t *tx) Mail(id string, deliveries ...string) (*Mail, error) {
	m, ok := t.ledger.mails[id]
	if !ok {
		return nil, fault.New(fault.NotFound, "read mail", "there is no such mail")
	}
	some := *m
	some.Deliveries = slices.DeleteFunc(slices.Clone(m.Deliveries), func(d Delivery) bool {
		return len(deliveries) > 0 && !slices.Contains(deliveries, d.ID)
	})
	return &some, nil
}

func (t *tx) Record(mails []*Mail) error {
	for _, m := range mails {
		t.mails[m.ID] = m
	}
	return nil
}

func (t *tx) Judge(_ time.Time, j Judged) error { t.judged = append(t.judged, j); return nil }
func (t *tx) Recall(_ time.Time, keys []check.Key, _ check.Rule) (int, error) {
	t.recall = append(t.recall, keys...)
	return len(keys), nil
}

func (t *tx) Pause(_ time.Time, p Pause) (bool, error) {
	t.paused = append(t.paused, p)
	return true, nil
}
func (t *tx) Alert(_ time.Time, a Alert) error  { t.alerts = append(t.alerts, a); return nil }
func (t *tx) Lock([]check.Wants) error          { return nil }
func (t *tx) Settle(time.Time, []Settled) error { return nil }
func (t *tx) Audit(time.Time, Audit) error      { return nil }
func (t *tx) Evidence(string, []byte) error     { return nil }

// clearSealer seals nothing, but knows what was sealed as what.
type clearSealer struct{}

type clearKey struct{}

func (clearSealer) NewMailKey() (MailKey, []byte, error) { return clearKey{}, []byte("key"), nil }
func (clearSealer) MailKey([]byte) (MailKey, error)      { return clearKey{}, nil }
func (clearKey) Seal(field, id string, plain []byte) ([]byte, error) {
	return append([]byte(field+" "+id+" "), plain...), nil
}

func (clearKey) Open(field, id string, sealed []byte) ([]byte, error) {
	plain, ok := bytes.CutPrefix(sealed, []byte(field+" "+id+" "))
	if !ok {
		return nil, fmt.Errorf("sealed as something else than %s of %s", field, id)
	}
	return plain, nil
}

// house is a gate among fakes.
type house struct {
	*Gate
	ledger *ledger
	now    time.Time
	log    bytes.Buffer
}

const shop = "shop@shop.example"

func newHouse(t testing.TB, streams ...policy.Stream) *house {
	t.Helper()
	h := &house{ledger: &ledger{mails: map[string]*Mail{}}, now: time.Date(2026, 11, 23, 1, 2, 3, 0, time.UTC)}
	hasher, err := roster.NewHasher(bytes.Repeat([]byte{7}, roster.SecretSize))
	if err != nil {
		t.Fatal(err)
	}
	pol, err := policy.Compile(policy.Spec{Streams: streams, Location: time.UTC})
	if err != nil {
		t.Fatal(err)
	}
	ids := 0
	var mu sync.Mutex
	h.Gate = New(Options{
		Ledger: h.ledger, Sealer: clearSealer{}, Hasher: hasher, Roster: roster.NewIndex(hasher), Policy: pol,
		Hostname: "mx.shop.example", Node: "one", Lease: time.Minute, Log: slog.New(slog.NewTextHandler(&h.log, nil)),
		Now: func() time.Time { return h.now },
		NewID: func() string {
			mu.Lock()
			defer mu.Unlock()
			ids++
			return fmt.Sprintf("mail%d", ids)
		},
	})
	h.people(t, 1, person("M-1", "taro@example.jp", "山田太郎", "090-1111-2222"), person("M-2", "hanako@example.jp", "佐藤花子", "080-3333-4444"))
	return h
}

// going starts the recorder.
func going(t testing.TB, streams ...policy.Stream) *house {
	t.Helper()
	h := newHouse(t, streams...)
	h.Start()
	t.Cleanup(h.Stop)
	return h
}

func stream(name string, change func(s *policy.Stream)) policy.Stream {
	s := policy.DefaultStream(name)
	if change != nil {
		change(&s)
	}
	return s
}

func person(id, email, name, phone string) roster.Person {
	return roster.Person{ID: id, Values: []roster.Value{{Kind: jp.Email, Value: email}, {Kind: jp.Name, Value: name}, {Kind: jp.Phone, Value: phone}}}
}

func (h *house) people(t testing.TB, version int64, people ...roster.Person) {
	t.Helper()
	var put []roster.Hashed
	for _, p := range people {
		hashed, errs := h.Hasher.Hash(p)
		if len(errs) > 0 {
			t.Fatal(errs)
		}
		put = append(put, hashed)
	}
	if err := h.Roster.Apply(version, put, nil); err != nil {
		t.Fatal(err)
	}
}

// letter is a submission with a body; more are further header lines.
func letter(to, body string, more ...string) Submission {
	head := "From: " + shop + "\r\nMessage-ID: <1@shop.example>\r\nContent-Type: text/plain; charset=utf-8\r\n" + strings.Join(append(more, ""), "\r\n")
	return Submission{
		Envelope: mail.Envelope{From: shop, Recipients: []mail.Recipient{{Address: to}}},
		Data:     []byte(head + "\r\n" + body + "\r\n"), Client: "192.0.2.1", Hello: "app.shop.example", Protocol: "ESMTP",
	}
}

// receive hands a mail in and gives what was recorded.
func (h *house) receive(t testing.TB, s Submission) *Mail {
	t.Helper()
	r, err := h.Receive(t.Context(), s)
	if err != nil {
		t.Fatalf("receive: %v", err)
	}
	m := h.ledger.mails[r.MailID]
	if m == nil {
		t.Fatalf("%s was answered and not recorded", r.MailID)
	}
	return m
}
