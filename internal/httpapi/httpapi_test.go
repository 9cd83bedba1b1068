package httpapi

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/kakitome/kakitome/client"
	"github.com/kakitome/kakitome/internal/fault"
)

// desk notes what it is asked.
type desk struct {
	Desk // nil: a method that is missing below panics

	said string
	err  error
	wait chan struct{} // Health waits for it, if set
}

func (d *desk) say(format string, args ...any) error {
	d.said = fmt.Sprintf(format, args...)
	return d.err
}

func (d *desk) Health(ctx context.Context) (*client.Health, error) {
	if d.wait != nil {
		d.wait <- struct{}{}
		<-ctx.Done()
	}
	return &client.Health{Node: "one"}, d.say("health")
}

func (d *desk) Check(_ context.Context, r client.CheckRequest, mail io.Reader) (json.RawMessage, error) {
	body, _ := io.ReadAll(mail)
	return json.RawMessage(`{"decision":"hold"}`), d.say("check %+v %s", r, body)
}

func (d *desk) ImportRoster(_ context.Context, who string, csv io.Reader, o client.ImportOptions) (*client.Imported, error) {
	body, _ := io.ReadAll(csv)
	return &client.Imported{}, d.say("import %s %s %v %s", who, body, o.SkipBad, o.Agreed)
}

func (d *desk) Sync(_ context.Context, who string, s client.Sync) (*client.Imported, error) {
	return &client.Imported{}, d.say("sync %s %+v", who, s)
}

func (d *desk) Feeds(context.Context) ([]client.Feed, error) { return []client.Feed{}, d.say("feeds") }

func (d *desk) AgreeFeed(_ context.Context, who, feed, reason string) error {
	return d.say("agree %s %s %s", who, feed, reason)
}

func (d *desk) Person(_ context.Context, id string) (*client.Person, error) {
	return &client.Person{}, d.say("person %s", id)
}

func (d *desk) RemovePerson(_ context.Context, who, id string) error {
	return d.say("remove %s %s", who, id)
}

func (d *desk) RosterStats(context.Context) (*client.RosterStats, error) {
	return &client.RosterStats{}, d.say("stats")
}

func (d *desk) Held(_ context.Context, s client.Selection) ([]client.Held, error) {
	return []client.Held{}, d.say("held %v %s", s.IDs, s.Rule)
}

func (d *desk) Explain(_ context.Context, who, id string, showValues bool) (*client.Explained, error) {
	return &client.Explained{Verdict: json.RawMessage("{}")}, d.say("explain %s %s %v", who, id, showValues)
}

func (d *desk) HeldDetail(_ context.Context, who, id string, showValues bool) (*client.HeldDetail, error) {
	return &client.HeldDetail{Verdict: json.RawMessage("{}")}, d.say("show %s %s %v", who, id, showValues)
}

func (d *desk) Release(_ context.Context, who string, dec client.Decision) (*client.Decided, error) {
	return &client.Decided{}, d.say("release %s %v %s", who, dec.IDs, dec.Reason)
}

func (d *desk) Discard(_ context.Context, who string, dec client.Decision) (*client.Decided, error) {
	return &client.Decided{}, d.say("discard %s %s %s", who, dec.Rule, dec.Reason)
}

func (d *desk) Unblock(_ context.Context, who string, u client.Unblock) error {
	return d.say("unblock %s %+v", who, u)
}

func (d *desk) Streams(context.Context) ([]client.Stream, error) {
	return []client.Stream{}, d.say("streams")
}

func (d *desk) Pause(_ context.Context, who, stream, reason string) error {
	return d.say("pause %s %s %s", who, stream, reason)
}

func (d *desk) Resume(_ context.Context, who, stream, reason string) error {
	return d.say("resume %s %s %s", who, stream, reason)
}

func (d *desk) Suggest(_ context.Context, who string) ([]client.Suggestion, error) {
	return []client.Suggestion{}, d.say("suggest %s", who)
}

func (d *desk) Alerts(_ context.Context, all bool) ([]client.Alert, error) {
	return []client.Alert{}, d.say("alerts %v", all)
}

func (d *desk) AckAlert(_ context.Context, who, id string) error { return d.say("ack %s %s", who, id) }

func (d *desk) ExposureOf(_ context.Context, who, person string) (*client.Exposure, error) {
	return &client.Exposure{}, d.say("exposure %s %s", who, person)
}

func (d *desk) ExposureOfIdentifier(_ context.Context, who, value string) (*client.Exposure, error) {
	return &client.Exposure{}, d.say("identifier %s %s", who, value)
}

func (d *desk) Received(_ context.Context, who, address string) (*client.Received, error) {
	return &client.Received{}, d.say("received %s %s", who, address)
}

func (d *desk) Listed(_ context.Context, unread bool, since time.Time) ([]client.Listed, error) {
	return []client.Listed{}, d.say("listed %v %v", unread, since.UTC())
}

func (d *desk) Verify(context.Context) ([]client.Verified, error) {
	return []client.Verified{}, d.say("verify")
}

// ask makes one request as uid 7 and gives the status and the answer.
func ask(t *testing.T, d Desk, log io.Writer, request, body string) (int, http.Header, string) {
	t.Helper()
	method, path, _ := strings.Cut(request, " ")
	r := httptest.NewRequestWithContext(WithWho(t.Context(), "uid 7"), method, path, strings.NewReader(body))
	w := httptest.NewRecorder()
	Handler(d, nil, func(string, string) bool { return false }, slog.New(slog.NewTextHandler(log, nil))).ServeHTTP(w, r)
	return w.Code, w.Header(), w.Body.String()
}

// Every route is one call of the desk, with the name of who asks.
func TestRoutes(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ request, body, said, answer string }{
		{"GET /v1/health", "", "health", `{"version":"","node":"one",`},
		{"POST /v1/check?to=a@b&to=c@d&from=e@f&stream=order&show_values=true", "mail", "check {From:e@f To:[a@b c@d] Stream:order ShowValues:true} mail", `{"decision":"hold"}`},
		{"POST /v1/check?show_values=1", "", "check {From: To:[] Stream: ShowValues:false} ", "{"},
		{"POST /v1/roster/import", "csv", "import uid 7 csv false ", "{"},
		{"POST /v1/roster/import?skip_bad=true", "csv", "import uid 7 csv true ", "{"},
		{"POST /v1/roster/import?agreed=shops+merged", "csv", "import uid 7 csv false shops merged", "{"},
		{"POST /v1/roster/sync", `{"name":"members","full":true,"skip_bad":true}`, "sync uid 7 {ImportOptions:{SkipBad:true Agreed:} Name:members DSN: Query: Watermark: Full:true}", "{"},
		{"GET /v1/roster/feeds", "", "feeds", "[]"},
		{"POST /v1/roster/feeds/members/agree", `{"reason":"r"}`, "agree uid 7 members r", ""},
		{"GET /v1/roster/people/M%2F1", "", "person M/1", "{"},
		{"DELETE /v1/roster/people/M-1", "", "remove uid 7 M-1", ""},
		{"GET /v1/roster/stats", "", "stats", "{"},
		{"GET /v1/company/suggest", "", "suggest uid 7", "[]"},
		{"POST /v1/held/list", `{"ids":["a.1"],"rule":"stale"}`, "held [a.1] stale", "[]"},
		{"GET /v1/held/a.1", "", "show uid 7 a.1 false", "{"},
		{"GET /v1/held/a.1?show_values=true", "", "show uid 7 a.1 true", "{"},
		{"GET /v1/mails/a/explain?show_values=true", "", "explain uid 7 a true", "{"},
		{"POST /v1/held/release", `{"ids":["a.1"],"reason":"r"}`, "release uid 7 [a.1] r", "{"},
		{"POST /v1/held/discard", `{"rule":"stale","reason":"r"} `, "discard uid 7 stale r", "{"},
		{"GET /v1/streams", "", "streams", "[]"},
		{"POST /v1/streams/order/pause", `{"reason":"r"}`, "pause uid 7 order r", ""},
		{"POST /v1/streams/order/resume", `{}`, "resume uid 7 order ", ""},
		{"GET /v1/alerts", "", "alerts false", "[]"},
		{"GET /v1/alerts?all=true", "", "alerts true", "[]"},
		{"POST /v1/alerts/7/ack", "", "ack uid 7 7", ""},
		{"POST /v1/held/unblock", `{"person":"M-1","reason":"r"}`, "unblock uid 7 {Identifier: Person:M-1 Reason:r}", ""},
		{"GET /v1/ledger/exposure?person=M-1", "", "exposure uid 7 M-1", "{"},
		{"POST /v1/ledger/exposure", `{"identifier":"090-1111-2222"}`, "identifier uid 7 090-1111-2222", "{"},
		{"POST /v1/ledger/received", `{"address":"a@b"}`, "received uid 7 a@b", "{"},
		{"POST /v1/ledger/verify", "", "verify", "[]"},
		{"GET /v1/ledger/unread", "", "listed true 0001-01-01 00:00:00 +0000 UTC", "[]"},
		{"GET /v1/ledger/undeliverable?since=2026-11-23T10:00:00%2B09:00", "", "listed false 2026-11-23 01:00:00 +0000 UTC", "[]"},
	} {
		d := &desk{}
		status, header, answer := ask(t, d, io.Discard, c.request, c.body)
		if d.said != c.said {
			t.Errorf("%s: %q, want %q", c.request, d.said, c.said)
		}
		want := http.StatusOK
		if c.answer == "" {
			want = http.StatusNoContent
		} else if header.Get("Content-Type") != "application/json" {
			t.Errorf("%s: type %s", c.request, header.Get("Content-Type"))
		}
		if status != want || !strings.HasPrefix(answer, c.answer) || c.answer == "" && answer != "" {
			t.Errorf("%s: %d %q, want %d %q", c.request, status, answer, want, c.answer)
		}
	}
}

// A request that is not understood to the last field does nothing: a misspelt
// filter must not select everything.
func TestBadRequests(t *testing.T) {
	t.Parallel()
	for _, path := range []string{"held/list", "held/release", "held/discard", "streams/order/pause", "streams/order/resume", "roster/sync", "roster/feeds/members/agree", "ledger/exposure", "ledger/received"} {
		for _, body := range []string{"", "x", `{"streem":"order"}`, `{"ids":"a"}`, "[]", `{} {}`, `{}}`, `{"reason":7}`, `{"sender":"a@b"}`} {
			d := &desk{}
			status, header, answer := ask(t, d, io.Discard, "POST /v1/"+path, body)
			var p client.Problem
			err := json.Unmarshal([]byte(answer), &p)
			if d.said != "" || status != http.StatusUnprocessableEntity || header.Get("Content-Type") != "application/problem+json" ||
				err != nil || p != (client.Problem{Title: "invalid", Status: status, Detail: "the request is not the JSON expected"}) {
				t.Errorf("%s %q: asked %q, %d %s", path, body, d.said, status, answer)
			}
		}
	}
	d := &desk{}
	if status, _, _ := ask(t, d, io.Discard, "GET /v1/ledger/unread?since=yesterday", ""); status != http.StatusUnprocessableEntity || d.said != "" {
		t.Errorf("a time that is none: %d", status)
	}
	for request, want := range map[string]int{"GET /v1/nothing": 404, "GET /": 404, "GET /v1/held/release/x": 404, "PUT /v1/streams": 405, "GET /v1/roster/import": 405} {
		if status, _, _ := ask(t, d, io.Discard, request, ""); status != want || d.said != "" {
			t.Errorf("%s: %d, want %d", request, status, want)
		}
	}
}

// A request over its limit is refused as such.
func TestLimit(t *testing.T) {
	t.Parallel()
	a := &api{&desk{}, slog.New(slog.DiscardHandler), http.NewServeMux()}
	a.on("POST /", 20, func(r *http.Request, _ string) (any, error) { return decode[client.Selection](r) })
	for body, want := range map[string]int{`{"rule":"stale"}`: http.StatusOK, `{"rule":"ownership"}   `: http.StatusRequestEntityTooLarge} {
		w := httptest.NewRecorder()
		a.mux.ServeHTTP(w, httptest.NewRequestWithContext(t.Context(), http.MethodPost, "/", strings.NewReader(body)))
		if w.Code != want {
			t.Errorf("%s: %d %s, want %d", body, w.Code, w.Body, want)
		}
	}
}

// An error is a problem document of its kind. What nobody classified stays in
// the log, and the log has no path, which may name a person.
func TestProblems(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		err    error
		want   client.Problem
		logged bool
	}{
		{fault.New(fault.NotFound, "find", "no such person").WithHint("look"), client.Problem{Title: "not_found", Status: 404, Detail: "no such person", Hint: "look"}, false},
		{fault.New(fault.Conflict, "move", "is no longer held"), client.Problem{Title: "conflict", Status: 409, Detail: "is no longer held"}, false},
		{fault.New(fault.Unavailable, "ask", "the store does not answer"), client.Problem{Title: "unavailable", Status: 503, Detail: "the store does not answer"}, true},
		{errors.New("deep inside"), client.Problem{Title: "internal", Status: 500, Detail: "internal error"}, true},
	} {
		var log bytes.Buffer
		status, _, answer := ask(t, &desk{err: c.err}, &log, "GET /v1/roster/people/taro", "")
		var p client.Problem
		if err := json.Unmarshal([]byte(answer), &p); err != nil || p != c.want || status != c.want.Status {
			t.Errorf("%v: %d %s", c.err, status, answer)
		}
		if (log.Len() > 0) != c.logged || strings.Contains(log.String(), "taro") {
			t.Errorf("%v: log %q", c.err, log.String())
		}
	}
}

func listen(t *testing.T, d Desk) (*Socket, *client.Client, string) {
	t.Helper()
	path := filepath.Join(t.TempDir(), "control.sock")
	if err := os.WriteFile(path, nil, 0o600); err != nil { // left over
		t.Fatal(err)
	}
	s, err := Listen(path, Handler(d, nil, func(string, string) bool { return false }, slog.New(slog.DiscardHandler)), slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	return s, client.Unix(path), path
}

// Who holds the other end of the socket is named by the kernel.
func TestSocket(t *testing.T) {
	t.Parallel()
	d := &desk{}
	s, c, path := listen(t, d)
	if err := c.AckAlert(t.Context(), "1"); err != nil {
		t.Fatal(err)
	}
	if want := fmt.Sprintf("ack uid %d 1", os.Getuid()); d.said != want {
		t.Errorf("%q, want %q", d.said, want)
	}
	if info, err := os.Stat(path); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("%v, %v", info.Mode(), err)
	}
	if err := s.Stop(t.Context()); err != nil {
		t.Error(err)
	}
	if _, err := c.Health(t.Context()); err == nil {
		t.Error("the socket answers after the stop")
	}
	if Who(t.Context()) != "unknown" {
		t.Error("nobody has a name")
	}
	if _, err := Listen(filepath.Join(t.TempDir(), strings.Repeat("a", 200)), nil, slog.New(slog.DiscardHandler)); err == nil {
		t.Error("a path too long for a socket was taken")
	}
}

// Stop does not wait longer than it may, and leaves nothing running.
func TestSocketStopsInTime(t *testing.T) {
	t.Parallel()
	d := &desk{wait: make(chan struct{})}
	s, c, _ := listen(t, d)
	asked := make(chan error, 1)
	go func() { _, err := c.Health(context.Background()); asked <- err }()
	<-d.wait
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	if err := s.Stop(ctx); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("stop: %v", err)
	}
	if err := <-asked; err == nil {
		t.Error("an answer after the stop")
	}
}
