package jp

import (
	"errors"
	"strings"
	"unicode/utf8"
)

// maxName bounds a name, in folded runes.
const maxName = 120

var (
	errNameShort = errors.New("name has a single letter")
	errNameLong  = errors.New("name is too long")
	errNameChars = errors.New("name has no letters")
)

// honorifics follow a declared name; the number is how many runes a name before
// them has at least, so that 鵜殿 and 三輪 keep theirs.
var honorifics = [...]struct {
	word string
	rest int
}{
	{"様方", 2}, {"様", 2}, {"さま", 2}, {"サマ", 2}, {"殿", 3}, {"御中", 2}, {"さん", 3}, {"先生", 3}, {"くん", 3}, {"ちやん", 3}, {"君", 3}, {"氏", 3},
}

// foldName folds a name, and leaves out honorifics and what stands in brackets
// beside it. A name all in Latin letters is one of those, one all in kana a
// reading: the three hash alike, in whichever column they were written.
func foldName(value string) (string, error) {
	s := plainName(value)
	switch {
	case s != "" && !strings.ContainsFunc(s, func(r rune) bool { return !isAlnum(r) && !strings.ContainsRune("-.,'", r) }):
		return foldLatin(value)
	case s != "" && !strings.ContainsFunc(s, func(r rune) bool { return !isKatakana(r) && !isHiragana(r) }):
		s = strings.Map(toKatakana, s)
	}
	return checkedName(s)
}

// plainName is a folded name without honorifics, readings and maiden names, and
// with the kind of a company written out.
func plainName(value string) string {
	s, _ := withoutAsides(foldString(value))
	s = companyKinds.Replace(s)
	for again := true; again; {
		again = false
		for _, h := range honorifics {
			if rest, ok := strings.CutSuffix(s, h.word); ok && len([]rune(rest)) >= h.rest {
				s, again = rest, true
			}
		}
	}
	return s
}

var companyKinds = strings.NewReplacer("(株)", "株式会社", "(有)", "有限会社", "(同)", "合同会社")

// Brackets around a reading or a former name.
const (
	openers = "([《〔【"
	closers = ")]》〕】"
)

// withoutAsides drops what brackets in a folded name hold beside it: its
// reading, 山田(やまだ)太郎, and a former name, 山田(旧姓佐藤)花子. It returns the former
// name, "" if there is none.
func withoutAsides(s string) (plain, former string) {
	var b strings.Builder
	for {
		open := strings.IndexAny(s, openers)
		if open < 0 {
			break
		}
		sign, size := utf8.DecodeRuneInString(s[open:])
		inside, rest, ok := strings.Cut(s[open+size:], closerOf(sign))
		if !ok {
			break
		}
		name, isFormer := formerName(inside)
		switch {
		case isFormer:
			former = name
			fallthrough
		case isReading(inside):
			b.WriteString(s[:open])
		default:
			b.WriteString(s[:len(s)-len(rest)])
		}
		s = rest
	}
	return b.String() + s, former
}

func closerOf(open rune) string {
	n := strings.IndexRune(openers, open)
	sign, _ := utf8.DecodeRuneInString(closers[n:])
	return string(sign)
}

// isReading tells whether s is all in kana.
func isReading(s string) bool {
	return s != "" && !strings.ContainsFunc(s, func(r rune) bool { return !isKatakana(r) && !isHiragana(r) && r != ' ' })
}

// formerName is the family name behind 旧姓.
func formerName(s string) (string, bool) {
	rest, ok := strings.CutPrefix(s, "旧姓")
	if !ok {
		rest, ok = strings.CutPrefix(s, "旧")
	}
	return strings.TrimPrefix(rest, ":"), ok && len(rest) > 1
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
	return checkedName(strings.Map(toKatakana, plainName(value)))
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

// nameForms are the spellings of a name that is not all in Latin letters.
func nameForms(value, normal string) []string {
	var forms []string
	if isReading(normal) {
		forms = append(forms, strings.Map(toHiragana, normal))
	}
	if strings.Contains(normal, "会社") {
		forms = append(forms, companySigns.Replace(normal))
	}
	if parts := foreignParts(value, normal); len(parts) > 1 {
		last := len(parts) - 1
		forms = append(forms, parts[last]+strings.Join(parts[:last], ""))
	}
	if strings.Contains(value, "旧") {
		forms = append(forms, formerForms(foldString(value))...)
	}
	return forms
}

var companySigns = strings.NewReplacer("株式会社", "(株)", "有限会社", "(有)", "合同会社", "(同)")

// formerForms are a folded name with a former name as it was written, and the
// former name if the given name follows it: 山田(旧姓佐藤)花子 was 佐藤花子.
func formerForms(folded string) []string {
	_, former := withoutAsides(folded)
	if former == "" {
		return nil
	}
	_, rest, _ := strings.Cut(folded, former)
	if given := plainName(strings.TrimLeft(rest, closers)); given != "" {
		return []string{folded, former + given}
	}
	return []string{folded}
}

// foreignParts are the parts of a name that may be written family or given name
// first: of one with ・ or ＝, or of one half in katakana (ジョン 田中).
func foreignParts(value, normal string) []string {
	dotted := strings.ContainsAny(value, "・･＝゠=")
	if !dotted && (isReading(normal) || !strings.ContainsFunc(normal, isKatakana)) {
		return nil
	}
	v := look(value)
	var parts []string
	katakana := 0
	for _, p := range strings.FieldsFunc(string(v.runes), func(r rune) bool { return strings.ContainsRune(" \n・=゠", r) }) {
		f := plainName(p)
		if f == "" {
			continue
		}
		if !strings.ContainsFunc(f, func(r rune) bool { return !isKatakana(r) }) {
			katakana++
		}
		parts = append(parts, f)
	}
	if dotted || 0 < katakana && katakana < len(parts) {
		return parts
	}
	return nil
}
