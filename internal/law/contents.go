package law

import "strings"

// answers is what a record answers to each item of a rule's contents. The names
// are those packs use.
var answers = map[string]func(*drafter) []Field{
	"outline":   (*drafter).outline,
	"items":     (*drafter).items,
	"persons":   (*drafter).persons,
	"cause":     (*drafter).cause,
	"secondary": (*drafter).secondary,
	"told":      (*drafter).told,
	"published": func(d *drafter) []Field {
		return []Field{d.steps("published", Text{"公表", "Publication"}, d.Published)}
	},
	"measures": func(d *drafter) []Field {
		return []Field{d.steps("measures", Text{"再発防止策", "Measures"}, d.Measures)}
	},
	"other": func(d *drafter) []Field {
		return []Field{d.noted("other", Text{"参考事項", "Other matters"}, d.Other)}
	},
	"advice": func(d *drafter) []Field {
		return []Field{d.noted("advice", Text{"本人ができること", "What to do"}, d.Advice)}
	},
	"contact":      func(d *drafter) []Field { return d.contact() },
	"consequences": (*drafter).consequences,
	"nature":       (*drafter).nature,
	"remedies":     (*drafter).remedies,
	"delay":        (*drafter).delay,
	"decision":     (*drafter).decision,
	"form":         (*drafter).form,
}

func (d *drafter) outline() []Field {
	var lines []Text
	var texts []string
	for _, e := range d.Timeline {
		line := Text{"%s：%s", "%s: %s"}.with(instantText(e.At.In(d.Zone)), same(strings.ReplaceAll(plain(e.What), "\n", " ")))
		if proof := plain(e.Evidence); proof != "" {
			line = Text{"%s［証拠 %s］", "%s [evidence %s]"}.with(line, same(proof))
		}
		lines = append(lines, line)
		texts = append(texts, e.What, e.Evidence)
	}
	return []Field{
		d.noted("outline", Text{"概要", "Outline"}, d.Outline),
		d.instant("occurred", Text{"発生日時", "Occurred"}, d.Facts.Occurred),
		d.instant("known", Text{"発覚（認知）日時", "Known"}, d.Facts.Known),
		d.noted("finder", Text{"発見者", "Found by"}, d.Finder),
		d.withhold(d.field("course", Text{"事実経過", "Course of events"}, joinTexts(lines, "\n", "\n")), texts...),
	}
}

func (d *drafter) items() []Field {
	var lines []Text
	for _, i := range d.Facts.Items {
		line := i.Words()
		for _, c := range d.ItemCounts {
			if c.Item == i {
				line = Text{"%s：%s", "%s: %s"}.with(line, c.Persons.text())
			}
		}
		lines = append(lines, line)
	}
	if len(lines) > 0 && !d.Facts.ItemsFinal {
		lines = append(lines, Text{"（ほかの項目は調査中）", "(whether others leaked is under investigation)"})
	}
	var not []Text
	for _, i := range d.NotLeaked {
		not = append(not, i.Words())
	}
	return []Field{
		d.field("items", Text{"項目", "Items"}, joinTexts(lines, "\n", "\n")),
		d.field("not_leaked", Text{"含まれないと確認した項目", "Confirmed not to have leaked"}, joinTexts(not, "、", ", ")),
		d.answer("special_care", Text{"要配慮個人情報", "Special-care data"}, d.Facts.SpecialCare, Text{"含む", "involved"}, Text{"含まない", "not involved"}),
	}
}

func (d *drafter) answer(id string, label Text, a Answer, yes, no Text) Field {
	return d.field(id, label, map[Answer]Text{Yes: yes, No: no}[a])
}

func (d *drafter) persons() []Field {
	fields := []Field{d.number("persons", Text{"本人の数（人）", "Persons"}, d.Facts.Persons)}
	if place := d.Facts.Places[d.pack.Jurisdiction]; place.Residents != (Count{}) {
		fields = append(fields, d.number("residents", Text{"うち%sに住む本人（人）", "Of these, living in %s"}.with(d.pack.Place), place.Residents))
	}
	return append(fields,
		d.number("recipients", Text{"受信者の数（人。本人の数とは別）", "Recipients (not the persons)"}, d.Recipients),
		d.number("mails", Text{"誤送信メールの数（通）", "Mails"}, d.Mails))
}

func (d *drafter) cause() []Field {
	var kinds []Text
	for _, k := range d.CauseKinds {
		w, ok := causeWords[k]
		if !ok {
			w = same(string(k))
		}
		kinds = append(kinds, w)
	}
	return []Field{
		d.field("cause_kinds", Text{"原因の類型", "Kind of cause"}, joinTexts(kinds, "、", ", ")),
		d.noted("cause", Text{"原因", "Cause"}, d.Cause),
		d.noted("fault", Text{"原因者（報告者・委託先等）", "Whose"}, d.Fault),
	}
}

func (d *drafter) secondary() []Field {
	return []Field{
		d.answer("secondary", Text{"二次被害（のおそれ）", "Secondary damage or its risk"}, d.Secondary, Text{"有", "yes"}, Text{"無", "none"}),
		d.noted("secondary_how", Text{"内容", "Its nature"}, d.SecondaryHow),
	}
}

func (d *drafter) told() []Field {
	return []Field{d.steps("told", Text{"本人への対応", "Toward the persons"}, d.Told), d.recipientAnswers()}
}

// recipientAnswers counts what wrong recipients did: whether they had read it
// before deleting it is a fact of law in Japan and Korea.
func (d *drafter) recipientAnswers() Field {
	a, label := d.Answers, Text{"受信者の削除状況（人）", "What recipients did"}
	if a.Asked == 0 {
		return d.field("answers", label, Text{})
	}
	var args []Text
	for _, n := range []int{a.Asked, a.Relayed, a.Bounced, a.ConfirmedUnread, a.ConfirmedDeleted, a.Refused, a.NoAnswer} {
		args = append(args, same(number(n)))
	}
	f := d.field("answers", label, Text{"依頼 %s、送達 %s、不達 %s、閲覧せず削除と確認 %s、閲覧後に削除と確認 %s、拒否 %s、回答なし %s",
		"%s asked, %s delivered, %s bounced, %s confirmed deleted unread, %s confirmed deleted after reading, %s refused, %s no answer"}.with(args...))
	f.Evidence = plain(a.Evidence)
	return d.withhold(f, a.Evidence)
}

func (d *drafter) contact() []Field {
	return []Field{d.own("contact", Text{"連絡先", "Contact"}, d.Reporter.Contact)}
}

// own is the company's own datum, which may be an address.
func (d *drafter) own(id string, label Text, value string) Field {
	return d.field(id, label, same(plain(value)))
}

func (d *drafter) consequences() []Field {
	return []Field{d.noted("consequences", Text{"生じうる結果・影響", "Consequences and effects"}, d.Consequences)}
}

func (d *drafter) nature() []Field {
	fields := append(d.outline(), d.items()...)
	fields = append(fields, d.noted("concerned", Text{"本人の類型", "Categories of data subjects"}, d.Concerned))
	return append(fields, d.persons()...)
}

func (d *drafter) remedies() []Field {
	return []Field{
		d.steps("mitigation", Text{"影響を抑える措置", "Mitigation"}, d.Mitigation),
		d.recipientAnswers(),
		d.steps("measures", Text{"再発防止策", "Measures against recurrence"}, d.Measures),
	}
}

func (d *drafter) delay() []Field {
	label := Text{"遅延の理由", "Reasons for the delay"}
	duty := d.duty()
	switch {
	case duty != nil && duty.Due.IsZero():
		return []Field{d.field("delay", label, duty.Deadline)}
	case duty != nil && d.AsOf.Before(duty.Due):
		return []Field{d.field("delay", label, Text{"作成時点で期限内", "in time as of this draft"})}
	}
	return []Field{d.noted("delay", label, d.Delay)}
}

// decision says what each rule of the place came to, and why.
func (d *drafter) decision() []Field {
	var lines []Text
	for _, x := range d.duties {
		if x.Jurisdiction == d.pack.Jurisdiction && x.Rule.ID != d.rule.ID {
			lines = append(lines, Text{"%s：%s", "%s: %s"}.with(x.Rule.Due, x.Reason))
		}
	}
	return []Field{
		d.field("duties", Text{"該当性", "What applies"}, joinTexts(lines, "\n", "\n")),
		d.noted("decision", Text{"判断と理由", "Decision and reasons"}, d.Decision),
	}
}

// form is what the PPC's form asks beyond the nine items. Its fields are from
// memory and to be compared with the live form.
func (d *drafter) form() []Field {
	var limbs []Text
	if duty := d.duty(); duty != nil {
		for _, l := range duty.Limbs {
			if l.Answer == Unknown {
				l.Label = Text{"%s（可能性）", "%s (possible)"}.with(l.Label)
			}
			limbs = append(limbs, l.Label)
		}
	}
	r := d.Reporter
	return []Field{
		d.field("kind", Text{"報告の種別", "Kind of report"}, d.rule.Due),
		d.own("reporter_name", Text{"報告者の名称", "Reporter"}, r.Name),
		d.own("reporter_number", Text{"法人番号", "Corporate number"}, r.Number),
		d.own("reporter_business", Text{"業種", "Line of business"}, r.Business),
		d.own("reporter_address", Text{"住所", "Address"}, r.Address),
		d.own("reporter_representative", Text{"代表者", "Representative"}, r.Representative),
		d.own("reporter_contact", Text{"事務連絡者", "Contact"}, r.Contact),
		d.field("event", Text{"事態の種類", "Kind of event"}, Text{"漏えい（のおそれ）", "leak, or possible leak"}),
		d.field("limbs", Text{"規則7条の該当号", "Limbs of rule 7"}, joinTexts(limbs, "、", ", ")),
		d.answer("processor", Text{"委託の有無", "Processing for another"}, d.Facts.Processor, Text{"委託を受けて取り扱う", "held as a processor"}, Text{"委託を受けていない", "held as the controller"}),
		d.field("medium", Text{"媒体", "Medium"}, Text{"電子媒体（電子メール）", "electronic (e-mail)"}),
		d.noted("concerned", Text{"本人の類型（顧客・従業員等）", "Kind of persons"}, d.Concerned),
	}
}
