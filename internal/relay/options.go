package relay

import (
	"cmp"
	"crypto/tls"
	"log/slog"
	"net"
	"os"
	"time"

	"github.com/kakitome/kakitome/internal/fault"
)

// TLSPolicy says how the connection to the relay is protected. There is no
// opportunistic policy: what is asked for is had, or no mail leaves.
type TLSPolicy uint8

// The policies; the values are stable.
const (
	None     TLSPolicy = iota // in clear, for a relay on the same host
	StartTLS                  // STARTTLS on a plain connection (RFC 3207)
	TLS                       // TLS from the first byte (RFC 8314 §3.3)
)

// String is the policy's name in the configuration.
func (p TLSPolicy) String() string {
	switch p {
	case None:
		return "none"
	case StartTLS:
		return "starttls"
	case TLS:
		return "tls"
	}
	return "unknown"
}

// Timeouts bound each phase of a dialogue. Zero means the default in
// parentheses. Most are shorter than RFC 5321 §4.5.3.2 asks, since a smarthost
// is near; the wait for the answer to the final dot is not, since giving up
// there is what makes duplicates.
type Timeouts struct {
	Connect   time.Duration // TCP and TLS handshake, each (15 s)
	Greeting  time.Duration // the 220, EHLO, AUTH (60 s)
	Command   time.Duration // MAIL, RCPT, RSET: each answer (2 min)
	DataStart time.Duration // the 354 (2 min)
	DataBlock time.Duration // each block of up to 256 KiB of content (3 min)
	DataEnd   time.Duration // the answer to the final dot (10 min, RFC 5321 §4.5.3.2.6)
}

func (t Timeouts) orDefaults() Timeouts {
	return Timeouts{
		Connect:   cmp.Or(t.Connect, 15*time.Second),
		Greeting:  cmp.Or(t.Greeting, time.Minute),
		Command:   cmp.Or(t.Command, 2*time.Minute),
		DataStart: cmp.Or(t.DataStart, 2*time.Minute),
		DataBlock: cmp.Or(t.DataBlock, 3*time.Minute),
		DataEnd:   cmp.Or(t.DataEnd, 10*time.Minute),
	}
}

// Options describe the one relay a Client speaks to. Zero values mean the
// defaults in parentheses.
type Options struct {
	Address     string        // host:port
	TLS         TLSPolicy     // none
	TLSConfig   *tls.Config   // roots and the like; the name verified is the host of Address unless set here
	Username    string        // AUTH when not empty
	Password    string        // never logged
	Hello       string        // our name in EHLO (the host's name)
	MaxConns    int           // connections open at one time (8)
	MaxPerConn  int           // mails over one connection before it is closed (1000)
	IdleTimeout time.Duration // an unused connection is closed after this (30 s)
	Timeouts    Timeouts
	Log         *slog.Logger // (discarded)
}

const opOptions = "configure relay"

// complete checks o and fills in the defaults.
func (o Options) complete() (Options, error) {
	host, _, err := net.SplitHostPort(o.Address)
	if err != nil || host == "" {
		return o, fault.New(fault.Invalid, opOptions, "relay address is not host:port").WithHint("for example mail.shop.example:587")
	}
	if o.TLS > TLS {
		return o, fault.New(fault.Invalid, opOptions, "unknown TLS policy").WithHint("none, starttls or tls")
	}
	if o.Username != "" && o.TLS == None && !loopback(host) {
		return o, fault.New(fault.Invalid, opOptions, "the relay's password would travel in clear").WithHint("set tls to starttls or tls")
	}
	if o.Hello == "" {
		o.Hello, _ = os.Hostname()
	}
	if !plainWord(o.Hello) {
		return o, fault.New(fault.Invalid, opOptions, "the name for EHLO is not a host name")
	}
	o.TLSConfig = tlsConfig(o.TLSConfig, host)
	o.MaxConns = max(cmp.Or(o.MaxConns, 8), 1)
	o.MaxPerConn = max(cmp.Or(o.MaxPerConn, 1000), 1)
	o.IdleTimeout = cmp.Or(o.IdleTimeout, 30*time.Second)
	o.Timeouts = o.Timeouts.orDefaults()
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	return o, nil
}

func tlsConfig(given *tls.Config, host string) *tls.Config {
	c := &tls.Config{MinVersion: tls.VersionTLS12}
	if given != nil {
		c = given.Clone()
		c.MinVersion = max(c.MinVersion, tls.VersionTLS12)
	}
	if c.ServerName == "" {
		c.ServerName = host
	}
	return c
}

func loopback(host string) bool {
	ip := net.ParseIP(host)
	return host == "localhost" || ip != nil && ip.IsLoopback()
}

// plainWord tells whether s can stand as one word in a command.
func plainWord(s string) bool {
	for _, b := range []byte(s) {
		if b <= ' ' || b >= 0x7f {
			return false
		}
	}
	return s != ""
}
