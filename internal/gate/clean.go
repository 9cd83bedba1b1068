package gate

import (
	"bytes"
	"strings"

	"github.com/kakitome/kakitome/internal/fault"
)

const (
	ownPrefix   = "x-kakitome-"
	streamField = "x-kakitome-stream"
)

// cleaned is a content without the fields that are words to Kakitome only.
type cleaned struct {
	data   []byte
	stream string // value of X-Kakitome-Stream
}

// clean removes X-Kakitome-* fields. They are Kakitome's own; a DKIM signature
// over one of them would break by the removal, so such a mail is refused at
// the door.
func clean(raw []byte) (cleaned, error) {
	c := cleaned{data: raw}
	var own, signed [][]byte
	fields, rest := splitFields(raw)
	for _, f := range fields {
		name := fieldName(f)
		switch {
		case strings.HasPrefix(name, ownPrefix):
			own = append(own, f)
			if name == streamField && c.stream == "" { // the first one counts
				_, value, _ := bytes.Cut(f, []byte(":"))
				c.stream = strings.TrimSpace(string(value))
			}
		case name == "dkim-signature":
			signed = append(signed, f)
		}
	}
	if len(own) == 0 {
		return c, nil
	}
	for _, f := range own {
		if covers(signed, fieldName(f)) {
			return c, fault.New(fault.Invalid, "read mail", "a DKIM signature covers an X-Kakitome field, which is removed").
				WithHint("sign after Kakitome, or leave X-Kakitome-* out of h=")
		}
	}
	c.data = make([]byte, 0, len(raw))
	for _, f := range fields {
		if !strings.HasPrefix(fieldName(f), ownPrefix) {
			c.data = append(c.data, f...)
		}
	}
	c.data = append(c.data, rest...)
	return c, nil
}

// splitFields cuts the header block into fields with their continuation lines
// and line ends; rest begins with the empty line.
func splitFields(raw []byte) (fields [][]byte, rest []byte) {
	start, at := 0, 0
	for at < len(raw) {
		end := bytes.IndexByte(raw[at:], '\n')
		if end < 0 {
			end = len(raw)
		} else {
			end += at + 1
		}
		line := raw[at:end]
		continues := line[0] == ' ' || line[0] == '\t'
		if at > start && !continues {
			fields = append(fields, raw[start:at])
			start = at
		}
		if len(bytes.TrimRight(line, "\r\n")) == 0 {
			return fields, raw[start:]
		}
		at = end
	}
	if at > start {
		fields = append(fields, raw[start:at])
	}
	return fields, nil
}

// fieldName is the lower-case name of a field, empty for a line that is none.
func fieldName(field []byte) string {
	name, _, ok := bytes.Cut(field, []byte(":"))
	if !ok {
		return ""
	}
	return strings.ToLower(string(bytes.TrimRight(name, " \t")))
}

// covers tells whether a DKIM signature names a field in h= (RFC 6376 §3.5).
func covers(signatures [][]byte, name string) bool {
	for _, s := range signatures {
		for tag := range strings.SplitSeq(string(s[bytes.IndexByte(s, ':')+1:]), ";") {
			key, list, _ := strings.Cut(tag, "=")
			if strings.TrimSpace(key) != "h" {
				continue
			}
			for h := range strings.SplitSeq(list, ":") {
				if strings.EqualFold(strings.TrimSpace(h), name) {
					return true
				}
			}
		}
	}
	return false
}
