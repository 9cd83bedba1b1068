package survey

import (
	"bytes"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/kakitome/kakitome/internal/jp"
)

// Bounds of a foreign log.
const (
	mostForeignRows  = 1_000_000
	mostForeignBytes = 256 << 20
	mostForeignCell  = 1000 // bytes; an address has up to 254, a Message-ID up to a line
	mostForeignBad   = 20   // rows that are told before the reading is given up
)

// ForeignRow is one line of a foreign log: that a mail went to somebody.
type ForeignRow struct {
	Line      int
	MessageID string // without brackets
	Recipient string
	At        time.Time
}

// ForeignError says what is wrong in a foreign log, and not what stands there.
type ForeignError struct {
	File, Field  string
	Line         int
	Reason, Hint string
}

func (e *ForeignError) Error() string {
	var b strings.Builder
	b.WriteString(e.File)
	if e.Line > 0 {
		fmt.Fprintf(&b, ":%d", e.Line)
	}
	if e.Field != "" {
		b.WriteString(": " + e.Field)
	}
	b.WriteString(": " + e.Reason)
	if e.Hint != "" {
		b.WriteString(" (" + e.Hint + ")")
	}
	return b.String()
}

// foreignColumns are the names in the header line, in any order, beside others
// that are passed over.
var foreignColumns = []string{"message_id", "recipient", "time"}

// ParseForeignLog reads a log of another system: CSV (RFC 4180, UTF-8) with a
// header line that names the columns message_id, recipient and time. Times
// without a zone are in the given one. When anything is wrong nothing is read:
// the error joins a ForeignError for each of the first things wrong.
func ParseForeignLog(r io.Reader, file string, zone *time.Location) ([]ForeignRow, error) {
	l := &foreignLog{file: file, zone: zone, over: &io.LimitedReader{R: r, N: mostForeignBytes + 1}}
	l.csv = csv.NewReader(l.over)
	l.csv.ReuseRecord = true
	l.csv.FieldsPerRecord = -1
	if err := l.header(); err != nil {
		return nil, err
	}
	for len(l.bad) < mostForeignBad {
		cells, err := l.csv.Read()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			l.bad = append(l.bad, l.broken(err))
			break
		}
		l.row(cells)
		if len(l.rows) > mostForeignRows {
			l.wrong("", fmt.Sprintf("more than %d rows", mostForeignRows), "import it in pieces")
			break
		}
	}
	if l.over.N <= 0 {
		l.wrong("", fmt.Sprintf("larger than %d MiB", mostForeignBytes>>20), "import it in pieces")
	}
	if len(l.bad) > 0 {
		return nil, errors.Join(l.bad...)
	}
	return l.rows, nil
}

type foreignLog struct {
	file string
	zone *time.Location
	over *io.LimitedReader
	csv  *csv.Reader
	at   [3]int // columns
	rows []ForeignRow
	bad  []error
}

func (l *foreignLog) line() int {
	line, _ := l.csv.FieldPos(0)
	return line
}

func (l *foreignLog) wrong(field, reason, hint string) {
	l.bad = append(l.bad, &ForeignError{File: l.file, Line: l.line(), Field: field, Reason: reason, Hint: hint})
}

// broken is an error of the CSV itself, which may quote nothing.
func (l *foreignLog) broken(err error) error {
	e := &ForeignError{File: l.file, Reason: "it cannot be read"}
	var parse *csv.ParseError
	if errors.As(err, &parse) {
		e.Line, e.Reason, e.Hint = parse.Line, parse.Err.Error(), "write CSV as RFC 4180 says: cells with quotes in quotes, and those doubled"
	}
	return e
}

func (l *foreignLog) header() error {
	cells, err := l.csv.Read()
	if errors.Is(err, io.EOF) {
		return &ForeignError{File: l.file, Reason: "empty", Hint: "the first line is message_id,recipient,time"}
	}
	if err != nil {
		return l.broken(err)
	}
	cells[0] = strings.TrimPrefix(cells[0], "\ufeff")
	for i, name := range foreignColumns {
		l.at[i] = -1
		for k, cell := range cells {
			if strings.EqualFold(strings.TrimSpace(cell), name) {
				if l.at[i] >= 0 {
					return &ForeignError{File: l.file, Line: 1, Field: name, Reason: "there are two such columns"}
				}
				l.at[i] = k
			}
		}
		if l.at[i] < 0 {
			return &ForeignError{File: l.file, Line: 1, Field: name, Reason: "there is no such column", Hint: "the first line is message_id,recipient,time"}
		}
	}
	return nil
}

func (l *foreignLog) row(cells []string) {
	var values [3]string
	for i, at := range l.at {
		if at >= len(cells) {
			l.wrong(foreignColumns[i], "the line is too short", "")
			return
		}
		values[i] = strings.TrimSpace(cells[at])
		switch v := values[i]; {
		case v == "":
			l.wrong(foreignColumns[i], "empty", "")
			return
		case len(v) > mostForeignCell:
			l.wrong(foreignColumns[i], "too long", "")
			return
		case !utf8.ValidString(v):
			l.wrong(foreignColumns[i], "not UTF-8", "save the file as UTF-8")
			return
		}
	}
	row := ForeignRow{Line: l.line(), MessageID: bare(values[0]), Recipient: bare(values[1])}
	if row.MessageID == "" {
		l.wrong("message_id", "empty", "")
		return
	}
	if _, err := jp.Normal(jp.Email, row.Recipient); err != nil {
		l.wrong("recipient", "no e-mail address", "one address in each line, without a name")
		return
	}
	var ok bool
	if row.At, ok = foreignTime(values[2], l.zone); !ok {
		l.wrong("time", "no time", "such as 2019-07-13T14:05:00+09:00, or 2019-07-13 14:05:00 in the configured zone")
		return
	}
	l.rows = append(l.rows, row)
}

// bare is a value without the brackets around it.
func bare(s string) string {
	if strings.HasPrefix(s, "<") && strings.HasSuffix(s, ">") {
		return strings.TrimSpace(s[1 : len(s)-1])
	}
	return s
}

var foreignLayouts = []string{time.RFC3339Nano, "2006-01-02 15:04:05Z07:00", "2006-01-02 15:04:05.999999999", "2006-01-02T15:04:05.999999999", "2006/01/02 15:04:05", "2006-01-02 15:04", "2006/01/02 15:04"}

// foreignTime reads a time of this century or the last 20 years before it.
func foreignTime(s string, zone *time.Location) (time.Time, bool) {
	for _, layout := range foreignLayouts {
		t, err := time.ParseInLocation(layout, s, zone)
		if err == nil && t.Year() >= 1980 && t.Year() < 2200 {
			return t.UTC(), true
		}
	}
	return time.Time{}, false
}

// crlf gives lines the ends that mail has; files have often lost them.
func crlf(data []byte) []byte {
	return bytes.ReplaceAll(bytes.ReplaceAll(data, []byte("\r\n"), []byte("\n")), []byte("\n"), []byte("\r\n"))
}
