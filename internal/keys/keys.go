// Package keys keeps true: a node has the secrets it started with, nobody else
// on the machine can read them, and no secret is ever overwritten.
//
// One directory, mode 0700, holds one file for each key, mode 0600:
//
//	ident.key          hashes identifiers; for the life of the roster
//	evidence.key       signs the evidence log of this node; its id is the node's
//	seal-2026-11.key   seals what is at rest, from that month (UTC) on; old ones
//	                   stay, to open what they sealed
//
// A file holds comment lines and one line of four words: "kakitome-key-v1", the
// purpose, the id (16 hex digits, a hash of purpose and secret, so that a
// damaged file is noticed) and the secret (32 bytes in base64). The directory
// is made as a whole or not at all; when a file but the new month's is missing,
// Open refuses rather than make a new one, since what was hashed or sealed with
// the old one would be lost.
package keys

import (
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/kakitome/kakitome/internal/fault"
)

// Names of the files.
const (
	identFile    = "ident.key"
	evidenceFile = "evidence.key"
	sealPrefix   = "seal-"
	fileSuffix   = ".key"
	month        = "2006-01"
)

// Ring holds the keys of a node. It is safe for concurrent use.
type Ring struct {
	dir             string
	rand            io.Reader
	ident, evidence key

	mu    sync.RWMutex
	seals map[keyID]key // all of them
	now   key           // the one that seals
	since string        // month of now
}

// Open reads the keys in dir, or makes them when there is no such directory or
// it is empty, and makes the sealing key of a new month. It reads 32 bytes of
// rand for each key made. The caller holds the lock of the data directory.
func Open(dir string, rand io.Reader, now time.Time) (*Ring, error) {
	fresh, err := absent(dir)
	if err != nil {
		return nil, err
	}
	if fresh {
		if err := create(dir, rand, now); err != nil {
			return nil, err
		}
	}
	files, err := readDir(dir)
	if err != nil {
		return nil, err
	}
	r, err := newRing(files)
	if err != nil {
		return nil, err
	}
	r.dir, r.rand = dir, rand
	return r, r.Rotate(now)
}

func create(dir string, rand io.Reader, now time.Time) error {
	files := map[string][]byte{}
	for name, purpose := range map[string]string{
		identFile: "ident", evidenceFile: "evidence", sealFile(monthOf(now)): "seal",
	} {
		k, err := newKey(purpose, rand)
		if err != nil {
			return err
		}
		files[name] = k.marshal()
	}
	return install(dir, files)
}

func monthOf(now time.Time) string { return now.UTC().Format(month) }

func sealFile(month string) string { return sealPrefix + month + fileSuffix }

// newRing reads key files by their names.
func newRing(files map[string][]byte) (*Ring, error) {
	r := &Ring{seals: map[keyID]key{}}
	for _, name := range slices.Sorted(maps.Keys(files)) {
		purpose, of, err := purposeOf(name)
		if err != nil {
			return nil, err
		}
		k, err := parseKey(name, purpose, files[name])
		if err != nil {
			return nil, err
		}
		switch purpose {
		case "ident":
			r.ident = k
		case "evidence":
			r.evidence = k
		default: // names are in order, so the last month stays
			k.month = of
			r.seals[k.id], r.now, r.since = k, k, of
		}
	}
	for name, k := range map[string]key{identFile: r.ident, evidenceFile: r.evidence, sealFile("*"): r.now} {
		if k.purpose == "" {
			return nil, fault.Newf(fault.Invalid, "open keys", "the key file %s is missing", name).
				WithHint("bring it back from a backup with kakitome key restore; a new one could not read the old data")
		}
	}
	return r, nil
}

// purposeOf tells what a file is for, and a sealing key's month. Sealing keys
// of other nodes may lie beside our own as seal-2026-11-anything.key.
func purposeOf(name string) (purpose, of string, err error) {
	switch {
	case name == identFile:
		return "ident", "", nil
	case name == evidenceFile:
		return "evidence", "", nil
	}
	of, ok := strings.CutPrefix(name, sealPrefix)
	if of, ok = cutSuffix(of, ok); ok && len(of) >= len(month) {
		if _, err := time.Parse(month, of[:len(month)]); err == nil && (len(of) == len(month) || of[len(month)] == '-') {
			return "seal", of[:len(month)], nil
		}
	}
	return "", "", fault.Newf(fault.Invalid, "open keys", "the file %q is no key file", name).
		WithHint("only key files belong in the keys directory")
}

func cutSuffix(s string, ok bool) (string, bool) {
	s, found := strings.CutSuffix(s, fileSuffix)
	return s, ok && found
}

// Rotate makes the sealing key of a new month the one that seals. Call it at
// least once a month; within a month it does nothing. A clock that went back
// to an earlier month changes nothing either.
func (r *Ring) Rotate(now time.Time) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	of := monthOf(now)
	if of <= r.since {
		return nil
	}
	k, err := newKey("seal", r.rand)
	if err != nil {
		return err
	}
	k.month = of
	if err := addFile(r.dir, sealFile(of), k.marshal()); err != nil {
		return fmt.Errorf("make sealing key of %s: %w", of, err)
	}
	r.seals[k.id], r.now, r.since = k, k, of
	return nil
}

// HashSecret is the secret of roster.NewHasher, 32 bytes.
func (r *Ring) HashSecret() []byte { return slices.Clone(r.ident.secret[:]) }

// NodeID names this node, 16 hex digits.
func (r *Ring) NodeID() string { return r.evidence.id.String() }
