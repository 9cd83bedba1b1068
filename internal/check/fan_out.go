package check

import (
	"slices"
	"time"

	"github.com/kakitome/kakitome/internal/jp"
)

// fanOut is rule 3: hold when an identifier that is not the recipient's own
// would reach one recipient more than fan_out, or fan_out + 1 when nobody
// declared it (P2). The identifier is blocked, not the stream, and what still
// waits with it is recalled. It stops the one guest's order that went to
// thousands (incidents 1–15) even when nobody registered him.
func fanOut(v *view) []Reason {
	var reasons []Reason
	for _, id := range v.counted(false) {
		count, known, owned := v.others(id.ident)
		limit := v.j.e.Stream.FanOut
		if !id.declared && !owned {
			limit++
		}
		if v.j.c.Blocked[id.ident] || !known && count+1 > limit {
			reasons = append(reasons, Reason{
				Rule: FanOut, Person: id.person, Ident: id.ident, Kinds: kindsOf(id.kind),
				Where: id.where, Count: count, Limit: limit,
			})
		}
	}
	return reasons
}

// others counts the recipients an identifier has reached beside this one, and
// tells whether it has reached this one, and whether somebody has learned it.
func (v *view) others(ident Key) (count int, known, owned bool) {
	for _, s := range v.sightings(ident) {
		switch {
		case s.Learned:
			owned = true
		case s.Recipient == v.r.Key:
			known = true
		default:
			count++
		}
	}
	return count, known, owned
}

// counted is an identifier whose recipients are counted.
type counted struct {
	ident      Key
	person     Key // when declared
	kind       jp.Kind
	where      string
	declared   bool
	attachment bool
}

// counted lists the identifiers in the mail that are not the recipient's own
// and whose recipients are counted. With learning, those too that are only
// learned and never limited: undeclared addresses and landlines.
func (v *view) counted(learning bool) []counted {
	var list []counted
	add := func(c counted) {
		if !slices.ContainsFunc(list, func(o counted) bool { return o.ident == c.ident }) {
			list = append(list, c)
		}
	}
	for i := range v.units {
		u := &v.units[i]
		for k := range u.Findings {
			f := &u.Findings[k]
			if f.Company || v.r.Granted[f.Kind] || v.declaredOwn(f) {
				continue
			}
			own := v.isOwn(f)
			if isStrong(f) && !own || learning && len(f.Owners) == 0 && canBeLearned(f) {
				add(counted{ident: f.Ident, person: first(f.Owners), kind: f.Kind, where: f.Where, declared: len(f.Owners) > 0})
			}
		}
		for _, p := range u.order { // name and address together
			if t := u.foreign[p]; t.name > 0 && t.kinds[jp.Address] {
				add(counted{ident: p, person: p, kind: jp.Address, where: t.firstPlace, declared: true})
			}
		}
		if u.Attachment != (Key{}) {
			add(counted{ident: u.Attachment, kind: jp.Attachment, where: u.Name, attachment: true})
		}
	}
	return list
}

// declaredOwn tells whether a finding was declared for the recipient; then no
// sighting is kept of it.
func (v *view) declaredOwn(f *Finding) bool {
	return len(f.Owners) > 0 && v.isOwn(f) || f.Ident == v.r.Key
}

// canBeLearned tells whether a kind is recognised by its shape alone.
func canBeLearned(f *Finding) bool {
	return f.Kind == jp.Email || f.Kind == jp.Phone || f.Kind == jp.Address || isCode(f.Kind)
}

func first(keys []Key) Key {
	if len(keys) == 0 {
		return Key{}
	}
	return keys[0]
}

// dayOf is the number of the UTC day since 1970.
func dayOf(t time.Time) int32 { return int32(t.Unix() / 86400) } //nolint:gosec // fits until the year 5,881,580
