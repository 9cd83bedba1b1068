package ledger

import (
	"bytes"
	"fmt"
	"strconv"
	"unicode/utf8"
)

// scanRecord reads a record once and accepts nothing but its canonical form. It
// gives the value of the member "kind", empty when there is none or it is no string.
// That it accepts exactly what Canonical writes is a property of FuzzRecord.
func scanRecord(record []byte) (kind string, err error) {
	if len(record) > MaxRecord {
		return "", fmt.Errorf("record of %d bytes is over the limit of %d", len(record), MaxRecord)
	}
	s := &scanner{b: record}
	if s.peek() != '{' || !s.value(0) || s.i != len(record) {
		return "", fmt.Errorf("record is not canonical JSON from byte %d on", s.i)
	}
	return s.kind, nil
}

// scanner stands at byte i. Its methods tell whether what they look for is there,
// and step over it.
type scanner struct {
	b    []byte
	i    int
	kind string
}

// peek is the byte ahead, 0 at the end; no record holds a bare 0.
func (s *scanner) peek() byte {
	if s.i < len(s.b) {
		return s.b[s.i]
	}
	return 0
}

func (s *scanner) eat(word string) bool {
	if !bytes.HasPrefix(s.b[s.i:], []byte(word)) {
		return false
	}
	s.i += len(word)
	return true
}

func (s *scanner) value(depth int) bool {
	if depth > maxDepth {
		return false
	}
	switch s.peek() {
	case '{':
		return s.object(depth)
	case '[':
		return s.array(depth)
	case '"':
		_, ok := s.str()
		return ok
	case 'n':
		return s.eat("null")
	case 't':
		return s.eat("true")
	case 'f':
		return s.eat("false")
	default:
		return s.integer()
	}
}

func (s *scanner) object(depth int) bool {
	s.i++
	if s.eat("}") {
		return true
	}
	var last []byte
	for first := true; ; first = false {
		name, ok := s.str()
		if !ok || !first && bytes.Compare(last, name) >= 0 || !s.eat(":") {
			return false
		}
		last = name
		at := s.i
		if !s.value(depth + 1) {
			return false
		}
		if depth == 0 && string(name) == "kind" && s.b[at] == '"' {
			text, _ := (&scanner{b: s.b, i: at}).str()
			s.kind = string(text)
		}
		if s.eat("}") {
			return true
		}
		if !s.eat(",") {
			return false
		}
	}
}

func (s *scanner) array(depth int) bool {
	s.i++
	if s.eat("]") {
		return true
	}
	for {
		if !s.value(depth + 1) {
			return false
		}
		if s.eat("]") {
			return true
		}
		if !s.eat(",") {
			return false
		}
	}
}

func (s *scanner) integer() bool {
	from := s.i
	s.eat("-")
	digits := s.i
	for c := s.peek(); '0' <= c && c <= '9'; c = s.peek() {
		s.i++
	}
	text := string(s.b[from:s.i])
	if s.i == digits || s.b[digits] == '0' && len(text) > 1 { // also -0
		return false
	}
	n, err := strconv.ParseInt(text, 10, 64)
	return err == nil && n <= maxInteger && n >= -maxInteger
}

// str steps over a string and gives what it says: a piece of the record when
// nothing in it is escaped.
func (s *scanner) str() (text []byte, ok bool) {
	if !s.eat(`"`) {
		return nil, false
	}
	from := s.i
	var copied []byte // once there was an escape
	for {
		c := s.peek()
		switch {
		case c == '"':
			text = s.b[from:s.i]
			s.i++
			if copied != nil {
				text = append(copied, text...)
			}
			return text, true
		case c < ' ': // the end, too
			return nil, false
		case c == '\\':
			copied = append(copied, s.b[from:s.i]...)
			r, ok := s.escape()
			if !ok {
				return nil, false
			}
			copied = append(copied, r)
			from = s.i
		case c < utf8.RuneSelf:
			s.i++
		default:
			r, n := utf8.DecodeRune(s.b[s.i:])
			if r == utf8.RuneError && n == 1 {
				return nil, false
			}
			s.i += n
		}
	}
}

// escape steps over an escape in its one canonical form.
func (s *scanner) escape() (byte, bool) {
	const short, long = len(`\n`), len(`\u0000`)
	rest := s.b[s.i:]
	if len(rest) < short {
		return 0, false
	}
	var c byte
	if at := bytes.IndexByte([]byte(`"\bfnrt`), rest[1]); at >= 0 {
		c = "\"\\\b\f\n\r\t"[at]
	} else if len(rest) >= long {
		n, err := strconv.ParseUint(string(rest[2:long]), 16, 8)
		if err != nil || n >= ' ' {
			return 0, false
		}
		c = byte(n)
	}
	want := appendString(nil, string(rune(c))) // says the rest: u, lower case, no longer than needed
	want = want[1 : len(want)-1]
	if !bytes.HasPrefix(rest, want) {
		return 0, false
	}
	s.i += len(want)
	return c, true
}
