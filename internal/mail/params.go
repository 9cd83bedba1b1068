package mail

import (
	"slices"
	"strconv"
	"strings"
)

// media is the body of a Content-Type or Content-Disposition field.
type media struct {
	value  string            // lower case
	params map[string]string // by lower-case name, decoded; nil when there are none
	fault  FaultKind         // the worst that happened, or 0
}

// segment is a piece of a parameter (RFC 2231 §3).
type segment struct {
	index    int // -1: not continued
	extended bool
	text     string
}

// parseParams reads a value with parameters. Tolerated: missing semicolons,
// missing or stray quotes, spaces in file names, encoded words (RFC 2047) where
// RFC 2231 should stand. A parameter in the form of RFC 2231 wins over a plain
// one, the first of several plain ones wins.
func parseParams(s string) media {
	end := strings.IndexAny(s, "; \t(")
	if end < 0 {
		end = len(s)
	}
	m := media{value: strings.ToLower(s[:end])}
	segments := map[string][]segment{}
	for s = s[end:]; s != ""; {
		var name, value string
		name, value, s = cutParam(s)
		if name == "" {
			continue
		}
		base, seg := parseName(name)
		seg.text = value
		if seg.index == -1 && !seg.extended {
			m.plain(base, value)
			continue
		}
		segments[base] = append(segments[base], seg)
	}
	for base, list := range segments {
		text, fault := join(list)
		m.set(base, text)
		m.fault = worst(m.fault, fault)
	}
	return m
}

func (m *media) plain(name, value string) {
	if _, ok := m.params[name]; ok {
		return
	}
	if strings.Contains(value, "=?") {
		var fault FaultKind
		value, fault = decodeWords(value, false)
		m.fault = worst(m.fault, fault)
	}
	m.set(name, value)
}

func (m *media) set(name, value string) {
	if m.params == nil {
		m.params = make(map[string]string, 2)
	}
	m.params[name] = value
}

// cutParam takes the first parameter off s.
func cutParam(s string) (name, value, rest string) {
	s = strings.TrimLeft(s, "; \t")
	if strings.HasPrefix(s, "(") {
		_, rest, _ = strings.Cut(s, ")")
		return "", "", rest
	}
	end := strings.IndexAny(s, "=;")
	if end < 0 || s[end] == ';' {
		if end < 0 {
			return "", "", ""
		}
		return "", "", s[end:]
	}
	name = strings.ToLower(strings.TrimSpace(s[:end]))
	s = strings.TrimLeft(s[end+1:], " \t")
	if strings.HasPrefix(s, `"`) {
		value, rest = cutQuoted(s)
	} else {
		value, rest = cutBare(s, name)
	}
	return name, value, rest
}

// longestName bounds how far a parameter is looked for after a closing quote.
const longestName = 32

// cutQuoted takes a quoted string off s. What stands between the closing quote
// and the semicolon belongs to the value: its quotes were not escaped.
func cutQuoted(s string) (value, rest string) {
	var b strings.Builder
	i := 1
	for ; i < len(s) && s[i] != '"'; i++ {
		if s[i] == '\\' && i+1 < len(s) {
			i++
		}
		b.WriteByte(s[i])
	}
	rest = strings.TrimLeft(s[min(i+1, len(s)):], " \t")
	if rest == "" || rest[0] == ';' || rest[0] == '(' || nextParam(" "+rest[:min(len(rest), longestName)]) == 0 {
		return b.String(), rest
	}
	tail, rest := rest, ""
	if end := strings.IndexByte(tail, ';'); end >= 0 {
		tail, rest = tail[:end], tail[end:]
	}
	b.WriteString(`"` + strings.TrimSuffix(strings.TrimRight(tail, " \t"), `"`))
	return b.String(), rest
}

// cutBare takes an unquoted value off s. File names may have spaces in them.
func cutBare(s, name string) (value, rest string) {
	end := strings.IndexByte(s, ';')
	if end < 0 {
		end = len(s)
	}
	value, rest = s[:end], s[end:]
	if i := nextParam(value); i >= 0 {
		value, rest = s[:i], s[i:]
	}
	if !strings.HasPrefix(name, "filename") && !strings.HasPrefix(name, "name") {
		if i := strings.IndexAny(value, " \t"); i >= 0 && !strings.Contains(value, "=?") {
			value = value[:i]
		}
	}
	return strings.TrimRight(value, " \t"), rest
}

// nextParam is where in s white space and then a parameter (name, "=") start,
// or -1: the semicolon was forgotten.
func nextParam(s string) int {
	eq := -1
	for {
		i := strings.IndexByte(s[eq+1:], '=')
		if i < 0 {
			return -1
		}
		from := eq + 1
		eq = from + i
		start := strings.LastIndexAny(s[from:eq], " \t")
		if start < 0 {
			continue
		}
		start += from
		switch strings.ToLower(strings.TrimRight(s[start+1:eq], "0123456789*")) {
		case "charset", "boundary", "name", "filename", "format", "delsp", "type", "size":
			return start
		}
	}
}

// parseName splits "name*1*" into its base, index and whether it is
// percent-encoded.
func parseName(name string) (string, segment) {
	base, extended := strings.CutSuffix(name, "*")
	seg := segment{index: -1, extended: extended}
	if stem, number, ok := strings.Cut(base, "*"); ok {
		if n, err := strconv.Atoi(number); err == nil && n >= 0 {
			base, seg.index = stem, n
		}
	}
	return base, seg
}

// join puts the segments of one parameter in order and decodes them. Bytes are
// joined before the charset is applied, since senders split characters.
func join(list []segment) (string, FaultKind) {
	var fault FaultKind
	slices.SortStableFunc(list, func(a, b segment) int { return a.index - b.index })
	first := max(list[0].index, 0)
	var raw []byte
	label := ""
	for i, seg := range list {
		if first != 0 || i > 0 && seg.index != list[i-1].index+1 {
			fault = BadHeader
		}
		if !seg.extended {
			raw = append(raw, seg.text...)
			continue
		}
		text := seg.text
		if parts := strings.SplitN(text, "'", 3); i == 0 && len(parts) == 3 {
			label, text = parts[0], parts[2]
		}
		raw = appendUnescaped(raw, text)
	}
	text, _, kind := DecodeText(raw, label)
	fault = worst(kind, fault)
	if strings.Contains(text, "=?") {
		text, kind = decodeWords(text, false)
		fault = worst(kind, fault)
	}
	return text, fault
}

// appendUnescaped adds s with its percent escapes decoded.
func appendUnescaped(b []byte, s string) []byte {
	for i := 0; i < len(s); i++ {
		c := s[i]
		if c == '%' {
			if v, ok := hexByte(s[i+1:]); ok {
				c = v
				i += 2
			}
		}
		b = append(b, c)
	}
	return b
}
