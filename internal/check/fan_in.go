package check

import (
	"slices"
	"time"

	"github.com/kakitome/kakitome/internal/jp"
)

// fanIn is rule 4: hold when a recipient would get, within a day, the data of
// more other persons than fan_in, or more different undeclared mobile numbers
// or e-mail addresses than that. It stops many persons' mails that land in one
// inbox (incidents 8, 9, 98) and pasted customer lists (31–41).
func fanIn(v *view) []Reason {
	limit := v.j.e.Stream.FanIn
	news := v.receipts()
	var reasons []Reason
	for _, kind := range []jp.Kind{0, jp.Email, jp.Phone} {
		had := v.received(kind)
		fresh := slices.DeleteFunc(slices.Clone(news), func(n Receipt) bool {
			return n.Kind != kind || slices.Contains(had, n.Subject)
		})
		if len(fresh) == 0 || len(had)+len(fresh) <= limit {
			continue
		}
		r := Reason{Rule: FanIn, Count: len(had) + len(fresh), Limit: limit}
		if kind == 0 {
			r.Person, r.Kinds, r.Where = v.first(fresh[0].Subject)
		} else {
			r.Ident, r.Kinds = fresh[0].Subject, kindsOf(kind)
		}
		reasons = append(reasons, r)
	}
	return reasons
}

// received are the subjects of a kind the recipient got in the last 24 hours.
func (v *view) received(kind jp.Kind) []Key {
	var had []Key
	for _, list := range [][]Receipt{v.j.c.Received[v.r.Key], v.j.got[v.r.Key]} {
		for _, rc := range list {
			if rc.Kind == kind && v.j.e.At.Sub(rc.At) < 24*time.Hour && !slices.Contains(had, rc.Subject) {
				had = append(had, rc.Subject)
			}
		}
	}
	return had
}

// receipts are the subjects the mail would bring to the recipient: other
// persons, and undeclared mobile numbers and e-mail addresses that it has
// never got before.
func (v *view) receipts() []Receipt {
	var list []Receipt
	add := func(subject Key, kind jp.Kind) {
		rc := Receipt{subject, kind, v.j.e.At}
		if !slices.Contains(list, rc) {
			list = append(list, rc)
		}
	}
	for _, persons := range [][]about{v.about, v.mentions} {
		for _, a := range persons {
			add(a.person, 0)
		}
	}
	for i := range v.units {
		for k := range v.units[i].Findings {
			f := &v.units[i].Findings[k]
			if f.Company || len(f.Owners) > 0 || v.r.Granted[f.Kind] || v.isOwn(f) {
				continue
			}
			if f.Kind == jp.Email || f.Kind == jp.Phone && f.Class == jp.Mobile {
				if _, known, _ := v.others(f.Ident); !known {
					add(f.Ident, f.Kind)
				}
			}
		}
	}
	return list
}

// first is what the mail says of a person.
func (v *view) first(p Key) (Key, []jp.Kind, string) {
	for _, persons := range [][]about{v.about, v.mentions} {
		for _, a := range persons {
			if a.person == p {
				return p, a.kinds, a.where
			}
		}
	}
	return p, nil, ""
}
