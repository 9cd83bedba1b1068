package ledger

import "fmt"

// Reason says what is wrong with a log. The values are stable.
type Reason uint8

// The reasons.
const (
	BadIndex  Reason = iota + 1 // an entry is missing, twice or out of order
	BadRecord                   // record, salt and leaf do not belong together
	BadHash                     // a stored hash is not the one recomputed, or is missing
	BadHead                     // a head is forged, out of order, or of another tree
	Truncated                   // a head covers entries that are not there
)

// String is the reason in one word.
func (r Reason) String() string {
	switch r {
	case BadIndex:
		return "index"
	case BadRecord:
		return "record"
	case BadHash:
		return "hash"
	case BadHead:
		return "head"
	case Truncated:
		return "truncated"
	default:
		return fmt.Sprintf("reason(%d)", uint8(r))
	}
}

// Finding is the first thing found wrong.
type Finding struct {
	Index  int64  // the entry; for a head, the size it speaks of
	Reason Reason // what sort of wrong
	Detail string // one sentence, no content of records
}

// Error is the finding as a sentence.
func (f *Finding) Error() string {
	return fmt.Sprintf("entry %d: %s: %s", f.Index, f.Reason, f.Detail)
}

// Report is what Verify found. Counts reach up to the first bad entry.
type Report struct {
	Origin      string           // the log
	Size        int64            // entries the source claims
	Checked     int64            // entries found good
	Erased      int64            // of these, without record
	Unexplained int64            // of these, named by no record of kind erased
	Heads       int64            // signed heads found good
	Last        Head             // the newest of them; entries from Last.Size on are not signed yet
	Cross       map[string]int64 // heads of other logs recorded here, by origin; see CrossHeads
	Bad         *Finding         // the first thing wrong, nil when all is well
}

// OK tells whether nothing was found wrong. Erased entries are not wrong, and
// neither are unexplained ones by themselves: look at the counts.
func (r Report) OK() bool { return r.Bad == nil }
