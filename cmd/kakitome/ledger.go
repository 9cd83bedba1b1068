package main

import (
	"context"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/kakitome/kakitome/client"
)

type ledgerExposureCmd struct {
	asJSON
	Person     string `help:"Person id." xor:"what" required:""`
	Identifier string `help:"Any identifier: an address, a number, a code." xor:"what" required:""`
}

// Run says who was sent a person's data.
func (c *ledgerExposureCmd) Run(e *environment) error {
	server, done, err := e.ask()
	if err != nil {
		return err
	}
	defer done()
	var x *client.Exposure
	if c.Person != "" {
		x, err = server.ExposureOf(e.ctx, c.Person)
	} else {
		x, err = server.ExposureOfIdentifier(e.ctx, c.Identifier)
	}
	if err != nil {
		return err
	}
	return e.show(c.JSON, x, func(w io.Writer) {
		for _, o := range x.Others {
			_, _ = fmt.Fprintf(w, "%s  %-13s %s  %s  %s\n", o.At.Local().Format(time.DateTime), o.State, o.MailID, o.Recipient, strings.Join(o.Kinds, ","))
		}
		_, _ = fmt.Fprintf(w, "own mails: %d; to others: %d, of them relayed: %d\n", len(x.Own), len(x.Others), x.OthersRelayed)
	})
}

type ledgerReceivedCmd struct {
	asJSON
	Address string `help:"Recipient address." required:""`
}

// Run says whose data an address was sent.
func (c *ledgerReceivedCmd) Run(e *environment) error {
	server, done, err := e.ask()
	if err != nil {
		return err
	}
	defer done()
	r, err := server.Received(e.ctx, c.Address)
	if err != nil {
		return err
	}
	return e.show(c.JSON, r, func(w io.Writer) {
		for _, o := range r.Others {
			_, _ = fmt.Fprintf(w, "%s  %-13s %s  %s  %s\n", o.At.Local().Format(time.DateTime), o.State, o.MailID, o.Person, strings.Join(o.Kinds, ","))
		}
		_, _ = fmt.Fprintf(w, "about others: %d, about its own persons: %d\n", len(r.Others), len(r.Own))
	})
}

// listing is the flags of a list of deliveries.
type listing struct {
	asJSON
	Since string `help:"Only mail accepted since: a time, or how long ago (24h, 7d)." placeholder:"T"`
}

type ledgerUndeliverableCmd struct{ listing }

// Run lists what could not be delivered.
func (c *ledgerUndeliverableCmd) Run(e *environment) error {
	return c.run(e, (*client.Client).Undeliverable)
}

type ledgerUnreadCmd struct{ listing }

// Run lists what passed unread.
func (c *ledgerUnreadCmd) Run(e *environment) error {
	return c.run(e, (*client.Client).Unread)
}

func (l *listing) run(e *environment, ask func(*client.Client, context.Context, time.Time) ([]client.Listed, error)) error {
	since, err := parseSince(l.Since, time.Now())
	if err != nil {
		return err
	}
	server, done, err := e.ask()
	if err != nil {
		return err
	}
	defer done()
	list, err := ask(server, e.ctx, since)
	if err != nil {
		return err
	}
	return e.show(l.JSON, list, func(w io.Writer) {
		for _, x := range list {
			_, _ = fmt.Fprintf(w, "%s  %s  %-10s %-13s %s  %s\n", x.ID, x.ReceivedAt.Local().Format(time.DateTime), x.Stream, x.State, x.Recipient, x.Answer)
		}
		e.say("%d listed", len(list))
	})
}

type ledgerVerifyCmd struct{ asJSON }

// Run checks the evidence log.
func (c *ledgerVerifyCmd) Run(e *environment) error {
	server, done, err := e.ask()
	if err != nil {
		return err
	}
	defer done()
	logs, err := server.Verify(e.ctx)
	if err != nil {
		return err
	}
	clean := true
	for _, l := range logs {
		clean = clean && l.OK
	}
	err = e.show(c.JSON, logs, func(w io.Writer) {
		for _, l := range logs {
			word := "verified"
			if !l.OK {
				word = "NOT VERIFIED: " + l.Problem
			}
			_, _ = fmt.Fprintf(w, "%s: %d entries, %d erased, %d heads, root %s: %s\n", l.Log, l.Entries, l.Erased, l.Heads, l.Root, word)
		}
	})
	if err == nil && !clean {
		return errHold
	}
	return err
}
