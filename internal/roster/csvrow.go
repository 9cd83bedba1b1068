package roster

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/encoding/japanese"
)

// row is one record of a CSV file.
type row struct {
	line   int // on which it begins
	cells  []string
	raw    string
	broken string // why cells cannot be told; else empty
}

// rowReader cuts a file into rows.
type rowReader struct{ lines *lineReader }

func newRowReader(r io.Reader) *rowReader {
	return &rowReader{&lineReader{in: bufio.NewReaderSize(r, sample)}}
}

// next gives the next row that is not an empty line, io.EOF after the last.
func (r *rowReader) next() (row, error) {
	for {
		text, end, err := r.lines.next()
		if err != nil {
			return row{}, err
		}
		if text != "" {
			return r.join(text, end)
		}
	}
}

// join reads on as long as a quoted field is open.
func (r *rowReader) join(text, end string) (row, error) {
	line := r.lines.line
	var raw strings.Builder
	var s splitter
	raw.WriteString(text)
	s.feed(text)
	for s.quoted && s.broken == "" {
		more, nextEnd, err := r.lines.next()
		if errors.Is(err, io.EOF) {
			return row{}, fmt.Errorf("line %d: a quote opened in this row is never closed", line)
		}
		if err != nil {
			return row{}, err
		}
		if raw.Len()+len(more) > maxRow {
			return row{}, fmt.Errorf("line %d: the row is longer than %d bytes (is a quote in it never closed?)", line, maxRow)
		}
		raw.WriteString(end)
		raw.WriteString(more)
		s.field.WriteString(end)
		s.feed(more)
		end = nextEnd
	}
	s.finish()
	return row{line: line, cells: s.cells, raw: raw.String(), broken: s.broken}, nil
}

// splitter cuts a row into cells, line by line. RFC 4180 §2.
type splitter struct {
	cells  []string
	field  strings.Builder
	quoted bool // inside a quoted field
	closed bool // behind the closing quote
	begun  bool // inside a field without quotes
	broken string
}

func (s *splitter) feed(text string) {
	for i := 0; i < len(text) && s.broken == ""; i++ {
		c := text[i]
		switch {
		case s.quoted && c == '"' && i+1 < len(text) && text[i+1] == '"':
			s.field.WriteByte('"')
			i++
		case s.quoted && c == '"':
			s.quoted, s.closed = false, true
		case s.quoted:
			s.field.WriteByte(c)
		case c == ',':
			s.finish()
		case s.closed:
			s.broken = "text behind a closing quote"
		case c == '"' && s.begun:
			s.broken = "a quote inside a field without quotes"
		case c == '"':
			s.quoted = true
		default:
			s.begun = true
			s.field.WriteByte(c)
		}
	}
}

// finish ends a field.
func (s *splitter) finish() {
	s.cells = append(s.cells, s.field.String())
	s.field.Reset()
	s.closed, s.begun = false, false
}

// encoding is how a file's bytes stand for text.
type encoding uint8

const (
	ascii encoding = iota // not decided: no other byte so far
	utf8Text
	shiftJIS
)

func (e encoding) String() string {
	if e == shiftJIS {
		return "Shift_JIS"
	}
	return "UTF-8"
}

// sample is how much of a file is looked at to tell its encoding, from the
// first byte on that is not ASCII.
const sample = 64 << 10

// lineReader gives the physical lines of a file as UTF-8.
type lineReader struct {
	in       *bufio.Reader
	line     int // the last one given
	encoding encoding
}

// next gives a line and its end, "\n" or "\r\n".
func (l *lineReader) next() (text, end string, err error) {
	raw, err := l.read()
	if err != nil {
		return "", "", err
	}
	l.line++
	if l.line == 1 {
		if rest, ok := bytes.CutPrefix(raw, []byte("\xef\xbb\xbf")); ok {
			raw, l.encoding = rest, utf8Text
		}
	}
	if l.encoding == ascii && !isASCII(raw) {
		l.guess(raw)
	}
	raw, end = cutEnd(raw)
	if bytes.IndexByte(raw, 0) >= 0 {
		return "", "", fmt.Errorf("line %d: has a NUL byte (is this a CSV file?)", l.line)
	}
	text, ok := l.decode(raw)
	if !ok {
		return "", "", fmt.Errorf("line %d: not %s; the file began as %s", l.line, l.encoding, l.encoding)
	}
	return text, end, nil
}

// read gives the bytes of a line with its end.
func (l *lineReader) read() ([]byte, error) {
	var long []byte
	for {
		part, err := l.in.ReadSlice('\n')
		switch {
		case errors.Is(err, io.EOF) && len(long)+len(part) == 0:
			return nil, io.EOF
		case err == nil && long == nil, errors.Is(err, io.EOF) && long == nil:
			return bytes.Clone(part), nil
		case err != nil && !errors.Is(err, io.EOF) && !errors.Is(err, bufio.ErrBufferFull):
			return nil, fmt.Errorf("line %d: %w", l.line+1, err)
		}
		long = append(long, part...)
		if len(long) > maxRow {
			return nil, fmt.Errorf("line %d: longer than %d bytes", l.line+1, maxRow)
		}
		if !errors.Is(err, bufio.ErrBufferFull) {
			return long, nil
		}
	}
}

func cutEnd(raw []byte) ([]byte, string) {
	raw, found := bytes.CutSuffix(raw, []byte("\n"))
	if !found {
		return raw, "\n" // the last line need not have an end
	}
	if cut, ok := bytes.CutSuffix(raw, []byte("\r")); ok {
		return cut, "\r\n"
	}
	return raw, "\n"
}

func isASCII(b []byte) bool {
	for _, c := range b {
		if c >= utf8.RuneSelf {
			return false
		}
	}
	return true
}

// guess decides by the lines of a sample: those of UTF-8 are valid as such,
// those of Shift_JIS hardly ever. One damaged line does not turn the vote.
func (l *lineReader) guess(first []byte) {
	ahead, _ := l.in.Peek(sample) // an error comes back with the next line
	if cut := bytes.LastIndexByte(ahead, '\n'); cut >= 0 && len(ahead) == sample {
		ahead = ahead[:cut]
	}
	valid, lines := 0, 0
	for _, b := range append([][]byte{first}, bytes.Split(ahead, []byte("\n"))...) {
		if !isASCII(b) {
			lines++
			if utf8.Valid(b) {
				valid++
			}
		}
	}
	l.encoding = shiftJIS
	if 2*valid >= lines {
		l.encoding = utf8Text
	}
}

// decode gives the text of a line, or false when it is none in the encoding.
func (l *lineReader) decode(raw []byte) (string, bool) {
	if l.encoding != shiftJIS {
		return string(raw), utf8.Valid(raw)
	}
	if isASCII(raw) {
		return string(raw), true
	}
	// Windows-31J, with NEC's and IBM's extensions. It has no U+FFFD, so that
	// one in the result stands for bytes that are no character.
	text, err := japanese.ShiftJIS.NewDecoder().Bytes(raw)
	return string(text), err == nil && !bytes.ContainsRune(text, utf8.RuneError)
}
