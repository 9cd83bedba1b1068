package jp

import "unicode/utf8"

// Text is a text folded for searching, with the way back to its source.
// The three slices have the same length.
type Text struct {
	// Runes are the folded runes: no spaces, no invisible characters.
	Runes []rune
	// Pos is the byte offset in the source of each rune; it never decreases.
	Pos []int32
	// Gap tells that something was dropped directly before the rune: a space, a
	// line break, a cell border, ・, a counter word such as 号.
	Gap []bool

	src string
}

// Len is the number of folded runes.
func (t Text) Len() int { return len(t.Runes) }

// String is the folded text of the runes [i, j).
func (t Text) String(i, j int) string { return string(t.Runes[i:j]) }

// Span is the range of bytes in the source that the runes [i, j) came from.
func (t Text) Span(i, j int) (start, end int) {
	if i >= j {
		return 0, 0
	}
	start = int(t.Pos[i])
	_, n := utf8.DecodeRuneInString(t.src[t.Pos[j-1]:])
	end = int(t.Pos[j-1]) + n
	for end < len(t.src) { // marks that were composed with the last rune
		r, n := utf8.DecodeRuneInString(t.src[end:])
		if !isVoiceMark(r) {
			break
		}
		end += n
	}
	return start, end
}

// gapAt tells whether a value may begin at i because of a gap or the start.
func (t Text) gapAt(i int) bool { return i <= 0 || i >= len(t.Runes) || t.Gap[i] }

// source is the rune of the source that rune i came from.
func (t Text) source(i int) rune {
	r, _ := utf8.DecodeRuneInString(t.src[t.Pos[i]:])
	return r
}

func isDigit(r rune) bool  { return '0' <= r && r <= '9' }
func isLetter(r rune) bool { return 'a' <= r && r <= 'z' }
func isAlnum(r rune) bool  { return isDigit(r) || isLetter(r) }

func isHan(r rune) bool {
	return 0x4E00 <= r && r <= 0x9FFF || 0x3400 <= r && r <= 0x4DBF || r == '々' || r == '〇' || r == '〆' ||
		0x20000 <= r && r <= 0x3FFFF
}

func isKatakana(r rune) bool { return 0x30A1 <= r && r <= 0x30FA || r == 'ー' }
func isHiragana(r rune) bool { return 0x3041 <= r && r <= 0x3096 }
func isKana(r rune) bool     { return isHiragana(r) || isKatakana(r) }

// isJapanese tells whether r is a kanji or kana.
func isJapanese(r rune) bool { return isHan(r) || isKana(r) }

func isVoiceMark(r rune) bool {
	switch r {
	case 0x3099, 0x309A, 0x309B, 0x309C, 0xFF9E, 0xFF9F:
		return true
	default:
		return false
	}
}
