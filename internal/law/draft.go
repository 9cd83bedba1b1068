package law

import (
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode"

	"github.com/kakitome/kakitome/internal/jp"
)

// Draft is a report, notice or record as far as it can be filled in. A person
// checks it before it goes anywhere.
type Draft struct {
	Heading   Text      `json:"heading"` // says that it is a draft
	Form      string    `json:"form"`    // the rule's id
	Title     Text      `json:"title"`
	Recipient Text      `json:"recipient"`
	Incident  string    `json:"incident"`
	AsOf      time.Time `json:"as_of"`
	Pack      string    `json:"pack"`
	Version   string    `json:"version"`
	Law       Text      `json:"law"`
	Sources   []Source  `json:"sources"`
	Practice  Text      `json:"practice"`
	Applies   Answer    `json:"applies"`
	Reason    Text      `json:"reason"`
	Deadline  Text      `json:"deadline"`
	Items     []Part    `json:"items"`
}

// Part is one item of a draft, as the law names it.
type Part struct {
	No     string  `json:"no,omitempty"`
	Item   string  `json:"item"`
	Title  Text    `json:"title"`
	Fields []Field `json:"fields"`
}

// Field is one statement: a value, or unknown.
type Field struct {
	ID       string    `json:"id"`
	Label    Text      `json:"label"`
	Value    Text      `json:"value"` // lines
	Unknown  bool      `json:"unknown"`
	Withheld bool      `json:"withheld,omitempty"` // the text held contact data of somebody
	KnownAt  time.Time `json:"known_at,omitzero"`
	Evidence string    `json:"evidence,omitempty"`
}

// Words every draft has.
var (
	draftHeading = Text{"下書き — 提出前に担当者が確認してください", "Draft — a person must check it before it is submitted"}
	unknownText  = Text{"不明（調査中）", "unknown (under investigation)"}
	withheldText = Text{"（連絡先・住所・URL らしい値を含むため、ここには載せない。記録を見て書き直すこと）", "(not shown here: the text seems to hold contact data, an address or a link; see the record and put it differently)"}
)

// Draft writes what the rule asks for from a record. Duties are those of
// [Assess] for the same facts. A rule without contents has no draft.
func (p *Packs) Draft(rule string, r Record, duties []Duty) (Draft, error) {
	pack, found, ok := p.Rule(rule)
	if !ok {
		return Draft{}, fmt.Errorf("law: there is no rule %q", rule)
	}
	if len(found.Contents) == 0 {
		return Draft{}, fmt.Errorf("law: %s: the pack does not say what rule %s asks for", pack.file, rule)
	}
	d := drafter{Record: &r, pack: pack, rule: found, duties: duties}
	if d.Zone == nil {
		d.Zone = pack.zone
	}
	out := Draft{Heading: draftHeading, Form: rule, Title: found.Due, Recipient: found.Recipient, Incident: r.Incident, AsOf: r.AsOf.In(d.Zone),
		Pack: pack.Name, Version: pack.Version, Law: pack.Law, Sources: found.Sources, Practice: found.Practice}
	if duty := d.duty(); duty != nil {
		out.Applies, out.Reason, out.Deadline = duty.Applies, duty.Reason, duty.Deadline
	}
	for _, c := range found.Contents {
		out.Items = append(out.Items, Part{No: c.No, Item: c.Item, Title: c.Title, Fields: answers[c.Item](&d)})
	}
	return out, nil
}

// drafter answers items from a record.
type drafter struct {
	*Record
	pack   *Pack
	rule   *Rule
	duties []Duty
}

// duty is the one of the rule, or nil.
func (d *drafter) duty() *Duty {
	at := slices.IndexFunc(d.duties, func(x Duty) bool { return x.Rule.ID == d.rule.ID })
	if at < 0 {
		return nil
	}
	return &d.duties[at]
}

// field is a statement of the program's own words; empty is unknown.
func (d *drafter) field(id string, label, value Text) Field {
	f := Field{ID: id, Label: label, Value: value}
	if proof, ok := d.Proofs[id]; ok {
		f.KnownAt, f.Evidence = d.local(proof.KnownAt), plain(proof.Evidence)
	}
	if value.Empty() {
		f.Value, f.Unknown = unknownText, true
	}
	return d.withhold(f, f.Evidence)
}

// noted is a statement in somebody's words.
func (d *drafter) noted(id string, label Text, n Noted) Field {
	f := d.field(id, label, same(plain(n.Text)))
	if f.Unknown {
		return f
	}
	f.KnownAt, f.Evidence = d.local(n.KnownAt), plain(n.Evidence)
	return d.withhold(f, n.Text, n.Evidence)
}

// withhold takes out what was written by somebody and seems to hold a value of
// somebody.
func (d *drafter) withhold(f Field, texts ...string) Field {
	if slices.ContainsFunc(texts, d.personal) {
		f.Value, f.Evidence, f.Unknown, f.Withheld = withheldText, "", false, true
	}
	return f
}

// personal tells whether a text holds an e-mail address, telephone number,
// postal address or secret link, ours included: ours belong to the reporter.
func (d *drafter) personal(text string) bool {
	if d.Personal != nil && d.Personal(text) {
		return true
	}
	return slices.ContainsFunc(jp.Tokens(text), func(t jp.Token) bool {
		return t.Kind == jp.Email || t.Kind == jp.Phone || t.Kind == jp.Address || t.Kind == jp.Link
	})
}

// plain is text without control characters, each line trimmed.
func plain(text string) string {
	text = strings.Map(func(r rune) rune {
		if r != '\n' && (unicode.IsControl(r) || unicode.Is(unicode.Cf, r)) {
			return ' '
		}
		return r
	}, strings.ReplaceAll(text, "\r\n", "\n"))
	var lines []string
	for line := range strings.SplitSeq(text, "\n") {
		if line = strings.TrimSpace(line); line != "" {
			lines = append(lines, line)
		}
	}
	return strings.Join(lines, "\n")
}

func (d *drafter) local(t time.Time) time.Time {
	if t.IsZero() {
		return t
	}
	return t.In(d.Zone)
}

func (d *drafter) instant(id string, label Text, t time.Time) Field {
	if t.IsZero() {
		return d.field(id, label, Text{})
	}
	return d.field(id, label, instantText(t.In(d.Zone)))
}

func (d *drafter) number(id string, label Text, c Count) Field {
	if !c.bounded() && c.Least == 0 {
		return d.field(id, label, Text{})
	}
	return d.field(id, label, c.text())
}

// steps are lines of what was done and what is planned. No step is unknown, not
// "nothing": nobody has said so.
func (d *drafter) steps(id string, label Text, steps []Step) Field {
	var lines []Text
	var texts, proofs []string
	var known time.Time
	for _, s := range steps {
		state := stepWords[s.State]
		if state.Empty() {
			state = unknownText
		}
		line := Text{"［%s］%s", "[%s] %s"}.with(state, same(strings.ReplaceAll(plain(s.What), "\n", " ")))
		if !s.At.IsZero() {
			line = Text{"%s（%s）", "%s (%s)"}.with(line, instantText(s.At.In(d.Zone)))
		}
		lines = append(lines, line)
		texts = append(texts, s.What, s.Evidence)
		if e := plain(s.Evidence); e != "" {
			proofs = append(proofs, e)
		}
		if s.State == Done && s.At.After(known) {
			known = s.At
		}
	}
	f := d.field(id, label, joinTexts(lines, "\n", "\n"))
	f.KnownAt, f.Evidence = d.local(known), strings.Join(proofs, ", ")
	return d.withhold(f, texts...)
}
