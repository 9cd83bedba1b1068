package check_test

import (
	"fmt"
	"strings"
	"testing"
	"unicode"

	"github.com/kakitome/kakitome/internal/check"
	"github.com/kakitome/kakitome/internal/jp"
	"github.com/kakitome/kakitome/internal/mail"
	"github.com/kakitome/kakitome/internal/policy"
)

// TestWords: every reason of every rule has words in both languages, and none
// shows how it was made.
func TestWords(t *testing.T) {
	t.Parallel()
	who := check.Key{1}
	e := &check.Examined{
		Stream: &policy.Stream{Name: "order"}, Recipients: []check.Recipient{{Address: "r@example.jp"}},
		People: map[check.Key]check.Person{who: {ID: "M-1"}},
	}
	kinds := []jp.Kind{jp.Name, jp.Phone}
	reasons := map[check.Rule][]check.Reason{
		check.Ownership:         {{Person: who, Kinds: kinds}, {Person: who, Kinds: kinds, Detail: "mentions"}, {Person: who, Kinds: kinds[:1], Detail: "slipped", Count: 1}, {Kinds: kinds[:1], Detail: "slipped"}, {Person: check.Key{2}, Kinds: kinds}, {Count: 3}},
		check.VisibleRecipients: {{Person: who, Kinds: kinds[:1], Where: "header To"}, {Kinds: kinds[:1], Where: "header Cc"}, {Count: 3}},
		check.FanOut:            {{Person: who, Ident: who, Kinds: kinds[1:], Count: 2, Limit: 1}, {Ident: who, Kinds: kinds[1:], Detail: "blocked"}, {Count: 3}},
		check.FanIn:             {{Kinds: kinds[:1], Count: 12, Limit: 10, Detail: "list"}, {Ident: who, Kinds: kinds[:1], Count: 4, Limit: 3}, {Person: who, Kinds: kinds, Count: 4, Limit: 3}, {Ident: who, Kinds: kinds[1:], Count: 4, Limit: 3}},
		check.NewAddress:        {{Person: who, Kinds: kinds}},
		check.GrowingRecipients: {{Detail: "as judged at first"}, {Detail: "recipients", Count: 3}, {Detail: "attachments", Count: 3}},
		check.Unreadable:        {{Where: "attachment a.pdf", Detail: "format not read"}, {Where: "attachment a.xlsx/sheet 名簿 line 3", Detail: "broken document"}, {Where: "attachment a.pdf page 2", Detail: "image"}, {Where: "zip a.zip/b.pdf form field", Detail: "no charset reads this cleanly"}, {Where: "attachment winmail.dat RTF body", Detail: "broken file"}, {Where: "text/plain", Detail: "what nobody said before"}, {Count: 2}},
		check.Template:          {{Where: "text/plain line 3", Detail: "{{…}}", Count: 1}},
		check.Replay:            {{Detail: "as judged at first"}, {Detail: "old"}, {Detail: "repeated", Count: 4, Limit: 3}},
		check.Canary:            {{Person: who, Kinds: kinds}},
		check.Breaker:           {{}},
		check.Stale:             {{}},
	}
	seen := map[string]bool{}
	for _, rule := range check.Rules() {
		if len(reasons[rule]) == 0 {
			t.Errorf("no reasons for %s", rule)
		}
		for _, r := range reasons[rule] {
			r.Rule = rule
			doc := check.Explain(e, &check.Verdict{Recipients: []check.Decision{{Hold: true, Reasons: []check.Reason{r}}}}, nil)
			got := doc.Recipients[0].Reasons[0]
			for _, text := range []string{got.Text, got.TextJa} {
				if text == "" || text == string(rule) || strings.Contains(text, "%!") || strings.Contains(text, "  ") || strings.Contains(text, "()") || strings.Contains(text, "（）") {
					t.Errorf("%s %+v: %q", rule, r, text)
				}
				if seen[text] && r.Detail != "what nobody said before" {
					t.Errorf("%s says the same twice: %q", rule, text)
				}
				seen[text] = true
			}
			if !strings.ContainsFunc(got.TextJa, func(r rune) bool { return unicode.Is(unicode.Hiragana, r) }) || strings.ContainsFunc(got.Text, func(r rune) bool { return unicode.Is(unicode.Hiragana, r) }) {
				t.Errorf("%s: languages are mixed up: %q, %q", rule, got.Text, got.TextJa)
			}
			t.Logf("%s\n\t%s\n\t%s", rule, got.Text, got.TextJa)
		}
	}
}

// TestNoValues: an explanation without values holds none, wherever in the mail
// they stood: in text, in file names, in half-filled merge fields.
func TestNoValues(t *testing.T) {
	t.Parallel()
	values := []item{
		{jp.Email, "taro@example.net"}, {jp.Phone, "090-1111-2200"}, {jp.Name, "山田太郎"}, {jp.Address, "東京都千代田区丸の内1-2-3"},
		{jp.MemberNo, "K100001"}, {jp.Birthday, "1970-01-02"}, {jp.OrderNo, "KK-00000001"},
	}
	w := &town{people: [][]item{values, {{jp.Email, "r@example.org"}, {jp.Name, "佐藤花子"}}}}
	o := newOffice(t, w, orders(func(s *policy.Stream) { s.FanIn = 0 }))
	for _, v := range values {
		raw := strings.ReplaceAll(fmt.Sprintf(`From: shop@shop.example
To: r@example.org, %[1]s <x@example.com>
Subject: %[1]s
MIME-Version: 1.0
Content-Type: multipart/mixed; boundary=b

--b
Content-Type: text/plain; charset=utf-8

%[1]s
{{%[1]s}}
--b
Content-Type: text/csv; charset=utf-8
Content-Disposition: attachment; filename="請求書_%[1]s様.csv"

番号,%[1]s
--b
Content-Type: text/plain
Content-Disposition: attachment; filename="控え_%[1]s様.txt"

控え
--b
Content-Type: application/pdf
Content-Disposition: attachment; filename="%[1]s.pdf"

%%PDF-1.4
--b--
`, v.text), "\n", "\r\n")
		e := o.read(mail.Envelope{Recipients: []mail.Recipient{{Address: "r@example.org"}, {Address: "new@example.com"}}}, raw)
		doc := check.Explain(e, check.Decide(e, o.counts), nil)
		if len(doc.Recipients[0].Reasons) < 3 || len(doc.Findings) == 0 || len(doc.Remarks) == 0 {
			t.Fatalf("%s: too few reasons: %+v", v.kind, doc)
		}
		if text := fmt.Sprintf("%+v", doc); strings.Contains(text, v.text) {
			t.Errorf("%s stands in the explanation:\n%s", v.kind, text)
		}
		shown := check.Explain(e, check.Decide(e, o.counts), func(f *check.Finding) string { return f.Value })
		if !strings.Contains(fmt.Sprintf("%+v", shown.Findings), v.text) {
			t.Errorf("%s is not shown when asked for", v.kind)
		}
	}
}
