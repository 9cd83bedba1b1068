package extract

import (
	"bytes"
	"errors"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/kakitome/kakitome/internal/mail"
	"github.com/kakitome/kakitome/internal/rtf"
	"github.com/kakitome/kakitome/internal/tnef"
)

// tnef reads a winmail.dat: the mail that surrounds it once more, as Outlook
// shows it, with the files attached to it. depth counts this file too.
func (r *reader) tnef(u *unit, c content, depth int) {
	const mediaType = "application/ms-tnef"
	if depth > r.lim.Depth {
		u.unread(c.where, mediaType, whyDepth)
		return
	}
	m := tnef.Parse(c.data)
	o := outlook{r: r, u: u, where: c.where, depth: depth, cids: map[string]bool{}}
	for _, v := range m.Values {
		o.value(v)
	}
	for _, a := range m.Attachments {
		o.attachment(a, c.shell)
	}
	for _, f := range m.Faults {
		u.unread(c.where, mediaType, tnefWhys[f])
	}
}

var tnefWhys = map[tnef.Fault]string{
	tnef.Broken:   whyBrokenFile,
	tnef.Checksum: whyChecksum,
	tnef.TooMany:  whyText,
}

// outlook reads the values of one message or of one of its attachments into u.
type outlook struct {
	r     *reader
	u     *unit
	where string
	depth int
	cids  map[string]bool // Content-IDs the HTML body shows
}

// value reads one property. Where the mail comes from and goes to is said in
// the words of its header, so that the judge takes it for that.
func (o outlook) value(v tnef.Value) {
	where := o.where + " " + v.String()
	if v.Name != "" {
		name, _ := o.text(tnef.Value{Kind: tnef.Text, Data: []byte(v.Name), Page: widePage})
		o.u.prose(where, name, 0)
	}
	switch {
	case v.Tag == tnef.BodyRTF && v.Kind == tnef.Binary:
		o.rtf(where, v)
	case v.Tag == tnef.BodyHTML:
		o.html(where, v)
	case v.Tag == tnef.AttachRendering:
		o.u.list(Unread{Where: where, Type: "image/wmf", Why: whyImage, Inline: true})
	case outlookMachinery[v.Tag]:
	default:
		text, ok := o.text(v)
		switch {
		case !ok && v.Kind == tnef.Binary && len(v.Data) > outlookKey:
			o.u.unread(where, "", whyFormat)
		case !ok && v.Kind == tnef.Binary: // keys and state of the program
		case v.Row > 0, outlookPeople[v.Tag]:
			o.people(v, text)
		case v.Tag == transportHeaders:
			o.u.header(mail.Parse([]byte(text+"\n\n"), o.r.lim.Mail).Root)
		case v.Tag == tnef.Body:
			o.u.prose(where, text, 1)
		default:
			o.u.prose(where, text, 0)
		}
	}
}

// outlookKey bounds the bytes that are taken for keys and state of Outlook, not
// for something to read, when they are no text.
const outlookKey = 4 << 10

const transportHeaders = 0x007d

// outlookMachinery are properties that programs write for programs, as the
// header fields in machinery: classes, kinds of addresses, message ids.
var outlookMachinery = map[uint16]bool{
	tnef.Class: true, 0x0064: true, 0x0066: true, 0x0075: true, 0x0077: true, 0x0c1e: true, 0x3002: true,
	0x1035: true, 0x1039: true, 0x1042: true,
}

// outlookPeople are properties that name the sender and the recipients.
var outlookPeople = map[uint16]bool{
	tnef.SenderName: true, 0x0c1f: true, 0x0c1d: true, 0x0042: true, 0x0065: true, 0x003b: true, 0x0040: true, 0x0076: true, 0x0044: true, 0x0078: true,
	0x0051: true, 0x0052: true, 0x0e02: true, 0x0e03: true, 0x0e04: true, 0x0050: true, 0x5d01: true, 0x5d02: true,
}

// people reads names and addresses as fields of a header: recipients as To, so
// that an address there is one the others see, all others under a name of their own.
func (o outlook) people(v tnef.Value, text string) {
	field := "header Outlook sender"
	if v.Row > 0 || v.Tag == 0x0e02 || v.Tag == 0x0e03 || v.Tag == 0x0e04 {
		field = "header Outlook recipient"
	}
	for piece := range strings.FieldsFuncSeq(text, func(c rune) bool { return c == ';' || c == '\n' }) {
		piece = strings.Trim(piece, " '\"")
		if kind, address, ok := strings.Cut(piece, ":"); ok && strings.EqualFold(kind, "SMTP") {
			piece = address
		}
		where := field
		if strings.HasSuffix(field, "recipient") && strings.Contains(piece, "@") && !strings.ContainsAny(piece, " <>,") {
			where, piece = "header To", "<"+piece+">"
		}
		o.u.run(where, piece, 0)
	}
}

// text decodes a value, NUL as a line end, and tells whether it is text at all.
func (o outlook) text(v tnef.Value) (text string, ok bool) {
	if v.Kind == tnef.Binary {
		return plainText(v.Data)
	}
	size := 1
	if v.Page == widePage {
		size = 2
	}
	data := withoutNUL(v.Data, size)
	if text, ok = mail.DecodePage(data, v.Page); !ok {
		guess, _, fault := mail.DecodeText(data, "")
		if (mail.Fault{Kind: fault}).Unreadable() {
			o.u.unread(o.where+" "+v.String(), "", faultWords[mail.BadCharset])
		} else {
			text = guess
		}
	}
	return strings.ReplaceAll(text, "\r\n", "\n"), true
}

const widePage = 1200 // UTF-16LE

// plainText is what bytes of no known format say, if they are text: in UTF-8, in
// UTF-16, or both, for nobody knows.
func plainText(data []byte) (string, bool) {
	printable := func(c rune) bool {
		known := c < 0x250 || 0x3000 <= c && c < 0xa000 || 0xff00 <= c && c < 0xfff0 // Latin and Japanese
		return known && (unicode.IsPrint(c) || unicode.IsSpace(c))
	}
	var readings []string
	if s := string(withoutNUL(data, 1)); utf8.ValidString(s) {
		readings = append(readings, s)
	}
	if s, ok := mail.DecodePage(withoutNUL(data, 2), widePage); ok {
		readings = append(readings, s)
	}
	readings = slices.DeleteFunc(readings, func(s string) bool {
		return strings.ContainsFunc(s, func(c rune) bool { return !printable(c) })
	})
	return strings.Join(readings, "\n"), len(readings) > 0
}

// withoutNUL is text of units of one or two bytes, without NUL at its end and
// with line ends for those within.
func withoutNUL(data []byte, size int) []byte {
	null := func(b []byte) bool { return b[0] == 0 && b[len(b)-1] == 0 }
	data = data[:len(data)/size*size]
	for len(data) > 0 && null(data[len(data)-size:]) {
		data = data[:len(data)-size]
	}
	copied := false
	for i := 0; i < len(data); i += size {
		if null(data[i : i+size]) {
			if !copied {
				data, copied = bytes.Clone(data), true
			}
			data[i] = '\n'
		}
	}
	return data
}

// rtf reads the body as compressed RTF.
func (o outlook) rtf(where string, v tnef.Value) {
	data, err := rtf.Decompress(v.Data, o.r.lim.Unpacked-o.r.unpacked)
	switch {
	case errors.Is(err, rtf.ErrSize):
		o.u.unread(where, "application/rtf", whyUnpacked)
	case err != nil:
		o.u.unread(where, "application/rtf", whyBrokenFile)
	default:
		o.r.unpacked += len(data)
		o.r.content(o.u, content{where: where, mediaType: "application/rtf", data: data}, o.depth)
	}
}

// html reads the body as HTML.
func (o outlook) html(where string, v tnef.Value) {
	c := content{where: where, mediaType: "text/html", data: v.Data}
	if text, ok := mail.DecodePage(v.Data, v.Page); ok && v.Page != 0 {
		c.text, c.decoded = text, true
	}
	shown := c.text
	if !c.decoded {
		shown = string(v.Data)
	}
	addShownIDs(shown, o.cids)
	o.r.content(o.u, c, o.depth)
}

// attachment reads one attached file or message: into a unit of its own if the
// winmail.dat stands in a mail, else into the unit it is in.
func (o outlook) attachment(a tnef.Attachment, shell bool) {
	if o.r.entries++; o.r.entries > o.r.lim.Entries {
		o.u.unread(o.where, "", whyEntries)
		return
	}
	c := o.describe(a)
	in := o
	in.where += "/" + label(c.name, "no name")
	if shell {
		in.where = "attachment " + label(c.name, "no name")
		in.u = o.r.add(Attachment, c.name, o.u.prefix)
		in.u.Type = c.mediaType
	}
	for _, v := range a.Values {
		in.value(v)
	}
	for i, f := range a.Contents {
		c.where, c.data, c.whole, c.shell = in.where, f.Data, shell && i == 0, f.Message
		u := in.u
		switch {
		case !f.Message:
		case c.whole:
			u.Kind = Enclosed
			u.prefix += insideMail
		default:
			u = o.r.add(Enclosed, c.name, u.prefix+in.where+"/")
		}
		if c.whole || f.Message {
			u.Bytes = f.Data
		}
		o.r.content(u, c, o.depth)
	}
}

// describe is what an attachment says of its content.
func (o outlook) describe(a tnef.Attachment) (c content) {
	rank := 0
	for _, v := range a.Values {
		at := slices.Index([]uint16{0, tnef.RecipientName, tnef.AttachTransport, tnef.AttachFile, tnef.AttachLongFile}, v.Tag)
		switch {
		case v.Kind != tnef.Text:
		case v.Tag == tnef.AttachType:
			c.mediaType, _ = o.text(v)
			c.mediaType = strings.ToLower(strings.TrimSpace(c.mediaType))
		case v.Tag == tnef.AttachContentID:
			id, _ := o.text(v)
			c.inline = o.cids[id]
		case at > rank:
			if name, _ := o.text(v); name != "" {
				c.name, rank = name, at
			}
		}
	}
	return c
}
