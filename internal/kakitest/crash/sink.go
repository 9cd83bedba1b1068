package crash

import (
	"bufio"
	"bytes"
	"fmt"
	"net"
	"strings"
	"sync"
	"testing"
	"time"
)

// Fate is what the relay does with a mail.
type Fate uint8

// The fates.
const (
	Take    Fate = iota // 250
	Swallow             // takes it, and hangs up without an answer
	Drop                // hangs up without having taken it
)

// Arrival is one mail for one recipient at the relay.
type Arrival struct {
	Key     string // Message-ID
	To      string
	DataAt  time.Time // when DATA was said
	At      time.Time // when the final dot was seen
	Unheard bool      // taken, but the answer was not given
}

// Sink is a relay that records every mail, and can be slow or rude. Set its
// fields before it is used.
type Sink struct {
	Fate  func(key string) Fate          // nil: Take
	Delay func(key string) time.Duration // before the final answer; nil: none

	l     net.Listener
	conns sync.WaitGroup

	mu       sync.Mutex
	open     map[net.Conn]struct{}
	closed   bool
	arrivals []Arrival
	lastData time.Time
	busy     int // between DATA and the final answer
}

// NewSink starts a relay on a free loopback port.
func NewSink(t testing.TB) *Sink {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatalf("open sink: %v", err)
	}
	s := &Sink{l: l, open: map[net.Conn]struct{}{}}
	s.conns.Go(s.accept)
	t.Cleanup(s.close)
	return s
}

// Addr is where the sink listens.
func (s *Sink) Addr() string { return s.l.Addr().String() }

// Arrivals are all mails so far, in order.
func (s *Sink) Arrivals() []Arrival {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([]Arrival(nil), s.arrivals...)
}

// Count is how many arrived.
func (s *Sink) Count() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return len(s.arrivals)
}

// LastData is when DATA was last said, and Busy how many mails are between DATA
// and the answer to the final dot.
func (s *Sink) LastData() (at time.Time, busy int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.lastData, s.busy
}

func (s *Sink) accept() {
	for {
		c, err := s.l.Accept()
		if err != nil {
			return
		}
		s.mu.Lock()
		if s.closed {
			_ = c.Close()
		} else {
			s.open[c] = struct{}{}
			s.conns.Go(func() { s.serve(c) })
		}
		s.mu.Unlock()
	}
}

func (s *Sink) close() {
	s.mu.Lock()
	s.closed = true
	for c := range s.open {
		_ = c.Close()
	}
	s.mu.Unlock()
	_ = s.l.Close()
	s.conns.Wait()
}

func (s *Sink) serve(c net.Conn) {
	defer func() {
		_ = c.Close()
		s.mu.Lock()
		delete(s.open, c)
		s.mu.Unlock()
	}()
	r, w := bufio.NewReaderSize(c, 64<<10), bufio.NewWriter(c)
	var to []string
	_, _ = w.WriteString("220 sink.example\r\n")
	for {
		if r.Buffered() == 0 && w.Flush() != nil {
			return
		}
		line, err := r.ReadString('\n')
		if err != nil {
			return
		}
		verb, rest, _ := strings.Cut(strings.TrimSpace(line), " ")
		answer := "250 2.0.0 ok\r\n"
		switch strings.ToUpper(verb) {
		case "EHLO":
			answer = "250-sink.example\r\n250-PIPELINING\r\n250-8BITMIME\r\n250-SMTPUTF8\r\n250-DSN\r\n250 SIZE 104857600\r\n"
		case "MAIL", "RSET":
			to = nil
		case "RCPT":
			to = append(to, between(rest, "<", ">"))
		case "DATA":
			_, _ = w.WriteString("354 go on\r\n")
			if w.Flush() != nil || !s.take(r, to) {
				return
			}
		case "QUIT":
			_, _ = w.WriteString("221 2.0.0 bye\r\n")
			_ = w.Flush()
			return
		}
		if _, err := w.WriteString(answer); err != nil {
			return
		}
	}
}

// take reads a content and records it; false: hang up.
func (s *Sink) take(r *bufio.Reader, to []string) bool {
	at := time.Now()
	s.mu.Lock()
	s.busy++
	s.lastData = at
	s.mu.Unlock()
	defer func() {
		s.mu.Lock()
		s.busy--
		s.mu.Unlock()
	}()
	key := ""
	for {
		line, err := r.ReadSlice('\n')
		if err != nil {
			return false
		}
		if string(line) == ".\r\n" {
			break
		}
		if key == "" && len(line) > 11 && bytes.EqualFold(line[:11], []byte("Message-ID:")) {
			key = between(string(line), "<", ">")
		}
	}
	fate := Take
	if s.Fate != nil {
		fate = s.Fate(key)
	}
	if fate != Drop {
		s.record(key, to, at, fate == Swallow)
	}
	if s.Delay != nil {
		<-time.After(s.Delay(key))
	}
	return fate == Take
}

func (s *Sink) record(key string, to []string, dataAt time.Time, unheard bool) {
	now := time.Now()
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, addr := range to {
		s.arrivals = append(s.arrivals, Arrival{key, addr, dataAt, now, unheard})
	}
}

func between(s, left, right string) string {
	_, s, _ = strings.Cut(s, left)
	s, _, _ = strings.Cut(s, right)
	return s
}

// Reached are the different recipients that got any of the arrivals that fit.
func Reached(list []Arrival, fits func(Arrival) bool) []string {
	seen := map[string]bool{}
	var out []string
	for _, a := range list {
		if fits(a) && !seen[a.To] {
			seen[a.To] = true
			out = append(out, a.To)
		}
	}
	return out
}

// String is for messages of tests.
func (a Arrival) String() string {
	return fmt.Sprintf("%s to %s at %s", a.Key, a.To, a.At.Format(time.StampMicro))
}
