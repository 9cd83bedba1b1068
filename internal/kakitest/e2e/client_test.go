package e2e

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"fmt"
	"math/big"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/kakitome/kakitome/internal/auth"
	"github.com/kakitome/kakitome/internal/kakitest"
)

const password = "correct horse"

// secured is a configuration with STARTTLS and a user of a stream of its own,
// and the certificate as a file that clients can trust.
func secured(t *testing.T) (yaml, certFile string) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "localhost"}, DNSNames: []string{"localhost"},
		IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)}, IsCA: true, BasicConstraintsValid: true,
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour),
	}
	cert, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	if err != nil {
		t.Fatal(err)
	}
	der, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	certFile = filepath.Join(dir, "cert.pem")
	keyFile := filepath.Join(dir, "key.pem")
	write(t, certFile, string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: cert})))
	write(t, keyFile, string(pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der})))
	hash, err := auth.Hash(password)
	if err != nil {
		t.Fatal(err)
	}
	return fmt.Sprintf(`smtp:
  listen: "127.0.0.1:0"
  tls: {cert_file: %q, key_file: %q}
  users: [{name: order-app, hash: %q, stream: order}]
streams: [{name: order, hold_for: 1h}]
`, certFile, keyFile, hash), certFile
}

func write(t *testing.T, path, text string) {
	t.Helper()
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

func portOf(t *testing.T, addr string) string {
	t.Helper()
	_, port, err := net.SplitHostPort(addr)
	if err != nil {
		t.Fatal(err)
	}
	return port
}

// wantQueued waits until so many mails wait in the stream that the SMTP user
// stands for.
func wantQueued(t *testing.T, s *kakitest.Server, n int) {
	t.Helper()
	streams, err := s.Client.Streams(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for _, st := range streams {
		if st.Name == "order" && st.Queued == n {
			return
		}
	}
	t.Errorf("streams %+v, want %d queued in order", streams, n)
}

func TestSwaks(t *testing.T) {
	t.Parallel()
	swaks := program(t, "swaks")
	yaml, cert := secured(t)
	s := start(t, yaml)
	base := []string{"--server", "127.0.0.1", "--port", portOf(t, s.App.SMTPAddr()), "--from", shop, "--ehlo", "app.example", "--data", "-"}
	mail := letter("swaks", aboutTaro)
	out := run(t, strings.TrimSuffix(mail, "\r\n"), swaks, append(base, "--to", taro+","+hanako, "--pipeline")...)
	if !strings.Contains(out, "held (1 of 2 recipients)") {
		t.Errorf("swaks: %s", out)
	}
	wantSame(t, s.Relay.Await(t, 1)[0], mail)
	if exec.CommandContext(t.Context(), "perl", "-MNet::SSLeay", "-e", "1").Run() != nil && os.Getenv("CI") != "true" {
		t.Skip("swaks has no TLS here: perl's Net::SSLeay is not installed")
	}
	out = run(t, plain("swaks-tls"), swaks, append(base, "--to", jiro, "--tls", "--tls-verify", "--tls-ca-path", cert,
		"--auth", "PLAIN", "--auth-user", "order-app", "--auth-password", password)...)
	if !strings.Contains(out, " released") {
		t.Errorf("swaks with TLS: %s", out)
	}
	out = run(t, plain("swaks-login"), swaks, append(base, "--to", jiro, "--tls", "--auth", "LOGIN", "--auth-user", "order-app", "--auth-password", password)...)
	if !strings.Contains(out, " released") {
		t.Errorf("swaks with LOGIN: %s", out)
	}
	wantQueued(t, s, 2)
}

func TestPythonSmtplib(t *testing.T) {
	t.Parallel()
	python := program(t, "python3")
	yaml, cert := secured(t)
	s := start(t, yaml)
	out := run(t, "", python, "testdata/client.py", portOf(t, s.App.SMTPAddr()), cert, "order-app", password)
	if !strings.HasSuffix(out, "done\n") {
		t.Fatalf("python: %s", out)
	}
	mails := s.Relay.Await(t, 4)
	subjects := map[string]kakitest.Mail{}
	for _, m := range mails {
		for _, line := range strings.Split(string(m.Data), "\r\n") {
			if subject, ok := strings.CutPrefix(line, "Subject: "); ok {
				subjects[subject] = m
			}
		}
	}
	if m := subjects["plain"]; m.From != shop || len(m.To) != 1 {
		t.Errorf("plain: %v", m)
	}
	if m := subjects["dsn"]; m.Options.Return != "HDRS" || m.Options.EnvelopeID != "e1" || len(m.Rcpt) == 0 || len(m.Rcpt[0].Notify) != 2 {
		t.Errorf("dsn: %+v", m)
	}
	if m := subjects["注文"]; !m.Options.UTF8 || m.To[0] != "花子@例示.example" {
		t.Errorf("utf8: %+v", m)
	}
	if m := subjects["attachment"]; !strings.Contains(string(m.Data), "multipart/mixed") {
		t.Errorf("attachment: %v", m)
	}
	wantQueued(t, s, 1)
}

func TestNodemailer(t *testing.T) {
	t.Parallel()
	node := program(t, "node")
	dir, err := filepath.Abs("../../../testclients")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(filepath.Join(dir, "node_modules", "nodemailer")); err != nil {
		if os.Getenv("CI") == "true" {
			t.Fatal("nodemailer is not installed: scripts/install-test-deps")
		}
		t.Skip("nodemailer is not installed")
	}
	yaml, cert := secured(t)
	s := start(t, yaml)
	out := run(t, "", node, filepath.Join(dir, "nodemailer.js"), portOf(t, s.App.SMTPAddr()), cert, "order-app", password)
	if !strings.HasSuffix(out, "done\n") {
		t.Fatalf("nodemailer: %s", out)
	}
	s.Relay.Await(t, 21)
	for i := range 20 {
		if got := s.Relay.To(fmt.Sprintf("pool%d@example.jp", i)); len(got) != 1 {
			t.Errorf("pool%d got %d mails", i, len(got))
		}
	}
	m := s.Relay.To("attachment@example.jp")
	if len(m) != 1 || !strings.Contains(string(m[0].Data), "filename") {
		t.Errorf("attachment: %v", m)
	}
	wantQueued(t, s, 1)
}

func TestMsmtp(t *testing.T) {
	t.Parallel()
	msmtp := program(t, "msmtp")
	yaml, cert := secured(t)
	s := start(t, yaml)
	port := portOf(t, s.App.SMTPAddr())
	mail := letter("msmtp", aboutTaro, "Date: "+time.Now().Format(time.RFC1123Z)) // else msmtp gives it one
	run(t, strings.ReplaceAll(mail, "\r\n", "\n"), msmtp, "--file=/dev/null", "--host=127.0.0.1", "--port="+port,
		"--from="+shop, "--domain=app.example", taro)
	wantSame(t, s.Relay.Await(t, 1)[0], mail)

	config := filepath.Join(t.TempDir(), "msmtprc")
	write(t, config, fmt.Sprintf("account default\nhost localhost\nport %s\nfrom %s\ntls on\ntls_starttls on\ntls_trust_file %s\n"+
		"auth plain\nuser order-app\npassword %s\ndsn_notify failure\ndsn_return headers\n", port, shop, cert, password))
	run(t, plain("msmtp-tls"), msmtp, "--file="+config, jiro)
	wantQueued(t, s, 1)
}
