package pdf

import (
	"strings"
	"unicode/utf8"

	"golang.org/x/text/encoding/japanese"
	"golang.org/x/text/encoding/unicode"
)

// role is what a stream is to the object that refers to it.
type role uint8

const (
	roleNone  role = iota
	roleParts      // of a font, a colour or an image: no text
	roleXML
	roleScript
	roleMarkup
	roleGlyph // draws a glyph of a Type 3 font
	roleFile
)

// survey is what one walk over all versions of all objects finds.
type survey struct {
	f       *file
	texts   map[string]*collection // by place
	places  []string               // in the order they were found
	roles   map[int]role           // by number of the stream
	names   map[int]string         // of embedded files, by number of the stream
	named   map[name]map[name]any  // resources by kind and name; nil where one name has several meanings
	pages   []int                  // ids of page objects
	markup  []string               // rich text
	notText int                    // strings that are no text in any known charset
}

// collection is the text found at one kind of place, each once.
type collection struct {
	strings.Builder
	seen map[string]bool
}

// places name what is found under a key; under any other it is other text.
var places = map[name]string{
	"T": "field name", "TU": "field name", "TM": "field name", "V": "form field", "DV": "form field", "Opt": "form field",
	"Contents": "note", "Subj": "note", "URI": "link", "Title": "title", "Author": "properties", "Subject": "properties",
	"Keywords": "properties", "Creator": "properties", "Producer": "properties", "F": "file name", "UF": "file name", "Desc": "file name",
	"ActualText": "alternative text", "Alt": "alternative text", "E": "alternative text", "JS": "script",
}

// machinery are keys of strings that programs write for programs.
var machinery = map[name]bool{
	"Registry": true, "Ordering": true, "Lang": true, "CharSet": true, "FontFamily": true, "DA": true, "DS": true, "Panose": true,
	"CheckSum": true, "DigestValue": true, "Cert": true, "Nonce": true, "Lookup": true, "D": true,
}

// identifiers are keys of what programs number things with: node00000017. Such a
// number is nobody's.
var identifiers = map[name]bool{"ID": true, "Names": true, "Limits": true, "Headers": true, "Dest": true}

// partKeys are keys of streams that hold no text.
var partKeys = map[name]role{
	"FontFile": roleParts, "FontFile2": roleParts, "FontFile3": roleParts, "ToUnicode": roleParts, "CIDToGIDMap": roleParts,
	"CIDSet": roleParts, "Encoding": roleParts, "UseCMap": roleParts, "SMask": roleParts, "Mask": roleParts, "Thumb": roleParts,
	"DestOutputProfile": roleParts, "JBIG2Globals": roleParts,
	"Metadata": roleXML, "XFA": roleXML, "JS": roleScript, "RC": roleMarkup, "RV": roleMarkup,
}

func (f *file) survey() *survey {
	s := &survey{
		f: f, texts: map[string]*collection{}, roles: map[int]role{}, names: map[int]string{},
		named: map[name]map[name]any{"Font": {}, "XObject": {}},
	}
	key, _ := f.locked.(reference)
	for id := 0; id < len(f.objects) && !f.over; id++ {
		if f.locked != nil && f.objects[id].num == int(key) {
			continue // what encrypts is not encrypted, and no text
		}
		v := f.parse(id)
		switch v := v.(type) {
		case *stream:
			if v.get("Type") != name("XRef") {
				s.dict(v.dict)
			}
		case *dict:
			if v.get("Type") == name("Page") {
				s.pages = append(s.pages, id)
			}
			s.dict(v)
		default:
			s.value("", v)
		}
	}
	return s
}

func (s *survey) dict(d *dict) {
	signature := d.get("ByteRange") != nil
	for i, key := range d.keys {
		if signature && key == "Contents" {
			continue
		}
		v := d.values[i]
		switch key {
		case "CharProcs", "EF":
			s.children(d, v)
		case "Font", "XObject":
			s.resources(key, v)
		}
		s.value(key, v)
	}
}

// children gives the streams in a dictionary their role.
func (s *survey) children(parent *dict, v any) {
	d := s.f.dict(v)
	if d == nil {
		return
	}
	file := ""
	for _, key := range []name{"F", "UF"} {
		if t, ok := s.f.resolve(parent.get(key)).(octets); ok {
			file = textString(t)
		}
	}
	role := roleGlyph
	if parent.get("EF") != nil {
		role = roleFile
	}
	for _, v := range d.values {
		if r, ok := v.(reference); ok {
			s.roles[int(r)] = role
			s.names[int(r)] = file
		}
	}
}

// resources remembers fonts and forms by name, for content that is found
// without its page.
func (s *survey) resources(kind name, v any) {
	d, ok := v.(*dict)
	if !ok {
		return
	}
	known := s.named[kind]
	for i, key := range d.keys {
		r, ok := d.values[i].(reference)
		if other, taken := known[key]; !ok || taken && other != any(r) {
			known[key] = nil
			continue
		}
		known[key] = r
	}
}

func (s *survey) value(key name, v any) {
	switch v := v.(type) {
	case octets:
		s.string(key, v)
	case *dict:
		s.dict(v)
	case array:
		if len(v) > 0 {
			switch v[0] {
			case name("Indexed"):
				key = "Lookup"
			case name("ICCBased"):
				key = "ToUnicode"
			}
		}
		for _, each := range v {
			s.value(key, each)
		}
	case reference:
		if role := partKeys[key]; role != roleNone && s.roles[int(v)] == roleNone {
			s.roles[int(v)] = role
		}
	}
}

// string adds what a string says.
func (s *survey) string(key name, v octets) {
	if v == "" || isDate(v) || machinery[key] && dull(v) || identifiers[key] && plain(v) {
		return
	}
	if key == "RC" || key == "RV" {
		s.markup = append(s.markup, textString(v))
	}
	where := places[key]
	if where == "" {
		where = "other text"
	}
	for _, text := range textStrings(v) {
		if junk(text) {
			if len(v) > 3 && !digestSizes[len(v)] {
				s.notText++
			}
			return
		}
		s.add(where, text)
	}
}

// digestSizes are the lengths of digests and identifiers, in bytes.
var digestSizes = map[int]bool{16: true, 20: true, 32: true, 48: true, 64: true}

func (s *survey) add(where, text string) {
	c := s.texts[where]
	if c == nil {
		c = &collection{seen: map[string]bool{}}
		s.texts[where] = c
		s.places = append(s.places, where)
	}
	if c.seen[text] || strings.TrimSpace(text) == "" || !s.f.spend(len(text)) {
		return
	}
	c.seen[text] = true
	c.WriteString(strings.ReplaceAll(text, "\r", "\n"))
	c.WriteByte('\n')
}

// isDate tells whether a string is a date (ISO 32000-2 §7.9.4), whose digits
// would look like a number of somebody.
func isDate(s octets) bool {
	digits, ok := strings.CutPrefix(string(s), "D:")
	return ok && (strings.HasPrefix(digits, "19") || strings.HasPrefix(digits, "20")) && len(digits) <= 21 &&
		strings.Trim(digits, "0123456789Z+-'") == ""
}

// dull tells whether a string of a machine says nothing of people.
func dull(s octets) bool {
	digits, printable := 0, true
	for i := range len(s) {
		switch c := s[i]; {
		case '0' <= c && c <= '9':
			digits++
		case c == '@':
			return false
		case c < ' ' || c >= 0x7f:
			printable = false
		}
	}
	return digits < 7 || !printable
}

// plain tells whether a string is ASCII and no address.
func plain(s octets) bool {
	for i := range len(s) {
		if c := s[i]; c == '@' || c < ' ' || c >= 0x7f {
			return digestSizes[len(s)]
		}
	}
	return true
}

// textString decodes a text string (ISO 32000-2 §7.9.2.2).
func textString(s octets) string {
	switch {
	case strings.HasPrefix(string(s), "\xfe\xff"):
		return strings.TrimPrefix(textWith(unicode.UTF16(unicode.BigEndian, unicode.UseBOM).NewDecoder().String, s), "\ufeff")
	case strings.HasPrefix(string(s), "\xff\xfe"):
		return textWith(unicode.UTF16(unicode.LittleEndian, unicode.UseBOM).NewDecoder().String, s)
	case strings.HasPrefix(string(s), "\xef\xbb\xbf"):
		return strings.ToValidUTF8(string(s[3:]), "\uFFFD")
	}
	return docText(s)
}

func textWith(decode func(string) (string, error), s octets) string {
	out, err := decode(string(s))
	if err != nil {
		return "\uFFFD"
	}
	return out
}

// textStrings are the readings of a string: by the standard, and as many
// programs wrote it.
func textStrings(s octets) []string {
	high := false
	for i := range len(s) {
		high = high || s[i] >= 0x80
	}
	first := textString(s)
	if !high || strings.HasPrefix(string(s), "\xfe\xff") || strings.HasPrefix(string(s), "\xef\xbb\xbf") {
		return []string{first}
	}
	list := []string{first}
	for _, reading := range []string{textUTF8(s), textIn(japanese.ShiftJIS)(s), textIn(japanese.EUCJP)(s)} {
		if reading != "" && !junk(reading) {
			list = append(list, reading)
		}
	}
	if len(list) > 1 && junk(first) {
		return list[1:]
	}
	return list
}

// junk tells whether text is mostly no text.
func junk(text string) bool {
	bad, all := 0, 0
	for _, r := range text {
		all++
		if r == utf8.RuneError || r < ' ' && r != '\n' && r != '\r' && r != '\t' || r == 0x7f {
			bad++
		}
	}
	return bad*10 > all
}

// anyResource finds a resource that the page does not have, if only one of that
// name is in the whole file.
func (f *file) anyResource(kind, key name) any {
	if f.all == nil {
		return nil
	}
	return f.all.named[kind][key]
}
