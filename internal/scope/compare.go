package scope

import (
	"slices"
	"time"
)

// Check says what a second, independent computation found.
type Check struct {
	At time.Time // zero: none was made
	// From what each mail was computed again: its sealed body; the record of the
	// decision in the evidence log, where the body is gone; or neither.
	Bodies, Evidence, Neither int
	Differences               []Difference
	// Records is how many records of the streams and times selected were gone
	// through for wrong deliveries; Omitted are those deliveries of them that the
	// selection has not.
	Records int
	Omitted []string
}

// Difference is a row on which two computations do not agree.
type Difference struct {
	Subject
	A, B       Fates    // zero: the row is not there
	Deliveries []string // of either
	Cause      Cause
}

// Cause is why two computations may differ.
type Cause string

// The causes. An empty one is not known, and is to be looked into by a person.
const (
	Purged  Cause = "the body is gone"
	Foreign Cause = "a foreign mail without content"
	Changed Cause = "the roster of that time is not kept any more"
	Policy  Cause = "the policy has changed since"
	Learned Cause = "somebody may have learned the identifier since"
	Moved   Cause = "the delivery moved on between the two"
	Erased  Cause = "the evidence is erased"
)

// Compare lists every row that two scopes do not have alike. Causes names what
// is known of a mail that may explain it, by mail id; it may be nil.
func Compare(a, b *Scope, causes map[string]Cause) []Difference {
	var list []Difference
	i, k := 0, 0
	for i < len(a.Rows) || k < len(b.Rows) {
		order := -1
		switch {
		case i == len(a.Rows):
			order = 1
		case k < len(b.Rows):
			order = compareSubjects(a.Rows[i].Subject, b.Rows[k].Subject)
		}
		var d Difference
		if order <= 0 {
			r := &a.Rows[i]
			d.Subject, d.A, d.Deliveries = r.Subject, r.Fates, r.Deliveries
			i++
		}
		if order >= 0 {
			r := &b.Rows[k]
			d.Subject, d.B = r.Subject, r.Fates
			d.Deliveries = sorted(slices.Concat(d.Deliveries, r.Deliveries))
			k++
		}
		if d.A != d.B {
			d.Cause = causeOf(&d, causes)
			list = append(list, d)
		}
	}
	return list
}

func causeOf(d *Difference, causes map[string]Cause) Cause {
	for _, delivery := range d.Deliveries {
		if c := causes[MailOf(delivery)]; c != "" {
			return c
		}
	}
	if d.A != (Fates{}) && d.B != (Fates{}) {
		return Moved
	}
	return ""
}

// Change is what a later version of a scope says otherwise than an earlier one.
type Change struct {
	Before, After Numbers
	Rows          []Difference // A: before
	// Persons whose data left, or may have, by the later version alone, and by
	// the earlier alone.
	Added, Removed []Person
}

// Changes compares two versions.
func Changes(before, after *Scope) Change {
	c := Change{Before: before.Numbers, After: after.Numbers, Rows: Compare(before, after, nil)}
	for i := range c.Rows {
		c.Rows[i].Cause = ""
	}
	c.Added, c.Removed = onlyIn(after, before), onlyIn(before, after)
	return c
}

// onlyIn are the persons exposed in a and not in b.
func onlyIn(a, b *Scope) []Person {
	var list []Person
	for i := range a.Persons {
		if p, ok := b.Person(a.Persons[i].Key); a.Persons[i].AtMost() && (!ok || !p.AtMost()) {
			list = append(list, a.Persons[i])
		}
	}
	return list
}
