package store

import (
	"encoding/json"
	"maps"
	"sync"
	"time"

	"golang.org/x/mod/sumdb/tlog"

	"github.com/kakitome/kakitome/internal/fault"
	"github.com/kakitome/kakitome/ledger"
)

// record waits in a transaction to be appended to the log.
type record struct {
	at   int64
	json []byte // canonical
}

// tip is where a transaction brought the log.
type tip struct {
	size   int64
	leaf   [32]byte // of the last entry
	hashes map[int64]tlog.Hash
}

// treeCache keeps the few hashes from which the log goes on. Stored hashes
// never change, so those of a committed transaction are good for ever.
type treeCache struct {
	mu     sync.Mutex
	hashes map[int64]tlog.Hash
}

func (c *treeCache) keep(t *tip) {
	if t == nil {
		return
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.hashes = t.hashes
}

func (c *treeCache) get() map[int64]tlog.Hash {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.hashes
}

// Evidence appends one record. It becomes canonical JSON with the kind as its
// member "kind".
func (t *tx) Evidence(kind string, rec []byte) error {
	var members map[string]json.RawMessage
	if err := json.Unmarshal(rec, &members); err != nil || members == nil {
		return fault.New(fault.Internal, "record evidence", "the record is no JSON object")
	}
	return t.evidence(time.Now(), kind, members)
}

// evidence appends the members as a record of a kind.
func (t *tx) evidence(at time.Time, kind string, members map[string]json.RawMessage) error {
	members = maps.Clone(members)
	members["kind"] = json.RawMessage(jsonString(kind))
	rec, err := ledger.Canonical(members)
	if err != nil {
		return fault.Wrap(fault.Internal, "record evidence", "the record cannot be kept", err)
	}
	t.records = append(t.records, record{micros(at), rec})
	return nil
}

// appendEvidence writes the records of the transaction at its very end: the
// log's row is locked from here to the commit only.
func (t *tx) appendEvidence() error {
	if len(t.records) == 0 || t.err != nil {
		return t.err
	}
	var size int64
	if found, err := t.one([]any{&size}, `UPDATE evidence_logs SET size = size + $2 WHERE log = $1 RETURNING size`,
		t.s.node, len(t.records)); err != nil {
		return err
	} else if !found {
		return fault.New(fault.Internal, "record evidence", "this node has no log")
	}
	base := size - int64(len(t.records))
	read := &hashReader{t: t, log: t.s.node, known: t.s.tree.get(), used: map[int64]tlog.Hash{}}
	tree, err := ledger.NewAppender(base, read)
	if err != nil {
		return fault.Wrap(fault.Internal, "record evidence", "the log cannot be continued", err)
	}
	t.tip = &tip{size: size, hashes: read.used}
	var entries rows
	var hashes []byte
	for i, r := range t.records {
		salt, err := ledger.NewSalt(t.s.salt)
		if err != nil {
			return fault.Wrap(fault.Unavailable, "record evidence", "no randomness", err)
		}
		leaf := ledger.Commit(salt, r.json)
		entries.add(t.s.node, base+int64(i), r.at, leaf[:], salt[:], r.json)
		t.tip.leaf = leaf
		for _, h := range tree.Add(leaf) {
			hashes = append(hashes, h.Hash[:]...)
			t.tip.hashes[h.Index] = h.Hash
		}
	}
	t.insert(`INSERT INTO evidence (log, idx, at, leaf, salt, record)`, &entries, "")
	t.exec(`INSERT INTO evidence_hashes (log, first, hashes) VALUES ($1, $2, $3)`, t.s.node, tlog.StoredHashIndex(0, base), hashes)
	t.records = nil
	return t.err
}
