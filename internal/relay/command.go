package relay

import (
	"fmt"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/kakitome/kakitome/internal/mail"
)

// Extensions are what the relay said it can do in its answer to EHLO.
type Extensions struct {
	EightBitMIME bool  // RFC 6152
	SMTPUTF8     bool  // RFC 6531
	DSN          bool  // RFC 3461
	RequireTLS   bool  // RFC 8689
	Pipelining   bool  // RFC 2920
	SizeKnown    bool  // RFC 1870: SIZE is offered
	Size         int64 // bytes, 0 when the relay names no limit

	startTLS bool
	auth     []string // mechanisms, upper case
}

// parseExtensions reads the lines of an EHLO reply; the first is the relay's name.
func parseExtensions(lines []string) Extensions {
	var x Extensions
	for _, line := range lines[min(1, len(lines)):] {
		word, rest, _ := strings.Cut(line, " ")
		switch strings.ToUpper(word) {
		case "8BITMIME":
			x.EightBitMIME = true
		case "SMTPUTF8":
			x.SMTPUTF8 = true
		case "DSN":
			x.DSN = true
		case "REQUIRETLS":
			x.RequireTLS = true
		case "PIPELINING":
			x.Pipelining = true
		case "SIZE":
			x.SizeKnown = true
			x.Size, _ = strconv.ParseInt(strings.TrimSpace(rest), 10, 64)
			x.Size = max(x.Size, 0)
		case "STARTTLS":
			x.startTLS = true
		case "AUTH":
			x.auth = append(x.auth, strings.Fields(strings.ToUpper(rest))...)
		}
	}
	return x
}

// unfit tells why a mail cannot go to a relay with these extensions.
func (x Extensions) unfit(env mail.Envelope, bytes int) (verdict, bool) {
	switch {
	case env.Body == "8BITMIME" && !x.EightBitMIME, env.Body == "BINARYMIME":
		return needs8Bit, true
	case env.UTF8 && !x.SMTPUTF8:
		return needsUTF8, true
	case env.RequireTLS && !x.RequireTLS:
		return needsTLS, true
	case x.Size > 0 && int64(bytes) > x.Size:
		return tooLarge, true
	}
	return verdict{}, false
}

// unsayable tells whether an address or parameter of the envelope would break
// out of its command.
func unsayable(env mail.Envelope) bool {
	bad := env.From != "" && !sayable(env.From, env.UTF8)
	for _, r := range env.Recipients {
		bad = bad || !sayable(r.Address, env.UTF8)
		for _, n := range r.Notify {
			bad = bad || !plainWord(n)
		}
	}
	return bad || env.Body != "" && !plainWord(env.Body) || env.Ret != "" && !plainWord(env.Ret)
}

// sayable tells whether addr can stand between angle brackets.
func sayable(addr string, utf8OK bool) bool {
	quoted := strings.HasPrefix(addr, `"`)
	for i := range len(addr) {
		switch b := addr[i]; {
		case b < ' ', b == 0x7f, b >= 0x80 && !utf8OK, !quoted && (b == ' ' || b == '<' || b == '>'):
			return false
		}
	}
	return addr != "" && utf8.ValidString(addr)
}

// mailCommand is MAIL with the parameters the relay understands.
func (x Extensions) mailCommand(env mail.Envelope, bytes int) string {
	var b strings.Builder
	b.WriteString("MAIL FROM:<" + env.From + ">")
	if x.SizeKnown {
		b.WriteString(" SIZE=" + strconv.Itoa(bytes))
	}
	if x.EightBitMIME && env.Body != "" {
		b.WriteString(" BODY=" + env.Body)
	}
	if env.UTF8 {
		b.WriteString(" SMTPUTF8")
	}
	if env.RequireTLS {
		b.WriteString(" REQUIRETLS")
	}
	if x.DSN && env.Ret != "" {
		b.WriteString(" RET=" + env.Ret)
	}
	if x.DSN && env.EnvID != "" {
		b.WriteString(" ENVID=" + xtext(env.EnvID))
	}
	b.WriteString("\r\n")
	return b.String()
}

// rcptCommand is RCPT with the parameters the relay understands.
func (x Extensions) rcptCommand(r mail.Recipient) string {
	var b strings.Builder
	b.WriteString("RCPT TO:<" + r.Address + ">")
	if x.DSN && len(r.Notify) > 0 {
		b.WriteString(" NOTIFY=" + strings.Join(r.Notify, ","))
	}
	if kind, addr, ok := strings.Cut(r.ORcpt, ";"); x.DSN && ok && plainWord(kind) {
		b.WriteString(" ORCPT=" + kind + ";" + x.orcpt(kind, addr))
	}
	b.WriteString("\r\n")
	return b.String()
}

// orcpt writes an original address; those of type utf-8 have a writing of
// their own (RFC 6533 §3).
func (x Extensions) orcpt(kind, addr string) string {
	if strings.EqualFold(kind, "utf-8") {
		return unitext(addr, x.SMTPUTF8)
	}
	return xtext(addr)
}

// xtext is RFC 3461 §4: printable ASCII but "+" and "=" as it is, any other
// byte as +HH.
func xtext(s string) string {
	var b strings.Builder
	for i := range len(s) {
		if c := s[i]; c > ' ' && c < 0x7f && c != '+' && c != '=' {
			b.WriteByte(c)
		} else {
			fmt.Fprintf(&b, "+%02X", c)
		}
	}
	return b.String()
}

// unitext is an address of type utf-8: utf-8-addr-unitext when raw, which
// needs SMTPUTF8, else utf-8-addr-xtext (RFC 6533 §3).
func unitext(s string, raw bool) string {
	var b strings.Builder
	for _, c := range s {
		if c > ' ' && c < 0x7f && c != '+' && c != '=' && c != '\\' || c >= 0x80 && raw {
			b.WriteRune(c)
		} else {
			fmt.Fprintf(&b, `\x{%X}`, c)
		}
	}
	return b.String()
}
