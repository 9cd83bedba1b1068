package ledger

import (
	"context"
	"iter"

	"golang.org/x/mod/sumdb/tlog"
)

// Source gives a whole log to read. Verify calls Size first and then reads the
// three sequences side by side. Over a log that grows meanwhile, Heads must give
// no head signed after Size was called.
type Source interface {
	// Size is the number of entries.
	Size(ctx context.Context) (int64, error)
	// Entries are the entries from index from on, in order.
	Entries(ctx context.Context, from int64) iter.Seq2[Entry, error]
	// Heads are the signed heads of this log, smallest size first.
	Heads(ctx context.Context) iter.Seq2[[]byte, error]
	// StoredHashes are the stored hashes from index from on, in the order of
	// tlog.StoredHashIndex.
	StoredHashes(ctx context.Context, from int64) iter.Seq2[tlog.Hash, error]
}
