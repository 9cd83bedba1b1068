package e2e

import (
	"bytes"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/emersion/go-smtp"

	"github.com/kakitome/kakitome/internal/kakitest"
)

// receiptYAML has a stream whose mails carry receipt codes and which lets wrong
// mail go.
const receiptYAML = `company: {name: 例示商店}
incident: {from: privacy@shop.example}
streams:
  - {name: order, mode: observe, receipt: true, purpose: 注文確認}
  - {name: news, purpose: お知らせ}
`

const orderStream = "X-Kakitome-Stream: order"

var codeField = regexp.MustCompile(`^Receipt-Code: ([0-9A-HJKMNP-TV-Z]{4}(?:-[0-9A-HJKMNP-TV-Z]{4}){3})\r\n`)

// receipt is the code of a mail, and the content as its sender gave it.
func receipt(t *testing.T, m kakitest.Mail) (code, content string) {
	t.Helper()
	sent := string(m.Sent(t))
	found := codeField.FindStringSubmatch(sent)
	if found == nil {
		t.Fatalf("no receipt code below the trace field: %.300q", sent)
	}
	return found[1], sent[len(found[0]):]
}

// asGiven is a mail without the field that names its stream, which is
// Kakitome's own.
func asGiven(mail string) string { return strings.Replace(mail, orderStream+"\r\n", "", 1) }

// TestReceiptCodes: in a stream that asks for it every recipient gets a copy
// with a code of its own, otherwise byte for byte. The verify page knows each
// code together with its own address only.
func TestReceiptCodes(t *testing.T) {
	t.Parallel()
	s := start(t, receiptYAML)
	mail := plain("shared", orderStream)
	wantAnswer(t, s.Send(t, shop, []string{taro, hanako, jiro}, mail), "250 2.0.0 ", " released")
	wantAnswer(t, s.Send(t, shop, []string{taro, hanako}, plain("news", "X-Kakitome-Stream: news")), "250 2.0.0 ", " released")
	codes := map[string]string{}
	for _, m := range s.Relay.Await(t, 4) {
		if len(m.To) > 1 {
			if bytes.Contains(m.Data, []byte("Receipt-Code")) {
				t.Errorf("a code in a stream that asks for none: %v", m)
			}
			continue
		}
		code, content := receipt(t, m)
		if content != asGiven(mail) {
			t.Errorf("%s got otherwise than sent:\n%q\n%q", m.To[0], content, asGiven(mail))
		}
		codes[m.To[0]] = code
	}
	if len(codes) != 3 || codes[taro] == codes[hanako] || codes[hanako] == codes[jiro] || codes[jiro] == codes[taro] {
		t.Fatalf("codes %v", codes)
	}
	ours := func(to string) bool {
		return strings.Contains(page(t, s, "/ja/verify", "code", codes[to], "address", to), "お客様宛てにお送りしたメールです")
	}
	for to := range codes {
		kakitest.Eventually(t, "the mail is known as sent", func() bool { return ours(to) })
	}
	wantIn(t, page(t, s, "/ja/verify", "code", codes[taro], "address", "ＴＡＲＯ@example.jp"), "お客様宛てにお送りしたメールです", "注文確認")
	refused := page(t, s, "/ja/verify", "code", codes[taro], "address", hanako)
	wantIn(t, refused, "当社の記録にはありません")
	if other := page(t, s, "/ja/verify", "code", "0000-0000-0000-0000", "address", "nobody@example.com"); other != refused {
		t.Error("another's code and an unknown code are answered differently")
	}
}

// TestReceiptCodeStays: a copy that was refused for a while has the same code at
// the next try, also when the program was started anew in between, and a
// recipient's refusal does not touch the others.
func TestReceiptCodeStays(t *testing.T) {
	t.Parallel()
	dir, relay := t.TempDir(), kakitest.NewRelay(t)
	s := kakitest.StartIn(t, dir, relay, receiptYAML)
	seen := make(chan string, 64)
	relay.Refuse(nil, func(m kakitest.Mail, _ string) *smtp.SMTPError {
		if m.To[0] != hanako {
			return nil
		}
		seen <- string(m.Data)
		return &smtp.SMTPError{Code: 451, EnhancedCode: smtp.EnhancedCode{4, 3, 0}, Message: "later"}
	})
	wantAnswer(t, s.Send(t, shop, []string{taro, hanako}, plain("late", orderStream)), "250 2.0.0 ", " released")
	first := <-seen
	if got := relay.Await(t, 1); got[0].To[0] != taro {
		t.Fatalf("%v", got)
	}
	s.Stop(t)
	relay.Refuse(nil, nil)
	again := kakitest.StartIn(t, dir, relay, receiptYAML)
	again.Clock.Forward(2 * time.Hour)
	last := relay.Await(t, 2)[1]
	if string(last.Data) != first {
		t.Errorf("the second try differs:\n%q\n%q", last.Data, first)
	}
	code, _ := receipt(t, last)
	kakitest.Eventually(t, "the mail is known as sent", func() bool {
		return strings.Contains(page(t, again, "/ja/verify", "code", code, "address", hanako), "お客様宛てにお送りしたメールです")
	})
}
