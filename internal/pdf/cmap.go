package pdf

import (
	"cmp"
	"slices"
	"unicode/utf16"
)

// cmap is a character map (ISO 32000-2 §9.7.5, §9.10.3): from codes to CIDs, or
// to text.
type cmap struct {
	spaces   []codespace
	maps     []mapping // by first code
	reach    []uint32  // the last code of all mappings up to each
	vertical bool
	use      name // the predefined map it adds to
	base     *cmap
}

// codespace is a range of codes of one length: each byte lies between those of
// lo and hi.
type codespace struct {
	length int
	lo, hi [4]byte
}

// mapping is a range of codes. Text and CID count up with the code.
type mapping struct {
	lo, hi uint32
	cid    uint32
	text   []uint16 // UTF-16; nil for a mapping to CIDs
}

const maxSpaces = 256

// readCMap reads the stream of a character map. What it does not know it skips,
// as a PostScript interpreter would have done something else with it.
func readCMap(data []byte, b *budget) *cmap {
	m := &cmap{}
	l := lexer{src: data, b: b}
	var args []any
	for !b.over {
		switch v := l.next().(type) {
		case end:
			m.sort(b)
			return m
		case operator:
			m.do(v, args)
			args = args[:0]
		default:
			args = append(args, v)
		}
	}
	return m
}

func (m *cmap) do(op operator, args []any) {
	switch op {
	case "endcodespacerange":
		for ; len(args) >= 2 && len(m.spaces) < maxSpaces; args = args[2:] {
			lo, ok := args[0].(octets)
			hi, also := args[1].(octets)
			if ok && also && len(lo) == len(hi) && len(lo) > 0 && len(lo) <= 4 {
				s := codespace{length: len(lo)}
				copy(s.lo[:], lo)
				copy(s.hi[:], hi)
				m.spaces = append(m.spaces, s)
			}
		}
	case "endbfchar", "endcidchar":
		for ; len(args) >= 2; args = args[2:] {
			m.add(args[0], args[0], args[1])
		}
	case "endbfrange", "endcidrange":
		for ; len(args) >= 3; args = args[3:] {
			m.add(args[0], args[1], args[2])
		}
	case "usecmap":
		if n := len(args); n > 0 {
			m.use, _ = args[n-1].(name)
		}
	case "def":
		if n := len(args); n >= 2 && args[n-2] == name("WMode") {
			m.vertical = args[n-1] == 1.0
		}
	}
}

func (m *cmap) add(from, to, value any) {
	lo, ok := from.(octets)
	hi, also := to.(octets)
	if !ok || !also || len(lo) > 4 || len(hi) > 4 {
		return
	}
	r := mapping{lo: codeOf(lo), hi: codeOf(hi)}
	if r.hi < r.lo {
		return
	}
	switch v := value.(type) {
	case octets:
		r.text = utf16Of(v)
	case float64:
		r.cid = uint32(max(v, 0))
	case array:
		for i, v := range v {
			s, ok := v.(octets)
			if code := r.lo + uint32(i); ok && code <= r.hi {
				m.maps = append(m.maps, mapping{lo: code, hi: code, text: utf16Of(s)})
			}
		}
		return
	default:
		return
	}
	m.maps = append(m.maps, r)
}

func codeOf(s octets) (code uint32) {
	for i := range len(s) {
		code = code<<8 | uint32(s[i])
	}
	return code
}

// utf16Of are the units of a UTF-16BE string; one byte is one unit. It is never
// nil.
func utf16Of(s octets) []uint16 {
	if len(s) == 1 {
		return []uint16{uint16(s[0])}
	}
	units := make([]uint16, len(s)/2)
	for i := range units {
		units[i] = uint16(s[2*i])<<8 | uint16(s[2*i+1])
	}
	return units
}

func (m *cmap) sort(b *budget) {
	b.spend(8 * len(m.maps))
	slices.SortStableFunc(m.maps, func(a, b mapping) int { return cmp.Compare(a.lo, b.lo) })
	m.reach = make([]uint32, len(m.maps))
	last := uint32(0)
	for i, r := range m.maps {
		last = max(last, r.hi)
		m.reach[i] = last
	}
}

// find returns the mapping of a code: of several the one that begins last, and
// of those the one written last.
func (m *cmap) find(code uint32, b *budget) (mapping, bool) {
	if m == nil {
		return mapping{}, false
	}
	i, _ := slices.BinarySearchFunc(m.maps, code, func(r mapping, code uint32) int {
		if r.lo <= code {
			return -1
		}
		return 1
	})
	for i--; i >= 0 && m.reach[i] >= code && b.spend(1); i-- {
		if m.maps[i].hi >= code {
			return m.maps[i], true
		}
	}
	return mapping{}, false
}

// textOf gives the text of a code, if there is one.
func (m *cmap) textOf(code uint32, b *budget) (string, bool) {
	r, ok := m.find(code, b)
	if !ok || r.text == nil {
		return "", false
	}
	units := r.text
	if n := len(units); n > 0 && code > r.lo {
		units = slices.Clone(units)
		units[n-1] += uint16(code - r.lo)
	}
	return string(utf16.Decode(units)), true
}

func (m *cmap) cid(code uint32, b *budget) (uint32, bool) {
	r, ok := m.find(code, b)
	if !ok || r.text != nil {
		return 0, false
	}
	return r.cid + code - r.lo, true
}

// length tells how many bytes of s are the next code: the shortest that lies in
// a code space, else all of the shortest length there is.
func (m *cmap) length(s octets) int {
	shortest := 4
	for n := 1; n <= min(4, len(s)); n++ {
		for i := range m.spaces {
			c := &m.spaces[i]
			shortest = min(shortest, c.length)
			if c.length == n && c.holds(s) {
				return n
			}
		}
	}
	if len(m.spaces) == 0 {
		shortest = 2
	}
	return min(shortest, len(s))
}

func (c *codespace) holds(s octets) bool {
	for i := range c.length {
		if s[i] < c.lo[i] || s[i] > c.hi[i] {
			return false
		}
	}
	return true
}
