package store_test

import (
	"context"
	"fmt"
	"net/url"
	"os"
	"sync/atomic"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/kakitome/kakitome/internal/store"
	"github.com/kakitome/kakitome/internal/store/storetest"
)

func TestPostgres(t *testing.T) {
	t.Parallel()
	server(t)
	storetest.Run(t, postgresDatabase, verifier(t, "one"))
}

// server is the URL of the PostgreSQL to test against.
func server(t testing.TB) string {
	t.Helper()
	dsn := os.Getenv("KAKITOME_TEST_POSTGRES")
	switch {
	case dsn != "":
		return dsn
	case os.Getenv("CI") == "true":
		t.Fatal("KAKITOME_TEST_POSTGRES is not set: the suite must run on PostgreSQL too")
	}
	t.Skip("KAKITOME_TEST_POSTGRES is not set: not tested on PostgreSQL (scripts/with-postgres sets it)")
	return ""
}

var databases atomic.Int64

// postgresDatabase is a new database of the server.
func postgresDatabase(t testing.TB) storetest.Database {
	t.Helper()
	dsn := server(t)
	name := fmt.Sprintf("store_%d_%d", os.Getpid(), databases.Add(1))
	root(t, dsn, "CREATE DATABASE "+name)
	t.Cleanup(func() { root(t, dsn, "DROP DATABASE "+name+" WITH (FORCE)") })
	u, err := url.Parse(dsn)
	if err != nil {
		t.Fatal("KAKITOME_TEST_POSTGRES is no URL")
	}
	u.Path = "/" + name
	return func(t testing.TB, node string) *store.Store {
		return open(t, store.Options{DSN: u.String(), Node: node})
	}
}

func root(t testing.TB, dsn, statement string) {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	conn, err := pgx.Connect(ctx, dsn)
	if err != nil {
		t.Fatalf("connect: %v", err)
	}
	_, err = conn.Exec(ctx, statement)
	if closed := conn.Close(ctx); err != nil || closed != nil {
		t.Fatalf("%s: %v %v", statement, err, closed)
	}
}
