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

// Name is family and given name with a space; the given name first if it is
// written in Latin letters.
func (p *Person) Name() string {
	if p.Western() {
		return p.Given + " " + p.Family
	}
	return p.Family + " " + p.Given
}

// Western tells whether the name is written in Latin letters.
func (p *Person) Western() bool { return p.Family[0] < 0x80 }

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
	seed                            uint64
	families, givens                []name
	familyPicks, givenPicks         picker
	westFamilies, westGivens        []name
	westFamilyPicks, westGivenPicks picker
	places                          []place
	placePicks                      picker
}

// New makes people.
func New(seed uint64) *People {
	p := &People{seed: seed}
	p.families, p.familyPicks = namesOf(familyNames)
	p.givens, p.givenPicks = namesOf(givenNames)
	p.westFamilies, p.westFamilyPicks = namesOf(westernFamilies)
	p.westGivens, p.westGivenPicks = namesOf(westernGivens)
	p.places, p.placePicks = placesOf(placeNames)
	return p
}

// blockSize is how many people with following numbers are made into
// households together.
const blockSize = 8

// At is the person with number i, 0 ≤ i < Most. People of one household have
// numbers next to each other.
func (p *People) At(i int) Person {
	first, out := p.household(i)
	rng, given := p.given(first, i, out.Western())
	out.Given, out.GivenKana, out.GivenLatin = given.kanji, given.kana, given.latin
	if i != first && !out.Western() && rng.IntN(20) == 0 { // a parent-in-law, a partner
		out.setFamily(p.families[p.familyPicks.pick(rng)])
	}
	out.Mobile = p.mobile(i)
	out.Birthday = time.Date(given.from+rng.IntN(given.to-given.from+1), 1, 1+rng.IntN(365), 0, 0, 0, 0, time.UTC)
	out.Email = emailOf(&out, i, rng)
	return out
}

// given is the given name of person i, which nobody else in the household has,
// and what the rest of the person is made from.
func (p *People) given(first, i int, western bool) (*rand.Rand, *name) {
	names, picks := p.givens, &p.givenPicks
	if western {
		names, picks = p.westGivens, &p.westGivenPicks
	}
	var taken []int
	for k := first; ; k++ {
		rng := rand.New(rand.NewPCG(p.seed, uint64(k)<<1|1)) //nolint:gosec // made-up people
		pick := picks.pick(rng)
		for slices.ContainsFunc(taken, func(t int) bool { return names[t].kana == names[pick].kana || names[t].kanji == names[pick].kanji }) {
			pick = picks.pick(rng)
		}
		if k == i {
			return rng, &names[pick]
		}
		taken = append(taken, pick)
	}
}

// household is what the people who live with person i share, and the number
// of the first of them.
func (p *People) household(i int) (first int, home Person) {
	block := i / blockSize
	sizes := mix(p.seed, uint64(block)) //nolint:gosec // a number of a block
	for first = block * blockSize; ; sizes /= 10 {
		size := 1 + [...]int{0, 0, 0, 0, 1, 1, 1, 2, 2, 3}[sizes%10]
		if first+size > i || first+size >= (block+1)*blockSize {
			break
		}
		first += size
	}
	return first, p.home(first)
}

// towerBlocks is how many blocks with following numbers may live in one house,
// each household in a flat of its own.
const towerBlocks = 12

// tower is what the house in which all people of a block live is made from; of
// most blocks there is none, nil.
func (p *People) tower(block int) *rand.Rand {
	group := uint64(block / towerBlocks) //nolint:gosec // a number of a block
	if mix(p.seed, ^group)%16 != 0 {
		return nil
	}
	return rand.New(rand.NewPCG(p.seed, group|1<<63)) //nolint:gosec // made-up people
}

// home is where the household lives whose first person has a number.
func (p *People) home(first int) Person {
	rng := rand.New(rand.NewPCG(p.seed, uint64(first)<<1)) //nolint:gosec // made-up people
	var h Person
	if rng.IntN(80) == 0 {
		h.setFamily(p.westFamilies[p.westFamilyPicks.pick(rng)])
	} else {
		h.setFamily(p.families[p.familyPicks.pick(rng)])
	}
	number, listed, room := rng.IntN(90_000_000), rng.IntN(2) == 0, fmt.Sprintf("%d0%d号室", 1+rng.IntN(12), 1+rng.IntN(9))
	tower := p.tower(first / blockSize)
	if tower != nil {
		flat := first % (towerBlocks * blockSize)
		rng, room = tower, fmt.Sprintf("%d%02d号室", 2+flat/6, 1+flat%6)
	}
	at := &p.places[p.placePicks.pick(rng)]
	h.PostalCode, h.Prefecture, h.Town, h.House = at.postal, at.prefecture, at.town, at.house(rng)
	switch word := buildingWords[rng.IntN(len(buildingWords))]; {
	case tower != nil:
		h.Building = word + towerKinds[rng.IntN(len(towerKinds))] + room
	case at.houses == "b" && rng.IntN(2) == 0 || rng.IntN(8) == 0:
		h.Building = word + buildingKinds[rng.IntN(len(buildingKinds))] + room
	}
	if listed {
		h.Landline = landline(at.area, number)
	}
	return h
}

// mix makes a number of numbers that looks random (SplitMix64).
func mix(seed, n uint64) uint64 {
	z := seed + (n+1)*0x9e3779b97f4a7c15
	z = (z ^ z>>30) * 0xbf58476d1ce4e5b9
	z = (z ^ z>>27) * 0x94d049bb133111eb
	return z ^ z>>31
}

// house is a house number as they are in that place.
func (at *place) house(rng *rand.Rand) string {
	switch a, b, c := rng.IntN(6), rng.IntN(40), rng.IntN(30); at.houses {
	case "t":
		return fmt.Sprintf("%d-%d", 1+a*2, 1+b)
	case "n":
		if c < 10 {
			return fmt.Sprint(1 + a*300 + b*7)
		}
		return fmt.Sprintf("%d-%d", 1+a*300+b*7, c-9)
	case "k":
		return fmt.Sprint(1 + a*140 + b*3)
	default:
		return fmt.Sprintf("%d-%d-%d", 1+a, 1+b, 1+c)
	}
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
	family, given := plain(p.FamilyLatin), plain(p.GivenLatin)
	local := [...]string{
		given + "." + family, family + "-" + given, given[:1] + family, family + "_" + given[:1] + ".", given, nicknames[rng.IntN(len(nicknames))],
	}[rng.IntN(6)]
	return fmt.Sprintf("%s%d@%s", local, i, domains[rng.IntN(len(domains))])
}

// plain is a name in small letters without signs.
func plain(name string) string {
	return strings.Map(func(r rune) rune {
		if 'a' <= r && r <= 'z' {
			return r
		}
		return -1
	}, strings.ToLower(name))
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
