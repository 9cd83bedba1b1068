package mail

import (
	"bytes"
	"strings"
)

// transferEncoding is a Content-Transfer-Encoding (RFC 2045 §6).
type transferEncoding uint8

const (
	identityEncoding transferEncoding = iota // 7bit, 8bit, binary
	base64Encoding
	quotedPrintable
	uuEncoding
	unknownEncoding
)

// encodingOf reads the body of a Content-Transfer-Encoding field; quotes,
// comments and parameters are tolerated.
func encodingOf(body string) transferEncoding {
	if i := strings.IndexAny(body, ";("); i >= 0 {
		body = body[:i]
	}
	switch strings.ToLower(strings.Trim(body, " \t\"'")) {
	case "", "7bit", "8bit", "binary", "7-bit", "8-bit", "7 bit", "8 bit":
		return identityEncoding
	case "base64":
		return base64Encoding
	case "quoted-printable":
		return quotedPrintable
	case "x-uuencode", "uuencode", "x-uue":
		return uuEncoding
	}
	return unknownEncoding
}

func (e transferEncoding) identity() bool { return e == identityEncoding }

// decode gives the bytes that body stands for, as far as possible; ok is false
// if something had to be dropped or guessed. Unknown encodings give body itself.
func (e transferEncoding) decode(body []byte) (content []byte, ok bool) {
	switch e {
	case base64Encoding:
		return decodeBase64(body)
	case quotedPrintable:
		return decodeQuotedPrintable(body)
	case uuEncoding:
		return DecodeUU(body)
	case identityEncoding, unknownEncoding:
	}
	return body[:len(body):len(body)], true
}

const (
	b64Space = 0x40 // in base64Value: white space
	b64Pad   = 0x41
	b64Junk  = 0x80
)

// base64Value is the value of each base64 digit, or one of the above.
var base64Value = func() (t [256]byte) {
	for i := range t {
		t[i] = b64Junk
	}
	const digits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
	for i := range len(digits) {
		t[digits[i]] = byte(i)
	}
	for _, c := range " \t\r\n\f\v" {
		t[c] = b64Space
	}
	t['='] = b64Pad
	return t
}()

// decodeBase64 skips white space and junk. Padding ends a run, and another may
// follow; padding may be missing. It is not ok if there is junk or a lone digit.
func decodeBase64(b []byte) (out []byte, ok bool) {
	out = make([]byte, 0, len(b)/4*3+3)
	ok = true
	var acc uint32
	digits := 0
	flush := func() {
		switch digits {
		case 1:
			ok = false
		case 2:
			out = append(out, byte(acc>>4&0xff))
		case 3:
			out = append(out, byte(acc>>10&0xff), byte(acc>>2&0xff))
		}
		acc, digits = 0, 0
	}
	for i := 0; i < len(b); i++ {
		for digits == 0 && i+4 <= len(b) {
			v0, v1, v2, v3 := base64Value[b[i]], base64Value[b[i+1]], base64Value[b[i+2]], base64Value[b[i+3]]
			if (v0|v1|v2|v3)&0xc0 != 0 {
				break
			}
			out = append(out, v0<<2|v1>>4, v1<<4|v2>>2, v2<<6|v3)
			i += 4
		}
		if i == len(b) {
			break
		}
		switch v := base64Value[b[i]]; v {
		case b64Space:
		case b64Pad:
			flush()
		case b64Junk:
			ok = false
		default:
			acc = acc<<6 | uint32(v)
			if digits++; digits == 4 {
				out = append(out, byte(acc>>16), byte(acc>>8), byte(acc))
				acc, digits = 0, 0
			}
		}
	}
	flush()
	return out, ok
}

// decodeQuotedPrintable keeps a stray "=", which is not ok (RFC 2045 §6.7).
func decodeQuotedPrintable(b []byte) (out []byte, ok bool) {
	out = make([]byte, 0, len(b))
	ok = true
	for {
		i := bytes.IndexByte(b, '=')
		if i < 0 {
			return append(out, b...), ok
		}
		out = append(out, b[:i]...)
		b = b[i+1:]
		if c, isHex := hexByte(b); isHex {
			out = append(out, c)
			b = b[2:]
			continue
		}
		rest := bytes.TrimLeft(b, " \t")
		switch {
		case len(rest) == 0:
			return out, ok
		case rest[0] == '\n':
			b = rest[1:]
		case bytes.HasPrefix(rest, []byte("\r\n")):
			b = rest[2:]
		default:
			out = append(out, '=')
			ok = false
		}
	}
}

// hexByte reads the two hex digits that b starts with.
func hexByte[T []byte | string](b T) (byte, bool) {
	if len(b) < 2 {
		return 0, false
	}
	hi, lo := hexDigit(b[0]), hexDigit(b[1])
	return hi<<4 | lo&15, hi < 16 && lo < 16
}

func hexDigit(c byte) byte {
	switch {
	case '0' <= c && c <= '9':
		return c - '0'
	case 'A' <= c && c <= 'F':
		return c - 'A' + 10
	case 'a' <= c && c <= 'f':
		return c - 'a' + 10
	}
	return 0xff
}

// DecodeUU reads the lines between "begin" and "end" of uuencode. It is not ok
// without them, or if other text stands outside: that text is kept in front.
func DecodeUU(b []byte) (out []byte, ok bool) {
	whole, ok := b, true
	inside, ended := false, false
	for len(b) > 0 {
		end := lineEnd(b, 0)
		line := bytes.TrimRight(b[:end], "\r\n")
		b = b[end:]
		switch {
		case !inside && !ended && bytes.HasPrefix(line, []byte("begin ")):
			inside = true
		case inside && string(bytes.TrimSpace(line)) == "end":
			inside, ended = false, true
		case inside:
			var fine bool
			out, fine = appendUULine(out, line)
			ok = ok && fine
		case len(bytes.TrimSpace(line)) > 0:
			return whole[:len(whole):len(whole)], false
		}
	}
	return out, ok && ended
}

// appendUULine decodes one line: its length, then groups of four characters;
// trailing spaces may have been cut.
func appendUULine(out, line []byte) ([]byte, bool) {
	if len(line) == 0 {
		return out, true
	}
	n := int(line[0]-' ') & 0x3f
	line = line[1:]
	at := func(i int) (byte, bool) {
		if i >= len(line) {
			return 0, true
		}
		return (line[i] - ' ') & 0x3f, line[i] >= ' ' && line[i] <= '`'
	}
	ok := len(line) <= (n+2)/3*4+1 // some write a check character
	for i := 0; n > 0; i += 4 {
		var v uint32
		for j := range 4 {
			d, fine := at(i + j)
			v, ok = v<<6|uint32(d), ok && fine
		}
		group := [3]byte{byte(v >> 16), byte(v >> 8), byte(v)}
		k := min(n, 3)
		out = append(out, group[:k]...)
		n -= k
	}
	return out, ok
}
