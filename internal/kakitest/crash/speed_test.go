package crash

import (
	"runtime"
	"syscall"
	"testing"
	"time"

	"github.com/kakitome/kakitome/internal/kakitest"
)

// BenchmarkGateway is the whole way of a mail, client and sink included, with 64
// sessions; -cpuprofile says where the time goes. It ends when the relay has
// all.
func BenchmarkGateway(b *testing.B) {
	const members = 10_000
	shop := NewShop(members)
	run := func(b *testing.B, db *Database, mail func(i int) *Mail) {
		sink := NewSink(b)
		list := Nodes(b, db, 1, sink.Addr(), "codes: {order_no: 'KK-\\d{8}'}\n")
		Roster(b, list, shop.Roster())
		mails := make([]*Mail, b.N)
		for i := range mails {
			mails[i] = mail(i)
		}
		runtime.GC()
		cpu := cpuTime()
		b.ResetTimer()
		_, released := flood(b.Context(), func() []string { return Doors(list) }, b.N, func(i int) *Mail { return mails[i] })
		taken := b.Elapsed()
		for deadline := time.Now().Add(kakitest.Patience); sink.Count() < released && time.Now().Before(deadline); {
			<-time.After(time.Millisecond)
		}
		b.StopTimer()
		if sink.Count() < released {
			b.Fatalf("%d of %d came to the relay", sink.Count(), released)
		}
		b.ReportMetric(float64(b.N)/taken.Seconds(), "taken/s")
		b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "relayed/s")
		b.ReportMetric(float64((cpuTime()-cpu).Microseconds())/float64(b.N), "cpu-µs/mail")
	}
	for _, e := range []struct {
		name string
		db   func(b *testing.B) *Database
	}{
		{"sqlite", func(*testing.B) *Database { return &Database{} }},
		{"postgres", func(b *testing.B) *Database { return Postgres(b) }},
	} {
		b.Run(e.name, func(b *testing.B) {
			run(b, e.db(b), func(i int) *Mail { return shop.Order(i, i*7%members, shop.Email(i*7%members)) })
		})
		b.Run(e.name+"_held", func(b *testing.B) {
			run(b, e.db(b), func(i int) *Mail { return shop.Order(i, i*7%members, shop.Email((i*7+100)%members)) })
		})
	}
}

// cpuTime is what this process has used, client and sink included.
func cpuTime() time.Duration {
	var u syscall.Rusage
	if syscall.Getrusage(syscall.RUSAGE_SELF, &u) != nil {
		return 0
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}
