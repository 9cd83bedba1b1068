package crash

import (
	"bytes"
	"encoding/csv"
	"fmt"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/kakitome/kakitome/internal/kakitest/people"
)

// Shop is a shop with members, who are on its roster.
type Shop struct {
	all     *people.People
	members int
}

// NewShop makes a shop with so many members.
func NewShop(members int) *Shop { return &Shop{people.New(7), members} }

// Roster is the shop's roster as CSV.
func (s *Shop) Roster() []byte { return s.RosterOf(0, s.members) }

// RosterOf is the roster of some of the members.
func (s *Shop) RosterOf(from, to int) []byte {
	var b bytes.Buffer
	w := csv.NewWriter(&b)
	_ = w.Write([]string{"person_id", "email", "name", "name_kana", "phone", "postal_code", "address"})
	for i := from; i < to; i++ {
		p := s.all.At(i)
		_ = w.Write([]string{PersonID(i), p.Email, p.Name(), p.Kana(), p.Mobile, p.PostalCode, p.Address()})
	}
	w.Flush()
	return b.Bytes()
}

// PersonID is the id of a member.
func PersonID(i int) string { return fmt.Sprintf("M-%06d", i) }

// Email is the address of a member.
func (s *Shop) Email(i int) string {
	p := s.all.At(i)
	return p.Email
}

// Order is the confirmation of order n of one member, addressed to anybody: the
// owner, or by the defect of 2019 somebody else.
func (s *Shop) Order(n, owner int, to string) *Mail {
	p := s.all.At(owner)
	return letter(n, to, fmt.Sprintf("%s 様\r\n\r\nご注文ありがとうございます。\r\nご注文番号 KK-%08d\r\nお届け先 〒%s %s\r\nお電話 %s\r\n合計 %d円（代金引換）\r\n",
		p.Name(), n, p.PostalCode, p.Address(), p.Mobile, 1000+n%9000))
}

// Guest is a mail about somebody who is on no roster: a mobile number and an
// address to answer to that nobody declared.
func (s *Shop) Guest(n, guest int, to string) *Mail {
	p := s.all.At(1_000_000 + guest)
	return letter(n, to, fmt.Sprintf("お取り置きの受付\r\n受付 %d 番\r\nご連絡先 %s\r\n", n, p.Mobile))
}

// Note is a mail without anybody's data but a member's mobile number, as a
// mention: to the member hello says, about the member named.
func (s *Shop) Note(n, hello, about int) *Mail {
	h, p := s.all.At(hello), s.all.At(about)
	return letter(n, h.Email, fmt.Sprintf("%s 様\r\nお届け先 〒%s %s\r\nお電話 %s\r\n受付 %d 番。ギフトのお届け先のお電話 %s\r\n",
		h.Name(), h.PostalCode, h.Address(), h.Mobile, n, p.Mobile))
}

func letter(n int, to, text string) *Mail {
	key := fmt.Sprintf("%d@shop.example", n)
	return &Mail{Key: key, To: to, Data: fmt.Appendf(nil, "From: shop@shop.example\r\nTo: <%s>\r\nSubject: order\r\nMessage-ID: <%s>\r\n"+
		"MIME-Version: 1.0\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: 8bit\r\n\r\n%s", to, key, text)}
}

// Rounds says how often a process is killed, and whether all is run in full.
func Rounds() (rounds int, full bool) {
	if n, err := strconv.Atoi(os.Getenv("KAKITOME_CRASH_ROUNDS")); err == nil && n > 0 {
		return n, true
	}
	return 6, false
}

// Engines runs a test on SQLite and, where there is one, on PostgreSQL.
func Engines(t *testing.T, test func(t *testing.T, db *Database)) {
	t.Helper()
	t.Run("sqlite", func(t *testing.T) { test(t, &Database{}) })
	t.Run("postgres", func(t *testing.T) { test(t, Postgres(t)) })
}

// Database is a database of a test's own: an empty one is SQLite in the data
// directory.
type Database struct {
	URL         string // with its password
	name, admin string
	password    string // file
}

// Postgres makes a database on the server that KAKITOME_TEST_POSTGRES names,
// and drops it when the test ends; without one the test is skipped.
func Postgres(t testing.TB) *Database {
	t.Helper()
	admin := os.Getenv("KAKITOME_TEST_POSTGRES")
	if admin == "" {
		t.Skip("KAKITOME_TEST_POSTGRES is not set; run scripts/with-postgres go test …")
	}
	name := strings.ToLower(strings.Map(letters, t.Name()))
	d := &Database{name: fmt.Sprintf("crash_%d_%s", os.Getpid(), name[:min(len(name), 40)]), admin: admin}
	d.Must(t, "CREATE DATABASE "+d.name)
	t.Cleanup(func() { d.Must(t, "DROP DATABASE "+d.name+" WITH (FORCE)") })
	u, err := url.Parse(admin)
	if err != nil {
		t.Fatal("KAKITOME_TEST_POSTGRES is no URL")
	}
	u.Path = "/" + d.name
	d.URL = u.String()
	d.password = filepath.Join(t.TempDir(), "password")
	secret, _ := u.User.Password()
	if err := os.WriteFile(d.password, []byte(secret), 0o600); err != nil {
		t.Fatal(err)
	}
	return d
}

// YAML names the database in a configuration; at is another host:port that
// leads to it, or empty.
func (d *Database) YAML(at string) string {
	if d.URL == "" {
		return "database: \"\"\n"
	}
	u, err := url.Parse(d.URL)
	if err != nil {
		return err.Error()
	}
	u.User = url.User(u.User.Username())
	if at != "" {
		u.Host = at
	}
	return fmt.Sprintf("database: %q\ndatabase_password_file: %s\n", u, d.password)
}

func letters(r rune) rune {
	if r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' {
		return r
	}
	return -1
}

// Must runs SQL as the server's owner, outside of the database.
func (d *Database) Must(t testing.TB, sql string) {
	t.Helper()
	cmd := exec.Command("psql", "-X", "-q", "-v", "ON_ERROR_STOP=1", "-d", d.admin, "-c", sql) //nolint:gosec // a test's own SQL
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("psql: %v\n%s", err, out)
	}
}

// Close ends all connections to the database and lets nobody in; Open does.
func (d *Database) Close(t testing.TB) {
	d.Must(t, "ALTER DATABASE "+d.name+" ALLOW_CONNECTIONS false")
	d.Must(t, "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '"+d.name+"'")
}

// Open lets connections in again.
func (d *Database) Open(t testing.TB) { d.Must(t, "ALTER DATABASE "+d.name+" ALLOW_CONNECTIONS true") }
