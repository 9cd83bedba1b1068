package store

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/stdlib"
)

// maxStatements bounds how many prepared statements a SQLite connection keeps.
const maxStatements = 512

// session is one connection in use. On SQLite it keeps its statements
// prepared; the PostgreSQL driver does that itself, and statements without an
// answer wait there for the next one that has one, to travel together.
type session struct {
	conn   *sql.Conn
	stmts  map[string]*sql.Stmt // SQLite
	queued *pgx.Batch           // PostgreSQL
}

func (s *session) prepared(ctx context.Context, query string) (*sql.Stmt, error) {
	if st := s.stmts[query]; st != nil {
		return st, nil
	}
	if len(s.stmts) >= maxStatements {
		for q, st := range s.stmts {
			_ = st.Close() // only frees memory
			delete(s.stmts, q)
		}
	}
	st, err := s.conn.PrepareContext(ctx, query)
	if err == nil {
		s.stmts[query] = st
	}
	return st, err
}

// exec runs a statement whose answer nobody needs, now or with the next one.
func (s *session) exec(ctx context.Context, query string, args ...any) error {
	if s.queued != nil {
		s.queued.Queue(query, args...)
		return nil
	}
	st, err := s.prepared(ctx, query) //nolint:sqlclosecheck // kept for the life of the session
	if err != nil {
		return err
	}
	_, err = st.ExecContext(ctx, args...)
	return err
}

// flush sends what waits.
func (s *session) flush(ctx context.Context) error {
	if s.queued == nil || s.queued.Len() == 0 {
		return nil
	}
	batch := s.queued
	s.queued = &pgx.Batch{}
	return s.conn.Raw(func(dc any) error {
		pg, ok := dc.(*stdlib.Conn)
		if !ok {
			return fmt.Errorf("connection is a %T", dc)
		}
		return pg.Conn().SendBatch(ctx, batch).Close()
	})
}

// affect runs a statement now and says how many rows it changed.
func (s *session) affect(ctx context.Context, query string, args ...any) (int64, error) {
	if err := s.flush(ctx); err != nil {
		return 0, err
	}
	var res sql.Result
	var err error
	if s.stmts == nil {
		res, err = s.conn.ExecContext(ctx, query, args...)
	} else {
		var st *sql.Stmt
		if st, err = s.prepared(ctx, query); err == nil { //nolint:sqlclosecheck // kept for the life of the session
			res, err = st.ExecContext(ctx, args...)
		}
	}
	if err != nil {
		return 0, err
	}
	return res.RowsAffected()
}

// query runs a query now and calls row for each row of the answer.
func (s *session) query(ctx context.Context, row func(*sql.Rows) error, query string, args ...any) (err error) {
	if err := s.flush(ctx); err != nil {
		return err
	}
	var rows *sql.Rows
	if s.stmts == nil {
		rows, err = s.conn.QueryContext(ctx, query, args...)
	} else {
		var st *sql.Stmt
		if st, err = s.prepared(ctx, query); err != nil { //nolint:sqlclosecheck // kept for the life of the session
			return err
		}
		rows, err = st.QueryContext(ctx, args...)
	}
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	for rows.Next() {
		if err := row(rows); err != nil {
			return err
		}
	}
	return rows.Err()
}

// pool hands out sessions. SQLite's are kept, with their statements;
// PostgreSQL's come from the driver's pool.
type pool struct {
	db   *sql.DB
	size int
	idle chan *session // nil on PostgreSQL
}

// newPool is a pool of n sessions of a SQLite database, opened when needed.
func newPool(db *sql.DB, n int) *pool {
	p := &pool{db: db, size: n, idle: make(chan *session, n)}
	for range n {
		p.idle <- &session{}
	}
	return p
}

func (p *pool) get(ctx context.Context) (*session, error) {
	if p.idle == nil {
		conn, err := p.db.Conn(ctx)
		if err != nil {
			return nil, err
		}
		return &session{conn: conn, queued: &pgx.Batch{}}, nil
	}
	var s *session
	select {
	case s = <-p.idle:
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	if s.conn != nil {
		return s, nil
	}
	conn, err := p.db.Conn(ctx)
	if err != nil {
		p.idle <- s
		return nil, err
	}
	return &session{conn: conn, stmts: map[string]*sql.Stmt{}}, nil
}

// put gives a session back. One that may still be within a transaction is
// broken, and its connection is thrown away.
func (p *pool) put(s *session, broken bool) {
	if broken {
		_ = s.conn.Raw(func(any) error { return driver.ErrBadConn }) // tells database/sql to close it
	}
	if broken || p.idle == nil {
		_ = s.conn.Close() // back to the driver's pool, or closed already
		s = &session{}
	}
	if p.idle != nil {
		p.idle <- s
	}
}

// end closes the session. A statement left open would keep SQLite from putting
// the log of writes back into the file.
func (s *session) end() error {
	var errs []error
	for _, st := range s.stmts {
		errs = append(errs, st.Close())
	}
	return errors.Join(append(errs, s.conn.Close())...)
}

// close waits until every session of SQLite is back.
func (p *pool) close() error {
	var errs []error
	if p.idle != nil {
		for range p.size {
			if s := <-p.idle; s.conn != nil {
				errs = append(errs, s.end())
			}
		}
	}
	return errors.Join(append(errs, p.db.Close())...)
}

// dropQueued forgets what waits, with the BEGIN among it when nothing was sent.
func (s *session) dropQueued() { s.queued = &pgx.Batch{} }
