package mail

import "strings"

// Address is one mailbox of an address list.
type Address struct {
	Name string // display name or comment, decoded, empty when absent
	Addr string // as written, without angle brackets and source route
}

// Addresses reads the value of an address field (RFC 5322 §3.4), decoded or
// not. It is tolerant (groups, comments, unquoted specials, semicolons between
// mailboxes, missing brackets) and drops no address: whatever looks like
// something@something anywhere in value, even in a display name or comment, is
// in the list, though possibly without its name.
func Addresses(value string) []Address {
	r := addressReader{seen: map[string]bool{}}
	if strings.Contains(value, "=?") {
		r.sweepLater(value)
		value, _ = decodeWords(value, true)
	}
	r.read(value)
	r.sweepLater(value)
	for _, v := range r.later {
		r.sweep(v)
	}
	return r.list
}

// addressReader is the state of one pass over an address list.
type addressReader struct {
	list    []Address
	seen    map[string]bool
	later   []string
	phrase  strings.Builder // outside brackets and comments, quotes removed
	plain   strings.Builder // the same, as written
	comment strings.Builder
	before  string // the phrase in front of angle
	angle   string
	hasAddr bool
	open    bool // a parenthesis is never closed: those from there on are text
}

func (r *addressReader) sweepLater(value string) { r.later = append(r.later, value) }

func (r *addressReader) read(s string) {
	for i := 0; i < len(s); {
		switch s[i] {
		case '"':
			i += r.quoted(s[i:])
		case '(':
			i += r.parenthesis(s[i:])
		case '<':
			i += r.bracket(s[i:])
		case ',', ';':
			r.flush()
			i++
		case ':':
			r.colon()
			i++
		default:
			end := strings.IndexAny(s[i:], `"(<,;:`)
			if end < 0 {
				end = len(s) - i
			}
			r.phrase.WriteString(s[i : i+end])
			r.plain.WriteString(s[i : i+end])
			i += end
		}
	}
	r.flush()
}

// colon ends the name of a group.
func (r *addressReader) colon() {
	if strings.Contains(r.plain.String(), "@") || r.hasAddr {
		r.phrase.WriteByte(':')
		r.plain.WriteByte(':')
		return
	}
	r.phrase.Reset()
	r.plain.Reset()
}

// quoted reads a quoted string; a lone quote is text.
func (r *addressReader) quoted(s string) int {
	var b strings.Builder
	for i := 1; i < len(s); i++ {
		switch {
		case s[i] == '"':
			r.phrase.WriteString(b.String())
			r.plain.WriteString(s[:i+1])
			return i + 1
		case s[i] == '\\' && i+1 < len(s):
			i++
		}
		b.WriteByte(s[i])
	}
	return 1
}

// parenthesis reads a comment; a lone one is text.
func (r *addressReader) parenthesis(s string) int {
	depth := 0
	for i := 0; i < len(s) && !r.open; i++ {
		switch s[i] {
		case '\\':
			i++
		case '(':
			depth++
		case ')':
			if depth--; depth == 0 {
				r.comment.WriteString(strings.TrimSpace(s[1:i]))
				return i + 1
			}
		}
	}
	r.open = true
	r.phrase.WriteByte('(')
	return 1
}

// bracket reads an address in angle brackets, which may lack the closing one.
func (r *addressReader) bracket(s string) int {
	end := strings.IndexAny(s[1:], "><,;") + 1
	closed := end > 0 && s[end] == '>'
	if end == 0 {
		end = len(s)
	}
	addr := s[1:end]
	if strings.HasPrefix(addr, "@") { // RFC 5322 §4.4: a source route
		if i := strings.LastIndexByte(addr, ':'); i >= 0 {
			addr = addr[i+1:]
		}
	}
	before := r.phrase.String()
	r.phrase.Reset()
	if r.hasAddr { // the comma was forgotten
		r.flush()
	}
	r.before, r.angle, r.hasAddr = before, strings.TrimSpace(addr), true
	if closed {
		end++
	}
	return end
}

// flush ends a mailbox.
func (r *addressReader) flush() {
	name := strings.TrimSpace(r.before + r.phrase.String())
	plain := strings.TrimSpace(r.plain.String())
	comment := r.comment.String()
	switch {
	case r.hasAddr:
		if name == "" {
			name = comment
		}
		r.add(Address{Name: name, Addr: r.angle})
	case strings.Contains(strings.Trim(plain, "@"), "@"):
		if !strings.ContainsAny(plain, " \t") || strings.HasPrefix(plain, `"`) {
			r.add(Address{Name: comment, Addr: plain})
		}
	}
	r.phrase.Reset()
	r.plain.Reset()
	r.comment.Reset()
	r.before, r.angle, r.hasAddr = "", "", false
}

func (r *addressReader) add(a Address) {
	if a.Addr == "" || r.seen[a.Addr] && a.Name == "" {
		return
	}
	r.seen[a.Addr] = true
	r.list = append(r.list, a)
}

// notInAddress ends a bare address in running text.
const notInAddress = " \t\r\n,;:<>()[]\"\\"

// sweep adds every bare address in s that was not found in its place.
func (r *addressReader) sweep(s string) {
	for start := 0; start < len(s); {
		end := strings.IndexAny(s[start:], notInAddress)
		if end < 0 {
			end = len(s) - start
		}
		if token := s[start : start+end]; strings.Contains(token, "@") {
			r.found(token)
		}
		start += end + 1
	}
}

// found adds the address in token and, if other text is glued to it, the part
// of it that is plain ASCII.
func (r *addressReader) found(token string) {
	token = strings.Trim(token, "@")
	at := strings.LastIndexByte(token, '@')
	if at < 0 {
		return
	}
	local, domain := token[:at], token[at+1:]
	r.bare(token)
	for i := len(local); i > 0; i-- {
		if local[i-1] >= 0x80 || local[i-1] == '@' {
			local = local[i:]
			break
		}
	}
	for i := range len(domain) {
		if domain[i] >= 0x80 {
			domain = domain[:i]
			break
		}
	}
	if local != "" && domain != "" {
		r.bare(local + "@" + domain)
	}
}

func (r *addressReader) bare(addr string) {
	if !r.seen[addr] {
		r.add(Address{Addr: addr})
	}
}
