package bench

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"time"
)

// sink takes all mail and counts it. It is Postfix's smtp-sink where that is
// installed, since it costs least, else a plain one of our own.
type sink struct {
	addr  string
	count func() int
	stop  func() error
}

// openSink starts a sink on a free port.
func openSink(ctx context.Context) (*sink, error) {
	path, err := exec.LookPath("smtp-sink")
	if err != nil {
		return ownSink()
	}
	port, err := freePort()
	if err != nil {
		return nil, err
	}
	s := &sink{addr: "127.0.0.1:" + port}
	args := []string{"-c", "-m", "1000", s.addr, "1000"}
	if os.Geteuid() == 0 {
		args = append([]string{"-u", "nobody"}, args...)
	}
	cmd := exec.Command(path, args...) //nolint:gosec // Postfix's own tool
	out, err := cmd.StdoutPipe()
	if err != nil {
		return nil, fmt.Errorf("open pipe to smtp-sink: %w", err)
	}
	p, err := start(cmd)
	if err != nil {
		return nil, err
	}
	var n atomic.Int64
	go countMessages(out, &n)
	s.count = func() int { return int(n.Load()) }
	s.stop = func() error { return p.stop(syscall.SIGTERM) }
	if err := p.await(ctx, func() error { return greets(s.addr) }); err != nil {
		return nil, errors.Join(err, s.stop())
	}
	return s, nil
}

// countMessages reads the counters that smtp-sink -c prints, now and then, so
// that reading costs nothing.
func countMessages(r io.Reader, n *atomic.Int64) {
	buf := make([]byte, 64<<10)
	kept := 0 // the beginning of a line whose end has not come
	for {
		k, err := r.Read(buf[kept:])
		if err != nil {
			return
		}
		k += kept
		end := bytes.LastIndexByte(buf[:k], '\r') + 1
		if at := bytes.LastIndex(buf[:end], []byte("mesg=")); at >= 0 {
			digits, _, _ := strings.Cut(string(buf[at+len("mesg="):end]), "\r")
			if v, err := strconv.ParseInt(digits, 10, 64); err == nil {
				n.Store(v)
			}
		}
		kept = copy(buf, buf[end:k])
		<-time.After(2 * time.Millisecond)
	}
}

// ownSink is a sink in this process.
func ownSink() (*sink, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, fmt.Errorf("open sink: %w", err)
	}
	var n atomic.Int64
	var serving sync.WaitGroup
	open := map[net.Conn]bool{}
	var mu sync.Mutex
	serving.Go(func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			mu.Lock()
			open[c] = true
			mu.Unlock()
			serving.Go(func() {
				swallow(c, &n)
				_ = c.Close()
				mu.Lock()
				delete(open, c)
				mu.Unlock()
			})
		}
	})
	stop := func() error {
		err := l.Close()
		mu.Lock()
		for c := range open {
			_ = c.Close()
		}
		mu.Unlock()
		serving.Wait()
		return err
	}
	return &sink{addr: l.Addr().String(), count: func() int { return int(n.Load()) }, stop: stop}, nil
}

// swallow takes the mails of one connection.
func swallow(c net.Conn, n *atomic.Int64) {
	r, w := bufio.NewReaderSize(c, 32<<10), bufio.NewWriter(c)
	_, _ = w.WriteString("220 sink.example\r\n")
	for {
		if r.Buffered() == 0 && w.Flush() != nil {
			return
		}
		line, err := r.ReadString('\n')
		if err != nil {
			return
		}
		answer := "250 2.0.0 ok\r\n"
		switch verb, _, _ := strings.Cut(strings.TrimSpace(line), " "); strings.ToUpper(verb) {
		case "EHLO":
			answer = "250-sink.example\r\n250-PIPELINING\r\n250 8BITMIME\r\n"
		case "DATA":
			_, _ = w.WriteString("354 go on\r\n")
			if w.Flush() != nil || !content(r) {
				return
			}
			n.Add(1)
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

// content reads up to the final dot.
func content(r *bufio.Reader) bool {
	for {
		line, err := r.ReadSlice('\n')
		if err != nil {
			return false
		}
		if string(line) == ".\r\n" {
			return true
		}
	}
}
