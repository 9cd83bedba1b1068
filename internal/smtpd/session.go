package smtpd

import (
	"fmt"
	"io"
	"runtime/debug"
	"strings"

	"github.com/emersion/go-smtp"

	"github.com/kakitome/kakitome/internal/auth"
	"github.com/kakitome/kakitome/internal/gate"
	"github.com/kakitome/kakitome/internal/mail"
)

const (
	maxEnvID = 100 // RFC 3461 §4.4
	maxORcpt = 500 // RFC 3461 §4.2
)

var _ smtp.AuthSession = (*session)(nil)

// session is what go-smtp knows of a client: the mail being described.
type session struct {
	wire     *wire
	user     auth.User
	open     bool  // MAIL was accepted
	size     int64 // as announced in it, 0 when not
	envelope mail.Envelope
}

// Reset forgets the mail.
func (s *session) Reset() { s.open, s.size, s.envelope = false, 0, mail.Envelope{} }

// Logout ends the session.
func (s *session) Logout() error { return nil }

// drop gives back what an unfinished DATA had taken.
func (s *session) drop() {
	if c := s.wire.content; c != nil {
		c.free()
		s.wire.content = nil
	}
}

// Mail begins a mail. The address comes from the wire, which read it unchanged.
func (s *session) Mail(_ string, opts *smtp.MailOptions) error {
	from, o := s.wire.path, s.wire.server.options
	switch {
	case s.open:
		return answer(503, 5, 5, 1, "a mail is open already")
	case o.RequireAuth && s.user.Name == "":
		return answer(530, 5, 7, 0, "authentication required")
	case !ascii(from) && !opts.UTF8:
		return answer(550, 5, 6, 7, "this address needs SMTPUTF8")
	case len(opts.EnvelopeID) > maxEnvID:
		return answer(501, 5, 5, 4, "ENVID is too long")
	case !s.wire.server.memory.has(max(s.wire.size, min(firstStep, o.MaxMessage))):
		return refusal(errBusy())
	}
	s.open, s.size = true, s.wire.size
	s.envelope = mail.Envelope{From: from, Body: string(opts.Body), UTF8: opts.UTF8,
		RequireTLS: opts.RequireTLS, Ret: string(opts.Return), EnvID: opts.EnvelopeID}
	return nil
}

// Rcpt adds a recipient.
func (s *session) Rcpt(_ string, opts *smtp.RcptOptions) error {
	r := mail.Recipient{Address: s.wire.path}
	if !ascii(r.Address) && !s.envelope.UTF8 {
		return answer(553, 5, 6, 7, "this address needs SMTPUTF8")
	}
	for _, n := range opts.Notify {
		r.Notify = append(r.Notify, string(n))
	}
	if opts.OriginalRecipient != "" {
		r.ORcpt = strings.ToLower(string(opts.OriginalRecipientType)) + ";" + opts.OriginalRecipient
		if len(r.ORcpt) > maxORcpt || !validLine(r.ORcpt) {
			return answer(501, 5, 5, 4, "bad ORCPT")
		}
	}
	s.envelope.Recipients = append(s.envelope.Recipients, r)
	return nil
}

// Data reads the content past go-smtp, which gets an empty one, and hands it
// to the gate. The answer is an error in go-smtp's eyes even when it is 250.
func (s *session) Data(io.Reader) error {
	defer s.drop()
	c := s.wire.content
	if err := s.wire.readContent(c); err != nil {
		return answer(421, 4, 4, 2, "connection lost") // not sent: the wire is dead
	}
	if c.refused != nil {
		return refusal(c.refused)
	}
	receipt, err := s.receive(c.data)
	if err != nil {
		s.wire.server.failed(err)
		return refusal(err)
	}
	s.wire.errors = 0
	return answer(250, 2, 0, 0, outcome(receipt))
}

// receive hands one mail to the gate. A panic there costs this mail, with an
// answer to try again, and no other.
func (s *session) receive(content []byte) (receipt gate.Receipt, err error) {
	server := s.wire.server
	defer func() {
		if p := recover(); p != nil {
			// The value may quote the mail; the stack does not.
			err = fmt.Errorf("panic (%T) in the gate: %s", p, debug.Stack())
		}
	}()
	if err := s.wire.flush(); err != nil { // answers before this one need not wait for the decision
		return gate.Receipt{}, fmt.Errorf("send answers: %w", err)
	}
	return server.gate.Receive(server.work, gate.Submission{
		Envelope: s.envelope, Data: content, User: s.user.Name, Stream: s.user.Stream,
		Client: s.client(), Hello: s.wire.hello, Protocol: s.protocol(),
	})
}

func (s *session) client() string {
	if s.user.Name != "" {
		return s.user.Name
	}
	return s.wire.ip.String()
}

// protocol is the "with" of the trace field (RFC 3848, RFC 6531 §4.3).
func (s *session) protocol() string {
	name := "ESMTP"
	if s.envelope.UTF8 {
		name = "UTF8SMTP"
	}
	if s.wire.old {
		return "SMTP"
	}
	if s.wire.secure {
		name += "S"
	}
	if s.user.Name != "" {
		name += "A"
	}
	return name
}

// outcome is the text after 250 2.0.0 in answer to DATA.
func outcome(r gate.Receipt) string {
	switch {
	case r.MailID == "":
		return "taken" // by whoever stands in front of the gate; there is nothing to ask about later
	case r.Duplicate:
		return plain(r.MailID + " duplicate")
	case r.Held > 0:
		return plain(fmt.Sprintf("%s held (%d of %d recipients)", r.MailID, r.Held, r.Recipients))
	}
	return plain(r.MailID + " released")
}

func answer(code, class, subject, detail int, text string) *smtp.SMTPError {
	return &smtp.SMTPError{Code: code, EnhancedCode: smtp.EnhancedCode{class, subject, detail}, Message: text}
}
