package jp

import "unicode"

// Actions of the folding table. They lie in the surrogate range, so no decoded
// rune collides with them.
const (
	actSlow   = 0xD800 + iota // not in the table: see slowFold
	actDrop                   // invisible
	actGap                    // white space and separators
	actBreak                  // line break: a gap, and a new line
	actVoice                  // dakuten
	actHalf                   // handakuten
	actRepeat                 // iteration mark
	actVoicedRepeat
)

// bmp folds the basic plane: a rune or an action for each code point.
var bmp = buildBMP()

const (
	// halfKana are the full-width spellings of U+FF61 … U+FF9D.
	halfKana = "。「」、・ヲァィゥェォャュョッーアイウエオカキクケコサシスセソタチツテトナニヌネノハヒフヘホマミムメモヤユヨラリルレロワン"

	smallKana = "ぁぃぅぇぉっゃゅょゎゕゖァィゥェォッャュョヮヵヶ"
	largeKana = "あいうえおつやゆよわかけアイウエオツヤユヨワカケ"

	dashes      = "-‐‑‒–—―⁃−─━﹘﹣⸺⸻➖゠" // U+30A0 too
	apostrophes = "'’‘ʼʻ′`´ʹ\u1ffd"

	unvoiced = "かきくけこさしすせそたちつてとはひふへほうカキクケコサシスセソタチツテトハヒフヘホウワヰヱヲ"
	voiced   = "がぎぐげござじずぜぞだぢづでどばびぶべぼゔガギグゲゴザジズゼゾダヂヅデドバビブベボヴヷヸヹヺ"
	bare     = "はひふへほハヒフヘホ"
	semi     = "ぱぴぷぺぽパピプペポ"
)

// latinLetters have no decomposition in Unicode, but one in passports.
var latinLetters = map[rune]string{
	'ø': "o", 'ł': "l", 'đ': "d", 'ð': "d", 'æ': "ae", 'œ': "oe", 'ß': "ss", 'þ': "th", 'ı': "i", 'ŋ': "n", 'ħ': "h",
}

var (
	voicing     = pairs(unvoiced, voiced)
	halfVoicing = pairs(bare, semi)
)

func pairs(from, to string) map[rune]rune {
	m := make(map[rune]rune, len(from)/3)
	t := []rune(to)
	for i, r := range []rune(from) {
		m[r] = t[i]
	}
	return m
}

func buildBMP() *[0x10000]uint16 {
	t := new([0x10000]uint16)
	for r := range t {
		t[r] = actSlow
	}
	same := func(from, to int) {
		for r := from; r <= to; r++ {
			t[r] = uint16(r)
		}
	}
	same(0x3001, 0x303F)
	same(0x3041, 0x3096)
	same(0x30A1, 0x30FC)
	same(0x3400, 0x4DBF)
	same(0x4E00, 0x9FFF)
	t[0xFFFD] = 0xFFFD
	fillASCII(t)
	fillKana(t)
	fillSigns(t)
	for from, to := range variants {
		if from < 0x10000 {
			t[from] = uint16(to)
		}
	}
	for r := 0x21; r <= 0x7E; r++ {
		t[r+0xFEE0] = t[r]
	}
	return t
}

func fillASCII(t *[0x10000]uint16) {
	for r := range rune(0x80) {
		switch {
		case r == '\n' || r == '\r':
			t[r] = actBreak
		case unicode.IsSpace(r) || 0x1C <= r && r <= 0x1F:
			t[r] = actGap
		case r < 0x20 || r == 0x7F:
			t[r] = actDrop
		default:
			t[r] = uint16(unicode.ToLower(r))
		}
	}
}

func fillKana(t *[0x10000]uint16) {
	large := []rune(largeKana)
	for i, r := range []rune(smallKana) {
		t[r] = uint16(large[i])
	}
	for i, r := range []rune(halfKana) {
		t[0xFF61+i] = t[r]
	}
	for r := 0x31F0; r <= 0x31FF; r++ { // small katakana for Ainu
		t[r] = uint16([]rune("クシストヌハヒフヘホムラリルレロ")[r-0x31F0])
	}
	t['・'], t['･'], t['·'], t['•'], t['‧'] = actGap, actGap, actGap, actGap, actGap
	t[0x3099], t[0x309B], t[0xFF9E] = actVoice, actVoice, actVoice
	t[0x309A], t[0x309C], t[0xFF9F] = actHalf, actHalf, actHalf
	t['々'], t['〻'], t['ゝ'], t['ヽ'] = actRepeat, actRepeat, actRepeat, actRepeat
	t['ゞ'], t['ヾ'] = actVoicedRepeat, actVoicedRepeat
}

func fillSigns(t *[0x10000]uint16) {
	for _, r := range dashes {
		t[r] = '-'
	}
	for _, r := range apostrophes {
		t[r] = '\''
	}
	for r := 0x2502; r <= 0x257F; r++ { // box drawing: cell borders
		t[r] = actGap
	}
	for _, r := range "\u00a0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u202f\u205f\u2800\u3000" {
		t[r] = actGap
	}
	t[0x85], t[0x2028], t[0x2029] = actBreak, actBreak, actBreak
	for _, r := range "\u115f\u1160\u3164\uffa0\u17b4\u17b5" { // fillers look like nothing
		t[r] = actDrop
	}
	t['〜'], t['～'], t['〰'] = '~', '~', '~'
}
