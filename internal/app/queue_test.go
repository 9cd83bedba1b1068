package app

import (
	"bytes"
	"context"
	"crypto/rand"
	"errors"
	"log/slog"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/kakitome/kakitome/internal/custody"
	"github.com/kakitome/kakitome/internal/gate"
	"github.com/kakitome/kakitome/internal/keys"
	"github.com/kakitome/kakitome/internal/letter"
	"github.com/kakitome/kakitome/internal/mail"
	"github.com/kakitome/kakitome/internal/policy"
	"github.com/kakitome/kakitome/internal/relay"
	"github.com/kakitome/kakitome/internal/roster"
)

// answers keeps the relay's answers.
type answers struct {
	gate.Tx
	settled []gate.Settled
	alerts  []gate.Alert
	fail    error
}

// book is a ledger that holds answers only.
type book struct {
	gate.Ledger
	*answers
}

func (b book) Write(_ context.Context, fn func(gate.Tx) error) error {
	if b.fail != nil {
		return b.fail
	}
	return fn(b.answers)
}

func (b book) Read(context.Context, func(gate.ReadTx) error) error { return errors.ErrUnsupported }

func (a *answers) Settle(_ time.Time, s []gate.Settled) error {
	a.settled = append(a.settled, s...)
	return nil
}

func (a *answers) Alert(_ time.Time, x gate.Alert) error { a.alerts = append(a.alerts, x); return nil }

func newQueue(t *testing.T) (*queue, *answers) {
	t.Helper()
	now := time.Date(2026, 11, 23, 1, 0, 0, 0, time.UTC)
	ring, err := keys.Open(t.TempDir(), rand.Reader, now)
	if err != nil {
		t.Fatal(err)
	}
	hasher, err := roster.NewHasher(ring.HashSecret())
	if err != nil {
		t.Fatal(err)
	}
	pol, err := policy.Compile(policy.Spec{Location: time.UTC})
	if err != nil {
		t.Fatal(err)
	}
	a := &answers{}
	g := gate.New(gate.Options{
		Ledger: book{answers: a}, Sealer: sealer{ring}, Hasher: hasher, Roster: roster.NewIndex(hasher), Policy: pol,
		Hostname: "mx.shop.example", Now: func() time.Time { return now }, NewID: newID, Log: slog.New(slog.DiscardHandler),
	})
	g.Start()
	t.Cleanup(g.Stop)
	return &queue{
		gate: g, hostname: "mx.shop.example", policy: pol, codeKey: make([]byte, 32), now: func() time.Time { return now }, wake: make(chan struct{}, 1),
		log: slog.New(slog.DiscardHandler), origins: map[string]*origin{},
	}, a
}

// out makes a job of a mail's deliveries, as when they were claimed.
func out(q *queue, from, id string, rcpts ...mail.Recipient) relay.Job {
	m := &gate.Mail{ID: id, Stream: "order", ReceivedAt: q.now()}
	o := &gate.Opened{
		Origin:     gate.Origin{Envelope: mail.Envelope{From: from}, Hello: "app.shop.example", Protocol: "ESMTP"},
		Recipients: rcpts, Body: []byte("Subject: order\r\nMessage-ID: <1@shop.example>\r\n\r\nsecret body\r\n"),
	}
	for _, r := range rcpts {
		m.Deliveries = append(m.Deliveries, gate.Delivery{ID: id + "." + r.Address[:1], State: custody.Queued, Attempt: 4})
	}
	return q.job(m, o)
}

func failed(delivery, job string) relay.Result {
	return relay.Result{Delivery: delivery, Job: job, Final: true, At: time.Now(),
		Outcome: relay.Outcome{Status: relay.Failed, Code: 550, Enhanced: "5.1.1"}}
}

// A mail may be with the relay in two jobs, each with other recipients: the
// sender learns of both.
func TestSettleTellsSender(t *testing.T) {
	t.Parallel()
	q, a := newQueue(t)
	out(q, "shop@shop.example", "m", mail.Recipient{Address: "a@example.jp"}, mail.Recipient{Address: "b@example.jp"})
	out(q, "shop@shop.example", "m", mail.Recipient{Address: "c@example.jp"}, mail.Recipient{Address: "n@example.jp", Notify: []string{"NEVER"}})
	out(q, "", "null", mail.Recipient{Address: "d@example.jp"})
	relayed := failed("m.b", "m")
	relayed.Outcome = relay.Outcome{Status: relay.Relayed, Code: 250}
	deferred := failed("null.d", "null")
	deferred.Final, deferred.NextTry = false, q.now().Add(time.Minute)
	if err := q.Settle(t.Context(), []relay.Result{failed("m.a", "m"), relayed, deferred}); err != nil {
		t.Fatal(err)
	}
	if err := q.Settle(t.Context(), []relay.Result{failed("m.c", "m"), failed("m.n", "m"), failed("unknown.x", "unknown")}); err != nil {
		t.Fatal(err)
	}
	out(q, "", "null", mail.Recipient{Address: "d@example.jp"})
	if err := q.Settle(t.Context(), []relay.Result{failed("null.d", "null")}); err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, s := range a.settled {
		line := s.Delivery + " " + s.State.String()
		if s.Notice != nil {
			o, err := q.gate.Open(s.Notice)
			if err != nil || o.Origin.Envelope.From != "" || o.Recipients[0].Address != "shop@shop.example" || s.Notice.Stream != gate.NoticeStream {
				t.Errorf("notice %+v, %v", o, err)
			}
			if bytes.Contains(o.Body, []byte("secret body")) || !bytes.Contains(o.Body, []byte("Message-ID: <1@shop.example>")) {
				t.Errorf("the notice has more or less than the header: %s", o.Body)
			}
			for _, r := range []string{"a@", "b@", "c@", "n@"} {
				if bytes.Contains(o.Body, []byte("rfc822;"+r)) || bytes.Contains(o.Body, []byte("rfc822; "+r)) {
					line += " tells " + r
				}
			}
		}
		if want := 5; s.Attempt != want && !strings.HasPrefix(s.Delivery, "unknown") {
			t.Errorf("%s: try %d, want %d", s.Delivery, s.Attempt, want)
		}
		got = append(got, line)
	}
	want := []string{
		"m.a returned tells a@", "m.b relayed", "null.d queued",
		"m.c returned tells c@", "m.n undeliverable", "unknown.x undeliverable", "null.d undeliverable",
	}
	if !slices.Equal(got, want) {
		t.Errorf("settled\n got %q\nwant %q", got, want)
	}
	if len(q.origins) != 0 {
		t.Errorf("what is settled is remembered: %d", len(q.origins))
	}
	if !slices.ContainsFunc(a.alerts, func(x gate.Alert) bool { return x.Kind == "undeliverable" }) {
		t.Errorf("alerts %+v", a.alerts)
	}
}

// What could not be recorded is still known for the next try.
func TestSettleFails(t *testing.T) {
	t.Parallel()
	q, a := newQueue(t)
	out(q, "shop@shop.example", "m", mail.Recipient{Address: "a@example.jp"})
	a.fail = errors.New("disk full")
	if err := q.Settle(t.Context(), []relay.Result{failed("m.a", "m")}); !errors.Is(err, a.fail) {
		t.Fatalf("%v", err)
	}
	a.fail = nil
	if err := q.Settle(t.Context(), []relay.Result{failed("m.a", "m")}); err != nil || a.settled[0].State != custody.Returned {
		t.Errorf("%+v, %v", a.settled, err)
	}
	select {
	case <-q.Wake():
	default:
		t.Error("nobody is woken for the notice")
	}
}

// A mail that cannot be opened is told of, and keeps no other from leaving.
func TestUnopened(t *testing.T) {
	t.Parallel()
	q, a := newQueue(t)
	var log bytes.Buffer
	q.log = slog.New(slog.NewTextHandler(&log, nil))
	q.unopened(t.Context(), &gate.Mail{ID: "m"}, errors.New("no such key"))
	if len(a.alerts) != 1 || a.alerts[0].Kind != "unopened" || a.alerts[0].Subject != "m" || !strings.Contains(log.String(), "mail=m") {
		t.Errorf("%+v, log %q", a.alerts, log.String())
	}
}

// Where the stream asks for codes, each recipient's copy is a job of its own
// whose prefix is the trace field and then the code; an address no code can be
// bound to leaves without one. Kakitome's own mail never has one.
func TestReceiptJobs(t *testing.T) {
	t.Parallel()
	q, _ := newQueue(t)
	asks := policy.DefaultStream(policy.Default)
	asks.Receipt = true
	pol, err := policy.Compile(policy.Spec{Location: time.UTC, Streams: []policy.Stream{asks}})
	if err != nil {
		t.Fatal(err)
	}
	q.policy = pol
	m := &gate.Mail{ID: "m", Stream: policy.Default, ReceivedAt: q.now(), Deliveries: []gate.Delivery{{ID: "m.1", Attempt: 1}, {ID: "m.3", Attempt: 4, Uncertain: true}, {ID: "m.4"}}}
	o := &gate.Opened{Body: []byte("Subject: order\r\n\r\nbody\r\n"), Recipients: []mail.Recipient{{Address: "Taro@example.jp"}, {Address: "hanako@example.net"}, {Address: "no address"}}}
	jobs := q.jobs(m, o)
	if len(jobs) != 3 {
		t.Fatalf("%d jobs", len(jobs))
	}
	trace := string(q.gate.Trace(m, o))
	for i, job := range jobs {
		want := trace
		if code, err := letter.NewCode(q.codeKey, m.Deliveries[i].ID, o.Recipients[i].Address); err == nil {
			want += "Receipt-Code: " + code.String() + "\r\n"
		}
		d := m.Deliveries[i]
		if string(job.Prefix) != want || !slices.Equal(job.Deliveries, []string{d.ID}) || len(job.Envelope.Recipients) != 1 ||
			job.Envelope.Recipients[0].Address != o.Recipients[i].Address || job.Attempt != d.Attempt || job.Lost != d.Uncertain || !bytes.Equal(job.Data, o.Body) {
			t.Errorf("job %d: %+v, want the prefix %q", i, job, want)
		}
	}
	if string(jobs[2].Prefix) != trace || string(jobs[0].Prefix) == trace {
		t.Errorf("prefixes %q and %q", jobs[0].Prefix, jobs[2].Prefix)
	}
	m.Stream = gate.NoticeStream
	if jobs := q.jobs(m, o); len(jobs) != 1 || string(jobs[0].Prefix) != trace {
		t.Errorf("a notice: %+v", jobs)
	}
}
