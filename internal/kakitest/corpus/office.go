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

// xlsxFile is a workbook of one sheet whose cells are shared strings
// (ECMA-376-1 §18).
func xlsxFile(name string, rows [][]string) File {
	var sheet, shared strings.Builder
	places := map[string]int{}
	sheet.WriteString(xmlHead + `<worksheet xmlns="` + sheetNS + `"><sheetData>`)
	for r, row := range rows {
		fmt.Fprintf(&sheet, `<row r="%d">`, r+1)
		for c, cell := range row {
			at, known := places[cell]
			if !known {
				at = len(places)
				places[cell] = at
				shared.WriteString(`<si><t xml:space="preserve">` + escapeXML(cell) + `</t></si>`)
			}
			fmt.Fprintf(&sheet, `<c r="%c%d" t="s"><v>%d</v></c>`, 'A'+rune(c%26), r+1, at)
		}
		sheet.WriteString(`</row>`)
	}
	sheet.WriteString(`</sheetData></worksheet>`)
	const kind = officeType + "spreadsheetml."
	return File{Name: name, Type: kind + "sheet", Data: pack(false,
		contentTypes("/xl/workbook.xml", kind+"sheet.main+xml", "/xl/worksheets/sheet1.xml", kind+"worksheet+xml", "/xl/sharedStrings.xml", kind+"sharedStrings+xml"),
		relations("_rels/.rels", "officeDocument", "xl/workbook.xml"),
		entry("xl/workbook.xml", `<workbook xmlns="`+sheetNS+`" xmlns:r="`+documentNS+`"><sheets><sheet name="Sheet1" sheetId="1" r:id="rId1"/></sheets></workbook>`),
		relations("xl/_rels/workbook.xml.rels", "worksheet", "worksheets/sheet1.xml", "sharedStrings", "sharedStrings.xml"),
		File{Name: "xl/worksheets/sheet1.xml", Data: []byte(sheet.String())},
		entry("xl/sharedStrings.xml", fmt.Sprintf(`<sst xmlns="%s" uniqueCount="%d">%s</sst>`, sheetNS, len(places), shared.String())),
	)}
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
