package smtpd

import (
	"fmt"
	"strings"
)

// Extensions are those a mail may use only if the relay has them too, since it
// is never converted on its way.
type Extensions struct {
	EightBitMIME bool // RFC 6152
	SMTPUTF8     bool // RFC 6531
	DSN          bool // RFC 3461
	RequireTLS   bool // RFC 8689; offered over TLS only
}

// offer tells whether a parameter of MAIL or RCPT may be used.
func (e Extensions) offer(v verb, key string, secure bool) bool {
	switch string(v) + " " + key {
	case "MAIL SIZE", "MAIL AUTH": // RFC 4954 §5: AUTH= is taken and not trusted
		return true
	case "MAIL BODY":
		return e.EightBitMIME
	case "MAIL SMTPUTF8":
		return e.SMTPUTF8
	case "MAIL REQUIRETLS":
		return e.RequireTLS && secure
	case "MAIL RET", "MAIL ENVID", "RCPT NOTIFY", "RCPT ORCPT":
		return e.DSN
	}
	return false
}

// greeting is the answer to EHLO.
func (w *wire) greeting() string {
	o := w.server.options
	lines := []string{o.Hostname, "PIPELINING", "ENHANCEDSTATUSCODES",
		fmt.Sprintf("SIZE %d", o.MaxMessage), fmt.Sprintf("LIMITS RCPTMAX=%d", o.MaxRecipients)} // RFC 9422
	offer := func(when bool, name string) {
		if when {
			lines = append(lines, name)
		}
	}
	offer(o.TLS != nil && !w.secure, "STARTTLS")
	offer(o.Users != nil && w.secure, "AUTH PLAIN LOGIN")
	offer(w.extensions.EightBitMIME, "8BITMIME")
	offer(w.extensions.SMTPUTF8, "SMTPUTF8")
	offer(w.extensions.DSN, "DSN")
	offer(w.extensions.RequireTLS && w.secure, "REQUIRETLS")
	last := len(lines) - 1
	return "250-" + strings.Join(lines[:last], "\r\n250-") + "\r\n250 " + lines[last]
}
