// Package client speaks to a running Kakitome server: what staff and scripts
// may ask and do, one method each. The kakitome command is built on it.
//
// It keeps true that every answer is one of the types in types.go, whose JSON
// is what `--json` prints, and that an error answer is a *Problem with its
// hint. The server listens on a Unix socket in its data directory; who may
// open the socket may ask everything.
package client
