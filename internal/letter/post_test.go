package letter

import (
	"encoding/csv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func paper(t testing.TB) Paper {
	t.Helper()
	d := details(t)
	d.Page, d.Paper = "", true
	d.Code, _ = NewPaperCode(key(1), "letter-9")
	s, err := load(t).Write(Notice, shop(), d)
	if err != nil {
		t.Fatal(err)
	}
	return Paper{ID: "letter-9", Sheet: s, PostalCode: "100-0005", Address: []string{"東京都千代田区丸の内1-2-3", "さくらハイツ203号室"}, Name: "山田 <太郎>"}
}

func TestPrint(t *testing.T) {
	t.Parallel()
	b, err := Print([]Paper{paper(t), paper(t)}, DefaultWindow())
	if err != nil {
		t.Fatal(err)
	}
	page := string(b)
	for want, n := range map[string]int{"<article>": 2, "<main>": 2, "〒100-0005": 2, "山田 &lt;太郎&gt; 様": 2, "<html": 1, "href=": 0, "<script": 0, "http": 0} {
		if got := strings.Count(page, want); got != n {
			t.Errorf("%d times %q, want %d", got, want, n)
		}
	}
	for _, w := range []Window{{}, {0, 0, 300, 40}, {20, 80, 80, 40}, {-1, 10, 80, 40}} {
		if _, err := Print(nil, w); err == nil {
			t.Errorf("window %v", w)
		}
	}
}

func TestPostCSV(t *testing.T) {
	t.Parallel()
	b, err := PostCSV([]Paper{paper(t)})
	if err != nil {
		t.Fatal(err)
	}
	text, ok := strings.CutPrefix(string(b), "\ufeff")
	rows, err := csv.NewReader(strings.NewReader(text)).ReadAll()
	want := [][]string{{"letter", "kind", "postal_code", "address", "name"}, {"letter-9", "notice", "100-0005", "東京都千代田区丸の内1-2-3 さくらハイツ203号室", "山田 <太郎>"}}
	if diff := cmp.Diff(want, rows); diff != "" || err != nil || !ok {
		t.Errorf("%v %v\n%s", ok, err, diff)
	}
}

func TestPaperRefuses(t *testing.T) {
	t.Parallel()
	for name, spoil := range map[string]func(*Paper){
		"no name":          func(p *Paper) { p.Name = " " },
		"no address":       func(p *Paper) { p.Address = nil },
		"too many lines":   func(p *Paper) { p.Address = strings.Split("abcdef", "") },
		"a formula":        func(p *Paper) { p.Name = "=HYPERLINK(1)" },
		"a line break":     func(p *Paper) { p.Name = "a\nb" },
		"written as mail":  func(p *Paper) { p.Sheet.Paper = false },
		"nothing to print": func(p *Paper) { p.Sheet.HTML = "" },
	} {
		p := paper(t)
		spoil(&p)
		_, errPrint := Print([]Paper{p}, DefaultWindow())
		_, errCSV := PostCSV([]Paper{p})
		for _, err := range []error{errPrint, errCSV} {
			if err == nil || !strings.HasPrefix(err.Error(), "letter letter-9: ") || strings.Contains(err.Error(), "HYPERLINK") {
				t.Errorf("%s: %v", name, err)
			}
		}
	}
}
