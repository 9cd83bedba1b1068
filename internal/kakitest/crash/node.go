package crash

import (
	"bytes"
	"context"
	"fmt"
	"log/slog"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"filippo.io/age"

	"github.com/kakitome/kakitome/client"
	"github.com/kakitome/kakitome/internal/app"
	"github.com/kakitome/kakitome/internal/kakitest"
	"github.com/kakitome/kakitome/internal/keys"
)

// Node is the program inside the test, one of several on a database.
type Node struct {
	*client.Client
	Dir  string
	App  *app.App
	Log  *kakitest.Log
	stop bool
}

// StartNode starts a node with its files in dir, before a relay, with a
// configuration as kakitest.Start takes it.
func StartNode(t testing.TB, dir, relay, yaml string) *Node {
	t.Helper()
	return startNode(t, dir, relay, yaml, time.Now)
}

func startNode(t testing.TB, dir, relay, yaml string, now func() time.Time) *Node {
	t.Helper()
	cfg := kakitest.Config(t, dir, relay, yaml)
	n := &Node{Dir: dir, Client: client.Unix(app.SocketPath(cfg)), Log: &kakitest.Log{}}
	var err error
	n.App, err = app.New(t.Context(), app.Options{Config: cfg, Version: "test", Now: now, Log: slog.New(slog.NewTextHandler(n.Log, nil))})
	if err == nil {
		err = n.App.Start(t.Context())
	}
	if err != nil {
		t.Fatalf("start kakitome: %v", err)
	}
	t.Cleanup(func() {
		n.Stop(t)
		if t.Failed() {
			t.Logf("end of the log of kakitome:\n%s", tail(n.Log.String(), 4000))
		}
	})
	return n
}

// Stop stops the node and says how long that took; it may be called again.
func (n *Node) Stop(t testing.TB) time.Duration {
	t.Helper()
	if n.stop {
		return 0
	}
	n.stop = true
	began := time.Now()
	ctx, cancel := context.WithTimeout(context.Background(), kakitest.Patience)
	defer cancel()
	if err := n.App.Stop(ctx); err != nil {
		t.Errorf("stop kakitome: %v", err)
	}
	return time.Since(began)
}

// ShareKeys gives the data directories below all dirs the keys that nodes
// share, as kakitome key restore --new-node does.
func ShareKeys(t testing.TB, dirs []string) {
	t.Helper()
	place := func(dir string) string { return filepath.Join(dir, "data", "keys") }
	secret := strings.NewReader("a test's three keys: no secret. a test's three keys: no secret. a test's three keys: no secret..")
	first, err := keys.Open(place(dirs[0]), secret, time.Now())
	if err != nil {
		t.Fatal(err)
	}
	if len(dirs) == 1 {
		return
	}
	id, err := age.GenerateX25519Identity()
	if err != nil {
		t.Fatal(err)
	}
	var backup bytes.Buffer
	if err := first.Backup(&backup, keys.Lock{Recipients: []string{id.Recipient().String()}}); err != nil {
		t.Fatal(err)
	}
	for i, dir := range dirs[1:] {
		own := strings.NewReader(fmt.Sprintf("evidence of the test's node %4d", i))
		if err := keys.RestoreNew(bytes.NewReader(backup.Bytes()), keys.Unlock{Identities: id.String()}, place(dir), own); err != nil {
			t.Fatal(err)
		}
	}
}

// Nodes starts n nodes that work on one database; on SQLite it is one.
func Nodes(t testing.TB, db *Database, n int, relay, yaml string) []*Node {
	t.Helper()
	if db.URL == "" {
		n = 1
	}
	dirs := make([]string, n)
	for i := range dirs {
		dirs[i] = t.TempDir()
	}
	ShareKeys(t, dirs)
	var list []*Node
	for _, dir := range dirs {
		list = append(list, StartNode(t, dir, relay, db.YAML("")+yaml))
	}
	return list
}

// Doors are where the nodes take mail.
func Doors(list []*Node) (addrs []string) {
	for _, n := range list {
		addrs = append(addrs, n.App.SMTPAddr())
	}
	return addrs
}

// Roster imports a CSV at the first node and waits until all know it.
func Roster(t testing.TB, list []*Node, csv []byte) {
	t.Helper()
	done, err := list[0].ImportRoster(t.Context(), bytes.NewReader(csv), false)
	if err != nil {
		t.Fatal(err)
	}
	if done.Rejected > 0 {
		t.Fatalf("roster: %+v", done.Errors)
	}
	for _, n := range list {
		kakitest.Eventually(t, "the node knows the roster", func() bool {
			stats, err := n.RosterStats(t.Context())
			return err == nil && stats.Version >= done.Version
		})
	}
}

// Drained waits until no mail is queued.
func (n *Node) Drained(t testing.TB) {
	t.Helper()
	kakitest.Eventually(t, "the queue is empty", func() bool {
		streams, err := n.Streams(t.Context())
		queued := 0
		for _, st := range streams {
			queued += st.Queued
		}
		return err == nil && queued == 0
	})
}

// Verified checks the evidence of the nodes.
func Verified(t testing.TB, list []*Node) {
	t.Helper()
	for _, n := range list {
		logs, err := n.Verify(t.Context())
		if err != nil {
			t.Errorf("verify: %v", err)
		}
		for _, v := range logs {
			if !v.OK {
				t.Errorf("evidence: %s", v.Problem)
			}
		}
	}
}
