package check

import "github.com/kakitome/kakitome/internal/jp"

// visibleRecipients is rule 2: hold when the recipient would see addresses of
// other persons in To, Cc or Bcc (incidents 42–79, a third of all), unless
// they are of its own company, its household, or granted.
func visibleRecipients(v *view) []Reason {
	if v.r.Granted[jp.Email] {
		return nil
	}
	var others []about
	for i := range v.j.e.Visible {
		o := &v.j.e.Visible[i]
		if o.Key != v.r.Key && !o.Company && !v.together(o) {
			others = append(others, about{first(o.Persons), 1 << jp.Email, o.Where})
		}
	}
	return personReasons(VisibleRecipients, others)
}

// together tells whether the recipient and a visible address belong together.
func (v *view) together(o *Visible) bool {
	if v.r.CompanyDomain && o.CompanyDomain && v.r.Domain == o.Domain {
		return true
	}
	return intersects(v.r.Persons, o.Persons) || intersects(v.r.Household, o.Household)
}
