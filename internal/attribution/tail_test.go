package attribution

import (
	"math"
	"math/big"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

// exact enumerates the tail in whole numbers.
func exact(population, exposed, drawn, hits int64) float64 {
	sum, c := new(big.Int), func(n, k int64) *big.Int { return new(big.Int).Binomial(n, k) }
	for i := max(hits, 0, exposed+drawn-population); i <= min(exposed, drawn); i++ {
		sum.Add(sum, new(big.Int).Mul(c(exposed, i), c(population-exposed, drawn-i)))
	}
	p, _ := new(big.Rat).SetFrac(sum, c(population, drawn)).Float64()
	return p
}

func near(a, b, relative float64) bool {
	return a == b || math.Abs(a-b) <= relative*max(math.Abs(a), math.Abs(b))
}

func TestTailIsExact(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		population := rapid.IntRange(1, 600).Draw(t, "population")
		exposed, drawn := rapid.IntRange(0, population).Draw(t, "exposed"), rapid.IntRange(0, population).Draw(t, "drawn")
		hits := rapid.IntRange(0, min(exposed, drawn)+1).Draw(t, "hits")
		got, want := Tail(population, exposed, drawn, hits), exact(int64(population), int64(exposed), int64(drawn), int64(hits))
		if !near(got, want, 1e-9) {
			t.Fatalf("%g, exactly %g", got, want)
		}
	})
}

// The table of the design, and numbers of a whole country.
func TestTailOfKnownCases(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		population, exposed, drawn, hits int
		want                             float64 // as the design rounds it; 0: only against the exact value
	}{
		{100_000, 5_000, 20, 2, 0.26},
		{100_000, 5_000, 20, 5, 0.0026},
		{100_000, 1_000, 5, 2, 0.001},
		{100_000_000, 5_000, 200, 1, 0},
		{100_000_000, 1_000_000, 300, 12, 0},
		{100_000, 99_999, 50, 50, 0},
	} {
		got := Tail(c.population, c.exposed, c.drawn, c.hits)
		if want := exact(int64(c.population), int64(c.exposed), int64(c.drawn), int64(c.hits)); !near(got, want, 1e-9) {
			t.Errorf("%+v: %g, exactly %g", c, got, want)
		}
		if c.want != 0 && !near(got, c.want, 0.05) {
			t.Errorf("%+v: %g", c, got)
		}
	}
	for _, impossible := range [][4]int{{-1, 0, 0, 0}, {10, 11, 1, 1}, {10, 1, 11, 1}, {10, -1, 1, 1}, {10, 1, -1, 1}} {
		if got := Tail(impossible[0], impossible[1], impossible[2], impossible[3]); got != 1 {
			t.Errorf("%v gives %g", impossible, got)
		}
	}
}

// TestPower is the table of the design, in percent.
func TestPower(t *testing.T) {
	t.Parallel()
	counts := []int{5, 10, 20, 50, 100}
	for rate, want := range map[float64][]float64{
		0.01: {5, 10, 18, 39, 63} /* 39.499 at 50 */, 0.05: {23, 40, 64, 92, 99}, 0.20: {67, 89, 99, 100, 100},
	} {
		var got []float64
		for _, k := range counts {
			got = append(got, math.Round(100*Power(rate, k)))
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("rate %g (-want +got):\n%s", rate, diff)
		}
	}
	if n := CanariesFor(0.05, 0.9); n != 45 || Power(0.05, n) < 0.9 || Power(0.05, n-1) >= 0.9 {
		t.Errorf("%d canaries", n)
	}
}

func TestReportersFor(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		now  Test
		want int
		ok   bool
	}{
		{Test{}, 2, true},
		{Test{Of: 20, Hits: 5}, 20, true},
		{Test{Of: 20, Hits: 2}, 152, true},
		{Test{Of: 20, Hits: 1}, 0, false}, // one in twenty, as of all
		{Test{Of: 7}, 0, false},
	} {
		got, ok := ReportersFor(100_000, 5_000, c.now)
		if math.Abs(float64(got-c.want)) > 2 || ok != c.ok {
			t.Errorf("%+v: %d, %v", c.now, got, ok)
		}
	}
	if _, ok := ReportersFor(10, 1, Test{Of: 1, Hits: 1}); ok {
		t.Error("more exposed reporters than there are exposed people")
	}
}

// What Holm gives is never below the single chances, never above Bonferroni's,
// and in their order.
func TestHolm(t *testing.T) {
	t.Parallel()
	if diff := cmp.Diff([]float64{0.03, 0.06, 0.06, 0.02}, Holm([]float64{0.01, 0.04, 0.03, 0.005}), cmp.Comparer(func(a, b float64) bool { return near(a, b, 1e-12) })); diff != "" {
		t.Error(diff)
	}
	rapid.Check(t, func(t *rapid.T) {
		p := rapid.SliceOfN(rapid.Float64Range(0, 1), 0, 12).Draw(t, "p")
		adjusted := Holm(p)
		for i := range p {
			if adjusted[i] < p[i] || adjusted[i] > min(1, float64(len(p))*p[i]) {
				t.Fatalf("%g became %g", p[i], adjusted[i])
			}
			for k := range p {
				if p[i] < p[k] && adjusted[i] > adjusted[k] {
					t.Fatalf("the order changed: %v, %v", p, adjusted)
				}
			}
		}
	})
}
