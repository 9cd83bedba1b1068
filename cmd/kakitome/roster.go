package main

import (
	"fmt"
	"io"
	"maps"
	"os"
	"slices"
	"strings"

	"github.com/google/renameio/v2"
	"golang.org/x/term"

	"github.com/kakitome/kakitome/client"
)

type rosterImportCmd struct {
	asJSON
	agreement
	File    string `arg:"" help:"The CSV, UTF-8 or Shift_JIS, or - for standard input."`
	SkipBad bool   `help:"Import the good rows, write the bad ones to FILE.rejected.csv."`
}

// Run imports a roster.
func (c *rosterImportCmd) Run(e *environment) error {
	agreed, err := c.why()
	if err != nil {
		return err
	}
	file, err := openOrStdin(c.File, e.in)
	if err != nil {
		return err
	}
	defer func() { _ = file.Close() }()
	server, done, err := e.ask()
	if err != nil {
		return err
	}
	defer done()
	got, err := server.ImportRosterAs(e.ctx, e.progress("reading", file), client.ImportOptions{SkipBad: c.SkipBad, Agreed: agreed})
	if err != nil {
		return err
	}
	if got.RejectedRows != "" && c.SkipBad {
		if err := c.writeRejected(e, got); err != nil {
			return err
		}
	}
	got.RejectedRows = ""
	if err := e.show(c.JSON, got, func(w io.Writer) { c.print(w, got) }); err != nil {
		return err
	}
	for _, r := range got.Errors {
		e.say("%s:%d: %s", c.File, r.Line, r.Error())
	}
	return outcome(e, got, c.SkipBad)
}

func (c *rosterImportCmd) writeRejected(e *environment, got *client.Imported) error {
	name := strings.TrimSuffix(c.File, ".csv") + ".rejected.csv"
	if c.File == "-" {
		name = "stdin.rejected.csv"
	}
	if err := renameio.WriteFile(name, []byte(got.RejectedRows), 0o600); err != nil {
		return fmt.Errorf("write rejected rows: %w", err)
	}
	e.say("%d bad rows are in %s", got.Rejected, name)
	return nil
}

func (c *rosterImportCmd) print(w io.Writer, got *client.Imported) {
	if got.Version == 0 {
		return
	}
	_, _ = fmt.Fprintf(w, "%d people read, %d changed, %d rows rejected; roster version %d\n", got.Rows, got.Changed, got.Rejected, got.Version)
}

// progress shows how far a file was read, on a terminal.
func (e *environment) progress(what string, r io.Reader) io.Reader {
	f, isFile := r.(*os.File)
	talk, isTerm := e.talk.(*os.File)
	if !isFile || !isTerm || !term.IsTerminal(int(talk.Fd())) {
		return r
	}
	info, err := f.Stat()
	if err != nil || info.Size() == 0 || !info.Mode().IsRegular() {
		return r
	}
	return &progressReader{r: r, size: info.Size(), w: talk, what: what}
}

type progressReader struct {
	r          io.Reader
	w          io.Writer
	what       string
	size, read int64
	shown      int64
}

func (p *progressReader) Read(b []byte) (int, error) {
	n, err := p.r.Read(b)
	p.read += int64(n)
	if percent := p.read * 100 / p.size; percent != p.shown {
		p.shown = percent
		_, _ = fmt.Fprintf(p.w, "\r%s %3d %%", p.what, percent)
		if percent >= 100 {
			_, _ = fmt.Fprintln(p.w, "; writing and indexing the rest")
		}
	}
	return n, err
}

type rosterShowCmd struct {
	asJSON
	Person string `arg:"" help:"Person id."`
}

// Run shows which kinds of identifiers a person has.
func (c *rosterShowCmd) Run(e *environment) error {
	server, done, err := e.ask()
	if err != nil {
		return err
	}
	defer done()
	p, err := server.Person(e.ctx, c.Person)
	if err != nil {
		return err
	}
	return e.show(c.JSON, p, func(w io.Writer) {
		_, _ = fmt.Fprintf(w, "%s (roster version %d)\n", p.ID, p.Version)
		if p.Canary {
			_, _ = fmt.Fprintln(w, "  canary")
		}
		printKinds(w, p.Kinds)
	})
}

func printKinds(w io.Writer, kinds map[string]int) {
	for _, kind := range slices.Sorted(maps.Keys(kinds)) {
		_, _ = fmt.Fprintf(w, "  %-12s %d\n", kind, kinds[kind])
	}
}

type rosterRemoveCmd struct {
	Person string `arg:"" help:"Person id."`
}

// Run erases a person.
func (c *rosterRemoveCmd) Run(e *environment) error {
	server, done, err := e.ask()
	if err != nil {
		return err
	}
	defer done()
	if err := server.RemovePerson(e.ctx, c.Person); err != nil {
		return err
	}
	e.say("erased; what was sent stays on the ledger, by keyed hashes only")
	return nil
}

type rosterStatsCmd struct{ asJSON }

// Run counts the roster.
func (c *rosterStatsCmd) Run(e *environment) error {
	server, done, err := e.ask()
	if err != nil {
		return err
	}
	defer done()
	s, err := server.RosterStats(e.ctx)
	if err != nil {
		return err
	}
	return e.show(c.JSON, s, func(w io.Writer) {
		_, _ = fmt.Fprintf(w, "%d people, %d canaries, roster version %d\n", s.People, s.Canaries, s.Version)
		printKinds(w, s.Identifiers)
	})
}
