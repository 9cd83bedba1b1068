package pdf

import (
	"bytes"
	"encoding/ascii85"
	"encoding/hex"
	"fmt"
	"slices"
	"strings"
	"testing"

	"golang.org/x/text/encoding/japanese"
)

const hello = "BT /F1 12 Tf 50 700 Td (Taro 090-1234-5678) Tj ET"

const said = "page 1: Taro 090-1234-5678"

func TestFilters(t *testing.T) {
	t.Parallel()
	var a85 bytes.Buffer
	w := ascii85.NewEncoder(&a85)
	_, _ = w.Write([]byte(hello))
	_ = w.Close()
	rows := func(tag byte, columns int, s string) string { // rows with a predictor that changes nothing
		var b strings.Builder
		for len(s) > 0 {
			n := min(columns, len(s))
			b.WriteByte(tag)
			b.WriteString(s[:n])
			s = s[n:]
		}
		return b.String()
	}
	for _, c := range []struct{ name, entries, data string }{
		{"none", "", hello},
		{"flate", "/Filter/FlateDecode", deflate(hello)},
		{"flate without end", "/Filter/FlateDecode", deflate(hello)[:len(deflate(hello))-4]},
		{"hex", "/Filter/ASCIIHexDecode", hex.EncodeToString([]byte(hello)) + ">"},
		{"85", "/Filter[/ASCII85Decode]", a85.String() + "~>"},
		{"run length", "/Filter/RunLengthDecode", string(rune(len(hello)-1)) + hello + "\x80"},
		{"chain", "/Filter[/ASCIIHexDecode/FlateDecode]/DecodeParms[null null]", hex.EncodeToString([]byte(deflate(hello)))},
		{"short names", "/Filter[/AHx /Fl]", hex.EncodeToString([]byte(deflate(hello)))},
		{"no png predictor", "/Filter/FlateDecode/DecodeParms<</Predictor 15/Columns 5>>", deflate(rows(0, 5, hello))},
		{"png sub", "/Filter/FlateDecode/DecodeParms<</Predictor 11/Columns 1>>", deflate(rows(1, 1, hello))},
		{"png up", "/Filter/FlateDecode/DecodeParms[<</Predictor 12/Columns 49>>]", deflate(rows(2, 49, hello))},
		{"tiff", "/Filter/FlateDecode/DecodeParms<</Predictor 2/Columns 1>>", deflate(hello)},
		{"lzw", "/Filter/LZWDecode", lzw(hello, 1)},
		{"late lzw", "/Filter/LZWDecode/DecodeParms<</EarlyChange 0>>", lzw(hello, 0)},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			file := build("<</Type/Catalog/Pages 2 0 R>>", "<</Type/Pages/Kids[3 0 R]/Count 1>>",
				"<</Type/Page/Parent 2 0 R/Contents 4 0 R/Resources<</Font<</F1 5 0 R>>>>>>", data(c.entries, c.data), helv)
			check(t, file, said)
		})
	}
}

// lzw encodes with codes of 9 to 12 bits; text repeated makes it use all.
func lzw(s string, early int) string {
	table := map[string]int{}
	for i := range 256 {
		table[string([]byte{byte(i)})] = i
	}
	var out []byte
	bits, have, width, next := 0, 0, 9, 258
	emit := func(code int) {
		bits, have = bits<<width|code, have+width
		for have >= 8 {
			have -= 8
			out = append(out, byte(bits>>have))
			bits &= 1<<have - 1
		}
	}
	emit(256)
	word := ""
	for i := range len(s) {
		longer := word + s[i:i+1]
		if _, ok := table[longer]; ok {
			word = longer
			continue
		}
		emit(table[word])
		if next < 4094 {
			table[longer] = next
			next++
		}
		if next-1+early >= 1<<width && width < 12 {
			width++
		}
		word = s[i : i+1]
	}
	emit(table[word])
	emit(257)
	return string(append(out, byte(bits<<(8-have))))
}

func TestLZWGrows(t *testing.T) {
	t.Parallel()
	var b strings.Builder
	for i := range 20_000 {
		fmt.Fprintf(&b, "%d,", i*i)
	}
	for early := range 2 {
		got, why := unLZW([]byte(lzw(b.String(), early)), 1<<20, early == 1)
		if why != 0 || string(got) != b.String() {
			t.Errorf("early %d: %d bytes, %d wanted, reason %d", early, len(got), b.Len(), why)
		}
	}
}

// TestObjectStreams: catalog, pages and fonts in object streams, no table but a
// stream.
func TestObjectStreams(t *testing.T) {
	t.Parallel()
	inner := []string{"<</Type/Catalog/Pages 2 0 R>>", "<</Type/Pages/Kids[3 0 R]/Count 1>>",
		"<</Type/Page/Parent 2 0 R/Contents 7 0 R/Resources<</Font<</F1 5 0 R>>>>>>", "42", helv}
	var head, body strings.Builder
	for i, o := range inner {
		fmt.Fprintf(&head, "%d %d ", i+1, body.Len())
		body.WriteString(o + " ")
	}
	objects := fmt.Sprintf("6 0 obj\n%s\nendobj\n", data(fmt.Sprintf("/Type/ObjStm/N 5/First %d/Filter/FlateDecode", head.Len()), deflate(head.String()+body.String())))
	file := "%PDF-1.5\n" + objects + fmt.Sprintf("7 0 obj\n%s\nendobj\n8 0 obj\n%s\nendobj\nstartxref\n0\n%%%%EOF\n",
		data("", hello), data("/Type/XRef/Size 9/Root 1 0 R/W[1 2 1]", "tables are not read"))
	check(t, []byte(file), said)
	// A length that another object states.
	check(t, []byte(strings.Replace(file, "/Type/ObjStm", "/Type/ObjStm/Length 4 0 R", 1)), said)
}

// TestUpdates: an update leaves the old versions in the file, and they are read.
func TestUpdates(t *testing.T) {
	t.Parallel()
	file := string(onePage(helv, hello))
	file += "4 0 obj\n" + data("", "BT /F1 12 Tf 50 700 Td (Hanako) Tj ET") + "\nendobj\ntrailer\n<</Root 1 0 R/Prev 9>>\nstartxref\n9\n%%EOF\n"
	check(t, []byte(file), "page 1: Hanako", "content on no page: Taro 090-1234-5678")
	page := "3 0 obj\n<</Type/Page/Parent 2 0 R/Contents 9 0 R/Resources<</Font<</F1 5 0 R>>>>>>\nendobj\n9 0 obj\n" + data("", "BT /F1 12 Tf (x) Tj ET") + "\nendobj\n"
	check(t, append(onePage(helv, hello), page...), "page 1: x", "page in no order: Taro 090-1234-5678")
}

// TestForms: forms in forms, glyphs drawn by content, patterns, forms nobody draws.
func TestForms(t *testing.T) {
	t.Parallel()
	res := "/Resources<</Font<</F1 5 0 R>>/XObject<</X 7 0 R/I 8 0 R>>>>"
	file := build("<</Type/Catalog/Pages 2 0 R>>", "<</Type/Pages/Kids[3 0 R]/Count 1"+res+">>", "<</Type/Page/Parent 2 0 R/Contents[4 0 R 4 0 R]>>",
		data("", "/X Do"), helv, data("/Type/XObject/Subtype/Form"+res, "BT /F1 9 Tf 10 10 Td (unused) Tj ET /I Do"),
		data("/Type/XObject/Subtype/Form/Matrix[1 0 0 1 50 50]"+res, "q /X Do BT /F1 9 Tf 1 0 0 1 10 10 Tm (Ta) Tj [(r) 20 (o) -900 (090)-1(-1234)] TJ ET Q"),
		data("/Type/XObject/Subtype/Image/Width 90/Height 90/Filter/DCTDecode", "\xff\xd8\xff"))
	check(t, file, "page 1: Taro 090-1234¦Taro 090-1234", "page 1: Taro 090-1234", "content on no page: unused", "unread content on no page: image")
}

func TestSimpleFonts(t *testing.T) {
	t.Parallel()
	toUnicode := data("", "/CIDInit /ProcSet findresource begin begincmap 1 begincodespacerange <00><ff> endcodespacerange "+
		"2 beginbfrange <41><42><5c71> <43><44>[<7530><592a90ce>] endbfrange 1 beginbfchar <45> <0020> endbfchar endcmap")
	type3 := "<</Type/Font/Subtype/Type3/FontMatrix[.01 0 0 .01 0 0]/FontBBox[0 0 100 100]/FirstChar 65/LastChar 67/Widths[100 100 100]/CharProcs<</A 6 0 R/x1 6 0 R>>" +
		"/Encoding<</Differences[65/A/x1/uni5C71]>>"
	glyph := data("", "100 0 d0 0 0 99 99 re f BI /W 99/H 99/BPC 1/IM true ID abc EI")
	embedded := "<</Type/Font/Subtype/TrueType/BaseFont/ABCDEF+Gothic/FirstChar 65/Widths[500 500 500 500 500]/FontDescriptor<</Flags 4/FontFile2 7 0 R>>"
	part := data("/Length1 3", "abc")
	for _, c := range []struct {
		name, font, show string
		more             []string
		want             []string
	}{
		{"windows", helv, "(caf\\351 \\223x\\224 \\2001)", nil, []string{"page 1: café “x” €1"}},
		{"mac", "<</Subtype/TrueType/BaseFont/Arial/Encoding/MacRomanEncoding>>", "(caf\\216)", nil, []string{"page 1: café"}},
		{"standard", "<</Subtype/Type1/BaseFont/Times-Roman>>", "(\\256a' \\247)", nil, []string{"page 1: ﬁa’ §"}},
		{"differences", "<</Subtype/Type1/BaseFont/X/Encoding<</BaseEncoding/WinAnsiEncoding/Differences[1/T/a/r/o 10/uni5C71/u7530/f_i/fi/a.alt]>>>>", `(\1\2\3\4\n\13\14\15\16 z)`, nil, []string{"page 1: Taro山田fiﬁa z"}},
		{"to unicode", embedded + "/ToUnicode 6 0 R>>", "(ABECD)", []string{toUnicode, part}, []string{"page 1: 山屲 田太郎"}},
		{"no map", embedded + ">>", "(ABC)", []string{"null", part}, []string{"page 1: \uFFFD\uFFFD\uFFFD", "unread page 1: glyphs"}},
		{"symbols", "<</Subtype/Type1/BaseFont/Symbol>>", "(abG)", nil, []string{"page 1: αβΓ"}},
		{"type 3", type3 + ">>", "(AC)", []string{glyph}, []string{"page 1: A山"}},
		{"type 3 with own names", type3 + ">>", "(AB)", []string{glyph}, []string{"page 1: A\uFFFD", "unread page 1: glyphs"}},
		{"type 3 to unicode", type3 + "/ToUnicode 7 0 R>>", "(AC)", []string{glyph, toUnicode}, []string{"page 1: 山田"}},
		{"no font", "null", "(ABC)", nil, []string{"page 1: \uFFFD\uFFFD\uFFFD", "unread page 1: glyphs"}},
		{"private use", helv[:len(helv)-2] + "/ToUnicode 6 0 R>>", "(AB)", []string{data("", "beginbfrange <41><42><e000> endbfrange")}, []string{"page 1: \ue000\ue001", "unread page 1: junk"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			check(t, onePage(c.font, "BT /F1 12 Tf 50 700 Td "+c.show+" Tj ET", c.more...), c.want...)
		})
	}
}

func TestCompositeFonts(t *testing.T) {
	t.Parallel()
	font := func(encoding, ordering, more string) string {
		return "<</Subtype/Type0/BaseFont/A/Encoding" + encoding + "/DescendantFonts[<</Subtype/CIDFontType2/CIDSystemInfo<</Ordering(" + ordering + ")>>>>]" + more + ">>"
	}
	toUnicode := data("", "1 begincodespacerange <0000><ffff> endcodespacerange 2 beginbfchar <0001> <5c71> <0002> <d842dfb7> endbfchar 1 beginbfrange <0010> <0020> <0041> endbfrange")
	own := data("/Type/CMap/CMapName/Own/WMode 1", "2 begincodespacerange <00><7f> <8000><ffff> endcodespacerange 1 begincidrange <20><7e> 1 endcidrange 1 begincidchar <8001> 2177 endcidchar")
	for _, c := range []struct{ name, font, show, more, want string }{
		{"identity", font("/Identity-H", "Identity", "/ToUnicode 6 0 R"), "<0001000200100012>", toUnicode, "page 1: 山𠮷AC"},
		{"identity of Adobe-Japan1", font("/Identity-H", "Japan1", ""), "<0881 0c3e 0b20 0fe0 2201 0120 0012 03e0 0001 017a>", "null", "page 1: 山田太郎髙Y1ヤ ﾔ"},
		{"vertical forms", font("/Identity-V", "Japan1", ""), "<1f00 0881>", "null", "page 1: ョ山"},
		{"map of its own", font(" 6 0 R", "Japan1", ""), "<418001>", own, "page 1: A山"},
		{"to unicode is identity", font("/Identity-H", "Identity", "/ToUnicode/Identity-H"), "<5c717530>", "null", "page 1: 山田"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			check(t, onePage(c.font, "BT /F1 12 Tf 50 700 Td "+c.show+" Tj ET", c.more), c.want)
		})
	}
	check(t, onePage(font("/Identity-H", "Identity", ""), "BT /F1 12 Tf <00010002> Tj ET"), "page 1: \uFFFD\uFFFD", "unread page 1: glyphs")
	check(t, onePage(font("/Identity-H", "Japan1", ""), "BT /F1 12 Tf <5000> Tj ET"), "page 1: \uFFFD", "unread page 1: glyphs")
	check(t, onePage(font("/Unknown-H", "Japan1", ""), "BT /F1 12 Tf <0881> Tj ET"), "page 1: \uFFFD", "unread page 1: glyphs")
}

// TestPlacing: what belongs together is together, what does not is apart.
func TestPlacing(t *testing.T) {
	t.Parallel()
	yama, ta := hexOf(t, japanese.ShiftJIS, "山田"), hexOf(t, japanese.ShiftJIS, "太郎")
	for _, c := range []struct {
		name, content string
		want          []string
	}{
		{"kerning", "50 700 Td [(T)80(ar)-20(o 09)15(0)] TJ", []string{"Taro 090"}},
		{"words without spaces", "50 700 Td [(Taro)-250(Yamada)] TJ", []string{"Taro Yamada"}},
		{"letters apart", "3 Tc 50 700 Td (Taro) Tj", []string{"Taro"}},
		{"moved on", "50 700 Td (090-1234-) Tj 52.03 0 Td (5678) Tj", []string{"090-1234-5678"}},
		{"cells", "50 700 Td (Taro) Tj 100 0 Td (090) Tj", []string{"Taro¦090"}},
		{"lines", "14 TL 50 700 Td (Taro) Tj T* (090) Tj (x) ' 1 2 (y) \"", []string{"Taro|090|x|y"}},
		{"backwards", "150 700 Td (090) Tj -100 0 Td (Taro) Tj", []string{"090¦Taro", "Taro¦090"}},
		{"from below", "50 600 Td (090) Tj 0 100 Td (Taro) Tj", []string{"090|Taro", "Taro|090"}},
		{"bold by hand", "50 700 Td (Taro) Tj 0.3 0 Td (Taro) Tj", []string{"Taro"}},
		{"turned", "0 1 -1 0 50 100 Tm (Taro) Tj 0 1 -1 0 64 100 Tm (090) Tj", []string{"Taro|090"}},
		{"upside down", "-1 0 0 -1 500 700 Tm (Taro ) Tj (090) Tj", []string{"Taro 090"}},
		{"negative size", "/F1 -12 Tf -1 0 0 -1 500 700 Tm (Ta) Tj (ro) Tj", []string{"Taro"}},
		{"boxes", "50 700 Td (0) Tj 16 0 Td (9) Tj 16 0 Td (0) Tj 16 0 Td (1) Tj", []string{"0901"}},
		{"invisible", "3 Tr 50 700 Td (Taro) Tj", []string{"Taro"}},
		{"raised", "50 700 Td (Ta) Tj 4 Ts (ro) Tj", []string{"Taro"}},
		{"wide by spacing", "/F2 12 Tf 5 Tc 50 700 Td " + yama + " Tj " + ta + " Tj", []string{"山田太郎"}},
		{"wide in justified lines", "/F2 12 Tf 50 700 Td [" + yama + " -400 " + ta + "] TJ", []string{"山田太郎"}},
		{"wide beside digits", "/F2 12 Tf 50 700 Td [" + yama + " -250] TJ /F1 12 Tf (1-2) Tj", []string{"山田1-2"}},
		{"actual text", "50 700 Td /Span <</ActualText <feff9ad9>>> BDC (Ta) Tj EMC (ro) Tj", []string{"Taro", "髙ro"}},
		{"named actual text", "50 700 Td /Span /P BDC (T) Tj /In BMC (a) Tj EMC EMC (ro) Tj", []string{"Taro", "Yro"}},
		{"inline image", "50 700 Td (Ta) Tj ET BI /W 4/H 4 ID \x00\xffEI\x01 EI BT 74 700 Td (ro) Tj", []string{"Ta ro"}},
		{"array without end", "50 700 Td [(Taro) Tj", []string{"Taro", "unread page 1: broken"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			font := japaneseFont("90ms-RKSJ-H")
			file := build("<</Type/Catalog/Pages 2 0 R>>", "<</Type/Pages/Kids[3 0 R]/Count 1>>",
				"<</Type/Page/Parent 2 0 R/Contents 4 0 R/Resources<</Font<</F1 5 0 R/F2 6 0 R>>/Properties<</P<</ActualText(Y)>>>>>>>>",
				data("", "BT /F1 12 Tf "+c.content+" ET"), helv, font)
			var want []string
			for _, w := range c.want {
				if !strings.HasPrefix(w, "unread") {
					w = "page 1: " + w
				}
				want = append(want, w)
			}
			got := slices.DeleteFunc(lines(Read(file, Limits{})), func(s string) bool { return strings.HasPrefix(s, "alternative text") })
			if strings.Join(got, "\n") != strings.Join(want, "\n") {
				t.Errorf("got  %q\nwant %q", got, want)
			}
		})
	}
}
