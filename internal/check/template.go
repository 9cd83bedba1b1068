package check

import (
	"regexp"
	"strings"

	"github.com/kakitome/kakitome/internal/extract"
)

// template is rule 8: hold a mail with a merge field nobody filled (incident
// 89: a bank's notice with {%D1%} in it).
func template(v *view) []Reason {
	if len(v.j.e.Templates) == 0 {
		return nil
	}
	t := v.j.e.Templates[0]
	return []Reason{{Rule: Template, Where: t.Where, Detail: t.What, Count: len(v.j.e.Templates)}}
}

// mostTemplates bounds how many merge fields of a mail are noted.
const mostTemplates = 20

// templates notes the merge fields in a run.
func (f *finder) templates(run extract.Run) {
	left := mostTemplates - len(f.e.Templates)
	if left <= 0 || !strings.ContainsAny(run.Text, "{%<*[") {
		return
	}
	for _, t := range templateToken.FindAllStringIndex(run.Text, left) {
		f.e.Templates = append(f.e.Templates, Place{Where: run.Place(t[0]), What: outline(run.Text[t[0]:t[1]])})
	}
}

// outline is a merge field without what stands in it, which may be a value that
// was filled in by halves.
func outline(field string) string {
	inside := strings.Trim(field, "{}%$<>=*|#[]")
	at := strings.Index(field, inside)
	return field[:at] + "…" + field[at+len(inside):]
}

// templateToken matches a merge field that nobody filled, in the spellings of
// the usual template languages and mailers.
var templateToken = regexp.MustCompile(
	`\{\{[^{}\n]{1,60}\}\}` + // {{name}}
		`|\{%[^{}%\n]{1,60}%\}` + // {%D1%}
		`|%%[\p{L}_][\p{L}\p{N}_ .-]{0,40}%%` + // %%FIRST%%
		`|\$\{[\p{L}_][^{}\n]{0,60}\}` + // ${name}
		`|\{\$[A-Za-z_][^{}\n]{0,60}\}` + // {$name}
		`|<%=?[^<>%\n]{1,60}%>` + // <%= name %>
		`|\*\|[A-Z0-9_:]{1,40}\|\*` + // *|FNAME|*
		`|#\{[A-Za-z_][^{}\n]{0,60}\}` + // #{name}
		`|\[\[[A-Za-z_][A-Za-z0-9_.]{0,40}\]\]`) // [[name]]
