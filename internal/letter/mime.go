package letter

import (
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/kakitome/kakitome/internal/mail"
)

// Stream is the stream of incident letters: the strictest there is, which no
// pause stops.
const Stream = "incident"

// Letter is one letter with everything its bytes depend on. All of it is in the
// letter's row, so that a letter built again after a crash is the same, byte for
// byte, and the gateway knows it for a duplicate.
type Letter struct {
	From      string // address
	FromName  string // the company
	ReplyTo   string // empty: From
	To        string // the one recipient; no name stands beside it
	Date      time.Time
	MessageID string // without brackets
	Sheet     Sheet
}

const (
	lineBytes = 76 // of base64 and of header lines with encoded words (RFC 2045 §6.8, RFC 2047 §2)
	wordBytes = 39 // of text in one encoded word: 52 characters and 12 around them
)

// Build writes the mail: plain text and HTML with the same words, in UTF-8 as
// base64, lines ending in CRLF.
func Build(l Letter) ([]byte, error) {
	if err := l.check(); err != nil {
		return nil, fmt.Errorf("build letter: %w", err)
	}
	boundary := boundaryOf(l.Sheet)
	var b bytes.Buffer
	field := func(name, value string) { b.WriteString(name + ": " + value + "\r\n") }
	field("From", display(l.FromName, l.From))
	if l.ReplyTo != "" {
		field("Reply-To", "<"+l.ReplyTo+">")
	}
	field("To", "<"+l.To+">")
	field("Subject", words(l.Sheet.Subject))
	field("Date", l.Date.Format("Mon, 02 Jan 2006 15:04:05 -0700"))
	field("Message-ID", "<"+l.MessageID+">")
	field("Auto-Submitted", "auto-generated") // RFC 3834 §5: nobody's vacation notice shall answer
	field("X-Kakitome-Stream", Stream)
	field("MIME-Version", "1.0")
	field("Content-Language", "ja, en")
	field("Content-Type", "multipart/alternative;\r\n boundary=\""+boundary+"\"")
	for _, p := range []struct{ kind, text string }{{"text/plain", l.Sheet.Text}, {"text/html", l.Sheet.HTML}} {
		b.WriteString("\r\n--" + boundary + "\r\n")
		field("Content-Type", p.kind+"; charset=utf-8")
		field("Content-Transfer-Encoding", "base64")
		b.WriteString("\r\n")
		body := base64.StdEncoding.EncodeToString([]byte(strings.ReplaceAll(p.text, "\n", "\r\n")))
		for len(body) > lineBytes {
			b.WriteString(body[:lineBytes] + "\r\n")
			body = body[lineBytes:]
		}
		b.WriteString(body)
	}
	b.WriteString("\r\n--" + boundary + "--\r\n")
	return b.Bytes(), nil
}

// check refuses what would break out of a header field or does not make a
// letter to one person.
func (l *Letter) check() error {
	var errs []error
	for _, a := range []struct{ name, address string }{{"sender", l.From}, {"reply address", l.ReplyTo}, {"recipient", l.To}} {
		if a.address == "" && a.name == "reply address" {
			continue
		}
		if !oneAddress(a.address) {
			errs = append(errs, fmt.Errorf("the %s is not one plain mail address", a.name))
		}
	}
	left, right, ok := strings.Cut(l.MessageID, "@")
	if !ok || left == "" || right == "" || strings.ContainsFunc(left+right, func(r rune) bool { return r != '.' && notToken(r) }) {
		errs = append(errs, errors.New("the Message-ID is not of letters, digits, dots and dashes around one @"))
	}
	if strings.ContainsFunc(l.FromName+l.Sheet.Subject, unprintable) {
		errs = append(errs, errors.New("the sender's name or the subject has control characters"))
	}
	if l.Date.IsZero() {
		errs = append(errs, errors.New("it has no date"))
	}
	if l.Sheet.Subject == "" || l.Sheet.Text == "" || l.Sheet.HTML == "" {
		errs = append(errs, errors.New("it says nothing"))
	}
	if l.Sheet.Paper {
		errs = append(errs, errors.New("it was written for paper"))
	}
	return errors.Join(errs...)
}

// oneAddress tells whether s is a mail address that can stand between angle
// brackets, and is read as exactly one.
func oneAddress(s string) bool {
	at := strings.LastIndexByte(s, '@')
	if at <= 0 || at == len(s)-1 || len(s) > 254 || strings.ContainsFunc(s, unprintable) || strings.ContainsAny(s, " <>(),:;\\\"") || !utf8.ValidString(s) {
		return false
	}
	read := mail.Addresses("<" + s + ">")
	return len(read) == 1
}

// boundaryOf is a boundary that does not occur in the letter, the same each
// time: base64 has no underscore.
func boundaryOf(s Sheet) string {
	sum := sha256.Sum256([]byte(s.Subject + "\x00" + s.Text + "\x00" + s.HTML))
	return "=_" + hex.EncodeToString(sum[:12])
}

// display is a name and an address as From has them.
func display(name, address string) string {
	switch {
	case name == "":
		return "<" + address + ">"
	case ascii(name):
		return `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(name) + `" <` + address + ">"
	}
	return words(name) + "\r\n <" + address + ">"
}

// words is a text as encoded words, one a line, none split inside a character
// (RFC 2047 §5).
func words(s string) string {
	if ascii(s) && len(s) <= lineBytes-len("Subject: ") {
		return s
	}
	var lines []string
	for s != "" {
		n := len(s)
		if n > wordBytes {
			for n = wordBytes; !utf8.RuneStart(s[n]); {
				n--
			}
		}
		lines = append(lines, "=?UTF-8?B?"+base64.StdEncoding.EncodeToString([]byte(s[:n]))+"?=")
		s = s[n:]
	}
	return strings.Join(lines, "\r\n ")
}

func ascii(s string) bool {
	return !strings.ContainsFunc(s, func(r rune) bool { return r < 0x20 || r > 0x7e })
}
