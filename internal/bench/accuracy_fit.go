package bench

import (
	"cmp"
	"fmt"
	"io"
	"slices"

	"github.com/kakitome/kakitome/internal/check"
)

// Fit is how the weights were found.
type Fit struct {
	Seed    uint64        `json:"seed"`
	Steps   []FitStep     `json:"steps"`
	Weights check.Weights `json:"weights"`
}

// FitStep is one better set of weights.
type FitStep struct {
	Changed string        `json:"changed"`
	Weights check.Weights `json:"weights"`
	Rates   Rates         `json:"rates"`
}

// Fitting looks for weights with fewer misses, then fewer false holds: from
// those in force it changes one at a time as long as that helps. Among equals
// it stays where it is.
func Fitting(o AccuracyOptions) (*Fit, error) {
	t, err := newTrial(o)
	if err != nil {
		return nil, err
	}
	// Examined once, judged many times.
	right := slices.Collect(t.right().mails)
	var wrong []story
	for s := range t.wrong() {
		s.mails = slices.Values(slices.Collect(s.mails))
		wrong = append(wrong, s)
	}
	f := &Fit{Seed: o.Seed, Weights: check.FittedWeights()}
	best := Rates{}
	for round := range 8 {
		names, tries := neighbours(f.Weights)
		t.ways = nil
		for _, w := range tries {
			t.ways = append(t.ways, newWay(w))
		}
		t.all(story{mails: slices.Values(right)}, slices.Values(wrong))
		chosen := 0
		if round == 0 {
			best = t.ways[0].rates()
			f.Steps = append(f.Steps, FitStep{"as they are", f.Weights, best})
		}
		for i, w := range t.ways {
			if better(w.rates(), best) {
				chosen, best = i, w.rates()
			}
		}
		if chosen == 0 {
			return f, nil
		}
		f.Weights = tries[chosen]
		f.Steps = append(f.Steps, FitStep{names[chosen], f.Weights, best})
		_, _ = fmt.Fprintf(o.Talk, "%s: %d missed, %d false holds\n", names[chosen], best.Missed, best.FalseHolds)
	}
	return f, nil
}

func better(a, b Rates) bool {
	return cmp.Or(cmp.Compare(a.Missed, b.Missed), cmp.Compare(a.FalseHolds, b.FalseHolds)) < 0
}

// neighbours are the weights themselves and those with one changed.
func neighbours(w check.Weights) (names []string, all []check.Weights) {
	names, all = []string{"as they are"}, []check.Weights{w}
	for _, c := range []struct {
		name string
		of   func(*check.Weights) *float64
		by   []float64
	}{
		{"household", func(w *check.Weights) *float64 { return &w.Household }, []float64{-1, -0.5, 0.5, 1}},
		{"birthday", func(w *check.Weights) *float64 { return &w.Birthday }, []float64{-0.5, 0.5, 1}},
		{"post code", func(w *check.Weights) *float64 { return &w.PostCode }, []float64{-0.25, 0.25, 0.5}},
		{"name", func(w *check.Weights) *float64 { return &w.Name }, []float64{-1, -0.5, 0.5, 1}},
		{"least name", func(w *check.Weights) *float64 { return &w.LeastName }, []float64{-0.25, 0.25, 0.5}},
		{"ratio", func(w *check.Weights) *float64 { return &w.Ratio }, []float64{-0.3, -0.1, 0.1, 0.3}},
	} {
		for _, d := range c.by {
			next := w
			if *c.of(&next) += d; *c.of(&next) > 0 {
				names, all = append(names, fmt.Sprintf("%s %+.2f", c.name, d)), append(all, next)
			}
		}
	}
	for _, d := range []int{-1, 1} {
		fits, strangers := w, w
		fits.SlipFits, strangers.SlipStrangers = w.SlipFits+d, w.SlipStrangers+d
		names, all = append(names, fmt.Sprintf("slip fits %+d", d), fmt.Sprintf("slip strangers %+d", d)), append(all, fits, strangers)
	}
	return names, all
}

// Tell prints the steps.
func (f *Fit) Tell(w io.Writer) error {
	for _, s := range f.Steps {
		_, _ = fmt.Fprintf(w, "%-20s recall %.3f %%, false holds %.3f %%, worst kind %.2f %%\n", s.Changed, 100*s.Rates.Recall, 100*s.Rates.FalseRate, 100*s.Rates.WorstRate)
	}
	_, err := fmt.Fprintf(w, "%+v\n", f.Weights)
	return err
}
