package relay

import (
	"bufio"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

const (
	maxReplyLine  = 4096 // RFC 5321 §4.5.3.1.5 allows 512; some relays quote whole addresses and links
	maxReplyLines = 128
	maxText       = 500 // of an Outcome
)

var errOddReply = errors.New("reply is not SMTP")

// reply is one answer of the relay.
type reply struct {
	code  int      // 200 to 599
	lines []string // text after the code, one per line, unwashed
}

func (r reply) ok() bool { return r.code/100 == 2 }

// readReply reads one reply, which may have several lines with the same code
// (RFC 5321 §4.2). br must hold maxReplyLine bytes.
func readReply(br *bufio.Reader) (reply, error) {
	var r reply
	for range maxReplyLines {
		line, err := br.ReadSlice('\n')
		if errors.Is(err, bufio.ErrBufferFull) {
			return reply{}, fmt.Errorf("line over %d bytes: %w", maxReplyLine, errOddReply)
		}
		if err != nil {
			return reply{}, fmt.Errorf("read reply: %w", err)
		}
		code, text, more, ok := parseReplyLine(strings.TrimRight(string(line), "\r\n"))
		if !ok || r.code != 0 && code != r.code {
			return reply{}, errOddReply
		}
		r.code = code
		r.lines = append(r.lines, text)
		if !more {
			return r, nil
		}
	}
	return reply{}, fmt.Errorf("over %d lines: %w", maxReplyLines, errOddReply)
}

// parseReplyLine splits "250-text" into its parts. A code alone is a last line.
func parseReplyLine(line string) (code int, text string, more, ok bool) {
	if len(line) < 3 || line[0] < '2' || line[0] > '5' || !digits(line[:3]) {
		return 0, "", false, false
	}
	code, _ = strconv.Atoi(line[:3])
	if len(line) == 3 {
		return code, "", false, true
	}
	return code, line[4:], line[3] == '-', line[3] == '-' || line[3] == ' '
}

// verdict is the reply as a fate: 2xx relayed, 4xx deferred, 5xx failed. A
// relay that wants AUTH or TLS first (RFC 4954 §6, RFC 3207 §4) refuses our
// configuration, not the mail, which waits until that is mended.
func (r reply) verdict() verdict {
	v := verdict{code: r.code}
	switch {
	case r.ok():
		v.status = Relayed
	case r.code == 530, r.code == 534, r.code == 535, r.code == 538:
	case r.code >= 500:
		v.status = Failed
	}
	var b strings.Builder
	for i, line := range r.lines {
		enhanced, rest := splitEnhanced(line, r.code)
		if i == 0 {
			v.enhanced = enhanced
		} else if b.Len() < maxText {
			b.WriteByte(' ')
		}
		if b.Len() < maxText {
			b.WriteString(rest)
		}
	}
	v.text = printable(b.String(), maxText)
	return v
}

// splitEnhanced takes the enhanced status code (RFC 2034 §4) off a line. One
// whose class contradicts the reply code is plain text.
func splitEnhanced(line string, code int) (enhanced, rest string) {
	word, rest, _ := strings.Cut(line, " ")
	class, detail, ok := strings.Cut(word, ".")
	subject, detail, ok2 := strings.Cut(detail, ".")
	if !ok || !ok2 || class != strconv.Itoa(code/100) || !short(subject) || !short(detail) {
		return "", line
	}
	return word, rest
}

func short(s string) bool { return len(s) >= 1 && len(s) <= 3 && digits(s) }

func digits(s string) bool {
	for i := range len(s) {
		if s[i] < '0' || s[i] > '9' {
			return false
		}
	}
	return true
}

// printable is s with everything unprintable as a space, and cut at a rune
// boundary to at most limit bytes.
func printable(s string, limit int) string {
	var b strings.Builder
	for _, c := range s {
		if c == utf8.RuneError || !unicode.IsPrint(c) {
			c = ' '
		}
		if b.Len()+utf8.RuneLen(c) > limit {
			break
		}
		b.WriteRune(c)
	}
	return strings.TrimSpace(b.String())
}
