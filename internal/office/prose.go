package office

import (
	"strconv"
	"strings"
	"unicode"

	"github.com/kakitome/kakitome/internal/flow"
)

// text reads a file that is no sheet of a workbook.
func (r *reader) text(p *part, where string) (why string) {
	t := &texts{r: r, where: where, root: p.root, seen: map[string]bool{}}
	t.joins = p.office && kinds[p.name]&prose != 0
	why = walk(p.XML, t)
	t.finish()
	return why
}

// texts are the texts of one file: the one that is shown in its order, and
// beside it what would interrupt it.
type texts struct {
	r     *reader
	where string
	label string // of the main text, after where
	root
	joins bool // see prose

	main    flow.Text
	boxes   flow.Text // text boxes, notes and comments stand beside the text they are anchored in
	ruby    flow.Text // readings of kanji
	codes   flow.Text // of fields
	props   flow.Text // attributes and comments
	before  flow.Text // the text before the changes that are tracked, if there are any
	encoded strings.Builder

	open       []element
	deleted    int // elements with deleted text that are open
	inserted   int
	tracked    bool
	paragraphs int             // that are open
	seen       map[string]bool // values of attributes, which repeat
	table      table           // of an OpenDocument spreadsheet
}

// element is an open element.
type element struct {
	name string
	to   target
	from int // how much text was before it
}

// target is where text goes.
type target uint8

const (
	toMain target = iota
	toBoxes
	toRuby
	toCodes
	toFile
)

// targets are the elements whose text stands beside the text around them; boxes
// only where they would interrupt a paragraph.
var targets = map[string]target{
	"txbxContent": toBoxes, "text-box": toBoxes, "note": toBoxes, "annotation": toBoxes,
	"rt": toRuby, "ruby-text": toRuby, "rPh": toRuby,
	"instrText": toCodes, "delInstrText": toCodes,
	"binary-data": toFile, "binData": toFile,
}

// gaps are what stands before and after an element.
type gaps struct{ before, after flow.Gap }

// separators are the elements of running text that stand between two texts.
// Paragraphs end a line and start none: a cell may be before them.
var separators = func() map[string]gaps {
	set := map[string]gaps{}
	for _, s := range []struct {
		gaps
		names string
	}{
		{gaps{flow.None, flow.Newline}, "p h br cr line-break list-item"},
		{gaps{flow.Newline, flow.Newline}, `annotation author cm comment creator date f note pt Row si sp table
			table-row text text-box tr txbxContent v Worksheet`},
		{gaps{flow.Tab, flow.Tab}, "tab ptab Comment"},
		{gaps{flow.None, flow.Space}, "note-citation"},
	} {
		for _, name := range strings.Fields(s.names) {
			set[name] = s.gaps
		}
	}
	return set
}()

// cells are the elements that end a cell, whatever is in it.
var cells = map[string]bool{"tc": true, "table-cell": true, "covered-table-cell": true, "Cell": true}

// changes are the elements that hold text from before and from after a change.
var changes = map[string]struct{ deleted, inserted int }{
	"del": {1, 0}, "moveFrom": {1, 0}, "ins": {0, 1}, "moveTo": {0, 1},
}

func (t *texts) start(tag tag) {
	to := t.target()
	if special, ok := targets[tag.name]; ok && t.office && (special != toBoxes || t.paragraphs > 0) {
		to = special
	}
	if isParagraph(tag.name) {
		t.paragraphs++
	}
	t.open = append(t.open, element{tag.name, to, t.main.Len() + t.boxes.Len()})
	if change, ok := changes[tag.name]; ok && t.joins && !t.root.open {
		if !t.tracked {
			t.tracked = true
			t.before.Copy(&t.main)
		}
		t.deleted += change.deleted
		t.inserted += change.inserted
	}
	switch {
	case !t.joins:
		t.separate(flow.Newline)
	case tag.name == "s" && t.root.open:
		t.separate(flow.Space)
	default:
		t.separate(separators[tag.name].before)
	}
	if tag.name == "fldChar" {
		t.codes.Separate(flow.Newline) // what it shows joins the text around it
	}
	t.sign(tag)
	t.once(tag.name)
	if t.root.open {
		t.openTable(tag)
	}
	if tag.attrs != "" {
		tag.each(func(name, value string) { t.property(tag, name, value) })
	}
}

func (t *texts) end(name string, _ int) {
	last := t.open[len(t.open)-1]
	if change, ok := changes[name]; ok && t.joins && !t.root.open {
		t.deleted -= change.deleted
		t.inserted -= change.inserted
	}
	switch {
	case last.to == toFile:
		t.r.file(t.where, "", t.encoded.String())
		t.encoded.Reset()
	case !t.joins:
		t.separate(flow.Newline)
	case cells[name], name == "annotation" && t.table.within:
		if t.main.Len()+t.boxes.Len() > last.from {
			t.endCell()
		} else {
			t.separate(flow.Tab)
		}
	default:
		t.separate(separators[name].after)
	}
	t.open = t.open[:len(t.open)-1]
	if isParagraph(name) {
		t.paragraphs--
	}
	switch {
	case name == "si" && t.r.book.open:
		t.r.book.add(t.main.Take(), t.ruby.Take())
	case t.root.open:
		t.closeTable(name)
	}
}

// endCell ends a cell with text; its last line end is none of the row.
func (t *texts) endCell() {
	for _, f := range []*flow.Text{&t.main, &t.boxes, &t.ruby, &t.before} {
		f.Cell()
	}
}

func isParagraph(name string) bool { return name == "p" || name == "h" }

// target is where the text of the innermost element goes.
func (t *texts) target() target {
	if len(t.open) == 0 {
		return toMain
	}
	return t.open[len(t.open)-1].to
}

// separate keeps apart what is shown apart, in the text that is being read and,
// as in it, in the readings.
func (t *texts) separate(g flow.Gap) {
	if g == flow.None {
		return
	}
	switch t.target() {
	case toBoxes:
		t.boxes.Separate(g)
	case toMain:
		t.main.Separate(g)
		t.before.Separate(g)
	case toRuby, toCodes, toFile:
	}
	t.ruby.Separate(g)
	t.codes.Separate(g)
}

// sign adds what stands for a character.
func (t *texts) sign(tag tag) {
	switch tag.name {
	case "noBreakHyphen":
		t.write("-")
	case "softHyphen", "soft-hyphen":
		t.write("\u00ad")
	case "sym":
		if code, err := strconv.ParseUint(tag.attr("char"), 16, 16); err == nil && !unicode.Is(unicode.Co, rune(code)) {
			t.write(string(rune(code)))
		}
	}
}

// text adds text where it belongs. In running text, what stands outside of the
// elements of text is no part of it: white space, or measures and the like.
func (t *texts) text(s string) {
	switch {
	case !t.joins || t.target() >= toCodes || t.leaf():
		t.write(s)
	case strings.Trim(s, blank) != "":
		t.aside(s)
	}
}

func (t *texts) write(s string) {
	switch t.target() {
	case toFile:
		t.encoded.WriteString(s)
	case toCodes:
		t.codes.Add(s)
	case toRuby:
		t.ruby.Add(s)
	case toBoxes:
		if t.deleted == 0 {
			t.boxes.Add(s)
		} else {
			t.aside(s)
		}
	case toMain:
		if t.deleted == 0 {
			t.main.Add(s)
		}
		if t.tracked && t.inserted == 0 {
			t.before.Add(s)
		}
	}
}

// leaf tells whether the innermost element is one of text.
func (t *texts) leaf() bool {
	if t.root.open {
		return t.paragraphs > 0
	}
	return len(t.open) > 0 && leaves[t.open[len(t.open)-1].name]
}

// leaves are the elements of running text that hold characters; in OpenDocument
// all in a paragraph do.
var leaves = func() map[string]bool {
	set := map[string]bool{}
	for _, name := range strings.Fields("t delText text author v f Data B Font I U S Sub Sup Span") {
		set[name] = true
	}
	return set
}()

func (t *texts) aside(s string) {
	t.props.Separate(flow.Newline)
	t.props.Add(s)
	t.props.Separate(flow.Newline)
}

// property adds an attribute that says something, once.
func (t *texts) property(tag tag, name, value string) {
	if strings.Contains(value, ";base64,") {
		t.r.fault(t.where, WhyEncoded)
	}
	t.once(name)
	cell := t.table.sheet != nil && cells[tag.name] && (name == "value" || name == "date-value") // read with its row
	if !cell && !t.seen[value] && (!t.office || property(tag, name, value)) {
		t.seen[value] = true
		t.aside(value)
	}
}

// once adds a name of markup that looks like none.
func (t *texts) once(name string) {
	if Telling(name) && !t.seen[name] {
		t.seen[name] = true
		t.aside(name)
	}
}

// finish passes on what was read.
func (t *texts) finish() {
	t.table.flush()
	body := t.main.Take()
	if t.r.passage(t.where+t.label, body, 1) && t.office && kinds[t.name]&shown != 0 {
		t.r.doc.Shown = true
	}
	if t.r.passage(t.where+" boxes", t.boxes.Take(), 0) && kinds[t.name]&shown != 0 {
		t.r.doc.Shown = true
	}
	t.r.passage(t.where+" ruby", t.ruby.Take(), 0)
	t.r.passage(t.where+" fields", t.codes.Take(), 0)
	t.r.passage(t.where+" properties", t.props.Take(), 0)
	if before := t.before.Take(); before != body {
		t.r.passage(t.where+" before changes", before, 0)
	}
}
