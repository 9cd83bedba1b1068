package main

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"os"
	"strings"
	"time"

	"github.com/kakitome/kakitome/internal/app"
	"github.com/kakitome/kakitome/internal/auth"
	"github.com/kakitome/kakitome/internal/telemetry"
)

type serveCmd struct{}

// stopPatience is how long what was accepted may take to be finished.
const stopPatience = 30 * time.Second

// Run serves until a signal, then finishes what was accepted.
func (serveCmd) Run(e *environment) error {
	cfg, err := e.load()
	if err != nil {
		return err
	}
	a, err := app.New(e.ctx, app.Options{
		Config: cfg, Version: version, Log: telemetry.NewLog(e.talk, slog.LevelInfo),
	})
	if err != nil {
		return err
	}
	if err := a.Start(e.ctx); err != nil {
		return err
	}
	e.say("kakitome %s: smtp %s, admin http://%s, relay %s, data %s", version, a.SMTPAddr(), a.AdminAddr(), cfg.Relay.Address, cfg.Data)
	if _, err := os.Stat(e.config); err != nil {
		e.say("hint: no configuration file %s; everything is at its default, on loopback", e.config)
	}
	<-e.ctx.Done()
	e.say("kakitome: stopping; what was accepted is finished first")
	ctx, cancel := context.WithTimeout(context.WithoutCancel(e.ctx), stopPatience)
	defer cancel()
	return a.Stop(ctx)
}

type versionCmd struct{}

// Run prints the version.
func (versionCmd) Run(e *environment) error {
	_, err := fmt.Fprintf(e.out, "kakitome %s\n", version)
	return err
}

type passwdCmd struct{}

// Run prints the argon2id hash of the password on standard input.
func (passwdCmd) Run(e *environment) error {
	line, err := io.ReadAll(io.LimitReader(e.in, 4096))
	if err != nil {
		return fmt.Errorf("read password: %w", err)
	}
	hash, err := auth.Hash(strings.TrimRight(string(line), "\r\n"))
	if err != nil {
		return err
	}
	_, err = fmt.Fprintln(e.out, hash)
	return err
}
