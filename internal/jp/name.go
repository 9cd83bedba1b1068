package jp

import (
	"errors"
	"slices"
	"strings"
)

// maxName bounds a name, in folded runes.
const maxName = 120

var (
	errNameShort = errors.New("name has a single letter")
	errNameLong  = errors.New("name is too long")
	errNameChars = errors.New("name has no letters")
)

// honorifics follow a name; the number is how many runes a name before them has
// at least, so that 鵜殿 and 三輪 keep theirs.
var honorifics = [...]struct {
	word string
	rest int
}{
	{"様", 2}, {"さま", 2}, {"サマ", 2}, {"殿", 3}, {"御中", 2}, {"さん", 3}, {"先生", 3},
}

// foldName folds a name and takes honorifics off.
func foldName(value string) (string, error) {
	s := foldString(value)
	for again := true; again; {
		again = false
		for _, h := range honorifics {
			if rest, ok := strings.CutSuffix(s, h.word); ok && len([]rune(rest)) >= h.rest {
				s, again = rest, true
			}
		}
	}
	return checkedName(s)
}

// checkedName refuses what would be found everywhere.
func checkedName(s string) (string, error) {
	switch n := len([]rune(s)); {
	case n == 0:
		return "", errEmpty
	case n == 1:
		return "", errNameShort
	case n > maxName:
		return "", errNameLong
	case !strings.ContainsFunc(s, func(r rune) bool { return !isDigit(r) && r != '-' && r > 0x40 }):
		return "", errNameChars
	}
	return s, nil
}

// foldKana folds a reading to katakana.
func foldKana(value string) (string, error) {
	s, err := foldName(value)
	if err != nil {
		return "", err
	}
	return checkedName(strings.Map(toKatakana, s))
}

const kanaShift = 'ア' - 'あ'

func toKatakana(r rune) rune {
	if isHiragana(r) {
		return r + kanaShift
	}
	return r
}

func toHiragana(r rune) rune {
	if 0x30A1 <= r && r <= 0x30F6 {
		return r - kanaShift
	}
	return r
}

// foldLatin puts the parts in alphabetical order: Yamada Taro, Taro Yamada and
// YAMADA, Taro are one.
func foldLatin(value string) (string, error) {
	parts := latinParts(value)
	slices.Sort(parts)
	return checkedName(strings.Join(parts, ""))
}

// latinParts are the folded parts of a Latin name, without titles.
func latinParts(value string) []string {
	v := look(value)
	split := func(r rune) bool { return r == ' ' || r == '\n' || r == ',' || r == '.' || r == '、' }
	var parts []string
	for _, p := range strings.FieldsFunc(string(v.runes), split) {
		if f := foldString(p); f != "" {
			parts = append(parts, f)
		}
	}
	title := func(p string) bool {
		return slices.Contains([]string{"mr", "mrs", "ms", "miss", "dr", "san", "sama"}, p)
	}
	for len(parts) > 2 && title(parts[0]) {
		parts = parts[1:]
	}
	for len(parts) > 2 && title(parts[len(parts)-1]) {
		parts = parts[:len(parts)-1]
	}
	return parts
}

// latinForms are the orders in which the parts are written.
func latinForms(value string) []string {
	parts := latinParts(value)
	n := len(parts)
	if n < 2 {
		return nil
	}
	all := func(p []string, sep string) string { return strings.Join(p[:1], "") + sep + strings.Join(p[1:], "") }
	last := append([]string{parts[n-1]}, parts[:n-1]...)
	first := append(slices.Clone(parts[1:]), parts[0])
	forms := []string{strings.Join(parts, ""), strings.Join(last, ""), strings.Join(first, "")}
	forms = append(forms, all(parts, ","), all(last, ","))
	if strings.ContainsRune(value, '.') {
		forms = append(forms, foldString(value))
	}
	return forms
}
