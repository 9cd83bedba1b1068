package mail

import (
	"encoding/binary"
	"strings"
	"unicode/utf8"
)

// DecodePage gives the UTF-8 of b, which a file format says is in the Windows
// code page of that number (1200 is UTF-16LE). ok is false if the page is not
// known, or b is not clean in it: text then has U+FFFD for what is unreadable.
// Unlike DecodeText it believes what it is told, so short pieces read right.
func DecodePage(b []byte, page int) (text string, ok bool) {
	label, known := codePages[page]
	if !known {
		return strings.ToValidUTF8(string(b), "\uFFFD"), traitsOf(b) == 0
	}
	switch cs := lookup(label); {
	case cs.wide:
		order := binary.ByteOrder(binary.LittleEndian)
		if page == 1201 {
			order = binary.BigEndian
		}
		v := decodeWide(b, label, 2, order)
		return string(v.text), v.bad == 0
	case cs.decode == nil, traitsOf(b) == 0:
		return strings.ToValidUTF8(string(b), "\uFFFD"), utf8.Valid(b)
	default:
		v := cs.decode(b)
		return string(v.text), v.bad == 0
	}
}

// codePages are the labels of Windows code pages.
var codePages = map[int]string{
	866: "ibm866", 874: "windows-874",
	932: "shift_jis", 936: "gbk", 949: "euc-kr", 950: "big5", 1200: "utf-16le", 1201: "utf-16be",
	1250: "windows-1250", 1251: "windows-1251", 1252: "windows-1252", 1253: "windows-1253", 1254: "windows-1254",
	1255: "windows-1255", 1256: "windows-1256", 1257: "windows-1257", 1258: "windows-1258",
	10000: "macintosh", 10001: "shift_jis", 20127: "us-ascii", 20866: "koi8-r", 20932: "euc-jp", 21866: "koi8-u",
	28591: "iso-8859-1", 28592: "iso-8859-2", 28593: "iso-8859-3", 28594: "iso-8859-4", 28595: "iso-8859-5",
	28597: "iso-8859-7", 28605: "iso-8859-15",
	50220: "iso-2022-jp", 50221: "iso-2022-jp", 50222: "iso-2022-jp", 51932: "euc-jp", 51949: "euc-kr",
	54936: "gb18030", 65000: "utf-7", 65001: "utf-8",
}
