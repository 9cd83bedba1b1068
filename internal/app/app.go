package app

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"path/filepath"
	"slices"
	"sync"
	"time"

	"golang.org/x/mod/sumdb/note"

	"github.com/kakitome/kakitome/client"
	"github.com/kakitome/kakitome/internal/admin"
	"github.com/kakitome/kakitome/internal/config"
	"github.com/kakitome/kakitome/internal/feed"
	"github.com/kakitome/kakitome/internal/gate"
	"github.com/kakitome/kakitome/internal/httpapi"
	"github.com/kakitome/kakitome/internal/keys"
	"github.com/kakitome/kakitome/internal/notice"
	"github.com/kakitome/kakitome/internal/policy"
	"github.com/kakitome/kakitome/internal/relay"
	"github.com/kakitome/kakitome/internal/response"
	"github.com/kakitome/kakitome/internal/roster"
	"github.com/kakitome/kakitome/internal/smtpd"
	"github.com/kakitome/kakitome/internal/store"
	"github.com/kakitome/kakitome/internal/telemetry"
	"github.com/kakitome/kakitome/internal/upkeep"
)

// Options are what a program is made of.
type Options struct {
	Config  *config.Config
	Version string
	Offline bool // no doors, no relay, no upkeep: only the handler, for a command without a server
	Log     *slog.Logger
	Now     func() time.Time // (time.Now)
}

// App is the whole program. Make one with New, then Start it.
type App struct {
	o      Options
	cfg    *config.Config
	policy *policy.Policy
	now    func() time.Time

	ring   *keys.Ring
	hasher *roster.Hasher
	store  *store.Store
	index  *roster.Index
	gate   *gate.Gate
	desk   *admin.Desk
	// response runs what comes after something has left.
	response *response.Desk
	site     *notice.Site
	metrics  *telemetry.Metrics
	handler  http.Handler
	pulse    *upkeep.Pulse
	chores   *upkeep.Chores
	queue    *queue
	client   *relay.Client
	runner   *relay.Runner
	smtp     *smtpd.Server
	incoming *smtpd.Server // nil: incoming mail comes by smtp too
	admin    net.Listener
	public   net.Listener
	started  time.Time

	following sync.Mutex // one change of the index at a time
	rejudged  int64      // roster version at which held mail was last judged again; its chore's own

	mu     sync.Mutex
	onStop []cleanup // last in, first out
}

// cleanup undoes one step of the set-up.
type cleanup struct {
	name string
	do   func(ctx context.Context) error
}

// New checks the configuration as a whole; it opens nothing.
func New(_ context.Context, o Options) (*App, error) {
	if o.Now == nil {
		o.Now = time.Now
	}
	pol, err := o.Config.Policy()
	if err != nil {
		return nil, err
	}
	return &App{o: o, cfg: o.Config, policy: pol, now: o.Now}, nil
}

// Start starts everything, in one straight line. When a step fails, the steps
// before it are undone.
func (a *App) Start(ctx context.Context) error {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.started = a.now()
	a.metrics = telemetry.New(a.o.Version)
	steps := []func(context.Context) error{a.openData, a.openStore, a.turnKeys, a.loadRoster, a.makeGate, a.makeResponse, a.makeDesk}
	if !a.o.Offline {
		steps = append(steps, a.makeUpkeep, a.startPulse, a.startRelay, a.startUpkeep, a.openAdmin, a.openPublic, a.openSMTP, a.openIncoming, a.openSocket)
	}
	for _, step := range steps {
		if err := step(ctx); err != nil {
			return errors.Join(err, a.unwind(context.WithoutCancel(ctx)))
		}
	}
	return nil
}

// Stop stops everything in the reverse order; what was accepted is finished as
// far as ctx allows. It may be called again.
func (a *App) Stop(ctx context.Context) error {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.unwind(ctx)
}

func (a *App) unwind(ctx context.Context) error {
	var failed []error
	for _, c := range slices.Backward(a.onStop) {
		if err := c.do(ctx); err != nil {
			failed = append(failed, fmt.Errorf("%s: %w", c.name, err))
		}
	}
	a.onStop = nil
	return errors.Join(failed...)
}

func (a *App) defers(name string, do func(ctx context.Context) error) {
	a.onStop = append(a.onStop, cleanup{name, do})
}

func (a *App) openData(context.Context) (err error) {
	unlock, err := lockData(a.cfg.Data)
	if err != nil {
		return err
	}
	a.defers("unlock data directory", func(context.Context) error { return unlock() })
	if a.ring, err = keys.Open(KeyDir(a.cfg), rand.Reader, a.now()); err != nil {
		return err
	}
	a.hasher, err = roster.NewHasher(a.ring.HashSecret())
	return err
}

func (a *App) openStore(ctx context.Context) error {
	signerKey, _, err := a.ring.EvidenceKey(a.logName())
	if err != nil {
		return err
	}
	signer, err := note.NewSigner(signerKey)
	if err != nil {
		return fmt.Errorf("open evidence key: %w", err)
	}
	a.store, err = store.Open(ctx, store.Options{
		DSN: a.cfg.DatabaseURL(), Path: filepath.Join(a.cfg.Data, "kakitome.db"), Node: a.ring.NodeID(), Signer: signer, Log: a.o.Log,
	})
	if err != nil {
		return err
	}
	a.defers("close store", func(context.Context) error { return a.store.Close() })
	return nil
}

func (a *App) makeGate(context.Context) error {
	a.queue = &queue{
		store: a.store, node: a.ring.NodeID(), hostname: a.cfg.SMTP.Hostname, lease: leaseTime, now: a.now,
		policy: a.policy, codeKey: a.postKey(receiptCodes),
		wake: make(chan struct{}, 1), log: a.o.Log, origins: map[string]*origin{},
	}
	o := gate.Options{
		Ledger: a.store, Sealer: sealer{a.ring}, Hasher: a.hasher, Roster: a.index, Policy: a.policy,
		Hostname: a.cfg.SMTP.Hostname, Node: a.ring.NodeID(), Lease: leaseTime,
		Now: a.now, NewID: newID, Received: a.received, Log: a.o.Log,
	}
	if !a.o.Offline {
		o.Offer = func(m *gate.Mail, opened *gate.Opened) { a.queue.offer(a.runner, m, opened) }
		o.Recalled = func() { a.queue.Ring() }
	}
	a.gate = gate.New(o)
	a.queue.gate = a.gate
	a.gate.Start()
	a.defers("stop gate", func(ctx context.Context) error {
		a.gate.Stop()
		return a.store.SignHead(ctx, a.now()) // over all that was written
	})
	return nil
}

func (a *App) makeDesk(context.Context) error {
	a.desk = admin.New(admin.Options{
		Store: a.store, Gate: a.gate, Hasher: a.hasher, Roster: a.index, Policy: a.policy,
		Feeds: a.feeds(), Source: feed.New(a.now), FeedDue: a.feedDue,
		Seal: a.seal, Open: a.open, Verify: a.verify,
		Follow: a.follow, Stopped: a.stopped, Health: a.health, MaxMail: int64(a.cfg.SMTP.MaxMessage),
		Now: a.now, Log: a.o.Log,
	})
	users, err := a.staff()
	if err != nil {
		return err
	}
	a.handler = httpapi.Handler(a.desk, responding{a.response, a}, signs(users), a.o.Log)
	return nil
}

// stopped makes a pause or a resume effective here before the command returns.
func (a *App) stopped(ctx context.Context) {
	if a.pulse != nil {
		a.pulse.Again(ctx)
		a.queue.Ring()
	}
}

func (a *App) startPulse(ctx context.Context) error {
	a.pulse = upkeep.NewPulse(upkeep.PulseOptions{Ask: a.beat, Changed: a.pulseChanged, Log: a.o.Log}) // freshness is of the real clock
	a.queue.pulse = a.pulse
	if err := a.pulse.Start(ctx); err != nil {
		return err
	}
	a.defers("stop pulse", func(context.Context) error { a.pulse.Stop(); return nil })
	return nil
}

func (a *App) startRelay(ctx context.Context) error {
	o, err := a.relayOptions()
	if err != nil {
		return err
	}
	if a.client, err = relay.New(o); err != nil {
		return err
	}
	a.defers("close relay connections", func(context.Context) error { a.client.Close(); return nil })
	if _, err := a.store.ReleaseNode(ctx, a.now()); err != nil {
		return fmt.Errorf("take back this node's leases: %w", err)
	}
	a.runner = relay.NewRunner(a.queue, a.client, relay.RunnerOptions{Workers: a.cfg.Relay.MaxConnections, Hot: hotJobs, Log: a.o.Log, Now: a.now})
	a.runner.Start()
	a.serveCounters()
	a.defers("stop relay", func(ctx context.Context) error {
		return errors.Join(a.runner.Stop(ctx), a.queue.giveBack(ctx))
	})
	return nil
}

func (a *App) openSocket(context.Context) error {
	s, err := httpapi.Listen(SocketPath(a.cfg), a.handler, a.o.Log)
	if err != nil {
		return err
	}
	a.defers("close control socket", s.Stop)
	return nil
}

// openAdmin serves health and metrics, which hold no personal data.
func (a *App) openAdmin(context.Context) (err error) {
	if a.admin, err = net.Listen("tcp", a.cfg.Admin.Listen); err != nil {
		return fmt.Errorf("open admin listener: %w", err)
	}
	server := &http.Server{
		Handler: a.metrics.Handler(a.ready), ReadHeaderTimeout: 10 * time.Second,
		ErrorLog: slog.NewLogLogger(a.o.Log.Handler(), slog.LevelWarn),
	}
	done := make(chan error, 1)
	go func() { done <- server.Serve(a.admin) }()
	a.defers("close admin listener", func(ctx context.Context) error {
		err := server.Shutdown(ctx)
		if err != nil {
			err = errors.Join(err, server.Close())
		}
		if served := <-done; !errors.Is(served, http.ErrServerClosed) {
			err = errors.Join(err, served)
		}
		return err
	})
	return nil
}

func (a *App) openSMTP(context.Context) error {
	o, err := a.smtpOptions()
	if err != nil {
		return err
	}
	a.smtp = smtpd.New(o, a.inboxBefore(a.gate))
	if err := a.smtp.Start(); err != nil {
		return err
	}
	a.defers("close smtp", a.smtp.Stop)
	return nil
}

// Handler is what the control socket serves.
func (a *App) Handler() http.Handler { return a.handler }

// SMTPAddr is where the SMTP door really listens.
func (a *App) SMTPAddr() string { return a.smtp.Addr().String() }

// IncomingAddr is where the door for incoming mail is, if it has one of its own.
func (a *App) IncomingAddr() string { return a.incoming.Addr().String() }

// PublicAddr is where the public pages are served.
func (a *App) PublicAddr() string { return a.public.Addr().String() }

// AdminAddr is where health and metrics are served.
func (a *App) AdminAddr() string { return a.admin.Addr().String() }

func (a *App) health() client.Health {
	h := client.Health{Version: a.o.Version, Node: a.ring.NodeID(), Started: a.started, Ready: a.ready() == nil}
	if a.smtp != nil {
		h.SMTP = a.SMTPAddr()
	}
	if a.admin != nil {
		h.Admin = a.AdminAddr()
	}
	if a.public != nil {
		h.Public = a.PublicAddr()
	}
	return h
}

// ready tells whether mail can be taken and relayed.
func (a *App) ready() error {
	if a.pulse == nil || !a.pulse.Fresh() {
		return errors.New("the database does not answer")
	}
	return nil
}
