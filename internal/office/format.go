package office

import (
	"math"
	"strconv"
	"strings"
	"time"
)

// format is a number format of a cell, as far as it decides what a number says:
// a date, or digits with others between them. nil shows a number as it is stored.
type format struct {
	date     bool
	sections []section
}

// section is one of the up to four parts of a format code.
type section struct {
	compare string // "<=" and the like, or ""
	bound   float64
	tokens  []token // nil for what is shown as it is stored
}

// token is a place for a digit, '0' or '#', or a literal text.
type token struct {
	place   byte
	literal string
}

// days1904 is the serial number of the day 0 of the date system of 1904 (ECMA-376
// part 1 §18.17.4.1).
const days1904 = 1462

// builtinDate tells whether a predefined format shows a day (§18.8.30, with those
// of East Asian languages).
func builtinDate(id int) bool {
	return id >= 14 && id <= 17 || id == 22 || id >= 27 && id <= 31 || id >= 34 && id <= 36 || id >= 50 && id <= 58
}

// show is how a stored number is read: as shown, and in other ways. A day is
// written 1980-01-02 whatever the format, for so it is looked for.
func (f *format) show(stored string, epoch int) (shown, other string) {
	v, err := strconv.ParseFloat(stored, 64)
	if err != nil || math.IsInf(v, 0) || math.IsNaN(v) {
		return stored, ""
	}
	plain := stored
	if v == math.Trunc(v) && math.Abs(v) < 1e15 {
		plain = strconv.FormatInt(int64(v), 10)
	}
	switch {
	case f == nil:
		return plain, restored(plain)
	case f.date:
		if day, ok := dayOf(v, epoch); ok {
			return day, ""
		}
	case isDigits(plain):
		if shown := f.digits(plain, v); shown != plain {
			return shown, plain
		}
	}
	return plain, restored(plain)
}

func isDigits(s string) bool { return s != "" && strings.Trim(s, "0123456789") == "" }

// restored is a mobile number whose first zero a spreadsheet has eaten, or "".
func restored(number string) string {
	if len(number) != 10 || !isDigits(number) || number[1] != '0' || strings.IndexByte("6789", number[0]) < 0 {
		return ""
	}
	return "0" + number
}

// dayOf is the day of a serial number, and the time if there is one. The system
// of 1900 counts a 29th of February that never was.
func dayOf(serial float64, epoch int) (string, bool) {
	const last, fictitious = 2958465, 60 // 9999-12-31
	days, part := math.Modf(serial)
	day := int(math.Max(-1, math.Min(days, last+1))) + epoch
	seconds := int(math.Round(part * 86400))
	if day < 1 || day > last || day == fictitious && epoch == 0 || seconds < 0 {
		return "", false
	}
	if day > fictitious || epoch != 0 {
		day--
	}
	at := time.Date(1899, 12, 31, 0, 0, seconds, 0, time.UTC).AddDate(0, 0, day)
	if seconds%86400 == 0 {
		return at.Format(time.DateOnly), true
	}
	return at.Format(time.DateTime), true
}

// digits writes the digits of a whole number in a format.
func (f *format) digits(digits string, v float64) string {
	for i, s := range f.sections {
		if s.compare == "" && i > 0 && f.sections[0].compare == "" || !s.holds(v) {
			continue // the first section is that of positive numbers
		}
		return s.write(digits)
	}
	return digits
}

func (s *section) holds(v float64) bool {
	switch s.compare {
	case "<":
		return v < s.bound
	case "<=":
		return v <= s.bound
	case ">":
		return v > s.bound
	case ">=":
		return v >= s.bound
	case "=":
		return v == s.bound
	case "<>":
		return v != s.bound
	}
	return true
}

// write fills the places from the right; the first one takes what is left.
func (s *section) write(digits string) string {
	left := 0
	for _, t := range s.tokens {
		if t.place != 0 {
			left++
		}
	}
	if left == 0 {
		return digits
	}
	var b strings.Builder
	first := true
	for _, t := range s.tokens {
		if t.place == 0 {
			b.WriteString(t.literal)
			continue
		}
		switch n := len(digits) - left + 1; {
		case n > 0 && first:
			b.WriteString(digits[:n])
			digits = digits[n:]
		case n > 0:
			b.WriteByte(digits[0])
			digits = digits[1:]
		case t.place == '0':
			b.WriteByte('0')
		}
		first = false
		left--
	}
	return b.String()
}

// parseFormat reads a format code (§18.8.31).
func parseFormat(code string) *format {
	const mostCode = 1 << 10 // Excel allows 255 characters
	if len(code) > mostCode || strings.EqualFold(code, "General") {
		return nil
	}
	p := formatParser{code: code}
	for p.pos < len(code) {
		p.next()
	}
	p.endSection()
	if p.day {
		return &format{date: true}
	}
	return &format{sections: p.sections}
}

type formatParser struct {
	code     string
	pos      int
	section  section
	other    bool // the section has signs that make more of a number than its digits
	month    bool // m: a month, or minutes
	clock    bool
	day      bool
	sections []section
}

func (p *formatParser) next() {
	c := p.code[p.pos]
	p.pos++
	switch c {
	case ';':
		p.endSection()
	case '"':
		text, _, _ := strings.Cut(p.code[p.pos:], `"`)
		p.literal(text)
		p.pos += len(text) + 1
	case '\\', '!':
		p.literal(p.character())
	case '_':
		p.character()
	case '*':
		p.character()
		p.other = true
	case '[':
		text, _, _ := strings.Cut(p.code[p.pos:], "]")
		p.bracket(text)
		p.pos += len(text) + 1
	case '0', '#':
		p.section.tokens = append(p.section.tokens, token{place: c})
	case '?', '.', ',', '%', '/', '@':
		p.other = true
	default:
		p.letter(c)
	}
}

// character takes one character.
func (p *formatParser) character() string {
	rest := p.code[p.pos:]
	n := len(rest)
	for i := range rest {
		if i > 0 {
			n = i
			break
		}
	}
	p.pos += n
	return rest[:n]
}

// letter reads a sign that stands for a part of a date, or for itself.
func (p *formatParser) letter(c byte) {
	rest := p.code[p.pos-1:]
	switch c | 0x20 {
	case 'g':
		if len(rest) >= 7 && strings.EqualFold(rest[:7], "General") {
			p.pos += 6
			p.other = true
			return
		}
		p.day = true
	case 'e':
		if len(rest) > 1 && (rest[1] == '+' || rest[1] == '-') {
			p.other = true
			return
		}
		p.day = true
	case 'y', 'd':
		p.day = true
	case 'm':
		p.month = true
	case 'h', 's':
		p.clock = true
	default:
		p.pos--
		p.literal(p.character())
	}
}

// bracket reads [<=9999999], [h]; colours, locales and currencies are nothing.
func (p *formatParser) bracket(text string) {
	number := strings.TrimLeft(text, "<>=")
	if v, err := strconv.ParseFloat(number, 64); err == nil && number != text {
		p.section.compare, p.section.bound = text[:len(text)-len(number)], v
		return
	}
	if s := strings.Trim(strings.ToLower(text), "hms"); s == "" && text != "" {
		p.clock = true
	}
}

func (p *formatParser) literal(s string) {
	p.section.tokens = append(p.section.tokens, token{literal: s})
}

func (p *formatParser) endSection() {
	p.day = p.day || p.month && !p.clock
	if p.other || p.clock || p.month {
		p.section.tokens = nil
	}
	p.sections = append(p.sections, p.section)
	p.section, p.other, p.month, p.clock = section{}, false, false, false
}
