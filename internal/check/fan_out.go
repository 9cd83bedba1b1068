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
	for i := range v.counted {
		id := &v.counted[i]
		if !id.limited {
			continue
		}
		sp := v.spread(id.ident)
		limit := v.j.e.Stream.FanOut
		if !id.declared && !sp.owned {
			limit++
		}
		blocked := v.j.isBlocked(id.ident)
		if !blocked && (sp.known || sp.others < limit) {
			continue
		}
		r := Reason{
			Rule: FanOut, Person: id.person, Ident: id.ident, Kinds: kindsOf(id.kind),
			Where: id.where, Count: sp.others, Limit: limit,
		}
		if blocked && (sp.known || sp.others < limit) {
			r.Detail = blockedDetail
		}
		reasons = append(reasons, r)
	}
	return reasons
}

// blockedDetail marks the hold of an identifier that is blocked, though this
// recipient alone would be within the limit.
const blockedDetail = "blocked"

// counted is an identifier whose recipients are counted.
type counted struct {
	ident     Key
	person    Key // when declared
	kind      jp.Kind
	where     string
	declared  bool
	limited   bool // fan_out limits it; else it is only learned
	learnable bool // recognised by its shape
}

// listCounted lists the identifiers in the mail that are not declared as the
// recipient's own and whose recipients are counted.
func (v *view) listCounted() []counted {
	var list []counted
	seen := map[Key]bool{}
	add := func(c counted) {
		if !seen[c.ident] {
			seen[c.ident] = true
			list = append(list, c)
		}
	}
	for i := range v.units {
		u := &v.units[i]
		for k := range u.Findings {
			f, rel := &u.Findings[k], u.relations[k]
			if rel == nobodys || rel == granted || rel == own && f.Declared {
				continue
			}
			c := counted{ident: f.Ident, person: first(f.Owners), kind: f.Kind, where: f.Where, declared: f.Declared}
			c.limited = isStrong(f) && rel == foreign && f.Ident != v.r.Key
			c.learnable = !f.Declared && canBeLearned(f)
			if c.limited || c.learnable {
				add(c)
			}
		}
		for k := range u.others { // name and address together
			if o := &u.others[k]; o.known.named() && o.foreign.has(jp.Address) {
				add(counted{ident: o.person, person: o.person, kind: jp.Address, where: o.foreign.firstPlace, declared: true, limited: true})
			}
		}
		if u.Attachment != (Key{}) && u.tells() {
			add(counted{ident: u.Attachment, kind: jp.Attachment, where: u.Name, limited: true})
		}
	}
	return list
}

// tells tells whether a unit holds personal data that was not granted. What a
// recipient shares with colleagues or at home may go to each of them.
func (uv *unitView) tells() bool {
	var all tally
	shared := false
	for i := range uv.Findings {
		switch uv.relations[i] {
		case own, foreign:
			all.add(&uv.Findings[i])
		case granted:
			shared = true
		case nobodys:
		}
	}
	return all.identified() && (!shared || slices.ContainsFunc(uv.others, func(o other) bool {
		return o.foreign.kinds != 0 && o.known.identified()
	}))
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

func later(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}

// isBlocked tells whether an identifier has crossed its limit before, if only
// with an earlier recipient of the mail.
func (j *judge) isBlocked(ident Key) bool {
	return j.c.Blocked[ident] || j.blocks[ident]
}
