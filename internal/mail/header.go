package mail

import (
	"bytes"
	"strings"
)

// block is a header block as it was found.
type block struct {
	start, end int    // offsets in parser.raw; end is where the body begins
	stray      []Span // lines amid the fields that are no field, offsets in parser.raw
	doubt      string // why clients may see another end of the block, or ""
	over       string // the limit that was reached, or ""
}

// header finds the fields of part in the block that starts at start, sets
// Header and the Raw of each field, and notes what is no field.
//
// The block ends with an empty line, before a delimiter, or at the end of the
// mail. Lines after the last field that are no field belong to the body: the
// empty line was forgotten.
func (p *parser) header(part *Part, start int, pl place) block {
	s := headerScan{parser: p, part: part, pl: pl, block: block{start: start}}
	s.run()
	part.Header = pl.span(start, s.end)
	for _, stray := range s.stray {
		part.fault(BadHeader, pl.span(stray.Start, stray.End), "a line that is no header field")
	}
	if len(s.stray) > 0 {
		s.doubt = "stray lines"
	}
	return s.block
}

// headerScan is the state of one pass over a header block.
type headerScan struct {
	*parser
	block
	part    *Part
	pl      place
	inStray bool
	blank   bool // a folded line of white space only
	kept    int  // stray lines that have a field after them

	contentType, encoding string // the first such field so far
	own                   string // boundary in contentType, read when first needed
	ownRead               bool
	noted                 int // fields that endField has seen
}

func (s *headerScan) run() {
	for at := s.start; ; {
		next := lineEnd(s.raw, at)
		line := bytes.TrimRight(s.raw[at:next], "\r\n")
		switch {
		case next == at || s.isDelimiter(at, next):
			s.finishEarly(at)
			return
		case next-s.start > s.left.HeaderBytes:
			s.end, s.over = at, "a header block that is too long"
			return
		case len(line) == 0:
			s.finishAtEmptyLine(next)
			return
		case line[0] == ' ' || line[0] == '\t':
			s.continuation(at, next)
		case isField(line):
			if len(s.part.Fields) == s.left.Fields {
				s.end, s.over = at, "too many header fields"
				return
			}
			if s.blank {
				s.doubt = "a line of white space amid the header"
			}
			s.endField()
			s.part.Fields = append(s.part.Fields, Field{Raw: s.pl.span(at, next)})
			s.inStray, s.kept = false, len(s.stray)
		default:
			s.strayLine(at, next)
		}
		at = next
	}
}

// finishEarly ends a block that has no empty line.
func (s *headerScan) finishEarly(at int) {
	s.end = at
	if s.kept < len(s.stray) {
		s.end = s.stray[s.kept].Start
		s.dropTrailing()
	} else {
		s.doubt = "a header without an end"
	}
}

// finishAtEmptyLine ends the block at the empty line before next, or before
// the lines that follow the last field. For an encoded body those lines stay
// stray, since they would break what follows.
func (s *headerScan) finishAtEmptyLine(next int) {
	s.endField()
	if s.kept == len(s.stray) || !encodingOf(s.encoding).identity() {
		s.end = next
		return
	}
	s.finishEarly(next)
}

func (s *headerScan) dropTrailing() {
	first := s.stray[s.kept]
	line := bytes.TrimRight(s.raw[first.Start:first.End], "\r\n") // the line break may belong to a delimiter
	s.part.fault(BadHeader, s.pl.span(first.Start, first.Start+len(line)), "no empty line between header and body")
	s.stray = s.stray[:s.kept]
}

// continuation adds a folded line to what it continues.
func (s *headerScan) continuation(at, next int) {
	if s.inStray || len(s.part.Fields) == 0 {
		s.strayLine(at, next)
		return
	}
	s.part.Fields[len(s.part.Fields)-1].Raw.End = next - s.pl.base
	s.blank = s.blank || len(bytes.TrimSpace(s.raw[at:next])) == 0
}

func (s *headerScan) strayLine(at, next int) {
	s.inStray = true
	if n := len(s.stray); n > s.kept && s.stray[n-1].End == at {
		s.stray[n-1].End = next
		return
	}
	s.stray = append(s.stray, Span{at, next})
}

// isDelimiter tells whether the line is a boundary line: of an open multipart,
// or of the one whose header this is.
func (s *headerScan) isDelimiter(at, next int) bool {
	line := s.raw[at:next]
	if !bytes.HasPrefix(line, []byte("--")) {
		return false
	}
	if _, _, ok := s.match(line); ok {
		return true
	}
	s.endField()
	if !s.ownRead && s.contentType != "" {
		s.ownRead, s.own = true, parseParams(s.contentType).params["boundary"]
	}
	return s.own != "" && string(bytes.TrimRight(line[2:], " \t\r\n")) == s.own
}

// endField notes the last field, now that it is complete, if it says how to
// read the body.
func (s *headerScan) endField() {
	n := len(s.part.Fields)
	if n == s.noted {
		return
	}
	s.noted = n
	r := s.part.Fields[n-1].Raw
	raw := s.raw[r.Start+s.pl.base : r.End+s.pl.base]
	if raw[0]|0x20 != 'c' {
		return
	}
	note := func(name string, body *string) {
		if *body == "" && len(raw) > len(name) && strings.EqualFold(string(raw[:len(name)]), name) {
			*body = fieldBody(string(raw))
		}
	}
	note("content-type", &s.contentType)
	note("content-transfer-encoding", &s.encoding)
}

// isField tells whether line starts a field: printable ASCII and a colon, with
// white space before the colon tolerated (RFC 5322 §2.2, §4.5).
func isField(line []byte) bool {
	colon := bytes.IndexByte(line, ':')
	if colon <= 0 {
		return false
	}
	name := bytes.TrimRight(line[:colon], " \t")
	for _, c := range name {
		if c <= ' ' || c > '~' {
			return false
		}
	}
	return len(name) > 0
}

// fieldBody is what follows the colon, unfolded and trimmed.
func fieldBody(field string) string {
	if i := strings.IndexByte(field, ':'); i >= 0 {
		field = field[i+1:]
	}
	return unfold(strings.Trim(field, " \t\r\n"))
}

// unfold removes line breaks (RFC 5322 §2.2.3).
func unfold(s string) string {
	if strings.IndexByte(s, '\n') < 0 {
		return s
	}
	var b strings.Builder
	b.Grow(len(s))
	for {
		i := strings.IndexByte(s, '\n')
		if i < 0 {
			b.WriteString(s)
			return b.String()
		}
		b.WriteString(strings.TrimRight(s[:i], "\r"))
		s = s[i+1:]
	}
}
