package admin

import (
	"strings"
	"unicode"

	"github.com/kakitome/kakitome/internal/check"
	"github.com/kakitome/kakitome/internal/jp"
)

// masked shows a value so that a clerk sees what it is and not what it says:
// the first rune of each piece stays, signs stay, the rest is dots.
func masked(f *check.Finding) string {
	if f.Kind == jp.Email {
		local, domain, _ := strings.Cut(f.Value, "@")
		return maskRunes(local) + "@" + maskRunes(domain)
	}
	return maskRunes(f.Value)
}

func maskRunes(s string) string {
	var b strings.Builder
	first := true
	for _, r := range s {
		switch {
		case !unicode.IsLetter(r) && !unicode.IsDigit(r) && !unicode.IsMark(r):
			b.WriteRune(r)
			continue
		case first:
			b.WriteRune(r)
		default:
			b.WriteRune('•')
		}
		first = false
	}
	return b.String()
}
