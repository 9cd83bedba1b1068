package check

import "strings"

// greets tells whether a name stands alone in its line, with nothing but a
// word of address and an honorific, or its reading in brackets: "山田太郎 様",
// "Dear Taro Yamada,".
func greets(text string, at span) bool {
	line := lineAround(text, at)
	before := strings.ToLower(strings.TrimSpace(text[line.start:at.start]))
	after := text[at.end:line.end]
	after = withoutReading(after)
	after = strings.Trim(after, " \u3000\r\t、。,.!！:：")
	switch before {
	case "", "親愛なる", "拝啓", "■", "【":
		return honorific(after)
	case "dear", "hello", "hi", "dear mr.", "dear ms.", "dear mrs.", "dear mr", "dear ms", "dear mrs", "to", "to:":
		return after == "" || honorific(after)
	}
	return false
}

// addressed tells whether an honorific for customers follows, after a reading
// in brackets.
func addressed(after string) bool {
	after = after[:min(len(after), 120)]
	for _, s := range []string{after, withoutReading(after)} {
		s = strings.TrimLeft(s, " \u3000\r\n\t")
		for _, h := range [...]string{"様", "さま", "サマ", "殿"} {
			if strings.HasPrefix(s, h) {
				return true
			}
		}
	}
	return false
}

// withoutReading takes a reading in brackets out.
func withoutReading(s string) string {
	for _, pair := range [...][2]string{{"(", ")"}, {"（", "）"}} {
		if before, rest, ok := strings.Cut(s, pair[0]); ok {
			if _, behind, ok := strings.Cut(rest, pair[1]); ok {
				return before + behind
			}
		}
	}
	return s
}

func honorific(s string) bool {
	switch s {
	case "様", "さま", "さん", "殿", "先生", "御中", "サマ", "様へ", "さんへ", "sama", "san", "-sama", "-san":
		return true
	}
	return false
}
