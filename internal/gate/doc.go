// Package gate is the one path of a mail: receive, examine, decide, record.
//
// Every door hands its mails to Gate.Receive and to nothing else, so that the
// doors cannot drift apart. The gate keeps true that no mail is answered 250
// before the decision, the exposures and the sealed mail are on disk (P3), that
// what cannot be recorded is not kept (451), and that all mails of a node are
// decided one after the other by one recorder, many in one transaction, on
// counts read in it (P2).
package gate
