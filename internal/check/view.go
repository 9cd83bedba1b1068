package check

import (
	"slices"

	"github.com/kakitome/kakitome/internal/jp"
)

// view is the mail as one recipient would see it: what in it is the
// recipient's own and what is about somebody else.
type view struct {
	j        *judge
	r        *Recipient
	units    []unitView
	readings []unitView // of units, see Unit.Readings
	about    people     // persons the mail is at least as much about as about the recipient
	mentions people     // persons it is less about
	counted  []counted
	receipts []Receipt
	strange  []Key // see strangers
}

// unitView is one unit in the eyes of a recipient.
type unitView struct {
	*Unit
	relations []relation // of each finding
	own       tally
	index     map[Key]int // person → place in others
	others    []other     // by first finding
}

// relation is what a finding is to the recipient.
type relation uint8

const (
	foreign relation = iota // about others, or about nobody known
	own                     // the recipient's own
	granted                 // about others, and the recipient may have it
	nobodys                 // the company's own
)

// other is a person beside the recipient, or another recipient that has learned
// an identifier, whom a unit tells about.
type other struct {
	person  Key
	foreign tally // what is neither shared with the recipient nor granted: the weight
	known   tally // that, what is granted, and a name that both bear: by which the person is identified
	home    bool  // shares an address or landline with the recipient
}

// about is a person whom a mail tells something about.
type about struct {
	person Key
	kinds  uint32
	where  string
}

// people is a list of persons, each once, in the order in which they were found.
type people struct {
	list  []about
	index map[Key]int
}

func (l *people) add(p Key, t *tally) {
	if i, ok := l.index[p]; ok {
		l.list[i].kinds |= t.kinds
		return
	}
	if l.index == nil {
		l.index = map[Key]int{}
	}
	l.index[p] = len(l.list)
	l.list = append(l.list, about{p, t.kinds, t.firstPlace})
}

func (l *people) len() int { return len(l.list) }

func newView(j *judge, r *Recipient) *view {
	v := &view{j: j, r: r, units: make([]unitView, 0, len(j.e.Units))}
	for i := range j.e.Units {
		u := &j.e.Units[i]
		v.units = append(v.units, v.unit(u))
		for _, part := range u.Readings {
			v.readings = append(v.readings, v.unit(&Unit{Kind: u.Kind, Name: u.Name, Findings: part}))
		}
	}
	v.weigh()
	v.strange = v.strangers()
	v.counted = v.listCounted()
	v.receipts = v.listReceipts()
	return v
}

func (v *view) unit(u *Unit) unitView {
	uv := unitView{Unit: u, relations: make([]relation, len(u.Findings))}
	for i := range u.Findings {
		f := &u.Findings[i]
		rel := v.relate(f)
		uv.relations[i] = rel
		switch rel {
		case nobodys:
		case own:
			// That a mail is addressed to somebody does not make it about them.
			if f.Ident != v.r.Key || !f.Routing {
				uv.own.add(f)
			}
			v.share(&uv, f)
		case granted:
			for _, p := range v.subjects(f) {
				uv.other(p).known.add(f)
			}
		case foreign:
			for _, p := range v.subjects(f) {
				o := uv.other(p)
				o.foreign.add(f)
				o.known.add(f)
			}
		}
	}
	return uv
}

// share notes with whom the recipient shares an identifier. A shared name says
// together with another's address that the other is meant; a shared home says
// nothing about who in it is.
func (v *view) share(uv *unitView, f *Finding) {
	name, home := isName(f.Kind), isHousehold(f.Kind, f.Class)
	if !name && !home {
		return
	}
	for _, p := range f.Owners {
		switch {
		case slices.Contains(v.r.Persons, p):
		case name:
			uv.other(p).known.add(f)
		default:
			uv.other(p).home = true
		}
	}
}

func (uv *unitView) other(p Key) *other {
	i, ok := uv.index[p]
	if !ok {
		if uv.index == nil {
			uv.index = map[Key]int{}
		}
		i = len(uv.others)
		uv.index[p] = i
		uv.others = append(uv.others, other{person: p})
	}
	return &uv.others[i]
}

func (v *view) relate(f *Finding) relation {
	switch {
	case f.Company:
		return nobodys
	case v.isOwn(f):
		return own
	case v.r.Granted[f.Kind], v.isColleagues(f), v.isHousemates(f):
		return granted
	}
	return foreign
}

// isHousemates tells whether a finding belongs to somebody of the recipient's
// home to whom the same mail visibly goes.
func (v *view) isHousemates(f *Finding) bool {
	return f.Declared && len(v.r.Household) > 0 && slices.ContainsFunc(v.j.e.Visible, func(o Visible) bool {
		return intersects(f.Owners, o.Persons) && intersects(o.Household, v.r.Household)
	})
}

// isColleagues tells whether a finding is the name, the home or the company's
// mail address of somebody who works where the recipient does: colleagues know
// these of each other.
func (v *view) isColleagues(f *Finding) bool {
	switch {
	case !v.r.CompanyDomain || !f.Declared:
		return false
	case f.Kind == jp.Email:
		return slices.Contains(f.Domains, v.r.Domain)
	case isName(f.Kind), isHousehold(f.Kind, f.Class):
		return slices.ContainsFunc(f.Owners, func(p Key) bool { return slices.Contains(v.j.e.People[p].Domains, v.r.Domain) })
	}
	return false
}

// isOwn tells whether a finding is the recipient's own: declared for one of
// its persons, learned by it, its own address, or kept at its company.
func (v *view) isOwn(f *Finding) bool {
	if f.Ident == v.r.Key || intersects(f.Owners, v.r.Persons) || intersects(f.Bearers, v.r.Persons) {
		return true
	}
	if f.Declared {
		return isHousehold(f.Kind, f.Class) && v.r.CompanyDomain && slices.Contains(f.Domains, v.r.Domain)
	}
	for s := range v.sightings(f.Ident) {
		if s.Learned && slices.Contains(v.r.Addresses, s.Recipient) {
			return true
		}
	}
	return false
}

// subjects are the persons a finding that is not the recipient's own tells
// about: its declared owners, else those whose address has learned it, else
// that address itself.
func (v *view) subjects(f *Finding) []Key {
	if f.Declared {
		return f.Owners
	}
	var learned []Key
	for s := range v.sightings(f.Ident) {
		if !s.Learned {
			continue
		}
		if persons := v.j.personsAt(s.Recipient); len(persons) > 0 {
			learned = append(learned, persons...)
		} else {
			learned = append(learned, s.Recipient)
		}
	}
	return learned
}

// weigh sorts the persons of the mail into those it is about and those it
// mentions.
func (v *view) weigh() {
	for _, u := range slices.Concat(v.units, v.readings) {
		for k := range u.others {
			o := &u.others[k]
			weight := v.j.w.weight(&o.foreign)
			switch {
			case o.known.identified() && weight > 0 && weight >= v.j.w.Ratio*v.j.w.weight(&u.own):
				v.about.add(o.person, &o.foreign)
			case o.known.identified() && weight > 0:
				v.mentions.add(o.person, &o.foreign)
			}
		}
	}
}

// slipped tells whether a unit names another where the recipient's own name
// should stand: a greeting that has slipped by a row.
func (v *view) slipped(u *unitView, o *other) bool {
	return o.foreign.named() && !u.own.named() && v.named()
}

// exposed tells whether a unit says something about a person, not only a name
// that somebody else bears too.
func (v *view) exposed(u *unitView, o *other) bool {
	return o.known.identified() || o.home && o.known.named() || v.slipped(u, o)
}

// identifies tells whether a unit points to a person by more than a name.
func (uv *unitView) identifies(p Key) bool {
	at, ok := uv.index[p]
	return ok && uv.others[at].known.identified()
}

// exposures are whose data would go to the recipient: all that is found, and
// the addresses that the recipient would see. Granted ones are among them.
func (v *view) exposures() []Exposure {
	var list []Exposure
	seen := map[Exposure]bool{}
	add := func(e Exposure) {
		if !seen[e] {
			seen[e] = true
			list = append(list, e)
		}
	}
	for i := range v.units {
		u := &v.units[i]
		for k := range u.Findings {
			f := &u.Findings[k]
			e := Exposure{Ident: f.Ident, Kind: f.Kind, Own: u.relations[k] == own}
			switch {
			case u.relations[k] == nobodys:
			case e.Own:
				for _, e.Person = range ownersAmong(slices.Concat(f.Owners, f.Bearers), v.r.Persons) {
					add(e)
				}
			case !f.Declared:
				if canBeLearned(f) {
					add(e)
				}
			default:
				meant := isName(f.Kind) && slices.ContainsFunc(f.Owners, u.identifies)
				for _, e.Person = range f.Owners {
					if meant && !u.identifies(e.Person) {
						continue // bears the name of whom the unit is about
					}
					if at, ok := u.index[e.Person]; ok && v.exposed(u, &u.others[at]) {
						add(e)
					}
				}
			}
		}
	}
	for i := range v.j.e.Visible {
		o := &v.j.e.Visible[i]
		if o.Key == v.r.Key || o.Company || intersects(o.Persons, v.r.Persons) {
			continue
		}
		for _, p := range ownersAmong(o.Persons, o.Persons) {
			add(Exposure{Person: p, Ident: o.Key, Kind: jp.Email})
		}
	}
	return list
}

// ownersAmong are the owners that are among the persons; one zero key when
// there are none.
func ownersAmong(owners, persons []Key) []Key {
	var both []Key
	for _, p := range owners {
		if slices.Contains(persons, p) {
			both = append(both, p)
		}
	}
	if len(both) == 0 {
		return []Key{{}}
	}
	return both
}

func intersects(a, b []Key) bool {
	for _, k := range a {
		if slices.Contains(b, k) {
			return true
		}
	}
	return false
}
