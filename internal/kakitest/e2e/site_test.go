package e2e

import (
	"bytes"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/kakitome/kakitome/internal/kakitest"
	"github.com/kakitome/kakitome/internal/store"
)

// TestDroppedMailOnItsWay: whoever carries a mail adds to its header and folds it
// anew, and programs save it with other line ends: it stays the company's. One
// byte of the body, or another address to answer to, and nobody can tell; nor
// when the body was deleted, as retention wants it.
func TestDroppedMailOnItsWay(t *testing.T) {
	t.Parallel()
	dir, relay := t.TempDir(), kakitest.NewRelay(t)
	s := kakitest.StartIn(t, dir, relay, receiptYAML)
	wantAnswer(t, s.Send(t, shop, []string{taro}, letter("way", aboutTaro, orderStream, "Subject: =?utf-8?B?44GU5rOo5paH?= of today")), "250 2.0.0 ", " released")
	got := s.Relay.Await(t, 1)[0].Data
	way := append([]byte("Return-Path: <"+shop+">\r\nReceived: from mx.kakitome.example by mx.example.jp with ESMTPS id 1;\r\n\tThu, 26 Nov 2026 09:00:00 +0900\r\n"+
		"DKIM-Signature: v=1; a=rsa-sha256; d=shop.example; s=x; h=from:subject;\r\n\tbh=AAAA; b=BBBB\r\nAuthentication-Results: mx.example.jp; dkim=pass\r\n"), got...)
	way = bytes.Replace(way, []byte("=?= of today"), []byte("=?=\r\n of today"), 1)
	const ours, cannotTell, unknown = "お客様宛てにお送りしたメールです", "判断できません", "当社の記録にはありません"
	kakitest.Eventually(t, "the mail is known as sent", func() bool { return strings.Contains(dropped(t, s, taro, way), ours) })
	changed := bytes.Replace(way, []byte("1111"), []byte("1112"), 1)
	for what, c := range map[string]struct {
		mail []byte
		says string
	}{
		"with the line ends of files":   {bytes.ReplaceAll(way, []byte("\r\n"), []byte("\n")), ours},
		"with an empty line at its end": {append(bytes.Clone(way), "\r\n"...), ours},
		"one byte changed":              {changed, cannotTell},
		"one byte more":                 {append(bytes.Clone(way), '!'), cannotTell},
		"cut short":                     {way[:len(way)-20], cannotTell},
		"answers go elsewhere":          {append([]byte("Reply-To: <thief@example.com>\r\n"), way...), cannotTell},
		"about something else":          {bytes.Replace(way, []byte("of today"), []byte("refund"), 1), cannotTell},
		"of another id":                 {bytes.Replace(way, []byte("<way@"), []byte("<yaw@"), 1), unknown},
		"without an id":                 {bytes.Replace(way, []byte("Message-ID:"), []byte("X-Message-ID:"), 1), cannotTell},
	} {
		if page := dropped(t, s, taro, c.mail); !strings.Contains(page, c.says) {
			t.Errorf("%s: not %q:\n%s", what, c.says, page)
		}
	}
	if a, b := dropped(t, s, hanako, way), dropped(t, s, hanako, []byte(plain("nothing"))); !strings.Contains(a, unknown) || a != b {
		t.Error("somebody else's mail and an unknown one are answered differently")
	}

	code, _ := receipt(t, s.Relay.Mails()[0])
	s.Stop(t)
	forgetBodies(t, s)
	s = kakitest.StartIn(t, dir, relay, receiptYAML)
	wantIn(t, dropped(t, s, taro, way), cannotTell)
	wantIn(t, page(t, s, "/ja/verify", "code", code, "address", taro), ours) // the code needs no body
}

// forgetBodies does what retention does when all bodies are old.
func forgetBodies(t *testing.T, s *kakitest.Server) {
	t.Helper()
	db, err := store.Open(t.Context(), store.Options{Path: filepath.Join(s.Config.Data, "kakitome.db"), Node: "auditor"})
	if err != nil {
		t.Fatal(err)
	}
	const year = 365 * 24 * time.Hour
	gone, err := db.Retain(t.Context(), time.Now().Add(2*time.Hour), store.Keep{Bodies: time.Hour, Exposures: year, Versions: year, Sightings: year})
	if err != nil || gone.Bodies == 0 {
		t.Fatalf("%+v, %v", gone, err)
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
}

// TestPauseIsSaid: while a stream waits, every page says which mail does, and
// since when; soon after it goes on, none does.
func TestPauseIsSaid(t *testing.T) {
	t.Parallel()
	s := start(t, receiptYAML)
	const banner = "次のメールの配信を停止しています"
	says := func(path string, words ...string) bool {
		body := page(t, s, path)
		for _, w := range words {
			if !strings.Contains(body, w) {
				return false
			}
		}
		return true
	}
	if says("/ja/", banner) {
		t.Error("nothing is paused")
	}
	if err := s.Client.Pause(t.Context(), "order", "looking into it"); err != nil {
		t.Fatal(err)
	}
	began := time.Now()
	kakitest.Eventually(t, "the banner hangs out", func() bool { return says("/ja/", banner, "<strong>注文確認</strong>") })
	shown := time.Since(began)
	for _, path := range []string{"/ja/verify", "/ja/affected", "/ja/report", "/ja/question", "/ja/privacy"} {
		if !says(path, banner) {
			t.Errorf("%s does not say it", path)
		}
	}
	if says("/ja/", "looking into it") || !says("/en/", "We have paused this mail") {
		t.Error("the reason is not for the public; English readers are told too")
	}
	if err := s.Client.Resume(t.Context(), "order", "found"); err != nil {
		t.Fatal(err)
	}
	began = time.Now()
	kakitest.Eventually(t, "the banner is gone", func() bool { return !says("/ja/", banner) })
	t.Logf("shown %v after the pause, gone %v after it", shown.Round(time.Millisecond), time.Since(began).Round(time.Millisecond))
}

var timeTag = regexp.MustCompile(`</?time[^>]*>`)

// TestPrivacyVersions: the notice is what the configuration says: purpose, kinds,
// who else gets data, how long. When that changes, a new dated version comes, and
// the former can still be read; when nothing does, none comes.
func TestPrivacyVersions(t *testing.T) {
	t.Parallel()
	dir, relay := t.TempDir(), kakitest.NewRelay(t)
	const first = `company: {name: 例示商店}
streams:
  - {name: order, purpose: 注文確認, kinds: [name, order_no]}
  - {name: default}
grants: [{to: "@carrier.example", stream: order, kinds: [address, phone], until: 2027-03-31}]
`
	second := strings.NewReplacer("注文確認", "注文と発送の連絡", "order_no]", "order_no, birthday]").Replace(first) + "retention: {bodies: 3d}\n"
	for range 2 { // the same twice
		s := kakitest.StartIn(t, dir, relay, first)
		body := timeTag.ReplaceAllString(page(t, s, "/ja/privacy"), "")
		wantIn(t, body, "第1版", "<h3>注文確認</h3>", "氏名、注文番号</dd>", "@carrier.example：住所、電話番号", "2027年3月31日まで", ">7日", "395日",
			"<h3>その他のメール</h3>", "氏名、住所、電話番号、メールアドレス、郵便番号、生年月日、会員番号、注文番号</dd>")
		if strings.Contains(body, "第2版") {
			t.Fatal("a second version of the same")
		}
		s.Stop(t)
	}
	s := kakitest.StartIn(t, dir, relay, second)
	wantIn(t, page(t, s, "/ja/privacy"), "第2版", "<h3>注文と発送の連絡</h3>", "氏名、注文番号、生年月日</dd>", ">3日", "/ja/privacy/1")
	wantIn(t, page(t, s, "/ja/privacy/1"), "これは過去の版です", "<h3>注文確認</h3>", "氏名、注文番号</dd>", ">7日")
	wantIn(t, page(t, s, "/privacy/1.json"), "注文確認")
	wantIn(t, page(t, s, "/privacy/2.json"), "注文と発送の連絡")
}
