package store

import (
	"bytes"
	"encoding/binary"
	"errors"
	"slices"

	"github.com/kakitome/kakitome/internal/check"
	"github.com/kakitome/kakitome/internal/jp"
	"github.com/kakitome/kakitome/internal/roster"
)

// Bits of the first byte of a packed entry, and the size of its fixed part.
const (
	hasForm   = 1
	hasDomain = 2
	entrySize = 1 + 1 + 1 + 1 + 2 + len(check.Key{}) // bits, kind, class, len, anchor, ident
)

// packEntries writes entries one after the other, in an order of their own, so
// that the same entries are always the same bytes.
func packEntries(entries []roster.Entry) []byte {
	packed := make([][]byte, len(entries))
	for i := range entries {
		packed[i] = packEntry(&entries[i])
	}
	slices.SortFunc(packed, bytes.Compare)
	return bytes.Join(slices.CompactFunc(packed, bytes.Equal), nil)
}

func packEntry(e *roster.Entry) []byte {
	b := make([]byte, 0, entrySize+2*len(check.Key{}))
	var bits byte
	if e.Form != (key{}) {
		bits |= hasForm
	}
	if e.Domain != (key{}) {
		bits |= hasDomain
	}
	b = append(b, bits, byte(e.Kind), byte(e.Class), e.Len)
	b = binary.BigEndian.AppendUint16(b, e.Anchor)
	b = append(b, e.Ident[:]...)
	if bits&hasForm != 0 {
		b = append(b, e.Form[:]...)
	}
	if bits&hasDomain != 0 {
		b = append(b, e.Domain[:]...)
	}
	return b
}

var errPacked = errors.New("packed entries are damaged")

// unpackEntries is the inverse of packEntries.
func unpackEntries(b []byte) ([]roster.Entry, error) {
	var entries []roster.Entry
	for len(b) > 0 {
		if len(b) < entrySize || b[0]&^(hasForm|hasDomain) != 0 {
			return nil, errPacked
		}
		bits := b[0]
		e := roster.Entry{Kind: jp.Kind(b[1]), Class: jp.PhoneClass(b[2]), Len: b[3], Anchor: binary.BigEndian.Uint16(b[4:]), Ident: keyOf(b[6:entrySize])}
		b = b[entrySize:]
		for _, more := range []struct {
			bit byte
			key *key
		}{{hasForm, &e.Form}, {hasDomain, &e.Domain}} {
			if bits&more.bit == 0 {
				continue
			}
			if len(b) < len(key{}) {
				return nil, errPacked
			}
			*more.key = keyOf(b[:len(key{})])
			b = b[len(key{}):]
		}
		entries = append(entries, e)
	}
	return entries, nil
}

// identsOf are the different identifiers of entries, in order.
func identsOf(entries []roster.Entry) []key {
	idents := make([]key, 0, len(entries))
	for i := range entries {
		idents = append(idents, entries[i].Ident)
	}
	slices.SortFunc(idents, func(a, b key) int { return bytes.Compare(a[:], b[:]) })
	return slices.Compact(idents)
}
