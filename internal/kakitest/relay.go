package kakitest

import (
	"errors"
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
	From string
	To   []string
	Data []byte
	At   time.Time
}

// Relay is a mail relay that keeps what it gets.
type Relay struct {
	// Refuse is asked at each RCPT; what it returns is the answer. nil: take all.
	Refuse func(from, to string) *smtp.SMTPError

	addr   string
	server *smtp.Server
	mu     sync.Mutex
	mails  []Mail
	more   chan struct{} // closed and replaced at each mail
}

// NewRelay starts a relay on a free loopback port.
func NewRelay(t testing.TB) *Relay {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatalf("open relay: %v", err)
	}
	r := &Relay{addr: l.Addr().String(), more: make(chan struct{})}
	r.server = smtp.NewServer(smtp.BackendFunc(func(*smtp.Conn) (smtp.Session, error) { return &relaySession{r: r}, nil }))
	r.server.Domain, r.server.EnableDSN, r.server.EnableSMTPUTF8 = "relay.example", true, true
	r.server.MaxLineLength = 64 << 20
	r.server.ErrorLog = quiet{}
	done := make(chan struct{})
	go func() { defer close(done); _ = r.server.Serve(l) }()
	t.Cleanup(func() { _ = r.server.Close(); <-done })
	return r
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

func (s *relaySession) Mail(from string, _ *smtp.MailOptions) error {
	s.mail = Mail{From: from}
	return nil
}

func (s *relaySession) Rcpt(to string, _ *smtp.RcptOptions) error {
	if s.r.Refuse != nil {
		if err := s.r.Refuse(s.mail.From, to); err != nil {
			return err
		}
	}
	s.mail.To = append(s.mail.To, to)
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
	s.r.mails = append(s.r.mails, m)
	close(s.r.more)
	s.r.more = make(chan struct{})
	return nil
}

func (s *relaySession) Reset()        { s.mail = Mail{} }
func (s *relaySession) Logout() error { return nil }
