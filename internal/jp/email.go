package jp

import (
	"errors"
	"net/netip"
	"slices"
	"strings"
	"unicode"

	"golang.org/x/net/idna"
	"golang.org/x/text/unicode/norm"
)

var (
	errEmailShape  = errors.New("e-mail address is not of the form local@domain")
	errEmailLocal  = errors.New("e-mail address has a bad local part")
	errEmailDomain = errors.New("e-mail address has a bad domain")
)

// domains maps a domain to its A-labels (UTS #46, not transitional). It is not
// strict: addresses that exist are matched, not registered.
var domains = idna.New(idna.MapForLookup(), idna.Transitional(false), idna.StrictDomainName(false), idna.CheckHyphens(false))

// taggers are providers that say in their help pages that mail to name+tag goes
// to the mailbox of name. Elsewhere a tag is kept: what a + means is the
// domain's own affair (RFC 5321 §2.3.11), and may be another person.
var taggers = []string{
	"gmail.com", "outlook.com", "outlook.jp", "hotmail.com", "hotmail.co.jp", "live.jp", "live.com", "msn.com",
	"icloud.com", "me.com", "mac.com", "fastmail.com", "fastmail.fm", "proton.me", "protonmail.com", "pm.me",
}

// normalEmail folds the case of both parts: no provider in use tells taro from
// Taro. Dots and tags in the local part are kept, for they can be different
// people, but where the provider delivers both to one mailbox.
func normalEmail(value string) (string, error) {
	v := look(value)
	s := strings.TrimSpace(string(v.runes))
	if len(s) > len("mailto:") && strings.EqualFold(s[:len("mailto:")], "mailto:") {
		s, _, _ = strings.Cut(s[len("mailto:"):], "?")
	}
	if k := strings.LastIndexByte(s, '<'); k >= 0 && strings.HasSuffix(s, ">") { // Taro <taro@example.jp>
		s = s[k+1 : len(s)-1]
	}
	s = strings.TrimSpace(s)
	at := strings.LastIndexByte(s, '@')
	if at < 0 {
		return "", errEmailShape
	}
	local, err := foldLocal(s[:at])
	if err != nil {
		return "", err
	}
	domain, err := foldDomain(s[at+1:])
	if err != nil {
		return "", err
	}
	return mailbox(local, domain), nil
}

// mailbox is the one spelling of the addresses of one mailbox.
func mailbox(local, domain string) string {
	if domain == "googlemail.com" {
		domain = "gmail.com"
	}
	if slices.Contains(taggers, domain) {
		if base, _, ok := strings.Cut(local, "+"); ok && base != "" {
			local = base
		}
	}
	if plain := strings.ReplaceAll(local, ".", ""); domain == "gmail.com" && plain != "" {
		local = plain
	}
	return local + "@" + domain
}

// foldLocal folds a local part: at most 64 octets, RFC 5321 §4.5.3.1.1, but
// counted generously, since some carriers gave out longer ones. Quotes are
// taken off where they say nothing: carriers gave out a..b. too.
func foldLocal(s string) (string, error) {
	if s = strings.ToLower(s); !isASCII(s) {
		s = norm.NFKC.String(strings.ToLower(norm.NFKC.String(s)))
	}
	quoted := len(s) > 2 && s[0] == '"' && s[len(s)-1] == '"'
	if quoted {
		s = unquote(s[1 : len(s)-1])
	}
	if s == "" || len(s) > 128 {
		return "", errEmailLocal
	}
	bare := true
	for _, r := range s {
		switch {
		case unicode.IsControl(r) || r == unicode.ReplacementChar:
			return "", errEmailLocal
		case unicode.IsSpace(r) || strings.ContainsRune(`@<>,;"\`, r):
			bare = false
		}
	}
	switch {
	case bare:
		return s, nil
	case quoted:
		return `"` + strings.NewReplacer(`"`, `\"`, `\`, `\\`).Replace(s) + `"`, nil
	default:
		return "", errEmailLocal
	}
}

// unquote takes the backslashes of a quoted string off (RFC 5321 §4.1.2).
func unquote(s string) string {
	var b strings.Builder
	escaped := false
	for _, r := range s {
		if r == '\\' && !escaped {
			escaped = true
			continue
		}
		escaped = false
		b.WriteRune(r)
	}
	return b.String()
}

// foldDomain maps a domain to lower-case A-labels without a final dot, or an
// address literal to its canonical form.
func foldDomain(s string) (string, error) {
	if inner, ok := strings.CutPrefix(s, "["); ok {
		return foldLiteral(inner)
	}
	a, err := strings.ToLower(strings.TrimSuffix(s, ".")), error(nil)
	if !isASCII(a) || strings.Contains(a, "xn--") {
		a, err = domains.ToASCII(a)
	}
	if err != nil || a == "" || len(a) > 253 { // RFC 1035 §2.3.4
		return "", errEmailDomain
	}
	for label := range strings.SplitSeq(a, ".") {
		if label == "" || len(label) > 63 {
			return "", errEmailDomain
		}
	}
	if strings.ContainsFunc(a, func(r rune) bool { return !isWord(r) && r != '-' && r != '.' && r != '_' }) {
		return "", errEmailDomain
	}
	return a, nil
}

func isASCII(s string) bool {
	return !strings.ContainsFunc(s, func(r rune) bool { return r >= 0x80 })
}

// foldLiteral folds 192.0.2.1] and IPv6:2001:db8::1] (RFC 5321 §4.1.3).
func foldLiteral(s string) (string, error) {
	s, ok := strings.CutSuffix(s, "]")
	if !ok {
		return "", errEmailDomain
	}
	six := len(s) > 5 && strings.EqualFold(s[:5], "ipv6:")
	if six {
		s = s[5:]
	}
	addr, err := netip.ParseAddr(s)
	if err != nil || addr.Is6() != six || addr.Zone() != "" {
		return "", errEmailDomain
	}
	if six {
		return "[ipv6:" + addr.String() + "]", nil
	}
	return "[" + addr.String() + "]", nil
}
