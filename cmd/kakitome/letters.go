package main

import (
	"archive/tar"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/kakitome/kakitome/client"
)

type incidentForeignCmd struct {
	onIncident
	Log   string `help:"CSV of message_id, recipient, time." type:"existingfile" placeholder:"FILE"`
	Mails string `help:"Folder of mails (.eml)." type:"existingdir" placeholder:"DIR"`
}

// Run sends a foreign log and mails as one archive.
func (c *incidentForeignCmd) Run(e *environment) error {
	if c.Log == "" && c.Mails == "" {
		return &usageError{"neither a log nor mails are given", "--log FILE.csv, --mails DIR"}
	}
	r, w := io.Pipe()
	go func() { _ = w.CloseWithError(c.pack(w)) }()
	return c.do(e, func(s *client.Client) (any, func(io.Writer), error) {
		d, err := s.ImportForeign(e.ctx, c.ID, r)
		_ = r.CloseWithError(errors.New("the server has ended the request"))
		return d, func(w io.Writer) {
			_, _ = fmt.Fprintf(w, "%d mails to %d recipients taken in; %d without content, %d taken in before\n", d.Mails, d.Recipients, d.Missing, d.Already)
			for _, name := range d.Unlisted {
				e.say("%s: the log does not name this mail; it was not taken in", name)
			}
		}, err
	})
}

func (c *incidentForeignCmd) pack(w io.Writer) error {
	archive := tar.NewWriter(w)
	if c.Log != "" {
		if err := addFile(archive, c.Log, "log.csv"); err != nil {
			return err
		}
	}
	if c.Mails != "" {
		var names []string
		err := filepath.WalkDir(c.Mails, func(path string, d fs.DirEntry, err error) error {
			if err == nil && d.Type().IsRegular() && strings.EqualFold(filepath.Ext(path), ".eml") {
				names = append(names, path)
			}
			return err
		})
		if err != nil {
			return fmt.Errorf("read folder: %w", err)
		}
		slices.Sort(names)
		for _, path := range names {
			if err := addFile(archive, path, filepath.Base(path)); err != nil {
				return err
			}
		}
	}
	return archive.Close()
}

func addFile(archive *tar.Writer, path, name string) error {
	f, err := os.Open(path) //nolint:gosec // what the operator named
	if err != nil {
		return fmt.Errorf("read file: %w", err)
	}
	defer func() { _ = f.Close() }()
	info, err := f.Stat()
	if err != nil {
		return fmt.Errorf("read file: %w", err)
	}
	if err := archive.WriteHeader(&tar.Header{Name: name, Mode: 0o600, Size: info.Size(), Typeflag: tar.TypeReg}); err != nil {
		return err
	}
	_, err = io.Copy(archive, f)
	return err
}

type incidentContactsCmd struct {
	onIncident
	File string `arg:"" help:"Roster CSV of exposed persons: person_id, email, name, postal_code, address, phone." type:"existingfile"`
}

// Run imports contacts.
func (c *incidentContactsCmd) Run(e *environment) error {
	f, err := os.Open(c.File)
	if err != nil {
		return fmt.Errorf("read contacts: %w", err)
	}
	defer func() { _ = f.Close() }()
	bad := 0
	err = c.do(e, func(s *client.Client) (any, func(io.Writer), error) {
		d, err := s.ImportContacts(e.ctx, c.ID, f)
		if err == nil {
			bad = len(d.Problems)
		}
		return d, func(w io.Writer) {
			_, _ = fmt.Fprintf(w, "%d of %d rows taken; %d exposed persons without a contact\n", d.Taken, d.Rows, d.Missing)
			for _, list := range [][]client.RefusedRow{d.Problems, d.Refused} {
				for _, r := range list {
					e.say("%s: line %d: %s: %s", c.File, r.Line, r.Field, r.Reason)
				}
			}
		}, err
	})
	if err == nil && bad > 0 {
		err = fmt.Errorf("%s: %d bad rows; nothing was taken", c.File, bad)
	}
	return err
}

type incidentLettersCmd struct {
	Draft  lettersDraftCmd  `cmd:"" help:"Make a round of letters: first, reassure, follow, remind."`
	List   lettersListCmd   `cmd:"" help:"List letters; --sample shows the words of the first."`
	Rounds lettersRoundsCmd `cmd:"" help:"Count the letters of each round by state."`
	Print  lettersPrintCmd  `cmd:"" help:"Write the letters for people without mail."`
}

type lettersDraftCmd struct {
	onIncident
	Occasion string `help:"first: deletion requests and notices; reassure; follow: further news; remind: who has not answered." default:"first" enum:"first,reassure,follow,remind"`
}

// Run drafts a round of letters.
func (c *lettersDraftCmd) Run(e *environment) error {
	return c.do(e, func(s *client.Client) (any, func(io.Writer), error) {
		d, err := s.DraftLetters(e.ctx, c.ID, c.Occasion)
		return d, func(w io.Writer) { showRound(w, *d) }, err
	})
}

func showRound(w io.Writer, r client.LetterRound) {
	_, _ = fmt.Fprintf(w, "round %d (%s): %d letters%s%s\n", r.Round, r.Occasion, r.Letters, counts(r.Kinds), counts(r.States))
	if len(r.Left) > 0 {
		_, _ = fmt.Fprintf(w, "  not by mail:%s\n", counts(r.Left))
	}
}

func counts(m map[string]int) string {
	var names []string
	for name := range m {
		names = append(names, name)
	}
	slices.Sort(names)
	out := ""
	for _, name := range names {
		out += fmt.Sprintf(" %s %d", name, m[name])
	}
	if out != "" {
		out = ";" + out
	}
	return out
}

type lettersListCmd struct {
	onIncident
	Sample bool `help:"Only the first to look at, with their words."`
}

// Run lists letters.
func (c *lettersListCmd) Run(e *environment) error {
	return c.do(e, func(s *client.Client) (any, func(io.Writer), error) {
		list, err := s.Letters(e.ctx, c.ID, c.Sample)
		return list, func(w io.Writer) {
			for _, l := range list {
				_, _ = fmt.Fprintf(w, "%s  %d  %-12s %-18s %s %s %s\n", l.ID, l.Round, l.Kind, l.State, l.To, l.Person, l.Bounce)
				if l.Text != "" {
					_, _ = fmt.Fprintf(w, "\n%s\n\n", l.Text)
				}
			}
			_, _ = fmt.Fprintf(e.talk, "%d letters\n", len(list))
		}, err
	})
}

type lettersRoundsCmd struct{ onIncident }

// Run counts letters.
func (c *lettersRoundsCmd) Run(e *environment) error {
	return c.do(e, func(s *client.Client) (any, func(io.Writer), error) {
		list, err := s.LetterRounds(e.ctx, c.ID)
		return list, func(w io.Writer) {
			for _, r := range list {
				showRound(w, r)
			}
		}, err
	})
}

type lettersPrintCmd struct {
	signature
	ID     string `arg:"" help:"Id of the incident."`
	Format string `help:"html (A4, window envelopes) or csv." default:"html" enum:"html,csv"`
}

// Run writes the letters that go by post.
func (c *lettersPrintCmd) Run(e *environment) error {
	server, done, err := c.ask(e)
	if err != nil {
		return err
	}
	defer done()
	return server.PrintLetters(e.ctx, c.ID, c.Format, e.out)
}

type incidentApproveCmd struct {
	onIncident
	Object string `arg:"" help:"What: 'sample N', 'letters N', 'page N'."`
	Text   string `help:"A remark."`
}

// Run approves.
func (c *incidentApproveCmd) Run(e *environment) error {
	return c.act(e, "approve", client.IncidentAct{Object: c.Object, Text: c.Text})
}

type incidentPhonedCmd struct {
	onIncident
	Person string `arg:"" help:"Person id."`
	Text   string `help:"A remark."`
}

// Run notes a call.
func (c *incidentPhonedCmd) Run(e *environment) error {
	return c.act(e, "phoned", client.IncidentAct{Person: c.Person, Text: c.Text})
}

type incidentUnreachableCmd struct {
	onIncident
	Person string `arg:"" help:"Person id."`
	Reason string `help:"Why, such as that letters come back and there is no telephone." required:""`
}

// Run notes that somebody cannot be told.
func (c *incidentUnreachableCmd) Run(e *environment) error {
	return c.act(e, "unreachable", client.IncidentAct{Person: c.Person, Text: c.Reason})
}

type incidentOverrideCmd struct {
	onIncident
	Reason string `help:"Why." required:""`
}

// Run lets the publication come early.
func (c *incidentOverrideCmd) Run(e *environment) error {
	return c.act(e, "override", client.IncidentAct{Object: "publication", Text: c.Reason})
}

type incidentPageCmd struct {
	Draft   pageDraftCmd     `cmd:"" help:"Make the next version of the public page of what is known."`
	Publish incidentPlainCmd `cmd:"" help:"Publish the approved version."`
	Export  pageExportCmd    `cmd:"" help:"Write all public pages as a tar on standard output, for a second host."`
}

type pageExportCmd struct{}

// Run writes the public pages.
func (c *pageExportCmd) Run(e *environment) error {
	server, done, err := e.ask()
	if err != nil {
		return err
	}
	defer done()
	return server.ExportSite(e.ctx, e.out)
}

type pageDraftCmd struct {
	onIncident
	Change   string `help:"What this version says otherwise than the one before, and why (Japanese)."`
	ChangeEn string `help:"The same in English."`
}

// Run drafts a page.
func (c *pageDraftCmd) Run(e *environment) error {
	return c.do(e, func(s *client.Client) (any, func(io.Writer), error) {
		d, err := s.DraftPage(e.ctx, c.ID, client.IncidentAct{Facts: map[string]string{"change": c.Change, "change_en": c.ChangeEn}})
		return d, func(w io.Writer) {
			_, _ = fmt.Fprintf(w, "page %d, sha256 %s\n%s\n%s\n", d.Version, d.Hash, d.URL, d.Document)
		}, err
	})
}

type incidentPlainCmd struct{ onIncident }

// Run publishes.
func (c *incidentPlainCmd) Run(e *environment) error {
	return c.act(e, "publish", client.IncidentAct{})
}

type incidentDeadlinesCmd struct {
	onIncident
	All bool `help:"Also what does not apply, with the reason."`
}

// Run lists deadlines.
func (c *incidentDeadlinesCmd) Run(e *environment) error {
	return c.do(e, func(s *client.Client) (any, func(io.Writer), error) {
		list, err := s.Deadlines(e.ctx, c.ID)
		return list, func(w io.Writer) {
			for _, d := range list {
				if d.Applies == "no" && !c.All {
					continue
				}
				due := "no number of days"
				if d.Due != nil {
					due = d.Due.Local().Format("2006-01-02 15:04 MST")
				}
				mark := ""
				switch {
				case d.Done:
					mark = "  done"
				case d.Overdue:
					mark = "  OVERDUE"
				}
				_, _ = fmt.Fprintf(w, "%-16s %-12s %-20s %s / %s%s\n    %s / %s\n", d.Rule, d.Applies, due, d.What, d.WhatEn, mark, d.Why, d.WhyEn)
				if d.Until != "" {
					_, _ = fmt.Fprintf(w, "    %s / %s\n", d.Until, d.UntilEn)
				}
				for i, note := range d.Notes {
					_, _ = fmt.Fprintf(w, "    %s / %s\n", note, d.NotesEn[i])
				}
				if len(d.Missing) > 0 {
					_, _ = fmt.Fprintf(w, "    not known: %s\n", strings.Join(d.Missing, ", "))
				}
			}
			_, _ = fmt.Fprintln(e.talk, "a draft for a person to check: this is no legal advice / 担当者の確認が必要です")
		}, err
	})
}

type incidentReportCmd struct {
	onIncident
	Law   string `help:"Which: jp-preliminary, jp-final, eu-authority, eu-register, …" placeholder:"RULE"`
	Final bool   `help:"The final report (jp-final)."`
	Diff  bool   `help:"In what it differs from the one handed in last."`
}

// Run drafts a report.
func (c *incidentReportCmd) Run(e *environment) error {
	return c.do(e, func(s *client.Client) (any, func(io.Writer), error) {
		d, err := s.Report(e.ctx, c.ID, client.IncidentAct{Law: c.Law, Final: c.Final, Diff: c.Diff})
		return d, func(w io.Writer) { _, _ = fmt.Fprintln(w, d.Text) }, err
	})
}

type incidentReportedCmd struct {
	onIncident
	Rule    string `arg:"" help:"Which: jp-preliminary, jp-final, …"`
	Receipt string `help:"Receipt number of the authority."`
}

// Run notes a report.
func (c *incidentReportedCmd) Run(e *environment) error {
	return c.act(e, "reported", client.IncidentAct{Object: c.Rule, Receipt: c.Receipt})
}

type incidentLookupCmd struct {
	asJSON
	signature
	Caller   string `arg:"" help:"Address or telephone number of the caller."`
	Incident string `help:"Id; else the newest open one."`
	Code     string `help:"Receipt code the caller reads from the letter."`
	CallBack bool   `help:"The caller was called back at what is on file."`
	Clock    bool   `help:"This call is how the company learned of it: start the clock."`
}

// Run gives the script.
func (c *incidentLookupCmd) Run(e *environment) error {
	server, done, err := c.ask(e)
	if err != nil {
		return err
	}
	defer done()
	d, err := server.LookUp(e.ctx, client.Lookup{Incident: c.Incident, Caller: c.Caller, Code: c.Code, CallBack: c.CallBack, Clock: c.Clock})
	if err != nil {
		return err
	}
	return e.show(c.JSON, d, func(w io.Writer) {
		if d.Known {
			_, _ = fmt.Fprintf(w, "%s\n", d.Group)
		}
		_, _ = fmt.Fprintf(w, "%s\n%s\n", d.Script, d.ScriptEn)
	})
}

type incidentInquiriesCmd struct {
	asJSON
	signature
	Since string `help:"From then on." placeholder:"T"`
}

// Run lists inquiries.
func (c *incidentInquiriesCmd) Run(e *environment) error {
	since, err := parseSince(c.Since, time.Now())
	if err != nil {
		return err
	}
	server, done, err := c.ask(e)
	if err != nil {
		return err
	}
	defer done()
	list, err := server.Inquiries(e.ctx, since)
	if err != nil {
		return err
	}
	return e.show(c.JSON, list, func(w io.Writer) {
		for _, q := range list {
			_, _ = fmt.Fprintf(w, "%s  %s  %s\n%s\n", q.Ref, q.At.Local().Format(time.DateTime), q.Kind, q.Text)
		}
	})
}

type incidentCompareCmd struct {
	onIncident
	Reporters  []string `help:"Addresses of those who reported such mail before they were told."`
	Later      []string `help:"And of those who did after."`
	Members    int      `help:"People who could have reported; else those of the roster."`
	Onset      string   `help:"When such mail began to come." placeholder:"T"`
	OnlyOurs   []string `help:"Of all these: whose mail uses data of theirs that only this company held."`
	Provenance string   `help:"CSV of who was given which canary: person_id,partner,given_at." type:"existingfile" placeholder:"FILE"`
}

// Run weighs.
func (c *incidentCompareCmd) Run(e *environment) error {
	reporters := func(addresses []string) (list []client.Reporter) {
		for _, a := range addresses {
			list = append(list, client.Reporter{Address: a, OnlyOurs: slices.Contains(c.OnlyOurs, a)})
		}
		return list
	}
	q := client.SameLeak{Members: c.Members, Reporters: reporters(c.Reporters), Later: reporters(c.Later)}
	if c.Onset != "" {
		at, err := parseSince(c.Onset, time.Now())
		if err != nil {
			return err
		}
		q.Onset = &at
	}
	if c.Provenance != "" {
		text, err := os.ReadFile(c.Provenance)
		if err != nil {
			return fmt.Errorf("read provenance: %w", err)
		}
		q.Provenance = string(text)
	}
	return c.do(e, func(s *client.Client) (any, func(io.Writer), error) {
		d, err := s.Compare(e.ctx, c.ID, q)
		return d, func(w io.Writer) {
			_, _ = fmt.Fprintf(w, "%s / %s\n", d.Text, d.TextEn)
			for _, r := range d.Reasons {
				_, _ = fmt.Fprintf(w, "  %s\n", r)
			}
			for _, p := range d.Partners {
				_, _ = fmt.Fprintf(w, "  %s: %s, %d of %d canaries, posterior %.2f\n", p.Name, p.Verdict, p.Hits, p.Canaries, p.Posterior)
			}
			for _, n := range d.Needed {
				_, _ = fmt.Fprintf(w, "  to say more: %s\n", n)
			}
		}, err
	})
}

type replayCmd struct{ onIncident }

// Run replays an incident.
func (c *replayCmd) Run(e *environment) error {
	return c.do(e, func(s *client.Client) (any, func(io.Writer), error) {
		d, err := s.Replay(e.ctx, c.ID)
		return d, func(w io.Writer) {
			_, _ = fmt.Fprintf(w, "of %d wrong deliveries %d would be held now, %d would leave (%d before the first is held); bodies gone %d%s\n",
				d.Wrong, d.Stopped, d.Released, d.Before, d.Gone, counts(d.Rules))
		}, err
	})
}
