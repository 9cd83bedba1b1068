package main

import (
	"errors"
	"fmt"
	"io"
	"os"

	"github.com/kakitome/kakitome/internal/bench"
	"github.com/kakitome/kakitome/internal/kakitest/people"
)

type benchCmd struct {
	Check    benchCheckCmd    `cmd:"" help:"One check of one mail, beside a plain walk of its parts."`
	Match    benchMatchCmd    `cmd:"" help:"Roster and scan alone."`
	Gateway  benchGatewayCmd  `cmd:"" help:"The whole path, beside the bare wire and the peers, in one run."`
	Accuracy benchAccuracyCmd `cmd:"" help:"How right the verdicts are on mails of every kind."`
}

type benchCheckCmd struct {
	asJSON
	People int `help:"People in the roster." default:"200000" placeholder:"N"`
}

// Run measures one check.
func (c *benchCheckCmd) Run(e *environment) error {
	if err := wantPeople(c.People); err != nil {
		return err
	}
	f, err := bench.Checking(c.People, e.talk)
	if err != nil {
		return err
	}
	return e.tell(c.JSON, f, f.Tell)
}

type benchMatchCmd struct {
	asJSON
	People int `help:"People in the roster." default:"1000000" placeholder:"N"`
}

// Run measures roster and scan.
func (c *benchMatchCmd) Run(e *environment) error {
	if err := wantPeople(c.People); err != nil {
		return err
	}
	f, err := bench.Matching(c.People, e.talk)
	if err != nil {
		return err
	}
	return e.tell(c.JSON, f, f.Tell)
}

type benchAccuracyCmd struct {
	asJSON
	People  int    `help:"People in the roster." default:"20000" placeholder:"N"`
	Mails   int    `help:"Right mails to judge." default:"20000" placeholder:"N"`
	Stories int    `help:"Stories of each wrong kind." default:"10" placeholder:"N"`
	Seed    uint64 `help:"Seed of the people and the mails." default:"1" placeholder:"N"`
	Kinds   string `help:"Only kinds whose names fit, such as 'c-*'." placeholder:"PATTERN"`
	Curve   bool   `help:"Also judge by other ratios of another's weight to the recipient's own."`
	HoldFor bool   `help:"Give every stream a hold_for of ten minutes."`
	Fit     bool   `help:"Look for better weights instead."`
}

// Run judges a made-up shop's mail.
func (c *benchAccuracyCmd) Run(e *environment) error {
	if err := wantPeople(c.People); err != nil {
		return err
	}
	o := bench.AccuracyOptions{
		Seed: c.Seed, People: c.People, Mails: c.Mails, Stories: c.Stories, Kinds: c.Kinds, Curve: c.Curve, HoldFor: c.HoldFor, Talk: e.talk,
	}
	if c.Fit {
		f, err := bench.Fitting(o)
		if err != nil {
			return err
		}
		return e.tell(c.JSON, f, f.Tell)
	}
	f, err := bench.Judging(o)
	if err != nil {
		return err
	}
	return e.tell(c.JSON, f, f.Tell)
}

type benchGatewayCmd struct {
	asJSON
	People   int    `help:"People in the roster." default:"100000" placeholder:"N"`
	Mails    int    `help:"Mails of each run." default:"4000" placeholder:"N"`
	Runs     int    `help:"Runs, of which each figure is the median." default:"3" placeholder:"N"`
	Peers    bool   `help:"Fail when a peer (Postfix, PostgreSQL) cannot be measured, instead of leaving it out."`
	Database string `help:"A PostgreSQL server, postgres://…, on which a database is made and dropped. Without it a private one is started where installed." env:"KAKITOME_TEST_POSTGRES" placeholder:"URL"`
	Profile  string `hidden:"" help:"Write a CPU profile of the SQLite path, and measure nothing else."`
}

// Run measures the whole path.
func (c *benchGatewayCmd) Run(e *environment) error {
	if err := wantPeople(c.People); err != nil {
		return err
	}
	if c.Mails < 1 || c.Runs < 1 {
		return &usageError{"--mails and --runs begin at 1", "leave them out"}
	}
	self, err := os.Executable()
	if err != nil {
		return fmt.Errorf("find this program: %w", err)
	}
	f, err := bench.Gateway(e.ctx, bench.Options{
		People: c.People, Mails: c.Mails, Runs: c.Runs, Peers: c.Peers,
		Database: c.Database, Program: self, Profile: c.Profile, Talk: e.talk,
	})
	if err != nil {
		return err
	}
	return e.tell(c.JSON, f, f.Tell)
}

func wantPeople(n int) error {
	if n < 1 || n > people.Most {
		return &usageError{"--people is out of range", fmt.Sprintf("1 to %d", people.Most)}
	}
	return nil
}

// tell prints a value as JSON, or in its own words.
func (e *environment) tell(asJSON bool, v any, words func(w io.Writer) error) error {
	var told error
	err := e.show(asJSON, v, func(w io.Writer) { told = words(w) })
	return errors.Join(err, told)
}
