// Package incident keeps the course of a response: what happened, what was done
// and by whom, as a list of events that only grows.
//
// It keeps true that an incident's state is what its events say and nothing
// else: [Fold] makes it from the list, [Incident.Next] refuses a step that may
// not come yet. Nothing in the list is changed; what was wrong is corrected by a
// later event that says so. So the list can stand in the evidence log event by
// event, and whoever reads it later sees what was known when.
//
// A held mail is no incident. Only mail that left, or may have left, opens one.
//
// The package is pure: times and names are handed to it.
package incident
