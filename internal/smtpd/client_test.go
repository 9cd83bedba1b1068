package smtpd

import (
	"bytes"
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"log/slog"
	"net/smtp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/kakitome/kakitome/internal/fault"
	"github.com/kakitome/kakitome/internal/gate"
	"github.com/kakitome/kakitome/internal/mail"
)

// The standard library's client, as applications use it.
func TestStandardClient(t *testing.T) {
	t.Parallel()
	g := &fakeGate{}
	s := open(t, Options{TLS: serverTLS(), Users: users(), RequireAuth: true}, g)
	c, err := smtp.Dial(s.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = c.Close() }()
	pool := x509.NewCertPool()
	pool.AddCert(certificate().Leaf)
	steps := []func() error{
		func() error { return c.Hello("app.example") },
		func() error {
			return c.StartTLS(&tls.Config{RootCAs: pool, ServerName: "door.example", MinVersion: tls.VersionTLS12})
		},
		func() error { return c.Auth(smtp.PlainAuth("", "shop", "secret", "127.0.0.1")) },
		func() error { return c.Mail("shop@shop.example") },
		func() error { return c.Rcpt("hanako@example.jp") },
	}
	for i, step := range steps {
		if err := step(); err != nil {
			t.Fatalf("step %d: %v", i, err)
		}
	}
	w, err := c.Data()
	if err != nil {
		t.Fatal(err)
	}
	if _, err := w.Write([]byte("Subject: 例\r\n\r\n.a\r\n")); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	if err := c.Quit(); err != nil {
		t.Fatal(err)
	}
	want := []gate.Submission{{
		Envelope: mail.Envelope{From: "shop@shop.example", Recipients: []mail.Recipient{{Address: "hanako@example.jp"}}, Body: "8BITMIME", UTF8: true},
		Data:     []byte("Subject: 例\r\n\r\n.a\r\n"), User: "shop", Stream: "order", Client: "shop", Hello: "app.example", Protocol: "UTF8SMTPSA",
	}}
	if d := cmp.Diff(want, g.received(), cmpopts.EquateEmpty()); d != "" {
		t.Errorf("the gate got another mail (-want +got):\n%s", d)
	}
}

func TestWhatIsInsideIsLoggedOnly(t *testing.T) {
	t.Parallel()
	for name, failure := range map[string]error{
		"unknown":     errors.New("disk on fire"),
		"unavailable": fault.Wrap(fault.Unavailable, "commit", "try again", errors.New("disk on fire")),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			log := &bytes.Buffer{}
			g := &fakeGate{answer: func(context.Context, gate.Submission) (gate.Receipt, error) { return gate.Receipt{}, failure }}
			c := ready(t, open(t, Options{Log: slog.New(slog.NewTextHandler(log, nil))}, g))
			if got := c.mail("x\r\n.\r\n"); !strings.HasPrefix(got, "451 4.3.0 ") || strings.Contains(got, "fire") {
				t.Errorf("answer %q", got)
			}
			if n := strings.Count(log.String(), "disk on fire"); n != 1 {
				t.Errorf("logged %d times: %s", n, log)
			}
		})
	}
}

// BenchmarkDoor is one client sending 4 KB mails over one connection.
func BenchmarkDoor(b *testing.B) {
	s := open(b, Options{}, discard{})
	c := ready(b, s)
	body := stuff(strings.Repeat(strings.Repeat("x", 76)+"\r\n", 52))
	b.ReportAllocs()
	for b.Loop() {
		if got := c.mail(body); got != "250 2.0.0 m1 released" {
			b.Fatal(got)
		}
	}
}
