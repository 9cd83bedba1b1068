package roster

import (
	"bytes"
	"cmp"
	"encoding/binary"
	"math/bits"
	"slices"
)

// directory says where in rows ordered by key the keys with the same leading
// bits begin. Keys are hashes, so every stretch holds about one of them and a
// look-up costs the same in a roster of any size.
type directory struct {
	shift uint
	start []uint32 // one more than there are stretches
}

// arrange orders rows by their keys in linear time. It keeps the order of
// equal keys.
func arrange[T any](rows []T, key func(*T) *Key) ([]T, directory) {
	d := directory{shift: 32 - uint(bits.Len(uint(min(len(rows), 1<<28))))}
	d.start = make([]uint32, 1<<(32-d.shift)+1)
	for i := range rows {
		d.start[d.stretch(lead(key(&rows[i])))+1]++
	}
	for i := 1; i < len(d.start); i++ {
		d.start[i] += d.start[i-1]
	}
	sorted, next := make([]T, len(rows)), slices.Clone(d.start)
	for i := range rows {
		s := d.stretch(lead(key(&rows[i])))
		sorted[next[s]] = rows[i]
		next[s]++
	}
	for s := range len(d.start) - 1 {
		slices.SortStableFunc(sorted[d.start[s]:d.start[s+1]], func(a, b T) int { return compare(key(&a), key(&b)) })
	}
	return sorted, d
}

// lead is the first four bytes of a key.
func lead(k *Key) uint32 { return binary.BigEndian.Uint32(k[:4]) }

func compare(a, b *Key) int {
	return cmp.Or(cmp.Compare(lead(a), lead(b)), bytes.Compare(a[4:], b[4:]))
}

func (d *directory) stretch(lead uint32) uint32 { return lead >> d.shift }

// around gives the stretch of rows in which keys with that lead lie.
func (d *directory) around(lead uint32) (from, to uint32) {
	s := d.stretch(lead)
	return d.start[s], d.start[s+1]
}

// equal gives the rows whose key is k.
func equal[T any](d *directory, rows []T, key func(*T) *Key, k *Key) (from, to uint32) {
	from, to = d.around(lead(k))
	for from < to && *key(&rows[from]) != *k {
		from++
	}
	end := from
	for end < to && *key(&rows[end]) == *k {
		end++
	}
	return from, end
}

// bitset remembers leads, sixteen bits for each, so that most of what is not
// there is known without a look into the rows.
type bitset struct {
	shift uint
	words []uint64
}

func newBitset(n int) bitset {
	width := min(max(bits.Len(uint(n))+4, 6), 32)
	return bitset{shift: 32 - uint(width), words: make([]uint64, 1<<(width-6))}
}

func (b *bitset) add(lead uint32) {
	i := lead >> b.shift
	b.words[i>>6] |= 1 << (i & 63)
}

func (b *bitset) maybe(lead uint32) bool {
	i := lead >> b.shift
	return b.words[i>>6]>>(i&63)&1 != 0
}
