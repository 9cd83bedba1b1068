package main

import (
	"encoding/json"
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/kakitome/kakitome/client"
)

type checkCmd struct {
	asJSON
	To         []string `help:"Envelope recipient." required:"" placeholder:"ADDR" sep:"none"`
	From       string   `help:"Envelope sender." placeholder:"ADDR"`
	Stream     string   `help:"Stream; else the mail's own field, else default."`
	ShowValues bool     `help:"Print the values of identifiers."`
	File       string   `arg:"" help:"The mail, or - for standard input."`
}

// verdict is the explanation document as the command prints it.
type verdict struct {
	Decision   string `json:"decision"`
	Stream     string `json:"stream"`
	Mode       string `json:"mode"`
	Recipients []struct {
		Address  string `json:"address"`
		Decision string `json:"decision"`
		Observed bool   `json:"observed"`
		Reasons  []struct {
			Rule   string `json:"rule"`
			Where  string `json:"where"`
			Text   string `json:"text"`
			TextJa string `json:"text_ja"`
		} `json:"reasons"`
	} `json:"recipients"`
	Findings []struct {
		Kind  string `json:"kind"`
		Owner string `json:"owner"`
		Where string `json:"where"`
		Unit  string `json:"unit"`
		Value string `json:"value"`
	} `json:"findings"`
	Remarks       []string `json:"remarks"`
	RosterVersion int64    `json:"roster_version"`
	AsOf          string   `json:"as_of"`
}

// Run judges a mail without sending it.
func (c *checkCmd) Run(e *environment) error {
	mail, err := openOrStdin(c.File, e.in)
	if err != nil {
		return err
	}
	defer func() { _ = mail.Close() }()
	server, done, err := e.ask()
	if err != nil {
		return err
	}
	defer done()
	doc, err := server.Check(e.ctx, client.CheckRequest{From: c.From, To: c.To, Stream: c.Stream, ShowValues: c.ShowValues}, mail)
	if err != nil {
		return err
	}
	var v verdict
	if err := json.Unmarshal(doc, &v); err != nil {
		return fmt.Errorf("read verdict: %w", err)
	}
	if err := e.show(c.JSON, doc, v.print); err != nil {
		return err
	}
	if v.Decision == "hold" {
		return errHold
	}
	return nil
}

// printReasons writes for each recipient what was decided and why.
func (v *verdict) printReasons(w io.Writer) {
	for _, r := range v.Recipients {
		note := ""
		if r.Observed {
			note = " (observe mode: would hold)"
		}
		_, _ = fmt.Fprintf(w, "%s: %s%s\n", r.Address, r.Decision, note)
		for _, reason := range r.Reasons {
			_, _ = fmt.Fprintf(w, "  %s: %s\n  %s  %s\n", reason.Rule, reason.Text, strings.Repeat(" ", len(reason.Rule)), reason.TextJa)
			if reason.Where != "" {
				_, _ = fmt.Fprintf(w, "  %s  (%s)\n", strings.Repeat(" ", len(reason.Rule)), reason.Where)
			}
		}
	}
}

// print writes a verdict for a person.
func (v *verdict) print(w io.Writer) {
	v.printReasons(w)
	if len(v.Findings) > 0 {
		_, _ = fmt.Fprintln(w, "found:")
	}
	for _, f := range v.Findings {
		where := f.Where
		if f.Unit != "" {
			where += " in " + f.Unit
		}
		_, _ = fmt.Fprintf(w, "  %-12s %-14s %s %s\n", f.Kind, f.Owner, where, f.Value)
	}
	for _, r := range v.Remarks {
		_, _ = fmt.Fprintf(w, "remark: %s\n", r)
	}
	_, _ = fmt.Fprintf(w, "stream %s (%s), roster version %d, as of %s\n", v.Stream, v.Mode, v.RosterVersion, v.AsOf)
}

func openOrStdin(path string, stdin io.Reader) (io.ReadCloser, error) {
	if path == "-" {
		return io.NopCloser(stdin), nil
	}
	f, err := os.Open(path) //nolint:gosec // the file the user named
	if err != nil {
		return nil, fmt.Errorf("read mail: %w", err)
	}
	return f, nil
}
