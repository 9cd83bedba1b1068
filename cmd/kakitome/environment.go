package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"net"
	"net/http"
	"os"
	"os/user"
	"time"

	"github.com/kakitome/kakitome/client"
	"github.com/kakitome/kakitome/internal/app"
	"github.com/kakitome/kakitome/internal/config"
	"github.com/kakitome/kakitome/internal/httpapi"
	"github.com/kakitome/kakitome/internal/telemetry"
)

// environment is what a command works in.
type environment struct {
	ctx    context.Context
	in     io.Reader
	out    io.Writer // data
	talk   io.Writer // words
	config string
}

// load reads the configuration. A missing default file means the defaults.
func (e *environment) load() (*config.Config, error) {
	return config.Load(e.config, os.Getenv, os.ReadFile)
}

// ask connects to the running server, or, when there is none, takes the data
// directory's lock and answers from the files. done gives it back.
func (e *environment) ask() (c *client.Client, done func(), err error) {
	cfg, err := e.load()
	if err != nil {
		return nil, nil, err
	}
	path := app.SocketPath(cfg)
	conn, err := net.DialTimeout("unix", path, 5*time.Second)
	if err == nil {
		_ = conn.Close()
		return client.Unix(path), func() {}, nil
	}
	if errors.Is(err, fs.ErrPermission) {
		return nil, nil, fmt.Errorf("open control socket: %w", err)
	}
	return e.alone(cfg)
}

// alone answers from the files, without a server.
func (e *environment) alone(cfg *config.Config) (*client.Client, func(), error) {
	a, err := app.New(e.ctx, app.Options{Config: cfg, Version: version, Offline: true, Log: telemetry.NewLog(e.talk, slog.LevelWarn)})
	if err != nil {
		return nil, nil, err
	}
	if err := a.Start(e.ctx); err != nil {
		return nil, nil, err
	}
	done := func() {
		ctx, cancel := context.WithTimeout(context.WithoutCancel(e.ctx), time.Minute)
		defer cancel()
		if err := a.Stop(ctx); err != nil {
			_, _ = fmt.Fprintf(e.talk, "kakitome: warning: %v\n", err)
		}
	}
	return client.New("http://kakitome", inProcess{a.Handler()}), done, nil
}

// inProcess carries requests to a handler without a network.
type inProcess struct{ h http.Handler }

func (t inProcess) RoundTrip(r *http.Request) (*http.Response, error) {
	r = r.WithContext(httpapi.WithWho(r.Context(), myself()))
	if r.Body == nil {
		r.Body = http.NoBody
	}
	pr, pw := io.Pipe()
	w := &pipeWriter{header: http.Header{}, body: pw, ready: make(chan int, 1)}
	go func() {
		t.h.ServeHTTP(w, r)
		w.WriteHeader(http.StatusOK)
		_ = pw.Close()
	}()
	status := <-w.ready
	return &http.Response{
		StatusCode: status, Status: fmt.Sprintf("%d %s", status, http.StatusText(status)),
		Header: w.header, Body: pr, Request: r, ProtoMajor: 1, ProtoMinor: 1,
	}, nil
}

// pipeWriter is a response that is read while it is written.
type pipeWriter struct {
	header http.Header
	body   *io.PipeWriter
	ready  chan int
	sent   bool
}

func (w *pipeWriter) Header() http.Header { return w.header }

func (w *pipeWriter) WriteHeader(status int) {
	if !w.sent {
		w.sent = true
		w.ready <- status
	}
}

func (w *pipeWriter) Write(p []byte) (int, error) {
	w.WriteHeader(http.StatusOK)
	return w.body.Write(p)
}

// myself is who runs the command, for the audit.
func myself() string {
	if u, err := user.Current(); err == nil {
		return "uid " + u.Uid + " (no server)"
	}
	return "unknown (no server)"
}

// show prints a value as JSON, or in the words that write prints.
func (e *environment) show(asJSON bool, v any, write func(w io.Writer)) error {
	if !asJSON {
		write(e.out)
		return nil
	}
	enc := json.NewEncoder(e.out)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	if err := enc.Encode(v); err != nil {
		return fmt.Errorf("print answer: %w", err)
	}
	return nil
}

func (e *environment) say(format string, args ...any) {
	_, _ = fmt.Fprintf(e.talk, format+"\n", args...)
}
