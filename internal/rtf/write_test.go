package rtf_test

import (
	"fmt"
	"strings"
	"unicode/utf16"

	"golang.org/x/text/encoding/japanese"
)

// writeRune writes one character as word processors do.
func writeRune(b *strings.Builder, c rune, style int) {
	switch {
	case c == '\n':
		b.WriteString(`\par `)
		return
	case strings.ContainsRune(`\{}`, c):
		b.WriteString(`\` + string(c))
		return
	case c < 0x80 && style == 0:
		b.WriteString("{\\b\r\n" + string(c) + `}`)
		return
	case c < 0x80:
		b.WriteRune(c)
		return
	}
	bytes, err := japanese.ShiftJIS.NewEncoder().String(string(c))
	if err != nil || style == 0 {
		for _, u := range utf16.Encode([]rune{c}) {
			fmt.Fprintf(b, `\u%d?`, int16(u)) //nolint:gosec // as the format wants it
		}
		return
	}
	for i := range len(bytes) {
		if i > 0 && style == 1 && bytes[i] < 0x80 && !strings.ContainsRune(`\{}`, rune(bytes[i])) {
			b.WriteByte(bytes[i])
		} else {
			fmt.Fprintf(b, `\'%02x`, bytes[i])
		}
	}
}
