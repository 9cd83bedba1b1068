package relay

import (
	"bufio"
	"bytes"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"math/big"
	"net"
	"strings"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/kakitome/kakitome/internal/mail"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// hangUp as a reply closes the connection, silence says nothing at all.
const (
	hangUp  = "HANGUP"
	silence = "SILENCE"
)

// taken is one mail the fake relay accepted.
type taken struct {
	conn      int
	from      string   // the MAIL line
	rcpts     []string // the RCPT lines that were taken
	wire      []byte   // the content as it came, without the final dot
	unstuffed []byte
}

// fake is a scripted relay. Set the fields before the first connection.
type fake struct {
	ehlo     []string
	implicit bool
	tls      *tls.Config
	on       func(conn int, line string) string // "" answers as usual
	onDot    func(conn int, data []byte) string
	greeting func(conn int) string

	ln    net.Listener
	mu    sync.Mutex
	conns int
	open  int
	peak  int
	lines []string
	mails []taken
	live  []net.Conn
	wg    sync.WaitGroup
}

func startFake(t testing.TB, f *fake) *fake {
	t.Helper()
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	f.ln = ln
	if f.ehlo == nil {
		f.ehlo = []string{"PIPELINING", "8BITMIME", "SMTPUTF8", "DSN", "SIZE 0"}
	}
	f.wg.Go(f.accept)
	t.Cleanup(f.stop)
	return f
}

func (f *fake) accept() {
	for {
		nc, err := f.ln.Accept()
		if err != nil {
			return
		}
		f.mu.Lock()
		f.conns++
		f.open++
		f.peak = max(f.peak, f.open)
		f.live = append(f.live, nc)
		n := f.conns
		f.mu.Unlock()
		f.wg.Go(func() {
			f.serve(n, nc)
			_ = nc.Close()
			f.mu.Lock()
			f.open--
			f.mu.Unlock()
		})
	}
}

// cut closes every connection there is.
func (f *fake) cut() {
	f.mu.Lock()
	defer f.mu.Unlock()
	for _, nc := range f.live {
		_ = nc.Close()
	}
	f.live = nil
}

func (f *fake) stop() {
	_ = f.ln.Close()
	f.cut()
	f.wg.Wait()
}

func (f *fake) serve(n int, nc net.Conn) {
	if f.implicit {
		nc = tls.Server(nc, f.tls)
	}
	r := bufio.NewReader(nc)
	say := func(s string) bool {
		if s == silence {
			return true
		}
		if before, end := strings.CutSuffix(s, hangUp); end {
			_, _ = nc.Write([]byte(before))
			return false
		}
		_, err := nc.Write([]byte(s + "\r\n"))
		return err == nil
	}
	hello := "220 relay.example ESMTP"
	if f.greeting != nil {
		hello = f.greeting(n)
	}
	if !say(hello) {
		return
	}
	var m taken
	for {
		line, err := r.ReadString('\n')
		if err != nil {
			return
		}
		line = strings.TrimRight(line, "\r\n")
		f.mu.Lock()
		f.lines = append(f.lines, line)
		f.mu.Unlock()
		verb, _, _ := strings.Cut(strings.ToUpper(line), " ")
		answer := ""
		if f.on != nil {
			answer = f.on(n, line)
		}
		if answer == "" {
			answer = f.usual(verb)
		}
		switch {
		case verb == "MAIL":
			m = taken{conn: n, from: line}
		case verb == "RCPT" && strings.HasPrefix(answer, "2"):
			m.rcpts = append(m.rcpts, line)
		}
		if !say(answer) {
			return
		}
		if verb == "STARTTLS" && strings.HasPrefix(answer, "220") {
			nc = tls.Server(nc, f.tls)
			r = bufio.NewReader(nc)
		}
		if verb == "DATA" && strings.HasPrefix(answer, "354") {
			if m.wire, err = readContent(r); err != nil {
				return
			}
			m.unstuffed = unstuff(m.wire)
			answer := "250 2.0.0 queued as 4711"
			if f.onDot != nil {
				answer = f.onDot(n, m.wire)
			}
			if strings.HasPrefix(answer, "250") {
				f.mu.Lock()
				f.mails = append(f.mails, m)
				f.mu.Unlock()
			}
			if !say(answer) {
				return
			}
		}
		if verb == "QUIT" {
			return
		}
	}
}

func (f *fake) usual(verb string) string {
	switch verb {
	case "EHLO":
		return "250-relay.example\r\n250-" + strings.Join(f.ehlo, "\r\n250-") + "\r\n250 HELP"
	case "DATA":
		return "354 go ahead"
	case "QUIT":
		return "221 2.0.0 bye"
	case "STARTTLS":
		return "220 2.0.0 ready"
	}
	return "250 2.0.0 ok"
}

func (f *fake) got() []taken {
	f.mu.Lock()
	defer f.mu.Unlock()
	return append([]taken(nil), f.mails...)
}

func (f *fake) heard(verb string) int {
	f.mu.Lock()
	defer f.mu.Unlock()
	n := 0
	for _, l := range f.lines {
		if strings.HasPrefix(strings.ToUpper(l), verb) {
			n++
		}
	}
	return n
}

func (f *fake) connections() int {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.conns
}

func readContent(r *bufio.Reader) ([]byte, error) {
	var b []byte
	for {
		line, err := r.ReadBytes('\n')
		if err != nil {
			return nil, err
		}
		if string(line) == ".\r\n" && (len(b) == 0 || bytes.HasSuffix(b, []byte("\r\n"))) {
			return b, nil
		}
		b = append(b, line...)
	}
}

// unstuff takes the dots away again, written unlike the code under test.
func unstuff(wire []byte) []byte {
	s := "\r\n" + string(wire)
	return []byte(strings.ReplaceAll(s, "\r\n.", "\r\n")[2:])
}

// newClient is a client of the fake relay with the test's wishes.
func newClient(t testing.TB, f *fake, change func(*Options)) *Client {
	t.Helper()
	o := Options{Address: f.ln.Addr().String(), Hello: "gate.shop.example"}
	if change != nil {
		change(&o)
	}
	c, err := New(o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(c.Close)
	return c
}

func to(addrs ...string) mail.Envelope {
	env := mail.Envelope{From: "shop@shop.example"}
	for _, a := range addrs {
		env.Recipients = append(env.Recipients, mail.Recipient{Address: a})
	}
	return env
}

func content(s string) [][]byte { return [][]byte{[]byte(s)} }

func yes() error { return nil }

const hello = "Subject: hello\r\n\r\nhello\r\n"

// certificate is a self-signed one for 127.0.0.1 and a pool that trusts it.
func certificate(t testing.TB) (*tls.Config, *x509.CertPool) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	c := &x509.Certificate{
		SerialNumber: big.NewInt(1), NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour),
		IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)}, IsCA: true, BasicConstraintsValid: true,
	}
	der, err := x509.CreateCertificate(rand.Reader, c, c, key.Public(), key)
	if err != nil {
		t.Fatal(err)
	}
	c, err = x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	roots := x509.NewCertPool()
	roots.AddCert(c)
	return &tls.Config{Certificates: []tls.Certificate{{Certificate: [][]byte{der}, PrivateKey: key}}}, roots
}
