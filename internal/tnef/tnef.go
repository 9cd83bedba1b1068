// Package tnef takes the winmail.dat of Outlook and Exchange apart (MS-OXTNEF):
// a message as a stream of attributes and MAPI properties.
//
// It keeps true: every byte of a stream belongs to a value that is given, to
// what is framing, number or time by its type, or to a Fault. It does not
// decode text: a value comes with its code page.
//
// Reading is pure, total and linear in the size of the stream.
package tnef

import (
	"encoding/binary"
	"fmt"
)

// Message is one stream.
type Message struct {
	Values      []Value
	Attachments []Attachment
	Faults      []Fault
}

// Attachment is one file, or another message.
type Attachment struct {
	Values   []Value // its names and other properties
	Contents []Content
}

// Content is what an attachment holds.
type Content struct {
	Data    []byte
	Message bool // a stream as this one
}

// Value is one property or attribute that may hold something to read.
type Value struct {
	Tag  uint16 // property, as 0x0037; attributes have that of the property they stand for; named properties 0x8000 and above
	Name string // of a named property whose name is text; UTF-16LE
	Kind Kind
	Data []byte
	Page int // code page of Text; 1200 is UTF-16LE
	Row  int // recipient it belongs to, from 1; 0 is none
}

// Kind is how Data is to be read.
type Kind uint8

// Kinds.
const (
	Text   Kind = iota + 1 // characters
	Binary                 // bytes of any format
)

// Properties with a meaning of their own (MS-OXPROPS).
const (
	Subject           = 0x0037
	Class             = 0x001a
	Body              = 0x1000
	BodyRTF           = 0x1009 // compressed
	BodyHTML          = 0x1013
	SenderName        = 0x0c1a
	RecipientName     = 0x3001
	AttachData        = 0x3701
	AttachFile        = 0x3704 // 8.3
	AttachLongFile    = 0x3707
	AttachRendering   = 0x3709 // the picture shown for an attachment
	AttachType        = 0x370e
	AttachTransport   = 0x370c
	AttachContentID   = 0x3712
	internetCodePage  = 0x3fde
	namedProperties   = 0x8000
	unicodePage       = 1200
	mostValues        = 100_000
	signature         = 0x223e9f78
	embeddedInterface = "\x07\x03\x02\x00\x00\x00\x00\x00\xc0\x00\x00\x00\x00\x00\x00\x46" // IID_IMessage
)

// Fault is a reason why something may have escaped the reader.
type Fault uint8

// Faults.
const (
	Broken   Fault = iota + 1 // something is cut off, or longer than what it stands in; the rest is not read
	Checksum                  // a checksum does not agree
	TooMany                   // more than 100,000 values; the rest is not read
)

// Parse reads a stream. It takes anything.
func Parse(data []byte) Message {
	p := &parser{page: 1252}
	r := &reader{data: data}
	if r.uint32() != signature {
		r.broken = true
	}
	r.uint16() // key
	for !r.broken && len(r.data) > 0 && !p.full {
		p.attribute(r)
	}
	if r.broken {
		p.fault(Broken)
	}
	p.finish()
	return p.out
}

type parser struct {
	out   Message
	page  int // of 8-bit text
	html  int // code page of the HTML body, where said
	count int
	full  bool
}

func (p *parser) fault(f Fault) {
	for _, have := range p.out.Faults {
		if have == f {
			return
		}
	}
	p.out.Faults = append(p.out.Faults, f)
}

// finish gives values the code pages that were said after them.
func (p *parser) finish() {
	fill := func(values []Value) {
		for i := range values {
			if v := &values[i]; v.Page == 0 && v.Kind == Text {
				v.Page = p.page
			}
		}
	}
	fill(p.out.Values)
	for i := range p.out.Attachments {
		fill(p.out.Attachments[i].Values)
	}
	for i := range p.out.Values {
		if v := &p.out.Values[i]; v.Tag == BodyHTML && v.Kind == Binary {
			v.Page = p.html
		}
	}
}

// more tells whether one more value may be given.
func (p *parser) more() bool {
	if p.count++; p.count > mostValues {
		p.full = true
		p.fault(TooMany)
	}
	return !p.full
}

func (p *parser) add(to *[]Value, v Value) {
	if p.more() {
		*to = append(*to, v)
	}
}

func (p *parser) content(a *Attachment, c Content) {
	if p.more() {
		a.Contents = append(a.Contents, c)
	}
}

// attribute reads one attribute (§2.1.3): level, tag, length, data, checksum.
func (p *parser) attribute(r *reader) {
	level := r.uint8()
	tag := r.uint32()
	data := r.bytes(int(r.uint32()))
	sum := r.uint16()
	if r.broken {
		return
	}
	if sum != checksum(data) {
		p.fault(Checksum)
	}
	switch level {
	case 1:
		p.ofMessage(tag, data)
	case 2:
		p.ofAttachment(tag, data)
	default:
		p.fault(Broken)
	}
}

func checksum(data []byte) uint16 {
	sum := uint16(0)
	for _, c := range data {
		sum += uint16(c)
	}
	return sum
}

// Attributes (§2.1.3.3).
const (
	attOemCodepage   = 0x00069007
	attTnefVersion   = 0x00089006
	attMsgProps      = 0x00069003
	attRecipTable    = 0x00069004
	attFrom          = 0x00008000
	attOwner         = 0x00060000
	attSentFor       = 0x00060001
	attDelegate      = 0x00060002
	attAttachRend    = 0x00069002
	attAttachment    = 0x00069005
	attAttachData    = 0x0006800f
	attAttachTitle   = 0x00018010
	attAttachPicture = 0x00068011
	attAttachName    = 0x00069001
)

// texts are the attributes that are text, and the properties they stand for.
var texts = map[uint32]uint16{
	0x00018004: Subject, 0x0002800c: Body, 0x00078008: Class, 0x00070006: Class,
	attAttachTitle: AttachFile, attAttachName: AttachTransport,
}

// numbers are the attributes that are numbers, times, or keys of the store.
var numbers = map[uint32]bool{
	attTnefVersion: true, attAttachRend: true, attOemCodepage: true,
	0x00038005: true, 0x00038006: true, 0x00038020: true, 0x00030006: true, 0x00030007: true, // times
	0x00068007: true, 0x0004800d: true, 0x00040008: true, 0x00040009: true, // status, priority, appointment, request
	0x00018009: true, 0x0001800a: true, 0x0001800b: true, // keys
	0x00038012: true, 0x00038013: true, // times of an attachment
}

// numberSize bounds what numbers may hold: nothing hides in a time.
const numberSize = 64

func (p *parser) ofMessage(tag uint32, data []byte) {
	switch tag {
	case attOemCodepage:
		if len(data) >= 4 {
			p.page = int(binary.LittleEndian.Uint32(data))
		}
		p.plain(tag, data, &p.out.Values)
	case attMsgProps:
		p.rest(func(r *reader) { p.properties(r, &p.out.Values, 0, nil) }, data)
	case attRecipTable:
		p.rest(p.recipients, data)
	default:
		p.plain(tag, data, &p.out.Values)
	}
}

// ofAttachment reads an attribute of an attachment; each begins with its
// rendering data.
func (p *parser) ofAttachment(tag uint32, data []byte) {
	if tag == attAttachRend || len(p.out.Attachments) == 0 {
		if !p.more() {
			return
		}
		p.out.Attachments = append(p.out.Attachments, Attachment{})
	}
	a := &p.out.Attachments[len(p.out.Attachments)-1]
	switch tag {
	case attAttachment:
		p.rest(func(r *reader) { p.properties(r, &a.Values, 0, a) }, data)
	case attAttachData:
		p.content(a, Content{Data: data})
	case attAttachPicture:
		p.add(&a.Values, Value{Tag: AttachRendering, Kind: Binary, Data: data})
	default:
		p.plain(tag, data, &a.Values)
	}
}

// rest reads data to its end.
func (p *parser) rest(read func(*reader), data []byte) {
	r := &reader{data: data}
	read(r)
	if !p.full && (r.broken || len(r.data) > 3) { // what is left is padding
		p.fault(Broken)
	}
}

// plain reads an attribute that is one value.
func (p *parser) plain(tag uint32, data []byte, to *[]Value) {
	switch {
	case numbers[tag] && len(data) <= numberSize:
	case texts[tag] != 0:
		p.add(to, Value{Tag: texts[tag], Kind: Text, Data: data})
	case tag == attFrom: // §2.1.3.3: four lengths, then name and address
		p.add(to, Value{Tag: SenderName, Kind: Text, Data: data[min(8, len(data)):]})
	case tag == attOwner, tag == attSentFor, tag == attDelegate:
		r := &reader{data: data}
		for range 2 { // name and address, each after its length
			p.add(to, Value{Tag: SenderName, Kind: Text, Data: r.bytes(int(r.uint16()))})
		}
		if r.broken {
			p.fault(Broken)
		}
	default:
		p.add(to, Value{Kind: Binary, Data: data})
	}
}

func (p *parser) recipients(r *reader) {
	for row := range int(r.uint32()) {
		if r.broken || p.full {
			return
		}
		p.properties(r, &p.out.Values, row+1, nil)
	}
}

// String names the property for a place: "subject", "property 3A1C".
func (v Value) String() string {
	if name := names[v.Tag]; name != "" {
		return name
	}
	return fmt.Sprintf("property %04X", v.Tag)
}

var names = map[uint16]string{
	Subject: "subject", Body: "body", BodyHTML: "HTML body", BodyRTF: "RTF body", SenderName: "sender", RecipientName: "name",
	AttachFile: "file name", AttachLongFile: "file name", AttachTransport: "file name",
}

// reader takes numbers and bytes off data. Once there is too little it is
// broken and gives zeros.
type reader struct {
	data   []byte
	broken bool
}

func (r *reader) bytes(n int) []byte {
	if r.broken || n < 0 || n > len(r.data) {
		r.broken = true
		return nil
	}
	b := r.data[:n:n]
	r.data = r.data[n:]
	return b
}

func (r *reader) uint8() byte {
	if b := r.bytes(1); b != nil {
		return b[0]
	}
	return 0
}

func (r *reader) uint16() uint16 {
	if b := r.bytes(2); b != nil {
		return binary.LittleEndian.Uint16(b)
	}
	return 0
}

func (r *reader) uint32() uint32 {
	if b := r.bytes(4); b != nil {
		return binary.LittleEndian.Uint32(b)
	}
	return 0
}
