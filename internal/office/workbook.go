package office

import (
	"path"
	"strconv"
	"strings"
	"unicode/utf8"
)

// workbook is what the sheets of a workbook share (ECMA-376 part 1 §18). It is
// empty for documents that are none.
type workbook struct {
	sheets  map[string]string // part → name of the sheet
	strings []shared
	open    bool // the strings are being read
	formats []*format
	epoch   int // days to add to a serial number: 0, or days1904
}

// shared is a string that cells refer to.
type shared struct {
	text, ruby string
	used       bool
}

// prepare reads what sheets refer to. A second file of the same kind is read
// like any other, and a fault: programs may choose either.
func (b *workbook) prepare(r *reader) {
	b.sheets = map[string]string{}
	found := map[string]*part{}
	for i := range r.parts {
		p := &r.parts[i]
		switch {
		case !p.office || p.root.name != "workbook" && p.root.name != "styleSheet" && p.root.name != "sst":
		case found[p.root.name] != nil:
			r.fault(p.where(), WhyTwice)
		default:
			found[p.root.name] = p
		}
	}
	if p := found["workbook"]; p != nil {
		b.names(p, r.parts)
	}
	if p := found["styleSheet"]; p != nil {
		s := &styles{codes: map[string]string{}}
		walk(p.XML, s) // what is wrong with it is said when it is read as text
		b.formats = s.formats()
	}
	if p := found["sst"]; p != nil {
		b.open = true
		r.part(p)
		b.open = false
	}
}

// add takes a shared string.
func (b *workbook) add(text, ruby string) {
	b.strings = append(b.strings, shared{text: clean(text), ruby: clean(ruby)})
}

// rest passes on the shared strings that no cell refers to.
func (b *workbook) rest(r *reader) {
	for _, s := range b.strings {
		if !s.used {
			r.passage(" unused strings", s.text, 0)
			r.passage(" unused strings", s.ruby, 0)
		}
	}
}

// names reads which part is which sheet, along the relationships of the
// workbook, and its date system.
func (b *workbook) names(p *part, parts []part) {
	dir, base := path.Split(p.Name)
	w := &sheetNames{names: map[string]string{}, targets: map[string]string{}}
	walk(p.XML, w)
	for _, rels := range parts {
		if rels.Name == dir+"_rels/"+base+".rels" {
			walk(rels.XML, w)
		}
	}
	b.epoch = w.epoch
	for id, target := range w.targets {
		if name := w.names[id]; name != "" {
			if !strings.HasPrefix(target, "/") {
				target = path.Join(dir, target)
			}
			b.sheets[strings.TrimPrefix(target, "/")] = name
		}
	}
}

// sheetNames collects the sheets of a workbook and the relationships they name.
type sheetNames struct {
	names, targets map[string]string // by relationship
	epoch          int
}

func (s *sheetNames) start(t tag) {
	switch t.name {
	case "sheet":
		var name, id string
		t.each(func(n, v string) {
			switch n {
			case "name":
				name = v
			case "id":
				id = v
			}
		})
		s.names[id] = name
	case "Relationship":
		s.targets[t.attr("Id")] = t.attr("Target")
	case "workbookPr":
		if v := t.attr("date1904"); v == "1" || v == "true" {
			s.epoch = days1904
		}
	}
}

func (s *sheetNames) end(string, int) {}
func (s *sheetNames) text(string)     {}
func (s *sheetNames) aside(string)    {}

// styles collects the number formats of cells (§18.8).
type styles struct {
	codes map[string]string
	cells []string // numFmtId by style
	in    bool     // cellXfs
}

func (s *styles) start(t tag) {
	switch {
	case t.name == "numFmt":
		id := t.attr("numFmtId")
		if _, ok := s.codes[id]; !ok {
			s.codes[id] = t.attr("formatCode")
		}
	case t.name == "cellXfs":
		s.in = true
	case t.name == "xf" && s.in:
		s.cells = append(s.cells, t.attr("numFmtId"))
	}
}

func (s *styles) end(name string, _ int) {
	if name == "cellXfs" {
		s.in = false
	}
}

func (s *styles) text(string)  {}
func (s *styles) aside(string) {}

// formats are the number formats by style.
func (s *styles) formats() []*format {
	byID := map[string]*format{}
	formats := make([]*format, len(s.cells))
	for i, id := range s.cells {
		f, ok := byID[id]
		if !ok {
			if code, custom := s.codes[id]; custom {
				f = parseFormat(code)
			} else if n, err := strconv.Atoi(id); err == nil && builtinDate(n) {
				f = &format{date: true}
			}
			byID[id] = f
		}
		formats[i] = f
	}
	return formats
}

// clean is a string of a workbook with its escapes decoded: _x000D_ is a
// character (ECMA-376 part 1 §22.9.2.19).
func clean(s string) string {
	if !strings.Contains(s, "_x") {
		return s
	}
	var b strings.Builder
	for i := 0; i < len(s); i++ {
		if s[i] == '_' && i+7 <= len(s) && s[i+1] == 'x' && s[i+6] == '_' {
			if code, err := strconv.ParseUint(s[i+2:i+6], 16, 16); err == nil {
				if !utf8.ValidRune(rune(code)) || code == 0 {
					code = utf8.RuneError
				}
				b.WriteRune(rune(code))
				i += 6
				continue
			}
		}
		b.WriteByte(s[i])
	}
	return b.String()
}
