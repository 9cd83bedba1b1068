package e2e

import (
	"bytes"
	"fmt"
	"io"
	"net/http"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/emersion/go-smtp"

	"github.com/kakitome/kakitome/client"
	"github.com/kakitome/kakitome/internal/auth"
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

// TestReceiptOfWrongMail: the code of a mail that was sent by mistake says so to
// whoever got it, and leads to the announcement once there is one. Neither the
// person whose data it was nor anybody else learns anything from it. Meanwhile
// the metrics count what is open and what was asked, and name nobody.
func TestReceiptOfWrongMail(t *testing.T) {
	t.Parallel()
	hash, err := auth.Hash("correct horse")
	if err != nil {
		t.Fatal(err)
	}
	s := start(t, strings.Replace(receiptYAML, "{from: privacy@shop.example}", fmt.Sprintf("\n  from: privacy@shop.example\n  staff: [{name: hana, hash: %q}, {name: ken, hash: %q}]", hash, hash), 1))
	hana, ken := s.Client.As("hana", "correct horse"), s.Client.As("ken", "correct horse")
	wantAnswer(t, s.Send(t, shop, []string{taro, hanako}, letter("wrong", aboutTaro, orderStream)), "250 2.0.0 ", " released")
	s.Relay.Await(t, 2)
	right, _ := receipt(t, s.Relay.To(taro)[0])
	wrong, _ := receipt(t, s.Relay.To(hanako)[0])
	verify := func(code, address string) string {
		return page(t, s, "/ja/verify", "code", code, "address", address)
	}
	const mistaken = "誤ってお客様にお送りした"
	kakitest.Eventually(t, "the wrong mail is known as sent", func() bool { return strings.Contains(verify(wrong, hanako), mistaken) })
	wantIn(t, verify(right, taro), "お客様宛てにお送りしたメールです")
	for _, address := range []string{taro, jiro} {
		if got := verify(wrong, address); !strings.Contains(got, "当社の記録にはありません") || strings.Contains(got, mistaken) {
			t.Errorf("the code of another's mail, with %s:\n%s", address, got)
		}
	}
	if strings.Contains(verify(wrong, hanako), "/ja/notices/") {
		t.Error("it leads to an announcement that is not there")
	}

	said := []string{"address", hanako, "code", wrong, "deleted", "yes", "opened", "no", "passed", "no", "device", "pc"}
	wantIn(t, page(t, s, "/ja/confirm", said...), "ご回答を記録しました")
	said[3] = right
	wantIn(t, page(t, s, "/ja/confirm", said...), "お手紙を確認できませんでした") // another's code
	said[1] = taro
	wantIn(t, page(t, s, "/ja/confirm", said...), "お手紙を確認できませんでした") // nothing is wrong with it
	inquiries, err := s.Client.Inquiries(t.Context(), time.Time{})
	if err != nil || len(inquiries) != 1 || inquiries[0].Kind != "deletion" || !strings.Contains(inquiries[0].Text, hanako) {
		t.Errorf("inquiries %+v, %v", inquiries, err)
	}

	act := func(who *client.Client, id, what string, a client.IncidentAct) {
		t.Helper()
		if _, err := who.Act(t.Context(), id, what, a); err != nil {
			t.Fatalf("%s: %v", what, err)
		}
	}
	in, err := hana.OpenIncident(t.Context(), client.OpenIncident{Source: "clerk", Title: "注文確認メールの誤送信", Selections: client.Selections{Stream: "order"}})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := hana.Scope(t.Context(), in.ID); err != nil {
		t.Fatal(err)
	}
	act(hana, in.ID, "fact", client.IncidentAct{Facts: map[string]string{"title_en": "Order confirmations sent to wrong recipients"}})
	drafted, err := hana.DraftPage(t.Context(), in.ID, client.IncidentAct{})
	if err != nil {
		t.Fatal(err)
	}
	act(hana, in.ID, "phoned", client.IncidentAct{Person: "M-1", Text: "told"})
	act(ken, in.ID, "approve", client.IncidentAct{Object: fmt.Sprintf("page %d", drafted.Version)})
	act(hana, in.ID, "publish", client.IncidentAct{})
	wantIn(t, verify(wrong, hanako), mistaken, "/ja/notices/"+in.ID)
	if strings.Contains(verify(right, taro), "/ja/notices/"+in.ID+`"`) {
		t.Error("a mail that was right leads to the announcement")
	}

	page(t, s, "/ja/affected", "address", taro)
	page(t, s, "/en/question", "text", "was it me?")
	kakitest.Eventually(t, "the metrics count it", func() bool {
		text := metricsOf(t, s)
		for _, want := range []string{`kakitome_public_asked_total{what="self_check"} 1`, `kakitome_public_asked_total{what="question"} 1`,
			`kakitome_open_incidents{state="found"} 1`, `kakitome_letters{state="bounced"} 0`} {
			if !strings.Contains(text, "\n"+want+"\n") {
				return false
			}
		}
		for _, private := range []string{"example.jp", "M-1", in.ID, "was it me"} {
			if strings.Contains(text, private) {
				t.Fatalf("the metrics name %q", private)
			}
		}
		return true
	})
}

func metricsOf(t *testing.T, s *kakitest.Server) string {
	t.Helper()
	resp, err := http.Get("http://" + s.App.AdminAddr() + "/metrics") //nolint:noctx // loopback
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	b, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

// TestReceiptOfReleasedMail: what a rule held and a person let go is meant for its
// recipient: the rule was wrong. It is a mistake once an incident is about it.
func TestReceiptOfReleasedMail(t *testing.T) {
	t.Parallel()
	s := start(t, strings.Replace(receiptYAML, "mode: observe, ", "", 1))
	wantAnswer(t, s.Send(t, shop, []string{hanako}, letter("gift", aboutTaro, orderStream)), "250 2.0.0 ", " held (1 of 1 recipients)")
	if done, err := s.Client.Release(t.Context(), client.Decision{Selection: client.Selection{IDs: heldIDs(t, s)}, Reason: "a gift"}); err != nil || done.Done != 1 {
		t.Fatalf("release: %+v, %v", done, err)
	}
	code, _ := receipt(t, s.Relay.Await(t, 1)[0])
	says := func(words string) func() bool {
		return func() bool {
			return strings.Contains(page(t, s, "/ja/verify", "code", code, "address", hanako), words)
		}
	}
	kakitest.Eventually(t, "the mail is known as sent", says("お客様宛てにお送りしたメールです"))
	if _, err := s.Client.OpenIncident(t.Context(), client.OpenIncident{Source: "clerk", Selections: client.Selections{Person: "M-1"}}); err != nil {
		t.Fatal(err)
	}
	if !says("誤ってお客様にお送りした")() {
		t.Error("an incident is about it, and it is said to be meant for its recipient")
	}
}

// TestReceiptThroughPostfix: a real mail system between the gateway and the
// mailbox leaves the code where it is, and the mail the company's.
func TestReceiptThroughPostfix(t *testing.T) {
	t.Parallel()
	program(t, "postfix")
	mailbox := kakitest.NewRelay(t)
	p := startPostfix(t, mailbox.Addr())
	s := kakitest.StartIn(t, t.TempDir(), mailbox, receiptYAML+"relay: {address: \"127.0.0.1:"+p.port+"\"}\n")
	date := "Date: " + time.Now().Format(time.RFC1123Z)
	odd := letter("postfix", aboutTaro+".\r\n..x\r\nＡＢＣ ｶﾅ\r\n"+strings.Repeat("y", 900)+"\r\n\r\n\r\n", date, "To: <"+taro+">", orderStream)
	wantAnswer(t, s.Send(t, shop, []string{taro, hanako}, odd), "250 2.0.0 ", " released")
	for _, m := range mailbox.Await(t, 2) {
		_, below, found := bytes.Cut(m.Data, []byte("\r\nReceipt-Code: "))
		if !found || len(m.To) != 1 {
			t.Fatalf("no code in %v", m)
		}
		const ours, mistaken = "お客様宛てにお送りしたメールです", "誤ってお客様にお送りした"
		says := map[string]string{taro: ours, hanako: mistaken}[m.To[0]]
		kakitest.Eventually(t, "the mail is known by its code", func() bool {
			return strings.Contains(page(t, s, "/ja/verify", "code", string(below[:19]), "address", m.To[0]), says)
		})
		wantIn(t, dropped(t, s, m.To[0], m.Data), says)
	}
}
