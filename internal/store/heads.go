package store

import (
	"context"
	"database/sql"
	"time"

	"github.com/kakitome/kakitome/internal/fault"
	"github.com/kakitome/kakitome/ledger"
)

// SignHead signs the state of this node's log, when it has grown since the last
// time. It is called every second, and before the node stops.
func (s *Store) SignHead(ctx context.Context, now time.Time) error {
	if s.signer == nil {
		return nil
	}
	grown := false
	err := s.read(ctx, "sign log", func(t *tx) error {
		_, err := t.one([]any{&grown}, `SELECT CASE WHEN size > (SELECT COALESCE(MAX(h.size), 0) FROM evidence_heads h WHERE h.log = $1)
			THEN 1 ELSE 0 END FROM evidence_logs WHERE log = $1`, s.node)
		return err
	})
	if err != nil || !grown {
		return err
	}
	return s.write(ctx, "sign log", func(t *tx) error {
		var size int64
		if _, err := t.one([]any{&size}, `SELECT size FROM evidence_logs WHERE log = $1`+s.engine.forUpdate, s.node); err != nil {
			return err
		}
		tree, err := ledger.NewAppender(size, &hashReader{t: t, log: s.node, known: s.tree.get()})
		if err != nil {
			return fault.Wrap(fault.Internal, "sign log", "the log cannot be read", err)
		}
		head, err := ledger.SignHead(ledger.Head{Origin: s.origin(), Size: size, Root: tree.Root(), Time: now}, s.signer)
		if err != nil {
			return fault.Wrap(fault.Internal, "sign log", "the log cannot be signed", err)
		}
		t.exec(`UPDATE evidence_logs SET origin = $2 WHERE log = $1`, s.node, s.origin())
		t.exec(`INSERT INTO evidence_heads (log, size, at, head) VALUES ($1, $2, $3, $4) ON CONFLICT (log, size) DO NOTHING`,
			s.node, size, micros(now), head)
		return nil
	})
}

// CrossHeads records the newest heads of the other nodes' logs in this node's,
// and returns how many were new. It is called every minute.
func (s *Store) CrossHeads(ctx context.Context, now time.Time) (int, error) {
	n := 0
	err := s.write(ctx, "record other logs", func(t *tx) error {
		n = 0
		var crossed rows
		err := t.query(func(r *sql.Rows) error {
			var log string
			var size int64
			var head []byte
			if err := r.Scan(&log, &size, &head); err != nil {
				return err
			}
			rec, err := ledger.HeadRecord(head)
			if err != nil {
				return fault.Wrap(fault.Internal, "record other logs", "a head cannot be recorded", err)
			}
			n++
			crossed.add(s.node, log, size)
			t.records = append(t.records, record{micros(now), rec})
			return nil
		}, `SELECT h.log, h.size, h.head FROM evidence_heads h
			WHERE h.log <> $1 AND h.size = (SELECT MAX(n.size) FROM evidence_heads n WHERE n.log = h.log)
			AND h.size > COALESCE((SELECT c.size FROM evidence_crossed c WHERE c.log = $1 AND c.other = h.log), -1) ORDER BY h.log`, s.node)
		t.insert(`INSERT INTO evidence_crossed (log, other, size)`, &crossed, `ON CONFLICT (log, other) DO UPDATE SET size = excluded.size`)
		return err
	})
	return n, err
}

// Logs lists the nodes that have a log, with its origin: the name of its key.
func (s *Store) Logs(ctx context.Context) (origins map[string]string, err error) {
	origins = map[string]string{}
	err = s.read(ctx, "list logs", func(t *tx) error {
		return t.query(func(r *sql.Rows) error {
			var log, origin string
			err := r.Scan(&log, &origin)
			origins[log] = origin
			return err
		}, `SELECT log, origin FROM evidence_logs ORDER BY log`)
	})
	return origins, err
}
