package mail

import (
	"bytes"
	"strings"
)

// delimiter is a boundary line, or the end of the mail.
type delimiter struct {
	span   Span // from the line break before it to the end of its line (RFC 2046 §5.1.1)
	level  int  // number of multiparts around the one it belongs to; -1 at the end of the mail
	closes bool
}

// boundaries are those of the open multiparts, outermost first.
type boundaries struct {
	open    []boundary
	level   map[string]int // innermost open level of each boundary
	longest int
}

type boundary struct {
	text   string
	hidden int // level of an outer multipart with the same boundary, or -1
}

func (b *boundaries) push(text string) int {
	if b.level == nil {
		b.level = make(map[string]int)
	}
	hidden, ok := b.level[text]
	if !ok {
		hidden = -1
	}
	level := len(b.open)
	b.open = append(b.open, boundary{text, hidden})
	b.level[text] = level
	b.longest = max(b.longest, len(text))
	return level
}

func (b *boundaries) pop() {
	last := b.open[len(b.open)-1]
	b.open = b.open[:len(b.open)-1]
	if last.hidden < 0 {
		delete(b.level, last.text)
	} else {
		b.level[last.text] = last.hidden
	}
}

// match tells whether line, which starts with "--", is a delimiter of an open
// multipart. Trailing white space is transport padding (RFC 2046 §5.1.1).
func (b *boundaries) match(line []byte) (level int, closes, ok bool) {
	if len(b.open) == 0 {
		return 0, false, false
	}
	text := bytes.TrimRight(line[2:], " \t\r\n")
	if len(text) > b.longest+2 {
		return 0, false, false
	}
	if level, ok = b.level[string(text)]; ok {
		return level, false, true
	}
	text, closes = bytes.CutSuffix(text, []byte("--"))
	if closes {
		level, ok = b.level[string(text)]
	}
	return level, closes, ok
}

// next finds the first delimiter at or after the line start from.
func (p *parser) next(from int) delimiter {
	end := len(p.raw)
	if len(p.open) == 0 {
		return delimiter{span: Span{end, end}, level: -1}
	}
	for at := from; at < end; {
		if !bytes.HasPrefix(p.raw[at:], []byte("--")) {
			i := bytes.Index(p.raw[at:], []byte("\n--"))
			if i < 0 {
				break
			}
			at += i + 1
		}
		after := lineEnd(p.raw, at)
		if level, closes, ok := p.match(p.raw[at:after]); ok {
			return delimiter{span: Span{p.breakBefore(at, from), after}, level: level, closes: closes}
		}
		at = after
	}
	return delimiter{span: Span{end, end}, level: -1}
}

// nextOutside is next, but passes over the delimiters of the innermost open
// multipart.
func (p *parser) nextOutside(from int) delimiter {
	own := len(p.open) - 1
	d := p.next(from)
	for d.level == own {
		d = p.next(d.span.End)
	}
	return d
}

// bareDelimiter tells whether s holds a delimiter for clients that end lines at
// a carriage return alone.
func (p *parser) bareDelimiter(s Span) bool {
	if len(p.open) == 0 {
		return false
	}
	for body := p.raw[s.Start:s.End]; ; {
		i := bytes.Index(body, []byte("\r--"))
		if i < 0 {
			return false
		}
		body = body[i+1:]
		end := bytes.IndexAny(body, "\r\n")
		if end < 0 {
			end = len(body)
		}
		if _, _, ok := p.match(body[:end]); ok {
			return true
		}
		body = body[end:]
	}
}

// breakBefore is where the line break before the line at at starts, but not
// before floor.
func (p *parser) breakBefore(at, floor int) int {
	if at > floor && p.raw[at-1] == '\n' {
		at--
		if at > floor && p.raw[at-1] == '\r' {
			at--
		}
	}
	return at
}

// lineEnd is the offset after the line break of the line at at.
func lineEnd(raw []byte, at int) int {
	if i := bytes.IndexByte(raw[at:], '\n'); i >= 0 {
		return at + i + 1
	}
	return len(raw)
}

// multipart reads the children of part, whose body starts at start.
func (p *parser) multipart(part *Part, start int, pl place, enc transferEncoding) delimiter {
	text := strings.TrimRight(part.Params["boundary"], " \t\r\n")
	if over := p.overLimit(pl.depth + 1); over != "" {
		d := p.next(start)
		p.unsplit(part, Span{start, d.span.Start}, pl, enc)
		part.fault(OverLimit, part.Body, over)
		return d
	}
	if text == "" {
		text = "\n" // on no line
	}
	level := p.push(text)
	d := p.next(start)
	if d.level != level {
		p.pop()
		p.unsplit(part, Span{start, d.span.Start}, pl, enc)
		part.fault(BadStructure, part.Body, "a multipart without its boundary")
		return d
	}
	part.outside(p.raw, Span{start, d.span.Start}, pl, &part.Preamble)
	if !enc.identity() { // RFC 2045 §6.4 forbids it; clients ignore it
		part.fault(BadHeader, part.Header, "a multipart with a transfer encoding")
	}
	d = p.children(part, d, pl)
	p.pop()
	part.Body = pl.span(start, d.span.Start)
	return d
}

// unsplit reads a multipart that cannot be split as one leaf of text.
func (p *parser) unsplit(part *Part, s Span, pl place, enc transferEncoding) {
	part.Body = pl.span(s.Start, s.End)
	part.decodeContent(p.raw[s.Start:s.End], enc)
	part.decodeText()
}

// children reads the parts from the delimiter d on, which is part's own, until
// a delimiter that is not.
func (p *parser) children(part *Part, d delimiter, pl place) delimiter {
	own, closed, resumed := d.level, false, false
	inner := place{base: pl.base, depth: pl.depth + 1, mediaType: defaultType}
	if part.MediaType == "multipart/digest" {
		inner.mediaType = digestType
	}
	for d.level == own {
		if closed && !resumed {
			resumed = true
			part.fault(BadStructure, pl.span(d.span.Start, d.span.End), "a multipart that goes on after its end")
		}
		part.addOutside(pl.span(d.span.Start, d.span.End))
		closed = d.closes
		after := d.span.End
		if closed {
			d = p.next(after)
			part.outside(p.raw, Span{after, d.span.Start}, pl, &part.Epilogue)
			continue
		}
		if over := p.overLimit(inner.depth); over != "" {
			d = p.nextOutside(after)
			part.fault(OverLimit, pl.span(after, d.span.Start), over)
			return d
		}
		var child *Part
		child, d = p.entity(after, inner)
		part.Children = append(part.Children, child)
	}
	switch {
	case !closed:
		part.fault(BadStructure, pl.span(d.span.Start, d.span.Start), "a multipart that is never closed")
	case len(part.Children) == 0:
		part.fault(BadStructure, part.Outside[0], "a multipart without parts")
	}
	return d
}

// addOutside notes s, which follows the spans noted before.
func (p *Part) addOutside(s Span) {
	if n := len(p.Outside); n > 0 && p.Outside[n-1].End == s.Start {
		p.Outside[n-1].End = s.End
		return
	}
	p.Outside = append(p.Outside, s)
}

// outside adds the text of a preamble or epilogue to text.
func (p *Part) outside(raw []byte, s Span, pl place, text *string) {
	if s.Start == s.End {
		return
	}
	at := pl.span(s.Start, s.End)
	p.addOutside(at)
	decoded, _, kind := DecodeText(raw[s.Start:s.End], "")
	if kind == BadCharset {
		p.fault(kind, at, "text outside the parts")
	}
	if *text != "" {
		*text += "\n"
	}
	*text += unixLines(decoded)
}
