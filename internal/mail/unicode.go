package mail

import (
	"bytes"
	"encoding/base64"
	"encoding/binary"
	"strings"
	"unicode/utf16"
	"unicode/utf8"
)

// decodeUTF8 reads UTF-8, scoring it as Japanese.
func decodeUTF8(b []byte) view {
	v := view{name: "utf-8", text: b}
	for i := 0; i < len(b); {
		if b[i] < utf8.RuneSelf {
			i++
			continue
		}
		r, size := utf8.DecodeRune(b[i:])
		if r == utf8.RuneError && size == 1 {
			v.bad++
		} else {
			v.addRune(r, i, i+size)
		}
		i += size
	}
	if v.bad > 0 {
		v.text = []byte(string([]rune(string(b))))
	}
	return v
}

// addRune counts a character beyond ASCII of a Unicode encoding. kana counts
// all Japanese characters: in a Unicode encoding they come about by no accident.
func (v *view) addRune(r rune, start, end int) {
	weight := 1
	switch {
	case r < 0xa0: // controls
		weight = -4
	case 0x3000 <= r && r <= 0x30ff, 0x4e00 <= r && r <= 0x9fff, 0xff00 <= r && r <= 0xffef:
		weight, v.kana = 4, v.kana+1
	case 0x3400 <= r && r <= 0x4dff, 0xf900 <= r && r <= 0xfaff:
		v.kana++
	}
	v.add(start, end, weight)
}

// byteOrderMark reads a text that says by its first bytes what it is.
func byteOrderMark(b []byte) (view, bool) {
	var v view
	switch {
	case bytes.HasPrefix(b, []byte("\xef\xbb\xbf")):
		v = decodeUTF8(b[3:])
	case bytes.HasPrefix(b, []byte("\xff\xfe\x00\x00")):
		v = decodeWide(b[4:], "utf-32le", 4, binary.LittleEndian)
	case bytes.HasPrefix(b, []byte("\x00\x00\xfe\xff")):
		v = decodeWide(b[4:], "utf-32be", 4, binary.BigEndian)
	case bytes.HasPrefix(b, []byte("\xff\xfe")):
		v = decodeWide(b[2:], "utf-16le", 2, binary.LittleEndian)
	case bytes.HasPrefix(b, []byte("\xfe\xff")):
		v = decodeWide(b[2:], "utf-16be", 2, binary.BigEndian)
	default:
		return v, false
	}
	return v, v.bad == 0
}

// wide reads a text labelled UTF-16 or UTF-32, unless it is plainly made of
// bytes. Without mark and without order in the label both orders are tried.
func wide(b []byte, cs charset, t traits) (view, FaultKind) {
	size := 2
	if strings.Contains(cs.name, "32") || strings.Contains(cs.name, "4") {
		size = 4
	}
	le := decodeWide(b, nameOfWide(size, "le"), size, binary.LittleEndian)
	be := decodeWide(b, nameOfWide(size, "be"), size, binary.BigEndian)
	v := best(be, le)
	switch {
	case strings.HasSuffix(cs.name, "le"):
		v = le
	case strings.HasSuffix(cs.name, "be"):
		v = be
	}
	if t&nulBytes == 0 && len(b) > 0 {
		guess, f := detect(b, t)
		if f != BadCharset && bytes.ContainsAny(b, " \n") {
			return guess, Relabelled
		}
		if f != BadCharset && v.score <= guess.score {
			return best(guess, v), BadCharset
		}
	}
	return v, unless(v.bad == 0, BadCharset)
}

func nameOfWide(size int, order string) string {
	if size == 4 {
		return "utf-32" + order
	}
	return "utf-16" + order
}

// decodeWide reads code units of size bytes. NUL is bad: it hides text.
func decodeWide(b []byte, name string, size int, order binary.ByteOrder) view {
	v := newView(name, b)
	for i := 0; i < len(b); {
		r, n := wideRune(b[i:], size, order)
		i += n
		switch {
		case r <= 0 || r == utf8.RuneError || !utf8.ValidRune(r):
			v.broken()
			continue
		case r < utf8.RuneSelf:
			v.score++
		default:
			v.addRune(r, i-n, i)
		}
		v.text = utf8.AppendRune(v.text, r)
	}
	return v
}

// wideRune reads one character; utf8.RuneError if there is none.
func wideRune(b []byte, size int, order binary.ByteOrder) (rune, int) {
	if len(b) < size {
		return utf8.RuneError, len(b)
	}
	if size == 4 {
		return rune(order.Uint32(b) & 0x7fffffff), 4 //nolint:gosec // masked
	}
	r := rune(order.Uint16(b))
	if utf16.IsSurrogate(r) && len(b) >= 4 {
		if r2 := utf16.DecodeRune(r, rune(order.Uint16(b[2:]))); r2 != utf8.RuneError {
			return r2, 4
		}
	}
	return r, 2
}

// decodeUTF7 reads UTF-7 (RFC 2152).
func decodeUTF7(b []byte) view {
	v := newView("utf-7", b)
	for i := 0; i < len(b); {
		c := b[i]
		i++
		switch {
		case c >= utf8.RuneSelf:
			v.broken()
			continue
		case c != '+':
			v.text = append(v.text, c)
			continue
		}
		end := i
		for end < len(b) && base64Value[b[end]] < 64 {
			end++
		}
		v.shifted(b[i:end])
		switch {
		case end < len(b) && b[end] == '-':
			if end == i {
				v.text = append(v.text, '+')
			}
			end++
		case end == i:
			v.broken()
		}
		i = end
	}
	return v
}

// shifted adds the UTF-16 in modified base64 of a UTF-7 run.
func (v *view) shifted(run []byte) {
	units := make([]byte, base64.RawStdEncoding.DecodedLen(len(run)))
	n, err := base64.RawStdEncoding.Decode(units, run)
	w := decodeWide(units[:n-n%2], "utf-7", 2, binary.BigEndian)
	v.text = append(v.text, w.text...)
	v.bad += w.bad
	v.score += w.score
	if err != nil {
		v.bad++
	}
}
