package e2e

import (
	"archive/zip"
	"bytes"
	"encoding/base64"
	"fmt"
	"io"
	"strings"
	"testing"
	"time"

	"github.com/kakitome/kakitome/client"
	"github.com/kakitome/kakitome/internal/kakitest"
)

const injected = "MAIL FROM:<injected@shop.example>\r\nRCPT TO:<victim@example.jp>\r\nDATA\r\nsmuggled\r\n.\r\n"

// SMTP smuggling (SEC Consult, 2023): a false end of content makes the mail
// one that is refused whole. Neither it nor what hides in it reaches the relay.
func TestSmuggledMailReachesNobody(t *testing.T) {
	t.Parallel()
	s := start(t, "")
	for _, end := range []string{"\n.\n", "\r.\r", "\r\n.\n", "\n.\r\n", "\r.\r\n", "\r\n.\r", "\r\n\x00.\r\n", "\r\n.\x00\r\n",
		"\r\n.\r\r\n", "\r\r\n.\n", "\n\n.\r\n", "\r\n.\r\x00\n", "\n.\r", "\r\n.\n\r\n"} {
		c := s.Dial(t)
		c.Write("MAIL FROM:<" + shop + ">\r\nRCPT TO:<" + hanako + ">\r\nDATA\r\n")
		c.Reply()
		c.Reply()
		if a := c.Reply(); !strings.HasPrefix(a, "354") {
			t.Fatalf("%q: DATA: %q", end, a)
		}
		c.Write(plain(fmt.Sprintf("smuggle%x", end)) + end + injected)
		if a := c.Reply(); !strings.HasPrefix(a, "550 5.6.11 ") {
			t.Errorf("%q: answer %q", end, a)
		}
		if a := c.Command("QUIT"); !strings.HasPrefix(a, "221 ") {
			t.Errorf("%q: the session is out of step: %q", end, a)
		}
	}
	wantSilence(t, s, 0)
}

// What only looks like an end is content and arrives as it was, in one mail.
func TestDottedTextIsOneMail(t *testing.T) {
	t.Parallel()
	s := start(t, "")
	mail := plain("dotted") + ".\r\n" + strings.ReplaceAll(injected, "\r\n.\r\n", "\r\n..\r\n") + ". \r\n.\t\r\n"
	wantAnswer(t, s.Send(t, shop, []string{taro}, mail), "250 ", "released")
	wantSame(t, s.Relay.Await(t, 1)[0], mail)
	wantSilence(t, s, 1)
}

// No address, parameter or name breaks out of its place.
func TestInjectionThroughTheEnvelope(t *testing.T) {
	t.Parallel()
	s := start(t, "")
	for _, command := range []string{
		"MAIL FROM:<a\r@shop.example>", "MAIL FROM:<a\x00@shop.example>", "MAIL FROM:<a@shop.example>\x00",
		"MAIL FROM:<a\n@shop.example>", "MAIL FROM:<\"a\r\nRCPT TO:<victim@example.jp>\"@shop.example>",
		"MAIL FROM:<a> <b>@shop.example>", "MAIL FROM:<a@shop.example> ENVID=a+0D+0ARCPT", "MAIL FROM:<a@shop.example> ENVID=a b",
		"MAIL FROM:<a@shop.example> BODY=8BITMIME\x0bX", "MAIL FROM:<a@shop.example> RET=HDRS+0D+0A",
		"MAIL FROM:<a@shop.example> AUTH=<> X=1", "MAIL FROM:<a\x7f@shop.example>", "MAIL FROM:<\xff@shop.example> SMTPUTF8",
	} {
		c := s.Dial(t)
		c.Write(command + "\r\n")
		if a := c.Reply(); !strings.HasPrefix(a, "5") {
			t.Errorf("%q: answer %q", command, a)
		}
	}
	for _, command := range []string{
		"RCPT TO:<victim\r@example.jp>", "RCPT TO:<victim@example.jp\x00>", "RCPT TO:<victim@example.jp> NOTIFY=NEVER\x00",
		"RCPT TO:<victim@example.jp> ORCPT=rfc822;a+0D+0ADATA", "RCPT TO:<victim@example.jp> ORCPT=rfc822;a+00", "RCPT TO:<>",
		"RCPT TO:<victim@example.jp>, <b@example.jp>", "RCPT TO:<@a.example,@b.example:victim>", "RCPT TO:<victim@example.jp> NOTIFY=NEVER,SUCCESS",
	} {
		c := s.Dial(t)
		c.Command("MAIL FROM:<%s>", shop)
		c.Write(command + "\r\n")
		if a := c.Reply(); !strings.HasPrefix(a, "5") {
			t.Errorf("%q: answer %q", command, a)
		}
	}
	for _, hello := range []string{"EHLO a\tb", "EHLO a;b", "EHLO (a)", "EHLO a\r\tby evil", "EHLO a\x00"} {
		c := s.Dial(t)
		c.Write(hello + "\r\n")
		if a := c.Reply(); !strings.HasPrefix(a, "5") {
			t.Errorf("%q: answer %q", hello, a)
		}
	}
	wantSilence(t, s, 0)
}

// X-Kakitome-* fields are removed, and nothing else.
func TestOwnFieldsAreRemoved(t *testing.T) {
	t.Parallel()
	s := start(t, "streams: [{name: order, hold_for: 1h}]")
	for i, own := range []string{
		"X-Kakitome-Foo: bar\r\n", "x-kakitome-foo:bar\r\n", "X-KAKITOME-FOO : bar\r\n", "X-Kakitome-Foo:\r\n folded\r\n\tmore\r\n",
		"X-Kakitome-A: 1\r\nX-Kakitome-B: 2\r\n", "X-Kakitome-Stream: nobody\r\n", "X-Kakitome-Stream: a\tb \"<>;\r\n",
		"X-Kakitome-: x\r\n", "X-Kakitome-Stream:\r\n",
	} {
		rest := plain(fmt.Sprintf("own%d", i)) + own
		head, body, _ := strings.Cut(rest, "\r\n")
		to := fmt.Sprintf("own%d@example.jp", i)
		wantAnswer(t, s.Send(t, shop, []string{to}, head+"\r\n"+own+body), "250 ", "released")
		kakitest.Eventually(t, "it arrives", func() bool { return len(s.Relay.To(to)) == 1 })
		wantSame(t, s.Relay.To(to)[0], rest)
	}
	for i, own := range []string{"X-Kakitome-Stream: order", "X-Kakitome-Stream : order", "x-kakitome-stream:order", "X-Kakitome-Stream:\r\n\t order "} {
		wantAnswer(t, s.Send(t, shop, []string{hanako}, plain(fmt.Sprintf("stream%d", i), own)), "250 ", "released")
		streams, err := s.Client.Streams(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		for _, st := range streams {
			if st.Name == "order" && st.Queued != i+1 {
				t.Errorf("%q: %d mails wait in the stream, want %d", own, st.Queued, i+1)
			}
		}
	}
}

// A signature over a field that is removed would break: refused at the door.
func TestSignedOwnFieldIsRefused(t *testing.T) {
	t.Parallel()
	s := start(t, "")
	for i, list := range []string{"from:x-kakitome-stream:to", "from: X-Kakitome-Stream", "from:to:\r\n\tX-KAKITOME-STREAM"} {
		mail := plain(fmt.Sprintf("dkim%d", i), "DKIM-Signature: v=1; a=rsa-sha256; d=shop.example;\r\n\th="+list+"; b=x", "X-Kakitome-Stream: default")
		if a := s.Send(t, shop, []string{taro}, mail); !strings.HasPrefix(a, "550 ") {
			t.Errorf("h=%q: answer %q", list, a)
		}
	}
	mail := plain("dkim", "DKIM-Signature: v=1; h=from:to; b=x-kakitome-stream", "X-Kakitome-Stream: default")
	wantAnswer(t, s.Send(t, shop, []string{taro}, mail), "250 ", "released")
}

// A mail that begins with a continuation line is one mail to whoever parses it
// alone, and another one behind a trace field. It must not pass unread.
func TestContinuationOfNothing(t *testing.T) {
	t.Parallel()
	s := start(t, "")
	hidden := base64.StdEncoding.EncodeToString([]byte(aboutTaro))
	for i, first := range []string{"\tx\r\n", " \r\n", " x: y\r\n", "\t\r\n \r\n"} {
		mail := first + "Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: base64\r\nMessage-ID: <" +
			fmt.Sprint(i) + "@shop.example>\r\n\r\n" + hidden + "\r\n"
		if a := s.Send(t, shop, []string{hanako}, mail); strings.HasSuffix(a, "released") {
			t.Errorf("%q: answer %q", first, a)
		}
	}
}

// What cannot be read within the limits is held or refused, soon.
func TestHostileStructures(t *testing.T) {
	t.Parallel()
	s := start(t, "")
	for name, mail := range map[string]string{
		"zip bomb":             attached("application/zip", "a.zip", zipOf(t, bytes.Repeat([]byte{0}, 200<<20))),
		"zip in zip":           attached("application/zip", "a.zip", nestedZip(t, 30)),
		"ten thousand parts":   multipart(10_000),
		"deep nesting":         nested(500),
		"deep messages":        strings.Repeat("Content-Type: message/rfc822\r\n\r\n", 500) + "x\r\n",
		"ten thousand headers": strings.Repeat("X-A: b\r\n", 100_000) + "\r\nx\r\n",
		"encoded words":        "Subject: " + strings.Repeat("=?utf-8?B?44GC?= ", 50_000) + "\r\n\r\nx\r\n",
		"parameters":           "Content-Type: text/plain" + strings.Repeat("; a*0*=b", 50_000) + "\r\n\r\nx\r\n",
		"entities":             "Content-Type: text/html\r\n\r\n" + strings.Repeat("<div>&#x31;\r\n", 100_000) + "\r\n",
		"boundary of nothing":  "Content-Type: multipart/mixed; boundary=\"\"\r\n\r\n--\r\n\r\nx\r\n----\r\n",
		"addresses":            "To: " + strings.Repeat("a@b.example,\r\n ", 50_000) + "c@d.example\r\n\r\nx\r\n",
		"comments":             "From: " + strings.Repeat("(", 100_000) + "\r\n\r\nx\r\n",
		"broken base64":        attached("application/pdf", "a.pdf", []byte("%PDF-1.7 broken")),
	} {
		began := time.Now()
		a := s.Send(t, shop, []string{hanako}, mail)
		took := time.Since(began)
		t.Logf("%s (%d octets): %s in %v", name, len(mail), a, took.Round(time.Millisecond))
		if took > 10*time.Second {
			t.Errorf("%s took %v", name, took)
		}
		switch {
		case strings.HasPrefix(a, "554 5.6.0 "), strings.HasPrefix(a, "250 ") && strings.Contains(a, " held "):
		case name == "entities" || name == "encoded words" || name == "ten thousand headers" || name == "parameters" || name == "addresses" || name == "comments" || name == "boundary of nothing":
			if !strings.HasPrefix(a, "250 ") { // readable after all: then it was read
				t.Errorf("%s: answer %q", name, a)
			}
		default:
			t.Errorf("%s passed: %q", name, a)
		}
	}
	list, err := s.Client.Held(t.Context(), client.Selection{Rule: "unreadable"})
	if err != nil || len(list) == 0 {
		t.Errorf("nothing is held as unreadable: %v", err)
	}
}

func attached(kind, name string, data []byte) string {
	return fmt.Sprintf("MIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n\r\nhello\r\n--b\r\nContent-Type: %s\r\n"+
		"Content-Disposition: attachment; filename=%q\r\nContent-Transfer-Encoding: base64\r\n\r\n%s\r\n--b--\r\n", kind, name, wrap(data))
}

// wrap is base64 in lines.
func wrap(data []byte) string {
	text := base64.StdEncoding.EncodeToString(data)
	var b strings.Builder
	for len(text) > 76 {
		b.WriteString(text[:76] + "\r\n")
		text = text[76:]
	}
	return b.String() + text
}

func zipOf(t *testing.T, data []byte) []byte {
	t.Helper()
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	w, err := z.Create("a.csv")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := io.Copy(w, bytes.NewReader(data)); err != nil {
		t.Fatal(err)
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func nestedZip(t *testing.T, depth int) []byte {
	t.Helper()
	data := []byte("090-1111-2222")
	for range depth {
		var b bytes.Buffer
		z := zip.NewWriter(&b)
		w, err := z.Create("a.zip")
		if err != nil {
			t.Fatal(err)
		}
		if _, err := w.Write(data); err != nil {
			t.Fatal(err)
		}
		if err := z.Close(); err != nil {
			t.Fatal(err)
		}
		data = b.Bytes()
	}
	return data
}

func multipart(parts int) string {
	return "Content-Type: multipart/mixed; boundary=b\r\n\r\n" + strings.Repeat("--b\r\nContent-Type: text/plain\r\n\r\nx\r\n", parts) + "--b--\r\n"
}

func nested(depth int) string {
	var b strings.Builder
	for i := range depth {
		fmt.Fprintf(&b, "Content-Type: multipart/mixed; boundary=b%d\r\n\r\n--b%d\r\n", i, i)
	}
	b.WriteString("\r\nx\r\n")
	for i := depth - 1; i >= 0; i-- {
		fmt.Fprintf(&b, "--b%d--\r\n", i)
	}
	return b.String()
}
