package relay

import (
	"bufio"
	"bytes"
	"errors"
	"flag"
	"io"
	"mime"
	"net/textproto"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	gomessage "github.com/emersion/go-message"
	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/kakitome/kakitome/internal/mail"
)

var update = flag.Bool("update", false, "write the golden files anew")

func notice(change func(*Notice)) Notice {
	jst := time.FixedZone("JST", 9*60*60)
	n := Notice{
		To: "shop@shop.example", From: "mailer-daemon@gate.shop.example", MessageID: "dsn-1@gate.shop.example",
		Reporter: "gate.shop.example", Relay: "relay.example",
		Arrived: time.Date(2026, 11, 18, 9, 0, 0, 0, jst), Now: time.Date(2026, 11, 23, 9, 0, 1, 0, jst),
		Header: []byte("From: shop@shop.example\r\nX-Kakitome-Stream: order\r\n folded\r\nTo: a@example.jp\r\n" +
			"x-kakitome-other: 1\r\nSubject: =?utf-8?b?5rOo5paH?=\r\n =?utf-8?b?56K66KqN?=\r\n\r\nbody is never here"),
		Failed: []FailedRecipient{{
			Recipient: mail.Recipient{Address: "a@example.jp"},
			Outcome:   Outcome{Status: Failed, Code: 550, Enhanced: "5.1.1", Text: "no such person here"},
			At:        time.Date(2026, 11, 23, 9, 0, 0, 0, jst),
		}},
	}
	if change != nil {
		change(&n)
	}
	return n
}

func notices() map[string]Notice {
	return map[string]Notice{
		"one": notice(nil),
		"two": notice(func(n *Notice) {
			n.EnvID = "KK-00000001"
			n.Failed[0].Recipient.ORcpt = "rfc822;member@example.jp"
			n.Failed = append(n.Failed, FailedRecipient{
				Recipient: mail.Recipient{Address: "太郎@example.jp"},
				Outcome:   Outcome{Status: Failed, Enhanced: "4.4.2", Text: inDoubt.text, Uncertain: true},
			})
		}),
		"down": notice(func(n *Notice) {
			n.Relay = ""
			n.Failed[0].Outcome = noAnswer.of(0)
		}),
		"eight": notice(func(n *Notice) {
			n.Header = []byte("Subject: \x92\x8d\x95\xb6\r\nX-Long: " + strings.Repeat("x", 1200) + "\r\n\r\n")
		}),
		"utf8": notice(func(n *Notice) {
			n.To = "店@例示商店.example"
			n.Header = []byte("Subject: 注文確認\r\n\r\n")
			n.Failed[0].Recipient = mail.Recipient{Address: "太郎@example.jp", ORcpt: "utf-8;太郎@example.jp"}
		}),
	}
}

func TestDSNGolden(t *testing.T) {
	t.Parallel()
	for name, n := range notices() {
		got, err := DSN(n)
		if err != nil {
			t.Fatal(err)
		}
		file := filepath.Join("testdata", "dsn", name+".eml")
		if *update {
			if err := os.WriteFile(file, got, 0o600); err != nil {
				t.Fatal(err)
			}
		}
		want, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		if d := cmp.Diff(string(want), string(got)); d != "" {
			t.Errorf("%s: %s", name, d)
		}
		if !wellFormed([][]byte{got}) || longLine(got) || name != "utf8" && !ascii(got) {
			t.Errorf("%s cannot be sent as it is", name)
		}
	}
}

// TestDSNCanBeRead by a parser that is not ours.
func TestDSNCanBeRead(t *testing.T) {
	t.Parallel()
	n := notices()["two"]
	raw, err := DSN(n)
	if err != nil {
		t.Fatal(err)
	}
	e, err := gomessage.Read(bytes.NewReader(raw))
	if err != nil {
		t.Fatal(err)
	}
	kind, params, err := e.Header.ContentType()
	if err != nil || kind != "multipart/report" || params["report-type"] != "delivery-status" {
		t.Errorf("%s %v %v", kind, params, err)
	}
	subject, err := new(mime.WordDecoder).DecodeHeader(e.Header.Get("Subject"))
	if err != nil || subject != "Undelivered mail returned to sender / メールを届けられませんでした" {
		t.Errorf("subject %q %v", subject, err)
	}
	kinds, bodies := leaves(t, e)
	if d := cmp.Diff([]string{"text/plain", "message/delivery-status", "text/rfc822-headers"}, kinds); d != "" {
		t.Fatal(d)
	}
	for _, want := range []string{"届けられませんでした", "could not be delivered", "<a@example.jp>", "550 5.1.1 no such person here", "<太郎@example.jp>", "届いている可能性"} {
		if !strings.Contains(bodies[0], want) {
			t.Errorf("words lack %q", want)
		}
	}
	r := textproto.NewReader(bufio.NewReader(strings.NewReader(bodies[1] + "\r\n")))
	want := []map[string]string{
		{"Original-Envelope-Id": "KK-00000001", "Reporting-Mta": "dns; gate.shop.example"},
		{"Original-Recipient": "rfc822; member@example.jp", "Final-Recipient": "rfc822; a@example.jp", "Action": "failed",
			"Status": "5.1.1", "Remote-Mta": "dns; relay.example", "Diagnostic-Code": "smtp; 550 5.1.1 no such person here"},
		{"Original-Recipient": "", "Final-Recipient": `utf-8; \x{592A}\x{90CE}@example.jp`, "Action": "failed", "Status": "4.4.2", "Diagnostic-Code": ""},
	}
	for i, fields := range want {
		got, err := r.ReadMIMEHeader()
		if err != nil {
			t.Fatalf("group %d: %v", i, err)
		}
		for k, v := range fields {
			if got.Get(k) != v {
				t.Errorf("group %d: %s is %q, want %q", i, k, got.Get(k), v)
			}
		}
	}
	if got, want := bodies[2], "From: shop@shop.example\r\nTo: a@example.jp\r\nSubject: =?utf-8?b?5rOo5paH?=\r\n =?utf-8?b?56K66KqN?=\r\n"; got != want {
		t.Errorf("header part %q", got)
	}
}

func TestDSNHeaderInEightBits(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"eight", "utf8"} {
		n := notices()[name]
		raw, err := DSN(n)
		if err != nil {
			t.Fatal(err)
		}
		e, err := gomessage.Read(bytes.NewReader(raw))
		if err != nil {
			t.Fatal(err)
		}
		_, bodies := leaves(t, e)
		if want := strings.TrimSuffix(string(n.Header), "\r\n\r\n") + "\r\n"; bodies[2] != want {
			t.Errorf("%s: %.80q, want %.80q", name, bodies[2], want)
		}
	}
}

func leaves(t testing.TB, e *gomessage.Entity) (kinds, bodies []string) {
	t.Helper()
	mr := e.MultipartReader()
	if mr == nil {
		t.Fatal("no multipart")
	}
	for {
		p, err := mr.NextPart()
		if errors.Is(err, io.EOF) {
			return kinds, bodies
		}
		if err != nil {
			t.Fatal(err)
		}
		kind, _, _ := p.Header.ContentType()
		b, err := io.ReadAll(p.Body)
		if err != nil {
			t.Fatal(err)
		}
		kinds, bodies = append(kinds, kind), append(bodies, string(b))
	}
}

func TestDSNToNobody(t *testing.T) {
	t.Parallel()
	if _, err := DSN(notice(func(n *Notice) { n.To = "" })); !errors.Is(err, ErrNullSender) {
		t.Errorf("null sender: %v", err)
	}
	if _, err := DSN(notice(func(n *Notice) { n.Failed = nil })); err == nil {
		t.Error("a notice about nothing")
	}
}

// TestDSNHoldsAnything: whatever the relay and the mail said, no field is
// forged and the parts stay three.
func TestDSNHoldsAnything(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(rt *rapid.T) {
		text := rapid.OneOf(rapid.String(), rapid.StringN(0, 3000, -1))
		n := notice(func(n *Notice) {
			n.EnvID = text.Draw(rt, "envid")
			n.Header = []byte(strings.ReplaceAll(text.Draw(rt, "header"), "\x00", "") + "\r\n")
			n.Failed[0].Recipient.ORcpt = text.Draw(rt, "orcpt")
			n.Failed[0].Recipient.Address = text.Draw(rt, "address")
			n.Failed[0].Outcome.Text = text.Draw(rt, "text") + "\r\nAction: delivered\r\n\r\n--x"
		})
		raw, err := DSN(n)
		if err != nil {
			rt.Fatal(err)
		}
		if !ascii(raw) || longLine(raw) {
			rt.Fatalf("not sendable: %q", raw)
		}
		e, err := gomessage.Read(bytes.NewReader(raw))
		if err != nil {
			rt.Fatal(err)
		}
		kinds, bodies := leaves(t, e)
		if len(kinds) != 3 || strings.Count(bodies[1], "\nAction:") != 1 || strings.Contains(bodies[1], "\nAction: delivered") {
			rt.Fatalf("%q", bodies)
		}
	})
}

func TestWantsFailure(t *testing.T) {
	t.Parallel()
	for notify, want := range map[string]bool{"": true, "NEVER": false, "never": false, "FAILURE": true, "SUCCESS": false, "DELAY,failure": true} {
		r := mail.Recipient{Notify: strings.FieldsFunc(notify, func(c rune) bool { return c == ',' })}
		if WantsFailure(r) != want {
			t.Errorf("NOTIFY=%s: %v", notify, !want)
		}
	}
}

// FuzzOwnFields: what is left is well formed apart from bare line ends within
// lines, holds none of our fields, and was there before.
func FuzzOwnFields(f *testing.F) {
	for _, s := range []string{"", "A: b\r\nX-Kakitome-Stream: order\r\n more\r\nC: d\r\n\r\nbody", "x-kakitome-: \n\t\nB: c", " X-Kakitome-A: folded"} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, header []byte) {
		got := withoutOwnFields(header)
		for line := range strings.Lines(string(got)) {
			if strings.HasPrefix(strings.ToLower(line), strings.ToLower(ownPrefix)) {
				t.Fatalf("kept %q", line)
			}
			if !bytes.Contains(header, []byte(strings.TrimRight(line, "\r\n"))) {
				t.Fatalf("made up %q", line)
			}
		}
		if len(got) > 2*len(header)+2 || len(got) > 0 && !bytes.HasSuffix(got, []byte("\r\n")) {
			t.Fatalf("%q", got)
		}
	})
}
