// Package check is the core: it says for each recipient of a mail whether the
// personal data in the mail may go there.
//
// Examine reads a mail against the roster and the policy, outside of any
// transaction. Decide applies the eleven rules to what was examined and to the
// counts of the ledger, inside the transaction that records the decision. Both
// are pure: the same mail, roster version, policy and counts give the same
// verdict at the door, in `kakitome check`, in a replay and in a test.
//
// It keeps promises P1 (a mail leaves for a recipient only if it is more about
// that recipient than about anyone else) and P2 (one person's identifier
// reaches at most fan_out others), and fails closed (P5).
//
// Each rule has a file of its own, named after it, and cases under testdata.
package check
