package corpus

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/kakitome/kakitome/internal/extract"
	"github.com/kakitome/kakitome/internal/jp"
	"github.com/kakitome/kakitome/internal/mail"
)

// storyOf is a story to be told in tests.
func storyOf(seed uint64) *Story {
	shop := New(Options{Seed: seed, People: 5000})
	return &Story{shop: shop, kind: &Kind{Name: "test"}, at: begin(), rng: rand.New(rand.NewPCG(seed, 1))} //nolint:gosec // made-up mail
}

// readable is all folded text and all tokens of a mail, and what nobody could
// read of it.
func readable(raw []byte) (text string, tokens map[string]bool, unread []extract.Unread) {
	tokens = map[string]bool{}
	for _, u := range extract.Read(mail.Parse(raw, mail.Limits{}), extract.Limits{}) {
		for _, run := range u.Runs {
			folded := jp.FoldText(run.Text)
			text += folded.String(0, folded.Len()) + "\n"
			for _, tok := range folded.Tokens() {
				tokens[tok.Normal] = true
			}
		}
		unread = append(unread, slices.DeleteFunc(u.Unread, func(n extract.Unread) bool { return n.Inline })...)
	}
	return text, tokens, unread
}

// TestEveryLookCanBeRead writes one mail in every look and finds the values in
// what the reader of the gateway sees.
func TestEveryLookCanBeRead(t *testing.T) {
	t.Parallel()
	s := storyOf(1)
	for _, charset := range []string{"utf-8", "iso-2022-jp", "shift_jis", "euc-jp"} {
		for _, encoding := range []string{"7bit", "8bit", "base64", "quoted-printable"} {
			if encoding == "7bit" && charset != "iso-2022-jp" {
				continue
			}
			for _, shape := range []string{"plain", "alternative", "html", "related", "nested"} {
				for _, label := range append(slices.Clone(labels[charset]), "") {
					l := s.look()
					l.Charset, l.Encoding, l.Shape, l.Label = charset, encoding, shape, label
					mustBeRead(t, s, l)
				}
			}
		}
	}
}

func TestEveryMarkupCanBeRead(t *testing.T) {
	t.Parallel()
	s := storyOf(2)
	for _, skin := range []string{"p", "br", "table", "pre", "dl", "letter"} {
		for _, trick := range []string{"none", "entities", "spans", "shy"} {
			for _, line := range []bool{false, true} {
				mustBeRead(t, s, Look{Charset: "utf-8", Encoding: "base64", Shape: "html", Markup: Markup{skin, trick, line}})
			}
		}
	}
}

func mustBeRead(t *testing.T, s *Story, l Look) {
	t.Helper()
	c := s.member()
	s.mails = nil
	s.send(Draft{To: []*Customer{c}, Greet: c.Name() + " 様", Subject: c.Name() + " 様のご注文", Look: &l, Files: []File{textFile(c.Name()+"様の控え.txt", "控え\n", "cp932")},
		Text: fmt.Sprintf("%s 様\n郵便番号：〒%s\n住所：%s\n電話番号：%s\nメール：%s\nよみ：%s\n", c.Name(), c.PostalCode, c.Address(), c.Mobile, c.Email, c.Kana())})
	raw := s.mails[0].Raw
	text, tokens, unread := readable(raw)
	if len(unread) > 0 {
		t.Fatalf("%+v: unread: %v", l, unread)
	}
	for kind, value := range map[jp.Kind]string{jp.Phone: c.Mobile, jp.Email: c.Email, jp.PostalCode: c.PostalCode} {
		if n, err := jp.Normal(kind, value); err != nil || !tokens[n] {
			t.Fatalf("%+v: the %s is not found in\n%s", l, kind, raw)
		}
	}
	for kind, value := range map[jp.Kind]string{jp.Name: c.Name(), jp.NameKana: c.Kana(), jp.Address: c.Address()} {
		if !slices.ContainsFunc(jp.Forms(kind, value), func(f string) bool { return strings.Contains(text, f) }) {
			t.Fatalf("%+v: the %s is not found in\n%s\n%s", l, kind, raw, text)
		}
	}
	places := 0
	for _, f := range jp.Forms(jp.Name, c.Name()) {
		places = max(places, strings.Count(text, f))
	}
	if places < 3 { // the text, the subject, the file's name
		t.Fatalf("%+v: the name is in %d places, not in all of\n%s", l, places, raw)
	}
}
