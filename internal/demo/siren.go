package demo

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"sync"
	"time"

	"github.com/kakitome/kakitome/client"
)

// siren is the web server of whoever is on duty: the gateway's alerts are
// posted to it.
type siren struct {
	server *http.Server
	url    string
	served chan error
	now    func() time.Time

	mu      sync.Mutex
	heard   []alarm
	changed chan struct{}
}

// alarm is one alert as it was heard.
type alarm struct {
	client.Alert
	At time.Time
}

func startSiren() (*siren, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, fmt.Errorf("open siren: %w", err)
	}
	s := &siren{url: "http://" + l.Addr().String() + "/alert", served: make(chan error, 1), now: time.Now, changed: make(chan struct{})}
	s.server = &http.Server{Handler: http.HandlerFunc(s.sound), ReadHeaderTimeout: 10 * time.Second}
	go func() { s.served <- s.server.Serve(l) }()
	return s, nil
}

func (s *siren) stop() error {
	err := s.server.Close()
	if served := <-s.served; !errors.Is(served, http.ErrServerClosed) {
		err = errors.Join(err, served)
	}
	return err
}

func (s *siren) sound(w http.ResponseWriter, r *http.Request) {
	at := s.now()
	var a client.Alert
	if err := json.NewDecoder(io.LimitReader(r.Body, 1<<16)).Decode(&a); err != nil {
		http.Error(w, "no alert", http.StatusBadRequest)
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.heard = append(s.heard, alarm{a, at})
	close(s.changed)
	s.changed = make(chan struct{})
}

// await waits for the first alert of a kind about a subject; false when ctx
// ended first.
func (s *siren) await(ctx context.Context, kind, subject string) (alarm, bool) {
	for {
		s.mu.Lock()
		changed := s.changed
		for _, a := range s.heard {
			if a.Kind == kind && a.Subject == subject {
				s.mu.Unlock()
				return a, true
			}
		}
		s.mu.Unlock()
		select {
		case <-changed:
		case <-ctx.Done():
			return alarm{}, false
		}
	}
}
