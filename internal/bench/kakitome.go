package bench

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"os/exec"
	"path/filepath"
	"runtime/pprof"
	"syscall"
	"time"

	"github.com/kakitome/kakitome/client"
	"github.com/kakitome/kakitome/internal/app"
	"github.com/kakitome/kakitome/internal/config"
)

const configuration = `data: %q
database: %q
smtp:   {listen: "127.0.0.1:0"}
relay:  {address: %q, tls: none}
admin:  {listen: "127.0.0.1:0"}
public: {listen: "127.0.0.1:0"}
company:
  name: 例示商店
  identifiers: ["03-1234-5678", "support@shop.example", %q]
codes: {member_no: 'M-\d{8}', order_no: 'KK-\d{8}'}
`

const passwordVariable = "KAKITOME_DATABASE_PASSWORD" //nolint:gosec // a name

// openKakitome starts a gateway before the sink and gives it the roster.
func openKakitome(ctx context.Context, o *Options, name, dir, sinkAddr string, d *database) (_ *path, err error) {
	dir = filepath.Join(dir, name)
	if err := os.Mkdir(dir, 0o700); err != nil {
		return nil, fmt.Errorf("make gateway's directory: %w", err)
	}
	file := filepath.Join(dir, "kakitome.yaml")
	text := fmt.Sprintf(configuration, filepath.Join(dir, "data"), d.url, sinkAddr, sender)
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		return nil, fmt.Errorf("write gateway's configuration: %w", err)
	}
	getenv := func(key string) string {
		if key == passwordVariable {
			return d.password
		}
		return ""
	}
	cfg, err := config.Load(file, getenv, os.ReadFile)
	if err != nil {
		return nil, err
	}
	p := &path{name: name, database: d.pid, staff: client.Unix(app.SocketPath(cfg))}
	if o.Profile != "" {
		err = p.serveHere(ctx, o, cfg)
	} else {
		err = p.serveAside(ctx, o, file, d.password)
	}
	if err != nil {
		return nil, err
	}
	if err := p.roster(ctx, o); err != nil {
		return nil, errors.Join(err, p.stop())
	}
	return p, nil
}

// serveAside runs the gateway as a process of its own.
func (p *path) serveAside(ctx context.Context, o *Options, file, password string) error {
	cmd := exec.Command(o.Program, "--config", file, "serve") //nolint:gosec // this program
	cmd.Env = append(os.Environ(), passwordVariable+"="+password)
	child, err := start(cmd)
	if err != nil {
		return err
	}
	p.pid, p.stop = child.pid(), func() error { return child.stop(syscall.SIGTERM) }
	err = child.await(ctx, func() error {
		health, err := p.staff.Health(ctx)
		if err != nil {
			return err
		}
		p.addr = health.SMTP
		return greets(p.addr)
	})
	if err != nil {
		return errors.Join(err, p.stop())
	}
	return nil
}

// serveHere runs the gateway in this process, so that it can be profiled. Its
// processor time is then not told apart.
func (p *path) serveHere(ctx context.Context, o *Options, cfg *config.Config) error {
	a, err := app.New(ctx, app.Options{Config: cfg, Version: "bench", Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		return err
	}
	if err := a.Start(ctx); err != nil {
		return err
	}
	p.addr = a.SMTPAddr()
	f, err := os.Create(o.Profile)
	if err == nil {
		p.profile = func() error { return pprof.StartCPUProfile(f) }
	}
	p.stop = func() error {
		pprof.StopCPUProfile()
		ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), stopPatience)
		defer cancel()
		return errors.Join(a.Stop(ctx), f.Close())
	}
	if err != nil {
		return errors.Join(fmt.Errorf("open profile: %w", err), p.stop())
	}
	return nil
}

// roster imports the people through the client.
func (p *path) roster(ctx context.Context, o *Options) error {
	r, w := io.Pipe()
	go func() {
		buffered := bufio.NewWriterSize(w, 1<<20)
		_ = w.CloseWithError(errors.Join(writeRoster(buffered, o.People), buffered.Flush()))
	}()
	began := time.Now()
	got, err := p.staff.ImportRoster(ctx, r, false)
	if err != nil {
		return fmt.Errorf("import roster: %w", err)
	}
	if got.Rejected > 0 || got.Rows != o.People {
		return fmt.Errorf("import roster: %d of %d people, %d rejected", got.Rows, o.People, got.Rejected)
	}
	p.imported = float64(o.People) / time.Since(began).Seconds()
	o.say("%s: %d people imported, %.0f a second", p.name, o.People, p.imported)
	return nil
}

// settled waits until nothing is on its way, and makes sure that nothing was
// held.
func (p *path) settled(ctx context.Context) error {
	if p.staff == nil {
		return nil
	}
	tick := time.NewTicker(5 * time.Millisecond)
	defer tick.Stop()
	for {
		streams, err := p.staff.Streams(ctx)
		if err != nil {
			return fmt.Errorf("ask %s for its streams: %w", p.name, err)
		}
		queued := 0
		for _, s := range streams {
			if s.Held > 0 {
				return fmt.Errorf("%s: %d of stream %s: %w", p.name, s.Held, s.Name, errHeld)
			}
			queued += s.Queued
		}
		if queued == 0 {
			return nil
		}
		select {
		case <-tick.C:
		case <-ctx.Done():
			return fmt.Errorf("%s: %d mails are still queued: %w", p.name, queued, ctx.Err())
		}
	}
}
