package smtpd

import (
	"bufio"
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"errors"
	"io"
	"math/big"
	"net"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/kakitome/kakitome/internal/auth"
	"github.com/kakitome/kakitome/internal/gate"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// patience is how long a test waits for what must come, on a busy machine.
const patience = 20 * time.Second

// fakeGate answers by its function, or releases, and remembers what came.
type fakeGate struct {
	answer func(ctx context.Context, s gate.Submission) (gate.Receipt, error)

	mu   sync.Mutex
	came []gate.Submission
}

func (g *fakeGate) Receive(ctx context.Context, s gate.Submission) (gate.Receipt, error) {
	kept := s
	kept.Data = append([]byte{}, s.Data...) // the door takes its memory back
	g.mu.Lock()
	g.came = append(g.came, kept)
	g.mu.Unlock()
	if g.answer != nil {
		return g.answer(ctx, s)
	}
	return gate.Receipt{MailID: "m1", Recipients: len(s.Envelope.Recipients)}, nil
}

func (g *fakeGate) received() []gate.Submission {
	g.mu.Lock()
	defer g.mu.Unlock()
	return append([]gate.Submission{}, g.came...)
}

// open starts a door that is stopped with the test.
func open(t testing.TB, o Options, g Gate) *Server {
	t.Helper()
	o.Listen, o.Hostname = "127.0.0.1:0", "door.example"
	s := New(o, g)
	if err := s.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), patience)
		defer cancel()
		if err := s.Stop(ctx); err != nil {
			t.Errorf("stop: %v", err)
		}
	})
	return s
}

// client is one end of a dialogue.
type client struct {
	t    testing.TB
	conn net.Conn
	r    *bufio.Reader
}

// dial connects and takes the greeting.
func dial(t testing.TB, s *Server) *client {
	t.Helper()
	conn, err := net.Dial("tcp", s.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close() })
	c := &client{t, conn, bufio.NewReader(conn)}
	return c
}

// ready dials and says EHLO.
func ready(t testing.TB, s *Server) *client {
	t.Helper()
	c := dial(t, s)
	c.want("220 ")
	c.send("EHLO client.example\r\n")
	c.want("250 ")
	return c
}

// send writes in one go, and so in one segment where it fits.
func (c *client) send(s string) {
	c.t.Helper()
	_ = c.conn.SetWriteDeadline(time.Now().Add(patience))
	if _, err := io.WriteString(c.conn, s); err != nil {
		c.t.Fatalf("send: %v", err)
	}
}

// line reads one line of an answer; io.EOF reads as "<closed>".
func (c *client) line() string {
	c.t.Helper()
	_ = c.conn.SetReadDeadline(time.Now().Add(patience))
	s, err := c.r.ReadString('\n')
	if errors.Is(err, os.ErrDeadlineExceeded) {
		c.t.Fatalf("no answer came, so far: %q", s)
	}
	if err != nil {
		return "<closed>" + s
	}
	if !strings.HasSuffix(s, "\r\n") {
		c.t.Errorf("answer %q does not end in CRLF", s)
	}
	return strings.TrimSuffix(s, "\r\n")
}

// want reads one whole answer and checks how it begins.
func (c *client) want(prefix string) string {
	c.t.Helper()
	var all string
	for {
		l := c.line()
		all += l + "\n"
		if len(l) > 3 && l[3] == '-' {
			continue
		}
		if !strings.HasPrefix(l, prefix) {
			c.t.Errorf("answer %q, want %q…", l, prefix)
		}
		return all
	}
}

func (c *client) wantClosed() {
	c.t.Helper()
	if l := c.line(); !strings.HasPrefix(l, "<closed>") {
		c.t.Errorf("answer %q, want the connection closed", l)
	}
}

// secure makes TLS of the connection after a 220.
func (c *client) secure() {
	c.t.Helper()
	pool := x509.NewCertPool()
	pool.AddCert(certificate().Leaf)
	conn := tls.Client(c.conn, &tls.Config{RootCAs: pool, ServerName: "door.example", MinVersion: tls.VersionTLS12})
	_ = c.conn.SetDeadline(time.Now().Add(patience))
	if err := conn.Handshake(); err != nil {
		c.t.Fatalf("handshake: %v", err)
	}
	c.conn, c.r = conn, bufio.NewReader(conn)
}

const envelope = "MAIL FROM:<shop@shop.example>\r\nRCPT TO:<hanako@example.jp>\r\n"

// mail sends one mail with this content and gives the answer.
func (c *client) mail(content string) string {
	c.t.Helper()
	c.send(envelope + "DATA\r\n")
	c.want("250 2.1.0")
	c.want("250 2.1.5")
	c.want("354 ")
	c.send(content)
	return strings.TrimSuffix(c.want(""), "\n")
}

var certificate = sync.OnceValue(func() tls.Certificate {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		panic(err)
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "door.example"}, DNSNames: []string{"door.example"},
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour),
		IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageDigitalSignature | x509.KeyUsageCertSign,
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	if err != nil {
		panic(err)
	}
	leaf, err := x509.ParseCertificate(der)
	if err != nil {
		panic(err)
	}
	return tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key, Leaf: leaf}
})

func serverTLS() *tls.Config {
	return &tls.Config{Certificates: []tls.Certificate{certificate()}, MinVersion: tls.VersionTLS12}
}

// users know shop with the password "secret", for the stream order.
var users = sync.OnceValue(func() *auth.Users {
	// The cheapest hash that is allowed: it is not the cost that is tested here.
	const hash = "$argon2id$v=19$m=8192,t=1,p=1$c29tZXNhbHQ$GmJI5FibzDJqKbytVSF6eKyfD/BJXIzbzPPgk0IntjE"
	u, err := auth.NewUsers(auth.User{Name: "shop", Hash: hash, Stream: "order"})
	if err != nil {
		panic(err)
	}
	return u
})

// discard is a gate that keeps nothing.
type discard struct{}

func (discard) Receive(context.Context, gate.Submission) (gate.Receipt, error) {
	return gate.Receipt{MailID: "m1"}, nil
}
