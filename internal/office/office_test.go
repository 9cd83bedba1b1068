package office

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

const (
	wordNS  = ` xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"`
	sheetNS = ` xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"`
	slideNS = ` xmlns:p="http://schemas.openxmlformats.org/presentationml/2006/main" xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main"`
	odfNS   = ` xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0"`
)

// lines writes a document as lines: "place line 1: text", "file 3 bytes", "fault place: why".
func lines(d *Document) []string {
	var list []string
	for _, p := range d.Passages {
		where := p.Where
		if p.Line > 0 {
			where += fmt.Sprintf(" line %d", p.Line)
		}
		list = append(list, where+": "+strings.NewReplacer("\n", "|", "\t", "¦").Replace(p.Text))
	}
	for _, f := range d.Files {
		list = append(list, fmt.Sprintf("file %s %d bytes", f.Name, len(f.Data)))
	}
	for _, f := range d.Faults {
		list = append(list, "fault "+f.Where+": "+f.Why)
	}
	return list
}

var wide = Limits{Text: 1 << 20, Passages: 1000}

// parts pairs names and contents.
func parts(pairs ...string) []Part {
	var list []Part
	for i := 0; i < len(pairs); i += 2 {
		list = append(list, Part{pairs[i], pairs[i+1]})
	}
	return list
}

func check(t *testing.T, got *Document, want ...string) {
	t.Helper()
	if diff := cmp.Diff(want, lines(got)); diff != "" {
		t.Errorf("document (-want +got):\n%s", diff)
	}
}

func word(body string) []Part {
	return parts("word/document.xml", `<?xml version="1.0"?><w:document`+wordNS+`><w:body>`+body+`</w:body></w:document>`)
}

func run(text string) string { return `<w:r><w:t xml:space="preserve">` + text + `</w:t></w:r>` }

func TestWord(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name, body string
		want       []string
	}{
		{"runs join", `<w:p w:rsidR="00A77B3E"><w:pPr><w:tabs><w:tab w:val="left"/></w:tabs></w:pPr>` + run("090-") + `<w:proofErr w:type="spellStart"/>
			<w:bookmarkStart w:id="0" w:name="_GoBack"/>` + `<w:r><w:rPr><w:b/></w:rPr><w:t>1234</w:t></w:r>` + `<w:hyperlink r:id="rId4">` + run("-5678") + `</w:hyperlink></w:p><w:p>` + run("次") + `</w:p>`,
			[]string{" line 1: 090-1234-5678|次", " properties: _GoBack"}},
		{"spaces in runs", "<w:p>" + run("山田 ") + "\n  " + run("太郎") + run(" ") + run("様") + "</w:p>", []string{" line 1: 山田 太郎 様"}},
		{"signs", `<w:p><w:r><w:t>03</w:t><w:noBreakHyphen/><w:t>12</w:t><w:tab/><w:t>a</w:t><w:br/><w:t>b</w:t><w:cr/><w:sym w:font="Wingdings" w:char="F028"/><w:sym w:char="2603"/><w:softHyphen/></w:r></w:p>`,
			[]string{" line 1: 03-12¦a|b|☃\u00ad"}},
		{"tables", `<w:tbl><w:tr><w:tc><w:p>` + run("氏名") + `</w:p></w:tc><w:tc><w:p>` + run("山田") + `</w:p><w:p>` + run("太郎") + `</w:p></w:tc></w:tr><w:tr><w:tc><w:p/></w:tc><w:tc><w:p>` + run("x") + `</w:p></w:tc></w:tr></w:tbl>`,
			[]string{" line 1: 氏名¦山田|太郎|x"}},
		{"tracked changes", `<w:p>` + run("090-") + `<w:del w:author="係"><w:r><w:delText>1111</w:delText></w:r></w:del><w:ins w:author="係">` + run("2222") + `</w:ins>` + run("-3333") + `</w:p>`,
			[]string{" line 1: 090-2222-3333", " properties: 係", " before changes: 090-1111-3333"}},
		{"moved text", `<w:p>` + run("a") + `<w:moveFrom>` + run("b") + `</w:moveFrom></w:p><w:p><w:moveTo>` + run("b") + `</w:moveTo></w:p>`,
			[]string{" line 1: a|b", " before changes: ab"}},
		{"no changes after all", `<w:p><w:pPr><w:rPr><w:ins w:id="1"/></w:rPr></w:pPr>` + run("a") + `</w:p>`, []string{" line 1: a"}},
		{"fields", `<w:p>` + run("前") + `<w:r><w:fldChar w:fldCharType="begin"/></w:r><w:r><w:instrText> HYPERLINK "mailto:ta</w:instrText></w:r><w:r><w:rPr><w:rFonts w:ascii="明朝"/></w:rPr><w:instrText>ro@example.jp" </w:instrText></w:r><w:r><w:fldChar w:fldCharType="separate"/></w:r>` +
			run("太郎") + `<w:r><w:fldChar w:fldCharType="end"/></w:r><w:fldSimple w:instr=" MERGEFIELD 氏名 ">` + run("花子") + `</w:fldSimple></w:p>`,
			[]string{" line 1: 前太郎花子", ` fields: HYPERLINK "mailto:taro@example.jp"`, " properties: 明朝|MERGEFIELD 氏名"}},
		{"ruby", `<w:p><w:r><w:ruby><w:rt><w:r><w:t>やまだ</w:t></w:r></w:rt><w:rubyBase><w:r><w:t>山田</w:t></w:r></w:rubyBase></w:ruby></w:r>` + run("太郎") + `</w:p>`,
			[]string{" line 1: 山田太郎", " ruby: やまだ"}},
		{"text boxes", `<w:p>` + run("03-1234-") + `<w:r><mc:AlternateContent><mc:Choice Requires="wps"><w:drawing><wp:anchor><wp:positionH><wp:posOffset>635</wp:posOffset></wp:positionH><wp:docPr id="1" name="枠 1" descr="山田様の写真"/><wps:txbx><w:txbxContent><w:p>` + run("佐藤") + run("花子") +
			`</w:p></w:txbxContent></wps:txbx></wp:anchor></w:drawing></mc:Choice><mc:Fallback><w:pict><v:textbox><w:txbxContent><w:p>` + run("佐藤花子") + `</w:p></w:txbxContent></v:textbox></w:pict></mc:Fallback></mc:AlternateContent></w:r>` + run("5678") + `</w:p>`,
			[]string{" line 1: 03-1234-5678", " boxes: 佐藤花子|佐藤花子", " properties: 635|枠 1|山田様の写真"}},
		{"content controls", `<w:sdt><w:sdtPr><w:alias w:val="Taro"/><w:tag w:val="Hanako"/><w:dropDownList><w:listItem w:displayText="山田" w:value="M-1"/></w:dropDownList></w:sdtPr><w:sdtContent><w:p>` + run("山田") + `</w:p></w:sdtContent></w:sdt>`,
			[]string{" line 1: 山田", " properties: Taro|Hanako|山田|M-1"}},
		{"machine words", `<w:p w14:paraId="12345678" w14:textId="09012345" xr:uid="{00000000-0001-0000-0000-000000000000}" w:rsidRPr="00123456"><w:rPr><w:lang w:val="en-US"/></w:rPr></w:p>`, nil},
		{"numbers that may be telling", `<w:p x="09012345678" y="090-1234-5678" z="2147483648" u="taro@example.jp"/>`, []string{" properties: 09012345678|090-1234-5678|taro@example.jp"}},
		{"equations", `<w:p><m:oMath><m:r><m:t>x</m:t></m:r><m:r><m:t>=2</m:t></m:r></m:oMath></w:p>`, []string{" line 1: x=2"}},
		{"comments in XML", `<w:p><!-- 山田 --><?mso x 佐藤?>` + run("a") + `</w:p>`, []string{" line 1: a", " properties: 山田|mso x 佐藤"}},
		{"files in base64", `<w:p><w:pict><w:binData w:name="x">aGVs` + "\n" + `bG8=</w:binData></w:pict></w:p><w:binData>?</w:binData>`, []string{" properties: x", "file  5 bytes", "fault : holds encoded content"}},
		{"content in a link", `<w:p x="data:text/plain;base64,eA=="/>`, []string{"fault : holds encoded content"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			d := Read(word(c.body), wide)
			check(t, d, c.want...)
			if !d.Known {
				t.Error("no document")
			}
		})
	}
}

// TestPrefixes: programs choose other prefixes, or none.
func TestPrefixes(t *testing.T) {
	t.Parallel()
	for _, xml := range []string{
		`<document xmlns="http://schemas.openxmlformats.org/wordprocessingml/2006/main"><p><r><t>山</t></r><r><t>田</t></r></p></document>`,
		`<ns0:document xmlns:ns0="http://purl.oclc.org/ooxml/wordprocessingml/main"><ns0:p><ns0:r><ns0:t>山</ns0:t></ns0:r><ns0:r><ns0:t>田</ns0:t></ns0:r></ns0:p></ns0:document>`,
		"\uFEFF" + `<?xml version='1.0'?><!-- x > y --><w:wordDocument xmlns:w='http://schemas.microsoft.com/office/word/2003/wordml'><w:p><w:r><w:t>山</w:t></w:r><w:r><w:t>田</w:t></w:r></w:p></w:wordDocument>`,
	} {
		d := Read(parts("word/document.xml", xml), wide)
		if got := d.Passages[0]; got.Text != "山田" || !d.Known || !d.Shown || len(d.Faults) > 0 {
			t.Errorf("%s: %q %v", xml, got.Text, d)
		}
	}
}

func TestSlides(t *testing.T) {
	t.Parallel()
	slide := func(root, body string) string {
		return `<p:` + root + slideNS + `><p:cSld>` + body + `</p:cSld></p:` + root + `>`
	}
	shape := `<p:sp><p:nvSpPr><p:cNvPr id="2" name="図 1" descr="x"/></p:nvSpPr><p:txBody><a:p><a:r><a:rPr lang="ja-JP"/><a:t>山田</a:t></a:r><a:r><a:t>太郎</a:t></a:r><a:br/><a:fld type="slidenum"><a:t>1</a:t></a:fld><a:endParaRPr/></a:p></p:txBody></p:sp>`
	table := `<p:graphicFrame><a:graphic><a:tbl><a:tr h="1"><a:tc><a:txBody><a:p><a:r><a:t>氏名</a:t></a:r></a:p></a:txBody></a:tc><a:tc><a:txBody><a:p><a:r><a:t>佐藤花子</a:t></a:r></a:p></a:txBody></a:tc></a:tr></a:tbl></a:graphic></p:graphicFrame>`
	check(t, Read(parts(
		"ppt/presentation.xml", `<p:presentation`+slideNS+`><p:sldIdLst><p:sldId id="256" r:id="rId2"/></p:sldIdLst></p:presentation>`,
		"ppt/slides/slide1.xml", slide("sld", shape+table),
		"ppt/notesSlides/notesSlide1.xml", slide("notes", `<a:p><a:r><a:t>ノート</a:t></a:r></a:p>`),
		"ppt/slideLayouts/slideLayout1.xml", slide("sldLayout", `<a:p><a:r><a:t>Footer</a:t></a:r></a:p>`),
		"ppt/comments/comment1.xml", `<p:cmLst`+slideNS+`><p:cm authorId="0" dt="2026-11-02T10:00:00"><p:pos x="10" y="10"/><p:text>鈴木健一</p:text></p:cm></p:cmLst>`,
		"ppt/commentAuthors.xml", `<p:cmAuthorLst`+slideNS+`><p:cmAuthor id="0" name="Jimu" initials="J"/></p:cmAuthorLst>`,
		"ppt/diagrams/data1.xml", `<dgm:dataModel xmlns:dgm="http://schemas.openxmlformats.org/drawingml/2006/diagram"><dgm:ptLst><dgm:pt modelId="{00000000-0001-0000-0000-000000000000}"><dgm:t><a:p><a:r><a:t>高橋</a:t></a:r><a:r><a:t>美咲</a:t></a:r></a:p></dgm:t></dgm:pt></dgm:ptLst></dgm:dataModel>`,
		"ppt/charts/chart1.xml", `<c:chartSpace xmlns:c="http://schemas.openxmlformats.org/drawingml/2006/chart"><c:ser><c:tx><c:strRef><c:f>Sheet1!$B$1</c:f><c:strCache><c:pt idx="0"><c:v>田中</c:v></c:pt><c:pt idx="1"><c:v>翔太</c:v></c:pt></c:strCache></c:strRef></c:tx><c:title><a:p><a:r><a:t>伊藤</a:t></a:r><a:r><a:t>陽子</a:t></a:r></a:p></c:title></c:ser></c:chartSpace>`,
	), wide),
		"/slide1.xml line 1: 山田太郎|1|氏名¦佐藤花子", "/slide1.xml properties: 図 1|x",
		"/notesSlide1.xml line 1: ノート", "/slideLayout1.xml line 1: Footer", "/comment1.xml line 1: 鈴木健一",
		"/commentAuthors.xml properties: Jimu|J", "/data1.xml line 1: 高橋美咲", "/chart1.xml line 1: Sheet1!$B$1|田中|翔太|伊藤陽子")
}

// TestOtherFiles: what is no running text is read tag by tag; of vocabularies
// that are not those of office programs every attribute is.
func TestOtherFiles(t *testing.T) {
	t.Parallel()
	d := Read(parts(
		"docProps/core.xml", `<cp:coreProperties xmlns:cp="http://schemas.openxmlformats.org/package/2006/metadata/core-properties"><dc:title>名簿</dc:title><dc:creator>Taro</dc:creator></cp:coreProperties>`,
		"customXml/item1.xml", `<order no="M1" xmlns:x="urn:x"><name x:kana="Yamada">山田</name><tel>090</tel></order>`,
		"word/_rels/document.xml.rels", `<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" Target="styles.xml"/><Relationship Id="rId2" Target="mailto:taro@example.jp" TargetMode="External"/></Relationships>`,
		"xl/drawings/vmlDrawing1.vml", `<xml xmlns:v="urn:schemas-microsoft-com:vml"><v:textbox><div style='text-align:left'>山<br>田</div></v:textbox></xml>`,
		"xl/pivotCache/pivotCacheRecords1.xml", `<pivotCacheRecords`+sheetNS+`><r><x v="0"/><s v="Taro"/><d v="1980-01-02T00:00:00"/></r></pivotCacheRecords>`,
		"xl/externalLinks/externalLink1.xml", `<externalLink`+sheetNS+`><externalBook><sheetNames><sheetName val="Members"/></sheetNames><sheetDataSet><row r="1"><cell r="A1" t="str"><v>佐藤花子</v></cell></row></sheetDataSet></externalBook></externalLink>`,
		"xl/threadedComments/threadedComment1.xml", `<ThreadedComments xmlns="http://schemas.microsoft.com/office/spreadsheetml/2018/threadedcomments"><threadedComment ref="A1"><text>鈴木健一</text></threadedComment></ThreadedComments>`,
	), wide)
	check(t, d,
		"/core.xml line 1: 名簿|Taro",
		"/item1.xml line 1: 山田|090", "/item1.xml properties: M1|Yamada",
		"/document.xml.rels properties: mailto:taro@example.jp",
		"/vmlDrawing1.vml line 1: 山|田", "/vmlDrawing1.vml properties: text-align:left",
		"/pivotCacheRecords1.xml properties: 0|Taro|1980-01-02T00:00:00",
		"/externalLink1.xml line 1: 佐藤花子", "/externalLink1.xml properties: Members",
		"/threadedComment1.xml line 1: 鈴木健一")
	if d.Known || d.Shown {
		t.Error("no document among them")
	}
}

func TestOpenDocument(t *testing.T) {
	t.Parallel()
	content := func(body string) []Part {
		return parts("content.xml", `<office:document-content`+odfNS+`><office:body>`+body+`</office:body></office:document-content>`)
	}
	check(t, Read(content(`<office:text><text:p>電話 <text:span>090-</text:span>12<text:note><text:note-citation>1</text:note-citation><text:note-body><text:p>脚注</text:p></text:note-body></text:note>34<text:s text:c="3"/>x<text:tab/>y<text:line-break/>z</text:p>
		<table:table><table:table-row><table:table-cell><text:p>氏名</text:p></table:table-cell>
		<table:table-cell><text:p>山田</text:p></table:table-cell></table:table-row></table:table></office:text>`), wide),
		" line 1: 電話 090-1234 x¦y|z|氏名¦山田", " boxes: 1 脚注")
	cells := `<table:table-cell office:value-type="string"><text:p>山田</text:p></table:table-cell><table:table-cell table:number-columns-repeated="16384"/>`
	check(t, Read(content(`<office:spreadsheet><table:table table:name="名簿"><table:table-row table:number-rows-repeated="1000">`+cells+`</table:table-row><table:table-row>`+cells+
		`<table:table-cell office:value-type="date" office:date-value="1980-01-02"><text:p>昭和55年</text:p></table:table-cell><table:table-cell office:value-type="float" office:value="9012345678"><text:p>9012345678</text:p></table:table-cell>`+
		`</table:table-row></table:table><table:table table:name="空"/></office:spreadsheet>`), wide),
		"/sheet 名簿 line 1: 山田", "/sheet 名簿 line 1001: 山田¦昭和55年¦9012345678", "/sheet 名簿 line 1001: 1980-01-02¦09012345678", " properties: 名簿|空")
}

func TestFlat(t *testing.T) {
	t.Parallel()
	flat := `<?xml version="1.0"?><?mso-application progid="Word.Document"?><pkg:package xmlns:pkg="http://schemas.microsoft.com/office/2006/xmlPackage">` +
		`<pkg:part pkg:name="/word/document.xml"><pkg:xmlData><w:document` + wordNS + `><w:p>` + run("山") + run("田") + `</w:p></w:document></pkg:xmlData></pkg:part>` +
		`<pkg:part pkg:name="/word/media/image1.png"><pkg:binaryData>iVBO` + "\n" + `Rw==</pkg:binaryData></pkg:part></pkg:package>`
	if !Flat(flat) || Flat("<order/>") || Flat("") || Flat("<w:styles"+wordNS+"/>") {
		t.Error("flat documents are not told from others")
	}
	d := Read(parts("", flat), wide)
	check(t, d, ` properties: mso-application progid="Word.Document"`, " line 1: 山田", "file image1.png 4 bytes")
	nested := flat
	for range 3 {
		nested = `<pkg:package xmlns:pkg="http://schemas.microsoft.com/office/2006/xmlPackage"><pkg:part pkg:name="/a.xml"><pkg:xmlData>` + nested + `</pkg:xmlData></pkg:part></pkg:package>`
	}
	if got := strings.Join(lines(Read(parts("", nested), wide)), "\n"); !strings.Contains(got, "山|田") {
		t.Errorf("text of a package in a package is lost: %s", got)
	}
}

// TestWorkbook2003: one XML file, written by report programs as .xls.
func TestWorkbook2003(t *testing.T) {
	t.Parallel()
	d := Read(parts("", `<?xml version="1.0"?><?mso-application progid="Excel.Sheet"?><Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet" xmlns:ss="urn:schemas-microsoft-com:office:spreadsheet">
		<Worksheet ss:Name="名簿"><Table><Row><Cell><Data ss:Type="String">山田</Data><Comment><Data><B>係</B>: 要連絡</Data></Comment></Cell><Cell ss:StyleID="s1"><Data ss:Type="DateTime">1980-01-02T00:00:00.000</Data></Cell></Row>
		<Row><Cell><Data ss:Type="String"><B>佐藤</B>花子</Data></Cell></Row></Table></Worksheet></Workbook>`), wide)
	check(t, d, " line 1: 山田¦係: 要連絡¦1980-01-02T00:00:00.000|佐藤花子", ` properties: mso-application progid="Excel.Sheet"|名簿`)
}

func TestLimits(t *testing.T) {
	t.Parallel()
	check(t, Read(word("<w:p>"+run("あああ")+"</w:p>"), Limits{Text: 8, Passages: 5}), "fault : more text than may be read")
	check(t, Read(word(`<w:p x="佐藤">`+run("山田")+"</w:p>"), Limits{Text: 80, Passages: 1}), " line 1: 山田", "fault  properties: more text than may be read")
}
