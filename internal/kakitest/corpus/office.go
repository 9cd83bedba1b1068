package corpus

import (
	"encoding/xml"
	"fmt"
	"strings"
)

const (
	xmlHead    = `<?xml version="1.0" encoding="UTF-8" standalone="yes"?>` + "\n"
	packageNS  = "http://schemas.openxmlformats.org/package/2006/"
	documentNS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
	sheetNS    = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
	wordNS     = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
	officeType = "application/vnd.openxmlformats-officedocument."
)

// xlsxFile is a workbook whose cells are shared strings (ECMA-376-1 §18); all
// sheets but the first are hidden.
func xlsxFile(name string, sheets ...[][]string) File {
	const kind = officeType + "spreadsheetml."
	b := workbook{places: map[string]int{}}
	types := []string{"/xl/workbook.xml", kind + "sheet.main+xml", "/xl/sharedStrings.xml", kind + "sharedStrings+xml"}
	related := []string{"sharedStrings", "sharedStrings.xml"}
	var files []File
	for i, rows := range sheets {
		part := fmt.Sprintf("worksheets/sheet%d.xml", i+1)
		state := ""
		if i > 0 {
			state = ` state="hidden"`
		}
		fmt.Fprintf(&b.list, `<sheet name="Sheet%d" sheetId="%d"%s r:id="rId%d"/>`, i+1, i+1, state, i+2)
		types, related = append(types, "/xl/"+part, kind+"worksheet+xml"), append(related, "worksheet", part)
		files = append(files, entry("xl/"+part, b.sheet(rows)))
	}
	files = append([]File{
		contentTypes(types...),
		relations("_rels/.rels", "officeDocument", "xl/workbook.xml"),
		entry("xl/workbook.xml", `<workbook xmlns="`+sheetNS+`" xmlns:r="`+documentNS+`"><sheets>`+b.list.String()+`</sheets></workbook>`),
		relations("xl/_rels/workbook.xml.rels", related...),
		entry("xl/sharedStrings.xml", fmt.Sprintf(`<sst xmlns="%s" uniqueCount="%d">%s</sst>`, sheetNS, len(b.places), b.shared.String())),
	}, files...)
	return File{Name: name, Type: kind + "sheet", Data: pack(false, files...)}
}

// workbook is one while its sheets are written.
type workbook struct {
	list, shared strings.Builder
	places       map[string]int // of the shared strings
}

func (b *workbook) sheet(rows [][]string) string {
	var sheet strings.Builder
	sheet.WriteString(`<worksheet xmlns="` + sheetNS + `"><sheetData>`)
	for r, row := range rows {
		fmt.Fprintf(&sheet, `<row r="%d">`, r+1)
		for c, cell := range row {
			at, known := b.places[cell]
			if !known {
				at = len(b.places)
				b.places[cell] = at
				b.shared.WriteString(`<si><t xml:space="preserve">` + escapeXML(cell) + `</t></si>`)
			}
			fmt.Fprintf(&sheet, `<c r="%c%d" t="s"><v>%d</v></c>`, 'A'+rune(c%26), r+1, at)
		}
		sheet.WriteString(`</row>`)
	}
	sheet.WriteString(`</sheetData></worksheet>`)
	return sheet.String()
}

// docxFile is a document of paragraphs (ECMA-376-1 §17); each line is cut into
// two runs, as word processors cut them.
func docxFile(name string, lines []string) File {
	var b strings.Builder
	b.WriteString(`<w:document xmlns:w="` + wordNS + `"><w:body>`)
	for _, line := range lines {
		runes := []rune(line)
		half := len(runes) / 2
		fmt.Fprintf(&b, `<w:p><w:r><w:t xml:space="preserve">%s</w:t></w:r><w:r><w:rPr><w:b/></w:rPr><w:t xml:space="preserve">%s</w:t></w:r></w:p>`,
			escapeXML(string(runes[:half])), escapeXML(string(runes[half:])))
	}
	b.WriteString(`<w:sectPr/></w:body></w:document>`)
	const kind = officeType + "wordprocessingml."
	return File{Name: name, Type: kind + "document", Data: pack(false,
		contentTypes("/word/document.xml", kind+"document.main+xml"),
		relations("_rels/.rels", "officeDocument", "word/document.xml"),
		entry("word/document.xml", b.String()),
	)}
}

func entry(name, content string) File {
	return File{Name: name, Data: []byte(xmlHead + content)}
}

// contentTypes lists parts and their types, in pairs (ECMA-376-2 §7.2.3).
func contentTypes(pairs ...string) File {
	var b strings.Builder
	b.WriteString(`<Types xmlns="` + packageNS + `content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>`)
	for i := 0; i < len(pairs); i += 2 {
		fmt.Fprintf(&b, `<Override PartName="%s" ContentType="%s"/>`, pairs[i], pairs[i+1])
	}
	return entry("[Content_Types].xml", b.String()+`</Types>`)
}

// relations lists kinds of relations and their targets, in pairs
// (ECMA-376-2 §6.5).
func relations(name string, pairs ...string) File {
	var b strings.Builder
	b.WriteString(`<Relationships xmlns="` + packageNS + `relationships">`)
	for i := 0; i < len(pairs); i += 2 {
		fmt.Fprintf(&b, `<Relationship Id="rId%d" Type="%s/%s" Target="%s"/>`, i/2+1, documentNS, pairs[i], pairs[i+1])
	}
	return entry(name, b.String()+`</Relationships>`)
}

func escapeXML(s string) string {
	var b strings.Builder
	_ = xml.EscapeText(&b, []byte(s))
	return b.String()
}
