package keys

import (
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"io"
	"strings"

	"github.com/kakitome/kakitome/internal/fault"
)

const (
	magic      = "kakitome-key-v1"
	secretSize = 32
)

type keyID [8]byte

func (id keyID) String() string { return hex.EncodeToString(id[:]) }

func parseID(s string) (id keyID, err error) {
	b, err := hex.DecodeString(s)
	if err != nil || len(b) != len(id) {
		return id, fmt.Errorf("read key id: %w", errForged)
	}
	return keyID(b), nil
}

// key is one secret and what it is for: "ident", "evidence" or "seal".
type key struct {
	purpose string
	month   string // of sealing keys
	id      keyID
	secret  [secretSize]byte
}

// String keeps the secret out of logs.
func (k key) String() string { return k.purpose + " key " + k.id.String() }

func newKey(purpose string, rand io.Reader) (key, error) {
	k := key{purpose: purpose}
	if _, err := io.ReadFull(rand, k.secret[:]); err != nil {
		return key{}, fmt.Errorf("draw %s key: %w", purpose, err)
	}
	k.id = k.makeID()
	return k, nil
}

func (k *key) makeID() keyID {
	sum := sha256.Sum256(append([]byte(magic+" "+k.purpose+" "), k.secret[:]...))
	return keyID(sum[:len(keyID{})])
}

func (k *key) marshal() []byte {
	return fmt.Appendf(nil, "# Kakitome, key to %s. Secret. Keep a copy: kakitome key backup FILE\n%s %s %s %s\n",
		purposes[k.purpose], magic, k.purpose, k.id, base64.StdEncoding.EncodeToString(k.secret[:]))
}

var purposes = map[string]string{
	"ident":    "hash identifiers",
	"evidence": "sign the evidence log of one node",
	"seal":     "seal what is at rest",
}

// parseKey reads the content of a key file.
func parseKey(name, purpose string, content []byte) (key, error) {
	var words []string
	for line := range bytes.Lines(content) {
		if text := strings.TrimSpace(string(line)); text != "" && text[0] != '#' {
			words = append(words, strings.Fields(text)...)
		}
	}
	if len(words) != 4 || words[0] != magic {
		return key{}, damaged(name, "it is not a key file of this version")
	}
	if words[1] != purpose {
		return key{}, damaged(name, "it is a key for another purpose")
	}
	k := key{purpose: purpose}
	secret, err := base64.StdEncoding.Strict().DecodeString(words[3])
	if err != nil || len(secret) != secretSize {
		return key{}, damaged(name, "its secret cannot be read")
	}
	copy(k.secret[:], secret)
	k.id = k.makeID()
	if words[2] != k.id.String() {
		return key{}, damaged(name, "its secret does not fit its id")
	}
	return k, nil
}

func damaged(name, why string) error {
	return fault.Newf(fault.Invalid, "open keys", "the key file %s is damaged: %s", name, why).
		WithHint("bring it back from a backup with kakitome key restore")
}
