package relay

import (
	"bytes"
	"crypto/tls"
	"crypto/x509"
	"encoding/base64"
	"errors"
	"log/slog"
	"strings"
	"testing"

	"github.com/kakitome/kakitome/internal/fault"
)

func TestTLS(t *testing.T) {
	t.Parallel()
	cert, roots := certificate(t)
	offers := []string{"STARTTLS", "PIPELINING"}
	cases := []struct {
		name   string
		relay  fake
		policy TLSPolicy
		roots  *x509.CertPool
		host   string // to verify
		ok     bool
	}{
		{"starttls", fake{ehlo: offers, tls: cert}, StartTLS, roots, "", true},
		{"starttls unknown authority", fake{ehlo: offers, tls: cert}, StartTLS, x509.NewCertPool(), "", false},
		{"starttls system roots", fake{ehlo: offers, tls: cert}, StartTLS, nil, "", false},
		{"starttls wrong name", fake{ehlo: offers, tls: cert}, StartTLS, roots, "relay.example", false},
		{"starttls not offered", fake{ehlo: []string{"PIPELINING"}, tls: cert}, StartTLS, roots, "", false},
		{"starttls refused", fake{ehlo: offers, tls: cert, on: func(_ int, line string) string {
			if line == "STARTTLS" {
				return "454 4.7.0 not now"
			}
			return ""
		}}, StartTLS, roots, "", false},
		{"starttls with injected words", fake{ehlo: offers, tls: cert, on: func(_ int, line string) string {
			if line == "STARTTLS" {
				return "220 ready\r\n250-relay.example\r\n250 AUTH PLAIN"
			}
			return ""
		}}, StartTLS, roots, "", false},
		{"tls", fake{implicit: true, tls: cert}, TLS, roots, "", true},
		{"tls unknown authority", fake{implicit: true, tls: cert}, TLS, x509.NewCertPool(), "", false},
		{"tls wrong name", fake{implicit: true, tls: cert}, TLS, roots, "relay.example", false},
	}
	for i := range cases {
		tc := &cases[i]
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			f := startFake(t, &tc.relay)
			var log bytes.Buffer
			c := newClient(t, f, func(o *Options) {
				o.TLS = tc.policy
				o.TLSConfig = &tls.Config{RootCAs: tc.roots, ServerName: tc.host, MinVersion: tls.VersionTLS12}
				o.Log = slog.New(slog.NewTextHandler(&log, nil))
			})
			got, err := c.Send(t.Context(), to("a@example.jp"), content(hello), yes)
			if tc.ok {
				if err != nil || got[0].Status != Relayed {
					t.Errorf("%+v %v", got, err)
				}
				return
			}
			var down *Unreachable
			if !errors.As(err, &down) || got[0] != untouched.of(0) {
				t.Errorf("%+v %v", got, err)
			}
			if f.heard("MAIL") != 0 || !strings.Contains(log.String(), "relay is unreachable") {
				t.Errorf("MAIL in clear, or no log: %s", log.String())
			}
		})
	}
}

// TestContentUnderTLS: larger than every buffer on the way.
func TestContentUnderTLS(t *testing.T) {
	t.Parallel()
	cert, roots := certificate(t)
	f := startFake(t, &fake{implicit: true, tls: cert})
	c := newClient(t, f, func(o *Options) {
		o.TLS, o.TLSConfig = TLS, &tls.Config{RootCAs: roots, MinVersion: tls.VersionTLS12}
	})
	body := []byte(strings.Repeat(".本文\r\n", 40_000))
	for range 2 {
		if got, err := c.Send(t.Context(), to("a@example.jp"), [][]byte{[]byte(hello), body}, yes); err != nil || got[0].Status != Relayed {
			t.Fatalf("%+v %v", got, err)
		}
	}
	for _, m := range f.got() {
		if !bytes.Equal(m.unstuffed, append([]byte(hello), body...)) {
			t.Error("other bytes arrived")
		}
	}
	if f.connections() != 1 {
		t.Errorf("%d connections", f.connections())
	}
}

func TestRequireTLSIsSaid(t *testing.T) {
	t.Parallel()
	cert, roots := certificate(t)
	f := startFake(t, &fake{implicit: true, tls: cert, ehlo: []string{"REQUIRETLS"}})
	c := newClient(t, f, func(o *Options) {
		o.TLS, o.TLSConfig = TLS, &tls.Config{RootCAs: roots, MinVersion: tls.VersionTLS12}
	})
	env := to("a@example.jp")
	env.RequireTLS = true
	if got, err := c.Send(t.Context(), env, content(hello), yes); err != nil || got[0].Status != Relayed {
		t.Fatalf("%+v %v", got, err)
	}
	if from := f.got()[0].from; from != "MAIL FROM:<shop@shop.example> REQUIRETLS" {
		t.Error(from)
	}
}

func TestAuth(t *testing.T) {
	t.Parallel()
	b64 := func(s string) string { return base64.StdEncoding.EncodeToString([]byte(s)) }
	answers := func(m map[string]string) func(int, string) string {
		return func(_ int, line string) string {
			if a := m[line]; a != "" {
				return a
			}
			if strings.HasPrefix(line, "AUTH") {
				return "535 5.7.8 no, gate@shop.example"
			}
			return ""
		}
	}
	plain := "AUTH PLAIN " + b64("\x00gate\x00secret word")
	cases := []struct {
		name  string
		offer string
		on    func(int, string) string
		ok    bool
	}{
		{"plain", "AUTH LOGIN PLAIN", answers(map[string]string{plain: "235 2.7.0 welcome"}), true},
		{"login", "AUTH LOGIN", answers(map[string]string{
			"AUTH LOGIN " + b64("gate"): "334 " + b64("Password:"), b64("secret word"): "235 2.7.0 welcome",
		}), true},
		{"refused", "AUTH PLAIN", answers(nil), false},
		{"odd challenge", "AUTH PLAIN", answers(map[string]string{plain: "334 ???"}), false},
		{"unexpected challenge", "AUTH PLAIN", answers(map[string]string{plain: "334 "}), false},
		{"only others", "AUTH CRAM-MD5", answers(nil), false},
		{"not offered", "PIPELINING", answers(nil), false},
	}
	for _, tc := range cases {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			f := startFake(t, &fake{ehlo: []string{tc.offer}, on: tc.on})
			var log bytes.Buffer
			c := newClient(t, f, func(o *Options) {
				o.Username, o.Password = "gate", "secret word"
				o.Log = slog.New(slog.NewTextHandler(&log, nil))
			})
			got, err := c.Send(t.Context(), to("a@example.jp"), content(hello), yes)
			if ok := err == nil && got[0].Status == Relayed; ok != tc.ok {
				t.Errorf("%+v %v", got, err)
			}
			for _, secret := range []string{"secret", "gate", b64("secret word")} {
				if strings.Contains(log.String(), secret) || err != nil && strings.Contains(err.Error(), secret) {
					t.Errorf("%q in %s %v", secret, log.String(), err)
				}
			}
		})
	}
}

func TestOptionsAreChecked(t *testing.T) {
	t.Parallel()
	for name, o := range map[string]Options{
		"no port":           {Address: "relay.example"},
		"no host":           {Address: ":25"},
		"policy":            {Address: "relay.example:25", TLS: 7},
		"password in clear": {Address: "relay.example:25", Username: "gate", Password: "x"},
		"hello":             {Address: "relay.example:25", Hello: "a\r\nMAIL"},
	} {
		if _, err := New(o); fault.KindOf(err) != fault.Invalid {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := New(Options{Address: "localhost:25", Username: "gate", Password: "x"}); err != nil {
		t.Errorf("password on loopback: %v", err)
	}
}
