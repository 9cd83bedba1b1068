package demo

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"sync/atomic"
	"time"
)

// Options say how the drill is played.
type Options struct {
	Recipients int // other members the defect reaches, 0 to MostRecipients
	Orders     int // of the normal day (300)
	Version    string
	Log        io.Writer                        // the gateway's warnings; nil: nowhere
	Progress   func(step string, done, all int) // may come from many goroutines; nil: nobody asks
}

// MostRecipients bounds the drill: each is a mail of its own, five times over.
const MostRecipients = 100_000

const (
	leastMembers = 120
	seed         = 20190703
	patience     = time.Minute // for what must happen, and 20 ms more for each mail
)

// drill is one play on its stage.
type drill struct {
	*stage
	o    Options
	shop *shop
	f    *Figures

	incident string // its id
}

// Play plays the incident from end to end. Promises that did not hold are in
// the figures. The error tells why it could not be played to its end; what was
// measured before is there then too, as far as the stage was built.
func Play(ctx context.Context, o Options) (_ *Figures, err error) {
	if o.Recipients < 0 || o.Recipients > MostRecipients {
		return nil, fmt.Errorf("play drill: recipients are not between 0 and %d", MostRecipients)
	}
	o.Orders = cmp.Or(o.Orders, dayOrders)
	if o.Log == nil {
		o.Log = io.Discard
	}
	if o.Progress == nil {
		o.Progress = func(string, int, int) {}
	}
	began := time.Now()
	d := &drill{o: o, f: &Figures{Broken: []string{}}}
	if d.stage, err = build(ctx, o.Version, o.Log); err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, d.strike()) }()
	for _, act := range []func(context.Context) error{d.open, d.normalDay, d.enforced, d.observed, d.responded, d.unregistered, d.evidence} {
		act := func() error {
			ctx, cancel := context.WithTimeout(ctx, patience+time.Duration(o.Recipients)*20*time.Millisecond)
			defer cancel()
			return act(ctx)
		}
		if err := act(); err != nil {
			return d.f, err
		}
	}
	d.f.Seconds = seconds(began)
	d.f.OK = len(d.f.Broken) == 0
	return d.f, nil
}

func seconds(since time.Time) float64 { return time.Since(since).Seconds() }

// open registers the members and has their roster imported.
func (d *drill) open(ctx context.Context) (err error) {
	if d.shop, err = newShop(seed, d.now); err != nil {
		return err
	}
	d.shop.Reach = d.o.Recipients
	d.f.Members = max(d.o.Recipients+1, leastMembers)
	for range d.f.Members {
		if err := d.shop.register(); err != nil {
			return err
		}
	}
	var csv bytes.Buffer
	if err := d.shop.roster(&csv); err != nil {
		return err
	}
	began := time.Now()
	got, err := d.staff.ImportRoster(ctx, &csv, false)
	if err != nil {
		return fmt.Errorf("import roster: %w", err)
	}
	d.f.ImportSeconds = seconds(began)
	d.f.equal("open: members imported", got.Rows-got.Rejected, d.f.Members)
	return nil
}

// post hands letters in and shows how far it is.
func (d *drill) post(ctx context.Context, step string, letters []*letter) (*posted, error) {
	var done atomic.Int64
	count, err := post(ctx, d.app.SMTPAddr(), letters, func() {
		if n := int(done.Add(1)); n%50 == 0 || n == len(letters) {
			d.o.Progress(step, n, len(letters))
		}
	})
	if err != nil {
		return nil, fmt.Errorf("%s: %w", step, err)
	}
	return count, nil
}

// arrivals waits until the released letters of a stream have arrived, and
// counts what did of some of them.
func (d *drill) arrivals(ctx context.Context, stream string, letters []*letter) (*received, error) {
	st, err := d.settled(ctx, stream)
	if err != nil {
		return nil, err
	}
	d.f.promise(!st.Paused, "stream %s goes on: it is paused by rule %s", stream, st.Rule)
	return d.relay.of(letters)
}

// evidence checks the log of all decisions.
func (d *drill) evidence(ctx context.Context) error {
	began := time.Now()
	logs, err := d.staff.Verify(ctx)
	if err != nil {
		return fmt.Errorf("verify evidence: %w", err)
	}
	e := &d.f.Evidence
	e.Seconds, e.Verified = seconds(began), len(logs) > 0
	for _, l := range logs {
		e.Entries += l.Entries
		e.Verified = e.Verified && l.OK
		d.f.promise(l.OK, "evidence: log %s does not verify: %s", l.Log, l.Problem)
	}
	d.f.promise(e.Verified, "evidence: verified")
	return nil
}
