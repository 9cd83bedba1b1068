package letter

import (
	"crypto/subtle"
	"encoding/base32"
	"errors"
	"fmt"
	"strings"
)

// Bounces makes the envelope senders of letters, one for each, so that what
// comes back names its letter, and reads them again. A stranger cannot make
// one: the local part ends in a MAC. It is in lower case and read in any, since
// relays fold it.
type Bounces struct {
	Key       []byte // 32 bytes or more
	Prefix    string // bounce
	Separator string // + or - or =
	Domain    string // where the company receives them: bounce.shop.example
}

const maxLocal = 64 // octets of a local part (RFC 5321 §4.5.3.1.1)

var lowerBase32 = base32.NewEncoding("0123456789abcdefghjkmnpqrstvwxyz").WithPadding(base32.NoPadding)

// Address is the envelope sender of a letter: bounce+<id><mac>@domain. The id is
// made of lower-case letters, digits, dots and dashes.
func (b Bounces) Address(id string) (string, error) {
	if id == "" || strings.ContainsFunc(id, notID) || strings.Contains(id, "..") || id[0] == '.' {
		return "", errors.New("a letter's id in a bounce address is of lower-case letters, digits, dashes and single dots")
	}
	sum, err := b.mac(id)
	if err != nil {
		return "", err
	}
	local := b.Prefix + b.Separator + id + sum
	if len(local) > maxLocal {
		return "", fmt.Errorf("a bounce address has %d characters before the @, over %d", len(local), maxLocal)
	}
	return local + "@" + b.Domain, nil
}

// Parse is the id of the letter an address was made for. It is false for every
// address that Address did not make under the same key.
func (b Bounces) Parse(address string) (id string, ok bool) {
	local, domain, ok := strings.Cut(strings.ToLower(strings.Trim(address, "<> ")), "@")
	if !ok || domain != strings.ToLower(b.Domain) || len(local) > maxLocal {
		return "", false
	}
	token, ok := strings.CutPrefix(local, strings.ToLower(b.Prefix+b.Separator))
	if !ok || len(token) <= codeLength {
		return "", false
	}
	id, got := token[:len(token)-codeLength], token[len(token)-codeLength:]
	want, err := b.mac(id)
	if err != nil || subtle.ConstantTimeCompare([]byte(got), []byte(want)) != 1 {
		return "", false
	}
	return id, true
}

func (b Bounces) mac(id string) (string, error) {
	sum, err := mac(b.Key, "kakitome/v1/bounce", []string{id, strings.ToLower(b.Domain)})
	if err != nil {
		return "", err
	}
	return lowerBase32.EncodeToString(sum), nil
}

func notID(r rune) bool {
	return (r < '0' || r > '9') && (r < 'a' || r > 'z') && r != '-' && r != '.'
}
