package app

import (
	"crypto/tls"
	"fmt"

	"github.com/kakitome/kakitome/internal/auth"
	"github.com/kakitome/kakitome/internal/relay"
	"github.com/kakitome/kakitome/internal/smtpd"
)

// relayOptions are the configuration in the relay's words.
func (a *App) relayOptions() (relay.Options, error) {
	r := &a.cfg.Relay
	o := relay.Options{
		Address: r.Address, Username: r.Username, Password: string(r.Password),
		Hello: r.Hello, MaxConns: r.MaxConnections, Log: a.o.Log,
	}
	switch r.TLS {
	case "", "none":
		o.TLS = relay.None
	case "starttls":
		o.TLS = relay.StartTLS
	case "tls":
		o.TLS = relay.TLS
	default:
		return o, fmt.Errorf("relay.tls: unknown policy %q", r.TLS)
	}
	return o, nil
}

// smtpOptions are the configuration in the door's words.
func (a *App) smtpOptions() (smtpd.Options, error) {
	s := &a.cfg.SMTP
	o := smtpd.Options{
		Listen: s.Listen, Hostname: s.Hostname, MaxMessage: int64(s.MaxMessage),
		MaxConnections: s.MaxConnections, MaxConnectionsPerIP: s.MaxConnectionsPerIP, RequireAuth: s.RequireAuth,
		RelayExtensions: a.extensions, Log: a.o.Log,
		Hooks: smtpd.Hooks{
			OnConnect: a.metrics.Connected, OnDisconnect: a.metrics.Disconnected,
			OnRefuse: a.metrics.Refused, OnAnswer: a.metrics.Answered,
		},
	}
	if s.TLS.CertFile != "" {
		cert, err := tls.LoadX509KeyPair(s.TLS.CertFile, s.TLS.KeyFile)
		if err != nil {
			return o, fmt.Errorf("load smtp.tls certificate: %w", err)
		}
		o.TLS = &tls.Config{Certificates: []tls.Certificate{cert}, MinVersion: tls.VersionTLS12}
	}
	if len(s.Users) > 0 {
		list := make([]auth.User, 0, len(s.Users))
		for _, u := range s.Users {
			list = append(list, auth.User(u))
		}
		users, err := auth.NewUsers(list...)
		if err != nil {
			return o, fmt.Errorf("smtp.users: %w", err)
		}
		o.Users = users
	}
	return o, nil
}

// extensions are those the relay has, as far as it was asked; before that the
// usual ones, so that mail is taken while the relay is down.
func (a *App) extensions() smtpd.Extensions {
	ext, known := a.client.Extensions()
	if !known {
		return smtpd.Extensions{EightBitMIME: true, SMTPUTF8: true, DSN: true}
	}
	return smtpd.Extensions{EightBitMIME: ext.EightBitMIME, SMTPUTF8: ext.SMTPUTF8, DSN: ext.DSN, RequireTLS: ext.RequireTLS}
}
