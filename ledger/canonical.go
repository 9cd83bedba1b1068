package ledger

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
	"strconv"
	"unicode/utf8"
)

const (
	maxInteger = 1<<53 - 1 // RFC 7493 §2.2: exact in every JSON reader
	maxDepth   = 64        // nesting of a record
)

// Canonical is the canonical JSON of a value whose JSON is an object: the bytes
// a record is made of. Values that are not integers within ±(2^53-1) are refused;
// write fractions and larger numbers as strings.
func Canonical(v any) ([]byte, error) {
	raw, err := json.Marshal(v)
	if err != nil {
		return nil, fmt.Errorf("encode record: %w", err)
	}
	object, err := decodeObject(raw)
	if err != nil {
		return nil, err
	}
	return encodeObject(object)
}

// CheckRecord tells whether record is canonical JSON within MaxRecord.
func CheckRecord(record []byte) error {
	_, err := scanRecord(record)
	return err
}

func decodeObject(raw []byte) (map[string]any, error) {
	if len(raw) > 6*MaxRecord { // an escape takes up to six bytes for one
		return nil, fmt.Errorf("record of %d bytes is over the limit of %d", len(raw), MaxRecord)
	}
	dec := json.NewDecoder(bytes.NewReader(raw))
	dec.UseNumber()
	var object map[string]any
	if err := dec.Decode(&object); err != nil {
		return nil, errors.New("record is not a JSON object") // the decoder's text may quote the record
	}
	if _, err := dec.Token(); !errors.Is(err, io.EOF) {
		return nil, errors.New("record has more than one JSON value")
	}
	if object == nil {
		return nil, errors.New("record is null")
	}
	return object, nil
}

func encodeObject(object map[string]any) ([]byte, error) {
	out, err := appendValue(nil, object, 0)
	if err != nil {
		return nil, err
	}
	if len(out) > MaxRecord {
		return nil, fmt.Errorf("record of %d bytes is over the limit of %d", len(out), MaxRecord)
	}
	return out, nil
}

func appendValue(out []byte, v any, depth int) ([]byte, error) {
	if depth > maxDepth {
		return nil, fmt.Errorf("record is nested deeper than %d", maxDepth)
	}
	switch v := v.(type) {
	case nil:
		return append(out, "null"...), nil
	case bool:
		return strconv.AppendBool(out, v), nil
	case json.Number:
		n, err := strconv.ParseInt(v.String(), 10, 64)
		if err != nil || n > maxInteger || n < -maxInteger {
			return nil, errors.New("record holds a number that is not an integer within 53 bits")
		}
		return strconv.AppendInt(out, n, 10), nil
	case string:
		return appendString(out, v), nil
	case []any:
		return appendArray(out, v, depth)
	case map[string]any:
		return appendObject(out, v, depth)
	default:
		return nil, fmt.Errorf("record holds a value of type %T", v)
	}
}

func appendArray(out []byte, array []any, depth int) ([]byte, error) {
	out = append(out, '[')
	for i, v := range array {
		if i > 0 {
			out = append(out, ',')
		}
		var err error
		if out, err = appendValue(out, v, depth+1); err != nil {
			return nil, err
		}
	}
	return append(out, ']'), nil
}

func appendObject(out []byte, object map[string]any, depth int) ([]byte, error) {
	out = append(out, '{')
	for i, name := range slices.Sorted(maps.Keys(object)) {
		if i > 0 {
			out = append(out, ',')
		}
		out = append(appendString(out, name), ':')
		var err error
		if out, err = appendValue(out, object[name], depth+1); err != nil {
			return nil, err
		}
	}
	return append(out, '}'), nil
}

// appendString writes the shortest escaping RFC 8259 §7 allows. It is our own,
// because that of encoding/json changed between Go releases and leaves must not.
func appendString(out []byte, s string) []byte {
	const hex = "0123456789abcdef"
	out = append(out, '"')
	for _, r := range s { // the decoder has replaced what is not UTF-8
		switch {
		case r == '"' || r == '\\':
			out = append(out, '\\', byte(r))
		case r >= ' ':
			out = utf8.AppendRune(out, r)
		case r == '\b':
			out = append(out, '\\', 'b')
		case r == '\f':
			out = append(out, '\\', 'f')
		case r == '\n':
			out = append(out, '\\', 'n')
		case r == '\r':
			out = append(out, '\\', 'r')
		case r == '\t':
			out = append(out, '\\', 't')
		default:
			out = append(out, '\\', 'u', '0', '0', hex[r>>4], hex[r&15])
		}
	}
	return append(out, '"')
}
