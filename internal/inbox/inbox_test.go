package inbox_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/kakitome/kakitome/internal/fault"
	"github.com/kakitome/kakitome/internal/gate"
	"github.com/kakitome/kakitome/internal/inbox"
	"github.com/kakitome/kakitome/internal/kakitest"
	"github.com/kakitome/kakitome/internal/letter"
	"github.com/kakitome/kakitome/internal/mail"
	"github.com/kakitome/kakitome/internal/smtpd"
)

var now = time.Date(2019, 7, 4, 1, 20, 0, 0, time.UTC)

// desk writes down what it is told.
type desk struct {
	mu    sync.Mutex
	told  []string
	kinds []inbox.Kind
	fail  error
}

func (d *desk) tell(format string, args ...any) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.fail != nil {
		return d.fail
	}
	d.told = append(d.told, fmt.Sprintf(format, args...))
	return nil
}

func (d *desk) Bounced(_ context.Context, letter string, b inbox.Bounce) error {
	return d.tell("bounced %s %s %s", letter, b.Status, b.Reason)
}

func (d *desk) CanaryMail(_ context.Context, m inbox.CanaryMail) error {
	return d.tell("canary %s from %s, %s", m.Address, m.Envelope, m.Message.Root.Get("Subject"))
}

func (d *desk) Reported(_ context.Context, r inbox.Report) error {
	var ids []string
	for _, m := range r.Mails {
		ids = append(ids, mail.MessageID(m))
	}
	if !r.At.Equal(now) || r.Digest == [32]byte{} {
		return errors.New("no time, or no digest")
	}
	return d.tell("report of %s: %v, %d unread", r.From, ids, r.Unread)
}

func (d *desk) count(k inbox.Kind) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.kinds = append(d.kinds, k)
}

// take gives what was told since the last time.
func (d *desk) take() (told []string, kinds []inbox.Kind) {
	d.mu.Lock()
	defer d.mu.Unlock()
	told, kinds, d.told, d.kinds = d.told, d.kinds, nil, nil
	return told, kinds
}

// gateway is the gate behind the applications' door.
type gateway struct {
	mu sync.Mutex
	to [][]mail.Recipient
}

func (g *gateway) Receive(_ context.Context, s gate.Submission) (gate.Receipt, error) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.to = append(g.to, s.Envelope.Recipients)
	return gate.Receipt{MailID: "m1", Recipients: len(s.Envelope.Recipients)}, nil
}

// take gives how many recipients came since the last time.
func (g *gateway) take() (n int) {
	g.mu.Lock()
	defer g.mu.Unlock()
	for _, to := range g.to {
		n += len(to)
	}
	g.to = nil
	return n
}

// letters make the envelope senders, as the response does.
var letters = letter.Bounces{Key: make([]byte, 32), Prefix: "bounce", Separator: "+", Domain: "shop.example"}

// sender is the envelope sender of a letter.
func sender(t *testing.T, id string) string {
	t.Helper()
	address, err := letters.Address(id)
	if err != nil {
		t.Fatal(err)
	}
	return address
}

// open starts a real SMTP door in front of an inbox.
func open(t *testing.T, d *desk, next inbox.Gate) *kakitest.SMTP {
	t.Helper()
	box := inbox.New(inbox.Options{Bounce: "bounce@shop.example", Report: "report@shop.example", Letter: letters.Parse, Canaries: []string{"@canary.example"},
		Desk: d, Next: next, Now: func() time.Time { return now }, Count: d.count})
	s := smtpd.New(smtpd.Options{Listen: "127.0.0.1:0", Hostname: "in.shop.example", MaxMessage: 32 << 20}, box)
	if err := s.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), kakitest.Patience)
		defer cancel()
		if err := s.Stop(ctx); err != nil {
			t.Error(err)
		}
	})
	return kakitest.Dial(t, s.Addr().String())
}

func sample(t *testing.T, name string) []byte {
	t.Helper()
	raw, err := os.ReadFile("testdata/bounces/" + name + ".eml")
	if err != nil {
		t.Fatal(err)
	}
	return []byte(strings.ReplaceAll(string(raw), "\n", "\r\n"))
}

func crlf(text string) []byte { return []byte(strings.ReplaceAll(text, "\n", "\r\n")) }

const strange = "From: Winner <win@prize.example>\nTo: taro@example.jp\nMessage-ID: <s1@prize.example>\nSubject: You won\n\nTaro Yamada, you won.\n"

// forward is a mail with attachments, each type line and content.
func forward(header string, parts ...string) []byte {
	text := "From: Taro <taro@example.jp>\nTo: report@shop.example\nSubject: FW: strange\n" + header + "MIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=b\n\n"
	for _, p := range append([]string{"text/plain\n\nWhat is this?\n"}, parts...) {
		text += "--b\nContent-Type: " + p + "\n"
	}
	return crlf(text + "--b--\n")
}

func TestIncomingDoor(t *testing.T) {
	t.Parallel()
	d := &desk{}
	c := open(t, d, nil)
	reports := []string{"report@shop.example"}
	forwarded := "message/rfc822\n\n" + strange
	for name, m := range map[string]struct {
		from    string
		to      []string
		content []byte
		answer  string
		told    []string
		kinds   []inbox.Kind
	}{
		"a bounce": {"", []string{strings.ToUpper(sender(t, "l-1"))}, sample(t, "postfix-unknown"), "250 2.0.0 taken",
			[]string{"bounced l-1 5.1.1 no_address"}, []inbox.Kind{inbox.BounceKind}},
		"a delay":                    {"", []string{sender(t, "l-2")}, sample(t, "postfix-delayed"), "250 2.0.0 taken", nil, []inbox.Kind{inbox.IgnoredKind}},
		"an answer by holidays":      {"", []string{sender(t, "l-2")}, sample(t, "exchange-away"), "250 2.0.0 taken", nil, []inbox.Kind{inbox.IgnoredKind}},
		"a bounce of no letter":      {"", []string{"bounce@shop.example"}, sample(t, "postfix-unknown"), "550 5.1.1 no letter was sent from that address", nil, nil},
		"a bounce somebody made up":  {"", []string{"bounce+l-1@shop.example"}, sample(t, "postfix-unknown"), "550 5.1.1 no letter was sent from that address", nil, nil},
		"a report":                   {"taro@example.jp", reports, forward("", forwarded), "250 2.0.0 taken", []string{"report of taro@example.jp: [s1@prize.example], 0 unread"}, []inbox.Kind{inbox.ReportKind}},
		"a report by a group":        {"group@shop.example", reports, forward("Precedence: list\nList-Id: <g.shop.example>\n", forwarded), "250 2.0.0 taken", []string{"report of taro@example.jp: [s1@prize.example], 0 unread"}, []inbox.Kind{inbox.ReportKind}},
		"two mails, one a file":      {"taro@example.jp", reports, forward("", forwarded, "application/octet-stream; name=\"strange.eml\"\n\n"+strange), "250 2.0.0 taken", []string{"report of taro@example.jp: [s1@prize.example s1@prize.example], 0 unread"}, []inbox.Kind{inbox.ReportKind}},
		"what Outlook makes of it":   {"taro@example.jp", reports, forward("", "application/vnd.ms-outlook; name=strange.msg\n\nxxx"), "250 2.0.0 taken", []string{"report of taro@example.jp: [], 1 unread"}, []inbox.Kind{inbox.ReportKind}},
		"forwarded as text":          {"taro@example.jp", reports, forward(""), "250 2.0.0 taken", []string{"report of taro@example.jp: [], 0 unread"}, []inbox.Kind{inbox.ReportKind}},
		"an automatic answer":        {"taro@example.jp", reports, forward("Auto-Submitted: auto-replied (away)\n"), "250 2.0.0 taken", nil, []inbox.Kind{inbox.IgnoredKind}},
		"a report by nobody":         {"", reports, forward("", forwarded), "250 2.0.0 taken", nil, []inbox.Kind{inbox.IgnoredKind}},
		"too many mails":             {"taro@example.jp", reports, forward("", strings.Split(strings.Repeat(forwarded+"\x00", 21), "\x00")[:21]...), "552 5.3.4 more than 20 mails attached", nil, nil},
		"a large bounce":             {"", []string{sender(t, "l-2")}, append(sample(t, "postfix-unknown"), crlf(strings.Repeat("more\n", 1<<18))...), "552 5.3.4 larger than 1048576 bytes", nil, nil},
		"a large report":             {"taro@example.jp", reports, append(forward(""), crlf(strings.Repeat("more of it\n", 1<<20))...), "552 5.3.4 larger than 10485760 bytes", nil, nil},
		"mail for two canaries":      {"win@prize.example", []string{"a.b_c0001@canary.example", "d.e_f0002@CANARY.example"}, crlf(strange), "250 2.0.0 taken", []string{"canary a.b_c0001@canary.example from win@prize.example, You won", "canary d.e_f0002@CANARY.example from win@prize.example, You won"}, []inbox.Kind{inbox.CanaryKind, inbox.CanaryKind}},
		"mail for somebody else":     {"win@prize.example", []string{"taro@example.jp"}, crlf(strange), "550 5.1.1 nobody of that address is here, and nothing is relayed", nil, nil},
		"a canary and somebody else": {"win@prize.example", []string{"a@canary.example", "taro@example.jp"}, crlf(strange), "550 5.5.4 recipients of two kinds: send to them one at a time", nil, nil},
	} {
		if got := c.Send(m.from, m.to, m.content); got != m.answer {
			t.Errorf("%s: answer %q", name, got)
		}
		told, kinds := d.take()
		if diff := cmp.Diff(m.told, told) + cmp.Diff(m.kinds, kinds); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
}

// At the applications' door bounces and reports are taken, and what the shop
// writes to a canary goes out like any other mail.
func TestSharedDoor(t *testing.T) {
	t.Parallel()
	d, g := &desk{}, &gateway{}
	c := open(t, d, g)
	for _, m := range []struct {
		to     []string
		answer string
		told   int
		passed int
	}{
		{[]string{sender(t, "l-3")}, "250 2.0.0 taken", 1, 0},
		{[]string{"taro@example.jp", "hanako@example.net"}, "250 2.0.0 m1 released", 0, 2},
		{[]string{"a.b_c0001@canary.example"}, "250 2.0.0 m1 released", 0, 1},
		{[]string{"taro@example.jp", sender(t, "l-3")}, "550 5.5.4 recipients of two kinds: send to them one at a time", 0, 0},
	} {
		if got := c.Send("", m.to, sample(t, "gmail-full")); got != m.answer {
			t.Errorf("%v: %q", m.to, got)
		}
		told, _ := d.take()
		if passed := g.take(); passed != m.passed || len(told) != m.told {
			t.Errorf("%v: %d passed on, told %v", m.to, passed, told)
		}
	}
}

// An inbox without addresses takes nothing from the gate.
func TestNothingConfigured(t *testing.T) {
	t.Parallel()
	g := &gateway{}
	box := inbox.New(inbox.Options{Desk: &desk{}, Next: g, Now: time.Now})
	for _, to := range []string{"bounce+t@shop.example", "report@shop.example", "", "@", "x"} {
		if _, err := box.Receive(t.Context(), gate.Submission{Envelope: mail.Envelope{Recipients: []mail.Recipient{{Address: to}}}}); err != nil {
			t.Errorf("%q: %v", to, err)
		}
	}
	if n := g.take(); n != 5 {
		t.Errorf("%d mails passed on", n)
	}
}

// What the desk could not keep is not accepted, and the client tries again.
func TestDeskFails(t *testing.T) {
	t.Parallel()
	d := &desk{fail: fault.New(fault.Unavailable, "", "try again later")}
	c := open(t, d, nil)
	if got := c.Send("", []string{sender(t, "l-3")}, sample(t, "gmail-full")); got != "451 4.3.0 try again later" {
		t.Errorf("answer %q", got)
	}
	d.mu.Lock()
	d.fail = errors.New("secret of the store")
	d.mu.Unlock()
	if got := c.Send("x@prize.example", []string{"a@canary.example"}, crlf(strange)); got != "451 4.3.0 internal error" {
		t.Errorf("answer %q", got)
	}
}
