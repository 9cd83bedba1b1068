package corpus

import (
	"bytes"
	"strings"

	"golang.org/x/text/encoding/japanese"
	"golang.org/x/text/encoding/unicode"
	"golang.org/x/text/transform"
)

// Look is how a mail is written. The zero value of a field is its first value.
type Look struct {
	Charset  string // of the text: utf-8, iso-2022-jp, shift_jis, euc-jp
	Encoding string // 7bit, 8bit, base64, quoted-printable
	Shape    string // plain, alternative, html, related (alternative with an inline image), nested (alternative in related in mixed)
	Label    string // the charset as the mail names it: the true one, "none" for no label, else that
	Words    string // header fields: B, Q (RFC 2047), raw (RFC 6532)
	Names    string // file names: 2047, 2231, raw
	Flowed   bool   // plain text is format=flowed; delsp=yes (RFC 3676)
	BOM      bool   // UTF-8 text begins with a byte order mark
	Markup   Markup // how HTML is written
}

// Markup is how HTML is written that a mail has no HTML of its own for.
type Markup struct {
	Skin  string // p, br, table, pre, dl, letter (layout tables, conditional comments, a hidden preheader)
	Trick string // none, entities, spans, shy (soft hyphens, zero-width spaces, wbr)
	Line  bool   // without line breaks
}

// look is a look the application might have.
func (s *Story) look() Look {
	l := Look{Charset: "utf-8", Encoding: one(s, "base64", "8bit", "quoted-printable")}
	l.Shape = one(s, "plain", "plain", "plain", "alternative", "alternative", "alternative", "html", "related", "nested")
	switch s.rng.IntN(6) {
	case 0:
		l.Charset, l.Encoding, l.Shape = "iso-2022-jp", "7bit", "plain"
	case 1:
		l.Charset = "shift_jis"
	case 2:
		l.Charset, l.Encoding = "euc-jp", one(s, "base64", "8bit")
	}
	if s.chance(4) {
		l.Label = one(s, labels[l.Charset]...)
	}
	l.Words = one(s, "B", "B", "B", "Q", "raw")
	l.Names = one(s, "2047", "2047", "2231", "raw")
	l.Flowed, l.BOM = s.chance(5), s.chance(2)
	l.Markup = s.markup()
	return l
}

func (s *Story) markup() Markup {
	return Markup{
		Skin:  one(s, "p", "br", "table", "table", "pre", "dl", "letter", "letter"),
		Trick: one(s, "none", "none", "none", "none", "none", "none", "entities", "spans", "shy"),
		Line:  s.chance(15),
	}
}

// labels are other names of a charset and wrong ones, as they are seen.
var labels = map[string][]string{
	"utf-8":       {"UTF8", "none", "us-ascii", "\"utf-8\""},
	"iso-2022-jp": {"ISO-2022-JP-MS", "none", "us-ascii", "cp50220"},
	"shift_jis":   {"cp932", "windows-31j", "x-sjis", "none"},
	"euc-jp":      {"x-euc-jp", "eucJP-ms", "cp51932", "none"},
}

// settle makes a look such that it can carry a text: what the charset does not
// have makes the whole mail UTF-8, as applications do.
func (l *Look) settle(texts ...string) {
	for _, text := range texts {
		if _, ok := encode(text, l.Charset); !ok {
			l.Charset, l.Encoding, l.Label = "utf-8", "base64", ""
		}
	}
	if l.Charset == "iso-2022-jp" && l.Encoding == "" {
		l.Encoding = "7bit"
	}
	if l.Encoding == "" {
		l.Encoding = "base64"
	}
}

// charset is the charset and its label, as a parameter of Content-Type.
func (l *Look) label() string {
	switch l.Label {
	case "none":
		return ""
	case "":
		return "; charset=" + l.Charset
	default:
		return "; charset=" + l.Label
	}
}

// encode writes text in a charset; false if it has characters the charset has
// not, and then it is UTF-8.
func encode(text, charset string) ([]byte, bool) {
	var t transform.Transformer
	switch charset {
	case "iso-2022-jp":
		t = japanese.ISO2022JP.NewEncoder()
	case "shift_jis", "cp932":
		t = japanese.ShiftJIS.NewEncoder()
	case "euc-jp":
		t = japanese.EUCJP.NewEncoder()
	default:
		t = unicode.UTF8.NewEncoder()
	}
	b, _, err := transform.Bytes(t, []byte(text))
	if err != nil {
		return []byte(text), false
	}
	return b, true
}

// flow writes text as format=flowed with delsp (RFC 3676 §4): long lines are
// broken before a space that the reader deletes, and not within words of Latin
// letters.
func flow(text string) string {
	const most = 33 // characters, so that Japanese ones fit into 78 columns
	var b strings.Builder
	for line := range strings.Lines(text) {
		rest := []rune(strings.TrimRight(line, "\n "))
		for first := true; first || len(rest) > 0; first = false {
			if len(rest) > 0 && (rest[0] == ' ' || rest[0] == '>' || strings.HasPrefix(string(rest), "From ")) {
				b.WriteByte(' ') // space-stuffing
			}
			end := min(most, len(rest))
			for end < len(rest) && (rest[end] < 0x80 && rest[end-1] < 0x80 || rest[end] == '　') {
				end++
			}
			b.WriteString(string(rest[:end]))
			if rest = rest[end:]; len(rest) > 0 {
				b.WriteByte(' ')
			}
			b.WriteByte('\n')
		}
	}
	return b.String()
}

var utf8BOM = []byte("\xef\xbb\xbf")

// bytesOf is a text as it stands in the mail, before its transfer encoding.
func (l *Look) bytesOf(mediaType, text string) []byte {
	if l.Flowed && mediaType == "text/plain" {
		text = flow(text)
	}
	data, _ := encode(strings.ReplaceAll(text, "\n", "\r\n"), l.Charset)
	if l.BOM && l.Charset == "utf-8" {
		data = append(bytes.Clone(utf8BOM), data...)
	}
	return data
}
