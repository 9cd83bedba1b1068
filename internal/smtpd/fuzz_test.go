package smtpd

import (
	"context"
	"io"
	"log/slog"
	"net"
	"regexp"
	"strings"
	"testing"
	"time"
)

// states are what a client says before the fuzzed bytes.
var states = []string{
	"",
	"EHLO client.example\r\n",
	"EHLO client.example\r\n" + envelope,
	"EHLO client.example\r\n" + envelope + "DATA\r\n",
	"EHLO client.example\r\nSTARTTLS\r\n",
}

var wellFormed = regexp.MustCompile(`^[2345][0-9]{2}[ -][ -~]*$`)

// FuzzDialogue throws bytes at the door in each state. Nothing may panic; every
// answer is a line of printable ASCII; what reaches the gate is whole, without
// bare CR or LF and without NUL, and its addresses are addresses; and the
// first content is what the oracle says.
func FuzzDialogue(f *testing.F) {
	for i := range states {
		for _, s := range []string{"", hidden, "x\r\n.\r\n" + hidden, "x\n.\n" + hidden, "AUTH PLAIN\r\nAAA=\r\n*\r\n", "EHLO [::1]\r\nMAIL FROM:<\"\\\"\"@a> SIZE=1\r\n",
			"BDAT 5 LAST\r\nhello", "STARTTLS\r\n\x16\x03\x01\x00\x05hello", "RCPT TO:<@a:b@c> NOTIFY=NEVER ORCPT=utf-8;\\x{0A}\r\n", "\x00\r\n\r\n\n\r", "MAIL FROM:<a@b> ENVID=+0A\r\n",
			strings.Repeat("NOOP\r\n", 30), strings.Repeat("x", 20000)} {
			f.Add(uint8(i), s)
		}
	}
	f.Fuzz(func(t *testing.T, state uint8, input string) {
		said := states[int(state)%len(states)]
		inTLS, inData := strings.HasSuffix(said, "STARTTLS\r\n"), strings.HasSuffix(said, "DATA\r\n")
		g := &fakeGate{}
		s := open(t, Options{TLS: serverTLS(), Users: users(), MaxMessage: 4096, MaxLine: 1000, Log: slog.New(panicking{t})}, g)
		c := dial(t, s)
		_ = c.conn.SetDeadline(time.Now().Add(patience))
		_, _ = io.WriteString(c.conn, said)
		if inTLS { // what follows must not share the segment of STARTTLS
			c.want("220 ")
			c.want("250 ")
			c.want("220 ")
		}
		_, _ = io.WriteString(c.conn, input) // the door may have hung up
		_ = c.conn.(*net.TCPConn).CloseWrite()
		answers, _ := io.ReadAll(c.r)
		if !inTLS { // a TLS alert is no answer
			checkAnswers(t, string(answers))
		}
		checkReceived(t, g)
		if text, _, whole, clean := oracle(input); inData && len(input) < 500 {
			checkFirst(t, g, text, whole && clean)
		}
	})
}

func checkAnswers(t *testing.T, all string) {
	t.Helper()
	for line := range strings.SplitSeq(strings.TrimSuffix(all, "\r\n"), "\r\n") {
		if line != "" && !wellFormed.MatchString(line) && !strings.HasPrefix(line, "\x15\x03") {
			t.Errorf("bad answer %q", line)
		}
	}
}

func checkReceived(t *testing.T, g *fakeGate) {
	t.Helper()
	for _, s := range g.received() {
		if strings.ContainsAny(strings.ReplaceAll(string(s.Data), "\r\n", ""), "\r\n\x00") {
			t.Errorf("the gate got unclean content %q", s.Data)
		}
		if e := s.Envelope; e.From != "" && !validAddress(e.From) || len(e.Recipients) == 0 || !validLine(e.EnvID) {
			t.Errorf("the gate got a bad envelope %+v", e)
		}
		for _, r := range s.Envelope.Recipients {
			if !validAddress(r.Address) || !validLine(r.ORcpt) {
				t.Errorf("the gate got a bad recipient %+v", r)
			}
		}
	}
}

func checkFirst(t *testing.T, g *fakeGate, text string, want bool) {
	t.Helper()
	came := g.received()
	if want && (len(came) == 0 || string(came[0].Data) != text) {
		t.Errorf("the gate got %+v, want %q first", came, text)
	}
}

// panicking is a log that fails the test when go-smtp had to recover.
type panicking struct{ t *testing.T }

func (p panicking) Enabled(context.Context, slog.Level) bool { return true }
func (p panicking) WithAttrs([]slog.Attr) slog.Handler       { return p }
func (p panicking) WithGroup(string) slog.Handler            { return p }
func (p panicking) Handle(_ context.Context, r slog.Record) error {
	r.Attrs(func(a slog.Attr) bool {
		if strings.Contains(a.Value.String(), "panic") {
			p.t.Errorf("%s: %v", r.Message, a.Value)
		}
		return true
	})
	return nil
}
