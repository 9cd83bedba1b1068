package relay

import (
	"bufio"
	"bytes"
	"io"
	"net"
	"runtime"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/emersion/go-smtp"
)

// sink takes everything, over go-smtp's server.
type sink struct{}

func (sink) NewSession(*smtp.Conn) (smtp.Session, error) { return sink{}, nil }
func (sink) Reset()                                      {}
func (sink) Logout() error                               { return nil }
func (sink) Mail(string, *smtp.MailOptions) error        { return nil }
func (sink) Rcpt(string, *smtp.RcptOptions) error        { return nil }
func (sink) Data(r io.Reader) error {
	_, err := io.Copy(io.Discard, r)
	return err
}

func startSink(b *testing.B) string {
	b.Helper()
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		b.Fatal(err)
	}
	s := smtp.NewServer(sink{})
	s.Domain = "sink.example"
	s.ErrorLog = quiet{}
	done := make(chan struct{})
	go func() { defer close(done); _ = s.Serve(ln) }()
	b.Cleanup(func() { _ = s.Close(); <-done })
	return ln.Addr().String()
}

// startQuickSink takes everything with as little work as can be.
func startQuickSink(b *testing.B) string {
	b.Helper()
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { _ = ln.Close() })
	go func() {
		for {
			nc, err := ln.Accept()
			if err != nil {
				return
			}
			go quickSink(nc)
		}
	}()
	return ln.Addr().String()
}

func quickSink(nc net.Conn) {
	defer func() { _ = nc.Close() }()
	r, w := bufio.NewReaderSize(nc, 64<<10), bufio.NewWriter(nc)
	_, _ = w.WriteString("220 sink.example\r\n")
	for {
		if r.Buffered() == 0 && w.Flush() != nil {
			return
		}
		line, err := r.ReadSlice('\n')
		if err != nil {
			return
		}
		switch {
		case bytes.HasPrefix(line, []byte("EHLO")):
			_, _ = w.WriteString("250-sink.example\r\n250-PIPELINING\r\n250 8BITMIME\r\n")
		case bytes.HasPrefix(line, []byte("DATA")):
			_, _ = w.WriteString("354 go\r\n")
			_ = w.Flush()
			for err == nil && string(line) != ".\r\n" {
				line, err = r.ReadSlice('\n')
			}
			fallthrough
		default:
			_, _ = w.WriteString("250 2.0.0 ok\r\n")
		}
	}
}

func benchBody(size int) []byte {
	line := "<td>例示商店をご利用いただきありがとうございます。</td>\r\n"
	return []byte("Subject: order\r\n\r\n" + strings.Repeat(line, size/len(line)))
}

const benchConns = 8

func BenchmarkSend(b *testing.B) {
	for name, start := range map[string]func(*testing.B) string{"sink=go-smtp": startSink, "sink=quick": startQuickSink} {
		for _, size := range []int{4 << 10, 20 << 10} {
			body := benchBody(size)
			kb := map[int]string{4 << 10: "4K", 20 << 10: "20K"}[size]
			b.Run(name+"/client=ours/"+kb, func(b *testing.B) { benchOurs(b, start(b), body) })
			b.Run(name+"/client=go-smtp/"+kb, func(b *testing.B) { benchGoSMTP(b, start(b), body) })
		}
	}
}

func benchOurs(b *testing.B, addr string, body []byte) {
	c, err := New(Options{Address: addr, Hello: "gate.shop.example", MaxConns: benchConns, MaxPerConn: 1 << 30})
	if err != nil {
		b.Fatal(err)
	}
	defer c.Close()
	env := to("a@example.jp")
	prefix := []byte("Received: from app by gate.shop.example; Mon, 23 Nov 2026 09:00:00 +0900\r\n")
	measure(b, func() error {
		out, err := c.Send(b.Context(), env, [][]byte{prefix, body}, yes)
		if err == nil && out[0].Status != Relayed {
			b.Error(out)
		}
		return err
	})
}

func benchGoSMTP(b *testing.B, addr string, body []byte) {
	pool := make(chan *smtp.Client, benchConns)
	for range benchConns {
		c, err := smtp.Dial(addr)
		if err != nil {
			b.Fatal(err)
		}
		defer func() { _ = c.Close() }()
		pool <- c
	}
	measure(b, func() error {
		c := <-pool
		defer func() { pool <- c }()
		if err := c.Mail("shop@shop.example", nil); err != nil {
			return err
		}
		if err := c.Rcpt("a@example.jp", nil); err != nil {
			return err
		}
		w, err := c.Data()
		if err != nil {
			return err
		}
		if _, err := w.Write(body); err != nil {
			return err
		}
		return w.Close()
	})
}

// measure sends from benchConns goroutines and reports CPU, of the sink too.
func measure(b *testing.B, send func() error) {
	b.SetParallelism(max(benchConns/runtime.GOMAXPROCS(0), 1))
	b.ReportAllocs()
	before := cpu()
	b.RunParallel(func(pb *testing.PB) {
		for pb.Next() {
			if err := send(); err != nil {
				b.Error(err)
				return
			}
		}
	})
	b.ReportMetric(float64((cpu()-before).Microseconds())/float64(b.N), "cpu-µs/op")
}

func cpu() time.Duration {
	var u syscall.Rusage
	_ = syscall.Getrusage(syscall.RUSAGE_SELF, &u)
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

// quiet is the log of a server whose complaints are no part of the test.
type quiet struct{}

func (quiet) Printf(string, ...any) {}
func (quiet) Println(...any)        {}
