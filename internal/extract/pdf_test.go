package extract

import (
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/kakitome/kakitome/internal/jp"
)

// page writes a PDF of one page; its content uses the font F1, and X1 is an
// image.
func page(content string, more ...string) string {
	var b strings.Builder
	b.WriteString("%PDF-1.7\n")
	for i, o := range append([]string{
		"<</Type/Catalog/Pages 2 0 R>>", "<</Type/Pages/Kids[3 0 R]/Count 1>>",
		"<</Type/Page/Contents 4 0 R/Resources<</Font<</F1 5 0 R>>/XObject<</X1 6 0 R>>>>>>",
		fmt.Sprintf("<</Length %d>>stream\n%s\nendstream", len(content), content),
		"<</Type/Font/Subtype/Type0/Encoding/90ms-RKSJ-H/DescendantFonts[<<>>]>>",
		"<</Subtype/Image/Width 99/Height 99/Length 1>>stream\nx\nendstream",
	}, more...) {
		fmt.Fprintf(&b, "%d 0 obj\n%s\nendobj\n", i+1, o)
	}
	return b.String() + "trailer\n<</Root 1 0 R>>\n"
}

func TestPDF(t *testing.T) {
	t.Parallel()
	show := "BT /F1 12 Tf 9 700 Td (" + cp932(t, "山田太郎") + ") Tj 0 -14 Td (" + cp932(t, "東京都") + ") Tj ET"
	csv := func(name string) string {
		return "<</F(" + name + ")/EF<</F 8 0 R>>>>"
	}
	for _, c := range []struct {
		name, mediaType, file, data string
		want                        []string
	}{
		{"a page", "application/pdf", "a.pdf", page(show + " /X1 Do"), []string{"A page 1 line 1: 山田太郎|東京都", "unread inline A page 1 (application/pdf): image"}},
		{"a scan", "application/pdf", "a.pdf", page("/X1 Do"), []string{"unread A page 1 (application/pdf): image"}},
		{"by its bytes", "application/octet-stream", "a", page(show), []string{"A page 1 line 1: 山田太郎|東京都", "unread A content on no page (application/pdf): image"}},
		{"by its label, after a web page", "application/pdf", "a.pdf", "<p>090-1234-5678</p>\n" + page(show+" /X1 Do"), []string{
			"A page 1 line 1: 山田太郎|東京都", "A between the objects line 1: <p>090-1234-5678</p>|", "A between the objects line 1: 090-1234-5678", "unread inline A page 1 (application/pdf): image",
		}},
		{"a link", "application/pdf", "a.pdf", page(show+" /X1 Do", "<</URI(https://shop.example/?m=taro%40example.jp)>>"), []string{
			"A page 1 line 1: 山田太郎|東京都", "A link: https://shop.example/?m=taro%40example.jp|", "A link: https://shop.example/?m=taro@example.jp",
			"unread inline A page 1 (application/pdf): image",
		}},
		{"a file in it", "application/pdf", "a.pdf", page(show+" /X1 Do", csv("b.csv"), "<</Type/EmbeddedFile/Length 3>>stream\nx,y\nendstream"), []string{
			"A page 1 line 1: 山田太郎|東京都", "A file name: b.csv|", "A/b.csv line 1: x,y", "unread inline A page 1 (application/pdf): image",
		}},
		{"metadata", "application/pdf", "a.pdf", page(show+" /X1 Do", "<</Type/Metadata/Subtype/XML/Length 19>>stream\n<a b=\"x\">花子</a>\nendstream"), []string{
			"A page 1 line 1: 山田太郎|東京都", "A metadata b: x", "A metadata line 1: 花子", "unread inline A page 1 (application/pdf): image",
		}},
		{"not one", "application/pdf", "a.pdf", "山田太郎", []string{"A between the objects line 1: 山田太郎", "unread A (application/pdf): broken document"}},
		{"not one, but says so", "application/pdf", "a.pdf", "%PDF-1.7 broken", []string{
			"unread A between the objects (application/pdf): labelled as text but is not", "unread A (application/pdf): broken document",
		}},
		{"cut", "application/pdf", "a.pdf", page(show)[:300], []string{
			"A page 1 line 1: " + strings.Repeat("\uFFFD", 8) + "|" + strings.Repeat("\uFFFD", 6),
			"unread A page 1 (application/pdf): characters that cannot be told", "unread A (application/pdf): broken document",
		}},
		{"as text", "text/plain", "a.txt", page(show), []string{"unread A (application/pdf): labelled as text but is not"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			want := []string{"body", "attachment " + c.file, "  file name: " + c.file}
			for _, w := range c.want {
				want = append(want, "  "+strings.Replace(w, "A", "attachment "+c.file, 1))
			}
			check(t, read(attached(c.mediaType, c.file, c.data)), want...)
		})
	}
}

// inPDF writes a PDF with a stream of no known kind.
func inPDF(data string) string {
	return page("", fmt.Sprintf("<</Length %d>>stream\n%s\nendstream", len(data), data))
}

// TestPDFLimits: what a PDF holds counts for the whole mail.
func TestPDFLimits(t *testing.T) {
	t.Parallel()
	file := page("", "<</EF<</F 8 0 R>>/F(b.csv)>>", "<</Type/EmbeddedFile/Length 3>>stream\nx,y\nendstream")
	for _, c := range []struct {
		lim  Limits
		want string
	}{
		{Limits{Work: len(file) + 1}, "unread attachment a.pdf (application/pdf): more bytes than may be read"},
		{Limits{Entries: 1}, "unread attachment b.pdf/b.csv (application/pdf): too many files in archives"},
		{Limits{Depth: 2, Entries: 9}, " content on no page content on no page (application/pdf): nested too deep"},
		{Limits{Depth: 1, Entries: 9}, "unread zip c.zip/a.pdf/b.csv (application/pdf): nested too deep"},
	} {
		root := multi("mixed", attached("application/pdf", "a.pdf", file), attached("application/pdf", "b.pdf", file),
			attached("application/zip", "c.zip", pack(t, "a.pdf", file)), attached("application/pdf", "d.pdf", inPDF(inPDF(inPDF("x")))))
		if got := show(Read(messageOf(root), c.lim)); !strings.Contains(got, c.want) {
			t.Errorf("%+v: %q is not in\n%s", c.lim, c.want, got)
		}
	}
}

// TestPDFOfPrograms: a name, a phone number and an address are found in what
// programs wrote, wherever their lines break.
func TestPDFOfPrograms(t *testing.T) {
	t.Parallel()
	for file, want := range map[string][]string{
		"chromium":   {"山田太郎", "東京都千代田区丸の内1-2-3"},
		"calc":       {"山田太郎", "鈴木花子", "東京都千代田区丸の内1-2-3", "大阪府大阪市北区梅田3-1-3"},
		"restricted": {"山田太郎", "東京都千代田区丸の内1-2-3"},
		"pdfkit":     {"山田太郎", "東京都千代田区丸の内1-2-3"},
		"pdflib":     {"山田太郎", "東京都千代田区丸の内1-2-3"},
		"writer":     {"鈴木花子", "佐藤一郎", "大阪府大阪市北区梅田3-1-3"},
	} {
		t.Run(file, func(t *testing.T) {
			t.Parallel()
			raw, err := os.ReadFile("../pdf/testdata/" + file + ".pdf")
			if err != nil {
				t.Fatal(err)
			}
			u := read(attached("application/pdf", "a.pdf", string(raw)))[1]
			if len(u.Unread) > 0 {
				t.Errorf("unread: %+v", u.Unread)
			}
			folded, phones := "", map[string]bool{}
			for _, run := range u.Runs {
				text := jp.FoldText(run.Text)
				folded += string(text.Runes) + "\n"
				for _, tok := range text.Tokens() {
					phones[tok.Normal] = phones[tok.Normal] || tok.Kind == jp.Phone
				}
			}
			for _, w := range want {
				if !strings.Contains(folded, string(jp.FoldText(w).Runes)) {
					t.Errorf("%q is not in\n%s", w, folded)
				}
			}
			if !phones["09012345678"] && !phones["08011112222"] {
				t.Errorf("phone numbers: %v", phones)
			}
		})
	}
}
