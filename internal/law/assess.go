package law

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"time"
)

// Duty is a rule applied to an incident.
type Duty struct {
	Pack         string `json:"pack"`
	Version      string `json:"version"` // of the pack
	Jurisdiction string `json:"jurisdiction"`
	Rule         *Rule  `json:"rule"`
	// Applies is Unknown when that hangs on facts not known; such a duty is
	// taken to apply, provisionally.
	Applies Answer  `json:"applies"`
	Reason  Text    `json:"reason"`
	Limbs   []Limb  `json:"limbs,omitempty"`   // categories of the law the case falls or may fall in
	Missing []Asked `json:"missing,omitempty"` // facts that could change the answer or the deadline

	// Start is when its clock began; zero, with all times below: it has not.
	Start time.Time `json:"start,omitzero"`
	// Earliest begins the window of a guide ("about 3 to 5 days"), or is zero.
	Earliest time.Time `json:"earliest,omitzero"`
	// Due is the first instant that is too late: for days, the midnight that ends
	// the last. Zero when the law names no number.
	Due time.Time `json:"due,omitzero"`
	// DueDay is the last local day, for deadlines in days.
	DueDay    string      `json:"due_day,omitempty"`
	Deadline  Text        `json:"deadline,omitzero"` // in words; empty when the duty does not apply
	Reminders []time.Time `json:"reminders,omitempty"`
	Notes     []Text      `json:"notes,omitempty"`
}

// Limb is a category of the law, such as 規則7条4号.
type Limb struct {
	Label  Text   `json:"label"`
	Answer Answer `json:"answer"`
}

// Asked is a fact that is not known, by its name in the facts.
type Asked struct {
	Fact string `json:"fact"`
	Text Text   `json:"text"`
}

// Stands tells whether the duty has to be treated as one.
func (d Duty) Stands() bool { return d.Applies != No }

// Overdue tells whether its deadline has passed.
func (d Duty) Overdue(now time.Time) bool {
	return d.Stands() && !d.Due.IsZero() && !now.Before(d.Due)
}

// Used is the share of the time from start to deadline that has passed, in
// percent, 0 when there is no deadline; over 100 is overdue.
func (d Duty) Used(now time.Time) int {
	if d.Due.IsZero() || now.Before(d.Start) {
		return 0
	}
	return int(100 * (now.Sub(d.Start).Seconds() / d.Due.Sub(d.Start).Seconds()))
}

// reminderShares are the shares of a deadline at which somebody is reminded, percent.
var reminderShares = []int{50, 80, 95}

// Assess applies all rules that were law on the day of the event. It returns
// one duty for each, also those that do not apply, with the reason; in the order
// of the packs.
//
// Facts that cannot be are an error and no duties. A *[Gap] (errors.As) comes
// with all duties: a place without a pack, an event before a pack's time, or a
// year without holidays. A deadline for which holidays are missing has not been
// rolled forward, so it is early rather than late.
func Assess(p *Packs, f Facts, now time.Time) ([]Duty, error) {
	if err := f.check(now); err != nil {
		return nil, fmt.Errorf("law: %w", err)
	}
	var duties []Duty
	gaps := p.strangers(&f)
	for i := range p.packs {
		pack := &p.packs[i]
		s := &situation{Facts: &f, pack: pack, place: f.Places[pack.Jurisdiction]}
		if s.place.Zone == nil {
			s.place.Zone = pack.zone
		}
		day := f.eventDay(now, s.place.Zone)
		if day < pack.CoversFrom && pack.Reach.find(s).answer != No {
			gaps = append(gaps, &Gap{pack.file, "says nothing of events before " + pack.CoversFrom})
		}
		for j := range pack.Rules {
			if r := &pack.Rules[j]; r.Effective.on(day) {
				d, err := p.duty(s, r)
				duties = append(duties, d)
				if err != nil {
					gaps = append(gaps, err)
				}
			}
		}
	}
	return duties, errors.Join(gaps...)
}

// strangers are the places of the facts no pack is about.
func (p *Packs) strangers(f *Facts) []error {
	var gaps []error
	for _, j := range slices.Sorted(maps.Keys(f.Places)) {
		if !slices.ContainsFunc(p.packs, func(x Pack) bool { return x.Jurisdiction == j }) {
			gaps = append(gaps, &Gap{"packs", "no pack is about " + j})
		}
	}
	return gaps
}

// eventDay is the day that chooses the rules.
func (f *Facts) eventDay(now time.Time, zone *time.Location) string {
	for _, t := range []time.Time{f.Occurred, f.Known} {
		if !t.IsZero() {
			return t.In(zone).Format(time.DateOnly)
		}
	}
	return now.In(zone).Format(time.DateOnly)
}

func (p *Packs) duty(s *situation, r *Rule) (Duty, error) {
	d := Duty{Pack: s.pack.Name, Version: s.pack.Version, Jurisdiction: s.pack.Jurisdiction, Rule: r}
	f := merge([]finding{s.pack.Reach.find(s), r.When.find(s)}, No)
	d.Applies = f.answer
	d.Reason = reason(f)
	d.ask(f)
	d.Limbs = r.When.limbs(s, nil)
	if !d.Stands() {
		return d, nil // a deadline of what is not due would only frighten
	}
	err := p.window(s, &d)
	return d, err
}

// texts are the grounds in words.
func (f finding) texts() Text {
	var texts []Text
	for _, g := range f.grounds {
		texts = append(texts, g.text)
	}
	return joinTexts(texts, "、", "; ")
}

func reason(f finding) Text {
	why := f.texts()
	if why.Empty() {
		why = Text{"常に求められる", "always asked for"}
	}
	switch f.answer {
	case Yes:
		return Text{"該当する：%s", "Applies: %s"}.with(why)
	case No:
		return Text{"該当しない：%s", "Does not apply: %s"}.with(why)
	default:
		return Text{"不明な点があるため、該当するものとして扱う（暫定）：%s", "Taken to apply, provisionally: %s"}.with(why)
	}
}

// ask notes what one would have to know, each fact once.
func (d *Duty) ask(f finding) {
	for _, g := range f.grounds {
		known := slices.ContainsFunc(d.Missing, func(a Asked) bool { return a.Fact == g.fact })
		if f.answer != Yes && g.open && !known {
			d.Missing = append(d.Missing, Asked{g.fact, g.text})
		}
	}
}

// limbs gathers the labelled conditions that hold or may.
func (c *Condition) limbs(s *situation, found []Limb) []Limb {
	if !c.Label.Empty() {
		if a := c.bare(s).answer; a != No {
			found = append(found, Limb{c.Label, a})
		}
		return found
	}
	for _, parts := range [][]Condition{c.Any, c.All} {
		for i := range parts {
			found = parts[i].limbs(s, found)
		}
	}
	if c.ref != nil {
		found = c.ref.limbs(s, found)
	}
	return found
}
