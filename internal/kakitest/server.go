package kakitest

import (
	"bytes"
	"context"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/kakitome/kakitome/client"
	"github.com/kakitome/kakitome/internal/app"
	"github.com/kakitome/kakitome/internal/config"
)

// Patience is how long a test waits for what must happen.
const Patience = 30 * time.Second

// Server is the program running inside a test.
type Server struct {
	App    *app.App
	Client *client.Client
	Config *config.Config
	Relay  *Relay
	Log    *Log
	Clock  *Clock
}

// Clock is the program's clock: the machine's, put forward at will.
type Clock struct{ ahead atomic.Int64 }

// Now is the program's time.
func (c *Clock) Now() time.Time { return time.Now().Add(time.Duration(c.ahead.Load())) }

// Forward puts the clock forward.
func (c *Clock) Forward(d time.Duration) { c.ahead.Add(int64(d)) }

// Start starts the program with a configuration in YAML, to which data
// directory, listeners and relay are added; it stops when the test ends.
func Start(t testing.TB, yaml string) *Server {
	t.Helper()
	return StartIn(t, t.TempDir(), NewRelay(t), yaml)
}

// StartIn is Start in a directory and before a relay of the test's own.
func StartIn(t testing.TB, dir string, relay *Relay, yaml string) *Server {
	t.Helper()
	s := &Server{Config: Config(t, dir, relay.Addr(), yaml), Relay: relay, Log: &Log{}, Clock: &Clock{}}
	var err error
	s.App, err = app.New(t.Context(), app.Options{
		Config: s.Config, Version: "test", Log: slog.New(slog.NewTextHandler(s.Log, nil)), Now: s.Clock.Now,
	})
	if err == nil {
		err = s.App.Start(t.Context())
	}
	if err != nil {
		t.Fatalf("start kakitome: %v", err)
	}
	s.Client = client.Unix(app.SocketPath(s.Config))
	t.Cleanup(func() {
		s.Stop(t)
		if t.Failed() {
			t.Logf("log of kakitome:\n%s", s.Log)
		}
	})
	return s
}

// Stop stops the program; it may be called again.
func (s *Server) Stop(t testing.TB) {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), Patience)
	defer cancel()
	if err := s.App.Stop(ctx); err != nil {
		t.Errorf("stop kakitome: %v", err)
	}
}

// Config writes a configuration file and reads it back as the program does.
// The top-level keys data, smtp, relay, admin and public are given unless yaml
// has them.
func Config(t testing.TB, dir, relayAddr, yaml string) *config.Config {
	t.Helper()
	path := filepath.Join(dir, "kakitome.yaml")
	if err := os.WriteFile(path, []byte(File(filepath.Join(dir, "data"), relayAddr, yaml)), 0o600); err != nil {
		t.Fatal(err)
	}
	cfg, err := config.Load(path, func(string) string { return "" }, os.ReadFile)
	if err != nil {
		t.Fatalf("load configuration: %v", err)
	}
	return cfg
}

// File is the text of a configuration with free loopback ports.
func File(data, relayAddr, yaml string) string {
	var b strings.Builder
	b.WriteString(yaml + "\n")
	for _, line := range []string{
		fmt.Sprintf("data: %s", data), "smtp: {listen: \"127.0.0.1:0\"}", fmt.Sprintf("relay: {address: %q}", relayAddr),
		"admin: {listen: \"127.0.0.1:0\"}", "public: {listen: \"127.0.0.1:0\"}",
	} {
		key, _, _ := strings.Cut(line, ":")
		if !strings.HasPrefix(yaml, key+":") && !strings.Contains(yaml, "\n"+key+":") {
			b.WriteString(line + "\n")
		}
	}
	return b.String()
}

// Log keeps what the program logs.
type Log struct {
	mu  sync.Mutex
	buf bytes.Buffer
}

func (l *Log) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.buf.Write(p)
}

func (l *Log) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.buf.String()
}

// Eventually waits until a condition holds; it asks again and again, with a
// pause that grows.
func Eventually(t testing.TB, what string, holds func() bool) {
	t.Helper()
	deadline := time.Now().Add(Patience)
	for pause := time.Millisecond; !holds(); pause = min(2*pause, 100*time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("%s: did not come about", what)
		}
		<-time.After(pause)
	}
}
