package pdf

import (
	"strings"
	"unicode/utf16"
	"unicode/utf8"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/japanese"
	"golang.org/x/text/encoding/korean"
	"golang.org/x/text/encoding/simplifiedchinese"
	"golang.org/x/text/encoding/traditionalchinese"
)

// charset is a predefined character map (ISO 32000-2 §9.7.5.2) read for what its
// codes mean as text. That is all a font says that carries neither its
// characters nor a ToUnicode map, as Japanese forms have them.
type charset struct {
	length func(s octets) int // of the first code of s, which is not empty
	text   func(code octets) string
	narrow bool // ASCII is half an em wide: CIDs 231 and on of Adobe-Japan1, else 1 and on
}

// predefined returns the character map of a name, nil for Identity and for
// names nobody knows, and whether it is for vertical writing.
func predefined(n name) (c *charset, vertical bool) {
	base, vertical := strings.CutSuffix(string(n), "V")
	base = strings.TrimSuffix(strings.TrimSuffix(base, "H"), "-")
	narrow := strings.HasSuffix(base, "HW") || strings.HasPrefix(base, "90ms-")
	switch {
	case strings.HasSuffix(base, "-UCS2"), strings.HasSuffix(base, "-UCS2-HW"), strings.HasSuffix(base, "-UTF16"):
		return &charset{lengthUTF16, textUTF16, narrow}, vertical
	case strings.HasSuffix(base, "-UTF8"):
		return &charset{lengthUTF8, textUTF8, narrow}, vertical
	case strings.HasSuffix(base, "-UTF32"):
		return &charset{lengthUTF32, textUTF32, narrow}, vertical
	}
	switch base {
	case "RKSJ", "90ms-RKSJ", "90msp-RKSJ", "90pv-RKSJ", "83pv-RKSJ", "78-RKSJ", "78ms-RKSJ", "Ext-RKSJ", "Add-RKSJ":
		return &charset{lengthSJIS, textIn(japanese.ShiftJIS), narrow}, vertical
	case "EUC", "78-EUC":
		return &charset{lengthEUC, textIn(japanese.EUCJP), narrow}, vertical
	case "", "78", "Ext", "Add", "NWP":
		return &charset{lengthTwo, textJIS, narrow}, vertical
	case "GBK-EUC", "GBKp-EUC", "GBK2K", "GB-EUC", "GBpc-EUC":
		return &charset{lengthGB, textIn(simplifiedchinese.GB18030), narrow}, vertical
	case "B5pc", "HKscs-B5", "ETen-B5", "ETenms-B5":
		return &charset{lengthEUC, textIn(traditionalchinese.Big5), narrow}, vertical
	case "KSC-EUC", "KSCms-UHC", "KSCms-UHC-HW", "KSCpc-EUC":
		return &charset{lengthEUC, textIn(korean.EUCKR), narrow}, vertical
	}
	return nil, vertical
}

func lengthTwo(s octets) int { return min(2, len(s)) }

func lengthSJIS(s octets) int {
	if c := s[0]; 0x81 <= c && c <= 0x9f || 0xe0 <= c && c <= 0xfc {
		return min(2, len(s))
	}
	return 1
}

func lengthEUC(s octets) int {
	if c := s[0]; c >= 0x81 && c != 0xff {
		return min(2, len(s))
	}
	return 1
}

func lengthGB(s octets) int {
	if len(s) >= 4 && s[0] >= 0x81 && '0' <= s[1] && s[1] <= '9' {
		return 4
	}
	return lengthEUC(s)
}

func lengthUTF16(s octets) int {
	if len(s) >= 4 && s[0]&0xfc == 0xd8 {
		return 4
	}
	return min(2, len(s))
}

func lengthUTF8(s octets) int {
	_, n := utf8.DecodeRuneInString(string(s))
	return n
}

func lengthUTF32(s octets) int { return min(4, len(s)) }

// textIn decodes single codes; what is none gives the empty string.
func textIn(e encoding.Encoding) func(octets) string {
	return func(code octets) string {
		out, err := e.NewDecoder().String(string(code))
		if err != nil || strings.ContainsRune(out, utf8.RuneError) {
			return ""
		}
		return out
	}
}

// textJIS decodes rows and cells of JIS X 0208, as 7-bit bytes.
func textJIS(code octets) string {
	if len(code) != 2 {
		return ""
	}
	return textIn(japanese.EUCJP)(octets([]byte{code[0] | 0x80, code[1] | 0x80}))
}

func textUTF16(code octets) string {
	if len(code)%2 != 0 {
		return ""
	}
	return textOfUnits(utf16Of(code))
}

// textOfUnits decodes UTF-16; what holds half a surrogate pair gives the empty
// string.
func textOfUnits(units []uint16) string {
	text := string(utf16.Decode(units))
	if strings.ContainsRune(text, utf8.RuneError) {
		return ""
	}
	return text
}

func textUTF8(code octets) string {
	if !utf8.ValidString(string(code)) {
		return ""
	}
	return string(code)
}

func textUTF32(code octets) string {
	if v := codeOf(code); len(code) == 4 && v <= utf8.MaxRune && utf8.ValidRune(rune(v)) {
		return string(rune(v))
	}
	return ""
}

// cidRange says that the characters of Windows code page 932 from one on, by
// lead byte and then by trail byte, have CIDs of Adobe-Japan1 that count up.
type cidRange struct{ first, count, cid int }

// japan1 is Adobe-Japan1-2 as far as code page 932 has its characters (Adobe
// Technical Note 5078): JIS X 0208, the rows of NEC and IBM, and the forms for
// vertical writing.
var japan1 = []cidRange{
	{0, 108, 633}, {119, 8, 741}, {135, 7, 749}, {153, 15, 756}, {175, 8, 771}, {187, 1, 779},
	{203, 10, 780}, {220, 26, 790}, {252, 26, 816}, {282, 83, 842}, {376, 86, 925},
	{470, 24, 1011}, {502, 24, 1035}, {564, 33, 1059}, {612, 33, 1092},
	{1410, 2965, 1125}, {4418, 3388, 4090},
	{1128, 30, 7555}, {1159, 2, 7585}, {1162, 1, 7588}, {1164, 1, 7590}, {1166, 2, 7592}, {1169, 2, 7595},
	{1172, 2, 7598}, {1175, 7, 7601}, {1191, 4, 7608}, {1196, 11, 7613}, {1210, 7, 7624},
	{1161, 1, 8038}, {1163, 1, 8040}, {1165, 1, 8042}, {1171, 1, 8043}, {1168, 1, 8044}, {1174, 1, 8047}, {1195, 1, 8055},
	{7806, 2, 8284}, {1190, 1, 8323}, {8272, 115, 8359}, {8388, 244, 8474}, {8634, 10, 8092}, {8645, 3, 8005},
	// Vertical writing: punctuation, brackets, small kana.
	{1, 2, 7887}, {3, 1, 8268}, {4, 1, 8274}, {16, 2, 7889}, {27, 3, 7891}, {32, 5, 7894}, {41, 18, 7899}, {64, 1, 7917},
	{282, 1, 7918}, {284, 1, 7919}, {286, 1, 7920}, {288, 1, 7921}, {290, 1, 7922}, {316, 1, 7923}, {348, 1, 7924}, {350, 1, 7925},
	{352, 1, 7926}, {359, 1, 7927},
	{376, 1, 7928}, {378, 1, 7929}, {380, 1, 7930}, {382, 1, 7931}, {384, 1, 7932}, {410, 1, 7933}, {442, 1, 7934}, {444, 1, 7935},
	{446, 1, 7936}, {453, 1, 7937}, {460, 2, 7938},
}

// japan1Text gives the text of a CID of Adobe-Japan1, or "".
func japan1Text(cid int) string {
	switch {
	case 1 <= cid && cid <= 94: // proportional ASCII
		return string(rune(cid + 31))
	case 231 <= cid && cid <= 324: // the same, half an em wide
		return string(rune(cid - 231 + ' '))
	case 327 <= cid && cid <= 389: // half-width katakana
		return string(rune(cid - 327 + 0xff61))
	case cid == 631:
		return "~"
	}
	for _, r := range japan1 {
		if cid < r.cid || cid >= r.cid+r.count {
			continue
		}
		lead, trail := (r.first+cid-r.cid)/188+0x81, (r.first+cid-r.cid)%188+0x40
		if lead > 0x9f {
			lead += 0xe0 - 0xa0
		}
		if trail >= 0x7f {
			trail++
		}
		return textIn(japanese.ShiftJIS)(octets([]byte{byte(lead), byte(trail)}))
	}
	return ""
}

// cidOf is the CID of an ASCII or half-width code in Adobe-Japan1, whose widths
// differ; all others have the width of an em.
func (c *charset) cidOf(code octets, text string) uint32 {
	r, n := utf8.DecodeRuneInString(text)
	switch {
	case n == 0 || n != len(text):
	case ' ' <= r && r <= '~' && c.narrow:
		return uint32(r-' ') + 231
	case ' ' <= r && r <= '~':
		return uint32(r-' ') + 1
	case 0xff61 <= r && r <= 0xff9f && len(code) == 1:
		return uint32(r-0xff61) + 327
	}
	return 633
}
