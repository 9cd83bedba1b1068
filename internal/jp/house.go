package jp

import (
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"
)

// The second pass of the folding: what depends on the neighbours. It reads the
// runes folded one by one and writes the text that is searched.
//
// A value must fold the same wherever it stands, so every rule looks only at
// neighbours that are part of the value itself, and names beside a number are
// left alone: a kanji numeral becomes digits only before a counter of house
// numbers (丁目, 番地, 番, 号 …) or within a chain of kanji numerals.
type rewriter struct {
	in  Text
	out Text
	gap bool // a counter word was dropped since the last rune written
}

func rewrite(in Text) Text {
	n := len(in.Runes) + 4
	w := rewriter{in: in, out: Text{Runes: make([]rune, 0, n), Pos: make([]int32, 0, n), Gap: make([]bool, 0, n), src: in.src}}
	for i := 0; i < len(in.Runes); {
		r := in.Runes[i]
		switch {
		case isDigit(r):
			i = w.chain(i)
		case r < 0x80:
			i = w.sign(i)
		case isNumeral(r) && w.counted(i):
			i = w.chain(i)
		default:
			i = w.japanese(i)
		}
	}
	return w.out
}

func (w *rewriter) put(r rune, i int) { w.putAt(r, w.in.Pos[i], w.in.Gap[i]) }

func (w *rewriter) putAt(r rune, pos int32, gap bool) {
	w.out.Runes = append(w.out.Runes, r)
	w.out.Pos = append(w.out.Pos, pos)
	w.out.Gap = append(w.out.Gap, gap || w.gap)
	w.gap = false
}

// skip notes that a rune is dropped, leaving a gap.
func (w *rewriter) skip() { w.gap = true }

// last is the rune written last, 0 at the start.
func (w *rewriter) last() rune {
	if n := len(w.out.Runes); n > 0 {
		return w.out.Runes[n-1]
	}
	return 0
}

// at is the rune at i of the input, 0 beyond its end.
func (w *rewriter) at(i int) rune {
	if i < len(w.in.Runes) {
		return w.in.Runes[i]
	}
	return 0
}

// tight tells that nothing was dropped before i.
func (w *rewriter) tight(i int) bool { return i < len(w.in.Runes) && !w.in.Gap[i] }

// has tells whether the input continues at i with s, without a gap inside.
func (w *rewriter) has(i int, s string) bool {
	k := i
	for _, r := range s {
		if w.at(k) != r || k > i && w.in.Gap[k] {
			return false
		}
		k++
	}
	return true
}

// sign writes one ASCII rune that is no digit.
func (w *rewriter) sign(i int) int {
	r, next := w.in.Runes[i], w.at(i+1)
	switch {
	case (r == '-' || r == '\'') && isLetter(w.last()) && isLetter(next):
		w.skip() // Jean-Paul, O'Neill, Ken'ichi
	case (r == '-' || r == '~') && isKana(w.last()) && w.tight(i) && next != r && !isAlnum(next):
		w.put('ー', i) // コ-ポ, さと〜
	case r == '=' && isKatakana(w.last()) && isKatakana(next):
		w.skip() // ジャン＝ポール
	default:
		w.put(r, i)
	}
	return i + 1
}

// japanese writes one rune that is neither ASCII nor part of a number.
func (w *rewriter) japanese(i int) int {
	r := w.in.Runes[i]
	switch r {
	case 'が', 'ガ', 'ケ', 'ノ', 'ツ', 'ル':
		if isHan(w.last()) && isHan(w.at(i+1)) {
			r = betweenKanji(r, w.last())
		} else if w.at(i+1) == '丘' && (r == 'が' || r == 'ガ') && isHiragana(w.last()) {
			r = 'ケ' // つつじが丘
		}
	case '第':
		if w.sectionNumber(i + 1) { // 第10地割
			w.skip()
			return i + 1
		}
	case '大':
		if w.at(i+1) == '字' && isTown(w.last()) {
			w.skip()
			return i + 2
		}
	case '字':
		if isTown(w.last()) {
			w.skip()
			return i + 1
		}
	}
	w.put(r, i)
	return i + 1
}

// sectionNumber tells whether a number of a 丁目 or 地割 stands at i.
func (w *rewriter) sectionNumber(i int) bool {
	end := i
	for end < i+maxNumeral && (isDigit(w.at(end)) || isNumeral(w.at(end))) {
		end++
	}
	return end > i && (w.has(end, "丁目") || w.has(end, "地割"))
}

// betweenKanji unifies the kana that join kanji in names of places.
func betweenKanji(r, prev rune) rune {
	switch r {
	case 'ル': // 寺町通御池上ル
		if prev == '上' || prev == '下' || prev == '入' {
			return 'る'
		}
		return r
	case 'ノ':
		return 'の'
	case 'ツ':
		return 'つ'
	default:
		return 'ケ'
	}
}

func isTown(r rune) bool { return r == '市' || r == '町' || r == '村' || r == '区' || r == '郡' }

// chain writes the number at i and those joined to it by the separators of
// house numbers, and returns where it stopped. A counter at the end is dropped.
func (w *rewriter) chain(i int) int {
	spaced := false
	for n := 1; ; n++ {
		i = w.number(i)
		if isDigit(w.at(i)) && n >= 2 && !spaced && w.roomLike(i) {
			spaced = true // 1-2-3 501
			w.putAt('-', w.in.Pos[i], true)
			w.gap = true
			continue
		}
		k, counter := w.separator(i)
		if k == i {
			return i
		}
		if isDigit(w.at(k)) && !w.another(k, counter) || isNumeral(w.at(k)) && w.continues(k, counter) {
			w.put('-', i)
			i = k
			continue
		}
		if counter == "" {
			return i
		}
		w.skip()
		return k
	}
}

// another tells whether the digits at k, behind a counter and a gap, begin
// another number: nothing follows a room, and a telephone number begins with 0.
func (w *rewriter) another(k int, counter string) bool {
	return counter != "" && w.in.Gap[k] && (w.at(k) == '0' || counter == "号室" || counter == "室")
}

// number writes one number in digits and returns its end.
func (w *rewriter) number(i int) int {
	if isDigit(w.at(i)) {
		w.put(w.at(i), i)
		for i++; isDigit(w.at(i)) && w.tight(i); i++ {
			w.put(w.at(i), i)
		}
		return i
	}
	end := w.numeralEnd(i)
	digits := arabic(w.in.Runes[i:end])
	for k, r := range digits {
		at := min(i+k, end-1)
		if k == len(digits)-1 {
			at = end - 1
		}
		w.putAt(r, w.in.Pos[at], k == 0 && w.in.Gap[i])
	}
	return end
}

// roomLike tells whether the digits at i may be a room number after a house number.
func (w *rewriter) roomLike(i int) bool {
	end := i + 1
	for isDigit(w.at(end)) && w.tight(end) {
		end++
	}
	return end-i <= 4 && !isDigit(w.at(end)) && !w.joinsNumbers(end) && !w.has(end, "丁目")
}

// counters are the words between the numbers of an address, longest first.
var counters = [...]string{"番地", "丁目", "地割", "号棟", "号室", "番", "号", "棟", "室"}

// separator finds what follows a number that ends at i: a counter word, or a
// dash or の (counter is ""). It returns where the separator ends, i if none.
func (w *rewriter) separator(i int) (end int, counter string) {
	if w.at(i) < 0x80 {
		if w.joinsNumbers(i) {
			return i + 1, ""
		}
		return i, ""
	}
	for _, c := range counters {
		if w.has(i, c) && w.countsHere(i, c) {
			end = i + utf8.RuneCountInString(c)
			if w.joinsNumbers(end) { // 2番地の3, 3号-501
				end++
			}
			return end, c
		}
	}
	if w.joinsNumbers(i) {
		return i + 1, ""
	}
	return i, ""
}

// joinsNumbers tells whether the rune at i stands between two numbers like a dash.
func (w *rewriter) joinsNumbers(i int) bool {
	next := w.at(i + 1)
	switch w.at(i) {
	case '-', 'の', 'ノ', '之':
		return isDigit(next) || isNumeral(next)
	case 'ー':
		return (isDigit(next) || isNumeral(next) && i > 0 && isNumeral(w.in.Runes[i-1])) && w.tight(i)
	case '丁':
		return isDigit(next) && w.tight(i)
	case '一': // typed for a dash: 1一2
		return isDigit(next) && w.tight(i) && w.tight(i+1) && isDigit(w.at(i-1))
	default:
		return false
	}
}

// countsHere tells a counter from a longer word that begins with it.
func (w *rewriter) countsHere(i int, counter string) bool {
	next := w.at(i + utf8.RuneCountInString(counter))
	switch counter {
	case "番":
		return (!strings.ContainsRune("号目町丁街館線組台手領", next) || next == 0) && !w.townOfNumber(i)
	case "号":
		return !strings.ContainsRune("館線車店機数議令外地", next) || next == 0
	case "室":
		return w.tight(i) && next != '町' && next != '内'
	case "棟", "地割":
		return w.tight(i)
	default:
		return true
	}
}

// townOfNumber tells whether the number that ends at i is the name of a town
// with 番: 麻布十番.
func (w *rewriter) townOfNumber(i int) bool {
	for n := 0; i > 0 && n < maxNumeral && (isDigit(w.in.Runes[i-1]) || isNumeral(w.in.Runes[i-1])); n++ {
		i--
	}
	return i > 1 && w.in.Runes[i-1] == '布' && w.in.Runes[i-2] == '麻'
}

// continues tells whether the kanji numeral at i goes on the chain: it has its
// own counter, or it ends there (…丁目二、), and is not the begin of a name.
func (w *rewriter) continues(i int, counter string) bool {
	if w.counted(i) {
		return true
	}
	end := w.numeralEnd(i)
	if join := w.at(end); w.tight(end) && (join == 'の' || join == 'ノ') && isNumeral(w.at(end+1)) {
		end = w.numeralEnd(end + 1) // 一の二の三です
	}
	next := w.at(end)
	ends := !isJapanese(next) || w.in.Gap[end] || isHiragana(next) && next != 'の' && next != 'つ' // …番地三です
	return ends && w.tight(i) && !strings.HasPrefix(counter, "号") && arabic(w.in.Runes[i:w.numeralEnd(i)]) != ""
}

// counted tells whether the kanji numeral at i is a number by what follows.
func (w *rewriter) counted(i int) bool {
	end := w.numeralEnd(i)
	if arabic(w.in.Runes[i:end]) == "" {
		return false
	}
	if w.has(end, "丁目") || w.has(end, "番地") || positional(w.in.Runes[i:end]) {
		return true
	}
	if !w.tight(end) {
		return false
	}
	next := w.at(end + 1)
	switch w.at(end) {
	case '番':
		return next != '号' && next != '目'
	case '号', '条', '線', '軒':
		return true
	case '階':
		return next != '堂' && next != '町' // 二階堂 is a name
	case '丁':
		return isDigit(next)
	case '地':
		return next == '割'
	case '-':
		return isNumeral(next) && w.chainEnds(end+1) || w.shortNumbers(end+1)
	case 'の', 'ノ', 'ー':
		return isNumeral(next) && w.chainEnds(end+1)
	}
	return false
}

// chainEnds tells whether the kanji numeral at i is the end of a chain (一の二),
// or goes on to a third number, rather than the begin of a word (健一の三月分).
func (w *rewriter) chainEnds(i int) bool {
	end := w.numeralEnd(i)
	if !w.tight(end) || !isJapanese(w.at(end)) {
		return true
	}
	next := w.at(end + 1)
	return (w.at(end) == 'の' || w.at(end) == 'ノ') && isNumeral(next) || w.at(end) == '番' && next == '地' || w.at(end) == '号'
}

// shortNumbers tells whether two short numbers follow: 一-2-3, not 健一-090-1234.
func (w *rewriter) shortNumbers(i int) bool {
	n := 0
	for isDigit(w.at(i + n)) {
		n++
	}
	return 0 < n && n <= 3 && w.at(i) != '0' && w.at(i+n) == '-' && isDigit(w.at(i+n+1))
}

// numeralEnd is the end of the kanji numeral at i; one too long to be a number
// is cut, so that a text of numerals is read in linear time.
func (w *rewriter) numeralEnd(i int) int {
	limit := i + maxNumeral + 1
	for i++; i < limit && isNumeral(w.at(i)) && w.tight(i); i++ {
	}
	return i
}

// maxNumeral is how many kanji a number has at most: 九千九百九十九.
const maxNumeral = 8

const numerals = "〇一二三四五六七八九"

func isNumeral(r rune) bool {
	switch r {
	case '〇', '一', '二', '三', '四', '五', '六', '七', '八', '九', '十', '百', '千':
		return true
	default:
		return false
	}
}

// arabic reads a kanji numeral, positional (一〇三) or with units (百三), below
// ten thousand; "" if it is none.
func arabic(runes []rune) string {
	if len(runes) > maxNumeral {
		return ""
	}
	total, digit, unit := 0, -1, 10000
	var plain strings.Builder
	for _, r := range runes {
		u := unitOf(r)
		if u == 0 {
			if digit >= 0 && unit != 10000 {
				return ""
			}
			digit = strings.IndexRune(numerals, r) / len("一")
			plain.WriteByte(byte('0' + digit))
			continue
		}
		if u >= unit || plain.Len() > 1 && unit == 10000 {
			return ""
		}
		total += max(digit, 1) * u
		digit, unit = -1, u
	}
	if unit == 10000 {
		return plain.String()
	}
	return strconv.Itoa(total + max(digit, 0))
}

// positional tells whether a numeral says by its zeros that it is a number:
// 二〇三, not 〇〇 for a name to be filled in.
func positional(runes []rune) bool {
	return len(runes) > 2 && runes[0] != '〇' && slices.Contains(runes, '〇')
}

func unitOf(r rune) int {
	switch r {
	case '十':
		return 10
	case '百':
		return 100
	case '千':
		return 1000
	default:
		return 0
	}
}
