// Package people makes up people of Japan: any number of them, each the same
// for the same seed.
//
// It keeps true that nobody is real and that what belongs together fits
// together: a name with its readings, a household with its address, surname and
// landline, a landline with its town, a given name with the years in which it was
// given. Names come about as often as they do in Japan, so there are namesakes;
// some households live in flats of one house. Mobile numbers and e-mail addresses are
// unique; e-mail addresses are at example domains (RFC 2606, RFC 6761).
package people
