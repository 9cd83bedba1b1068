package jp

import (
	"errors"
	"strings"
)

// minSecret is how many random characters make a URL personal: 16 of base 32 or
// more are 80 bits, what a password reset carries at least.
const minSecret = 16

const maxURL = 8192

var errLink = errors.New("link token is too short or holds other characters")

// normalLink keeps the token as it is: case matters in it.
func normalLink(value string) (string, error) {
	v := look(value)
	s := strings.TrimSpace(string(v.runes))
	if len(s) < minSecret || len(s) > maxURL || strings.ContainsFunc(s, func(r rune) bool { return !isSecretRune(r) }) {
		return "", errLink
	}
	return s, nil
}

func isSecretRune(r rune) bool { return isWord(r) || r != 0 && strings.ContainsRune("-_.~%", r) }

// linksAt reports the secret parts of the URL at i, where "://" begins.
func (v *view) linksAt(i int, report func(start, end int, normal string)) (end int) {
	i += len("://")
	end = i
	for end-i < maxURL && isURLRune(v.at(end)) {
		end++
	}
	for ; i < end && !strings.ContainsRune("/?#", v.at(i)); i++ { // the host
	}
	for i < end {
		start := i
		for i < end && isSecretRune(v.at(i)) {
			i++
		}
		stop := i
		for stop > start && strings.ContainsRune(".~%-", v.at(stop-1)) {
			stop--
		}
		if s := string(v.runes[start:stop]); isSecret(s) {
			report(start, stop, s)
		}
		i++
	}
	return end
}

func isURLRune(r rune) bool {
	return 0x21 <= r && r <= 0x7E && !strings.ContainsRune("<>\"'`{}|\\^", r)
}

// isSecret tells a random token from words: it changes often between lower
// case, upper case and digits. Names of files in a page are no secrets.
func isSecret(s string) bool {
	if len(s) < minSecret || isAsset(s) {
		return false
	}
	digits, changes, n := 0, 0, 0
	last := byte(0)
	for i := range len(s) {
		class := classOf(s[i])
		if class == 0 {
			continue
		}
		n++
		if class == 'd' {
			digits++
		}
		if last != 0 && class != last {
			changes++
		}
		last = class
	}
	return n >= minSecret && (digits == n || changes*6 >= n)
}

// classOf is the class of a character: d, l or u, 0 for a sign.
func classOf(c byte) byte {
	switch {
	case isDigit(rune(c)):
		return 'd'
	case 'a' <= c && c <= 'z':
		return 'l'
	case 'A' <= c && c <= 'Z':
		return 'u'
	default:
		return 0
	}
}

func isAsset(s string) bool {
	_, ext, ok := cutLast(strings.ToLower(s), '.')
	if !ok {
		return false
	}
	switch ext {
	case "png", "jpg", "jpeg", "gif", "svg", "webp", "ico", "css", "js", "woff", "woff2", "mp4":
		return true
	default:
		return false
	}
}

func cutLast(s string, sep byte) (before, after string, ok bool) {
	k := strings.LastIndexByte(s, sep)
	if k < 0 {
		return s, "", false
	}
	return s[:k], s[k+1:], true
}
