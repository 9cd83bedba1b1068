// Package demo is the member shop of July 2019 as a small real program, and the
// drill that plays its incident against the real gateway.
//
// It keeps true that nothing is staged: the shop speaks SMTP to a whole gateway
// on loopback, the relay is a mail server that counts what really arrives, the
// alarm is a web server that is really called, and staff act through the public
// client. What the drill says was measured in that run; a promise that does not
// hold is named and fails it. Everybody in it is made up, and whatever it wrote
// is removed at its end.
package demo
