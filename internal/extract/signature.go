package extract

import (
	"bytes"
	"slices"
	"strings"

	"github.com/kakitome/kakitome/internal/cms"
	"github.com/kakitome/kakitome/internal/mail"
)

// signatureLimit is how large certificates and signatures may be before they
// are no longer taken for nothing but that.
const signatureLimit = 64 << 10

// detachedSignature tells whether a part is nothing but a signature over its
// sibling: small, and DER or armour as its type says (RFC 1847, RFC 3156,
// RFC 8551 §3.5.3). comment is what the armour says to a reader.
func detachedSignature(p *mail.Part) (comment string, ok bool) {
	broken := slices.ContainsFunc(p.Faults, mail.Fault.Unreadable)
	if broken || len(p.Content) >= signatureLimit {
		return "", false
	}
	switch p.MediaType {
	case "application/pkcs7-signature", "application/x-pkcs7-signature":
		m, err := cms.Open(p.Content)
		return "", err == nil && m.Kind == cms.Signed && m.Bare && m.After == 0
	case "application/pgp-signature":
		return armouredSignature(p.Content)
	}
	return "", false
}

// armouredSignature tells whether data is one signature in ASCII armour (RFC
// 9580 §6.2) and nothing else.
func armouredSignature(data []byte) (comment string, ok bool) {
	const begin, end = "-----BEGIN PGP SIGNATURE-----", "-----END PGP SIGNATURE-----"
	var comments []string
	lines := bytes.Split(bytes.TrimSpace(data), []byte("\n"))
	body := false
	for i, line := range lines {
		line := string(bytes.TrimRight(line, "\r\t "))
		key, value, field := strings.Cut(line, ": ")
		switch {
		case i == 0 && line != begin, i == len(lines)-1 && line != end:
			return "", false
		case i == 0, i == len(lines)-1:
		case line == "":
			body = true
		case !body && field && !strings.ContainsAny(key, " \t"):
			comments = append(comments, value)
		case strings.ContainsFunc(line, func(c rune) bool { return !base64Rune(c) }):
			return "", false
		}
	}
	return strings.Join(comments, "\n"), len(lines) > 2
}

func base64Rune(c rune) bool {
	return 'A' <= c && c <= 'Z' || 'a' <= c && c <= 'z' || '0' <= c && c <= '9' || strings.ContainsRune("+/=", c)
}
