package check

// newAddress is rule 5: hold when the recipient's address belongs to nobody
// and the mail is about exactly one declared person. The address may be
// mistyped, a look-alike (incidents 98–109), or a change the roster has not
// seen yet; then the held mail fits as soon as the roster knows, and leaves by
// itself.
func newAddress(v *view) []Reason {
	return personReasons(NewAddress, v.misaddressed())
}

// misaddressed is the one declared person whom a mail to nobody's address is
// about, or empty.
func (v *view) misaddressed() []about {
	if len(v.r.Persons) > 0 {
		return nil
	}
	var declared []about
	for _, a := range v.about.list {
		if _, ok := v.j.e.People[a.person]; !ok { // somebody learned by its mail
			continue
		}
		if declared = append(declared, a); len(declared) > 1 {
			return nil
		}
	}
	return declared
}
