// Package law knows which law asks what, of whom and until when, once personal
// data has leaked, and drafts the reports it asks for.
//
// It keeps true: what is not known is taken to apply, provisionally, and never
// passed over in silence; a deadline is never later than the law's and never
// before its start; what a rule says comes from a dated data file that names its
// source and how far it can be trusted; a draft says "unknown" where something
// is, and carries no contact data of a person.
//
// The rules are data (packs/*.yaml, read by [Load]); this package counts. A rule
// is chosen by the day of the event, so that an incident of last year is judged
// by last year's law. Nothing here is legal advice: every draft is headed as one
// for a person to check. See docs/design/law.md.
//
// The package is pure: time and zones are handed in, and its functions are safe
// for concurrent use.
package law
