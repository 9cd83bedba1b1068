package store

import (
	"database/sql"
	"strconv"
	"strings"

	"github.com/kakitome/kakitome/internal/check"
	"github.com/kakitome/kakitome/internal/fault"
)

const (
	maxRows = 128  // rows of one INSERT
	maxIn   = 1024 // values of one IN list
)

// Texts of statements differ only by how long their lists are. Lengths are
// powers of two, so that few texts exist and each stays prepared. In lists
// SQLite gets ? for $n: it keeps $n as a name, and looking up the names of long
// lists takes it more time than all else.

// mark writes the n-th argument of a list.
func (t *tx) mark(b *strings.Builder, n int) {
	if !t.s.engine.postgres {
		b.WriteByte('?')
		return
	}
	b.WriteByte('$')
	b.WriteString(strconv.Itoa(n))
}

// in runs a query whose text holds ($IN) for the values, as often as they need,
// and calls row for each row. The fixed arguments are $1 and on, and stand
// before the list.
func (t *tx) in(query string, fixed, values []any, row func(*sql.Rows) error) error {
	for len(values) > 0 {
		n := min(len(values), maxIn)
		text, args := t.inText(query, fixed, values[:n])
		if err := t.query(row, text, args...); err != nil {
			return err
		}
		values = values[n:]
	}
	return nil
}

// execIn is in for a statement that answers nothing.
func (t *tx) execIn(query string, fixed, values []any) {
	for len(values) > 0 {
		n := min(len(values), maxIn)
		text, args := t.inText(query, fixed, values[:n])
		t.exec(text, args...)
		values = values[n:]
	}
}

// inText fills the list up to a power of two with its last value.
func (t *tx) inText(query string, fixed, values []any) (string, []any) {
	size := 1
	for size < len(values) {
		size *= 2
	}
	args := make([]any, 0, len(fixed)+size)
	args = append(append(args, fixed...), values...)
	var list strings.Builder
	for i := range size {
		if i > 0 {
			list.WriteByte(',')
		}
		t.mark(&list, len(fixed)+1+i)
		if i >= len(values) {
			args = append(args, values[len(values)-1])
		}
	}
	return strings.Replace(query, "$IN", list.String(), 1), args
}

// rows collects the values of an INSERT of many rows.
type rows struct {
	cols int
	args []any
}

func (r *rows) add(values ...any) {
	r.cols = len(values)
	r.args = append(r.args, values...)
}

// insert runs "head VALUES (…),(…) tail" for all rows.
func (t *tx) insert(head string, r *rows, tail string) {
	r.each(func(n int, args []any) { t.exec(t.valuesText(head, n, r.cols, tail), args...) })
}

// insertReturning is insert for a tail that answers.
func (t *tx) insertReturning(head string, r *rows, tail string, row func(*sql.Rows) error) error {
	var err error
	r.each(func(n int, args []any) {
		if err == nil {
			err = t.query(row, t.valuesText(head, n, r.cols, tail), args...)
		}
	})
	return err
}

// each gives the rows in pieces of powers of two.
func (r *rows) each(do func(n int, args []any)) {
	args := r.args
	for size := maxRows; len(args) > 0; {
		for size*r.cols > len(args) {
			size /= 2
		}
		do(size, args[:size*r.cols])
		args = args[size*r.cols:]
	}
}

func (t *tx) valuesText(head string, n, cols int, tail string) string {
	var b strings.Builder
	b.Grow(len(head) + len(tail) + n*cols*6)
	b.WriteString(head)
	b.WriteString(" VALUES ")
	arg := 0
	for i := range n {
		if i > 0 {
			b.WriteByte(',')
		}
		for c := range cols {
			if c == 0 {
				b.WriteByte('(')
			} else {
				b.WriteByte(',')
			}
			arg++
			t.mark(&b, arg)
		}
		b.WriteByte(')')
	}
	b.WriteByte(' ')
	b.WriteString(tail)
	return b.String()
}

// key is check.Key as this package names it.
type key = check.Key

// keySet collects different keys in the order in which they came.
type keySet struct {
	has  map[key]bool
	list []any
}

func (s *keySet) add(keys ...key) {
	if s.has == nil {
		s.has = map[key]bool{}
	}
	for _, k := range keys {
		if k != (key{}) && !s.has[k] {
			s.has[k] = true
			s.list = append(s.list, k[:])
		}
	}
}

// orNull is NULL for no key.
func orNull(k key) any {
	if k == (key{}) {
		return nil
	}
	return k[:]
}

func keyOf(b []byte) key {
	var k key
	copy(k[:], b)
	return k
}

func packKeys(keys []key) []byte {
	b := make([]byte, 0, len(keys)*len(key{}))
	for i := range keys {
		b = append(b, keys[i][:]...)
	}
	return b
}

func unpackKeys(b []byte) []key {
	var keys []key
	for ; len(b) >= len(key{}); b = b[len(key{}):] {
		keys = append(keys, keyOf(b[:len(key{})]))
	}
	return keys
}

func packRules(rules []check.Rule) string {
	if len(rules) == 0 {
		return ""
	}
	var b strings.Builder
	for _, r := range rules {
		b.WriteByte(',')
		b.WriteString(string(r))
	}
	b.WriteByte(',')
	return b.String()
}

func unpackRules(s string) []check.Rule {
	var rules []check.Rule
	for r := range strings.SplitSeq(strings.Trim(s, ","), ",") {
		if r != "" {
			rules = append(rules, check.Rule(r))
		}
	}
	return rules
}

// perMail is how many numbers a mail has for its deliveries.
const perMail = 65536

// splitID takes a delivery's id apart: mail id "." number.
func splitID(id string) (mail string, n int64, err error) {
	i := strings.LastIndexByte(id, '.')
	if i > 0 {
		n, err = strconv.ParseInt(id[i+1:], 10, 32)
	}
	if i <= 0 || err != nil || n < 0 || n >= perMail {
		return "", 0, fault.New(fault.NotFound, "find delivery", "there is no such delivery")
	}
	return id[:i], n, nil
}

func joinID(mail string, num int64) string {
	return mail + "." + strconv.FormatInt(num%perMail, 10)
}

func itoa(n int64) string { return strconv.FormatInt(n, 10) }
