package app

import (
	"sync/atomic"
	"time"

	"github.com/kakitome/kakitome/internal/gate"
)

// received counts an accepted mail.
func (a *App) received(stream string, r gate.Receipt, took time.Duration) {
	if r.Duplicate {
		a.metrics.Received(stream, 0, 0, r.Recipients, took)
		return
	}
	a.metrics.Received(stream, r.Recipients-r.Held, r.Held, 0, took)
}

// serveCounters serves what the relay counts.
func (a *App) serveCounters() {
	c := &a.runner.Counts
	for _, n := range []struct {
		name, help string
		from       *atomic.Int64
	}{
		{"kakitome_relay_relayed_total", "Recipients the relay took.", &c.Relayed},
		{"kakitome_relay_deferred_total", "Recipients to be tried again.", &c.Deferred},
		{"kakitome_relay_failed_total", "Recipients refused or given up.", &c.Failed},
		{"kakitome_relay_uncertain_total", "Mails whose answer to the final dot was lost.", &c.Uncertain},
		{"kakitome_relay_repeated_total", "Mails tried again after a lost answer: possible duplicates.", &c.Repeated},
		{"kakitome_relay_lapsed_total", "Deliveries claimed again after a lease without an answer: possible duplicates.", &a.queue.again},
	} {
		a.metrics.Counter(n.name, n.help, func() float64 { return float64(n.from.Load()) })
	}
}
