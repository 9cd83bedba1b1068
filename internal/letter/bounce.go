package letter

import (
	"crypto/subtle"
	"encoding/base32"
	"errors"
	"strings"
)

// maxBounceID leaves room for the rest of a local part of 64 octets
// (RFC 5321 §4.5.3.1.1): bounce+ before it and a MAC behind it.
const maxBounceID = 40

var (
	lowerBase32 = base32.NewEncoding("0123456789abcdefghjkmnpqrstvwxyz").WithPadding(base32.NoPadding)
	errBounceID = errors.New("a letter's id in a bounce address is of up to 40 lower-case letters, digits, dashes and single dots")
)

// BounceToken is the detail of the envelope sender of a letter (mail.WithDetail),
// so that what comes back names its letter: the letter's id and a MAC. No
// stranger can make one, and it survives relays that fold its case.
func BounceToken(key []byte, id string) (string, error) {
	if id == "" || len(id) > maxBounceID || strings.ContainsFunc(id, notID) || strings.Contains(id, "..") || id[0] == '.' {
		return "", errBounceID
	}
	sum, err := mac(key, "kakitome/v1/bounce", []string{id})
	if err != nil {
		return "", err
	}
	return id + lowerBase32.EncodeToString(sum), nil
}

// ReadBounceToken is the id of the letter a token was made for. It is false for
// every token that BounceToken did not make under the key.
func ReadBounceToken(key []byte, token string) (id string, ok bool) {
	token = strings.ToLower(token)
	if len(token) <= codeLength {
		return "", false
	}
	id = token[:len(token)-codeLength]
	want, err := BounceToken(key, id)
	if err != nil || subtle.ConstantTimeCompare([]byte(token), []byte(want)) != 1 {
		return "", false
	}
	return id, true
}

func notID(r rune) bool {
	return (r < '0' || r > '9') && (r < 'a' || r > 'z') && r != '-' && r != '.'
}
