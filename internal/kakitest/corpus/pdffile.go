package corpus

import (
	"bytes"
	"compress/zlib"
	"fmt"
	"slices"
	"strings"
	"unicode/utf16"
)

// pdfFile is a document of one page for each forty lines (ISO 32000-1). Its
// text is in a Japanese font by a predefined character map, or, where the
// lines say so by their number, by glyphs with a ToUnicode map, as programs
// write that embed a part of a font.
func pdfFile(name string, lines []string) File {
	p := pdf{glyphs: map[rune]int{}}
	if len(lines)%2 == 0 {
		p.predefined()
	} else {
		p.byGlyphs(lines)
	}
	return File{Name: name, Type: "application/pdf", Data: p.document(lines)}
}

// pdf collects the objects of a document; number 1 is the catalog, 2 the pages.
type pdf struct {
	objects []string
	glyphs  map[rune]int // empty: text is UTF-16
	font    int
}

// add numbers an object.
func (p *pdf) add(body string) int {
	p.objects = append(p.objects, body)
	return len(p.objects) + 2
}

func (p *pdf) stream(content, more string) int {
	var b bytes.Buffer
	w := zlib.NewWriter(&b)
	_, _ = w.Write([]byte(content))
	_ = w.Close()
	return p.add(fmt.Sprintf("<< /Length %d /Filter /FlateDecode%s >>\nstream\n%s\nendstream", b.Len(), more, b.String()))
}

// predefined is a font with the character map UniJIS-UTF16-H (§9.7.5.2).
func (p *pdf) predefined() {
	descriptor := p.add("<< /Type /FontDescriptor /FontName /HeiseiMin-W3 /Flags 6 /FontBBox [0 -200 1000 900] /ItalicAngle 0 /Ascent 800 /Descent -200 /CapHeight 700 /StemV 80 >>")
	child := p.add(fmt.Sprintf("<< /Type /Font /Subtype /CIDFontType0 /BaseFont /HeiseiMin-W3 /CIDSystemInfo << /Registry (Adobe) /Ordering (Japan1) /Supplement 5 >> /FontDescriptor %d 0 R /DW 1000 >>", descriptor))
	p.font = p.add(fmt.Sprintf("<< /Type /Font /Subtype /Type0 /BaseFont /HeiseiMin-W3-UniJIS-UTF16-H /Encoding /UniJIS-UTF16-H /DescendantFonts [%d 0 R] >>", child))
}

// byGlyphs is a font with numbers for the glyphs that occur, and what they
// mean (§9.10.3).
func (p *pdf) byGlyphs(lines []string) {
	runes := []rune(strings.Join(lines, ""))
	slices.Sort(runes)
	var b strings.Builder
	b.WriteString("/CIDInit /ProcSet findresource begin 12 dict begin begincmap /CMapType 2 def\n1 begincodespacerange <0000> <FFFF> endcodespacerange\n")
	runes = slices.Compact(runes)
	for from := 0; from < len(runes); from += 100 {
		chunk := runes[from:min(from+100, len(runes))]
		fmt.Fprintf(&b, "%d beginbfchar\n", len(chunk))
		for i, r := range chunk {
			p.glyphs[r] = from + i + 17
			fmt.Fprintf(&b, "<%04X> <%s>\n", p.glyphs[r], utf16Hex(string(r)))
		}
		b.WriteString("endbfchar\n")
	}
	b.WriteString("endcmap end end\n")
	mapping := p.stream(b.String(), "")
	descriptor := p.add("<< /Type /FontDescriptor /FontName /ABCDEF+Sample /Flags 4 /FontBBox [0 -200 1000 900] /ItalicAngle 0 /Ascent 800 /Descent -200 /CapHeight 700 /StemV 80 >>")
	child := p.add(fmt.Sprintf("<< /Type /Font /Subtype /CIDFontType2 /BaseFont /ABCDEF+Sample /CIDSystemInfo << /Registry (Adobe) /Ordering (Identity) /Supplement 0 >> /FontDescriptor %d 0 R /DW 1000 >>", descriptor))
	p.font = p.add(fmt.Sprintf("<< /Type /Font /Subtype /Type0 /BaseFont /ABCDEF+Sample /Encoding /Identity-H /DescendantFonts [%d 0 R] /ToUnicode %d 0 R >>", child, mapping))
}

func utf16Hex(s string) string {
	var b strings.Builder
	for _, u := range utf16.Encode([]rune(s)) {
		fmt.Fprintf(&b, "%04X", u)
	}
	return b.String()
}

func (p *pdf) hex(line string) string {
	if len(p.glyphs) == 0 {
		return utf16Hex(line)
	}
	var b strings.Builder
	for _, r := range line {
		fmt.Fprintf(&b, "%04X", p.glyphs[r])
	}
	return b.String()
}

// document writes the pages, the table of objects and the trailer (§7.5).
func (p *pdf) document(lines []string) []byte {
	var pages []string
	for page := range slices.Chunk(lines, 40) {
		var b strings.Builder
		b.WriteString("BT /F1 11 Tf 15 TL 50 790 Td\n")
		for _, line := range page {
			fmt.Fprintf(&b, "<%s> Tj T*\n", p.hex(line))
		}
		b.WriteString("ET\n")
		content := p.stream(b.String(), "")
		n := p.add(fmt.Sprintf("<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Resources << /Font << /F1 %d 0 R >> >> /Contents %d 0 R >>", p.font, content))
		pages = append(pages, fmt.Sprintf("%d 0 R", n))
	}
	all := append([]string{
		"<< /Type /Catalog /Pages 2 0 R >>",
		fmt.Sprintf("<< /Type /Pages /Kids [%s] /Count %d >>", strings.Join(pages, " "), len(pages)),
	}, p.objects...)
	var b bytes.Buffer
	b.WriteString("%PDF-1.5\n%\xe2\xe3\xcf\xd3\n")
	var table strings.Builder
	for i, body := range all {
		fmt.Fprintf(&table, "%010d 00000 n \n", b.Len())
		fmt.Fprintf(&b, "%d 0 obj\n%s\nendobj\n", i+1, body)
	}
	start := b.Len()
	fmt.Fprintf(&b, "xref\n0 %d\n0000000000 65535 f \n%strailer\n<< /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n", len(all)+1, table.String(), len(all)+1, start)
	return b.Bytes()
}
