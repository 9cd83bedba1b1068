package ledger

import (
	"fmt"
	"math/bits"

	"golang.org/x/mod/sumdb/tlog"
)

// MaxSize is the largest number of entries of a log. Beyond it the arithmetic of
// stored hash indexes would leave 64 bits.
const MaxSize = 1 << 60

// StoredHash is a hash and the place where it has to be stored, counted from 0
// in the order of tlog.StoredHashIndex.
type StoredHash struct {
	Index int64
	Hash  tlog.Hash
}

// Appender adds leaves to a log. It holds the roots of the complete subtrees
// that cover the log, largest first: one for each bit set in the size. The
// stored hashes are read once, when it is made; every hash Add returns must be
// stored, in the transaction that stores the entry.
type Appender struct {
	size  int64
	peaks []tlog.Hash
}

// NewAppender continues a log of the given size. It reads at most 60 hashes.
func NewAppender(size int64, stored tlog.HashReader) (*Appender, error) {
	if size < 0 || size > MaxSize {
		return nil, fmt.Errorf("log of impossible size %d", size)
	}
	indexes := peakIndexes(size)
	if len(indexes) == 0 {
		return &Appender{}, nil
	}
	peaks, err := stored.ReadHashes(indexes)
	if err != nil {
		return nil, fmt.Errorf("read stored hashes: %w", err)
	}
	if len(peaks) != len(indexes) {
		return nil, fmt.Errorf("read stored hashes: got %d, want %d", len(peaks), len(indexes))
	}
	return &Appender{size: size, peaks: append([]tlog.Hash(nil), peaks...)}, nil
}

// peakIndexes are the stored places of the complete subtrees that cover size
// leaves, largest first.
func peakIndexes(size int64) []int64 {
	var indexes []int64
	for done := int64(0); done < size; {
		level := bits.Len64(uint64(size-done)) - 1 //nolint:gosec // done < size
		indexes = append(indexes, tlog.StoredHashIndex(level, done>>level))
		done += 1 << level
	}
	return indexes
}

// Add appends a leaf and returns the hashes to store: that of the leaf, and one
// for each subtree it completes. Their indexes follow on each other, and on
// those of the call before.
func (a *Appender) Add(leaf [32]byte) []StoredHash {
	hash := tlog.RecordHash(leaf[:])
	index := tlog.StoredHashIndex(0, a.size)
	out := []StoredHash{{index, hash}}
	for level := 0; a.size>>level&1 == 1; level++ {
		last := len(a.peaks) - 1
		hash = tlog.NodeHash(a.peaks[last], hash)
		a.peaks = a.peaks[:last]
		index++
		out = append(out, StoredHash{index, hash})
	}
	a.peaks = append(a.peaks, hash)
	a.size++
	return out
}

// Size is the number of leaves, those added included.
func (a *Appender) Size() int64 { return a.size }

// Root is the root hash of the log at Size, RFC 6962 §2.1.
func (a *Appender) Root() tlog.Hash {
	if len(a.peaks) == 0 {
		return emptyRoot()
	}
	root := a.peaks[len(a.peaks)-1]
	for i := len(a.peaks) - 2; i >= 0; i-- {
		root = tlog.NodeHash(a.peaks[i], root)
	}
	return root
}

// Append is the hashes to store for one leaf after a log of the given size,
// beginning at tlog.StoredHashCount(size). For more than one leaf use Appender.
func Append(size int64, leaf [32]byte, stored tlog.HashReader) ([]tlog.Hash, error) {
	a, err := NewAppender(size, stored)
	if err != nil {
		return nil, err
	}
	var hashes []tlog.Hash
	for _, s := range a.Add(leaf) {
		hashes = append(hashes, s.Hash)
	}
	return hashes, nil
}
