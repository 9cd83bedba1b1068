// Package auth keeps the passwords of those who may submit mail.
//
// It keeps true that a password exists here only as an argon2id hash, that a
// check takes the same time whether the user exists or not, and that no hash
// and no number of clients can make checking cost more than the stated limits
// of memory and processors.
package auth

import (
	"crypto/rand"
	"crypto/subtle"
	"encoding/base64"
	"errors"
	"fmt"
	"strings"

	"golang.org/x/crypto/argon2"
)

// Limits of a hash. One outside of them is refused, never computed.
const (
	MaxMemoryKiB = 256 * 1024 // 256 MiB for one check
	MaxPasses    = 16
	MaxThreads   = 16
	MaxPassword  = 1024 // octets; a longer password never matches

	minMemoryKiB = 8 * 1024
	minSalt      = 8
	minKey       = 16
	maxField     = 64 // octets of salt or key
	maxHash      = 512
)

// errHash says no more than that: a hash is a secret too.
var errHash = errors.New("not an argon2id hash in PHC form within the limits")

// params are the costs and the secret of one hash.
type params struct {
	memory  uint32 // KiB
	passes  uint32
	threads uint8
	salt    []byte
	key     []byte
}

// Hash makes an argon2id hash in PHC string form,
// $argon2id$v=19$m=19456,t=2,p=1$salt$key, with 19 MiB and two passes: about
// 20 ms, since applications log in once per connection.
func Hash(password string) (string, error) {
	if len(password) > MaxPassword {
		return "", fmt.Errorf("hash password: longer than %d octets", MaxPassword)
	}
	p := params{memory: 19456, passes: 2, threads: 1, salt: make([]byte, 16), key: make([]byte, 32)}
	if _, err := rand.Read(p.salt); err != nil {
		return "", fmt.Errorf("hash password: %w", err)
	}
	p.key = p.derive(password)
	return p.String(), nil
}

// Verify tells whether password belongs to hash. A hash that cannot be read
// or is over the limits belongs to no password.
func Verify(hash, password string) bool {
	p, err := parse(hash)
	return err == nil && p.verify(password)
}

func (p params) verify(password string) bool {
	fits := len(password) <= MaxPassword
	if !fits {
		password = ""
	}
	return subtle.ConstantTimeCompare(p.derive(password), p.key) == 1 && fits
}

func (p params) derive(password string) []byte {
	length := uint32(len(p.key)) //nolint:gosec // at most maxField
	return argon2.IDKey([]byte(password), p.salt, p.passes, p.memory, p.threads, length)
}

// String is the PHC form.
func (p params) String() string {
	b64 := base64.RawStdEncoding.Strict()
	return fmt.Sprintf("$argon2id$v=%d$m=%d,t=%d,p=%d$%s$%s", argon2.Version,
		p.memory, p.passes, p.threads, b64.EncodeToString(p.salt), b64.EncodeToString(p.key))
}

// parse reads the PHC form. What it accepts it prints again exactly, so that
// there is one spelling of a hash.
func parse(hash string) (params, error) {
	var p params
	var version int
	field := strings.Split(hash, "$")
	if len(hash) > maxHash || len(field) != 6 || field[0] != "" || field[1] != "argon2id" {
		return p, errHash
	}
	if _, err := fmt.Sscanf(field[2], "v=%d", &version); err != nil || version != argon2.Version {
		return p, errHash
	}
	if _, err := fmt.Sscanf(field[3], "m=%d,t=%d,p=%d", &p.memory, &p.passes, &p.threads); err != nil {
		return p, errHash
	}
	var err error
	b64 := base64.RawStdEncoding.Strict()
	if p.salt, err = b64.DecodeString(field[4]); err != nil {
		return p, errHash
	}
	if p.key, err = b64.DecodeString(field[5]); err != nil {
		return p, errHash
	}
	if !p.bounded() || p.String() != hash {
		return p, errHash
	}
	return p, nil
}

func (p params) bounded() bool {
	return p.memory >= minMemoryKiB && p.memory <= MaxMemoryKiB &&
		p.passes >= 1 && p.passes <= MaxPasses &&
		p.threads >= 1 && p.threads <= MaxThreads &&
		len(p.salt) >= minSalt && len(p.salt) <= maxField &&
		len(p.key) >= minKey && len(p.key) <= maxField
}
