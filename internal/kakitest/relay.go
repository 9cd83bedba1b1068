package kakitest

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"net"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/emersion/go-smtp"
)

// Mail is one mail as the relay got it.
type Mail struct {
	From    string
	To      []string
	Options smtp.MailOptions
	Rcpt    []smtp.RcptOptions // parallel to To
	Data    []byte
	At      time.Time
}

func (m Mail) String() string { return fmt.Sprintf("<%s> to %v: %.2000q", m.From, m.To, m.Data) }

// Sent is the content without the trace field Kakitome put before it. It fails
// the test when there is none.
func (m Mail) Sent(t testing.TB) []byte {
	t.Helper()
	if !bytes.HasPrefix(m.Data, []byte("Received: from ")) {
		t.Fatalf("the mail has no trace field: %.200q", m.Data)
	}
	_, rest, _ := bytes.Cut(m.Data, []byte("\r\n\t")) // the field has two lines
	_, content, ok := bytes.Cut(rest, []byte("\r\n"))
	if !ok {
		t.Fatalf("the trace field does not end: %.200q", m.Data)
	}
	return content
}

// Refusal answers a recipient, or, with the content there, a mail; nil takes it.
type Refusal func(m Mail, to string) *smtp.SMTPError

// Relay is a mail relay that keeps what it gets.
type Relay struct {
	addr   string
	mu     sync.Mutex
	server *smtp.Server // nil: down
	listen net.Listener
	done   chan struct{} // closed when the server has ended
	rcpt   Refusal
	data   Refusal
	tries  int // recipients named
	mails  []Mail
	more   chan struct{} // closed and replaced at each mail
}

// NewRelay starts a relay on a free loopback port.
func NewRelay(t testing.TB) *Relay {
	t.Helper()
	return NewRelayAt(t, "127.0.0.1:0")
}

// NewRelayAt starts a relay at an address.
func NewRelayAt(t testing.TB, addr string) *Relay {
	t.Helper()
	r := &Relay{addr: addr, more: make(chan struct{})}
	r.Up(t)
	t.Cleanup(r.Down)
	return r
}

// Up has the relay listen; it listened before on the same port.
func (r *Relay) Up(t testing.TB) {
	t.Helper()
	l, err := net.Listen("tcp", r.addr)
	if err != nil {
		t.Fatalf("open relay: %v", err)
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.addr = l.Addr().String()
	server := smtp.NewServer(smtp.BackendFunc(func(*smtp.Conn) (smtp.Session, error) { return &relaySession{r: r}, nil }))
	server.Domain, server.EnableDSN, server.EnableSMTPUTF8 = "relay.example", true, true
	server.MaxLineLength = 64 << 20
	server.ErrorLog = quiet{}
	done := make(chan struct{})
	go func() { defer close(done); _ = server.Serve(l) }()
	r.server, r.listen, r.done = server, l, done
}

// Down closes the relay and its connections. It may be called again.
func (r *Relay) Down() {
	r.mu.Lock()
	server, l, done := r.server, r.listen, r.done
	r.server = nil
	r.mu.Unlock()
	if server != nil {
		_ = l.Close() // the server does not know of it before its goroutine has begun
		_ = server.Close()
		<-done
	}
}

// Refuse has the relay answer each RCPT with what rcpt says, and each content
// with what data says, from now on. nil takes everything.
func (r *Relay) Refuse(rcpt, data Refusal) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.rcpt, r.data = rcpt, data
}

// Tries is how many recipients were named so far, whatever the answer.
func (r *Relay) Tries() int {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.tries
}

type quiet struct{}

func (quiet) Printf(string, ...any) {}
func (quiet) Println(...any)        {}

// Addr is where the relay listens.
func (r *Relay) Addr() string { return r.addr }

// Mails are all mails so far, in order.
func (r *Relay) Mails() []Mail {
	r.mu.Lock()
	defer r.mu.Unlock()
	return append([]Mail(nil), r.mails...)
}

// To are the mails one recipient got.
func (r *Relay) To(addr string) []Mail {
	var got []Mail
	for _, m := range r.Mails() {
		for _, to := range m.To {
			if strings.EqualFold(to, addr) {
				got = append(got, m)
			}
		}
	}
	return got
}

// Await waits until there are n mails, and gives them; the test fails after
// the patience of a test.
func (r *Relay) Await(t testing.TB, n int) []Mail {
	t.Helper()
	deadline := time.After(Patience)
	for {
		r.mu.Lock()
		mails, more := append([]Mail(nil), r.mails...), r.more
		r.mu.Unlock()
		if len(mails) >= n {
			return mails
		}
		select {
		case <-more:
		case <-deadline:
			t.Fatalf("the relay got %d mails, want %d", len(mails), n)
		}
	}
}

type relaySession struct {
	r    *Relay
	mail Mail
}

func (s *relaySession) Mail(from string, opts *smtp.MailOptions) error {
	s.mail = Mail{From: from, Options: *opts}
	return nil
}

func (s *relaySession) Rcpt(to string, opts *smtp.RcptOptions) error {
	s.r.mu.Lock()
	refuse := s.r.rcpt
	s.r.tries++
	s.r.mu.Unlock()
	if refuse != nil {
		if err := refuse(s.mail, to); err != nil {
			return err
		}
	}
	s.mail.To, s.mail.Rcpt = append(s.mail.To, to), append(s.mail.Rcpt, *opts)
	return nil
}

func (s *relaySession) Data(body io.Reader) error {
	data, err := io.ReadAll(body)
	if err != nil {
		return errors.New("content cut short")
	}
	m := s.mail
	m.Data, m.At = data, time.Now()
	s.r.mu.Lock()
	defer s.r.mu.Unlock()
	if s.r.data != nil {
		if err := s.r.data(m, ""); err != nil {
			return err
		}
	}
	s.r.mails = append(s.r.mails, m)
	close(s.r.more)
	s.r.more = make(chan struct{})
	return nil
}

func (s *relaySession) Reset()        { s.mail = Mail{} }
func (s *relaySession) Logout() error { return nil }
