package law

import (
	"errors"
	"io/fs"
	"os"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
	"time"
)

// smallest is a pack with one rule, to be broken.
const smallest = `pack: xx
version: 2026-11-25
jurisdiction: XX
place: {ja: 架空国, en: Nowhere}
law: {ja: 架空法, en: Fictitious Act}
zone: Asia/Tokyo
covers_from: 2020-01-01
checked: 2026-11-25
conditions:
  - {name: many, persons: {over: 10}}
reach: {fact: established}
rules:
  - id: xx-authority
    due: {ja: 報告, en: Report}
    to: authority
    recipient: {ja: 架空庁, en: Office}
    when: {ref: many}
    start: knowledge
    within: {amount: 72, unit: clock_hours}
    effective: {from: 2020-01-01}
    sources: [{cite: Art. 1, about: number, trust: K}]
`

func loadText(text string) (*Packs, error) {
	calendar, err := fs.ReadFile(builtin, "packs/closed-jp-offices.yaml")
	if err != nil {
		return nil, err
	}
	return Load(fstest.MapFS{"xx.yaml": {Data: []byte(text)}, "closed-jp-offices.yaml": {Data: calendar}}, time.LoadLocation)
}

func TestSmallestPackLoads(t *testing.T) {
	t.Parallel()
	if _, err := loadText(smallest); err != nil {
		t.Fatal(err)
	}
}

// Whoever mistypes is told the file and the line or the rule.
func TestLoadIsStrict(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ old, now, want string }{
		{"start: knowledge", "start: wisdom", "xx.yaml: rule xx-authority: start"},
		{"    to: authority", "    two: authority", "xx.yaml: line 15: unknown field"},
		{"pack: xx", "pack: xx\npack: yy", "xx.yaml: line 2: "},
		{"amount: 72, unit: clock_hours", "amount: 72, unit: hours", "unit"},
		{"amount: 72", "amount: 0", "amount"},
		{"amount: 72", "amount: seventy", "line"},
		{"unit: clock_hours", "unit: clock_hours, day_one_included: true", "clock hours"},
		{"amount: 72, unit: clock_hours", "unit: promptly, amount: 3", "promptly"},
		{"amount: 72, unit: clock_hours", "unit: calendar_days, amount: 3, roll_forward: jp-ofices", "jp-ofices"},
		{"amount: 72, unit: clock_hours", "unit: calendar_days, amount: 3, from: 4", "from"},
		{"amount: 72, unit: clock_hours", "unit: calendar_days, amount: 30, longer: {amount: 20, when: {fact: risk}}", "longer"},
		{"{ref: many}", "{ref: may}", "may"},
		{"{ref: many}", "{fact: riskk}", "riskk"},
		{"{ref: many}", "{item: name, fact: risk}", "exactly one"},
		{"{ref: many}", "{}", "exactly one"},
		{"{ref: many}", "{item: nam}", "nam"},
		{"{ref: many}", "{event: never}", "never"},
		{"{ref: many}", "{persons: {over: 1, at_least: 2}}", "threshold"},
		{"{ref: many}", "{persons: {at_least: 0}}", "threshold"},
		{"{ref: many}", "{fact: risk, label: {ja: 日本語だけ}}", "both languages"},
		{"{ref: many}", strings.Repeat("{not: ", 12) + "{fact: risk}" + strings.Repeat("}", 12), "within each other"},
		{"{name: many, persons: {over: 10}}", "{name: many, ref: many}", "condition many"},
		{"due: {ja: 報告, en: Report}", "due: {ja: 報告}", "both languages"},
		{"trust: K", "trust: X", "trust"},
		{"sources: [{cite: Art. 1, about: number, trust: K}]", "sources: []", "source"},
		{"effective: {from: 2020-01-01}", "effective: {from: 2020-02-30}", "effective"},
		{"effective: {from: 2020-01-01}", "effective: {}", "effective"},
		{"effective: {from: 2020-01-01}", "effective: {from: 2020-01-01, proposed: true}", "effective"},
		{"effective: {from: 2020-01-01}", "effective: {from: 2020-01-01, to: 2019-12-31}", "effective"},
		{"zone: Asia/Tokyo", "zone: Asia/Tokio", "Asia/Tokio"},
		{"version: 2026-11-25", "version: latest", "version"},
		{"to: authority", "to: police", "police"},
		{"    sources:", "    contents: [{item: weather, title: {ja: 天気, en: Weather}}]\n    sources:", "weather"},
	} {
		text := strings.Replace(smallest, c.old, c.now, 1)
		if text == smallest {
			t.Fatalf("%q is not in the pack", c.old)
		}
		_, err := loadText(text)
		if err == nil || !strings.Contains(err.Error(), c.want) || !strings.HasPrefix(err.Error(), "law: xx.yaml: ") {
			t.Errorf("%q: %v, want %q", c.now, err, c.want)
		}
	}
}

func TestLoadRefusesBrokenCalendars(t *testing.T) {
	t.Parallel()
	good := "calendar: c\nweekdays: [sunday]\nevery_year: [12-31]\nsource: {cite: law, trust: K}\nyears: [{year: 2026, announced: true, days: {2026-01-01: 元日}}]\n"
	for old, now := range map[string]string{
		"":           "",
		"[sunday]":   "[sun]",
		"[12-31]":    "[31-12]",
		"2026-01-01": "2027-01-01",
		"{cite: law": "{url: law",
		": 元日":       `: ""`,
	} {
		text := strings.Replace(good, old, now, 1)
		_, err := Load(fstest.MapFS{"xx.yaml": {Data: []byte(smallest)}, "closed-c.yaml": {Data: []byte(text)}}, time.LoadLocation)
		if (err == nil) != (old == "") || err != nil && !strings.Contains(err.Error(), "closed-c.yaml") {
			t.Errorf("%q: %v", now, err)
		}
	}
	if _, err := Load(fstest.MapFS{}, time.LoadLocation); err == nil {
		t.Error("no packs, and no error")
	}
	big := fstest.MapFS{"xx.yaml": {Data: []byte(smallest + strings.Repeat("#\n", maxFile))}}
	if _, err := Load(big, time.LoadLocation); err == nil || !strings.Contains(err.Error(), "larger") {
		t.Errorf("too large: %v", err)
	}
	twice := fstest.MapFS{"xx.yaml": {Data: []byte(smallest)}, "yy.yaml": {Data: []byte(smallest)}}
	if _, err := Load(twice, time.LoadLocation); err == nil || !strings.Contains(err.Error(), "twice") {
		t.Errorf("twice: %v", err)
	}
}

// What every pack of ours says of itself.
func TestBuiltinPacks(t *testing.T) {
	t.Parallel()
	var places []string
	for _, p := range packs(t).All() {
		places = append(places, p.Jurisdiction)
		for _, r := range p.Rules {
			var about []string
			for _, s := range r.Sources {
				about = append(about, s.About)
				if !strings.HasPrefix(s.URL, "https://") {
					t.Errorf("%s: %s has no address", r.ID, s.Cite)
				}
			}
			if all := strings.Join(about, " "); r.Within.Unit != Promptly && !strings.Contains(all, "number") {
				t.Errorf("%s: nobody vouches for its number", r.ID)
			}
			if r.Practice.Empty() || !strings.HasPrefix(r.ID, strings.ToLower(p.Jurisdiction)) {
				t.Errorf("%s: no practice, or not named after its place", r.ID)
			}
		}
	}
	if want := []string{"EU", "JP", "KR", "SG", "TW", "UK", "US-CA"}; !slices.Equal(places, want) {
		t.Errorf("places %v, want %v", places, want)
	}
	// 規則8条1項 has nine items, in this order.
	_, r, _ := packs(t).Rule("jp-preliminary")
	var nine []string
	for _, c := range r.Contents {
		if c.No != "" {
			nine = append(nine, c.No+c.Item)
		}
	}
	if got := strings.Join(nine, " "); got != "1outline 2items 3persons 4cause 5secondary 6told 7published 8measures 9other" {
		t.Errorf("items %s", got)
	}
	if r.Trust() != Knowledge {
		t.Errorf("trust %s: the form's fields were not read", r.Trust())
	}
}

// docs/design/law.md lists every rule.
func TestDocumentNamesEveryRule(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile("../../docs/design/law.md")
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range packs(t).All() {
		for _, r := range p.Rules {
			if !strings.Contains(string(text), "`"+r.ID+"`") {
				t.Errorf("%s is not in the document", r.ID)
			}
		}
	}
}

// lawHolidays derives the public holidays of a year from 国民の祝日に関する法律 第2条
// and 第3条 as of 2022, and the days of the equinoxes from their mean motion,
// independently of the data file.
func lawHolidays(year int) map[string]bool {
	day := func(m time.Month, d int) time.Time { return time.Date(year, m, d, 0, 0, 0, 0, time.UTC) }
	monday := func(m time.Month, n int) time.Time {
		first := day(m, 1)
		return day(m, 1+(8-int(first.Weekday()))%7+7*(n-1))
	}
	equinox := func(base float64) int {
		y := year - 1980
		return int(base + 0.242194*float64(y) - float64(y/4))
	}
	named := map[time.Time]bool{}
	for _, d := range []time.Time{
		day(1, 1), monday(1, 2), day(2, 11), day(2, 23), day(3, equinox(20.8431)), day(4, 29), day(5, 3), day(5, 4), day(5, 5),
		monday(7, 3), day(8, 11), monday(9, 3), day(9, equinox(23.2488)), monday(10, 2), day(11, 3), day(11, 23),
	} {
		named[d] = true
	}
	closed := map[string]bool{}
	for d := day(1, 1); d.Year() == year; d = d.AddDate(0, 0, 1) {
		before, after := d.AddDate(0, 0, -1), d.AddDate(0, 0, 1)
		substitute := false
		for b := before; named[b]; b = b.AddDate(0, 0, -1) { // back through the holidays before it
			substitute = substitute || b.Weekday() == time.Sunday
		}
		if named[d] || substitute || named[before] && named[after] {
			closed[d.Format(time.DateOnly)] = true
		}
	}
	return closed
}

func TestHolidaysFollowFromTheLaw(t *testing.T) {
	t.Parallel()
	c := packs(t).calendars["jp-offices"]
	for _, y := range c.Years {
		want := lawHolidays(y.Year)
		for day, name := range y.Days {
			if !want[day] {
				t.Errorf("%s %s is no holiday by law", day, name)
			}
			delete(want, day)
		}
		for d := range want {
			t.Errorf("%s is missing", d)
		}
		if y.Announced != (y.Year <= 2027) {
			t.Errorf("%d: announced %v", y.Year, y.Announced)
		}
	}
	if len(c.Years) != 6 || c.Years[0].Year != 2025 || c.Years[5].Year != 2030 {
		t.Errorf("years %v", c.Years)
	}
}

// FuzzLoad: a file is refused, or makes a pack that can be asked.
func FuzzLoad(f *testing.F) {
	f.Add(smallest)
	for _, name := range []string{"packs/tw-pdpa.yaml", "packs/us-ca.yaml"} { // small ones: the parser is slow
		text, err := fs.ReadFile(builtin, name)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(string(text))
	}
	for _, s := range []string{"", "[", "&a [*a]", "pack: &a {b: *a}", "{}\n---\n{}", strings.Repeat("[", 200), strings.Repeat("- ", 200)} {
		f.Add(s)
	}
	now := time.Date(2026, 11, 22, 5, 19, 0, 0, time.UTC)
	ours := packs(f)
	f.Fuzz(func(t *testing.T, text string) {
		l := loader{zone: time.LoadLocation, out: Packs{calendars: ours.calendars}, ids: map[string]bool{}}
		l.files = fstest.MapFS{"xx.yaml": {Data: []byte(text)}}
		if l.file("xx.yaml") != nil {
			return
		}
		p := &l.out
		duties, err := Assess(p, Facts{Known: now, Assessed: now, PersonsTold: now, ControllerTold: now}, now)
		var gap *Gap
		if err != nil && !errors.As(err, &gap) {
			t.Fatal(err)
		}
		for _, d := range duties {
			checkTimes(t, d)
			if _, err := p.Draft(d.Rule.ID, Record{AsOf: now}, duties); (err == nil) != (len(d.Rule.Contents) > 0) {
				t.Errorf("%s: draft: %v", d.Rule.ID, err)
			}
			if d.Reason.Empty() {
				t.Error("no reason is given")
			}
		}
	})
}

// checkTimes are what is true of the times of every duty.
func checkTimes(t fatalfer, d Duty) {
	t.Helper()
	if d.Due.IsZero() {
		if !d.Earliest.IsZero() || len(d.Reminders) != 0 || d.Overdue(time.Date(9999, 1, 1, 0, 0, 0, 0, time.UTC)) {
			t.Fatalf("%s: no deadline, and yet %v", d.Rule.ID, d)
		}
		return
	}
	times := []time.Time{d.Start}
	times = append(times, d.Reminders...)
	times = append(times, d.Due)
	if !slices.IsSortedFunc(times, time.Time.Compare) || !d.Due.After(d.Start) || len(d.Reminders) != 3 {
		t.Fatalf("%s: times out of order: %v", d.Rule.ID, times)
	}
	if !d.Earliest.IsZero() && (d.Earliest.Before(d.Start) || d.Earliest.After(d.Due)) {
		t.Fatalf("%s: earliest %s", d.Rule.ID, d.Earliest)
	}
	if !d.Stands() {
		t.Fatalf("%s does not apply and has a deadline", d.Rule.ID)
	}
}

type fatalfer interface {
	Helper()
	Fatalf(format string, args ...any)
}
