package extract

import (
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
	if m.r.dataLink(m.u, where, a.Val, m.depth) {
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
