package pdf

import (
	"fmt"
	"strings"
	"testing"
	"time"
)

// hostile are files made to make a reader fail, loop, or use up memory or time.
func hostile() map[string]func() []byte {
	zeros := func(n int) string { return strings.Repeat("0 ", n) }
	manyForms := func(uses int) []byte { // each form draws the next one twice
		list := []string{"<</Type/Catalog/Pages 2 0 R>>", "<</Type/Pages/Kids[3 0 R]/Count 1>>", "<</Type/Page/Contents 4 0 R/Resources<</XObject<</X 5 0 R>>>>>>", data("", "/X Do")}
		for i := range 11 {
			list = append(list, data(fmt.Sprintf("/Subtype/Form/Resources<</XObject<</X %d 0 R>>>>", i+6), strings.Repeat("/X Do ", uses)))
		}
		return build(append(list, data("/Subtype/Form", strings.Repeat("1 w ", 1000)))...)
	}
	page := func(content string, more ...string) []byte { return onePage(helv, content, more...) }
	update := string(onePage(helv, hello))
	return map[string]func() []byte{
		"nothing":     func() []byte { return nil },
		"header only": func() []byte { return []byte("%PDF-1.7\n") },
		"bomb": func() []byte {
			return build("<</Type/Catalog/Pages 2 0 R>>", "<</Kids[3 0 R]>>", "<</Type/Page/Contents 4 0 R>>", data("/Filter/FlateDecode", deflate(zeros(1<<22))))
		},
		"bomb in a bomb": func() []byte {
			return page("", data("/Filter[/FlateDecode/FlateDecode]", deflate(deflate(zeros(1<<22)))))
		},
		"run length bomb": func() []byte {
			return page("", data("/Filter[/FlateDecode/RunLengthDecode]", deflate(strings.Repeat("\x81a", 1<<16))))
		},
		"lzw bomb":     func() []byte { return page("", data("/Filter[/FlateDecode/LZWDecode]", deflate(lzw(zeros(1<<19), 1)))) },
		"many filters": func() []byte { return page("", data("/Filter["+strings.Repeat("/AHx", 5000)+"]", "00")) },
		"predictor of one": func() []byte {
			return page("", data("/Filter/FlateDecode/DecodeParms<</Predictor 15/Columns 1>>", deflate(strings.Repeat("\x04a", 1<<15))))
		},
		"predictor of many": func() []byte {
			return page("", data("/Filter/FlateDecode/DecodeParms<</Predictor 15/Columns 16000000/Colors 32/BitsPerComponent 16>>", deflate("a")))
		},
		"references in a circle": func() []byte {
			return build("2 0 R", "3 0 R", "1 0 R", "<</Type/Catalog/Pages 5 0 R>>", "<</Kids[5 0 R 6 0 R]>>", "<</Kids[5 0 R]>>")
		},
		"length in a circle": func() []byte { return []byte("%PDF-1.7\n1 0 obj\n<</Length 1 0 R>>stream\nx\nendstream\nendobj") },
		"forms that draw themselves": func() []byte {
			return build("<</Type/Catalog/Pages 2 0 R>>", "<</Kids[3 0 R]>>", "<</Type/Page/Contents 4 0 R/Resources<</XObject<</X 5 0 R>>>>>>", data("", "/X Do"), data("/Subtype/Form/Resources<</XObject<</X 5 0 R/Y 6 0 R>>>>", "/X Do /Y Do"), data("/Subtype/Form/Resources<</XObject<</X 5 0 R>>>>", "/X Do"))
		},
		"forms by the power of 2":  func() []byte { return manyForms(2) },
		"forms by the power of 9":  func() []byte { return manyForms(9) },
		"nested arrays":            func() []byte { return build(strings.Repeat("[", 100_000)) },
		"nested dictionaries":      func() []byte { return build(strings.Repeat("<</A ", 100_000)) },
		"nested in content":        func() []byte { return page(strings.Repeat("[", 100_000)) },
		"nested strings":           func() []byte { return page(strings.Repeat("(", 100_000)) },
		"many objects":             func() []byte { return []byte("%PDF-1.7\n" + strings.Repeat("1 0 obj\n", 1<<15)) },
		"many strings without end": func() []byte { return []byte("%PDF-1.7\n" + strings.Repeat("1 0 obj(", 1<<15)) },
		"many arrays without end":  func() []byte { return []byte("%PDF-1.7\n" + strings.Repeat("1 0 obj[(a)", 1<<15)) },
		"many streams without end": func() []byte { return []byte("%PDF-1.7\n" + strings.Repeat("1 0 obj<<>>stream\n", 1<<15)) },
		"many trailers":            func() []byte { return []byte("%PDF-1.7\n" + strings.Repeat("trailer<</Root 1 0 R>>", 1<<15)) },
		"trailers without end":     func() []byte { return []byte("%PDF-1.7\n" + strings.Repeat("trailer(", 1<<15)) },
		"numbers": func() []byte {
			return page(strings.Repeat("9", 1<<15) + " " + strings.Repeat("-", 1<<15) + "1e5 .. 0x1 999999999999999999 0 0 1e308 0 0 cm " + hello)
		},
		"huge matrices": func() []byte {
			return page(strings.Repeat("999999999 999999999 999999999 999999999 999999999 999999999 cm ", 1000) + hello)
		},
		"operands without end":  func() []byte { return page(strings.Repeat("1 ", 1<<15)) },
		"saved states":          func() []byte { return page(strings.Repeat("q ", 1<<15) + hello) },
		"marked content":        func() []byte { return page(strings.Repeat("/A BMC ", 1<<15) + hello) },
		"bogus table":           func() []byte { return []byte(strings.Replace(update, "0000000", "9999999", -1)) },
		"bogus start":           func() []byte { return []byte(strings.Replace(update, "startxref\n", "startxref\n-", 1)) },
		"lengths too short":     func() []byte { return []byte(strings.ReplaceAll(update, "/Length", "/Length 1/Not")) },
		"lengths too long":      func() []byte { return []byte(strings.ReplaceAll(update, "/Length", "/Length 99999/Not")) },
		"lengths below nothing": func() []byte { return []byte(strings.ReplaceAll(update, "/Length", "/Length -5/Not")) },
		"stream in a stream of objects": func() []byte {
			return page("", data("/Type/ObjStm/N 2/First 8", "7 0 8 0 <</Length 3>> stream\nabc\nendstream"), "null")
		},
		"objects out of bounds": func() []byte { return page("", data("/Type/ObjStm/N 99/First 99999", "7 0 8 9999999")) },
		"first below nothing":   func() []byte { return page("", data("/Type/ObjStm/N 99/First -5", "7 0 8 9999999")) },
		"ranges without end": func() []byte {
			return onePage("<</Subtype/Type0/Encoding/Identity-H/ToUnicode 6 0 R/DescendantFonts[<<>>]>>", "BT /F1 1 Tf <0001ffff5c71> Tj ET", data("", strings.Repeat("beginbfrange <00000000> <ffffffff> <0000> endbfrange ", 50_000)))
		},
		"ranges over each other": func() []byte {
			return onePage("<</Subtype/Type0/Encoding/Identity-H/ToUnicode 6 0 R/DescendantFonts[<<>>]>>", "BT /F1 1 Tf "+strings.Repeat("<0001ffff5c71>Tj ", 10_000)+" ET", data("", overlapping()))
		},
		"code spaces over each other": func() []byte {
			return onePage("<</Subtype/Type0/Encoding 6 0 R/DescendantFonts[<<>>]>>", "BT /F1 1 Tf "+strings.Repeat("<0001ffff5c7100>Tj ", 10_000)+" ET", data("/Type/CMap", strings.Repeat("begincodespacerange <00> <01> <0000> <ffff> <000000> <ffffff> <00000000> <ffffffff> <00> <0000> endcodespacerange ", 1000)))
		},
		"maps that use themselves": func() []byte {
			return onePage("<</Subtype/Type0/Encoding 6 0 R/DescendantFonts[<<>>]>>", "BT /F1 1 Tf <00> Tj ET", data("/Type/CMap/UseCMap 6 0 R", ""))
		},
		"long text of a code": func() []byte {
			return onePage(helv[:len(helv)-2]+"/ToUnicode 6 0 R>>", "BT /F1 1 Tf ("+strings.Repeat("A", 1<<15)+") Tj ET", data("", "beginbfchar <41> <"+strings.Repeat("5c71", 10_000)+"> endbfchar"))
		},
		"widths": func() []byte {
			return onePage("<</Subtype/Type0/Encoding/Identity-H/DescendantFonts[<</W[0 4294967295 5 7 [1 2] 5 9 1 -1 [1]]>>]>>", "BT /F1 1 Tf <00000001> Tj ET")
		},
		"pages without end": func() []byte {
			return build("<</Type/Catalog/Pages 2 0 R>>", "<</Kids["+strings.Repeat("3 0 R ", 1<<15)+"]>>", "<</Type/Page>>")
		},
		"one content on many pages": func() []byte {
			return build("<</Type/Catalog/Pages 2 0 R>>", "<</Kids["+strings.Repeat("<</Contents 3 0 R>>", 20_000)+"]>>", data("", strings.Repeat("1 w ", 50_000)))
		},
		"annotations": func() []byte {
			return build("<</Type/Catalog/Pages 2 0 R>>", "<</Kids[3 0 R]>>", "<</Type/Page/Annots["+strings.Repeat("5 0 R ", 1<<15)+"]>>", "null", "<</Rect[0 0 0 0]/AP<</N 6 0 R>>>>", data("/Subtype/Form", strings.Repeat("1 w ", 1000)))
		},
		"pieces":                  func() []byte { return page("BT /F1 1 Tf " + strings.Repeat("9 9 Td (a)Tj ", 1<<15) + "ET") },
		"entries of a dictionary": func() []byte { return build("<<" + strings.Repeat("/A(b)", 1<<15) + ">>") },
		"inline images":           func() []byte { return page(strings.Repeat("BI ID ", 1<<15)) },
		"encrypted by nonsense":   func() []byte { return buildWith("/Encrypt 1 0 R", "<</Filter/Standard/V 5/R 6/U(x)/O(y)>>") },
		"encrypted in a circle":   func() []byte { return buildWith("/Encrypt 1 0 R/ID 1 0 R", "1 0 R") },
		"comments":                func() []byte { return []byte("%PDF-1.7\n" + strings.Repeat("1 0 obj % endobj ", 1<<15)) },
		"operators":               func() []byte { return page(strings.Repeat("Tj TJ Tf Tm Td ' \" Do gs BDC cm ", 1<<14)) },
		"cut":                     func() []byte { return []byte(update[:len(update)/2]) },
	}
}

// overlapping is a map with one large range under many small ones.
func overlapping() string {
	var b strings.Builder
	b.WriteString("beginbfrange <0000> <ffff> <0000> ")
	for i := range 60_000 {
		fmt.Fprintf(&b, "<%04x> <%04x> <0041> ", i, i)
	}
	b.WriteString("endbfrange")
	return b.String()
}

// silent are those that show nothing in the end.
var silent = map[string]bool{
	"pages without end": true, "operands without end": true, "stream in a stream of objects": true, "first below nothing": true,
	"forms that draw themselves": true, "forms by the power of 2": true, "predictor of many": true,
}

// TestHostile: whatever is thrown at it, reading ends soon, within its limits,
// always alike, and is never silent.
func TestHostile(t *testing.T) {
	t.Parallel()
	for name, make := range hostile() {
		t.Run(name, func(t *testing.T) {
			file := make()
			start := time.Now()
			d := Read(file, Limits{Work: 8 << 20, Unpacked: 2 << 20})
			if spent := time.Since(start); spent > 10*time.Second {
				t.Errorf("took %v", spent)
			}
			if d.Work > 8<<20 || d.Unpacked > 2<<20 {
				t.Errorf("work %d, unpacked %d", d.Work, d.Unpacked)
			}
			if len(d.Runs)+len(d.Files)+len(d.Unread) == 0 && !silent[name] {
				t.Error("nothing said")
			}
		})
	}
}
