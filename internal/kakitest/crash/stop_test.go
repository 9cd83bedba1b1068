package crash

import (
	"context"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/kakitome/kakitome/internal/kakitest"
)

// TestStopUnderLoad: what was accepted when the program is asked to stop is
// neither lost nor sent twice; what the relay was not given yet is given after
// the next start. Nothing of the program stays behind.
func TestStopUnderLoad(t *testing.T) {
	const members = 300
	shop := NewShop(members)
	Engines(t, func(t *testing.T, db *Database) {
		sink := NewSink(t)
		sink.Delay = func(string) time.Duration { return 15 * time.Millisecond }
		list := Nodes(t, db, 1, sink.Addr(), "codes: {order_no: 'KK-\\d{8}'}\n")
		Roster(t, list, shop.Roster())
		var mu sync.Mutex
		released := map[string]bool{}
		n := 0
		ctx, cancel := context.WithCancel(t.Context())
		defer cancel()
		q := Queue{
			Addr: list[0].App.SMTPAddr,
			Next: func() *Mail {
				mu.Lock()
				defer mu.Unlock()
				n++
				return shop.Order(n, n*7%members, shop.Email(n*7%members))
			},
			Done: func(m *Mail, a Answer) {
				mu.Lock()
				defer mu.Unlock()
				released[m.Key] = a.Code == 250 && a.Word != "held"
			},
		}
		var load sync.WaitGroup
		load.Go(func() { q.Run(ctx, 48) })
		kakitest.Eventually(t, "mail flows", func() bool { return sink.Count() > 300 })
		took := list[0].Stop(t)
		cancel()
		load.Wait()
		left := sink.Count()
		again := StartNode(t, list[0].Dir, sink.Addr(), db.YAML("")+"codes: {order_no: 'KK-\\d{8}'}\n")
		again.Drained(t)
		arrived := map[string]bool{}
		for _, a := range sink.Arrivals() {
			arrived[a.Key] = true
		}
		for key, ok := range released {
			if !ok || !arrived[key] {
				t.Errorf("mail %s was accepted %v and arrived %v", key, ok, arrived[key])
			}
		}
		once(t, sink)
		Verified(t, []*Node{again})
		t.Logf("stopped in %v; %d accepted, %d had left, the rest after the next start", took.Round(time.Millisecond), len(released), left)
		again.Stop(t)
		kakitest.Eventually(t, "nothing of the program stays behind", func() bool { return len(leftovers()) == 0 })
	})
}

// leftovers are goroutines of the program's own packages, and not of the tests.
func leftovers() (list []string) {
	buf := make([]byte, 8<<20)
	for g := range strings.SplitSeq(string(buf[:runtime.Stack(buf, true)]), "\n\n") {
		if strings.Contains(g, "kakitome/kakitome/internal/") && !strings.Contains(g, "kakitest") {
			list = append(list, g)
		}
	}
	return list
}
