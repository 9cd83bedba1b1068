package mail

import (
	"mime"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/jhillyerd/enmime/v2"
)

// What the oracles read and we do not would be a loss of ours. The other way
// round is expected: TestWhereLibrariesLose lists it. Differences that are no
// loss, and are left out of the comparison:
//
//   - texts in another charset than UTF-8 and ASCII: enmime guesses, and decodes
//     what go-message leaves raw; ours are tested against each charset's tables;
//   - white space: both fold and trim it in other ways;
//   - boundary lines: both show them as text where they miss a boundary that we
//     find, such as one after a forgotten semicolon;
//   - mails with unreadable parts by our own judgement: nobody may trust those.

// FuzzDifferential: every word that enmime or go-message finds in the texts of a
// mail that we call readable is in ours.
func FuzzDifferential(f *testing.F) {
	files, _ := filepath.Glob("testdata/*.eml")
	for _, file := range files {
		b, err := os.ReadFile(file)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(string(b))
	}
	f.Fuzz(func(t *testing.T, raw string) {
		if !isComparable(raw) {
			return
		}
		m := Parse([]byte(raw), Limits{})
		if unreadable(m) || oddMultipart(m) {
			return
		}
		ours := squeeze(everything(m) + enclosedBytes(m))
		for name, text := range map[string]string{"enmime": enmimeBodies(raw), "go-message": goMessageBodies(raw)} {
			for word := range strings.FieldsSeq(text) {
				if plainWord(word) && !strings.Contains(ours, squeeze(word)) {
					t.Errorf("%s reads %q, which we do not, in\n%s\n%s", name, word, raw, dump(m))
				}
			}
		}
	})
}

// oddMultipart tells whether a multipart has a malformed type. The oracles take
// it for text as it stands, headers and encoded bodies of its parts and all; we
// read the parts, as most mail programs do, and what somebody could read in the
// text as it stands is in both.
func oddMultipart(m *Message) (odd bool) {
	_ = m.Walk(func(p *Part, _ []int) error {
		if strings.HasPrefix(p.MediaType, "multipart/") {
			kind, _, err := mime.ParseMediaType(p.Get("Content-Type"))
			odd = odd || err != nil || !strings.Contains(kind, "/")
		}
		return nil
	})
	return odd
}

// isComparable leaves out what the oracles read by rules of their own.
func isComparable(raw string) bool {
	if !utf8.ValidString(raw) || strings.ContainsAny(raw, "\x1b\x0e\x0f\x00") || strings.Contains(strings.ReplaceAll(raw, "\r\n", ""), "\r") {
		return false
	}
	lower := strings.ToLower(raw)
	for _, label := range strings.Split(lower, "charset")[1:] {
		label = strings.TrimLeft(label, "=\" '")
		if !strings.HasPrefix(label, "utf-8") && !strings.HasPrefix(label, "us-ascii") {
			return false
		}
	}
	return true
}

// enclosedBytes are the enclosed mails as they stand, which is how the oracles
// show them.
func enclosedBytes(m *Message) string {
	var b strings.Builder
	_ = m.Walk(func(p *Part, _ []int) error {
		if p.Enclosed != nil {
			b.WriteString(string(p.Content) + enclosedBytes(p.Enclosed))
		}
		return nil
	})
	return b.String()
}

func unreadable(m *Message) bool {
	found := false
	_ = m.Walk(func(p *Part, _ []int) error {
		for _, f := range p.Faults {
			found = found || f.Unreadable()
		}
		found = found || p.Enclosed != nil && unreadable(p.Enclosed)
		return nil
	})
	return found
}

func squeeze(s string) string { return strings.Join(strings.Fields(s), "") }

func plainWord(s string) bool {
	return len(s) > 2 && !strings.HasPrefix(s, "--") && !strings.ContainsFunc(s, func(r rune) bool { return r <= ' ' || r > '~' })
}

// enmimeBodies is the text of the leaves as enmime decodes them.
func enmimeBodies(raw string) string {
	root, err := enmime.ReadParts(strings.NewReader(raw))
	if err != nil {
		return ""
	}
	var b strings.Builder
	root.DepthMatchAll(func(p *enmime.Part) bool {
		if len(p.Errors) == 0 {
			b.WriteString(string(p.Content) + "\n")
		}
		return false
	})
	return b.String()
}
