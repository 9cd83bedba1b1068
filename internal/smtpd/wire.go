package smtpd

import (
	"bufio"
	"context"
	"crypto/tls"
	"errors"
	"io"
	"net"
	"net/netip"
	"os"
	"sync"
	"time"
)

const (
	maxCommand  = 4096    // octets with CRLF; RFC 5321 §4.5.3.1.4 and what extensions add
	maxAuthLine = 12288   // RFC 4954 §4
	maxRead     = 16384   // the reader's buffer: over maxAuthLine, one per connection
	maxAnswers  = 4 << 10 // answers kept back for one segment
	maxErrors   = 20
	maxAuth     = 3
)

// wire is the connection as go-smtp sees it. Only the session's goroutine uses
// it, but for kick and kill.
type wire struct {
	server  *Server
	ip      netip.Addr
	reader  *bufio.Reader
	session *session

	raw  net.Conn   // the connection itself
	conn net.Conn   // raw, or TLS over it
	mu   sync.Mutex // guards idle
	idle bool       // waiting for a command

	out     []byte // answers not sent yet
	line    []byte // an answer of go-smtp not complete yet
	pending []byte // what go-smtp reads next
	dead    bool   // nothing more is read or answered
	closed  bool

	greeted    bool // EHLO or HELO since the connection began or was secured
	old        bool // greeted with HELO
	secure     bool
	extensions Extensions // as offered in the last EHLO
	hello      string
	verb       verb   // the command being answered
	sasl       bool   // the client owes an answer to a 334
	path       string // address of the MAIL or RCPT being answered
	size       int64  // SIZE= of the MAIL being answered, 0 when not given
	content    *content
	began      time.Time // of content
	got        int64     // octets from the network since
	errors     int       // permanent refusals since the last accepted mail
	failures   int       // of AUTH
}

func newWire(s *Server, conn net.Conn, ip netip.Addr) *wire {
	w := &wire{server: s, raw: conn, conn: conn, ip: ip}
	w.session = &session{wire: w}
	w.reader = bufio.NewReaderSize(source{w}, maxRead)
	return w
}

// source is the network side. Before the client is waited for, everything
// answered so far leaves in one segment.
type source struct{ w *wire }

func (s source) Read(b []byte) (int, error) {
	w := s.w
	if err := w.flush(); err != nil {
		return 0, err
	}
	if !w.began.IsZero() {
		if err := w.conn.SetReadDeadline(w.contentDeadline()); err != nil {
			return 0, err
		}
	}
	n, err := w.conn.Read(b)
	w.got += int64(n)
	return n, err
}

// contentDeadline allows a pause, but no slower stream than MinRate over all.
func (w *wire) contentDeadline() time.Time {
	o := w.server.options
	pause := time.Now().Add(o.ReadTimeout)
	slow := w.began.Add(o.ReadTimeout + time.Duration(w.got/o.MinRate)*time.Second)
	if slow.Before(pause) {
		return slow
	}
	return pause
}

// Read gives go-smtp one command line, once the last one was answered.
func (w *wire) Read(b []byte) (int, error) {
	for len(w.pending) == 0 {
		if err := w.next(); err != nil {
			return 0, err
		}
	}
	n := copy(b, w.pending)
	w.pending = w.pending[n:]
	return n, nil
}

func (w *wire) next() error {
	line, err := w.readLine()
	if err != nil {
		return err
	}
	if w.sasl {
		w.sasl = false
		w.pending = []byte(line + "\r\n")
		return nil
	}
	if line = w.admit(line); line != "" {
		w.pending = []byte(line + "\r\n")
	}
	return nil
}

// readLine gives a command line without its CRLF. io.EOF means that the
// connection is over and everything was said.
func (w *wire) readLine() (string, error) {
	w.checkPatience()
	if w.dead || !w.wait() {
		return "", io.EOF
	}
	line, err := w.reader.ReadSlice('\n')
	stopping := w.awake()
	n := len(line)
	switch {
	case errors.Is(err, os.ErrDeadlineExceeded) && stopping:
		w.die("421 4.3.2 going down, try again later")
	case errors.Is(err, os.ErrDeadlineExceeded):
		w.die("421 4.4.2 nothing was heard for too long")
	case errors.Is(err, bufio.ErrBufferFull) || n > maxAuthLine || n > maxCommand && !w.sasl && !isAuth(line):
		w.die("500 5.5.6 line too long")
	case err != nil:
		w.dead = true
	case n < 2 || line[n-2] != '\r':
		// To read on would make LF a line end after all.
		w.die("500 5.5.2 lines must end in CRLF")
	default:
		return string(line[:n-2]), nil
	}
	return "", io.EOF
}

func isAuth(line []byte) bool {
	v, _ := cutVerb(string(line[:min(len(line), 8)]))
	return v == logIn
}

func (w *wire) checkPatience() {
	switch {
	case w.failures >= maxAuth:
		w.die("421 4.7.0 too many failed logins")
	case w.errors >= maxErrors:
		w.die("421 4.7.0 too many errors")
	}
}

// wait marks the connection as idle, unless the server is stopping. The
// deadline is for the whole line: a drip of octets does not extend it.
func (w *wire) wait() bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.server.stopping.Load() {
		w.die("421 4.3.2 going down, try again later")
		return false
	}
	w.idle = true
	return w.conn.SetReadDeadline(time.Now().Add(w.server.options.IdleTimeout)) == nil
}

func (w *wire) awake() (stopping bool) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.idle = false
	return w.server.stopping.Load()
}

// kick wakes an idle connection after stopping was set.
func (w *wire) kick() {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.idle {
		_ = w.raw.SetReadDeadline(time.Unix(1, 0))
	}
}

// kill ends the connection in whatever it does.
func (w *wire) kill() { _ = w.raw.Close() }

// readContent reads what follows DATA. After an error the connection is dead,
// so that nothing of the content is ever taken for a command.
func (w *wire) readContent(c *content) error {
	w.began, w.got = time.Now(), 0
	err := c.read(w.reader)
	w.began = time.Time{}
	switch {
	case errors.Is(err, os.ErrDeadlineExceeded):
		w.die("421 4.4.2 content came too slowly")
	case errors.Is(err, errDrained):
		w.die(reply(c.refused))
	case err != nil:
		w.dead = true
	default:
		w.pending = []byte(".\r\n") // all that is left for go-smtp to read
	}
	return err
}

// upgrade is STARTTLS (RFC 3207). What the client said before is forgotten,
// and nothing it sent in the clear is taken as said over TLS.
func (w *wire) upgrade(arg string) {
	switch {
	case w.server.options.TLS == nil:
		w.answer("502 5.5.1 STARTTLS is not offered")
	case w.secure:
		w.answer("503 5.5.1 TLS is there already")
	case arg != "":
		w.answer("501 5.5.4 STARTTLS has no argument")
	case w.reader.Buffered() > 0:
		w.die("501 5.5.1 nothing may follow STARTTLS before the handshake")
	default:
		w.answer("220 2.0.0 go ahead")
		w.handshake()
	}
}

func (w *wire) handshake() {
	if w.flush() != nil || !w.wait() {
		w.dead = true
		return
	}
	ctx, cancel := context.WithTimeout(context.Background(), w.server.options.ReadTimeout)
	defer cancel()
	secured := tls.Server(w.conn, w.server.options.TLS)
	err := secured.HandshakeContext(ctx)
	w.awake()
	if err != nil {
		w.dead = true // no answer: the client would read it in the middle of TLS
		return
	}
	w.conn = secured // the reader holds nothing: that was checked before the 220
	w.secure, w.greeted, w.hello = true, false, ""
	w.extensions = Extensions{}
}
