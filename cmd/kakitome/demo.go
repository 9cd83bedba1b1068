package main

import (
	"errors"
	"fmt"
	"io"
	"os"

	"golang.org/x/term"

	"github.com/kakitome/kakitome/internal/demo"
)

type demoCmd struct {
	asJSON
	Recipients int `help:"How many other members the defect mails to." default:"5000" placeholder:"N"`
}

// errBroken is a drill in which a promise did not hold; which ones was said.
var errBroken = errors.New("a promise of the drill was broken")

// Run plays the drill on a gateway of its own; the configuration file is not
// read, and nothing is left behind.
func (c *demoCmd) Run(e *environment) error {
	if c.Recipients < 0 || c.Recipients > demo.MostRecipients {
		return &usageError{"--recipients is out of range", fmt.Sprintf("0 to %d", demo.MostRecipients)}
	}
	o := demo.Options{Recipients: c.Recipients, Version: version, Log: e.talk}
	done := func() {}
	if terminal(e.talk) {
		o.Progress = func(step string, n, all int) { _, _ = fmt.Fprintf(e.talk, "\r\x1b[K%s: %d of %d", step, n, all) }
		done = func() { _, _ = fmt.Fprint(e.talk, "\r\x1b[K") }
	}
	f, err := demo.Play(e.ctx, o)
	done()
	if err != nil {
		c.broken(e, f)
		return err
	}
	var told error
	if err := e.show(c.JSON, f, func(w io.Writer) { told = demo.Tell(w, f) }); err != nil || told != nil {
		return errors.Join(err, told)
	}
	if !f.OK {
		c.broken(e, f)
		return errBroken
	}
	return nil
}

// broken names the promises that did not hold; the story has named them
// already when it was told.
func (c *demoCmd) broken(e *environment, f *demo.Figures) {
	if f == nil || f.Seconds > 0 && !c.JSON {
		return
	}
	for _, b := range f.Broken {
		e.say("broken: %s", b)
	}
}

// terminal tells whether somebody watches what is written.
func terminal(w io.Writer) bool {
	f, ok := w.(*os.File)
	return ok && term.IsTerminal(int(f.Fd())) //nolint:gosec // a file descriptor is small
}
