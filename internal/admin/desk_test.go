package admin_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/kakitome/kakitome/client"
	"github.com/kakitome/kakitome/internal/kakitest"
)

const (
	shop   = "shop@shop.example"
	taro   = "taro@example.jp"
	hanako = "hanako@example.jp"
	roster = "person_id,email,name,phone\nM-1,taro@example.jp,山田太郎,090-1111-2222\nM-2,hanako@example.jp,佐藤花子,080-3333-4444\n"

	aboutTaro = "山田太郎様 090-1111-2222"
)

// start starts the program with two people in its roster.
func start(t *testing.T, yaml string) *kakitest.Server {
	t.Helper()
	s := kakitest.Start(t, yaml)
	load(t, s, roster)
	return s
}

func load(t *testing.T, s *kakitest.Server, csv string) *client.Imported {
	t.Helper()
	got, err := s.Client.ImportRoster(t.Context(), strings.NewReader(csv), false)
	if err != nil || got.Rejected > 0 {
		t.Fatalf("import: %+v, %v", got, err)
	}
	return got
}

var letters atomic.Int64

func letter(body string, more ...string) string {
	return fmt.Sprintf("Message-ID: <%d@shop.example>\r\nSubject: =?utf-8?B?5bGx55Sw5aSq6YOO5qeY?=\r\nContent-Type: text/plain; charset=utf-8\r\n%s\r\n%s\r\n",
		letters.Add(1), strings.Join(append(more, ""), "\r\n"), body)
}

// hold hands in a mail that is held, and gives its delivery's id.
func hold(t *testing.T, s *kakitest.Server, to, body string, more ...string) string {
	t.Helper()
	answer := s.Send(t, shop, []string{to}, letter(body, more...))
	if !strings.Contains(answer, " held (1 of 1") {
		t.Fatalf("not held: %s", answer)
	}
	return kakitest.MailID(t, answer) + ".1"
}

func state(t *testing.T, s *kakitest.Server, id string) string {
	t.Helper()
	h, err := s.Client.HeldDetail(t.Context(), id, false)
	if err != nil {
		t.Fatal(err)
	}
	return h.State
}

func problem(err error) string {
	var p *client.Problem
	if errors.As(err, &p) {
		return p.Title
	}
	return fmt.Sprint(err)
}

func TestHeldAndShown(t *testing.T) {
	t.Parallel()
	s := start(t, "streams: [{name: order}]")
	id := hold(t, s, hanako, aboutTaro, "X-Kakitome-Stream: order")
	ctx := t.Context()
	for want, sel := range map[int]client.Selection{1: {Stream: "order", Rule: "ownership", Person: "M-1"}, 0: {Person: "M-2"}} {
		list, err := s.Client.Held(ctx, sel)
		if err != nil || len(list) != want {
			t.Errorf("%+v: %+v, %v", sel, list, err)
		}
		if text, _ := json.Marshal(list); want == 0 && string(text) != "[]" {
			t.Errorf("an empty list is %s", text)
		}
	}
	list, _ := s.Client.Held(ctx, client.Selection{})
	if h := list[0]; h.ID != id || h.Recipient != hanako || h.Stream != "order" || !slices.Equal(h.Persons, []string{"M-1"}) || h.HeldAt.IsZero() {
		t.Errorf("%+v", h)
	}
	for _, sel := range []client.Selection{{Rule: "no_such"}, {Stream: "no_such"}} {
		if _, err := s.Client.Held(ctx, sel); err == nil {
			t.Errorf("%+v selects something", sel)
		}
	}
	h, err := s.Client.HeldDetail(ctx, id, false)
	if err != nil || h.Sender != shop || h.State != "held" || h.Subject != "山•••様" {
		t.Fatalf("%+v, %v", h, err)
	}
	if text := string(h.Verdict); strings.Contains(text, "1111") || strings.Contains(text, "太郎") || !strings.Contains(text, "09•") && !strings.Contains(text, "0••") {
		t.Errorf("values are not masked: %s", text)
	}
	if h, err = s.Client.HeldDetail(ctx, id, true); err != nil || !strings.Contains(string(h.Verdict), "090-1111-2222") || h.Subject != "山田太郎様" {
		t.Errorf("values asked for: %+v, %v", h, err)
	}
	for _, id := range []string{"nothing", "nothing.1", strings.TrimSuffix(id, ".1"), id + "1", id + ".1"} {
		if _, err := s.Client.HeldDetail(ctx, id, true); problem(err) != "not_found" {
			t.Errorf("%s: %v", id, err)
		}
	}
}

// A decision needs a reason and a selection, means what was held when it was
// made, and says what it did not do.
func TestDecide(t *testing.T) {
	t.Parallel()
	s := start(t, "streams: [{name: order}]")
	ctx := t.Context()
	old := hold(t, s, hanako, aboutTaro+" 1")
	before := time.Now()
	young := hold(t, s, hanako, aboutTaro+" 2")
	for _, d := range []client.Decision{
		{Selection: client.Selection{IDs: []string{old}}}, {Selection: client.Selection{IDs: []string{old}}, Reason: " "},
		{Reason: "r"}, {Selection: client.Selection{IDs: []string{}}, Reason: "r"},
		{Selection: client.Selection{Rule: "no_such"}, Reason: "r"},
	} {
		for name, decide := range map[string]func(context.Context, client.Decision) (*client.Decided, error){"release": s.Client.Release, "discard": s.Client.Discard} {
			if _, err := decide(ctx, d); problem(err) != "invalid" {
				t.Errorf("%s %+v: %v", name, d, err)
			}
		}
	}
	got, err := s.Client.Release(ctx, client.Decision{Selection: client.Selection{Rule: "ownership", Before: before}, Reason: "r"})
	if err != nil || got.Done != 1 || state(t, s, young) != "held" {
		t.Fatalf("released %+v, %v; the younger one is %s", got, err, state(t, s, young))
	}
	if text, _ := json.Marshal(got); string(text) != `{"done":1,"changed":[],"missing":[]}` {
		t.Errorf("%s", text)
	}
	s.Relay.Await(t, 1)
	got, err = s.Client.Discard(ctx, client.Decision{Selection: client.Selection{IDs: []string{old, young}}, Reason: "r"})
	if err != nil || got.Done != 1 || !slices.Equal(got.Missing, []string{old}) || state(t, s, young) != "discarded" {
		t.Errorf("discarded %+v, %v", got, err)
	}
	got, err = s.Client.Release(ctx, client.Decision{Selection: client.Selection{Stream: "order"}, Reason: "r"})
	if text, _ := json.Marshal(got); err != nil || string(text) != `{"done":0,"changed":[],"missing":[]}` {
		t.Errorf("nothing to release: %s, %v", text, err)
	}
	if n := len(s.Relay.Mails()); n != 1 {
		t.Errorf("%d mails left", n)
	}
}

// What has changed since it was judged is not released unseen; what fits by
// now is done.
func TestReleaseJudgesAgain(t *testing.T) {
	t.Parallel()
	s := start(t, "")
	worse := hold(t, s, hanako, aboutTaro+" 佐藤花子 例示一郎様 070-5555-6666")
	fits := hold(t, s, "new@example.jp", aboutTaro)
	load(t, s, "person_id,email,name,phone\nM-1,new@example.jp,山田太郎,090-1111-2222\nM-3,ichiro@example.jp,例示一郎,070-5555-6666\n")
	got, err := s.Client.Release(t.Context(), client.Decision{Selection: client.Selection{IDs: []string{worse, fits}}, Reason: "r"})
	if err != nil {
		t.Fatal(err)
	}
	// The program judges again by itself too. Whoever comes first, what is held
	// for more than was shown stays.
	kakitest.Eventually(t, "what fits by now is relayed", func() bool { return len(s.Relay.To("new@example.jp")) == 1 })
	if !slices.Equal(got.Changed, []string{worse}) || got.Done+len(got.Missing) != 1 || slices.Contains(got.Missing, worse) {
		t.Errorf("released unseen: %+v", got)
	}
	again := client.Decision{Selection: client.Selection{Stream: "default"}, Reason: "r"}
	if got, err := s.Client.Release(t.Context(), again); err != nil || got.Done != 0 || !slices.Equal(got.Changed, []string{worse}) {
		t.Errorf("still unseen: %+v, %v", got, err)
	}
	if _, err := s.Client.HeldDetail(t.Context(), worse, false); err != nil {
		t.Fatal(err)
	}
	if got, err := s.Client.Release(t.Context(), again); err != nil || got.Done != 1 || len(got.Changed) != 0 {
		t.Errorf("seen by now: %+v, %v", got, err)
	}
}

func TestStreams(t *testing.T) {
	t.Parallel()
	dir, relay := t.TempDir(), kakitest.NewRelay(t)
	s := kakitest.StartIn(t, dir, relay, "streams: [{name: order, purpose: 注文確認}, {name: news, mode: observe}]")
	ctx := t.Context()
	if err := s.Client.Pause(ctx, "order", "why"); err != nil {
		t.Fatal(err)
	}
	answer := s.Send(t, shop, []string{taro}, letter("Hello.", "X-Kakitome-Stream: order"))
	if !strings.Contains(answer, "held (1 of 1") {
		t.Fatalf("paused: %s", answer)
	}
	list, err := s.Client.Streams(ctx)
	if err != nil || len(list) != 3 {
		t.Fatalf("%+v, %v", list, err)
	}
	if o := list[0]; o.Name != "order" || !o.Paused || o.Reason != "why" || !strings.HasPrefix(o.By, "uid ") || o.Held != 1 || o.Purpose != "注文確認" || o.Mode != "enforce" {
		t.Errorf("%+v", o)
	}
	if list[1].Mode != "observe" || list[1].Paused || list[2].Name != "default" {
		t.Errorf("%+v", list[1:])
	}
	for _, name := range []string{"no_such", "kakitome", "all"} {
		if err := s.Client.Pause(ctx, name, ""); problem(err) != "not_found" {
			t.Errorf("pause %s: %v", name, err)
		}
	}
	s.Stop(t)
	// The stream leaves the configuration: its mail must not be forgotten.
	s = kakitest.StartIn(t, dir, relay, "")
	if list, err = s.Client.Streams(ctx); err != nil || len(list) != 2 || list[1].Name != "order" || list[1].Mode != "removed" || !list[1].Paused {
		t.Fatalf("%+v, %v", list, err)
	}
	if held, err := s.Client.Held(ctx, client.Selection{Stream: "order"}); err != nil || len(held) != 1 {
		t.Errorf("%+v, %v", held, err)
	}
	if err := s.Client.Resume(ctx, "order", ""); err != nil {
		t.Fatal(err)
	}
	relay.Await(t, 1)
}

func TestLedger(t *testing.T) {
	t.Parallel()
	s := start(t, "streams: [{name: news, mode: observe}]")
	ctx := t.Context()
	hold(t, s, hanako, aboutTaro)
	for _, to := range []string{taro, "jiro@example.com"} {
		if a := s.Send(t, shop, []string{to}, letter(aboutTaro, "X-Kakitome-Stream: news")); !strings.HasPrefix(a, "250 ") {
			t.Fatal(a)
		}
	}
	s.Relay.Await(t, 2)
	var x *client.Exposure
	kakitest.Eventually(t, "the relay's answer is on record", func() bool {
		var err error
		if x, err = s.Client.ExposureOf(ctx, "M-1"); err != nil {
			t.Fatal(err)
		}
		return x.OthersRelayed == 1
	})
	if x.Person != "M-1" || len(x.Own) != 1 || len(x.Others) != 2 || x.Own[0].Recipient != taro {
		t.Fatalf("%+v", x)
	}
	for i, want := range []string{hanako + " held", "jiro@example.com relayed"} {
		if o := x.Others[i]; o.Recipient+" "+o.State != want || !slices.Equal(o.Kinds, []string{"name", "phone"}) || o.At.Location() != time.UTC {
			t.Errorf("%+v, want %s", o, want)
		}
	}
	by, err := s.Client.ExposureOfIdentifier(ctx, "+81 90 1111 2222")
	if err != nil || len(by.Others) != 2 || by.OthersRelayed != 1 {
		t.Errorf("by identifier: %+v, %v", by, err)
	}
	got, err := s.Client.Received(ctx, "Jiro@example.com")
	if err != nil || len(got.Others) != 1 || got.Others[0].Person != "M-1" || len(got.Own) != 0 {
		t.Errorf("received: %+v, %v", got, err)
	}
	if text, _ := json.Marshal(got); !bytes.Contains(text, []byte(`"own":[]`)) {
		t.Errorf("%s", text)
	}
	for name, ask := range map[string]func() error{
		"no person":     func() error { _, err := s.Client.ExposureOf(ctx, ""); return err },
		"no identifier": func() error { _, err := s.Client.ExposureOfIdentifier(ctx, ""); return err },
		"no address":    func() error { _, err := s.Client.Received(ctx, ""); return err },
	} {
		if err := ask(); problem(err) != "invalid" {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := s.Client.ExposureOf(ctx, "M-99"); problem(err) != "not_found" {
		t.Errorf("nobody: %v", err)
	}
	if v, err := s.Client.Verify(ctx); err != nil || len(v) != 1 || !v[0].OK || v[0].Entries == 0 {
		t.Errorf("evidence: %+v, %v", v, err)
	}
	if strings.Contains(s.Log.String(), "example.jp") || strings.Contains(s.Log.String(), "1111") {
		t.Errorf("the log tells personal data: %s", s.Log)
	}
}

// TestExplain: every line with an identifier is shown, also of a mail that has
// left, masked unless asked for; that somebody looked is audited.
func TestExplain(t *testing.T) {
	t.Parallel()
	s := start(t, "streams: [{name: order}]")
	id := hold(t, s, hanako, "佐藤花子様\r\nお届け先は"+aboutTaro+"です\r\nありがとうございます", "X-Kakitome-Stream: order")
	released := kakitest.MailID(t, s.Send(t, shop, []string{taro}, letter(aboutTaro)))
	for asked, want := range map[string]string{id: "お届け先は‹山•••›様 ‹0••-••••-••••›です", strings.TrimSuffix(id, ".1"): "‹佐•••›様", released: "‹山•••›様 ‹0••-••••-••••›"} {
		m, err := s.Client.Explain(t.Context(), asked, false)
		if err != nil {
			t.Fatal(err)
		}
		i := slices.IndexFunc(m.Lines, func(l client.Line) bool { return l.Text == want })
		if i < 0 {
			t.Fatalf("%s: no line %q in %+v", asked, want, m.Lines)
		}
		own := len(m.Lines[i].Found[0].Own) > 0
		if wantOwn := asked == released || strings.HasPrefix(want, "‹佐"); own != wantOwn {
			t.Errorf("%s: own %v: %+v", asked, own, m.Lines[i].Found)
		}
		if text, _ := json.Marshal(m); bytes.Contains(text, []byte("090-1111")) || bytes.Contains(text, []byte("花子")) {
			t.Errorf("%s: a value is shown: %s", asked, text)
		}
	}
	m, err := s.Client.Explain(t.Context(), id, true)
	if err != nil || !slices.ContainsFunc(m.Lines, func(l client.Line) bool { return strings.Contains(l.Text, "‹090-1111-2222›") }) {
		t.Errorf("%+v, %v", m, err)
	}
	if _, err := s.Client.Explain(t.Context(), "nobody", false); problem(err) == "" {
		t.Error("a mail that is not there was explained")
	}
}
