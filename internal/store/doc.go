// Package store keeps everything Kakitome knows on disk, in SQLite or in
// PostgreSQL 15+, with one SQL text for both.
//
// It keeps true: what a transaction wrote is on disk when Write returns, all of
// it or nothing (P3, P4); no two nodes count the same identifier at one time
// (P2); a delivery changes its state only as package custody allows; each
// decision has a leaf in the evidence log of the node that made it, in the same
// transaction (P9); and no column holds clear personal data (P8): identifiers,
// persons, recipients and clients are keyed hashes, addresses, bodies and
// explanations come sealed and are never opened here.
//
// # How it is stored
//
// A mail has a number, counted up. A delivery's number is that of its mail ×
// 65,536 + its own within the mail, so mails, deliveries and exposures lie in
// the same order and need no index to find each other. Times are microseconds
// since 1970, UTC, 0 for none. Lists of keys are their bytes, one after the
// other. Rules are text with a comma before and after each, ",ownership,stale,".
//
// SQLite has one writing connection and a few reading ones. On PostgreSQL a
// transaction locks the keys it counts as advisory locks in one fixed order,
// and statements that answer nothing travel together in one round trip.
//
// The package has no clock of its own: whoever calls says what time it is.
package store
