package letter

import (
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"strings"
)

//go:embed words/*.txt
var builtin embed.FS

// maxTemplate is the size of a template in bytes.
const maxTemplate = 64 << 10

// Words are the templates of all kinds of letters. They are safe for concurrent
// use.
type Words struct {
	templates map[Kind]*template
}

// template is one file: for both languages a subject and a text.
type template struct {
	version string
	subject [2][]node
	text    [2][]node
}

// node is a piece of a template: words, a field to print, or pieces that
// depend on a field.
type node struct {
	line   int
	words  string
	field  string
	cond   bool
	unless bool
	pieces []node
}

// Problem is one thing wrong with a template. It quotes the name of a field,
// and no text.
type Problem struct {
	File  string
	Line  int // from 1; 0: the file as a whole
	Field string
	Msg   string
	Hint  string
}

func (p *Problem) Error() string {
	s := p.File
	if p.Line > 0 {
		s += fmt.Sprintf(":%d", p.Line)
	}
	if p.Field != "" {
		s += ": {" + p.Field + "}"
	}
	s += ": " + p.Msg
	if p.Hint != "" {
		s += " (" + p.Hint + ")"
	}
	return s
}

// Load reads the templates: those built in, and in their place those an
// operator has in own, named deletion.txt and so on; own may be nil. The error
// joins a Problem for each thing wrong, all files together.
func Load(own fs.FS) (*Words, error) {
	w := &Words{templates: map[Kind]*template{}}
	var errs []error
	replaced, err := listed(own)
	errs = append(errs, err)
	for _, k := range Kinds() {
		from, path := fs.FS(builtin), "words/"+k.String()+".txt"
		if replaced[k] {
			from, path = own, k.String()+".txt"
		}
		text, err := fs.ReadFile(from, path)
		if err != nil {
			errs = append(errs, fmt.Errorf("read template %s: %w", path, err))
			continue
		}
		t, err := parse(k, string(text))
		errs = append(errs, err)
		w.templates[k] = t
	}
	if err := errors.Join(errs...); err != nil {
		return nil, err
	}
	return w, nil
}

// listed tells which kinds an operator's directory replaces. A text file with
// another name is a problem, since it would be left out in silence.
func listed(own fs.FS) (map[Kind]bool, error) {
	found := map[Kind]bool{}
	if own == nil {
		return found, nil
	}
	entries, err := fs.ReadDir(own, ".")
	if err != nil {
		return nil, fmt.Errorf("read templates: %w", err)
	}
	var errs []error
	for _, e := range entries {
		name, ok := strings.CutSuffix(e.Name(), ".txt")
		if !ok || strings.HasPrefix(name, ".") {
			continue
		}
		k, ok := ParseKind(name)
		if !ok {
			errs = append(errs, &Problem{File: e.Name(), Msg: "no letter has this name", Hint: "the templates are " + kindNames()})
			continue
		}
		found[k] = true
	}
	return found, errors.Join(errs...)
}

func kindNames() string {
	var names []string
	for _, k := range Kinds() {
		names = append(names, k.String()+".txt")
	}
	return strings.Join(names, ", ")
}

// Version names the text of a kind's template: it changes if and only if the
// text does. Line ends do not count.
func (w *Words) Version(k Kind) string {
	if t := w.templates[k]; t != nil {
		return t.version
	}
	return ""
}

// Approval names all the words of a kind of letter that a person writes: the
// template, and the free text, contact and addresses of Facts. Who approves a
// letter approves this; numbers and times move on without it.
func (w *Words) Approval(k Kind, f Facts) string {
	h := sha256.New()
	for _, s := range []string{
		w.Version(k), f.Incident, f.Company.Ja, f.Company.En, f.Outline.Ja, f.Outline.En, f.Cause.Ja, f.Cause.En, f.Items.Ja, f.Items.En,
		f.NotLeaked.Ja, f.NotLeaked.En, f.Secondary.Ja, f.Secondary.En, f.Measures.Ja, f.Measures.En, f.Other.Ja, f.Other.En, f.News.Ja, f.News.En,
		f.Desk.Mail, f.Desk.Phone, f.Desk.Hours.Ja, f.Desk.Hours.En, f.Sender, f.Verify,
	} {
		h.Write(fmt.Appendf(nil, "%d\x00%s", len(s), s))
	}
	return hex.EncodeToString(h.Sum(nil)[:16])
}

// Sheet is a letter in words, before it is addressed to anybody.
type Sheet struct {
	Kind    Kind
	Version string // of the template
	Subject string
	Text    string // plain text, lines end in \n
	HTML    string // the same words
	Page    string // the one link in HTML; may be empty
	Paper   bool   // it was written to be printed
}

// Write fills the template of a kind. It is an error to print a field that is
// empty, for then the letter would have a hole; a template asks first: {?cause}.
func (w *Words) Write(k Kind, f Facts, d Details) (Sheet, error) {
	t := w.templates[k]
	if t == nil {
		return Sheet{}, fmt.Errorf("write letter: there is no template for %s", k)
	}
	if err := errors.Join(f.check(), d.check(), due(k, &f, &d)); err != nil {
		return Sheet{}, fmt.Errorf("write letter %s: %w", k, err)
	}
	r := render{kind: k, facts: &f, details: &d}
	s := Sheet{Kind: k, Version: t.version, Page: d.Page, Paper: d.Paper}
	ja, en := r.block(t.text[japanese], japanese), r.block(t.text[english], english)
	title := Text{oneLine(r.block(t.subject[japanese], japanese)), oneLine(r.block(t.subject[english], english))}
	s.Subject = title.Ja + " / " + title.En
	if err := errors.Join(r.errs...); err != nil {
		return Sheet{}, fmt.Errorf("write letter: %w", err)
	}
	s.Text = ja + "\n\n" + between + "\n\n" + en + "\n"
	s.HTML = html(title, Text{ja, en}, d.Page)
	return s, nil
}

// between stands between the languages of a plain text.
const between = "----------------------------------------"

// due refuses a letter without what it is there for.
func due(k Kind, f *Facts, d *Details) error {
	switch {
	case len(d.Code) != codeLength:
		return errors.New("it has no receipt code")
	case k.Asks() && len(d.Mails) == 0:
		return errors.New("no mail is named that should be deleted")
	case d.Paper != (d.Page == "") && (k.Asks() || d.Paper):
		return errors.New("a mail needs the page where it can be answered, and paper has none")
	case k.Asks() && !d.Paper && d.Typed == "":
		return errors.New("the page where it can be answered cannot be typed")
	case (k == Notice || k == Combined) && len(d.Kinds)+len(d.MaybeKinds) == 0 && f.Items == Text{}:
		return errors.New("no kind of data is named that went out")
	case k == Reassurance && f.Unread:
		return errors.New("parts of the mails could not be read; nobody can be reassured")
	case k == Reassurance && len(d.Kinds)+len(d.MaybeKinds) > 0:
		return errors.New("data of the addressee went out or may have; nobody can be reassured")
	}
	return nil
}

// render fills templates and gathers what was missing.
type render struct {
	kind    Kind
	facts   *Facts
	details *Details
	errs    []error
}

// block is nodes as text: no spaces at line ends, no more than one empty line
// in a row, none around.
func (r *render) block(nodes []node, l lang) string {
	var b strings.Builder
	r.fill(&b, nodes, l)
	var lines []string
	for line := range strings.SplitSeq(b.String(), "\n") {
		line = strings.TrimRight(line, " \t\r　")
		if line == "" && (len(lines) == 0 || lines[len(lines)-1] == "") {
			continue
		}
		lines = append(lines, line)
	}
	return strings.TrimRight(strings.Join(lines, "\n"), "\n")
}

func (r *render) fill(b *strings.Builder, nodes []node, l lang) {
	for _, n := range nodes {
		if n.field == "" {
			b.WriteString(n.words)
			continue
		}
		value := fields[n.field].value(r.facts, r.details, l)
		switch {
		case n.cond:
			if (value == "") == n.unless {
				r.fill(b, n.pieces, l)
			}
		case value == "":
			r.errs = append(r.errs, &Problem{File: r.kind.String() + ".txt", Line: n.line, Field: n.field,
				Msg: "the letter prints it, and it is empty", Hint: "give it, or write {?" + n.field + "}…{/" + n.field + "} around it"})
		default:
			b.WriteString(value)
		}
	}
}

func oneLine(s string) string { return strings.Join(strings.Fields(s), " ") }

// versionOf is the hash of a template's text.
func versionOf(text string) string {
	sum := sha256.Sum256([]byte(text))
	return hex.EncodeToString(sum[:16])
}
