package jp

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
)

var errBirthday = errors.New("birthday is not a date")

// eras give the year before their first.
var eras = [...]struct {
	name   string
	letter rune
	base   int
}{
	{"明治", 'M', 1867}, {"大正", 'T', 1911}, {"昭和", 'S', 1925}, {"平成", 'H', 1988}, {"令和", 'R', 2018},
}

// normalBirthday reads a declared birthday; besides the shapes of dateAt also
// 19800102, and a time of day behind it.
func normalBirthday(value string) (string, error) {
	v := look(strings.TrimSpace(value))
	i := v.spaces(0, len(v.runes))
	if end := v.digits(i); end == i+8 && end == v.spacesBack(len(v.runes)) {
		n, _ := strconv.Atoi(string(v.runes[i:end]))
		if d := (date{n / 10000, n / 100 % 100, n % 100}); d.exists() {
			return d.String(), nil
		}
		return "", errBirthday
	}
	d, end, ok := v.dateAt(i)
	rest := strings.TrimSpace(string(v.runes[end:]))
	rest = strings.TrimSuffix(strings.TrimPrefix(rest, "生"), "まれ")
	if !ok || strings.Trim(rest, "T0123456789:.+Z ") != "" {
		return "", errBirthday
	}
	return d.String(), nil
}

func (v *view) spacesBack(end int) int {
	for end > 0 && (v.at(end-1) == ' ' || v.at(end-1) == '\n') {
		end--
	}
	return end
}

type date struct{ year, month, day int }

// String is the normal form, 1980-01-02.
func (d date) String() string { return fmt.Sprintf("%04d-%02d-%02d", d.year, d.month, d.day) }

// exists tells whether the date is one of the Gregorian calendar in which a
// person alive may be born.
func (d date) exists() bool {
	if d.year < 1868 || d.year > 2199 || d.month < 1 || d.month > 12 || d.day < 1 {
		return false
	}
	days := [...]int{31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31}[d.month-1]
	if d.month == 2 && d.year%4 == 0 && (d.year%100 != 0 || d.year%400 == 0) {
		days = 29
	}
	return d.day <= days
}

// dateAt reads the date at i: 1980-01-02, 1980/1/2, 1980.1.2, 1980年1月2日,
// 1980年（昭和55年）1月2日, 昭和55年1月2日, S55.1.2, in any digits.
func (v *view) dateAt(i int) (d date, end int, ok bool) {
	base, i, era := v.eraAt(i)
	year, i, width := v.numberAt(i)
	if era && width == 0 && v.at(i) == '元' {
		year, i, width = 1, i+1, 1
	}
	if width == 0 || era == (width > 2) || !era && width != 4 {
		return d, i, false
	}
	d.year = base + year
	if sep := v.at(i); sep == '-' || sep == '/' || sep == '.' {
		return v.signedDate(d, i, sep)
	}
	i = v.spaces(i, 2)
	if v.at(i) != '年' {
		return d, i, false
	}
	i = v.skipParenthesis(v.spaces(i+1, 2))
	if d.month, i, ok = v.countedBy(i, '月'); !ok {
		return d, i, false
	}
	d.day, i, ok = v.countedBy(i, '日')
	return d, i, ok && d.exists()
}

// signedDate reads month and day, each behind sep at i.
func (v *view) signedDate(d date, i int, sep rune) (date, int, bool) {
	var wm, wd int
	d.month, i, wm = v.numberAt(i + 1)
	if wm == 0 || wm > 2 || v.at(i) != sep {
		return d, i, false
	}
	d.day, i, wd = v.numberAt(i + 1)
	ok := wd > 0 && wd <= 2 && d.exists() && (v.at(i) != sep || !isDigit(v.at(i+1)))
	return d, i, ok
}

// countedBy reads a number of at most two digits and its counter.
func (v *view) countedBy(i int, counter rune) (n, end int, ok bool) {
	n, i, width := v.numberAt(v.spaces(i, 2))
	i = v.spaces(i, 2)
	if width == 0 || width > 2 || v.at(i) != counter {
		return 0, i, false
	}
	return n, i + 1, true
}

// skipParenthesis skips the year given a second time: （昭和55年）.
func (v *view) skipParenthesis(i int) int {
	if v.at(i) != '(' {
		return i
	}
	for k := i + 1; k < i+10; k++ {
		if v.at(k) == ')' {
			return v.spaces(k+1, 2)
		}
	}
	return i
}

// eraAt reads the name of an era.
func (v *view) eraAt(i int) (base, end int, ok bool) {
	r := v.at(i)
	for _, e := range eras {
		switch {
		case r < 0x80 && (r != e.letter && r != e.letter|0x20 || isWord(v.at(i-1))):
		case v.has(i, e.name):
			return e.base, v.spaces(i+2, 1), true
		case strings.HasPrefix(e.name, string(r)) && (isDigit(v.at(i+1)) || v.at(i+1) == '元'):
			return e.base, i + 1, true
		case r < 0x80:
			next := i + 1
			if v.at(next) == '.' {
				next++
			}
			if isDigit(v.at(next)) {
				return e.base, next, true
			}
		}
	}
	return 0, i, false
}

// numberAt reads a number in digits or kanji; width is its length in digits, 0 if none.
func (v *view) numberAt(i int) (n, end, width int) {
	end = v.digits(i)
	text := string(v.runes[i:end])
	if end == i {
		for isNumeral(v.at(end)) {
			end++
		}
		text = arabic(v.runes[i:end])
	}
	if text == "" || len(text) > 4 {
		return 0, i, 0
	}
	n, err := strconv.Atoi(text)
	if err != nil {
		return 0, i, 0
	}
	return n, end, len(text)
}

// startsDate tells whether a date may begin with r, which is no digit.
func startsDate(r rune) bool {
	switch r {
	case '明', '大', '昭', '平', '令', 'M', 'T', 'S', 'H', 'R', 'm', 't', 's', 'h', 'r':
		return true
	default:
		return isNumeral(r)
	}
}

// dateToken reads a date in running text: not within a longer number or code.
func (v *view) dateToken(i int) (normal string, end int, ok bool) {
	switch prev := v.at(i - 1); {
	case isWord(prev), (prev == '-' || prev == '/' || prev == '.') && isWord(v.at(i-2)):
		return "", i, false
	case isNumeral(prev):
		return "", i, false
	}
	d, end, ok := v.dateAt(i)
	if !ok || isDigit(v.at(end)) {
		return "", i, false
	}
	return d.String(), end, true
}
