package relay

import (
	"bufio"
	"context"
	"crypto/tls"
	"encoding/base64"
	"errors"
	"fmt"
	"net"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/emersion/go-sasl"
)

const (
	bufferSize = 16 << 10  // a usual mail goes out in one write
	blockSize  = 256 << 10 // of content under one write deadline
)

// session is one connection to the relay, used by one goroutine at a time.
type session struct {
	o      *Options
	nc     net.Conn
	r      *bufio.Reader
	w      *bufio.Writer
	ext    Extensions
	mails  int         // transactions begun
	broken bool        // must not be used again
	since  time.Time   // idle since
	expire *time.Timer // closes it when idle too long
}

// open connects, greets, secures and authenticates. ctx bounds all of it.
func open(ctx context.Context, o *Options) (*session, error) {
	d := net.Dialer{Timeout: o.Timeouts.Connect}
	nc, err := d.DialContext(ctx, "tcp", o.Address)
	if err != nil {
		return nil, fmt.Errorf("connect: %w", err)
	}
	return greet(ctx, o, nc)
}

// greet makes a session of a connection, or closes it.
func greet(ctx context.Context, o *Options, nc net.Conn) (*session, error) {
	stop := context.AfterFunc(ctx, func() { _ = nc.Close() })
	s := &session{o: o}
	s.use(nc)
	err := s.setUp(ctx)
	if !stop() && err == nil {
		err = ctx.Err()
	}
	if err != nil {
		_ = nc.Close()
		return nil, err
	}
	return s, nil
}

func (s *session) use(nc net.Conn) {
	s.nc = nc
	s.r = bufio.NewReaderSize(nc, maxReplyLine)
	s.w = bufio.NewWriterSize(&deadlineWriter{nc, s.o.Timeouts.DataBlock}, bufferSize)
}

func (s *session) setUp(ctx context.Context) error {
	if s.o.TLS == TLS {
		if err := s.handshake(ctx); err != nil {
			return err
		}
	}
	if r, err := s.read(s.o.Timeouts.Greeting); err != nil || !r.ok() {
		return refusal("greeting", r, err)
	}
	if err := s.hello(); err != nil {
		return err
	}
	if s.o.TLS == StartTLS {
		if err := s.startTLS(ctx); err != nil {
			return err
		}
	}
	return s.authenticate()
}

// hello says EHLO, or HELO to a relay that does not know it (RFC 5321 §3.2).
func (s *session) hello() error {
	r, err := s.say("EHLO "+s.o.Hello+"\r\n", s.o.Timeouts.Greeting)
	if err == nil && r.ok() {
		s.ext = parseExtensions(r.lines)
		return nil
	}
	if err != nil || r.code != 500 && r.code != 502 {
		return refusal("EHLO", r, err)
	}
	s.ext = Extensions{}
	r, err = s.say("HELO "+s.o.Hello+"\r\n", s.o.Timeouts.Greeting)
	if err != nil || !r.ok() {
		return refusal("HELO", r, err)
	}
	return nil
}

// startTLS never goes on in clear. What the relay said before is forgotten,
// and words already waiting behind the 220 are an injection (RFC 3207 §4.2).
func (s *session) startTLS(ctx context.Context) error {
	if !s.ext.startTLS {
		return errors.New("the relay does not offer STARTTLS; nothing is sent in clear")
	}
	r, err := s.say("STARTTLS\r\n", s.o.Timeouts.Greeting)
	if err != nil || !r.ok() {
		return refusal("STARTTLS", r, err)
	}
	if s.r.Buffered() > 0 {
		return fmt.Errorf("words in clear after STARTTLS: %w", errOddReply)
	}
	if err := s.handshake(ctx); err != nil {
		return err
	}
	return s.hello()
}

func (s *session) handshake(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, s.o.Timeouts.Connect)
	defer cancel()
	tc := tls.Client(s.nc, s.o.TLSConfig)
	if err := tc.HandshakeContext(ctx); err != nil {
		return fmt.Errorf("TLS handshake: %w", err)
	}
	s.use(tc)
	return nil
}

// authenticate runs AUTH (RFC 4954) when there is a user name.
func (s *session) authenticate() error {
	if s.o.Username == "" {
		return nil
	}
	var mech sasl.Client
	switch {
	case slices.Contains(s.ext.auth, sasl.Plain):
		mech = sasl.NewPlainClient("", s.o.Username, s.o.Password)
	case slices.Contains(s.ext.auth, sasl.Login):
		mech = sasl.NewLoginClient(s.o.Username, s.o.Password)
	default:
		return errors.New("the relay offers neither AUTH PLAIN nor AUTH LOGIN")
	}
	name, first, err := mech.Start()
	if err != nil {
		return fmt.Errorf("start AUTH: %w", err)
	}
	line := "AUTH " + name + " " + base64.StdEncoding.EncodeToString(first)
	for range 4 { // no mechanism here has more steps
		r, err := s.say(line+"\r\n", s.o.Timeouts.Greeting)
		if err == nil && r.ok() {
			return nil
		}
		if err != nil || r.code != 334 {
			return refusal("AUTH", r, err)
		}
		challenge, err := base64.StdEncoding.DecodeString(strings.TrimSpace(r.lines[0]))
		if err != nil {
			return fmt.Errorf("AUTH challenge: %w", errOddReply)
		}
		answer, err := mech.Next(challenge)
		if err != nil {
			return fmt.Errorf("answer AUTH challenge: %w", err)
		}
		line = base64.StdEncoding.EncodeToString(answer)
	}
	return fmt.Errorf("AUTH never ends: %w", errOddReply)
}

// refusal is the error of a failed step. It names the code, not the relay's
// words, which may hold what no log should.
func refusal(step string, r reply, err error) error {
	if err != nil {
		return fmt.Errorf("%s: %w", step, err)
	}
	return fmt.Errorf("%s: the relay answered %d %s", step, r.code, r.verdict().enhanced)
}

// say writes one command and reads its reply.
func (s *session) say(line string, timeout time.Duration) (reply, error) {
	if err := s.write(line); err != nil {
		return reply{}, err
	}
	return s.read(timeout)
}

func (s *session) write(lines ...string) error {
	for _, line := range lines {
		_, _ = s.w.WriteString(line)
	}
	if err := s.w.Flush(); err != nil {
		s.broken = true
		return fmt.Errorf("write command: %w", err)
	}
	return nil
}

// read reads one reply. Any error, and a 421, is the end of the connection.
func (s *session) read(timeout time.Duration) (reply, error) {
	err := s.nc.SetReadDeadline(time.Now().Add(timeout))
	if err == nil {
		var r reply
		if r, err = readReply(s.r); err == nil {
			s.broken = s.broken || r.code == 421 // RFC 5321 §3.8
			return r, nil
		}
	}
	s.broken = true
	return reply{}, err
}

// freshFor is how long after its last use a connection is trusted unseen; what
// goes wrong all the same is mended by the retry on a fresh connection.
const freshFor = time.Second

// alive tells whether an idle connection can be used: the relay has neither
// closed it nor spoken out of turn.
func (s *session) alive() bool {
	if s.r.Buffered() > 0 {
		return false
	}
	if time.Since(s.since) < freshFor {
		return true
	}
	if s.nc.SetReadDeadline(time.Now().Add(time.Millisecond)) != nil {
		return false
	}
	_, err := s.r.Peek(1)
	return errors.Is(err, os.ErrDeadlineExceeded)
}

// quit ends an idle connection politely, without much patience.
func (s *session) quit() {
	if !s.broken && s.write("QUIT\r\n") == nil {
		_, _ = s.read(time.Second)
	}
	_ = s.nc.Close()
}

// deadlineWriter gives every block its own time.
type deadlineWriter struct {
	nc      net.Conn
	timeout time.Duration
}

func (w *deadlineWriter) Write(p []byte) (int, error) {
	done := 0
	for done < len(p) {
		if err := w.nc.SetWriteDeadline(time.Now().Add(w.timeout)); err != nil {
			return done, err
		}
		n, err := w.nc.Write(p[done:min(done+blockSize, len(p))])
		done += n
		if err != nil {
			return done, err
		}
	}
	return done, nil
}
