package store

import (
	"bytes"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/kakitome/kakitome/internal/roster"
)

// FuzzUnpackEntries: it never panics, and what it accepts packs to the same
// entries again.
func FuzzUnpackEntries(f *testing.F) {
	f.Add([]byte{})
	f.Add(packEntries([]roster.Entry{
		{Ident: key{1}, Kind: 1, Domain: key{2}}, {Ident: key{3}, Form: key{4}, Kind: 3, Len: 5, Anchor: 4095}, {Ident: key{3}, Kind: 2, Class: 1},
	}))
	f.Add([]byte{hasForm, 1, 2, 3})
	f.Fuzz(func(t *testing.T, packed []byte) {
		entries, err := unpackEntries(packed)
		if err != nil {
			return
		}
		once := packEntries(entries)
		again, err := unpackEntries(once)
		if err != nil {
			t.Fatalf("what was packed does not unpack: %v", err)
		}
		if !bytes.Equal(packEntries(again), once) {
			t.Errorf("not stable: %s", cmp.Diff(entries, again))
		}
	})
}
