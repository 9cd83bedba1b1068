package pdf

import (
	"bytes"
	"compress/zlib"
	"encoding/hex"
	"fmt"
	"strings"
	"testing"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/unicode"
)

// build writes a file of objects, numbered from 1. The first is the catalog.
func build(objects ...string) []byte { return buildWith("", objects...) }

// buildWith adds something to the trailer.
func buildWith(trailer string, objects ...string) []byte {
	var b bytes.Buffer
	b.WriteString("%PDF-1.7\n%\xe2\xe3\xcf\xd3\n")
	var at []int
	for i, o := range objects {
		at = append(at, b.Len())
		fmt.Fprintf(&b, "%d 0 obj\n%s\nendobj\n", i+1, o)
	}
	table := b.Len()
	fmt.Fprintf(&b, "xref\n0 %d\n0000000000 65535 f \n", len(at)+1)
	for _, offset := range at {
		fmt.Fprintf(&b, "%010d 00000 n \n", offset)
	}
	fmt.Fprintf(&b, "trailer\n<</Size %d/Root 1 0 R%s>>\nstartxref\n%d\n%%%%EOF\n", len(at)+1, trailer, table)
	return b.Bytes()
}

// data writes a stream; entries go into its dictionary.
func data(entries, content string) string {
	return fmt.Sprintf("<<%s/Length %d>>\nstream\n%s\nendstream", entries, len(content), content)
}

func deflate(s string) string {
	var b bytes.Buffer
	w := zlib.NewWriter(&b)
	_, _ = w.Write([]byte(s))
	_ = w.Close()
	return b.String()
}

// onePage writes a file of one page that shows content; its font F1 is object
// 5, more objects begin at 6.
func onePage(font, content string, more ...string) []byte {
	return build(append([]string{
		"<</Type/Catalog/Pages 2 0 R>>",
		"<</Type/Pages/Kids[3 0 R]/Count 1/MediaBox[0 0 595 842]>>",
		"<</Type/Page/Parent 2 0 R/Contents 4 0 R/Resources<</Font<</F1 5 0 R>>>>>>",
		data("", content),
		font,
	}, more...)...)
}

const helv = "<</Type/Font/Subtype/Type1/BaseFont/Helvetica/Encoding/WinAnsiEncoding>>"

// japanese is a composite font as Japanese forms have it: not embedded, without
// ToUnicode. Its child is written into it.
func japaneseFont(encoding string) string {
	return "<</Type/Font/Subtype/Type0/BaseFont/Ryumin-Light/Encoding/" + encoding + "/DescendantFonts[<</Type/Font/Subtype/CIDFontType0" +
		"/BaseFont/Ryumin-Light/CIDSystemInfo<</Registry(Adobe)/Ordering(Japan1)/Supplement 2>>/DW 1000/W[1 94 500 231 389 500]" +
		"/FontDescriptor<</Type/FontDescriptor/FontName/Ryumin-Light/Flags 6/FontBBox[0 -200 1000 900]/ItalicAngle 0/Ascent 800/Descent -200/CapHeight 800/StemV 80>>>>]>>"
}

func hexOf(t testing.TB, e encoding.Encoding, s string) string {
	t.Helper()
	out, err := e.NewEncoder().String(s)
	if err != nil {
		t.Fatal(err)
	}
	return "<" + hex.EncodeToString([]byte(out)) + ">"
}

var utf16BE = unicode.UTF16(unicode.BigEndian, unicode.IgnoreBOM)

// lines are runs as "place: text", the unread as "unread place: reason".
func lines(d Document) []string {
	var list []string
	for _, r := range d.Runs {
		list = append(list, r.Where+": "+strings.NewReplacer("\n", "|", "\t", "¦").Replace(strings.TrimSpace(r.Text)))
	}
	for _, f := range d.Files {
		list = append(list, fmt.Sprintf("%s %q %s: %.60s", f.Where, f.Name, f.Type, strings.TrimSpace(string(f.Data))))
	}
	for _, u := range d.Unread {
		inline := ""
		if u.Inline {
			inline = " inline"
		}
		list = append(list, fmt.Sprintf("unread%s %s: %s", inline, u.Where, reasonNames[u.Why]))
	}
	return list
}

var reasonNames = map[Reason]string{
	Encrypted: "encrypted", Broken: "broken", Image: "image", Drawing: "drawing", Glyphs: "glyphs", Junk: "junk", Binary: "binary",
	Format: "format", Deep: "deep", Limit: "limit",
}
