// Package relay is the door out: it hands released mail to the company's mail
// relay and tells what became of it, recipient by recipient.
//
// It keeps true that a mail goes to the relay byte for byte, that the fate of
// each recipient is known from the relay's own words, and that the only window
// for a duplicate is a lost answer to the final dot, which is counted. To that
// end a connection that timed out, was cancelled or said something odd is
// never used again, nothing is ever converted or sent in clear instead of
// under TLS, and permission to send is asked right before DATA.
//
// [Client] speaks SMTP over a bounded pool of connections, [Runner] carries
// jobs from a [Queue] to it, [NextTry] and [Expired] are the calendar of
// retries, [DSN] writes the notice to the sender of what could not be
// delivered.
package relay
