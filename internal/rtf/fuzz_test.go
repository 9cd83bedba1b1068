package rtf_test

import (
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/kakitome/kakitome/internal/rtf"
)

// FuzzRead: any bytes are read within bounds, and a name in the flow of the
// outermost group is never lost, whatever stands before it.
func FuzzRead(f *testing.F) {
	for _, seed := range []string{
		`{\rtf1\ansi\ansicpg932{\fonttbl{\f0\fcharset128 X;}{\f1\fcharset0 Y;}}\f0\'8e\'52{\f1\b\u23665?}`,
		`{\rtf1\fromhtml1{\*\htmltag64 <p>}\htmlrtf\par\htmlrtf0 a{\*\mhtmltag b}`,
		`{\rtf1{\*\shppict{\pict\pngblip\bin2 {}}}{\object{\*\objdata 01}{\result a}}`,
		`{\rtf1{\field{\*\fldinst{HYPERLINK "a"}}{\fldrslt b}}{\footnote c}{\upr{a}{\*\ud\u23665?}}`,
		`{\rtf1\uc2\u-10174\'8e\'52\u-8265 `, `{\rtf1\trowd a\cell\row\pard\plain\deff3`,
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		doc := read(string(data))
		for _, s := range []string{doc.Text, doc.Beside, doc.Again} {
			if !utf8.ValidString(s) {
				t.Fatalf("no UTF-8: %q", s)
			}
		}
		if size := len(doc.Text) + len(doc.Beside); size > 3*len(data)+1 {
			t.Fatalf("%d bytes of text in %d", size, len(data))
		}
		if strings.ContainsAny(string(data), "{}\\") || doc.Faults != nil {
			return
		}
		doc = read(`{\rtf1\ansi\ansicpg932 ` + string(data) + ` \'8e\'52\'93\'63}`)
		if !strings.HasSuffix(doc.Text, "山田") {
			t.Errorf("lost in %q", doc.Text)
		}
	})
}

// FuzzDecompress: never more than allowed.
func FuzzDecompress(f *testing.F) {
	f.Add(unhex(f, "2d0000002b0000004c5a4675f1c5c7a703000a007263706731323542320af32068656c090020627705b06c647d0a800fa0"))
	f.Add(wrap([]byte("\x01\x0c\xf0"), 0, "LZFu"))
	f.Add(wrap([]byte("a"), 1, "MELA"))
	f.Fuzz(func(t *testing.T, data []byte) {
		for _, in := range [][]byte{data, wrap(data, 9*len(data), "LZFu")} {
			if out, err := rtf.Decompress(in, 100); len(out) > 100 || err != nil && out != nil {
				t.Errorf("%d bytes, %v", len(out), err)
			}
		}
	})
}

// TestLinear reads long repetitions. Quadratic readers would take minutes.
func TestLinear(t *testing.T) {
	t.Parallel()
	const size = 1 << 20
	for _, repeat := range []string{
		"{", "}", "{}", `\`, `\'`, `\'8e`, `\u-10174`, `\u1?`, `\b`, `\b0`, "{\\*\\x a}", "{\\*\\x ", "{\\header ", "\\header a", `{\sv 1}`, `\f1\f0\'8e`,
		`{\fonttbl\f1\fcharset128`, `{\pict}`, `\bin1`, `\bin0`, "\\htmlrtf a\\htmlrtf0", "{\\*\\htmltag <}", `\uc16\u1`, `\fromhtml1\fromhtml0`, strings.Repeat("a", 1000) + "\\" + strings.Repeat("9", 1000),
	} {
		start := time.Now()
		doc := read(`{\rtf1\ansicpg932` + strings.Repeat(repeat, size/len(repeat)))
		if spent := time.Since(start); spent > 10*time.Second {
			t.Errorf("%.10s took %v", repeat, spent)
		}
		_ = doc
	}
}
