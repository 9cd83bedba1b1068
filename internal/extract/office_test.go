package extract

import (
	"encoding/binary"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"unicode/utf16"
)

// TestOfficeFiles reads documents that LibreOffice wrote, whatever they are
// called. The text beside them, in .want, is what was read, one line a run.
func TestOfficeFiles(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob("testdata/office/*.want")
	if err != nil || len(files) == 0 {
		t.Fatalf("no documents: %v", err)
	}
	for _, file := range files {
		name := strings.TrimSuffix(filepath.Base(file), ".want")
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			data, err := os.ReadFile(strings.TrimSuffix(file, ".want"))
			if err != nil {
				t.Fatal(err)
			}
			want, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			for _, as := range []struct{ mediaType, name string }{
				{"application/octet-stream", name}, {"application/octet-stream", "noname"}, {"application/pdf", "a.pdf"}, {"image/png", "a.png"},
			} {
				if strings.Contains(string(data[:5]), "<?xml") && as.mediaType == "application/pdf" {
					continue // a label that decides where the bytes are text
				}
				got := strings.NewReplacer("attachment "+as.name, "A", "name: "+as.name, "name: A").Replace(show(read(attached(as.mediaType, as.name, string(data)))))
				if as.name == name && os.Getenv("UPDATE_WANT") != "" {
					want = []byte(got)
					if err := os.WriteFile(file, want, 0o600); err != nil {
						t.Fatal(err)
					}
				}
				if got != string(want) {
					t.Errorf("%s %s: got:\n%s\nwant:\n%s", as.mediaType, as.name, got, want)
				}
			}
		})
	}
}

const (
	contentTypes = `<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"/>`
	wordStart    = `<w:document xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"><w:body><w:p><w:r><w:t>`
	wordEnd      = `</w:t></w:r></w:p></w:body></w:document>`
	png          = "\x89PNG\r\n\x1a\nx"
	ole          = "\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
)

// docx packs a document with a text, and other files.
func docx(t testing.TB, text string, files ...string) string {
	t.Helper()
	return pack(t, append([]string{"[Content_Types].xml", contentTypes, "word/document.xml", wordStart + text + wordEnd}, files...)...)
}

func wide(s string) string {
	b := []byte{0xff, 0xfe}
	for _, c := range utf16.Encode([]rune(s)) {
		b = binary.LittleEndian.AppendUint16(b, c)
	}
	return string(b)
}

func TestOffice(t *testing.T) {
	t.Parallel()
	const office = "application/vnd.openxmlformats-officedocument"
	manifest := `<manifest:manifest xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0"><manifest:file-entry manifest:full-path="content.xml"><manifest:encryption-data/></manifest:file-entry></manifest:manifest>`
	for _, c := range []struct {
		name, data string
		want       []string // after the file name
	}{
		{"text", docx(t, "山田"), []string{"A line 1: 山田"}},
		{"pictures beside text", docx(t, "山田", "word/media/image1.png", png, "docProps/thumbnail.emf", "\x01\x00\x00\x00"+strings.Repeat("\x00", 36)+" EMF"), []string{
			"A line 1: 山田", "unread inline A/image1.png (image/png): image", "unread inline A/thumbnail.emf (image/emf): image",
		}},
		{"nothing but pictures", docx(t, " ", "word/media/image1.png", png), []string{"unread A/image1.png (image/png): image"}},
		{"what is only called a picture", docx(t, "x", "word/media/image1.png", "\x00\x01\x02", "word/media/image2.svg", "<svg><text>佐藤</text></svg>"), []string{
			"A line 1: x", "A/image2.svg line 1: 佐藤", "unread A/image1.png (image/png): labelled as image but is not a known one", "unread inline A/image2.svg (image/svg+xml): image",
		}},
		{"a document in a document", docx(t, "外", "word/embeddings/Sheet.docx", docx(t, "内")), []string{"A line 1: 外", "A/Sheet.docx line 1: 内"}},
		{"documents too deep", docx(t, "1", "word/a.docx", docx(t, "2", "word/b.docx", docx(t, "3", "word/c.docx", docx(t, "4")))), []string{
			"A line 1: 1", "A/a.docx line 1: 2", "A/a.docx/b.docx line 1: 3", "unread A/a.docx/b.docx/c.docx (application/zip): nested too deep",
		}},
		{"a web page in a document", docx(t, "外", "word/afchunk.htm", "<p>山<b>田</b></p>"), []string{"A line 1: 外", "A/afchunk.htm line 1: 山田"}},
		{"macros and objects", docx(t, "x", "word/vbaProject.bin", ole, "word/embeddings/oleObject1.bin", ole, "word/activeX/activeX1.bin", "\x00\x01"), []string{
			"A line 1: x", "unread A/vbaProject.bin (application/vnd.ms-office.vbaproject): format not read",
			"unread A/oleObject1.bin (application/x-ole-storage): format not read", "unread A/activeX1.bin (): format not read",
		}},
		{"what only machines read", docx(t, "x", "word/printerSettings/printerSettings1.bin", "\x00\x01", "word/fonts/font1.odttf", "\x00\x01"), []string{"A line 1: x"}},
		{"what is only called so", docx(t, "x", "word/printerSettings/printerSettings1.bin", "山田", "word/fonts/font1.odttf", png), []string{
			"A line 1: x", "A/printerSettings1.bin line 1: 山田", "unread inline A/font1.odttf (image/png): image",
		}},
		{"names of files", docx(t, "x", "word/media/山田.txt", "y"), []string{"A file name: word/media/山田.txt", "A line 1: x", "A/山田.txt line 1: y"}},
		{"the same file twice", docx(t, "x", "WORD/Document.xml", wordStart+"y"+wordEnd), []string{"A line 1: x", "A line 1: y", "unread A/Document.xml (): holds the same file twice"}},
		{"broken XML", docx(t, "山田<w:t>"), []string{"A line 1: 山田", "unread A (" + office + "): broken document"}},
		{"entities", pack(t, "[Content_Types].xml", contentTypes, "word/document.xml", `<!DOCTYPE w [<!ENTITY a "山田">]>`+wordStart+"&a;"+wordEnd), []string{
			"A line 1: &a;", `A properties: DOCTYPE w [<!ENTITY a "山田"|]>`, "unread A (" + office + "): defines entities",
		}},
		{"a comment first", pack(t, "[Content_Types].xml", contentTypes, "word\\document.xml", "<!-- c -->"+wordStart+"山</w:t></w:r><w:r><w:t>田"+wordEnd), []string{"A line 1: 山田", "A properties: c"}},
		{"UTF-16", pack(t, "[Content_Types].xml", contentTypes, "word/document.xml", wide(`<?xml version="1.0" encoding="UTF-16"?>`+wordStart+"山田"+wordEnd)), []string{"A line 1: 山田"}},
		{"Shift_JIS", pack(t, "[Content_Types].xml", contentTypes, "word/document.xml", cp932(t, `<?xml version="1.0" encoding="Shift_JIS"?>`+wordStart+"山田"+wordEnd)), []string{"A line 1: 山田"}},
		{"no charset", pack(t, "[Content_Types].xml", contentTypes, "word/document.xml", wordStart+"\xff\xff\xff"+wordEnd), []string{
			"A line 1: \uFFFD\uFFFD\uFFFD", "unread A/document.xml (): no charset reads this cleanly",
		}},
		{"binary workbook", pack(t, "[Content_Types].xml", contentTypes, "xl/workbook.bin", "\x83\x01\x00", "xl/worksheets/sheet1.bin", "\x81\x01\x00"), []string{
			"unread A (application/vnd.ms-excel.sheet.binary.macroenabled.12): format not read",
		}},
		{"another package", pack(t, "[Content_Types].xml", contentTypes, "a.fpage", `<FixedPage xmlns="http://schemas.microsoft.com/xps/2005/06"><Glyphs UnicodeString="山田"/></FixedPage>`), []string{
			"A/a.fpage properties: 山田", "unread A (" + office + "): format not read",
		}},
		{"encrypted OpenDocument", pack(t, "mimetype", "application/vnd.oasis.opendocument.text", "META-INF/manifest.xml", manifest, "content.xml", "\x00\x01"), []string{
			"unread A (application/vnd.oasis.opendocument): encrypted",
		}},
		{"encrypted", ole + wide("EncryptedPackage\x00"), []string{"unread A (application/x-ole-storage): encrypted"}},
		{"old", ole + wide("WordDocument\x00"), []string{"unread A (application/x-ole-storage): old office format"}},
		{"armour in text", docx(t, "-----BEGIN PGP MESSAGE-----"), []string{"A line 1: -----BEGIN PGP MESSAGE-----", "unread A (" + office + "): encrypted"}},
		{"flat", `<?xml version="1.0"?>` + wordStart + "山</w:t></w:r><w:r><w:t>田" + wordEnd, []string{"A line 1: 山田"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			want := []string{"body", "attachment a.bin", "  file name: a.bin"}
			for _, w := range c.want {
				w = strings.TrimPrefix(strings.ReplaceAll(" "+w, " A", " attachment a.bin"), " ")
				want = append(want, "  "+w)
			}
			check(t, read(attached("application/octet-stream", "a.bin", c.data)), want...)
		})
	}
}

// TestOfficeLimits: a bound that is reached in a document is listed.
func TestOfficeLimits(t *testing.T) {
	t.Parallel()
	zeros := strings.Repeat("0", 3<<20)
	for _, c := range []struct {
		name, data string
		lim        Limits
		want       string
	}{
		{"ratio", docx(t, zeros), Limits{}, "a.zip/document.xml (): unpacks to far more than its size"},
		{"unpacked", docx(t, zeros), Limits{Unpacked: 1 << 20}, "a.zip/document.xml (): unpacks to more than may be read"},
		{"entries", docx(t, "x", "a", "a", "b", "b"), Limits{Entries: 3}, "a.zip (application/zip): too many files in archives"},
		{"text", docx(t, "山田山田"), Limits{Text: 10}, "a.zip (application/vnd.openxmlformats-officedocument): more text than may be read"},
		{"work", docx(t, "山田"), Limits{Work: 700}, "(): more bytes than may be read"},
	} {
		if got := readZip(c.data, c.lim); !strings.Contains(got, c.want) {
			t.Errorf("%s: no %q in:\n%.600s", c.name, c.want, got)
		}
	}
}

// workbook packs a table of members as Excel writes it.
func workbook(t testing.TB, rows int) string {
	t.Helper()
	var sst, sheet strings.Builder
	for i := range rows {
		fmt.Fprintf(&sst, `<si><t>山田太郎%d</t><phoneticPr fontId="1"/></si><si><t>東京都千代田区丸の内%d-2-3</t></si><si><t>taro%d@example.jp</t></si>`, i, i%20+1, i)
		fmt.Fprintf(&sheet, `<row r="%[1]d" spans="1:6" x14ac:dyDescent="0.4"><c r="A%[1]d" t="s"><v>%[2]d</v></c><c r="B%[1]d" t="s"><v>%[3]d</v></c><c r="C%[1]d" t="s"><v>%[4]d</v></c><c r="D%[1]d" s="1"><v>%[5]d</v></c><c r="E%[1]d" s="2"><v>%[6]d</v></c><c r="F%[1]d"><v>3980</v></c></row>`,
			i+1, 3*i, 3*i+1, 3*i+2, 20000+i, 9010000000+i)
	}
	const ns = ` xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">`
	return pack(t, "[Content_Types].xml", contentTypes,
		"xl/workbook.xml", `<workbook`+ns+`<sheets><sheet name="名簿" sheetId="1" r:id="rId1"/></sheets></workbook>`,
		"xl/_rels/workbook.xml.rels", `<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" Target="worksheets/sheet1.xml"/></Relationships>`,
		"xl/worksheets/sheet1.xml", `<worksheet`+ns+`<sheetData>`+sheet.String()+`</sheetData></worksheet>`,
		"xl/styles.xml", `<styleSheet`+ns+`<numFmts><numFmt numFmtId="176" formatCode="000\-0000\-0000"/></numFmts><cellXfs><xf numFmtId="0"/><xf numFmtId="14"/><xf numFmtId="176"/></cellXfs></styleSheet>`,
		"xl/sharedStrings.xml", `<sst`+ns+sst.String()+`</sst>`)
}

func TestWorkbook(t *testing.T) {
	t.Parallel()
	units := read(attached("application/octet-stream", "名簿.xlsx", workbook(t, 2)))
	check(t, units, "body", "attachment 名簿.xlsx", "  file name: 名簿.xlsx",
		"  attachment 名簿.xlsx/workbook.xml properties: 名簿",
		"  attachment 名簿.xlsx/sheet 名簿 line 1: 山田太郎0¦東京都千代田区丸の内1-2-3¦taro0@example.jp¦1954-10-03¦090-1000-0000¦3980|山田太郎1¦東京都千代田区丸の内2-2-3¦taro1@example.jp¦1954-10-04¦090-1000-0001¦3980",
		"  attachment 名簿.xlsx/sheet 名簿 line 1: 9010000000|9010000001")
	run := units[1].Runs[2]
	if got := run.Place(strings.Index(run.Text, "太郎1")); got != "attachment 名簿.xlsx/sheet 名簿 line 2" {
		t.Errorf("place = %q", got)
	}
}

func BenchmarkWorkbook(b *testing.B) {
	data := workbook(b, 1000)
	p := attached("application/octet-stream", "a.xlsx", data)
	b.SetBytes(int64(len(data)))
	b.ReportAllocs()
	for b.Loop() {
		read(p)
	}
}
