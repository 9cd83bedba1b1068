package jp

import "strings"

// Bounded tells by its neighbours whether the runes [i, j) of t may be a value
// of kind k, when they equal one of its [Forms].
//
// A letter or digit at an edge must not go on in its neighbour, except over a
// gap. Names are written without spaces (山田太郎様の), so kanji and kana beside them
// are looked at: see nameStands.
// An address must not begin within another one's city, nor end within another
// house number; that a room follows is no obstacle.
func Bounded(k Kind, t Text, i, j int) bool {
	if i < 0 || j > t.Len() || i >= j {
		return false
	}
	switch k {
	case Address:
		return t.areaBegins(i, j) && t.houseEnds(i, j)
	case Name, NameKana, NameLatin:
		return t.nameStands(i, j)
	default:
		return t.wordBegins(i, j) && t.wordEnds(i, j)
	}
}

// wordBegins tells whether a word or code may begin at i.
func (t Text) wordBegins(i, j int) bool {
	if t.gapAt(i) || !isAlnum(t.Runes[i]) {
		return true
	}
	prev := t.Runes[i-1]
	if isAlnum(prev) {
		return false
	}
	if i < 2 || !isDigit(t.Runes[i]) || !isDigit(t.Runes[i-2]) || t.Gap[i-1] {
		return true
	}
	return !t.joins(i-1, t.digitsFrom(i, j))
}

// wordEnds tells whether a word or code may end before j.
func (t Text) wordEnds(i, j int) bool {
	if t.gapAt(j) || !isAlnum(t.Runes[j-1]) {
		return true
	}
	if isAlnum(t.Runes[j]) {
		return false
	}
	if j+1 >= t.Len() || !isDigit(t.Runes[j-1]) || !isDigit(t.Runes[j+1]) || t.Gap[j+1] {
		return true
	}
	n := 0
	for j-1-n >= i && isDigit(t.Runes[j-1-n]) {
		n++
	}
	return !t.joins(j, n)
}

// joins tells whether the sign at i joins the digits beside it to one number:
// 090-1234-5678, 12.5, and 1,234 when the digits of the value are a group of
// thousands. What was written 番 or の is no dash.
func (t Text) joins(i, digits int) bool {
	switch t.Runes[i] {
	case '-':
		return !isJapanese(t.source(i)) || t.source(i) == 'ー'
	case '.':
		return true
	case ',':
		return digits <= 3
	default:
		return false
	}
}

func (t Text) digitsFrom(i, j int) int {
	n := 0
	for i+n < j && isDigit(t.Runes[i+n]) {
		n++
	}
	return n
}

// areaBegins tells whether an address may begin at i: not within another city,
// nor with a town or ward of another city.
func (t Text) areaBegins(i, j int) bool {
	if isAlnum(t.Runes[i]) {
		return t.wordBegins(i, j)
	}
	if t.gapAt(i) || !isHan(t.Runes[i-1]) || prefectureOf(t.String(i, min(j, i+4))) != "" {
		return true
	}
	city := t.cityLength(i, j)
	switch prev := t.Runes[i-1]; {
	case isPrefectureSuffix(prev), prev == '郡':
		return true
	case isTown(prev):
		return city == 0 || t.Runes[i+city-1] == '市' // 大阪市港区 is not 港区, nor 練馬区大泉町 the town of 大泉町
	case t.longerCity(i, city):
		return false // 東大阪市 is not 大阪市
	}
	for k := i - 2; k >= 0 && k >= i-5 && isHan(t.Runes[k]); k-- {
		if isPrefectureSuffix(t.Runes[k]) {
			return false // 滋賀県見本津市 is not 津市
		}
	}
	_, n := placeAt("", t.String(i, i+city))
	return city > 2 || n > 0
}

// longerCity tells whether the city of the given length at i is the end of the
// name of another.
func (t Text) longerCity(i, length int) bool {
	if strings.ContainsRune("東西南北", t.Runes[i-1]) {
		return true
	}
	for k := i - 1; k >= 0 && k >= i-4 && !t.Gap[k+1] && isJapanese(t.Runes[k]); k-- {
		if _, ok := places[t.String(k, i+length)]; ok {
			return true
		}
	}
	return false
}

// cityLength is how many runes the city at i has, with 市, 区, 町 or 村; 0 if none.
func (t Text) cityLength(i, j int) int {
	for k := i; k < j && k < i+8; k++ {
		if k > i && isTown(t.Runes[k]) {
			return k - i + 1
		}
	}
	return 0
}

// houseEnds tells whether an address may end before j.
func (t Text) houseEnds(i, j int) bool {
	if part, _ := t.sectionAt(j); part != "" && isDigit(t.Runes[j-1]) {
		return false // 123番地甲 is not 123番地
	}
	if t.gapAt(j) || !isAlnum(t.Runes[j-1]) {
		return true
	}
	switch next := t.Runes[j]; {
	case isDigit(next):
		return false
	case next == '-':
		return t.roomFollows(i, j)
	case next == '階':
		return false
	case isLetter(next): // 1-2-3F is a floor of 1-2; 1-2-3A101 and 1-2-3fax are not
		return isDigit(t.Runes[j-1]) && j+1 < t.Len() && !t.Gap[j+1] && (isAlnum(t.Runes[j+1]) || t.Runes[j+1] == '-')
	default:
		return !townNumber(t, j)
	}
}

// roomFollows tells whether the dash at j leads to a room of the house [i, j).
func (t Text) roomFollows(i, j int) bool {
	if j+1 >= t.Len() || t.Gap[j+1] || !isAlnum(t.Runes[j+1]) {
		return true
	}
	house, room := SplitAddress(t.String(i, j))
	if room != "" {
		return false
	}
	if isLetter(t.Runes[j+1]) {
		return true
	}
	k := len(house)
	for k > 0 && (isDigit(rune(house[k-1])) || house[k-1] == '-') {
		k--
	}
	switch strings.Count(house[k:], "-") + 1 {
	case maxHouse:
		return true
	case maxHouse - 1:
		return t.digitsFrom(j+1, min(j+4, t.Len())) >= 3
	default:
		return false
	}
}
