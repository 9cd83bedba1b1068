// Package upkeep is what a node does by itself, without a mail or a person
// asking: it feels the database's pulse, follows roster changes, judges held
// mail again, lets nothing grow stale in silence, and keeps retention.
//
// It keeps true that a node whose database does not answer for a second stops
// handing mail to the relay (P6), and that one piece of upkeep that fails or
// hangs does not stop the others.
package upkeep
