package store_test

import (
	"bufio"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/kakitome/kakitome/internal/custody"
	"github.com/kakitome/kakitome/internal/gate"
	"github.com/kakitome/kakitome/internal/store"
	"github.com/kakitome/kakitome/ledger"
)

const (
	crashVar   = "KAKITOME_STORE_CRASH" // file to write to, in the child
	crashBatch = 20
)

// TestMain turns the test binary into the writer that is to be killed.
func TestMain(m *testing.M) {
	if path := os.Getenv(crashVar); path != "" {
		if err := writeUntilKilled(path); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		return
	}
	os.Exit(m.Run())
}

// writeUntilKilled writes batches and names each once it is on disk.
func writeUntilKilled(path string) error {
	ctx, t := noTest(), time.Date(2026, 11, 22, 9, 30, 0, 0, time.UTC)
	s, err := store.Open(ctx, store.Options{Path: path, Node: "one"})
	if err != nil {
		return err
	}
	for batch := 0; ; batch++ {
		mails := make([]*gate.Mail, crashBatch)
		for i := range mails {
			id := fmt.Sprintf("m%d-%d", batch, i)
			mails[i] = &gate.Mail{
				ID: id, Stream: "order", Node: "one", ReceivedAt: t, Key: []byte("k"), Envelope: []byte("e"), Body: make([]byte, 4096),
				Deliveries: []gate.Delivery{{ID: id + ".1", Sealed: []byte("s"), State: custody.Queued, Due: t}},
			}
		}
		if err := s.Write(ctx, func(tx gate.Tx) error { return tx.Record(mails) }); err != nil {
			return err
		}
		if _, err := fmt.Println(batch); err != nil {
			return err
		}
	}
}

// TestCrash kills a writer in the middle of its work, again and again: each
// batch is there wholly or not at all, what was said to be on disk is, and the
// log verifies.
func TestCrash(t *testing.T) {
	t.Parallel()
	for round := range 5 {
		path := filepath.Join(t.TempDir(), fmt.Sprint(round, ".db"))
		said := killWriter(t, path, 3+5*round)
		s := open(t, store.Options{Path: path, Node: "one"})
		last := -1
		for batch := 0; ; batch++ {
			there := 0
			for i := range crashBatch {
				err := s.Read(t.Context(), func(tx gate.ReadTx) error { _, err := tx.Mail(fmt.Sprintf("m%d-%d", batch, i)); return err })
				if err == nil {
					there++
				}
			}
			if there != 0 && there != crashBatch {
				t.Errorf("round %d: %d mails of batch %d are there", round, there, batch)
			}
			if there == 0 {
				break
			}
			last = batch
		}
		if last < said || last > said+1 {
			t.Errorf("round %d: batch %d was said to be on disk, the last there is %d", round, said, last)
		}
		if err := s.SignHead(t.Context(), time.Now()); err != nil {
			t.Fatal(err)
		}
		r, err := ledger.Verify(t.Context(), s.EvidenceSource("one"), verifier(t, "one"), nil)
		if err != nil || !r.OK() || r.Size != int64((last+1)*crashBatch) {
			t.Errorf("round %d: log %+v, %v", round, r, err)
		}
	}
}

// killWriter lets the child say n batches and kills it at once. It returns the
// last batch that it had said.
func killWriter(t *testing.T, path string, n int) int {
	t.Helper()
	cmd := exec.Command(os.Args[0]) //nolint:gosec // this binary
	cmd.Env = append(os.Environ(), crashVar+"="+path)
	var stderr strings.Builder
	cmd.Stderr = &stderr
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	said, lines := -1, bufio.NewScanner(out)
	for lines.Scan() {
		if _, err := fmt.Sscan(lines.Text(), &said); err != nil {
			t.Fatal(err)
		}
		if said+1 == n {
			if err := cmd.Process.Kill(); err != nil {
				t.Fatal(err)
			}
		}
	}
	if err := cmd.Wait(); err == nil || said+1 < n {
		t.Fatalf("the writer ended by itself after %d: %v %s", said, err, stderr.String())
	}
	return said
}
