// Package e2e holds the tests of the whole program: mail goes in at the SMTP
// door, from real clients and from hostile ones, and is looked at where it
// arrives.
//
// It keeps true what the design promises from one end to the other: a mail
// arrives byte for byte or not at all, once, and only with its decision on
// record; what was accepted is never lost, and what is stopped stays stopped.
package e2e
