// Package public holds the shapes in which a company and the public speak with
// each other: what is announced, what is answered, what comes in through the
// forms.
//
// It keeps true that what was published stays as it was: an Edition is its
// bytes, known by their SHA-256; a later one says what it changed, and Changes
// finds every figure, time and section that differs, whether it says so or not.
//
// It is pure: times and reference numbers are handed in. Nothing here is secret
// but a Result, and the words the public typed.
package public
