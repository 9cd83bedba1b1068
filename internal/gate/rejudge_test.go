package gate

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/kakitome/kakitome/internal/check"
	"github.com/kakitome/kakitome/internal/custody"
	"github.com/kakitome/kakitome/internal/jp"
	"github.com/kakitome/kakitome/internal/policy"
)

const aboutTaro = "山田太郎様 090-1111-2222"

// again judges the only delivery of a mail once more and gives the judgement.
func (h *house) again(t *testing.T, m *Mail) Judged {
	t.Helper()
	n := len(h.ledger.judged)
	if err := h.Rejudge(t.Context(), m.ID, m.Deliveries[0].ID); err != nil {
		t.Fatal(err)
	}
	if len(h.ledger.judged) != n+1 {
		t.Fatalf("%d judgements", len(h.ledger.judged)-n)
	}
	return h.ledger.judged[n]
}

// What the roster has not seen is held, and leaves by itself when it has.
func TestRejudgeReleases(t *testing.T) {
	t.Parallel()
	h := going(t, stream("order", func(s *policy.Stream) { s.HoldFor = time.Hour }))
	m := h.receive(t, letter("new@example.jp", aboutTaro, "X-Kakitome-Stream: order"))
	if d := m.Deliveries[0]; d.State != custody.Held {
		t.Fatalf("not held: %+v", d)
	}
	if j := h.again(t, m); j.State != custody.Held || len(j.Effects.Sightings)+len(j.Effects.Received) > 0 {
		t.Errorf("on the same roster: %+v", j)
	}
	h.people(t, 2, person("M-1", "new@example.jp", "山田太郎", "090-1111-2222"))
	h.now = h.now.Add(10 * time.Minute)
	j := h.again(t, m)
	if j.State != custody.Queued || len(j.Rules) > 0 || j.RosterVersion != 2 || !j.Due.Equal(m.ReceivedAt.Add(time.Hour)) {
		t.Errorf("on the new roster: %+v", j)
	}
	m.Verdict = j.Verdict
	o, err := h.Open(m)
	if err != nil || o.Verdict.Decision != "release" || o.Verdict.RosterVersion != 2 || !o.Verdict.AsOf.Equal(h.now) || len(o.Verdict.Recipients[0].Reasons) > 0 {
		t.Errorf("explained %+v, %v", o.Verdict, err)
	}
	h.now = h.now.Add(2 * time.Hour)
	if j := h.again(t, m); !j.Due.Equal(h.now) {
		t.Errorf("due %s, want now: hold_for counts from the acceptance", j.Due)
	}
}

// What a new roster cannot make fit stays held, whatever the stream does by now.
func TestRejudgeStays(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		more  []string
		body  string
		after func(h *house, m *Mail)
		rules []check.Rule
	}{
		"template":   {body: aboutTaro + " {{name}}", rules: []check.Rule{check.Template}},
		"unreadable": {more: []string{"Content-Transfer-Encoding: base64"}, body: "!!!!", rules: []check.Rule{check.Unreadable}},
		"template, but only observed by now": {body: "{{name}}", rules: []check.Rule{check.Template}, after: func(h *house, _ *Mail) {
			s, _ := h.Policy.Stream("order")
			s.Mode = policy.Observe
		}},
		"canary": {body: "見張鳥子 070-9999-8888", rules: []check.Rule{check.Ownership, check.Canary}},
		"blocked": {body: aboutTaro, rules: []check.Rule{check.FanOut}, after: func(h *house, m *Mail) {
			m.Deliveries[0].Rules = []check.Rule{check.FanOut}
			h.ledger.counts = func(c *check.Counts) {
				for _, e := range m.Deliveries[0].Exposures {
					c.Blocked[e.Ident] = true
				}
			}
			h.people(t, 3, person("M-1", "taro@example.jp", "山田太郎", "090-1111-2222"))
		}},
		"replay": {more: []string{"Date: Mon, 2 Nov 2026 10:00:00 +0900"}, body: "Hello.", rules: []check.Rule{check.Replay}},
		"growing": {body: "Hello.", rules: []check.Rule{check.GrowingRecipients}, after: func(_ *house, m *Mail) {
			m.Deliveries[0].State, m.Deliveries[0].Rules = custody.Held, []check.Rule{check.GrowingRecipients}
		}},
		"stale": {body: "Hello.", rules: []check.Rule{check.Stale}, after: func(h *house, m *Mail) {
			m.Deliveries[0].State, m.Deliveries[0].Rules = custody.Held, []check.Rule{check.NewAddress}
			m.Deliveries[0].StaleAt = h.now.Add(time.Hour)
			h.now = h.now.Add(time.Hour)
		}},
	} {
		h := going(t, stream("order", nil))
		p := person("M-9", "canary@example.jp", "見張鳥子", "070-9999-8888")
		p.Canary = true
		h.people(t, 2, p)
		m := h.receive(t, letter("new@example.jp", c.body, append(c.more, "X-Kakitome-Stream: order")...))
		if c.after != nil {
			c.after(h, m)
		}
		if name != "blocked" {
			h.people(t, 3, person("M-1", "new@example.jp", "山田太郎", "090-1111-2222"))
		}
		j := h.again(t, m)
		if j.State != custody.Held {
			t.Errorf("%s: released", name)
		}
		for _, rule := range c.rules {
			if !slices.Contains(j.Rules, rule) {
				t.Errorf("%s: held for %v, want %v", name, j.Rules, c.rules)
			}
		}
		if len(j.Effects.Sightings)+len(j.Effects.Received) > 0 {
			t.Errorf("%s: counted as sent: %+v", name, j.Effects)
		}
	}
}

// What was held because the mails of its stream called their recipients by the
// names of others does not leave when these mails have gone by, but when the
// name turns out to be the recipient's.
func TestRejudgeSlipped(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"木村健", "佐藤花子"} {
		h := going(t, stream("order", nil))
		normal, err := jp.Normal(jp.Name, "佐藤花子")
		if err != nil {
			t.Fatal(err)
		}
		hanako, stranger := h.Hasher.Ident(jp.Name, normal), check.Key{1}
		h.ledger.counts = func(c *check.Counts) {
			c.Streams["order"] = &check.StreamCounts{Recent: []check.Outcome{
				{Addressee: []check.Key{stranger}}, {Addressee: []check.Key{hanako}, Strange: []check.Key{stranger}},
			}}
		}
		m := h.receive(t, letter("taro@example.jp", "佐藤花子 様", "X-Kakitome-Stream: order"))
		h.ledger.counts = func(*check.Counts) {}
		h.people(t, 3, person("M-1", "taro@example.jp", name, "090-1111-2222"))
		j := h.again(t, m)
		m.Verdict = j.Verdict
		o, err := h.Open(m)
		if err != nil {
			t.Fatal(err)
		}
		stays := name != "佐藤花子"
		if held := j.State == custody.Held; held != stays {
			t.Fatalf("called %s: held %v, %+v", name, held, o.Verdict.Recipients)
		}
		if stays && !strings.Contains(o.Verdict.Recipients[0].Reasons[0].Text, "the mail 1 before it") {
			t.Errorf("words: %+v", o.Verdict.Recipients[0].Reasons)
		}
	}
}

// A lasting reason keeps the words it had.
func TestRejudgeKeepsWords(t *testing.T) {
	t.Parallel()
	h := going(t)
	m := h.receive(t, letter("taro@example.jp", "{{name}}"))
	m.Deliveries[0].Rules = append(m.Deliveries[0].Rules, check.Replay)
	o, err := h.Open(m)
	if err != nil {
		t.Fatal(err)
	}
	key, _ := h.Sealer.MailKey(m.Key)
	o.Verdict.Recipients[0].Reasons = append(o.Verdict.Recipients[0].Reasons, check.DocReason{Rule: check.Replay, Count: 4, Limit: 3, Text: "the fourth"})
	o.Verdict.Recipients = append(o.Verdict.Recipients, check.DocRecipient{Address: "other@example.jp", Decision: "hold"})
	if m.Verdict, err = sealJSON(key, fieldVerdict, m.ID, o.Verdict); err != nil {
		t.Fatal(err)
	}
	m.Verdict = h.again(t, m).Verdict
	if o, err = h.Open(m); err != nil {
		t.Fatal(err)
	}
	doc := o.Verdict
	if len(doc.Recipients) != 2 || doc.Recipients[1].Decision != "hold" || doc.Decision != "hold" {
		t.Fatalf("the other recipients: %+v", doc)
	}
	var texts []string
	for _, r := range doc.Recipients[0].Reasons {
		texts = append(texts, r.Text)
	}
	if !slices.Contains(texts, "the fourth") || !strings.Contains(texts[0], "merge field") {
		t.Errorf("reasons %q", texts)
	}
}

// What waits for its stream alone goes on waiting for nothing else, and what
// somebody decided meanwhile is left alone.
func TestRejudgeWaitingAndGone(t *testing.T) {
	t.Parallel()
	h := going(t, stream("trial", func(s *policy.Stream) { s.Mode = policy.Observe }))
	h.ledger.counts = func(c *check.Counts) { c.Streams["trial"] = &check.StreamCounts{Paused: true} }
	m := h.receive(t, letter("taro@example.jp", "佐藤花子 080-3333-4444", "X-Kakitome-Stream: trial"))
	if d := m.Deliveries[0]; d.State != custody.Held || !slices.Equal(d.Rules, []check.Rule{check.Breaker}) {
		t.Fatalf("%+v", d)
	}
	if j := h.again(t, m); j.State != custody.Held || !slices.Equal(j.Rules, []check.Rule{check.Breaker}) {
		t.Errorf("%+v", j)
	}
	n := len(h.ledger.judged)
	for _, change := range []func(d *Delivery){
		func(d *Delivery) { d.JudgedAt = 99 },
		func(d *Delivery) { d.State = custody.Discarded },
	} {
		change(&m.Deliveries[0])
		if err := h.Rejudge(t.Context(), m.ID, m.Deliveries[0].ID); err != nil || len(h.ledger.judged) != n {
			t.Errorf("%v, %d judgements", err, len(h.ledger.judged)-n)
		}
	}
	if err := h.Rejudge(t.Context(), "gone", "gone.1"); err == nil {
		t.Error("a mail that is not there was judged")
	}
}

// A purged mail is explained no more.
func TestReexamine(t *testing.T) {
	t.Parallel()
	h := going(t)
	m := h.receive(t, letter("hanako@example.jp", aboutTaro))
	o, err := h.Open(m)
	if err != nil {
		t.Fatal(err)
	}
	hidden := func(*check.Finding) string { return "…" }
	e, quotes, err := h.Reexamine(t.Context(), m, o, hidden)
	if err != nil || len(e.Units) == 0 || len(e.Units[0].Findings) == 0 || len(quotes) != 2 || quotes[1].Text != "‹…›様 ‹…›" {
		t.Fatalf("%+v, %+v, %v", e, quotes, err)
	}
	m.Body, m.Verdict = nil, nil
	if o, err = h.Open(m); err != nil || o.Verdict != nil || o.Body != nil {
		t.Fatalf("purged: %+v, %v", o, err)
	}
	if e, quotes, err := h.Reexamine(t.Context(), m, o, hidden); e != nil || quotes != nil || err != nil {
		t.Errorf("purged: %+v, %+v, %v", e, quotes, err)
	}
	if r, err := h.OpenRecipient(m.Key, m.Deliveries[0].ID, m.Deliveries[0].Sealed); err != nil || r.Address != "hanako@example.jp" {
		t.Errorf("%+v, %v", r, err)
	}
}
