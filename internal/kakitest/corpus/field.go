package corpus

import (
	"encoding/base64"
	"fmt"
	"strings"
	"unicode/utf8"
)

// words is text as it stands in a header field: encoded words (RFC 2047) in the
// charset, folded before each but the first, or as it is.
func words(text, charset, how string) string {
	if isASCII(text) || how == "raw" {
		return text
	}
	if _, ok := encode(text, charset); !ok {
		charset = "utf-8"
	}
	most := 14 // characters in one word, so that none is longer than 75
	if how == "Q" {
		most = 5
	}
	var b strings.Builder
	for rest := []rune(text); len(rest) > 0; {
		n := min(most, len(rest))
		data, _ := encode(string(rest[:n]), charset)
		rest = rest[n:]
		if b.Len() > 0 {
			b.WriteString("\r\n ")
		}
		if how == "Q" {
			fmt.Fprintf(&b, "=?%s?Q?%s?=", charset, qWord(data))
		} else {
			fmt.Fprintf(&b, "=?%s?B?%s?=", charset, base64.StdEncoding.EncodeToString(data))
		}
	}
	return b.String()
}

func isASCII(s string) bool {
	return strings.IndexFunc(s, func(r rune) bool { return r > 0x7e }) < 0
}

// qWord is the Q encoding (RFC 2047 §4.2, with the letters of §5 (3) only).
func qWord(data []byte) string {
	var b strings.Builder
	for _, c := range data {
		switch {
		case 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || '0' <= c && c <= '9':
			b.WriteByte(c)
		case c == ' ':
			b.WriteByte('_')
		default:
			fmt.Fprintf(&b, "=%02X", c)
		}
	}
	return b.String()
}

// mailbox is an address with a display name, as it stands in a field.
func (l *Look) mailbox(name, addr string) string {
	switch {
	case name == "":
		return addr
	case l.Words == "raw" || isASCII(name):
		return fmt.Sprintf("%q <%s>", name, addr)
	default:
		return l.words(name) + " <" + addr + ">"
	}
}

func (l *Look) words(text string) string { return words(text, l.Charset, l.Words) }

// fileName is a parameter of Content-Type or Content-Disposition that holds the
// name of a file: RFC 2231, or an encoded word in quotes as many programs
// write, or the bare name.
func (l *Look) fileName(parameter, name string) string {
	switch {
	case isASCII(name) || l.Names == "raw":
		return fmt.Sprintf("; %s=\"%s\"", parameter, name)
	case l.Names == "2231":
		return extended(parameter, name, l.Charset)
	default:
		return fmt.Sprintf(";\r\n %s=\"%s\"", parameter, words(name, l.Charset, "B"))
	}
}

// extended writes a parameter in pieces (RFC 2231 §4.1).
func extended(parameter, value, charset string) string {
	data, ok := encode(value, charset)
	if !ok {
		charset = "utf-8"
	}
	pieces, piece := []string{}, charset+"''"
	for _, c := range data {
		if len(piece) > 50 {
			pieces, piece = append(pieces, piece), ""
		}
		if c < utf8.RuneSelf && (c == '.' || c == '-' || c == '_' || isASCIIAlnum(c)) {
			piece += string(rune(c))
		} else {
			piece += fmt.Sprintf("%%%02X", c)
		}
	}
	pieces = append(pieces, piece)
	if len(pieces) == 1 {
		return fmt.Sprintf(";\r\n %s*=%s", parameter, piece)
	}
	var b strings.Builder
	for i, p := range pieces {
		fmt.Fprintf(&b, ";\r\n %s*%d*=%s", parameter, i, p)
	}
	return b.String()
}

func isASCIIAlnum(c byte) bool {
	return 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || '0' <= c && c <= '9'
}
