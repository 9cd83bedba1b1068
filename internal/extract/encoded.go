package extract

import (
	"bytes"
	"strconv"
	"strings"

	"github.com/kakitome/kakitome/internal/mail"
)

// uuencoded reads the files that stand in text in uuencode (POSIX.1-2024,
// uuencode), and returns the text without those it could decode.
func (r *reader) uuencoded(u *unit, c content, text string, depth int) string {
	if !strings.Contains(text, "begin") {
		return text
	}
	var rest strings.Builder
	for line, after := "", text; after != ""; {
		line, after, _ = strings.Cut(after, "\n")
		name, end, ok := uuBegin(line)
		if !ok {
			rest.WriteString(line + "\n")
			continue
		}
		block, next, ended := cutLine(after, end)
		if data, ok := uuDecode(line, block, end); ok && ended {
			r.uuFile(u, c, name, data, depth)
		} else {
			rest.WriteString(line + "\n" + block)
		}
		after = next
	}
	return rest.String()
}

func (r *reader) uuFile(u *unit, c content, name string, data []byte, depth int) {
	where := c.where + "/" + label(name, "no name")
	if r.entries++; r.entries > r.lim.Entries {
		u.unread(c.where, "", whyEntries)
		return
	}
	u.prose(where+" file name", name, 0)
	if depth+1 > r.lim.Depth {
		u.unread(where, "", whyDepth)
		return
	}
	r.content(u, content{where: where, name: name, data: data}, depth+1)
}

// The lines that end a file: of the old notation, and of that in base64.
const (
	uuEnd       = "end"
	uuEndBase64 = "===="
)

// uuBegin reads the line a file begins with: its name, and what ends it.
func uuBegin(line string) (name, end string, ok bool) {
	if !strings.HasPrefix(line, "begin") {
		return "", "", false
	}
	word, rest, _ := strings.Cut(strings.TrimRight(line, " \r\t"), " ")
	mode, name, named := strings.Cut(strings.TrimLeft(rest, " "), " ")
	switch {
	case !named || !octal(mode):
	case word == "begin":
		return name, uuEnd, true
	case word == "begin-base64", word == "begin-base64-encoded":
		return name, uuEndBase64, true
	}
	return "", "", false
}

// cutLine splits text after the first line that is end.
func cutLine(text, end string) (block, after string, found bool) {
	for size := 0; size < len(text); {
		line, _, _ := strings.Cut(text[size:], "\n")
		size = min(size+len(line)+1, len(text))
		if strings.TrimRight(line, " \r\t") == end {
			return text[:size], text[size:], true
		}
	}
	return text, "", false
}

func uuDecode(begin, block, end string) ([]byte, bool) {
	if end == uuEndBase64 {
		return fromBase64(strings.TrimRight(block, "=\r\n\t "))
	}
	return mail.DecodeUU([]byte(begin + "\n" + block))
}

// encodedWithin tells whether text holds content that some mail programs
// decode, or that only a key opens: uuencode, PGP and S/MIME armour, the source
// of an encoded mail (as in bounces).
func encodedWithin(text string) string {
	for line := range strings.Lines(text) {
		line = strings.TrimPrefix(strings.TrimRight(line, "\r\n\t "), "- ") // as in clear-signed text, RFC 9580 §7.2
		_, _, begins := uuBegin(line)
		switch {
		case strings.HasPrefix(line, "-----BEGIN ") && !strings.HasPrefix(line, "-----BEGIN PGP SIG"):
			return whyEncrypted
		case begins, strings.HasPrefix(line, "=ybegin ") && len(strings.Fields(line)) >= 3:
			return whyEncoded
		case len(line) > 26 && strings.EqualFold(line[:26], "Content-Transfer-Encoding:"):
			switch strings.ToLower(strings.TrimSpace(line[26:])) {
			case "base64", "quoted-printable", "x-uuencode":
				return whyEncoded
			}
		}
	}
	return ""
}

func octal(s string) bool {
	return len(s) >= 3 && len(s) <= 4 && strings.Trim(s, "01234567") == ""
}

// mailbox reads a file of many mails (RFC 4155), each into a unit of its own.
// depth counts this file too.
func (r *reader) mailbox(u *unit, c content, depth int) {
	const mediaType = "application/mbox"
	if depth > r.lim.Depth {
		u.unread(c.where, mediaType, whyDepth)
		return
	}
	data := bytes.TrimLeft(c.data, "\r\n")
	for n, rest := 1, string(data); rest != ""; n++ {
		if r.entries++; r.entries > r.lim.Entries {
			u.unread(c.where, mediaType, whyEntries)
			return
		}
		one, where := nextMail(rest), c.where+"/"+strconv.Itoa(n)
		own := data[len(data)-len(rest):][:len(one)]
		if strings.HasPrefix(one, mboxFrom) {
			from, _, _ := bytes.Cut(own, []byte("\n"))
			own = own[min(len(from)+1, len(own)):]
			r.content(u, content{where: c.where, mediaType: "text/plain", data: bytes.TrimSpace(from)}, depth)
		}
		r.content(u, content{where: where, mediaType: "message/rfc822", data: own}, depth)
		rest = rest[len(one):]
	}
}

const mboxFrom = "From "

// nextMail is text up to the next mail: a line that begins with "From " after an
// empty one, with fields of a header after it.
func nextMail(text string) string {
	for at := 0; ; {
		i := strings.Index(text[at:], "\n"+mboxFrom)
		if i < 0 {
			return text
		}
		at += i + 1
		_, after, _ := strings.Cut(text[at:], "\n")
		if blank := strings.TrimRight(text[:at-1], "\r"); (blank == "" || blank[len(blank)-1] == '\n') && looksMail(after) {
			return text[:at]
		}
	}
}

// looksMailbox tells whether text starts like a file of mails.
func looksMailbox(text string) bool {
	_, after, _ := strings.Cut(text, "\n")
	return strings.HasPrefix(text, mboxFrom) && looksMail(after)
}
