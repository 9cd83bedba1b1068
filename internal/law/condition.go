package law

import "slices"

// Condition is a three-valued question about the facts. Exactly one of its
// parts beside the label is written.
type Condition struct {
	Name  string `yaml:"name"`  // of a shared one
	Label Text   `yaml:"label"` // names a category of the law in reasons and reports

	Any       []Condition `yaml:"any"`
	All       []Condition `yaml:"all"`
	Not       *Condition  `yaml:"not"`
	Ref       string      `yaml:"ref"`   // a shared condition written above
	Fact      string      `yaml:"fact"`  // see factWords
	Item      Item        `yaml:"item"`  // it is among the data that leaked
	Event     string      `yaml:"event"` // it has happened
	Persons   *Threshold  `yaml:"persons"`
	Residents *Threshold  `yaml:"residents"`

	ref *Condition
}

// Threshold is a number of persons.
type Threshold struct {
	Over    *int `yaml:"over"`
	AtLeast *int `yaml:"at_least"`
}

// over is the number that must be exceeded.
func (t Threshold) over() int {
	if t.Over != nil {
		return *t.Over
	}
	return *t.AtLeast - 1
}

// situation is the facts as one pack sees them.
type situation struct {
	*Facts
	pack  *Pack
	place Place
}

// ground is a fact that decided, or would.
type ground struct {
	fact string
	text Text
	open bool // to know more could change the answer
}

type finding struct {
	answer  Answer
	grounds []ground
}

// find answers the condition by Kleene's logic: what is known decides only
// where no unknown could undo it. So a surer fact never takes back a sure answer.
func (c *Condition) find(s *situation) finding {
	f := c.bare(s)
	if !c.Label.Empty() {
		f.grounds = slices.Clone(f.grounds)
		for i, g := range f.grounds {
			f.grounds[i].text = Text{c.Label.JA + "：" + g.text.JA, c.Label.EN + ": " + g.text.EN}
		}
	}
	return f
}

func (c *Condition) bare(s *situation) finding {
	switch {
	case c.Any != nil:
		return decide(c.Any, Yes, s)
	case c.All != nil:
		return decide(c.All, No, s)
	case c.Not != nil:
		f := c.Not.find(s)
		f.answer = f.answer.not()
		return f
	case c.ref != nil:
		return c.ref.find(s)
	case c.Fact != "":
		return s.fact(c.Fact)
	case c.Item != "":
		return s.item(c.Item)
	case c.Event != "":
		return s.event(c.Event)
	case c.Persons != nil:
		return s.count("persons", s.covered(s.place), *c.Persons)
	case c.Residents != nil:
		return s.count("residents", s.place.Residents, *c.Residents)
	}
	return finding{} // load refuses it; unknown is the safe answer
}

// decide asks all parts: one answer of the deciding kind decides, else one that
// is unknown does.
func decide(parts []Condition, deciding Answer, s *situation) finding {
	found := make([]finding, len(parts))
	for i := range parts {
		found[i] = parts[i].find(s)
	}
	return merge(found, deciding)
}

// merge keeps the grounds of the parts that decide. One No is enough against a
// duty; of what speaks for it, all is told.
func merge(parts []finding, deciding Answer) finding {
	for _, want := range []Answer{deciding, Unknown} {
		out := finding{answer: want}
		found := false
		for _, f := range parts {
			if f.answer == want {
				out.grounds = append(out.grounds, f.grounds...)
				if found = true; want == No {
					break
				}
			}
		}
		if found {
			return out
		}
	}
	out := finding{answer: deciding.not()}
	for _, f := range parts {
		out.grounds = append(out.grounds, f.grounds...)
	}
	return out
}

func (s *situation) fact(name string) finding {
	w := factWords[name]
	a := *w.get(s)
	text := map[Answer]Text{Yes: w.yes, No: w.no, Unknown: w.unknown()}[a].fill("{place}", s.pack.Place)
	return finding{a, []ground{{fact: factName(name, s.pack.Jurisdiction), text: text, open: a == Unknown}}}
}

func (s *situation) item(item Item) finding {
	w := item.Words()
	fact := "items." + string(item)
	switch {
	case slices.Contains(s.Items, item):
		return finding{Yes, []ground{{fact: fact, text: Text{"項目「%s」を含む", "the data include: %s"}.with(w)}}}
	case s.ItemsFinal:
		return finding{No, []ground{{fact: fact, text: Text{"項目「%s」を含まない", "the data do not include: %s"}.with(w)}}}
	}
	return finding{Unknown, []ground{{fact: fact, open: true, text: Text{"項目「%s」を含むかどうか不明", "not known whether the data include: %s"}.with(w)}}}
}

func (s *situation) event(name string) finding {
	at := s.Facts.at(name)
	w := eventWords[name]
	if at.IsZero() {
		return finding{No, []ground{{fact: name, text: w.not}}}
	}
	return finding{Yes, []ground{{fact: name, text: w.done}}}
}

func (s *situation) count(name string, c Count, t Threshold) finding {
	what := Text{"本人の数", "persons"}
	if name == "residents" {
		what = Text{"{place}に住む本人の数", "persons living in {place}"}.fill("{place}", s.pack.Place)
	}
	limit := textf("%s人を超える", "more than %s", number(t.over()))
	if t.AtLeast != nil {
		limit = textf("%s人以上", "at least %s", number(*t.AtLeast))
	}
	a := c.over(t.over())
	n := c.text()
	form := Text{"%s：%s（基準：%s）", "%s: %s (threshold: %s)"}
	if a == Unknown {
		form = Text{"%s：%s。可能な最大数で判断する（基準：%s）", "%s: %s; the possible maximum decides (threshold: %s)"}
	}
	return finding{a, []ground{{
		fact: factName(name, s.pack.Jurisdiction),
		text: form.with(what, n, limit),
		open: a == Unknown || a == No && !c.Final,
	}}}
}
