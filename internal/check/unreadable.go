package check

// unreadable is rule 7: hold what could not be read, decoded or judged, unless
// the stream allows its type (P5). Inline images pass and are listed.
func unreadable(v *view) []Reason {
	var reasons []Reason
	for i, u := range v.j.e.Unread {
		if i == mostReasons {
			return append(reasons, Reason{Rule: Unreadable, Count: len(v.j.e.Unread) - i})
		}
		reasons = append(reasons, Reason{Rule: Unreadable, Where: u.Where, Detail: u.Why})
	}
	return reasons
}
