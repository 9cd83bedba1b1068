package corpus

import (
	"bytes"
	"encoding/base64"
	"fmt"
	"html"
	"mime"
	"mime/quotedprintable"
	"strings"
	"time"

	"golang.org/x/text/encoding/japanese"
	"golang.org/x/text/encoding/unicode"
	"golang.org/x/text/transform"
)

// Look is how a mail is written.
type Look struct {
	Charset  string // utf-8, iso-2022-jp, shift_jis, euc-jp
	Encoding string // 7bit, 8bit, base64, quoted-printable
	Shape    string // plain, alternative, html
}

// look is a look the application might have.
func (s *Story) look() Look {
	shape := one(s, "plain", "plain", "alternative", "alternative", "html")
	switch s.rng.IntN(6) {
	case 0:
		return Look{"iso-2022-jp", "7bit", "plain"}
	case 1:
		return Look{"shift_jis", one(s, "base64", "8bit", "quoted-printable"), shape}
	case 2:
		return Look{"euc-jp", one(s, "base64", "8bit"), shape}
	}
	return Look{"utf-8", one(s, "base64", "8bit", "quoted-printable"), shape}
}

// encode writes text in the charset of a look; what the charset does not have
// makes the whole mail UTF-8, as applications do.
func (l *Look) encode(text string) []byte {
	var t transform.Transformer
	switch l.Charset {
	case "iso-2022-jp":
		t = japanese.ISO2022JP.NewEncoder()
	case "shift_jis":
		t = japanese.ShiftJIS.NewEncoder()
	case "euc-jp":
		t = japanese.EUCJP.NewEncoder()
	default:
		t = unicode.UTF8.NewEncoder()
	}
	b, _, err := transform.Bytes(t, []byte(text))
	if err != nil {
		return []byte(text)
	}
	return b
}

// fits tells whether the charset of a look has all characters of a text.
func (l *Look) fits(text string) bool {
	return l.Charset == "utf-8" || !bytes.Equal(l.encode(text), []byte(text)) || isASCII(text)
}

func isASCII(s string) bool {
	return strings.IndexFunc(s, func(r rune) bool { return r > 0x7e }) < 0
}

// write makes the bytes of a mail.
func (s *Story) write(d *Draft) []byte {
	var l Look
	if d.Look != nil {
		l = *d.Look
	} else {
		l = s.look()
	}
	if d.HTML == "" {
		d.HTML = s.markUp(d.Text)
	}
	if !l.fits(d.Text) || !l.fits(d.HTML) {
		l.Charset, l.Encoding = "utf-8", "base64"
	}
	var b bytes.Buffer
	fmt.Fprintf(&b, "Message-ID: <%s>\r\nDate: %s\r\nFrom: %s <shop@shop.example>\r\n", d.ID, d.Date.Format(time.RFC1123Z), word("例示商店"))
	if len(d.To) > 0 {
		var to []string
		for _, c := range d.To {
			to = append(to, one(s, c.Email, "<"+c.Email+">"))
		}
		fmt.Fprintf(&b, "To: %s\r\n", strings.Join(to, ",\r\n "))
	}
	for _, f := range d.Fields {
		b.WriteString(f + "\r\n")
	}
	fmt.Fprintf(&b, "Subject: %s\r\nMIME-Version: 1.0\r\n", word(d.Subject))
	if len(d.Files) == 0 {
		s.body(&b, &l, d)
		return b.Bytes()
	}
	bound := fmt.Sprintf("mixed-%d-%d", s.number, s.serial)
	fmt.Fprintf(&b, "Content-Type: multipart/mixed; boundary=%q\r\n\r\n--%s\r\n", bound, bound)
	s.body(&b, &l, d)
	for _, f := range d.Files {
		fmt.Fprintf(&b, "\r\n--%s\r\nContent-Type: %s; name=%q\r\nContent-Disposition: attachment; filename=%q\r\nContent-Transfer-Encoding: base64\r\n\r\n",
			bound, f.Type, word(f.Name), word(f.Name))
		b.Write(wrap64(f.Data))
	}
	fmt.Fprintf(&b, "\r\n--%s--\r\n", bound)
	return b.Bytes()
}

// body writes the fields and the content of the text.
func (s *Story) body(b *bytes.Buffer, l *Look, d *Draft) {
	switch l.Shape {
	case "html":
		l.part(b, "text/html", d.HTML)
	case "alternative":
		bound := fmt.Sprintf("alt-%d-%d", s.number, s.serial)
		fmt.Fprintf(b, "Content-Type: multipart/alternative; boundary=%q\r\n\r\n--%s\r\n", bound, bound)
		l.part(b, "text/plain", d.Text)
		fmt.Fprintf(b, "\r\n--%s\r\n", bound)
		l.part(b, "text/html", d.HTML)
		fmt.Fprintf(b, "\r\n--%s--\r\n", bound)
	default:
		l.part(b, "text/plain", d.Text)
	}
}

// part writes one text.
func (l *Look) part(b *bytes.Buffer, mediaType, text string) {
	fmt.Fprintf(b, "Content-Type: %s; charset=%s\r\nContent-Transfer-Encoding: %s\r\n\r\n", mediaType, l.Charset, l.Encoding)
	data := l.encode(strings.ReplaceAll(text, "\n", "\r\n"))
	switch l.Encoding {
	case "base64":
		b.Write(wrap64(data))
	case "quoted-printable":
		w := quotedprintable.NewWriter(b)
		_, _ = w.Write(data)
		_ = w.Close()
		b.WriteString("\r\n")
	default:
		b.Write(data)
		b.WriteString("\r\n")
	}
}

// word is text as an encoded word of a field (RFC 2047).
func word(text string) string { return mime.BEncoding.Encode("UTF-8", text) }

func wrap64(data []byte) []byte {
	text := base64.StdEncoding.EncodeToString(data)
	var b bytes.Buffer
	for len(text) > 76 {
		b.WriteString(text[:76] + "\r\n")
		text = text[76:]
	}
	b.WriteString(text + "\r\n")
	return b.Bytes()
}

// markUp makes HTML of plain text: a table of its lines, or paragraphs.
func (s *Story) markUp(text string) string {
	var b strings.Builder
	b.WriteString("<!DOCTYPE html><html><body>\n")
	table := s.chance(50)
	for line := range strings.Lines(text) {
		line = html.EscapeString(strings.TrimRight(line, "\n"))
		switch label, value, ok := strings.Cut(line, "："); {
		case table && ok:
			fmt.Fprintf(&b, "<table><tr><th>%s</th><td>%s</td></tr></table>\n", label, value)
		default:
			fmt.Fprintf(&b, "<p>%s</p>\n", line)
		}
	}
	b.WriteString("</body></html>\n")
	return b.String()
}
