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

// groupEnd is the end of a group of digits, and what follows.
type groupEnd struct {
	n    int // digits up to and with this group
	at   int // where the group ends in the view
	join joint
}

// joint is what stands between two groups.
type joint struct {
	ok     bool // it may stand within one number
	sign   rune // a dash, or one of phoneJoints; 0 for spaces and parentheses
	round  bool // there is a parenthesis
	spaced bool
}

// phoneJoints are signs that join the groups of a number if one of them joins
// them all: 03/1234/5678, 03.1234.5678. A dash joins beside parentheses and
// spaces too.
const phoneJoints = "./~〜_*:+=の一"

// size is how many digits group k has.
func (g digitGroups) size(k int) int {
	if k == 0 {
		return g.ends[0].n
	}
	return g.ends[k].n - g.ends[k-1].n
}

// written tells whether the groups up to k are written like a phone number: with
// signs between them.
func (g digitGroups) written(k int) bool {
	return slices.ContainsFunc(g.ends[:k], func(e groupEnd) bool { return e.join.sign != 0 || e.join.round })
}

// whole tells whether the groups up to k are joined as one number, and the
// number does not go on behind them.
func (g digitGroups) whole(k int) bool {
	odd, spaced := rune(0), false
	for i, e := range g.ends[:k] {
		spaced = spaced || e.join.spaced
		if s := e.join.sign; i == 0 && s != '-' {
			odd = s
		} else if odd != s && (odd != 0 || s != '-' && s != 0) {
			return false
		}
	}
	switch next := g.ends[k].join; {
	case !next.ok || next.sign == 0:
		return true
	case k == 0:
		return next.sign != '-' || next.spaced
	case next.sign == '-':
		return odd != 0 || next.spaced && !spaced // 03-1234-5678 - 10:00
	default:
		return next.sign != odd
	}
}

// pairs tells whether a number of another country goes on behind group k, which
// is joined by a space, since its last digits are written in twos or threes.
func (g digitGroups) pairs(k int) bool {
	return g.digits[0] != '1' && k+1 < len(g.ends) && g.size(k) < 4 && g.size(k+1) < 4 && g.ends[k+1].n <= 13 && g.ends[k+1].join.sign == 0
}

const maxGroups = 8

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
		next, join := v.joint(end)
		g.ends = append(g.ends, groupEnd{n: b.Len(), at: end, join: join})
		if !join.ok {
			break
		}
		i = next
	}
	g.digits = b.String()
	return g
}

// joint reads what may stand between two groups of one number: a sign,
// parentheses, a few spaces; a line break only beside a sign.
func (v *view) joint(i int) (next int, j joint) {
	breaks, spaces := 0, 0
	for n := 0; n < 5; n++ {
		switch r := v.at(i + n); {
		case r == ' ':
			spaces++
		case r == '\n':
			breaks++
		case r == '(' || r == ')' || r == '[' || r == ']':
			j.round = true
		case r == '-' || r != 0 && strings.ContainsRune(phoneJoints, r):
			if j.sign != 0 {
				return i, joint{}
			}
			j.sign = r
		default:
			j.spaced = spaces+breaks > 0
			j.ok = n > 0 && isDigit(r) && breaks < 2 && (j.sign != 0 || breaks == 0 && spaces < 3)
			return i + n, j
		}
	}
	return i, joint{}
}

// phoneAt reads the phone number whose first digit is at i.
func (v *view) phoneAt(i int) (normal string, end int, ok bool) {
	plus := v.plusBefore(i)
	if first := v.at(i); !plus && first != '0' && first != '8' || !v.phoneMayStart(i) { // 8 of 81-90-…
		return "", i, false
	}
	g := v.groupsAt(i, false)
	if normal, end, ok = v.phoneIn(g, plus); ok {
		return normal, end, true
	}
	// A mail wrapped at a fixed width breaks numbers anywhere.
	g = v.groupsAt(i, true)
	normal, end, ok = v.phoneIn(g, plus)
	return normal, end, ok && (g.written(len(g.ends)) || isMobile(normal))
}

// plusBefore tells whether the + of an international number precedes i.
func (v *view) plusBefore(i int) bool {
	return v.at(i-1) == '+' || v.at(i-1) == ' ' && v.at(i-2) == '+'
}

// phoneIn reads the number that the groups begin with.
func (v *view) phoneIn(g digitGroups, plus bool) (normal string, end int, ok bool) {
	if len(g.ends) == 0 {
		return "", 0, false
	}
	if rest, ok := cutCountry(g.digits, plus); ok && (plus || g.digits[0] == '0') || !plus && v.hasCountry(g) {
		if !ok {
			rest = g.digits[2:]
		}
		skip := len(g.digits) - len(rest)
		national := strings.TrimPrefix(rest, "0")
		skip += len(rest) - len(national)
		return v.nationalAt(g, "0"+national, skip-1)
	}
	switch {
	case plus:
		return v.foreignAt(g, 0)
	case strings.HasPrefix(g.digits, "010") && g.size(0) == 3 && g.written(len(g.ends)-1):
		return v.foreignAt(g, 3)
	default:
		return v.nationalAt(g, g.digits, 0)
	}
}

// hasCountry tells whether the groups are 81-90-1234-5678 or (81)90-1234-5678.
func (v *view) hasCountry(g digitGroups) bool {
	return len(g.ends) >= 4 && g.size(0) == 2 && g.size(1) == 2 && (g.ends[0].join.sign == '-' || g.ends[0].join.round) &&
		hasAnyPrefix(g.digits, "8150", "8160", "8170", "8180", "8190")
}

// nationalAt takes as many groups as a national number has digits. digits begin
// with 0 and lie skip digits behind those of g.
func (v *view) nationalAt(g digitGroups, digits string, skip int) (string, int, bool) {
	want := nationalLength(digits)
	if want == 0 || len(digits) < want {
		return "", 0, false
	}
	digits = digits[:want]
	k := slices.IndexFunc(g.ends, func(e groupEnd) bool { return e.n == want+skip })
	if k < 0 || g.size(0) < 2 || !g.whole(k) || !v.phoneMayEnd(g.ends[k].at) {
		return "", 0, false
	}
	if !likePhone(g, k, digits, skip) || skip == 0 && !g.written(k) && !assigned(digits) {
		return "", 0, false
	}
	return digits, g.ends[k].at, true
}

// likePhone tells whether the groups up to k are those of a phone number: area
// code, exchange and four digits, the last two perhaps in one (090-12345678). A
// card number in fours or a date and a time are not. Companies group their
// toll-free numbers as they can be remembered.
func likePhone(g digitGroups, k int, digits string, skip int) bool {
	last := g.size(k)
	before := len(digits) - last
	switch {
	case k == 0:
		return true
	case isTollFree(digits):
		return last >= 2
	case skip > 0:
		return last == 4 || before <= 5
	case k == 2 && len(digits) == 11 && !g.written(k): // 090 1234 5678
		return g.size(0) == 3 && last == 4
	default:
		return k <= 2 && (last == 4 || 2 <= before && before <= 5)
	}
}

// foreignAt takes a number of another country, skip digits behind the begin: all
// groups joined by signs, and those joined by spaces until a number of usual
// length is complete.
func (v *view) foreignAt(g digitGroups, skip int) (string, int, bool) {
	trunk := -1 // the group of +44 (0)20 …, which is not dialled from abroad
	for k, e := range g.ends {
		if k == 1 && skip == 0 && g.size(1) == 1 && g.digits[e.n-1] == '0' && g.ends[0].join.round {
			trunk = e.n - 1
		}
		n := e.n - skip
		if trunk >= 0 {
			n--
		}
		if e.join.ok && (e.join.sign == '-' || n < 10 || g.pairs(k)) {
			continue
		}
		number := g.digits[skip:e.n]
		if trunk >= 0 {
			number = g.digits[:trunk] + g.digits[trunk+1:e.n]
		}
		if n < 8 || skip > 0 && n < 10 || !isForeign(number) || !v.phoneMayEnd(e.at) {
			return "", 0, false
		}
		return "+" + number, e.at, true
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

// labelBefore tells whether a word for a phone ends at i, or 184 or 186, which
// are dialled before a number.
func (v *view) labelBefore(i int) bool {
	start := i
	for start > 0 && isWord(v.at(start-1)) && i-start < 10 {
		start--
	}
	switch strings.ToLower(string(v.runes[start:i])) {
	case "tel", "fax", "phone", "mobile", "cell", "telfax", "telno", "ph", "mob", "sms", "t", "f", "m", "p", "184", "186":
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

// kanjiDigits writes the digits of 〇九〇－一二三四－五六七八 in ASCII.
func kanjiDigits(runes []rune) []rune {
	out := slices.Clone(runes)
	for i, r := range runes {
		switch k := slices.Index([]rune(numerals), r); {
		case k >= 0:
			out[i] = rune('0' + k)
		case r == '零' || r == '○' || r == '◯':
			out[i] = '0'
		case r == 'ー':
			out[i] = '-'
		}
	}
	return out
}

// isKanjiZero tells whether r may be the first digit of a number in kanji.
func isKanjiZero(r rune) bool { return r == '〇' || r == '零' || r == '○' || r == '◯' }

// maxKanjiPhone is how many runes a phone number in kanji has at most.
const maxKanjiPhone = 24

// kanjiPhoneAt reads the phone number whose first digit at i is a kanji.
func (v *view) kanjiPhoneAt(i int) (normal string, end int, ok bool) {
	if isNumeral(v.at(i-1)) || isKanjiZero(v.at(i-1)) || !isNumeral(v.at(i+1)) && !isKanjiZero(v.at(i+1)) {
		return "", i, false
	}
	stop := min(i+maxKanjiPhone, len(v.runes))
	w := view{runes: kanjiDigits(v.runes[i:stop])}
	normal, end, ok = w.phoneAt(0)
	return normal, i + end, ok
}
