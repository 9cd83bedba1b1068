package law

import (
	"errors"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

var loaded = sync.OnceValues(func() (*Packs, error) { return Builtin(time.LoadLocation) })

func packs(t testing.TB) *Packs {
	t.Helper()
	p, err := loaded()
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// at reads a time of a zone.
func at(t testing.TB, zone, s string) time.Time {
	t.Helper()
	loc, err := time.LoadLocation(zone)
	if err != nil {
		t.Fatal(err)
	}
	out, err := time.ParseInLocation("2006-01-02 15:04", s, loc)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// home is a shop in Japan that has nothing to do with the rest of the world.
func home() map[string]Place {
	m := map[string]Place{"JP": {Established: Yes}}
	for _, other := range []string{"EU", "UK", "KR", "SG", "US-CA", "TW"} {
		m[other] = Place{Established: No, Offers: No}
	}
	return m
}

// misSent is a merge fault: own mistake, names and orders, nothing grave.
func misSent(known time.Time, persons Count) Facts {
	return Facts{
		Occurred: known, Known: known, Persons: persons, Places: home(), Items: []Item{ItemName, ItemOrder}, ItemsFinal: true,
		SpecialCare: No, PropertyDamage: No, ImproperPurpose: No, Intrusion: No, UniqueIDs: No, IdentityData: No,
		Encrypted: No, Database: Yes, UnreadDeleted: No, Retrieved: No, Remedied: No, Processor: No, Risk: Yes, HighRisk: No, SignificantHarm: No,
	}
}

// assess is what applies, by rule; rules not in force are not in it.
func assess(t testing.TB, f Facts) map[string]Duty {
	t.Helper()
	duties, err := Assess(packs(t), f, f.Known.AddDate(10, 0, 0))
	if err != nil {
		t.Fatal(err)
	}
	return byRule(duties)
}

func byRule(duties []Duty) map[string]Duty {
	m := map[string]Duty{}
	for _, d := range duties {
		m[d.Rule.ID] = d
	}
	return m
}

// 規則7条4号: more than 1,000 persons; if the number is not fixed, the possible
// maximum decides (通則編 3-5-3-1(4)).
func TestThreshold(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name    string
		persons Count
		want    Answer
		missing string
	}{
		{"1,000 is out", Exactly(1000), No, ""},
		{"1,001 is in", Exactly(1001), Yes, ""},
		{"at least 1,001, not fixed", Count{Least: 1001, Most: 5000}, Yes, ""},
		{"at most 1,001", Count{Least: 253, Most: 1001}, Unknown, "persons"},
		{"at most 1,000, not fixed", Count{Least: 253, Most: 1000}, No, "persons"},
		{"no upper bound", Count{Least: 1}, Unknown, "persons"},
		{"nothing known", Count{}, Unknown, "persons"},
		{"at most none", AtMost(0, 0), No, ""},
		{"none", Exactly(0), No, ""},
	} {
		d := assess(t, misSent(at(t, "Asia/Tokyo", "2026-11-22 14:19"), c.persons))
		for _, id := range []string{"jp-preliminary", "jp-final", "jp-persons"} {
			if d[id].Applies != c.want {
				t.Errorf("%s: %s applies: %s, want %s (%s)", c.name, id, d[id].Applies, c.want, d[id].Reason.EN)
			}
		}
		var missing []string
		for _, m := range d["jp-final"].Missing {
			missing = append(missing, m.Fact)
		}
		if got := strings.Join(missing, " "); got != c.missing {
			t.Errorf("%s: missing %q, want %q", c.name, got, c.missing)
		}
	}
}

// Thresholds of other places.
func TestThresholdsElsewhere(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		rule  string
		in    int // the least number that is in
		place Place
	}{
		{"kr-authority", 1000, Place{Established: Yes}},
		{"sg-authority", 500, Place{Established: Yes}},
		{"us-ca-attorney-general", 501, Place{Established: No, Offers: Yes}},
	} {
		for n, want := range map[int]Answer{c.in - 1: No, c.in: Yes} {
			f := misSent(at(t, "Asia/Tokyo", "2026-11-22 14:19"), Exactly(n))
			f.IdentityData = Yes
			place := c.place
			place.Residents = Exactly(n)
			for _, j := range []string{"KR", "SG", "US-CA"} {
				f.Places[j] = place
			}
			if d := assess(t, f)[c.rule]; d.Applies != want {
				t.Errorf("%s, %d persons: %s, want %s (%s)", c.rule, n, d.Applies, want, d.Reason.EN)
			}
		}
	}
}

// Where we are not established only those count who live there.
func TestOnlyResidentsCountAbroad(t *testing.T) {
	t.Parallel()
	f := misSent(at(t, "Asia/Tokyo", "2026-11-22 14:19"), Exactly(5000))
	f.Places["KR"] = Place{Established: No, Offers: Yes, Residents: Exactly(3)}
	d := assess(t, f)
	if d["kr-authority"].Applies != No || d["kr-persons"].Applies != Yes {
		t.Errorf("authority %s, persons %s", d["kr-authority"].Applies, d["kr-persons"].Applies)
	}
	// Those who live there are persons, also where nobody has counted all yet.
	f.Persons, f.Places["KR"] = Count{}, Place{Established: Yes, Residents: Count{Least: 1000}}
	if d := assess(t, f)["kr-authority"]; d.Applies != Yes {
		t.Errorf("1,000 residents at least: %s (%s)", d.Applies, d.Reason.EN)
	}
}

// The days of 規則8条: day of knowledge is day 1, closed days count, only the
// final report rolls forward.
func TestJapaneseDays(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name, known            string
		improper               Answer
		earliest, guide, final string
	}{
		{"a Sunday", "2026-11-22 14:19", No, "2026-11-24", "2026-11-26", "2026-12-21"},
		{"category 3", "2026-11-22 14:19", Yes, "2026-11-24", "2026-11-26", "2027-01-20"},
		{"category 3 not known: the shorter one", "2026-11-22 14:19", Unknown, "2026-11-24", "2026-11-26", "2026-12-21"},
		{"year end", "2026-11-30 09:00", No, "2026-12-02", "2026-12-04", "2027-01-04"},
		{"day 30 is 28 December, open", "2026-11-29 09:00", No, "2026-12-01", "2026-12-03", "2026-12-28"},
		{"day 30 is a Saturday", "2026-09-11 09:00", No, "2026-09-13", "2026-09-15", "2026-10-13"}, // 10 Oct Sat, 11 Sun, 12 sports day
		{"golden week", "2026-04-04 09:00", No, "2026-04-06", "2026-04-08", "2026-05-07"},          // day 30 is Sunday 3 May; 6 May is a substitute
		{"a day between two holidays", "2026-08-22 09:00", No, "2026-08-24", "2026-08-26", "2026-09-24"},
		{"substitute of the equinox", "2027-02-20 09:00", No, "2027-02-22", "2027-02-24", "2027-03-23"},
		{"leap day is a day", "2028-02-01 09:00", No, "2028-02-03", "2028-02-05", "2028-03-01"},
		{"leap day is day 30", "2028-01-31 09:00", No, "2028-02-02", "2028-02-04", "2028-02-29"},
		{"last minute of a day", "2026-11-22 23:59", No, "2026-11-24", "2026-11-26", "2026-12-21"},
		{"first minute of a day", "2026-11-22 00:00", No, "2026-11-24", "2026-11-26", "2026-12-21"},
	} {
		f := misSent(at(t, "Asia/Tokyo", c.known), Exactly(5000))
		f.ImproperPurpose = c.improper
		d := assess(t, f)
		got := []string{d["jp-preliminary"].Earliest.Format(time.DateOnly), d["jp-preliminary"].DueDay, d["jp-final"].DueDay}
		if diff := cmp.Diff([]string{c.earliest, c.guide, c.final}, got); diff != "" {
			t.Errorf("%s: (-want +got)\n%s", c.name, diff)
		}
		// The last day ends at midnight in Tokyo.
		due := d["jp-final"].Due
		if due.Format("2006-01-02 15:04 MST") != at(t, "Asia/Tokyo", c.final+" 00:00").AddDate(0, 0, 1).Format("2006-01-02")+" 00:00 JST" {
			t.Errorf("%s: due %s", c.name, due)
		}
		if d["jp-final"].Overdue(due.Add(-time.Second)) || !d["jp-final"].Overdue(due) {
			t.Errorf("%s: overdue at the wrong instant", c.name)
		}
	}
}

// The day of knowledge is the day in Tokyo, wherever the clock was read.
func TestDayIsLocal(t *testing.T) {
	t.Parallel()
	d := assess(t, misSent(time.Date(2026, 11, 22, 15, 30, 0, 0, time.UTC), Exactly(5000))) // 00:30 on the 23rd
	if got := d["jp-final"].DueDay; got != "2026-12-22" {
		t.Errorf("due on %s", got)
	}
}

// 72 hours are hours: neither weekends nor summer time change them.
func TestClockHours(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ name, known, due string }{
		{"winter", "2026-11-20 17:00", "2026-11-23 17:00 CET"},
		{"clocks go back on 25 October 2026", "2026-10-23 17:00", "2026-10-26 16:00 CET"},
		{"clocks go forward on 28 March 2027", "2027-03-26 17:00", "2027-03-29 18:00 CEST"},
		{"leap day", "2028-02-27 12:00", "2028-03-01 12:00 CET"},
	} {
		f := misSent(at(t, "Europe/Berlin", c.known), Exactly(1))
		berlin, _ := time.LoadLocation("Europe/Berlin")
		f.Places["EU"] = Place{Established: Yes, Zone: berlin}
		d := assess(t, f)["eu-authority"]
		if got := d.Due.Format("2006-01-02 15:04 MST"); got != c.due || d.Applies != Yes {
			t.Errorf("%s: %s (applies: %s), want %s", c.name, got, d.Applies, c.due)
		}
		if got := d.Due.Sub(d.Start); got != 72*time.Hour {
			t.Errorf("%s: %s", c.name, got)
		}
	}
}

// Calendar days are local days also where one of them has 23 hours.
func TestCalendarDaysAcrossSummerTime(t *testing.T) {
	t.Parallel()
	f := misSent(at(t, "America/Los_Angeles", "2027-02-20 23:30"), Exactly(600))
	f.IdentityData = Yes
	f.Places["US-CA"] = Place{Established: No, Offers: Yes, Residents: Exactly(600)}
	f.PersonsTold = at(t, "America/Los_Angeles", "2027-03-10 10:00")
	d := assess(t, f)
	if got := d["us-ca-persons"].Due.Format("2006-01-02 15:04 MST"); got != "2027-03-23 00:00 PDT" || d["us-ca-persons"].DueDay != "2027-03-22" {
		t.Errorf("persons: %s, %s", got, d["us-ca-persons"].DueDay)
	}
	if got := d["us-ca-attorney-general"].DueDay; got != "2027-03-25" {
		t.Errorf("attorney general: %s", got)
	}
}

// Singapore counts from the day after the assessment, and not before there is one.
func TestStartEvents(t *testing.T) {
	t.Parallel()
	f := misSent(at(t, "Asia/Singapore", "2026-11-22 14:19"), Exactly(500))
	f.Places["SG"] = Place{Established: Yes}
	d := assess(t, f)
	if x := d["sg-authority"]; x.Applies != Yes || !x.Due.IsZero() || !strings.Contains(x.Deadline.JA, "評価をまだ終えていない") {
		t.Errorf("before the assessment: %s, due %s, %q", x.Applies, x.Due, x.Deadline.JA)
	}
	if got := d["sg-assessment"].DueDay; got != "2026-12-22" {
		t.Errorf("assessment by %s", got)
	}
	f.Assessed = at(t, "Asia/Singapore", "2026-11-27 10:00") // a Friday; Monday is the third day
	if got := assess(t, f)["sg-authority"].DueDay; got != "2026-11-30" {
		t.Errorf("authority by %s", got)
	}
	// Nothing recorded: no clock runs, and that is said.
	var none Facts
	duties, err := Assess(packs(t), none, at(t, "Asia/Tokyo", "2026-11-22 14:19"))
	if err != nil {
		t.Fatal(err)
	}
	for _, x := range duties {
		if !x.Due.IsZero() || x.Stands() == x.Deadline.Empty() {
			t.Errorf("%s: due %s, %q", x.Rule.ID, x.Due, x.Deadline.EN)
		}
	}
}

// Who knows nothing owes everything, provisionally, and is told what to find out.
func TestUnknownIsProvisional(t *testing.T) {
	t.Parallel()
	now := at(t, "Asia/Tokyo", "2026-11-22 14:19")
	duties, err := Assess(packs(t), Facts{Known: now}, now)
	if err != nil {
		t.Fatal(err)
	}
	if len(duties) < 15 {
		t.Fatalf("%d duties", len(duties))
	}
	for _, d := range duties {
		if d.Applies != Unknown || !d.Stands() || len(d.Missing) == 0 || !strings.Contains(d.Reason.JA, "暫定") || !strings.Contains(d.Reason.EN, "provisionally") {
			t.Errorf("%s: %s, %q, missing %v", d.Rule.ID, d.Applies, d.Reason.EN, d.Missing)
		}
	}
}

// Each way out of the duty, and each way in, alone.
func TestTriggers(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name string
		set  func(*Facts)
		rule string
		want Answer
	}{
		{"special care, one person", func(f *Facts) { f.SpecialCare = Yes }, "jp-preliminary", Yes},
		{"card numbers, one person", func(f *Facts) { f.Items = append(f.Items, ItemCard) }, "jp-preliminary", Yes},
		{"property damage", func(f *Facts) { f.PropertyDamage = Yes }, "jp-final", Yes},
		{"improper purpose", func(f *Facts) { f.ImproperPurpose = Yes }, "jp-preliminary", Yes},
		{"improper purpose, not of a database", func(f *Facts) { f.ImproperPurpose, f.Database = Yes, No }, "jp-preliminary", Yes},
		{"many, not of a database", func(f *Facts) { f.Persons, f.Database = Exactly(5000), No }, "jp-preliminary", No},
		{"nothing grave", func(*Facts) {}, "jp-preliminary", No},
		{"below the threshold there is work all the same", func(*Facts) {}, "jp-measures", Yes},
		{"encrypted", func(f *Facts) { f.SpecialCare, f.Encrypted = Yes, Yes }, "jp-preliminary", No},
		{"deleted unread by all", func(f *Facts) { f.SpecialCare, f.UnreadDeleted = Yes, Yes }, "jp-preliminary", No},
		{"deletion not confirmed", func(f *Facts) { f.SpecialCare, f.UnreadDeleted = Yes, Unknown }, "jp-preliminary", Unknown},
		{"processor", func(f *Facts) { f.SpecialCare, f.Processor = Yes, Yes }, "jp-preliminary", Yes},
		{"processor tells", func(f *Facts) { f.SpecialCare, f.Processor = Yes, Yes }, "jp-controller", Yes},
		{"processor that told", func(f *Facts) { f.SpecialCare, f.Processor, f.ControllerTold = Yes, Yes, f.Known }, "jp-preliminary", No},
		{"processor that told, persons", func(f *Facts) { f.SpecialCare, f.Processor, f.ControllerTold = Yes, Yes, f.Known }, "jp-persons", No},
		{"told, but the data are our own", func(f *Facts) { f.SpecialCare, f.ControllerTold = Yes, f.Known }, "jp-preliminary", Yes},
		{"EU: no risk", func(f *Facts) { f.Places["EU"], f.Risk = Place{Established: Yes}, No }, "eu-authority", No},
		{"EU: no risk is recorded all the same", func(f *Facts) { f.Places["EU"], f.Risk = Place{Established: Yes}, No }, "eu-register", Yes},
		{"EU: deletion promised changes nothing", func(f *Facts) { f.Places["EU"], f.UnreadDeleted = Place{Established: Yes}, Yes }, "eu-authority", Yes},
		{"EU: risk unknown", func(f *Facts) { f.Places["EU"], f.Risk = Place{Established: Yes}, Unknown }, "eu-authority", Unknown},
		{"EU: high risk", func(f *Facts) { f.Places["EU"], f.HighRisk = Place{Established: Yes}, Yes }, "eu-persons", Yes},
		{"EU: high risk, encrypted", func(f *Facts) { f.Places["EU"], f.HighRisk, f.Encrypted = Place{Established: Yes}, Yes, Yes }, "eu-persons", No},
		{"EU: nobody there", func(f *Facts) { f.Places["EU"] = Place{Established: No, Offers: Yes, Residents: Exactly(0)} }, "eu-authority", No},
		{"EU: processor", func(f *Facts) { f.Places["EU"], f.Processor = Place{Established: Yes}, Yes }, "eu-controller", Yes},
		{"UK", func(f *Facts) { f.Places["UK"] = Place{Offers: Yes, Residents: Exactly(1)} }, "uk-authority", Yes},
		{"Korea: retrieved", func(f *Facts) { f.Places["KR"], f.SpecialCare, f.Retrieved = Place{Established: Yes}, Yes, Yes }, "kr-authority", No},
		{"Korea: from outside", func(f *Facts) { f.Places["KR"], f.Intrusion = Place{Established: Yes}, Yes }, "kr-authority", Yes},
		{"Korea: unique identifiers", func(f *Facts) { f.Places["KR"], f.UniqueIDs = Place{Established: Yes}, Yes }, "kr-authority", Yes},
		{"Singapore: harm", func(f *Facts) { f.Places["SG"], f.SignificantHarm = Place{Established: Yes}, Yes }, "sg-persons", Yes},
		{"Singapore: harm, but encrypted", func(f *Facts) { f.Places["SG"], f.SignificantHarm, f.Encrypted = Place{Established: Yes}, Yes, Yes }, "sg-persons", No},
		{"Singapore: scale alone is not for the persons", func(f *Facts) { f.Places["SG"], f.Persons = Place{Established: Yes}, Exactly(500) }, "sg-persons", No},
		{"California: name and orders", func(f *Facts) { f.Places["US-CA"] = Place{Offers: Yes, Residents: Exactly(1)} }, "us-ca-persons", No},
		{"Taiwan", func(f *Facts) { f.Places["TW"] = Place{Established: Yes} }, "tw-persons", Yes},
	} {
		f := misSent(at(t, "Asia/Tokyo", "2026-11-22 14:19"), Exactly(1))
		c.set(&f)
		if d := assess(t, f)[c.rule]; d.Applies != c.want {
			t.Errorf("%s: %s applies: %s, want %s (%s)", c.name, c.rule, d.Applies, c.want, d.Reason.EN)
		}
	}
}

// What is proposed is not law; what was not yet law on the day of the event is
// not either, and a pack that does not know the law of that day says so.
func TestInForce(t *testing.T) {
	t.Parallel()
	p := packs(t)
	for _, id := range []string{"eu-authority-96h", "tw-persons-72h", "tw-authority-72h"} {
		if _, r, ok := p.Rule(id); !ok || !r.Effective.Proposed {
			t.Errorf("%s is not kept as a proposal", id)
		}
		if _, asked := assess(t, Facts{Known: at(t, "Asia/Tokyo", "2030-01-10 10:00")})[id]; asked {
			t.Errorf("%s is asked for", id)
		}
	}
	// The Korean rule on possible leaks.
	for day, want := range map[string]bool{"2026-09-10": false, "2026-09-11": true} {
		f := misSent(at(t, "Asia/Seoul", day+" 12:00"), Exactly(1))
		f.Places["KR"] = Place{Established: Yes}
		if _, got := assess(t, f)["kr-possible"]; got != want {
			t.Errorf("%s: asked for %v", day, got)
		}
	}
	// Found in 2026, of 2021: the duty to report began in April 2022.
	f := misSent(at(t, "Asia/Tokyo", "2026-11-22 14:19"), Exactly(5000))
	f.Occurred = at(t, "Asia/Tokyo", "2021-06-01 10:00")
	duties, err := Assess(p, f, f.Known)
	var gap *Gap
	if !errors.As(err, &gap) || gap.File != "jp-appi.yaml" || !strings.Contains(err.Error(), "2022-04-01") {
		t.Errorf("an event before the pack: %v", err)
	}
	if _, asked := byRule(duties)["jp-final"]; asked {
		t.Error("a rule that was not law then is asked for")
	}
}

// A year without holidays is said loudly, and the deadline is early, not late.
func TestYearWithoutHolidays(t *testing.T) {
	t.Parallel()
	f := misSent(at(t, "Asia/Tokyo", "2030-12-05 10:00"), Exactly(5000))
	duties, err := Assess(packs(t), f, f.Known)
	var gap *Gap
	if !errors.As(err, &gap) || gap.File != "closed-jp-offices.yaml" || !strings.Contains(gap.What, "2031") {
		t.Fatalf("error %v", err)
	}
	d := byRule(duties)["jp-final"]
	if d.DueDay != "2031-01-03" || len(d.Notes) != 1 || !strings.Contains(d.Notes[0].JA, "2031") {
		t.Errorf("due %s, notes %v", d.DueDay, d.Notes)
	}
	// Nobody is bothered where the rule does not apply.
	f.Persons = Exactly(1)
	if _, err := Assess(packs(t), f, f.Known); err != nil {
		t.Errorf("not asked for, and yet: %v", err)
	}
	// 2028: the equinox is computed, and that is said.
	f = misSent(at(t, "Asia/Tokyo", "2028-02-20 10:00"), Exactly(5000)) // day 30 is 20 March
	if d := assess(t, f)["jp-final"]; d.DueDay != "2028-03-21" || len(d.Notes) != 1 {
		t.Errorf("2028: %s, %v", d.DueDay, d.Notes)
	}
}

// What is asked for can be answered by its name, and then is asked no more.
func TestAskedFactsCanBeSet(t *testing.T) {
	t.Parallel()
	now := at(t, "Asia/Tokyo", "2026-11-22 14:19")
	f := Facts{Known: now, Persons: Exactly(3)}
	for round := 0; ; round++ {
		duties, err := Assess(packs(t), f, now)
		if err != nil {
			t.Fatal(err)
		}
		asked := 0
		for _, d := range duties {
			for _, m := range d.Missing {
				asked++
				if strings.HasPrefix(m.Fact, "items.") {
					f.ItemsFinal = true
				} else if p, ok := strings.CutSuffix(m.Fact, ".residents"); ok {
					j := strings.TrimPrefix(p, "places.")
					place := f.Places[j]
					place.Residents = Exactly(1)
					f.Places[j] = place
				} else if err := f.Set(m.Fact, No); err != nil {
					t.Fatal(err)
				}
			}
		}
		if asked == 0 {
			break
		}
		if round > 20 {
			t.Fatalf("still asked for: %d facts", asked)
		}
	}
	before := f.Places
	if err := f.Set("places.EU.offers", Yes); err != nil || f.Places["EU"].Offers != Yes || before["EU"].Offers == Yes {
		t.Errorf("set: %v, %v", err, f.Places["EU"])
	}
	if err := f.Set("items.card", Yes); err != nil || len(f.Items) != 1 {
		t.Errorf("set: %v, %v", err, f.Items)
	}
	for _, name := range []string{"", "established", "places.EU.special_care", "places.EU", "weather", "items.weather", "persons"} {
		if f.Set(name, Yes) == nil {
			t.Errorf("%q is a fact", name)
		}
	}
}

func TestReminders(t *testing.T) {
	t.Parallel()
	f := misSent(at(t, "Europe/Berlin", "2026-11-20 00:00"), Exactly(1))
	f.Places["EU"] = Place{Established: Yes}
	d := assess(t, f)["eu-authority"]
	want := []time.Duration{36 * time.Hour, 57*time.Hour + 36*time.Minute, 68*time.Hour + 24*time.Minute}
	for i, r := range d.Reminders {
		if r.Sub(d.Start) != want[i] {
			t.Errorf("reminder %d after %s, want %s", i, r.Sub(d.Start), want[i])
		}
		if got := d.Used(r); got != []int{50, 80, 95}[i] {
			t.Errorf("used %d %%", got)
		}
	}
	if len(d.Reminders) != 3 || d.Used(d.Due) != 100 || d.Used(d.Start.Add(-time.Hour)) != 0 {
		t.Errorf("%d reminders", len(d.Reminders))
	}
}

func TestPlaceWithoutPack(t *testing.T) {
	t.Parallel()
	f := misSent(at(t, "Asia/Tokyo", "2026-11-22 14:19"), Exactly(8))
	f.Places["HK"] = Place{Established: Yes}
	duties, err := Assess(packs(t), f, f.Known)
	var gap *Gap
	if !errors.As(err, &gap) || !strings.Contains(gap.What, "HK") || len(duties) == 0 {
		t.Errorf("%d duties, error %v", len(duties), err)
	}
}

func TestFactsThatCannotBe(t *testing.T) {
	t.Parallel()
	now := at(t, "Asia/Tokyo", "2026-11-22 14:19")
	for name, set := range map[string]func(*Facts){
		"future":    func(f *Facts) { f.Known = now.Add(time.Minute) },
		"negative":  func(f *Facts) { f.Persons.Least = -1 },
		"bounds":    func(f *Facts) { f.Persons = Count{Least: 5, Most: 3} },
		"residents": func(f *Facts) { f.Places["EU"] = Place{Residents: Exactly(9)} },
		"order":     func(f *Facts) { f.Assessed = f.Known.Add(-time.Hour) },
	} {
		f := misSent(now, Exactly(8))
		set(&f)
		if duties, err := Assess(packs(t), f, now); err == nil || duties != nil {
			t.Errorf("%s: %d duties, error %v", name, len(duties), err)
		}
	}
}
