package office

import (
	"strings"
	"testing"
	"time"
)

// TestLinear reads long repetitions of what a careless reader would read in
// quadratic time, or write out a thousandfold.
func TestLinear(t *testing.T) {
	t.Parallel()
	const size = 1 << 20
	long := strings.Repeat("山", 10_000)
	row := `<row><c t="s"><v>0</v></c></row>`
	sheet := func(rows string) []Part { return book(`<si><t>`+long+`</t></si>`, "", "", rows) }
	ods := func(body string) []Part {
		return parts("content.xml", `<office:document-content`+odfNS+`><office:spreadsheet><table:table table:name="a">`+body)
	}
	many := func(s string) string { return strings.Repeat(s, size/len(s)) }
	for _, c := range []struct {
		name  string
		parts []Part
		why   string
	}{
		{"one string many times", sheet(many(row)), WhyMore},
		{"one string many times in a row", sheet("<row>" + many(`<c t="s"><v>0</v></c>`)), WhyMore},
		{"a value in pieces", sheet("<row><c><v>" + many("1<!---->")), WhyBroken},
		{"cells in cells", sheet("<row>" + many("<c>")), WhyDepth},
		{"rows far apart", sheet(many(`<row r="1"><c><v>1</v></c></row><row r="1000000000"><c><v>1</v></c></row>`)), WhyMore},
		{"repeated rows", ods(many(`<table:table-row table:number-rows-repeated="1048576"><table:table-cell table:number-columns-repeated="1048576" office:value="1"><text:p>x</text:p></table:table-cell></table:table-row>`)), WhyMore},
		{"values of cells", ods(`<table:table-row>` + many(`<table:table-cell office:value="1"><text:p>x</text:p></table:table-cell>`)), WhyBroken},
		{"changes", word("<w:p>" + many("<w:ins><w:t>a</w:t></w:ins><w:del><w:t>b</w:t></w:del>") + "</w:p>"), ""},
		{"depth", word(many("<w:p>")), WhyDepth},
		{"ends", word(many("</w:p>")), WhyBroken},
		{"brackets", word(many("<")), WhyBroken},
		{"numbers for names", word(many("<1")), WhyBroken},
		{"quotes", word(many(`<a "`)), WhyBroken},
		{"comments", word(many("<!--")), WhyBroken},
		{"declarations", word(many("<!")), WhyBroken},
		{"references", word(many("&")), WhyBroken},
		{"attributes", word("<a " + many("b=' ' ") + "/>"), ""},
		{"attributes that say something", word("<a " + many("b='山' ") + "/>"), ""},
		{"declarations alone", parts("a.xml", many("<!a>")), ""},
		{"flat packages", parts("", strings.Repeat(`<p:package xmlns:p="http://schemas.microsoft.com/office/2006/xmlPackage"><p:part><p:xmlData>`, size/100)), WhyDepth},
		{"entities", word(`<!DOCTYPE a [` + many(`<!ENTITY a "&b;&b;">`)), WhyEntities},
	} {
		t.Run(c.name, func(t *testing.T) {
			start := time.Now()
			d := Read(c.parts, Limits{Text: 4 << 20, Passages: 1000})
			if spent := time.Since(start); spent > 10*time.Second {
				t.Errorf("took %v", spent)
			}
			text := 0
			for _, p := range d.Passages {
				text += len(p.Text)
			}
			if text > 4<<20 {
				t.Errorf("%d bytes of text", text)
			}
			found := c.why == ""
			for _, f := range d.Faults {
				found = found || f.Why == c.why
			}
			if !found {
				t.Errorf("faults %v, want one %q", d.Faults[:min(len(d.Faults), 3)], c.why)
			}
		})
	}
}
