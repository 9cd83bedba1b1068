package corpus

import (
	"archive/zip"
	"bytes"
	"encoding/csv"
	"fmt"
	"strings"
	"time"
)

// csvFile is a table in a charset (utf-8, utf-8-bom, cp932, euc-jp).
func csvFile(name string, rows [][]string, charset string) File {
	var b bytes.Buffer
	w := csv.NewWriter(&b)
	w.UseCRLF = true
	_ = w.WriteAll(rows)
	data := b.Bytes()
	if bom, ok := strings.CutSuffix(charset, "-bom"); ok {
		charset, data = bom, append(bytes.Clone(utf8BOM), data...)
	}
	data, _ = encode(string(data), charset)
	return File{Name: name, Type: "text/csv", Data: data}
}

// textFile is a text in a charset.
func textFile(name, text, charset string) File {
	data, _ := encode(strings.ReplaceAll(text, "\n", "\r\n"), charset)
	return File{Name: name, Type: "text/plain", Data: data}
}

// zipFile packs files; their names are in code page 932 where it has them, as
// Windows in Japan packs.
func zipFile(name string, files ...File) File {
	return File{Name: name, Type: "application/zip", Data: pack(true, files...)}
}

func pack(oem bool, files ...File) []byte {
	var b bytes.Buffer
	w := zip.NewWriter(&b)
	for _, f := range files {
		h := &zip.FileHeader{Name: f.Name, Method: zip.Deflate}
		if n, ok := encode(f.Name, "cp932"); oem && ok && !isASCII(f.Name) {
			h.Name, h.NonUTF8 = string(n), true
		}
		if len(f.Data) < 200 {
			h.Method = zip.Store
		}
		out, err := w.CreateHeader(h)
		if err == nil {
			_, _ = out.Write(f.Data)
		}
	}
	_ = w.Close()
	return b.Bytes()
}

// emlFile is a mail as a file: attached as message/rfc822.
func emlFile(name string, raw []byte) File {
	return File{Name: name, Type: "message/rfc822", Data: raw}
}

// event is an entry of a calendar.
type event struct {
	Method               string // REQUEST, PUBLISH, CANCEL
	UID, Summary         string
	Location, Note       string
	Start                time.Time
	Organizer            string   // address
	Attendees, Attending []string // their addresses, and names where there are any
}

// icsFile is a calendar with one event (RFC 5545).
func icsFile(name string, e event) File {
	const layout = "20060102T150405Z"
	var b strings.Builder
	line := func(text string) { b.WriteString(folded(text)) }
	line("BEGIN:VCALENDAR")
	line("VERSION:2.0")
	line("PRODID:-//Reiji Shoten//Shop//JA")
	line("METHOD:" + e.Method)
	line("BEGIN:VEVENT")
	line("UID:" + e.UID)
	line("DTSTAMP:" + e.Start.AddDate(0, 0, -7).UTC().Format(layout))
	line("DTSTART:" + e.Start.UTC().Format(layout))
	line("DTEND:" + e.Start.Add(time.Hour).UTC().Format(layout))
	line("SUMMARY:" + escapedText(e.Summary))
	if e.Location != "" {
		line("LOCATION:" + escapedText(e.Location))
	}
	if e.Note != "" {
		line("DESCRIPTION:" + escapedText(e.Note))
	}
	if e.Organizer != "" {
		line("ORGANIZER:mailto:" + e.Organizer)
	}
	for i, a := range e.Attendees {
		if i < len(e.Attending) {
			line(fmt.Sprintf("ATTENDEE;CN=\"%s\";RSVP=TRUE:mailto:%s", e.Attending[i], a))
		} else {
			line("ATTENDEE;RSVP=TRUE:mailto:" + a)
		}
	}
	line("END:VEVENT")
	line("END:VCALENDAR")
	return File{Name: name, Type: "text/calendar; charset=utf-8; method=" + e.Method, Data: []byte(b.String())}
}

// card is somebody's vCard.
type card struct {
	Name, Kana, Org, Title, Email, Address string
	Phones                                 []string
}

// vcfFile holds cards of version 3.
func vcfFile(name string, cards ...card) File {
	var b strings.Builder
	line := func(key, value string) {
		if value != "" {
			b.WriteString(folded(key + ":" + value))
		}
	}
	for i := range cards {
		c := &cards[i]
		family, given, _ := strings.Cut(c.Name, " ")
		line("BEGIN", "VCARD")
		line("VERSION", "3.0")
		line("N", escapedText(family)+";"+escapedText(given)+";;;")
		line("FN", escapedText(c.Name))
		if c.Kana != "" {
			family, given, _ = strings.Cut(c.Kana, " ")
			line("X-PHONETIC-LAST-NAME", family)
			line("X-PHONETIC-FIRST-NAME", given)
		}
		line("ORG", escapedText(c.Org))
		line("TITLE", escapedText(c.Title))
		for _, p := range c.Phones {
			line("TEL;TYPE=WORK,VOICE", p)
		}
		line("EMAIL;TYPE=INTERNET", c.Email)
		if c.Address != "" {
			line("ADR;TYPE=WORK", ";;"+escapedText(c.Address)+";;;;")
		}
		line("END", "VCARD")
	}
	return File{Name: name, Type: "text/vcard; charset=utf-8", Data: []byte(b.String())}
}

// folded is a content line of at most 75 bytes, folded between characters
// (RFC 5545 §3.1).
func folded(text string) string {
	var b strings.Builder
	n := 0
	for _, r := range text {
		size := len(string(r))
		if n+size > 74 {
			b.WriteString("\r\n ")
			n = 1
		}
		b.WriteRune(r)
		n += size
	}
	return b.String() + "\r\n"
}

// escapedText is a TEXT value (RFC 5545 §3.3.11).
func escapedText(s string) string {
	return strings.NewReplacer("\\", "\\\\", ";", "\\;", ",", "\\,", "\n", "\\n").Replace(s)
}
