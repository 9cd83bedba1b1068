package check

import (
	"math"

	"github.com/kakitome/kakitome/internal/jp"
)

// Weights of design.md, "Identifiers, owners and weights".
const (
	strongWeight    = 3.0 // identifies a person by itself
	householdWeight = 3.0 // identifies a household; with a name, a person
	birthdayWeight  = 1.0
	postcodeWeight  = 0.5
	nameWeight      = 2.0 // of a name nobody else bears
	leastNameWeight = 0.5 // of a name many bear
)

func isName(k jp.Kind) bool { return k == jp.Name || k == jp.NameKana || k == jp.NameLatin }

func isCode(k jp.Kind) bool {
	return k == jp.MemberNo || k == jp.OrderNo || k == jp.Other || k == jp.Link
}

// isHousehold tells whether an identifier of that kind belongs to those who
// live together: an address, a number that is no mobile.
func isHousehold(k jp.Kind, c jp.PhoneClass) bool {
	return k == jp.Address || k == jp.Phone && (c == jp.Landline || c == jp.IP)
}

// isStrong tells whether an identifier identifies a person by itself.
func isStrong(f *Finding) bool {
	return f.Kind == jp.Email || isCode(f.Kind) || f.Kind == jp.Phone && (f.Class == jp.Mobile || f.Class == jp.Foreign)
}

// nameOf is the weight of a name borne by n persons.
func nameOf(n int) float64 {
	return max(leastNameWeight, nameWeight/(1+math.Log2(float64(max(n, 1)))))
}

// tally adds up what is known of one person in one unit. Names count once.
type tally struct {
	sum, name  float64
	strong     bool
	household  bool
	birthday   bool
	kinds      uint32 // a bit for each jp.Kind
	firstPlace string
}

func (t *tally) add(f *Finding) {
	if t.kinds == 0 {
		t.firstPlace = f.Where
	}
	t.kinds |= 1 << f.Kind
	switch {
	case isName(f.Kind):
		t.name = max(t.name, nameOf(f.Namesakes))
	case isStrong(f):
		t.strong = true
		t.sum += strongWeight
	case isHousehold(f.Kind, f.Class):
		t.household = true
		t.sum += householdWeight
	case f.Kind == jp.Birthday:
		t.birthday = true
		t.sum += birthdayWeight
	case f.Kind == jp.PostalCode:
		t.sum += postcodeWeight
	}
}

func (t *tally) weight() float64 { return t.sum + t.name }

func (t *tally) has(k jp.Kind) bool { return t.kinds>>k&1 != 0 }

// identified tells whether what was found points to one person.
func (t *tally) identified() bool {
	return t.strong || t.name > 0 && (t.household || t.birthday)
}

func listKinds(set uint32) []jp.Kind {
	var kinds []jp.Kind
	for k := jp.Email; k <= jp.Link; k++ {
		if set>>k&1 != 0 {
			kinds = append(kinds, k)
		}
	}
	return kinds
}
