// Package survey says whose data went to whom: from the tables of the ledger,
// and again from the mails themselves or their records. It takes in what another
// system has of an incident, replays an incident on today's rules, and gives a
// scope out with its proofs.
//
// It keeps true that the two computations share nothing but the rules and the
// facts of delivery, and that whatever neither can see is named.
package survey
