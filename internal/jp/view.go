package jp

import (
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// view is a text made plain for reading shapes: width, dashes and invisible
// characters are folded, but case, kana and the places of white space are kept.
type view struct {
	runes []rune
	pos   []int32 // byte offset in src of each rune
	src   string
}

// cellBorder stands for a tab or another border between cells; nothing is read
// across it.
const cellBorder = 0x1F

func look(s string) view {
	n := leadBytes(s)
	v := view{runes: make([]rune, 0, n), pos: make([]int32, 0, n), src: s}
	line, quoted := false, false
	for i, r := range s {
		n := len(v.runes)
		v.add(r, int32(i))
		if len(v.runes) == n {
			continue
		}
		switch last := v.runes[n]; {
		case last == '\n':
			line, quoted = true, false
		case line && (last == '>' || quoted && last == ' '): // a quoted mail
			v.runes, v.pos = v.runes[:n], v.pos[:n]
			quoted = true
		case last != ' ':
			line = false
		}
	}
	for i := 1; i+1 < len(v.runes); i++ {
		if v.runes[i] == 'ー' && isDigit(v.runes[i-1]) && isDigit(v.runes[i+1]) {
			v.runes[i] = '-'
		}
	}
	return v
}

func (v *view) put(r rune, pos int32) {
	v.runes = append(v.runes, r)
	v.pos = append(v.pos, pos)
}

func (v *view) add(r rune, pos int32) {
	switch {
	case 0x21 <= r && r <= 0x7E:
		v.put(r, pos)
		return
	case 0xFF01 <= r && r <= 0xFF5E:
		v.put(r-0xFEE0, pos)
		return
	case r == '\t' || 0x1C <= r && r <= 0x1F: // a cell border
		v.put(cellBorder, pos)
		return
	case r >= 0x10000:
		v.slow(r, pos)
		return
	}
	switch to := bmp[r]; to {
	case '-':
		v.put('-', pos)
	case actDrop:
	case actGap:
		v.put(' ', pos)
	case actBreak:
		v.put('\n', pos)
	case actSlow:
		v.slow(r, pos)
	default:
		if r >= 0xFF61 { // half-width kana and signs
			r = rune(to)
		}
		if !isAction(r) {
			v.put(r, pos)
		}
	}
}

func (v *view) slow(r rune, pos int32) {
	switch {
	case unicode.In(r, unicode.Mn, unicode.Me, unicode.Cf, unicode.Cc, unicode.Variation_Selector):
	case unicode.In(r, unicode.Z):
		v.put(' ', pos)
	case unicode.Is(unicode.No, r):
		v.put(r, pos)
	default:
		for _, d := range norm.NFKC.String(string(r)) {
			v.put(d, pos)
		}
	}
}

// at is the rune at i, 0 outside the text.
func (v *view) at(i int) rune {
	if 0 <= i && i < len(v.runes) {
		return v.runes[i]
	}
	return 0
}

// span is the range of source bytes of the runes [i, j), i < j.
func (v *view) span(i, j int) (start, end int) {
	_, n := utf8.DecodeRuneInString(v.src[v.pos[j-1]:])
	return int(v.pos[i]), int(v.pos[j-1]) + n
}

// has tells whether the text continues at i with s.
func (v *view) has(i int, s string) bool {
	k := i
	for _, r := range s {
		if v.at(k) != r {
			return false
		}
		k++
	}
	return true
}

// spaces skips up to limit runes of white space.
func (v *view) spaces(i, limit int) int {
	for n := 0; n < limit && (v.at(i) == ' ' || v.at(i) == '\n'); n++ {
		i++
	}
	return i
}

// digits is the end of the run of digits at i.
func (v *view) digits(i int) int {
	for isDigit(v.at(i)) {
		i++
	}
	return i
}

func isWord(r rune) bool {
	return isDigit(r) || 'a' <= r && r <= 'z' || 'A' <= r && r <= 'Z'
}
