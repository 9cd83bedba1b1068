package e2e

import (
	"bytes"
	"encoding/base64"
	"fmt"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/kakitome/kakitome/client"
	"github.com/kakitome/kakitome/internal/kakitest"
)

// One mail of each odd but lawful form arrives as it was.
func TestLawfulMailArrivesAsItWas(t *testing.T) {
	t.Parallel()
	s := start(t, "")
	attachment := base64.StdEncoding.EncodeToString(bytes.Repeat([]byte{0, 1, 2, 255}, 300))
	for name, mail := range map[string]string{
		"empty":          "",
		"empty line":     "\r\n",
		"headers only":   "Subject: x\r\nFrom: <shop@shop.example>\r\n",
		"no header":      "\r\nno header at all\r\n",
		"8 bit":          plain("8bit") + "ｶﾅ 漢字 ①\r\n",
		"shift_jis":      "Content-Type: text/plain; charset=Shift_JIS\r\n\r\n\x83\x65\x83\x58\x83\x67\r\n",
		"no charset":     "Subject: x\r\n\r\n\xff\xfe\xfd\r\n",
		"dots":           plain("dots") + ".\r\n..\r\n...\r\n.a\r\n",
		"long line":      plain("long") + strings.Repeat("x", 100_000) + "\r\n",
		"bcc":            plain("bcc", "Bcc: <archive@shop.example>"),
		"odd spacing":    "subject:x\r\nX-A : b\r\nX-B:\r\n\tc\r\n \r\nX-C:  d  \r\n\r\nbody\r\n\r\n\r\n",
		"no line header": "not a header\r\nSubject: x\r\n\r\nbody\r\n",
		"attachment": "MIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n\r\nhello\r\n" +
			"--b\r\nContent-Type: text/csv; name=a.csv\r\nContent-Transfer-Encoding: base64\r\n\r\n" + attachment + "\r\n--b--\r\n",
		"unclosed multipart": "MIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n\r\nhello\r\n",
		"no newline end":     "Subject: x\r\n\r\nbody",
	} {
		to := strings.ReplaceAll(name, " ", "-") + "@example.jp"
		wantArrives(t, s, to, mail)
	}
}

// wantArrives sends a mail, releases it where it is held, and checks that it
// arrives byte for byte. A content without a line end at its end gets one
// (RFC 5321 §4.1.1.4), from the client.
func wantArrives(t testing.TB, s *kakitest.Server, to, mail string) {
	t.Helper()
	if mail != "" && !strings.HasSuffix(mail, "\r\n") {
		mail += "\r\n"
	}
	answer := s.Send(t, shop, []string{to}, mail)
	if !strings.HasPrefix(answer, "250 2.0.0 ") {
		t.Fatalf("%s: answer %q", to, answer)
	}
	if strings.Contains(answer, " held ") {
		got, err := s.Client.Release(t.Context(), client.Decision{
			Selection: client.Selection{IDs: []string{kakitest.MailID(t, answer) + ".1"}}, Reason: "test",
		})
		if err != nil || got.Done != 1 {
			t.Fatalf("%s: release: %+v %v", to, got, err)
		}
	}
	kakitest.Eventually(t, to+" gets the mail", func() bool { return len(s.Relay.To(to)) > 0 })
	if got := s.Relay.To(to)[0].Sent(t); string(got) != mail {
		t.Fatalf("%s: arrived otherwise than sent\n got %.3000q\nwant %.3000q", to, got, mail)
	}
}

// Random mails: any lines of any octets but CR, LF and NUL.
func TestAnyMailArrivesAsItWas(t *testing.T) {
	t.Parallel()
	s := start(t, "")
	n := 0
	octets := rapid.Map(rapid.SliceOfN(rapid.Byte(), 0, 200), func(b []byte) string {
		return string(bytes.Map(func(r rune) rune { return r }, bytes.ReplaceAll(bytes.ReplaceAll(bytes.ReplaceAll(b,
			[]byte("\r"), nil), []byte("\n"), nil), []byte("\x00"), nil)))
	})
	field := rapid.SampledFrom([]string{
		"Subject: =?utf-8?B?44GC?=", "From: a@b", "Content-Type: text/html", "Content-Type: multipart/mixed; boundary=\"x\"",
		"Content-Transfer-Encoding: base64", "Content-Transfer-Encoding: quoted-printable", "To: undisclosed-recipients:;",
		"X-Kakitomex: stays", " continued", "\tcontinued", "Kakitome: stays", "Received: from x", "Bcc: <a@example.jp>",
	})
	line := rapid.OneOf(octets, field, rapid.SampledFrom([]string{"", ".", "..", "--x", "--x--", "=00", "From here"}))
	rapid.Check(t, func(rt *rapid.T) {
		lines := append(rapid.SliceOfN(field, 0, 5).Draw(rt, "header"), "")
		lines = append(lines, rapid.SliceOfN(line, 0, 20).Draw(rt, "body")...)
		n++
		wantArrives(t, s, fmt.Sprintf("r%d@example.jp", n), strings.Join(lines, "\r\n")+"\r\n")
	})
}

// Envelope parameters are kept and passed on.
func TestEnvelopeIsPassedOn(t *testing.T) {
	t.Parallel()
	s := start(t, "")
	c := s.Dial(t)
	for _, want := range []string{"PIPELINING", "8BITMIME", "SMTPUTF8", "SIZE 52428800", "DSN"} {
		if !strings.Contains(c.Offers, want) {
			t.Errorf("%s is not offered: %s", want, c.Offers)
		}
	}
	if a := c.Command("MAIL FROM:<注文@例示.example> SMTPUTF8 BODY=8BITMIME RET=FULL ENVID=a+2Bb"); !strings.HasPrefix(a, "250") {
		t.Fatal(a)
	}
	if a := c.Command("RCPT TO:<山田@例示.example> NOTIFY=SUCCESS,DELAY ORCPT=rfc822;taro+2B1@example.jp"); !strings.HasPrefix(a, "250") {
		t.Fatal(a)
	}
	c.Command("DATA")
	c.Write(plain("utf8") + ".\r\n")
	wantAnswer(t, c.Reply(), "250 ", "released")
	m := s.Relay.Await(t, 1)[0]
	if m.From != "注文@例示.example" || m.To[0] != "山田@例示.example" || !m.Options.UTF8 || m.Options.Body != "8BITMIME" ||
		m.Options.Return != "FULL" || m.Options.EnvelopeID != "a+b" {
		t.Errorf("mail %+v", m)
	}
	if r := m.Rcpt[0]; len(r.Notify) != 2 || r.OriginalRecipient != "taro+1@example.jp" {
		t.Errorf("recipient %+v", r)
	}
	if !strings.Contains(string(m.Data[:200]), "with UTF8SMTP id") {
		t.Errorf("trace %q", m.Data[:200])
	}
}

// A mail as large as allowed is relayed as it was, one octet more is refused.
func TestLargestMail(t *testing.T) {
	if testing.Short() {
		t.Skip("sends 50 MiB")
	}
	s := start(t, "")
	const limit = 50 << 20
	head := "MIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\nContent-Type: text/plain\r\n\r\nhello\r\n" +
		"--b\r\nContent-Type: image/png\r\nContent-Disposition: inline\r\nContent-Transfer-Encoding: base64\r\n\r\n"
	tail := "\r\n--b--\r\n"
	lines := strings.Repeat(strings.Repeat("A", 76)+"\r\n", (limit-len(head)-len(tail))/78)
	mail := head + lines + strings.Repeat("A", limit-len(head)-len(tail)-len(lines)) + tail
	if len(mail) != limit {
		t.Fatalf("made %d octets", len(mail))
	}
	began := time.Now()
	wantArrives(t, s, taro, mail)
	t.Logf("50 MiB in and out in %v", time.Since(began))
	c := s.Dial(t)
	if a := c.Send(shop, []string{hanako}, []byte(mail+"x\r\n")); !strings.HasPrefix(a, "552 5.3.4 ") {
		t.Errorf("answer %.200q", a)
	}
	if a := c.Command("MAIL FROM:<%s> SIZE=%d", shop, limit+1); !strings.HasPrefix(a, "552 5.3.4 ") {
		t.Errorf("answer to SIZE %.200q", a)
	}
}

// A thousand recipients have a thousand decisions and get one mail each.
func TestThousandRecipients(t *testing.T) {
	t.Parallel()
	s := start(t, "")
	var to []string
	for i := range 1000 {
		to = append(to, fmt.Sprintf("r%d@example.jp", i))
	}
	mail := plain("many")
	wantAnswer(t, s.Send(t, shop, to, mail), "250 2.0.0 ", " released")
	got := map[string]int{}
	kakitest.Eventually(t, "all get it", func() bool {
		clear(got)
		for _, m := range s.Relay.Mails() {
			for _, r := range m.To {
				got[r]++
			}
		}
		return len(got) == len(to)
	})
	for r, n := range got {
		if n != 1 {
			t.Errorf("%s got it %d times", r, n)
		}
	}
	if a := s.Send(t, shop, append(to, "one-more@example.jp"), mail); !strings.HasPrefix(a, "452 ") {
		t.Errorf("answer to one more %q", a)
	}
}
