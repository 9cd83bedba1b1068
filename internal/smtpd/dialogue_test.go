package smtpd

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/kakitome/kakitome/internal/fault"
	"github.com/kakitome/kakitome/internal/gate"
)

// TestDialogues runs testdata/dialogue/*.txt against a real socket:
//
//	# a remark
//	with tls users auth max=N rcpt=N line=N noext held dup unavailable unknown panic
//	C: a line, sent with CRLF; Go escapes such as \r \x00 are read
//	C| bytes, sent as they are
//	S: an answer line; * stands for anything; <closed> for the end
//	TLS            the handshake
//	G: a mail the gate must have got, in order; all are listed
//
// C lines in a row are sent in one segment.
func TestDialogues(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob("testdata/dialogue/*.txt")
	if err != nil || len(files) == 0 {
		t.Fatalf("no dialogues: %v", err)
	}
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".txt"), func(t *testing.T) {
			t.Parallel()
			text, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			runDialogue(t, string(text))
		})
	}
}

func runDialogue(t *testing.T, text string) {
	g := &fakeGate{}
	var o Options
	var c *client
	var toSend string
	var want []string
	lines := strings.Split(text, "\n")
	for i, line := range lines {
		word, rest, _ := strings.Cut(line, " ")
		if c == nil && (word == "S:" || word == "C:") {
			c = dial(t, open(t, o, g))
		}
		if toSend != "" && word != "C:" && word != "C|" {
			c.send(toSend)
			toSend = ""
		}
		switch word {
		case "", "#":
		case "with":
			o = dialogueOptions(t, rest, g)
		case "C:":
			toSend += unescape(t, rest) + "\r\n"
		case "C|":
			toSend += unescape(t, rest)
		case "TLS":
			c.secure()
		case "S:":
			if got := c.line(); !like(rest, got) {
				t.Fatalf("line %d: answer %q, want %q", i+1, got, rest)
			}
		case "G:":
			want = append(want, rest)
		default:
			t.Fatalf("line %d: cannot read %q", i+1, line)
		}
	}
	var got []string
	for _, s := range g.received() {
		got = append(got, describe(s))
	}
	if d := cmp.Diff(want, got); d != "" {
		t.Errorf("the gate got other mails (-want +got):\n%s", d)
	}
}

func unescape(t *testing.T, s string) string {
	t.Helper()
	u, err := strconv.Unquote(`"` + strings.ReplaceAll(s, `"`, `\"`) + `"`)
	if err != nil {
		t.Fatalf("cannot unescape %q", s)
	}
	return u
}

func like(pattern, s string) bool {
	if pattern == "<closed>" {
		return strings.HasPrefix(s, pattern)
	}
	re := "^" + strings.ReplaceAll(regexp.QuoteMeta(pattern), `\*`, ".*") + "$"
	return regexp.MustCompile(re).MatchString(s)
}

// describe prints a submission on one line, leaving out what is empty.
func describe(s gate.Submission) string {
	e := s.Envelope
	b := &strings.Builder{}
	fmt.Fprintf(b, "<%s>", e.From)
	for _, r := range e.Recipients {
		fmt.Fprintf(b, " <%s>", r.Address)
		if len(r.Notify) > 0 {
			fmt.Fprintf(b, " notify=%s", strings.Join(r.Notify, ","))
		}
		if r.ORcpt != "" {
			fmt.Fprintf(b, " orcpt=%s", r.ORcpt)
		}
	}
	for _, f := range [][2]string{{"body", e.Body}, {"ret", e.Ret}, {"envid", e.EnvID}, {"user", s.User}, {"stream", s.Stream}} {
		if f[1] != "" {
			fmt.Fprintf(b, " %s=%s", f[0], f[1])
		}
	}
	if e.UTF8 {
		b.WriteString(" utf8")
	}
	if e.RequireTLS {
		b.WriteString(" requiretls")
	}
	fmt.Fprintf(b, " %s %s %q", s.Protocol, s.Client, s.Data)
	return b.String()
}

func dialogueOptions(t *testing.T, words string, g *fakeGate) Options {
	t.Helper()
	var o Options
	receipt := gate.Receipt{MailID: "m1"}
	var failure error
	for word := range strings.FieldsSeq(words) {
		key, value, _ := strings.Cut(word, "=")
		n, _ := strconv.Atoi(value)
		switch key {
		case "tls":
			o.TLS = serverTLS()
		case "users":
			o.Users = users()
		case "auth":
			o.RequireAuth = true
		case "max":
			o.MaxMessage = int64(n)
		case "rcpt":
			o.MaxRecipients = n
		case "line":
			o.MaxLine = n
		case "noext":
			o.RelayExtensions = func() Extensions { return Extensions{} }
		case "allext":
			o.RelayExtensions = func() Extensions { return Extensions{true, true, true, true} }
		case "held":
			receipt.Held, receipt.Recipients = 2, 3
		case "dup":
			receipt.Duplicate = true
		case "unavailable":
			failure = fault.Wrap(fault.Unavailable, "commit", "the store does not answer", errors.New("secret inside"))
		case "unknown":
			failure = errors.New("secret inside: hanako@example.jp")
		case "panic":
			g.answer = func(context.Context, gate.Submission) (gate.Receipt, error) { panic("secret inside") }
			return o
		default:
			t.Fatalf("unknown option %q", word)
		}
	}
	g.answer = func(context.Context, gate.Submission) (gate.Receipt, error) { return receipt, failure }
	return o
}
