package office

import (
	"strconv"
	"strings"
	"unicode/utf8"
)

// handler is told what stands in an XML text, in its order. Every start has its
// end, even where the text has none.
type handler interface {
	start(t tag)
	end(name string, at int) // at is the offset of the end tag
	text(s string)           // character data, decoded
	aside(s string)          // comments, processing instructions, declarations
}

// tag is a start tag. Names are local: prefixes are anybody's choice.
type tag struct {
	name   string
	attrs  string // source of the attributes
	inside int    // offset of what follows the tag
}

// mostOpen bounds how deep elements may be nested.
const mostOpen = 1000

// walk reads XML by tokens (XML 1.0 §2.1 to §3.1), without a tree, and tells what
// is wrong with it or "". It goes on where a strict parser stops: what is no
// markup is text. Nothing is resolved, no entity but the five that need no
// declaration.
func walk(src string, h handler) (why string) {
	w := walker{src: src, h: h}
	if strings.Contains(src, "<!ENTITY") {
		w.why = WhyEntities
	}
	for w.pos < len(src) && w.why != WhyDepth {
		w.next()
	}
	for len(w.open) > 0 {
		w.broken()
		w.pop()
	}
	return w.why
}

type walker struct {
	src  string
	pos  int
	h    handler
	open []string // names with their prefixes
	why  string
}

func (w *walker) broken() {
	if w.why == "" {
		w.why = WhyBroken
	}
}

// next reads one token. Whatever it does not understand it takes for text up to
// the next bracket, so that the work is linear.
func (w *walker) next() {
	rest := w.src[w.pos:]
	if rest[0] != '<' {
		end := strings.IndexByte(rest, '<')
		if end < 0 {
			end = len(rest)
		}
		w.pos += end
		w.data(rest[:end])
		return
	}
	switch {
	case strings.HasPrefix(rest, "<!--"):
		w.enclosed(rest, "<!--", "-->", w.h.aside)
	case strings.HasPrefix(rest, "<![CDATA["):
		w.enclosed(rest, "<![CDATA[", "]]>", w.h.text)
	case strings.HasPrefix(rest, "<?"):
		w.enclosed(rest, "<?", "?>", func(s string) {
			if !strings.HasPrefix(s, "xml ") {
				w.h.aside(s)
			}
		})
	case strings.HasPrefix(rest, "<!"):
		w.enclosed(rest, "<!", ">", w.h.aside)
	case strings.HasPrefix(rest, "</"):
		w.enclosed(rest, "</", ">", func(s string) { w.close(strings.TrimRight(s, blank)) })
	default:
		w.element(rest)
	}
}

const blank = " \t\r\n"

// enclosed passes what stands between two marks to do. Without the second one
// all the rest does.
func (w *walker) enclosed(rest, opens, closes string, do func(string)) {
	inner := rest[len(opens):]
	end := strings.Index(inner, closes)
	if end < 0 {
		w.broken()
		w.pos = len(w.src)
		w.h.aside(inner)
		return
	}
	do(inner[:end])
	w.pos += len(opens) + end + len(closes)
}

func (w *walker) data(s string) {
	text, ok := unescape(s)
	if !ok || len(w.open) == 0 && strings.Trim(s, blank+"\uFEFF") != "" {
		w.broken()
	}
	w.h.text(text)
}

// element reads a start tag, or a bracket that opens none.
func (w *walker) element(rest string) {
	if len(rest) < 2 || !nameStart(rest[1]) {
		w.broken()
		w.pos++
		w.h.text(rest[:1])
		return
	}
	end := tagEnd(rest)
	if end < 0 {
		w.broken()
		w.pos = len(w.src)
		w.h.text(rest)
		return
	}
	if len(w.open) == mostOpen {
		w.why = WhyDepth
		return
	}
	inner := rest[1:end]
	name := inner
	if i := strings.IndexAny(inner, blank+"/"); i >= 0 {
		name = inner[:i]
	}
	attrs, empty := strings.CutSuffix(inner[len(name):], "/")
	w.pos += end + 1
	w.open = append(w.open, name)
	w.h.start(tag{name: local(name), attrs: attrs, inside: w.pos})
	if prefix := prefixOf(name); Telling(prefix) {
		w.h.aside(prefix)
	}
	if empty {
		w.pop()
	}
}

// tagEnd is the offset of the > that ends the tag at the begin of s, or -1.
func tagEnd(s string) int {
	for i := 1; i < len(s); i++ {
		switch s[i] {
		case '>':
			return i
		case '"', '\'':
			end := strings.IndexByte(s[i+1:], s[i])
			if end < 0 {
				return -1
			}
			i += 1 + end
		}
	}
	return -1
}

func nameStart(c byte) bool {
	return 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || c == '_' || c == ':' || c >= 0x80
}

// mostMisplaced is how many elements an end tag may close at once.
const mostMisplaced = 16

// close ends the element called name, and those within it that are still open.
func (w *walker) close(name string) {
	for i := len(w.open) - 1; i >= max(0, len(w.open)-mostMisplaced); i-- {
		if w.open[i] != name {
			w.broken()
			continue
		}
		for len(w.open) > i {
			w.pop()
		}
		return
	}
	w.broken()
	if Telling(name) {
		w.h.aside(name)
	}
}

func (w *walker) pop() {
	last := len(w.open) - 1
	w.h.end(local(w.open[last]), w.pos)
	w.open = w.open[:last]
}

func local(name string) string { return name[strings.LastIndexByte(name, ':')+1:] }

func prefixOf(name string) string { return name[:strings.LastIndexByte(name, ':')+1] }

// each calls do with every attribute, its name local and its value decoded.
// Namespaces are none. What is no attribute, and odd prefixes and namespaces, are
// given as values without name.
func (t tag) each(do func(name, value string)) {
	for s := strings.TrimLeft(t.attrs, blank); s != ""; s = strings.TrimLeft(s, blank) {
		name, rest, ok := strings.Cut(s, "=")
		rest = strings.TrimLeft(rest, blank)
		if !ok || rest == "" || rest[0] != '"' && rest[0] != '\'' {
			do("", s)
			return
		}
		value, after, _ := strings.Cut(rest[1:], rest[:1])
		s = after
		name = strings.TrimRight(name, blank)
		value, _ = unescape(value)
		if prefix := prefixOf(name); Telling(prefix) {
			do("", prefix)
		}
		switch space := name == "xmlns" || strings.HasPrefix(name, "xmlns:"); {
		case !space:
			do(local(name), value)
		case Telling(name), Telling(value):
			do("", name+"="+value)
		}
	}
}

// attr is the value of an attribute, or "".
func (t tag) attr(name string) (value string) {
	if !strings.Contains(t.attrs, name) {
		return ""
	}
	t.each(func(n, v string) {
		if n == name {
			value = v
		}
	})
	return value
}

// unescape decodes character references and the five predefined entities (XML
// 1.0 §4.1, §4.6). ok is false where another one stays as it is.
func unescape(s string) (text string, ok bool) {
	next := strings.IndexByte(s, '&')
	if next < 0 {
		return s, true
	}
	ok = true
	var b strings.Builder
	b.Grow(len(s))
	for next >= 0 {
		b.WriteString(s[:next])
		s = s[next:]
		end := strings.IndexByte(s[:min(len(s), 12)], ';')
		c, known := rune(0), false
		if end > 0 {
			c, known = reference(s[1:end])
		}
		if known {
			b.WriteRune(c)
			s = s[end+1:]
		} else {
			ok = false
			b.WriteByte('&')
			s = s[1:]
		}
		next = strings.IndexByte(s, '&')
	}
	b.WriteString(s)
	return b.String(), ok
}

func reference(name string) (rune, bool) {
	switch name {
	case "lt":
		return '<', true
	case "gt":
		return '>', true
	case "amp":
		return '&', true
	case "quot":
		return '"', true
	case "apos":
		return '\'', true
	}
	digits, base := strings.TrimPrefix(name, "#"), 10
	if digits == name {
		return 0, false
	}
	if hex := strings.TrimPrefix(digits, "x"); hex != digits {
		digits, base = hex, 16
	}
	n, err := strconv.ParseUint(digits, base, 21)
	if err != nil {
		return 0, false
	}
	if !utf8.ValidRune(rune(n)) || n == 0 { //nolint:gosec // 21 bits
		n = utf8.RuneError
	}
	return rune(n), true //nolint:gosec // 21 bits
}
