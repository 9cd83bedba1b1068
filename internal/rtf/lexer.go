package rtf

import "strconv"

type kind uint8

const (
	text    kind = iota // a byte as it stands
	escaped             // a byte written as \'hh, or after a backslash
	opening             // {
	closing             // }
	word                // a control word, or a control symbol that is no character
)

type token struct {
	kind  kind
	char  byte   // of text and escaped
	word  []byte // without backslash and number
	value int    // of the number
	given bool   // there was a number
}

// lexer splits a document into tokens. Their sizes add up to that of the document.
type lexer struct {
	data []byte
	at   int
}

func (l *lexer) next() (token, bool) {
	if l.at >= len(l.data) {
		return token{}, false
	}
	c := l.data[l.at]
	l.at++
	switch c {
	case '{':
		return token{kind: opening}, true
	case '}':
		return token{kind: closing}, true
	case '\\':
		return l.control(), true
	}
	return token{kind: text, char: c}, true
}

// control reads what follows a backslash.
func (l *lexer) control() token {
	if l.at >= len(l.data) {
		return token{kind: escaped, char: '\\'}
	}
	c := l.data[l.at]
	switch {
	case letter(c):
		return l.word()
	case c == '\'':
		if l.at+2 < len(l.data) {
			if v, err := strconv.ParseUint(string(l.data[l.at+1:l.at+3]), 16, 8); err == nil {
				l.at += 3
				return token{kind: escaped, char: byte(v)}
			}
		}
		l.at++
		return token{kind: escaped, char: '\''}
	}
	l.at++
	switch c {
	case '\r', '\n':
		return token{kind: word, word: []byte("par")}
	case '\t':
		return token{kind: word, word: []byte("tab")}
	case '~', '-', '_', '*', ':', '|':
		return token{kind: word, word: []byte{c}}
	}
	return token{kind: escaped, char: c}
}

func (l *lexer) word() token {
	start := l.at
	for l.at < len(l.data) && letter(l.data[l.at]) {
		l.at++
	}
	t := token{kind: word, word: l.data[start:l.at]}
	number := l.at
	if l.at < len(l.data) && l.data[l.at] == '-' {
		l.at++
	}
	digits := l.at
	for l.at < len(l.data) && digit(l.data[l.at]) {
		l.at++
	}
	if l.at == digits {
		l.at = number
	} else {
		t.given = true
		t.value, _ = strconv.Atoi(string(l.data[number:l.at])) // out of range is the largest there is
	}
	if l.at < len(l.data) && l.data[l.at] == ' ' {
		l.at++
	}
	return t
}

func letter(c byte) bool { return 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' }
func digit(c byte) bool  { return '0' <= c && c <= '9' }
