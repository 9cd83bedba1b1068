package check

import (
	"time"

	"github.com/kakitome/kakitome/internal/jp"
)

// fanIn is rule 4: hold when a recipient would get, within a day, the data of
// more other persons than fan_in, or more different undeclared mobile numbers
// or e-mail addresses than that. It stops many persons' mails that land in one
// inbox (incidents 8, 9, 98) and pasted customer lists (31–41).
func fanIn(v *view) []Reason {
	reasons := v.list()
	if len(v.receipts) == 0 {
		return reasons
	}
	limit := v.j.e.Stream.FanIn
	had := v.received()
	total, fresh, firsts := map[jp.Kind]int{}, map[jp.Kind]int{}, map[jp.Kind]Key{}
	for subject := range had {
		total[subject.kind]++
	}
	for _, rc := range v.receipts {
		if had[subject{rc.Subject, rc.Kind}] {
			continue
		}
		if fresh[rc.Kind]++; fresh[rc.Kind] == 1 {
			firsts[rc.Kind] = rc.Subject
		}
	}
	for _, kind := range []jp.Kind{0, jp.Email, jp.Phone, jp.Name} {
		n := total[kind] + fresh[kind]
		if fresh[kind] == 0 || n <= limit {
			continue
		}
		r := Reason{Rule: FanIn, Count: n, Limit: limit}
		if kind == 0 {
			a := v.toldOf(firsts[kind])
			r.Person, r.Kinds, r.Where = a.person, listKinds(a.kinds), a.where
		} else {
			r.Ident, r.Kinds = firsts[kind], kindsOf(kind)
		}
		reasons = append(reasons, r)
	}
	return reasons
}

// subject is whom, or what nobody declared, a recipient got data of.
type subject struct {
	key  Key
	kind jp.Kind
}

// received are the subjects whose data the recipient got in the last 24 hours.
func (v *view) received() map[subject]bool {
	had := map[subject]bool{}
	for _, list := range [][]Receipt{v.j.c.Received[v.r.Key], v.j.got[v.r.Key]} {
		for _, rc := range list {
			if v.j.now.Sub(rc.At) < 24*time.Hour {
				had[subject{rc.Subject, rc.Kind}] = true
			}
		}
	}
	return had
}

// listReceipts lists the subjects the mail would bring to the recipient: other
// persons, and undeclared mobile numbers and e-mail addresses that it has
// never got before.
func (v *view) listReceipts() []Receipt {
	var list []Receipt
	seen := map[subject]bool{}
	add := func(key Key, kind jp.Kind) {
		if s := (subject{key, kind}); !seen[s] {
			seen[s] = true
			list = append(list, Receipt{key, kind, v.j.now})
		}
	}
	for _, persons := range []*people{&v.about, &v.mentions} {
		for i := range persons.list {
			add(persons.list[i].person, 0)
		}
	}
	for i := range v.units {
		u := &v.units[i]
		for k := range u.Findings {
			f := &u.Findings[k]
			if u.relations[k] != foreign || f.Declared {
				continue
			}
			if (f.Kind == jp.Email || f.Kind == jp.Phone && f.Class == jp.Mobile) && !v.spread(f.Ident).known {
				add(f.Ident, f.Kind)
			}
		}
		if f := v.greeted(u); f != nil {
			add(f.Ident, jp.Name)
		}
	}
	return list
}

// greeted is the name by which a unit greets a recipient who is nobody: by many
// names it is greeted for many.
func (v *view) greeted(u *unitView) *Finding {
	if len(v.r.Persons) > 0 {
		return nil
	}
	for i := range u.Findings {
		if f := &u.Findings[i]; isName(f.Kind) && !f.Routing && u.relations[i] == foreign {
			if f.Greeting {
				return f
			}
			return nil
		}
	}
	return nil
}

// mostNames is how many members' names one unit may hold: a family, a party at
// a table. More are a list.
const mostNames = 10

// list is the reason to hold a list of names.
func (v *view) list() []Reason {
	for i := range v.units {
		u := &v.units[i]
		n, where := 0, ""
		for k := range u.Findings {
			if f := &u.Findings[k]; f.Kind == jp.Name && u.relations[k] == foreign {
				if n++; n == 1 {
					where = f.Where
				}
			}
		}
		if limit := max(mostNames, v.j.e.Stream.FanIn); n > limit {
			return []Reason{{Rule: FanIn, Kinds: kindsOf(jp.Name), Where: where, Count: n, Limit: limit, Detail: listDetail}}
		}
	}
	return nil
}

// listDetail marks the hold of a list of names.
const listDetail = "list"

// toldOf is what the mail says of a person.
func (v *view) toldOf(p Key) about {
	for _, persons := range []*people{&v.about, &v.mentions} {
		if i, ok := persons.index[p]; ok {
			return persons.list[i]
		}
	}
	return about{person: p}
}
