package office

import (
	"strconv"
	"strings"

	"github.com/kakitome/kakitome/internal/flow"
)

// sheet is the text of a sheet: one line for each row, and beside it other
// readings of the same rows.
type sheet struct {
	r           *reader
	where       string
	main, other rows
}

// rows are lines that know their numbers.
type rows struct {
	text        strings.Builder
	first, last int
}

// widestGap is how many empty rows are still empty lines of one passage.
const widestGap = 16

func (s *sheet) put(row int, main, other string) {
	s.line(&s.main, row, main)
	s.line(&s.other, row, other)
}

func (s *sheet) line(to *rows, row int, text string) {
	if strings.TrimSpace(text) == "" {
		return
	}
	if gap := row - to.last; to.text.Len() > 0 && (gap < 1 || gap > widestGap) {
		s.flushRows(to)
	}
	if to.text.Len() == 0 {
		to.first, to.last = row, row
	}
	if to.text.Len()+len(text) > s.r.lim.Text || s.r.full {
		s.r.overflow(s.where)
		return
	}
	for ; to.last < row; to.last++ {
		to.text.WriteByte('\n')
	}
	to.text.WriteString(strings.ReplaceAll(text, "\n", " "))
}

func (s *sheet) flushRows(rows *rows) {
	if s.r.passage(s.where, rows.text.String(), rows.first) {
		s.r.doc.Shown = true
	}
	rows.text.Reset()
}

func (s *sheet) flush() {
	s.flushRows(&s.main)
	s.flushRows(&s.other)
}

// worksheet reads a sheet of an Excel workbook (ECMA-376 part 1 §18.3).
func (r *reader) worksheet(p *part) (why string) {
	where := p.where()
	if name := r.book.sheets[p.Name]; name != "" {
		where = "/sheet " + name
	}
	w := &worksheet{sheet: sheet{r: r, where: where}}
	w.beside = texts{r: r, where: where, label: " margins", root: p.root, seen: map[string]bool{}}
	why = walk(p.XML, w)
	w.endRow()
	w.flush()
	w.beside.finish()
	if w.missing {
		r.fault(where, WhyMissing)
	}
	return why
}

// worksheet is a sheet being read.
type worksheet struct {
	sheet
	beside  texts // what is no cell: headers, footers, rules, links
	row     int
	main    flow.Text // of the present row
	other   flow.Text
	cell    cell
	in      []string // open elements of the cell
	missing bool     // a shared string is
}

// cell is a cell being read; its texts come in pieces.
type cell struct {
	kind, style                  string
	value, formula, inline, ruby []string
}

const mostRows = 1 << 30

func (w *worksheet) start(t tag) {
	switch {
	case len(w.in) > 0 || t.name == "c":
		if len(w.in) == 0 {
			w.cell = cell{value: w.cell.value[:0], formula: w.cell.formula[:0], inline: w.cell.inline[:0], ruby: w.cell.ruby[:0]}
		}
		w.in = append(w.in, t.name)
	case t.name == "row":
		w.endRow()
		w.row++
	default:
		w.beside.start(t)
		return
	}
	w.beside.once(t.name)
	t.each(func(name, value string) { w.attribute(t, name, value) })
}

// attribute reads an attribute of a row, a cell or what is in one.
func (w *worksheet) attribute(t tag, name, value string) {
	switch {
	case name == "t" && len(w.in) == 1:
		w.cell.kind = value
	case name == "s" && len(w.in) == 1:
		w.cell.style = value
	case name == "r" && len(w.in) == 0:
		if n, err := strconv.Atoi(value); err == nil && n > 0 && n < mostRows {
			w.row = n
		}
	}
	w.beside.property(t, name, value)
}

func (w *worksheet) end(name string, at int) {
	switch {
	case len(w.in) == 1:
		w.in = w.in[:0]
		w.endCell()
	case len(w.in) > 1:
		w.in = w.in[:len(w.in)-1]
	case name == "row":
		w.endRow()
	default:
		w.beside.end(name, at)
	}
}

func (w *worksheet) text(s string) {
	if len(w.in) == 0 {
		w.beside.text(s)
		return
	}
	for i := len(w.in) - 1; i >= 0; i-- {
		switch w.in[i] {
		case "v":
			w.cell.value = append(w.cell.value, s)
			return
		case "f":
			w.cell.formula = append(w.cell.formula, s)
			return
		case "rPh":
			w.cell.ruby = append(w.cell.ruby, s)
			return
		}
	}
	if w.in[len(w.in)-1] == "t" || strings.Trim(s, blank) != "" {
		w.cell.inline = append(w.cell.inline, s)
	}
}

func (w *worksheet) aside(s string) { w.beside.aside(s) }

// endCell adds a cell to its row: as it is shown, and beside it in the other ways
// that it can be read.
func (w *worksheet) endCell() {
	c := &w.cell
	w.add(&w.main, strings.Join(c.inline, ""))
	w.add(&w.other, strings.Join(c.ruby, ""))
	if formula := strings.Join(c.formula, ""); Telling(formula) {
		w.add(&w.other, formula)
	}
	value := strings.Join(c.value, "")
	switch c.kind {
	case "s":
		w.shared(value)
	case "", "n":
		var f *format
		if i, err := strconv.Atoi(c.style); err == nil && i >= 0 && i < len(w.r.book.formats) {
			f = w.r.book.formats[i]
		} else if c.style == "" && len(w.r.book.formats) > 0 {
			f = w.r.book.formats[0]
		}
		main, other := f.show(value, w.r.book.epoch)
		w.add(&w.main, main)
		w.add(&w.other, other)
	default:
		w.add(&w.main, value)
	}
	w.main.Separate(flow.Tab)
	w.other.Separate(flow.Tab)
}

// shared adds the shared string with an index.
func (w *worksheet) shared(index string) {
	i, err := strconv.Atoi(strings.TrimSpace(index))
	if err != nil || i < 0 || i >= len(w.r.book.strings) {
		w.missing = true
		return
	}
	s := &w.r.book.strings[i]
	s.used = true
	w.add(&w.main, s.text)
	w.add(&w.other, s.ruby)
}

// add adds text to the row, unless it is too much: few bytes of a sheet can show
// a long string many times.
func (w *worksheet) add(to *flow.Text, text string) {
	if w.r.full || text == "" {
		return
	}
	if to.Len()+len(text) > w.r.lim.Text {
		w.r.overflow(w.where)
		return
	}
	to.Add(clean(text))
	to.Separate(flow.Tab)
}

func (w *worksheet) endRow() { w.put(w.row, w.main.Take(), w.other.Take()) }

// table is the present sheet of an OpenDocument spreadsheet. Its cells are read
// like those of any table; what is repeated is read once.
type table struct {
	*sheet
	within        bool // a spreadsheet
	row, repeated int
	number        string    // value of the present cell, if it is a number
	from          int       // where the text of the present cell starts
	other         flow.Text // other readings of the present row
}

func (t *table) flush() {
	if t.sheet != nil {
		t.sheet.flush()
		t.sheet = nil
	}
}

// openTable follows the sheets, rows and cells of a spreadsheet.
func (t *texts) openTable(tag tag) {
	s := &t.table
	switch {
	case tag.name == "spreadsheet":
		s.within = true
	case !s.within:
	case tag.name == "table":
		s.flush()
		t.r.passage(t.where, t.main.Take(), 1)
		s.sheet, s.row, s.repeated = &sheet{r: t.r, where: "/sheet " + tag.attr("name")}, 0, 1
	case s.sheet == nil:
	case tag.name == "table-row":
		s.row += s.repeated
		s.repeated = 1
		if n, err := strconv.Atoi(tag.attr("number-rows-repeated")); err == nil && n > 0 && n < mostRows-s.row {
			s.repeated = n
		}
	case cells[tag.name]:
		s.number, s.from = tag.attr("value"), t.main.Len()
		s.other.Add(tag.attr("date-value"))
	}
}

// closeTable adds cells to their row, and rows to their sheet.
func (t *texts) closeTable(name string) {
	s := &t.table
	switch {
	case s.sheet == nil:
	case name == "table":
		s.flush()
	case name == "table-row":
		s.put(max(1, s.row), t.main.Take(), s.other.Take())
	case cells[name]:
		if from := min(s.from, t.main.Len()); s.number != "" {
			shown := t.main.String()[from:]
			if !strings.Contains(shown, s.number) {
				s.other.Add(s.number)
			}
			s.other.Separate(flow.Space)
			s.other.Add(restored(strings.TrimSpace(s.number)))
		}
		s.other.Separate(flow.Tab)
	}
}
