package jp

import (
	"cmp"
	"slices"
)

// Token is an identifier recognised by its shape.
type Token struct {
	Kind   Kind
	Normal string // see Normal
	Start  int    // byte offset in the source
	End    int    // byte offset behind it
}

// Tokens finds what is recognised by shape alone: e-mail addresses, phone
// numbers, postal codes, dates (as birthdays), whole Japanese addresses with a
// house number, and secret parts of URLs. They are ordered by where they begin.
func Tokens(s string) []Token { return FoldText(s).Tokens() }

// Tokens finds what Tokens finds in the source of t, without folding it again.
func (t Text) Tokens() []Token {
	sc := scanner{view: look(t.src)}
	sc.shapes()
	sc.allAddresses(t)
	slices.SortStableFunc(sc.found, func(a, b Token) int {
		return cmp.Or(cmp.Compare(a.Start, b.Start), cmp.Compare(a.End, b.End), cmp.Compare(a.Kind, b.Kind))
	})
	return sc.found
}

type scanner struct {
	view
	found   []Token
	linkEnd int // end of the last URL; those within it are part of it
}

func (sc *scanner) report(k Kind, i, j int, normal string) {
	start, end := sc.span(i, j)
	sc.found = append(sc.found, Token{Kind: k, Normal: normal, Start: start, End: end})
}

// shapes reads the view from left to right. Numbers are read once: what is a
// date is no phone number. E-mail addresses and links may lie around numbers.
func (sc *scanner) shapes() {
	for i := 0; i < len(sc.runes); {
		r := sc.runes[i]
		switch {
		case isDigit(r):
			i = sc.number(i)
			continue
		case startsDate(r):
			if normal, end, ok := sc.dateToken(i); ok {
				sc.report(Birthday, i, end, normal)
				i = end
				continue
			}
			i = sc.kanjiPhone(i)
			continue
		case r < 0x80 || isStar(r) || isKanjiZero(r):
			i = sc.sign(i)
			continue
		}
		i++
	}
}

// sign reads what begins or is found by the sign at i, and returns where to go on.
func (sc *scanner) sign(i int) int {
	switch r := sc.runes[i]; {
	case r == '@':
		sc.email(i, 1)
	case r == '%' && sc.has(i, "%40"):
		sc.email(i, 3)
	case r == ':' && i >= sc.linkEnd && sc.has(i, "://"):
		sc.linkEnd = sc.linksAt(i, func(start, end int, normal string) { sc.report(Link, start, end, normal) })
	case isKanjiZero(r):
		return sc.kanjiPhone(i)
	case isStar(r) || r == '(' || r == '[' || r == '<' || r == '{':
		if start, end, normal, ok := sc.disguisedAt(i); ok {
			sc.report(Email, start, end, normal)
			return end
		}
	}
	return i + 1
}

// kanjiPhone reads the phone number in kanji at i, if there is one, and returns
// where to go on.
func (sc *scanner) kanjiPhone(i int) int {
	if !isKanjiZero(sc.at(i)) {
		return i + 1
	}
	normal, end, ok := sc.kanjiPhoneAt(i)
	if !ok {
		return i + 1
	}
	sc.report(Phone, i, end, normal)
	return end
}

func (sc *scanner) email(i, n int) {
	if start, end, normal, ok := sc.emailAt(i, n); ok {
		sc.report(Email, start, end, normal)
	}
}

// number reads the number at i, of whatever kind, and returns its end.
func (sc *scanner) number(i int) int {
	if normal, end, ok := sc.dateToken(i); ok {
		sc.report(Birthday, i, end, normal)
		return end
	}
	if normal, end, ok := sc.postalAt(i); ok && sc.postalMark(i) {
		sc.report(PostalCode, i, end, normal)
		return end
	}
	if normal, end, ok := sc.phoneAt(i); ok {
		sc.report(Phone, i, end, normal)
		return end
	}
	if normal, end, ok := sc.postalAt(i); ok {
		sc.report(PostalCode, i, end, normal)
		return end
	}
	return sc.digits(i)
}
