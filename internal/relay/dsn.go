package relay

import (
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"mime"
	"mime/quotedprintable"
	"slices"
	"strings"
	"time"

	"github.com/kakitome/kakitome/internal/mail"
)

// ErrNullSender says that a mail has nobody to return it to (RFC 5321 §4.5.5):
// it is undeliverable and must be listed.
var ErrNullSender = errors.New("no notice to the null sender")

// Notice is what a DSN about a mail says. The DSN itself travels from the null
// sender to To, with SMTPUTF8 when To is not ASCII.
type Notice struct {
	To        string    // envelope sender of the mail
	From      string    // whom the notice is from in its header, such as mailer-daemon@gate.shop.example
	MessageID string    // of the notice, without brackets
	Reporter  string    // host name of this gateway
	Relay     string    // host name of the relay, empty when it never answered
	Arrived   time.Time // when the mail was accepted
	Now       time.Time
	EnvID     string // ENVID of the mail, decoded; empty when not given
	Header    []byte // header block of the mail as accepted
	Failed    []FailedRecipient
}

// FailedRecipient is one recipient the mail did not reach.
type FailedRecipient struct {
	Recipient mail.Recipient
	Outcome   Outcome
	At        time.Time // of the last try
}

// WantsFailure tells whether the sender is told when r is not reached:
// always, unless NOTIFY says otherwise (RFC 3461 §4.1).
func WantsFailure(r mail.Recipient) bool {
	return len(r.Notify) == 0 || slices.ContainsFunc(r.Notify, func(n string) bool { return strings.EqualFold(n, "FAILURE") })
}

// DSN writes a delivery status notification (RFC 3464): words for people in
// Japanese and English, fields for programs, and the header of the mail, never
// its content. Fields of Kakitome's own are left out. Addresses that are not
// ASCII are written in the 7-bit form unless To itself is not ASCII (RFC 6533
// §3). The same notice always gives the same bytes.
func DSN(n Notice) ([]byte, error) {
	switch {
	case n.To == "":
		return nil, ErrNullSender
	case len(n.Failed) == 0:
		return nil, errors.New("write notice: no recipient failed")
	}
	d := dsn{Notice: n, utf8: !ascii([]byte(n.To))}
	status, original := "message/delivery-status", "text/rfc822-headers"
	if d.utf8 {
		status, original = "message/global-delivery-status", "message/global-headers"
	}
	parts := []part{
		{"text/plain; charset=utf-8", d.words()},
		{status, d.status()},
		{original, withoutOwnFields(n.Header)},
	}
	boundary := boundaryOf(parts)
	d.field("From", "Mail Delivery System <"+n.From+">")
	d.field("To", "<"+n.To+">")
	d.field("Subject", "Undelivered mail returned to sender / "+mime.BEncoding.Encode("utf-8", "メールを届けられませんでした"))
	d.field("Date", n.Now.Format(time.RFC1123Z))
	d.field("Message-ID", "<"+n.MessageID+">")
	d.field("Auto-Submitted", "auto-replied") // RFC 3834 §5
	d.field("MIME-Version", "1.0")
	d.field("Content-Type", `multipart/report; report-type=`+strings.TrimPrefix(status, "message/")+`; boundary="`+boundary+`"`)
	d.b.WriteString("\r\n")
	for _, p := range parts {
		p.write(&d.b, boundary, d.utf8)
	}
	d.b.WriteString("--" + boundary + "--\r\n")
	return d.b.Bytes(), nil
}

// dsn is a notice being written.
type dsn struct {
	Notice
	utf8 bool
	b    bytes.Buffer
}

// words is the part for people.
func (d *dsn) words() []byte {
	var b strings.Builder
	b.WriteString("次の宛先にメールを届けられませんでした。このメールを再び送ることはありません。\r\n" +
		"Your mail could not be delivered to the following addresses. It will not be tried again.\r\n")
	for _, f := range d.Failed {
		fmt.Fprintf(&b, "\r\n<%s>\r\n", oneLine(f.Recipient.Address))
		who, wer := "中継サーバーの応答", "The relay said"
		if f.Outcome.Code == 0 {
			who, wer = "理由", "Reason"
		}
		fmt.Fprintf(&b, "  %s / %s: %s\r\n", who, wer, oneLine(diagnosis(f.Outcome)))
		if f.Outcome.Uncertain {
			b.WriteString("  最後の応答が失われたため、届いている可能性があります。\r\n" +
				"  The last answer was lost; the mail may have arrived all the same.\r\n")
		}
	}
	b.WriteString("\r\n届けられなかったメールのヘッダーを添付します。本文は含みません。\r\n" +
		"The header of the mail is attached, its content is not.\r\n")
	return []byte(b.String())
}

// status is the part for programs (RFC 3464 §2).
func (d *dsn) status() []byte {
	s := dsn{utf8: d.utf8}
	if d.EnvID != "" {
		s.field("Original-Envelope-Id", d.EnvID)
	}
	s.field("Reporting-MTA", "dns; "+d.Reporter)
	if !d.Arrived.IsZero() {
		s.field("Arrival-Date", d.Arrived.Format(time.RFC1123Z))
	}
	for _, f := range d.Failed {
		s.b.WriteString("\r\n")
		if kind, addr, ok := strings.Cut(f.Recipient.ORcpt, ";"); ok {
			s.field("Original-Recipient", kind+"; "+s.address(addr))
		}
		kind := "rfc822"
		if !ascii([]byte(f.Recipient.Address)) {
			kind = "utf-8"
		}
		s.field("Final-Recipient", kind+"; "+s.address(f.Recipient.Address))
		s.field("Action", "failed")
		s.field("Status", statusOf(f.Outcome))
		if d.Relay != "" {
			s.field("Remote-MTA", "dns; "+d.Relay)
		}
		if f.Outcome.Code != 0 && d.Relay != "" {
			s.field("Diagnostic-Code", "smtp; "+diagnosis(f.Outcome))
		}
		if !f.At.IsZero() {
			s.field("Last-Attempt-Date", f.At.Format(time.RFC1123Z))
		}
	}
	return s.b.Bytes()
}

// address writes an address so that its part of the notice can hold it.
func (d *dsn) address(addr string) string {
	if ascii([]byte(addr)) {
		return addr
	}
	return unitext(addr, d.utf8)
}

// field writes a header field, folded at spaces; what could break out of the
// field or does not fit its charset is replaced.
func (d *dsn) field(name, value string) {
	value = oneLine(value)
	if !d.utf8 {
		value = strings.Map(func(c rune) rune {
			if c >= 0x80 {
				return '?'
			}
			return c
		}, value)
	}
	d.b.WriteString(name + ":")
	column := len(name) + 1
	for _, word := range strings.Fields(value) {
		if column > len(name)+1 && column+1+len(word) > 76 {
			d.b.WriteString("\r\n")
			column = 0
		}
		d.b.WriteString(" " + word)
		column += 1 + len(word)
	}
	d.b.WriteString("\r\n")
}

// oneLine is s fit for one line, well under the 998 bytes of RFC 5322 §2.1.1.
func oneLine(s string) string { return printable(s, 900) }

// diagnosis is "550 5.1.1 no such user", without what is not known.
func diagnosis(o Outcome) string {
	words := []string{o.Enhanced, o.Text}
	if o.Code != 0 {
		words = append([]string{fmt.Sprint(o.Code)}, words...)
	}
	return strings.Join(slices.DeleteFunc(words, func(w string) bool { return w == "" }), " ")
}

// statusOf is the status code of an outcome, its class alone when the relay
// gave none (RFC 3463 §2). Class 2 would contradict the action.
func statusOf(o Outcome) string {
	if e := o.Enhanced; strings.HasPrefix(e, "4.") || strings.HasPrefix(e, "5.") {
		return e
	}
	if o.Code/100 == 5 {
		return "5.0.0"
	}
	return "4.0.0"
}

// part is one part of the report.
type part struct {
	contentType string
	content     []byte
}

// write writes the part in 7 bits, unless eight are fine. Words for people are
// in base64, since they are Japanese; fields are in quoted-printable only if
// they must.
func (p part) write(b *bytes.Buffer, boundary string, eight bool) {
	fmt.Fprintf(b, "--%s\r\nContent-Type: %s\r\n", boundary, p.contentType)
	switch {
	case strings.HasPrefix(p.contentType, "text/plain"):
		b.WriteString("Content-Transfer-Encoding: base64\r\n\r\n")
		for line := range slices.Chunk([]byte(base64.StdEncoding.EncodeToString(p.content)), 76) {
			b.Write(line)
			b.WriteString("\r\n")
		}
	case longLine(p.content) || !ascii(p.content) && !eight:
		b.WriteString("Content-Transfer-Encoding: quoted-printable\r\n\r\n")
		w := quotedprintable.NewWriter(b)
		_, _ = w.Write(p.content) // into memory
		_ = w.Close()
	default:
		if !ascii(p.content) {
			b.WriteString("Content-Transfer-Encoding: 8bit\r\n")
		}
		b.WriteString("\r\n")
		b.Write(p.content)
	}
	b.WriteString("\r\n") // belongs to the boundary, not to the part (RFC 2046 §5.1.1)
}

// boundaryOf is a boundary made of what it bounds, so that it is in none of it.
func boundaryOf(parts []part) string {
	h := sha256.New()
	for _, p := range parts {
		h.Write(p.content)
	}
	return "=_" + hex.EncodeToString(h.Sum(nil)[:16])
}

// withoutOwnFields is a header block without the X-Kakitome-* fields and
// without the empty line at its end; line ends become CRLF.
func withoutOwnFields(header []byte) []byte {
	var b bytes.Buffer
	skip := false
	for line := range bytes.Lines(header) {
		line = bytes.TrimRight(line, "\r\n")
		if len(line) == 0 {
			break
		}
		if line[0] != ' ' && line[0] != '\t' {
			name, _, _ := bytes.Cut(line, []byte(":"))
			skip = len(name) >= len(ownPrefix) && strings.EqualFold(string(name[:len(ownPrefix)]), ownPrefix)
		}
		if !skip {
			b.Write(line)
			b.WriteString("\r\n")
		}
	}
	return b.Bytes()
}

const ownPrefix = "X-Kakitome-"

func ascii(b []byte) bool {
	return !slices.ContainsFunc(b, func(c byte) bool { return c >= 0x80 })
}

// longLine tells whether a line is over the 998 bytes of RFC 5322 §2.1.1.
func longLine(b []byte) bool {
	for line := range bytes.Lines(b) {
		if len(line) > 998+len("\r\n") {
			return true
		}
	}
	return false
}
