// Package mail reads a mail into a tree of parts.
//
// It keeps true: every byte of a mail belongs to a part or to a fault, and
// nothing is silently lost. Parse never fails and never panics; what it cannot
// read it says, as a Fault of the part concerned. Wrong but common mail (missing
// empty lines, lying charset labels, unclosed multiparts) is read as far as a
// mail client would read it, and further.
//
// A judge that wants all text of a part looks at the Value of every Field, at
// Stray, Text, Preamble and Epilogue, Filename and Params, and goes into
// Children and Enclosed.
package mail

// Message is one mail as it was read: its bytes and what they mean.
// A Message never changes after Parse and may be shared.
type Message struct {
	Raw  []byte // every byte, exactly as given
	Root *Part
}

// Span is a half-open range of bytes of the Message a Part belongs to.
type Span struct{ Start, End int }

// Part is one entity of a mail: a leaf with content, a multipart with
// children, or an enclosed mail.
type Part struct {
	Fields      []Field           // header fields in order, as written
	Stray       string            // lines of the header block that are no field, decoded, each ended by \n
	Header      Span              // header block, with the empty line after it
	Body        Span              // raw body bytes, before any transfer decoding
	MediaType   string            // lower case, "text/plain" when absent or malformed (RFC 2045 §5.2)
	Params      map[string]string // Content-Type parameters by lower-case name, decoded (RFC 2231, RFC 2047 tolerated); nil when there are none
	Disposition string            // "inline", "attachment" or empty when absent
	Filename    string            // decoded, empty when absent
	ContentID   string            // without angle brackets
	Charset     string            // label as written, lower case; empty when absent

	Content []byte // leaf: transfer-decoded bytes, may share memory with Raw; nil for multiparts
	Text    string // text/* and message/* that is no mail: Content as UTF-8, line ends as \n
	Decoded string // charset that was really used for Text, such as "shift_jis"

	Children []*Part  // multipart/*
	Enclosed *Message // message/rfc822, message/global: the mail inside (its own Raw)
	Outside  []Span   // multipart: preamble, boundary lines and epilogue, which belong to no child; touching ones are one
	Preamble string   // multipart: text before the first boundary, decoded best-effort
	Epilogue string   // multipart: text after the last boundary

	Faults []Fault
}

// Field is one header field.
type Field struct {
	Name string // as written
	Raw  Span   // the whole field with its folding and line end
	// Value is unfolded, RFC 2047 words decoded, any charset repaired to UTF-8.
	// In address fields a decoded word that holds specials is quoted.
	Value string
}

// FaultKind says what is wrong with a part.
type FaultKind uint8

// Kinds of fault. Unreadable faults make the part's content unknown, so that a
// judge must not trust what was read; the others are remarks.
const (
	BadHeader       FaultKind = iota + 1 // a line in the header block that is no field (its text is in Stray or begins the body), or a malformed field
	BadEncoding                          // transfer encoding broken (invalid base64 or quoted-printable); decoded as far as possible
	UnknownEncoding                      // a Content-Transfer-Encoding nobody knows; Content is the raw body
	BadCharset                           // no decoding of the text is clean, or several are
	Relabelled                           // the charset label was missing or wrong, exactly one decoding is clean: a remark, readable
	BadStructure                         // a multipart without its boundary or never closed, or bytes that clients read in different ways
	OverLimit                            // depth, part count, header size or field count limit reached; the rest is in the Span
)

// String names the kind in one word, for logs and golden files.
func (k FaultKind) String() string {
	switch k {
	case BadHeader:
		return "bad_header"
	case BadEncoding:
		return "bad_encoding"
	case UnknownEncoding:
		return "unknown_encoding"
	case BadCharset:
		return "bad_charset"
	case Relabelled:
		return "relabelled"
	case BadStructure:
		return "bad_structure"
	case OverLimit:
		return "over_limit"
	}
	return "none"
}

// Fault is something wrong with a part, and where.
type Fault struct {
	Kind   FaultKind
	Span   Span
	Detail string // for a person; never quotes content
}

// Unreadable tells whether content may have escaped the reader.
func (f Fault) Unreadable() bool {
	switch f.Kind {
	case UnknownEncoding, BadCharset, OverLimit, BadEncoding, BadStructure:
		return true
	case BadHeader, Relabelled:
	}
	return false
}

// Limits bound what Parse accepts. The zero value of a field means the
// default in parentheses.
type Limits struct {
	Depth       int // nesting of multiparts and enclosed mails together (20)
	Parts       int // parts of the whole tree, enclosed mails included (1,000)
	HeaderBytes int // one header block (1 MiB)
	Fields      int // fields of one header block (2,000)
}

func (l Limits) orDefault() Limits {
	set := func(v *int, d int) {
		if *v <= 0 {
			*v = d
		}
	}
	set(&l.Depth, 20)
	set(&l.Parts, 1000)
	set(&l.HeaderBytes, 1<<20)
	set(&l.Fields, 2000)
	return l
}
