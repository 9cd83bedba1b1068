// Package kakitest starts the whole program inside a test: a data directory of
// its own, doors on free loopback ports, a relay that keeps what it gets.
//
// It keeps true that a test speaks to the program through its real doors only:
// SMTP, the control socket, and what arrives at the relay.
package kakitest
