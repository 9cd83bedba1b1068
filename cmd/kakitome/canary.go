package main

import (
	"bytes"
	"crypto/rand"
	"fmt"
	"os"
	"time"

	"github.com/kakitome/kakitome/internal/attribution"
)

type canaryCmd struct {
	Make canaryMakeCmd `cmd:"" help:"Write a roster CSV of canary people, and who is given whom."`
}

type canaryMakeCmd struct {
	Partner    []string `help:"Whom data is handed to; each gets canaries of its own."`
	Each       int      `help:"Canaries for each partner." default:"20" placeholder:"N"`
	Controls   int      `help:"Canaries that are given to nobody." default:"20" placeholder:"N"`
	Domain     []string `help:"Domains whose mail is all yours, such as @mail.example." required:""`
	Prefix     string   `help:"Of person ids." default:"M-"`
	FirstID    int      `help:"The number behind it, counted on." default:"900000" placeholder:"N"`
	Phone      []string `help:"Numbers of your own."`
	Roster     string   `help:"Roster CSV to write." default:"canaries.csv" type:"path" placeholder:"FILE"`
	Provenance string   `help:"CSV of who is given whom, for incident compare; keep it apart from the shop." default:"canaries-given.csv" type:"path" placeholder:"FILE"`
}

// Run makes canary people. Files that are there already are left alone.
func (c *canaryMakeCmd) Run(e *environment) error {
	var people, given bytes.Buffer
	err := attribution.MakeCanaries(attribution.Making{
		Partners: c.Partner, Each: c.Each, Controls: c.Controls, At: time.Now(), Domains: c.Domain, IDPrefix: c.Prefix, FirstID: c.FirstID, Phones: c.Phone,
	}, rand.Reader, &people, &given)
	if err != nil {
		return &usageError{err.Error(), "kakitome canary make --help"}
	}
	for _, f := range []struct {
		path string
		data []byte
	}{{c.Roster, people.Bytes()}, {c.Provenance, given.Bytes()}} {
		file, err := os.OpenFile(f.path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
		if err != nil {
			return fmt.Errorf("write canaries: %w", err)
		}
		_, err = file.Write(f.data)
		if closed := file.Close(); err == nil {
			err = closed
		}
		if err != nil {
			return fmt.Errorf("write canaries: %w", err)
		}
		e.say("%s written", f.path)
	}
	return nil
}
