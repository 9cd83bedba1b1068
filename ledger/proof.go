package ledger

import (
	"crypto/sha256"
	"errors"
	"fmt"

	"golang.org/x/mod/sumdb/tlog"
)

// emptyRoot is the root of a log without entries, RFC 6962 §2.1.
func emptyRoot() tlog.Hash { return sha256.Sum256(nil) }

// Inclusion proves to whoever trusts the head of the given size that the log
// holds its leaf at index: the audit path of RFC 6962 §2.1.1.
func Inclusion(size, index int64, stored tlog.HashReader) ([]tlog.Hash, error) {
	if index < 0 || index >= size || size > MaxSize {
		return nil, fmt.Errorf("no entry %d in a log of %d", index, size)
	}
	proof, err := tlog.ProveRecord(size, index, stored)
	if err != nil {
		return nil, fmt.Errorf("prove entry %d: %w", index, err)
	}
	return proof, nil
}

// CheckInclusion tells whether proof shows leaf at index under head. The caller
// got head from OpenHead.
func CheckInclusion(proof []tlog.Hash, head Head, index int64, leaf [32]byte) error {
	if index < 0 || index >= head.Size || head.Size > MaxSize {
		return fmt.Errorf("no entry %d in a log of %d", index, head.Size)
	}
	if err := tlog.CheckRecord(proof, head.Size, head.Root, index, tlog.RecordHash(leaf[:])); err != nil {
		return fmt.Errorf("entry %d is not proven under the head of size %d: %w", index, head.Size, err)
	}
	return nil
}

// Consistency proves that the log of size older is the beginning of that of size
// newer: RFC 6962 §2.1.2. The proof for an empty older log is empty.
func Consistency(older, newer int64, stored tlog.HashReader) ([]tlog.Hash, error) {
	if older < 0 || older > newer || newer > MaxSize {
		return nil, fmt.Errorf("a log of %d cannot continue one of %d", newer, older)
	}
	if older == 0 {
		return nil, nil
	}
	proof, err := tlog.ProveTree(newer, older, stored)
	if err != nil {
		return nil, fmt.Errorf("prove size %d under %d: %w", older, newer, err)
	}
	return proof, nil
}

// CheckConsistency tells whether proof shows that newer continues older: both are
// heads of one log, and nothing under older was changed since.
func CheckConsistency(proof []tlog.Hash, older, newer Head) error {
	switch {
	case older.Origin != newer.Origin:
		return fmt.Errorf("heads of two logs, %q and %q", older.Origin, newer.Origin)
	case older.Size < 0 || older.Size > newer.Size || newer.Size > MaxSize:
		return fmt.Errorf("a log of %d cannot continue one of %d", newer.Size, older.Size)
	case older.Size == 0:
		if older.Root != emptyRoot() || len(proof) != 0 {
			return errors.New("not the head of an empty log")
		}
		return nil
	}
	if err := tlog.CheckTree(proof, newer.Size, newer.Root, older.Size, older.Root); err != nil {
		return fmt.Errorf("head of size %d is not proven under that of size %d: %w", older.Size, newer.Size, err)
	}
	return nil
}
