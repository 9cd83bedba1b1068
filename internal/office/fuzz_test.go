package office

import (
	"bytes"
	"encoding/xml"
	"errors"
	"io"
	"reflect"
	"strings"
	"testing"
	"unicode/utf8"
)

// FuzzRead: whatever the parts are, reading them keeps the bounds, says the same
// again, and loses no text that is between tags.
func FuzzRead(f *testing.F) {
	for _, body := range []string{
		`<w:p>` + run("山") + `<w:del><w:r><w:delText>x</w:delText></w:r></w:del>` + run("田") + `</w:p>`,
		`<w:tbl><w:tr><w:tc><w:p>` + run("a") + `</w:p></w:tc></w:tr></w:tbl>`,
		`<w:p><w:r><w:ruby><w:rt>x</w:rt><w:rubyBase>y</w:rubyBase></w:ruby><w:txbxContent><w:p>z</w:p></w:txbxContent></w:r></w:p>`,
	} {
		f.Add(word(body)[0].XML, "")
	}
	b := book(`<si><t>a</t><rPh><t>b</t></rPh></si>`, `<numFmts><numFmt numFmtId="9" formatCode="000-0000"/></numFmts><cellXfs><xf numFmtId="9"/></cellXfs>`, `date1904="1"`,
		`<row r="7"><c t="s"><v>0</v></c><c s="0"><f>"x"</f><v>1</v></c><c t="inlineStr"><is><t>y</t></is></c></row>`)
	for _, p := range b {
		f.Add(p.XML, b[1].XML)
	}
	f.Add(`<office:document-content`+odfNS+`><office:spreadsheet><table:table table:name="a"><table:table-row table:number-rows-repeated="9"><table:table-cell office:value="1"><text:p>x</text:p></table:table-cell></table:table-row></table:table>`, "")
	f.Add(`<pkg:package xmlns:pkg="http://schemas.microsoft.com/office/2006/xmlPackage"><pkg:part pkg:name="/a"><pkg:xmlData><a>山</a></pkg:xmlData></pkg:part><pkg:part><pkg:binaryData>eA==</pkg:binaryData></pkg:part></pkg:package>`, "")
	lim := Limits{Text: 1 << 16, Passages: 100}
	f.Fuzz(func(t *testing.T, a, b string) {
		a, b = strings.ToValidUTF8(a, "?"), strings.ToValidUTF8(b, "?")
		list := append(book("<si><t>x</t></si>", "", "", "<row><c><v>1</v></c></row>"), parts("a.xml", a, "xl/worksheets/sheet1.xml", b)...)
		d := Read(list, lim)
		size := 0
		for _, p := range d.Passages {
			if size += len(p.Text); strings.TrimSpace(p.Text) == "" || !utf8.ValidString(p.Text) || p.Line < 0 {
				t.Errorf("bad passage %+v", p)
			}
		}
		if size > lim.Text || len(d.Passages) > lim.Passages {
			t.Errorf("%d bytes in %d passages", size, len(d.Passages))
		}
		if again := Read(list, lim); !reflect.DeepEqual(d, again) {
			t.Error("read again, it is another document")
		}
	})
}

// FuzzText: a name put anywhere into a document is in its text, or a fault says
// that something may be missing.
func FuzzText(f *testing.F) {
	for _, seed := range []string{
		"<w:p><w:t>|</w:t></w:p>", "<w:p>|</w:p>", "<!-- | -->", "<w:p x='|'/>", "<|>", "</|>", "<w:instrText>|", "<w:del><w:delText>|</w:delText></w:del>",
		"<w:txbxContent><w:p><w:t>|", "<w:rt><w:t>|", "<![CDATA[|]]>", "<?|?>", "<!|>", "<w:p |>", "<w:p |='x'>", "<w:sdt><w:tag w:val='|'/>", "&|;", "<w:p a=\"|", "<A'|'/>", "<|:a/>", "<a |:b='c' xmlns:|='d'/>", "<a xmlns='|'/>", "<row><c t='s'><v>|</v></c></row>", "<row><c><v>|</v></c></row>",
		"<row><c><f>|</f></c></row>", "<row><c t='inlineStr'><is><t>|</t><rPh><t>", "<row r='|'><c s='|' t='|'/></row>", "<table:table table:name='|'/>",
		"<table:table table:name='a'><table:table-row><table:table-cell office:value='|' office:date-value='|'><text:p>|</text:p></table:table-cell></table:table-row></table:table>",
		"<office:annotation><dc:creator>|</dc:creator></office:annotation>", "<si><t>|</t></si>", "<si><t>|</t><rPh><t>|</t></rPh></si>",
	} {
		before, after, _ := strings.Cut(seed, "|")
		for kind := range byte(4) {
			f.Add(kind, before, strings.ReplaceAll(after, "|", ""))
		}
	}
	const name = "山田花子"
	f.Fuzz(func(t *testing.T, kind byte, before, after string) {
		body := strings.ToValidUTF8(before, "?") + name + strings.ToValidUTF8(after, "?")
		var list []Part
		switch kind % 4 {
		case 0:
			list = word(body)
		case 1:
			list = book("<si><t>x</t></si>", "", "", body)
		case 2:
			list = book(body, "", "", "<row><c><v>1</v></c></row>")
		case 3:
			list = parts("content.xml", `<office:document-content`+odfNS+`><office:spreadsheet>`+body+`</office:spreadsheet></office:document-content>`)
		}
		d := Read(list, Limits{Text: 1 << 20, Passages: 1000})
		if len(d.Faults) > 0 {
			return
		}
		for _, p := range d.Passages {
			if strings.Contains(p.Text, name) {
				return
			}
		}
		t.Errorf("lost in %q: %q", body, lines(d))
	})
}

// FuzzWalk: where a strict parser reads a text, the characters between its tags
// and the values of its attributes are the same here.
func FuzzWalk(f *testing.F) {
	for _, seed := range []string{"<a/>", "<a b='c'>d&amp;e</a>", "<a><![CDATA[x]]><!-- y --><?z?></a>", "<x:a xmlns:x='y' x:b=\"&#x41;\"> \n</x:a>", "<a>]]&gt;</a>"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, in string) {
		in = strings.ReplaceAll(in, "\r", "\n") // line ends are no matter here
		want, names, ok := strict(in)
		if !ok || strings.Contains(in, "<!") && !strings.Contains(in, "<![") && !strings.Contains(in, "<!--") {
			return
		}
		var r counter
		if why := walk(in, &r); why != "" && why != WhyDepth && why != WhyEntities {
			t.Errorf("%q is well-formed, not %s", in, why)
		}
		if got := r.b.String(); got != want || r.n != names {
			t.Errorf("%q: %q in %d elements, want %q in %d", in, got, r.n, want, names)
		}
	})
}

type counter struct {
	b strings.Builder
	n int
}

func (c *counter) start(t tag) {
	c.n++
	t.each(func(_, v string) { c.b.WriteString(v) })
}
func (c *counter) end(string, int) {}
func (c *counter) text(s string)   { c.b.WriteString(s) }
func (c *counter) aside(string)    {}

// strict reads with the standard library.
func strict(in string) (text string, elements int, ok bool) {
	d := xml.NewDecoder(strings.NewReader(in))
	var b bytes.Buffer
	depth := 0
	for {
		tok, err := d.Token()
		switch {
		case errors.Is(err, io.EOF):
			return b.String(), elements, depth == 0
		case err != nil:
			return "", 0, false
		}
		switch tok := tok.(type) {
		case xml.StartElement:
			elements++
			depth++
			for _, a := range tok.Attr {
				if a.Name.Space != "xmlns" && a.Name.Local != "xmlns" {
					b.WriteString(a.Value)
				}
			}
		case xml.EndElement:
			depth--
		case xml.CharData:
			if depth == 0 && strings.TrimSpace(string(tok)) != "" {
				return "", 0, false
			}
			b.Write(tok)
		}
	}
}
