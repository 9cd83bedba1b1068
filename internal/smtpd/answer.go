package smtpd

import (
	"bytes"
	"errors"
	"fmt"
	"net"
	"strings"
	"time"

	"github.com/emersion/go-smtp"

	"github.com/kakitome/kakitome/internal/fault"
)

// Write takes what go-smtp answers, a line at a time.
func (w *wire) Write(b []byte) (int, error) {
	w.line = append(w.line, b...)
	for {
		line, rest, ok := bytes.Cut(w.line, []byte("\r\n"))
		if !ok {
			return len(b), nil
		}
		if len(line) < 4 || line[3] != '-' { // of several lines only the last one says something
			w.answer(w.translate(string(line)))
		}
		w.line = append(w.line[:0], rest...)
	}
}

// translate gives go-smtp's answers the exact codes, and our own words.
func (w *wire) translate(line string) string {
	code, _, _ := strings.Cut(line, " ")
	switch string(w.verb) + " " + code {
	case "EHLO 250":
		w.greeted, w.old, w.extensions = true, false, w.server.relayExtensions()
		return w.greeting()
	case "HELO 250":
		w.greeted, w.old, w.extensions = true, true, Extensions{}
		return "250 " + w.server.options.Hostname
	case "MAIL 250":
		return "250 2.1.0 sender ok"
	case "RCPT 250":
		return "250 2.1.5 recipient ok"
	case "AUTH 235":
		return "235 2.7.0 welcome"
	case "AUTH 334":
		w.sasl = true
	case "AUTH 454":
		return "501 5.5.2 bad base64"
	case "AUTH 501":
		return "501 5.7.0 cancelled"
	case "AUTH 535":
		w.failures++
	case "MAIL 502", "RCPT 502", "DATA 502":
		return "503 5.5.1 bad sequence of commands"
	}
	return line
}

// answer keeps an answer for the next segment.
func (w *wire) answer(line string) {
	if w.dead {
		return
	}
	if line[0] == '5' && w.verb != rcptTo { // a list may hold many bad addresses
		w.errors++
	}
	w.server.options.Hooks.answered(line[:3])
	w.out = append(append(w.out, line...), "\r\n"...)
	if len(w.out) >= maxAnswers {
		_ = w.flush()
	}
}

// die answers a last time.
func (w *wire) die(line string) {
	w.answer(line)
	w.dead = true
}

func (w *wire) flush() error {
	if len(w.out) == 0 {
		return nil
	}
	if err := w.conn.SetWriteDeadline(time.Now().Add(w.server.options.WriteTimeout)); err != nil {
		return err
	}
	_, err := w.conn.Write(w.out)
	w.out = w.out[:0]
	if err != nil {
		w.dead = true
	}
	return err
}

// Close sends the last answers and ends the connection.
func (w *wire) Close() error {
	if w.closed {
		return nil
	}
	w.closed, w.dead = true, true
	err := errors.Join(w.flush(), w.conn.Close())
	w.session.drop()
	w.server.leave(w)
	return err
}

// LocalAddr and the others make a net.Conn of wire. go-smtp sets no deadlines,
// since its own timeouts are off.
func (w *wire) LocalAddr() net.Addr { return w.conn.LocalAddr() }

// RemoteAddr is the client's.
func (w *wire) RemoteAddr() net.Addr { return w.conn.RemoteAddr() }

// SetDeadline does nothing.
func (w *wire) SetDeadline(time.Time) error { return nil }

// SetReadDeadline does nothing.
func (w *wire) SetReadDeadline(time.Time) error { return nil }

// SetWriteDeadline does nothing.
func (w *wire) SetWriteDeadline(time.Time) error { return nil }

// refusal is an error as the client may read it.
func refusal(err error) *smtp.SMTPError {
	wire := fault.KindOf(err).Wire()
	return &smtp.SMTPError{Code: wire.SMTP, EnhancedCode: wire.Enhanced, Message: plain(fault.Outside(err))}
}

// reply is refusal as a line.
func reply(err error) string {
	r := refusal(err)
	return fmt.Sprintf("%d %d.%d.%d %s", r.Code, r.EnhancedCode[0], r.EnhancedCode[1], r.EnhancedCode[2], r.Message)
}

// maxText keeps an answer within 512 octets (RFC 5321 §4.5.3.1.5).
const maxText = 480

// plain makes one line of printable ASCII.
func plain(text string) string {
	one := strings.Map(func(r rune) rune {
		if r < ' ' || r > '~' {
			return '?'
		}
		return r
	}, text)
	return one[:min(len(one), maxText)]
}
