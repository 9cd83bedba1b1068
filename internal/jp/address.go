package jp

import (
	"errors"
	"strings"
	"unicode"
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
	area     string   // prefecture to town, the part before the numbers
	house    []string // one to three numbers
	building string   // as written, with what stands between house and room
	room     string   // "501", "a101", "3-501" (building 3), "3f"; "" if none
	end      int      // rune behind the last one used
}

// String is the normal form: area, house number and room. The name of the
// building is left out: with a room the number says enough, without one the
// house is meant, and names of buildings are written in too many ways.
func (a address) String() string {
	s := a.area + strings.Join(a.house, "-")
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
	return t.String(postalPrefix(t), t.Len()), nil
}

// parseAddress takes a whole declared value apart; false if it has no number
// behind a Japanese area.
func parseAddress(t Text) (address, bool) {
	from := postalPrefix(t)
	start, end, ok := houseNumber(t, from)
	if !ok {
		return address{}, false
	}
	a := address{area: completed(t.String(from, start))}
	a.split(t, start, end)
	rest := a.end
	if a.end < t.Len() {
		a.setRoom(tailRoom(t, rest))
	}
	a.end = t.Len()
	return a, true
}

// postalPrefix is where the address begins behind a postal code.
func postalPrefix(t Text) int {
	i := 0
	for i < t.Len() && strings.ContainsRune("〒〶郵便番号:", t.Runes[i]) {
		i++
	}
	marked := i > 0
	end := i
	for end < t.Len() && (isDigit(t.Runes[end]) || t.Runes[end] == '-') {
		end++
	}
	switch code := t.String(i, end); {
	case len(code) == 8 && code[3] == '-', len(code) == 7 && marked && !strings.Contains(code, "-"):
		if end < t.Len() && t.Runes[end] == ',' {
			end++
		}
		return end
	case marked && i < t.Len() && t.Runes[0] != '〒' && t.Runes[0] != '〶':
		return 0 // 郵便局前 … is a place
	default:
		return i
	}
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
		if japanese && !townNumber(t, end) {
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
	default:
		return false
	}
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
	a.building = building
	switch {
	case room == "":
	case a.room == "":
		a.room = room
	default:
		a.room += "-" + room
	}
}

// tailRoom finds the room at the end of the text behind the house number: the
// building before it, and the room (501, a101, 3-501, 3f).
func tailRoom(t Text, from int) (building, room string) {
	end := t.Len()
	for end > from && !isAlnum(t.Runes[end-1]) && t.Runes[end-1] != '階' && !unicode.IsLetter(t.Runes[end-1]) {
		end-- // a closing parenthesis, a full stop
	}
	i := end
	suffix := ""
	if i-1 > from && isDigit(t.Runes[i-2]) {
		if r := t.Runes[i-1]; isLetter(r) {
			suffix, i = string(r), i-1
		} else if r == '階' {
			suffix, i = "f", i-1
		}
	}
	digits := i
	for i > from && t.numberGoesOn(from, i) {
		i--
	}
	if i == digits {
		return t.String(from, t.Len()), ""
	}
	number := t.String(i, digits) + suffix
	wing, start := wingBefore(t, from, i)
	return strings.TrimPrefix(t.String(from, start), "-"), wing + number
}

// numberGoesOn tells whether the rune before i belongs to the numbers joined by
// dashes that end at i or later. A gap parts メゾン21 303.
func (t Text) numberGoesOn(from, i int) bool {
	switch r := t.Runes[i-1]; {
	case isDigit(r):
		return i >= t.Len() || !isDigit(t.Runes[i]) || !t.Gap[i]
	case r == '-':
		return i < t.Len() && isDigit(t.Runes[i]) && i-1 > from && isDigit(t.Runes[i-2])
	default:
		return false
	}
}

// wingBefore reads the letter of a wing before a room: A-101, A棟101, A101.
func wingBefore(t Text, from, i int) (wing string, start int) {
	k := i
	if k > from && (t.Runes[k-1] == '-' || t.Runes[k-1] == '棟' || t.Runes[k-1] == '館') {
		k--
	}
	if k > from && isLetter(t.Runes[k-1]) && (k-1 == from || !isAlnum(t.Runes[k-2]) || t.Gap[k-1]) { // not the F of 4F 402
		return string(t.Runes[k-1]), k - 1
	}
	return "", i
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
	a := address{area: t.String(0, start)}
	a.split(t, start, end)
	if a.end < t.Len() {
		a.setRoom(tailRoom(t, a.end))
	}
	if a.room == "" && len(a.house) == maxHouse && len(a.house[2]) >= 3 {
		a.house, a.room = a.house[:2], a.house[2]
	}
	return a.area + strings.Join(a.house, "-"), a.room
}
