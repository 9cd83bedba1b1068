package law

import (
	"encoding/json"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

// answersOf are all answers of the facts, to be drawn and refined.
func answersOf(f *Facts) []*Answer {
	return []*Answer{&f.SpecialCare, &f.PropertyDamage, &f.ImproperPurpose, &f.Intrusion, &f.UniqueIDs, &f.IdentityData, &f.Encrypted, &f.Database,
		&f.UnreadDeleted, &f.Retrieved, &f.Remedied, &f.Processor, &f.Risk, &f.HighRisk, &f.SignificantHarm}
}

func drawAnswer(t *rapid.T) Answer {
	return rapid.SampledFrom([]Answer{Unknown, Yes, No}).Draw(t, "answer")
}

// drawCount draws one that is consistent with a bound on it.
func drawCount(t *rapid.T, top int) Count {
	near := rapid.SampledFrom([]int{0, 1, 99, 100, 499, 500, 501, 999, 1000, 1001, 5000})
	least := min(near.Draw(t, "least"), top)
	switch rapid.IntRange(0, 2).Draw(t, "count") {
	case 0:
		return Exactly(least)
	case 1:
		return Count{Least: least}
	default:
		return between(least, min(max(least, near.Draw(t, "most")), top), rapid.Bool().Draw(t, "final"))
	}
}

func drawFacts(t *rapid.T) Facts {
	var f Facts
	for _, a := range answersOf(&f) {
		*a = drawAnswer(t)
	}
	f.Known = time.Unix(rapid.Int64Range(1_735_700_000, 1_914_000_000).Draw(t, "known"), 0) // 2025 to August 2030
	if rapid.Bool().Draw(t, "told") {
		f.Assessed, f.PersonsTold, f.ControllerTold = f.Known.Add(time.Hour), f.Known.Add(50*time.Hour), f.Known.Add(2*time.Hour)
	}
	f.Persons = drawCount(t, 9999)
	f.ItemsFinal = rapid.Bool().Draw(t, "items final")
	for _, i := range Items() {
		if rapid.IntRange(0, 3).Draw(t, "item") == 0 {
			f.Items = append(f.Items, i)
		}
	}
	f.Places = map[string]Place{}
	for _, j := range []string{"JP", "EU", "UK", "KR", "SG", "US-CA", "TW"} {
		f.Places[j] = Place{Established: drawAnswer(t), Offers: drawAnswer(t), Residents: drawCount(t, f.Persons.top())}
	}
	return f
}

// refine learns more: nothing that was known changes.
func refine(t *rapid.T, f Facts) Facts {
	for _, a := range answersOf(&f) {
		if *a == Unknown {
			*a = drawAnswer(t)
		}
	}
	if !f.ItemsFinal {
		f.Items = slices.Clone(f.Items)
		for _, i := range Items() {
			if !slices.Contains(f.Items, i) && rapid.IntRange(0, 5).Draw(t, "item learned") == 0 {
				f.Items = append(f.Items, i)
			}
		}
		f.ItemsFinal = rapid.Bool().Draw(t, "items final")
	}
	places := map[string]Place{}
	least := 0
	for j, p := range f.Places {
		for _, a := range []*Answer{&p.Established, &p.Offers} {
			if *a == Unknown {
				*a = drawAnswer(t)
			}
		}
		places[j] = p
		least = max(least, p.Residents.Least)
	}
	f.Places = places
	f.Persons = narrow(t, f.Persons, least)
	for j, p := range f.Places {
		p.Residents = narrow(t, p.Residents, 0)
		if p.Residents.Least > f.Persons.top() {
			p.Residents = between(min(p.Residents.Least, f.Persons.top()), p.Residents.top(), false)
		}
		f.Places[j] = p
	}
	return f
}

// narrow draws a count within another.
func narrow(t *rapid.T, c Count, least int) Count {
	if c.Final && c.Least == c.Most {
		return c
	}
	lo := max(c.Least, least)
	hi := min(c.top(), 20_000)
	if lo > hi {
		return c
	}
	least = rapid.IntRange(lo, hi).Draw(t, "narrowed least")
	if rapid.Bool().Draw(t, "unbounded still") && !c.bounded() {
		return Count{Least: least}
	}
	return between(least, rapid.IntRange(least, hi).Draw(t, "narrowed most"), c.Final)
}

func assessAt(t *rapid.T, f Facts) []Duty {
	p, err := loaded()
	if err != nil {
		t.Fatal(err)
	}
	duties, err := Assess(p, f, f.Known.AddDate(1, 0, 0))
	var gap *Gap // California's pack begins later than the days drawn
	if err != nil && (!errors.As(err, &gap) || strings.Contains(err.Error(), "holidays")) {
		t.Fatal(err)
	}
	return duties
}

// To learn more never loses a duty that surely applies, and brings none back
// that surely does not.
func TestMoreFactsKeepSureAnswers(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		f := drawFacts(t)
		g := refine(t, f)
		if f.check(f.Known.AddDate(1, 0, 0)) != nil || g.check(f.Known.AddDate(1, 0, 0)) != nil {
			t.Skip("residents and persons do not fit")
		}
		before, after := assessAt(t, f), byRule(assessAt(t, g))
		if len(before) != len(after) || len(before) == 0 {
			t.Fatalf("%d duties before, %d after", len(before), len(after))
		}
		for _, d := range before {
			now := after[d.Rule.ID]
			if d.Applies != Unknown && now.Applies != d.Applies {
				t.Fatalf("%s: %s, and %s when more was known\n%s\n%s", d.Rule.ID, d.Applies, now.Applies, d.Reason.EN, now.Reason.EN)
			}
			if now.Stands() && now.Due.Before(d.Due) {
				t.Fatalf("%s: due earlier when more was known: %s, was %s", d.Rule.ID, now.Due, d.Due)
			}
			if d.Applies == Unknown && len(d.Missing) == 0 {
				t.Fatalf("%s: provisional, and nothing is missing", d.Rule.ID)
			}
		}
	})
}

// No deadline before its start, none before it was known.
func TestTimesAreInOrder(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		f := drawFacts(t)
		for _, d := range assessAt(t, f) {
			checkTimes(t, d)
			if !d.Due.IsZero() && !d.Due.After(f.Known) {
				t.Fatalf("%s: due %s, known %s", d.Rule.ID, d.Due, f.Known)
			}
		}
	})
}

// More persons never owe less.
func TestMonotoneInCount(t *testing.T) {
	t.Parallel()
	rank := map[Answer]int{No: 0, Unknown: 1, Yes: 2}
	rapid.Check(t, func(t *rapid.T) {
		f := drawFacts(t)
		for j, p := range f.Places {
			p.Residents = Count{}
			f.Places[j] = p
		}
		n := rapid.IntRange(0, 3000).Draw(t, "fewer")
		m := rapid.IntRange(n, 6000).Draw(t, "more")
		f.Persons = Exactly(n)
		fewer := assessAt(t, f)
		f.Persons = Exactly(m)
		more := byRule(assessAt(t, f))
		for _, d := range fewer {
			if rank[more[d.Rule.ID].Applies] < rank[d.Applies] {
				t.Fatalf("%s: %s with %d persons, %s with %d", d.Rule.ID, d.Applies, n, more[d.Rule.ID].Applies, m)
			}
		}
	})
}

// The Japanese final report, counted again day by day and with the holidays
// derived from the law.
func TestJapaneseFinalReportAgainstNaiveCount(t *testing.T) {
	t.Parallel()
	closed := map[string]bool{}
	for y := 2025; y <= 2030; y++ {
		for d := range lawHolidays(y) {
			closed[d] = true
		}
	}
	tokyo := at(t, "Asia/Tokyo", "2026-01-01 00:00").Location()
	rapid.Check(t, func(t *rapid.T) {
		f := misSent(time.Unix(rapid.Int64Range(1_735_700_000, 1_914_000_000).Draw(t, "known"), 0), Exactly(1001))
		f.ImproperPurpose = rapid.SampledFrom([]Answer{Yes, No}).Draw(t, "improper")
		days := map[Answer]int{Yes: 60, No: 30}[f.ImproperPurpose]
		day := f.Known.In(tokyo)
		for n := 1; n < days; n++ {
			day = day.AddDate(0, 0, 1)
		}
		for {
			text := day.Format(time.DateOnly)
			md := text[5:]
			if w := day.Weekday(); w != time.Saturday && w != time.Sunday && !closed[text] && md != "12-29" && md != "12-30" && md != "12-31" && md != "01-02" && md != "01-03" {
				break
			}
			day = day.AddDate(0, 0, 1)
		}
		if got := byRule(assessAt(t, f))["jp-final"].DueDay; got != day.Format(time.DateOnly) {
			t.Fatalf("known %s: due %s, want %s", f.Known.In(tokyo), got, day.Format(time.DateOnly))
		}
	})
}

// Facts and records are kept as JSON: what is read back is what was written.
func TestRecordsSurviveJSON(t *testing.T) {
	t.Parallel()
	for _, r := range []Record{early(t), late(t), {}} {
		text, err := json.Marshal(r)
		if err != nil {
			t.Fatal(err)
		}
		var back Record
		if err := json.Unmarshal(text, &back); err != nil {
			t.Fatal(err)
		}
		back.Zone = r.Zone
		if diff := cmp.Diff(r, back, cmp.Comparer(func(a, b *time.Location) bool { return a == b })); diff != "" {
			t.Errorf("(-written +read)\n%s", diff)
		}
	}
	var a Answer
	if a.UnmarshalText([]byte("maybe")) == nil || a != Unknown {
		t.Error("maybe is an answer")
	}
}
