package tnef

// Types of MAPI properties (MS-OXCDATA §2.11.1).
const (
	typeNull    = 0x0001
	typeInt16   = 0x0002
	typeInt32   = 0x0003
	typeFloat   = 0x0004
	typeDouble  = 0x0005
	typeMoney   = 0x0006
	typeDate    = 0x0007
	typeError   = 0x000a
	typeBool    = 0x000b
	typeObject  = 0x000d
	typeInt64   = 0x0014
	typeString8 = 0x001e
	typeString  = 0x001f
	typeTime    = 0x0040
	typeGUID    = 0x0048
	typeBinary  = 0x0102
	multiple    = 0x1000
)

// sizes are those of types of one size, padded to four.
var sizes = map[uint16]int{
	typeNull: 0, typeInt16: 4, typeInt32: 4, typeFloat: 4, typeDouble: 8, typeMoney: 8, typeDate: 8, typeError: 4,
	typeBool: 4, typeInt64: 8, typeTime: 8, typeGUID: 16,
}

// properties reads a counted list of properties (MS-OXTNEF §2.1.3.4). row is
// the recipient they belong to, a the attachment.
func (p *parser) properties(r *reader, to *[]Value, row int, a *Attachment) {
	for n := r.uint32(); n > 0 && !r.broken && !p.full; n-- {
		p.property(r, to, row, a)
	}
}

func (p *parser) property(r *reader, to *[]Value, row int, a *Attachment) {
	kind, tag := r.uint16(), r.uint16()
	v := Value{Tag: tag, Row: row}
	if tag >= namedProperties {
		v.Name = propertyName(r)
	}
	count := uint32(1)
	if size, ok := sizes[kind&^multiple]; ok {
		if kind&multiple != 0 {
			count = r.uint32()
		}
		if size > 0 && int(count) > len(r.data)/size {
			r.broken = true
			return
		}
		number := (&reader{data: r.bytes(size * int(count))}).uint32()
		if tag == internetCodePage && kind == typeInt32 {
			p.html = int(number)
		}
		return
	}
	for count = r.uint32(); count > 0 && !r.broken && !p.full; count-- {
		data := r.padded(int(r.uint32()))
		switch kind &^ multiple {
		case typeString8:
			v.Kind, v.Data = Text, data
		case typeString:
			v.Kind, v.Data, v.Page = Text, data, unicodePage
		case typeBinary:
			v.Kind, v.Data = Binary, data
		case typeObject: // begins with the interface it is of
			v.Kind, v.Data = Binary, data[min(len(embeddedInterface), len(data)):]
		default:
			r.broken = true
			return
		}
		if a != nil && tag == AttachData && v.Kind == Binary {
			message := kind == typeObject && len(data) >= len(embeddedInterface) && string(data[:len(embeddedInterface)]) == embeddedInterface
			p.content(a, Content{Data: v.Data, Message: message})
			continue
		}
		p.add(to, v)
	}
}

// propertyName reads the name of a named property: a GUID, and a number or text.
func propertyName(r *reader) string {
	r.bytes(16)
	if r.uint32() == 0 {
		r.uint32()
		return ""
	}
	return string(r.padded(int(r.uint32())))
}

// padded takes n bytes and what fills them up to four.
func (r *reader) padded(n int) []byte {
	b := r.bytes(n)
	r.bytes(min((4-n%4)%4, len(r.data))) // what ends a stream may be unpadded
	return b
}
