package main

import (
	"fmt"
	"io"
	"os"
	"strings"
	"time"

	"github.com/alecthomas/kong"

	"github.com/kakitome/kakitome/client"
)

type incidentCmd struct {
	Open        incidentOpenCmd        `cmd:"" help:"Open an incident: something went out."`
	List        incidentListCmd        `cmd:"" help:"List incidents, oldest first."`
	Show        incidentShowCmd        `cmd:"" help:"Show an incident: its state, its course, what to do next."`
	Clock       incidentClockCmd       `cmd:"" help:"Say when somebody of the company first knew; a later entry may correct it."`
	Contain     incidentContainCmd     `cmd:"" help:"Stop the streams, recall what waits, block the data that went out."`
	Resume      incidentResumeCmd      `cmd:"" help:"Let a stream go on that the incident stopped."`
	Select      incidentSelectCmd      `cmd:"" help:"Say anew which mails it is about."`
	Foreign     incidentForeignCmd     `cmd:"" help:"Take in the log, or mails, of another system or of before Kakitome."`
	Scope       incidentScopeCmd       `cmd:"" help:"Compute whose data went to whom, twice."`
	Export      incidentExportCmd      `cmd:"" help:"Write the scope with its proofs."`
	Fact        incidentFactCmd        `cmd:"" help:"State facts for the letters, the page and the law: cause=…, measures=…"`
	Contacts    incidentContactsCmd    `cmd:"" help:"Import where exposed persons can be told (roster CSV)."`
	Letters     incidentLettersCmd     `cmd:"" help:"Draft, list, print letters."`
	Approve     incidentApproveCmd     `cmd:"" help:"Agree, as another person, to letters or a page."`
	Phoned      incidentPhonedCmd      `cmd:"" help:"Note that an exposed person was told by phone or post."`
	Unreachable incidentUnreachableCmd `cmd:"" help:"Note that an exposed person can be told by no way, with the reason."`
	Told        incidentTextCmd        `cmd:"" help:"Say that everybody who can be was written to."`
	Page        incidentPageCmd        `cmd:"" help:"Draft and publish the public page."`
	Override    incidentOverrideCmd    `cmd:"" help:"Let the publication come before the exposed persons were told, with a reason."`
	Deadlines   incidentDeadlinesCmd   `cmd:"" help:"What the law asks, until when."`
	Report      incidentReportCmd      `cmd:"" help:"Draft a report to the authority, for a person to check."`
	Reported    incidentReportedCmd    `cmd:"" help:"Note that a report was handed in."`
	NoReport    incidentTextCmd        `cmd:"" name:"no-report" help:"Note that no report is due, with the reason."`
	Lookup      incidentLookupCmd      `cmd:"" help:"What to say to a caller; can start the clock."`
	Inquiries   incidentInquiriesCmd   `cmd:"" help:"List what people reported and asked."`
	Compare     incidentCompareCmd     `cmd:"" help:"Weigh whether other mail comes from the same leak."`
	Note        incidentTextCmd        `cmd:"" help:"Add a remark."`
	Close       incidentTextCmd        `cmd:"" help:"End the response."`
	Erase       incidentTextCmd        `cmd:"" help:"Destroy what is kept of a closed incident."`
}

// signature is the name of staff under which a command acts.
type signature struct {
	As           string `help:"Name of staff (incident.staff) under which you act." placeholder:"NAME"`
	PasswordFile string `help:"File with the password of --as; or KAKITOME_STAFF_PASSWORD in the environment." type:"existingfile" placeholder:"FILE"`
}

// ask connects as somebody.
func (s *signature) ask(e *environment) (*client.Client, func(), error) {
	c, done, err := e.ask()
	if err != nil || s.As == "" {
		return c, done, err
	}
	password := os.Getenv("KAKITOME_STAFF_PASSWORD")
	if s.PasswordFile != "" {
		text, err := os.ReadFile(s.PasswordFile)
		if err != nil {
			done()
			return nil, nil, fmt.Errorf("read password: %w", err)
		}
		password = strings.TrimRight(string(text), "\r\n")
	}
	return c.As(s.As, password), done, nil
}

// onIncident are the arguments of most commands.
type onIncident struct {
	asJSON
	signature
	ID string `arg:"" help:"Id of the incident."`
}

// do asks the server one thing about an incident and shows it.
func (c *onIncident) do(e *environment, f func(*client.Client) (any, func(io.Writer), error)) error {
	server, done, err := c.ask(e)
	if err != nil {
		return err
	}
	defer done()
	v, write, err := f(server)
	if err != nil {
		return err
	}
	return e.show(c.JSON, v, write)
}

// act does a plain step, and shows how the incident stands then.
func (c *onIncident) act(e *environment, act string, a client.IncidentAct) error {
	return c.do(e, func(s *client.Client) (any, func(io.Writer), error) {
		d, err := s.Act(e.ctx, c.ID, act, a)
		return d, func(w io.Writer) { showStep(w, d) }, err
	})
}

// showStep shows an incident without its course but for the last step.
func showStep(w io.Writer, d *client.IncidentDetail) {
	last := *d
	last.Events = d.Events[max(0, len(d.Events)-1):]
	showIncident(w, &last)
}

func showIncident(w io.Writer, d *client.IncidentDetail) {
	if d == nil {
		return
	}
	_, _ = fmt.Fprintf(w, "%s  %s  %s\n", d.ID, d.State, d.Title)
	if d.ClockAt != nil {
		_, _ = fmt.Fprintf(w, "known since %s (entry %d)\n", d.ClockAt.Local().Format(time.DateTime), d.Clock)
	}
	if n := d.Numbers; n != nil {
		_, _ = fmt.Fprintf(w, "scope %d: %s persons, %s recipients, %s mails; unread parts %d; two computations agree: %v\n", d.Scope, n.Persons, n.Recipients, n.Mails, n.Unread, d.Agreed)
	}
	for _, r := range d.Rounds {
		_, _ = fmt.Fprintf(w, "letters %d (%s): %d, sent %d; sample approved by %s, all by %s\n", r.Round, r.Occasion, r.Letters, r.Sent, orNobody(r.Sample), orNobody(r.All))
	}
	for _, ev := range d.Events {
		_, _ = fmt.Fprintf(w, "%4d  %s  %-10s %-24s %s\n", ev.N, ev.At.Local().Format(time.DateTime), ev.Kind, ev.By, ev.Text)
	}
	for _, next := range d.Next {
		_, _ = fmt.Fprintf(w, "next: %s\n", next)
	}
}

func orNobody(s string) string {
	if s == "" {
		return "nobody yet"
	}
	return s
}

// selections are the flags that say which mails are meant.
type selections struct {
	Stream     string   `help:"Wrong mails of this stream."`
	Rule       string   `help:"Only what this rule held, or would have."`
	Person     string   `help:"Mails with data of this person for somebody else."`
	Identifier string   `help:"Mails with this address, number or code for somebody it does not belong to."`
	Mail       []string `help:"These mails."`
	Alert      string   `help:"What this alert is about."`
	Since      string   `help:"From then on." placeholder:"T"`
	Until      string   `help:"Before then." placeholder:"T"`
	Without    []string `help:"But not these mails."`
}

func (s *selections) client(now time.Time) (client.Selections, error) {
	out := client.Selections{Stream: s.Stream, Rule: s.Rule, Person: s.Person, Identifier: s.Identifier, Mails: s.Mail, Alert: s.Alert, Without: s.Without}
	for _, t := range []struct {
		text string
		to   **time.Time
	}{{s.Since, &out.Since}, {s.Until, &out.Until}} {
		at, err := parseSince(t.text, now)
		if err != nil {
			return out, err
		}
		if !at.IsZero() {
			*t.to = &at
		}
	}
	return out, nil
}

type incidentOpenCmd struct {
	asJSON
	signature
	selections
	Source  string `help:"How it became known: alert, clerk, customer, mail, person, foreign, drill." required:"" enum:"alert,clerk,customer,mail,person,foreign,drill"`
	Title   string `help:"What happened, in one line; names nobody."`
	KnownAt string `help:"When somebody of the company first knew, where that was before now." placeholder:"T"`
	How     string `help:"Through what: a customer phoned."`
}

// Run opens an incident.
func (c *incidentOpenCmd) Run(e *environment) error {
	now := time.Now()
	sel, err := c.client(now)
	if err != nil {
		return err
	}
	o := client.OpenIncident{Source: c.Source, Title: c.Title, KnownHow: c.How, Selections: sel}
	if c.KnownAt != "" {
		at, err := parseSince(c.KnownAt, now)
		if err != nil {
			return err
		}
		o.KnownAt = &at
	}
	server, done, err := c.ask(e)
	if err != nil {
		return err
	}
	defer done()
	d, err := server.OpenIncident(e.ctx, o)
	if err != nil {
		return err
	}
	return e.show(c.JSON, d, func(w io.Writer) { showIncident(w, d) })
}

type incidentListCmd struct{ asJSON }

// Run lists incidents.
func (c *incidentListCmd) Run(e *environment) error {
	server, done, err := e.ask()
	if err != nil {
		return err
	}
	defer done()
	list, err := server.Incidents(e.ctx)
	if err != nil {
		return err
	}
	return e.show(c.JSON, list, func(w io.Writer) {
		for _, i := range list {
			state := i.State
			if i.Drill {
				state += " (drill)"
			}
			_, _ = fmt.Fprintf(w, "%s  %s  %-18s %s\n", i.ID, i.OpenedAt.Local().Format(time.DateTime), state, i.Title)
		}
	})
}

type incidentShowCmd struct{ onIncident }

// Run shows an incident.
func (c *incidentShowCmd) Run(e *environment) error {
	return c.do(e, func(s *client.Client) (any, func(io.Writer), error) {
		d, err := s.Incident(e.ctx, c.ID)
		return d, func(w io.Writer) { showIncident(w, d) }, err
	})
}

type incidentClockCmd struct {
	onIncident
	At       string `help:"When: a time." required:"" placeholder:"T"`
	How      string `help:"Through what." required:""`
	Corrects int    `help:"Number of the entry that was wrong." placeholder:"N"`
}

// Run starts or corrects the clock.
func (c *incidentClockCmd) Run(e *environment) error {
	at, err := parseSince(c.At, time.Now())
	if err != nil {
		return err
	}
	return c.do(e, func(s *client.Client) (any, func(io.Writer), error) {
		d, err := s.StartClock(e.ctx, c.ID, client.Clock{At: at, How: c.How, Corrects: c.Corrects})
		return d, func(w io.Writer) { showIncident(w, d) }, err
	})
}

type incidentContainCmd struct {
	onIncident
	Stream []string `help:"Stop these streams; else those its mails came by."`
}

// Run stops what still goes out.
func (c *incidentContainCmd) Run(e *environment) error {
	return c.do(e, func(s *client.Client) (any, func(io.Writer), error) {
		d, err := s.Contain(e.ctx, c.ID, c.Stream...)
		return d, func(w io.Writer) {
			_, _ = fmt.Fprintf(w, "stopped: %s; recalled %d; blocked %d identifiers\n", strings.Join(d.Paused, ", "), d.Recalled, d.Blocked)
		}, err
	})
}

type incidentResumeCmd struct {
	onIncident
	Stream string `arg:"" help:"The stream."`
	Reason string `help:"Why; goes to the audit." required:""`
}

// Run lets a stream go on.
func (c *incidentResumeCmd) Run(e *environment) error {
	return c.act(e, "resume", client.IncidentAct{Stream: c.Stream, Text: c.Reason})
}

type incidentSelectCmd struct {
	onIncident
	selections
}

// Run says anew which mails an incident is about.
func (c *incidentSelectCmd) Run(e *environment) error {
	sel, err := c.client(time.Now())
	if err != nil {
		return err
	}
	return c.do(e, func(s *client.Client) (any, func(io.Writer), error) {
		d, err := s.SelectMails(e.ctx, c.ID, sel)
		return d, func(w io.Writer) { showIncident(w, d) }, err
	})
}

type incidentScopeCmd struct{ onIncident }

// Run computes the scope.
func (c *incidentScopeCmd) Run(e *environment) error {
	return c.do(e, func(s *client.Client) (any, func(io.Writer), error) {
		d, err := s.Scope(e.ctx, c.ID)
		return d, func(w io.Writer) { showScope(w, d) }, err
	})
}

func showScope(w io.Writer, d *client.Scope) {
	_, _ = fmt.Fprintf(w, "scope %d as of %s (in %.2f s; computed again after %.2f s)\n", d.Version, d.AsOf.Local().Format(time.DateTime), d.FirstSeconds, d.Seconds)
	_, _ = fmt.Fprintf(w, "  persons     %s   whose data went to somebody else (guests %s)\n", d.Numbers.Persons, d.Guests)
	_, _ = fmt.Fprintf(w, "  recipients  %s   who got it; own data went out too: %s; nothing reached %d\n", d.Numbers.Recipients, d.Both, d.Stopped)
	_, _ = fmt.Fprintf(w, "  mails       %s\n", d.Numbers.Mails)
	_, _ = fmt.Fprintf(w, "  kinds       %s\n", strings.Join(d.Kinds, ", "))
	for _, u := range d.Unread {
		_, _ = fmt.Fprintf(w, "  unread: %s\n", u)
	}
	if d.Reassure {
		_, _ = fmt.Fprintln(w, "  two computations agree, and nothing that left is unread")
	} else {
		_, _ = fmt.Fprintf(w, "  nobody can be reassured: %s\n", d.Why)
	}
}

type incidentExportCmd struct {
	signature
	ID     string `arg:"" help:"Id of the incident."`
	Format string `help:"csv or json (with proofs)." default:"csv" enum:"csv,json"`
}

// Run writes the scope.
func (c *incidentExportCmd) Run(e *environment) error {
	server, done, err := c.ask(e)
	if err != nil {
		return err
	}
	defer done()
	return server.ExportScope(e.ctx, c.ID, c.Format, e.out)
}

type incidentFactCmd struct {
	onIncident
	Facts map[string]string `arg:"" optional:"" help:"name=value; an empty value takes one back. Without any, lists the names." mapsep:"none"`
}

// Run states facts.
func (c *incidentFactCmd) Run(e *environment) error {
	return c.act(e, "fact", client.IncidentAct{Facts: c.Facts})
}

type incidentTextCmd struct {
	onIncident
	Text string `arg:"" optional:"" help:"What to say."`
}

// Run does the step that the command is named after.
func (c *incidentTextCmd) Run(e *environment, k *kong.Context) error {
	return c.act(e, k.Selected().Name, client.IncidentAct{Text: c.Text})
}
