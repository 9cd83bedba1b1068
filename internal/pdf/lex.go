package pdf

import "math"

// The objects of ISO 32000-2 §7.3 are nil, bool, float64, octets, name, array,
// *dict, reference and *stream. A lexer also gives operator and end.
type (
	octets    string // a string object
	name      string
	array     []any
	reference int    // the number of an object; generations tell apart what is not there any more
	operator  string // any other word, and a bracket that closes nothing
	end       struct{}
)

// dict keeps entries as written: of two with one key the last counts, and both
// are swept for text.
type dict struct {
	keys   []name
	values []any
	index  map[name]int // of dictionaries with many entries
}

const indexFrom = 16

func (d *dict) put(key name, v any) {
	d.keys, d.values = append(d.keys, key), append(d.values, v)
	switch n := len(d.keys); {
	case n == indexFrom:
		d.index = make(map[name]int, 2*n)
		for i, k := range d.keys {
			d.index[k] = i
		}
	case n > indexFrom:
		d.index[key] = n - 1
	}
}

// get returns the value of a key, nil if there is none. A nil dict has none.
func (d *dict) get(key name) any {
	if d == nil {
		return nil
	}
	if d.index != nil {
		if i, ok := d.index[key]; ok {
			return d.values[i]
		}
		return nil
	}
	for i := len(d.keys) - 1; i >= 0; i-- {
		if d.keys[i] == key {
			return d.values[i]
		}
	}
	return nil
}

// budget is what one reading may still do. When it is used up everything reads
// as if it ended there, and the document says so.
type budget struct {
	work     int  // bytes to look at; some kinds of work count as several
	unpacked int  // bytes to unpack
	over     bool // one of them is used up
	deep     bool // something was nested too deep
}

// spend takes n from the work, and tells whether it may be done.
func (b *budget) spend(n int) bool {
	b.work -= n
	b.over = b.over || b.work < 0
	return !b.over
}

// maxNesting bounds arrays and dictionaries in one another; maxValues those of
// one object, for each takes some ten times the memory of its source.
const (
	maxNesting = 64
	maxValues  = 1 << 20
)

// lexer reads objects and operators one after the other (ISO 32000-2 §7.2). It
// reads anything: what is no object is an operator.
type lexer struct {
	src    []byte
	at     int
	b      *budget
	refs   bool                // "1 0 R" is a reference
	open   func(octets) octets // decrypts strings; may be nil
	broken bool                // an array or dictionary was not closed
	depth  int
	values int
}

// Kinds of characters (ISO 32000-2 §7.2.3).
const (
	regular = iota
	white
	delimiter
)

var kinds = func() (k [256]byte) {
	for _, c := range []byte("\x00\t\n\f\r ") {
		k[c] = white
	}
	for _, c := range []byte("()<>[]{}/%") {
		k[c] = delimiter
	}
	return k
}()

// blanks skips white space and comments.
func (l *lexer) blanks() {
	start := l.at
	for comment := false; l.at < len(l.src); l.at++ {
		switch c := l.src[l.at]; {
		case c == '\n', c == '\r':
			comment = false
		case comment, kinds[c] == white:
		case c == '%':
			comment = true
		default:
			l.b.spend(l.at - start)
			return
		}
	}
	l.b.spend(l.at - start)
}

// next returns the next object or operator; end when there is none, or no work
// left to read it.
func (l *lexer) next() any {
	l.blanks()
	if l.values++; l.at >= len(l.src) || l.b.over {
		return end{}
	}
	if l.values > maxValues {
		l.b.over = true
		return end{}
	}
	start := l.at
	switch c := l.src[l.at]; c {
	case '(':
		return l.literal()
	case '/':
		return l.name()
	case '[':
		l.at++
		return l.array()
	case '<':
		if l.ahead(1) == '<' {
			l.at += 2
			return l.dict()
		}
		return l.hex()
	case '>':
		l.at++
		if l.ahead(0) == '>' {
			l.at++
		}
	case ']', '{', '}', ')':
		l.at++
	default:
		if '0' <= c && c <= '9' || c == '+' || c == '-' || c == '.' {
			if v, ok := l.number(); ok {
				return l.reference(v)
			}
		}
		for l.at < len(l.src) && kinds[l.src[l.at]] == regular {
			l.at++
		}
	}
	l.b.spend(l.at - start)
	return word(l.src[start:l.at])
}

// word is an operator, or one of the three objects that look like one.
func word(s []byte) any {
	switch string(s) {
	case "true":
		return true
	case "false":
		return false
	case "null":
		return nil
	}
	return operator(s)
}

func (l *lexer) ahead(n int) byte {
	if l.at+n < len(l.src) {
		return l.src[l.at+n]
	}
	return 0
}

// nest enters an array or dictionary, and tells whether it may.
func (l *lexer) nest() bool {
	if l.depth == maxNesting {
		l.b.deep = true
		l.at = len(l.src)
		return false
	}
	l.depth++
	return true
}

func (l *lexer) array() any {
	if !l.nest() {
		return end{}
	}
	defer func() { l.depth-- }()
	list := array{}
	for {
		start := l.at
		switch v := l.next().(type) {
		case end:
			l.broken = true
			return list
		case operator:
			if v == "]" || l.unclosed(v, start) {
				return list
			}
		default:
			list = append(list, v)
		}
	}
}

func (l *lexer) dict() any {
	if !l.nest() {
		return end{}
	}
	defer func() { l.depth-- }()
	d := &dict{}
	for {
		start := l.at
		switch k := l.next().(type) {
		case end:
			l.broken = true
			return d
		case operator:
			if k == ">>" || k != "]" && l.unclosed(k, start) {
				return d
			}
		case name:
			at := l.at
			switch v := l.next().(type) {
			case end:
			case operator:
				l.at = at // the value is missing
			default:
				d.put(k, v)
			}
		default: // no key; kept, since it may be text
			d.put("", k)
		}
	}
}

// unclosed tells whether an operator ends an array or dictionary that nobody
// closed, and gives it back. Stray brackets do not.
func (l *lexer) unclosed(op operator, start int) bool {
	l.broken = true
	switch op {
	case "{", "}", ")", ">":
		return false
	}
	l.at = start
	return true
}

func (l *lexer) name() name {
	start := l.at
	l.at++
	var out []byte
	for l.at < len(l.src) && kinds[l.src[l.at]] == regular {
		c := l.src[l.at]
		if hi, lo := unhex(l.ahead(1)), unhex(l.ahead(2)); c == '#' && hi >= 0 && lo >= 0 {
			c = byte(hi<<4 | lo)
			l.at += 2
		}
		out = append(out, c)
		l.at++
	}
	l.b.spend(l.at - start)
	return name(out)
}

// literal reads a string in parentheses (ISO 32000-2 §7.3.4.2).
func (l *lexer) literal() octets {
	start := l.at
	l.at++
	var out []byte
	for depth := 1; l.at < len(l.src); l.at++ {
		c := l.src[l.at]
		switch c {
		case '(':
			depth++
		case ')':
			if depth--; depth == 0 {
				l.at++
				return l.string(out, start)
			}
		case '\\':
			l.at++
			out = l.escape(out)
			continue
		}
		out = append(out, c)
	}
	l.broken = true
	return l.string(out, start)
}

// escape reads what follows a backslash, up to its last character.
func (l *lexer) escape(out []byte) []byte {
	switch c := l.ahead(0); c {
	case 'n':
		return append(out, '\n')
	case 'r':
		return append(out, '\r')
	case 't':
		return append(out, '\t')
	case 'b':
		return append(out, '\b')
	case 'f':
		return append(out, '\f')
	case '\r':
		if l.ahead(1) == '\n' {
			l.at++
		}
		return out
	case '\n':
		return out
	case '0', '1', '2', '3', '4', '5', '6', '7':
		v := int(c - '0')
		for i := 0; i < 2 && '0' <= l.ahead(1) && l.ahead(1) <= '7'; i++ {
			l.at++
			v = v<<3 | int(l.src[l.at]-'0')
		}
		return append(out, byte(v))
	default:
		return append(out, c)
	}
}

func (l *lexer) hex() octets {
	start := l.at
	l.at++
	var out []byte
	half, closed := -1, false
	for l.at < len(l.src) && !closed {
		c := l.src[l.at]
		l.at++
		switch v := unhex(c); {
		case c == '>':
			closed = true
		case v < 0:
		case half < 0:
			half = v
		default:
			out = append(out, byte(half<<4|v))
			half = -1
		}
	}
	if half >= 0 {
		out = append(out, byte(half<<4))
	}
	l.broken = l.broken || !closed
	return l.string(out, start)
}

func (l *lexer) string(s []byte, start int) octets {
	l.b.spend(l.at - start)
	if l.open != nil {
		return l.open(octets(s))
	}
	return octets(s)
}

func unhex(c byte) int {
	switch {
	case '0' <= c && c <= '9':
		return int(c - '0')
	case 'a' <= c|0x20 && c|0x20 <= 'f':
		return int(c|0x20) - 'a' + 10
	}
	return -1
}

// maxNumber bounds numbers, so that no reckoning with them overflows.
const maxNumber = 1e9

// number reads a number, if there is one: a sign, or several as some programs
// write them, and at least one digit.
func (l *lexer) number() (v float64, ok bool) {
	at, sign, scale := l.at, 1.0, 0.0
	for ; at < len(l.src) && (l.src[at] == '+' || l.src[at] == '-'); at++ {
		if l.src[at] == '-' {
			sign = -1
		}
	}
	for ; at < len(l.src); at++ {
		switch c := l.src[at]; {
		case '0' <= c && c <= '9' && scale == 0:
			v, ok = min(v*10+float64(c-'0'), maxNumber), true
		case '0' <= c && c <= '9':
			v, ok, scale = v+float64(c-'0')*scale, true, scale/10
		case c == '.' && scale == 0:
			scale = 0.1
		default:
			return l.numbered(sign*v, at, ok)
		}
	}
	return l.numbered(sign*v, at, ok)
}

func (l *lexer) numbered(v float64, at int, ok bool) (float64, bool) {
	if ok {
		l.b.spend(at - l.at)
		l.at = at
	}
	return v, ok
}

// reference returns v, or the reference it begins.
func (l *lexer) reference(v float64) any {
	if !l.refs || v < 0 || v != math.Trunc(v) || l.at >= len(l.src) || kinds[l.src[l.at]] != white {
		return v
	}
	at := l.at
	skip := func(kind func(c byte) bool) (n int) {
		for ; at < len(l.src) && kind(l.src[at]) && n < 20; at++ {
			n++
		}
		return n
	}
	isWhite := func(c byte) bool { return kinds[c] == white }
	isDigit := func(c byte) bool { return '0' <= c && c <= '9' }
	if skip(isWhite) == 0 || skip(isDigit) == 0 || skip(isWhite) == 0 || at >= len(l.src) || l.src[at] != 'R' {
		return v
	}
	if at++; at < len(l.src) && kinds[l.src[at]] == regular {
		return v
	}
	l.b.spend(at - l.at)
	l.at = at
	return reference(v)
}
