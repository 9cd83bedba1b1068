package keys

import (
	"bytes"
	"crypto/aes"
	"crypto/cipher"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"

	"github.com/kakitome/kakitome/internal/fault"
)

// What Seal returns: version byte, key id (8), salt (16), nonce (12), the text
// and its tag (16). The AES-256-GCM key is HMAC-SHA256 of the salt under the
// sealing key, so that a month of any traffic stays far from the 2^32 random
// nonces one key may see (NIST SP 800-38D §8.3).
const (
	sealVersion = 1
	saltSize    = 16
	headSize    = 1 + len(keyID{}) + saltSize

	// Overhead is how many bytes Ring.Seal adds.
	Overhead = headSize + 12 + 16

	// MailOverhead is how many bytes MailKey.Seal adds.
	MailOverhead = 1 + 12 + 16

	// MaxSealed is how many bytes can be sealed at once.
	MaxSealed = 1 << 30
)

// errForged covers all that can be wrong with sealed bytes: which it is would
// help nobody but a forger.
var errForged = errors.New("sealed data is damaged, or of another place")

// Seal encrypts plaintext under the present sealing key, bound to aad: only
// Open with the same aad gives it back.
func (r *Ring) Seal(aad, plaintext []byte) ([]byte, error) {
	if len(plaintext) > MaxSealed {
		return nil, fault.Newf(fault.TooLarge, "seal", "more than %d bytes", MaxSealed)
	}
	r.mu.RLock()
	k := r.now
	r.mu.RUnlock()
	head := make([]byte, headSize, Overhead+len(plaintext))
	head[0] = sealVersion
	copy(head[1:], k.id[:])
	rand.Read(head[1+len(k.id):])                                        //nolint:errcheck,gosec // never fails, says its documentation
	return k.aead(head).Seal(head, nil, plaintext, bind(head, aad)), nil //nolint:gosec // the AEAD draws its nonces itself
}

// Open is the inverse of Seal, under whichever key of the ring sealed.
func (r *Ring) Open(aad, sealed []byte) ([]byte, error) {
	if len(sealed) < Overhead || sealed[0] != sealVersion {
		return nil, fmt.Errorf("open sealed: %w", errForged)
	}
	id := keyID(sealed[1:])
	r.mu.RLock()
	k, ok := r.seals[id]
	r.mu.RUnlock()
	if !ok {
		return nil, fault.Newf(fault.NotFound, "open sealed", "the sealing key %s is not among the keys", id).
			WithHint("bring it back from a backup, or copy it from the node that made it")
	}
	head := sealed[:headSize]
	plain, err := k.aead(head).Open(nil, nil, sealed[headSize:], bind(head, aad))
	if err != nil {
		return nil, fmt.Errorf("open sealed: %w", errForged)
	}
	return plain, nil
}

// aead is the cipher for one head.
func (k *key) aead(head []byte) cipher.AEAD {
	mac := hmac.New(sha256.New, k.secret[:])
	mac.Write(head)
	return newAEAD(mac.Sum(nil))
}

// newAEAD takes a key of 32 bytes, for which neither call fails.
func newAEAD(key []byte) cipher.AEAD {
	block, err := aes.NewCipher(key)
	if err != nil {
		panic(err)
	}
	aead, err := cipher.NewGCMWithRandomNonce(block)
	if err != nil {
		panic(err)
	}
	return aead
}

// bind joins what a sealed text is bound to, with clear borders.
func bind(parts ...[]byte) []byte {
	var b bytes.Buffer
	var size [8]byte
	for _, p := range parts {
		binary.BigEndian.PutUint64(size[:], uint64(len(p)))
		b.Write(size[:])
		b.Write(p)
	}
	return b.Bytes()
}

// MailKey seals the fields of one mail. Erasing its wrapped form erases them.
// Make it with Ring.NewMailKey or Ring.MailKey.
type MailKey struct{ aead cipher.AEAD }

var mailKeyPurpose = []byte("kakitome mail key")

// WrappedSize is the size of a wrapped mail key, bytes.
const WrappedSize = Overhead + secretSize

// NewMailKey makes a key for one mail, and its wrapped form to be stored.
func (r *Ring) NewMailKey() (MailKey, []byte, error) {
	secret := make([]byte, secretSize)
	rand.Read(secret) //nolint:errcheck,gosec // never fails, says its documentation
	wrapped, err := r.Seal(mailKeyPurpose, secret)
	if err != nil {
		return MailKey{}, nil, fmt.Errorf("wrap mail key: %w", err)
	}
	return MailKey{newAEAD(secret)}, wrapped, nil
}

// MailKey unwraps the key of a mail.
func (r *Ring) MailKey(wrapped []byte) (MailKey, error) {
	secret, err := r.Open(mailKeyPurpose, wrapped)
	if err != nil {
		return MailKey{}, fmt.Errorf("unwrap mail key: %w", err)
	}
	if len(secret) != secretSize {
		return MailKey{}, fmt.Errorf("unwrap mail key: %w", errForged)
	}
	return MailKey{newAEAD(secret)}, nil
}

// Seal encrypts a field of a mail, bound to the field's name and the mail's id:
// version byte, nonce (12), text, tag (16).
func (k MailKey) Seal(field, mailID string, plain []byte) []byte {
	sealed := make([]byte, 1, MailOverhead+len(plain))
	sealed[0] = sealVersion
	return k.aead.Seal(sealed, nil, plain, bind([]byte(mailID), []byte(field))) //nolint:gosec // the AEAD draws its nonces itself
}

// Open is the inverse of Seal.
func (k MailKey) Open(field, mailID string, sealed []byte) ([]byte, error) {
	if len(sealed) < MailOverhead || sealed[0] != sealVersion {
		return nil, fmt.Errorf("open %s: %w", field, errForged)
	}
	plain, err := k.aead.Open(nil, nil, sealed[1:], bind([]byte(mailID), []byte(field)))
	if err != nil {
		return nil, fmt.Errorf("open %s: %w", field, errForged)
	}
	return plain, nil
}
