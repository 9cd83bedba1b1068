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
	"mime"
	"net/http"
	"net/url"
	"os/exec"
	"sync"
	"time"

	"golang.org/x/sys/unix"
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
	Now     func() time.Time // (time.Now)
}

// Teller tells alerts.
type Teller struct{ o Options }

// New makes a teller.
func New(o Options) *Teller {
	if o.Timeout == 0 {
		o.Timeout = 10 * time.Second
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Client == nil {
		o.Client = &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	}
	return &Teller{o}
}

// way is one way of telling.
type way struct {
	name string
	tell func(ctx context.Context, a Alert, body []byte) error
}

func (t *Teller) ways() []way {
	var list []way
	if t.o.Command != "" {
		list = append(list, way{"command", t.command})
	}
	if t.o.URL != "" {
		list = append(list, way{"webhook", t.post})
	}
	if t.o.Mail != "" {
		list = append(list, way{"mail", t.mail})
	}
	return list
}

// Ways is how many ways of telling are set up.
func (t *Teller) Ways() int { return len(t.ways()) }

// Tell tells an alert every way there is, all at once, and says how many told
// it. The error joins those that failed.
func (t *Teller) Tell(ctx context.Context, a Alert) (told int, err error) {
	body, err := json.Marshal(a)
	if err != nil {
		return 0, fmt.Errorf("encode alert: %w", err)
	}
	ctx, cancel := context.WithTimeout(ctx, t.o.Timeout)
	defer cancel()
	ways := t.ways()
	failed := make([]error, len(ways))
	var all sync.WaitGroup
	for i, w := range ways {
		all.Go(func() {
			if err := w.tell(ctx, a, body); err != nil {
				failed[i] = fmt.Errorf("tell alert by %s: %w", w.name, err)
			}
		})
	}
	all.Wait()
	for _, err := range failed {
		if err == nil {
			told++
		}
	}
	return told, errors.Join(failed...)
}

func (t *Teller) mail(ctx context.Context, a Alert, _ []byte) error {
	return t.o.Send(ctx, t.o.Mail, t.message(a))
}

func (t *Teller) command(ctx context.Context, a Alert, body []byte) error {
	cmd := exec.CommandContext(ctx, "/bin/sh", "-c", t.o.Command) //nolint:gosec // the operator's own command, from the configuration
	cmd.Env = append(cmd.Environ(), "KAKITOME_ALERT_ID="+a.ID, "KAKITOME_ALERT_KIND="+a.Kind, "KAKITOME_ALERT_SUBJECT="+a.Subject, "KAKITOME_ALERT_TEXT="+a.Text)
	cmd.Stdin = bytes.NewReader(append(body, '\n'))
	cmd.SysProcAttr = &unix.SysProcAttr{Setpgid: true} // what it started ends with it
	cmd.Cancel = func() error { return unix.Kill(-cmd.Process.Pid, unix.SIGKILL) }
	cmd.WaitDelay = time.Second
	return cmd.Run()
}

func (t *Teller) post(ctx context.Context, _ Alert, body []byte) error {
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, t.o.URL, bytes.NewReader(body))
	if err != nil {
		return err
	}
	req.Header.Set("Content-Type", "application/json")
	resp, err := t.o.Client.Do(req)
	if err != nil {
		var whole *url.Error
		if errors.As(err, &whole) {
			err = whole.Err // the URL may hold a secret
		}
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
	now := t.o.Now()
	fmt.Fprintf(&b, "From: %s\r\nTo: %s\r\nDate: %s\r\n", t.o.From, t.o.Mail, now.Format(time.RFC1123Z))
	fmt.Fprintf(&b, "Message-ID: <alert-%s-%d@kakitome.invalid>\r\n", a.ID, now.UnixNano()) // a reminder is no duplicate
	fmt.Fprintf(&b, "Subject: %s\r\n", mime.BEncoding.Encode("utf-8", fmt.Sprintf("[Kakitome] alert: %s %s", a.Kind, a.Subject)))
	b.WriteString("Auto-Submitted: auto-generated\r\nMIME-Version: 1.0\r\n" +
		"Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: 8bit\r\n\r\n")
	fmt.Fprintf(&b, "%s\r\n\r\n%d times since %s.\r\nAcknowledge / 確認: kakitome alert ack %s\r\n",
		a.Text, a.Count, a.FirstAt.UTC().Format(time.RFC3339), a.ID)
	return b.Bytes()
}
