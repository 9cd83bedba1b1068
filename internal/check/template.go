package check

// template is rule 8: hold a mail with a merge field nobody filled (incident
// 89: a bank's notice with {%D1%} in it).
func template(v *view) []Reason {
	if len(v.j.e.Templates) == 0 {
		return nil
	}
	t := v.j.e.Templates[0]
	return []Reason{{Rule: Template, Where: t.Where, Detail: t.What, Count: len(v.j.e.Templates)}}
}
