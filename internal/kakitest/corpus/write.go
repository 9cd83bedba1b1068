package corpus

import (
	"bytes"
	"encoding/base64"
	"fmt"
	"mime/quotedprintable"
	"strings"
	"time"
)

// writer makes the bytes of one mail.
type writer struct {
	bytes.Buffer
	s      *Story
	d      *Draft
	l      Look
	bounds int
}

// write makes the bytes of a mail.
func (s *Story) write(d *Draft) []byte {
	w := writer{s: s, d: d}
	if d.Look != nil {
		w.l = *d.Look
	} else {
		w.l = s.look()
	}
	w.l.settle(d.Text, d.HTML, d.Subject)
	if d.HTML == "" && w.l.Shape != "plain" && w.l.Shape != "" {
		d.HTML = s.page(d.Text, &w.l)
	}
	w.fields()
	if len(d.Files) == 0 && w.l.Shape != "nested" {
		w.text()
		return w.Bytes()
	}
	w.multipart("mixed", func(part func()) {
		part()
		w.text()
		for i := range d.Files {
			part()
			w.file(&d.Files[i])
		}
	})
	return w.Bytes()
}

// fields writes the header.
func (w *writer) fields() {
	d, l := w.d, &w.l
	from := d.From
	if from.Addr == "" {
		from.Addr = shopAddress
	}
	if from.Name == "" {
		from.Name = "例示商店"
	}
	fmt.Fprintf(&w.Buffer, "Message-ID: <%s>\r\nDate: %s\r\nFrom: %s\r\n", d.ID, d.Date.Format(time.RFC1123Z), l.mailbox(from.Name, from.Addr))
	var to []string
	for _, c := range d.To {
		to = append(to, one(w.s, c.Email, "<"+c.Email+">", l.mailbox(d.Greet, c.Email)))
	}
	for _, r := range d.Shown {
		to = append(to, r.Address)
	}
	if len(to) > 0 {
		fmt.Fprintf(&w.Buffer, "To: %s\r\n", strings.Join(to, ",\r\n "))
	}
	for _, f := range d.Fields {
		w.WriteString(f + "\r\n")
	}
	fmt.Fprintf(&w.Buffer, "Subject: %s\r\nMIME-Version: 1.0\r\n", l.words(d.Subject))
}

// shopAddress is what the shop's mail comes from.
const shopAddress = "shop@shop.example"

// multipart writes a multipart whose parts body writes, each begun by part.
func (w *writer) multipart(sort string, body func(part func())) {
	w.bounds++
	bound := fmt.Sprintf("%s-%d-%d-%d", sort, w.s.number, w.s.serial, w.bounds)
	fmt.Fprintf(&w.Buffer, "Content-Type: multipart/%s; boundary=\"%s\"\r\n\r\n", sort, bound)
	body(func() { fmt.Fprintf(&w.Buffer, "\r\n--%s\r\n", bound) })
	fmt.Fprintf(&w.Buffer, "\r\n--%s--\r\n", bound)
}

// text writes the fields and the content of the text in its shape.
func (w *writer) text() {
	switch w.l.Shape {
	case "html":
		w.part("text/html", w.d.HTML)
	case "alternative":
		w.alternative(func() { w.part("text/html", w.d.HTML) })
	case "related":
		w.alternative(w.related)
	case "nested":
		w.multipart("related", func(part func()) {
			part()
			w.alternative(func() { w.part("text/html", w.d.HTML) })
			part()
			w.logo()
		})
	default:
		w.part("text/plain", w.d.Text)
	}
}

func (w *writer) alternative(html func()) {
	w.multipart("alternative", func(part func()) {
		part()
		w.part("text/plain", w.d.Text)
		part()
		html()
	})
}

func (w *writer) related() {
	w.multipart("related", func(part func()) {
		part()
		w.part("text/html", w.d.HTML)
		part()
		w.logo()
	})
}

// logo is an image within the text.
func (w *writer) logo() {
	w.WriteString("Content-Type: image/png\r\nContent-ID: <logo@shop.example>\r\nContent-Disposition: inline\r\nContent-Transfer-Encoding: base64\r\n\r\n")
	w.WriteString(pixel + "\r\n")
}

// pixel is a PNG of one white point, in base64.
const pixel = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAAAAAA6fptVAAAACklEQVR4nGP4\r\nDwABAQEAsTp1aQAAAABJRU5ErkJggg=="

// part writes one text.
func (w *writer) part(mediaType, text string) {
	l := &w.l
	flowed := ""
	if l.Flowed && mediaType == "text/plain" {
		flowed = "; format=flowed; delsp=yes"
	}
	fmt.Fprintf(&w.Buffer, "Content-Type: %s%s%s\r\nContent-Transfer-Encoding: %s\r\n\r\n", mediaType, l.label(), flowed, l.Encoding)
	data := l.bytesOf(mediaType, text)
	switch l.Encoding {
	case "base64":
		w.Write(wrap64(data))
	case "quoted-printable":
		q := quotedprintable.NewWriter(w)
		_, _ = q.Write(data)
		_ = q.Close()
		w.WriteString("\r\n")
	default:
		w.Write(data)
		w.WriteString("\r\n")
	}
}

// file writes an attachment; a mail as it is (RFC 2046 §5.2.1), all else in
// base64.
func (w *writer) file(f *File) {
	encoding, data := "base64", f.Data
	if f.Type == "message/rfc822" {
		encoding = "8bit"
	} else {
		data = wrap64(data)
	}
	fmt.Fprintf(&w.Buffer, "Content-Type: %s%s\r\nContent-Disposition: attachment%s\r\nContent-Transfer-Encoding: %s\r\n\r\n",
		f.Type, w.l.fileName("name", f.Name), w.l.fileName("filename", f.Name), encoding)
	w.Write(data)
}

func wrap64(data []byte) []byte {
	text := base64.StdEncoding.EncodeToString(data)
	b := make([]byte, 0, len(text)+len(text)/38+2)
	for len(text) > 76 {
		b = append(append(b, text[:76]...), '\r', '\n')
		text = text[76:]
	}
	return append(append(b, text...), '\r', '\n')
}
