package jp

import (
	"strings"
	"unicode/utf8"
)

const (
	maxArea     = 40 // runes from the prefecture to the house number
	maxBuilding = 30 // runes from the house number to the room
)

// buildings are words that tell the name of a building from other text.
var buildings = strings.Fields(`ビル マンシヨン ハイツ コーポ アパート メゾン 荘 棟 ハウス タワー レジデンス パーク コート
シヤトー 寮 団地 プラザ ヴイラ ヒルズ 館 パレス ハイム ドミール グラン ガーデン レジオン ステージ フラツト テラス カーサ ロイヤル 住宅 邸 宿舎 キヤツスル`)

// labels stand before an address without a space.
var labels = strings.Fields(`お届け先 お届先 届け先 届先 送付先 送り先 配送先 発送先 請求先 宛先 先 現住所 ご住所 御住所 住所 所在地 自宅 勤務先`)

// addresses finds addresses with a house number in folded text.
func (sc *scanner) addresses(t Text) {
	for i := 0; i < t.Len(); i++ {
		if !isDigit(t.Runes[i]) {
			continue
		}
		end := chainEnd(t, i)
		if townNumber(t, end) {
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
	for k := i + 1; k < end; k++ {
		if t.Runes[k] != '-' || t.Pos[k] != t.Pos[k+1] && !(isJapanese(t.source(k)) && t.Gap[k+1]) {
			continue
		}
		stop := k + 1 + t.digitsFrom(k+1, end)
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
	a := address{area: t.String(from, i)}
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
// prefecture, else at a city behind a gap, a kana or a label.
func areaStart(t Text, i int) (int, bool) {
	low := i
	for low > 0 && i-low < maxArea && areaRune(t, low-1) {
		low--
	}
	for k := low; k < i; k++ {
		if n := prefectureAt(t, k, i); n > 0 {
			return k, strings.ContainsAny(t.String(k+n, i), "市区町村")
		}
	}
	for k := i - 2; k > low; k-- {
		if r := t.Runes[k]; r == '市' || r == '区' || r == '郡' {
			return cityStart(t, low, k)
		}
	}
	return 0, false
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
	r := t.Runes[i]
	if isJapanese(r) {
		return true
	}
	if !isDigit(r) {
		return false
	}
	end := i + 1
	for end < t.Len() && end-i < 4 && isDigit(t.Runes[end]) && !t.Gap[end] {
		end++
	}
	return townNumber(t, end)
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
	if strings.Contains(t.String(i, end), "-") || t.counterBehind(end) {
		return true
	}
	if prefectureOf(t.String(from, min(from+4, i))) == "" {
		return false
	}
	return !t.countsOther(end)
}

// counterBehind tells whether 番地 or 号 was dropped behind the number.
func (t Text) counterBehind(end int) bool {
	_, stop := t.Span(end-1, end)
	rest := t.src[stop:]
	return strings.HasPrefix(rest, "番") || strings.HasPrefix(rest, "号") || strings.HasPrefix(rest, "丁目")
}

// roomBehind finds the room that follows a house number at i, with or without
// the name of a building. A number counts as a room if it says so (号室, A101) or
// a word for a building stands before it.
func roomBehind(t Text, i int) (building, room string, stop int) {
	limit := min(t.Len(), i+maxBuilding)
	named := false
	for k := i; k < limit; k++ {
		r := t.Runes[k]
		if !isDigit(r) {
			if !isJapanese(r) && !isLetter(r) && r != '-' && r != '(' {
				return "", "", i
			}
			continue
		}
		end := chainEnd(t, k)
		named = named || hasBuilding(t.String(i, k))
		if end-k > 7 || end < t.Len() && !t.Gap[end] && isDigit(t.Runes[end]) {
			return "", "", i
		}
		if named && t.roomAgain(end) {
			k = end - 1
			continue
		}
		wing, _ := wingBefore(t, i, k)
		if t.roomSaid(end) || named && !t.countsOther(end) || wing != "" && k-i <= 2 {
			head := Text{Runes: t.Runes[:end], Pos: t.Pos[:end], Gap: t.Gap[:end], src: t.src}
			if t.letterAt(end) != 0 {
				end++
				head = Text{Runes: t.Runes[:end], Pos: t.Pos[:end], Gap: t.Gap[:end], src: t.src}
			}
			building, room = tailRoom(head, i)
			return building, room, end
		}
		k = end - 1
	}
	return "", "", i
}

// roomAgain tells whether the number that ends at i belongs to the name of the
// building, since the room comes behind it: メゾン21 303.
func (t Text) roomAgain(i int) bool {
	if i >= t.Len() || !t.Gap[i] || !isDigit(t.Runes[i]) {
		return false
	}
	end := chainEnd(t, i)
	return (end-i == 3 || end-i == 4) && !t.countsOther(end)
}

func (t Text) roomSaid(end int) bool {
	_, stop := t.Span(end-1, end)
	return strings.HasPrefix(t.src[stop:], "号室") || strings.HasPrefix(t.src[stop:], "室")
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

func hasBuilding(s string) bool {
	for _, b := range buildings {
		if strings.Contains(s, b) {
			return true
		}
	}
	return false
}
