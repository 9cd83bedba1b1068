package mail

import (
	"strconv"
	"strings"
	"time"
)

// MessageID is the Message-ID of m without angle brackets, or "".
func MessageID(m *Message) string {
	id := m.Root.Get("Message-ID")
	if i := strings.IndexByte(id, '<'); i >= 0 {
		id = id[i+1:]
		if j := strings.IndexByte(id, '>'); j >= 0 {
			id = id[:j]
		}
	}
	return strings.TrimSpace(id)
}

// Date is when m says it was written (RFC 5322 §3.3, obsolete forms and RFC
// 3339 tolerated; a missing zone is taken as UTC). ok is false if it does not
// say, or not so that it can be understood.
func Date(m *Message) (t time.Time, ok bool) {
	s := strings.Join(strings.Fields(withoutComments(m.Root.Get("Date"))), " ")
	for _, layout := range []string{time.RFC3339, "2006-01-02 15:04:05 -0700", "2006-01-02 15:04:05", time.ANSIC} {
		if t, err := time.Parse(layout, s); err == nil {
			return t, true
		}
	}
	return parseDate(strings.FieldsFunc(s, func(r rune) bool { return r == ' ' || r == ',' || r == '-' && !strings.Contains(s, " -") }))
}

// parseDate reads day, month, year, time and zone; a day of the week in front
// is passed over.
func parseDate(words []string) (t time.Time, ok bool) {
	if len(words) > 0 && (words[0][0] < '0' || words[0][0] > '9') {
		words = words[1:]
	}
	if len(words) < 4 {
		return t, false
	}
	day, err1 := strconv.Atoi(words[0])
	year, err2 := strconv.Atoi(words[2])
	month := monthOf(words[1])
	hour, minute, second, ok := parseClock(words[3])
	if err1 != nil || err2 != nil || month == 0 || !ok || year < 0 || year > 9999 {
		return t, false
	}
	switch { // RFC 5322 §4.3
	case year < 50:
		year += 2000
	case year < 1000:
		year += 1900
	}
	zone := time.UTC
	if len(words) > 4 {
		zone = zoneOf(words[4])
	}
	t = time.Date(year, month, day, hour, minute, second, 0, zone)
	return t, t.Day() == day
}

func monthOf(s string) time.Month {
	for m := time.January; m <= time.December; m++ {
		if len(s) >= 3 && strings.EqualFold(s[:3], m.String()[:3]) {
			return m
		}
	}
	return 0
}

func parseClock(s string) (hour, minute, second int, ok bool) {
	parts := strings.Split(s, ":")
	if len(parts) != 2 && len(parts) != 3 {
		return 0, 0, 0, false
	}
	var n [3]int
	for i, p := range parts {
		v, err := strconv.Atoi(p)
		if err != nil || v < 0 || v > 60 {
			return 0, 0, 0, false
		}
		n[i] = v
	}
	return n[0], n[1], n[2], n[0] < 24 && n[1] < 60
}

// zoneOf reads +0900 and the names that are unambiguous or in RFC 5322 §4.3;
// others are UTC, as that says.
func zoneOf(s string) *time.Location {
	if len(s) == 5 && (s[0] == '+' || s[0] == '-') {
		if n, err := strconv.Atoi(s[1:]); err == nil && n >= 0 {
			seconds := (n/100*60 + n%100) * 60
			if s[0] == '-' {
				seconds = -seconds
			}
			return time.FixedZone("", seconds)
		}
	}
	hours := map[string]int{"JST": 9, "EDT": -4, "EST": -5, "CDT": -5, "CST": -6, "MDT": -6, "MST": -7, "PDT": -7, "PST": -8}
	if h, ok := hours[strings.ToUpper(s)]; ok {
		return time.FixedZone(strings.ToUpper(s), h*3600)
	}
	return time.UTC
}

// withoutComments removes (comments) (RFC 5322 §3.2.2).
func withoutComments(s string) string {
	var b strings.Builder
	depth := 0
	for _, r := range s {
		switch {
		case r == '(':
			depth++
		case r == ')' && depth > 0:
			depth--
		case depth == 0:
			b.WriteRune(r)
		}
	}
	return b.String()
}
