package jp

import (
	"errors"
	"strings"
	"unicode/utf8"
)

var errPostal = errors.New("postal code does not have seven digits")

// normalPostal reads a declared postal code: seven digits. Six digits without a
// dash are a code of Hokkaido whose first zero a spreadsheet has eaten.
func normalPostal(value string) (string, error) {
	v := look(value)
	text := strings.TrimLeft(string(v.runes), "〒〶 \n郵便番号:")
	var b strings.Builder
	for _, r := range text {
		switch {
		case isDigit(r):
			b.WriteRune(r)
		case strings.ContainsRune("- \nー", r):
		default:
			return "", errPostal
		}
	}
	digits := b.String()
	if len(digits) == 6 && !strings.ContainsRune(text, '-') {
		digits = "0" + digits
	}
	if len(digits) != 7 {
		return "", errPostal
	}
	return digits, nil
}

// postalAt reads a postal code in running text: 100-0005 standing alone, or
// seven digits behind 〒 or 郵便番号, with or without a dash or a space.
func (v *view) postalAt(i int) (normal string, end int, ok bool) {
	marked := v.postalMark(i)
	first := v.digits(i)
	switch {
	case first == i+7 && marked:
		return string(v.runes[i:first]), first, true
	case first != i+3 || isWord(v.at(i-1)):
		return "", i, false
	}
	dash := v.spaces(first, 1)
	second := dash
	switch {
	case v.at(dash) == '-':
		second++
		if marked || v.at(dash-1) == ' ' {
			second = v.spaces(second, 1)
		}
	case !marked || dash == first: // 〒100 0005
		return "", i, false
	}
	end = v.digits(second)
	if end != second+4 || v.at(end) == '-' && isWord(v.at(end+1)) || !marked && (isWord(v.at(end)) || v.numberedBefore(i)) {
		return "", i, false
	}
	return string(v.runes[i:first]) + string(v.runes[second:end]), end, true
}

// numberedBefore tells whether what stands before i says that a number is of
// another kind: a sign that joins it to others, 第, #, or a word for telephones.
func (v *view) numberedBefore(i int) bool {
	switch v.at(i - 1) {
	case '-', '.', '+', '第', '#':
		return true
	case '(':
		return v.at(i+8) != ')'
	}
	for i > 0 && strings.ContainsRune(" :;.)", v.at(i-1)) {
		i--
	}
	for _, w := range phoneLabels {
		if n := utf8.RuneCountInString(w); i >= n && strings.EqualFold(string(v.runes[i-n:i]), w) {
			return true
		}
	}
	return false
}

// phoneLabels stand before telephone numbers; those without an area code look
// like postal codes.
var phoneLabels = [...]string{"電話", "電話番号", "TEL", "FAX", "ファックス", "ファクス", "内線", "℡", "☎"}

// postalMark tells whether a sign for postal codes stands before i.
func (v *view) postalMark(i int) bool {
	for i > 0 && strings.ContainsRune(" \n:(", v.at(i-1)) {
		i--
	}
	switch v.at(i - 1) {
	case '〒', '〶':
		return true
	case '号':
		return i >= 4 && v.has(i-4, "郵便番号")
	default:
		return false
	}
}
