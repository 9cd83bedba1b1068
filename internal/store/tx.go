package store

import (
	"context"
	"database/sql"
	"errors"
	"time"

	"github.com/jackc/pgx/v5/pgconn"
	"modernc.org/sqlite"

	"github.com/kakitome/kakitome/internal/fault"
	"github.com/kakitome/kakitome/internal/gate"
)

const (
	maxRuns      = 10               // how often a transaction is run when the engine asks for it
	outcomeWait  = 60 * time.Second // how long a lost connection's commit is asked after
	outcomePause = 200 * time.Millisecond
)

// tx is a transaction. It keeps the first error of the database: nothing is
// committed after one, even if the caller goes on.
type tx struct {
	ctx context.Context
	s   *Store
	ses *session
	err error

	records []record // evidence, appended at the end
	tip     *tip     // where it went
	crowds  crowds
	clients map[clientOf]key
}

// Write runs fn in one write transaction, as gate.Ledger says.
func (s *Store) Write(ctx context.Context, fn func(gate.Tx) error) error {
	return s.write(ctx, "write", func(t *tx) error { return fn(t) })
}

// Read runs fn on one state of the database.
func (s *Store) Read(ctx context.Context, fn func(gate.ReadTx) error) error {
	return s.read(ctx, "read", func(t *tx) error { return fn(t) })
}

func (s *Store) write(ctx context.Context, op string, fn func(*tx) error) error {
	for run := 1; ; run++ {
		err := s.writeOnce(ctx, fn)
		if err == nil {
			return nil
		}
		if run == maxRuns || !again(err) {
			return s.engine.classify(op, err)
		}
	}
}

func (s *Store) writeOnce(ctx context.Context, fn func(*tx) error) error {
	t := &tx{ctx: ctx, s: s}
	err := s.submit(ctx, t, fn)
	var lost *lostError
	if errors.As(err, &lost) {
		return s.outcome(context.WithoutCancel(ctx), t, lost.err)
	}
	if err == nil {
		s.tree.keep(t.tip)
	}
	return err
}

// lostError is an error of the commit itself.
type lostError struct{ err error }

func (e *lostError) Error() string { return "commit: " + e.err.Error() }

// submit runs fn and commits. After an error of the commit the connection is
// gone, so that the server ends what it may still have under way.
func (s *Store) submit(ctx context.Context, t *tx, fn func(*tx) error) error {
	ses, err := s.writers.get(ctx)
	if err != nil {
		return err
	}
	broken := true
	defer func() { s.writers.put(ses, broken) }()
	t.ses = ses
	if t.exec(s.engine.beginWrite); t.err != nil {
		return t.err
	}
	err = fn(t)
	if err == nil {
		err = t.appendEvidence()
	}
	if err = errors.Join(err, t.err, ctx.Err()); err != nil {
		broken = t.rollback() != nil
		return err
	}
	// From here on the outcome counts, not whether somebody still waits for it.
	if err := s.commit(context.WithoutCancel(ctx), ses); err != nil {
		return &lostError{err}
	}
	broken = false
	return nil
}

func commit(ctx context.Context, ses *session) error {
	if err := ses.exec(ctx, "COMMIT"); err != nil {
		return err
	}
	return ses.flush(ctx)
}

// outcome tells what became of a commit that answered with an error. When the
// connection was lost, the commit may have happened: the lock on the log's row
// waits until it is over, and then its last leaf is there or not.
func (s *Store) outcome(ctx context.Context, t *tx, commit error) error {
	var pg *pgconn.PgError
	var lite *sqlite.Error
	if errors.As(commit, &pg) || errors.As(commit, &lite) || t.tip == nil {
		return commit
	}
	ctx, cancel := context.WithTimeout(ctx, outcomeWait)
	defer cancel()
	for {
		there, err := s.committed(ctx, t.tip)
		switch {
		case err == nil && there:
			s.log.Warn("connection lost during commit; it had happened")
			return nil
		case err == nil:
			return commit
		}
		select {
		case <-ctx.Done():
			return fault.Wrap(fault.Unavailable, "commit", "the store does not answer, and whether it kept the last decisions is not known", commit)
		case <-time.After(outcomePause):
		}
	}
}

func (s *Store) committed(ctx context.Context, tip *tip) (there bool, err error) {
	ses, err := s.writers.get(ctx)
	if err != nil {
		return false, err
	}
	broken := true
	defer func() { s.writers.put(ses, broken) }()
	t := &tx{ctx: ctx, s: s, ses: ses}
	t.exec(s.engine.beginWrite)
	err = t.query(func(*sql.Rows) error { return nil }, `SELECT size FROM evidence_logs WHERE log = $1`+s.engine.forUpdate, s.node)
	if err == nil {
		err = t.query(func(*sql.Rows) error { there = true; return nil },
			`SELECT idx FROM evidence WHERE log = $1 AND idx = $2 AND leaf = $3`, s.node, tip.size-1, tip.leaf[:])
	}
	broken = t.rollback() != nil
	return there, err
}

func (s *Store) read(ctx context.Context, op string, fn func(*tx) error) error {
	return s.readBy(ctx, s.readers, op, fn)
}

// readWarm reads on the writer's connection. SQLite empties the cache of a
// reader whenever somebody else has written.
func (s *Store) readWarm(ctx context.Context, op string, fn func(*tx) error) error {
	return s.readBy(ctx, s.writers, op, fn)
}

func (s *Store) readBy(ctx context.Context, pool *pool, op string, fn func(*tx) error) error {
	ses, err := pool.get(ctx)
	if err != nil {
		return s.engine.classify(op, err)
	}
	broken := true
	defer func() { pool.put(ses, broken) }()
	t := &tx{ctx: ctx, s: s, ses: ses}
	if t.exec(s.engine.beginRead); t.err != nil {
		return s.engine.classify(op, t.err)
	}
	err = errors.Join(fn(t), t.err)
	broken = t.rollback() != nil
	return s.engine.classify(op, err)
}

func (t *tx) rollback() error {
	ctx := context.WithoutCancel(t.ctx)
	if t.ses.queued != nil {
		t.ses.dropQueued()
	}
	if err := t.ses.exec(ctx, "ROLLBACK"); err != nil {
		return err
	}
	return t.ses.flush(ctx)
}

// exec runs a statement that answers nothing. Its error is kept in t.err.
func (t *tx) exec(query string, args ...any) {
	if t.err == nil {
		t.err = t.ses.exec(t.ctx, query, args...)
	}
}

// affect runs a statement and says how many rows it changed.
func (t *tx) affect(query string, args ...any) (int64, error) {
	if t.err != nil {
		return 0, t.err
	}
	var n int64
	n, t.err = t.ses.affect(t.ctx, query, args...)
	return n, t.err
}

// query calls row for each row of the answer. An error of row ends it and is
// no error of the database.
func (t *tx) query(row func(*sql.Rows) error, query string, args ...any) error {
	if t.err != nil {
		return t.err
	}
	var stopped error
	err := t.ses.query(t.ctx, func(r *sql.Rows) error {
		stopped = row(r)
		return stopped
	}, query, args...)
	if stopped != nil {
		return stopped
	}
	t.err = err
	return err
}

// one reads a single row into dest and tells whether there was one.
func (t *tx) one(dest []any, query string, args ...any) (found bool, err error) {
	err = t.query(func(r *sql.Rows) error {
		found = true
		return r.Scan(dest...)
	}, query, args...)
	return found, err
}

func micros(t time.Time) int64 {
	if t.IsZero() {
		return 0
	}
	return t.UnixMicro()
}

func timeOf(us int64) time.Time {
	if us == 0 {
		return time.Time{}
	}
	return time.UnixMicro(us).UTC()
}

func bit(b bool) int64 {
	if b {
		return 1
	}
	return 0
}

func lawBroken(what, id string) error {
	return fault.Newf(fault.Conflict, "move delivery", "%s: %s", id, what)
}

var errNoMail = fault.New(fault.NotFound, "read mail", "there is no such mail")
