package store_test

import (
	"context"
	"database/sql"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/kakitome/kakitome/internal/custody"
	"github.com/kakitome/kakitome/internal/fault"
	"github.com/kakitome/kakitome/internal/gate"
	"github.com/kakitome/kakitome/internal/store"
)

func noTest() context.Context { return context.Background() }

var epoch = time.Date(2026, 11, 22, 9, 30, 0, 0, time.UTC)

// simple is a small mail.
func simple(id string, body []byte) *gate.Mail {
	return &gate.Mail{
		ID: id, Stream: "order", Node: "one", ReceivedAt: epoch, Key: []byte("k"), Envelope: []byte("e"), Body: body,
		Deliveries: []gate.Delivery{{ID: id + ".1", Sealed: []byte("s"), State: custody.Queued, Due: epoch}},
	}
}

func recordOne(ctx context.Context, s *store.Store, m *gate.Mail) error {
	return s.Write(ctx, func(tx gate.Tx) error { return tx.Record([]*gate.Mail{m}) })
}

func TestFileMode(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "kakitome.db")
	s := open(t, store.Options{Path: path, Node: "one"})
	if err := recordOne(t.Context(), s, simple("m1", nil)); err != nil {
		t.Fatal(err)
	}
	for _, suffix := range []string{"", "-wal", "-shm"} {
		info, err := os.Stat(path + suffix)
		if err != nil {
			t.Fatal(err)
		}
		if info.Mode().Perm() != 0o600 {
			t.Errorf("mode of %q is %v", suffix, info.Mode())
		}
	}
}

// TestDurable: a commit of the writer waits for the disk.
func TestDurable(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "kakitome.db")
	open(t, store.Options{Path: path, Node: "one"})
	got := store.Pragmas(t, path)
	want := map[string]string{"journal_mode": "wal", "synchronous": "2", "foreign_keys": "1", "secure_delete": "1", "busy_timeout": "10000"}
	for name, value := range want {
		if got[name] != value {
			t.Errorf("%s is %s, want %s", name, got[name], value)
		}
	}
}

func TestNewerSchema(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "kakitome.db")
	if err := open(t, store.Options{Path: path, Node: "one"}).Close(); err != nil {
		t.Fatal(err)
	}
	raw(t, path, `INSERT INTO goose_db_version (version_id, is_applied, tstamp) VALUES (99999, 1, CURRENT_TIMESTAMP)`)
	_, err := store.Open(t.Context(), store.Options{Path: path, Node: "one"})
	if fault.KindOf(err) != fault.Conflict || !strings.Contains(fault.Outside(err), "schema 99999") || fault.HintOf(err) == "" {
		t.Errorf("a newer schema: %v", err)
	}
}

func raw(t *testing.T, path, statement string) {
	t.Helper()
	db, err := sql.Open("sqlite", path)
	if err != nil {
		t.Fatal(err)
	}
	_, err = db.ExecContext(t.Context(), statement)
	if err := errors.Join(err, db.Close()); err != nil {
		t.Fatal(err)
	}
}

func TestBadOptions(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	damaged := filepath.Join(dir, "damaged.db")
	if err := os.WriteFile(damaged, []byte(strings.Repeat("no database ", 1000)), 0o600); err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		options store.Options
		kind    fault.Kind
	}{
		"no node":          {store.Options{Path: filepath.Join(dir, "a.db")}, fault.Invalid},
		"no postgres URL":  {store.Options{DSN: "mysql://x", Node: "one"}, fault.Invalid},
		"a bad URL":        {store.Options{DSN: "postgres://user:s3cret@host:port/x", Node: "one"}, fault.Invalid},
		"nobody listens":   {store.Options{DSN: "postgres://user:s3cret@127.0.0.1:1/x?connect_timeout=2", Node: "one"}, fault.Unavailable},
		"no database file": {store.Options{Path: damaged, Node: "one"}, fault.Unavailable},
	} {
		_, err := store.Open(t.Context(), c.options)
		if err == nil || fault.KindOf(err) != c.kind || strings.Contains(err.Error(), "s3cret") {
			t.Errorf("%s: %v (%v)", name, err, fault.KindOf(err))
		}
	}
	if _, err := store.Open(t.Context(), store.Options{Path: filepath.Join(dir, "no", "such", "dir.db"), Node: "one"}); err == nil {
		t.Error("opened in a directory that is not there")
	}
}

// TestDiskFull: what does not fit surfaces as unavailable, leaves nothing
// behind, and the store works again when there is room.
func TestDiskFull(t *testing.T) {
	t.Parallel()
	s := open(t, store.Options{Path: filepath.Join(t.TempDir(), "kakitome.db"), Node: "one"})
	if err := recordOne(t.Context(), s, simple("m1", nil)); err != nil {
		t.Fatal(err)
	}
	store.LimitPages(t, s, 200)
	err := recordOne(t.Context(), s, simple("m2", make([]byte, 4<<20)))
	if fault.KindOf(err) != fault.Unavailable || fault.Outside(err) != "the disk is full" {
		t.Errorf("disk full: %v", err)
	}
	store.LimitPages(t, s, 1<<30)
	if err := recordOne(t.Context(), s, simple("m2", make([]byte, 4<<20))); err != nil {
		t.Errorf("with room again: %v", err)
	}
}

// TestEnded: a write whose caller is gone before the commit is not kept; and
// values never stand in an error.
func TestEnded(t *testing.T) {
	t.Parallel()
	s := open(t, store.Options{Path: filepath.Join(t.TempDir(), "kakitome.db"), Node: "one"})
	ctx, cancel := context.WithCancel(t.Context())
	err := s.Write(ctx, func(tx gate.Tx) error {
		err := tx.Record([]*gate.Mail{simple("m1", nil)})
		cancel()
		return err
	})
	if fault.KindOf(err) != fault.Unavailable || !errors.Is(err, context.Canceled) {
		t.Errorf("ended: %v", err)
	}
	if err := recordOne(t.Context(), s, simple("m1", nil)); err != nil {
		t.Errorf("the next: %v", err)
	}
	err = recordOne(t.Context(), s, simple("m1", nil))
	if fault.KindOf(err) != fault.Conflict || strings.Contains(err.Error(), "order") {
		t.Errorf("twice: %v", err)
	}
}

// TestCommitAwaited: the caller's patience ends while the commit is under way,
// and the answer is still that it happened.
func TestCommitAwaited(t *testing.T) {
	t.Parallel()
	s := open(t, store.Options{Path: filepath.Join(t.TempDir(), "kakitome.db"), Node: "one"})
	ctx, cancel := context.WithCancel(t.Context())
	store.BeforeCommit(s, cancel)
	if err := recordOne(ctx, s, simple("m1", nil)); err != nil {
		t.Errorf("ended during commit: %v", err)
	}
	if ctx.Err() == nil {
		t.Error("the caller did not end")
	}
	if err := s.Read(t.Context(), func(tx gate.ReadTx) error { _, err := tx.Mail("m1"); return err }); err != nil {
		t.Errorf("not there: %v", err)
	}
}

// TestCommitLost: the connection breaks after the commit was sent. The store
// finds out that it happened; or, when it did not, says so.
func TestCommitLost(t *testing.T) {
	t.Parallel()
	db := postgresDatabase(t)
	s := db(t, "one")
	store.LoseAnswer(s, true)
	if err := recordOne(t.Context(), s, simple("m1", nil)); err != nil {
		t.Errorf("committed, answer lost: %v", err)
	}
	if err := s.Read(t.Context(), func(tx gate.ReadTx) error { _, err := tx.Mail("m1"); return err }); err != nil {
		t.Errorf("not there: %v", err)
	}
	store.LoseAnswer(s, false)
	if err := recordOne(t.Context(), s, simple("m2", nil)); fault.KindOf(err) != fault.Unavailable {
		t.Errorf("connection lost before the commit: %v", err)
	}
	if err := s.Read(t.Context(), func(tx gate.ReadTx) error { _, err := tx.Mail("m2"); return err }); fault.KindOf(err) != fault.NotFound {
		t.Errorf("m2: %v", err)
	}
	if err := recordOne(t.Context(), s, simple("m2", nil)); err != nil {
		t.Errorf("again: %v", err)
	}
}
