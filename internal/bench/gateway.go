package bench

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"runtime"
	"time"

	"github.com/kakitome/kakitome/client"
	"github.com/kakitome/kakitome/internal/kakitest/people"
)

// Options say what to measure.
type Options struct {
	People   int    // in the roster
	Mails    int    // of a run through a gateway; the bare wire gets four times as many
	Runs     int    // of which the median is told
	Peers    bool   // a peer that cannot be measured is an error, not left out
	Database string // postgres://…: a server that is there; empty: a private one
	Program  string // this program, whose serve command is measured
	Profile  string // write a CPU profile of the SQLite path here, and measure nothing else
	Talk     io.Writer
}

func (o *Options) say(format string, args ...any) { _, _ = fmt.Fprintf(o.Talk, format+"\n", args...) }

// path is one way from the source to the sink, up and waiting.
type path struct {
	name     string
	addr     string
	pid      int            // of the gateway, 0 where there is none
	database int            // of its database server
	staff    *client.Client // of Kakitome
	imported float64        // people a second
	profile  func() error   // starts the profile
	stop     func() error
}

// load is one kind of mail.
type load struct {
	content string
	bytes   int
}

// loads are those that are measured.
func loads() []load { return []load{{ContentX, 4096}, {ContentX, 20000}, {ContentOrder, 4096}} }

// patience is how long one run may take.
const patience = 5 * time.Minute

// bench is one run of everything.
type bench struct {
	*Options
	dir    string
	source string // smtp-source, where installed
	sink   *sink
	paths  []*path
	people *people.People
	serial int // of mails and series, never used twice
	onStop []func() error
}

// Gateway measures the whole path.
func Gateway(ctx context.Context, o Options) (_ *Figures, err error) {
	b := &bench{Options: &o, people: people.New(peopleSeed)}
	f := &Figures{Cores: runtime.GOMAXPROCS(0), Runs: o.Runs, LoadAverage: loadAverage()}
	defer func() { err = errors.Join(err, b.close()) }()
	if b.dir, err = os.MkdirTemp("", "kakitome-bench-"); err != nil {
		return nil, fmt.Errorf("make directory: %w", err)
	}
	b.defers(func() error { return os.RemoveAll(b.dir) })
	if err := os.Chmod(b.dir, 0o711); err != nil { //nolint:gosec // the users of Postfix and PostgreSQL must pass
		return nil, fmt.Errorf("make directory: %w", err)
	}
	b.source, _ = exec.LookPath("smtp-source")
	if err := b.open(ctx); err != nil {
		return nil, err
	}
	if f.Rows, err = b.measure(ctx); err != nil {
		return nil, err
	}
	for _, p := range b.paths {
		if p.name == PathSQLite {
			f.ImportRate = p.imported
		}
	}
	f.compare()
	return f, nil
}

func (b *bench) defers(do func() error) { b.onStop = append(b.onStop, do) }

// close stops all that was started, last first.
func (b *bench) close() error {
	var failed []error
	for i := len(b.onStop) - 1; i >= 0; i-- {
		failed = append(failed, b.onStop[i]())
	}
	return errors.Join(failed...)
}

// open starts the sink and every path to it.
func (b *bench) open(ctx context.Context) (err error) {
	if b.sink, err = openSink(ctx); err != nil {
		return err
	}
	b.defers(func() error { return b.sink.stop() })
	sqlite := func() (*path, error) {
		return openKakitome(ctx, b.Options, PathSQLite, b.dir, b.sink.addr, &database{})
	}
	if b.Profile != "" {
		return b.add(sqlite)
	}
	b.paths = []*path{{name: PathDirect, addr: b.sink.addr}}
	return errors.Join(
		b.peer(b.add(func() (*path, error) { return openPostfix(ctx, b.dir, b.sink.addr) })),
		b.add(sqlite),
		b.peer(b.add(func() (*path, error) {
			d, err := openDatabase(ctx, b.dir, b.Database)
			if err != nil {
				return nil, fmt.Errorf("PostgreSQL: %w", err)
			}
			b.defers(d.stop)
			return openKakitome(ctx, b.Options, PathPostgres, b.dir, b.sink.addr, d)
		})),
	)
}

func (b *bench) add(open func() (*path, error)) error {
	p, err := open()
	if err != nil {
		return err
	}
	b.paths = append(b.paths, p)
	b.defers(p.stop)
	return nil
}

// peer passes over what cannot be measured on this machine, unless it was
// asked for.
func (b *bench) peer(err error) error {
	if err != nil && !b.Peers && errors.Is(err, errAbsent) {
		b.say("left out: %v", err)
		return nil
	}
	return err
}

// measure lets all paths take turns with all loads, again and again.
func (b *bench) measure(ctx context.Context) ([]Row, error) {
	type cell struct {
		path int
		load load
	}
	seen := map[cell][]Row{}
	for run := range b.Runs {
		for _, l := range loads() {
			for i, p := range b.paths {
				row, err := b.run(ctx, p, l)
				if err != nil {
					return nil, fmt.Errorf("measure %s with %s of %d bytes: %w", p.name, l.content, l.bytes, err)
				}
				b.say("run %d of %d: %s %s %d: %.0f mails/s, %.0f µs, foreign %.0f %%", run+1, b.Runs, p.name, l.content, l.bytes, row.Rate, row.CPU, row.Foreign)
				seen[cell{i, l}] = append(seen[cell{i, l}], *row)
			}
		}
	}
	var rows []Row
	for _, l := range loads() {
		for i := range b.paths {
			rows = append(rows, middle(seen[cell{i, l}]))
		}
	}
	return rows, nil
}

// middle is the median of each figure.
func middle(runs []Row) Row {
	row := runs[0]
	for _, figure := range []func(*Row) *float64{
		func(r *Row) *float64 { return &r.Rate }, func(r *Row) *float64 { return &r.CPU }, func(r *Row) *float64 { return &r.Database },
		func(r *Row) *float64 { return &r.P50 }, func(r *Row) *float64 { return &r.P99 },
		func(r *Row) *float64 { return &r.P50Busy }, func(r *Row) *float64 { return &r.P99Busy },
		func(r *Row) *float64 { return &r.Foreign }, func(r *Row) *float64 { return &r.Load },
	} {
		var values []float64
		for i := range runs {
			values = append(values, *figure(&runs[i]))
		}
		*figure(&row) = median(values)
	}
	return row
}

// run measures one path with one load.
func (b *bench) run(ctx context.Context, p *path, l load) (*Row, error) {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	row := &Row{Path: p.name, Content: l.content, BodyBytes: l.bytes, People: b.People, Mails: b.Mails, Load: loadAverage()}
	if p.pid == 0 {
		row.Mails *= 4
	}
	if p.profile != nil {
		if err := p.profile(); err != nil {
			return nil, fmt.Errorf("start profile: %w", err)
		}
		p.profile = nil
	}
	if err := b.flood(ctx, p, l, row); err != nil {
		return nil, err
	}
	lone, err := b.sendAll(ctx, p, l, 1, max(b.Mails/10, 1))
	if err != nil {
		return nil, err
	}
	row.P50, row.P99 = lone.at(50), lone.at(99)
	if row.P50Busy != 0 {
		return row, nil
	}
	busy, err := b.sendAll(ctx, p, l, sessions, max(b.Mails/2, 1))
	if err != nil {
		return nil, err
	}
	row.P50Busy, row.P99Busy = busy.at(50), busy.at(99)
	return row, nil
}

// flood sends as fast as the path takes it, and times until all has arrived.
func (b *bench) flood(ctx context.Context, p *path, l load, row *Row) error {
	send, err := b.sender(ctx, p, l, row)
	if err != nil {
		return err
	}
	before := b.sink.count()
	gateway, db, ours, all := cpuOf(p.pid), cpuOf(p.database), cpuOf(os.Getpid()), machineCPU()
	began := time.Now()
	if err := send(); err != nil {
		return err
	}
	if err := b.arrived(ctx, before+row.Mails); err != nil {
		return err
	}
	took := time.Since(began)
	if err := p.settled(ctx); err != nil {
		return err
	}
	foreign := (machineCPU() - all) - (cpuOf(os.Getpid()) - ours)
	row.Rate = float64(row.Mails) / took.Seconds()
	row.CPU = perMail(cpuOf(p.pid)-gateway, row.Mails)
	row.Database = perMail(cpuOf(p.database)-db, row.Mails)
	row.Foreign = max(0, 100*foreign.Seconds()/time.Since(began).Seconds())
	if got := b.sink.count() - before; got != row.Mails {
		return fmt.Errorf("%d mails were handed in and %d arrived", row.Mails, got)
	}
	return nil
}

func perMail(d time.Duration, n int) float64 { return float64(d.Microseconds()) / float64(n) }

// sender prepares the load of a flood: smtp-source sends X; what only we can
// write, or where it is missing, we send.
func (b *bench) sender(ctx context.Context, p *path, l load, row *Row) (func() error, error) {
	if l.content == ContentX && b.source != "" {
		series := b.series()
		return func() error { return source(ctx, b.source, p.addr, row.Mails, l.bytes, series) }, nil
	}
	letters, err := b.letters(l, row.Mails)
	return func() error {
		took, err := post(ctx, p.addr, sessions, letters)
		row.P50Busy, row.P99Busy = took.at(50), took.at(99)
		return err
	}, err
}

// sendAll sends n mails over some sessions and waits until all have arrived.
func (b *bench) sendAll(ctx context.Context, p *path, l load, sessions, n int) (latencies, error) {
	letters, err := b.letters(l, n)
	if err != nil {
		return nil, err
	}
	before := b.sink.count()
	took, err := post(ctx, p.addr, sessions, letters)
	if err != nil {
		return nil, err
	}
	if err := b.arrived(ctx, before+n); err != nil {
		return nil, err
	}
	return took, p.settled(ctx)
}

// series names recipients that got no mail yet.
func (b *bench) series() string {
	b.serial++
	return fmt.Sprintf("r%d", b.serial)
}

// letters are n new mails to different recipients.
func (b *bench) letters(l load, n int) ([]letter, error) {
	list, series := make([]letter, 0, n), b.series()
	for i := range n {
		if l.content == ContentX {
			list = append(list, plainLetter(series, i, l.bytes))
			continue
		}
		b.serial++
		next, err := orderLetter(b.people, b.serial%b.People, b.serial, l.bytes)
		if err != nil {
			return nil, err
		}
		list = append(list, next)
	}
	return list, nil
}

// arrived waits until the sink has counted so many mails.
func (b *bench) arrived(ctx context.Context, n int) error {
	tick := time.NewTicker(time.Millisecond)
	defer tick.Stop()
	for b.sink.count() < n {
		select {
		case <-tick.C:
		case <-ctx.Done():
			return fmt.Errorf("%d mails have not arrived: %w", n-b.sink.count(), ctx.Err())
		}
	}
	return nil
}
