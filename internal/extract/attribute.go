package extract

import (
	"encoding/base64"
	"strings"

	"golang.org/x/net/html"
)

// attribute adds what an attribute says, as a run of its own: its value, the
// value decoded as a link, and a name that is none.
func (m *markup) attribute(a html.Attribute) {
	if !plainName(a.Key) {
		m.u.prose(m.where+" markup", a.Key, 0)
		a.Key = "attribute"
	}
	if a.Val == "" || m.seen[a] || dull(a) {
		return
	}
	m.seen[a] = true
	where := m.where + " " + a.Key
	if m.dataLink(where, a.Val) {
		return
	}
	m.encoded(where, a.Val)
	m.u.run(where, a.Val, 0)
	for _, reading := range unescapeLink(a.Val) {
		m.u.run(where, reading, 0)
	}
	switch {
	case strings.Contains(a.Val, "<"):
		m.within(a.Key, a.Val)
	case strings.Contains(a.Val, `\u`):
		m.u.also(where, a.Val, unescapeJSON(a.Val))
	}
}

// looks are the attributes that only say how something looks or behaves.
var looks = func() map[string]bool {
	set := map[string]bool{}
	for _, key := range strings.Fields(`align bgcolor border cellpadding cellspacing charset class clear color colspan
		dir face frame frameborder height hspace http-equiv lang leftmargin marginheight marginwidth media noshade nowrap
		rel role rowspan rules scope size span style target topmargin type valign vspace width xml:lang`) {
		set[key] = true
	}
	return set
}()

// dull tells whether an attribute says only how something looks; text put there
// by mistake does not look like that.
func dull(a html.Attribute) bool {
	if !looks[a.Key] && !strings.HasPrefix(a.Key, "xmlns") {
		return false
	}
	digits := 0
	for i := range len(a.Val) {
		switch c := a.Val[i]; {
		case c >= 0x80, c == '@':
			return false
		case '0' <= c && c <= '9':
			if digits++; digits == 7 {
				return false
			}
		case c != '-':
			digits = 0
		}
	}
	return !strings.Contains(a.Val, "url(") && !strings.Contains(a.Val, "content:")
}

// encoded lists files that are written into the text of styles and scripts.
func (m *markup) encoded(where, text string) {
	if strings.Contains(text, ";base64,") {
		m.u.list(Unread{Where: where, Why: whyDataLink, Inline: strings.Contains(text, "data:image/")})
	}
}

// dataLink reads the file in a data: URL (RFC 2397), and tells whether it was
// one.
func (m *markup) dataLink(where, link string) bool {
	link = strings.TrimSpace(link)
	if len(link) < 5 || !strings.EqualFold(link[:5], "data:") {
		return false
	}
	head, body, ok := strings.Cut(link[5:], ",")
	if !ok {
		return false
	}
	m.u.prose(where, link[:5]+head, 0)
	head, encoded := strings.CutSuffix(strings.ToLower(head), ";base64")
	mediaType, params, _ := strings.Cut(head, ";")
	if mediaType == "" {
		mediaType = "text/plain"
	}
	_, charset, _ := strings.Cut(params, "charset=")
	c := content{where: where, mediaType: mediaType, charset: charset, inline: true, data: percentBytes(body)}
	if encoded {
		data, err := base64.RawStdEncoding.DecodeString(strings.TrimRight(removeSpace(string(c.data)), "="))
		if err != nil {
			m.u.unread(where, mediaType, whyEncoded)
			return true
		}
		c.data = data
	}
	if m.depth+1 > m.r.lim.Depth {
		m.u.unread(where, mediaType, whyDepth)
		return true
	}
	m.r.content(m.u, c, m.depth+1)
	return true
}

func removeSpace(s string) string { return strings.Join(strings.Fields(s), "") }
