package config

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/kakitome/kakitome/internal/fault"
	"github.com/kakitome/kakitome/internal/jp"
	"github.com/kakitome/kakitome/internal/policy"
)

// disk is a file system of our own.
type disk map[string]string

func (d disk) read(path string) ([]byte, error) {
	if text, ok := d[path]; ok {
		return []byte(text), nil
	}
	return nil, &fs.PathError{Op: "open", Path: path, Err: fs.ErrNotExist}
}

func noEnv(string) string { return "" }

func TestDefaults(t *testing.T) {
	t.Parallel()
	want := &Config{
		Data:      "./kakitome-data",
		SMTP:      SMTP{Listen: "127.0.0.1:2525", MaxMessage: 50 << 20, Hostname: "localhost", MaxConnections: 1000, MaxConnectionsPerIP: 250},
		Relay:     Relay{Address: "127.0.0.1:1025", TLS: "none", MaxConnections: 8},
		Admin:     Admin{Listen: "127.0.0.1:8025"},
		Public:    Public{Listen: "127.0.0.1:8026", URL: "http://127.0.0.1:8026"},
		Alert:     Alert{Repeat: 15 * time.Minute},
		Retention: Retention{Bodies: 7 * 24 * time.Hour, Exposures: 395 * 24 * time.Hour},
		Roster:    Roster{MostChanged: 20},
		Incident:  Incident{PerSecond: 50, Zone: "Asia/Tokyo", Law: []string{"jp"}},
	}
	for _, d := range []disk{{}, {DefaultPath: ""}, {DefaultPath: "# nothing\n"}, {DefaultPath: "streams:\nsmtp:\n"}} {
		got, err := Load("", noEnv, d.read)
		if err != nil {
			t.Fatalf("%v: %v", d, err)
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%v (-want +got):\n%s", d, diff)
		}
	}
	if _, err := Load("other.yaml", noEnv, disk{}.read); fault.KindOf(err) != fault.NotFound {
		t.Errorf("a named file that is not there: %v", err)
	}
}

// The defaults of a stream stand in the tags and in policy; they agree.
func TestStreamDefaultsAgree(t *testing.T) {
	t.Parallel()
	c, err := Load("", noEnv, disk{DefaultPath: "streams: [{name: order}]"}.read)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]policy.Stream{policy.DefaultStream("order")}, c.spec().Streams); diff != "" {
		t.Errorf("stream (-policy +config):\n%s", diff)
	}
}

// The example of interface.md is read as it says.
func TestExample(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile(filepath.Join("testdata", "example.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	c, err := Load("example.yaml", noEnv, disk{"example.yaml": string(text)}.read)
	if err != nil {
		t.Fatal(err)
	}
	want := Grant{To: "@carrier.example", Stream: "order", Kinds: []jp.Kind{jp.Name, jp.Address, jp.Phone}, Until: time.Date(2027, 3, 31, 0, 0, 0, 0, time.UTC)}
	if diff := cmp.Diff([]Grant{want}, c.Grants); diff != "" {
		t.Errorf("grants (-want +got):\n%s", diff)
	}
	p, err := c.Policy()
	if err != nil {
		t.Fatal(err)
	}
	s, known := p.Stream("order")
	if !known || s.Purpose != "注文確認" || s.FanOut != 1 || s.MaxAge != 72*time.Hour {
		t.Errorf("stream order is %+v", s)
	}
	lastSecond := time.Date(2027, 3, 31, 14, 59, 59, 0, time.UTC) // 23:59:59 in Japan
	if !p.Granted("x@carrier.example", "order", jp.Phone, lastSecond) || p.Granted("x@carrier.example", "order", jp.Phone, lastSecond.Add(time.Second)) {
		t.Error("the grant does not end with its last day in Japan")
	}
	if len(p.Codes("注文番号 KK-12345678")) != 1 || !p.Company.IsRecipient("staff@shop.example") || p.Company.Name != "例示商店" {
		t.Error("codes or company are not as written")
	}
	incident := Incident{From: "privacy@shop.example", ReplyTo: "desk@shop.example", Bounce: "bounce@shop.example", Report: "report@shop.example",
		Listen: "127.0.0.1:2526", Canaries: []string{"@mail.example"}, Officer: "例示商店 個人情報保護管理者 山田太郎", Letters: "./letters",
		Contact:   Contact{JA: "例示商店お客様窓口", EN: "Example Shop customer desk", Phone: "0120-000-000", Hours: "平日 Mon–Fri 10:00–18:00"},
		PerSecond: 50, Zone: "Europe/Berlin", Law: []string{"jp", "eu"}}
	if diff := cmp.Diff(incident, c.Incident); diff != "" {
		t.Errorf("incident (-want +got):\n%s", diff)
	}
	if name, offset := time.Date(2026, 7, 1, 0, 0, 0, 0, time.UTC).In(c.Incident.Location()).Zone(); name != "CEST" || offset != 7200 {
		t.Errorf("the zone is %s, %d s", name, offset)
	}
	if name, _ := time.Unix(0, 0).In(Incident{Zone: "Asia/Tokyo"}.Location()).Zone(); name != "JST" {
		t.Errorf("people read the zone as %s", name)
	}
}

// Each testdata/*.yaml with a *.want beside it is wrong in the ways it lists.
func TestErrors(t *testing.T) {
	t.Parallel()
	wants, err := filepath.Glob("testdata/*.want")
	if err != nil || len(wants) == 0 {
		t.Fatalf("no cases: %v", err)
	}
	for _, path := range wants {
		t.Run(filepath.Base(path), func(t *testing.T) {
			t.Parallel()
			want, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			name := strings.TrimSuffix(filepath.Base(path), ".want") + ".yaml"
			text, err := os.ReadFile(filepath.Join("testdata", name))
			if err != nil {
				t.Fatal(err)
			}
			_, err = Load(name, noEnv, disk{name: string(text), "empty.secret": "\n", "other.dsn": "sqlite:secret\n", "members.dsn": "postgres://shop:secret@db.example/shop\n"}.read)
			if err == nil || fault.KindOf(err) != fault.Invalid {
				t.Fatalf("error is %v", err)
			}
			got := fault.Outside(err) + "\n"
			if os.Getenv("UPDATE") != "" {
				if err := os.WriteFile(path, []byte(got), 0o600); err != nil {
					t.Fatal(err)
				}
			} else if diff := cmp.Diff(string(want), got); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

func TestSecrets(t *testing.T) {
	t.Parallel()
	files := disk{
		"k.yaml": "relay: {username: shop, password_file: relay.secret}\ndatabase: postgres://shop@db.example/kakitome\ndatabase_password_file: db.secret\n" +
			"feeds: [{name: new-members, query: SELECT, dsn_file: feed.dsn}, {name: old, query: SELECT, dsn_file: gone.dsn}]\n",
		"feed.dsn": "mysql://shop:simsim@db.example/shop\n", "gone.dsn": "postgres://db.example/shop",
		"relay.secret": "open sesame\r\n", "db.secret": "p@ss/word\n",
	}
	c, err := Load("k.yaml", noEnv, files.read)
	if err != nil {
		t.Fatal(err)
	}
	if c.Relay.Password != "open sesame" || c.DatabaseURL() != "postgres://shop:p%40ss%2Fword@db.example/kakitome" {
		t.Errorf("secrets are %q and %q", string(c.Relay.Password), c.DatabaseURL())
	}
	want := Feed{Name: "new-members", Query: "SELECT", DSNFile: "feed.dsn", Every: time.Minute, LateAfter: time.Hour, MostChanged: 20, DSN: "mysql://shop:simsim@db.example/shop"}
	if diff := cmp.Diff(want, c.Feeds[0]); diff != "" {
		t.Errorf("feed (-want +got):\n%s", diff)
	}
	text, err := json.Marshal(c)
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range []string{fmt.Sprintf("%v %+v %#v", c, c, c), string(text)} {
		if strings.Contains(s, "sesame") || strings.Contains(s, "ss/word") || strings.Contains(s, "simsim") {
			t.Errorf("a secret prints: %s", s)
		}
	}
	env := func(name string) string {
		return map[string]string{"KAKITOME_RELAY_PASSWORD": "from env", "KAKITOME_FEED_NEW_MEMBERS_DSN": "postgres://env.example/shop"}[name]
	}
	if c, err = Load("k.yaml", env, files.read); err != nil || c.Relay.Password != "from env" || c.Feeds[0].DSN != "postgres://env.example/shop" {
		t.Errorf("with environment: %v", err)
	}
}

func TestUnits(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]time.Duration{
		"0s": 0, "90s": 90 * time.Second, "5m": 5 * time.Minute, "12h": 12 * time.Hour, "30d": 720 * time.Hour, "1d12h": 36 * time.Hour, "1h30m5s": 5405 * time.Second,
	} {
		if got, err := parseDuration(text); err != nil || got != want {
			t.Errorf("%q is %v, %v", text, got, err)
		}
	}
	for text, want := range map[string]error{
		"": errDuration, "30": errNoUnit, "h": errDuration, "1.5h": errDuration, "-1s": errDuration, "30m1d": errDuration, "5ms": errDuration,
		"1h1h": errDuration, "99999999999d": errTooLong, "99999999999999999999s": errTooLong, "１s": errDuration,
	} {
		if _, err := parseDuration(text); err != want { //nolint:errorlint // bare sentinels
			t.Errorf("%q gives %v, want %v", text, err, want)
		}
	}
	for text, want := range map[string]Size{"0B": 0, "1KB": 1000, "1KiB": 1024, "50MiB": 50 << 20, "2GB": 2e9, "1GiB": 1 << 30} {
		if got, err := parseSize(text); err != nil || got != want {
			t.Errorf("%q is %v, %v", text, got, err)
		}
	}
	for text, want := range map[string]error{"": errSize, "50": errNoUnit, "50M": errSize, "50 MiB": errSize, "1.5MiB": errSize, "99999999999GiB": errTooLong} {
		if _, err := parseSize(text); err != want { //nolint:errorlint // bare sentinels
			t.Errorf("%q gives %v, want %v", text, err, want)
		}
	}
}

// Nesting costs the parser its square, so that it is bounded before.
func TestNestingIsBounded(t *testing.T) {
	t.Parallel()
	for _, unit := range []string{"[", "{a: ", "- ", "? ", "&a ", "k: "} {
		_, err := Load("k.yaml", noEnv, disk{"k.yaml": "data: x\nstreams: \n  " + strings.Repeat(unit, 10_000)}.read)
		if err == nil || !strings.HasPrefix(err.Error(), "k.yaml:3: nested too deeply") {
			t.Errorf("%q many times: %.200v", unit, err)
		}
	}
}

// Every key is documented in both languages, and the document is up to date.
func TestReference(t *testing.T) {
	t.Parallel()
	documented(t, "", reflect.TypeFor[Config]())
	got, err := os.ReadFile(filepath.Join("..", "..", "docs", "ops", "configuration.md"))
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got, Reference()) {
		t.Error("docs/ops/configuration.md is out of date: go generate ./internal/config")
	}
}

func documented(t *testing.T, key string, typ reflect.Type) {
	t.Helper()
	for _, f := range fieldsOf(typ) {
		name, of := join(key, f.name), f.of
		if of.Kind() == reflect.Slice {
			of = of.Elem()
		}
		switch {
		case !isScalar(of):
			documented(t, name, of)
		case f.name == "" || f.tag.Get("doc") == "" || f.tag.Get("ja") == "":
			t.Errorf("%s has no name or is not documented in both languages", name)
		}
	}
}

// FuzzLoad: never panics; an error is Invalid or TooLarge, names the file on
// its first line and is not empty; what loads has a policy and loads the same
// again.
func FuzzLoad(f *testing.F) {
	seeds, err := filepath.Glob("testdata/*.yaml")
	if err != nil {
		f.Fatal(err)
	}
	for _, path := range seeds {
		text, err := os.ReadFile(path)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		files := disk{"k.yaml": string(text)}
		c, err := Load("k.yaml", noEnv, files.read)
		if err != nil {
			if k := fault.KindOf(err); k != fault.Invalid && k != fault.TooLarge || !strings.HasPrefix(fault.Outside(err), "k.yaml") {
				t.Fatalf("error %v (%s)", err, k)
			}
			return
		}
		p, err := c.Policy()
		if err != nil {
			t.Fatalf("loads, but its policy does not compile: %v", err)
		}
		again, err := Load("k.yaml", noEnv, files.read)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(c, again, cmpopts.EquateEmpty()); diff != "" {
			t.Fatalf("loads in two ways:\n%s", diff)
		}
		if q, err := again.Policy(); err != nil || q.Version != p.Version {
			t.Fatalf("policy has versions %s and %v, %v", p.Version, q, err)
		}
	})
}
