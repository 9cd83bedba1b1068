package main

import (
	"fmt"
	"io"
	"os"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/kakitome/kakitome/client"
)

// agreement lets a person agree to an import that was refused.
type agreement struct {
	Agree  bool   `help:"Import even if many people are bound to other data than before."`
	Reason string `help:"Why that is right; goes to the audit. With --agree." placeholder:"TEXT"`
}

// why is the reason of an agreement, empty when there is none.
func (a *agreement) why() (string, error) {
	switch {
	case a.Agree && strings.TrimSpace(a.Reason) == "":
		return "", &usageError{"--agree needs a reason", "--reason TEXT says why so many people's data moved"}
	case !a.Agree && a.Reason != "":
		return "", &usageError{"--reason without --agree", "--agree --reason TEXT"}
	}
	return a.Reason, nil
}

// refusal is the error of an import that was refused.
func refusal(r *client.Refused) error {
	return &client.Problem{
		Detail: fmt.Sprintf("nothing was imported: %d of %d people who changed within a day would be bound to other data than before", r.People, r.Changed),
		Hint:   "compare those people with the shop's own records; if it is right, --agree --reason TEXT, or for a feed of the configuration kakitome roster agree",
	}
}

type rosterSyncCmd struct {
	asJSON
	agreement
	Query     string        `help:"What to ask: SELECT … AS person_id, … AS email, …; columns as in a roster CSV, and removed." placeholder:"SQL"`
	DSN       string        `name:"dsn" help:"The shop's own database: postgres://… or mysql://…." env:"KAKITOME_SYNC_DSN" placeholder:"URL"`
	DSNFile   string        `name:"dsn-file" help:"File with the DSN, so that its password stands in no process list." placeholder:"FILE"`
	Watermark string        `help:"Column of the query that grows with every change; only what is new is read." placeholder:"COLUMN"`
	Name      string        `help:"Name of the feed; without --query, one of the configuration."`
	Every     time.Duration `help:"Go on, so often." placeholder:"60s"`
	Full      bool          `help:"Read all, whatever was read before."`
	SkipBad   bool          `help:"Import the good rows although there are bad ones."`
}

// Run syncs the roster with the shop's own database, once or again and again.
func (c *rosterSyncCmd) Run(e *environment) error {
	ask, err := c.request()
	if err != nil {
		return err
	}
	server, done, err := e.ask()
	if err != nil {
		return err
	}
	defer done()
	if err := c.once(e, server, ask); err != nil || c.Every == 0 {
		return err
	}
	ask.Full, ask.Agreed = false, "" // of the first run
	tick := time.NewTicker(c.Every)
	defer tick.Stop()
	for {
		select {
		case <-e.ctx.Done():
			return nil
		case <-tick.C:
		}
		if err := c.once(e, server, ask); err != nil && e.ctx.Err() == nil {
			report(e.talk, err)
		}
	}
}

// request is what the flags ask for.
func (c *rosterSyncCmd) request() (client.Sync, error) {
	s := client.Sync{Name: c.Name, DSN: c.DSN, Query: c.Query, Watermark: c.Watermark, Full: c.Full}
	s.SkipBad = c.SkipBad
	if c.Every != 0 && c.Every < time.Second {
		return s, &usageError{"--every is under a second", "--every 60s"}
	}
	if c.Query == "" && c.Name == "" {
		return s, &usageError{"which feed?", "--name one of the configuration, or --query SQL --dsn URL"}
	}
	var err error
	if s.Agreed, err = c.why(); err != nil {
		return s, err
	}
	if c.DSNFile != "" {
		text, err := os.ReadFile(c.DSNFile)
		if err != nil {
			return s, fmt.Errorf("read DSN: %w", err)
		}
		s.DSN = strings.TrimSpace(string(text))
	}
	if c.Query == "" {
		s.DSN = "" // perhaps of the environment, and not this feed's
	}
	return s, nil
}

func (c *rosterSyncCmd) once(e *environment, server *client.Client, ask client.Sync) error {
	got, err := server.SyncRoster(e.ctx, ask)
	if err != nil {
		return err
	}
	if err := e.show(c.JSON, got, func(w io.Writer) {
		if got.Version > 0 {
			_, _ = fmt.Fprintf(w, "%s: %d people read, %d changed, %d removed, %d rows rejected; roster version %d\n",
				got.Feed, got.Rows, got.Changed, got.Removed, got.Rejected, got.Version)
		}
	}); err != nil {
		return err
	}
	for _, r := range got.Errors {
		who := r.Person
		if who == "" {
			who = fmt.Sprintf("row %d", r.Line)
		}
		e.say("%s: %s", who, r.Error())
	}
	return outcome(e, got, c.SkipBad)
}

// outcome is the error of an import that imported nothing.
func outcome(e *environment, got *client.Imported, skipBad bool) error {
	switch {
	case got.Refused != nil:
		for _, id := range got.Refused.Examples {
			e.say("for instance %s", id)
		}
		return refusal(got.Refused)
	case got.Rejected > 0 && got.Version == 0 && !skipBad:
		return &client.Problem{
			Detail: fmt.Sprintf("nothing was imported: %d bad rows", got.Rejected),
			Hint:   "mend the rows above, or import the good ones with --skip-bad",
		}
	}
	return nil
}

type rosterFeedsCmd struct{ asJSON }

// Run lists feeds.
func (c *rosterFeedsCmd) Run(e *environment) error {
	server, done, err := e.ask()
	if err != nil {
		return err
	}
	defer done()
	list, err := server.Feeds(e.ctx)
	if err != nil {
		return err
	}
	return e.show(c.JSON, list, func(w io.Writer) {
		t := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
		for _, f := range list {
			fed := "never fed"
			if !f.FedAt.IsZero() {
				fed = fmt.Sprintf("fed %s, %d people, %d changed", f.FedAt.Local().Format(time.DateTime), f.Rows, f.Changed)
			}
			_, _ = fmt.Fprintf(t, "%s\t%s\t%s\n", f.Name, fed, feedTrouble(&f))
		}
		_ = t.Flush()
	})
}

func feedTrouble(f *client.Feed) string {
	var all []string
	if f.Late {
		all = append(all, "LATE")
	}
	if f.Refused != nil {
		all = append(all, fmt.Sprintf("REFUSED: %d of %d people bound anew, such as %s", f.Refused.People, f.Refused.Changed, strings.Join(f.Refused.Examples[:min(3, len(f.Refused.Examples))], ", ")))
	}
	if f.Agreed > 0 {
		all = append(all, "agreed, waits for its next run")
	}
	if f.Problem != "" {
		all = append(all, f.Problem)
	}
	return strings.Join(all, "; ")
}

type rosterAgreeCmd struct {
	Feed   string `arg:"" help:"Name of the feed (csv: files), or id of its alert."`
	Reason string `help:"Why it is right that so many people's data moved; goes to the audit." required:"" placeholder:"TEXT"`
}

// Run agrees to a feed that was refused.
func (c *rosterAgreeCmd) Run(e *environment) error {
	server, done, err := e.ask()
	if err != nil {
		return err
	}
	defer done()
	if err := server.AgreeFeed(e.ctx, c.Feed, c.Reason); err != nil {
		return err
	}
	e.say("agreed; its next run may bind as many people anew as were refused")
	return nil
}
