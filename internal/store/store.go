package store

import (
	"context"
	"crypto/rand"
	"errors"
	"io"
	"log/slog"
	"strings"
	"sync"
	"sync/atomic"

	"golang.org/x/mod/sumdb/note"

	"github.com/kakitome/kakitome/internal/admin"
	"github.com/kakitome/kakitome/internal/fault"
	"github.com/kakitome/kakitome/internal/gate"
)

// Options say which database to open, and as whom.
type Options struct {
	DSN    string       // postgres://…; empty: SQLite at Path
	Path   string       // the SQLite file; made when it does not exist
	Node   string       // name of this node, names its evidence log too
	Signer note.Signer  // signs the heads of this node's log; nil: none are signed
	Salt   io.Reader    // randomness for commitments; nil: crypto/rand
	Log    *slog.Logger // nil: nothing is logged
}

var _ admin.Store = (*Store)(nil)

// Store is an open database. It is safe for use by many goroutines.
type Store struct {
	node    string
	engine  *engine
	signer  note.Signer
	salt    io.Reader
	log     *slog.Logger
	writers *pool
	readers *pool
	closing sync.Once
	roster  sync.Mutex // one change of the roster at a time

	commit func(context.Context, *session) error // replaced by tests that break it

	tree treeCache     // of this node's log
	turn atomic.Uint64 // whose stream is next
}

var (
	_ gate.Ledger = (*Store)(nil)
	_ gate.Tx     = (*tx)(nil)
)

// Open opens the database and brings its schema up to date.
func Open(ctx context.Context, o Options) (*Store, error) {
	if o.Node == "" {
		return nil, fault.New(fault.Invalid, "open database", "the node has no name")
	}
	s := &Store{node: o.Node, signer: o.Signer, salt: o.Salt, log: o.Log, commit: commit}
	if s.salt == nil {
		s.salt = rand.Reader
	}
	if s.log == nil {
		s.log = slog.New(slog.DiscardHandler)
	}
	open := s.openSQLite
	if o.DSN != "" {
		open = s.openPostgres
	}
	if err := open(ctx, o); err != nil {
		return nil, err
	}
	if err := s.prepare(ctx); err != nil {
		return nil, errors.Join(err, s.Close())
	}
	return s, nil
}

func (s *Store) openSQLite(_ context.Context, o Options) error {
	s.engine = sqliteEngine()
	w, err := openSQLite(o.Path, 1, true)
	if err != nil {
		return err
	}
	r, err := openSQLite(o.Path, s.engine.readers, false)
	if err != nil {
		return errors.Join(err, w.Close())
	}
	s.writers, s.readers = newPool(w, 1), newPool(r, s.engine.readers)
	return nil
}

func (s *Store) openPostgres(ctx context.Context, o Options) error {
	if !strings.HasPrefix(o.DSN, "postgres://") && !strings.HasPrefix(o.DSN, "postgresql://") {
		return fault.New(fault.Invalid, "open database", "the database setting is no PostgreSQL URL").
			WithHint("leave it empty for SQLite, or write postgres://user@host/name")
	}
	s.engine = postgresEngine()
	db, err := openPostgres(o.DSN, o.Node, s.engine.readers)
	if err != nil {
		return err
	}
	if err := checkPostgres(ctx, db, s.engine); err != nil {
		return errors.Join(err, db.Close())
	}
	s.writers = &pool{db: db}
	s.readers = s.writers
	return nil
}

// prepare makes schema and the rows that every node has.
func (s *Store) prepare(ctx context.Context) error {
	if err := migrate(ctx, s.writers.db, s.engine); err != nil {
		return err
	}
	return s.write(ctx, "open database", func(t *tx) error {
		t.exec(`INSERT INTO nodes (name, heartbeat) VALUES ($1, 0) ON CONFLICT (name) DO NOTHING`, s.node)
		t.exec(`INSERT INTO evidence_logs (log, origin, size) VALUES ($1, $2, 0) ON CONFLICT (log) DO NOTHING`, s.node, s.origin())
		return nil
	})
}

func (s *Store) origin() string {
	if s.signer == nil {
		return ""
	}
	return s.signer.Name()
}

// Close waits for what is under way and closes the database.
func (s *Store) Close() error {
	var err error
	s.closing.Do(func() {
		if s.readers != s.writers {
			err = s.readers.close()
		}
		err = errors.Join(err, s.writers.close())
	})
	return err
}
