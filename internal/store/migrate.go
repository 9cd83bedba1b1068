package store

import (
	"context"
	"database/sql"
	"embed"
	"fmt"
	"io"
	"io/fs"
	"strings"

	"github.com/pressly/goose/v3"
	"github.com/pressly/goose/v3/lock"

	"github.com/kakitome/kakitome/internal/fault"
)

//go:embed migrations/*.sql
var migrations embed.FS

// migrate brings the schema to the version this program knows. It refuses a
// schema from the future: an older program would write what a newer one no
// longer reads.
func migrate(ctx context.Context, db *sql.DB, e *engine) error {
	const op = "migrate database"
	dir, err := fs.Sub(migrations, "migrations")
	if err != nil {
		return fmt.Errorf("%s: %w", op, err)
	}
	opts := []goose.ProviderOption{goose.WithDisableGlobalRegistry(true), goose.WithLogger(goose.NopLogger())}
	if e.postgres {
		locker, err := lock.NewPostgresSessionLocker(lock.WithLockTimeout(1, 300)) // asks every second for five minutes
		if err != nil {
			return fmt.Errorf("%s: %w", op, err)
		}
		opts = append(opts, goose.WithSessionLocker(locker))
	}
	provider, err := goose.NewProvider(e.dialect, db, wordFS{dir, e.words}, opts...)
	if err != nil {
		return fmt.Errorf("%s: %w", op, err)
	}
	have, know, err := provider.GetVersions(ctx)
	if err != nil {
		return e.classify(op, err)
	}
	if have > know {
		return fault.Newf(fault.Conflict, op, "the database has schema %d, this program knows %d", have, know).
			WithHint("start the newer program, or restore a backup made before it ran")
	}
	if _, err := provider.Up(ctx); err != nil {
		return e.classify(op, err)
	}
	return nil
}

// wordFS is the migrations with the few words in which the engines differ put
// in their places.
type wordFS struct {
	fs.FS
	words *strings.Replacer
}

type wordFile struct {
	fs.File
	io.Reader
}

func (f wordFile) Read(p []byte) (int, error) { return f.Reader.Read(p) }

// Open gives a file of SQL with the engine's words.
func (w wordFS) Open(name string) (fs.File, error) {
	f, err := w.FS.Open(name)
	if err != nil || !strings.HasSuffix(name, ".sql") {
		return f, err
	}
	text, err := io.ReadAll(f)
	if err != nil {
		return nil, err
	}
	return wordFile{f, strings.NewReader(w.words.Replace(string(text)))}, nil
}
