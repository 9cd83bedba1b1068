package attribution

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/kakitome/kakitome/internal/roster"
)

var (
	first = time.Date(2019, 7, 3, 1, 0, 0, 0, time.UTC)
	told  = first.Add(30 * time.Hour)
)

func key(i int) roster.Key { return roster.Key{1, byte(i >> 16), byte(i >> 8), byte(i)} }

// reporters are people with following numbers who report an hour in.
func reporters(from, n int, exposed, onlyOurs bool) (r []Report) {
	for i := range n {
		r = append(r, Report{Person: key(from + i), Exposed: exposed, OnlyOurs: onlyOurs, Received: first.Add(time.Hour), Reported: first.Add(2 * time.Hour)})
	}
	return r
}

// canaries given to a partner before the incident, some of which were hit in it.
func canaries(partner string, n, hits int) (c []Canary) {
	for i := range n {
		canary := Canary{}
		if partner != "" {
			canary.Given = []Handoff{{partner, first.AddDate(-1, 0, 0)}}
		}
		if i < hits {
			canary.Hits = []time.Time{first.Add(time.Duration(i) * time.Hour)}
		}
		c = append(c, canary)
	}
	return c
}

func exposed(c []Canary) []Canary {
	for i := range c {
		c[i].Exposed = true
	}
	return c
}

func judge(t *testing.T, c Case) Judgement {
	t.Helper()
	j, err := Judge(c)
	if err != nil {
		t.Fatal(err)
	}
	return j
}

func TestReports(t *testing.T) {
	t.Parallel()
	shop := Case{First: first, Told: told, Population: 100_000, Exposed: 5_000}
	with := func(reports ...[]Report) Case {
		c := shop
		for _, r := range reports {
			c.Reports = append(c.Reports, r...)
		}
		return c
	}
	late := reporters(0, 9, true, false)
	for i := range late {
		late[i].Reported = told
	}
	early := reporters(900, 1, true, false)
	early[0].Received = first.Add(-time.Second)
	lateContent := reporters(0, 2, true, true)
	for i := range lateContent {
		lateContent[i].Reported = told.Add(time.Hour)
	}
	small := with(reporters(0, 2, true, false), reporters(100, 3, false, false))
	small.Exposed = 1_000
	all := with(reporters(0, 9, true, true))
	all.Exposed = all.Population
	for name, c := range map[string]struct {
		c    Case
		want Verdict
	}{
		"nobody":                        {with(), NotConfirmed},
		"two of twenty":                 {with(reporters(0, 2, true, false), reporters(100, 18, false, false)), NotConfirmed},
		"five of twenty":                {with(reporters(0, 5, true, false), reporters(100, 15, false, false)), Confirmed},
		"two of five, fewer exposed":    {small, Confirmed},
		"one, exposed":                  {with(reporters(0, 1, true, false)), Possible},
		"three of twenty":               {with(reporters(0, 3, true, false), reporters(100, 17, false, false)), NotConfirmed},
		"only after they were told":     {with(late), NotConfirmed},
		"the same one, many times":      {with(reporters(0, 1, true, false), reporters(0, 1, true, false), reporters(0, 1, true, false)), Possible},
		"one older than the incident":   {with(reporters(0, 5, true, false), reporters(100, 15, false, false), early), Possible},
		"only older":                    {with(early), NotConfirmed},
		"content of two":                {with(reporters(0, 2, true, true), reporters(100, 40, false, false)), Confirmed},
		"content of one":                {with(reporters(0, 1, true, true), reporters(100, 40, false, false)), Possible},
		"content, after they were told": {with(lateContent), Possible},
		"content of the others":         {with(reporters(100, 5, false, true)), NotConfirmed},
		"everybody exposed":             {all, Possible},
	} {
		if got := judge(t, c.c); got.Verdict != c.want {
			t.Errorf("%s: %v, want %v\n%+v", name, got.Verdict, c.want, got)
		}
	}
	j := judge(t, with(reporters(0, 5, true, false), reporters(100, 15, false, false), late, early))
	if j.Reports.Of != 20 || j.Reports.Hits != 5 || !near(j.Reports.P, 0.0026, 0.05) || j.Later != (Test{4, 4, 1}) || j.Earlier != 1 {
		t.Errorf("counts are %+v", j) // five of the late ones reported before, too
	}
}

func TestCanaries(t *testing.T) {
	t.Parallel()
	join := func(sets ...[]Canary) (c []Canary) {
		for _, s := range sets {
			c = append(c, s...)
		}
		return c
	}
	before := canaries("mailer", 20, 5)
	for i := range before {
		before[i].Given[0].At = first.AddDate(1, 0, 0) // the hits are older than the hand-off
	}
	both := canaries("mailer", 20, 8)
	for i := range both {
		both[i].Given = append(both[i].Given, Handoff{"shop", first.AddDate(-1, 0, 0)})
	}
	for name, c := range map[string]struct {
		canaries []Canary
		incident Verdict
		partners map[string]Verdict
	}{
		"silence":                {join(exposed(canaries("shop", 5, 0)), canaries("", 50, 0)), NotConfirmed, map[string]Verdict{"shop": NotConfirmed}},
		"the incident":           {join(exposed(canaries("", 20, 6)), canaries("", 50, 0)), Confirmed, nil},
		"one hit":                {join(exposed(canaries("", 20, 1)), canaries("", 50, 0)), Possible, nil},
		"controls hit alike":     {join(exposed(canaries("", 20, 6)), canaries("", 50, 15)), NotConfirmed, nil},
		"no controls":            {exposed(canaries("", 20, 6)), Possible, nil},
		"a partner":              {join(canaries("mailer", 20, 6), canaries("post", 20, 0), canaries("", 50, 0)), NotConfirmed, map[string]Verdict{"mailer": Confirmed, "post": NotConfirmed}},
		"older than the handoff": {join(before, canaries("", 50, 0)), NotConfirmed, map[string]Verdict{"mailer": NotConfirmed}},
		// The shop's own store has them all; that the mailer had some explains no more.
		"the shop's own": {join(both, canaries("shop", 40, 16), canaries("", 50, 0)), NotConfirmed, map[string]Verdict{"shop": Confirmed, "mailer": NotConfirmed}},
	} {
		j := judge(t, Case{First: first, Canaries: c.canaries})
		got := map[string]Verdict{}
		sum := j.None + j.Canaries.Posterior
		for i, f := range j.Partners {
			got[f.Partner] = f.Verdict
			sum += f.Posterior
			if i > 0 && f.Posterior > j.Partners[i-1].Posterior {
				t.Errorf("%s: partners are not in order", name)
			}
		}
		if len(c.partners) == 0 {
			c.partners = map[string]Verdict{}
		}
		if diff := cmp.Diff(c.partners, got); diff != "" || j.Canaries.Verdict != c.incident || j.Verdict != c.incident {
			t.Errorf("%s: incident %v, verdict %v (-want +got):\n%s\n%+v", name, j.Canaries.Verdict, j.Verdict, diff, j)
		}
		if !near(sum, 1, 1e-9) {
			t.Errorf("%s: the posterior sums to %g", name, sum)
		}
	}
}

func TestCountsThatCannotBe(t *testing.T) {
	t.Parallel()
	for _, c := range []Case{
		{Population: 1, Exposed: 2},
		{Population: 1, Exposed: -1},
		{Population: 10, Exposed: 1, Reports: reporters(0, 2, true, false)},
		{Population: 10, Exposed: 9, Reports: reporters(0, 2, false, false)},
	} {
		if _, err := Judge(c); err == nil {
			t.Errorf("%+v is judged", c)
		}
	}
}

// draw makes any evidence. There is always room for one more reporter.
func draw(t *rapid.T) Case {
	c := Case{First: first, Told: told, Exposed: rapid.IntRange(61, 5_000).Draw(t, "exposed")}
	c.Population = c.Exposed + rapid.IntRange(61, 100_000).Draw(t, "others")
	for i := range rapid.IntRange(0, 60).Draw(t, "reports") {
		c.Reports = append(c.Reports, Report{
			Person: key(i), Exposed: rapid.Bool().Draw(t, "hit"), OnlyOurs: rapid.IntRange(0, 9).Draw(t, "ours") == 0,
			Received: first.Add(time.Duration(rapid.IntRange(-1, 40).Draw(t, "received")) * time.Hour),
			Reported: first.Add(time.Duration(rapid.IntRange(0, 60).Draw(t, "reported")) * time.Hour),
		})
	}
	for range rapid.IntRange(0, 30).Draw(t, "canaries") {
		canary := Canary{Exposed: rapid.Bool().Draw(t, "canary exposed")}
		for _, p := range []string{"mailer", "post", "無関係な名前 unrelated"}[:rapid.IntRange(0, 2).Draw(t, "given")] {
			canary.Given = append(canary.Given, Handoff{p, first.Add(time.Duration(rapid.IntRange(-9, 9).Draw(t, "at")) * time.Hour)})
		}
		for range rapid.IntRange(0, 1).Draw(t, "hits") {
			canary.Hits = append(canary.Hits, first.Add(time.Duration(rapid.IntRange(-5, 20).Draw(t, "when"))*time.Hour))
		}
		c.Canaries = append(c.Canaries, canary)
	}
	return c
}

// One more exposed reporter, or one who turns out to be exposed, never weakens;
// who was told before reporting, and how many, changes no test.
func TestMoreExposedNeverWeakens(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		c := draw(t)
		was, err := Judge(c)
		if err != nil {
			t.Fatal(err)
		}
		more := c
		more.Reports = append(append([]Report{}, c.Reports...), reporters(5000, 1, true, false)...)
		if is, err := Judge(more); err != nil || is.Verdict < was.Verdict || is.Reports.P > was.Reports.P*(1+1e-9) {
			t.Fatalf("one more: %v, %g became %v, %g (%v)", was.Verdict, was.Reports.P, is.Verdict, is.Reports.P, err)
		}
		if len(c.Reports) > 0 {
			more.Reports = append([]Report{}, c.Reports...)
			more.Reports[0].Exposed = true
			if is, err := Judge(more); err != nil || is.Verdict < was.Verdict || is.Reports.P > was.Reports.P*(1+1e-9) {
				t.Fatalf("one turned: %v became %v (%v)", was.Verdict, is.Verdict, err)
			}
		}
		biased := c
		biased.Reports = append([]Report{}, c.Reports...)
		for _, r := range reporters(6000, 1, true, false) {
			r.Reported = told.Add(time.Minute)
			biased.Reports = append(biased.Reports, r)
		}
		if is, err := Judge(biased); err != nil || is.Verdict != was.Verdict || is.Reports != was.Reports || is.Later.Of != was.Later.Of+1 {
			t.Fatalf("a biased report changed %+v into %+v (%v)", was, is, err)
		}
	})
}

// denials are what no count can show, in words of either language.
var denials = []string{"無関係", "関係ない", "関係ありません", "関係はない", "関連はない", "関連なし", "関連ありません", "別件", "unrelated", "not related", "no relation", "no connection", "nothing to do with", "not connected"}

// Whatever the evidence, no sentence denies a connection; each is there in both
// languages; the same evidence gives the same words in any order of reports.
func TestNothingIsEverDenied(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		c := draw(t)
		j, err := Judge(c)
		if err != nil {
			t.Fatal(err)
		}
		all := append(append([]Words{j.Verdict.Words()}, j.Reasons...), j.Needed...)
		for _, w := range all {
			text := strings.ReplaceAll(w.JA+" "+strings.ToLower(w.EN), "無関係な名前 unrelated", "")
			for _, d := range denials {
				if strings.Contains(text, d) {
					t.Fatalf("%q denies: %s", d, text)
				}
			}
			if w.JA == "" || w.EN == "" || strings.Contains(w.JA+w.EN, "%!") {
				t.Fatalf("sentence %+v", w)
			}
		}
		if len(j.Reasons) == 0 || j.Verdict < Confirmed && len(j.Needed) == 0 {
			t.Fatal("no reason, or nothing that would allow to say more")
		}
		c.Reports = rapid.Permutation(c.Reports).Draw(t, "order")
		again, err := Judge(c)
		if diff := cmp.Diff(j, again); diff != "" || err != nil {
			t.Fatalf("(-first +again):\n%s", diff)
		}
	})
}

func TestNothingIsDeniedInTheSource(t *testing.T) {
	t.Parallel()
	paths, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	for _, path := range paths {
		text, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		for _, d := range denials {
			if !strings.HasSuffix(path, "_test.go") && strings.Contains(string(text), d) {
				t.Errorf("%s says %q", path, d)
			}
		}
	}
}

// The scale, word for word: the public page says nothing else.
func TestScale(t *testing.T) {
	t.Parallel()
	want := map[Verdict]string{
		NotConfirmed: "現時点で関連は確認されていない a connection is not confirmed at present",
		Possible:     "関連の可能性あり a connection is possible",
		Confirmed:    "関連を確認 a connection is confirmed",
	}
	for v, words := range want {
		if got := v.Words().JA + " " + v.Words().EN; got != words {
			t.Errorf("%v: %s", v, got)
		}
	}
	var j Judgement
	if text, err := json.Marshal(j); err != nil || !strings.Contains(string(text), `"verdict":"not_confirmed_at_present"`) || j.Verdict != NotConfirmed {
		t.Errorf("the zero value is %s, %v", text, err)
	}
}

func TestChance(t *testing.T) {
	t.Parallel()
	for p, want := range map[float64]string{1: "1.00", 0.2641: "0.26", 0.05: "0.050", 0.0026: "0.0026", 0.000012: "0.000012", 1e-7: "<0.000001", 0: "<0.000001"} {
		if got := chance(p); got != want {
			t.Errorf("%g is %s, want %s", p, got, want)
		}
	}
}

func ExampleJudge() {
	c := Case{First: first, Told: told, Population: 100_000, Exposed: 5_000,
		Reports: append(reporters(0, 5, true, false), reporters(100, 15, false, false)...)}
	j, err := Judge(c)
	if err != nil {
		panic(err)
	}
	fmt.Println(j.Verdict.Words().JA)
	fmt.Println(j.Reasons[0].JA)
	fmt.Println(j.Reasons[0].EN)
	// Output:
	// 関連を確認
	// 本人への通知より前に不審なメールを報告した会員20人のうち、今回の対象者は5人。偶然でそれ以上になる確率は0.0026。
	// Of the 20 members who reported a strange mail before anybody was told, 5 are among the exposed; by chance it would be as many or more with a probability of 0.0026.
}
