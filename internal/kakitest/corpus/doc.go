// Package corpus makes up the mail of a shop, right and wrong: tens of
// thousands of mails of every kind a shop sends, and every way such mail has
// gone wrong in public, the same for the same seed.
//
// It keeps true that each mail says of each of its recipients whether it
// should leave for it (Truth), and that this is known from how the mail came
// to be, never from a rule: a Kind tells a story (somebody orders, a list slips
// by a row), and whoever writes the story knows whose data goes to whom. The
// people are those of package people; nobody is real.
//
// A new kind is one function in a file of its sort (orders.go, leaks_batch.go …)
// and one line in its table. Right mail runs as one long stream of all kinds
// (Shop.Right); each wrong story stands alone (Shop.Wrong), to be told after a
// background of right mail. A right kind is right by its story, whether or not
// the rules of today let it go; what the operator must say for it (a grant, a
// store's telephone) is in Shop.Policy, and the kind says so.
//
// What mail says is written by a Story (prose.go, spell.go: values in every
// usual spelling), how it is written by a Look (look.go, field.go, markup.go,
// files.go: charsets, encodings, HTML, attachments); right and wrong kinds share
// both.
package corpus
