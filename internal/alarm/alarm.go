// Package alarm tells somebody, by command, webhook and mail, and goes on
// telling until the alert is acknowledged.
//
// It keeps true that an alert is told within a second or two of being raised,
// is told again at a fixed interval while it is open, and that one way of
// telling that fails does not keep the others from being tried. Alerts hold no
// personal data, so that they may go anywhere.
package alarm

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os/exec"
	"time"
)

// Alert is one open alert.
type Alert struct {
	ID      string    `json:"id"`
	Kind    string    `json:"kind"`
	Subject string    `json:"subject"`
	Text    string    `json:"text"`
	Count   int       `json:"count"`
	FirstAt time.Time `json:"first_at"`
}

// Options say whom to tell. Empty ways are not used.
type Options struct {
	Command string        // run by /bin/sh; the alert is JSON on its standard input, kind and subject in KAKITOME_ALERT_*
	URL     string        // gets the JSON by POST; 2xx means told
	Mail    string        // address of whoever watches
	Timeout time.Duration // for one way (10 s)
	Send    func(ctx context.Context, to string, message []byte) error
	From    string // sender of alert mails
	Client  *http.Client
}

// Teller tells alerts.
type Teller struct{ o Options }

// New makes a teller.
func New(o Options) *Teller {
	if o.Timeout == 0 {
		o.Timeout = 10 * time.Second
	}
	if o.Client == nil {
		o.Client = &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	}
	return &Teller{o}
}

// Ways is how many ways of telling are set up.
func (t *Teller) Ways() int {
	n := 0
	for _, s := range []string{t.o.Command, t.o.URL, t.o.Mail} {
		if s != "" {
			n++
		}
	}
	return n
}

// Tell tells an alert every way there is. The error joins those that failed.
func (t *Teller) Tell(ctx context.Context, a Alert) error {
	body, err := json.Marshal(a)
	if err != nil {
		return fmt.Errorf("encode alert: %w", err)
	}
	var failed []error
	try := func(way string, set bool, tell func(context.Context) error) {
		if !set {
			return
		}
		ctx, cancel := context.WithTimeout(ctx, t.o.Timeout)
		defer cancel()
		if err := tell(ctx); err != nil {
			failed = append(failed, fmt.Errorf("tell alert by %s: %w", way, err))
		}
	}
	try("command", t.o.Command != "", func(ctx context.Context) error { return t.command(ctx, a, body) })
	try("webhook", t.o.URL != "", func(ctx context.Context) error { return t.post(ctx, body) })
	try("mail", t.o.Mail != "" && t.o.Send != nil, func(ctx context.Context) error {
		return t.o.Send(ctx, t.o.Mail, t.message(a))
	})
	return errors.Join(failed...)
}

func (t *Teller) command(ctx context.Context, a Alert, body []byte) error {
	cmd := exec.CommandContext(ctx, "/bin/sh", "-c", t.o.Command) //nolint:gosec // the operator's own command, from the configuration
	cmd.Env = append(cmd.Environ(), "KAKITOME_ALERT_ID="+a.ID, "KAKITOME_ALERT_KIND="+a.Kind, "KAKITOME_ALERT_SUBJECT="+a.Subject, "KAKITOME_ALERT_TEXT="+a.Text)
	cmd.Stdin = bytes.NewReader(append(body, '\n'))
	cmd.WaitDelay = time.Second
	return cmd.Run()
}

func (t *Teller) post(ctx context.Context, body []byte) error {
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, t.o.URL, bytes.NewReader(body))
	if err != nil {
		return err
	}
	req.Header.Set("Content-Type", "application/json")
	resp, err := t.o.Client.Do(req)
	if err != nil {
		return err
	}
	defer func() { _ = resp.Body.Close() }()
	_, _ = io.Copy(io.Discard, io.LimitReader(resp.Body, 64<<10))
	if resp.StatusCode/100 != 2 {
		return fmt.Errorf("answer %d", resp.StatusCode)
	}
	return nil
}

// message is an alert as a mail (RFC 5322), 8bit UTF-8.
func (t *Teller) message(a Alert) []byte {
	var b bytes.Buffer
	fmt.Fprintf(&b, "From: %s\r\nTo: %s\r\nDate: %s\r\n", t.o.From, t.o.Mail, a.FirstAt.Format(time.RFC1123Z))
	fmt.Fprintf(&b, "Message-ID: <alert-%s-%d@kakitome.invalid>\r\n", a.ID, a.Count)
	fmt.Fprintf(&b, "Subject: [Kakitome] alert: %s %s\r\n", a.Kind, a.Subject)
	b.WriteString("Auto-Submitted: auto-generated\r\nMIME-Version: 1.0\r\n" +
		"Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: 8bit\r\n\r\n")
	fmt.Fprintf(&b, "%s\r\n\r\n%d times since %s.\r\nAcknowledge / 確認: kakitome alert ack %s\r\n",
		a.Text, a.Count, a.FirstAt.UTC().Format(time.RFC3339), a.ID)
	return b.Bytes()
}
