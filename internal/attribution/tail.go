package attribution

import (
	"math"
	"slices"
)

// Tail is the chance that of drawn out of population people, exposed of whom
// are marked, hits or more are marked: the upper tail of the hypergeometric
// distribution. Its relative error is under 1e-9 for any numbers up to 10^8. Of
// numbers that cannot be it is 1: they show nothing.
func Tail(population, exposed, drawn, hits int) float64 {
	if exposed < 0 || drawn < 0 || exposed > population || drawn > population {
		return 1
	}
	lowest, highest := max(0, exposed+drawn-population), min(exposed, drawn)
	switch {
	case hits <= lowest:
		return 1
	case hits > highest:
		return 0
	}
	// Terms shrink away from the mean, so that the tail without it is summed.
	if mean := float64(exposed) * float64(drawn) / float64(population); float64(hits) <= mean {
		return 1 - sum(population, exposed, drawn, hits-1, lowest)
	}
	return min(1, sum(population, exposed, drawn, hits, highest))
}

// sum adds the chances of from, and on to the end on its side.
func sum(population, exposed, drawn, from, end int) float64 {
	term := exactly(population, exposed, drawn, from)
	total := term
	n, m, rest := float64(exposed), float64(drawn), float64(population-exposed-drawn)
	for i := from; i != end && term > total*1e-18; {
		x := float64(i)
		if end > from {
			term *= (n - x) * (m - x) / ((x + 1) * (rest + x + 1))
			i++
		} else {
			term *= x * (rest + x) / ((n - x + 1) * (m - x + 1))
			i--
		}
		total += term
	}
	return total
}

// exactly is the chance of just so many hits. Each factor is a ratio near one,
// where a difference of log-gammas of large numbers would lose digits.
func exactly(population, exposed, drawn, hits int) float64 {
	if exposed < drawn {
		exposed, drawn = drawn, exposed // the same chance, in fewer steps
	}
	log := 0.0
	for i := range hits {
		log += math.Log(float64(drawn-i) / float64(i+1) * (float64(exposed-i) / float64(population-i)))
	}
	for i := range drawn - hits {
		log += math.Log(float64(population-exposed-i) / float64(population-hits-i))
	}
	return math.Exp(log)
}

// Power is the chance that at least one of canaries is written to, when each
// address of a list that leaked is with chance rate.
func Power(rate float64, canaries int) float64 {
	return -math.Expm1(float64(canaries) * math.Log1p(-rate))
}

// CanariesFor is how many canaries have that power.
func CanariesFor(rate, power float64) int {
	return int(math.Ceil(math.Log1p(-power) / math.Log1p(-rate)))
}

// maxReporters bounds the search of ReportersFor.
const maxReporters = 10_000

// ReportersFor is how many people, of whom the same share is exposed as now,
// must have reported for the test to be sure, to two in a hundred. ok is false
// when no number up to 10,000 would do: the share is not above that of all
// people, or hardly. While nobody has reported the share is taken for one.
func ReportersFor(population, exposed int, now Test) (reporters int, ok bool) {
	of, hits := now.Of, now.Hits
	if of == 0 {
		of, hits = 1, 1
	}
	if float64(hits)/float64(of) <= float64(exposed)/float64(population) {
		return 0, false
	}
	for m := max(of, sureCount); m <= min(maxReporters, population); m += 1 + m/50 {
		t := Test{Of: m, Hits: m * hits / of}
		if t.Hits > exposed || t.Of-t.Hits > population-exposed {
			return 0, false
		}
		if t.P = Tail(population, exposed, t.Of, t.Hits); t.verdict() == Confirmed {
			return m, true
		}
	}
	return 0, false
}

// Holm corrects chances of tests made at one time, so that the chance of even
// one false finding among them is as stated. The result has their order.
func Holm(p []float64) []float64 {
	order := make([]int, len(p))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(a, b int) int {
		switch {
		case p[a] < p[b]:
			return -1
		case p[a] > p[b]:
			return 1
		}
		return 0
	})
	adjusted, least := make([]float64, len(p)), 0.0
	for rank, i := range order {
		least = max(least, min(1, float64(len(p)-rank)*p[i]))
		adjusted[i] = least
	}
	return adjusted
}
