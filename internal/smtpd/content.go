package smtpd

import (
	"bufio"
	"bytes"
	"errors"

	"github.com/kakitome/kakitome/internal/fault"
)

const (
	firstStep  = 8 << 10  // octets taken from the budget when DATA begins,
	boldStep   = 64 << 10 // or up to so many when SIZE announced them
	drainTimes = 4        // times the message limit read after a refusal
)

var errDrained = errors.New("content goes on far beyond the limit")

// content is what follows DATA up to <CRLF>.<CRLF>, and only that: no other
// sequence ends it (RFC 5321 §4.1.1.4). It is kept dot-unstuffed, or refused
// and forgotten while the rest is read to keep the session in step.
type content struct {
	limit   int64 // octets of content (RFC 1870 §3: dots and the end do not count)
	line    int   // octets of one line without its CRLF
	budget  *budget
	data    []byte
	seen    int64
	lineLen int
	begin   bool // at the beginning of a line
	cr      bool // the last piece ended in CR
	refused error
}

// newContent gives false when the budget has no room for the first step. A
// SIZE that was announced saves growing, but reserves little: it costs a client
// nothing to announce much.
func newContent(o Options, announced int64, b *budget) (*content, bool) {
	c := &content{limit: o.MaxMessage, line: o.MaxLine, budget: b, begin: true}
	return c, c.grow(min(max(firstStep, announced), boldStep, c.limit))
}

// read takes everything up to the end of the content. An error means that the
// end was not seen: nothing after it may be taken for a command.
func (c *content) read(r *bufio.Reader) error {
	for {
		piece, err := r.ReadSlice('\n')
		if err != nil && !errors.Is(err, bufio.ErrBufferFull) {
			return err
		}
		if c.begin && string(piece) == ".\r\n" {
			return nil
		}
		c.take(piece)
		if c.seen/(1+drainTimes) > c.limit {
			return errDrained
		}
	}
}

// take looks at a line, or at a piece of one longer than the reader's buffer.
func (c *content) take(piece []byte) {
	if c.begin && piece[0] == '.' {
		piece = piece[1:]
	}
	text, ended, clean := split(piece, c.cr)
	if !clean || bytes.IndexByte(text, '\r') >= 0 || bytes.IndexByte(text, 0) >= 0 {
		c.refuse(fault.New(fault.Malformed, "read content", "bare CR, bare LF or NUL in the content"))
	}
	c.lineLen += len(text)
	if c.lineLen > c.line {
		c.refuse(fault.Newf(fault.Structure, "read content", "a line is longer than %d octets", c.line))
	}
	if ended {
		c.lineLen = 0
	}
	c.begin = ended
	c.cr = !ended && piece[len(piece)-1] == '\r'
	c.keep(piece)
}

// split takes the line end off a piece. cr says that the piece before ended in
// CR; ended, that this one ends in CRLF; clean, that neither a CR before it nor
// an LF at its end stands alone.
func split(piece []byte, cr bool) (text []byte, ended, clean bool) {
	last := len(piece) - 1
	switch {
	case piece[last] == '\n' && last > 0 && piece[last-1] == '\r':
		return piece[:last-1], true, !cr
	case piece[last] == '\n':
		return piece[:last], last == 0 && cr, last == 0 && cr
	case piece[last] == '\r':
		return piece[:last], false, !cr
	}
	return piece, false, !cr
}

func (c *content) keep(piece []byte) {
	c.seen += int64(len(piece))
	if c.refused != nil {
		return
	}
	if c.seen > c.limit {
		c.refuse(fault.Newf(fault.TooLarge, "read content", "message is larger than %d octets", c.limit))
		return
	}
	if c.seen > int64(cap(c.data)) && !c.grow(min(max(2*int64(cap(c.data)), c.seen), c.limit)) {
		c.refuse(errBusy())
		return
	}
	c.data = append(c.data, piece...)
}

// grow moves the data to a larger array. Both count until the old one is free.
func (c *content) grow(size int64) bool {
	if !c.budget.take(size) {
		return false
	}
	old := int64(cap(c.data))
	c.data = append(make([]byte, 0, size), c.data...)
	c.budget.give(old)
	return true
}

// refuse keeps the first reason and forgets the data.
func (c *content) refuse(err error) {
	if c.refused == nil {
		c.refused = err
	}
	c.free()
}

// free gives the memory back. The data must not be used any more.
func (c *content) free() {
	c.budget.give(int64(cap(c.data)))
	c.data = nil
}

func errBusy() error {
	return fault.New(fault.Busy, "read content", "too much mail under way, try again later")
}
