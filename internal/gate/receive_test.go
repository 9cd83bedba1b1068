package gate

import (
	"bytes"
	"encoding/json"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/kakitome/kakitome/internal/check"
	"github.com/kakitome/kakitome/internal/custody"
	"github.com/kakitome/kakitome/internal/fault"
	"github.com/kakitome/kakitome/internal/mail"
	"github.com/kakitome/kakitome/internal/policy"
)

// The user's stream comes before the one the mail asks for; a name nobody
// configured is the default.
func TestStreamOfAMail(t *testing.T) {
	t.Parallel()
	h := going(t, stream("order", nil), stream("news", nil))
	for i, c := range []struct{ user, field, want string }{
		{"", "", "default"}, {"", "order", "order"}, {"news", "order", "news"}, {"news", "", "news"}, {"", "nobody", "default"}, {"", "kakitome", "default"},
	} {
		s := letter("taro@example.jp", "Hello.", "X-Kakitome-Stream: "+c.field)
		s.Stream = c.user
		if m := h.receive(t, s); m.Stream != c.want {
			t.Errorf("case %d: stream %s, want %s", i, m.Stream, c.want)
		}
	}
}

// Each recipient has its own decision, and each error its answer.
func TestReceive(t *testing.T) {
	t.Parallel()
	h := going(t, stream("order", func(s *policy.Stream) { s.HoldFor, s.StaleAfter = time.Minute, time.Hour }))
	s := letter("taro@example.jp", "山田太郎様 090-1111-2222")
	s.Envelope.Recipients = append(s.Envelope.Recipients, mail.Recipient{Address: "hanako@example.jp", Notify: []string{"NEVER"}})
	s.Stream = "order"
	var counted Receipt
	h.Received = func(stream string, r Receipt, took time.Duration) {
		if stream != "order" || took < 0 {
			t.Errorf("counted stream %s, %v", stream, took)
		}
		counted = r
	}
	m := h.receive(t, s)
	if counted != (Receipt{MailID: m.ID, Recipients: 2, Held: 1}) {
		t.Errorf("receipt %+v", counted)
	}
	for i, want := range []custody.State{custody.Queued, custody.Held} {
		d := m.Deliveries[i]
		if d.State != want || !d.Due.Equal(h.now.Add(time.Minute)) || !d.StaleAt.Equal(h.now.Add(time.Hour)) || !d.Lease.IsZero() {
			t.Errorf("delivery %d: %+v", i, d)
		}
	}
	if m.Deliveries[1].HeldAt.IsZero() || !slices.Contains(m.Deliveries[1].Rules, check.Ownership) {
		t.Errorf("held: %+v", m.Deliveries[1])
	}
	o, err := h.Open(m)
	if err != nil || string(o.Body) != string(s.Data) || o.Origin.Envelope.From != shop || o.Recipients[1].Notify[0] != "NEVER" {
		t.Fatalf("opened %+v, %v", o, err)
	}
	if text, _ := json.Marshal(o.Verdict); bytes.Contains(text, []byte("090")) {
		t.Errorf("the explanation that is kept tells values: %s", text)
	}
	clone := *m
	clone.ID = "mail99"
	if _, err := h.Open(&clone); err == nil {
		t.Error("what was sealed for one mail opens for another")
	}
}

func TestReceiveRefuses(t *testing.T) {
	t.Parallel()
	h := going(t)
	h.Limits = mail.Limits{Parts: 3}
	empty := letter("taro@example.jp", "")
	empty.Envelope.Recipients = nil
	deep := letter("taro@example.jp", "")
	deep.Data = []byte("Content-Type: multipart/mixed; boundary=b\r\n\r\n" + strings.Repeat("--b\r\n\r\nx\r\n", 10) + "--b--\r\n")
	for name, c := range map[string]struct {
		s    Submission
		kind fault.Kind
	}{
		"no recipients": {empty, fault.Invalid},
		"signed":        {letter("taro@example.jp", "", "DKIM-Signature: h=x-kakitome-a", "X-Kakitome-A: b"), fault.Invalid},
		"structure":     {deep, fault.Structure},
	} {
		if _, err := h.Receive(t.Context(), c.s); fault.KindOf(err) != c.kind {
			t.Errorf("%s: %v, want %s", name, err, c.kind)
		}
	}
	h.ledger.fail = func(*tx) error { return errors.New("taro@example.jp") }
	_, err := h.Receive(t.Context(), letter("taro@example.jp", "Hello."))
	if fault.KindOf(err) != fault.Unavailable || strings.Contains(fault.Outside(err), "taro") {
		t.Errorf("a store that fails: %v", err)
	}
}

// What may leave at once is handed on with its own recipients only, after it
// is on record; what waits or is held is not.
func TestHandOn(t *testing.T) {
	t.Parallel()
	h := newHouse(t, stream("later", func(s *policy.Stream) { s.HoldFor = time.Minute }))
	type offer struct {
		m *Mail
		o *Opened
	}
	var offers []offer
	h.Offer = func(m *Mail, o *Opened) {
		if h.ledger.mails[m.ID] == nil {
			t.Error("handed on before it was on record")
		}
		offers = append(offers, offer{m, o})
	}
	h.Start()
	defer h.Stop()
	s := letter("hanako@example.jp", "山田太郎様 090-1111-2222", "X-Kakitome-A: b")
	s.Envelope.Recipients = append(s.Envelope.Recipients, mail.Recipient{Address: "taro@example.jp", ORcpt: "rfc822;taro@example.jp"})
	m := h.receive(t, s)
	later := letter("taro@example.jp", "Hello.", "X-Kakitome-Stream: later")
	h.receive(t, later)
	if len(offers) != 1 {
		t.Fatalf("%d mails handed on", len(offers))
	}
	got := offers[0]
	if len(got.m.Deliveries) != 1 || got.m.Deliveries[0].ID != m.ID+".2" || len(got.o.Recipients) != 1 || got.o.Recipients[0].ORcpt == "" ||
		!got.m.Deliveries[0].Lease.Equal(h.now.Add(time.Minute)) {
		t.Errorf("handed on %+v %+v", got.m.Deliveries, got.o.Recipients)
	}
	if bytes.Contains(got.o.Body, []byte("Kakitome")) || !bytes.Contains(got.o.Body, []byte("山田太郎")) {
		t.Errorf("body %q", got.o.Body)
	}
	copy(s.Data, bytes.Repeat([]byte("X"), len(s.Data)))
	if bytes.Contains(got.o.Body, []byte("XXX")) {
		t.Error("the body is the door's own memory")
	}
}

// A recipient who has got the mail gets it no more; the others do.
func TestPartlySeen(t *testing.T) {
	t.Parallel()
	h := going(t)
	s := letter("taro@example.jp", "Hello.")
	first := h.receive(t, s)
	h.ledger.counts = func(c *check.Counts) {
		c.Seen[check.Seen{MessageID: first.MessageID, Digest: first.Digest, Recipient: h.Hasher.Recipient("taro@example.jp")}] = first.ID
	}
	r, err := h.Receive(t.Context(), s)
	if err != nil || !r.Duplicate || r.MailID != first.ID || len(h.ledger.mails) != 1 {
		t.Errorf("again: %+v, %v, %d mails", r, err, len(h.ledger.mails))
	}
	s.Envelope.Recipients = append(s.Envelope.Recipients, mail.Recipient{Address: "hanako@example.jp"})
	m := h.receive(t, s)
	if len(m.Deliveries) != 1 || m.Deliveries[0].ID != m.ID+".2" || m.Deliveries[0].Recipient != h.Hasher.Recipient("hanako@example.jp") {
		t.Errorf("to one more: %+v", m.Deliveries)
	}
}

func TestLargeMailIsStaged(t *testing.T) {
	t.Parallel()
	h := going(t)
	m := h.receive(t, letter("taro@example.jp", strings.Repeat("Hello, this is a line.\r\n", stagedBytes/20)))
	if !m.Staged || !slices.Equal(h.ledger.staged, []string{m.ID}) {
		t.Errorf("staged %v %v", m.Staged, h.ledger.staged)
	}
	if m := h.receive(t, letter("taro@example.jp", "Hello.")); m.Staged {
		t.Error("a small mail was staged")
	}
}

// The trace field cannot be broken out of.
func TestTrace(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	m := &Mail{ID: "0123abc", ReceivedAt: time.Date(2026, 11, 23, 10, 2, 3, 0, time.FixedZone("JST", 9*3600))}
	for hello, want := range map[string]string{
		"app.shop.example":                "app.shop.example",
		"[192.0.2.1]":                     "[192.0.2.1]",
		"":                                "unknown",
		"例示":                              "unknown",
		"a\r\nBcc: b@example.jp":          "aBcc:bexample.jp",
		"a (comment) ; x\x00":             "acommentx",
		strings.Repeat("a", 300) + "\r\n": strings.Repeat("a", 255),
	} {
		got := string(h.Trace(m, &Opened{Origin: Origin{Hello: hello, Protocol: "ESMTPS\r\n"}}))
		if got != "Received: from "+want+" by mx.shop.example (Kakitome) with ESMTPS id 0123abc;\r\n\tMon, 23 Nov 2026 01:02:03 +0000\r\n" {
			t.Errorf("hello %q: %q", hello, got)
		}
	}
	if got := string(h.Trace(m, &Opened{})); !strings.Contains(got, " with ESMTP id ") {
		t.Errorf("without a protocol: %q", got)
	}
}

// A mail of our own goes from the null sender in a lane of its own, teaches
// nothing and counts nowhere.
func TestNotice(t *testing.T) {
	t.Parallel()
	h := going(t)
	if err := h.SendNotice(t.Context(), "watch@shop.example", []byte("Subject: alert\r\n\r\n")); err != nil {
		t.Fatal(err)
	}
	m := h.ledger.mails["mail1"]
	o, err := h.Open(m)
	if err != nil {
		t.Fatal(err)
	}
	d := m.Deliveries[0]
	if o.Origin.Envelope.From != "" || m.Stream != NoticeStream || d.State != custody.Queued || !d.Due.Equal(h.now) || !d.StaleAt.IsZero() ||
		!slices.Equal(o.Recipients[0].Notify, []string{"NEVER"}) || o.Recipients[0].Address != "watch@shop.example" {
		t.Errorf("%+v %+v", m, o)
	}
	if !m.Effects.Outcome.At.IsZero() || len(m.Effects.Sightings)+len(m.Effects.Seen) > 0 || m.MessageID != (check.Key{}) {
		t.Errorf("effects %+v", m.Effects)
	}
	h.ledger.fail = func(*tx) error { return errors.New("boom") }
	if err := h.SendNotice(t.Context(), "watch@shop.example", nil); err == nil {
		t.Error("a notice that is not on record was sent")
	}
}

func TestCheckChangesNothing(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	doc, err := h.Check(t.Context(), letter("hanako@example.jp", "山田太郎様 090-1111-2222"), nil)
	if err != nil || doc.Decision != "hold" || h.ledger.writes != 0 || len(h.recorder.mails) != 0 {
		t.Fatalf("%+v, %v, %d writes", doc, err, h.ledger.writes)
	}
}
