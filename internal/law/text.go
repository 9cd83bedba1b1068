package law

import (
	"fmt"
	"strconv"
	"strings"
	"time"
)

// Text is something a person reads, in both languages.
type Text struct {
	JA string `yaml:"ja" json:"ja"`
	EN string `yaml:"en" json:"en"`
}

// In gives the text in a language: "en", or else Japanese.
func (t Text) In(lang string) string {
	if lang == "en" {
		return t.EN
	}
	return t.JA
}

// Empty tells whether a language is missing.
func (t Text) Empty() bool { return t.JA == "" || t.EN == "" }

// same is a text that is written alike in both languages.
func same(s string) Text { return Text{s, s} }

// textf fills the same values into both formats.
func textf(ja, en string, args ...any) Text {
	return Text{fmt.Sprintf(ja, args...), fmt.Sprintf(en, args...)}
}

// fill replaces a mark in both languages.
func (t Text) fill(mark string, with Text) Text {
	return Text{strings.ReplaceAll(t.JA, mark, with.JA), strings.ReplaceAll(t.EN, mark, with.EN)}
}

// joinTexts joins the texts that are not empty, each once.
func joinTexts(texts []Text, ja, en string) Text {
	var kept []Text
	seen := map[Text]bool{{}: true}
	for _, t := range texts {
		if !seen[t] {
			seen[t] = true
			kept = append(kept, t)
		}
	}
	var out Text
	for i, t := range kept {
		if i > 0 {
			out.JA += ja
			out.EN += en
		}
		out.JA += t.JA
		out.EN += t.EN
	}
	return out
}

// number writes 1234567 as 1,234,567, as both languages do.
func number(n int) string {
	s := strconv.Itoa(n)
	from := len(s) % 3
	if n < 0 { // only facts refused by check have one
		return s
	}
	var b strings.Builder
	b.WriteString(s[:from])
	for i := from; i < len(s); i += 3 {
		if i > 0 {
			b.WriteByte(',')
		}
		b.WriteString(s[i : i+3])
	}
	return b.String()
}

var weekdaysJA = [...]string{"日", "月", "火", "水", "木", "金", "土"}

// dayText is the day of t in its zone.
func dayText(t time.Time) Text {
	return Text{fmt.Sprintf("%d年%d月%d日（%s）", t.Year(), t.Month(), t.Day(), weekdaysJA[t.Weekday()]), t.Format("Mon 2 Jan 2006")}
}

// instantText is t to the minute in its zone, with the zone's name.
func instantText(t time.Time) Text {
	day := dayText(t)
	clock := t.Format(" 15:04 MST")
	return Text{day.JA + clock, day.EN + clock}
}
