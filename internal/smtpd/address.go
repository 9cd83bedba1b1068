package smtpd

import (
	"strings"
	"unicode/utf8"
)

// RFC 5321 §4.5.3.1, octets.
const (
	maxLocal  = 64
	maxDomain = 255
	maxPath   = 256 // with its brackets
	maxLabel  = 63
)

// cutPath splits "<local@domain> parameters" into the address, as written, and
// the parameters. The null path gives an empty address. A source route is
// dropped (RFC 5321 appendix F.2).
func cutPath(s string) (addr, params string, ok bool) {
	inside, params, ok := cutBrackets(s)
	if !ok || len(inside)+2 > maxPath || (params != "" && params[0] != ' ') {
		return "", "", false
	}
	if strings.HasPrefix(inside, "@") {
		if _, inside, ok = strings.Cut(inside, ":"); !ok || inside == "" {
			return "", "", false
		}
	}
	return inside, params, inside == "" || validAddress(inside)
}

// cutBrackets finds the closing bracket, which a quoted local part may contain
// as a character.
func cutBrackets(s string) (inside, rest string, ok bool) {
	if !strings.HasPrefix(s, "<") {
		return "", "", false
	}
	quoted := false
	for i := 1; i < len(s); i++ {
		switch {
		case quoted && s[i] == '\\':
			i++
		case s[i] == '"':
			quoted = !quoted
		case s[i] == '>' && !quoted:
			return s[1:i], s[i+1:], true
		}
	}
	return "", "", false
}

func validAddress(a string) bool {
	at := strings.LastIndexByte(a, '@')
	if at < 1 || !utf8.ValidString(a) {
		return false
	}
	local, domain := a[:at], a[at+1:]
	return len(local) <= maxLocal && len(domain) <= maxDomain && validLocal(local) && validDomain(domain)
}

// validLocal is a quoted string, or any row of atoms and dots: Japanese mobile
// carriers have given out addresses such as "a..b." for years, and they stand
// in member lists.
func validLocal(s string) bool {
	if s[0] == '"' {
		return validQuoted(s)
	}
	for i := range len(s) {
		if s[i] <= ' ' || s[i] == 0x7f || strings.IndexByte(`()<>[]:;@\,"`, s[i]) >= 0 {
			return false
		}
	}
	return true
}

func validQuoted(s string) bool {
	for i := 1; i < len(s); i++ {
		switch {
		case s[i] < ' ' || s[i] == 0x7f:
			return false
		case s[i] == '\\':
			i++
			if i == len(s) || s[i] < ' ' || s[i] >= 0x7f {
				return false
			}
		case s[i] == '"':
			return i == len(s)-1
		}
	}
	return false
}

func validDomain(s string) bool {
	if literal, ok := strings.CutPrefix(s, "["); ok {
		literal, ok = strings.CutSuffix(literal, "]")
		return ok && literal != "" && only(literal, func(c byte) bool { return alnum(c) || c == '.' || c == ':' || c == '-' })
	}
	for label := range strings.SplitSeq(s, ".") {
		if label == "" || len(label) > maxLabel || label[0] == '-' || label[len(label)-1] == '-' || !only(label, labelByte) {
			return false
		}
	}
	return true
}

// labelByte allows the underscore some internal hosts carry, and the octets of
// UTF-8 labels (RFC 6531 §3.3).
func labelByte(c byte) bool { return alnum(c) || c == '-' || c == '_' || c >= utf8.RuneSelf }

// validHello is a domain or address literal (RFC 5321 §4.1.1.1), or what
// clients send in their place: a bare host name.
func validHello(s string) bool {
	return s != "" && len(s) <= maxDomain && ascii(s) && only(s, func(c byte) bool {
		return alnum(c) || strings.IndexByte("-_.:[]", c) >= 0
	})
}

func alnum(c byte) bool {
	return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9'
}

func ascii(s string) bool { return only(s, func(c byte) bool { return c < utf8.RuneSelf }) }

func only(s string, is func(byte) bool) bool {
	for i := range len(s) {
		if !is(s[i]) {
			return false
		}
	}
	return true
}
