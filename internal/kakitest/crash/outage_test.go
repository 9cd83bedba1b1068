package crash

import (
	"context"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/kakitome/kakitome/internal/kakitest"
)

// TestDatabaseGone: P4 and P6 while PostgreSQL lets nobody in. Applications get
// 451, nothing is handed to the relay a second after the last heartbeat, and
// all goes on by itself.
func TestDatabaseGone(t *testing.T) {
	t.Parallel()
	const members = 300
	db, sink, shop := Postgres(t), NewSink(t), NewShop(members)
	sink.Delay = func(string) time.Duration { return 20 * time.Millisecond }
	list := Nodes(t, db, 1, sink.Addr(), "codes: {order_no: 'KK-\\d{8}'}\n")
	Roster(t, list, shop.Roster())
	var refused, unknown atomic.Int64
	var mu sync.Mutex
	answered := map[string]Answer{}
	var next atomic.Int64
	ctx, stop := context.WithCancel(t.Context())
	defer stop()
	var ending atomic.Bool
	q := Queue{
		Addr: list[0].App.SMTPAddr,
		Next: func() *Mail {
			if ending.Load() {
				return nil
			}
			i := int(next.Add(1))
			return shop.Order(i, i*7%members, shop.Email(i*7%members))
		},
		Done: func(m *Mail, a Answer) {
			mu.Lock()
			defer mu.Unlock()
			answered[m.Key] = a
		},
		Fail: func(_ *Mail, code int) {
			if code == 451 {
				refused.Add(1)
			} else {
				unknown.Add(1)
			}
		},
	}
	var load sync.WaitGroup
	load.Go(func() { q.Run(ctx, 16) })
	for round := range 3 {
		was := sink.Count()
		kakitest.Eventually(t, "mail flows", func() bool { return sink.Count() > was+200 })
		db.Close(t)
		gone := time.Now()
		before := refused.Load()
		kakitest.Eventually(t, "applications get 451 and the relay nothing", func() bool {
			return refused.Load() > before+16 && time.Since(gone) > 2500*time.Millisecond
		})
		last, _ := sink.LastData()
		if last.Sub(gone) > 1100*time.Millisecond && !raced { // a tenth for the way
			t.Errorf("DATA came %v after the database had gone", last.Sub(gone))
		}
		db.Open(t)
		open := time.Now()
		was = sink.Count()
		kakitest.Eventually(t, "mail flows again by itself", func() bool { return sink.Count() > was+50 })
		t.Logf("round %d: last DATA %v after the database had gone, mail again %v after it was back", round,
			last.Sub(gone).Round(time.Millisecond), time.Since(open).Round(time.Millisecond))
	}
	ending.Store(true)
	load.Wait()
	list[0].Drained(t)
	arrived := map[string]int{}
	for _, a := range sink.Arrivals() {
		arrived[a.Key]++
	}
	twice := 0
	for key, a := range answered {
		if a.Code != 250 || a.Word == "held" || arrived[key] == 0 {
			t.Errorf("mail %s was answered %+v and came %d times", key, a, arrived[key])
		}
		twice += max(arrived[key]-1, 0)
	}
	t.Logf("%d mails, %d answers 451, %d without an answer, %d came twice", len(answered), refused.Load(), unknown.Load(), twice)
	if twice > 0 {
		t.Errorf("%d came twice, though nobody died", twice)
	}
	if unknown.Load() > 0 {
		t.Errorf("%d mails got another answer than 451", unknown.Load())
	}
	Verified(t, list)
}
