package rtf_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/kakitome/kakitome/internal/mail"
	"github.com/kakitome/kakitome/internal/rtf"
)

func read(s string) rtf.Document { return rtf.Read([]byte(s), mail.DecodePage) }

func TestRead(t *testing.T) {
	t.Parallel()
	const fonts = `{\fonttbl{\f0\fnil\fcharset128 \'82\'6c\'82\'72;}{\f1\fswiss\fcharset0 Arial{\*\falt Helvetica};}{\f2\fcharset134 SimSun;}{\f3 Osaka;}}`
	for _, c := range []struct {
		name, in string
		want     rtf.Document
	}{
		{"plain", `{\rtf1\ansi Hello\par}`, rtf.Document{Text: "Hello\n"}},
		{"cp932 of the document", `{\rtf1\ansi\ansicpg932\deff0{\fonttbl{\f0\fnil X;}}\'8e\'52\'93\'63\'91\'be\'98\'59}`, rtf.Document{Text: "山田太郎"}},
		{"of a Mac", "{\\rtf1\\ansi\\ansicpg932\\cocoartf2638\n{\\fonttbl\\f0\\fnil\\fcharset0 Menlo-Regular;\\f1\\fnil\\fcharset128 HiraginoSans-W3;}\n{\\*\\expandedcolortbl;;\\cssrgb\\c100000;}\n" +
			"\\pard\n\\f0\\fs28 \\cf2 a\\\n\\cf5 #\n\\f1 \\'8e\\'52\\'93\\'63\n\\f0 \\cf4 \\\nb}", rtf.Document{Text: "a\n#山田\nb"}},
		{"no html", `{\rtf1\fromhtml0{\*\htmltag <p>}a\htmlrtf b}`, rtf.Document{Text: "ab", Beside: "<p>\n"}},
		{"no code page", `{\rtf1\ansi caf\'e9 \'8e\'52}`, rtf.Document{Text: "café ŽR", Again: "caf\uFFFD 山\n"}},
		{"second byte as a letter", `{\rtf1\ansi\ansicpg932 \'8eR\'93c}`, rtf.Document{Text: "山田"}},
		{"second byte escaped", `{\rtf1\ansi\ansicpg932 \'83\\\'95\}\'83\{}`, rtf.Document{Text: "ソ扶ボ"}},
		{"raw bytes", "{\\rtf1\\ansi\\ansicpg932 \x8eR\x93c}", rtf.Document{Text: "山田"}},
		{"cp932 of a font", `{\rtf1\ansi\ansicpg932` + fonts + `\f0\'8e\'52{\f0\b\'93\'63}\plain\f3\'91\'be}`, rtf.Document{Text: "山田太"}},
		{"fonts that disagree", `{\rtf1\ansi\ansicpg932` + fonts + `\f1\'8e\'52\'93\'63}`, rtf.Document{Text: "ŽR“c", Again: "山田\n"}},
		{"a font of another script", `{\rtf1\ansi\ansicpg1252` + fonts + `\f2\'c9\'bd\f0\'8e\'52}`, rtf.Document{Text: "山山", Again: "É½ŽR\n"}},
		{"default font", `{\rtf1\ansi\ansicpg1252\deff0` + fonts + `\f1 a\plain\'8e\'52}`, rtf.Document{Text: "a山", Again: "aŽR\n"}},
		{"cpg", `{\rtf1\ansi\deff0{\fonttbl{\f0\fcharset0\cpg932 X;}}\'8e\'52}`, rtf.Document{Text: "山"}},
		{"unicode", `{\rtf1\ansi\u23665?\u30000 ?\u-27003?}`, rtf.Document{Text: "山田隅"}},
		{"unicode with two bytes beside", `{\rtf1\ansi\ansicpg932\uc2\u23665\'8e\'52\u30000\'93\'63\uc0\u22826 x{\uc1\u37070?}\u27096}`, rtf.Document{Text: "山田太x郎様"}},
		{"unicode without substitute", `{\rtf1\ansi\u23665\u30000\b a}`, rtf.Document{Text: "山田a"}},
		{"unicode beyond the plane", `{\rtf1\ansi\u-10174?\u-8265?\u134071?}`, rtf.Document{Text: "𠮷𠮷"}},
		{"half a character", `{\rtf1\ansi\u-10174?a\u-8265?}`, rtf.Document{Text: "\uFFFDa\uFFFD", Faults: []rtf.Fault{rtf.Charset}}},
		{"substitute ends with the group", `{\rtf1\ansi\uc3{\u23665 a}b}`, rtf.Document{Text: "山b"}},
		{"formatting within a number", `{\rtf1\ansi 090-{\b 1234}-\i 5678\i0\par}`, rtf.Document{Text: "090-1234-5678\n"}},
		{"line ends of the file", "{\\rtf1\\ansi 090-\r\n1234\\\r\nx\\\ny}", rtf.Document{Text: "090-1234\nx\ny"}},
		{"characters", `{\rtf1\ansi\lquote a\rquote\~\-\_\emdash\{\}\\\tab\line\bullet}`, rtf.Document{Text: "‘a’\u00a0\u00ad\u2011—{}\\\t\n•"}},
		{"table", `{\rtf1\ansi\trowd\intbl a\cell b\cell\row\trowd c\cell{\*\nesttableprops\nestrow}d}`, rtf.Document{Text: "a\tb\t\nc\t\nd"}},
		{"hidden", `{\rtf1\ansi a{\v b}{\deleted c}{\cf1\fs2 d}}`, rtf.Document{Text: "abcd"}},
		{"beside", `{\rtf1\ansi{\info{\title T}{\author A}}{\header H}a{\footnote F}b{\*\annotation N{\*\atnref 1}}{\*\unheard U}}`, rtf.Document{Text: "ab", Beside: "T\nA\nH\nF\n1\nN\nU\n"}},
		{"field", `{\rtf1\ansi a{\field{\*\fldinst{HYPERLINK "mailto:taro@example.jp"}}{\fldrslt{b}}}c}`, rtf.Document{Text: "abc", Beside: "HYPERLINK \"mailto:taro@example.jp\"\n"}},
		{"tables of the document", `{\rtf1\ansi{\stylesheet{\s0 Normal;}}{\*\generator X 1;}{\colortbl;\red0;}{\*\themedata 504b}{\*\unheard{\*\rsidtbl\rsid1 z}y}a}`, rtf.Document{Text: "a", Beside: "y\n"}},
		{"both writings", `{\rtf1\ansi{\upr{a}{\*\ud{\u23665?}}}}`, rtf.Document{Text: "a", Beside: "山\n"}},
		{"picture", `{\rtf1\ansi{\*\shppict{\pict{\*\picprop{\sp{\sn wzDescription}{\sv Taro}}{\sp{\sn x}{\sv 914400}}}\pngblip 8950}}{\nonshppict{\pict\wmetafile8 0100}}{\pict 00}a}`,
			rtf.Document{Text: "a", Beside: "Taro\n", Pictures: []string{"image/png", "image/unknown", "image/wmf"}}},
		{"object", `{\rtf1\ansi{\object\objemb{\*\objclass Excel.Sheet}{\*\objdata 0105}{\result{a}}}}`, rtf.Document{Text: "a", Objects: true}},
		{"binary in a picture", "{\\rtf1\\ansi{\\pict\\jpegblip\\bin3 }}}}a}", rtf.Document{Text: "a", Pictures: []string{"image/jpeg"}}},
		{"binary in text", "{\\rtf1\\ansi\\bin3 }}}a\\bin9999 b}", rtf.Document{Text: "a", Faults: []rtf.Fault{rtf.Binary}}},
		{"broken character", `{\rtf1\ansi\ansicpg932 \'8e\b a}`, rtf.Document{Text: "\uFFFDa", Faults: []rtf.Fault{rtf.Charset}}},
		{"broken escapes", `{\rtf1\ansi\'zz\'4`, rtf.Document{Text: "'zz'4"}},
		{"unknown page", `{\rtf1\ansicpg708 a\'8e}`, rtf.Document{Text: "a\uFFFD", Faults: []rtf.Fault{rtf.Charset}}},
		{"after the end", "{\\rtf1\\ansi a}\r\n\x00}", rtf.Document{Text: "a"}},
		{"text after the end", `{\rtf1\ansi a}{b}`, rtf.Document{Text: "a", Faults: []rtf.Fault{rtf.Trailing}}},
		{"cut off", `{\rtf1\ansi a{\b b{\*\x c`, rtf.Document{Text: "ab", Beside: "c\n"}},
		{"too deep", `{\rtf1\ansi a` + strings.Repeat("{", 1000) + "b", rtf.Document{Text: "a", Faults: []rtf.Fault{rtf.Nested}}},
		{"nothing", ``, rtf.Document{}},
		{"no rtf", `a}b\`, rtf.Document{Text: `ab\`}},
		{"html", `{\rtf1\ansi\ansicpg932\fromhtml1 \deff0{\fonttbl{\f0\fswiss Arial;}}{\*\htmltag19 <html>}\uc1\pard\htmlrtf{\f0 \htmlrtf0 ` +
			`{\*\htmltag64 <p title="\'8e\'52">}\htmlrtf\par\htmlrtf0\'8e\'52{\*\htmltag84 <b>}\htmlrtf{\b\htmlrtf0\'93\'63{\*\htmltag92 </b>}\htmlrtf}\htmlrtf0` +
			`{\*\mhtmltag84 <a href="x">}{\*\htmltag84 &lt;}\htmlrtf <\htmlrtf0{\*\htmltag4 \par}x\par\htmlrtf shown\htmlrtf0}}`,
			rtf.Document{HTML: true, Text: "<html><p title=\"山\">山<b>田</b>&lt;\nx\n", Beside: "<a href=\"x\">\n\n<shown\n"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			if diff := cmp.Diff(c.want, read(c.in)); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

// TestRoundTrip: what a writer of RTF packs is read, however it breaks it up.
func TestRoundTrip(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		want := rapid.StringOfN(rapid.RuneFrom([]rune("山田太郎様ソ表ｱ090-1234 a\\{}é𠮷\n")), 0, 40, -1).Draw(t, "text")
		style := rapid.SliceOfN(rapid.IntRange(0, 3), len(want)+1, len(want)+1).Draw(t, "style")
		var b strings.Builder
		b.WriteString(`{\rtf1\ansi\ansicpg932\uc1 `)
		for i, c := range []rune(want) {
			writeRune(&b, c, style[i])
		}
		b.WriteString("}")
		if got := read(b.String()); got.Text != want || got.Faults != nil {
			t.Errorf("%q: read %q, faults %v, want %q", b.String(), got.Text, got.Faults, want)
		}
	})
}
