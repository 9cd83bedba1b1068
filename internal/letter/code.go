package letter

import (
	"crypto/hmac"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base32"
	"errors"
	"fmt"
	"strings"

	"github.com/kakitome/kakitome/internal/jp"
)

// Code is the receipt code of a mail or letter: 80 bits as 16 characters of
// Crockford's base 32. It is bound to the address the mail went to, so that a
// genuine code cannot be copied into a forgery for somebody else.
type Code string

// CodeField is the header field that carries the receipt code of a mail. It is
// of the form RFC 5322 §3.6.8 leaves open and is registered with nobody; the
// first of a mail is the gateway's.
const CodeField = "Receipt-Code"

const (
	codeLength = 16
	codeBytes  = codeLength * 5 / 8
	minKey     = 32 // bytes of a key
	maxTyped   = 64 // characters read of what somebody typed
)

// crockford leaves out I, L, O and U.
var crockford = base32.NewEncoding("0123456789ABCDEFGHJKMNPQRSTVWXYZ").WithPadding(base32.NoPadding)

var (
	errKey  = fmt.Errorf("the key has fewer than %d bytes", minKey)
	errNUL  = errors.New("a part of the code's content holds a NUL")
	errCode = errors.New("not a receipt code: it has 16 letters and digits, such as 0000-0000-0000-0000")
)

// NewCode is the code of a mail or letter with an id, sent to an address. More
// binds what else should not be exchanged, such as the stream and the day.
func NewCode(key []byte, id, address string, more ...string) (Code, error) {
	folded, err := jp.Normal(jp.Email, address)
	if err != nil {
		return "", fmt.Errorf("bind a receipt code: %w", err)
	}
	sum, err := mac(key, "kakitome/v1/receipt", append([]string{id, folded}, more...))
	if err != nil {
		return "", err
	}
	return Code(crockford.EncodeToString(sum)), nil
}

// NewPaperCode is the code of a letter on paper, which nobody types together
// with an address: the contact is told it by telephone.
func NewPaperCode(key []byte, id string) (Code, error) {
	sum, err := mac(key, "kakitome/v1/receipt/paper", []string{id})
	if err != nil {
		return "", err
	}
	return Code(crockford.EncodeToString(sum)), nil
}

// mac is the first 80 bits of HMAC-SHA256 over a domain and parts, kept apart
// by NUL.
func mac(key []byte, domain string, parts []string) ([]byte, error) {
	if len(key) < minKey {
		return nil, errKey
	}
	h := hmac.New(sha256.New, key)
	h.Write([]byte(domain))
	for _, p := range parts {
		if strings.ContainsRune(p, 0) {
			return nil, errNUL
		}
		h.Write([]byte{0})
		h.Write([]byte(p))
	}
	return h.Sum(nil)[:codeBytes], nil
}

// String is the code in groups of four: 7K2M-9QXA-0B4D-TZ31.
func (c Code) String() string {
	if len(c) != codeLength {
		return string(c)
	}
	return string(c[:4] + "-" + c[4:8] + "-" + c[8:12] + "-" + c[12:])
}

// Is compares in constant time. An empty code is no code.
func (c Code) Is(other Code) bool {
	return len(c) == codeLength && subtle.ConstantTimeCompare([]byte(c), []byte(other)) == 1
}

// ParseCode reads a code as people type it: in small letters or full width,
// with any spaces and dashes, with I or L for 1 and O for 0.
func ParseCode(s string) (Code, error) {
	var b strings.Builder
	n := 0
	for _, r := range s {
		if n++; n > maxTyped {
			return "", errCode
		}
		if r >= '！' && r <= '～' { // full width
			r -= '！' - '!'
		}
		switch {
		case r >= 'a' && r <= 'z':
			r -= 'a' - 'A'
		case r == ' ' || r == '　' || r == '\t' || r == '\u00a0' || r == '-' || r == 'ー' || r == 'ｰ' || r == '−' || r >= '‐' && r <= '―':
			continue
		}
		switch r {
		case 'I', 'L':
			r = '1'
		case 'O':
			r = '0'
		}
		if r > 0x7f || !strings.ContainsRune("0123456789ABCDEFGHJKMNPQRSTVWXYZ", r) {
			return "", errCode
		}
		b.WriteRune(r)
	}
	if b.Len() != codeLength {
		return "", errCode
	}
	return Code(b.String()), nil
}
