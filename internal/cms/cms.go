// Package cms takes the messages of S/MIME apart (RFC 5652, RFC 3274): it finds
// what was signed or compressed. It checks no signature and knows no keys.
//
// It keeps true: what a message wraps is given whole, or an error says that it
// is not; what stands beside it (certificates, signatures) is told by its size.
//
// Reading is pure, total and linear in the size of the message, which may be in
// BER: of indefinite length, its content in pieces.
package cms

import (
	"bytes"
	"errors"
)

// ErrBroken says that something is no message, or one that is cut off.
var ErrBroken = errors.New("broken cryptographic message")

// Kind is what a message does with its content.
type Kind uint8

// Kinds.
const (
	Other      Kind = iota // none of these: a digest, a receipt
	Data                   // nothing
	Signed                 // it is signed
	Encrypted              // only a key opens it
	Compressed             // it is a zlib stream
)

// kinds are the content types (RFC 5652 §14, RFC 3274 §1.1, RFC 5083 §2.1).
var kinds = map[string]Kind{
	"\x2a\x86\x48\x86\xf7\x0d\x01\x07\x01":         Data,
	"\x2a\x86\x48\x86\xf7\x0d\x01\x07\x02":         Signed,
	"\x2a\x86\x48\x86\xf7\x0d\x01\x07\x03":         Encrypted,
	"\x2a\x86\x48\x86\xf7\x0d\x01\x07\x04":         Encrypted, // signed and enveloped, PKCS #7
	"\x2a\x86\x48\x86\xf7\x0d\x01\x07\x06":         Encrypted,
	"\x2a\x86\x48\x86\xf7\x0d\x01\x09\x10\x01\x17": Encrypted, // authenticated and enveloped
	"\x2a\x86\x48\x86\xf7\x0d\x01\x09\x10\x01\x09": Compressed,
}

// Message is one layer.
type Message struct {
	Kind    Kind
	Inner   Kind   // what Content is: Data, or another kind without its ContentInfo
	Content []byte // of Signed and Compressed
	Bare    bool   // Signed: nothing was wrapped; a signature over something else, or certificates
	Beside  int    // bytes that are not Content
	After   int    // of those, how many follow the message
}

// Open takes off one layer.
func Open(data []byte) (Message, error) {
	p := parser{data}
	info := p.enter(sequence)
	kind := kinds[string(info.value(oid))]
	m := Message{Kind: kind, After: len(p.rest)}
	wrapped := info.enter(explicit0)
	if kind == Data || kind == Other { // of any type
		m.Bare = true
		m.Beside = len(data)
		if wrapped.rest == nil {
			return Message{}, ErrBroken
		}
		return m, nil
	}
	body := wrapped.enter(sequence)
	switch kind {
	case Signed:
		body.value(integer)
		body.skip(set)
		m.encapsulated(body.enter(sequence))
	case Compressed:
		body.value(integer)
		body.skip(sequence)
		m.encapsulated(body.enter(sequence))
		m.Bare = false
	case Encrypted, Data, Other:
		m.Bare = true
	}
	if body.rest == nil || (kind == Signed || kind == Compressed) && m.Content == nil && !m.Bare {
		return Message{}, ErrBroken
	}
	m.Beside = len(data) - len(m.Content)
	return m, nil
}

// encapsulated reads EncapsulatedContentInfo (RFC 5652 §5.2).
func (m *Message) encapsulated(p parser) {
	m.Inner = kinds[string(p.value(oid))]
	if p.rest == nil {
		return
	}
	if len(p.rest) == 0 {
		m.Bare = true
		return
	}
	content := p.enter(explicit0)
	m.Content = content.octets(nil, 0)
	if len(content.rest)+len(p.rest) > 0 {
		m.Content = nil
	}
}

// Tags, with the bit of constructed values.
const (
	integer     = 0x02
	octetString = 0x04
	oid         = 0x06
	sequence    = 0x30
	set         = 0x31
	explicit0   = 0xa0
	constructed = 0x20
)

// parser takes values off rest. Once something is wrong rest is nil, and all
// that follows is nothing.
type parser struct{ rest []byte }

// enter takes a constructed value and gives a parser of what is in it.
func (p *parser) enter(tag byte) parser {
	tagOf, content, size := p.next()
	if size == 0 || tagOf != tag {
		p.rest = nil
		return parser{}
	}
	p.rest = p.rest[size:]
	return parser{content}
}

// value takes a primitive value.
func (p *parser) value(tag byte) []byte { return p.enter(tag).rest }

// skip takes a value that is not wanted.
func (p *parser) skip(tag byte) { p.enter(tag) }

// maxPieces bounds how deep pieces of a string may be nested in pieces; who
// writes them nests once.
const maxPieces = 8

// octets takes an OCTET STRING, joined where it is in pieces (X.690 §8.7.3).
// The result is nil if it is none.
func (p *parser) octets(joined []byte, depth int) []byte {
	tag, content, size := p.next()
	switch {
	case size == 0 || depth > maxPieces:
		p.rest = nil
		return nil
	case tag == octetString:
		p.rest = p.rest[size:]
		if joined == nil {
			return content
		}
		return append(joined, content...)
	case tag != octetString|constructed:
		p.rest = nil
		return nil
	}
	p.rest = p.rest[size:]
	if joined == nil {
		joined = make([]byte, 0, len(content))
	}
	for pieces := (parser{content}); len(pieces.rest) > 0; {
		if joined = pieces.octets(joined, depth+1); joined == nil {
			p.rest = nil
			return nil
		}
	}
	return joined
}

// next looks at the next value: its tag, content and whole size, 0 if there is
// none.
func (p *parser) next() (tag byte, content []byte, size int) {
	head, length, ok := header(p.rest)
	switch {
	case !ok:
		return 0, nil, 0
	case length >= 0:
		return p.rest[0], p.rest[head : head+length : head+length], head + length
	}
	end := indefinite(p.rest[head:])
	if end < 0 {
		return 0, nil, 0
	}
	return p.rest[0], p.rest[head : head+end : head+end], head + end + len(endOfContents)
}

const endOfContents = "\x00\x00"

// indefinite finds where the content of a value of indefinite length ends: it
// steps over values and into those of indefinite length again (X.690 §8.1.3.6).
func indefinite(data []byte) int {
	at := 0
	for open := 1; ; {
		if bytes.HasPrefix(data[at:], []byte(endOfContents)) {
			if open--; open == 0 {
				return at
			}
			at += len(endOfContents)
			continue
		}
		head, length, ok := header(data[at:])
		if !ok {
			return -1
		}
		at += head
		if length < 0 {
			open++
		} else {
			at += length
		}
	}
}

// header reads tag and length (X.690 §8.1.2, §8.1.3): how many bytes they take,
// and the length, -1 if it is indefinite.
func header(b []byte) (head, length int, ok bool) {
	if len(b) < 2 {
		return 0, 0, false
	}
	head = 1
	if b[0]&0x1f == 0x1f { // a tag number of several bytes
		for head < len(b) && b[head]&0x80 != 0 {
			head++
		}
		if head++; head >= len(b) {
			return 0, 0, false
		}
	}
	first := b[head]
	head++
	switch {
	case first < 0x80:
		length = int(first)
	case first == 0x80:
		return head, -1, b[0]&constructed != 0
	default:
		n := int(first & 0x7f)
		if n > 8 || head+n > len(b) {
			return 0, 0, false
		}
		for _, c := range b[head : head+n] {
			if length > len(b) {
				return 0, 0, false
			}
			length = length<<8 | int(c)
		}
		head += n
	}
	return head, length, length <= len(b)-head
}
