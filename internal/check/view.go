package check

import (
	"slices"

	"github.com/kakitome/kakitome/internal/jp"
	"github.com/kakitome/kakitome/internal/policy"
)

// view is the mail as one recipient would see it: what in it is the
// recipient's own and what is about somebody else.
type view struct {
	j        *judge
	r        *Recipient
	units    []unitView
	about    []about // persons the mail is at least as much about as about the recipient
	mentions []about // persons it is less about
}

// unitView is one unit in the eyes of a recipient.
type unitView struct {
	*Unit
	own     tally
	foreign map[Key]*tally
	order   []Key // of foreign, by first finding
}

// about is a person whom a mail tells something about.
type about struct {
	person Key
	kinds  []jp.Kind
	where  string
}

func newView(j *judge, r *Recipient) *view {
	v := &view{j: j, r: r}
	for i := range j.e.Units {
		v.units = append(v.units, v.unit(&j.e.Units[i]))
	}
	v.weigh()
	return v
}

func (v *view) unit(u *Unit) unitView {
	uv := unitView{Unit: u, foreign: map[Key]*tally{}}
	for i := range u.Findings {
		f := &u.Findings[i]
		if f.Company {
			continue
		}
		if v.isOwn(f) {
			uv.own.add(f)
			continue
		}
		if v.r.Granted[f.Kind] {
			continue
		}
		for _, p := range v.subjects(f) {
			if uv.foreign[p] == nil {
				uv.foreign[p] = &tally{}
				uv.order = append(uv.order, p)
			}
			uv.foreign[p].add(f)
		}
	}
	return uv
}

// isOwn tells whether a finding is the recipient's own: declared for one of
// its persons, learned by it, its own address, or kept at its company.
func (v *view) isOwn(f *Finding) bool {
	if f.Ident == v.r.Key || intersects(f.Owners, v.r.Persons) {
		return true
	}
	if isHousehold(f.Kind, f.Class) && v.r.CompanyDomain && slices.Contains(f.Domains, v.r.Domain) {
		return true
	}
	return len(f.Owners) == 0 && slices.ContainsFunc(v.sightings(f.Ident), func(s Sighting) bool {
		return s.Learned && s.Recipient == v.r.Key
	})
}

// subjects are the persons a finding that is not the recipient's own tells
// about: its declared owners, else the recipients that have learned it.
func (v *view) subjects(f *Finding) []Key {
	if len(f.Owners) > 0 {
		return f.Owners
	}
	var learned []Key
	for _, s := range v.sightings(f.Ident) {
		if s.Learned {
			learned = append(learned, s.Recipient)
		}
	}
	return learned
}

// weigh sorts the persons of the mail into those it is about and those it
// mentions.
func (v *view) weigh() {
	for i := range v.units {
		u := &v.units[i]
		for _, p := range u.order {
			t := u.foreign[p]
			switch {
			case t.identified() && t.weight() >= u.own.weight():
				v.about = addAbout(v.about, p, t)
			case t.identified() || v.slipped(u, t):
				v.mentions = addAbout(v.mentions, p, t)
			}
		}
	}
}

// slipped tells whether a unit names another where the recipient's own name
// should stand: a greeting that has slipped by a row.
func (v *view) slipped(u *unitView, t *tally) bool {
	return t.name > 0 && u.own.name == 0 && slices.ContainsFunc(v.r.Persons, func(p Key) bool {
		return v.j.e.People[p].Named
	})
}

func addAbout(list []about, p Key, t *tally) []about {
	for i := range list {
		if list[i].person == p {
			for _, k := range t.listKinds() {
				if !slices.Contains(list[i].kinds, k) {
					list[i].kinds = append(list[i].kinds, k)
				}
			}
			slices.Sort(list[i].kinds)
			return list
		}
	}
	return append(list, about{p, t.listKinds(), t.firstPlace})
}

// sightings are those of the counts that still count, and those the mail's
// earlier recipients add.
func (v *view) sightings(ident Key) []Sighting {
	since := v.j.e.At.Add(-v.j.e.Stream.Window)
	var live []Sighting
	for _, s := range v.j.c.Sightings[ident] {
		if s.Learned || s.At.After(since) {
			live = append(live, s)
		}
	}
	return append(live, v.j.seen[ident]...)
}

// exposures are whose data would go to the recipient.
func (v *view) exposures() []Exposure {
	var list []Exposure
	add := func(e Exposure) {
		if !slices.Contains(list, e) {
			list = append(list, e)
		}
	}
	for i := range v.units {
		u := &v.units[i]
		for k := range u.Findings {
			f := &u.Findings[k]
			switch {
			case f.Company:
			case v.isOwn(f):
				for _, p := range ownersAmong(f.Owners, v.r.Persons) {
					add(Exposure{Person: p, Ident: f.Ident, Kind: f.Kind, Own: true})
				}
			case len(f.Owners) > 0:
				for _, p := range f.Owners {
					if v.exposed(u, p) {
						add(Exposure{Person: p, Ident: f.Ident, Kind: f.Kind})
					}
				}
			default:
				add(Exposure{Ident: f.Ident, Kind: f.Kind})
			}
		}
	}
	return list
}

// exposed tells whether a unit says something about a person, not only a name
// that somebody else bears too. Granted exposures are exposures.
func (v *view) exposed(u *unitView, p Key) bool {
	var t tally
	for i := range u.Findings {
		if f := &u.Findings[i]; !f.Company && slices.Contains(f.Owners, p) {
			t.add(f)
		}
	}
	return t.identified() || v.slipped(u, &t)
}

// ownersAmong are the owners that are persons of the recipient; one zero key
// when the identifier is its own without a declared person.
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
	return slices.ContainsFunc(a, func(k Key) bool { return slices.Contains(b, k) })
}

// release adds what it changes in the counts that the recipient gets the mail.
func (v *view) release(fx *Effects) {
	if v.r.Company {
		return
	}
	for _, id := range v.counted(true) {
		s, ok := v.sight(id)
		if !ok {
			continue
		}
		v.j.seen[id.ident] = append(v.j.seen[id.ident], s)
		fx.Sightings = append(fx.Sightings, SightingEffect{id.ident, s})
	}
	for _, rc := range v.receipts() {
		v.j.got[v.r.Key] = append(v.j.got[v.r.Key], rc)
		fx.Received = append(fx.Received, ReceiptEffect{v.r.Key, rc})
	}
}

// sight is the sighting of an identifier by the recipient after a release, and
// whether it changes anything. Far beyond every limit nothing more is counted,
// so that an observed flood does not grow the counts.
func (v *view) sight(id counted) (Sighting, bool) {
	all := v.sightings(id.ident)
	day := dayOf(v.j.e.At)
	s := Sighting{Recipient: v.r.Key}
	others := 0
	for _, o := range all {
		if o.Recipient == v.r.Key {
			s = o
		} else {
			others++
		}
	}
	if s.At.IsZero() && others > v.j.e.Stream.FanOut+2 {
		return s, false
	}
	s.At = v.j.e.At
	if v.j.e.Stream.Mode == policy.Enforce && s.LastDay != day {
		s.LastDay, s.Days = day, s.Days+1
	}
	// Learned: two enforced releases on different days, and it went nowhere else.
	s.Learned = s.Learned || !id.declared && !id.attachment && s.Days >= 2 && others == 0
	return s, true
}
