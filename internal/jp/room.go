package jp

import (
	"strings"
	"unicode/utf8"
)

// room is a number behind a house number, read as a room or a floor.
type room struct {
	start, end int // runes, with the wing before it and what is behind it
	value      string
	floor      bool
	said       bool // 号室 or 室 stood behind it
}

// roomAt reads the number at k as a room whose wing does not begin before from:
// 501, 101a, a101 for A-101 and A棟101, 3-501 for 3号館501, 東101 for 東棟101, 3f
// for 3階, b1f for 地下1階.
func (t Text) roomAt(from, k int) room {
	end := chainEnd(t, k)
	r := room{start: k, end: end, value: t.String(k, end), said: t.roomSaid(end)}
	if t.floorAt(end) {
		r.floor = true
		r.end++
	} else if letter := t.letterAt(end); letter != 0 {
		r.value += string(letter)
		r.end++
	}
	var wing string
	wing, r.start = t.wingBefore(from, k)
	if t.basement(from, k, wing, r) {
		wing, r.floor = "b", true
		if k-2 >= from && t.String(k-2, k) == "地下" {
			r.start = k - 2
		}
	}
	r.value = wing + r.value
	if r.floor {
		r.value += "f"
	}
	return r
}

// floorAt tells whether 階 or F stands at i.
func (t Text) floorAt(i int) bool {
	if i >= t.Len() {
		return false
	}
	return t.Runes[i] == '階' || t.Runes[i] == 'f' && (t.gapAt(i+1) || !isAlnum(t.Runes[i+1]))
}

// basement tells whether the number at k is a floor below the ground: 地下1階, B1.
func (t Text) basement(from, k int, wing string, r room) bool {
	if r.floor && k-2 >= from && t.String(k-2, k) == "地下" {
		return true
	}
	return wing == "b" && len(r.value) == 1
}

// wings of one kanji.
const wings = "東西南北中本新別"

// wingBefore reads the wing before the room at k, and where it begins; "" and k
// if there is none.
func (t Text) wingBefore(from, k int) (wing string, start int) {
	i := k
	if i > from && t.Runes[i-1] == '-' {
		i--
	}
	house := i > from && (t.Runes[i-1] == '棟' || t.Runes[i-1] == '館')
	if house {
		i--
	}
	if house && i > from && (t.Runes[i-1] == '号' || t.Runes[i-1] == '番') {
		i--
	}
	if i <= from {
		return "", k
	}
	switch r := t.Runes[i-1]; {
	case isLetter(r) && !isRoman(t.source(i-1)) && (i-1 == from || !isAlnum(t.Runes[i-2]) || t.Gap[i-1]): // not the F of 4F 402
		return string(r), i - 1
	case house && isDigit(r):
		start = i - 1
		for start > from && isDigit(t.Runes[start-1]) && !t.Gap[start] {
			start--
		}
		return t.String(start, i) + "-", start
	case strings.ContainsRune(wings, r) && (house || i == k && i-1 > from && t.Runes[i-2] == '-'):
		return string(r), i - 1
	default:
		return "", k
	}
}

// wingAt tells whether the number that ends at i is a wing: 2号館402.
func (t Text) wingAt(i int) bool {
	if i < t.Len() && (t.Runes[i] == '号' || t.Runes[i] == '番') {
		i++
	}
	return i+1 < t.Len() && (t.Runes[i] == '館' || t.Runes[i] == '棟') && isDigit(t.Runes[i+1])
}

// isRoman tells whether r is a Roman numeral, as in ハイツⅡ: it folds to letters.
func isRoman(r rune) bool { return 0x2160 <= r && r <= 0x217F }

// maxRoom is how many digits and dashes a room has at most.
const maxRoom = 7

// lastRoom finds the room in what stands in [from, to) behind the house number
// of a declared address, and the building before it: what says that it is a
// room, else the last number that is not part of a name, else the last floor.
func (t Text) lastRoom(from, to int) (building, value string) {
	var best room
	for k := from; k < to; k++ {
		if !isDigit(t.Runes[k]) {
			continue
		}
		r := t.roomAt(from, k)
		k = r.end - 1
		if r.end > to || len(r.value) > maxRoom+2 || !r.floor && !t.standsAlone(r.end) {
			continue // 第2コーポ, a telephone number
		}
		if best.value == "" || r.rank() >= best.rank() {
			best = r
		}
	}
	if best.value == "" {
		return t.String(from, to), ""
	}
	return strings.TrimPrefix(t.String(from, best.start), "-"), best.value
}

func (r room) rank() int {
	switch {
	case r.said:
		return 2
	case r.floor:
		return 0
	default:
		return 1
	}
}

// standsAlone tells whether nothing is joined to what ends at i.
func (t Text) standsAlone(i int) bool {
	return t.gapAt(i) || !isJapanese(t.Runes[i]) && !isAlnum(t.Runes[i])
}

// maxBuilding is how many runes stand between house number and room at most.
const maxBuilding = 30

// roomBehind finds the room that follows a house number at i in running text,
// with or without the name of a building. A number counts as a room if it says
// so (号室, A101, #101), or a word for a building stands before it.
func roomBehind(t Text, i int) (building, value string, stop int) {
	limit := min(t.Len(), i+maxBuilding)
	named := false
	for k := i; k < limit; k++ {
		if c := t.Runes[k]; !isDigit(c) {
			if !isJapanese(c) && !isLetter(c) && !strings.ContainsRune(besideRooms, c) {
				return "", "", i
			}
			continue
		}
		r := t.roomAt(i, k)
		if utf8.RuneCountInString(r.value) > maxRoom+2 || r.end < t.Len() && !t.Gap[r.end] && isDigit(t.Runes[r.end]) {
			return "", "", i
		}
		named = named || hasBuilding(t.String(i, k))
		if !r.said && (named || r.floor) && t.roomAgain(r.end) || t.wingAt(r.end) {
			k = r.end - 1
			continue
		}
		near := r.start < k && k-i <= 2 || t.marked(i, k, r.end)
		if r.said || near || named && !t.countsOther(r.end) {
			return strings.TrimPrefix(t.String(i, r.start), "-"), r.value, r.end
		}
		k = r.end - 1
	}
	return "", "", i
}

// besideRooms are the signs that stand between house, building and room.
const besideRooms = "-#()[]「」『』【】〔〕〈〉、,./"

// roomWords stand before the number of a room.
var roomWords = [...]string{"room", "rm", "rm.", "no.", "室番号", "部屋番号", "#"}

// marked tells whether a sign or a word before the number [k, end) says that it
// is a room, or brackets around three or four digits do.
func (t Text) marked(from, k, end int) bool {
	lead := t.String(from, k)
	for _, w := range roomWords {
		if strings.HasSuffix(lead, w) {
			return true
		}
	}
	return len(lead) == 1 && (end-k == 3 || end-k == 4) && end < t.Len() && (lead == "(" && t.Runes[end] == ')' || lead == "[" && t.Runes[end] == ']')
}

// roomAgain tells whether the number that ends at i belongs to the name of the
// building or is a floor, since the room comes behind it: メゾン21 303, 2F-203.
func (t Text) roomAgain(i int) bool {
	if i < t.Len() && t.Runes[i] == '-' {
		i++
	} else if i >= t.Len() || !t.Gap[i] && t.Runes[i-1] != '階' {
		return false
	}
	if i >= t.Len() || !isDigit(t.Runes[i]) {
		return false
	}
	end := chainEnd(t, i)
	return (end-i == 3 || end-i == 4) && !t.countsOther(end)
}

func (t Text) roomSaid(end int) bool {
	_, stop := t.Span(end-1, end)
	return strings.HasPrefix(t.src[stop:], "号室") || strings.HasPrefix(t.src[stop:], "室")
}

// buildings are words that tell the name of a building from other text.
var buildings = strings.Fields(`ビル マンシヨン ハイツ コーポ アパート メゾン 荘 棟 ハウス タワー レジデンス パーク コート
シヤトー 寮 団地 プラザ ヴイラ ヒルズ 館 パレス ハイム ドミール グラン ガーデン レジオン ステージ フラツト テラス カーサ ロイヤル 住宅 邸 宿舎 キヤツスル
heights tower mansion residence court building bldg apartment apt. maison terrace hills house palace`)

func hasBuilding(s string) bool {
	for _, b := range buildings {
		if strings.Contains(s, b) {
			return true
		}
	}
	return false
}
