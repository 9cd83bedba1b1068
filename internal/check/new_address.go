package check

// newAddress is rule 5: hold when the recipient's address belongs to nobody
// and the mail is about exactly one declared person. The address may be
// mistyped, a look-alike (incidents 98–109), or a change the roster has not
// seen yet; then the held mail fits as soon as the roster knows, and leaves by
// itself.
func newAddress(v *view) []Reason {
	if !v.nobodys() || len(v.about) != 1 {
		return nil
	}
	return personReasons(NewAddress, v.about)
}
