package main

import (
	"encoding/json"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/kakitome/kakitome/client"
)

type heldListCmd struct {
	asJSON
	Stream string `help:"Only this stream."`
	Rule   string `help:"Only what this rule holds."`
	Since  string `help:"Only what was held since: a time, or how long ago (24h, 7d)." placeholder:"T"`
}

// Run lists held mail.
func (c *heldListCmd) Run(e *environment) error {
	since, err := parseSince(c.Since, time.Now())
	if err != nil {
		return err
	}
	server, done, err := e.ask()
	if err != nil {
		return err
	}
	defer done()
	held, err := server.Held(e.ctx, client.Selection{Stream: c.Stream, Rule: c.Rule, Since: since})
	if err != nil {
		return err
	}
	return e.show(c.JSON, held, func(w io.Writer) {
		for _, h := range held {
			_, _ = fmt.Fprintf(w, "%s  %s  %-10s %-20s %s  %s\n", h.ID, h.HeldAt.Local().Format("2006-01-02 15:04:05"), h.Stream,
				strings.Join(h.Rules, ","), h.Recipient, strings.Join(h.Persons, ","))
		}
		_, _ = fmt.Fprintf(e.talk, "%d held\n", len(held))
	})
}

type heldShowCmd struct {
	asJSON
	ID         string `arg:"" help:"Id of a held mail."`
	ShowValues bool   `help:"Print the values of identifiers; goes to the audit."`
}

// Run explains a held mail.
func (c *heldShowCmd) Run(e *environment) error {
	server, done, err := e.ask()
	if err != nil {
		return err
	}
	defer done()
	h, err := server.HeldDetail(e.ctx, c.ID, c.ShowValues)
	if err != nil {
		return err
	}
	return e.show(c.JSON, h, func(w io.Writer) {
		_, _ = fmt.Fprintf(w, "%s  %s since %s\nfrom %s to %s, stream %s, %d bytes\nsubject: %s\n", h.ID, h.State,
			h.HeldAt.Local().Format(time.DateTime), h.Sender, h.Recipient, h.Stream, h.Size, h.Subject)
		var v verdict
		if json.Unmarshal(h.Verdict, &v) == nil {
			v.print(w)
		}
	})
}

// decision is what the flags select, and why.
func (s *selection) decision(now time.Time) (client.Decision, error) {
	d := client.Decision{Reason: strings.TrimSpace(s.Reason), Selection: client.Selection{IDs: s.IDs}}
	if d.Reason == "" {
		return d, &usageError{"a reason is needed", "--reason TEXT"}
	}
	if (len(s.IDs) == 0) == (len(s.Where) == 0) {
		return d, &usageError{"either ids or --where is needed", "kakitome held release ID…, or --where rule=ownership,stream=order"}
	}
	for key, value := range s.Where {
		if value == "" {
			return d, &usageError{"an empty filter selects nothing: " + key, "key=value"}
		}
		var err error
		switch key {
		case "rule":
			d.Rule = value
		case "stream":
			d.Stream = value
		case "person":
			d.Person = value
		case "since":
			d.Since, err = parseSince(value, now)
		case "before":
			d.Before, err = parseSince(value, now)
		default:
			err = &usageError{"unknown filter " + key, "rule, stream, since, before, person"}
		}
		if err != nil {
			return d, err
		}
	}
	return d, nil
}

type heldReleaseCmd struct {
	asJSON
	selection
}

// Run releases held mail.
func (c *heldReleaseCmd) Run(e *environment) error {
	return e.decide(c.JSON, &c.selection, "released", func(s *client.Client, d client.Decision) (*client.Decided, error) {
		return s.Release(e.ctx, d)
	})
}

type heldDiscardCmd struct {
	asJSON
	selection
}

// Run discards held mail.
func (c *heldDiscardCmd) Run(e *environment) error {
	return e.decide(c.JSON, &c.selection, "discarded", func(s *client.Client, d client.Decision) (*client.Decided, error) {
		return s.Discard(e.ctx, d)
	})
}

func (e *environment) decide(asJSON bool, s *selection, word string, do func(*client.Client, client.Decision) (*client.Decided, error)) error {
	d, err := s.decision(time.Now())
	if err != nil {
		return err
	}
	server, done, err := e.ask()
	if err != nil {
		return err
	}
	defer done()
	got, err := do(server, d)
	if err != nil {
		return err
	}
	if err := e.show(asJSON, got, func(w io.Writer) { _, _ = fmt.Fprintf(w, "%d %s\n", got.Done, word) }); err != nil {
		return err
	}
	for _, id := range got.Changed {
		e.say("%s: its judgement changed since it was shown; look again with: kakitome held show %s", id, id)
	}
	for _, id := range got.Missing {
		e.say("%s: not held", id)
	}
	if len(got.Changed)+len(got.Missing) > 0 {
		return fmt.Errorf("%d of the mails named were not %s", len(got.Changed)+len(got.Missing), word)
	}
	return nil
}

type heldUnblockCmd struct {
	Identifier string `help:"The identifier: an address, a number, a code." xor:"what" required:""`
	Person     string `help:"Person id, for name and address together." xor:"what" required:""`
	Reason     string `help:"Why; goes to the audit." required:""`
}

// Run lifts a block.
func (c *heldUnblockCmd) Run(e *environment) error {
	server, done, err := e.ask()
	if err != nil {
		return err
	}
	defer done()
	if err := server.Unblock(e.ctx, client.Unblock{Identifier: c.Identifier, Person: c.Person, Reason: c.Reason}); err != nil {
		return err
	}
	e.say("the block is lifted and counting begins anew; mail that is held stays held until it is released")
	return nil
}
