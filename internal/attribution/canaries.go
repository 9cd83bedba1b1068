package attribution

import (
	"cmp"
	"math"
	"slices"
)

// PowerRate is the rate at which addresses of a leaked list are written to that
// Finding.Power supposes.
const PowerRate = 0.05

// Rates the posterior supposes, each as likely as the other: how often an
// address of a leaked list is written to, and how often one that did not leak.
var (
	leakRates  = []float64{0.01, 0.05, 0.2, 0.5}
	noiseRates = []float64{0.0001, 0.001, 0.01, 0.05, 0.2}
)

// pattern is how hits lie for one copy of the data.
type pattern struct {
	in, inHits   int // canaries the copy had
	out, outHits int // all others; a hit from before the hand-off is one of these
}

// weighCanaries tests every copy of the data against all canaries that it did
// not have. That is why a leak of the shop's own store, which has all but the
// controls, does not look like one of each partner.
func (j *Judgement) weighCanaries(c *Case) {
	partners := map[string]bool{}
	for i := range c.Canaries {
		canary := &c.Canaries[i]
		if canary.control() {
			j.Control.add(len(canary.Hits) > 0)
		}
		for _, g := range canary.Given {
			partners[g.Partner] = true
		}
		for _, hit := range canary.Hits {
			if canary.Exposed && c.earlier(hit) {
				j.Earlier++
			}
		}
	}
	findings, patterns := []Finding{{}}, []pattern{c.pattern("")}
	for name := range partners {
		if name != "" {
			findings = append(findings, Finding{Partner: name})
		}
	}
	slices.SortFunc(findings[1:], func(a, b Finding) int { return cmp.Compare(a.Partner, b.Partner) })
	for _, f := range findings[1:] {
		patterns = append(patterns, c.pattern(f.Partner))
	}
	if patterns[0].in == 0 { // no canary was exposed: nothing is tested there
		findings, patterns = findings[1:], patterns[1:]
	}
	j.None = settle(findings, patterns)
	if len(findings) > 0 && findings[0].Partner == "" {
		j.Canaries, findings = findings[0], findings[1:]
	} else {
		j.Canaries = Finding{Test: Test{P: 1}, Adjusted: 1}
	}
	slices.SortStableFunc(findings, func(a, b Finding) int { return cmp.Compare(b.Posterior, a.Posterior) })
	j.Partners = findings
}

// pattern of a partner, or of the incident.
func (c *Case) pattern(partner string) (p pattern) {
	for i := range c.Canaries {
		canary := &c.Canaries[i]
		had, hit := c.had(canary, partner)
		switch {
		case had && (hit || len(canary.Hits) == 0):
			p.in++
			if hit {
				p.inHits++
			}
		default:
			p.out++
			if len(canary.Hits) > 0 {
				p.outHits++
			}
		}
	}
	return p
}

// had tells whether a copy had the canary, and whether something came for it
// that can be from there.
func (c *Case) had(canary *Canary, partner string) (had, hit bool) {
	since := c.First
	if had = canary.Exposed; partner != "" {
		at := slices.IndexFunc(canary.Given, func(g Handoff) bool { return g.Partner == partner })
		if had = at >= 0; had {
			since = canary.Given[at].At
		}
	}
	for _, at := range canary.Hits {
		hit = hit || had && !at.Before(since)
	}
	return had, hit
}

// settle fills in what the patterns say of each copy, and gives the posterior
// that none of them leaked.
func settle(findings []Finding, patterns []pattern) (none float64) {
	if len(findings) == 0 {
		return 1
	}
	chances := make([]float64, len(findings))
	weights := make([]float64, len(findings)+1) // logarithms; the last: none, as likely beforehand as all others together
	for i, p := range patterns {
		chances[i] = Tail(p.in+p.out, p.in, p.inHits+p.outHits, p.inHits)
		weights[i] = p.likelihood(leakRates) - math.Log(2*float64(len(patterns)))
	}
	all := patterns[0]
	weights[len(findings)] = pattern{out: all.in + all.out, outHits: all.inHits + all.outHits}.likelihood([]float64{0}) - math.Log(2)
	best, total := slices.Max(weights), 0.0
	for i := range weights {
		weights[i] = math.Exp(weights[i] - best)
		total += weights[i]
	}
	for i, adjusted := range Holm(chances) {
		f, p := &findings[i], patterns[i]
		f.Test, f.Adjusted = Test{p.in, p.inHits, chances[i]}, adjusted
		f.Posterior, f.Power = weights[i]/total, Power(PowerRate, p.in)
		switch {
		case p.inHits >= sureCount && adjusted <= sure && f.Posterior >= surely:
			f.Verdict = Confirmed
		case p.inHits > 0 && (f.Posterior >= likely || adjusted <= suspect && f.Posterior >= hardly):
			f.Verdict = Possible
		}
	}
	return weights[len(findings)] / total
}

// likelihood is the logarithm of the chance of the hits, over all rates.
func (p pattern) likelihood(rates []float64) float64 {
	var logs []float64
	for _, noise := range noiseRates {
		for _, rate := range rates {
			either := rate + noise - rate*noise
			logs = append(logs, among(p.in, p.inHits, either)+among(p.out, p.outHits, noise))
		}
	}
	best, total := slices.Max(logs), 0.0
	for _, l := range logs {
		total += math.Exp(l - best)
	}
	return best + math.Log(total/float64(len(logs)))
}

func among(n, hits int, rate float64) float64 {
	return float64(hits)*math.Log(rate) + float64(n-hits)*math.Log1p(-rate)
}
