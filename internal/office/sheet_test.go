package office

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// book is a workbook with the sheets given by their rows.
func book(sst, styles, pr string, sheets ...string) []Part {
	var names, rels strings.Builder
	list := parts("xl/worksheets/none.xml", "<x/>")
	for i, rows := range sheets {
		fmt.Fprintf(&names, `<sheet name="表%d" sheetId="%d" state="hidden" r:id="rId%d"/>`, i+1, i+1, i+1)
		fmt.Fprintf(&rels, `<Relationship Id="rId%d" Target="worksheets/sheet%d.xml"/>`, i+1, i+1)
		list = append(list, Part{fmt.Sprintf("xl/worksheets/sheet%d.xml", i+1), `<worksheet` + sheetNS + `><sheetData>` + rows + `</sheetData></worksheet>`})
	}
	return append(list, parts(
		"xl/sharedStrings.xml", `<sst`+sheetNS+` count="9">`+sst+`</sst>`,
		"xl/styles.xml", `<styleSheet`+sheetNS+`>`+styles+`</styleSheet>`,
		"xl/_rels/workbook.xml.rels", `<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">`+rels.String()+`</Relationships>`,
		"xl/workbook.xml", `<workbook`+sheetNS+`><workbookPr `+pr+`/><sheets>`+names.String()+`</sheets></workbook>`,
	)...)
}

// rowsOf are the lines of a document that are of sheets, without the name of the first.
func rowsOf(d *Document) []string {
	var list []string
	for _, l := range lines(d) {
		if rest, ok := strings.CutPrefix(l, "/sheet 表1 line "); ok {
			list = append(list, rest)
		} else if strings.HasPrefix(l, "/sheet") || strings.HasPrefix(l, "fault") {
			list = append(list, l)
		}
	}
	return list
}

func TestSheets(t *testing.T) {
	t.Parallel()
	const sst = `<si><t>氏名</t></si><si><r><t>山田</t></r><r><rPr><b/></rPr><t xml:space="preserve"> 太郎</t></r><rPh sb="0" eb="2"><t>ヤマダ</t></rPh><phoneticPr fontId="1"/></si><si><t>a_x000D_b</t></si><si><t>残り</t></si>`
	const styles = `<numFmts><numFmt numFmtId="176" formatCode="000\-0000\-0000"/><numFmt numFmtId="177" formatCode="[$-411]ggge&quot;年&quot;m&quot;月&quot;d&quot;日&quot;"/></numFmts>` +
		`<cellStyleXfs><xf numFmtId="14"/></cellStyleXfs><cellXfs><xf numFmtId="0"/><xf numFmtId="14"/><xf numFmtId="176"/><xf numFmtId="177"/></cellXfs>`
	for _, c := range []struct {
		name, pr string
		sheets   []string
		want     []string
	}{
		{"shared strings", "", []string{`<row r="3"><c r="A3" t="s"><v>0</v></c><c r="B3" t="s"><v>1</v></c><c t="s"><v>2</v></c></row><row r="5" hidden="1"><c t="s"><v>1</v></c></row>`},
			[]string{"3: 氏名¦山田 太郎¦a b||山田 太郎", "3: ヤマダ||ヤマダ"}},
		{"other strings", "", []string{`<row><c t="inlineStr"><is><r><t>佐藤</t></r><r><t>花子</t></r><rPh><t>サトウ</t></rPh></is></c><c t="str"><f>"090-"&amp;A1</f><v>090-1</v></c><c t="b"><v>1</v></c><c t="e"><v>#N/A</v></c><c t="d"><v>1980-01-02</v></c></row>`},
			[]string{"1: 佐藤花子¦090-1¦1¦#N/A¦1980-01-02", `1: サトウ¦"090-"&A1`}},
		{"dates", "", []string{`<row><c s="1"><v>29222</v></c><c s="3"><v>22323.5</v></c><c s="1"><v>0.5</v></c><c s="9"><v>29222</v></c><c><f>TODAY()</f><v>29222</v></c></row>`},
			[]string{"1: 1980-01-02¦1961-02-11 12:00:00¦0.5¦29222¦29222"}},
		{"dates of 1904", `date1904="1"`, []string{`<row><c s="1"><v>27760</v></c></row>`}, []string{"1: 1980-01-02"}},
		{"numbers", "", []string{`<row><c s="2"><v>9012345678</v></c><c><v>9.012345678E9</v></c><c><v>3980</v></c><c><v>6012345678</v></c><c><v>1E999</v></c></row>`},
			[]string{"1: 090-1234-5678¦9012345678¦3980¦6012345678¦1E999", "1: 9012345678¦09012345678¦06012345678"}},
		{"line breaks in a cell", "", []string{`<row r="2"><c t="inlineStr"><is><t>東京都` + "\n" + `千代田区</t></is></c></row><row r="3"><c t="inlineStr"><is><t>x</t></is></c></row>`}, []string{"2: 東京都 千代田区|x"}},
		{"rows far apart and back", "", []string{`<row r="1"><c><v>1</v></c></row><row r="1048576"><c><v>2</v></c></row><row r="7"><c><v>3</v></c></row><row r="99999999999999999999"><c><v>4</v></c></row><row r="-1"><c><v>5</v></c></row>`},
			[]string{"1: 1", "1048576: 2", "7: 3|4|5"}},
		{"strings that are not there", "", []string{`<row><c t="s"><v>99</v></c><c t="s"><v>-1</v></c><c t="s"/></row>`}, []string{"fault /sheet 表1: refers to text that is not there"}},
		{"two sheets", "", []string{`<row><c><v>1</v></c></row>`, `<row><c><v>2</v></c></row>`}, []string{"1: 1", "/sheet 表2 line 1: 2"}},
		{"a cell in a cell", "", []string{`<row><c><c t="s"><v>1</v></c><v>7</v></c></row>`}, []string{"1: 17"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			got := rowsOf(Read(book(sst, styles, c.pr, c.sheets...), wide))
			if diff := cmp.Diff(c.want, got); diff != "" {
				t.Errorf("rows (-want +got):\n%s", diff)
			}
		})
	}
}

// TestUnusedStrings: what no cell shows any more is still in the file.
func TestUnusedStrings(t *testing.T) {
	t.Parallel()
	got := lines(Read(book(`<si><t>山田</t></si><si><t>佐藤</t><rPh><t>サトウ</t></rPh></si>`, "", "", `<row><c t="s"><v>0</v></c></row>`), wide))
	want := []string{" unused strings: 佐藤", " unused strings: サトウ"}
	if diff := cmp.Diff(want, got[len(got)-2:]); diff != "" {
		t.Error(diff)
	}
}

// TestSheetMargins: what stands in a sheet beside its cells is read too.
func TestSheetMargins(t *testing.T) {
	t.Parallel()
	xml := `<worksheet` + sheetNS + `><sheetViews><sheetView tabSelected="1"/></sheetViews><sheetData/><dataValidations><dataValidation promptTitle="Taro" sqref="A1"><formula1>"東京,大阪"</formula1></dataValidation></dataValidations>` +
		`<hyperlinks><hyperlink ref="A1" r:id="rId1" display="hanako@example.net"/></hyperlinks><headerFooter><oddHeader>&amp;L会員 K100001</oddHeader></headerFooter></worksheet>`
	check(t, Read(parts("xl/worksheets/sheet1.xml", xml), wide),
		`/sheet1.xml margins line 1: "東京,大阪"|&L会員 K100001`, "/sheet1.xml properties: Taro|hanako@example.net")
}

// TestTwice: of two files that say what cells mean, programs may choose either.
func TestTwice(t *testing.T) {
	t.Parallel()
	list := append(book(`<si><t>a</t></si>`, "", "", `<row><c t="s"><v>0</v></c></row>`), Part{"xl/other.xml", `<sst` + sheetNS + `><si><t>b</t></si></sst>`})
	got := strings.Join(lines(Read(list, wide)), "\n")
	for _, want := range []string{"/sheet 表1 line 1: a", "/other.xml line 1: b", "fault /other.xml: holds the same file twice"} {
		if !strings.Contains(got, want) {
			t.Errorf("no %q in:\n%s", want, got)
		}
	}
}

func TestFormats(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ code, stored, shown, other string }{
		{"General", "3980", "3980", ""},
		{"000-0000-0000", "9012345678", "090-1234-5678", "9012345678"},
		{`"0"0`, "9012345678", "09012345678", "9012345678"},
		{"0##-####-####", "9012345678", "090-1234-5678", "9012345678"},
		{`[<=99999999]####\-####;\(00\)\ ####\-####`, "312345678", "(03) 1234-5678", "312345678"},
		{`[<=999]000;[<=9999]000\-00;000\-0000`, "1000005", "100-0005", "1000005"},
		{`[<=999]000;[<=9999]000\-00;000\-0000`, "600001", "060-0001", "600001"},
		{`"〒"000\-0000`, "600001", "〒060-0001", "600001"},
		{`"K"000000`, "1", "K000001", "1"},
		{"00000", "123", "00123", "123"},
		{"0000年00月00日", "19800102", "1980年01月02日", "19800102"},
		{`0000"/"00"/"00`, "19800102", "1980/01/02", "19800102"},
		{"#,##0", "3980", "3980", ""},
		{`"¥"#,##0;[Red]"¥"\-#,##0`, "3980", "3980", ""},
		{"0.00E+00", "3980", "3980", ""},
		{"0_ ", "3980", "3980", ""},
		{"@", "3980", "3980", ""},
		{"yyyy/m/d", "29222", "1980-01-02", ""},
		{`yyyy"年"m"月"d"日";@`, "29222", "1980-01-02", ""},
		{`[$-411]ggge"年"m"月"d"日"`, "29222", "1980-01-02", ""},
		{"m/d", "29222", "1980-01-02", ""},
		{"yyyy-mm-dd hh:mm", "29222.75", "1980-01-02 18:00:00", ""},
		{"h:mm", "0.75", "0.75", ""},
		{"[h]:mm:ss", "29222", "29222", ""},
		{"mm:ss", "0.5", "0.5", ""},
		{"yyyy/m/d", "-5", "-5", ""},
		{"yyyy/m/d", "60", "60", ""}, // a day that never was
		{"yyyy/m/d", "59", "1900-02-28", ""},
		{"yyyy/m/d", "61", "1900-03-01", ""},
		{"yyyy/m/d", "2958466", "2958466", ""},
		{"yyyy/m/d", "29221.999999", "1980-01-02", ""},
		{"yyyy/m/d", "1e300", "1e300", ""},
		{"yyyy/m/d", "x", "x", ""},
		{"", "9012345678", "9012345678", "09012345678"},
		{`"unclosed`, "5", "5", ""},
		{`\`, "5", "5", ""},
		{"[", "5", "5", ""},
		{strings.Repeat("0", 2000), "5", "5", ""},
	} {
		shown, other := parseFormat(c.code).show(c.stored, 0)
		if shown != c.shown || other != c.other {
			t.Errorf("%s in %q: %q, %q; want %q, %q", c.stored, c.code, shown, other, c.shown, c.other)
		}
	}
	for id, want := range map[int]bool{0: false, 1: false, 14: true, 18: false, 20: false, 22: true, 27: true, 32: false, 36: true, 45: false, 50: true, 58: true, 59: false} {
		if builtinDate(id) != want {
			t.Errorf("built-in format %d", id)
		}
	}
}
