package e2e

import (
	"archive/tar"
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io"
	"maps"
	mimeparts "mime/multipart"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/jhillyerd/enmime/v2"

	"github.com/kakitome/kakitome/internal/kakitest"
)

// site is the public site of a program, and public.url.
const (
	site       = "https://notice.shop.example"
	publicYAML = `company: {name: 例示商店}
public: {listen: "127.0.0.1:0", url: ` + site + `}
incident: {from: privacy@shop.example}
streams: [{name: order, purpose: 注文確認}]
`
)

// page gets a page of the public site, or posts a form to it.
func page(t *testing.T, s *kakitest.Server, path string, form ...string) string {
	t.Helper()
	if form == nil {
		return request(t, s, http.MethodGet, path, "", nil)
	}
	v := url.Values{}
	for i := 0; i+1 < len(form); i += 2 {
		v.Add(form[i], form[i+1])
	}
	return request(t, s, http.MethodPost, path, "application/x-www-form-urlencoded", strings.NewReader(v.Encode()))
}

// dropped gives a mail to the verify page as a file.
func dropped(t *testing.T, s *kakitest.Server, address string, mail []byte) string {
	t.Helper()
	var b bytes.Buffer
	w := mimeparts.NewWriter(&b)
	_ = w.WriteField("address", address)
	f, err := w.CreateFormFile("file", "mail.eml")
	if err != nil {
		t.Fatal(err)
	}
	_, _ = f.Write(mail)
	_ = w.Close()
	return request(t, s, http.MethodPost, "/ja/verify", w.FormDataContentType(), &b)
}

func request(t *testing.T, s *kakitest.Server, method, path, kind string, body io.Reader) string {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), method, "http://"+s.App.PublicAddr()+path, body)
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Content-Type", kind)
	resp, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	b, err := io.ReadAll(resp.Body)
	if err != nil || resp.StatusCode != http.StatusOK {
		t.Fatalf("%s %s: %d %v\n%s", method, path, resp.StatusCode, err, b)
	}
	return string(b)
}

func wantIn(t *testing.T, body string, words ...string) {
	t.Helper()
	for _, w := range words {
		if !strings.Contains(body, w) {
			t.Fatalf("no %q in\n%s", w, body)
		}
	}
}

// TestWasIAffected: a member who asks gets a link by mail, and nobody else
// gets anything; the page says the same to both. The link shows the result once,
// and the letter's code says whose letter it is.
func TestWasIAffected(t *testing.T) {
	t.Parallel()
	s := start(t, publicYAML)
	stranger := page(t, s, "/ja/affected", "address", "nobody@example.com")
	if member := page(t, s, "/ja/affected", "address", taro); member != stranger {
		t.Error("a member and a stranger are answered differently")
	}
	mails := s.Relay.Await(t, 1)
	letter, err := enmime.ReadEnvelope(bytes.NewReader(mails[0].Data))
	if err != nil {
		t.Fatal(err)
	}
	link := regexp.MustCompile(regexp.QuoteMeta(site) + `(/\S+/[A-Za-z0-9_-]{20,})`).FindStringSubmatch(letter.Text)
	code := regexp.MustCompile(`[0-9A-Z]{4}(?:-[0-9A-Z]{4}){3}`).FindString(letter.Text)
	if link == nil || code == "" {
		t.Fatalf("no link or no code in the letter:\n%s", letter.Text)
	}
	wantIn(t, page(t, s, link[1]), "結果を表示する")
	wantIn(t, page(t, s, link[1], "", ""), "お客様の情報は、調べたメールには含まれていませんでした")
	wantIn(t, page(t, s, link[1], "", ""), "このリンクは使えません")

	wantIn(t, page(t, s, "/ja/verify", "code", code, "address", taro), "お客様宛てにお送りしたメールです")
	other := page(t, s, "/ja/verify", "code", code, "address", hanako)
	wantIn(t, other, "当社の記録にはありません")
	if unknown := page(t, s, "/ja/verify", "code", "0000-0000-0000-0000", "address", taro); unknown != other {
		t.Error("an unknown code and a wrong address are answered differently")
	}
	if got := s.Relay.Mails(); len(got) != 1 || len(got[0].To) != 1 || got[0].To[0] != taro {
		t.Errorf("%d letters: %v", len(got), got)
	}
}

// TestDroppedMail: the mail itself says what it was: meant for whoever got it,
// sent by mistake, altered, or none of ours.
func TestDroppedMail(t *testing.T) {
	t.Parallel()
	s := start(t, strings.Replace(publicYAML, "name: order,", "name: order, mode: observe,", 1))
	for id, to := range map[string]string{"right": taro, "wrong": hanako} {
		wantAnswer(t, s.Send(t, shop, []string{to}, letter(id, aboutTaro, "X-Kakitome-Stream: order")), "250 2.0.0 ", " released")
	}
	s.Relay.Await(t, 2)
	right, wrong := s.Relay.To(taro)[0].Data, s.Relay.To(hanako)[0].Data
	kakitest.Eventually(t, "the mail is known as sent", func() bool {
		return strings.Contains(dropped(t, s, taro, right), "お客様宛てにお送りしたメールです")
	})
	kakitest.Eventually(t, "the wrong mail is known as sent", func() bool {
		return strings.Contains(dropped(t, s, hanako, wrong), "誤ってお客様にお送りした")
	})
	wantIn(t, dropped(t, s, hanako, wrong), "注文確認", "削除を知らせる")
	wantIn(t, dropped(t, s, taro, bytes.Replace(right, []byte("山田"), []byte("佐藤"), 1)), "判断できません")
	wantIn(t, dropped(t, s, jiro, wrong), "記録にはありません")
	wantIn(t, dropped(t, s, taro, []byte(plain("strange"))), "記録にはありません")
	wantIn(t, dropped(t, s, taro, []byte("no mail at all")), "判断できません")
}

// TestReportedMail: what somebody reports on the public site has a number, and
// somebody of the company is told.
func TestReportedMail(t *testing.T) {
	t.Parallel()
	s := start(t, publicYAML)
	if got := page(t, s, "/en/report", "kind", "misaddressed", "text", "an order of somebody else"); !regexp.MustCompile(`class="ref">R-[0-9a-z]+<`).MatchString(got) {
		t.Errorf("no reference number:\n%s", got)
	}
	kakitest.Eventually(t, "somebody is told", func() bool {
		alerts, err := s.Client.Alerts(t.Context(), false)
		if err != nil {
			t.Fatal(err)
		}
		for _, a := range alerts {
			if a.Kind == "reported" {
				return true
			}
		}
		return false
	})
}

// TestPrivacyNoticeIsThePolicy: the notice says what the configuration says, and
// its fingerprint is that of its document.
func TestPrivacyNoticeIsThePolicy(t *testing.T) {
	t.Parallel()
	s := start(t, publicYAML)
	sum := sha256.Sum256([]byte(page(t, s, "/privacy/1.json")))
	wantIn(t, page(t, s, "/ja/privacy"), "注文確認", "395日", hex.EncodeToString(sum[:]))
}

// A second host gets the pages as files.
func TestPublicPagesGoToASecondHost(t *testing.T) {
	t.Parallel()
	s := start(t, publicYAML)
	var out bytes.Buffer
	if err := s.Client.ExportSite(t.Context(), &out); err != nil {
		t.Fatal(err)
	}
	files := map[string]string{}
	for archive := tar.NewReader(&out); ; {
		h, err := archive.Next()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			t.Fatal(err)
		}
		data, err := io.ReadAll(archive)
		if err != nil {
			t.Fatal(err)
		}
		files[h.Name] = string(data)
	}
	for _, name := range []string{"index.html", "ja/index.html", "en/privacy/index.html", "style.css"} {
		if files[name] == "" {
			t.Errorf("%s is not among %v", name, slices.Sorted(maps.Keys(files)))
		}
	}
}
