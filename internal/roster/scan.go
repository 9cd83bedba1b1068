package roster

import (
	"encoding/binary"
	"math/bits"
	"sync/atomic"
)

// scanKeys make the two cheap keyed hashes of a scan. Both end in SipHash, so
// that what is stored of them tells nothing without the secret.
type scanKeys struct {
	finger, pair [2]uint64
	base         uint64 // of the polynomial, below prime
	powers       [MaxForm + 1]uint64
	memo         *[memoSize]atomic.Uint64
}

// memoSize is how many anchors are remembered. The same words stand in mail
// after mail, so that most of a mail's pairs are among them.
const memoSize = 1 << 13

// prime is the Mersenne prime 2^61-1: sums modulo it need no division.
const prime = 1<<61 - 1

func newScanKeys(finger, pair, base Key) scanKeys {
	s := scanKeys{finger: halves(finger), pair: halves(pair), memo: new([memoSize]atomic.Uint64)}
	s.base = halves(base)[0]%(prime-2) + 2
	s.powers[0] = 1
	for i := range MaxForm {
		s.powers[i+1] = mulmod(s.powers[i], s.base)
	}
	return s
}

func halves(k Key) [2]uint64 {
	return [2]uint64{binary.LittleEndian.Uint64(k[:8]), binary.LittleEndian.Uint64(k[8:])}
}

// anchor is the 12-bit keyed hash of two runes.
func (s *scanKeys) anchor(a, b rune) uint16 {
	const mark, golden = 1 << 63, 0x9e3779b97f4a7c15
	pair := uint64(uint32(a))<<21 | uint64(uint32(b)) // a rune has 21 bits
	slot := &s.memo[pair*golden>>(64-13)]
	if known := slot.Load(); known>>12 == (mark>>12 | pair) {
		return uint16(known & 0xfff)
	}
	h := siphash(s.pair, uint64(uint32(a))<<32|uint64(uint32(b))) & 0xfff
	slot.Store(mark | pair<<12 | h)
	return uint16(h)
}

// printOf is the print of some runes.
func (s *scanKeys) printOf(runes []rune) uint32 {
	var sum uint64
	for _, r := range runes {
		sum = s.append(sum, r)
	}
	return s.print32(sum)
}

// append gives the polynomial of runes with one more.
func (s *scanKeys) append(sum uint64, r rune) uint64 {
	return addmod(mulmod(sum, s.base), uint64(uint32(r))+1)
}

// cut gives the polynomial of the last n of the runes summed in whole, where
// before is the sum of those before them.
func (s *scanKeys) cut(whole, before uint64, n int) uint64 {
	return addmod(whole, prime-mulmod(before, s.powers[n]))
}

func (s *scanKeys) print32(sum uint64) uint32 { return uint32(siphash(s.finger, sum)) }

func addmod(a, b uint64) uint64 {
	c := a + b
	if c >= prime {
		c -= prime
	}
	return c
}

func mulmod(a, b uint64) uint64 {
	hi, lo := bits.Mul64(a, b)
	return addmod(lo&prime, (lo>>61|hi<<3)&prime)
}

// siphash is SipHash-2-4 of eight bytes (Aumasson, Bernstein: SipHash: a fast
// short-input PRF, 2012).
func siphash(key [2]uint64, m uint64) uint64 {
	v0, v1 := key[0]^0x736f6d6570736575, key[1]^0x646f72616e646f6d
	v2, v3 := key[0]^0x6c7967656e657261, key[1]^0x7465646279746573
	v3 ^= m
	v0, v1, v2, v3 = sipround(v0, v1, v2, v3)
	v0, v1, v2, v3 = sipround(v0, v1, v2, v3)
	v0 ^= m
	const length = 8 << 56
	v3 ^= length
	v0, v1, v2, v3 = sipround(v0, v1, v2, v3)
	v0, v1, v2, v3 = sipround(v0, v1, v2, v3)
	v0 ^= length
	v2 ^= 0xff
	v0, v1, v2, v3 = sipround(v0, v1, v2, v3)
	v0, v1, v2, v3 = sipround(v0, v1, v2, v3)
	v0, v1, v2, v3 = sipround(v0, v1, v2, v3)
	v0, v1, v2, v3 = sipround(v0, v1, v2, v3)
	return v0 ^ v1 ^ v2 ^ v3
}

func sipround(v0, v1, v2, v3 uint64) (uint64, uint64, uint64, uint64) {
	v0 += v1
	v1 = bits.RotateLeft64(v1, 13) ^ v0
	v0 = bits.RotateLeft64(v0, 32)
	v2 += v3
	v3 = bits.RotateLeft64(v3, 16) ^ v2
	v0 += v3
	v3 = bits.RotateLeft64(v3, 21) ^ v0
	v2 += v1
	v1 = bits.RotateLeft64(v1, 17) ^ v2
	v2 = bits.RotateLeft64(v2, 32)
	return v0, v1, v2, v3
}
