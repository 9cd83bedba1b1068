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
	if len(v.receipts) == 0 {
		return nil
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
	var reasons []Reason
	for _, kind := range []jp.Kind{0, jp.Email, jp.Phone} {
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
	}
	return list
}

// toldOf is what the mail says of a person.
func (v *view) toldOf(p Key) about {
	for _, persons := range []*people{&v.about, &v.mentions} {
		if i, ok := persons.index[p]; ok {
			return persons.list[i]
		}
	}
	return about{person: p}
}
