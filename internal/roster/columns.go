package roster

import (
	"crypto/sha256"
	"errors"
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/kakitome/kakitome/internal/jp"
)

// Table turns the rows of a table into people: of a roster file, or of a query.
// Its columns are named as interface.md says ("Roster CSV"). It remembers whom
// it has seen, in 40 bytes a person.
type Table struct {
	columns []column
	seen    map[personID]int // row of each person
}

// personID stands for a person id in the memory of those seen.
type personID [16]byte

// column says what its cells are. Without a kind it is one of those below.
type column struct {
	name string
	kind jp.Kind
}

const (
	idColumn      = "person_id"
	canaryColumn  = "canary"
	removedColumn = "removed"
)

// NewTable makes a table of columns with those names. The error names the first
// that is wrong by its number, and does not repeat it: what is no header may
// hold somebody's data.
func NewTable(names []string) (*Table, error) {
	if len(names) > maxColumns {
		return nil, fmt.Errorf("more than %d columns", maxColumns)
	}
	t := &Table{seen: map[personID]int{}}
	known := columnNames()
	for i, name := range names {
		name = strings.ToLower(strings.TrimSpace(name))
		if !slices.Contains(known, name) {
			return nil, fmt.Errorf("column %d is not known (%s)", i+1, columnHint(name, known))
		}
		kind, _ := jp.ParseKind(name)
		if kind == 0 && slices.ContainsFunc(t.columns, func(c column) bool { return c.name == name }) {
			return nil, fmt.Errorf("column %s is there twice", name)
		}
		t.columns = append(t.columns, column{name, kind})
	}
	if !slices.ContainsFunc(t.columns, func(c column) bool { return c.name == idColumn }) {
		return nil, errors.New("there is no column person_id")
	}
	return t, nil
}

// Columns is how many cells a row has.
func (t *Table) Columns() int { return len(t.columns) }

// IsColumn tells whether a table may have a column of that name.
func IsColumn(name string) bool { return slices.Contains(columnNames(), strings.ToLower(name)) }

func columnNames() []string {
	names := []string{idColumn, canaryColumn, removedColumn}
	for k := jp.Email; k <= jp.Other; k++ {
		names = append(names, k.String())
	}
	return names
}

// columnHint names the nearest column, or all of them.
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

// Person reads one row, which has a cell for each column. line is the row's
// place, for what is wrong with it. Of a person to be removed the other cells
// are not read.
func (t *Table) Person(cells []string, line int) (Person, []RowError) {
	person := Person{Line: line}
	var faults []RowError
	for i, cell := range cells {
		c := t.columns[i]
		if fault := person.take(c, strings.TrimSpace(cell)); fault != nil {
			faults = append(faults, RowError{Line: line, Column: c.name, Reason: fault.Error(), Hint: columnHelp(c.kind)})
		}
	}
	if person.Removed {
		person.Values = nil
		faults = slices.DeleteFunc(faults, func(f RowError) bool { return f.Column != idColumn })
	}
	if fault := t.identity(person.ID, line); fault != nil {
		faults = append(faults, RowError{Line: line, Column: idColumn, Reason: fault.Error(), Hint: "every person has one row"})
	}
	if checkID(person.ID) == nil {
		for i := range faults {
			faults[i].Person = person.ID
		}
	}
	return person, faults
}

// take puts the value of one cell where it belongs.
func (person *Person) take(c column, value string) (err error) {
	switch {
	case !utf8.ValidString(value) || strings.ContainsRune(value, 0):
		return errors.New("not text, or not UTF-8")
	case c.name == idColumn:
		person.ID = value
	case c.name == canaryColumn:
		person.Canary, err = parseYes(value)
	case c.name == removedColumn:
		person.Removed, err = parseYes(value)
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
	case "yes", "true", "t", "1", "はい":
		return true, nil
	case "", "no", "false", "f", "0", "いいえ":
		return false, nil
	default:
		return false, errors.New("neither yes nor no")
	}
}

// identity checks the person id of a row and remembers it, whether or not the
// rest of the row is sound.
func (t *Table) identity(id string, line int) error {
	if err := checkID(id); err != nil {
		return errors.New(strings.TrimPrefix(err.Error(), "person_id: "))
	}
	sum := sha256.Sum256([]byte(id))
	key := personID(sum[:len(personID{})])
	if first, ok := t.seen[key]; ok {
		return fmt.Errorf("the same person as on line %d", first)
	}
	t.seen[key] = line
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
