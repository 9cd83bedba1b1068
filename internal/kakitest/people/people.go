package people

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"time"
)

// Person is one made-up person.
type Person struct {
	Family, Given           string // 山田, 太郎
	FamilyKana, GivenKana   string // ヤマダ, タロウ
	FamilyLatin, GivenLatin string // Yamada, Taro
	PostalCode              string // 100-0005
	Prefecture, Town        string // 東京都, 千代田区丸の内
	House                   string // 1-2-3
	Building                string // さくらハイツ203号室; empty for a house
	Mobile                  string // 090-1234-5678
	Landline                string // 03-1234-5678; empty where there is none
	Email                   string
	Birthday                time.Time // midnight UTC
}

// Name is family and given name with a space.
func (p *Person) Name() string { return p.Family + " " + p.Given }

// Kana is the reading of the name in katakana.
func (p *Person) Kana() string { return p.FamilyKana + " " + p.GivenKana }

// Latin is the name in Latin letters, family name first.
func (p *Person) Latin() string { return p.FamilyLatin + " " + p.GivenLatin }

// Address is the address without its postal code.
func (p *Person) Address() string {
	a := p.Prefecture + p.Town + p.House
	if p.Building != "" {
		a += " " + p.Building
	}
	return a
}

// Most is how many people there can be: as many as there are mobile numbers.
const Most = 3 * 9 * 10_000_000

// People is everybody made from one seed. It is safe for concurrent use.
type People struct {
	seed     uint64
	families picker
	givens   picker
	places   picker
}

// New makes people.
func New(seed uint64) *People {
	p := &People{seed: seed}
	for i := range families {
		p.families.add(families[i].weight)
	}
	for i := range givens {
		p.givens.add(givens[i].weight)
	}
	for i := range places {
		p.places.add(places[i].weight)
	}
	return p
}

// blockSize is how many people with following numbers are made into
// households together.
const blockSize = 8

// At is the person with number i, 0 ≤ i < Most. People of one household have
// numbers next to each other.
func (p *People) At(i int) Person {
	first, out := p.household(i)
	rng, given := p.given(first, i)
	out.Given, out.GivenKana, out.GivenLatin = given.kanji, given.kana, given.latin
	if i != first && rng.IntN(20) == 0 { // a parent-in-law, a partner
		out.setFamily(families[p.families.pick(rng)])
	}
	out.Mobile = p.mobile(i)
	out.Birthday = time.Date(1938+rng.IntN(61), 1, 1+rng.IntN(365), 0, 0, 0, 0, time.UTC)
	out.Email = emailOf(&out, i, rng)
	return out
}

// given is the given name of person i, which nobody else in the household has,
// and what the rest of the person is made from.
func (p *People) given(first, i int) (*rand.Rand, name) {
	var taken []int
	for k := first; ; k++ {
		rng := rand.New(rand.NewPCG(p.seed, uint64(k)<<1|1)) //nolint:gosec // made-up people
		pick := p.givens.pick(rng)
		for slices.ContainsFunc(taken, func(t int) bool { return givens[t].kana == givens[pick].kana }) {
			pick = p.givens.pick(rng)
		}
		if k == i {
			return rng, givens[pick]
		}
		taken = append(taken, pick)
	}
}

// household is what the people who live with person i share, and the number
// of the first of them.
func (p *People) household(i int) (first int, home Person) {
	block := i / blockSize
	rng := rand.New(rand.NewPCG(p.seed, uint64(block)<<1)) //nolint:gosec // made-up people
	for first = block * blockSize; ; {
		size := 1 + [...]int{0, 0, 0, 0, 1, 1, 1, 2, 2, 3}[rng.IntN(10)]
		home = p.home(rng)
		if first+size > i || first+size >= (block+1)*blockSize {
			return first, home
		}
		first += size
	}
}

func (p *People) home(rng *rand.Rand) Person {
	var h Person
	h.setFamily(families[p.families.pick(rng)])
	at := places[p.places.pick(rng)]
	h.PostalCode, h.Prefecture, h.Town = at.postal, at.prefecture, at.town
	h.House = fmt.Sprintf("%d-%d-%d", 1+rng.IntN(6), 1+rng.IntN(40), 1+rng.IntN(30))
	if rng.IntN(2) == 0 {
		h.Building = fmt.Sprintf("%s%s%d0%d号室", buildingWords[rng.IntN(len(buildingWords))], buildingKinds[rng.IntN(len(buildingKinds))], 1+rng.IntN(12), 1+rng.IntN(9))
	}
	if number := rng.IntN(90_000_000); rng.IntN(2) == 0 {
		h.Landline = landline(at.area, number)
	}
	return h
}

func (p *Person) setFamily(n name) {
	p.Family, p.FamilyKana, p.FamilyLatin = n.kanji, n.kana, n.latin
}

// landline is a number of an area: ten digits in all.
func landline(area string, n int) string {
	digits := fmt.Sprintf("%08d", 20_000_000+n%70_000_000)
	local := digits[:10-len(area)-4]
	return area + "-" + local + "-" + digits[4:]
}

// mobile is a number nobody else of the same people has.
func (p *People) mobile(i int) string {
	const stride = 167_772_161 // prime, so that every number comes once
	n := (uint64(i)*stride + p.seed) % Most
	rest := n / 27
	return fmt.Sprintf("0%d0-%d%03d-%04d", 7+n%3, 1+n/3%9, rest/10_000, rest%10_000)
}

// emailOf is an address nobody else has: it ends in the person's number.
func emailOf(p *Person, i int, rng *rand.Rand) string {
	family, given := strings.ToLower(p.FamilyLatin), strings.ToLower(p.GivenLatin)
	local := [...]string{
		given + "." + family, family + "-" + given, given[:1] + family, family + "_" + given[:1] + ".",
	}[rng.IntN(4)]
	return fmt.Sprintf("%s%d@%s", local, i, domains[rng.IntN(len(domains))])
}

// picker picks by weight.
type picker struct{ sums []int }

func (p *picker) add(weight int) {
	last := 0
	if len(p.sums) > 0 {
		last = p.sums[len(p.sums)-1]
	}
	p.sums = append(p.sums, last+weight)
}

func (p *picker) pick(rng *rand.Rand) int {
	n := rng.IntN(p.sums[len(p.sums)-1])
	low, high := 0, len(p.sums)-1
	for low < high {
		mid := (low + high) / 2
		if p.sums[mid] > n {
			high = mid
		} else {
			low = mid + 1
		}
	}
	return low
}
