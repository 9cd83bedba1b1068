package demo

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"maps"
	"net"
	"strings"
	"sync"
	"time"

	"github.com/emersion/go-smtp"
)

// relay is the mail server behind the gateway: what reaches it is delivered and
// cannot be called back. It keeps a mailbox for each recipient.
type relay struct {
	server *smtp.Server
	addr   string
	served chan error
	now    func() time.Time

	mu    sync.Mutex
	boxes map[string][]arrival // by recipient
	post  map[string][][]byte  // letters of an incident, whole, by recipient
}

// arrival is one mail in a mailbox.
type arrival struct {
	ID     string // Message-ID
	Digest [32]byte
	At     time.Time
}

// mostMail bounds one mail, bytes.
const mostMail = 1 << 20

func startRelay() (*relay, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, fmt.Errorf("open relay: %w", err)
	}
	r := &relay{
		addr: l.Addr().String(), served: make(chan error, 1), now: time.Now,
		boxes: map[string][]arrival{}, post: map[string][][]byte{},
	}
	r.server = smtp.NewServer(smtp.BackendFunc(func(*smtp.Conn) (smtp.Session, error) { return &relaySession{relay: r}, nil }))
	r.server.Domain, r.server.MaxMessageBytes, r.server.EnableSMTPUTF8 = "relay.example", mostMail, true
	r.server.ErrorLog = silence{}
	go func() { r.served <- r.server.Serve(l) }()
	return r, nil
}

func (r *relay) stop() error {
	err := r.server.Close()
	if served := <-r.served; !errors.Is(served, smtp.ErrServerClosed) {
		err = errors.Join(err, served)
	}
	return err
}

func (r *relay) deliver(recipients []string, data []byte) {
	a := arrival{ID: messageID(data), Digest: digest(withoutTrace(data)), At: r.now()}
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, to := range recipients {
		r.boxes[to] = append(r.boxes[to], a)
		if bytes.Contains(data[:min(len(data), 4096)], []byte("\r\nFrom: ")) && bytes.Contains(data[:min(len(data), 4096)], []byte("<"+shopPrivacy+">")) {
			r.post[to] = append(r.post[to], data)
		}
	}
}

// lettersArrived is how many letters of an incident have arrived.
func (r *relay) lettersArrived() (n int) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, list := range r.post {
		n += len(list)
	}
	return n
}

// letters are those of an incident, by mailbox.
func (r *relay) letters() map[string][][]byte {
	r.mu.Lock()
	defer r.mu.Unlock()
	return maps.Clone(r.post)
}

// received is what has arrived of some letters.
type received struct {
	Whole, Altered, Twice, Astray int
	To                            map[string]bool // their recipients
	First, Last                   time.Time
}

// of looks for letters in the mailboxes.
func (r *relay) of(letters []*letter) (*received, error) {
	sent := make(map[string]*letter, len(letters))
	for _, l := range letters {
		sent[l.ID] = l
	}
	seen := map[string]bool{}
	got := &received{To: map[string]bool{}}
	r.mu.Lock()
	defer r.mu.Unlock()
	for to, box := range r.boxes {
		for _, a := range box {
			l := sent[a.ID]
			if l == nil {
				continue
			}
			if err := got.add(l, to, a, seen[a.ID]); err != nil {
				return nil, err
			}
			seen[a.ID] = true
		}
	}
	return got, nil
}

func (got *received) add(l *letter, to string, a arrival, again bool) error {
	data, err := l.bytes()
	if err != nil {
		return err
	}
	switch {
	case to != l.To.Email:
		got.Astray++
	case again:
		got.Twice++
	case a.Digest != digest(data):
		got.Altered++
	default:
		got.Whole++
	}
	got.To[to] = true
	if got.First.IsZero() || a.At.Before(got.First) {
		got.First = a.At
	}
	if a.At.After(got.Last) {
		got.Last = a.At
	}
	return nil
}

// messageID reads the Message-ID of a mail of the shop.
func messageID(data []byte) string {
	const field = "\r\nMessage-ID: "
	_, rest, ok := bytes.Cut(append([]byte("\r\n"), data[:min(len(data), 4096)]...), []byte(field))
	if !ok {
		return ""
	}
	id, _, _ := strings.Cut(string(rest), "\r\n")
	return id
}

// withoutTrace is a mail without the trace field a gateway prepends, folded
// lines and all.
func withoutTrace(data []byte) []byte {
	if !bytes.HasPrefix(data, []byte("Received:")) {
		return data
	}
	for {
		_, rest, ok := bytes.Cut(data, []byte("\r\n"))
		if !ok {
			return nil
		}
		data = rest
		if len(data) == 0 || data[0] != ' ' && data[0] != '\t' {
			return data
		}
	}
}

// silence is the log of the relay: a connection that ends is no news.
type silence struct{}

// Printf says nothing.
func (silence) Printf(string, ...any) {}

// Println says nothing.
func (silence) Println(...any) {}

// relaySession is one connection of the gateway.
type relaySession struct {
	relay *relay
	to    []string
}

// Mail begins a mail.
func (s *relaySession) Mail(string, *smtp.MailOptions) error { s.to = nil; return nil }

// Rcpt adds a recipient.
func (s *relaySession) Rcpt(to string, _ *smtp.RcptOptions) error {
	s.to = append(s.to, to)
	return nil
}

// Data delivers the mail.
func (s *relaySession) Data(r io.Reader) error {
	data, err := io.ReadAll(r)
	if err != nil {
		return fmt.Errorf("read mail: %w", err)
	}
	s.relay.deliver(s.to, data)
	return nil
}

// Reset forgets a mail that was begun.
func (s *relaySession) Reset() { s.to = nil }

// Logout ends the session.
func (s *relaySession) Logout() error { return nil }

var _ smtp.Session = (*relaySession)(nil)
