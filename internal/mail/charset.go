package mail

import (
	"bytes"
	"encoding/binary"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/htmlindex"
	"golang.org/x/text/encoding/simplifiedchinese"
)

// DecodeText gives the UTF-8 of b, which is said to be in the charset label
// (empty: nothing is said), and the charset that was really used. f is
//
//   - 0 if the label, or plain ASCII without one, reads cleanly and plausibly;
//   - Relabelled if it does not, and exactly one of utf-8, iso-2022-jp,
//     shift_jis and euc-jp does;
//   - BadCharset if none does, or several do: text is then the best guess, with
//     U+FFFD for what is unreadable, and must not be trusted.
//
// shift_jis means Windows code page 932, iso-2022-jp its mail form cp50220 with
// the escapes of ISO-2022-JP-1 to -3, euc-jp includes JIS X 0212 and eucJP-ms.
// text is empty only if b is, or holds nothing but a byte order mark or escapes.
func DecodeText(b []byte, label string) (text, used string, f FaultKind) {
	out, used, f := decode(b, label)
	return string(out), used, f
}

// decode is DecodeText; text may share memory with b.
func decode(b []byte, label string) (text []byte, used string, f FaultKind) {
	label = strings.ToLower(strings.Trim(label, " \t\r\n\"'"))
	if v, ok := byteOrderMark(b); ok {
		return v.text, v.name, unless(label == "" || sameFamily(label, v.name), Relabelled)
	}
	cs := lookup(label)
	t := traitsOf(b)
	if cs.wide {
		return result(wide(b, cs, t))
	}
	switch {
	case t == 0 && cs.decode == nil: // plain ASCII; an unknown label must be wrong
		return b, "us-ascii", unless(label == "" || cs.name == "us-ascii", Relabelled)
	case t == 0 && !cs.shifts:
		return b, cs.name, 0
	case cs.name == "utf-8" && t == highBytes && utf8.Valid(b):
		return b, "utf-8", 0
	}
	v, f := choose(b, cs, t)
	if t&nulBytes != 0 { // NUL hides what stands around it
		f = BadCharset
	}
	return v.text, v.name, f
}

func result(v view, f FaultKind) ([]byte, string, FaultKind) { return v.text, v.name, f }

func unless(fine bool, f FaultKind) FaultKind {
	if fine {
		return 0
	}
	return f
}

// choose reads b by its label, or by what it looks like.
func choose(b []byte, cs charset, t traits) (view, FaultKind) {
	if cs.decode == nil {
		return detect(b, t)
	}
	v := cs.decode(b)
	if v.bad == 0 {
		return doubt(b, v, cs, t)
	}
	guess, f := detect(b, t)
	switch f {
	case 0:
		return v, BadCharset
	case BadCharset:
		return best(v, guess), f
	default:
		return guess, f
	}
}

// traits say what kinds of bytes a text holds.
type traits uint8

const (
	highBytes traits = 1 << iota // 0x80 and above
	escapes                      // ISO 2022 designations
	shiftOuts                    // SO
	nulBytes
)

func traitsOf(b []byte) (t traits) {
	if hasHigh(b) {
		t |= highBytes
	}
	for rest := b; ; {
		i := bytes.IndexByte(rest, esc)
		if i < 0 || i+1 >= len(rest) {
			break
		}
		rest = rest[i+1:]
		if rest[0] == '$' || rest[0] == '(' {
			t |= escapes
			break
		}
	}
	if bytes.IndexByte(b, shiftOut) >= 0 {
		t |= shiftOuts
	}
	if bytes.IndexByte(b, 0) >= 0 {
		t |= nulBytes
	}
	return t
}

func hasHigh(b []byte) bool {
	for ; len(b) >= 8; b = b[8:] {
		if binary.LittleEndian.Uint64(b)&0x8080808080808080 != 0 {
			return true
		}
	}
	for _, c := range b {
		if c >= utf8.RuneSelf {
			return true
		}
	}
	return false
}

// charset is what a label stands for.
type charset struct {
	name   string
	decode func([]byte) view // nil: no label, ASCII, or a label nobody knows
	kind   charsetKind
	shifts bool // ASCII bytes may stand for something else
	wide   bool // not made of bytes: UTF-16, UTF-32
}

type charsetKind uint8

const (
	otherCharset charsetKind = iota
	japaneseCharset
	latinCharset
	unicodeCharset
)

// lookup knows the labels seen in mail, registered or not.
func lookup(label string) charset {
	switch label {
	case "", "us-ascii", "ascii", "ansi_x3.4-1968", "646", "7bit", "8bit":
		return charset{name: "us-ascii"}
	case "utf-8", "utf8", "unicode-1-1-utf-8", "x-utf-8", "utf-8n", "utf8mb4", "cp65001":
		return charset{name: "utf-8", decode: decodeUTF8, kind: unicodeCharset}
	case "iso-2022-jp", "iso-2022-jp-1", "iso-2022-jp-2", "iso-2022-jp-3", "iso-2022-jp-2004", "iso-2022-jp-ms",
		"iso2022jp", "iso-2022jp", "csiso2022jp", "csiso2022jp2", "cp50220", "cp50221", "cp50222", "jis", "x-jis",
		"jis7", "jis8", "junet":
		return charset{name: "iso-2022-jp", decode: decodeISO2022JP, kind: japaneseCharset}
	case "shift_jis", "shift-jis", "shiftjis", "sjis", "x-sjis", "s-jis", "sjis-win", "cp932", "ms932", "windows-31j",
		"windows-932", "cswindows31j", "csshiftjis", "ms_kanji", "ibm943", "ibm-943", "cp943", "cp943c":
		return charset{name: "shift_jis", decode: decodeShiftJIS, kind: japaneseCharset}
	case "euc-jp", "eucjp", "euc_jp", "x-euc", "x-euc-jp", "eucjp-ms", "eucjp-win", "euc-jp-ms", "cp51932", "cseucpkdfmtjapanese", "ujis":
		return charset{name: "euc-jp", decode: decodeEUCJP, kind: japaneseCharset}
	case "utf-7", "utf7", "unicode-1-1-utf-7", "x-unicode-2-0-utf-7", "csunicode11utf7":
		return charset{name: "utf-7", decode: decodeUTF7, kind: unicodeCharset, shifts: true}
	case "utf-16", "utf16", "utf-16be", "utf-16le", "unicode", "ucs-2", "iso-10646-ucs-2", "utf-32", "utf-32be", "utf-32le", "ucs-4", "iso-10646-ucs-4":
		return charset{name: label, wide: true, kind: unicodeCharset}
	case "hz-gb-2312":
		return charset{name: label, decode: library(label, simplifiedchinese.HZGB2312), shifts: true}
	}
	return registered(label)
}

// registered finds label in the WHATWG index.
func registered(label string) charset {
	enc, err := htmlindex.Get(label)
	if err != nil {
		return charset{}
	}
	name, err := htmlindex.Name(enc)
	switch {
	case err != nil || name == "replacement" || name == "x-user-defined":
		return charset{}
	}
	return charset{name: name, decode: library(name, enc), kind: kindOf(name)}
}

// kindOf tells the charsets of Latin letters, in which runs of bytes above 0x7f
// are rare, from those of other scripts.
func kindOf(name string) charsetKind {
	switch name {
	case "windows-1252", "windows-1250", "windows-1254", "windows-1257", "macintosh", "iso-8859-2", "iso-8859-3",
		"iso-8859-4", "iso-8859-10", "iso-8859-13", "iso-8859-14", "iso-8859-15", "iso-8859-16":
		return latinCharset
	}
	return otherCharset
}

// library decodes with an encoding of x/text.
func library(name string, enc encoding.Encoding) func([]byte) view {
	return func(b []byte) view {
		text, err := enc.NewDecoder().Bytes(b)
		v := view{name: name, text: text, bad: bytes.Count(text, []byte(string(utf8.RuneError)))}
		if err != nil {
			v.bad++
		}
		return v
	}
}

// sameFamily tells whether a label agrees with the charset name that a byte
// order mark tells.
func sameFamily(label, name string) bool {
	cs := lookup(label)
	return cs.name == name || cs.wide && strings.HasPrefix(name, "utf-16") || cs.wide && strings.HasPrefix(name, "utf-32")
}

// textOf makes a string of UTF-8 bytes, with \n for every line break.
func textOf(b []byte) string {
	i := bytes.IndexByte(b, '\r')
	if i < 0 {
		return string(b)
	}
	var s strings.Builder
	s.Grow(len(b))
	for ; i >= 0; i = bytes.IndexByte(b, '\r') {
		s.Write(b[:i])
		s.WriteByte('\n')
		b = b[i+1:]
		if len(b) > 0 && b[0] == '\n' {
			b = b[1:]
		}
	}
	s.Write(b)
	return s.String()
}

// unixLines is textOf for strings.
func unixLines(s string) string {
	if strings.IndexByte(s, '\r') < 0 {
		return s
	}
	return textOf([]byte(s))
}

// metaCharset is the charset an HTML text declares for itself near its start,
// or "". A declared UTF-16 cannot be true of a text that is readable as ASCII.
func metaCharset(html []byte) string {
	head := bytes.ToLower(html[:min(len(html), 4096)])
	for {
		i := bytes.Index(head, []byte("<meta"))
		if i < 0 {
			break
		}
		tag, rest, _ := bytes.Cut(head[i:], []byte(">"))
		if label := attribute(tag, "charset"); label != "" && !lookup(label).wide {
			return label
		}
		head = rest
	}
	return ""
}

// attribute is what follows name= in tag.
func attribute(tag []byte, name string) string {
	i := bytes.Index(tag, []byte(name))
	if i < 0 {
		return ""
	}
	value, ok := bytes.CutPrefix(bytes.TrimLeft(tag[i+len(name):], " \t\r\n"), []byte("="))
	if !ok {
		return ""
	}
	value = bytes.TrimLeft(value, " \t\r\n\"'")
	if end := bytes.IndexAny(value, " \t\r\n\"';/"); end >= 0 {
		value = value[:end]
	}
	return string(value)
}
