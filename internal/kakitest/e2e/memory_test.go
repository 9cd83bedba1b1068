package e2e

import (
	"io"
	"runtime/metrics"
	"strings"
	"testing"
	"time"

	"github.com/kakitome/kakitome/internal/kakitest"
)

// heap is what the process holds of the heap now, the test's own part included.
func heap() int64 {
	sample := []metrics.Sample{{Name: "/memory/classes/heap/objects:bytes"}, {Name: "/memory/classes/heap/unused:bytes"}}
	metrics.Read(sample)
	return int64(sample[0].Value.Uint64() + sample[1].Value.Uint64()) //nolint:gosec // no heap is that large
}

// watchHeap gives the highest heap seen until stop is closed.
func watchHeap(stop <-chan struct{}) <-chan int64 {
	peak := make(chan int64, 1)
	go func() {
		tick := time.NewTicker(time.Millisecond)
		defer tick.Stop()
		most := heap()
		for {
			select {
			case <-tick.C:
				most = max(most, heap())
			case <-stop:
				peak <- most
				return
			}
		}
	}()
	return peak
}

// A line of a gigabyte from each of many clients is refused within the memory
// docs/ops/limits.md states.
func TestEndlessLineIsRefusedInBoundedMemory(t *testing.T) {
	const (
		clients = 8
		bound   = 256 << 20 // what may be under way in all; garbage not yet collected is in it
	)
	s := start(t, "smtp: {listen: \"127.0.0.1:0\", max_message: 8MiB}")
	before, stop := heap(), make(chan struct{})
	peak := watchHeap(stop)
	answers := make(chan string, clients)
	for range clients {
		c := s.Dial(t)
		go func() { answers <- endless(c) }()
	}
	for range clients {
		if a := <-answers; !strings.HasPrefix(a, "554 5.6.0 ") {
			t.Errorf("answer %q", a)
		}
	}
	close(stop)
	grown := <-peak - before
	t.Logf("%d endless lines: the heap grew by %d MiB", clients, grown>>20)
	if grown > bound {
		t.Errorf("the heap grew by %d MiB, over %d MiB", grown>>20, bound>>20)
	}
	wantSilence(t, s, 0)
}

// endless sends one line of a gigabyte, or as much of it as is taken, and
// gives the answer.
func endless(c *kakitest.SMTP) string {
	c.Command("MAIL FROM:<%s>", shop)
	c.Command("RCPT TO:<%s>", hanako)
	c.Command("DATA")
	answered := make(chan string, 1)
	go func() { answered <- c.Reply() }()
	piece := strings.Repeat("x", 64<<10)
	for range (1 << 30) / len(piece) {
		if _, err := io.WriteString(c.Conn, piece); err != nil {
			break // the server has had enough
		}
	}
	return <-answered
}
