package pdf

import (
	"slices"
	"strings"
	"testing"

	"golang.org/x/text/encoding/japanese"
)

// TestBeside: what stands beside the content of pages is read.
func TestBeside(t *testing.T) {
	t.Parallel()
	sjis, err := japanese.ShiftJIS.NewEncoder().String("山田")
	if err != nil {
		t.Fatal(err)
	}
	catalog := func(more string) string { return "<</Type/Catalog/Pages 2 0 R" + more + ">>" }
	const pages, page = "<</Type/Pages/Kids[3 0 R]/Count 1>>", "<</Type/Page/Parent 2 0 R>>"
	for _, c := range []struct {
		name    string
		objects []string
		want    []string
	}{
		{"information", []string{catalog(""), pages, page, "<</Title<feff5c717530>/Author(\xef\xbb\xbf花子)/Subject(" + sjis + ")/CreationDate(D:20261102100000+09'00')/Dept(090-1234-5678)>>"},
			[]string{"title: 山田", "properties: 花子|" + docText(octets(sjis)) + "|山田", "other text: 090-1234-5678"}},
		{"outline", []string{catalog("/Outlines 4 0 R"), pages, page, "<</First 5 0 R>>", "<</Title(Taro)/Dest(ch.12345678)>>"}, []string{"title: Taro"}},
		{"notes and links", []string{catalog(""), pages, "<</Type/Page/Annots[4 0 R 5 0 R]>>",
			"<</Subtype/Link/A<</S/URI/URI(https://shop.example/?m=taro)>>>>", "<</Subtype/Text/Contents(call\\r090)/RC(<p>call</p>)/T(Taro)>>"},
			[]string{"link: https://shop.example/?m=taro", "note: call|090", "other text: <p>call</p>", "field name: Taro", `note "" text/html: <p>call</p>`}},
		{"fields", []string{catalog("/AcroForm<</Fields[4 0 R]/XFA[(data) 5 0 R]>>"), pages, "<</Type/Page/Annots[4 0 R]>>",
			"<</Subtype/Widget/T(name)/V(Taro)/Opt[[(1)(Yamada)]]/Rect[100 700 200 720]/AP<</N 6 0 R>>>>", data("", "<x>Hanako</x>"),
			data("/Subtype/Form/BBox[0 0 100 20]/Resources<</Font<</F1 7 0 R>>>>", "BT /F1 12 Tf (Taro) Tj ET"), helv},
			[]string{"page 1: Taro", "other text: data", "field name: name", "form field: Taro|1|Yamada", `metadata "" text/xml: <x>Hanako</x>`}},
		{"states of a look", []string{catalog(""), pages, "<</Type/Page/Annots[<</AS/On/Rect[0 0 9 9]/AP<</N<</On 4 0 R/Off 5 0 R>>>>>>]>>",
			data("/Subtype/Form/Resources<</Font<</F1 6 0 R>>>>", "BT /F1 12 Tf (on) Tj ET"), data("/Subtype/Form/Resources<</Font<</F1 6 0 R>>>>", "BT /F1 12 Tf (off) Tj ET"), helv},
			[]string{"page 1: on", "content on no page: off"}},
		{"embedded files", []string{catalog("/Names<</EmbeddedFiles<</Names[(a.csv) 4 0 R]>>>>"), pages, page,
			"<</Type/Filespec/F(a.csv)/UF<feff5c71002e006300730076>/EF<</F 5 0 R>>>>", data("/Type/EmbeddedFile/Params<</CheckSum<0123456789abcdef>>>", "Taro,090")},
			[]string{"file name: a.csv|山.csv", `file "山.csv" : Taro,090`}},
		{"scripts and metadata", []string{catalog("/Metadata 4 0 R/OpenAction<</S/JavaScript/JS 5 0 R>>/AA<</JS(app.alert\\('x'\\))>>"), pages, page,
			data("/Type/Metadata/Subtype/XML", "<a>b</a>"), data("", "var x")},
			[]string{"script: app.alert('x')", `metadata "" text/xml: <a>b</a>`, `script "" text/plain: var x`}},
		{"structure", []string{catalog("/StructTreeRoot 4 0 R"), pages, page, "<</ActualText(Taro)/Alt(picture)/ID(node00000017)/Lang(ja-JP)>>"},
			[]string{"alternative text: Taro|picture"}},
		{"signature", []string{catalog(""), pages, page, "<</Type/Sig/ByteRange[0 1]/Contents<30820102030405060708>/Name(Taro)>>"}, []string{"other text: Taro"}},
		{"colours", []string{catalog(""), pages, page, "[/Indexed/DeviceRGB 1 <ff00ff00ff00>]", "<</ID[<00ff00ff00ff00ff00ff00ff00ff00ff><0102>]>>"}, nil},
		{"binary", []string{catalog(""), pages, page, "<</Data<00ff00ff0102>>>"}, []string{"unread other text: binary"}},
		{"unknown streams", []string{catalog(""), pages, page, data("", "Taro,090"), data("", "\x89PNG\r\n\x1a\n"), data("/Filter/New", "x"), data("", "")},
			[]string{`content on no page "" : Taro,090`, `content on no page "" : ` + "\x89PNG\r\n\x1a\n", "unread content on no page: format"}},
		{"between", []string{catalog(""), pages, page + "\nendobj\n<p>Taro</p>\n% note 090\n9 0 obj null"}, []string{`between the objects "" text/plain: <p>Taro</p>` + "\n% note 090"}},
		{"two entries of one key", []string{catalog(""), pages, page, "<</Title(Taro)/Title(Hanako)(lost)>>"}, []string{"title: Taro|Hanako", "other text: lost"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			got := lines(Read(build(c.objects...), Limits{}))
			for i := range got {
				got[i] = strings.TrimSpace(got[i])
			}
			for i := range c.want {
				c.want[i] = strings.TrimSpace(c.want[i])
			}
			if strings.Join(got, "\n") != strings.Join(c.want, "\n") {
				t.Errorf("got  %q\nwant %q", got, c.want)
			}
		})
	}
}

// TestImages: a page that is a picture is nobody's reading; a logo is beside text.
func TestImages(t *testing.T) {
	t.Parallel()
	file := func(content string) []byte {
		return build("<</Type/Catalog/Pages 2 0 R>>", "<</Type/Pages/Kids[3 0 R]/Count 1/MediaBox[0 0 600 800]>>",
			"<</Type/Page/Contents 4 0 R/Resources<</Font<</F1 5 0 R>>/XObject<</I 6 0 R/M 7 0 R>>>>>>", data("", content), helv,
			data("/Subtype/Image/Width 900/Height 900/SMask 8 0 R/Filter/JBIG2Decode", "x"), data("/Subtype/Image/Width 1/Height 900", "x"),
			data("/Subtype/Image/Width 900/Height 900", "x"))
	}
	for _, c := range []struct {
		name, content string
		want          []string
	}{
		{"scan", "q 600 0 0 800 0 0 cm /I Do Q", []string{"unread page 1: image"}},
		{"scan with recognised text", "q 600 0 0 800 0 0 cm /I Do Q " + hello, []string{said, "unread page 1: image"}},
		{"logo", "q 90 0 0 90 0 0 cm /I Do Q " + hello, []string{said, "unread inline page 1: image"}},
		{"strips of a scan", strings.Repeat("q 600 0 0 80 0 0 cm /I Do Q ", 10) + hello, []string{said, "unread page 1: image"}},
		{"logo alone", "q 90 0 0 90 0 0 cm /I Do Q", []string{"unread page 1: image"}},
		{"inline", "q 90 0 0 90 0 0 cm BI /W 99/H 99 ID abc EI Q", []string{"unread page 1: image"}},
		{"line", "q 1 0 0 90 0 0 cm /M Do Q " + hello, []string{said}},
		{"drawing", "0 0 m " + strings.Repeat("1 1 l 2 2 3 3 4 4 c ", 24) + "f", []string{"unread page 1: drawing"}},
		{"frame alone", "0 0 9 9 re S", []string{"unread : drawing"}},
		{"frame", "0 0 9 9 re S " + hello, []string{said}},
		{"blank", "", nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			got := slices.DeleteFunc(lines(Read(file(c.content), Limits{})), func(s string) bool { return strings.Contains(s, "on no page") })
			if strings.Join(got, "\n") != strings.Join(c.want, "\n") {
				t.Errorf("got  %q\nwant %q", got, c.want)
			}
		})
	}
}
