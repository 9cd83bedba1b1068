// Package scope says whose data went to whom: person × kind of data ×
// recipient, each with what became of it.
//
// It keeps true that a number is never better than what is known. Everything
// counted has a lower bound, what went wrong and was relayed for certain, and
// an upper one, with all that may have left; people are counted, not mails; the
// guests of whom only identifiers are known widen the upper bound alone. What
// was not read is named, and while anything is, or while no second, independent
// computation has found exactly the same, nobody may be told that their data
// stayed where it was (RS.AN-08).
//
// The package is pure. Facts come from the ledger's tables (first computation)
// or from the bodies themselves (second); it does not know which.
package scope
