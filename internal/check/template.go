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
	if strings.ContainsAny(run.Text, unseen) {
		run.Text = strings.Map(func(r rune) rune {
			if strings.ContainsRune(unseen, r) {
				return -1
			}
			return r
		}, run.Text)
	}
	note := func(start, end int) {
		if len(f.e.Templates) < mostTemplates {
			f.e.Templates = append(f.e.Templates, Place{Where: run.Place(start), What: outline(run.Text[start:end])})
		}
	}
	if strings.ContainsAny(run.Text, "{%<*[") {
		for _, t := range templateToken.FindAllStringIndex(run.Text, mostTemplates) {
			note(t[0], t[1])
		}
	}
	unnamedBefore("様", run.Text, note)
	unnamedBefore("さま", run.Text, note)
}

// unseen are invisible characters that HTML of mailers puts between letters.
const unseen = "\u00ad\u200b\u200c\u200d\u2060\ufeff"

// unnamedBefore notes what stands before an honorific and is no name.
func unnamedBefore(honorific, text string, note func(start, end int)) {
	for base := 0; ; {
		before, _, ok := strings.Cut(text[base:], honorific)
		if !ok {
			return
		}
		from := max(0, len(before)-longestField)
		if t := unnamed.FindStringSubmatchIndex(strings.TrimRight(before[from:], " \u3000")); t != nil {
			note(base+from+t[2], base+from+t[3])
		}
		base += len(before) + len(honorific)
	}
}

// outline is a merge field without what stands in it, which may be a value that
// was filled in by halves.
func outline(field string) string {
	inside := strings.Trim(field, "{}%$<>=*|#[]@_《》＜＞｛｝［］")
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

// longestField is how many bytes before an honorific are looked at.
const longestField = 100

// unnamed matches what stands before 様 where a name should, and where no field
// is mistaken for ordinary text: one in the spelling of a lesser mailer, or what
// a program makes of no value at all.
var unnamed = regexp.MustCompile(`(?:^|[^{$#%@_\pL\pN])(` +
	`\{[\pL_][\pL\pN_.]{0,30}\}|\{\d\}` + // {NAME}, {0}
	`|%[\pL_][\pL\pN_]{0,30}%|%s` + // %name%
	`|##[\pL_][\pL\pN_]{0,30}##|@@[\pL_][\pL\pN_]{0,30}@@` + // ##NAME##, @@name@@
	`|__[\pL][\pL\pN]{0,30}__|\$[\pL_][\pL\pN_]{0,30}\$` + // __NAME__, $NAME$
	`|(?:\[\[?|<<?|《|＜＜?|｛｛?|［)` + fieldOfName + `(?:\]?\]|>?>|》|＞?＞|｝?｝|］)` + // [氏名], 《氏名》, <name>
	`|null|undefined|NaN|None|nil)$`)

// fieldOfName is what fields of names are called.
const fieldOfName = `(?:[A-Za-z_.]{0,20}(?i:name)|氏名|お?名前|姓名?|宛名|(?:お客様|会員|顧客|会社|担当者?)名)`
