package scope

import (
	"bytes"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"time"
)

// encoded is a version of a scope as it is kept.
type encoded struct {
	Format int `json:"format"`
	Scope  *Scope
}

const format = 1

// Version is a version of an incident's scope as it is stored.
type Version struct {
	Incident string
	Number   int64 // from 1
	At       time.Time
	Root     [sha256.Size]byte
	Sealed   []byte // what Encode wrote; nil in lists
}

// Encode writes a scope, the same to the same bytes, and its root: the SHA-256 of
// these, which the evidence log holds.
func Encode(s *Scope) (data []byte, root [sha256.Size]byte, err error) {
	data, err = json.Marshal(encoded{format, s})
	if err != nil {
		return nil, root, fmt.Errorf("encode scope: %w", err)
	}
	return data, sha256.Sum256(data), nil
}

// Decode reads what Encode wrote.
func Decode(data []byte) (*Scope, error) {
	d := json.NewDecoder(bytes.NewReader(data))
	d.DisallowUnknownFields()
	e := encoded{Scope: &Scope{}}
	if err := d.Decode(&e); err != nil {
		return nil, fmt.Errorf("decode scope: %w", err)
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return nil, errors.New("decode scope: more than one")
	}
	if e.Format != format || e.Scope == nil {
		return nil, fmt.Errorf("decode scope: format %d is not known", e.Format)
	}
	return e.Scope, nil
}
