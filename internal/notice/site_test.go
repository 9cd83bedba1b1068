package notice

import (
	"bytes"
	"io"
	"log/slog"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/kakitome/kakitome/internal/letter"
)

type answer struct {
	Status int
	Body   string
	Header http.Header
}

func do(t testing.TB, srv *httptest.Server, r *http.Request) answer {
	t.Helper()
	resp, err := srv.Client().Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	b, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return answer{resp.StatusCode, string(b), resp.Header}
}

func request(t testing.TB, method, url, kind string, body io.Reader) *http.Request {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), method, url, body)
	if err != nil {
		t.Fatal(err)
	}
	if kind != "" {
		r.Header.Set("Content-Type", kind)
	}
	return r
}

func get(t testing.TB, srv *httptest.Server, path string) answer {
	t.Helper()
	return do(t, srv, request(t, "GET", srv.URL+path, "", nil))
}

func post(t testing.TB, srv *httptest.Server, path string, fields ...string) answer {
	t.Helper()
	return do(t, srv, request(t, "POST", srv.URL+path, "application/x-www-form-urlencoded", strings.NewReader(values(fields).Encode())))
}

func values(fields []string) url.Values {
	v := url.Values{}
	for i := 0; i+1 < len(fields); i += 2 {
		v.Add(fields[i], fields[i+1])
	}
	return v
}

// upload posts a form with a file.
func upload(t testing.TB, srv *httptest.Server, path string, file []byte, fields ...string) answer {
	t.Helper()
	var b bytes.Buffer
	w := multipart.NewWriter(&b)
	for name, vs := range values(fields) {
		for _, v := range vs {
			_ = w.WriteField(name, v)
		}
	}
	f, err := w.CreateFormFile("file", "a.eml")
	if err != nil {
		t.Fatal(err)
	}
	_, _ = f.Write(file)
	_ = w.Close()
	return do(t, srv, request(t, "POST", srv.URL+path, w.FormDataContentType(), &b))
}

// says checks status and words of an answer.
func (a answer) says(t testing.TB, status int, words ...string) {
	t.Helper()
	if a.Status != status {
		t.Fatalf("status %d, want %d: %.300s", a.Status, status, a.Body)
	}
	for _, w := range words {
		if !strings.Contains(a.Body, w) {
			t.Errorf("no %q in the answer:\n%s", w, a.Body)
		}
	}
}

func TestDoorLeadsToALanguage(t *testing.T) {
	_, srv := open(t, newDesk(t), Options{})
	for field, want := range map[string]string{
		"": "/ja/", "en-US,en;q=0.9": "/en/", "ja,en;q=0.8": "/ja/", "de, en;q=0.3": "/en/", "fr": "/ja/",
		"ja;q=0.2, EN-gb;q=0.9": "/en/", "en;q=0": "/ja/", "en;q=x": "/ja/",
	} {
		r := request(t, "GET", srv.URL+"/", "", nil)
		r.Header.Set("Accept-Language", field)
		if a := do(t, srv, r); a.Status != http.StatusFound || a.Header.Get("Location") != want || a.Header.Get("Vary") != "Accept-Language" {
			t.Errorf("%q: %d %q, want %q", field, a.Status, a.Header.Get("Location"), want)
		}
	}
	if a := get(t, srv, "/confirm/a%2Fb"); a.Header.Get("Location") != "/ja/confirm/a%2Fb" {
		t.Errorf("short address: %v", a.Header)
	}
}

func TestEveryPageIsStrict(t *testing.T) {
	s, srv := open(t, newDesk(t), Options{})
	paths := []string{"/ja/confirm/" + goodToken, "/en/affected/abc", "/ja/nothing"}
	for p := range s.shelf.Load().sheets {
		paths = append(paths, p)
	}
	for _, p := range paths {
		a := get(t, srv, p)
		for name, want := range map[string]string{
			"Content-Security-Policy": "default-src 'none'; style-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
			"Referrer-Policy":         "no-referrer", "X-Content-Type-Options": "nosniff",
		} {
			if got := a.Header.Get(name); got != want {
				t.Errorf("%s: %s: %q", p, name, got)
			}
		}
		if a.Header.Get("Set-Cookie") != "" || strings.Contains(a.Body, "<script") || strings.Contains(a.Body, " style=") || strings.Contains(a.Body, "http://") && !strings.HasSuffix(p, ".atom") {
			t.Errorf("%s has a cookie, a script, a style or something of another host", p)
		}
	}
}

func TestAnnouncement(t *testing.T) {
	d := newDesk(t)
	_, srv := open(t, d, Options{})
	ja := get(t, srv, "/ja/notices/2026-11-order")
	ja.says(t, 200, `<html lang="ja">`, "4,951", "確認済み", "最大", "クレジットカード番号", "含まれていない情報", "2026年11月22日 14:19 JST",
		"2026年12月18日 18:00 JST", "03-1234-5678", "個人情報保護委員会", d.board.Announcements[0].Digest(), d.board.Announcements[1].Digest(),
		"#48213", "確認済み 4,812／最大 5,000 → 確認済み 4,951／最大 4,951", "代表取締役", `href="/en/notices/2026-11-order"`)
	get(t, srv, "/en/notices/2026-11-order").says(t, 200, `<html lang="en">`, "At most", "22 November 2026, 14:19 JST", `href="/ja/notices/2026-11-order"`)
	get(t, srv, "/ja/notices/2026-11-order/1").says(t, 200, "これは過去の版", "4,812", "調査中")
	doc := get(t, srv, "/notices/2026-11-order/1.json")
	if doc.Body != string(d.board.Announcements[0].Document) || !strings.Contains(doc.Header.Get("Cache-Control"), "immutable") {
		t.Errorf("document: %s %v", doc.Body, doc.Header)
	}
	get(t, srv, "/ja/").says(t, 200, "注文確認メールの誤送信", "停止しています", `href="/ja/verify"`)
	get(t, srv, "/ja/notices/other").says(t, 404, "ページが見つかりません")
	r := request(t, "GET", srv.URL+"/ja/notices/2026-11-order", "", nil)
	r.Header.Set("If-None-Match", ja.Header.Get("ETag"))
	if a := do(t, srv, r); a.Status != http.StatusNotModified || a.Body != "" {
		t.Errorf("asked again: %d", a.Status)
	}
}

// TestPublishedStays: when the desk cannot be asked, what hung out hangs out.
func TestPublishedStays(t *testing.T) {
	d := newDesk(t)
	s, srv := open(t, d, Options{})
	before := get(t, srv, "/en/notices/2026-11-order/1")
	d.mu.Lock()
	d.down = true
	d.mu.Unlock()
	if err := s.Refresh(t.Context()); err == nil {
		t.Fatal("refreshed from a desk that is down")
	}
	if after := get(t, srv, "/en/notices/2026-11-order/1"); after.Body != before.Body {
		t.Error("the page changed")
	}
	post(t, srv, "/en/verify", "code", goodCode, "address", taro).says(t, 503, "cannot answer")
}

func TestVerify(t *testing.T) {
	_, srv := open(t, newDesk(t), Options{})
	get(t, srv, "/ja/verify").says(t, 200, "受付番号")
	post(t, srv, "/ja/verify", "code", goodCode, "address", taro).says(t, 200, "お客様宛てにお送りしたメールです", "お詫びとお知らせ", "16:20 JST")
	post(t, srv, "/ja/verify", "code", "MIS1", "address", hanako).says(t, 200, "誤ってお客様にお送りした", "/ja/confirm/"+goodToken, "/ja/notices/2026-11-order")
	upload(t, srv, "/en/verify", []byte("Receipt: MIS1\r\n\r\n"), "address", hanako).says(t, 200, "sent to you by mistake")
	upload(t, srv, "/en/verify", []byte("no header"), "address", hanako).says(t, 200, "cannot tell")
	post(t, srv, "/ja/verify", "code", goodCode).says(t, 422, "まだ送信されていません")
	upload(t, srv, "/ja/verify", bytes.Repeat([]byte("x"), maxFile+1), "address", taro).says(t, 413, "大きすぎます")

	unknown := post(t, srv, "/ja/verify", "code", "ZZZZ", "address", taro)
	unknown.says(t, 200, "当社の記録にはありません")
	wrong := post(t, srv, "/ja/verify", "code", goodCode, "address", hanako)
	unknown.Header.Del("Date")
	wrong.Header.Del("Date")
	if diff := cmp.Diff(unknown, wrong); diff != "" {
		t.Errorf("an unknown code and a wrong address differ: %s", diff)
	}
}

// TestVerifyCannotBeTried: whoever holds a code cannot try addresses on it,
// however the code is written.
func TestVerifyCannotBeTried(t *testing.T) {
	_, srv := open(t, newDesk(t), Options{Limits: Limits{VerifyPerCode: 3}})
	for i, code := range []string{goodCode, strings.ToLower(goodCode), strings.ReplaceAll(goodCode, "-", ""), "ＫＴ４Ｍ 9QX2 7HPD V3WA"} {
		want := 200
		if i == 3 {
			want = 429
		}
		if a := post(t, srv, "/ja/verify", "code", code, "address", hanako); a.Status != want {
			t.Errorf("try %d: %d, want %d", i+1, a.Status, want)
		}
	}
}

func TestConfirm(t *testing.T) {
	d := newDesk(t)
	_, srv := open(t, d, Options{})
	known, unknown := get(t, srv, "/ja/confirm/"+goodToken), get(t, srv, "/ja/confirm/ZZZZ")
	known.says(t, 200, "四つの質問")
	if strings.ReplaceAll(known.Body, goodToken, "ZZZZ") != unknown.Body || known.Header.Get("Cache-Control") != "no-store" {
		t.Error("a page says whether its token is known, or may be kept")
	}
	if len(d.said) != 0 {
		t.Fatal("looking at the page confirmed something")
	}
	post(t, srv, "/ja/confirm/"+goodToken, "deleted", "yes", "opened", "no").says(t, 422, "まだ送信されていません")
	post(t, srv, "/ja/confirm/"+goodToken, "deleted", "yes", "opened", "no", "passed", "unsure", "device", "smartphone", "device", "paper", "device", "fridge").
		says(t, 200, "ご協力ありがとうございました")
	three := []string{"deleted", "no", "opened", "yes", "passed", "no"}
	post(t, srv, "/en/confirm", append(three, "code", goodCode, "address", taro)...).says(t, 200, "Thank you", "Should you delete it later")
	want := []letter.Answers{
		{Deleted: letter.Yes, Opened: letter.No, Passed: letter.Unsure, Devices: []letter.Device{letter.Smartphone, letter.Printed}},
		{Deleted: letter.No, Opened: letter.Yes, Passed: letter.No},
	}
	if diff := cmp.Diff(want, d.said); diff != "" {
		t.Error(diff)
	}
	missing := post(t, srv, "/en/confirm", append(three, "code", goodCode, "address", hanako)...)
	missing.says(t, 200, "could not find this letter")
	for _, path := range []string{"/en/confirm/ZZZZ", "/en/confirm/" + strings.Repeat("x", 300)} {
		if a := post(t, srv, path, three...); a.Body != missing.Body || a.Status != missing.Status {
			t.Errorf("%.30s is answered otherwise", path)
		}
	}
	post(t, srv, "/en/confirm", append(three, "code", goodCode)...).says(t, 422)
}

// TestQuestionsAreThoseOfTheLetter: every answer the letter knows can be given.
func TestQuestionsAreThoseOfTheLetter(t *testing.T) {
	_, srv := open(t, newDesk(t), Options{})
	page := get(t, srv, "/ja/confirm").Body
	for _, d := range letter.Devices() {
		if !strings.Contains(page, `name="device" value="`+d.String()+`"`) {
			t.Errorf("no box for %v", d)
		}
	}
	for _, name := range []string{"deleted", "opened", "passed"} {
		for _, a := range []letter.Answer{letter.Yes, letter.No, letter.Unsure} {
			if !strings.Contains(page, `name="`+name+`" value="`+a.String()+`"`) {
				t.Errorf("%s cannot be answered %v", name, a)
			}
		}
	}
}

// TestPanicNamesNobody: a bug is logged by its place, without what was typed.
func TestPanicNamesNobody(t *testing.T) {
	var log bytes.Buffer
	d := newDesk(t)
	d.takes = func(_, address string) time.Duration { panic("no such person: " + address) }
	s, err := New(Options{Desk: d, Log: slog.New(slog.NewTextHandler(&log, nil)), Tick: time.Millisecond})
	if err != nil {
		t.Fatal(err)
	}
	srv := httptest.NewServer(s)
	t.Cleanup(srv.Close)
	if resp, err := srv.Client().Do(request(t, "POST", srv.URL+"/ja/verify", "application/x-www-form-urlencoded", strings.NewReader("code=A&address=taro%40example.jp"))); err == nil {
		resp.Body.Close()
		t.Errorf("answered %d", resp.StatusCode)
	}
	if !strings.Contains(log.String(), "POST /ja/verify") || !strings.Contains(log.String(), "desk_test.go") && !strings.Contains(log.String(), "site_test.go") || strings.Contains(log.String(), "taro") {
		t.Errorf("logged %s", log.String())
	}
}

// BenchmarkAnnouncement is what a page costs when everybody reads it.
func BenchmarkAnnouncement(b *testing.B) {
	s, _ := open(b, newDesk(b), Options{})
	r := httptest.NewRequestWithContext(b.Context(), "GET", "/ja/notices/2026-11-order", nil)
	b.ReportAllocs()
	for b.Loop() {
		s.ServeHTTP(httptest.NewRecorder(), r)
	}
}
