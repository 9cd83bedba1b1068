package mail

import (
	"cmp"
	"slices"
	"strings"
)

// Get is the value of the first field with that name, or "".
func (p *Part) Get(name string) string {
	for i := range p.Fields {
		if strings.EqualFold(p.Fields[i].Name, name) {
			return p.Fields[i].Value
		}
	}
	return ""
}

// GetAll are the values of all fields with that name, in order.
func (p *Part) GetAll(name string) []string {
	var values []string
	for i := range p.Fields {
		if strings.EqualFold(p.Fields[i].Name, name) {
			values = append(values, p.Fields[i].Value)
		}
	}
	return values
}

// Walk calls fn for every part of m in the order they stand, parents first, and
// stops at the first error, which it returns. path holds the index of each part
// among its siblings, from the root (empty path) down; fn must not keep it.
// Walk does not go into enclosed mails.
func (m *Message) Walk(fn func(p *Part, path []int) error) error {
	return walk(m.Root, nil, fn)
}

func walk(p *Part, path []int, fn func(*Part, []int) error) error {
	if err := fn(p, path); err != nil {
		return err
	}
	for i, child := range p.Children {
		if err := walk(child, append(path, i), fn); err != nil {
			return err
		}
	}
	return nil
}

// Unread is how many bytes of m and of the mails enclosed in it lie in no
// header, no leaf's body, nothing Outside the children of a multipart, and no
// fault. Parse leaves none.
func (m *Message) Unread() int {
	var spans []Span
	unread := 0
	_ = m.Walk(func(p *Part, _ []int) error {
		spans = append(append(spans, p.Header), p.Outside...)
		if len(p.Children) == 0 {
			spans = append(spans, p.Body)
		}
		for _, f := range p.Faults {
			spans = append(spans, f.Span)
		}
		if p.Enclosed != nil {
			unread += p.Enclosed.Unread()
		}
		return nil
	})
	slices.SortFunc(spans, func(a, b Span) int { return cmp.Compare(a.Start, b.Start) })
	read := 0
	for _, s := range spans {
		if s.Start > read {
			unread += s.Start - read
		}
		read = max(read, s.End)
	}
	return unread + max(0, len(m.Raw)-read)
}
