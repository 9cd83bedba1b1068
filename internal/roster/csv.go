package roster

import (
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/kakitome/kakitome/internal/jp"
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
	p := &csvParser{rows: newRowReader(r), emit: emit, bad: bad, seen: map[personID]int{}}
	err := p.run()
	p.Encoding = p.rows.lines.encoding.String()
	return p.Stats, err
}

// personID stands for a person id in the memory of those seen.
type personID [16]byte

type csvParser struct {
	Stats
	rows    *rowReader
	columns []column
	emit    func(Person) error
	bad     func(RowError) error
	seen    map[personID]int // line of each person
}

// column says what its cells are. Without a kind it is person_id or canary.
type column struct {
	name string
	kind jp.Kind
}

const (
	idColumn     = "person_id"
	canaryColumn = "canary"
)

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
	if len(row.cells) > maxColumns {
		return fmt.Errorf("line %d: more than %d columns", row.line, maxColumns)
	}
	known := columnNames()
	for i, cell := range row.cells {
		name := strings.ToLower(strings.TrimSpace(cell))
		if !slices.Contains(known, name) {
			return fmt.Errorf("line %d: column %d is not known (%s)", row.line, i+1, columnHint(name, known))
		}
		kind, _ := jp.ParseKind(name)
		if kind == 0 && slices.ContainsFunc(p.columns, func(c column) bool { return c.name == name }) {
			return fmt.Errorf("line %d: column %s is there twice", row.line, name)
		}
		p.columns = append(p.columns, column{name, kind})
	}
	if !slices.ContainsFunc(p.columns, func(c column) bool { return c.name == idColumn }) {
		return fmt.Errorf("line %d: there is no column person_id (the first line names the columns)", row.line)
	}
	p.Header = row.raw
	return nil
}

func columnNames() []string {
	names := []string{idColumn, canaryColumn}
	for k := jp.Email; k <= jp.Other; k++ {
		names = append(names, k.String())
	}
	return names
}

// columnHint names the nearest column, or all of them. A header that is no
// header may hold somebody's data, so the name itself is not repeated.
func columnHint(name string, known []string) string {
	best, least := "", 1+len(name)/3
	for _, k := range known {
		if d := distance(name, k); d <= least {
			best, least = k, d-1
		}
	}
	if best != "" {
		return "did you mean " + best + "?"
	}
	return "known are " + strings.Join(known, ", ")
}

// distance is Levenshtein's, up to what matters for short names.
func distance(a, b string) int {
	if len(a) > 64 {
		return len(a)
	}
	line := make([]int, len(b)+1)
	for j := range line {
		line[j] = j
	}
	for i := range len(a) {
		diagonal := line[0]
		line[0] = i + 1
		for j := range len(b) {
			change := diagonal
			if a[i] != b[j] {
				change++
			}
			diagonal = line[j+1]
			line[j+1] = min(change, line[j]+1, line[j+1]+1)
		}
	}
	return line[len(b)]
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
	if len(row.cells) != len(p.columns) {
		reason := fmt.Sprintf("%d fields, the header has %d", len(row.cells), len(p.columns))
		return person, []RowError{{Reason: reason, Hint: "put fields with commas in quotes"}}
	}
	var faults []RowError
	for i, cell := range row.cells {
		c, value := p.columns[i], strings.TrimSpace(cell)
		if fault := person.take(c, value); fault != nil {
			faults = append(faults, RowError{Column: c.name, Reason: fault.Error(), Hint: columnHelp(c.kind)})
		}
	}
	if fault := p.identity(person.ID, row.line); fault != nil {
		faults = append(faults, RowError{Column: idColumn, Reason: fault.Error(), Hint: "every person has one row"})
	}
	return person, faults
}

// take puts the value of one cell where it belongs.
func (person *Person) take(c column, value string) (err error) {
	switch {
	case c.name == idColumn:
		person.ID = value
	case c.name == canaryColumn:
		person.Canary, err = parseYes(value)
	case value != "":
		v := Value{c.kind, value}
		if _, _, err = read(v); err == nil {
			person.Values = append(person.Values, v)
		}
	}
	return err
}

func parseYes(value string) (bool, error) {
	switch strings.ToLower(value) {
	case "yes", "true", "1", "はい":
		return true, nil
	case "", "no", "false", "0", "いいえ":
		return false, nil
	default:
		return false, errors.New("neither yes nor no")
	}
}

// identity checks the person id of a row and remembers it, whether or not the
// rest of the row is sound.
func (p *csvParser) identity(id string, line int) error {
	if err := checkID(id); err != nil {
		return errors.New(strings.TrimPrefix(err.Error(), "person_id: "))
	}
	sum := sha256.Sum256([]byte(id))
	key := personID(sum[:len(personID{})])
	if first, ok := p.seen[key]; ok {
		return fmt.Errorf("the same person as on line %d", first)
	}
	p.seen[key] = line
	return nil
}

// columnHelp shows what a column expects, by an example of nobody's.
func columnHelp(k jp.Kind) string {
	switch k {
	case jp.Email:
		return "such as taro@example.jp"
	case jp.Phone:
		return "such as 090-0000-0000, or +81 90 0000 0000"
	case jp.PostalCode:
		return "seven digits, such as 100-0000"
	case jp.Birthday:
		return "such as 1985-04-03"
	case jp.Address:
		return "with the house number, such as 東京都例示区見本町1-2-3"
	case jp.Name, jp.NameKana, jp.NameLatin:
		return "family name and given name"
	case 0:
		return ""
	default:
		return "two characters at least"
	}
}
