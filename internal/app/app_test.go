package app_test

import (
	"fmt"
	"log/slog"
	"net"
	"path/filepath"
	"strings"
	"testing"

	"github.com/kakitome/kakitome/client"
	"github.com/kakitome/kakitome/internal/app"
	"github.com/kakitome/kakitome/internal/fault"
	"github.com/kakitome/kakitome/internal/kakitest"
)

// A data directory belongs to one process; a start that fails gives everything
// back.
func TestStartFailsAndUnwinds(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	s := kakitest.StartIn(t, dir, kakitest.NewRelay(t), "")
	open := func(yaml string) (*app.App, error) {
		cfg := kakitest.Config(t, dir, "127.0.0.1:1", yaml)
		a, err := app.New(t.Context(), app.Options{Config: cfg, Version: "test", Log: slog.New(slog.DiscardHandler)})
		if err != nil {
			t.Fatal(err)
		}
		return a, a.Start(t.Context())
	}
	if _, err := open(""); fault.KindOf(err) != fault.Conflict || fault.HintOf(err) == "" {
		t.Fatalf("a second server: %v", err)
	}
	s.Stop(t)
	s.Stop(t) // once more does nothing
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = l.Close() }()
	for _, door := range []string{"smtp", "admin"} {
		if _, err := open(fmt.Sprintf("%s: {listen: %q}", door, l.Addr())); err == nil {
			t.Fatalf("%s listens where somebody else does", door)
		}
	}
	a, err := open("")
	if err != nil {
		t.Fatalf("after starts that failed: %v", err)
	}
	if _, err := client.Unix(filepath.Join(dir, "data", "control.sock")).Health(t.Context()); err != nil {
		t.Error(err)
	}
	if err := a.Stop(t.Context()); err != nil {
		t.Error(err)
	}
}

// A roster that changes in many places at once is effective when the import
// returns, as one that changes in few.
func TestFollowBigChange(t *testing.T) {
	t.Parallel()
	s := kakitest.Start(t, "")
	for _, size := range []int{10, 20_100} {
		var csv strings.Builder
		csv.WriteString("person_id,member_no\n")
		for i := range size {
			fmt.Fprintf(&csv, "M-%d,KK%08d\n", i, i)
		}
		got, err := s.Client.ImportRoster(t.Context(), strings.NewReader(csv.String()), false)
		if err != nil {
			t.Fatal(err)
		}
		stats, err := s.Client.RosterStats(t.Context())
		if err != nil || stats.People != size || stats.Version != got.Version {
			t.Errorf("after an import of %d: %+v, %v", size, stats, err)
		}
	}
}
