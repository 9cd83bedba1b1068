// Package roster keeps true: which identifier belongs to whom, by keyed hashes
// only; no value can be read back from what it holds or hands to the store.
//
// A Person is what a roster file says of somebody. Hash turns it into a Hashed:
// entries of keyed hashes, the only form that is stored. An Index holds the
// Hashed of everybody in memory and gives out Snapshots; a Snapshot is one
// version of the roster, never changes, and answers all questions of one
// examination. Readers take no lock.
//
// Values that stand in running text without a shape of their own (names,
// addresses, codes) are found by Snapshot.Find in three steps, each cheaper
// than what it saves: a 12-bit keyed hash of two runes says which lengths may
// begin here, a 32-bit keyed print of the runes is looked up in a table, and
// what is left is confirmed by a keyed hash. Scanning does not grow with the
// roster.
package roster

import (
	"encoding/hex"

	"github.com/kakitome/kakitome/internal/jp"
)

// Key is a keyed hash of an identifier, a person, a recipient or some bytes.
// Without the secret of the Hasher nobody can make or test one.
type Key [16]byte

// String is the beginning of the key, enough to tell keys apart in a log and
// too little to look one up.
func (k Key) String() string { return hex.EncodeToString(k[:6]) + "…" }

// Hex is the whole key, 32 digits.
func (k Key) Hex() string { return hex.EncodeToString(k[:]) }

// IsZero tells whether k is no key at all.
func (k Key) IsZero() bool { return k == Key{} }

// Owner is a person, as Hasher.Person names it.
type Owner = Key

// Value is one identifier as it was declared.
type Value struct {
	Kind  jp.Kind
	Value string
}

// Person is what a roster file says of somebody, in clear.
type Person struct {
	ID      string // the shop's own number for the person
	Canary  bool   // nobody real: mail about this person proves a defect
	Removed bool   // not one of the shop's people any more; has no values
	Values  []Value
	Line    int // of the file, or row of the query, from 1; 0 when it came another way
}

// Entry is one spelling of one identifier, hashed.
type Entry struct {
	Ident  Key // Hasher.Ident of the normal form
	Form   Key // of the folded spelling; zero for kinds found by their shape
	Kind   jp.Kind
	Class  jp.PhoneClass // phones only
	Len    uint8         // runes of the spelling, 2 to MaxForm; 0 for kinds found by their shape
	Anchor uint16        // 12 bits of a keyed hash of the first two runes: 4096 values hide which pairs are frequent
	Domain Key           // of the address; emails only
}

// Hashed is a person as stored: the store seals ID, the rest is hashes.
type Hashed struct {
	Person  Key
	ID      string
	Canary  bool
	Entries []Entry
}

// MaxForm is the longest spelling that is searched for in text, in runes.
const MaxForm = 127

// MaxID is the longest person id, in bytes.
const MaxID = 256

func isName(k jp.Kind) bool { return k == jp.Name || k == jp.NameKana || k == jp.NameLatin }
