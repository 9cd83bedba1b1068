package demo

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"sync/atomic"
	"time"

	"github.com/kakitome/kakitome/client"
	"github.com/kakitome/kakitome/internal/app"
	"github.com/kakitome/kakitome/internal/auth"
	"github.com/kakitome/kakitome/internal/config"
)

// The streams of the shop.
const (
	streamOrder    = "order"         // enforce
	streamObserve  = "order-observe" // observe
	streamHoldFor  = "order-hold"    // enforce, waits before it leaves
	fanOut         = 1
	holdFor        = 10 * time.Second
	stopPatience   = 30 * time.Second
	officer        = "hana"
	second         = "ken"
	password       = "drill" //nolint:gosec // of the drill's two people
	configuration  = "kakitome.yaml"
	configTemplate = `data: %[1]q
smtp:   {listen: "127.0.0.1:0"}
relay:  {address: %[2]q, tls: none}
admin:  {listen: "127.0.0.1:0"}
public: {listen: "127.0.0.1:0"}
company:
  name: %[3]s
  name_en: Reiji Store
  identifiers: [%[4]q, %[5]q]
  recipients: ["@shop.example"]
codes: {member_no: 'M-\d{6}', order_no: 'KK-\d{8}'}
alert: {url: %[6]q}
streams:
  - {name: %[7]s, mode: enforce, fan_out: %[8]d, purpose: 注文確認}
  - {name: %[9]s, mode: observe, fan_out: %[8]d, purpose: 注文確認}
  - {name: %[10]s, mode: enforce, fan_out: %[8]d, hold_for: %[11]s, purpose: 注文確認}
incident:
  from: %[12]s
  bounce: bounce@letters.shop.example
  contact: {ja: 例示商店 個人情報窓口, en: Reiji Store privacy desk, phone: %[4]q, hours: "10:00–18:00"}
  officer: 例示 責任者
  per_second: 1000
  staff:
    - {name: %[13]s, hash: %[15]q}
    - {name: %[14]s, hash: %[15]q}
`
)

// stage is a whole gateway with a relay behind it and somebody on duty, all in
// this process and on loopback.
type stage struct {
	dir   string
	relay *relay
	siren *siren
	app   *app.App
	staff *client.Client
	// An officer runs the response, a second person agrees.
	officer, second *client.Client
	ahead           atomic.Int64 // how far the gateway's clock is ahead, nanoseconds
	onStop          []func() error
}

// build sets the stage in a new directory.
func build(ctx context.Context, version string, log io.Writer) (_ *stage, err error) {
	s := &stage{}
	defer func() {
		if err != nil {
			err = errors.Join(err, s.strike())
		}
	}()
	if s.dir, err = os.MkdirTemp("", "kakitome-demo-"); err != nil {
		return nil, fmt.Errorf("make directory: %w", err)
	}
	s.defers(func() error { return os.RemoveAll(s.dir) })
	if s.relay, err = startRelay(); err != nil {
		return nil, err
	}
	s.defers(s.relay.stop)
	if s.siren, err = startSiren(); err != nil {
		return nil, err
	}
	s.defers(s.siren.stop)
	cfg, err := s.configure()
	if err != nil {
		return nil, err
	}
	s.app, err = app.New(ctx, app.Options{
		Config: cfg, Version: version, Now: s.now,
		Log: slog.New(slog.NewTextHandler(log, &slog.HandlerOptions{Level: slog.LevelWarn})),
	})
	if err != nil {
		return nil, fmt.Errorf("make gateway: %w", err)
	}
	if err := s.app.Start(ctx); err != nil {
		return nil, fmt.Errorf("start gateway: %w", err)
	}
	s.defers(func() error {
		ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), stopPatience)
		defer cancel()
		return s.app.Stop(ctx)
	})
	s.staff = client.Unix(app.SocketPath(cfg))
	s.officer, s.second = s.staff.As(officer, password), s.staff.As(second, password)
	return s, nil
}

// configure writes the configuration as a user would, and reads it.
func (s *stage) configure() (*config.Config, error) {
	hash, err := auth.Hash(password)
	if err != nil {
		return nil, fmt.Errorf("hash password: %w", err)
	}
	path := filepath.Join(s.dir, configuration)
	text := fmt.Sprintf(configTemplate, filepath.Join(s.dir, "data"), s.relay.addr, shopName, shopPhone, shopMail, s.siren.url,
		streamOrder, fanOut, streamObserve, streamHoldFor, holdFor, shopPrivacy, officer, second, hash)
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		return nil, fmt.Errorf("write configuration: %w", err)
	}
	noEnvironment := func(string) string { return "" }
	return config.Load(path, noEnvironment, os.ReadFile)
}

func (s *stage) defers(do func() error) { s.onStop = append(s.onStop, do) }

// strike takes the stage down and removes all that was written.
func (s *stage) strike() error {
	var failed []error
	for i := len(s.onStop) - 1; i >= 0; i-- {
		failed = append(failed, s.onStop[i]())
	}
	s.onStop = nil
	return errors.Join(failed...)
}

// now is the gateway's clock.
func (s *stage) now() time.Time { return time.Now().Add(time.Duration(s.ahead.Load())) }

// forward puts the gateway's clock forward.
func (s *stage) forward(d time.Duration) { s.ahead.Add(int64(d)) }

// stream is the present state of a stream.
func (s *stage) stream(ctx context.Context, name string) (*client.Stream, error) {
	list, err := s.staff.Streams(ctx)
	if err != nil {
		return nil, fmt.Errorf("list streams: %w", err)
	}
	for i := range list {
		if list[i].Name == name {
			return &list[i], nil
		}
	}
	return nil, fmt.Errorf("list streams: %s is not among them", name)
}

// settled waits until nothing of a stream is on its way any more, or it is
// paused. The error says how much still is on its way when ctx ends.
func (s *stage) settled(ctx context.Context, name string) (*client.Stream, error) {
	tick := time.NewTicker(10 * time.Millisecond)
	defer tick.Stop()
	var st *client.Stream
	for {
		now, err := s.stream(ctx, name)
		switch {
		case st != nil && ctx.Err() != nil:
			return nil, fmt.Errorf("wait for the relay: %d mails of stream %s are still queued, %d held: %w", st.Queued, name, st.Held, ctx.Err())
		case err != nil || now.Queued == 0 || now.Paused:
			return now, err
		}
		st = now
		select {
		case <-tick.C:
		case <-ctx.Done():
		}
	}
}
