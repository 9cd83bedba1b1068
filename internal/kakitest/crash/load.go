package crash

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"net"
	"strings"
	"sync"
	"time"
)

// Mail is one mail an application hands in. The same Key always has the same
// bytes.
type Mail struct {
	Key  string // Message-ID
	To   string
	Data []byte // CRLF line ends, no line begins with a dot
}

// Answer is what the door said to the final dot.
type Answer struct {
	Code int
	ID   string // mail id
	Word string // released, held or duplicate
}

// answerPatience is how long an application waits for an answer.
const answerPatience = 90 * time.Second

// Conn is one connection of an application, used for many mails, pipelined.
type Conn struct {
	c net.Conn
	r *bufio.Reader
	w *bufio.Writer
}

// Dial connects and says EHLO.
func Dial(addr string) (*Conn, error) {
	c, err := net.DialTimeout("tcp", addr, 5*time.Second)
	if err != nil {
		return nil, fmt.Errorf("connect: %w", err)
	}
	conn := &Conn{c, bufio.NewReader(c), bufio.NewWriterSize(c, 64<<10)}
	_, err = conn.reply()
	if err == nil {
		_, err = conn.say("EHLO app.example\r\n")
	}
	if err != nil {
		_ = c.Close()
		return nil, err
	}
	return conn, nil
}

// Close hangs up.
func (c *Conn) Close() { _ = c.c.Close() }

// Send hands in one mail. An error means that nobody knows what became of it.
func (c *Conn) Send(m *Mail) (Answer, error) {
	_, _ = fmt.Fprintf(c.w, "MAIL FROM:<shop@shop.example> BODY=8BITMIME\r\nRCPT TO:<%s>\r\nDATA\r\n", m.To)
	if err := c.w.Flush(); err != nil {
		return Answer{}, err
	}
	for range 2 {
		if line, err := c.reply(); err != nil || line[0] != '2' {
			return Answer{}, errors.Join(err, fmt.Errorf("refused before DATA: %.3s", line))
		}
	}
	line, err := c.reply()
	if err != nil || !strings.HasPrefix(line, "354") {
		return Answer{}, errors.Join(err, fmt.Errorf("DATA answered %.9s", line))
	}
	_, _ = c.w.Write(m.Data)
	if line, err = c.say(".\r\n"); err != nil {
		return Answer{}, err
	}
	return parseAnswer(line)
}

// parseAnswer reads "250 2.0.0 <mail id> released".
func parseAnswer(line string) (Answer, error) {
	var a Answer
	if _, err := fmt.Sscanf(line, "%d", &a.Code); err != nil {
		return a, fmt.Errorf("odd answer: %w", err)
	}
	if words := strings.Fields(line); a.Code == 250 && len(words) >= 4 {
		a.ID, a.Word = words[2], words[3]
	}
	return a, nil
}

func (c *Conn) say(text string) (string, error) {
	_, _ = c.w.WriteString(text)
	if err := c.w.Flush(); err != nil {
		return "", err
	}
	return c.reply()
}

// reply reads one reply and gives its last line.
func (c *Conn) reply() (string, error) {
	if err := c.c.SetReadDeadline(time.Now().Add(answerPatience)); err != nil {
		return "", err
	}
	for {
		line, err := c.r.ReadString('\n')
		if err != nil {
			return "", err
		}
		if len(line) < 4 {
			return "", errors.New("odd reply")
		}
		if line[3] != '-' {
			return strings.TrimSpace(line), nil
		}
	}
}

// Queue hands mails in as Postfix does: a mail whose answer is unknown or 4xx
// is sent again, the same bytes, until there is a final answer.
type Queue struct {
	Addr func() string           // where the door is now; empty: nowhere
	Next func() (mail *Mail)     // nil: no more
	Done func(m *Mail, a Answer) // called by many goroutines
	Fail func(m *Mail, code int) // an answer 4xx (code) or none (0); may be nil
	Wait time.Duration           // before a mail is tried again (20 ms)
}

// Run sends with n connections until Next gives nil and all is answered, or ctx
// ends.
func (q *Queue) Run(ctx context.Context, n int) {
	var workers sync.WaitGroup
	for range n {
		workers.Go(func() {
			w := worker{q: q}
			defer w.hangUp()
			for m := q.Next(); m != nil && ctx.Err() == nil; m = q.Next() {
				w.deliver(ctx, m)
			}
		})
	}
	workers.Wait()
}

type worker struct {
	q    *Queue
	conn *Conn
}

func (w *worker) hangUp() {
	if w.conn != nil {
		w.conn.Close()
		w.conn = nil
	}
}

func (w *worker) deliver(ctx context.Context, m *Mail) {
	for ctx.Err() == nil {
		a, err := w.try(m)
		if err == nil && a.Code/100 != 4 {
			w.q.Done(m, a)
			return
		}
		if w.q.Fail != nil {
			w.q.Fail(m, a.Code)
		}
		if err != nil {
			w.hangUp()
		}
		select {
		case <-ctx.Done():
		case <-time.After(max(w.q.Wait, 20*time.Millisecond)):
		}
	}
}

func (w *worker) try(m *Mail) (Answer, error) {
	if w.conn == nil {
		addr := w.q.Addr()
		if addr == "" {
			return Answer{}, errors.New("nobody is there")
		}
		conn, err := Dial(addr)
		if err != nil {
			return Answer{}, err
		}
		w.conn = conn
	}
	return w.conn.Send(m)
}
