package policy

import (
	"regexp"
	"strings"
	"unicode/utf8"

	"github.com/kakitome/kakitome/internal/jp"
)

// code is a compiled pattern of codes.
type code struct {
	kind jp.Kind
	re   *regexp.Regexp
}

// maxPattern bounds a pattern, bytes; RE2 does the rest.
const maxPattern = 1000

func (c *compiler) compileCodes() {
	for _, spec := range c.spec.Codes {
		path := "codes." + spec.Kind.String()
		if spec.Kind != jp.MemberNo && spec.Kind != jp.OrderNo && spec.Kind != jp.Other {
			c.wrong(path, "member_no, order_no or other", "not a kind of code")
			continue
		}
		if len(spec.Pattern) > maxPattern {
			c.wrong(path, "", "longer than %d bytes", maxPattern)
			continue
		}
		re, err := regexp.Compile(spec.Pattern)
		switch {
		case err != nil:
			c.wrong(path, "RE2 syntax, such as 'KK-\\d{8}'", "%s", strings.TrimPrefix(err.Error(), "error parsing regexp: "))
		case re.MatchString(""):
			c.wrong(path, "such as 'KK-\\d{8}'", "matches nothing at all, so it would match everywhere")
		default:
			c.codes = append(c.codes, code{spec.Kind, re})
		}
	}
}

// Codes finds the configured codes in a text, with their places in bytes of s.
// Patterns see the text with full-width letters, digits and signs as ASCII,
// every dash as a hyphen, and without invisible characters. A code inside a
// longer run of letters and digits is another code, and none of these.
func (p *Policy) Codes(s string) []jp.Token {
	if len(p.codes) == 0 || s == "" {
		return nil
	}
	text := flatten(s)
	var tokens []jp.Token
	for i := range p.codes {
		c := &p.codes[i]
		for from := 0; from < len(text.flat); {
			m := c.re.FindStringIndex(text.flat[from:])
			if m == nil {
				break
			}
			start, end := from+m[0], from+m[1]
			if start == end || !text.apart(start, end) {
				from = text.runEnd(start)
				continue
			}
			if normal, err := jp.Normal(c.kind, text.flat[start:end]); err == nil {
				tokens = append(tokens, jp.Token{Kind: c.kind, Normal: normal, Start: text.at(start), End: text.after(end)})
			}
			from = end
		}
	}
	return tokens
}

// flatText is a text with one spelling of Latin letters, digits and signs. It
// is never longer than its source.
type flatText struct {
	source string
	flat   string
	pos    []int32 // place in source of each byte of flat; nil: the same
}

func flatten(s string) flatText {
	if isASCII(s) {
		return flatText{source: s, flat: s}
	}
	var flat strings.Builder
	flat.Grow(len(s))
	pos := make([]int32, 0, len(s))
	for i, r := range s {
		n := flat.Len()
		switch r = plain(r); r {
		case -1:
			continue
		case utf8.RuneError:
			flat.WriteByte('?') // one byte for one byte
		default:
			flat.WriteRune(r)
		}
		for ; n < flat.Len(); n++ {
			pos = append(pos, int32(i)) //nolint:gosec // a run of text is bounded by the size of a mail
		}
	}
	return flatText{source: s, flat: flat.String(), pos: pos}
}

func isASCII(s string) bool {
	for i := range len(s) {
		if s[i] >= utf8.RuneSelf {
			return false
		}
	}
	return true
}

// plain is the rune a pattern sees, -1 for none.
func plain(r rune) rune {
	switch {
	case '！' <= r && r <= '～':
		return r - '！' + '!'
	case r == '\u3000' || r == '\u00a0':
		return ' '
	case r == '\u00ad' || r == '\ufeff' || '\u200b' <= r && r <= '\u200f' || '\u2060' <= r && r <= '\u2064' || '\ufe00' <= r && r <= '\ufe0f':
		return -1
	case '\u2010' <= r && r <= '\u2015' || r == '\u2212' || r == '\u2043' || r == '\ufe63' || r == '\ufe58':
		return '-'
	default:
		return r
	}
}

// at is the place in the source of a place in the flat text.
func (t *flatText) at(i int) int {
	if t.pos == nil {
		return i
	}
	return int(t.pos[i])
}

// after is the place in the source behind the rune that ends at i.
func (t *flatText) after(i int) int {
	if t.pos == nil {
		return i
	}
	last := t.at(i - 1)
	_, n := utf8.DecodeRuneInString(t.source[last:])
	return last + n
}

// apart tells whether a match is not part of a longer run of letters and
// digits.
func (t *flatText) apart(start, end int) bool {
	before := start > 0 && isAlnum(t.flat[start-1]) && isAlnum(t.flat[start])
	behind := end < len(t.flat) && isAlnum(t.flat[end-1]) && isAlnum(t.flat[end])
	return !before && !behind
}

// runEnd is the end of the run of letters and digits at i, at least one rune
// on: no other match that stands apart can begin before it.
func (t *flatText) runEnd(i int) int {
	if i >= len(t.flat) {
		return i + 1
	}
	_, n := utf8.DecodeRuneInString(t.flat[i:])
	if !isAlnum(t.flat[i]) {
		return i + max(n, 1)
	}
	for i < len(t.flat) && isAlnum(t.flat[i]) {
		i++
	}
	return i
}

func isAlnum(b byte) bool {
	return '0' <= b && b <= '9' || 'a' <= b && b <= 'z' || 'A' <= b && b <= 'Z'
}
