package notice

import (
	"context"
	"crypto/rand"
	"embed"
	"errors"
	"fmt"
	"html/template"
	"log/slog"
	"net"
	"net/http"
	"net/netip"
	"reflect"
	"runtime/debug"
	"sync"
	"sync/atomic"
	"time"

	"github.com/kakitome/kakitome/internal/letter"
	"github.com/kakitome/kakitome/internal/public"
)

// Desk is what the site asks of the response. It is asked from many goroutines.
// An error means that it could not be answered now.
type Desk interface {
	// Board is all that is published, and which streams wait. It is asked every
	// few seconds.
	Board(ctx context.Context) (*public.Board, error)

	// Verify says what the records know of a receipt code and the address the
	// mail came to, both as typed. An unknown code and another's address are both
	// NotOurs, with nothing beside it.
	Verify(ctx context.Context, code, address string) (public.Verified, error)
	// VerifyMail does so for the mail itself, which is kept nowhere.
	VerifyMail(ctx context.Context, mail []byte, address string) (public.Verified, error)

	// SelfCheck decides whether to mail a link, and to whom. Nobody waits for it.
	SelfCheck(ctx context.Context, c public.SelfCheck) error
	// Result uses a mailed link up; nil: unknown, used or too old.
	Result(ctx context.Context, token string) (*public.Result, error)

	// Confirm records valid answers to a deletion request; false: no such letter.
	// Tokens and codes are to be found by a keyed hash, so that nothing is
	// compared in clear.
	Confirm(ctx context.Context, r public.Receipt, a letter.Answers) (bool, error)

	// Report and Ask give the reference number of what they recorded.
	Report(ctx context.Context, r public.Report) (string, error)
	Ask(ctx context.Context, q public.Question) (string, error)
}

// Options of a Site.
type Options struct {
	Desk    Desk
	Company public.Text    // its name
	Contact public.Contact // at the foot of every page; may be empty
	Privacy public.Privacy // of the policy in force
	URL     string         // how the public reaches the site, without a final slash
	Zone    *time.Location // of the times shown; nil: Japan
	Now     func() time.Time
	Log     *slog.Logger
	Limits  Limits         // zero fields: the defaults
	Proxies []netip.Prefix // whose X-Forwarded-For is believed; nil: loopback
	Tick    time.Duration  // answers leave at multiples of it; 0: 300 ms
}

//go:embed pages
var pageFiles embed.FS

// Site serves the pages.
type Site struct {
	o      Options
	began  time.Time
	mux    *http.ServeMux
	pages  map[public.Lang]*template.Template
	limits *limits
	checks chan public.SelfCheck
	slots  chan struct{} // for answers that ask the desk
	files  chan struct{} // for uploads, each of which is in memory

	renew sync.Mutex // one Refresh at a time
	board *public.Board
	shelf atomic.Pointer[shelf]
}

const (
	maxWaiting = 1000 // self-checks not handed over yet
	maxAsking  = 64   // requests at the desk at a time
	maxUploads = 8
	checkers   = 4 // goroutines that hand self-checks over
	refresh    = 2 * time.Second
	patience   = 10 * time.Second // with the desk
)

// New is a site with an empty board. Serve, or Run beside a server of one's
// own, keeps it current.
func New(o Options) (*Site, error) {
	if o.Zone == nil {
		o.Zone = time.FixedZone("JST", 9*60*60)
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	if o.Tick <= 0 {
		o.Tick = 300 * time.Millisecond
	}
	if o.Proxies == nil {
		o.Proxies = []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8"), netip.MustParsePrefix("::1/128")}
	}
	key := make([]byte, 32)
	if _, err := rand.Read(key); err != nil {
		return nil, fmt.Errorf("make key of limits: %w", err)
	}
	s := &Site{
		o: o, began: o.Now(), mux: http.NewServeMux(),
		limits: newLimits(o.Limits, key),
		checks: make(chan public.SelfCheck, maxWaiting),
		slots:  make(chan struct{}, maxAsking),
		files:  make(chan struct{}, maxUploads),
		board:  &public.Board{},
	}
	var err error
	if s.pages, err = parsePages(o); err != nil {
		return nil, err
	}
	first, err := s.stock(s.board, nil)
	if err != nil {
		return nil, err
	}
	s.shelf.Store(first)
	s.routes()
	return s, nil
}

// Refresh hangs out what the desk has now. What was published is visible when it
// returns.
func (s *Site) Refresh(ctx context.Context) error {
	s.renew.Lock()
	defer s.renew.Unlock()
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	board, err := s.o.Desk.Board(ctx)
	if err != nil {
		return fmt.Errorf("read board: %w", err)
	}
	if reflect.DeepEqual(board, s.board) {
		return nil
	}
	next, err := s.stock(board, nil)
	if err != nil {
		return err
	}
	s.board = board
	s.shelf.Store(next)
	return nil
}

// Run keeps the board current and hands self-checks over, until ctx ends.
func (s *Site) Run(ctx context.Context) {
	var wg sync.WaitGroup
	for range checkers {
		wg.Go(func() { s.handOver(ctx) })
	}
	wg.Go(func() { s.keepCurrent(ctx) })
	wg.Wait()
}

func (s *Site) keepCurrent(ctx context.Context) {
	t := time.NewTicker(refresh)
	defer t.Stop()
	for {
		if err := s.Refresh(ctx); err != nil && ctx.Err() == nil {
			s.o.Log.Warn("public pages not refreshed", "error", err)
		}
		select {
		case <-ctx.Done():
			return
		case <-t.C:
		}
	}
}

func (s *Site) handOver(ctx context.Context) {
	for {
		select {
		case <-ctx.Done():
			return
		case c := <-s.checks:
			asking, cancel := context.WithTimeout(ctx, patience)
			if err := s.o.Desk.SelfCheck(asking, c); err != nil && ctx.Err() == nil {
				s.o.Log.Warn("self-check not handed over", "error", err)
			}
			cancel()
		}
	}
}

// Serve runs the site on a listener until ctx ends, with the limits a listener
// that everybody reaches needs.
func (s *Site) Serve(ctx context.Context, ln net.Listener) error {
	srv := &http.Server{
		Handler:           s,
		ReadHeaderTimeout: 5 * time.Second,
		ReadTimeout:       60 * time.Second, // 10 MiB at 1.4 Mbit/s
		WriteTimeout:      90 * time.Second,
		IdleTimeout:       30 * time.Second,
		MaxHeaderBytes:    16 << 10,
		ErrorLog:          slog.NewLogLogger(slog.DiscardHandler, slog.LevelDebug), // its lines name visitors
	}
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	var wg sync.WaitGroup
	wg.Go(func() { s.Run(ctx) })
	wg.Go(func() {
		<-ctx.Done()
		last, done := context.WithTimeout(context.WithoutCancel(ctx), 3*time.Second)
		defer done()
		if srv.Shutdown(last) != nil {
			_ = srv.Close() // who has not finished by now is cut off
		}
	})
	err := srv.Serve(newBounded(ln, maxConns))
	cancel()
	wg.Wait()
	if errors.Is(err, http.ErrServerClosed) {
		return nil
	}
	return fmt.Errorf("serve public pages: %w", err)
}

// ServeHTTP implements http.Handler.
func (s *Site) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	defer func() {
		if p := recover(); p != nil { // a bug; the server's own line would name the visitor, and p may hold what was typed
			s.o.Log.Error("public page panicked", "pattern", r.Pattern, "stack", string(debug.Stack()))
			panic(http.ErrAbortHandler)
		}
	}()
	h := w.Header()
	h.Set("Content-Security-Policy", "default-src 'none'; style-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'")
	h.Set("Referrer-Policy", "no-referrer")
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("X-Frame-Options", "DENY")
	h.Set("Cross-Origin-Opener-Policy", "same-origin")
	h.Set("Cross-Origin-Resource-Policy", "same-origin")
	s.mux.ServeHTTP(w, r)
}
