package pdf

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/japanese"
	"golang.org/x/text/encoding/unicode"
)

func check(t *testing.T, file []byte, want ...string) {
	t.Helper()
	if diff := cmp.Diff(want, lines(Read(file, Limits{}))); diff != "" {
		t.Errorf("reading (-want +got):\n%s", diff)
	}
}

// TestClassicFonts: the predefined character maps are text, without ToUnicode.
func TestClassicFonts(t *testing.T) {
	t.Parallel()
	const text = "山田太郎様 髙橋 ﾔﾏﾀﾞ 090-1234-5678"
	const plain = "山田太郎様　０９０－１２３４－５６７８東京都千代田区"
	for _, c := range []struct {
		name string
		e    encoding.Encoding
		text string
	}{
		{"90ms-RKSJ-H", japanese.ShiftJIS, text}, {"90msp-RKSJ-H", japanese.ShiftJIS, text}, {"Ext-RKSJ-H", japanese.ShiftJIS, text},
		{"EUC-H", japanese.EUCJP, "山田太郎様 090-1234-5678"}, {"UniJIS-UCS2-H", utf16BE, text}, {"UniJIS-UCS2-HW-H", utf16BE, text},
		{"UniJIS-UTF16-H", utf16BE, "𠮷田花子 090-1234-5678"}, {"UniJIS-UTF8-H", unicode.UTF8, text}, {"UniGB-UCS2-H", utf16BE, "张三"},
	} {
		show := hexOf(t, c.e, c.text)
		check(t, onePage(japaneseFont(c.name), "BT /F1 12 Tf 50 700 Td "+show+" Tj ET"), "page 1: "+c.text)
		// Each character by itself, where the one before ended; then 300 points on.
		var apart strings.Builder
		for _, r := range c.text {
			apart.WriteString(hexOf(t, c.e, string(r)))
		}
		check(t, onePage(japaneseFont(c.name), "BT /F1 12 Tf 50 700 Td ["+apart.String()+"] TJ 300 0 Td "+show+" Tj ET"),
			"page 1: "+c.text+"¦"+c.text)
	}
	for _, name := range []string{"H", "V"} {
		high := []byte(hexOf(t, japanese.EUCJP, plain))
		for i := 1; i < len(high)-1; i += 2 { // without the high bit
			high[i] = "01234567"[strings.IndexByte("89abcdef", high[i])]
		}
		check(t, onePage(japaneseFont(name), "BT /F1 12 Tf 50 700 Td "+string(high)+" Tj ET"), "page 1: "+plain)
	}
}

// TestVertical: characters of vertical writing that are shown one by one, each
// below the last, are one line; lines go from right to left.
func TestVertical(t *testing.T) {
	t.Parallel()
	content := "BT /F1 12 Tf 500 700 Td " + hexOf(t, japanese.ShiftJIS, "東京都千代田区") + " Tj ET BT /F1 12 Tf 500 616 Td " +
		hexOf(t, japanese.ShiftJIS, "丸の内") + " Tj ET BT /F1 12 Tf 480 700 Td " + hexOf(t, japanese.ShiftJIS, "山田太郎") + " Tj ET"
	check(t, onePage(japaneseFont("90ms-RKSJ-V"), content), "page 1: 東京都千代田区丸の内|山田太郎")
}

// TestFixtures reads what real programs wrote; NAME.txt holds the readings.
func TestFixtures(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob("testdata/*.pdf")
	if err != nil || len(files) == 0 {
		t.Fatalf("no fixtures: %v", err)
	}
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".pdf"), func(t *testing.T) {
			t.Parallel()
			raw, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			got := strings.Join(lines(Read(raw, Limits{})), "\n") + "\n"
			golden := strings.TrimSuffix(file, ".pdf") + ".txt"
			if os.Getenv("UPDATE_CASES") != "" {
				if err := os.WriteFile(golden, []byte(got), 0o600); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(golden)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(string(want), got); diff != "" {
				t.Errorf("reading (-want +got):\n%s", diff)
			}
			likePoppler(t, file, got)
		})
	}
}

// likePoppler compares with another program, where it is installed: each word it
// finds must be in a reading.
func likePoppler(t *testing.T, file, got string) {
	t.Helper()
	program, err := exec.LookPath("pdftotext")
	if err != nil {
		return
	}
	out, err := exec.CommandContext(t.Context(), program, "-q", "-raw", file, "-").Output()
	if err != nil {
		return // it does not read what is broken on purpose
	}
	flat := strings.NewReplacer("|", "", "¦", "", " ", "").Replace(got)
	for _, word := range strings.Fields(string(out)) {
		if !strings.Contains(flat, word) {
			t.Errorf("pdftotext finds %q", word)
		}
	}
}
