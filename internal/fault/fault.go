// Package fault is the one error type at Kakitome's borders.
//
// It keeps true that every error a person or a program outside can see has a
// kind with one fixed SMTP and one fixed HTTP answer, and that the text of an
// error nobody classified never leaves the process: to the outside it is
// "internal error", to the operator's log it is the whole chain.
package fault

import (
	"errors"
	"fmt"
)

// Kind says what sort of thing went wrong. The values are stable: they are
// written to JSON by name and never renumbered.
type Kind uint8

// The kinds, each with its answers in the table of wire.go.
const (
	Internal     Kind = iota // a defect or an error nobody classified; its text stays inside
	Invalid                  // the request, argument or configuration is wrong; the caller can mend it
	NotFound                 // what was named does not exist
	Conflict                 // the thing changed meanwhile or is in another state than required
	Unauthorized             // who are you
	Denied                   // you may not
	TooLarge                 // over a stated limit of size
	Malformed                // bytes that are no mail: bare CR or LF, NUL
	Structure                // a mail whose structure is over the limits
	Unavailable              // the store or the relay does not answer; nothing was kept, try again
	Busy                     // a limit of connections or of work under way; try again
)

// Error is a classified error. Msg is fit for the person outside; Err is not.
type Error struct {
	Kind Kind
	Op   string // what was being done, such as "import roster"
	Msg  string // one sentence for the person outside, no personal data
	Hint string // what to do about it, or empty
	Err  error  // the cause, for the log only
}

// New makes an error of a kind with a message for the outside.
func New(kind Kind, op, msg string) *Error { return &Error{Kind: kind, Op: op, Msg: msg} }

// Newf is New with a formatted message.
func Newf(kind Kind, op, format string, args ...any) *Error {
	return &Error{Kind: kind, Op: op, Msg: fmt.Sprintf(format, args...)}
}

// Wrap classifies err. Its text goes to the log, msg to the outside.
func Wrap(kind Kind, op, msg string, err error) *Error {
	return &Error{Kind: kind, Op: op, Msg: msg, Err: err}
}

// WithHint returns the same error with a hint.
func (e *Error) WithHint(hint string) *Error {
	c := *e
	c.Hint = hint
	return &c
}

func (e *Error) Error() string {
	s := e.Msg
	if e.Op != "" {
		s = e.Op + ": " + s
	}
	if e.Err != nil {
		s += ": " + e.Err.Error()
	}
	return s
}

// Unwrap gives the cause.
func (e *Error) Unwrap() error { return e.Err }

// KindOf is the kind of the outermost classified error in the chain, Internal
// when there is none.
func KindOf(err error) Kind {
	var e *Error
	if errors.As(err, &e) {
		return e.Kind
	}
	return Internal
}

// Outside is the text a person outside may read: the message of the outermost
// classified error, or "internal error".
func Outside(err error) string {
	var e *Error
	if errors.As(err, &e) && e.Kind != Internal {
		return e.Msg
	}
	return "internal error"
}

// HintOf is the hint of the outermost classified error, or empty.
func HintOf(err error) string {
	var e *Error
	if errors.As(err, &e) {
		return e.Hint
	}
	return ""
}
