package store

import (
	"context"
	"database/sql"
	"fmt"
	"io"
	"strings"
	"testing"
)

// Pragmas reads the settings of the writer's connection.
func Pragmas(t *testing.T, path string) map[string]string {
	t.Helper()
	db, err := openSQLite(path, 1, true)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = db.Close() }()
	got := map[string]string{}
	for _, name := range []string{"journal_mode", "synchronous", "foreign_keys", "secure_delete", "busy_timeout"} {
		var value string
		if err := db.QueryRowContext(t.Context(), "PRAGMA "+name).Scan(&value); err != nil {
			t.Fatal(err)
		}
		got[name] = value
	}
	return got
}

// LimitPages lets the file grow to so many pages only, as a full disk does.
func LimitPages(t *testing.T, s *Store, n int) {
	t.Helper()
	ses, err := s.writers.get(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer s.writers.put(ses, false)
	if err := ses.query(t.Context(), func(*sql.Rows) error { return nil }, fmt.Sprintf("PRAGMA max_page_count = %d", n)); err != nil {
		t.Fatal(err)
	}
}

// BeforeCommit calls fn when the next commit is about to be sent.
func BeforeCommit(s *Store, fn func()) {
	s.commit = func(ctx context.Context, ses *session) error {
		s.commit = commit
		fn()
		return commit(ctx, ses)
	}
}

// LoseAnswer breaks the connection at the next commit, after or before it
// happens.
func LoseAnswer(s *Store, happens bool) {
	s.commit = func(ctx context.Context, ses *session) error {
		s.commit = commit
		if happens {
			if err := commit(ctx, ses); err != nil {
				return err
			}
		}
		return fmt.Errorf("receive message: %w", io.ErrUnexpectedEOF)
	}
}

// Explain is the plan of a question on the engine.
func Explain(t *testing.T, s *Store, question string) string {
	t.Helper()
	text := map[string]string{
		"person": byPerson, "identifier": byIdent, "recipient": byRecipient,
		"scope by stream": scopeByStream, "scope by person": scopeByPerson, "scope by identifier": scopeByIdent,
	}[question]
	args := []any{make([]byte, 16)}
	if strings.HasPrefix(question, "scope") {
		args = append(args, 0, 1)
	}
	if question == "scope by stream" {
		args[0] = "order"
	}
	prefix := "EXPLAIN QUERY PLAN "
	if s.engine.postgres {
		prefix = "EXPLAIN "
	}
	plan := ""
	err := s.read(t.Context(), "explain", func(t *tx) error {
		return t.query(func(r *sql.Rows) error {
			cols, err := r.Columns()
			if err != nil {
				return err
			}
			dest := make([]any, len(cols))
			for i := range dest {
				dest[i] = new(any)
			}
			err = r.Scan(dest...)
			plan += fmt.Sprintln(*dest[len(dest)-1].(*any))
			return err
		}, prefix+text, args...)
	})
	if err != nil {
		t.Fatal(err)
	}
	return plan
}

// Analyze brings the planner's statistics up to date.
func Analyze(t testing.TB, s *Store) {
	t.Helper()
	if !s.engine.postgres {
		return
	}
	if _, err := s.writers.db.ExecContext(t.Context(), "VACUUM ANALYZE"); err != nil {
		t.Fatal(err)
	}
}
