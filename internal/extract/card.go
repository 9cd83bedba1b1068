package extract

import (
	"bytes"
	"io"
	"mime/quotedprintable"
	"strings"

	"github.com/kakitome/kakitome/internal/mail"
)

// card reads a vCard or iCalendar text: with folded lines joined, for a fold may
// stand within an address that is another without its end; with escapes decoded
// (RFC 6350 §3.2, §3.4; RFC 5545 §3.1, §3.3.11; RFC 6868); and the values that a program shows in another form than they are written in.
func (r *reader) card(u *unit, where, text string, depth int) {
	folded := strings.NewReplacer("\n ", "", "\n\t", "").Replace(text)
	u.prose(where, folded, 1)
	if joined := cardEscapes.Replace(folded); joined != folded {
		u.prose(where, joined, 0)
	}
	k := cards{r: r, u: u, where: where, depth: depth}
	for rest := folded; rest != "" && !u.full; {
		line, after, _ := strings.Cut(rest, "\n")
		if p, ok := parseProperty(line); ok {
			size := len(line)
			for more := p.continues(); after != "" && more(line, after); size += 1 + len(line) {
				line, after, _ = strings.Cut(after, "\n")
			}
			p.value = strings.ReplaceAll(rest[p.start:size], "\n", "\r\n")
			k.property(p)
		}
		rest = after
	}
	k.phonetic()
}

var cardEscapes = strings.NewReplacer(`\n`, "\n", `\N`, "\n", `\,`, ",", `\;`, ";", `\\`, `\`, "^n", "\n", "^'", `"`, "^^", "^")

// cards reads the properties of one text.
type cards struct {
	r                   *reader
	u                   *unit
	where               string
	depth               int
	lastKana, firstKana string // X-PHONETIC-…, which stand apart
}

// property is one content line.
type property struct {
	name, value string
	start       int               // of the value in the line
	params      map[string]string // upper-case names; of a bare one (vCard 2.1) the value is its name
}

// parseProperty splits a content line; params may be quoted.
func parseProperty(line string) (property, bool) {
	quoted := false
	colon := strings.IndexFunc(line, func(c rune) bool {
		quoted = quoted != (c == '"')
		return c == ':' && !quoted
	})
	if colon < 0 {
		return property{}, false
	}
	p := property{start: colon + 1, params: map[string]string{}}
	name, params, _ := strings.Cut(line[:colon], ";")
	p.name = strings.ToUpper(name[strings.LastIndexByte(name, '.')+1:])
	for param := range strings.SplitSeq(params, ";") {
		key, value, ok := strings.Cut(param, "=")
		key = strings.ToUpper(strings.TrimSpace(key))
		if !ok {
			value = key
		}
		p.params[key] = strings.Trim(value, `"`)
	}
	return p, true
}

// encoding is how the value is encoded: "Q", "B", or "" if it is not.
func (p property) encoding() string {
	switch strings.ToUpper(p.params["ENCODING"]) {
	case "QUOTED-PRINTABLE":
		return "Q"
	case "B", "BASE64":
		return "B"
	}
	switch {
	case p.params["QUOTED-PRINTABLE"] != "":
		return "Q"
	case p.params["BASE64"] != "":
		return "B"
	}
	return ""
}

// continues tells whether the value goes on in the text after its line though
// that is not folded: after a soft line break, or with more base64.
func (p property) continues() func(line, after string) bool {
	switch p.encoding() {
	case "Q":
		return func(line, _ string) bool { return strings.HasSuffix(line, "=") }
	case "B":
		return func(_, after string) bool {
			end := strings.IndexFunc(after, func(c rune) bool { return !base64Rune(c) && c != ' ' })
			return end != 0 && (end < 0 || after[end] == '\n')
		}
	}
	return func(string, string) bool { return false }
}

// property reads what is not read by reading its line.
func (k *cards) property(p property) {
	switch p.encoding() {
	case "Q":
		p.value = k.quoted(p)
		k.u.prose(k.where, p.value, 0)
	case "B":
		k.file(p)
		return
	}
	if k.r.dataLink(k.u, k.where+" "+clip(strings.ToLower(p.name)), p.value, k.depth) {
		return
	}
	switch p.name {
	case "N":
		k.name(p.value)
	case "SOUND": // of Japanese telephones: the name in kana
		if p.params["X-IRMC-N"] != "" {
			k.name(p.value)
		}
	case "ADR":
		k.address(p.value)
	case "BDAY":
		k.birthday(p.value)
	case "X-PHONETIC-LAST-NAME":
		k.lastKana = cardEscapes.Replace(p.value)
	case "X-PHONETIC-FIRST-NAME":
		k.firstKana = cardEscapes.Replace(p.value)
	case "END":
		k.phonetic()
	default:
		if value := cardEscapes.Replace(p.value); strings.EqualFold(p.params["FMTTYPE"], "text/html") || looksHTML(value) {
			k.r.markup(k.u, k.where+" "+clip(strings.ToLower(p.name)), value, false, k.depth)
		}
	}
}

// quoted decodes a value in quoted-printable (vCard 2.1).
func (k *cards) quoted(p property) string {
	decoded, err := io.ReadAll(quotedprintable.NewReader(strings.NewReader(p.value)))
	if err != nil {
		k.u.unread(k.where, "", whyEncoded)
		return ""
	}
	text, _, fault := mail.DecodeText(bytes.TrimSpace(decoded), strings.ToLower(p.params["CHARSET"]))
	if (mail.Fault{Kind: fault}).Unreadable() {
		k.u.unread(k.where, "", faultWords[fault])
	}
	return text
}

// file reads a value in base64: a picture, an attached file. Pictures in a card
// are shown within it.
func (k *cards) file(p property) {
	c := content{where: k.where + " " + clip(strings.ToLower(p.name)), mediaType: strings.ToLower(p.params["FMTTYPE"]), inline: p.name != "ATTACH"}
	for _, key := range []string{"FILENAME", "X-FILENAME", "X-APPLE-FILENAME", "X-ORACLE-FILENAME"} {
		if c.name == "" {
			c.name = p.params[key]
		}
	}
	data, ok := fromBase64(p.value)
	k.r.entries++
	switch {
	case k.r.entries > k.r.lim.Entries:
		k.u.unread(k.where, "", whyEntries)
	case !ok:
		k.u.unread(c.where, c.mediaType, whyEncoded)
	case k.depth+1 > k.r.lim.Depth:
		k.u.unread(c.where, c.mediaType, whyDepth)
	default:
		c.data = data
		k.r.content(k.u, c, k.depth+1)
	}
}

// name reads family and given name as people write them: 山田;太郎 is 山田 太郎,
// Yamada;Taro is Taro Yamada too (RFC 6350 §6.2.2).
func (k *cards) name(value string) {
	c := components(value)
	if len(c) < 2 || c[0] == "" || c[1] == "" {
		return
	}
	k.u.run(k.where, c[0]+" "+c[1], 0)
	k.u.run(k.where, c[1]+" "+c[0], 0)
}

func (k *cards) phonetic() {
	if k.lastKana != "" && k.firstKana != "" {
		k.u.run(k.where, k.lastKana+" "+k.firstKana, 0)
	}
	k.lastKana, k.firstKana = "", ""
}

// address reads an address in the order of Japan: postal code, region, locality,
// street, building (RFC 6350 §6.3.1).
func (k *cards) address(value string) {
	c := append(components(value), make([]string, 7)...)
	extended, street, locality, region, code := c[1], c[2], c[3], c[4], c[5]
	if street+locality+region == "" {
		return
	}
	k.u.run(k.where, strings.TrimSpace(code+" "+region+locality+street+" "+extended), 0)
}

// birthday reads a date without separators, or without a year (RFC 6350 §4.3.1).
func (k *cards) birthday(value string) {
	day, _, _ := strings.Cut(strings.TrimSpace(value), "T")
	digits := func(s string) bool { return strings.Trim(s, "0123456789") == "" }
	switch {
	case len(day) == 8 && digits(day):
		k.u.run(k.where, day[:4]+"-"+day[4:6]+"-"+day[6:], 0)
	case len(day) == 6 && strings.HasPrefix(day, "--") && digits(day[2:]):
		k.u.run(k.where, day[2:4]+"月"+day[4:]+"日", 0)
	}
}

// components splits a structured value at its semicolons and decodes them.
func components(value string) []string {
	var out []string
	start, escaped := 0, false
	add := func(end int) { out = append(out, strings.TrimSpace(cardEscapes.Replace(value[start:end]))) }
	for i := range len(value) {
		switch {
		case escaped:
			escaped = false
		case value[i] == '\\':
			escaped = true
		case value[i] == ';':
			add(i)
			start = i + 1
		}
	}
	add(len(value))
	return out
}
