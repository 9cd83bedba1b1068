package store

import (
	"database/sql"
	"encoding/binary"
	"fmt"
	"slices"
	"strings"

	"github.com/kakitome/kakitome/internal/check"
)

const (
	buckets      = 1024   // so many at most does a transaction lock: the server's lock table is bounded
	lockFamily   = 0x6b6b // first half of the names of advisory locks on keys
	rosterFamily = 0x6b72 // and of that on the roster
)

// Lock takes what the wants name, in the order of the buckets. SQLite has one
// writer and needs none.
func (t *tx) Lock(wants []check.Wants) error {
	if !t.s.engine.postgres {
		return nil
	}
	var keys []key
	for i := range wants {
		w := &wants[i]
		keys = append(append(append(keys, w.Idents...), w.Recipients...), w.Client)
	}
	return t.lockKeys(keys)
}

func (t *tx) lockKeys(keys []key) error {
	if !t.s.engine.postgres || len(keys) == 0 {
		return nil
	}
	list := make([]int, 0, len(keys))
	for _, k := range keys {
		list = append(list, int(binary.BigEndian.Uint64(k[8:])%buckets)) //nolint:gosec // under 1024
	}
	slices.Sort(list)
	list = slices.Compact(list)
	// The array is unnested in its order, so all nodes lock in the same one.
	text := strings.ReplaceAll(fmt.Sprint(list), " ", ",")
	return t.query(func(*sql.Rows) error { return nil },
		`SELECT pg_advisory_xact_lock($1, b) FROM unnest($2::text::int[]) AS b`, lockFamily, "{"+strings.Trim(text, "[]")+"}")
}
