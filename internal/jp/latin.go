package jp

import (
	"slices"
	"strings"
)

// foldLatin puts the parts in alphabetical order: Yamada Taro, Taro Yamada and
// YAMADA, Taro are one. Romanisations of one Japanese name are one as well, as
// far as passports tell them apart: Satō, Satou and Satoh, Tsuji and Tuzi.
func foldLatin(value string) (string, error) {
	parts := latinParts(value)
	folded := make([]string, len(parts))
	for i, p := range parts {
		folded[i] = foldString(p)
		if r, ok := readRomaji(p); ok && len(parts) > 1 { // a normal form is one part
			folded[i] = r.write(short)
		}
	}
	slices.Sort(folded)
	return checkedName(strings.Join(folded, ""))
}

// latinTitles stand before or behind a name.
var latinTitles = []string{"mr", "mrs", "ms", "miss", "dr", "prof", "san", "sama", "kun", "chan", "sensei"}

// latinParts are the parts of a Latin name, without titles. They are in lower
// case and keep their diacritics.
func latinParts(value string) []string {
	v := look(value)
	split := func(r rune) bool { return r == ' ' || r == '\n' || r == ',' || r == '.' || r == '、' || r == '・' }
	var parts []string
	for _, p := range strings.FieldsFunc(string(v.runes), split) {
		if foldString(p) != "" {
			parts = append(parts, strings.ToLower(p))
		}
	}
	title := func(p string) bool { return slices.Contains(latinTitles, p) }
	for len(parts) > 2 && title(parts[0]) {
		parts = parts[1:]
	}
	for len(parts) > 2 && title(parts[len(parts)-1]) {
		parts = parts[:len(parts)-1]
	}
	return parts
}

// latinForms are the ways of writing a Latin name: in every order of family and
// given names, with a comma behind the family name, in other romanisations, with
// ae for ä, and with an initial for a middle name.
func latinForms(value string) []string {
	parts := latinParts(value)
	if len(parts) < 2 {
		return nil
	}
	plain := foldAll(parts)
	forms := append(rotations(plain), commas(plain)...)
	if strings.ContainsRune(value, '.') {
		forms = append(forms, foldString(value))
	}
	if dotted := withDots(plain); !slices.Equal(dotted, plain) {
		forms = append(append(forms, rotations(dotted)...), commas(dotted)...)
	}
	if other := foldAll(umlauts(parts)); !slices.Equal(other, plain) {
		forms = append(append(forms, rotations(other)...), commas(other)...)
	}
	for _, other := range romanised(parts) {
		forms = append(forms, rotations(other)...)
	}
	return append(forms, middleInitial(plain)...)
}

func foldAll(parts []string) []string {
	out := make([]string, len(parts))
	for i, p := range parts {
		out[i] = foldString(p)
	}
	return out
}

// withDots puts a full stop behind initials.
func withDots(parts []string) []string {
	out := slices.Clone(parts)
	for i, p := range out {
		if len(p) == 1 {
			out[i] += "."
		}
	}
	return out
}

// maxTurns is how many parts of a name may be the family name. What is longer is
// matched in few orders, to bound the forms.
const maxTurns = 4

// rotations are the orders in which one part or more change from the front to
// the back: given names first or family names first.
func rotations(parts []string) []string {
	var out []string
	for k := range parts {
		if k < maxTurns || k == len(parts)-1 {
			out = append(out, strings.Join(parts[k:], "")+strings.Join(parts[:k], ""))
		}
	}
	return out
}

// commas are the orders with a comma behind the family names.
func commas(parts []string) []string {
	var out []string
	for k := 1; k < len(parts); k++ {
		if k < maxTurns || k == len(parts)-1 {
			head, tail := strings.Join(parts[:k], ""), strings.Join(parts[k:], "")
			out = append(out, tail+","+head, head+","+tail)
		}
	}
	return out
}

// particles of family names are no middle names.
var latinParticles = []string{"van", "von", "de", "der", "den", "da", "di", "del", "du", "dos", "la", "le", "bin", "al", "el", "ter", "ibn"}

// middleInitial writes the middle one of three names with its initial: John Q.
// Adams. A name without its middle one is another name.
func middleInitial(parts []string) []string {
	if len(parts) != 3 || slices.ContainsFunc(parts, func(p string) bool { return len(p) < 2 || slices.Contains(latinParticles, p) }) {
		return nil
	}
	given, initial, family := parts[0], parts[1][:1], parts[2]
	return []string{given + initial + family, given + initial + "." + family, family + given + initial, family + "," + given + initial}
}

var umlautLetters = strings.NewReplacer("ä", "ae", "ö", "oe", "ü", "ue", "å", "aa", "ø", "oe")

// umlauts writes the vowels of German and Nordic names as passports do (ICAO
// Doc 9303-3 §6).
func umlauts(parts []string) []string {
	out := make([]string, len(parts))
	for i, p := range parts {
		out[i] = umlautLetters.Replace(p)
	}
	return out
}
