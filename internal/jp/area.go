package jp

import (
	"slices"
	"strings"
)

// area is what stands before the house number, taken apart; all parts are
// folded.
type area struct {
	prefecture string
	district   string // 郡; it is not part of the normal form
	city       string // "" if no municipality is known in it: all is town then
	town       string // in normal form
	written    string // the town as it was written
	shared     bool   // the city has a namesake in another prefecture
}

// readArea takes an area apart and adds the prefecture of a city that exists
// once. A town without its district may be part of a city: 池田町 is nobody's.
func readArea(s string) area {
	if strings.ContainsFunc(s, isSeparator) {
		s = strings.Map(func(r rune) rune {
			if isSeparator(r) {
				return -1
			}
			return r
		}, s)
	}
	a := area{prefecture: prefectureOf(s)}
	s = s[len(a.prefecture):]
	m, n := placeAt(a.prefecture, s)
	switch {
	case n > 0:
		a.city, a.written, a.shared = m.name, s[n:], m.shared
		if said := s[:n] != m.name || !strings.HasSuffix(m.name, "町") && !strings.HasSuffix(m.name, "村"); a.prefecture == "" && said {
			a.prefecture = m.prefecture
		}
		if a.prefecture != "" {
			a.district = m.district
		}
	default:
		a.district = districtOf(s)
		a.written = s[len(a.district):]
	}
	a.town = a.written
	if a.city == "京都市" {
		a.town = withoutStreets(a.town)
	}
	a.town = plainTown(a.town)
	return a
}

// isSeparator tells whether r stands between the parts of an area.
func isSeparator(r rune) bool { return r == '、' || r == ',' || r == ':' }

// String is the normal form: without the district, since no prefecture has two
// towns of one name, unless the prefecture is not known.
func (a area) String() string {
	if a.prefecture == "" {
		return a.district + a.city + a.town
	}
	return a.prefecture + a.city + a.town
}

// spellings are the ways of writing the area; the first is the normal form. What
// is written before one of them, prefecture or district, is in none's way.
func (a area) spellings() []string {
	heads := []string{a.prefecture}
	switch {
	case a.city == "":
		heads = append(heads, "", a.prefecture+a.district, a.district)
	case !a.shared || a.prefecture == "":
		heads = append(heads, "")
	case a.district != "":
		heads = append(heads, a.prefecture+a.district, a.district)
	}
	forms := []string{a.String()}
	for _, town := range []string{a.town, a.written} {
		for _, head := range heads {
			forms = append(forms, head+a.city+town)
		}
	}
	return distinct(forms)
}

// districtOf is the 郡 s begins with, if a town or village follows it, or "".
func districtOf(s string) string {
	n := 0
	for i, r := range s {
		n++
		switch {
		case r == '郡' && n > 1 && n < 7:
			gun := s[:i+len("郡")]
			if rest := s[len(gun):]; !strings.HasPrefix(rest, "市") && strings.ContainsAny(rest, "町村") {
				return gun
			}
		case n >= 7 || isDigit(r) || r == '市' || r == '区':
			return ""
		}
	}
	return ""
}

// ways lead from a street of Kyoto to a house: 烏丸通御池上る虎屋町 is 虎屋町, to
// the north of where two streets cross.
var ways = strings.Fields("上る 下る 上がる 下がる 上ガル 下ガル 上ル 下ル 東入る 西入る 東入ル 西入ル 東入 西入")

// withoutStreets drops the streets between ward and town.
func withoutStreets(s string) string {
	ward := strings.Index(s, "区")
	if ward < 0 {
		return s
	}
	ward += len("区")
	cut := ward
	for _, w := range ways {
		if k := strings.LastIndex(s, w); k >= 0 {
			cut = max(cut, k+len(w))
		}
	}
	town := s[cut:]
	if cut > ward {
		town = strings.TrimLeft(town, "0123456789") // 東入二丁目
	}
	if town == "" {
		return s
	}
	return s[:ward] + town
}

// wayBefore tells whether the rune before i ends one of the ways.
func wayBefore(t Text, i int) bool {
	if r := t.Runes[max(0, i-1)]; i == 0 || r != 'る' && r != 'ル' && r != '入' {
		return false
	}
	head := t.String(max(0, i-3), i)
	return slices.ContainsFunc(ways, func(w string) bool { return strings.HasSuffix(head, w) })
}

// plainTown leaves out 大字 and 字, and writes 之 as の: 丸之内. At the end, where no
// kanji follows, it unifies what the folding unifies between kanji, and drops a
// の that only leads to the number: イの44番地.
func plainTown(s string) string {
	if !strings.ContainsFunc(s, func(r rune) bool { return r == '字' || r == '之' || r == 'の' || r == 'ノ' || r == 'ツ' }) {
		return s
	}
	runes := []rune(s)
	out := runes[:0:0]
	for i, r := range runes {
		inside := 0 < i && i+1 < len(runes) && isHan(runes[i-1]) && isHan(runes[i+1])
		switch {
		case (r == '大' || r == '小') && i+2 < len(runes) && runes[i+1] == '字':
		case r == '字' && i+1 < len(runes) && (i == 0 || runes[i-1] != '文'):
		case r == '之' && inside:
			out = append(out, 'の')
		default:
			out = append(out, r)
		}
	}
	switch n := len(out); {
	case n > 1 && (out[n-1] == 'の' || out[n-1] == 'ノ'):
		out = out[:n-1]
	case n > 1 && out[n-1] == 'ツ' && isHan(out[n-2]):
		out[n-1] = 'つ'
	}
	return string(out)
}
