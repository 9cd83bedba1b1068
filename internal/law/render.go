package law

import (
	"slices"
	"strings"
)

// Markdown writes the draft for a person to read and check, in "ja" or "en". It
// reads as plain text too.
func (d Draft) Markdown(lang string) string {
	var b strings.Builder
	line := func(t Text) { b.WriteString(t.In(lang) + "\n") }
	line(Text{"# %s", "# %s"}.with(d.Heading))
	line(Text{"\n## %s\n", "\n## %s\n"}.with(d.Title))
	line(Text{"- 宛先：%s", "- To: %s"}.with(d.Recipient))
	line(Text{"- 事案番号：%s", "- Incident: %s"}.with(same(d.Incident)))
	line(Text{"- 作成時点：%s", "- As of: %s"}.with(instantText(d.AsOf)))
	if !d.Deadline.Empty() {
		line(Text{"- 期限：%s", "- Deadline: %s"}.with(d.Deadline))
		line(Text{"- 判定：%s", "- Assessment: %s"}.with(d.Reason))
	}
	line(Text{"- 法令：%s（ルール %s 版 %s）", "- Law: %s (rules %s of %s)"}.with(d.Law, same(d.Pack), same(d.Version)))
	for _, p := range d.Items {
		title := p.Title
		if p.No != "" {
			title = Text{"%s %s", "%s %s"}.with(same(p.No), title)
		}
		line(Text{"\n### %s\n", "\n### %s\n"}.with(title))
		for _, f := range p.Fields {
			b.WriteString(f.markdown(lang))
		}
	}
	line(Text{"\n### 根拠と確からしさ\n", "\n### Sources, and how sure they are\n"})
	for _, s := range d.Sources {
		line(Text{"- %[1]s（%[3]s） <%[4]s>", "- %[1]s: %[2]s (%[3]s) <%[4]s>"}.with(same(s.Cite), same(s.About), s.Trust.Words(), same(s.URL)))
	}
	if !d.Practice.Empty() {
		line(Text{"- 実務：%s", "- Practice: %s"}.with(d.Practice))
	}
	return b.String()
}

func (f Field) markdown(lang string) string {
	colon := map[bool]string{true: ": ", false: "："}[lang == "en"]
	out := "- **" + f.Label.In(lang) + "**" + colon
	if lines := strings.Split(f.Value.In(lang), "\n"); len(lines) == 1 {
		out += lines[0]
	} else {
		out = strings.TrimRight(out, " ") + "\n    - " + strings.Join(lines, "\n    - ")
	}
	var notes []Text
	if !f.KnownAt.IsZero() {
		notes = append(notes, Text{"判明 %s", "known %s"}.with(instantText(f.KnownAt)))
	}
	if f.Evidence != "" {
		notes = append(notes, Text{"証拠 %s", "evidence %s"}.with(same(f.Evidence)))
	}
	if len(notes) > 0 {
		out += "\n    - " + Text{"（%s）", "(%s)"}.with(joinTexts(notes, "、", ", ")).In(lang)
	}
	return out + "\n"
}

// Change is one field that differs between two drafts.
type Change struct {
	No     string     `json:"no,omitempty"`
	Item   string     `json:"item"`
	Title  Text       `json:"title"`
	Kind   ChangeKind `json:"kind"`
	Before Field      `json:"before,omitzero"`
	After  Field      `json:"after,omitzero"`
}

// ChangeKind is how a field differs.
type ChangeKind string

// The kinds.
const (
	Learned   ChangeKind = "learned"   // was unknown
	Changed   ChangeKind = "changed"   // another value
	Withdrawn ChangeKind = "withdrawn" // is unknown now
	Added     ChangeKind = "added"     // was not asked before
	Dropped   ChangeKind = "dropped"   // is not asked any more
)

var changeWords = map[ChangeKind]Text{
	Learned: {"判明", "learned"}, Changed: {"変更", "changed"}, Withdrawn: {"撤回（不明に）", "withdrawn"}, Added: {"追加", "added"}, Dropped: {"削除", "dropped"},
}

// Changes are those from one draft to a later one, item by item.
type Changes []Change

// Diff compares a preliminary and a final draft. Proofs that came later are no
// change; values are.
func Diff(preliminary, final Draft) Changes {
	var out Changes
	for _, p := range final.Items {
		before := preliminary.part(p.Item)
		for _, f := range p.Fields {
			if c := change(before.field(f.ID), f); c.Kind != "" {
				c.No, c.Item, c.Title = p.No, p.Item, p.Title
				out = append(out, c)
			}
		}
		out = append(out, dropped(before, p)...)
	}
	for _, p := range preliminary.Items {
		if final.part(p.Item).Item == "" {
			out = append(out, dropped(p, Part{})...)
		}
	}
	return out
}

func change(before, after Field) Change {
	c := Change{Before: before, After: after}
	switch {
	case before.ID == "":
		c.Kind = Added
	case before.Unknown && after.Unknown:
	case before.Unknown:
		c.Kind = Learned
	case after.Unknown:
		c.Kind = Withdrawn
	case before.Value != after.Value:
		c.Kind = Changed
	}
	return c
}

// dropped are the fields of before that after lacks.
func dropped(before, after Part) Changes {
	var out Changes
	for _, f := range before.Fields {
		if after.field(f.ID).ID == "" {
			out = append(out, Change{No: before.No, Item: before.Item, Title: before.Title, Kind: Dropped, Before: f})
		}
	}
	return out
}

func (d Draft) part(item string) Part {
	if at := slices.IndexFunc(d.Items, func(p Part) bool { return p.Item == item }); at >= 0 {
		return d.Items[at]
	}
	return Part{}
}

func (p Part) field(id string) Field {
	if at := slices.IndexFunc(p.Fields, func(f Field) bool { return f.ID == id }); at >= 0 {
		return p.Fields[at]
	}
	return Field{}
}

// Markdown lists the changes for a person to check, in "ja" or "en".
func (c Changes) Markdown(lang string) string {
	var b strings.Builder
	b.WriteString(Text{"# %s\n\n## 前回からの変更\n", "# %s\n\n## Changes since the last report\n"}.with(draftHeading).In(lang))
	if len(c) == 0 {
		b.WriteString(Text{"\nなし\n", "\nnone\n"}.In(lang))
	}
	item := ""
	for _, x := range c {
		if x.Item != item {
			item = x.Item
			b.WriteString("\n### " + strings.TrimSpace(x.No+" "+x.Title.In(lang)) + "\n\n")
		}
		label := x.After.Label
		if label.Empty() {
			label = x.Before.Label
		}
		b.WriteString("- **" + label.In(lang) + "** [" + changeWords[x.Kind].In(lang) + "]\n")
		for _, side := range []struct {
			label Text
			field Field
		}{{Text{"前", "before"}, x.Before}, {Text{"後", "after"}, x.After}} {
			for line := range strings.Lines(side.field.Value.In(lang)) {
				b.WriteString("    - " + side.label.In(lang) + ": " + strings.TrimRight(line, "\n") + "\n")
			}
		}
	}
	return b.String()
}
