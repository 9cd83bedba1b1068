package feed_test

import (
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/kakitome/kakitome/client"
	"github.com/kakitome/kakitome/internal/feed"
	"github.com/kakitome/kakitome/internal/kakitest"
)

const query = `SELECT id AS person_id, mail AS email, name, home AS address, gone AS removed, changed FROM members`

// members makes the shop's table with n members.
func members(s *feed.Shop, n int) {
	s.Do(`CREATE TABLE members (id VARCHAR(20) PRIMARY KEY, mail VARCHAR(100), name VARCHAR(40), home VARCHAR(100), gone SMALLINT NOT NULL DEFAULT 0,
		changed ` + s.Either("TIMESTAMPTZ", "DATETIME(6)") + `)`)
	s.Do(`INSERT INTO members SELECT ` + s.Either(`'M-' || g, 'm' || g || '@example.jp', '見本 太郎' || g, '東京都例示区見本町1-' || g, 0, CAST('2026-01-01 00:00:00+00' AS TIMESTAMPTZ) + g * INTERVAL '200 milliseconds'
		FROM generate_series(1, `+fmt.Sprint(n)+`) g`, `CONCAT('M-', seq), CONCAT('m', seq, '@example.jp'), CONCAT('見本 太郎', seq), CONCAT('東京都例示区見本町1-', seq), 0, '2026-01-01 00:00:00' + INTERVAL seq * 200000 MICROSECOND
		FROM seq_1_to_`+fmt.Sprint(n)))
}

// follow is a server that follows the shop's members by itself.
func follow(t *testing.T, s *feed.Shop, more string) *kakitest.Server {
	t.Helper()
	dsn := filepath.Join(t.TempDir(), "members.dsn")
	if err := os.WriteFile(dsn, []byte(s.DSN+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	return kakitest.Start(t, fmt.Sprintf("feeds:\n  - {name: members, dsn_file: %q, query: %q, watermark: changed, every: 1s, late_after: 1h%s}\n", dsn, query, more))
}

func feedOf(t testing.TB, s *kakitest.Server, name string) client.Feed {
	t.Helper()
	list, err := s.Client.Feeds(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	i := slices.IndexFunc(list, func(f client.Feed) bool { return f.Name == name })
	if i < 0 {
		return client.Feed{}
	}
	return list[i]
}

func alerts(t testing.TB, s *kakitest.Server) (kinds []string) {
	t.Helper()
	list, err := s.Client.Alerts(t.Context(), false)
	if err != nil {
		t.Fatal(err)
	}
	for _, a := range list {
		kinds = append(kinds, a.Kind+" "+a.Subject)
	}
	return kinds
}

func has(t testing.TB, s *kakitest.Server, person string, kinds int) bool {
	t.Helper()
	p, err := s.Client.Person(t.Context(), person)
	if client.IsNotFound(err) {
		return kinds == 0
	}
	if err != nil {
		t.Fatal(err)
	}
	n := 0
	for _, k := range p.Kinds {
		n += k
	}
	return n == kinds
}

// What the shop changes is known here by itself: new members, changed ones, and
// those who left. Nothing of the DSN is in the log.
func TestServerFollowsShop(t *testing.T) {
	t.Parallel()
	feed.OnBoth(t, func(t *testing.T, shop *feed.Shop) {
		members(shop, 30)
		s := follow(t, shop, "")
		kakitest.Eventually(t, "all members are known", func() bool { return has(t, s, "M-30", 3) })
		shop.Do(`INSERT INTO members VALUES ('M-31', 'new@example.jp', NULL, NULL, 0, '2026-01-01 10:00:01')`)
		shop.Do(`UPDATE members SET home = NULL, changed = '2026-01-01 10:00:02' WHERE id = 'M-1'`)
		shop.Do(`UPDATE members SET gone = 1, mail = 'deleted', changed = NULL WHERE id = 'M-2'`)
		kakitest.Eventually(t, "the changes are known", func() bool { return has(t, s, "M-31", 1) && has(t, s, "M-1", 2) && has(t, s, "M-2", 0) })
		kakitest.Eventually(t, "nothing is wrong", func() bool {
			f := feedOf(t, s, "members")
			return f.Problem == "" && !f.Late && f.Changed == 0 && f.Rows > 0
		})
		password, _ := parsed(t, shop.DSN).User.Password()
		if strings.Contains(s.Log.String(), password) {
			t.Error("the log tells the password")
		}
	})
}

func parsed(t testing.TB, dsn string) *url.URL {
	t.Helper()
	u, err := url.Parse(dsn)
	if err != nil {
		t.Fatal(err)
	}
	return u
}

// A feed that brings nothing for too long raises an alert, which ends by itself
// when it brings something.
func TestLateFeed(t *testing.T) {
	t.Parallel()
	feed.OnBoth(t, func(t *testing.T, shop *feed.Shop) {
		members(shop, 3)
		s := follow(t, shop, "")
		kakitest.Eventually(t, "the members are known", func() bool { return has(t, s, "M-3", 3) })
		shop.Do(`ALTER TABLE members RENAME TO gone`)
		kakitest.Eventually(t, "the problem is told", func() bool { return strings.Contains(feedOf(t, s, "members").Problem, "members") })
		s.Clock.Forward(2 * time.Hour)
		kakitest.Eventually(t, "the feed is late", func() bool { return slices.Contains(alerts(t, s), "feed_late members") && feedOf(t, s, "members").Late })
		shop.Do(`ALTER TABLE gone RENAME TO members`)
		kakitest.Eventually(t, "the feed is not late any more", func() bool { return len(alerts(t, s)) == 0 && !feedOf(t, s, "members").Late })
	})
}

// A shop whose store wrote members over one another is not believed until
// somebody agrees; mail is judged on what was known.
func TestCorruptedShop(t *testing.T) {
	t.Parallel()
	feed.OnBoth(t, func(t *testing.T, shop *feed.Shop) {
		members(shop, 200)
		s := follow(t, shop, "")
		kakitest.Eventually(t, "the members are known", func() bool { return has(t, s, "M-200", 3) })
		// Whoever reads member n gets member n+100.
		shop.Do(`CREATE TABLE copied AS SELECT * FROM members`)
		all := shop.Either("BEGIN", "START TRANSACTION")
		for i := range 30 {
			all += fmt.Sprintf(`; UPDATE members SET mail = (SELECT mail FROM copied WHERE id = 'M-%[2]d'), home = (SELECT home FROM copied WHERE id = 'M-%[2]d'),
				name = (SELECT name FROM copied WHERE id = 'M-%[2]d'), changed = '2026-01-02 10:00:00' WHERE id = 'M-%[1]d'`, i+1, i+101)
		}
		shop.Do(all + `; INSERT INTO members VALUES ('M-new', 'new@example.jp', NULL, NULL, 0, '2026-01-02 10:00:01'); COMMIT`)
		kakitest.Eventually(t, "the feed is refused", func() bool { return slices.Contains(alerts(t, s), "feed_refused members") })
		f := feedOf(t, s, "members")
		if f.Refused == nil || f.Refused.People != 30 || f.Refused.Changed != 30 || len(f.Refused.Examples) != 10 || !strings.HasPrefix(f.Refused.Examples[0], "M-") {
			t.Fatalf("refused %+v", f.Refused)
		}
		if !has(t, s, "M-new", 0) {
			t.Error("something of what was refused is known")
		}
		letter := "Message-ID: <1@shop.example>\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n見本 太郎101様 東京都例示区見本町1-101 m101@example.jp\r\n"
		if answer := s.Send(t, "shop@shop.example", []string{"m1@example.jp"}, letter); !strings.Contains(answer, "held (1 of 1") {
			t.Errorf("another's data to a member: %s", answer)
		}
		if err := s.Client.AgreeFeed(t.Context(), "members", ""); err == nil {
			t.Error("agreed without a reason")
		}
		list, err := s.Client.Alerts(t.Context(), false)
		if err != nil {
			t.Fatal(err)
		}
		i := slices.IndexFunc(list, func(a client.Alert) bool { return a.Kind == "feed_refused" })
		if err := s.Client.AgreeFeed(t.Context(), list[i].ID, "numbers were given anew"); err != nil {
			t.Fatal(err)
		}
		kakitest.Eventually(t, "what was agreed to is known", func() bool { return has(t, s, "M-new", 1) })
		if f := feedOf(t, s, "members"); f.Refused != nil || f.Agreed != 0 || slices.Contains(alerts(t, s), "feed_refused members") {
			t.Errorf("still %+v, %v", f, alerts(t, s))
		}
	})
}

// sync is one run by hand.
func sync(t testing.TB, s *kakitest.Server, shop *feed.Shop, change func(*client.Sync)) *client.Imported {
	t.Helper()
	r := client.Sync{DSN: shop.DSN, Query: query, Watermark: "changed"}
	if change != nil {
		change(&r)
	}
	got, err := s.Client.SyncRoster(t.Context(), r)
	if err != nil {
		t.Fatalf("sync: %v", err)
	}
	return got
}

// Bad rows are told by person and column; nothing is taken in beside them
// unless that is asked for, and no place moves.
func TestBadRows(t *testing.T) {
	t.Parallel()
	feed.OnBoth(t, func(t *testing.T, shop *feed.Shop) {
		members(shop, 5)
		s := kakitest.Start(t, "")
		shop.Do(`UPDATE members SET mail = 'no address', home = 'x', changed = '2026-01-01 09:00:00' WHERE id = 'M-2'`)
		got := sync(t, s, shop, nil)
		if got.Version != 0 || got.Rows != 5 || got.Rejected != 1 || len(got.Errors) != 2 {
			t.Fatalf("%+v", got)
		}
		for i, column := range []string{"email", "address"} {
			if e := got.Errors[i]; e.Person != "M-2" || e.Column != column || e.Reason == "" || strings.Contains(e.Error(), "no address") {
				t.Errorf("error %+v", e)
			}
		}
		if f := feedOf(t, s, got.Feed); f.Problem != "1 bad rows of 5" || !f.FedAt.IsZero() {
			t.Errorf("feed %s: %+v", got.Feed, f)
		}
		got = sync(t, s, shop, func(r *client.Sync) { r.SkipBad = true })
		if got.Version != 1 || got.Changed != 4 || got.Rejected != 1 || len(got.Errors) != 2 {
			t.Errorf("%+v", got)
		}
		shop.Do(`UPDATE members SET mail = 'm2@example.jp', home = NULL, changed = '2026-01-03 09:00:00' WHERE id = 'M-2'`)
		if got = sync(t, s, shop, nil); got.Version != 2 || got.Changed != 1 {
			t.Errorf("mended: %+v", got)
		}
		if got = sync(t, s, shop, func(r *client.Sync) { r.Full = true }); got.Rows != 5 || got.Changed != 0 {
			t.Errorf("all: %+v", got)
		}
		if got = sync(t, s, shop, func(r *client.Sync) { r.Query += " WHERE id <> 'M-5'" }); got.Rows != 4 {
			t.Errorf("another question began where this one stood: %+v", got)
		}
		for _, r := range []client.Sync{{Name: "nobody"}, {Name: "csv"}, {Query: "SELECT 1"}, {DSN: shop.DSN, Query: "SELECT 1 AS emial"}, {Name: "csv", DSN: shop.DSN, Query: query}} {
			if _, err := s.Client.SyncRoster(t.Context(), r); err == nil {
				t.Errorf("%+v: no error", r)
			}
		}
	})
}

// A hundred thousand members, and then the thousand that changed.
func TestManyMembers(t *testing.T) {
	t.Parallel()
	if testing.Short() {
		t.Skip("takes some seconds")
	}
	feed.OnBoth(t, func(t *testing.T, shop *feed.Shop) {
		const all = 100_000
		members(shop, all)
		s := kakitest.Start(t, "")
		addresses := func(r *client.Sync) { r.Query = `SELECT id AS person_id, mail AS email, changed FROM members` }
		began := time.Now()
		if got := sync(t, s, shop, addresses); got.Changed != all || got.Rows != all {
			t.Fatalf("first: %+v", got)
		}
		first := time.Since(began)
		shop.Do(`UPDATE members SET mail = CONCAT('new-', mail), changed = '2026-01-01 10:30:00' WHERE ` + shop.Either(`CAST(SUBSTR(id, 3) AS INT)`, `CAST(SUBSTR(id, 3) AS UNSIGNED)`) + ` % 100 = 0`)
		began = time.Now()
		got := sync(t, s, shop, addresses)
		if got.Changed != all/100 || got.Rows > all/100+1500 { // and those of the last five minutes
			t.Errorf("then: %+v", got)
		}
		t.Logf("%d members in %v, the %d that changed in %v", all, first, got.Changed, time.Since(began))
	})
}
