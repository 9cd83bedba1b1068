package letter

import (
	"cmp"
	"errors"
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/kakitome/kakitome/internal/jp"
)

// A template has four sections, each behind a line with its name. Lines above
// the first that begin with # are comments.
var sections = []string{"ja subject", "ja", "en subject", "en"}

var (
	sectionLine = regexp.MustCompile(`^\[([a-z ]+)\]$`)
	// markLine is a line of nothing but marks of conditions; it prints no line.
	markLine = regexp.MustCompile(`^\s*(\{[?!/][^{}]*\}\s*)+$`)
	mark     = regexp.MustCompile(`\{([?!/]?)([^{}]*)\}`)
)

// parser reads one template and gathers everything wrong with it.
type parser struct {
	kind  Kind
	file  string
	errs  []error
	found map[string]int   // section → its line
	ends  map[string]int   // section → its last line
	uses  map[string][]int // printed field → lines
}

// parse reads the template of a kind.
func parse(k Kind, text string) (*template, error) {
	p := &parser{kind: k, file: k.String() + ".txt", found: map[string]int{}, ends: map[string]int{}, uses: map[string][]int{}}
	text = strings.ReplaceAll(strings.TrimPrefix(text, "\ufeff"), "\r\n", "\n")
	if len(text) > maxTemplate {
		p.wrong(0, "", "it is over 64 KiB", "")
		return nil, errors.Join(p.errs...)
	}
	if !utf8.ValidString(text) {
		p.wrong(0, "", "it is not UTF-8", "save it as UTF-8")
		return nil, errors.Join(p.errs...)
	}
	t := &template{version: versionOf(text)}
	for name, nodes := range p.split(text) {
		l := japanese
		if strings.HasPrefix(name, "en") {
			l = english
		}
		if strings.HasSuffix(name, "subject") {
			t.subject[l] = nodes
		} else {
			t.text[l] = nodes
		}
	}
	p.complete()
	slices.SortStableFunc(p.errs, func(a, b error) int { return cmp.Compare(lineOf(a), lineOf(b)) })
	return t, errors.Join(p.errs...)
}

func lineOf(err error) int {
	var p *Problem
	if errors.As(err, &p) {
		return p.Line
	}
	return 0
}

func (p *parser) wrong(line int, field, msg, hint string) {
	p.errs = append(p.errs, &Problem{File: p.file, Line: line, Field: field, Msg: msg, Hint: hint})
}

// split reads the sections.
func (p *parser) split(text string) map[string][]node {
	all := map[string][]node{}
	lines := strings.Split(text, "\n")
	name, start := "", 0
	finish := func(end int) {
		if name != "" {
			all[name] = p.section(lines[start:end], start+1)
			p.ends[name] = end
		}
	}
	for i, line := range lines {
		if strings.ContainsFunc(line, func(r rune) bool { return r != '\t' && unprintable(r) }) {
			p.wrong(i+1, "", "it has a control or invisible character", "type the line anew")
		}
		m := sectionLine.FindStringSubmatch(strings.TrimSpace(line))
		switch {
		case m != nil && !slices.Contains(sections, m[1]):
			p.wrong(i+1, "", "there is no such section", "the sections are [ja subject], [ja], [en subject], [en]")
		case m != nil && p.found[m[1]] > 0:
			p.wrong(i+1, "", "this section is there twice", "")
		case m != nil:
			finish(i)
			name, start = m[1], i+1
			p.found[name] = i + 1
		case name == "" && strings.TrimSpace(line) != "" && !strings.HasPrefix(line, "#"):
			p.wrong(i+1, "", "it stands before the first section", "begin it with # if it is a comment")
		}
	}
	finish(len(lines))
	return all
}

// section reads the lines of one section; first is the number of the first.
func (p *parser) section(lines []string, first int) []node {
	type open struct {
		node
		into []node
	}
	stack := []open{{}}
	put := func(n node) { stack[len(stack)-1].into = append(stack[len(stack)-1].into, n) }
	for i, line := range lines {
		at := first + i
		end := "\n"
		if markLine.MatchString(line) {
			line, end = strings.TrimSpace(line), ""
		}
		p.values(at, line)
		rest := line
		for _, m := range mark.FindAllStringSubmatchIndex(line, -1) {
			before := line[len(line)-len(rest) : m[0]]
			p.braces(at, before)
			put(node{line: at, words: before})
			rest = line[m[1]:]
			sign, field := line[m[2]:m[3]], line[m[4]:m[5]]
			if sign == "/" {
				if len(stack) == 1 || stack[len(stack)-1].field != field {
					p.wrong(at, field, "it closes what is not open", "conditions close in reverse order")
					continue
				}
				n := stack[len(stack)-1]
				n.pieces = n.into
				stack = stack[:len(stack)-1]
				put(n.node)
				continue
			}
			p.known(at, sign, field)
			n := node{line: at, field: field, cond: sign != "", unless: sign == "!"}
			if n.cond {
				stack = append(stack, open{node: n})
				continue
			}
			put(n)
		}
		p.braces(at, rest)
		put(node{line: at, words: rest + end})
	}
	for _, o := range stack[1:] {
		p.wrong(o.line, o.field, "the condition is never closed", "write {/"+o.field+"} where it ends")
	}
	return stack[0].into
}

// known looks a field up.
func (p *parser) known(line int, sign, name string) {
	f, ok := fields[name]
	switch {
	case !ok && never[name] != "":
		p.wrong(line, name, "a letter must never print it", never[name])
	case !ok:
		p.wrong(line, name, "there is no such field", "this letter has "+p.names())
	case !f.allowed(p.kind):
		p.wrong(line, name, "this letter must not print it", "it has "+p.names())
	case flags[name] && sign == "":
		p.wrong(line, name, "it can be asked, not printed", "write {?"+name+"}…{/"+name+"}")
	case sign == "":
		p.uses[name] = append(p.uses[name], line)
	}
}

func (p *parser) names() string {
	var names []string
	for _, f := range FieldsOf(p.kind) {
		names = append(names, f.Name)
	}
	return strings.Join(names, ", ")
}

// braces refuses a brace that belongs to no mark.
func (p *parser) braces(line int, words string) {
	if strings.ContainsAny(words, "{}") {
		p.wrong(line, "", "a brace stands alone", "fields are written {company}, conditions {?cause}…{/cause}")
	}
}

// values refuses somebody's address or telephone in the words themselves: they
// go to everybody.
func (p *parser) values(line int, words string) {
	for _, t := range jp.Tokens(words) {
		switch {
		case t.Kind == jp.Email:
			p.wrong(line, "", "it holds a mail address", "the company's is {desk_mail}")
		case t.Kind == jp.Phone && jp.ClassOfPhone(t.Normal) != jp.TollFree:
			p.wrong(line, "", "it holds a telephone number", "the company's is {desk_phone}")
		case t.Kind == jp.Address:
			p.wrong(line, "", "it holds a postal address", "letters name none")
		case t.Kind == jp.Link:
			p.wrong(line, "", "it holds a personal link", "the letter's own is {page}")
		}
	}
}

// complete looks for sections, and in the text of both languages for fields,
// that have to be there.
func (p *parser) complete() {
	for _, s := range sections {
		if p.found[s] == 0 {
			p.wrong(0, "", "there is no section ["+s+"]", "every letter is in Japanese and in English")
		}
	}
	for _, f := range FieldsOf(p.kind) {
		for _, s := range []string{"ja", "en"} {
			within := func(line int) bool { return line > p.found[s] && line <= p.ends[s] }
			if f.Must && p.found[s] > 0 && !slices.ContainsFunc(p.uses[f.Name], within) {
				p.wrong(p.found[s], f.Name, "["+s+"] does not print it, and has to", f.Says)
			}
		}
	}
}
