package store

import (
	"context"
	"database/sql"
	"strings"
	"time"

	"github.com/kakitome/kakitome/internal/admin"
)

// Pulse is what a node must know at every moment.
type Pulse struct {
	Paused        map[string]bool // streams that are paused
	RosterVersion int64           // newest published
	OpenAlerts    int
}

const pulseColumns = `(SELECT COALESCE(string_agg(name, $1), '') FROM streams WHERE paused = 1),
	(SELECT COALESCE(MAX(version), 0) FROM roster_versions WHERE published_at > 0),
	(SELECT COUNT(*) FROM alerts WHERE acked_at = 0)`

// Pulse asks for all of it in one statement, which on PostgreSQL writes this
// node's heartbeat too. On SQLite there is no other node to see one.
func (s *Store) Pulse(ctx context.Context, now time.Time) (Pulse, error) {
	var paused string
	p := Pulse{Paused: map[string]bool{}}
	into := []any{&paused, &p.RosterVersion, &p.OpenAlerts}
	run, text, args := s.read, `SELECT `+pulseColumns, []any{"\n"}
	if s.engine.postgres {
		run, text = s.write, `UPDATE nodes SET heartbeat = $2 WHERE name = $3 RETURNING `+pulseColumns
		args = append(args, micros(now), s.node)
	}
	err := run(ctx, "feel pulse", func(t *tx) error {
		_, err := t.one(into, text, args...)
		return err
	})
	for name := range strings.SplitSeq(paused, "\n") {
		if name != "" {
			p.Paused[name] = true
		}
	}
	return p, err
}

// Node is a node of the installation.
type Node struct {
	Name      string
	Heartbeat time.Time // zero on SQLite
}

// Nodes lists all nodes there ever were.
func (s *Store) Nodes(ctx context.Context) (list []Node, err error) {
	err = s.read(ctx, "list nodes", func(t *tx) error {
		return t.query(func(r *sql.Rows) error {
			var n Node
			var at int64
			err := r.Scan(&n.Name, &at)
			n.Heartbeat = timeOf(at)
			list = append(list, n)
			return err
		}, `SELECT name, heartbeat FROM nodes ORDER BY name`)
	})
	return list, err
}

// Streams lists the streams that had mail or were paused.
func (s *Store) Streams(ctx context.Context) (list []admin.StreamState, err error) {
	err = s.read(ctx, "list streams", func(t *tx) error {
		return t.query(func(r *sql.Rows) error {
			var st admin.StreamState
			var since int64
			err := r.Scan(&st.Name, &st.Paused, &st.Rule, &st.By, &st.Reason, &since, &st.Queued, &st.Held)
			st.Since = timeOf(since)
			list = append(list, st)
			return err
		}, `SELECT s.name, s.paused, s.rule, s.who, s.reason, s.since,
			(SELECT COUNT(*) FROM deliveries d WHERE d.state = 1 AND d.stream = s.name),
			(SELECT COUNT(*) FROM deliveries d WHERE d.state = 2 AND d.stream = s.name)
			FROM streams s ORDER BY s.name`)
	})
	return list, err
}
