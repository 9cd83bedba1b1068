package jp

import (
	"errors"
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

// normalEmail folds the case of both parts: no provider in use tells taro from
// Taro. Dots and tags in the local part are kept: they can be different people.
func normalEmail(value string) (string, error) {
	v := look(value)
	s := strings.TrimSpace(string(v.runes))
	if len(s) > len("mailto:") && strings.EqualFold(s[:len("mailto:")], "mailto:") {
		s = s[len("mailto:"):]
	}
	s = strings.TrimSpace(strings.TrimSuffix(strings.TrimPrefix(s, "<"), ">"))
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
	return local + "@" + domain, nil
}

// foldLocal folds a local part: at most 64 octets, RFC 5321 §4.5.3.1.1, but
// counted generously, since some carriers gave out longer ones.
func foldLocal(s string) (string, error) {
	s = norm.NFKC.String(strings.ToLower(norm.NFKC.String(s)))
	if inner := strings.Trim(s, `"`); len(inner) == len(s)-2 && !strings.ContainsAny(inner, `"\ `) {
		s = inner
	}
	if s == "" || len(s) > 128 {
		return "", errEmailLocal
	}
	for _, r := range s {
		if unicode.IsSpace(r) || unicode.IsControl(r) || r == unicode.ReplacementChar || strings.ContainsRune(`@<>,;"\`, r) {
			return "", errEmailLocal
		}
	}
	return s, nil
}

// foldDomain maps a domain to lower-case A-labels without a final dot.
func foldDomain(s string) (string, error) {
	s = strings.TrimSuffix(s, ".")
	a, err := domains.ToASCII(s)
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
	return strings.ToLower(a), nil
}

// emailAt reads the address around the @ at i (in a URL also %40, n runes long).
func (v *view) emailAt(i, n int) (start, end int, normal string, ok bool) {
	start = i
	for start > 0 && i-start < 128 && isLocal(v.at(start-1)) {
		start--
	}
	for start < i && strings.ContainsRune(".'-", v.at(start)) {
		start++
	}
	domain, end := v.domainAt(i + n)
	if start == i || domain == "" {
		return 0, 0, "", false
	}
	local := string(v.runes[start:i])
	if n > 1 { // percent-encoded: begin behind the last escape, but + belongs to the address
		local = strings.ReplaceAll(strings.ReplaceAll(local, "%2B", "+"), "%2b", "+")
		if k := strings.LastIndexByte(local, '%'); k >= 0 {
			if len(local) < k+4 {
				return 0, 0, "", false
			}
			local = local[k+3:]
			start = i - len(local) - 2*strings.Count(local, "+")
			start = max(start, 0)
		}
	}
	normal, err := normalEmail(local + "@" + domain)
	return start, end, normal, err == nil
}

// isLocal tells whether r is usual in a local part. The other signs RFC 5322
// allows (= / ? & …) stand around addresses far more often than within them.
func isLocal(r rune) bool { return isWord(r) || strings.ContainsRune("._+-%'", r) && r != 0 }

// domainAt reads the longest domain at i. An international name ends where the
// script changes behind its last dot: taro@例え.jpまで.
func (v *view) domainAt(i int) (domain string, end int) {
	end = i
	for end-i < 253 && isDomainRune(v.at(end)) {
		end++
	}
	for end > i && (v.at(end-1) == '.' || v.at(end-1) == '-') {
		end--
	}
	if s := string(v.runes[i:end]); endsInTLD(s) {
		return s, end
	}
	return v.internationalAt(i)
}

func (v *view) internationalAt(i int) (domain string, end int) {
	ascii := true // the label read so far
	best := i
	for end = i; end-i < 100; end++ {
		r := v.at(end)
		switch {
		case r == '.':
			ascii = true
			continue
		case isWord(r) || r == '-':
		case unicode.IsLetter(r) || r == 'ー':
			if end > i && isWord(v.at(end-1)) && ascii && best > i {
				return string(v.runes[i:best]), best
			}
			ascii = false
			continue
		default:
			return string(v.runes[i:best]), best
		}
		if ascii && endsInTLD(string(v.runes[i:end+1])) && !isDomainRune(v.at(end+1)) {
			best = end + 1
		}
	}
	return string(v.runes[i:best]), best
}

func isDomainRune(r rune) bool { return isWord(r) || r == '-' || r == '.' }

// endsInTLD tells whether the last label of a domain of two or more is a name.
func endsInTLD(s string) bool {
	k := strings.LastIndexByte(s, '.')
	if k <= 0 || len(s)-k < 3 {
		return false
	}
	tld := strings.ToLower(s[k+1:])
	return strings.HasPrefix(tld, "xn--") || !strings.ContainsFunc(tld, func(r rune) bool { return !isLetter(r) })
}
