package main

import (
	"bytes"
	"crypto/rand"
	"fmt"
	"os"
	"strings"
	"time"

	"github.com/google/renameio/v2"
	"golang.org/x/term"

	"github.com/kakitome/kakitome/internal/app"
	"github.com/kakitome/kakitome/internal/keys"
)

type keyBackupCmd struct {
	File           string   `arg:"" help:"Where the backup goes; must not exist."`
	Recipient      []string `help:"age recipient (age1…); may be given again." placeholder:"AGE1…"`
	PassphraseFile string   `help:"File with the passphrase, instead of being asked." placeholder:"FILE"`
}

// Run backs the keys up.
func (c *keyBackupCmd) Run(e *environment) error {
	cfg, err := e.load()
	if err != nil {
		return err
	}
	if _, err := os.Stat(c.File); err == nil {
		return &usageError{"the backup file exists already", "name another; a backup is never overwritten"}
	}
	if _, err := os.Stat(app.KeyDir(cfg)); err != nil {
		return fmt.Errorf("find keys: %w", err)
	}
	ring, err := keys.Open(app.KeyDir(cfg), rand.Reader, time.Now())
	if err != nil {
		return err
	}
	lock := keys.Lock{Recipients: c.Recipient}
	if len(c.Recipient) == 0 {
		if lock.Passphrase, err = e.passphrase(c.PassphraseFile, true); err != nil {
			return err
		}
	}
	var sealed bytes.Buffer
	if err := ring.Backup(&sealed, lock); err != nil {
		return err
	}
	if err := renameio.WriteFile(c.File, sealed.Bytes(), 0o600); err != nil {
		return fmt.Errorf("write backup: %w", err)
	}
	e.say("the keys are in %s; keep it apart from the database, and try it with: kakitome key restore", c.File)
	return nil
}

type keyRestoreCmd struct {
	File           string `arg:"" help:"The backup."`
	NewNode        bool   `help:"For a further node on the same database: everything but the evidence key, which is made anew."`
	IdentityFile   string `help:"age identity file, for a backup to recipients." placeholder:"FILE"`
	PassphraseFile string `help:"File with the passphrase, instead of being asked." placeholder:"FILE"`
}

// Run restores the keys. It never overwrites any.
func (c *keyRestoreCmd) Run(e *environment) error {
	cfg, err := e.load()
	if err != nil {
		return err
	}
	file, err := os.Open(c.File)
	if err != nil {
		return fmt.Errorf("read backup: %w", err)
	}
	defer func() { _ = file.Close() }()
	var with keys.Unlock
	if c.IdentityFile != "" {
		text, err := os.ReadFile(c.IdentityFile)
		if err != nil {
			return fmt.Errorf("read identity: %w", err)
		}
		with.Identities = string(text)
	} else if with.Passphrase, err = e.passphrase(c.PassphraseFile, false); err != nil {
		return err
	}
	if err := os.MkdirAll(cfg.Data, 0o700); err != nil {
		return fmt.Errorf("make data directory: %w", err)
	}
	if c.NewNode {
		err = keys.RestoreNew(file, with, app.KeyDir(cfg), rand.Reader)
	} else {
		err = keys.Restore(file, with, app.KeyDir(cfg))
	}
	if err != nil {
		return err
	}
	e.say("the keys are in %s", app.KeyDir(cfg))
	return nil
}

// passphrase reads a passphrase from a file, the environment, or the terminal.
func (e *environment) passphrase(file string, twice bool) (string, error) {
	if file != "" {
		text, err := os.ReadFile(file) //nolint:gosec // the file the user named
		if err != nil {
			return "", fmt.Errorf("read passphrase: %w", err)
		}
		return strings.TrimRight(string(text), "\r\n"), nil
	}
	if p := os.Getenv("KAKITOME_PASSPHRASE"); p != "" {
		return p, nil
	}
	tty, ok := e.in.(*os.File)
	if !ok || !term.IsTerminal(int(tty.Fd())) {
		return "", &usageError{"no passphrase", "give --passphrase-file, KAKITOME_PASSPHRASE, or --recipient"}
	}
	ask := func(prompt string) (string, error) {
		_, _ = fmt.Fprint(e.talk, prompt)
		p, err := term.ReadPassword(int(tty.Fd()))
		_, _ = fmt.Fprintln(e.talk)
		return string(p), err
	}
	first, err := ask("Passphrase: ")
	if err != nil || !twice {
		return first, err
	}
	second, err := ask("Again: ")
	if err != nil {
		return "", err
	}
	if first != second {
		return "", &usageError{"the passphrases differ", "try again"}
	}
	return first, nil
}
