package ledger

import (
	"crypto/hmac"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"

	"golang.org/x/mod/sumdb/tlog"
)

// MaxRecord is the largest record in bytes. It is the largest entry of a C2SP
// tlog-tiles entry bundle, whose length field has 16 bits.
const MaxRecord = 65535

// Entry is one line of a log.
type Entry struct {
	Index  int64    // place in the log, from 0
	Leaf   [32]byte // Commit(Salt, Record); what the tree is built over
	Record []byte   // canonical JSON; nil when erased
	Salt   [32]byte // zero when erased
	Erased bool     // record and salt were removed; the leaf stays
}

// Commit is the commitment to a record: HMAC-SHA256 with the salt as key.
func Commit(salt [32]byte, record []byte) [32]byte {
	mac := hmac.New(sha256.New, salt[:])
	mac.Write(record)
	return [32]byte(mac.Sum(nil))
}

// NewSalt reads a fresh salt from r, which must be a source fit for keys
// (crypto/rand.Reader). A salt serves one record only.
func NewSalt(r io.Reader) ([32]byte, error) {
	var salt [32]byte
	if _, err := io.ReadFull(r, salt[:]); err != nil {
		return [32]byte{}, fmt.Errorf("read salt: %w", err)
	}
	if salt == [32]byte{} {
		return [32]byte{}, errors.New("read salt: the source gives zeros")
	}
	return salt, nil
}

// NewEntry makes the entry of a record at an index. It refuses a record that is
// too long or not canonical.
func NewEntry(index int64, salt [32]byte, record []byte) (Entry, error) {
	if err := CheckRecord(record); err != nil {
		return Entry{}, err
	}
	return Entry{Index: index, Leaf: Commit(salt, record), Record: record, Salt: salt}, nil
}

// Erase is the entry without its record and salt. All proofs stay valid.
func (e Entry) Erase() Entry {
	return Entry{Index: e.Index, Leaf: e.Leaf, Erased: true}
}

// Hash is the hash of the entry's leaf in the tree, RFC 6962 §2.1.
func (e Entry) Hash() tlog.Hash { return tlog.RecordHash(e.Leaf[:]) }

// Check tells whether the entry agrees with itself: the commitment is that of
// the record, or the record is wholly erased.
func (e Entry) Check() error {
	_, err := e.check()
	return err
}

// check is Check, and the kind of the record, empty when erased.
func (e Entry) check() (kind string, err error) {
	if e.Erased {
		if e.Record != nil || e.Salt != [32]byte{} {
			return "", errors.New("marked erased, but record or salt is there")
		}
		return "", nil
	}
	want := Commit(e.Salt, e.Record)
	if !hmac.Equal(want[:], e.Leaf[:]) {
		return "", errors.New("the leaf is not the commitment to record and salt")
	}
	return scanRecord(e.Record)
}
