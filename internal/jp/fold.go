package jp

import (
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// FoldText folds s for searching. It is total: every byte string has a folding,
// a byte that is not UTF-8 becomes U+FFFD. The source must be under 2 GiB.
func FoldText(s string) Text {
	return rewrite(foldRunes(s))
}

// folder collects runes folded one by one, before numbers are looked at.
type folder struct {
	Text
	gap  bool // something was dropped since the last rune
	line bool // nothing but quotation marks since the line began
}

func foldRunes(s string) Text {
	n := leadBytes(s)
	f := folder{Text: Text{Runes: make([]rune, 0, n), Pos: make([]int32, 0, n), Gap: make([]bool, 0, n), src: s}}
	for i, r := range s {
		if r < 0x10000 && !isAction(rune(bmp[r])) { // add, without the call
			f.put(rune(bmp[r]), int32(i))
			continue
		}
		f.add(r, int32(i))
	}
	return f.Text
}

// leadBytes is how many runes s has if it is UTF-8; counting them by decoding
// costs three times as much.
func leadBytes(s string) int {
	n := 0
	for i := range len(s) {
		if int8(s[i]) >= -0x40 { // no continuation byte
			n++
		}
	}
	return n
}

// add folds one rune of the source.
func (f *folder) add(r rune, pos int32) {
	v := rune(actSlow)
	if r < 0x10000 {
		v = rune(bmp[r])
	}
	if !isAction(v) {
		f.put(v, pos)
		return
	}
	f.act(v, r, pos)
}

// put appends a folded rune.
func (f *folder) put(r rune, pos int32) {
	if f.line {
		if r == '>' { // a quoted mail
			return
		}
		f.line = false
	}
	f.Runes = append(f.Runes, r)
	f.Pos = append(f.Pos, pos)
	f.Gap = append(f.Gap, f.gap)
	f.gap = false
}

func (f *folder) act(action, r rune, pos int32) {
	switch action {
	case actDrop:
	case actGap:
		f.gap = true
	case actBreak:
		f.gap, f.line = true, true
	case actVoice:
		f.compose(voicing)
	case actHalf:
		f.compose(halfVoicing)
	case actRepeat:
		f.repeat(r, pos, false)
	case actVoicedRepeat:
		f.repeat(r, pos, true)
	case actRepeatTwo, actVoicedRepeatTwo:
		f.repeatTwo(r, pos, action == actVoicedRepeatTwo)
	default:
		f.slow(r, pos)
	}
}

// compose voices the last rune; a mark that fits nothing is dropped.
func (f *folder) compose(marks map[rune]rune) {
	if n := len(f.Runes); n > 0 {
		if v, ok := marks[f.Runes[n-1]]; ok {
			f.Runes[n-1] = v
		}
	}
}

// repeat writes an iteration mark out: 佐々木 is 佐佐木, みすゞ is みすず. A mark that
// repeats nothing stays, without its voice.
func (f *folder) repeat(mark rune, pos int32, voice bool) {
	r := mark
	if voice {
		r--
	}
	if n := len(f.Runes); n > 0 && isJapanese(f.Runes[n-1]) && f.Runes[n-1] != mark {
		r = f.Runes[n-1]
		if v, ok := voicing[r]; ok && voice {
			r = v
		}
	}
	f.put(r, pos)
}

// repeatTwo writes out the mark that repeats two kana: いろ〱 is いろいろ.
func (f *folder) repeatTwo(mark rune, pos int32, voice bool) {
	n := len(f.Runes)
	if n < 2 || !isKana(f.Runes[n-2]) || !isKana(f.Runes[n-1]) {
		f.put('〱', pos)
		return
	}
	first, second := f.Runes[n-2], f.Runes[n-1]
	if v, ok := voicing[first]; ok && voice {
		first = v
	}
	f.put(first, pos)
	f.put(second, pos)
}

// slow folds what is outside the table, by compatibility decomposition.
func (f *folder) slow(r rune, pos int32) {
	if 0xE0000 <= r && r <= 0xE0FFF { // tags and the selectors of kanji variants
		return
	}
	if v, ok := beyondTable(r); ok {
		f.put(v, pos)
		return
	}
	switch {
	case unicode.In(r, unicode.Mn, unicode.Me, unicode.Cf, unicode.Cc, unicode.Variation_Selector):
		return
	case unicode.In(r, unicode.Z):
		f.gap = true
		return
	case unicode.Is(unicode.No, r): // ① and ² are no digits: they would join the number beside them
		f.put(r, pos)
		return
	}
	var buf [utf8.UTFMax]byte
	src := buf[:utf8.EncodeRune(buf[:], r)]
	for _, d := range string(norm.NFKD.Append(nil, src...)) {
		f.decomposed(d, pos)
	}
}

// beyondTable folds kanji and kana beyond the basic plane.
func beyondTable(r rune) (rune, bool) {
	if v, ok := variants[r]; ok {
		return v, true
	}
	if i := r - firstHentaigana; 0 <= i && i < rune(len(cursive)) {
		return cursive[i], true
	}
	v, ok := rareSupplement[r]
	return v, ok
}

// decomposed folds one rune of a decomposition.
func (f *folder) decomposed(r rune, pos int32) {
	if r < 0x10000 && bmp[r] != actSlow {
		f.add(r, pos)
		return
	}
	if v, ok := beyondTable(r); ok {
		f.put(v, pos)
		return
	}
	if unicode.In(r, unicode.Mn, unicode.Me, unicode.Cf) {
		return
	}
	r = unicode.ToLower(r)
	if plain, ok := latinLetters[r]; ok {
		for _, p := range plain {
			f.put(p, pos)
		}
		return
	}
	f.put(r, pos)
}
