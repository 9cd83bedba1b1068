package alarm

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"mime"
	"net/http"
	"net/http/httptest"
	"net/mail"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

var held = Alert{
	ID: "7", Kind: "held", Subject: "order/ownership", Text: "Rule ownership holds mail. / 保留しました。", Count: 3,
	FirstAt: time.Date(2026, 11, 22, 9, 30, 0, 0, time.UTC),
}

// hook is a webhook that keeps what it gets.
func hook(t *testing.T, status int, got *[]byte) *httptest.Server {
	t.Helper()
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		*got, _ = io.ReadAll(r.Body)
		if r.Method != http.MethodPost || r.Header.Get("Content-Type") != "application/json" {
			t.Errorf("%s, %s", r.Method, r.Header.Get("Content-Type"))
		}
		w.Header().Set("Location", "/elsewhere")
		w.WriteHeader(status)
	}))
	t.Cleanup(s.Close)
	return s
}

func TestTellEveryWay(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	var posted, sent []byte
	var to string
	a := New(Options{
		Command: `cat > "` + dir + `/in"; echo "$KAKITOME_ALERT_ID $KAKITOME_ALERT_KIND $KAKITOME_ALERT_SUBJECT $KAKITOME_ALERT_TEXT" > "` + dir + `/env"`,
		URL:     hook(t, http.StatusNoContent, &posted).URL, Mail: "watch@shop.example", From: "kakitome@mx.shop.example",
		Send: func(_ context.Context, addr string, message []byte) error { to, sent = addr, message; return nil },
	})
	if told, err := a.Tell(t.Context(), held); told != 3 || err != nil || a.Ways() != 3 {
		t.Fatalf("told %d ways of %d: %v", told, a.Ways(), err)
	}
	piped, err := os.ReadFile(filepath.Join(dir, "in"))
	if err != nil {
		t.Fatal(err)
	}
	for name, data := range map[string][]byte{"command": piped, "webhook": posted} {
		var got Alert
		if err := json.Unmarshal(data, &got); err != nil || got != held {
			t.Errorf("%s got %s: %v", name, data, err)
		}
	}
	if env, _ := os.ReadFile(filepath.Join(dir, "env")); string(env) != "7 held order/ownership "+held.Text+"\n" {
		t.Errorf("environment %q", env)
	}
	if to != "watch@shop.example" || len(sent) == 0 {
		t.Errorf("mail to %q: %q", to, sent)
	}
	if New(Options{}).Ways() != 0 {
		t.Error("nobody to tell, but ways")
	}
}

// One way that fails or hangs does not keep the others from being tried, and
// none takes longer than its time.
func TestWaysFailAlone(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	var posted []byte
	hangs := make(chan struct{})
	slow := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		select {
		case <-r.Context().Done():
		case <-hangs:
		}
	}))
	t.Cleanup(slow.Close)
	t.Cleanup(func() { close(hangs) })
	boom := errors.New("boom")
	for name, c := range map[string]struct {
		o    Options
		told int
		fail string
	}{
		"command fails":   {Options{Command: "exit 3", URL: hook(t, 200, &posted).URL}, 1, "by command: exit status 3"},
		"command hangs":   {Options{Command: "sleep 1000 & sleep 1000", URL: hook(t, 200, &posted).URL}, 1, "by command: "},
		"webhook refuses": {Options{Command: "touch " + dir + "/a", URL: hook(t, 500, &posted).URL}, 1, "by webhook: answer 500"},
		"webhook moved":   {Options{URL: hook(t, http.StatusFound, &posted).URL}, 0, "by webhook: answer 302"}, // no redirect is followed
		"webhook hangs":   {Options{Command: "touch " + dir + "/b", URL: slow.URL + "/secret-token"}, 1, "by webhook: context deadline exceeded"},
		"nobody there":    {Options{URL: "http://127.0.0.1:1/secret-token"}, 0, "by webhook: dial tcp"},
		"mail fails":      {Options{Mail: "a@shop.example", Command: "true", Send: func(context.Context, string, []byte) error { return boom }}, 1, "by mail: boom"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c.o.Timeout = 2 * time.Second
			began := time.Now()
			told, err := New(c.o).Tell(t.Context(), held)
			if told != c.told || err == nil || !strings.Contains(err.Error(), c.fail) {
				t.Errorf("told %d, %v; want %d, %s", told, err, c.told, c.fail)
			}
			if err != nil && strings.Contains(err.Error(), "secret-token") {
				t.Errorf("the error tells the secret of the URL: %v", err)
			}
			if took := time.Since(began); took > 20*time.Second {
				t.Errorf("took %v", took)
			}
		})
	}
}

// The mail is one that every server takes: ASCII header fields, a Message-ID of
// its own each time, now as its date.
func TestMessage(t *testing.T) {
	t.Parallel()
	now := held.FirstAt.Add(time.Hour)
	a := New(Options{Mail: "watch@shop.example", From: "kakitome@mx.shop.example", Now: func() time.Time { return now }})
	odd := held
	odd.Subject = "注文\r\nBcc: victim@example.jp"
	var ids []string
	for _, alert := range []Alert{held, odd} {
		raw := a.message(alert)
		m, err := mail.ReadMessage(bytes.NewReader(raw))
		if err != nil {
			t.Fatalf("%v: %q", err, raw)
		}
		head, _, _ := bytes.Cut(raw, []byte("\r\n\r\n"))
		for _, c := range head {
			if c > '~' {
				t.Errorf("the header is not ASCII: %q", head)
				break
			}
		}
		if bytes.Contains(bytes.ReplaceAll(raw, []byte("\r\n"), nil), []byte("\n")) || m.Header.Get("Bcc") != "" {
			t.Errorf("broken out of: %q", raw)
		}
		subject, err := new(mime.WordDecoder).DecodeHeader(m.Header.Get("Subject"))
		if err != nil || subject != "[Kakitome] alert: held "+alert.Subject {
			t.Errorf("subject %q, %v", subject, err)
		}
		if at, err := m.Header.Date(); err != nil || !at.Equal(now) {
			t.Errorf("date %v, %v", at, err)
		}
		if m.Header.Get("Auto-Submitted") != "auto-generated" || m.Header.Get("To") != "watch@shop.example" {
			t.Errorf("header %q", head)
		}
		body, _ := io.ReadAll(m.Body)
		if want := held.Text + "\r\n\r\n3 times since 2026-11-22T09:30:00Z.\r\nAcknowledge / 確認: kakitome alert ack 7\r\n"; string(body) != want {
			t.Errorf("body %q, want %q", body, want)
		}
		ids = append(ids, m.Header.Get("Message-ID"))
		now = now.Add(15 * time.Minute)
	}
	if ids[0] == ids[1] {
		t.Error("a reminder has the Message-ID of the first mail: it is dropped as a duplicate")
	}
}
