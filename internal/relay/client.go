package relay

import (
	"context"
	"errors"
	"sync/atomic"

	"github.com/kakitome/kakitome/internal/mail"
)

// Client sends mail to one relay. It is safe for use by many goroutines.
type Client struct {
	o     Options
	pool  *pool
	known atomic.Pointer[Extensions]
}

// New checks the options; it does not connect. The error is fault.Invalid.
func New(o Options) (*Client, error) {
	o, err := o.complete()
	if err != nil {
		return nil, err
	}
	c := &Client{o: o}
	c.pool = &pool{
		open: c.open, log: o.Log, max: o.MaxConns, idle: o.IdleTimeout, uses: o.MaxPerConn,
		changed: make(chan struct{}),
	}
	return c, nil
}

func (c *Client) open(ctx context.Context) (*session, error) {
	s, err := open(ctx, &c.o)
	if err != nil {
		return nil, err
	}
	ext := s.ext
	c.known.Store(&ext)
	return s, nil
}

// Extensions are those of the newest connection; known is false before the
// first one, see Probe.
func (c *Client) Extensions() (ext Extensions, known bool) {
	if p := c.known.Load(); p != nil {
		return *p, true
	}
	return Extensions{}, false
}

// Probe makes sure that a connection can be had, and learns the extensions.
func (c *Client) Probe(ctx context.Context) error {
	s, err := c.pool.get(ctx, false)
	if err != nil {
		return err
	}
	c.pool.put(s)
	return nil
}

// Close ends the idle connections; those in use end with their mail. Nothing
// can be sent afterwards.
func (c *Client) Close() { c.pool.close() }

// message is what Send was asked to send.
type message struct {
	env   mail.Envelope
	data  [][]byte
	size  int // of data, in bytes
	start func() error
}

// Send hands a mail to the relay and gives the outcome for each recipient, in
// their order. The content is the slices of data one after the other, CRLF line
// ends, each whole lines. start is asked once, right before DATA; when it
// objects nothing is sent.
//
// An error means that the mail is untouched, every outcome Deferred: start
// objected (its error is wrapped), ctx ended before DATA, or no connection
// could be had (*Unreachable). When ctx ends later the connection is dropped.
func (c *Client) Send(ctx context.Context, env mail.Envelope, data [][]byte, start func() error) ([]Outcome, error) {
	n := len(env.Recipients)
	switch {
	case n == 0:
		return nil, nil
	case unsayable(env):
		return badAddress.all(n), nil
	case !wellFormed(data):
		return badLines.all(n), nil
	}
	m := message{env, data, size(data), start}
	out, err := c.attempt(ctx, m, false)
	if errors.Is(err, errStale) {
		out, err = c.attempt(ctx, m, true)
	}
	if err != nil {
		return untouched.all(n), err
	}
	return out, nil
}

func (c *Client) attempt(ctx context.Context, m message, fresh bool) ([]Outcome, error) {
	s, err := c.pool.get(ctx, fresh)
	if err != nil {
		return nil, err
	}
	defer c.pool.put(s)
	return s.transact(ctx, m)
}
