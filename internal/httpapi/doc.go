// Package httpapi is the door for staff and scripts: JSON over HTTP on the
// control socket in the data directory.
//
// It only speaks the protocol: every request is one call of the Desk, every
// answer one of the client package's types, every error a problem document
// (RFC 9457) made from its fault. It keeps true that nothing is asked without
// a name for the audit: who holds the other end of the socket.
package httpapi
