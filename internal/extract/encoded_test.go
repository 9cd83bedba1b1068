package extract

import (
	"encoding/base64"
	"strings"
	"testing"

	"github.com/kakitome/kakitome/internal/mail"
)

// TestUuencode: files written into the text are read as files, and what is no
// whole file keeps the text from passing.
func TestUuencode(t *testing.T) {
	t.Parallel()
	const (
		csv  = "begin 644 注文.csv\n.Y+V0Z)>DZ(JQY:V0+#\n \nend\n" // trailing spaces cut
		b64  = "begin-base64 644 a.csv\n5L2Q6Jek\n====\n"
		want = "  text/plain/注文.csv "
	)
	for _, c := range []struct {
		name, text string
		want       []string // after the text
	}{
		{"a file", "x\n" + csv + "y\n", []string{want + "file name: 注文.csv", want + "line 1: 佐藤花子,0"}},
		{"without its spaces", strings.Replace(csv, "\n \n", "\n`\n", 1), []string{want + "file name: 注文.csv", want + "line 1: 佐藤花子,0"}},
		{"two", csv + csv, []string{want + "file name: 注文.csv", want + "line 1: 佐藤花子,0", want + "file name: 注文.csv", want + "line 1: 佐藤花子,0"}},
		{"base64", "begin-base64 644 a.csv\n5L2Q6Jek\n6Iqx5a2Q\n====\n", []string{"  text/plain/a.csv file name: a.csv", "  text/plain/a.csv line 1: 佐藤花子"}},
		{"no end", strings.TrimSuffix(csv, "end\n"), []string{"  unread text/plain (text/plain): holds encoded content"}},
		{"broken", strings.Replace(csv, "V0Z", "V\x7fZ", 1) + "x\n", []string{"  unread text/plain (text/plain): holds encoded content"}},
		{"broken base64", strings.Replace(b64, "5", "!", 1), []string{"  unread text/plain (text/plain): holds encoded content"}},
		{"broken, then whole", strings.Replace(csv, "V0Z", "V\x7fZ", 1) + csv, []string{want + "file name: 注文.csv", want + "line 1: 佐藤花子,0", "  unread text/plain (text/plain): holds encoded content"}},
		{"encrypted beside", csv + "-----BEGIN PGP MESSAGE-----\n", []string{want + "file name: 注文.csv", want + "line 1: 佐藤花子,0", "  unread text/plain (text/plain): encrypted"}},
		{"yEnc", "=ybegin line=128 size=3 name=a.csv\nabc\n=yend size=3\n", []string{"  unread text/plain (text/plain): holds encoded content"}},
		{"no file", "begin with 644\nbegin 9 x\nend\n", nil},
	} {
		units := read(leaf("text/plain", c.text))
		runs, said := units[0].Runs, []string(nil)
		lines := strings.Split(strings.TrimSuffix(show(units), "\n"), "\n")[1:]
		for i, line := range lines {
			if i >= len(runs) || runs[i].Text != c.text {
				said = append(said, line)
			}
		}
		if got, want := strings.Join(said, "\n"), strings.Join(c.want, "\n"); got != want {
			t.Errorf("%s: got:\n%s\nwant:\n%s", c.name, got, want)
		}
	}
	deep := csv
	for range 4 {
		deep = "begin-base64 644 a.txt\n" + base64.StdEncoding.EncodeToString([]byte(deep)) + "\n====\n"
	}
	if got := show(read(leaf("text/plain", deep))); strings.Contains(got, "花子") || !strings.Contains(got, "nested too deep") {
		t.Error(got)
	}
}

// TestMailbox: every mail of a mailbox is a mail of its own.
func TestMailbox(t *testing.T) {
	t.Parallel()
	const one = "From hanako@example.net Mon Nov  2 10:00:00 2026\r\nFrom: a@example.jp\r\nSubject: =?UTF-8?B?5L2Q6Jek?=\r\n\r\n佐藤花子様\r\n\r\nFrom now on\r\n\r\n"
	const two = "From MAILER-DAEMON\r\nTo: b@example.jp\r\nSubject: x\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: base64\r\n\r\n5bGx55Sw\r\n"
	const a = "  attachment a.mbox"
	want := []string{
		"body", "  subject: outer", "  header To: Taro <taro@example.jp>", "  text/plain line 1: x",
		"attachment a.mbox", "  file name: a.mbox", a + " line 1: From hanako@example.net Mon Nov  2 10:00:00 2026", a + " line 1: From MAILER-DAEMON",
		"enclosed", a + "/1/header From: a@example.jp", a + "/1/subject: 佐藤", a + "/1/text/plain line 1: 佐藤花子様||From now on||",
		"enclosed", a + "/2/header To: b@example.jp", a + "/2/subject: x", a + "/2/text/plain line 1: 山田",
	}
	for _, mediaType := range []string{"application/mbox", "application/octet-stream", "text/plain"} {
		check(t, Read(mail.Parse([]byte(eml("outer", "x", "a.mbox", mediaType, one+two)), mail.Limits{}), Limits{}), want...)
	}
	got := show(read(attached("application/octet-stream", "a.dat", one+two)))
	if strings.Count(got, "enclosed\n") != 2 {
		t.Errorf("by its look:\n%s", got)
	}
	got = show(Read(messageOf(attached("application/mbox", "a.mbox", one+two)), Limits{Entries: 1}))
	if !strings.Contains(got, "unread attachment a.mbox (application/mbox): too many files in archives") {
		t.Error(got)
	}
	got = show(read(attached("application/mbox", "a.mbox", "山田")))
	if !strings.Contains(got, "/1/text/plain line 1: 山田") {
		t.Errorf("no mailbox:\n%s", got)
	}
}
