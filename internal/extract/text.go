package extract

import (
	"strconv"
	"strings"
	"unicode/utf16"
	"unicode/utf8"
)

// joinFlowed joins flowed lines, deleting the space they were broken at (RFC
// 3676 §4.1 with DelSp=yes, which Japanese text needs).
func joinFlowed(text string) string {
	return strings.ReplaceAll(text, " \n", "")
}

// unescapeJSON decodes the escapes of RFC 8259 §7 wherever they stand, so that
// broken JSON and scripts are read too. Line ends become spaces.
func unescapeJSON(s string) string {
	if !strings.Contains(s, `\`) {
		return s
	}
	var b strings.Builder
	b.Grow(len(s))
	for i := 0; i < len(s); i++ {
		if s[i] != '\\' || i+1 == len(s) {
			b.WriteByte(s[i])
			continue
		}
		i++
		switch c := s[i]; c {
		case 'n', 'r', 't', 'b', 'f':
			b.WriteByte(' ')
		case 'u':
			r, n := escapedRune(s[i+1:])
			if n == 0 {
				b.WriteString(`\u`)
				continue
			}
			b.WriteRune(r)
			i += n
		default:
			b.WriteByte(c)
		}
	}
	return b.String()
}

// escapedRune reads the XXXX of \uXXXX, or a surrogate pair, and tells how
// many bytes that took; 0 when there is none.
func escapedRune(s string) (rune, int) {
	unit := func(s string) (rune, bool) {
		if len(s) < 4 {
			return 0, false
		}
		v, err := strconv.ParseUint(s[:4], 16, 16)
		return rune(v), err == nil
	}
	hi, ok := unit(s)
	if !ok {
		return 0, 0
	}
	if utf16.IsSurrogate(hi) && len(s) >= 10 && s[4] == '\\' && s[5] == 'u' {
		if lo, ok := unit(s[6:]); ok && utf16.DecodeRune(hi, lo) != utf8.RuneError {
			return utf16.DecodeRune(hi, lo), 10
		}
	}
	return hi, 4
}
