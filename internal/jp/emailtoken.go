package jp

import (
	"strings"
	"unicode"
)

// Longest parts that are looked for, in runes.
const (
	maxLocal  = 128
	maxDomain = 253
)

// emailAt reads the address around the @ at i (in a URL also %40, n runes long).
func (v *view) emailAt(i, n int) (start, end int, normal string, ok bool) {
	domain, end := v.domainAt(i + n)
	if domain == "" {
		return 0, 0, "", false
	}
	start = v.localBefore(i, domain)
	if start == i {
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

// localBefore is where the local part begins that ends at i.
func (v *view) localBefore(i int, domain string) int {
	start := i
	for start > 0 && i-start < maxLocal && isLocal(v.at(start-1)) {
		start--
	}
	for start < i && strings.ContainsRune(".'-", v.at(start)) {
		start++
	}
	switch prev := v.at(start - 1); {
	case start == i && prev == '"':
		return v.quotedBefore(i)
	case prev >= 0x80 && unicode.IsLetter(prev):
		return v.wideBefore(start, i, domain)
	default:
		return start
	}
}

// quotedBefore is where the quoted local part begins whose closing quote is
// before i: "a..b."@example.jp.
func (v *view) quotedBefore(i int) int {
	for k := i - 2; k >= 0 && i-k < maxLocal && v.at(k) != '\n' && v.at(k) != cellBorder; k-- {
		if v.at(k) == '"' && v.at(k-1) != '\\' {
			return k
		}
	}
	return i
}

// wideBefore decides about letters of other scripts before the local part that
// begins at start. Where words are not parted by spaces they are the sentence
// (メールはtaro@example.jp). They are part of the address (RFC 6531) in <太郎@…>,
// and if the domain is an international one too.
func (v *view) wideBefore(start, i int, domain string) int {
	k := start
	for k > 0 && i-k < maxLocal && (isLocal(v.at(k-1)) || unicode.In(v.at(k-1), unicode.L, unicode.M) || v.at(k-1) == 'ー') {
		k--
	}
	if v.at(k-1) == '<' || start == i && strings.ContainsFunc(domain, func(r rune) bool { return r >= 0x80 }) {
		return k
	}
	return start
}

// isLocal tells whether r is usual in a local part. The other signs RFC 5322
// allows (= / ? & …) stand around addresses far more often than within them.
func isLocal(r rune) bool {
	switch r {
	case '.', '_', '+', '-', '%', '\'':
		return true
	default:
		return isWord(r)
	}
}

// domainAt reads the longest domain at i. An international name ends where the
// script changes behind its last dot: taro@例え.jpまで.
func (v *view) domainAt(i int) (domain string, end int) {
	if v.at(i) == '[' {
		return v.literalAt(i)
	}
	end = i
	for end-i < maxDomain && isDomainRune(v.at(end)) {
		end++
	}
	end = v.withoutLabel(i, end)
	for end > i && (v.at(end-1) == '.' || v.at(end-1) == '-') {
		end--
	}
	if s := string(v.runes[i:end]); endsInTLD(s) {
		return s, end
	}
	return v.internationalAt(i)
}

// withoutLabel cuts a word that follows the domain [i, end) without a space:
// taro@example.jpTEL.
func (v *view) withoutLabel(i, end int) int {
	k := end
	for k > i && isWord(v.at(k-1)) {
		k--
	}
	for k += 2; k < end; k++ {
		if 'a' <= v.at(k-1) && v.at(k-1) <= 'z' && 'A' <= v.at(k) && v.at(k) <= 'Z' {
			return k
		}
	}
	return end
}

// literalAt reads an address literal, [192.0.2.1].
func (v *view) literalAt(i int) (domain string, end int) {
	for end = i + 1; end-i < 50 && (isWord(v.at(end)) || v.at(end) == '.' || v.at(end) == ':'); end++ {
	}
	if v.at(end) != ']' {
		return "", i
	}
	return string(v.runes[i : end+1]), end + 1
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

// Words that people write for @ and the dot, to hide from robots.
var (
	atWords  = []string{"at", "@", "アット", "アットマーク", "あっと", "あっとまーく"}
	dotWords = []string{"dot", ".", "ドット", "どっと"}
)

// disguisedAt reads taro [at] example.jp, taro(アット)example(ドット)jp and
// taro★example.jp（★を@に…）, where the disguise begins at i.
func (v *view) disguisedAt(i int) (start, end int, normal string, ok bool) {
	next, ok := v.bracketed(i, atWords)
	if !ok && isStar(v.at(i)) {
		next, ok = i+1, true
	}
	if !ok {
		return 0, 0, "", false
	}
	last := i
	if v.at(i-1) == ' ' {
		last--
	}
	for start = last; start > 0 && last-start < maxLocal && isLocal(v.at(start-1)); start-- {
	}
	domain, end := v.spelledDomain(v.spaces(next, 1))
	if start == last || !endsInTLD(domain) || isStar(v.at(i)) && !v.explained(v.at(i), end) {
		return 0, 0, "", false
	}
	normal, err := normalEmail(string(v.runes[start:last]) + "@" + domain)
	return start, end, normal, err == nil
}

// bracketed reads one of some words in brackets, (at) or [at].
func (v *view) bracketed(i int, words []string) (end int, ok bool) {
	var closing rune
	switch v.at(i) {
	case '(':
		closing = ')'
	case '[':
		closing = ']'
	case '{':
		closing = '}'
	case '<':
		closing = '>'
	default:
		return i, false
	}
	from := v.spaces(i+1, 1)
	stop := from
	for stop-from < 8 && v.at(stop) != closing && v.at(stop) != ' ' && v.at(stop) != 0 {
		stop++
	}
	last := v.spaces(stop, 1)
	if v.at(last) != closing {
		return i, false
	}
	for _, w := range words {
		if strings.EqualFold(string(v.runes[from:stop]), w) {
			return last + 1, true
		}
	}
	return i, false
}

// spelledDomain reads a domain whose dots may be spelled.
func (v *view) spelledDomain(i int) (domain string, end int) {
	var b strings.Builder
	for end = i; end-i < maxDomain; {
		if isDomainRune(v.at(end)) {
			b.WriteRune(v.at(end))
			end++
			continue
		}
		dot, ok := v.bracketed(v.spaces(end, 1), dotWords)
		dot = v.spaces(dot, 1)
		if !ok || !isWord(v.at(dot)) {
			break
		}
		b.WriteByte('.')
		end = dot
	}
	domain = strings.TrimRight(b.String(), ".-")
	return domain, end - (b.Len() - len(domain))
}

func isStar(r rune) bool {
	switch r {
	case '★', '☆', '●', '■', '◆', '◎', '♪':
		return true
	default:
		return false
	}
}

// explained tells whether soon after i it is said that the sign stands for
// another: ★を@に変えてください.
func (v *view) explained(sign rune, i int) bool {
	for k := i; k < i+80; k++ {
		if v.at(k) == sign && (v.at(k+1) == 'を' || v.at(k+2) == 'を') {
			return true
		}
	}
	return false
}
