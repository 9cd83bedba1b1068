package extract

import (
	"bytes"
	"io"
	"mime/quotedprintable"
	"strconv"
	"strings"
	"unicode/utf16"
	"unicode/utf8"

	"github.com/kakitome/kakitome/internal/mail"
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

// card adds vCard or iCalendar text: as is, and with folded lines joined and
// escapes decoded (RFC 6350 §3.2, §3.4; RFC 5545 §3.1, §3.3.11). Values in
// quoted-printable (vCard 2.1) are decoded; those in base64 are not read.
func (u *unit) card(where, text string) {
	u.prose(where, text, 1)
	folded := strings.NewReplacer("\n ", "", "\n\t", "").Replace(text)
	u.also(where, text, cardEscapes.Replace(folded))
	lines := strings.Split(text, "\n")
	for i := 0; i < len(lines); i++ {
		params, value, ok := strings.Cut(lines[i], ":")
		if !ok || !strings.Contains(params, ";") {
			continue
		}
		params = strings.ToUpper(params)
		switch {
		case strings.Contains(params, "QUOTED-PRINTABLE"):
			first := i
			for i+1 < len(lines) && strings.HasSuffix(lines[i], "=") {
				i++
			}
			u.cardQuoted(where, params, strings.Join(append([]string{value}, lines[first+1:i+1]...), "\r\n"))
		case strings.Contains(params, "ENCODING=B"), strings.Contains(params, ";BASE64"):
			u.unread(where, "", whyEncoded)
		}
	}
}

var cardEscapes = strings.NewReplacer(`\n`, "\n", `\N`, "\n", `\,`, ",", `\;`, ";", `\\`, `\`)

func (u *unit) cardQuoted(where, params, value string) {
	decoded, err := io.ReadAll(quotedprintable.NewReader(strings.NewReader(value)))
	if err != nil {
		u.unread(where, "", whyEncoded)
		return
	}
	_, charset, _ := strings.Cut(params, "CHARSET=")
	charset, _, _ = strings.Cut(charset, ";")
	text, _, fault := mail.DecodeText(bytes.TrimSpace(decoded), strings.ToLower(charset))
	if (mail.Fault{Kind: fault}).Unreadable() {
		u.unread(where, "", faultWords[fault])
	}
	u.run(where, text, 0)
}
