package feed

import (
	"context"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"go.uber.org/goleak"

	"github.com/kakitome/kakitome/internal/admin"
	"github.com/kakitome/kakitome/internal/fault"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// Values come as the database writes them, and what is none as nothing.
func TestValues(t *testing.T) {
	t.Parallel()
	OnBoth(t, func(t *testing.T, s *Shop) {
		s.Do(`CREATE TABLE members (id INT, mail VARCHAR(100), mail2 VARCHAR(100), born DATE, gone ` + s.Either("BOOLEAN", "BIT(1)") + `, phone BIGINT, at TIMESTAMP)`)
		s.Do(`INSERT INTO members VALUES (1, 'taro@example.jp', NULL, '1985-04-03', ` + s.Either("false", "b'0'") + `, 9012345678, '2026-11-25 10:00:00'),
			(2, '', '髙橋@example.jp', NULL, ` + s.Either("true", "b'1'") + `, NULL, '2026-11-25 10:00:01')`)
		rows, place := s.reads(admin.Question{
			Query:     "SELECT id AS person_id, mail AS email, mail2 AS email_2, born AS birthday, gone AS removed, phone, at FROM members ; \n",
			Watermark: "at",
		})
		want := []string{
			"person_id|email|email|birthday|removed|phone",
			"1|taro@example.jp||1985-04-03|" + s.Either("f", "0") + "|9012345678",
			"2||髙橋@example.jp||" + s.Either("t", "1") + "|",
		}
		if diff := cmp.Diff(want, rows); diff != "" || place == "" {
			t.Errorf("place %s (-want +got):\n%s", place, diff)
		}
		// A watermark may be a column of the roster; without one the query is asked as it is.
		rows, place = s.reads(admin.Question{Query: "SELECT id AS person_id FROM members -- all", Watermark: "person_id"})
		if !slices.Equal(rows, []string{"person_id", "1", "2"}) || place != "i2" {
			t.Errorf("rows %v, place %s", rows, place)
		}
		rows, place = s.reads(admin.Question{Query: "SELECT id AS person_id, mail AS email, mail2 AS email FROM members ORDER BY id DESC LIMIT 1"})
		if !slices.Equal(rows, []string{"person_id|email|email", "2||髙橋@example.jp"}) || place != "" {
			t.Errorf("rows %v, place %s", rows, place)
		}
	})
}

// Whatever a watermark is, what changed comes, what stands at the border comes
// again, and what has none comes each time.
func TestWatermarks(t *testing.T) {
	t.Parallel()
	OnBoth(t, func(t *testing.T, s *Shop) {
		for _, c := range []struct{ typ, first, second, third string }{
			{"INT", "1", "2", "3"},
			{"BIGINT", "9007199254740992", "9007199254740993", "9007199254740994"}, // floating-point numbers cannot tell these apart
			{s.Either("NUMERIC(20,6)", "DECIMAL(20,6)"), "1764064800.000001", "1764064800.000002", "1764064800.000003"},
			{"VARCHAR(20)", "'20261125100000'", "'20261125100001'", "'20261125110000'"},
			{s.Either("TIMESTAMP", "DATETIME(6)"), "'2026-11-25 18:00:00'", "'2026-11-25 18:00:00.000001'", "'2026-11-25 19:00:00'"}, // Japan's clock
			{s.Either("TIMESTAMPTZ", "TIMESTAMP(6)"), "'2026-11-25 10:00:00.5'", "'2026-11-25 10:00:00.500001'", "'2026-11-25 11:00:00'"},
			{"DATE", "'2026-11-23'", "'2026-11-24'", "'2026-11-25'"},
		} {
			s.Do(`DROP TABLE IF EXISTS m`)
			s.Do(`CREATE TABLE m (id VARCHAR(9), changed ` + c.typ + s.Either("", " NULL") + `)`)
			s.Do(`INSERT INTO m VALUES ('early', ` + c.first + `), ('latest', ` + c.second + `), ('none', NULL)`)
			q := admin.Question{Query: `SELECT id AS person_id, changed FROM m`, Watermark: "changed"}
			rows, place := s.reads(q)
			if len(rows) != 4 || !slices.Contains(rows, "none") {
				t.Fatalf("%s: first %v", c.typ, rows)
			}
			s.Do(`INSERT INTO m VALUES ('same', ` + c.second + `), ('new', ` + c.third + `)`)
			q.Since = place
			rows, next := s.reads(q)
			slices.Sort(rows)
			want := []string{"latest", "new", "none", "person_id", "same"}
			if k := kind(place[0]); k == times || k == instants { // taken back
				want = []string{"early", "latest", "new", "none", "person_id", "same"}
			}
			if !slices.Equal(rows, want) {
				t.Errorf("%s: from %s: %v", c.typ, place, rows)
			}
			q.Since = next
			rows, last := s.reads(q)
			if !slices.Contains(rows, "new") || !slices.Contains(rows, "none") || slices.Contains(rows, "early") || last != next {
				t.Errorf("%s: from %s: %v, then %s", c.typ, next, rows, last)
			}
		}
	})
}

// A transaction that was open meanwhile writes a time before the place.
func TestLateCommit(t *testing.T) {
	t.Parallel()
	OnBoth(t, func(t *testing.T, s *Shop) {
		s.Do(`CREATE TABLE m (id VARCHAR(9), changed ` + s.Either("TIMESTAMPTZ", "DATETIME") + `)`)
		q := admin.Question{Query: `SELECT id AS person_id, changed FROM m`, Watermark: "changed"}
		late, err := s.BeginTx(t.Context(), nil)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := late.ExecContext(t.Context(), `INSERT INTO m VALUES ('late', '2026-11-25 10:00:00')`); err != nil {
			t.Fatal(err)
		}
		s.Do(`INSERT INTO m VALUES ('early', '2026-11-25 10:00:03')`)
		rows, place := s.reads(q)
		if !slices.Equal(rows, []string{"person_id", "early"}) {
			t.Fatalf("first %v", rows)
		}
		if err := late.Commit(); err != nil {
			t.Fatal(err)
		}
		q.Since = place
		if rows, _ = s.reads(q); !slices.Equal(rows, []string{"person_id", "late", "early"}) {
			t.Errorf("then %v", rows)
		}
	})
}

// A time in the future, or one that is none, moves no place.
func TestWrongClock(t *testing.T) {
	t.Parallel()
	OnBoth(t, func(t *testing.T, s *Shop) {
		s.Do(`CREATE TABLE m (id VARCHAR(9), changed ` + s.Either("TIMESTAMPTZ", "DATETIME") + `)`)
		s.Do(`INSERT INTO m VALUES ('good', '2026-11-25 10:00:00'), ('wrong', '2099-01-01 00:00:00')`)
		if !s.mysql {
			s.Do(`INSERT INTO m VALUES ('endless', 'infinity')`)
		}
		q := admin.Question{Query: `SELECT id AS person_id, changed FROM m`, Watermark: "changed"}
		rows, place := s.reads(q)
		if !strings.HasPrefix(place[1:], "2026-11-25 10:00:00") || !slices.Contains(rows, "wrong") {
			t.Errorf("rows %v, place %s", rows, place)
		}
		s.Do(`INSERT INTO m VALUES ('new', '2026-11-25 10:00:01')`)
		q.Since = place
		if rows, _ = s.reads(q); !slices.Contains(rows, "new") || !slices.Contains(rows, "wrong") {
			t.Errorf("then %v", rows)
		}
	})
}

// Columns of older charsets come as what they say.
func TestShiftJIS(t *testing.T) {
	t.Parallel()
	s := open(t, "KAKITOME_TEST_MARIADB")
	for _, charset := range []string{"sjis", "cp932", "ujis", "utf8mb3", "utf8mb4"} {
		s.Do(`DROP TABLE IF EXISTS m`)
		s.Do(`CREATE TABLE m (id INT, name VARCHAR(40), home VARCHAR(80), n INT) CHARACTER SET ` + charset)
		s.Do(`INSERT INTO m VALUES (1, '表示 ソ太郎', '東京都例示区見本町１２３', 1), (2, 'ﾐﾎﾝ ﾊﾅｺ', '〒', 2)`)
		want := []string{"person_id|name|address", "1|表示 ソ太郎|東京都例示区見本町１２３", "2|ﾐﾎﾝ ﾊﾅｺ|〒"}
		q := admin.Question{Query: "SELECT id AS person_id, name, home AS address, n FROM m WHERE name <> '花'", Watermark: "n"}
		for _, since := range []string{"", "i1"} {
			q.Since = since
			rows, _ := s.reads(q)
			if diff := cmp.Diff(want, rows); diff != "" {
				t.Errorf("%s since %q (-want +got):\n%s", charset, since, diff)
			}
		}
	}
	s.Do(`DROP TABLE m`)
	s.Do(`CREATE TABLE m (id INT, name VARCHAR(40)) CHARACTER SET utf8mb4`)
	s.Do(`INSERT INTO m VALUES (1, '𠮷野 太郎')`)
	if rows, _ := s.reads(admin.Question{Query: "SELECT id AS person_id, name FROM m"}); rows[1] != "1|𠮷野 太郎" {
		t.Errorf("four bytes: %v", rows)
	}
}

// Nothing is written, whatever the query says.
func TestReadOnly(t *testing.T) {
	t.Parallel()
	OnBoth(t, func(t *testing.T, s *Shop) {
		s.Do(`CREATE TABLE m (id INT)`)
		s.Do(`INSERT INTO m VALUES (1)`)
		for _, query := range []string{`DELETE FROM m`, `SELECT 1 AS person_id; DELETE FROM m`, `DROP TABLE m`} {
			for _, watermark := range []string{"", "id"} {
				if _, _, err := s.read(admin.Question{Query: query, Watermark: watermark}); err == nil {
					t.Errorf("%s: no error", query)
				}
			}
		}
		if rows, _ := s.reads(admin.Question{Query: `SELECT id AS person_id FROM m`}); len(rows) != 2 {
			t.Errorf("left: %v", rows)
		}
	})
}

// Errors help whoever wrote the query, and show neither passwords nor values.
func TestErrors(t *testing.T) {
	t.Parallel()
	OnBoth(t, func(t *testing.T, s *Shop) {
		s.Do(`CREATE TABLE m (id INT, mail VARCHAR(40))`)
		s.Do(`INSERT INTO m VALUES (1, 'secret@example.jp')`)
		bad := func(change func(u *url.URL)) string {
			u, err := url.Parse(s.DSN)
			if err != nil {
				t.Fatal(err)
			}
			change(u)
			return u.String()
		}
		password, _ := mustURL(t, s.DSN).User.Password()
		for name, c := range map[string]struct {
			dsn   string
			query admin.Question
			want  string
		}{
			"login":         {bad(func(u *url.URL) { u.User = url.UserPassword("kakitome", "wrong-secret") }), admin.Question{Query: "SELECT 1"}, "enied|authentication failed"},
			"port":          {bad(func(u *url.URL) { u.Host = "127.0.0.1:1" }), admin.Question{Query: "SELECT 1"}, "cannot be reached: connection refused"},
			"host":          {bad(func(u *url.URL) { u.Host = "db.invalid" }), admin.Question{Query: "SELECT 1"}, "cannot be reached: its name is not known"},
			"database":      {bad(func(u *url.URL) { u.Path = "/nothing" }), admin.Question{Query: "SELECT 1"}, "nothing"},
			"no TLS":        {bad(func(u *url.URL) { u.RawQuery = "sslmode=verify-full" }), admin.Question{Query: "SELECT 1"}, "cannot be reached"},
			"parameter":     {bad(func(u *url.URL) { u.RawQuery = "sslmode=secret" }), admin.Question{Query: "SELECT 1"}, "DSN"},
			"scheme":        {"oracle://shop:wrong-secret@db/x", admin.Question{Query: "SELECT 1"}, "neither of PostgreSQL nor of MySQL"},
			"no URL":        {"://wrong-secret", admin.Question{Query: "SELECT 1"}, "the DSN is no URL"},
			"column":        {s.DSN, admin.Question{Query: "SELECT emial FROM m"}, "emial"},
			"syntax":        {s.DSN, admin.Question{Query: "SELEC"}, "SELEC"},
			"watermark":     {s.DSN, admin.Question{Query: "SELECT id AS person_id FROM m", Watermark: "changed"}, "changed"},
			"twice":         {s.DSN, admin.Question{Query: "SELECT id AS person_id, mail AS email, mail AS email FROM m", Watermark: "person_id"}, "email|"},
			"value":         {s.DSN, admin.Question{Query: s.Either("SELECT CAST(mail AS INT) FROM m", "SELECT EXTRACTVALUE(mail, CONCAT('$', mail)) FROM m")}, "says: error"},
			"damaged place": {s.DSN, admin.Question{Query: "SELECT id AS person_id FROM m", Watermark: "person_id", Since: "?secret"}, "damaged"},
			"long value":    {s.DSN, admin.Question{Query: "SELECT REPEAT('x', 1048577) AS person_id"}, "longer than"},
		} {
			_, err := s.reader.Read(t.Context(), withDSN(c.query, c.dsn), func([]string) error { return nil }, func([]string) error { return nil })
			if err == nil {
				if name != "twice" || s.mysql { // PostgreSQL allows it
					t.Errorf("%s: no error", name)
				}
				continue
			}
			text := fault.Outside(err) + " " + err.Error()
			if !slices.ContainsFunc(strings.Split(c.want, "|"), func(w string) bool { return strings.Contains(text, w) }) {
				t.Errorf("%s: %s", name, text)
			}
			if strings.Contains(text, "secret") || strings.Contains(text, password) || strings.Contains(text, "://kakitome") {
				t.Errorf("%s tells too much: %s", name, text)
			}
		}
	})
}

func withDSN(q admin.Question, dsn string) admin.Question {
	q.DSN = dsn
	return q
}

func mustURL(t testing.TB, dsn string) *url.URL {
	t.Helper()
	u, err := url.Parse(dsn)
	if err != nil {
		t.Fatal(err)
	}
	return u
}

// A question that hangs, and one whose asker left, end.
func TestHangs(t *testing.T) {
	t.Parallel()
	OnBoth(t, func(t *testing.T, s *Shop) {
		s.Do(`CREATE TABLE m (id INT)`)
		conn, err := s.Conn(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		defer func() { _ = conn.Close() }()
		if _, err := conn.ExecContext(t.Context(), s.Either("BEGIN; LOCK TABLE m IN ACCESS EXCLUSIVE MODE", "LOCK TABLES m WRITE")); err != nil {
			t.Fatal(err)
		}
		s.reader.patience = 300 * time.Millisecond
		if _, _, err := s.read(admin.Question{Query: "SELECT id AS person_id FROM m"}); err == nil || !strings.Contains(err.Error(), "gave no row") {
			t.Errorf("hangs: %v", err)
		}
		if _, err := conn.ExecContext(t.Context(), s.Either("ROLLBACK", "UNLOCK TABLES")); err != nil {
			t.Fatal(err)
		}
		s.reader.patience = time.Minute
		ctx, leave := context.WithCancel(t.Context())
		_, err = s.reader.Read(ctx, admin.Question{DSN: s.DSN, Query: s.Either("SELECT generate_series(1, 100000000) AS person_id", "SELECT seq AS person_id FROM seq_1_to_100000000")},
			func([]string) error { return nil }, func([]string) error { leave(); return nil })
		if err == nil || !strings.Contains(fault.Outside(err), "given up") {
			t.Errorf("left: %v", err)
		}
	})
}

func TestPlaces(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 11, 25, 12, 0, 0, 0, time.UTC)
	for _, c := range []struct {
		kind        kind
		text, bound string // empty: no place
	}{
		{texts, "20261125100000", "20261125100000"},
		{integers, "18446744073709551615", "18446744073709551615"},
		{instants, "2026-11-25 10:00:00.123456+00", "2026-11-25 09:55:00.123456+00"},
		{instants, "2026-11-25 12:00:59+00", "2026-11-25 11:55:59+00"},
		{instants, "2026-11-25 12:01:01+00", ""},
		{instants, "2026-11-25 15:30:00+05:30", "2026-11-25 15:25:00+05:30"},
		{times, "2026-11-25 21:00:00", "2026-11-25 20:55:00"},
		{times, "2026-11-26 02:01:01", ""},
		{times, "2026-03-01", "2026-02-28"},
		{times, "0000-00-00 00:00:00", ""},
		{instants, "infinity", ""}, {instants, "-infinity", ""}, {times, "4713-01-01 BC", ""},
	} {
		p := c.kind.place(c.text, now)
		if p == nil {
			if c.bound != "" {
				t.Errorf("%s is no place", c.text)
			}
			continue
		}
		again, err := parsePlace(p.String())
		if err != nil || *again != *p || again.bound() != c.bound {
			t.Errorf("%s: %+v is asked from %q, want %q (%v)", c.text, again, again.bound(), c.bound, err)
		}
	}
}

// FuzzPlace: a place that is read is written the same, and what is asked from
// never lies beyond a time it stands for.
func FuzzPlace(f *testing.F) {
	for _, seed := range []string{"", "i1", "t2026-11-25 10:00:00.5", "z2026-11-25 10:00:00+00", "t2026-11-25", "sx", "?"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		p, err := parsePlace(text)
		if err != nil || p == nil {
			return
		}
		if p.String() != text {
			t.Fatalf("%q is written %q", text, p)
		}
		was, _, ok := parseTime(p.text)
		bound, _, still := parseTime(p.bound())
		if ok && (p.kind == times || p.kind == instants) && (!still || !bound.Before(was)) {
			t.Fatalf("%q is asked from %q", text, p.bound())
		}
	})
}
