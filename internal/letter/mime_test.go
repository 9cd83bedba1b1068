package letter

import (
	"bytes"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/kakitome/kakitome/internal/extract"
	"github.com/kakitome/kakitome/internal/mail"
)

// TestBuild: each letter is read back whole, by the reader of the gateway.
func TestBuild(t *testing.T) {
	t.Parallel()
	for _, k := range Kinds() {
		l := letterTo(t, k, "a@example.jp")
		raw, err := Build(l)
		if err != nil {
			t.Fatal(err)
		}
		again, _ := Build(l)
		if !bytes.Equal(raw, again) {
			t.Errorf("%s: two builds differ", k)
		}
		if dir := os.Getenv("LETTERS"); dir != "" { // to look at in a mail program
			os.WriteFile(dir+"/"+k.String()+".eml", raw, 0o600)
			os.WriteFile(dir+"/"+k.String()+".html", []byte(l.Sheet.HTML), 0o600)
		}
		for line := range bytes.SplitSeq(raw, []byte("\r\n")) {
			if len(line) > 78 || bytes.ContainsAny(line, "\r\n") {
				t.Errorf("%s: line of %d bytes", k, len(line))
			}
		}
		m := mail.Parse(raw, mail.Limits{})
		faults := 0
		m.Walk(func(p *mail.Part, _ []int) error { faults += len(p.Faults); return nil })
		if faults > 0 || m.Root.MediaType != "multipart/alternative" || len(m.Root.Children) != 2 {
			t.Fatalf("%s: %d faults, %s", k, faults, m.Root.MediaType)
		}
		got := map[string]string{}
		for _, f := range m.Root.Fields {
			got[f.Name] = f.Value
		}
		want := map[string]string{
			"From": "例示商店 <oshirase@shop.example>", "Reply-To": "<desk@shop.example>", "To": "<a@example.jp>", "Subject": l.Sheet.Subject,
			"Date": "Wed, 25 Nov 2026 14:58:00 +0900", "Message-ID": "<letter-1.0@shop.example>", "Auto-Submitted": "auto-generated",
			"X-Kakitome-Stream": "incident", "MIME-Version": "1.0", "Content-Language": "ja, en", "Content-Type": got["Content-Type"],
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s: fields (-want +got):\n%s", k, diff)
		}
		if text := m.Root.Children[0].Text; text != l.Sheet.Text {
			t.Errorf("%s: the plain text is not what was written", k)
		}
		if page := m.Root.Children[1].Text; page != l.Sheet.HTML {
			t.Errorf("%s: the page is not what was written", k)
		}
		if err := guard().Clean(raw, "a@example.jp"); err != nil {
			t.Errorf("%s: %v", k, err)
		}
	}
}

// TestBothSaySame: plain text and HTML have the same words.
func TestBothSaySame(t *testing.T) {
	t.Parallel()
	squeeze := strings.NewReplacer(" ", "", "\n", "", "　", "", "・", "", "■", "", between, "")
	for _, k := range Kinds() {
		l := letterTo(t, k, "a@example.jp")
		raw, err := Build(l)
		if err != nil {
			t.Fatal(err)
		}
		said := map[string]string{}
		for _, u := range extract.Read(mail.Parse(raw, mail.Limits{}), extract.Limits{}) {
			for _, r := range u.Runs {
				said[r.Where] += r.Text
			}
		}
		plain, page := squeeze.Replace(said["text/plain"]), squeeze.Replace(said["text/html"])
		ja, en, _ := strings.Cut(l.Sheet.Subject, " / ")
		page = strings.Replace(page, squeeze.Replace(ja), "", 2) // title and heading
		page = strings.Replace(page, squeeze.Replace(en), "", 1)
		if plain != page {
			t.Errorf("%s: plain text and HTML differ:\n%s", k, cmp.Diff(plain, page))
		}
	}
}

// TestBuildAsWritten: addresses that are odd but in use reach the header as they
// are, those of SMTPUTF8 in UTF-8.
func TestBuildAsWritten(t *testing.T) {
	t.Parallel()
	for _, to := range []string{"用户@例え.example", "taro..yamada.@docomo.example", "o'brien+shop@example.jp", "a=b!c@example.jp"} {
		raw, err := Build(letterTo(t, Notice, to))
		if err != nil {
			t.Errorf("%s: %v", to, err)
			continue
		}
		if got := mail.Parse(raw, mail.Limits{}).Root.Get("To"); got != "<"+to+">" {
			t.Errorf("To is %s", got)
		}
		if err := guard().Clean(raw, to); err != nil {
			t.Errorf("%s: %v", to, err)
		}
	}
}

// TestBuildRefuses: nothing breaks out of a field, and there is one recipient.
func TestBuildRefuses(t *testing.T) {
	t.Parallel()
	for name, spoil := range map[string]func(*Letter){
		"two recipients":      func(l *Letter) { l.To = "a@example.jp,b@example.jp" },
		"no recipient":        func(l *Letter) { l.To = "" },
		"name beside it":      func(l *Letter) { l.To = "A <a@example.jp>" },
		"line break in To":    func(l *Letter) { l.To = "a@example.jp\r\nBcc: b@example.jp" },
		"line break in name":  func(l *Letter) { l.FromName = "x\nBcc: b@example.jp" },
		"line break, subject": func(l *Letter) { l.Sheet.Subject = "x\r\n\r\ny" },
		"message id":          func(l *Letter) { l.MessageID = "a b@c" },
		"no date":             func(l *Letter) { l.Date = time.Time{} },
		"no text":             func(l *Letter) { l.Sheet.Text = "" },
		"reply to":            func(l *Letter) { l.ReplyTo = "@" },
	} {
		l := letterTo(t, Deletion, "a@example.jp")
		spoil(&l)
		if _, err := Build(l); err == nil {
			t.Errorf("%s: built", name)
		}
	}
}

// TestEncodedWords: any text comes back from encoded words, in lines that are short
// enough.
func TestEncodedWords(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		want := rapid.StringMatching(`[a-z例示商店のお知らせ髙🌸 ]{1,200}`).Draw(t, "subject")
		enc := words(want)
		for line := range strings.SplitSeq("Subject: "+enc, "\r\n") {
			if len(line) > lineBytes {
				t.Fatalf("line of %d bytes", len(line))
			}
		}
		m := mail.Parse([]byte("Subject: "+enc+"\r\n\r\n"), mail.Limits{})
		if got := m.Root.Get("Subject"); strings.TrimSpace(got) != strings.TrimSpace(want) {
			t.Fatalf("got %q, want %q", got, want)
		}
	})
}
