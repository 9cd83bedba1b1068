package check

import (
	"math"

	"github.com/kakitome/kakitome/internal/jp"
)

// Weights are the numbers of the rules that are not the operator's: how much
// an identifier says about whom a mail is about, and how much chance a rule
// allows for. They were fitted on a made-up shop's mail and are the same for
// every shop; see docs/design/rules.md.
type Weights struct {
	Strong    float64 // identifies a person by itself: e-mail, mobile, codes
	Household float64 // an address or a landline: identifies a household; with a name, a person
	Birthday  float64
	PostCode  float64
	Name      float64 // of a name nobody else bears
	LeastName float64 // of a name many bear

	Ratio         float64 // another's weight to the recipient's own from which on a mail is about the other
	SlipFits      int     // strangers who are the recipients of other mails nearby: one is chance
	SlipStrangers int     // strangers who are nobody's nearby, in as many of the last slipWindow mails
}

// FittedWeights are those the gateway judges by.
func FittedWeights() Weights {
	return Weights{
		Strong: 3, Household: 3, Birthday: 1, PostCode: 0.5, Name: 2, LeastName: 0.5,
		Ratio: 1, SlipFits: 2, SlipStrangers: 4,
	}
}

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

// tally adds up what is known of one person in one unit. Names count once.
type tally struct {
	strong, household, birthday, postcode int
	bearers                               int    // of the rarest of the names, at least 1; 0: no name
	kinds                                 uint32 // a bit for each jp.Kind
	firstPlace                            string
}

func (t *tally) add(f *Finding) {
	if t.kinds == 0 {
		t.firstPlace = f.Where
	}
	t.kinds |= 1 << f.Kind
	switch {
	case isName(f.Kind):
		if n := max(f.Namesakes, 1); !t.named() || n < t.bearers {
			t.bearers = n
		}
	case isStrong(f):
		t.strong++
	case isHousehold(f.Kind, f.Class):
		t.household++
	case f.Kind == jp.Birthday:
		t.birthday++
	case f.Kind == jp.PostalCode:
		t.postcode++
	}
}

// named tells whether a name was found.
func (t *tally) named() bool { return t.bearers > 0 }

// weight is how much was found. A name weighs the less the more bear it.
func (w *Weights) weight(t *tally) float64 {
	sum := float64(t.strong)*w.Strong + float64(t.household)*w.Household + float64(t.birthday)*w.Birthday + float64(t.postcode)*w.PostCode
	if t.named() {
		sum += max(w.LeastName, w.Name/(1+math.Log2(float64(t.bearers))))
	}
	return sum
}

func (t *tally) has(k jp.Kind) bool { return t.kinds>>k&1 != 0 }

// identified tells whether what was found points to one person.
func (t *tally) identified() bool {
	return t.strong > 0 || t.named() && (t.household > 0 || t.birthday > 0)
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
