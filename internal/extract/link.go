package extract

import (
	"encoding/base64"
	"iter"
	"slices"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/encoding/japanese"
)

// linkRounds is how often a link is decoded: trackers wrap a link in a link.
const linkRounds = 3

// unescapeLink returns the other readings of a URL: percent-decoded (RFC 3986
// §2.1), again while that changes something, and with + as space in queries.
// It returns nothing when the link reads as it is written.
func unescapeLink(link string) []string {
	var readings []string
	add := func(s string) {
		if s != link && !slices.Contains(readings, s) {
			readings = append(readings, s)
		}
	}
	s := link
	for range linkRounds {
		add(plusSpaces(s))
		next := unescapePercent(s)
		if next == s {
			break
		}
		s = next
		add(s)
	}
	return readings
}

// plusSpaces reads + as space in the query (application/x-www-form-urlencoded),
// and decodes: a decoded + would not be told from a written one afterwards.
func plusSpaces(s string) string {
	head, query, ok := strings.Cut(s, "?")
	if !ok || !strings.Contains(query, "+") {
		return s
	}
	return unescapePercent(head + "?" + strings.ReplaceAll(query, "+", " "))
}

// unescapePercent decodes %XX; bytes that are no UTF-8 are tried as cp932,
// which old Japanese shops still write into links. Undecodable ones stay.
func unescapePercent(s string) string {
	if !strings.Contains(s, "%") {
		return s
	}
	b := percentBytes(s)
	if utf8.Valid(b) {
		return string(b)
	}
	if t, err := japanese.ShiftJIS.NewDecoder().Bytes(b); err == nil && !strings.ContainsRune(string(t), utf8.RuneError) {
		return string(t)
	}
	return strings.ToValidUTF8(string(b), "\uFFFD")
}

// percentBytes decodes %XX to bytes; a % that starts no escape stays.
func percentBytes(s string) []byte {
	b := make([]byte, 0, len(s))
	for i := 0; i < len(s); i++ {
		if s[i] == '%' && i+2 < len(s) {
			if hi, lo := unhex(s[i+1]), unhex(s[i+2]); hi >= 0 && lo >= 0 {
				b = append(b, byte(hi<<4|lo)) //nolint:gosec // both are nibbles
				i += 2
				continue
			}
		}
		b = append(b, s[i])
	}
	return b
}

func unhex(c byte) int {
	switch {
	case '0' <= c && c <= '9':
		return int(c - '0')
	case 'a' <= c && c <= 'f':
		return int(c-'a') + 10
	case 'A' <= c && c <= 'F':
		return int(c-'A') + 10
	}
	return -1
}

// links yields the URLs in running text that are written with escapes, with
// their offsets: words that hold a percent escape, or a + in a query.
func links(text string) iter.Seq2[int, string] {
	return func(yield func(int, string) bool) {
		for at := 0; at < len(text); {
			i := strings.IndexAny(text[at:], "%+")
			if i < 0 {
				return
			}
			i += at
			start := i
			for start > at && linkByte(text[start-1]) {
				start--
			}
			end := i
			for end < len(text) && linkByte(text[end]) {
				end++
			}
			if end > i+1 && !yield(start, text[start:end]) {
				return
			}
			at = max(end, i+1)
		}
	}
}

// linkByte tells what a link is made of in running text. Brackets and quotes
// end it, and so does everything beyond ASCII.
func linkByte(c byte) bool {
	return c > ' ' && c < 0x7f && !strings.ContainsRune("<>\"`()[]{}", rune(c))
}

// dataLink reads the file in a data: URL (RFC 2397), and tells whether it was
// one.
func (r *reader) dataLink(u *unit, where, link string, depth int) bool {
	link = strings.TrimSpace(link)
	if len(link) < 5 || !strings.EqualFold(link[:5], "data:") {
		return false
	}
	head, body, ok := strings.Cut(link[5:], ",")
	if !ok {
		return false
	}
	u.prose(where, link[:5]+head, 0)
	head, encoded := strings.CutSuffix(strings.ToLower(head), ";base64")
	mediaType, params, _ := strings.Cut(head, ";")
	if mediaType == "" {
		mediaType = "text/plain"
	}
	_, charset, _ := strings.Cut(params, "charset=")
	c := content{where: where, mediaType: mediaType, charset: charset, inline: true, data: percentBytes(body)}
	if encoded {
		data, ok := fromBase64(string(c.data))
		if !ok {
			u.unread(where, mediaType, whyEncoded)
			return true
		}
		c.data = data
	}
	if depth+1 > r.lim.Depth {
		u.unread(where, mediaType, whyDepth)
		return true
	}
	r.content(u, c, depth+1)
	return true
}

// fromBase64 decodes base64 with white space anywhere in it, padded or not.
func fromBase64(s string) (data []byte, ok bool) {
	s = strings.TrimRight(strings.Join(strings.Fields(s), ""), "=")
	data, err := base64.RawStdEncoding.DecodeString(s)
	return data, err == nil
}
