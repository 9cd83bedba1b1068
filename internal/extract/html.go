package extract

import (
	"strings"

	"golang.org/x/net/html"

	"github.com/kakitome/kakitome/internal/flow"
)

// markupDepth bounds markup within comments and attributes within markup;
// deeper it is added as it stands.
const markupDepth = 4

// markup is one reading of HTML or XML by tokens: one flow of shown text, and
// beside it runs for attributes, comments, scripts and ruby. There is no tree,
// so nesting costs nothing. Hidden text is read as if it were shown.
type markup struct {
	u     *unit
	r     *reader
	where string
	xml   bool
	depth int // files inside files
	level int // markup inside comments inside markup

	body, ruby flow.Text
	inRuby     bool
	pre        int
	raw        string                  // the element whose text comes next unparsed: script, style, title, textarea
	seen       map[html.Attribute]bool // added already: mails repeat their styles and links
}

// markup reads HTML or XML text into u.
func (r *reader) markup(u *unit, where, text string, xml bool, depth int) {
	m := &markup{u: u, r: r, where: where, xml: xml, depth: depth, seen: map[html.Attribute]bool{}}
	m.read(text)
}

// within reads what may be markup inside of markup, into runs of its own so
// that the flow around it is not interrupted.
func (m *markup) within(what, text string) {
	where := m.where + " " + what
	if m.level == markupDepth || !strings.Contains(text, "<") {
		m.u.prose(where, html.UnescapeString(text), 0)
		return
	}
	inner := &markup{u: m.u, r: m.r, where: where, xml: m.xml, depth: m.depth, level: m.level + 1, seen: m.seen}
	inner.read(text)
}

func (m *markup) read(text string) {
	z := html.NewTokenizer(strings.NewReader(text))
	z.AllowCDATA(m.xml)
	done := 0
	for kind := z.Next(); kind != html.ErrorToken; kind = z.Next() {
		source := text[done : done+len(z.Raw())]
		done += len(source)
		m.token(z.Token(), source)
		if kind == html.StartTagToken || kind == html.SelfClosingTagToken {
			if m.raw == "" {
				z.NextIsNotRawText()
			}
		}
	}
	line := 1
	if m.level > 0 {
		line = 0
	}
	m.u.prose(m.where, m.body.String(), line)
	m.u.prose(m.where+" ruby", m.ruby.String(), 0)
	// What the tokenizer gave up on: a tag that never ends.
	m.u.prose(m.where+" markup", html.UnescapeString(text[done:]), 0)
}

// token takes one token; source is how it was written.
func (m *markup) token(t html.Token, source string) {
	switch t.Type {
	case html.TextToken:
		m.text(t.Data, source)
	case html.StartTagToken, html.SelfClosingTagToken:
		m.raw = ""
		if !m.xml && unparsed[t.Data] {
			m.raw = t.Data
		}
		m.oddTag(t, source)
		m.separate(t.Data, t.Type == html.StartTagToken)
		for _, a := range t.Attr {
			m.attribute(a)
		}
	case html.EndTagToken:
		m.raw = ""
		m.oddTag(t, source)
		m.separate(t.Data, false)
	case html.CommentToken:
		m.within("comment", conditional(t.Data))
	case html.DoctypeToken:
		if strings.Contains(source, "<!ENTITY") {
			m.u.unread(m.where, "", whyEntities)
		}
		m.u.prose(m.where+" doctype", t.Data, 0)
	case html.ErrorToken:
	}
}

// unparsed are the elements whose content is no markup. Others that browsers
// treat so (noscript, noframes, xmp …) are shown by mail programs.
var unparsed = map[string]bool{"script": true, "style": true, "textarea": true, "title": true}

func (m *markup) text(text, source string) {
	switch m.raw {
	case "":
		if m.pre > 0 {
			m.shown().AddRaw(text)
		} else {
			m.shown().Add(text)
		}
	case "script":
		where := m.where + " script"
		m.u.prose(where, text, 0)
		m.u.also(where, text, unescapeJSON(text))
		m.encoded(where, text)
	default:
		where := m.where + " " + m.raw
		m.u.prose(where, text, 0)
		m.encoded(where, text)
	}
	// An element that never ends swallows the rest; some programs show it.
	if m.raw != "" && strings.Contains(source, "</") {
		m.within(m.raw, source)
	}
}

func (m *markup) shown() *flow.Text {
	if m.inRuby {
		return &m.ruby
	}
	return &m.body
}

// separate keeps apart what is displayed apart: blocks by a newline, cells by a
// tab, inline elements by nothing. Readings in ruby go beside the flow, since
// they stand above the text and not in it.
func (m *markup) separate(tag string, opens bool) {
	switch {
	case m.xml:
		m.body.Separate(flow.Newline)
		return
	case tag == "rt", tag == "rp", tag == "rtc":
		m.inRuby = opens
		return
	case tag == "ruby", tag == "rb":
		m.inRuby = false
		return
	case tag == "td", tag == "th":
		m.inRuby = false
		m.body.Separate(flow.Tab)
		m.ruby.Separate(flow.Tab)
		return
	case !blocks[tag]:
		return
	case tag == "pre" && opens:
		m.pre++
	case tag == "pre":
		m.pre = max(0, m.pre-1)
	}
	m.inRuby = false
	m.body.Separate(flow.Newline)
	m.ruby.Separate(flow.Newline)
}

// blocks are the elements that start and end a line when displayed.
var blocks = func() map[string]bool {
	set := map[string]bool{}
	for _, tag := range strings.Fields(`address article aside blockquote body br button caption center dd details dialog
		dir div dl dt fieldset figcaption figure footer form frame frameset h1 h2 h3 h4 h5 h6 head header hgroup hr html
		iframe input legend li link main map menu meta nav noembed noframes noscript object ol optgroup option p
		plaintext pre script search section select style summary table tbody template textarea tfoot thead title tr ul
		video audio xmp`) {
		set[tag] = true
	}
	return set
}()

// oddTag adds tags that no HTML author wrote, as they stand: <taro@example.jp>
// is an address that a program displays as nothing. It also does so where the
// tokenizer gives fewer attributes than there are: all in end tags, and a
// second one of the same name.
func (m *markup) oddTag(t html.Token, source string) {
	known := t.DataAtom != 0 || strings.ContainsAny(t.Data, ":-") || m.xml
	if !known || !plainName(t.Data) || countAttributes(source) != len(t.Attr) {
		m.u.prose(m.where+" markup", html.UnescapeString(source), 0)
	}
}

// countAttributes counts the attributes in the source of a tag (HTML standard
// §13.2.5.32 to .40).
func countAttributes(tag string) int {
	const blank = " \t\r\n\f"
	count := 0
	s := cutBefore(tag[min(2, len(tag)):], blank+"/>") // the first / may be that of an end tag
	for {
		s = strings.TrimLeft(s, blank+"/")
		if s == "" || s[0] == '>' {
			return count
		}
		count++
		s = strings.TrimLeft(cutBefore(s[1:], blank+"/>="), blank) // a first = belongs to the name
		if !strings.HasPrefix(s, "=") {
			continue
		}
		s = strings.TrimLeft(s[1:], blank)
		switch {
		case s == "":
		case s[0] == '"' || s[0] == '\'':
			s = cutBefore(s[1:], s[:1])
			s = s[min(1, len(s)):]
		default:
			s = cutBefore(s, blank+">")
		}
	}
}

// cutBefore returns s from the first of the characters in chars.
func cutBefore(s, chars string) string {
	if i := strings.IndexAny(s, chars); i >= 0 {
		return s[i:]
	}
	return ""
}

// plainName tells whether a tag or attribute name looks like one.
func plainName(name string) bool {
	digits := 0
	for i := range len(name) {
		switch c := name[i]; {
		case '0' <= c && c <= '9':
			digits++
		case 'a' <= c && c <= 'z', c == ':', c == '-', c == '_', c == '.':
		default:
			return false
		}
	}
	return digits < 5 && len(name) <= 40
}

// conditional returns what a comment holds, without the condition of Microsoft's
// conditional comments.
func conditional(comment string) string {
	if !strings.HasPrefix(strings.TrimSpace(comment), "[") {
		return comment
	}
	condition, rest, ok := strings.Cut(comment, "]>")
	if !ok {
		condition, rest = strings.TrimSuffix(strings.TrimSpace(comment), "]"), ""
	}
	condition = strings.TrimSpace(condition)
	words := strings.Map(func(c rune) rune {
		if strings.ContainsRune("[]!&|() ", c) {
			return -1
		}
		return c
	}, strings.ToLower(condition))
	if condition != "[endif" && !strings.HasPrefix(condition, "[if ") || !plainName(words) {
		return comment
	}
	return strings.TrimSuffix(strings.TrimSuffix(rest, "<![endif]"), "<!")
}
