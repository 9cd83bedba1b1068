// Package custody keeps the law of a mail's states: which there are, which may
// follow which, and who may move it.
//
// It keeps true that nothing vanishes (P4): every delivery is queued, held, or
// in one of the four ends, and an end is reached only by a relay's answer, a
// returned notice, or a named person's decision. The package is pure; the
// store carries the moves out and refuses any other.
package custody

import "fmt"

// State of one mail for one recipient. The values are stable, they are stored.
type State uint8

// The states of design.md, "The way of a mail".
const (
	Queued        State = iota + 1 // released; waits for hold_for, a resumed stream, or the relay
	Held                           // waits for a person, or for a roster change that makes it fit
	Relayed                        // the relay said 250
	Returned                       // failed for good, the sender was told by a DSN
	Undeliverable                  // failed for good and there is nobody to tell (null sender, NOTIFY=NEVER); listed
	Discarded                      // a named person decided so
)

// States lists all states in order.
func States() []State { return []State{Queued, Held, Relayed, Returned, Undeliverable, Discarded} }

func (s State) String() string {
	switch s {
	case Queued:
		return "queued"
	case Held:
		return "held"
	case Relayed:
		return "relayed"
	case Returned:
		return "returned"
	case Undeliverable:
		return "undeliverable"
	case Discarded:
		return "discarded"
	}
	return fmt.Sprintf("state(%d)", uint8(s))
}

// End tells whether nothing follows.
func (s State) End() bool { return s >= Relayed }

// Mover is who may move a mail from one state to another.
type Mover uint8

// The movers.
const (
	Relay  Mover = iota + 1 // the relay's final answer
	Person                  // a named member of staff with a reason, audited
	Judge                   // the gate: recall of waiting mail, staleness, a new verdict after a roster change
)

// May tells whether the mover may bring a mail from one state to another.
func May(m Mover, from, to State) bool {
	switch m {
	case Relay:
		return from == Queued && (to == Relayed || to == Returned || to == Undeliverable)
	case Person:
		return from == Held && (to == Queued || to == Discarded)
	case Judge:
		return from == Queued && to == Held || from == Held && to == Queued
	}
	return false
}
