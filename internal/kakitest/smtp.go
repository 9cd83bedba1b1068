package kakitest

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
	"net"
	"strings"
	"testing"
	"time"
)

// SMTP is a client that sends octets as they are given to it, right or wrong.
type SMTP struct {
	Conn   net.Conn
	Offers string // the answer to EHLO
	t      testing.TB
	reader *bufio.Reader
}

// Dial connects to the program's SMTP door and says EHLO.
func (s *Server) Dial(t testing.TB) *SMTP {
	t.Helper()
	return Dial(t, s.App.SMTPAddr())
}

// Dial connects to an SMTP server and says EHLO.
func Dial(t testing.TB, addr string) *SMTP {
	t.Helper()
	conn, err := net.Dial("tcp", addr)
	if err != nil {
		t.Fatalf("connect to smtp: %v", err)
	}
	t.Cleanup(func() { _ = conn.Close() })
	c := &SMTP{Conn: conn, t: t, reader: bufio.NewReader(conn)}
	c.Reply()
	c.Offers = c.Command("EHLO app.example")
	return c
}

// Write sends octets; an error, which a refusing server may cause, is left to
// the next Reply to find.
func (c *SMTP) Write(text string) {
	_ = c.Conn.SetWriteDeadline(time.Now().Add(Patience))
	_, _ = io.WriteString(c.Conn, text)
}

// Reply is the next answer, its lines joined by "\n"; empty when the
// connection is over.
func (c *SMTP) Reply() string {
	c.t.Helper()
	_ = c.Conn.SetReadDeadline(time.Now().Add(Patience))
	var lines []string
	for {
		line, err := c.reader.ReadString('\n')
		if err != nil {
			return strings.Join(lines, "\n")
		}
		line = strings.TrimRight(line, "\r\n")
		lines = append(lines, line)
		if len(line) < 4 || line[3] != '-' {
			return strings.Join(lines, "\n")
		}
	}
}

// Command sends a line and gives the answer.
func (c *SMTP) Command(format string, args ...any) string {
	c.t.Helper()
	c.Write(fmt.Sprintf(format, args...) + "\r\n")
	return c.Reply()
}

// Send hands one mail in and gives the answer to its content, or the first
// refusal before it. Params follow MAIL FROM.
func (c *SMTP) Send(from string, to []string, content []byte, params ...string) string {
	c.t.Helper()
	if a := c.Command("%s", strings.TrimSpace("MAIL FROM:<"+from+"> "+strings.Join(params, " "))); a[:min(1, len(a))] != "2" {
		return a
	}
	for _, r := range to {
		if a := c.Command("RCPT TO:<%s>", r); a[:min(1, len(a))] != "2" {
			c.Command("RSET")
			return a
		}
	}
	if a := c.Command("DATA"); a[:min(1, len(a))] != "3" {
		return a
	}
	c.Write(string(Stuff(content)) + ".\r\n")
	return c.Reply()
}

// Stuff doubles the dots at the beginning of lines (RFC 5321 §4.5.2).
func Stuff(content []byte) []byte {
	out := bytes.ReplaceAll(content, []byte("\r\n."), []byte("\r\n.."))
	if bytes.HasPrefix(out, []byte(".")) {
		out = append([]byte("."), out...)
	}
	return out
}

// Send hands one mail in over a connection of its own and gives the answer.
func (s *Server) Send(t testing.TB, from string, to []string, content string) string {
	t.Helper()
	c := s.Dial(t)
	defer func() { _ = c.Conn.Close() }()
	return c.Send(from, to, []byte(content))
}

// MailID is the mail id in an answer 250.
func MailID(t testing.TB, answer string) string {
	t.Helper()
	fields := strings.Fields(answer)
	if len(fields) < 4 || fields[0] != "250" {
		t.Fatalf("not an answer with a mail id: %q", answer)
	}
	return fields[2]
}
