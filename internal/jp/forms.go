package jp

import (
	"slices"
	"strings"
)

// Forms are the folded spellings under which a declared value of a text-matched
// kind is looked for in folded text (see [Kind.TextMatched]); the first is the
// normal form. It is nil for other kinds and for values [Normal] refuses.
//
//   - name: with the sign for the kind of a company, with a former name; in both
//     orders if it is foreign (ジョン・スミス); one in kana or Latin letters as below
//   - name_kana: in katakana and hiragana
//   - name_latin: family or given names first, with and without a comma, in other
//     romanisations, with an initial for the middle of three
//   - address: with and without prefecture, with 郡 where the town has namesakes,
//     in normal form and as it was declared; the room with and without a dash,
//     and behind the building as it was declared
//   - member_no, order_no, other: with and without dashes
func Forms(k Kind, value string) []string {
	normal, err := Normal(k, value)
	if err != nil || !k.TextMatched() {
		return nil
	}
	forms := []string{normal}
	switch k { //nolint:exhaustive // the others are not text-matched
	case Name, NameKana:
		if isLetter(rune(normal[0])) { // a Latin name in the field for names
			forms = append(forms, latinForms(value)...)
		} else {
			forms = append(forms, nameForms(value, normal)...)
		}
	case NameLatin:
		forms = append(forms, latinForms(value)...)
	case Address:
		forms = append(forms, addressForms(value, normal)...)
	case MemberNo, OrderNo, Other:
		if plain := strings.ReplaceAll(normal, "-", ""); len(plain) >= 6 {
			forms = append(forms, plain)
		}
	}
	return distinct(forms)
}

// distinct removes repetitions and what is too short to be looked for.
func distinct(forms []string) []string {
	var out []string
	for i, f := range forms {
		if (i == 0 || len(f) > 1) && !slices.Contains(out, f) {
			out = append(out, f)
		}
	}
	return out
}

func addressForms(value, normal string) []string {
	t := FoldText(value)
	a, ok := parseAddress(t)
	if !ok {
		return append(readArea(normal).spellings(), t.String(areaBehind(t, postalPrefix(t)), t.Len()))
	}
	var forms []string
	for _, area := range a.area.spellings() {
		for _, rest := range a.rests() {
			forms = append(forms, area+rest)
		}
	}
	return forms
}

// rests are the ways of writing house, building and room.
func (a address) rests() []string {
	house := strings.Join(a.house, "-")
	if a.room == "" {
		return []string{house}
	}
	rooms := []string{a.room}
	if r := a.room; isLetter(rune(r[0])) && len(r) > 1 && isDigit(rune(r[1])) {
		rooms = append(rooms, r[:1]+"-"+r[1:], r[:1]+"棟"+r[1:])
		if len(r) > 3 && !strings.ContainsFunc(r[1:], func(c rune) bool { return !isDigit(c) }) { // not a floor below ground
			rooms = append(rooms, r[1:])
		}
	}
	if head, ok := strings.CutSuffix(a.room, "f"); ok && isDigit(rune(a.room[0])) {
		rooms = append(rooms, head+"階")
	}
	// Who knows the estate leaves the block out, A as well as 3.
	if _, flat, ok := strings.Cut(a.room, "-"); ok {
		rooms = append(rooms, flat)
	}
	var out []string
	for _, r := range rooms {
		out = append(out, house+"-"+r)
		if isLetter(rune(r[0])) {
			out = append(out, house+r)
		}
		if a.building != "" {
			out = append(out, house+a.building+r)
		}
	}
	return out
}
