package jp

import (
	"unicode"

	"golang.org/x/text/unicode/norm"
)

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
	actRepeatTwo // iteration mark for two kana, 〱
	actVoicedRepeatTwo
)

// isAction tells actions from runes.
func isAction(v rune) bool { return actSlow <= v && v <= actVoicedRepeatTwo }

// bmp folds the basic plane: a rune or an action for each code point.
var bmp = buildBMP()

const (
	// halfKana are the full-width spellings of U+FF61 … U+FF9D.
	halfKana = "。「」、・ヲァィゥェォャュョッーアイウエオカキクケコサシスセソタチツテトナニヌネノハヒフヘホマミムメモヤユヨラリルレロワン"

	// Banks (全銀協) and JIS X 0201 know no small letters, ヰ, ヱ, and write オ for ヲ.
	rareKana  = "ぁぃぅぇぉっゃゅょゎゕゖゐゑをァィゥェォッャュョヮヵヶヰヱヲヷヸヹヺ"
	plainKana = "あいうえおつやゆよわかけいえおアイウエオツヤユヨワカケイエオワイエオ"

	dashes      = "-‐‑‒–—―⁃−─━⎯﹘﹣⸺⸻⸗⹝➖˗֊־᠆᐀ㅡ"
	apostrophes = "'’‘‛ʼʻ′`´ʹ\u1ffd"

	unvoiced = "かきくけこさしすせそたちつてとはひふへほうカキクケコサシスセソタチツテトハヒフヘホウ"
	voiced   = "がぎぐげござじずぜぞだぢづでどばびぶべぼゔガギグゲゴザジズゼゾダヂヅデドバビブベボヴ"
	bare     = "はひふへほハヒフヘホ"
	semi     = "ぱぴぷぺぽパピプペポ"
)

// hentaigana are the standard kana for the cursive ones from U+1B002 on, which
// stand in family registers (平仮名 before 1900).
const (
	firstHentaigana = 0x1B002
	hentaigana      = "ああああいいいいうううううえええええおおおかかかかかかかかかかかかききききききききくくくくくくくけけけけけけここここ" +
		"ささささささささしししししし" + "すすすすすすすすせせせせせそそそそそそそたたたたちちちちちちちつつつつつてててててててててととととととと" +
		"なななななななななににににににににぬぬぬねねねねねねねのののののはははははははははははひひひひひひひふふふへへへへへへへほほほほほほほほ" +
		"まままままままみみみみみみみむむむむめめめももももももややややややゆゆゆゆよよよよよよららららりりりりりりりるるるるるるれれれれろろろろろろ" +
		"わわわわわいいいいいええええおおおおおおおんん"
)

// rareSupplement are the other kana beyond the basic plane.
var rareSupplement = map[rune]rune{
	0x1B000: 'エ', 0x1B001: 'え', 0x1B11F: 'う', 0x1B120: 'イ', 0x1B121: 'エ', 0x1B122: 'ウ', 0x1B132: 'こ',
	0x1B150: 'い', 0x1B151: 'え', 0x1B152: 'お', 0x1B155: 'コ', 0x1B164: 'イ', 0x1B165: 'エ', 0x1B166: 'オ', 0x1B167: 'ン',
}

// latinLetters have no decomposition in Unicode, but one in passports.
var latinLetters = map[rune]string{
	'ø': "o", 'ł': "l", 'đ': "d", 'ð': "d", 'æ': "ae", 'œ': "oe", 'ß': "ss", 'þ': "th", 'ı': "i", 'ŋ': "n", 'ħ': "h",
}

var (
	cursive     = []rune(hentaigana)
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
	fillDecomposed(t)
	return t
}

// fillDecomposed adds letters with diacritics, ligature-free compatibility
// ideographs and radicals: what decomposes to one rune of the table and marks.
func fillDecomposed(t *[0x10000]uint16) {
	for _, block := range [...][2]rune{{0xC0, 0x17F}, {0x1E00, 0x1EFF}, {0x2F00, 0x2FDF}, {0xF900, 0xFAFF}} {
		for r := block[0]; r <= block[1]; r++ {
			d := []rune(norm.NFKD.String(string(r)))
			for len(d) > 1 && unicode.Is(unicode.Mn, d[len(d)-1]) {
				d = d[:len(d)-1]
			}
			if t[r] == actSlow && len(d) == 1 && d[0] < 0x10000 && d[0] != r {
				t[r] = t[d[0]]
			}
		}
	}
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
	plain := []rune(plainKana)
	for i, r := range []rune(rareKana) {
		t[r] = uint16(plain[i])
	}
	for i, r := range []rune(halfKana) {
		t[0xFF61+i] = t[r]
	}
	for r := 0x31F0; r <= 0x31FF; r++ { // small katakana for Ainu
		t[r] = uint16([]rune("クシストヌハヒフヘホムラリルレロ")[r-0x31F0])
	}
	for _, r := range "・･·•‧∙⋅" {
		t[r] = actGap
	}
	t[0x3099], t[0x309B], t[0xFF9E] = actVoice, actVoice, actVoice
	t[0x309A], t[0x309C], t[0xFF9F] = actHalf, actHalf, actHalf
	t['々'], t['〻'], t['ゝ'], t['ヽ'] = actRepeat, actRepeat, actRepeat, actRepeat
	t['ゞ'], t['ヾ'] = actVoicedRepeat, actVoicedRepeat
	t['〱'], t['〲'] = actRepeatTwo, actVoicedRepeatTwo
	t['〳'], t['〴'], t['〵'] = actRepeatTwo, actVoicedRepeatTwo, actDrop // the upper halves, and the lower
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
	for _, r := range "\u00a0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u202f\u205f\u2800\u3000\ufffc" {
		t[r] = actGap
	}
	t[0x85], t[0x2028], t[0x2029] = actBreak, actBreak, actBreak
	for _, r := range "\u00ad\u061c\u180e\u200b\u200c\u200d\u200e\u200f\u2060\ufeff" { // the commonest of what is invisible
		t[r] = actDrop
	}
	for r := 0xFE00; r <= 0xFE0F; r++ { // variation selectors
		t[r] = actDrop
	}
	for _, r := range "\u115f\u1160\u3164\uffa0\u17b4\u17b5" { // fillers look like nothing
		t[r] = actDrop
	}
	t['〜'], t['～'], t['〰'] = '~', '~', '~'
	t['゠'] = '='
	t['乄'] = '〆'
	t['〶'], t['〸'], t['〹'], t['〺'] = '〒', '十', '卄', '卅'
}
