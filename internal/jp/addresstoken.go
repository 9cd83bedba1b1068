package jp

import (
	"slices"
	"strings"
	"unicode/utf8"
)

// maxArea is how many runes there are from the prefecture to the house number.
const maxArea = 40

// labels stand before an address without a space.
var labels = strings.Fields(`お届け先 お届先 届け先 届先 送付先 送り先 配送先 発送先 請求先 宛先 先 現住所 ご住所 御住所 住所 所在地 自宅 勤務先`)

// allAddresses finds addresses with a house number, also those whose parts have
// labels between them: of two in one place the longer counts.
func (sc *scanner) allAddresses(t Text) {
	sc.addresses(t)
	n := len(sc.found)
	sc.addresses(t.Joined())
	for _, long := range slices.Clone(sc.found[n:]) {
		within := func(a, b Token) bool { return a.Kind == Address && b.Start <= a.Start && a.End <= b.End }
		known := func(tok Token) bool { return tok.Kind == Address && within(long, tok) && !within(tok, long) }
		if slices.Contains(sc.found[:n], long) || slices.ContainsFunc(sc.found[:n], known) {
			continue
		}
		sc.found = append(slices.DeleteFunc(sc.found[:n:n], func(tok Token) bool { return within(tok, long) }), long)
		n = len(sc.found)
	}
	sc.found = sc.found[:n]
}

// addresses finds addresses with a house number in folded text.
func (sc *scanner) addresses(t Text) {
	for i := 0; i < t.Len(); i++ {
		if !isDigit(t.Runes[i]) {
			continue
		}
		end := chainEnd(t, i)
		if townNumber(t, end) || streetNumber(t, i, end) || sideNumber(t, i, end) {
			i = end - 1
			continue
		}
		end = looseEnd(t, i, end)
		from, ok := areaStart(t, i)
		if ok && houseLike(t, from, i, end) {
			end = max(end, sc.address(t, from, i, end))
		}
		i = end - 1
	}
}

// looseEnd cuts the chain of numbers [i, end) before a number that only follows
// it: 1-2-3 and 2点 in the next line. A room behind a space has three digits or
// says that it is one; another part of the house number has its counter.
func looseEnd(t Text, i, end int) int {
	n := 1 // numbers up to k, with the one behind it
	for k := i + 1; k < end; k++ {
		if t.Runes[k] != '-' {
			continue
		}
		n++
		if t.Pos[k] != t.Pos[k+1] && !(isJapanese(t.source(k)) && t.Gap[k+1]) {
			continue
		}
		stop := k + 1 + t.digitsFrom(k+1, end)
		if t.Runes[k+1] == '0' || n > maxHouse && stop < end && strings.ContainsAny(t.src[t.Pos[k-1]:t.Pos[k+1]], "\n\r\t") {
			return k // a telephone number, a date
		}
		if t.counterBehind(stop) || t.roomSaid(stop) || stop < end && !t.Gap[stop] {
			continue
		}
		between := t.src[t.Pos[k-1]:t.Pos[k+1]]
		if stop-k < 4 || strings.ContainsAny(between, "\n\r\t") || t.countsOther(stop) {
			return k
		}
	}
	return end
}

// address reports the address of area [from, i) and chain [i, end).
func (sc *scanner) address(t Text, from, i, end int) int {
	a := address{area: readArea(t.String(from, i))}
	a.split(t, i, end)
	if building, room, stop := roomBehind(t, a.end); room != "" {
		a.setRoom(building, room)
		a.end = stop
	}
	normal, err := settle(a.String(), foldAddress)
	if err != nil {
		return end
	}
	start, stop := t.Span(from, a.end)
	sc.found = append(sc.found, Token{Kind: Address, Normal: normal, Start: start, End: stop})
	return a.end
}

// areaStart finds where the address before the number at i begins: at a
// prefecture, else at a city that is known, else at one behind a gap, a kana or
// a label.
func areaStart(t Text, i int) (int, bool) {
	low := i
	for low > 0 && i-low < maxArea && areaRune(t, low-1) {
		low--
	}
	start, found := 0, false
	for k := low; k < i; k++ {
		if n := prefectureAt(t, k, i); n > 0 {
			town := slices.IndexFunc(t.Runes[k+n:i], isTown)
			if 0 <= town && town < maxCity {
				return k, true
			}
			start, found = k, town >= 0
			k += n - 1
		}
	}
	if found {
		return start, true
	}
	for k := low; k < i; k++ {
		n := cityAt(t, k, i)
		if n == 0 {
			continue
		}
		if !found || t.apart(k) && !strings.ContainsRune("場町", t.Runes[k+n]) { // 木更津市坂戸市場
			start, found = k, true
		}
		k = wardEnd(t, k+n, i) - 1
	}
	if found {
		return start, true
	}
	for k := i - 2; k > low; k-- {
		if r := t.Runes[k]; r == '市' || r == '区' || r == '郡' {
			return cityStart(t, low, k)
		}
	}
	return 0, false
}

// apart tells whether a gap, a sign or a particle stands before k.
func (t Text) apart(k int) bool { return t.gapAt(k) || !isHan(t.Runes[k-1]) }

// wardEnd is where the ward ends that belongs to the city that ends at i: 横浜市港北区
// has nothing to do with 北区.
func wardEnd(t Text, i, limit int) int {
	if t.Runes[i-1] != '市' {
		return i
	}
	for k := i; k < min(limit, i+5) && !isTown(t.Runes[k]) || k < limit && t.Runes[k] == '区'; k++ {
		if t.Runes[k] == '区' {
			return k + 1
		}
	}
	return i
}

// maxCity is how many runes a city or a ward has at most: かすみがうら市, with
// its district 10.
const maxCity = 12

// cityAt is how many runes the city or ward has that begins at k, with those of
// its district if it is a town or village; 0 if none is known.
func cityAt(t Text, k, limit int) int {
	limit = min(limit, k+maxCity)
	for i := k; i < limit; i++ {
		if r := t.Runes[i]; r == '市' || r == '区' || r == '郡' {
			s := t.String(k, limit)
			m, n := placeAt("", s)
			if n == 0 || n == len(m.name) && !strings.HasSuffix(m.name, "市") && !strings.HasSuffix(m.name, "区") {
				return 0
			}
			return utf8.RuneCountInString(s[:n])
		}
	}
	return 0
}

// prefectureAt is how many runes the prefecture at k has, 0 if there is none.
func prefectureAt(t Text, k, limit int) int {
	for n := 3; n <= 4 && k+n <= limit; n++ {
		if isPrefectureSuffix(t.Runes[k+n-1]) {
			return utf8.RuneCountInString(prefectureOf(t.String(k, k+n)))
		}
	}
	return 0
}

// areaRune tells whether the rune at i may stand in an area: kanji, kana, and
// the numbers of towns.
func areaRune(t Text, i int) bool {
	switch r := t.Runes[i]; {
	case isJapanese(r):
		return true
	case r == '、' || r == ',':
		return i > 0 && (isTown(t.Runes[i-1]) || isPrefectureSuffix(t.Runes[i-1])) || i+1 < t.Len() && isDigit(t.Runes[i+1])
	case !isDigit(r):
		return false
	}
	end := i + 1
	for end < t.Len() && end-i < 4 && isDigit(t.Runes[end]) && !t.Gap[end] {
		end++
	}
	return townNumber(t, end) || streetNumber(t, i, end) || sideNumber(t, i, end)
}

// cityStart finds where the name of the city that ends at k begins.
func cityStart(t Text, low, k int) (int, bool) {
	start := k
	for start > low && k-start < 7 && !t.Gap[start] && isHan(t.Runes[start-1]) {
		start--
	}
	for start > low && !t.Gap[start] && t.Runes[start-1] == 'ケ' && isHan(t.Runes[start]) && k-start < 7 {
		for start--; start > low && !t.Gap[start] && isHan(t.Runes[start-1]) && k-start < 7; start-- {
		}
	}
	for _, l := range labels {
		if strings.HasPrefix(t.String(start, k), l) {
			start += len([]rune(l))
		}
	}
	if start > low && t.Runes[start] == '区' {
		return 0, false
	}
	return start, k > start
}

// houseLike tells a house number from another number behind a place: several
// numbers, or a counter of houses; and nothing that counts other things behind.
func houseLike(t Text, from, i, end int) bool {
	if t.Runes[i-1] == '第' {
		return false
	}
	if t.countedHouse(i, end) {
		return true
	}
	chain, area := t.String(i, end), t.String(from, i)
	if strings.ContainsRune(notTowns, t.Runes[i-1]) && !strings.HasSuffix(area, "八街は") || t.otherWord(from, i) {
		return false
	}
	numbers := strings.Split(chain, "-")
	switch {
	case !isHouse(numbers):
		return false
	case len(numbers) < 3 && (t.countsOther(end) || end < t.Len() && !t.Gap[end] && strings.ContainsRune("万億組期", t.Runes[end])):
		return false
	case len(numbers) == 1:
		return prefectureOf(area) != ""
	}
	r := readArea(area)
	return r.town != "" || !strings.HasSuffix(r.city, "市") && !strings.HasSuffix(r.city, "区")
}

// notTowns are signs and particles no town ends with.
const notTowns = "版はがを:"

// otherWords stand before numbers of other kinds.
var otherWords = strings.Fields(`型番 品番 番号 コード 令和 平成 昭和 西暦 価格 税込 税抜 支店 普通 当座 口座 注文 試合 気温 合計 小計 バージヨン ポイント 告示 条例 電話 携帯`)

// otherWord tells whether one of otherWords stands before i. A town of that name
// is written without a space before it: 知立市昭和1-2.
func (t Text) otherWord(from, i int) bool {
	for _, w := range otherWords {
		k := i - utf8.RuneCountInString(w)
		if k > from && t.String(k, i) == w {
			return !isTown(t.Runes[k-1]) || t.Gap[k] || !strings.Contains("昭和 平成 令和 小計", w)
		}
	}
	return false
}

// isHouse tells whether numbers may be those of a house: not a date, a telephone
// number or the number of a card.
func isHouse(numbers []string) bool {
	long := 0
	for k, n := range numbers {
		if k < maxHouse && len(n) > 1 && n[0] == '0' || len(n) > 5 {
			return false
		}
		if len(n) >= 4 {
			long++
		}
	}
	if len(numbers) == 3 && len(numbers[0]) == 4 && (numbers[0][:2] == "19" || numbers[0][:2] == "20") && isUpTo(numbers[1], "12") && isUpTo(numbers[2], "31") {
		return false // 2024-1-2
	}
	return long < 3
}

func isUpTo(n, most string) bool { return len(n) < len(most) || len(n) == len(most) && n <= most }

// countedHouse tells whether 番地, 号 or 丁目 was written behind one of the numbers
// in [i, end).
func (t Text) countedHouse(i, end int) bool {
	for k := i + 1; k < end; k++ {
		if t.Runes[k] == '-' && strings.ContainsRune("丁番号", t.source(k)) {
			return true
		}
	}
	return t.counterBehind(end)
}

// counterBehind tells whether 番地 or 号 was dropped behind the number.
func (t Text) counterBehind(end int) bool {
	_, stop := t.Span(end-1, end)
	rest := t.src[stop:]
	return strings.HasPrefix(rest, "番") || strings.HasPrefix(rest, "号") || strings.HasPrefix(rest, "丁目")
}

// countsOther tells whether the number before end counts something, or is the
// begin of a longer one.
func (t Text) countsOther(end int) bool {
	if end >= t.Len() || t.Gap[end] {
		return false
	}
	switch r := t.Runes[end]; r {
	case '-', ':', '/', '.':
		return end+1 < t.Len() && isDigit(t.Runes[end+1])
	default:
		return strings.ContainsRune(otherCounters, r)
	}
}

// otherCounters count what is neither a house nor a room.
const otherCounters = "件個名円年月日時分秒回人点度歳才本台社校位票店軒箱枚冊着杯種品泊席週代等期倍割番目ケかつ%"
