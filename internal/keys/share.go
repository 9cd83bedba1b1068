package keys

import (
	"crypto/cipher"
	"crypto/hmac"
	"crypto/sha256"
	"fmt"
	"maps"
	"slices"
	"strings"
)

// Shared is a sealing key as it lies in the database for the other nodes of an
// installation: encrypted under a key derived from the identifier key, which
// every node has and the database has not.
type Shared struct {
	ID     string // 16 hex digits
	Month  string // "2026-11"
	Sealed []byte
}

// Share gives all sealing keys for the other nodes, in order of their ids.
func (r *Ring) Share() []Shared {
	r.mu.RLock()
	defer r.mu.RUnlock()
	var list []Shared
	for _, k := range slices.SortedFunc(maps.Values(r.seals), func(a, b key) int { return strings.Compare(a.id.String(), b.id.String()) }) {
		list = append(list, Shared{
			ID: k.id.String(), Month: k.month,
			Sealed: r.sharing().Seal(nil, nil, k.secret[:], bind([]byte(k.month), k.id[:])), //nolint:gosec // the AEAD draws its nonces itself
		})
	}
	return list
}

// Adopt takes a sealing key of another node in, so that what it sealed can be
// opened; this node goes on sealing under its own. A key it has already is
// passed over.
func (r *Ring) Adopt(s Shared) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	for id := range r.seals {
		if id.String() == s.ID {
			return nil
		}
	}
	name := sealPrefix + s.Month + "-" + s.ID + fileSuffix
	if _, _, err := purposeOf(name); err != nil {
		return err
	}
	k := key{purpose: "seal", month: s.Month}
	id, err := parseID(s.ID)
	if err != nil {
		return err
	}
	secret, err := r.sharing().Open(nil, nil, s.Sealed, bind([]byte(s.Month), id[:]))
	if err != nil || len(secret) != secretSize {
		return fmt.Errorf("adopt sealing key %s: %w", id, errForged)
	}
	copy(k.secret[:], secret)
	if k.id = k.makeID(); k.id != id {
		return fmt.Errorf("adopt sealing key %s: %w", id, errForged)
	}
	if err := addFile(r.dir, name, k.marshal()); err != nil {
		return fmt.Errorf("adopt sealing key %s: %w", id, err)
	}
	r.seals[k.id] = k
	return nil
}

// sharing is the cipher under which nodes share keys.
func (r *Ring) sharing() cipher.AEAD {
	mac := hmac.New(sha256.New, r.ident.secret[:])
	mac.Write([]byte("kakitome: share sealing keys among nodes"))
	return newAEAD(mac.Sum(nil))
}
