// Package app puts the rooms together: New, Start, Stop.
//
// It is the one composition root and the only package that imports everything.
// It keeps true that what was started is stopped in the reverse order, each
// step by its name; that doors open last and close first, so that no mail
// comes in which nobody could record; and that one data directory has one
// owner.
package app
