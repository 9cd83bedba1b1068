package bench

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"net"
	"os/exec"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"time"
)

// sessions is how many connections a full load has.
const sessions = 50

const sender = "orders@shop.example"

// letter is one mail as a client hands it in.
type letter struct {
	to   string
	data []byte // CRLF line ends; no line begins with a dot
}

// latencies are how long the mails of a load took, from MAIL to the last
// answer, in order of length.
type latencies []time.Duration

// at is a percentile in milliseconds.
func (l latencies) at(percent int) float64 {
	if len(l) == 0 {
		return 0
	}
	return float64(l[min(len(l)-1, len(l)*percent/100)]) / float64(time.Millisecond)
}

// post hands letters in over n connections, each with the next letter as soon
// as the last one was answered, command by command as smtp-source does.
func post(ctx context.Context, addr string, n int, letters []letter) (latencies, error) {
	var next atomic.Int64
	took := make(latencies, len(letters))
	failed := make([]error, n)
	var all sync.WaitGroup
	for s := range n {
		all.Go(func() { failed[s] = postOne(ctx, addr, letters, &next, took) })
	}
	all.Wait()
	if err := errors.Join(failed...); err != nil {
		return nil, fmt.Errorf("hand in mail: %w", err)
	}
	slices.Sort(took)
	return took, nil
}

func postOne(ctx context.Context, addr string, letters []letter, next *atomic.Int64, took latencies) error {
	c, err := dial(ctx, addr)
	if err != nil {
		return err
	}
	defer func() { _ = c.conn.Close() }()
	for i := int(next.Add(1)) - 1; i < len(letters); i = int(next.Add(1)) - 1 {
		began := time.Now()
		if err := c.send(&letters[i]); err != nil {
			return err
		}
		took[i] = time.Since(began)
		if ctx.Err() != nil {
			return ctx.Err()
		}
	}
	_, err = c.say("QUIT\r\n")
	return err
}

// conn is one SMTP connection.
type conn struct {
	conn net.Conn
	r    *bufio.Reader
	w    *bufio.Writer
}

func dial(ctx context.Context, addr string) (*conn, error) {
	nc, err := (&net.Dialer{}).DialContext(ctx, "tcp", addr)
	if err != nil {
		return nil, err
	}
	c := &conn{nc, bufio.NewReader(nc), bufio.NewWriterSize(nc, 64<<10)}
	err = nc.SetDeadline(time.Now().Add(10 * time.Minute))
	if err == nil {
		_, err = c.answer()
	}
	if err == nil {
		_, err = c.say("EHLO app.example\r\n")
	}
	if err != nil {
		_ = nc.Close()
		return nil, err
	}
	return c, nil
}

func (c *conn) send(l *letter) error {
	for _, command := range [...]string{"MAIL FROM:<" + sender + ">\r\n", "RCPT TO:<" + l.to + ">\r\n", "DATA\r\n"} {
		if _, err := c.say(command); err != nil {
			return err
		}
	}
	_, _ = c.w.Write(l.data)
	last, err := c.say(".\r\n")
	if err == nil && strings.Contains(last, " held") {
		err = errHeld
	}
	return err
}

var errHeld = errors.New("the mail was held; a figure with held mail is worth nothing")

func (c *conn) say(text string) (string, error) {
	if _, err := c.w.WriteString(text); err != nil {
		return "", err
	}
	if err := c.w.Flush(); err != nil {
		return "", err
	}
	return c.answer()
}

// answer reads one answer; a refusal is an error.
func (c *conn) answer() (string, error) {
	for {
		line, err := c.r.ReadString('\n')
		if err != nil {
			return "", err
		}
		line = strings.TrimSpace(line)
		if len(line) < 3 || line[0] != '2' && line[0] != '3' {
			return "", fmt.Errorf("refused: %q", line)
		}
		if len(line) < 4 || line[3] != '-' {
			return line, nil
		}
	}
}

// source sends n mails of nothing but X to n different recipients, with
// Postfix's smtp-source.
func source(ctx context.Context, path, addr string, n, size int, series string) error {
	cmd := exec.CommandContext(ctx, path, "-d", "-s", strconv.Itoa(sessions), "-m", strconv.Itoa(n), "-l", strconv.Itoa(size), "-N", //nolint:gosec // Postfix's own tool
		"-f", sender, "-t", series+"@load.example", "-M", "load.example", addr)
	if out, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("smtp-source: %w: %s", err, out[:min(len(out), 500)])
	}
	return nil
}
