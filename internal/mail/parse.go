package mail

import "strings"

// Parse reads a mail. It is total: any bytes give a Message, and what is wrong
// with them stands in the Faults of its parts. It keeps raw and parts of it, so
// the caller must not change raw afterwards. Time and memory are linear in
// len(raw), for given limits.
func Parse(raw []byte, lim Limits) *Message {
	left := lim.orDefault()
	return parse(raw, &left, 0)
}

// parse reads raw as a mail at the given depth, taking its parts from the
// budget that left.Parts is.
func parse(raw []byte, left *Limits, depth int) *Message {
	p := &parser{raw: raw, left: left}
	root, _ := p.entity(0, place{depth: depth, mediaType: defaultType})
	return &Message{Raw: raw, Root: root}
}

const (
	defaultType = "text/plain"     // RFC 2045 §5.2
	digestType  = "message/rfc822" // RFC 2046 §5.1.5
)

// parser walks once over the bytes of a mail. Enclosed mails without transfer
// encoding are read in the same walk, encoded ones by a parser of their own.
type parser struct {
	raw  []byte
	left *Limits // Parts counts down
	boundaries
}

// place is where an entity stands.
type place struct {
	base      int // offset of the Message it belongs to
	depth     int
	mediaType string // default type
}

func (pl place) span(start, end int) Span { return Span{start - pl.base, end - pl.base} }

// entity reads the entity that starts at start and returns it with the
// delimiter that ended it.
func (p *parser) entity(start int, pl place) (*Part, delimiter) {
	p.left.Parts--
	part := &Part{}
	h := p.header(part, start, pl)
	enc := part.interpret(p.raw, h, pl)
	if h.over != "" {
		d := p.next(h.end)
		part.Body = pl.span(h.end, h.end)
		part.fault(OverLimit, pl.span(h.end, d.span.Start), h.over)
		return part, d
	}
	switch {
	case strings.HasPrefix(part.MediaType, "multipart/"):
		return part, p.multipart(part, h.end, pl, enc)
	case isMail(part.MediaType):
		return part, p.enclosed(part, h.end, pl, enc)
	}
	d := p.next(h.end)
	p.leaf(part, Span{h.end, d.span.Start}, pl, enc)
	return part, d
}

func isMail(mediaType string) bool {
	return mediaType == "message/rfc822" || mediaType == "message/global"
}

// leaf gives part the bytes at s, decoded as far as it is text.
func (p *parser) leaf(part *Part, s Span, pl place, enc transferEncoding) {
	part.Body = pl.span(s.Start, s.End)
	part.decodeContent(p.raw[s.Start:s.End], enc)
	if p.bareDelimiter(s) {
		part.fault(BadStructure, part.Body, "a boundary after a bare carriage return")
	}
	if strings.HasPrefix(part.MediaType, "text/") || strings.HasPrefix(part.MediaType, "message/") {
		part.decodeText()
	}
	if part.MediaType == "message/partial" { // RFC 2046 §5.2.2
		part.fault(BadStructure, part.Body, "a fragment of a mail")
	}
}

// enclosed reads a message/rfc822 body.
func (p *parser) enclosed(part *Part, start int, pl place, enc transferEncoding) delimiter {
	over := p.overLimit(pl.depth + 1)
	if over == "" && enc.identity() {
		root, d := p.entity(start, place{base: start, depth: pl.depth + 1, mediaType: defaultType})
		end := d.span.Start
		part.Body = pl.span(start, end)
		part.Content = p.raw[start:end:end]
		part.Enclosed = &Message{Raw: part.Content, Root: root}
		return d
	}
	d := p.next(start)
	part.Body = pl.span(start, d.span.Start)
	part.decodeContent(p.raw[start:d.span.Start], enc)
	switch {
	case over != "":
		part.fault(OverLimit, part.Body, over)
	case enc != unknownEncoding:
		part.Enclosed = parse(part.Content, p.left, pl.depth+1)
	}
	return d
}

// overLimit says which limit forbids a further part at depth, or "".
func (p *parser) overLimit(depth int) string {
	switch {
	case depth > p.left.Depth:
		return "nested too deeply"
	case p.left.Parts <= 0:
		return "too many parts"
	}
	return ""
}

func (p *Part) fault(k FaultKind, s Span, detail string) {
	p.Faults = append(p.Faults, Fault{Kind: k, Span: s, Detail: detail})
}
