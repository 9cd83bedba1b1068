// Package feed reads people from the shop's own database: PostgreSQL, or MySQL
// and MariaDB.
//
// It keeps true that nothing is ever written there (each question is asked in a
// read-only transaction, as one state of the database), that a question that
// hangs ends, that no more than a row is in memory, that no row is lost between
// one question and the next, and that no error shows a password or a value.
//
// # Places
//
// A question with a watermark column is asked for the rows whose watermark is at
// or beyond the place the last one reached, and for those without one. Rows at
// the border come again; taking them in again changes nothing. A transaction that
// was open while the last question was asked may write an older time after it:
// so the place of a time is taken five minutes back. Numbers and texts are
// taken as they are. A time in the future, which a wrong clock wrote, moves no
// place: all that is written until then would be lost.
//
// The query is put in parentheses, as a table of its own, so that it can be any
// query; the watermark is a bound parameter.
package feed
