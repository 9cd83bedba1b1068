package smtpd

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/netip"
	"sync"
	"sync/atomic"
	"time"

	"github.com/emersion/go-smtp"

	"github.com/kakitome/kakitome/internal/fault"
	"github.com/kakitome/kakitome/internal/gate"
)

// Gate is the one path behind every door. When Receive returns, the decision
// is on disk or nothing was kept; the content is not used any more.
type Gate interface {
	Receive(ctx context.Context, s gate.Submission) (gate.Receipt, error)
}

// Server is the door.
type Server struct {
	options  Options
	gate     Gate
	smtp     *smtp.Server
	memory   budget
	stopping atomic.Bool
	work     context.Context // of the gate's work; ends when Stop cannot wait
	cancel   context.CancelFunc

	mu       sync.Mutex // guards the rest
	listener net.Listener
	wires    map[*wire]struct{}
	seats    seats
	served   chan struct{} // closed when nobody accepts any more
	empty    chan struct{} // closed when stopping and the last wire has left
}

// New makes a door. It does nothing before Start.
func New(o Options, g Gate) *Server {
	o = o.withDefaults()
	s := &Server{options: o, gate: g, memory: budget{free: o.MaxInFlightBytes}, wires: map[*wire]struct{}{},
		seats:  seats{max: o.MaxConnections, maxPerIP: o.MaxConnectionsPerIP, perIP: map[netip.Addr]int{}},
		served: make(chan struct{}), empty: make(chan struct{})}
	s.work, s.cancel = context.WithCancel(context.Background())
	s.smtp = smtp.NewServer(smtp.BackendFunc(func(c *smtp.Conn) (smtp.Session, error) {
		return c.Conn().(*wire).session, nil
	}))
	s.smtp.Domain = o.Hostname
	s.smtp.MaxRecipients = o.MaxRecipients
	s.smtp.MaxLineLength = 0        // the wire's business, as are timeouts and sizes
	s.smtp.AllowInsecureAuth = true // TLS lies below the wire, which refuses AUTH without it
	s.smtp.EnableSMTPUTF8, s.smtp.EnableREQUIRETLS, s.smtp.EnableDSN = true, true, true
	s.smtp.ErrorLog = libraryLog{o.Log}
	return s
}

// Start binds the address and serves in the background.
func (s *Server) Start() error {
	if err := s.options.check(); err != nil {
		return err
	}
	l, err := net.Listen("tcp", s.options.Listen)
	if err != nil {
		return fault.Wrap(fault.Unavailable, "start smtp door", "cannot listen on "+s.options.Listen, err).
			WithHint("is another program using the port?")
	}
	s.serve(l)
	return nil
}

func (s *Server) serve(l net.Listener) {
	s.mu.Lock()
	s.listener = l
	s.mu.Unlock()
	go func() {
		defer close(s.served)
		if err := s.smtp.Serve(door{l, s}); err != nil && !s.stopping.Load() {
			s.options.Log.Error("smtp door stopped accepting", "error", err)
		}
	}()
}

// Addr is where the door listens, nil before Start.
func (s *Server) Addr() net.Addr {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.listener == nil {
		return nil
	}
	return s.listener.Addr()
}

// Stop lets mails under way finish and tells the idle to come back later. When
// ctx ends first, connections are cut, the gate's context ends, and ctx's
// error is returned: a mail without an answer is the client's to send again.
// It may be called again.
func (s *Server) Stop(ctx context.Context) error {
	s.stopping.Store(true)
	defer s.cancel()
	s.mu.Lock()
	l := s.listener
	s.mu.Unlock()
	if l == nil {
		return nil
	}
	_ = l.Close()
	<-s.served
	s.each((*wire).kick)
	select {
	case <-s.empty:
	case <-ctx.Done():
		s.cancel()
		s.each((*wire).kill)
		return fmt.Errorf("stop smtp door: %w", ctx.Err())
	}
	if err := s.smtp.Shutdown(ctx); err != nil && !errors.Is(err, smtp.ErrServerClosed) {
		return fmt.Errorf("stop smtp door: %w", err)
	}
	return nil
}

// each calls f for every connection, and tells when there is none.
func (s *Server) each(f func(*wire)) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for w := range s.wires {
		f(w)
	}
	s.noteEmpty()
}

// noteEmpty is called with mu held.
func (s *Server) noteEmpty() {
	if len(s.wires) > 0 || !s.stopping.Load() {
		return
	}
	select {
	case <-s.empty:
	default:
		close(s.empty)
	}
}

// door accepts connections for go-smtp, within the limits.
type door struct {
	net.Listener
	server *Server
}

func (d door) Accept() (net.Conn, error) {
	for {
		conn, err := d.Listener.Accept()
		if err != nil {
			return nil, err
		}
		if w := d.server.enter(conn); w != nil {
			return w, nil
		}
		_ = conn.SetWriteDeadline(time.Now().Add(time.Second))
		_, _ = conn.Write([]byte("421 4.7.0 too many connections, try again later\r\n"))
		_ = conn.Close()
		d.server.options.Hooks.refused()
	}
}

// Close is for go-smtp. Stop closes the listener, earlier.
func (d door) Close() error { return nil }

func (s *Server) enter(conn net.Conn) *wire {
	ip := addrOf(conn)
	s.mu.Lock()
	defer s.mu.Unlock()
	if !s.seats.take(ip) {
		return nil
	}
	w := newWire(s, conn, ip)
	s.wires[w] = struct{}{}
	s.options.Hooks.connected()
	return w
}

func (s *Server) leave(w *wire) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.wires, w)
	s.seats.give(w.ip)
	s.options.Hooks.disconnected()
	s.noteEmpty()
}

func addrOf(conn net.Conn) netip.Addr {
	if a, ok := conn.RemoteAddr().(*net.TCPAddr); ok {
		return a.AddrPort().Addr().Unmap()
	}
	return netip.Addr{}
}

func (s *Server) relayExtensions() Extensions {
	if s.options.RelayExtensions == nil {
		return Extensions{EightBitMIME: true, SMTPUTF8: true, DSN: true}
	}
	return s.options.RelayExtensions()
}

// failed logs what is our fault, and is not told to the client.
func (s *Server) failed(err error) {
	if kind := fault.KindOf(err); kind == fault.Internal || kind == fault.Unavailable {
		s.options.Log.Error("mail not received", "kind", kind.String(), "error", err)
	}
}

// libraryLog keeps what go-smtp has to say, without the values it would print:
// they may quote a client.
type libraryLog struct{ log *slog.Logger }

func (l libraryLog) Printf(format string, _ ...any) {
	l.log.Warn("smtp library", "message", format)
}

func (l libraryLog) Println(...any) { l.log.Warn("smtp library") }
