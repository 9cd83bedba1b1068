// Package response runs the response to mail that has left and should not have:
// what the officer, the call centre and the people written to may ask and do.
// It is to an incident what admin is to the mails that wait.
//
// It keeps true that every step of a response is in the incident's course, in
// the audit and in the evidence log with what it does, in one transaction; that
// no letter and no answer goes out that the course does not allow; and that what
// is kept of an incident is sealed under a key of its own, which can be
// destroyed.
package response
