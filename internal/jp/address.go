package jp

import (
	"errors"
	"strings"
)

var (
	errAddressShort = errors.New("address is too short")
	errAddressLong  = errors.New("address is too long")
)

// maxAddress bounds an address, in folded runes.
const maxAddress = 300

// maxHouse is how many numbers a house has: 丁目, 番, 号. A further one is a room.
const maxHouse = 3

// address is a Japanese address taken apart; all parts are folded.
type address struct {
	area     area     // prefecture to town, the part before the numbers
	house    []string // one to three numbers
	building string   // as written, with what stands between house and room
	room     string   // "501", "a101", "3-501" (building 3), "3f"; "" if none
	end      int      // rune behind the last one used
}

// String is the normal form: area, house number and room. The name of the
// building is left out: with a room the number says enough, without one the
// house is meant, and names of buildings are written in too many ways.
func (a address) String() string {
	s := a.area.String() + strings.Join(a.house, "-")
	if a.room != "" {
		s += "-" + a.room
	}
	return s
}

// foldAddress folds and takes apart, and puts together what identifies.
func foldAddress(value string) (string, error) {
	t := FoldText(value)
	switch {
	case t.Len() > maxAddress:
		return "", errAddressLong
	case t.Len() < 3:
		return "", errAddressShort
	}
	if a, ok := parseAddress(t); ok {
		return a.String(), nil
	}
	return readArea(t.String(areaBehind(t, postalPrefix(t)), t.Len())).String(), nil
}

// parseAddress takes a whole declared value apart; false if it has no number
// behind a Japanese area.
func parseAddress(t Text) (address, bool) {
	lead := postalPrefix(t)
	from := areaBehind(t, lead)
	start, end, ok := houseNumber(t, from)
	if !ok {
		return address{}, false
	}
	a := address{area: readArea(t.String(from, start))}
	a.split(t, start, end)
	switch building, room := t.lastRoom(a.end, t.Len()); {
	case room != "" || lead == from:
		a.setRoom(building, room)
	default:
		a.setRoom(t.lastRoom(lead, from))
	}
	a.end = t.Len()
	return a, true
}

// areaBehind is where the area begins behind a label, the name of the country,
// or a building that was written first: the first prefecture, if no other place
// stands before it, else i.
func areaBehind(t Text, i int) int {
	for k := i; k < t.Len() && k < i+maxArea && !isTown(t.Runes[k]); k++ {
		if prefectureAt(t, k, t.Len()) > 0 {
			return k
		}
	}
	for _, l := range labels {
		if strings.HasPrefix(t.String(i, min(t.Len(), i+8)), l+":") {
			return i + len([]rune(l)) + 1
		}
	}
	return i
}

// postalPrefix is where the address begins behind a postal code.
func postalPrefix(t Text) int {
	i := t.skip(0, "(〒〶郵便番号:")
	marked := i > t.skip(0, "(")
	end := i
	for end < t.Len() && (isDigit(t.Runes[end]) || t.Runes[end] == '-') {
		end++
	}
	switch code := t.String(i, end); {
	case len(code) == 8 && code[3] == '-', len(code) == 7 && marked && !strings.Contains(code, "-"):
		return t.skip(end, "),、")
	case strings.ContainsAny(t.String(0, i), "〒〶"):
		return i
	default:
		return 0 // 郵便局前 … is a place
	}
}

// skip is the first rune from i on that is not in set.
func (t Text) skip(i int, set string) int {
	for i < t.Len() && strings.ContainsRune(set, t.Runes[i]) {
		i++
	}
	return i
}

// houseNumber finds the first run of numbers behind an area that is a house
// number, not part of a town's name (北1条, 3番町).
func houseNumber(t Text, from int) (start, end int, ok bool) {
	japanese := false
	for i := from; i < t.Len(); i++ {
		if isJapanese(t.Runes[i]) {
			japanese = true
		}
		if !isDigit(t.Runes[i]) {
			continue
		}
		end := chainEnd(t, i)
		if japanese && !townNumber(t, end) && !streetNumber(t, i, end) && !sideNumber(t, i, end) {
			return i, end, true
		}
		i = end - 1
	}
	return 0, 0, false
}

// chainEnd is the end of numbers joined by dashes, from the digit at i.
func chainEnd(t Text, i int) int {
	for i++; i < t.Len(); {
		if isDigit(t.Runes[i]) && t.Gap[i] && isDigit(t.Runes[i-1]) {
			break
		}
		if !isDigit(t.Runes[i]) && (t.Runes[i] != '-' || i+1 >= t.Len() || !isDigit(t.Runes[i+1])) {
			break
		}
		i++
	}
	return i
}

// townNumber tells whether the number that ends at i belongs to a name.
func townNumber(t Text, i int) bool {
	if i >= t.Len() || t.Gap[i] {
		return false
	}
	switch t.Runes[i] {
	case '条', '線', '区', '町', '丁', '番', '軒':
		return true
	case '号':
		return i+1 < t.Len() && t.Runes[i+1] == '地'
	default:
		return false
	}
}

// streetNumber tells whether the number [i, end) belongs to the way to a house
// in Kyoto: 大宮東入二丁目下る.
func streetNumber(t Text, i, end int) bool {
	return end < t.Len() && isHan(t.Runes[end]) && !strings.ContainsRune(sections, t.Runes[end]) && wayBefore(t, i)
}

// sideNumber tells whether the number [i, end) is that of a 丁目 whose sides are
// numbered apart: 三丁目北1-2, 4丁目右10号.
func sideNumber(t Text, i, end int) bool {
	return end+1 < t.Len() && strings.ContainsRune("東西南北右左", t.Runes[end]) && isDigit(t.Runes[end+1]) && !strings.Contains(t.String(i, end), "-")
}

// split reads house number and room from the chain [start, end).
func (a *address) split(t Text, start, end int) {
	numbers := strings.Split(t.String(start, end), "-")
	a.end = end
	suffix := ""
	if r := t.letterAt(end); r != 0 { // 1-2-3F, 1-2-101B
		suffix = string(r)
		a.end++
	}
	n := min(len(numbers), maxHouse)
	if suffix != "" && n == len(numbers) && n > 1 {
		n--
	} else if suffix != "" && n == len(numbers) {
		suffix, a.end = "", end
	}
	a.house = numbers[:n]
	a.room = strings.Join(numbers[n:], "-") + suffix
	if part, end := t.sectionAt(a.end); part != "" && a.room == "" {
		a.house[n-1] += part
		a.end = end
	}
}

// sections part a lot: 123番地甲.
const sections = "甲乙丙丁戊"

// sectionAt is the sign of a part of a lot at i, with or without の before it,
// and where it ends; "" if there is none, or a word begins there.
func (t Text) sectionAt(i int) (string, int) {
	if i < t.Len() && t.Runes[i] == 'の' {
		i++
	}
	if i >= t.Len() || !strings.ContainsRune(sections, t.Runes[i]) || !t.gapAt(i+1) && isJapanese(t.Runes[i+1]) {
		return "", i
	}
	return string(t.Runes[i]), i + 1
}

// letterAt is the single letter at i that belongs to the number before it, or 0.
func (t Text) letterAt(i int) rune {
	if i >= t.Len() || t.Gap[i] {
		return 0
	}
	r := t.Runes[i]
	if r == '階' {
		return 'f'
	}
	if !isLetter(r) {
		return 0
	}
	if i+1 < t.Len() && !t.Gap[i+1] && (isAlnum(t.Runes[i+1]) || t.Runes[i+1] == '-') {
		return 0
	}
	return r
}

// setRoom adds what was found behind the house number.
func (a *address) setRoom(building, room string) {
	switch {
	case a.room == "":
		a.building, a.room = building, room
	case room != "":
		a.room += "-" + room
	}
}

// SplitAddress splits an address in normal form into the house and the room, ""
// if there is none. Three numbers whose last has three digits or more are read
// as house and room (1-2-501): a 号 is rarely above 99, a room seldom below.
func SplitAddress(normal string) (house, room string) {
	t := FoldText(normal)
	start, end, ok := houseNumber(t, 0)
	if !ok {
		return normal, ""
	}
	var a address
	a.split(t, start, end)
	a.setRoom(t.lastRoom(a.end, t.Len()))
	if a.room == "" && len(a.house) == maxHouse && len(a.house[2]) >= 3 {
		a.house, a.room = a.house[:2], a.house[2]
	}
	return t.String(0, start) + strings.Join(a.house, "-"), a.room
}
