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

// normalBirthday reads a declared birthday: a shape of dateAt, with what forms
// and spreadsheets put around it: a label, the day of the week, a time of day.
func normalBirthday(value string) (string, error) {
	v := look(strings.TrimSpace(value))
	i := v.spaces(0, len(v.runes))
	for _, label := range []string{"生年月日", "誕生日", ":", "西暦"} {
		if v.has(i, label) {
			i = v.spaces(i+len([]rune(label)), 2)
		}
	}
	d, end, ok := v.dateAt(i)
	rest := strings.TrimSpace(string(v.runes[end:]))
	rest = strings.TrimSuffix(strings.TrimPrefix(rest, "生"), "まれ")
	rest = strings.TrimLeft(rest, "(月火水木金土日曜)")
	if !ok || strings.Trim(rest, "T0123456789:.+Z ") != "" {
		return "", errBirthday
	}
	return d.String(), nil
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

// dateAt reads the date at i, in any digits: 1980-01-02, 1980/1/2, 1980.1.2,
// 19800102, 1980年1月2日, 1980年（昭和55年）1月2日, 昭和55年1月2日, S55.1.2, S550102,
// Jan 2, 1980, 2 January 1980, 1980-Jan-02. Not 1/2/1980 nor 80/1/2, which are
// read either way.
func (v *view) dateAt(i int) (d date, end int, ok bool) {
	if d, end, ok = v.monthFirst(i); ok {
		return d, end, true
	}
	if d, end, ok = v.dayFirst(i); ok {
		return d, end, true
	}
	base, i, era := v.eraAt(i)
	if d, end, ok = v.compactDate(i, base, era); ok {
		return d, end, true
	}
	year, i, width := v.numberAt(i)
	if era && width == 0 && v.at(i) == '元' {
		year, i, width = 1, i+1, 1
	}
	if width == 0 || era == (width > 2) || !era && width != 4 {
		return d, i, false
	}
	d.year = base + year
	if sign, next := v.dateSign(i); sign != 0 {
		return v.signedDate(d, next, sign)
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

// compactDate reads 19800102, and behind an era 550102.
func (v *view) compactDate(i, base int, era bool) (d date, end int, ok bool) {
	end = v.digits(i)
	if n := end - i; era && n != 6 || !era && n != 8 {
		return d, i, false
	}
	n, err := strconv.Atoi(string(v.runes[i:end]))
	d = date{base + n/10000, n / 100 % 100, n % 100}
	return d, end, err == nil && d.exists() && (!era || n >= 10000)
}

// dateSign reads the sign between the parts of a date, a space beside it or
// not; 0 if there is none.
func (v *view) dateSign(i int) (sign rune, next int) {
	i = v.spaces(i, 1)
	if r := v.at(i); r == '-' || r == '/' || r == '.' {
		return r, v.spaces(i+1, 1)
	}
	return 0, i
}

// signedDate reads month and day; sep stands before i and between them.
func (v *view) signedDate(d date, i int, sep rune) (date, int, bool) {
	var wm, wd int
	if month, end, ok := v.monthAt(i); ok {
		d.month, i, wm = month, end, 2
	} else {
		d.month, i, wm = v.numberAt(i)
	}
	sign, i := v.dateSign(i)
	if wm == 0 || wm > 2 || sign != sep {
		return d, i, false
	}
	d.day, i, wd = v.numberAt(i)
	ok := wd > 0 && wd <= 2 && d.exists() && (v.at(i) != sep || !isDigit(v.at(i+1)))
	return d, i, ok
}

var months = [...]string{"january", "february", "march", "april", "may", "june", "july", "august", "september", "october", "november", "december"}

// monthAt reads the English name of a month: its first three letters, four of
// September, or all.
func (v *view) monthAt(i int) (month, end int, ok bool) {
	for end = i; end-i < 10 && isLetter(v.at(end)|0x20); end++ {
	}
	if end-i < 3 || end-i > 9 {
		return 0, i, false
	}
	word := strings.ToLower(string(v.runes[i:end]))
	for m, name := range months {
		if word == name || word == name[:3] || word == "sept" && m == 8 {
			return m + 1, end, true
		}
	}
	return 0, i, false
}

// monthFirst reads Jan 2, 1980 and January 2nd 1980.
func (v *view) monthFirst(i int) (d date, end int, ok bool) {
	if d.month, i, ok = v.monthAt(i); !ok {
		return d, i, false
	}
	if v.at(i) == '.' || v.at(i) == '-' {
		i++
	}
	if d.day, i, ok = v.dayAt(v.spaces(i, 2)); !ok {
		return d, i, false
	}
	return v.yearBehind(d, i)
}

// dayFirst reads 2 January 1980, 2nd of Jan., 1980 and 02-Jan-1980.
func (v *view) dayFirst(i int) (d date, end int, ok bool) {
	if !isDigit(v.at(i)) {
		return d, i, false
	}
	if d.day, i, ok = v.dayAt(i); !ok {
		return d, i, false
	}
	if v.at(i) == '-' || v.at(i) == '/' {
		i++
	}
	i = v.spaces(i, 2)
	if v.has(i, "of ") {
		i += 3
	}
	if d.month, i, ok = v.monthAt(i); !ok {
		return d, i, false
	}
	if v.at(i) == '.' || v.at(i) == '/' {
		i++
	}
	return v.yearBehind(d, i)
}

// dayAt reads the day of a month, 2 or 2nd.
func (v *view) dayAt(i int) (day, end int, ok bool) {
	end = v.digits(i)
	if end == i || end > i+2 {
		return 0, i, false
	}
	day, err := strconv.Atoi(string(v.runes[i:end]))
	for _, suffix := range []string{"st", "nd", "rd", "th"} {
		if v.has(end, suffix) {
			end += 2
			break
		}
	}
	return day, end, err == nil
}

// yearBehind reads the year that ends an English date.
func (v *view) yearBehind(d date, i int) (date, int, bool) {
	if v.at(i) == ',' || v.at(i) == '-' {
		i++
	}
	i = v.spaces(i, 2)
	end := v.digits(i)
	if end != i+4 {
		return d, i, false
	}
	year, err := strconv.Atoi(string(v.runes[i:end]))
	d.year = year
	return d, end, err == nil && d.exists()
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
			if isDigit(v.at(next)) || v.at(next) == '元' {
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
	case 'J', 'F', 'A', 'O', 'N', 'D', 'j', 'f', 'a', 'o', 'n', 'd': // months
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
	switch next := v.at(end); {
	case !ok || isDigit(next):
		return "", i, false
	case isDigit(v.at(end-3)) && (isWord(next) || (next == '-' || next == '_' || next == '.') && isWord(v.at(end+1))):
		return "", i, false // 20240102-0001 is an order number
	}
	return d.String(), end, true
}
