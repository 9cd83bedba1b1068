package demo

import (
	"context"
	"crypto/sha256"
	"fmt"
	"strings"
	"sync"
	"sync/atomic"

	"github.com/emersion/go-smtp"
)

// connections is how many of them the shop opens to the gateway at one time.
const connections = 32

// posted counts the gateway's answers.
type posted struct{ released, held atomic.Int64 }

// post hands letters in, in order, over many connections at one time; tick is
// called after each. Each letter must be taken; any refusal ends it.
func post(ctx context.Context, addr string, letters []*letter, tick func()) (*posted, error) {
	ctx, stop := context.WithCancelCause(ctx)
	defer stop(nil)
	queue, count := make(chan *letter), &posted{}
	var workers sync.WaitGroup
	for range min(connections, len(letters)) {
		workers.Go(func() {
			if err := carry(ctx, addr, queue, count, tick); err != nil {
				stop(err)
			}
		})
	}
	for _, l := range letters {
		select {
		case queue <- l:
		case <-ctx.Done():
		}
	}
	close(queue)
	workers.Wait()
	return count, context.Cause(ctx)
}

// carry hands in what comes from the queue over one connection.
func carry(ctx context.Context, addr string, queue <-chan *letter, count *posted, tick func()) error {
	c, err := smtp.Dial(addr)
	if err != nil {
		return fmt.Errorf("connect to the gateway: %w", err)
	}
	defer func() { _ = c.Close() }()
	for l := range queue {
		if ctx.Err() != nil {
			return nil
		}
		answer, err := handIn(c, l)
		if err != nil {
			return fmt.Errorf("hand in mail %s: %w", l.Order.No, err)
		}
		switch {
		case strings.Contains(answer, " held"):
			count.held.Add(1)
		case strings.Contains(answer, " released"):
			count.released.Add(1)
		default:
			return fmt.Errorf("hand in mail %s: the answer is neither released nor held: %s", l.Order.No, answer)
		}
		tick()
	}
	return c.Quit()
}

// handIn hands one letter in and returns the answer to DATA.
func handIn(c *smtp.Client, l *letter) (answer string, err error) {
	data, err := l.bytes()
	if err != nil {
		return "", err
	}
	if err := c.Mail(shopFrom, nil); err != nil {
		return "", err
	}
	if err := c.Rcpt(l.To.Email, nil); err != nil {
		return "", err
	}
	w, err := c.Data()
	if err != nil {
		return "", err
	}
	for _, part := range [][]byte{[]byte("X-Kakitome-Stream: " + l.Stream + "\r\n"), data} {
		if _, err := w.Write(part); err != nil {
			return "", err
		}
	}
	r, err := w.CloseWithResponse()
	if err != nil {
		return "", err
	}
	return r.StatusText, nil
}

// digest is what a letter's bytes are compared by.
func digest(data []byte) [32]byte { return sha256.Sum256(data) }
