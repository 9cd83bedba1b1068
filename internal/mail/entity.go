package mail

import "strings"

// interpret fills part from its header block: the values of its fields, and
// what the Content fields say. It returns the transfer encoding.
func (p *Part) interpret(raw []byte, h block, pl place) transferEncoding {
	r := reader{part: p, text: string(raw[h.start:h.end])}
	offset := h.start - pl.base
	bodies := make([]string, len(p.Fields))
	for i := range p.Fields {
		f := &p.Fields[i]
		s := r.text[f.Raw.Start-offset : f.Raw.End-offset]
		f.Name = strings.TrimRight(s[:strings.IndexByte(s, ':')], " \t")
		bodies[i] = fieldBody(s)
	}
	r.plain = isPlain(r.text)
	enc := r.contentFields(bodies, pl.mediaType)
	for i := range p.Fields {
		r.value(&p.Fields[i], bodies[i])
	}
	p.Stray = r.strayText(raw, h, pl)
	// What a client takes for the body it would decode; we have it as written.
	if h.doubt != "" && !enc.identity() && !r.onlyEnvelopeLine(h) {
		p.fault(BadStructure, p.Header, h.doubt+", before an encoded body")
	}
	return enc
}

// reader reads the fields of one part.
type reader struct {
	part  *Part
	text  string // the header block
	plain bool   // text is plain ASCII
}

// isPlain tells whether s is ASCII without the controls that could switch
// character sets or hide something.
func isPlain(s string) bool {
	for i := 0; i < len(s); i++ {
		if c := s[i]; c >= 0x7f || c < ' ' && c != '\t' && c != '\r' && c != '\n' {
			return false
		}
	}
	return true
}

// contentFields reads the fields that say what the body is.
func (r *reader) contentFields(bodies []string, mediaType string) transferEncoding {
	p := r.part
	r.mediaType(r.only("Content-Type", bodies), mediaType)
	if i := r.find("Content-Disposition", 0); i >= 0 {
		r.disposition(bodies[i])
	}
	if p.Filename == "" {
		p.Filename = p.Params["name"]
	}
	if i := r.find("Content-ID", 0); i >= 0 {
		p.ContentID = strings.Trim(bodies[i], "<> \t")
	}
	return encodingOf(r.only("Content-Transfer-Encoding", bodies))
}

// find is the index of the first field with that name from index i on, or -1.
func (r *reader) find(name string, i int) int {
	for ; i < len(r.part.Fields); i++ {
		if f := r.part.Fields[i].Name; len(f) == len(name) && strings.EqualFold(f, name) {
			return i
		}
	}
	return -1
}

// only is the body of the field with that name. Of several the first counts; if
// they differ, clients may differ too.
func (r *reader) only(name string, bodies []string) string {
	first := r.find(name, 0)
	if first < 0 {
		return ""
	}
	for i := r.find(name, first+1); i >= 0; i = r.find(name, i+1) {
		if !strings.EqualFold(bodies[i], bodies[first]) {
			r.part.fault(BadStructure, r.part.Fields[i].Raw, "a second, different "+name)
		}
	}
	return bodies[first]
}

// mediaType reads a Content-Type body (RFC 2045 §5.1). What has no subtype is
// taken as plain text, unless it names a multipart.
func (r *reader) mediaType(body, absent string) {
	p := r.part
	p.MediaType = absent
	if body == "" {
		return
	}
	m := parseParams(r.utf8(body, ""))
	p.Params, p.Charset = m.params, strings.ToLower(strings.TrimSpace(m.params["charset"]))
	kind, sub, ok := strings.Cut(m.value, "/")
	switch {
	case ok && kind != "" && sub != "":
		p.MediaType = m.value
	case kind == "multipart":
		p.MediaType = "multipart/mixed"
		fallthrough
	default:
		if kind != "multipart" {
			p.MediaType = defaultType
		}
		p.fault(BadHeader, p.Header, "a malformed Content-Type")
	}
	r.note(m.fault, p.Header, "a Content-Type parameter")
}

// disposition reads a Content-Disposition body (RFC 2183).
func (r *reader) disposition(body string) {
	m := parseParams(r.utf8(body, r.part.Charset))
	r.part.Disposition, r.part.Filename = m.value, m.params["filename"]
	r.note(m.fault, r.part.Header, "a Content-Disposition parameter")
}

// value sets f.Value from the unfolded body of f.
func (r *reader) value(f *Field, body string) {
	f.Value = body
	var kind FaultKind
	if !r.plain {
		f.Value, kind = r.repair(body, r.part.Charset)
	}
	if strings.Contains(f.Value, "=?") {
		var worse FaultKind
		f.Value, worse = decodeWords(f.Value, isAddressField(f.Name))
		kind = worst(kind, worse)
	}
	r.note(kind, f.Raw, "a header field")
	if strings.ContainsAny(body, "\r\x00") { // some clients end the line there
		r.part.fault(BadStructure, f.Raw, "a control character in a field")
	}
}

// strayText is the text of the lines that are no field.
func (r *reader) strayText(raw []byte, h block, pl place) string {
	var b strings.Builder
	for _, s := range h.stray {
		text, kind := string(raw[s.Start:s.End]), FaultKind(0)
		if !isPlain(text) {
			text, kind = r.repair(text, r.part.Charset)
		}
		if strings.Contains(text, "=?") { // a field folded without white space
			var worse FaultKind
			text, worse = decodeWords(text, false)
			kind = worst(kind, worse)
		}
		r.note(kind, pl.span(s.Start, s.End), "a stray line")
		text = unixLines(text)
		b.WriteString(text)
		if !strings.HasSuffix(text, "\n") {
			b.WriteByte('\n')
		}
	}
	return b.String()
}

// onlyEnvelopeLine tells whether the only stray line is the "From " line of an
// mbox.
func (r *reader) onlyEnvelopeLine(h block) bool {
	s := r.part.Stray
	return len(h.stray) == 1 && h.stray[0].Start == h.start && strings.Count(s, "\n") == 1 &&
		(strings.HasPrefix(s, "From ") || strings.HasPrefix(s, ">From "))
}

func (r *reader) utf8(body, hint string) string {
	if r.plain {
		return body
	}
	s, _ := r.repair(body, hint)
	return s
}

// repair gives the UTF-8 of a header text that should have been ASCII or UTF-8
// (RFC 6532). hint is the charset of the body, which senders of raw bytes tend
// to use in the header too.
func (r *reader) repair(s, hint string) (string, FaultKind) {
	text, used, kind := DecodeText([]byte(s), "")
	if kind == BadCharset && hint != "" {
		if hinted, as, k := DecodeText([]byte(s), hint); k == 0 {
			return hinted, relabelledUnlessUTF8(as)
		}
	}
	if kind == Relabelled {
		kind = relabelledUnlessUTF8(used)
	}
	return text, kind
}

func relabelledUnlessUTF8(used string) FaultKind {
	if used == "utf-8" {
		return 0
	}
	return Relabelled
}

// note records what went wrong with the charset of something in the header.
func (r *reader) note(k FaultKind, at Span, what string) {
	if k != 0 {
		r.part.fault(k, at, "the character encoding of "+what)
	}
}

func isAddressField(name string) bool {
	switch strings.ToLower(strings.TrimPrefix(strings.ToLower(name), "resent-")) {
	case "from", "sender", "reply-to", "to", "cc", "bcc":
		return true
	}
	return false
}

// decodeContent sets Content from the raw body.
func (p *Part) decodeContent(body []byte, enc transferEncoding) {
	content, ok := enc.decode(body)
	p.Content = content
	switch {
	case enc == unknownEncoding:
		p.fault(UnknownEncoding, p.Body, "an unknown Content-Transfer-Encoding")
	case !ok:
		p.fault(BadEncoding, p.Body, "a broken transfer encoding")
	}
}

// decodeText sets Text and Decoded from Content.
func (p *Part) decodeText() {
	text, used, kind := decode(p.Content, p.Charset)
	if p.MediaType == "text/html" && (p.Charset == "" || kind != 0) {
		if label := metaCharset(p.Content); label != "" {
			if t, u, k := decode(p.Content, label); k == 0 {
				if p.Charset != "" {
					k = Relabelled
				}
				text, used, kind = t, u, k
			}
		}
	}
	if (Fault{Kind: kind}).Unreadable() && folds[p.MediaType] {
		text, used, kind = decode(Unfold(p.Content), p.Charset)
	}
	p.Text, p.Decoded = textOf(text), used
	if kind != 0 {
		p.fault(kind, p.Body, "the charset of a text")
	}
}

// folds are the types whose lines are folded after so many bytes, also within a
// character.
var folds = map[string]bool{"text/calendar": true, "text/vcard": true, "text/x-vcard": true, "text/directory": true, "text/x-vcalendar": true}

// Unfold joins the lines of a calendar or card that were folded (RFC 5545 §3.1,
// RFC 6350 §3.2): a line break and one space or tab.
func Unfold(b []byte) []byte {
	out := make([]byte, 0, len(b))
	for i := 0; i < len(b); i++ {
		end := i
		if b[end] == '\r' {
			end++
		}
		if end+1 < len(b) && b[end] == '\n' && (b[end+1] == ' ' || b[end+1] == '\t') {
			i = end + 1
			continue
		}
		out = append(out, b[i])
	}
	return out
}
