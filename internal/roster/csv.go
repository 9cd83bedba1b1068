package roster

import (
	"errors"
	"fmt"
	"io"
)

// Stats says what a roster file held.
type Stats struct {
	Rows     int    // below the header, without empty lines
	People   int    // given to emit
	Bad      int    // rows given to bad
	Values   int    // of the people
	Encoding string // "UTF-8" or "Shift_JIS"
	Header   string // the first line as it stood, decoded: the names of the columns
}

// RowError says what is wrong with a row, and not what stands in it. Line is
// the physical line on which the row begins, from 1.
type RowError struct {
	Line   int
	Person string // id, where there is one; not in Error
	Column string // name of the column; empty: the row as a whole
	Reason string
	Hint   string
	Raw    string // the row as it stood, decoded, without its line end; personal data, for FILE.rejected.csv only
}

func (e *RowError) Error() string {
	s := fmt.Sprintf("line %d: ", e.Line)
	if e.Column != "" {
		s += e.Column + ": "
	}
	s += e.Reason
	if e.Hint != "" {
		s += " (" + e.Hint + ")"
	}
	return s
}

// Limits of a roster file. Memory is bounded by one row and 40 bytes a person.
const (
	maxRow     = 1 << 20 // bytes of one row
	maxColumns = 256
)

// ParseCSV reads a roster file (interface.md, "Roster CSV"; RFC 4180). People
// whose rows are sound go to emit, in order; what is wrong with other rows goes
// to bad, one call for each thing wrong, all of the same row one after the
// other. An error of emit or bad ends the reading, as does a file that cannot
// be read on: another encoding, no person_id column, a row over 1 MiB.
func ParseCSV(r io.Reader, emit func(Person) error, bad func(RowError) error) (Stats, error) {
	p := &csvParser{rows: newRowReader(r), emit: emit, bad: bad}
	err := p.run()
	p.Encoding = p.rows.lines.encoding.String()
	return p.Stats, err
}

type csvParser struct {
	Stats
	rows  *rowReader
	table *Table
	emit  func(Person) error
	bad   func(RowError) error
}

func (p *csvParser) run() error {
	header, err := p.rows.next()
	if errors.Is(err, io.EOF) {
		return errors.New("the file is empty: the first line names the columns")
	}
	if err != nil {
		return err
	}
	if err := p.header(header); err != nil {
		return err
	}
	for {
		row, err := p.rows.next()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		if err := p.row(row); err != nil {
			return err
		}
	}
}

func (p *csvParser) header(row row) error {
	if row.broken != "" {
		return fmt.Errorf("line %d: %s", row.line, row.broken)
	}
	var err error
	if p.table, err = NewTable(row.cells); err != nil {
		return fmt.Errorf("line %d: %w", row.line, err)
	}
	p.Header = row.raw
	return nil
}

// row judges one row and gives it to emit or to bad.
func (p *csvParser) row(row row) error {
	p.Rows++
	person, faults := p.person(row)
	if len(faults) == 0 {
		p.People++
		p.Values += len(person.Values)
		return p.emit(person)
	}
	p.Bad++
	for _, f := range faults {
		f.Line, f.Raw = row.line, row.raw
		if err := p.bad(f); err != nil {
			return err
		}
	}
	return nil
}

func (p *csvParser) person(row row) (Person, []RowError) {
	person := Person{Line: row.line}
	if row.broken != "" {
		return person, []RowError{{Reason: row.broken, Hint: "a field with a quote or a comma in it stands in quotes, and quotes in it are doubled"}}
	}
	if len(row.cells) != p.table.Columns() {
		reason := fmt.Sprintf("%d fields, the header has %d", len(row.cells), p.table.Columns())
		return person, []RowError{{Reason: reason, Hint: "put fields with commas in quotes"}}
	}
	return p.table.Person(row.cells, row.line)
}
