package smtpd

import (
	"bytes"
	"context"
	"net"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/kakitome/kakitome/internal/fault"
	"github.com/kakitome/kakitome/internal/gate"
)

// heard is a connection that counts what is written to it at once.
type heard struct {
	net.Conn
	writes *atomic.Int64
}

func (h heard) Write(b []byte) (int, error) {
	h.writes.Add(1)
	return h.Conn.Write(b)
}

type hearing struct {
	net.Listener
	writes atomic.Int64
}

func (h *hearing) Accept() (net.Conn, error) {
	c, err := h.Listener.Accept()
	if err != nil {
		return nil, err
	}
	return heard{c, &h.writes}, nil
}

// A reply in two segments costs 40 ms with Nagle and delayed acknowledgement
// between them.
func TestRepliesLeaveInOneSegment(t *testing.T) {
	t.Parallel()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	h := &hearing{Listener: l}
	s := New(Options{Hostname: "door.example"}, &fakeGate{})
	s.serve(h)
	t.Cleanup(func() { _ = s.Stop(context.Background()) })
	c := dial(t, s)
	step := func(send string, answers int) {
		t.Helper()
		before := h.writes.Load()
		if send == "" {
			before = 0
		} else {
			c.send(send)
		}
		for range answers {
			c.want("")
		}
		if n := h.writes.Load() - before; n != 1 {
			t.Errorf("%d answers to %q came in %d writes", answers, send, n)
		}
	}
	step("", 1)
	step("EHLO client.example\r\n", 1)
	step(envelope+"DATA\r\n", 3)
	step("x\r\n.\r\n", 1)
	step(envelope+"RSET\r\nNOOP\r\nVRFY x\r\n", 5)
	step("QUIT\r\n", 1)
}

func TestConnectionsAreLimited(t *testing.T) {
	t.Parallel()
	for name, o := range map[string]Options{"in all": {MaxConnections: 2}, "per address": {MaxConnectionsPerIP: 2}} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var refused atomic.Int64
			left := make(chan struct{}, 10)
			o.Hooks = Hooks{OnRefuse: func() { refused.Add(1) }, OnDisconnect: func() { left <- struct{}{} }}
			s := open(t, o, &fakeGate{})
			a, b := ready(t, s), ready(t, s)
			c := dial(t, s)
			c.want("421 4.7.0 ")
			c.wantClosed()
			a.send("QUIT\r\n")
			a.want("221 ")
			<-left
			d := ready(t, s)
			d.send("NOOP\r\n")
			d.want("250 ")
			b.send("NOOP\r\n")
			b.want("250 ")
			if refused.Load() == 0 {
				t.Error("the refusal was not counted")
			}
		})
	}
}

func TestIdleConnectionIsEnded(t *testing.T) {
	t.Parallel()
	c := dial(t, open(t, Options{IdleTimeout: 100 * time.Millisecond}, &fakeGate{}))
	c.want("220 ")
	c.want("421 4.4.2 ")
	c.wantClosed()
}

// narrow gives connections whose answers soon fill the kernel's buffer.
type narrow struct{ net.Listener }

func (n narrow) Accept() (net.Conn, error) {
	c, err := n.Listener.Accept()
	if err != nil {
		return nil, err
	}
	return c, c.(*net.TCPConn).SetWriteBuffer(4096)
}

func TestClientThatDoesNotReadIsEnded(t *testing.T) {
	t.Parallel()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	gone := make(chan struct{})
	s := New(Options{WriteTimeout: 50 * time.Millisecond, Hooks: Hooks{OnDisconnect: func() { close(gone) }}}, &fakeGate{})
	s.serve(narrow{l})
	t.Cleanup(func() { _ = s.Stop(context.Background()) })
	c := dial(t, s)
	if err := c.conn.(*net.TCPConn).SetReadBuffer(4096); err != nil {
		t.Fatal(err)
	}
	long := []byte(strings.Repeat("EHLO a\r\n", 100)) // the longest answer
	for {
		if _, err := c.conn.Write(long); err != nil {
			break
		}
	}
	<-gone
}

// drip sends an octet now and then until the connection ends.
func (c *client) drip(s string) {
	tick := time.NewTicker(5 * time.Millisecond)
	defer tick.Stop()
	for range tick.C {
		if _, err := c.conn.Write([]byte(s)); err != nil {
			return
		}
	}
}

func TestSlowClientsAreEnded(t *testing.T) {
	t.Parallel()
	t.Run("command", func(t *testing.T) {
		t.Parallel()
		c := dial(t, open(t, Options{IdleTimeout: 300 * time.Millisecond}, &fakeGate{}))
		c.want("220 ")
		go c.drip("x")
		c.want("421 4.4.2 ")
	})
	t.Run("content", func(t *testing.T) {
		t.Parallel()
		g := &fakeGate{}
		c := ready(t, open(t, Options{ReadTimeout: 700 * time.Millisecond, MinRate: 1 << 20}, g))
		c.send(envelope + "DATA\r\n")
		c.want("250 ")
		c.want("250 ")
		c.want("354 ")
		go c.drip("x\r\n")
		c.want("421 4.4.2 ")
		if came := g.received(); len(came) != 0 {
			t.Errorf("the gate got %+v", came)
		}
	})
	// The deadline moves while content flows: a mail may take longer than
	// ReadTimeout.
	t.Run("steady content", func(t *testing.T) {
		t.Parallel()
		const pause = 800 * time.Millisecond
		c := ready(t, open(t, Options{ReadTimeout: pause, MinRate: 1}, &fakeGate{}))
		c.send(envelope + "DATA\r\n")
		c.want("250 ")
		c.want("250 ")
		c.want("354 ")
		tick := time.NewTicker(pause / 8)
		defer tick.Stop()
		for range 10 {
			<-tick.C
			c.send("steady\r\n")
		}
		c.send(".\r\n")
		c.want("250 2.0.0 m1 released")
	})
	t.Run("handshake", func(t *testing.T) {
		t.Parallel()
		c := ready(t, open(t, Options{TLS: serverTLS(), ReadTimeout: 50 * time.Millisecond}, &fakeGate{}))
		c.send("STARTTLS\r\n")
		c.want("220 ")
		c.wantClosed()
	})
}

func TestContentDeadline(t *testing.T) {
	t.Parallel()
	s := New(Options{ReadTimeout: time.Minute, MinRate: 1000}, &fakeGate{})
	ago := func(d time.Duration, got int64) time.Duration {
		w := &wire{server: s, began: time.Now().Add(-d), got: got}
		return time.Until(w.contentDeadline()).Round(time.Second)
	}
	for _, c := range []struct {
		since time.Duration
		got   int64
		want  time.Duration
	}{
		{0, 0, time.Minute},
		{50 * time.Second, 0, 10 * time.Second}, // nothing came yet
		{50 * time.Second, 5_000, 15 * time.Second},
		{50 * time.Second, 50_000, time.Minute}, // at the least rate
		{50 * time.Second, 9_000_000, time.Minute},
		{time.Hour, 3_500_000, -40 * time.Second}, // too slow over all
	} {
		if got := ago(c.since, c.got); got != c.want {
			t.Errorf("after %v and %d octets the client has %v, want %v", c.since, c.got, got, c.want)
		}
	}
}

func TestLongLines(t *testing.T) {
	t.Parallel()
	t.Run("content of one long line", func(t *testing.T) {
		t.Parallel()
		g := &fakeGate{}
		c := ready(t, open(t, Options{}, g))
		line := strings.Repeat("x", 1<<20) + "\r\n"
		if got := c.mail(line + ".\r\n"); got != "250 2.0.0 m1 released" {
			t.Errorf("answer %q", got)
		}
		if came := g.received(); len(came) != 1 || string(came[0].Data) != line {
			t.Error("the line did not arrive as it was")
		}
	})
	t.Run("endless command", func(t *testing.T) {
		t.Parallel()
		c := ready(t, open(t, Options{}, &fakeGate{}))
		c.send("NOOP " + strings.Repeat("x", maxRead))
		c.want("500 5.5.6 ")
		c.wantClosed()
	})
	t.Run("login", func(t *testing.T) { // RFC 4954 §4 wants 12,288 octets
		t.Parallel()
		c := ready(t, open(t, Options{TLS: serverTLS(), Users: users()}, &fakeGate{}))
		c.send("STARTTLS\r\n")
		c.want("220 ")
		c.secure()
		c.send("EHLO client.example\r\n")
		c.want("250 ")
		c.send("AUTH PLAIN " + strings.Repeat("AAAA", 3068) + "\r\n")
		c.want("535 ")
		c.send("AUTH LOGIN\r\n")
		c.want("334 ")
		c.send(strings.Repeat("AAAA", 3071) + "\r\n")
		c.want("334 ")
		c.send(strings.Repeat("AAAA", 3072) + "\r\n")
		c.want("500 5.5.6 ")
		c.wantClosed()
	})
	t.Run("command", func(t *testing.T) {
		t.Parallel()
		c := ready(t, open(t, Options{}, &fakeGate{}))
		c.send("NOOP " + strings.Repeat("x", maxCommand-7) + "\r\n")
		c.want("250 ")
		c.send("NOOP " + strings.Repeat("x", maxCommand-6) + "\r\n")
		c.want("500 5.5.6 ")
		c.wantClosed()
	})
}

// A line far beyond every limit is refused in little memory, and one that
// never ends is not read for ever.
func TestHugeLineCostsNoMemory(t *testing.T) {
	g := &fakeGate{}
	s := open(t, Options{MaxMessage: 8 << 20}, g)
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	c := ready(t, s)
	c.send(envelope + "DATA\r\n")
	c.want("250 ")
	c.want("250 ")
	c.want("354 ")
	chunk := bytes.Repeat([]byte("x"), 1<<20)
	_ = c.conn.SetWriteDeadline(time.Now().Add(patience))
	sent := 0
	for ; sent < 1<<10; sent++ {
		if _, err := c.conn.Write(chunk); err != nil {
			break
		}
	}
	if sent > 60 { // 5 × 8 MiB and what the kernel buffers
		t.Errorf("%d MiB were read", sent)
	}
	runtime.ReadMemStats(&after)
	if grown := after.TotalAlloc - before.TotalAlloc; grown > 8<<20 {
		t.Errorf("%d octets were allocated", grown)
	}
	if came := g.received(); len(came) != 0 {
		t.Errorf("the gate got %d mails", len(came))
	}
}

func TestMemoryUnderWayIsBounded(t *testing.T) {
	t.Parallel()
	enter, leave := make(chan struct{}), make(chan struct{})
	g := &fakeGate{answer: func(context.Context, gate.Submission) (gate.Receipt, error) {
		enter <- struct{}{}
		<-leave
		return gate.Receipt{MailID: "m1"}, nil
	}}
	s := open(t, Options{MaxMessage: 32 << 10, MaxInFlightBytes: 64 << 10}, g)
	body := strings.Repeat("0123456789abcd\r\n", 2048) // the whole 32 KiB
	first, second, third := ready(t, s), ready(t, s), ready(t, s)
	for _, c := range []*client{first, second} {
		c.send(envelope + "DATA\r\n")
		c.want("250 ")
		c.want("250 ")
		c.want("354 ")
	}
	first.send(body + ".\r\n")
	<-enter // 32 KiB at the gate, 8 KiB for the second
	second.send(body + ".\r\n")
	second.want("451 4.3.2 ")
	third.send("MAIL FROM:<a@shop.example> SIZE=32768\r\n")
	third.want("250 ")
	third.send("RCPT TO:<a@example.jp>\r\n")
	third.want("250 ")
	if !s.memory.take(s.memory.free) {
		t.Fatal("cannot take the rest")
	}
	third.send("DATA\r\n")
	third.want("451 4.3.2 ")
	second.send("MAIL FROM:<a@shop.example>\r\n")
	second.want("451 4.3.2 ")
	leave <- struct{}{}
	first.want("250 2.0.0 m1 released")
	third.send("DATA\r\nx\r\n.\r\n") // there is room again, and the mail is still open
	third.want("354 ")
	<-enter
	leave <- struct{}{}
	third.want("250 2.0.0 m1 released")
}

func TestManyClients(t *testing.T) {
	t.Parallel()
	const clients, mails = 40, 10
	var inside, most atomic.Int64
	g := &fakeGate{answer: func(_ context.Context, s gate.Submission) (gate.Receipt, error) {
		most.Store(max(most.Load(), inside.Add(1)))
		defer inside.Add(-1)
		return gate.Receipt{MailID: strings.TrimSpace(string(s.Data))}, nil
	}}
	s := open(t, Options{}, g)
	var all sync.WaitGroup
	for i := range clients {
		c := ready(t, s)
		all.Go(func() {
			for j := range mails {
				name := string(rune('a'+i%26)) + string(rune('a'+j)) + strings.Repeat("z", i)
				if got := c.mail(name + "\r\n.\r\n"); got != "250 2.0.0 "+name+" released" {
					t.Errorf("answer %q to mail %q", got, name)
				}
			}
		})
	}
	all.Wait()
	if n := len(g.received()); n != clients*mails {
		t.Errorf("the gate got %d mails", n)
	}
	if s.memory.free != s.options.MaxInFlightBytes {
		t.Error("memory was not given back")
	}
}

func TestBadOptionsStopTheStart(t *testing.T) {
	t.Parallel()
	for name, o := range map[string]Options{
		"AUTH without TLS": {RequireAuth: true, Users: users()},
		"little memory":    {MaxMessage: 2000, MaxInFlightBytes: 3000},
		"negative":         {MaxRecipients: -1},
		"host name":        {Hostname: "a b"},
		"port":             {Listen: "127.0.0.1:99999"},
	} {
		s := New(o, &fakeGate{})
		if err := s.Start(); err == nil {
			t.Errorf("%s: started", name)
			_ = s.Stop(t.Context())
		} else if k := fault.KindOf(err); k != fault.Invalid && k != fault.Unavailable {
			t.Errorf("%s: kind %v", name, k)
		}
	}
}
