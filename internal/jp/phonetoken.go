package jp

import (
	"slices"
	"strings"
)

// A phone number in running text: groups of digits and what joins them.
type digitGroups struct {
	digits string
	ends   []groupEnd
}

type groupEnd struct {
	n    int  // digits up to and with this group
	at   int  // where the group ends in the view
	hard bool // a dash or dot joins the next group
}

// hasDash tells whether any two groups are joined by a dash.
func (g digitGroups) hasDash() bool {
	return slices.ContainsFunc(g.ends, func(e groupEnd) bool { return e.hard })
}

const maxGroups = 6

// groupsAt reads the groups of digits from i on. If wrapped, a line break
// within a group is passed over.
func (v *view) groupsAt(i int, wrapped bool) digitGroups {
	var g digitGroups
	var b strings.Builder
	for len(g.ends) < maxGroups && b.Len() < 32 {
		end := v.digits(i)
		if end == i || end-i > 16 {
			break
		}
		for ; i < end; i++ {
			b.WriteRune(v.at(i))
		}
		if wrapped && v.at(end) == '\n' && isDigit(v.at(end+1)) {
			i = end + 1
			continue
		}
		next, hard, ok := v.joint(end)
		g.ends = append(g.ends, groupEnd{n: b.Len(), at: end, hard: ok && hard})
		if !ok {
			break
		}
		i = next
	}
	g.digits = b.String()
	return g
}

// joint reads what may stand between two groups of one number: a dash, a dot,
// parentheses, a few spaces; a line break only beside a dash.
func (v *view) joint(i int) (next int, hard, ok bool) {
	breaks, spaces := 0, 0
	for n := 0; n < 5; n++ {
		switch v.at(i + n) {
		case ' ':
			spaces++
		case '\n':
			breaks++
		case '-', '.':
			if hard {
				return i, false, false
			}
			hard = true
		case '(', ')':
		default:
			ok = n > 0 && isDigit(v.at(i+n)) && (hard || breaks == 0) && breaks < 2 && (hard || spaces < 3)
			return i + n, hard, ok
		}
	}
	return i, false, false
}

// phoneAt reads the phone number whose first digit is at i.
func (v *view) phoneAt(i int) (normal string, end int, ok bool) {
	if !v.phoneMayStart(i) {
		return "", i, false
	}
	g := v.groupsAt(i, false)
	if normal, end, ok = v.phoneIn(g, v.at(i-1) == '+'); ok {
		return normal, end, true
	}
	// A mail wrapped at a fixed width breaks numbers anywhere.
	g = v.groupsAt(i, true)
	normal, end, ok = v.phoneIn(g, v.at(i-1) == '+')
	return normal, end, ok && (g.hasDash() || isMobile(normal))
}

// phoneIn reads the number that the groups begin with.
func (v *view) phoneIn(g digitGroups, plus bool) (normal string, end int, ok bool) {
	if rest, ok := cutCountry(g.digits, plus); ok || !plus && v.hasCountry(g) {
		if !ok {
			rest = g.digits[2:]
		}
		skip := len(g.digits) - len(rest)
		national := strings.TrimPrefix(rest, "0")
		skip += len(rest) - len(national)
		return v.nationalAt(g, "0"+national, skip-1)
	}
	if plus {
		return v.foreignAt(g)
	}
	return v.nationalAt(g, g.digits, 0)
}

// hasCountry tells whether the groups are 81-90-1234-5678.
func (v *view) hasCountry(g digitGroups) bool {
	return len(g.ends) >= 4 && g.ends[0].n == 2 && g.ends[0].hard && g.ends[1].n == 4 &&
		hasAnyPrefix(g.digits, "8150", "8160", "8170", "8180", "8190")
}

// nationalAt takes as many groups as a national number has digits. digits begin
// with 0 and lie skip digits behind those of g.
func (v *view) nationalAt(g digitGroups, digits string, skip int) (string, int, bool) {
	want := nationalLength(digits)
	if want == 0 || len(digits) < want {
		return "", 0, false
	}
	for k, e := range g.ends {
		if e.n != want+skip {
			continue
		}
		last := e.n
		if k > 0 {
			last -= g.ends[k-1].n
		}
		if last < 4 && !isTollFree(digits) || g.ends[0].n < 2 || k > 4 || e.hard || !v.phoneMayEnd(e.at) {
			return "", 0, false
		}
		return digits[:want], e.at, true
	}
	return "", 0, false
}

// foreignAt takes a number of another country: all groups joined by dashes, and
// those joined by spaces until a number of usual length is complete.
func (v *view) foreignAt(g digitGroups) (string, int, bool) {
	if g.digits == "" || g.digits[0] == '0' {
		return "", 0, false
	}
	for _, e := range g.ends {
		done := !e.hard && (e.n >= 10 || e.at == g.ends[len(g.ends)-1].at)
		if !done {
			continue
		}
		if e.n < 8 || e.n > 15 || !v.phoneMayEnd(e.at) {
			return "", 0, false
		}
		return "+" + g.digits[:e.n], e.at, true
	}
	return "", 0, false
}

// phoneMayStart tells whether a number may begin at i: not within a longer
// number, a code (KK-1234) or a word, but after a label (TEL-03).
func (v *view) phoneMayStart(i int) bool {
	prev := v.at(i - 1)
	switch {
	case isDigit(prev):
		return false
	case prev == '.':
		return !isDigit(v.at(i - 2))
	case prev == '-':
		return !isWord(v.at(i-2)) || v.labelBefore(i-1)
	case isWord(prev):
		return v.labelBefore(i)
	default:
		return true
	}
}

// labelBefore tells whether a word for a phone ends at i.
func (v *view) labelBefore(i int) bool {
	start := i
	for start > 0 && isWord(v.at(start-1)) && i-start < 10 {
		start--
	}
	switch strings.ToLower(string(v.runes[start:i])) {
	case "tel", "fax", "phone", "mobile", "cell", "telfax", "t", "f", "m", "p":
		return true
	default:
		return false
	}
}

// phoneMayEnd tells whether a number may end at i.
func (v *view) phoneMayEnd(i int) bool {
	switch r := v.at(i); r {
	case 'x', 'X', 'e', 'E': // x123, ext.123
		return true
	case '@':
		return false
	default:
		return !isWord(r)
	}
}
