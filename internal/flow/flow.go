// Package flow builds text as it is displayed. It keeps true: what markup shows
// as one word is one word in the text, what it shows apart is apart, and white
// space is one space, tab or line end, whatever stood in the source.
package flow

import "strings"

// Gap is what stands between two pieces of text.
type Gap uint8

// Gaps, the weaker first.
const (
	None Gap = iota
	Space
	Tab
	Newline
)

// Text is displayed text. The zero value is empty.
type Text struct {
	strings.Builder
	gap Gap
}

// Separate puts a gap before the next text; of several the strongest wins.
func (t *Text) Separate(g Gap) { t.gap = max(t.gap, g) }

// Cell ends a cell of a table, whatever separated the lines in it.
func (t *Text) Cell() { t.gap = Tab }

// Add adds text with its white space collapsed.
func (t *Text) Add(s string) {
	for s != "" {
		end := strings.IndexAny(s, " \t\r\n\f")
		switch end {
		case 0:
			t.Separate(Space)
			s = s[1:]
			continue
		case -1:
			end = len(s)
		}
		t.AddRaw(s[:end])
		s = s[end:]
	}
}

// AddRaw adds text with its white space as it is.
func (t *Text) AddRaw(s string) {
	if s == "" {
		return
	}
	if t.Len() > 0 && t.gap != None {
		t.WriteByte("\x00 \t\n"[t.gap])
	}
	t.gap = None
	t.WriteString(s)
}

// Copy makes t what from is.
func (t *Text) Copy(from *Text) {
	*t = Text{gap: from.gap}
	t.WriteString(from.String())
}

// Take returns the text so far and starts anew.
func (t *Text) Take() string {
	s := t.String()
	*t = Text{}
	return s
}
