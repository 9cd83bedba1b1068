package feed

import (
	"context"
	"database/sql"
	"fmt"
	"net/url"
	"os"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/jackc/pgx/v5/stdlib"

	"github.com/kakitome/kakitome/internal/admin"
)

// Shop is a database of a shop, and its owner's connection.
type Shop struct {
	*sql.DB
	t      testing.TB
	DSN    string
	mysql  bool
	reader *Reader
}

var shops atomic.Int64

// OnBoth runs a test on PostgreSQL and on MariaDB, each with a database of its
// own. The reader's clock stands at noon of 2026-11-25, UTC.
func OnBoth(t *testing.T, test func(t *testing.T, s *Shop)) {
	t.Helper()
	for engine, variable := range map[string]string{"postgres": "KAKITOME_TEST_POSTGRES", "mariadb": "KAKITOME_TEST_MARIADB"} {
		t.Run(engine, func(t *testing.T) {
			t.Parallel()
			test(t, open(t, variable))
		})
	}
}

func open(t testing.TB, variable string) *Shop {
	t.Helper()
	root := os.Getenv(variable)
	switch {
	case root == "" && os.Getenv("CI") == "true":
		t.Fatalf("%s is not set: the feed must be tested on both databases", variable)
	case root == "":
		t.Skipf("%s is not set (scripts/with-postgres and scripts/with-mariadb set it)", variable)
	}
	name := fmt.Sprintf("shop_%d_%d", os.Getpid(), shops.Add(1))
	dba := connect(t, root)
	dba.Do("CREATE DATABASE " + name)
	t.Cleanup(func() { dba.Do("DROP DATABASE " + name); _ = dba.Close() })
	u, err := url.Parse(root)
	if err != nil {
		t.Fatalf("%s is no URL", variable)
	}
	u.Path = "/" + name
	s := connect(t, u.String())
	t.Cleanup(func() { _ = s.Close() })
	return s
}

func connect(t testing.TB, dsn string) *Shop {
	t.Helper()
	u, err := url.Parse(dsn)
	if err != nil {
		t.Fatal(err)
	}
	s := &Shop{t: t, DSN: dsn, mysql: u.Scheme == "mysql", reader: New(func() time.Time { return time.Date(2026, 11, 25, 12, 0, 0, 0, time.UTC) })}
	if !s.mysql {
		s.DB, err = sql.Open("pgx", dsn)
	} else {
		conf, wrong := mysqlConfig(u)
		if wrong != nil {
			t.Fatal(wrong)
		}
		conf.MultiStatements = true
		s.DB, err = sql.Open("mysql", conf.FormatDSN())
	}
	if err != nil {
		t.Fatal(err)
	}
	return s
}

var _ = stdlib.GetDefaultDriver // registers pgx

// Do runs a statement as the shop's own software would.
func (s *Shop) Do(statement string) {
	s.t.Helper()
	if _, err := s.ExecContext(context.Background(), statement); err != nil {
		s.t.Fatalf("%s: %v", statement, err)
	}
}

// Either is a word of one engine or the other.
func (s *Shop) Either(postgres, mysql string) string {
	if s.mysql {
		return mysql
	}
	return postgres
}

// read asks and gives the columns with bars between, then the rows.
func (s *Shop) read(q admin.Question) (rows []string, place string, err error) {
	q.DSN = s.DSN
	place, err = s.reader.Read(s.t.Context(), q,
		func(names []string) error { rows = append(rows, strings.Join(names, "|")); return nil },
		func(cells []string) error { rows = append(rows, strings.Join(cells, "|")); return nil })
	return rows, place, err
}

func (s *Shop) reads(q admin.Question) (rows []string, place string) {
	s.t.Helper()
	rows, place, err := s.read(q)
	if err != nil {
		s.t.Fatalf("%s: %v", q.Query, err)
	}
	return rows, place
}
