// Package ledger is Kakitome's tamper-evident log: its format, its proofs and
// its verification. An auditor needs this package, a copy of the log and the
// log's public key, and nothing else of Kakitome; it imports the standard
// library and golang.org/x/mod only, and touches no clock, disk or network.
//
// What it keeps true: an entry once covered by a signed head cannot be changed,
// reordered, inserted or taken away without Verify, or a proof against that
// head, saying so; and a record can be erased, as privacy law demands, without
// touching any proof.
//
// # Format
//
// A record is canonical JSON, at most MaxRecord bytes: one object without white
// space, members sorted by the bytes of their UTF-8 names and named once,
// integers only and within ±(2^53-1) (RFC 7493 §2.2), strings escaped only
// where RFC 8259 §7 demands it: \" \\ \b \f \n \r \t, and \u00xx in lower case
// for the other control characters. Its member "kind" says what it records.
//
// A commitment hides a record: HMAC-SHA256 (RFC 2104) with a random key of 32
// bytes, the salt, over the record. Each record has its own salt; no salt is
// derived from anything. Once record and salt are erased the commitment is a
// random value that no guess of the record can be tested against.
//
// A leaf is the 32 bytes of a commitment. The tree over the leaves is that of
// RFC 6962 §2.1: a leaf hashes to SHA-256(0x00 || leaf), a node to
// SHA-256(0x01 || left || right). The hashes of all complete subtrees are
// stored in the order of golang.org/x/mod/sumdb/tlog.StoredHashIndex, so that
// appending only ever appends.
//
// A head is the state of a log at one size, signed: a C2SP signed note holding a
// C2SP tlog-checkpoint with one extension line, the time in UTC to the second:
//
//	evidence.shop.example/node-1
//	4711
//	<base64 of the root hash>
//	time 2026-11-22T09:30:00Z
//
//	— evidence.shop.example/node-1 <base64 of key id and Ed25519 signature>
//
// The first line, the origin, is the name of the log and of its key. A log has
// one key for its life; a new key begins a new log.
//
// # Several nodes
//
// Each node writes a log of its own and records the newest heads of the others
// in it, as records of kind "head" (HeadRecord). Whoever rewrites one log must
// then rewrite all. CrossHeads reads the heads of one log out of another, and
// CheckHeads holds a log to them; only that finds a log that was cut back
// together with its own heads.
//
// # Erasing
//
// The commitment stays, record and salt go, and a record of kind "erased"
// (ErasedRecord) says which entries became empty and why. Verify reports
// erased entries that no such record explains.
package ledger
