package keys

import (
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"strings"
	"unicode"

	"github.com/kakitome/kakitome/internal/fault"
)

// EvidenceKey gives the node's signing key under a name, in the texts that
// note.NewSigner and note.NewVerifier of golang.org/x/mod/sumdb/note read. The
// name becomes the origin of the log; it has no spaces and no plus.
func (r *Ring) EvidenceKey(name string) (signer, verifier string, err error) {
	if name == "" || strings.ContainsFunc(name, func(c rune) bool { return unicode.IsSpace(c) || c == '+' || c == unicode.ReplacementChar }) {
		return "", "", fault.New(fault.Invalid, "evidence key", "the name of a log is empty, or has a space or a plus")
	}
	const algEd25519 = 1
	seed := r.evidence.secret[:]
	public := append([]byte{algEd25519}, ed25519.NewKeyFromSeed(seed).Public().(ed25519.PublicKey)...)
	sum := sha256.Sum256(append([]byte(name+"\n"), public...))
	b64 := base64.StdEncoding.EncodeToString
	signer = fmt.Sprintf("PRIVATE+KEY+%s+%x+%s", name, sum[:4], b64(append([]byte{algEd25519}, seed...)))
	verifier = fmt.Sprintf("%s+%x+%s", name, sum[:4], b64(public))
	return signer, verifier, nil
}
