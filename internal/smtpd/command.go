package smtpd

import (
	"fmt"
	"strconv"
	"strings"
	"unicode/utf8"
)

// verb is an SMTP command. Answers are chosen by it.
type verb string

const (
	helo     verb = "HELO"
	ehlo     verb = "EHLO"
	startTLS verb = "STARTTLS"
	logIn    verb = "AUTH"
	mailFrom verb = "MAIL"
	rcptTo   verb = "RCPT"
	data     verb = "DATA"
)

// cutVerb splits a command line into its verb, upper case, and its argument.
func cutVerb(line string) (verb, string) {
	name, arg, _ := strings.Cut(line, " ")
	return verb(strings.ToUpper(name)), strings.Trim(arg, " ")
}

// validLine refuses what no command holds: control characters and octets that
// are no UTF-8.
func validLine(line string) bool {
	return utf8.ValidString(line) && only(line, func(c byte) bool { return c >= ' ' && c != 0x7f })
}

// admit decides about one command line. It gives what go-smtp shall see, or
// nothing when the line was answered here.
func (w *wire) admit(line string) string {
	if !validLine(line) {
		w.answer("500 5.5.2 control characters or broken UTF-8 in the command")
		return ""
	}
	var arg string
	w.verb, arg = cutVerb(line)
	switch w.verb {
	case "NOOP", "RSET", "QUIT", "VRFY", "EXPN", "HELP":
		return string(w.verb)
	case helo, ehlo:
		return w.admitHello(arg)
	case startTLS:
		w.upgrade(arg)
		return ""
	case logIn, mailFrom, rcptTo, data:
		if !w.greeted {
			w.answer("503 5.5.1 say EHLO first")
			return ""
		}
	default:
		w.admitUnknown()
		return ""
	}
	if w.verb == logIn {
		return w.admitAuth(arg)
	}
	if w.verb == data {
		return w.admitData(arg)
	}
	return w.admitPath(arg)
}

// admitUnknown ends the connection of one that spoke no SMTP at all: a browser
// that was made to post commands to this port.
func (w *wire) admitUnknown() {
	if !w.greeted {
		w.die("500 5.5.2 this is an SMTP server")
		return
	}
	w.answer("500 5.5.2 unknown command")
}

func (w *wire) admitHello(arg string) string {
	if !validHello(arg) {
		w.answer("501 5.5.4 a host name or address literal must follow")
		return ""
	}
	w.hello = arg
	return string(w.verb) + " " + arg
}

func (w *wire) admitAuth(arg string) string {
	switch {
	case w.server.options.Users == nil:
		w.answer("502 5.5.1 AUTH is not offered")
	case !w.secure:
		w.answer("538 5.7.11 AUTH needs STARTTLS first")
	case arg == "":
		w.answer("501 5.5.4 a mechanism must follow")
	case w.session.open:
		w.answer("503 5.5.1 AUTH is not allowed within a mail") // RFC 4954 §4
	default:
		return string(logIn) + " " + arg
	}
	return ""
}

// admitData takes the first memory before the client is told to go ahead.
func (w *wire) admitData(arg string) string {
	if arg != "" {
		w.answer("501 5.5.4 DATA has no argument")
		return ""
	}
	if len(w.session.envelope.Recipients) > 0 {
		c, ok := newContent(w.server.options, w.session.size, &w.server.memory)
		if !ok {
			w.answer("451 4.3.2 too much mail under way, try again later")
			return ""
		}
		w.content = c
	}
	return string(data)
}

// admitPath reads MAIL and RCPT. The address goes to the session as it was
// written; go-smtp, whose parser takes the quotes off local parts, sees a
// stand-in and the parameters.
func (w *wire) admitPath(arg string) string {
	word, stand := "FROM:", "<>"
	if w.verb == rcptTo {
		word, stand = "TO:", "<a@a>"
	}
	if len(arg) < len(word) || !strings.EqualFold(arg[:len(word)], word) {
		w.answer(fmt.Sprintf("501 5.5.4 %s<address> must follow", word))
		return ""
	}
	addr, rest, ok := cutPath(strings.TrimLeft(arg[len(word):], " "))
	if !ok || (addr == "" && w.verb == rcptTo) {
		w.answer(map[verb]string{mailFrom: "501 5.1.7 bad sender address", rcptTo: "501 5.1.3 bad recipient address"}[w.verb])
		return ""
	}
	params, reply := w.checkParams(strings.Fields(rest))
	if reply != "" {
		w.answer(reply)
		return ""
	}
	w.path = addr
	return strings.TrimRight(fmt.Sprintf("%s %s%s %s", w.verb, word, stand, strings.Join(params, " ")), " ")
}

// checkParams refuses what was given twice or not offered, and takes SIZE out:
// go-smtp reads it into 32 bits.
func (w *wire) checkParams(params []string) (rest []string, reply string) {
	w.size = 0
	seen := map[string]bool{}
	for _, p := range params {
		key, value, _ := strings.Cut(p, "=")
		key = strings.ToUpper(key)
		if seen[key] {
			return nil, "501 5.5.4 a parameter is given twice"
		}
		seen[key] = true
		switch {
		case !w.extensions.offer(w.verb, key, w.secure):
			return nil, "555 5.5.4 parameter not offered"
		case key != "SIZE":
			rest = append(rest, p)
		default:
			if w.size, reply = checkSize(value, w.server.options.MaxMessage); reply != "" {
				return nil, reply
			}
		}
	}
	return rest, ""
}

// checkSize reads the value of SIZE= (RFC 1870 §4: up to 20 digits).
func checkSize(value string, limit int64) (size int64, reply string) {
	if value == "" || len(value) > 20 || !only(value, func(c byte) bool { return c >= '0' && c <= '9' }) {
		return 0, "501 5.5.4 SIZE must be a number of octets"
	}
	n, err := strconv.ParseInt(value, 10, 64)
	if err != nil || n > limit { // err: more than 63 bits
		return 0, fmt.Sprintf("552 5.3.4 message is larger than %d octets", limit)
	}
	return n, ""
}
