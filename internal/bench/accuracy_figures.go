package bench

import (
	"cmp"
	"fmt"
	"io"
	"maps"
	"slices"
	"text/tabwriter"
	"time"

	"github.com/kakitome/kakitome/internal/check"
	"github.com/kakitome/kakitome/internal/kakitest/corpus"
)

// Accuracy is how right the verdicts were. All counts are of deliveries: a
// mail to two recipients is two.
type Accuracy struct {
	Seed    uint64          `json:"seed"`
	People  int             `json:"people"`
	Mails   int             `json:"mails"`
	Seconds float64         `json:"seconds"`
	Weights check.Weights   `json:"weights"`
	Total   Rates           `json:"total"`
	Worst   KindAccuracy    `json:"worst_right_kind"` // the right kind with the largest share of false holds
	Kinds   []*KindAccuracy `json:"kinds"`
	Rules   map[string]int  `json:"false_holds_by_rule"`
	Curve   []Rates         `json:"curve,omitempty"` // by the ratio of another's weight to the recipient's own
	Check   Spread          `json:"check_us"`        // what a mail took: parse and examine
	Walk    Spread          `json:"walk_us"`         // reading its parts with the standard library
	Errors  []Misjudged     `json:"errors"`          // every miss and every false hold
}

// Rates are how right the verdicts were on all kinds together.
type Rates struct {
	Ratio      float64 `json:"ratio"`
	Wrong      int     `json:"wrong"`
	Missed     int     `json:"missed"`
	Right      int     `json:"right"`
	FalseHolds int     `json:"false_holds"`
	Recall     float64 `json:"recall"`
	FalseRate  float64 `json:"false_hold_rate"`
	WorstRate  float64 `json:"worst_false_hold_rate"` // of one right kind
}

// KindAccuracy is how right they were on one kind.
type KindAccuracy struct {
	Kind            string `json:"kind"`
	Class           string `json:"class,omitempty"`
	Says            string `json:"says"`
	Right           int    `json:"right"`
	FalseHolds      int    `json:"false_holds"` // of Right
	Wrong           int    `json:"wrong"`
	Missed          int    `json:"missed"`           // of Wrong
	Bounded         int    `json:"bounded"`          // data of people nobody declared, or names alone
	Reached         int    `json:"reached"`          // of Bounded: left
	ReachedMost     int    `json:"reached_most"`     // in one story
	ReachLimit      int    `json:"reach_limit"`      // as the kind says; -1: cannot be seen
	Closes          string `json:"closes,omitempty"` // what would make it seen
	Undecidable     int    `json:"undecidable"`
	UndecidableHeld int    `json:"undecidable_held"`
}

func (k *KindAccuracy) falseRate() float64 { return float64(k.FalseHolds) / float64(max(1, k.Right)) }

// Misjudged is one verdict that was not the truth.
type Misjudged struct {
	Kind    string     `json:"kind"`
	Story   int        `json:"story"`
	Serial  int        `json:"serial"` // of the mail within its run
	Truth   string     `json:"truth"`
	Verdict *check.Doc `json:"verdict"`
}

// Spread are quantiles.
type Spread struct {
	P50 float64 `json:"p50"`
	P99 float64 `json:"p99"`
	Max float64 `json:"max"`
}

func spreadOf(took []times, of func(times) float64) Spread {
	all := make([]float64, 0, len(took))
	for _, t := range took {
		all = append(all, of(t))
	}
	if len(all) == 0 {
		return Spread{}
	}
	slices.Sort(all)
	return Spread{all[len(all)/2], all[len(all)*99/100], all[len(all)-1]}
}

// rates sums up one way to judge.
func (w *way) rates() Rates {
	r := Rates{Ratio: w.weights.Ratio}
	for k, a := range w.kinds {
		r.Wrong, r.Missed = r.Wrong+a.Wrong, r.Missed+a.Missed
		if k.Class == "" {
			r.Right, r.FalseHolds = r.Right+a.Right, r.FalseHolds+a.FalseHolds
			r.WorstRate = max(r.WorstRate, a.falseRate())
		}
	}
	r.Recall = 1 - float64(r.Missed)/float64(max(1, r.Wrong))
	r.FalseRate = float64(r.FalseHolds) / float64(max(1, r.Right))
	return r
}

// figures are those of the first way, and the curve of all.
func (t *trial) figures(took time.Duration) *Accuracy {
	w := t.ways[0]
	a := &Accuracy{
		Seed: t.o.Seed, People: t.o.People, Mails: len(t.took), Seconds: took.Seconds(), Weights: w.weights, Total: w.rates(),
		Rules: map[string]int{}, Errors: w.errors,
		Check: spreadOf(t.took, func(t times) float64 { return t.check }), Walk: spreadOf(t.took, func(t times) float64 { return t.walk }),
	}
	for _, k := range corpus.Kinds() {
		if got := w.kinds[k]; got != nil && t.wanted(k.Name) {
			a.Kinds = append(a.Kinds, got)
			if k.Class == "" && got.falseRate() >= a.Worst.falseRate() {
				a.Worst = *got
			}
		}
	}
	for _, e := range w.errors {
		if e.Truth != corpus.Right.String() {
			continue
		}
		seen := map[check.Rule]bool{}
		for _, r := range e.Verdict.Recipients {
			for _, reason := range r.Reasons {
				seen[reason.Rule] = true
			}
		}
		for rule := range seen {
			a.Rules[string(rule)]++
		}
	}
	if len(t.ways) > 1 {
		for _, w := range t.ways {
			a.Curve = append(a.Curve, w.rates())
		}
		slices.SortFunc(a.Curve, func(x, y Rates) int { return cmp.Compare(x.Ratio, y.Ratio) })
	}
	return a
}

// Tell prints the figures.
func (a *Accuracy) Tell(w io.Writer) error {
	tab := tabwriter.NewWriter(w, 0, 0, 2, ' ', tabwriter.AlignRight)
	_, _ = fmt.Fprintln(tab, "right kind\tdeliveries\tfalse holds\tundecidable\theld\t")
	for _, k := range a.Kinds {
		if k.Class == "" {
			_, _ = fmt.Fprintf(tab, "%s\t%d\t%d\t%d\t%d\t\n", k.Kind, k.Right, k.FalseHolds, k.Undecidable, k.UndecidableHeld)
		}
	}
	_, _ = fmt.Fprintln(tab, "\nwrong kind\tclass\twrong\tmissed\tbounded\tmost out\tlimit\tundecidable\theld\tright\tfalse holds\t")
	for _, k := range a.Kinds {
		if k.Class != "" {
			_, _ = fmt.Fprintf(tab, "%s\t%s\t%d\t%d\t%d\t%d\t%d\t%d\t%d\t%d\t%d\t\n", k.Kind, k.Class, k.Wrong, k.Missed, k.Bounded, k.ReachedMost, k.ReachLimit,
				k.Undecidable, k.UndecidableHeld, k.Right, k.FalseHolds)
		}
	}
	for i, r := range a.Curve {
		if i == 0 {
			_, _ = fmt.Fprintln(tab, "\nratio\trecall %\tfalse holds %\tworst kind %\t")
		}
		_, _ = fmt.Fprintf(tab, "%.2f\t%.3f\t%.3f\t%.2f\t\n", r.Ratio, 100*r.Recall, 100*r.FalseRate, 100*r.WorstRate)
	}
	if err := tab.Flush(); err != nil {
		return fmt.Errorf("print figures: %w", err)
	}
	for _, rule := range slices.Sorted(maps.Keys(a.Rules)) {
		_, _ = fmt.Fprintf(w, "false holds by %s: %d\n", rule, a.Rules[rule])
	}
	_, err := fmt.Fprintf(w, "%d mails, %d people, seed %d: recall %.3f %% (%d of %d missed), false holds %.3f %% (%d of %d), worst kind %s %.2f %%\n"+
		"a check took %.0f µs (p99 %.0f), a walk of the parts %.0f µs\n",
		a.Mails, a.People, a.Seed, 100*a.Total.Recall, a.Total.Missed, a.Total.Wrong, 100*a.Total.FalseRate, a.Total.FalseHolds, a.Total.Right,
		a.Worst.Kind, 100*a.Worst.falseRate(), a.Check.P50, a.Check.P99, a.Walk.P50)
	return err
}
