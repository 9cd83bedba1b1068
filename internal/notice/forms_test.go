package notice

import (
	"bytes"
	"context"
	"encoding/xml"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"regexp"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
	"go.uber.org/goleak"

	"github.com/kakitome/kakitome/internal/public"
)

func TestReport(t *testing.T) {
	d := newDesk(t)
	_, srv := open(t, d, Options{})
	noon := jst("2026-11-24 12:00")
	a := upload(t, srv, "/ja/report", []byte("Subject: x\r\n\r\n"), "kind", "misaddressed", "when", "昨日の夜", "address", hanako, "text", "<b>知らない方</b>の注文")
	a.says(t, 200, "R-2611-0007")
	post(t, srv, "/en/report", "kind", "other", "text", "phishing?").says(t, 200, "R-2611-0007")
	want := []public.Report{
		{Kind: public.Misaddressed, When: "昨日の夜", Address: hanako, Text: "<b>知らない方</b>の注文", Mail: []byte("Subject: x\r\n\r\n"), Lang: public.JA, At: noon},
		{Kind: public.Strange, Text: "phishing?", Lang: public.EN, At: noon},
	}
	if diff := cmp.Diff(want, d.reports); diff != "" {
		t.Error(diff)
	}
	for _, typed := range []string{"知らない方", hanako, "昨日"} {
		if strings.Contains(a.Body, typed) {
			t.Errorf("the answer repeats %q", typed)
		}
	}
	post(t, srv, "/ja/report", "kind", "strange").says(t, 422, "まだ送信されていません")
	post(t, srv, "/ja/report", "text", strings.Repeat("あ", maxText)).says(t, 413)
	if len(d.reports) != 2 {
		t.Errorf("%d reports", len(d.reports))
	}
}

func TestQuestion(t *testing.T) {
	d := newDesk(t)
	_, srv := open(t, d, Options{})
	post(t, srv, "/en/question", "text", " why? ", "reply", taro).says(t, 200, "Q-2611-0008")
	if diff := cmp.Diff([]public.Question{{Text: "why?", Reply: taro, Lang: public.EN, At: jst("2026-11-24 12:00")}}, d.asks); diff != "" {
		t.Error(diff)
	}
	post(t, srv, "/en/question").says(t, 422)
	do(t, srv, request(t, "POST", srv.URL+"/en/question", "text/plain", strings.NewReader("x"))).says(t, 400)
	do(t, srv, request(t, "POST", srv.URL+"/en/question", "multipart/form-data; boundary=a", strings.NewReader("--a\r\nContent-Disposition: form-data; name=text\r\n\r\ncut o"))).says(t, 400)
}

func TestPrivacyNotice(t *testing.T) {
	d := newDesk(t)
	s, srv := open(t, d, Options{})
	get(t, srv, "/ja/privacy").says(t, 200, "注文確認", "氏名、住所、注文番号", "7日", "395日", "第2版", d.board.Privacy[0].Digest(), "2026年4月1日")
	get(t, srv, "/en/privacy/1").says(t, 200, "30 days", "This is an earlier version")
	get(t, srv, "/privacy/1.json").says(t, 200, string(d.board.Privacy[0].Document))
	// Once the desk has recorded what is in force, it is no further version.
	d.board.Privacy = append(d.board.Privacy, edition(t, jst("2026-11-24 12:00"), "log #9", privacy().Document))
	if err := s.Refresh(t.Context()); err != nil {
		t.Fatal(err)
	}
	get(t, srv, "/ja/privacy").says(t, 200, "第2版", "log #9")
	get(t, srv, "/ja/privacy/3").says(t, 404)
}

// TestRefreshKeepsWhatItCannotRead: a document of a later program does not take
// the others down.
func TestRefreshKeepsWhatItCannotRead(t *testing.T) {
	d := newDesk(t)
	s, srv := open(t, d, Options{})
	d.board.Announcements = append(d.board.Announcements, public.Edition{Document: []byte(`{"id":"x","new_field":1}`)})
	if err := s.Refresh(t.Context()); err == nil {
		t.Fatal("a document that cannot be read was taken")
	}
	get(t, srv, "/ja/notices/2026-11-order").says(t, 200)
}

func TestFeed(t *testing.T) {
	_, srv := open(t, newDesk(t), Options{})
	a := get(t, srv, "/ja/feed.atom")
	if a.Header.Get("Content-Type") != "application/atom+xml; charset=utf-8" {
		t.Error(a.Header)
	}
	var f struct {
		XMLName xml.Name `xml:"http://www.w3.org/2005/Atom feed"`
		ID      string   `xml:"id"`
		Updated string   `xml:"updated"`
		Author  string   `xml:"author>name"`
		Entries []struct {
			ID      string `xml:"id"`
			Title   string `xml:"title"`
			Updated string `xml:"updated"`
			Summary string `xml:"summary"`
		} `xml:"entry"`
	}
	if err := xml.Unmarshal([]byte(a.Body), &f); err != nil {
		t.Fatal(err)
	}
	if f.Author != "例示商店" || f.Updated != "2026-11-24T02:00:00Z" || len(f.Entries) != 2 || f.Entries[0].ID != "https://notice.shop.example/ja/notices/2026-11-order/2" ||
		!strings.Contains(f.Entries[0].Title, "第2版") || !strings.Contains(f.Entries[0].Summary, "188通") || f.Entries[1].Updated != "2026-11-22T07:10:00Z" {
		t.Errorf("%+v", f)
	}
}

// folder is a static host in memory.
type folder map[string]string

func (f folder) WriteFile(name string, data []byte) error { f[name] = string(data); return nil }

// TestExport: every link of the exported pages leads to an exported file, or to
// the site itself.
func TestExport(t *testing.T) {
	s, _ := open(t, newDesk(t), Options{})
	files := folder{}
	if err := s.Export(t.Context(), files); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"index.html", "ja/index.html", "en/notices/2026-11-order/index.html", "ja/notices/2026-11-order/1/index.html", "notices/2026-11-order/2.json", "en/feed.atom", "ja/privacy/index.html", "style.css", "ja/404.html"} {
		if files[name] == "" {
			t.Errorf("no %s among %d files", name, len(files))
		}
	}
	links := regexp.MustCompile(`(?:href|src|action)="([^"]*)"`)
	for name, body := range files {
		if strings.Contains(body, "<form") {
			t.Errorf("%s has a form", name)
		}
		for _, m := range links.FindAllStringSubmatch(body, -1) {
			path, _, _ := strings.Cut(m[1], "#")
			switch {
			case path == "", strings.HasPrefix(path, "https://notice.shop.example/"), strings.HasPrefix(path, "tel:"), strings.HasPrefix(path, "mailto:"):
			case files[strings.TrimPrefix(path, "/")] != "", files[strings.TrimPrefix(strings.TrimSuffix(path, "/")+"/index.html", "/")] != "":
			default:
				t.Errorf("%s leads to %s, which is not there", name, path)
			}
		}
	}
}

// TestServe: a site on a listener shows what is published while it runs, and
// ends clean.
func TestServe(t *testing.T) {
	defer goleak.VerifyNone(t)
	d := newDesk(t)
	s, err := New(Options{Desk: d, Company: public.Text{JA: "例示商店", EN: "Reiji Shop"}, URL: "http://127.0.0.1", Tick: time.Millisecond})
	if err != nil {
		t.Fatal(err)
	}
	ln, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- s.Serve(ctx, ln) }()
	if err := s.Refresh(ctx); err != nil {
		t.Fatal(err)
	}
	client := &http.Client{Transport: &http.Transport{DisableKeepAlives: true}}
	resp, err := client.Do(request(t, "GET", "http://"+ln.Addr().String()+"/en/notices/2026-11-order", "", nil))
	if err != nil {
		t.Fatal(err)
	}
	body, _ := io.ReadAll(resp.Body)
	resp.Body.Close()
	if !bytes.Contains(body, []byte("4,951")) {
		t.Errorf("published, and not there: %d %s", resp.StatusCode, body)
	}
	cancel()
	if err := <-ended; err != nil {
		t.Error(err)
	}
}

// TestBounded: whoever comes when all places are taken waits until one is free.
func TestBounded(t *testing.T) {
	under, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	ln := newBounded(under, 1)
	dial := func() net.Conn {
		c, err := (&net.Dialer{}).DialContext(t.Context(), "tcp", under.Addr().String())
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { c.Close() })
		return c
	}
	dial()
	dial()
	one, err := ln.Accept()
	if err != nil {
		t.Fatal(err)
	}
	next := make(chan error, 2)
	accept := func() { _, err := ln.Accept(); next <- err }
	go accept()
	if len(next) != 0 {
		t.Error("two were let in")
	}
	one.Close()
	one.Close() // gives its place once
	if err := <-next; err != nil {
		t.Error(err)
	}
	go accept()
	ln.Close()
	if err := <-next; err == nil {
		t.Error("a closed listener let somebody in")
	}
}

// FuzzFields: what a browser or a proxy says of itself is read or left alone.
func FuzzFields(f *testing.F) {
	f.Add("ja,en;q=0.8", "203.0.113.9, 192.0.2.3", "127.0.0.1:1")
	f.Add("EN-gb;q=1e309, ;q=", "2001:db8::1%eth0", "[::1]:2")
	s, err := New(Options{Desk: &desk{}})
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, language, hops, peer string) {
		if l := preferred(language); l != public.JA && l != public.EN {
			t.Fatalf("%q asks for %q", language, l)
		}
		r := httptest.NewRequestWithContext(t.Context(), "GET", "/", nil)
		r.RemoteAddr = peer
		direct := s.network(r)
		r.Header["X-Forwarded-For"] = []string{hops}
		if a, err := netip.ParseAddrPort(peer); err == nil && !a.Addr().Unmap().IsLoopback() && s.network(r) != direct {
			t.Fatalf("%q was believed what it forwards: %q", peer, hops)
		}
	})
}

// FuzzReadForm: what anybody sends is a form within its bounds, or an error.
func FuzzReadForm(f *testing.F) {
	f.Add("application/x-www-form-urlencoded", []byte("code=A&address=taro%40example.jp&text=%00"))
	f.Add("multipart/form-data; boundary=b", []byte("--b\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a.eml\"\r\n\r\nSubject: x\r\n--b--\r\n"))
	f.Add("multipart/form-data; boundary=b", []byte("--b\r\nContent-Disposition: form-data; name=\"text\"\r\n\r\nx\r\n--b\r\n\r\ny\r\n--b--\r\n"))
	f.Fuzz(func(t *testing.T, kind string, body []byte) {
		r := httptest.NewRequestWithContext(t.Context(), "POST", "/", bytes.NewReader(body))
		r.Header["Content-Type"] = []string{kind}
		got, err := readForm(httptest.NewRecorder(), r)
		if err != nil {
			return
		}
		size := len(got.file)
		for name, vs := range got.Values {
			size += len(name) * len(vs)
			for _, v := range vs {
				size += len(v)
			}
			if v, ok := got.field(name, 10); ok && (len(v) > 10 || !utf8.ValidString(v) || strings.ContainsRune(v, 0)) {
				t.Fatalf("field %q is %q", name, v)
			}
		}
		if size > len(body) {
			t.Fatalf("%d bytes made of %d", size, len(body))
		}
	})
}
