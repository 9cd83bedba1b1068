package law

import (
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"strings"
	"time"

	"github.com/goccy/go-yaml"
)

//go:embed packs
var builtin embed.FS

// maxFile bounds a data file, bytes.
const maxFile = 128 << 10

// maxRules, maxDepth bound what a pack holds.
const (
	maxRules = 100
	maxDepth = 8 // of conditions within conditions
)

// Builtin reads the packs that come with the program. Zone resolves names such
// as "Asia/Tokyo"; time.LoadLocation does.
func Builtin(zone func(name string) (*time.Location, error)) (*Packs, error) {
	sub, err := fs.Sub(builtin, "packs")
	if err != nil {
		return nil, fmt.Errorf("law: %w", err)
	}
	return Load(sub, zone)
}

// Load reads all *.yaml files at the root of a file system: calendars are named
// closed-*.yaml, the others are packs. A key nobody knows, a word that is
// misspelt, a rule without a source are errors that name the file, and the
// line or the rule.
func Load(files fs.FS, zone func(name string) (*time.Location, error)) (*Packs, error) {
	names, err := fs.Glob(files, "*.yaml")
	if err != nil {
		return nil, fmt.Errorf("law: %w", err)
	}
	l := loader{files: files, zone: zone, out: Packs{calendars: map[string]*Calendar{}}, ids: map[string]bool{}}
	slices.SortStableFunc(names, func(a, b string) int { return rank(a) - rank(b) }) // calendars first: packs name them
	for _, name := range names {
		if err := l.file(name); err != nil {
			return nil, fmt.Errorf("law: %s: %w", name, err)
		}
	}
	if len(l.out.packs) == 0 {
		return nil, errors.New("law: there is no pack")
	}
	slices.SortFunc(l.out.packs, func(a, b Pack) int { return strings.Compare(a.Name, b.Name) })
	return &l.out, nil
}

func rank(file string) int {
	if strings.HasPrefix(file, "closed-") {
		return 0
	}
	return 1
}

type loader struct {
	files fs.FS
	zone  func(string) (*time.Location, error)
	out   Packs
	ids   map[string]bool // of rules, and "pack " + name
}

func (l *loader) file(name string) error {
	text, err := fs.ReadFile(l.files, name)
	if err != nil {
		return err
	}
	if len(text) > maxFile {
		return fmt.Errorf("larger than %d bytes", maxFile)
	}
	if rank(name) == 0 {
		c := &Calendar{}
		if err := decode(text, c); err != nil {
			return err
		}
		c.file = name
		if l.out.calendars[c.Name] != nil {
			return fmt.Errorf("calendar %s stands twice", c.Name)
		}
		l.out.calendars[c.Name] = c
		return c.check()
	}
	p := Pack{}
	if err := decode(text, &p); err != nil {
		return err
	}
	p.file = name
	if err := l.pack(&p); err != nil {
		return err
	}
	l.out.packs = append(l.out.packs, p)
	return nil
}

// decode reads strictly: unknown and repeated keys are errors with their line.
func decode(text []byte, v any) error {
	if err := yaml.UnmarshalWithOptions(text, v, yaml.Strict()); err != nil {
		var at yaml.Error
		if errors.As(err, &at) && at.GetToken() != nil {
			return fmt.Errorf("line %d: %s", at.GetToken().Position.Line, at.GetMessage())
		}
		return fmt.Errorf("not YAML: %w", err)
	}
	return nil
}

// pack checks one and resolves its names.
func (l *loader) pack(p *Pack) error {
	if p.Name == "" || p.Jurisdiction == "" || p.Place.Empty() || p.Law.Empty() {
		return errors.New("pack, jurisdiction, place and law are needed")
	}
	if !isDay(p.Version) || !isDay(p.CoversFrom) || !isDay(p.Checked) {
		return errors.New("version, covers_from and checked are days such as 2026-11-25")
	}
	if l.ids["pack "+p.Name] {
		return fmt.Errorf("pack %s stands twice", p.Name)
	}
	l.ids["pack "+p.Name] = true
	var err error
	if p.zone, err = l.zone(p.Zone); err != nil || p.zone == nil || p.Zone == "" {
		return fmt.Errorf("zone: %q is not known here", p.Zone)
	}
	if len(p.Rules) == 0 || len(p.Rules) > maxRules || len(p.Conditions) > maxRules {
		return fmt.Errorf("1 to %d rules, and as many conditions at most", maxRules)
	}
	b := binder{shared: map[string]*Condition{}}
	for i := range p.Conditions {
		c := &p.Conditions[i]
		if c.Name == "" || b.shared[c.Name] != nil {
			return fmt.Errorf("conditions[%d]: needs a name of its own", i)
		}
		if err := b.bind(c, 0); err != nil {
			return fmt.Errorf("condition %s: %w", c.Name, err)
		}
		b.shared[c.Name] = c // only now, so that none can name itself
	}
	if err := b.bind(&p.Reach, 0); err != nil {
		return fmt.Errorf("reach: %w", err)
	}
	for i := range p.Rules {
		if err := l.rule(&p.Rules[i], &b); err != nil {
			return fmt.Errorf("rule %s: %w", p.Rules[i].ID, err)
		}
	}
	return nil
}

func (l *loader) rule(r *Rule, b *binder) error {
	switch {
	case r.ID == "" || l.ids[r.ID]:
		return errors.New("needs an id of its own, among all packs")
	case r.Due.Empty() || r.Recipient.Empty():
		return errors.New("due and recipient are needed in both languages")
	case !slices.Contains([]string{ToAuthority, ToPersons, ToController, ToSelf}, r.To):
		return fmt.Errorf("to: %q is nobody", r.To)
	case eventWords[r.Start].name.Empty():
		return fmt.Errorf("start: %q is no event", r.Start)
	case len(r.Sources) == 0:
		return errors.New("needs a source")
	}
	l.ids[r.ID] = true
	for _, s := range r.Sources {
		if s.Cite == "" || s.About == "" || !slices.Contains(trusts, s.Trust) {
			return errors.New("sources: cite, about and a trust of P, S or K are needed")
		}
	}
	e := r.Effective
	if e.Proposed != (e.From == "") || e.From != "" && !isDay(e.From) || e.To != "" && (!isDay(e.To) || e.To < e.From) {
		return errors.New("effective: from and to are days; without from it is proposed: true")
	}
	for _, c := range r.Contents {
		if c.Title.Empty() || answers[c.Item] == nil {
			return fmt.Errorf("contents: %q is no item of a record, or has no title", c.Item)
		}
	}
	if err := b.bind(&r.When, 0); err != nil {
		return fmt.Errorf("when: %w", err)
	}
	return l.within(&r.Within, b)
}

func (l *loader) within(w *Within, b *binder) error {
	switch w.Unit {
	case Promptly:
		if *w != (Within{Unit: Promptly}) {
			return errors.New("within: promptly has no number")
		}
		return nil
	case ClockHours:
		if w.From != 0 || w.DayOneIncluded || w.RollForward != "" {
			return errors.New("within: days do not belong to clock hours")
		}
	case CalendarDays:
	default:
		return fmt.Errorf("within: %q is no unit", w.Unit)
	}
	if w.Amount < 1 || w.Amount > 10_000 || w.From < 0 || w.From > w.Amount {
		return errors.New("within: amount is 1 to 10,000, from at most amount")
	}
	if w.RollForward != "" && l.out.calendars[w.RollForward] == nil {
		return fmt.Errorf("within: there is no calendar %q", w.RollForward)
	}
	if w.Longer == nil {
		return nil
	}
	if w.Longer.Amount <= w.Amount || w.Longer.Amount > 10_000 {
		return errors.New("within: longer is not longer")
	}
	return b.bind(&w.Longer.When, 0)
}

// binder checks conditions and resolves what they name.
type binder struct{ shared map[string]*Condition }

func (b *binder) bind(c *Condition, depth int) error {
	if depth > maxDepth {
		return fmt.Errorf("over %d conditions within each other", maxDepth)
	}
	parts := 0
	for _, written := range []bool{c.Any != nil, c.All != nil, c.Not != nil, c.Ref != "", c.Fact != "", c.Item != "", c.Event != "", c.Persons != nil, c.Residents != nil} {
		if written {
			parts++
		}
	}
	if parts != 1 || c.Label.JA != "" != (c.Label.EN != "") {
		return errors.New("a condition is exactly one of any, all, not, ref, fact, item, event, persons, residents; a label has both languages")
	}
	switch {
	case c.Ref != "":
		if c.ref = b.shared[c.Ref]; c.ref == nil {
			return fmt.Errorf("no condition %q is written above", c.Ref)
		}
	case c.Fact != "" && factWords[c.Fact].get == nil:
		return fmt.Errorf("no fact is called %q", c.Fact)
	case c.Item != "" && itemWords[c.Item].Empty():
		return fmt.Errorf("no item is called %q", c.Item)
	case c.Event != "" && eventWords[c.Event].name.Empty():
		return fmt.Errorf("no event is called %q", c.Event)
	case c.Persons != nil:
		return c.Persons.check()
	case c.Residents != nil:
		return c.Residents.check()
	case c.Not != nil:
		return b.bind(c.Not, depth+1)
	}
	for _, parts := range [][]Condition{c.Any, c.All} {
		for i := range parts {
			if err := b.bind(&parts[i], depth+1); err != nil {
				return err
			}
		}
	}
	return nil
}

func (t Threshold) check() error {
	if (t.Over == nil) == (t.AtLeast == nil) || t.over() < 0 {
		return errors.New("a threshold is over: 0 or more, or at_least: 1 or more")
	}
	return nil
}
