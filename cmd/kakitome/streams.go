package main

import (
	"fmt"
	"io"
	"time"
)

type streamListCmd struct{ asJSON }

// Run lists streams.
func (c *streamListCmd) Run(e *environment) error {
	server, done, err := e.ask()
	if err != nil {
		return err
	}
	defer done()
	streams, err := server.Streams(e.ctx)
	if err != nil {
		return err
	}
	return e.show(c.JSON, streams, func(w io.Writer) {
		for _, s := range streams {
			state := "flows"
			if s.Paused {
				state = fmt.Sprintf("paused since %s by %s: %s", s.Since.Local().Format(time.DateTime), s.By, s.Reason)
			}
			_, _ = fmt.Fprintf(w, "%-16s %-8s queued %d, held %d, %s\n", s.Name, s.Mode, s.Queued, s.Held, state)
		}
	})
}

type streamPauseCmd struct {
	Name   string `arg:"" help:"Stream."`
	Reason string `help:"Why; goes to the audit." default:"by hand"`
}

// Run pauses a stream.
func (c *streamPauseCmd) Run(e *environment) error {
	server, done, err := e.ask()
	if err != nil {
		return err
	}
	defer done()
	if err := server.Pause(e.ctx, c.Name, c.Reason); err != nil {
		return err
	}
	e.say("stream %s is paused, queued mail too; resume it with: kakitome stream resume %s", c.Name, c.Name)
	return nil
}

type streamResumeCmd struct {
	Name   string `arg:"" help:"Stream."`
	Reason string `help:"Why; goes to the audit." default:"by hand"`
}

// Run resumes a stream.
func (c *streamResumeCmd) Run(e *environment) error {
	server, done, err := e.ask()
	if err != nil {
		return err
	}
	defer done()
	if err := server.Resume(e.ctx, c.Name, c.Reason); err != nil {
		return err
	}
	e.say("stream %s flows again", c.Name)
	return nil
}

type companySuggestCmd struct{ asJSON }

// Run lists what may be the company's own.
func (c *companySuggestCmd) Run(e *environment) error {
	server, done, err := e.ask()
	if err != nil {
		return err
	}
	defer done()
	list, err := server.Suggest(e.ctx)
	if err != nil {
		return err
	}
	return e.show(c.JSON, list, func(w io.Writer) {
		for _, s := range list {
			_, _ = fmt.Fprintf(w, "%-10s %-40s %d recipients in %d mails\n", s.Kind, s.Value, s.Recipients, s.Mails)
		}
		if len(list) > 0 {
			e.say("hint: put those that are the company's own under company: identifiers: in the configuration")
		}
	})
}

type alertListCmd struct {
	asJSON
	All bool `help:"Acknowledged ones too."`
}

// Run lists alerts.
func (c *alertListCmd) Run(e *environment) error {
	server, done, err := e.ask()
	if err != nil {
		return err
	}
	defer done()
	alerts, err := server.Alerts(e.ctx, c.All)
	if err != nil {
		return err
	}
	return e.show(c.JSON, alerts, func(w io.Writer) {
		for _, a := range alerts {
			_, _ = fmt.Fprintf(w, "%s  %-10s %-24s %d times since %s\n    %s\n", a.ID, a.Kind, a.Subject, a.Count, a.FirstAt.Local().Format(time.DateTime), a.Text)
		}
	})
}

type alertAckCmd struct {
	ID string `arg:"" help:"Alert id."`
}

// Run acknowledges an alert.
func (c *alertAckCmd) Run(e *environment) error {
	server, done, err := e.ask()
	if err != nil {
		return err
	}
	defer done()
	return server.AckAlert(e.ctx, c.ID)
}
