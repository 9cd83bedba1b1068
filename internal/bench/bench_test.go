package bench

import (
	"bytes"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"testing/iotest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/kakitome/kakitome/internal/kakitest/people"
)

// talk keeps what is said for when a test fails.
func talk(t *testing.T) *bytes.Buffer {
	t.Helper()
	var b bytes.Buffer
	t.Cleanup(func() {
		if t.Failed() {
			t.Logf("it said:\n%s", b.String())
		}
	})
	return &b
}

// mustHave checks the keys of interface.md.
func mustHave(t *testing.T, v any, keys ...string) map[string]json.RawMessage {
	t.Helper()
	data, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	got := map[string]json.RawMessage{}
	if err := json.Unmarshal(data, &got); err != nil {
		t.Fatal(err)
	}
	for _, k := range keys {
		if _, ok := got[k]; !ok {
			t.Errorf("key %q is missing", k)
		}
	}
	return got
}

var rowKeys = []string{"path", "body_bytes", "people", "mails_per_second", "cpu_us_per_mail", "p50_ms", "p99_ms"}

func checkRows(t *testing.T, f *Figures, paths ...string) {
	t.Helper()
	mustHave(t, f, "cores", "rows")
	if f.Cores < 1 || len(f.Rows) != len(paths)*len(loads()) {
		t.Errorf("%d cores, %d rows; want %d rows", f.Cores, len(f.Rows), len(paths)*len(loads()))
	}
	var got []string
	for i := range f.Rows {
		r := &f.Rows[i]
		mustHave(t, r, rowKeys...)
		if !slices.Contains(got, r.Path) {
			got = append(got, r.Path)
		}
		if r.Rate <= 0 || r.P50 <= 0 || r.P99 < r.P50 || r.P50Busy <= 0 || r.P99Busy < r.P50Busy || r.People < 1 || r.Mails < 1 {
			t.Errorf("row is not sane: %+v", *r)
		}
		if (r.CPU > 0) != (r.Path != PathDirect) && f.Runs > 0 && r.Mails >= 100 {
			t.Errorf("%s: %v µs a mail", r.Path, r.CPU)
		}
	}
	if diff := cmp.Diff(paths, got); diff != "" {
		t.Errorf("paths (-want +got):\n%s", diff)
	}
}

// TestGateway is the whole bench with few mails: it fails by itself unless all
// were delivered and none was held.
func TestGateway(t *testing.T) {
	for _, tool := range []string{"postfix", "smtp-source", "smtp-sink"} {
		if _, err := exec.LookPath(tool); err != nil && os.Getenv("CI") == "true" {
			t.Fatalf("%s is not installed; scripts/install-test-deps installs it", tool)
		} else if err != nil {
			t.Skipf("%s is not installed; scripts/install-test-deps installs it", tool)
		}
	}
	if os.Geteuid() != 0 {
		t.Skip("Postfix starts as root only")
	}
	program := filepath.Join(t.TempDir(), "kakitome")
	build := exec.CommandContext(t.Context(), "go", "build", "-o", program, "github.com/kakitome/kakitome/cmd/kakitome")
	build.Env = append(os.Environ(), "CGO_ENABLED=0", "GOTOOLCHAIN=local")
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("build kakitome: %v\n%s", err, out)
	}
	said := talk(t)
	f, err := Gateway(t.Context(), Options{
		People: 100, Mails: 20, Runs: 1, Database: os.Getenv("KAKITOME_TEST_POSTGRES"), Program: program, Talk: said,
	})
	if err != nil {
		t.Fatal(err)
	}
	paths := []string{PathDirect, PathPostfixQueue, PathSQLite, PathPostgres}
	if strings.Contains(said.String(), "left out") {
		paths = paths[:3]
	}
	checkRows(t, f, paths...)
	var table strings.Builder
	if err := f.Tell(&table); err != nil || strings.Count(table.String(), "\n") != len(f.Rows)+1 {
		t.Errorf("%v; table:\n%s", err, table.String())
	}
}

// TestGatewayWithoutPostfix measures with our own source and sink, in one
// process, and writes a profile.
func TestGatewayWithoutPostfix(t *testing.T) {
	t.Setenv("PATH", "")
	profile := filepath.Join(t.TempDir(), "cpu.prof")
	f, err := Gateway(t.Context(), Options{People: 100, Mails: 15, Runs: 1, Profile: profile, Talk: talk(t)})
	if err != nil {
		t.Fatal(err)
	}
	checkRows(t, f, PathSQLite)
	if st, err := os.Stat(profile); err != nil || st.Size() == 0 {
		t.Errorf("no profile: %v", err)
	}
}

func TestPeersMayBeAskedFor(t *testing.T) {
	t.Parallel()
	b := bench{Options: &Options{Talk: talk(t)}}
	if err := b.peer(errAbsent); err != nil {
		t.Errorf("an absent peer is not left out: %v", err)
	}
	b.Peers = true
	if err := b.peer(errAbsent); err == nil {
		t.Error("an absent peer that was asked for is left out")
	}
}

func TestMatching(t *testing.T) {
	t.Parallel()
	f, err := Matching(600, talk(t))
	if err != nil {
		t.Fatal(err)
	}
	mustHave(t, f, "people", "identifiers", "build_seconds", "open_seconds", "bytes_per_identifier", "rss_bytes",
		"us_per_mail_p50", "us_per_mail_p99", "mail_runes", "false_candidates_per_mail", "update_visible_seconds")
	if f.People != 600 || f.Identifiers < 4000 || f.Build <= f.Open || f.Open <= 0 || f.RSS <= 0 ||
		f.P50 <= 0 || f.P99 < f.P50 || f.Runes != matchRunes || f.Visible <= 0 {
		t.Errorf("figures are not sane: %+v", *f)
	}
	if f.Found < 10 {
		t.Errorf("%.1f identifiers found in a mail with a person's name, address, phone and number", f.Found)
	}
	if err := f.Tell(&bytes.Buffer{}); err != nil {
		t.Error(err)
	}
}

func TestLettersHaveTheirSize(t *testing.T) {
	t.Parallel()
	all := people.New(peopleSeed)
	for i := range 300 {
		l, err := orderLetter(all, i, i, 4096)
		if err != nil {
			t.Fatal(err)
		}
		head, body, _ := bytes.Cut(l.data, []byte("\r\n\r\n"))
		if len(body) != 4096 || !bytes.HasSuffix(body, []byte("\r\n")) || !bytes.Contains(head, []byte("To: <"+l.to+">")) {
			t.Fatalf("order %d: a body of %d bytes", i, len(body))
		}
		if bytes.Contains(l.data, []byte("\n.")) {
			t.Fatalf("order %d: a line begins with a dot", i)
		}
	}
	for _, n := range []int{2, 3, 71, 72, 73, 74, 75, 145, 20000} {
		if got := rule(n); len(got) != n || !strings.HasSuffix(got, "\r\n") {
			t.Errorf("rule(%d) has %d bytes", n, len(got))
		}
	}
}

func TestLettersAreNeverTheSameTwice(t *testing.T) {
	t.Parallel()
	b := bench{Options: &Options{People: 50}, people: people.New(peopleSeed)}
	seen := map[string]bool{}
	for _, l := range loads() {
		list, err := b.letters(l, 40)
		if err != nil {
			t.Fatal(err)
		}
		again, err := b.letters(l, 40)
		if err != nil {
			t.Fatal(err)
		}
		for _, x := range append(list, again...) {
			if seen[string(x.data)] {
				t.Fatalf("%s: the same mail twice", l.content)
			}
			seen[string(x.data)] = true
		}
	}
}

func TestCountMessages(t *testing.T) {
	t.Parallel()
	for said, want := range map[string]int64{
		"sess=1 quit=0 mesg=1\rsess=1 quit=0 mesg=27\r":                     27,
		"sess=1 quit=0 mesg=1\rsess=1 quit=0 mesg=27\rsess=1 quit=0 mesg=3": 27,
		"nothing of the kind": 0,
	} {
		var whole, pieces atomic.Int64
		countMessages(strings.NewReader(said), &whole)
		countMessages(iotest.OneByteReader(strings.NewReader(said)), &pieces)
		if whole.Load() != want || pieces.Load() != want {
			t.Errorf("%q: counted %d, in pieces %d, want %d", said, whole.Load(), pieces.Load(), want)
		}
	}
}

func TestProcessorTimeGrows(t *testing.T) {
	t.Parallel()
	before, all := cpuOf(os.Getpid()), machineCPU()
	for sum, end := 0, time.Now().Add(10*time.Second); cpuOf(os.Getpid()) < before+3*clockTick; sum++ {
		if time.Now().After(end) {
			t.Fatalf("no processor time in 10 s of work (%d)", sum)
		}
	}
	if machineCPU() <= all {
		t.Error("the machine did nothing meanwhile")
	}
	if cpuOf(0) != 0 {
		t.Error("no process has used processor time")
	}
}

func TestMedian(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		in   []float64
		want float64
	}{{nil, 0}, {[]float64{3}, 3}, {[]float64{9, 1, 5}, 5}, {[]float64{4, 1, 3, 2}, 2}} {
		if got := median(c.in); got != c.want {
			t.Errorf("median of %v is %v, want %v", c.in, got, c.want)
		}
	}
}
