package smtpd

import (
	"crypto/tls"
	"log/slog"
	"time"

	"github.com/kakitome/kakitome/internal/auth"
	"github.com/kakitome/kakitome/internal/fault"
)

// Options of a door. The zero value of a field means the default in
// parentheses.
type Options struct {
	Listen   string // host:port ("127.0.0.1:2525"); port 0 picks one
	Hostname string // what the door calls itself ("localhost")

	MaxMessage          int64 // octets of one mail (50 MiB)
	MaxRecipients       int   // of one mail (1,000; RFC 5321 §4.5.3.1.8 asks for 100)
	MaxLine             int   // octets of one line of content without CRLF (1 MiB: applications send long HTML lines)
	MaxConnections      int   // at one time (1,000)
	MaxConnectionsPerIP int   // at one time (250)
	MaxInFlightBytes    int64 // memory for content under way over all sessions (256 MiB); at least twice MaxMessage

	IdleTimeout  time.Duration // for the next command line (5 min, RFC 5321 §4.5.3.2.7)
	ReadTimeout  time.Duration // for a pause in content, and for the TLS handshake (1 min)
	WriteTimeout time.Duration // for an answer to be taken (1 min)
	MinRate      int64         // octets per second content must come at, over all, after ReadTimeout (16 KiB)

	TLS         *tls.Config // nil: no STARTTLS, and so no AUTH
	Users       *auth.Users // nil: no AUTH
	RequireAuth bool        // MAIL only after AUTH

	// RelayExtensions are asked at every EHLO, since they are learned from the
	// relay. nil: all but REQUIRETLS.
	RelayExtensions func() Extensions

	Log   *slog.Logger // nil: nothing is logged
	Hooks Hooks
}

// Hooks count what happens. They are called from many goroutines and must not
// block; nil ones are not called.
type Hooks struct {
	OnConnect    func()
	OnDisconnect func()
	OnRefuse     func()            // a connection over the limits
	OnAnswer     func(code string) // three digits
}

func (h Hooks) connected()    { call(h.OnConnect) }
func (h Hooks) disconnected() { call(h.OnDisconnect) }
func (h Hooks) refused()      { call(h.OnRefuse) }
func (h Hooks) answered(code string) {
	if h.OnAnswer != nil {
		h.OnAnswer(code)
	}
}

func call(f func()) {
	if f != nil {
		f()
	}
}

func (o Options) withDefaults() Options {
	set(&o.Listen, "127.0.0.1:2525")
	set(&o.Hostname, "localhost")
	set(&o.MaxMessage, 50<<20)
	set(&o.MaxRecipients, 1000)
	set(&o.MaxLine, 1<<20)
	set(&o.MaxConnections, 1000)
	set(&o.MaxConnectionsPerIP, 250)
	set(&o.MaxInFlightBytes, max(256<<20, 2*o.MaxMessage))
	set(&o.IdleTimeout, 5*time.Minute)
	set(&o.ReadTimeout, time.Minute)
	set(&o.WriteTimeout, time.Minute)
	set(&o.MinRate, 16<<10)
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	return o
}

func set[T comparable](field *T, value T) {
	var zero T
	if *field == zero {
		*field = value
	}
}

func (o Options) check() error {
	const op = "start smtp door"
	switch {
	case o.RequireAuth && (o.Users == nil || o.TLS == nil):
		return fault.New(fault.Invalid, op, "authentication is required, but users or TLS are missing").
			WithHint("AUTH is offered over TLS only: give a certificate and users, or do not require it")
	case o.MaxInFlightBytes < 2*o.MaxMessage:
		return fault.New(fault.Invalid, op, "memory for mail under way is less than twice the largest mail")
	case o.MaxMessage < 0 || o.MaxRecipients < 0 || o.MaxLine < 0 || o.MaxConnections < 0 || o.MaxConnectionsPerIP < 0 || o.MinRate < 0:
		return fault.New(fault.Invalid, op, "a limit is negative")
	case !validHello(o.Hostname):
		return fault.New(fault.Invalid, op, "bad host name")
	}
	return nil
}
