package notice

import (
	"bytes"
	"image"
	"image/color"
	"image/draw"
	"image/png"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"sort"
	"strings"
	"testing"
	"time"

	"github.com/kakitome/kakitome/internal/letter"
	"github.com/kakitome/kakitome/internal/public"
)

// answers are pages one gets for a form, below the language.
var formAnswers = map[string]struct {
	path   string
	fields []string
}{
	"ours":        {"verify", []string{"code", goodCode, "address", taro}},
	"misdirected": {"verify", []string{"code", "MIS1", "address", hanako}},
	"not-ours":    {"verify", []string{"code", "ZZZZ", "address", taro}},
	"cannot-tell": {"verify", []string{"code", "OLD1", "address", taro}},
	"left-out":    {"verify", nil},
	"asked":       {"affected", []string{"address", taro}},
	"result":      {"affected/both", nil},
	"clear":       {"affected/clear", nil},
	"stale":       {"affected/gone", nil},
	"unanswered":  {"confirm", nil},
	"confirmed":   {"confirm", []string{"code", goodCode, "address", taro, "deleted", "yes", "opened", "no", "passed", "no"}},
	"kept":        {"confirm", []string{"code", goodCode, "address", taro, "deleted", "no", "opened", "yes", "passed", "no"}},
	"no-code":     {"confirm", []string{"code", "ZZZZ", "address", taro, "deleted", "yes", "opened", "no", "passed", "no"}},
	"nothing":     {"report", nil},
	"reported":    {"report", []string{"text", "strange"}},
	"wordless":    {"question", nil},
	"questioned":  {"question", []string{"text", "why?"}},
	"too-large":   {"question", []string{"text", strings.Repeat("a", maxText+1)}},
}

// answering serves a site, and at /answer/<lang>/<name> what a form answers, so
// that a browser can be led there.
func answering(t *testing.T, d *desk, s *Site) *httptest.Server {
	t.Helper()
	mux := http.NewServeMux()
	mux.Handle("/", s)
	mux.HandleFunc("GET /answer/{lang}/{name}", func(w http.ResponseWriter, r *http.Request) {
		d.mu.Lock()
		d.results["both"], d.results["clear"] = bothResult(), &public.Result{AsOf: jst("2026-11-24 12:00"), Complete: true}
		d.mu.Unlock()
		f := formAnswers[r.PathValue("name")]
		p := httptest.NewRequestWithContext(r.Context(), "POST", "/"+r.PathValue("lang")+"/"+f.path, strings.NewReader(values(f.fields).Encode()))
		p.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		s.ServeHTTP(w, p)
	})
	srv := httptest.NewServer(mux)
	t.Cleanup(srv.Close)
	return srv
}

func bothResult() *public.Result {
	return &public.Result{AsOf: jst("2026-11-24 12:00"), Findings: []public.Finding{{
		Announcement: "2026-11-order", Title: first().Title, Affected: true, Received: true,
		Items: first().Exposed, Days: []time.Time{jst("2026-11-22 13:54"), jst("2026-11-23 09:00")},
	}}}
}

// everyPage is the address of every page in both languages.
func everyPage(s *Site) []string {
	var out []string
	for path, p := range s.shelf.Load().sheets {
		if p.kind == htmlType {
			out = append(out, path)
		}
	}
	for _, l := range languages {
		out = append(out, "/"+string(l)+"/confirm/"+goodToken, "/"+string(l)+"/affected/abc")
		for name := range formAnswers {
			out = append(out, "/answer/"+string(l)+"/"+name)
		}
	}
	sort.Strings(out)
	return out
}

// TestPagesAreAccessible: in a real Chromium, on a phone 360 pixels wide, no
// page scrolls sideways, and axe-core finds nothing serious in any of them: the
// Japanese ones in light colours, the English ones in dark.
func TestPagesAreAccessible(t *testing.T) {
	axe, err := os.ReadFile(filepath.Join("..", "..", "testclients", "node_modules", "axe-core", "axe.min.js"))
	if err != nil {
		missing(t, "axe-core")
	}
	d := newDesk(t)
	d.verified["OLD1 "+taro] = public.Verified{}
	s, _ := open(t, d, Options{Limits: Limits{VerifyPerCode: 1000, VerifyPerNetwork: 1000, ConfirmPerNetwork: 1000, WordsPerNetwork: 1000}})
	srv := answering(t, d, s)
	b := chromium(t)
	b.screen(360, 740, 1, true)
	pages := everyPage(s)
	if len(pages) < 60 {
		t.Fatalf("only %d pages", len(pages))
	}
	for _, path := range pages {
		b.visit(srv.URL + path)
		var wide string
		b.eval(`[...document.querySelectorAll("*")].filter(e => !e.closest(".scroll, .skip") && e.getBoundingClientRect().right > 360.5).map(e => e.outerHTML.slice(0, 120)).join("\n")`, &wide)
		if wide != "" {
			t.Errorf("%s is wider than a phone: %s", path, wide)
		}
		b.eval(string(axe), nil)
		b.dark(strings.Contains(path, "/en")) // colours know no language
		for _, f := range b.violations() {
			if f.Impact == "serious" || f.Impact == "critical" {
				t.Errorf("%s: %s %s: %s\n%+v", path, f.Impact, f.ID, f.Help, f.Nodes)
			} else {
				t.Logf("%s: %s %s: %s", path, f.Impact, f.ID, f.Help)
			}
		}
	}
	b.eval(`document.querySelector("main").innerHTML = "<input><p style='color:#bbb;background:#fff'>pale</p>"`, nil)
	if got := b.violations(); len(got) < 2 {
		t.Errorf("a field without a label and pale text were found to be fine: %+v", got)
	}
}

// violation is what axe-core finds wrong with a page.
type violation struct {
	ID, Impact, Help string
	Nodes            []struct{ HTML, FailureSummary string }
}

func (b *browser) violations() (found []violation) {
	b.t.Helper()
	b.eval(`axe.run(document, {resultTypes: ["violations"]}).then(r => r.violations)`, &found)
	return found
}

// TestWorksWithoutScript: with scripts off a visitor checks a mail, by code and
// by file, confirms a deletion and reports a mail.
func TestWorksWithoutScript(t *testing.T) {
	d := newDesk(t)
	_, srv := open(t, d, Options{})
	b := chromium(t)
	b.screen(360, 740, 1, true)
	b.call("Emulation.setScriptExecutionDisabled", map[string]any{"value": true}, nil)
	submit := func(path string) { b.loads(func() { b.click("main form button") }); b.want(path) }

	b.visit(srv.URL + "/")
	b.want("お客様へのお知らせ")
	b.loads(func() { b.click(`.doors a[href="/ja/verify"]`) })
	b.types("#address", hanako)
	b.types("#code", "MIS1")
	submit("誤ってお客様にお送りした")
	b.loads(func() { b.click("a.button") })
	b.click("input[name=deleted][value=yes]")
	b.click("input[name=opened][value=no]")
	b.click("input[name=passed][value=no]")
	b.click("input[name=device][value=smartphone]")
	submit("ご協力ありがとうございました")
	if len(d.said) != 1 || d.said[0].Event() != letter.AnswerUnread || len(d.said[0].Devices) != 1 {
		t.Errorf("recorded %+v", d.said)
	}

	file := filepath.Join(t.TempDir(), "mail.eml")
	if err := os.WriteFile(file, []byte("Receipt: "+goodCode+"\r\n\r\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	b.visit(srv.URL + "/en/verify")
	b.types("#address", taro)
	b.call("DOM.setFileInputFiles", map[string]any{"nodeId": b.node("#file"), "files": []string{file}}, nil)
	submit("meant for you")

	b.visit(srv.URL + "/ja/report")
	b.click("input[name=kind][value=misaddressed]")
	b.types("#text", "知らない方の注文です")
	submit("R-2611-0007")
	if len(d.reports) != 1 || d.reports[0].Kind != public.Misaddressed {
		t.Errorf("reported %+v", d.reports)
	}
}

// want checks that words are in the page.
func (b *browser) want(words string) {
	b.t.Helper()
	if h := b.html(); !strings.Contains(h, words) {
		b.t.Fatalf("no %q in the page:\n%s", words, h)
	}
}

// TestPictures draws the pictures of the documents anew: KAKITOME_PICTURES is
// where they go.
func TestPictures(t *testing.T) {
	dir := os.Getenv("KAKITOME_PICTURES")
	if dir == "" {
		t.Skip("KAKITOME_PICTURES is not set")
	}
	d := newDesk(t)
	s, _ := open(t, d, Options{})
	srv := answering(t, d, s)
	b := chromium(t)
	for _, p := range []struct {
		name, path string
		width      int
		scale      float64
	}{
		{"home-phone", "/ja/", 360, 1.5}, {"notice-phone", "/ja/notices/2026-11-order", 360, 1.5}, {"notice", "/en/notices/2026-11-order", 1024, 1},
		{"verify-phone", "/ja/verify", 360, 1.5}, {"misdirected-phone", "/answer/ja/misdirected", 360, 1.5},
		{"confirm-phone", "/ja/confirm/" + goodToken, 360, 1.5}, {"result-phone", "/answer/ja/result", 360, 1.5}, {"privacy", "/ja/privacy", 1024, 1},
	} {
		b.screen(p.width, 740, p.scale, p.width < 500)
		b.visit(srv.URL + p.path)
		var height int
		b.eval("document.documentElement.scrollHeight", &height)
		if err := os.WriteFile(filepath.Join(dir, "public-"+p.name+".png"), small(t, b.picture(p.width, min(height, 1500))), 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

// small is the picture in 128 colours, which is enough for text.
func small(t *testing.T, in []byte) []byte {
	t.Helper()
	src, err := png.Decode(bytes.NewReader(in))
	if err != nil {
		t.Fatal(err)
	}
	count := map[color.RGBA]int{}
	for y := src.Bounds().Min.Y; y < src.Bounds().Max.Y; y++ {
		for x := src.Bounds().Min.X; x < src.Bounds().Max.X; x++ {
			c := color.RGBAModel.Convert(src.At(x, y)).(color.RGBA)
			count[c]++
		}
	}
	colours := make([]color.RGBA, 0, len(count))
	for c := range count {
		colours = append(colours, c)
	}
	sort.Slice(colours, func(i, j int) bool { return count[colours[i]] > count[colours[j]] })
	var palette color.Palette
	for _, c := range colours[:min(128, len(colours))] {
		palette = append(palette, c)
	}
	dst := image.NewPaletted(src.Bounds(), palette)
	draw.Draw(dst, dst.Bounds(), src, src.Bounds().Min, draw.Src)
	var out bytes.Buffer
	if err := (&png.Encoder{CompressionLevel: png.BestCompression}).Encode(&out, dst); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}
