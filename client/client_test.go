package client

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"time"
)

// Each method asks with the method, path, query and body the server knows, and
// reads the answer.
func TestMethods(t *testing.T) {
	t.Parallel()
	at := time.Date(2026, 11, 23, 0, 0, 0, 0, time.UTC)
	yes := Selection{IDs: []string{"a.1"}, Since: at}
	for want, c := range map[string]struct {
		answer string
		ask    func(ctx context.Context, c *Client) (any, error)
		got    any
	}{
		"GET /v1/health ": {`{"version":"1","ready":true}`, func(ctx context.Context, c *Client) (any, error) { return c.Health(ctx) }, &Health{Version: "1", Ready: true}},
		"POST /v1/check?from=a%40b&show_values=true&stream=order&to=c%40d&to=e%40f From: a": {`{"decision":"hold"}`, func(ctx context.Context, c *Client) (any, error) {
			return c.Check(ctx, CheckRequest{From: "a@b", To: []string{"c@d", "e@f"}, Stream: "order", ShowValues: true}, strings.NewReader("From: a"))
		}, json.RawMessage(`{"decision":"hold"}`)},
		"POST /v1/roster/import?skip_bad=true person_id": {`{"rows":1}`, func(ctx context.Context, c *Client) (any, error) {
			return c.ImportRoster(ctx, strings.NewReader("person_id"), true)
		}, &Imported{Rows: 1}},
		"POST /v1/roster/import x": {`{}`, func(ctx context.Context, c *Client) (any, error) {
			return c.ImportRoster(ctx, strings.NewReader("x"), false)
		}, &Imported{}},
		"GET /v1/roster/people/M%2F1%3F ":                                   {`{"person":"M/1?"}`, func(ctx context.Context, c *Client) (any, error) { return c.Person(ctx, "M/1?") }, &Person{ID: "M/1?"}},
		"DELETE /v1/roster/people/M-1 ":                                     {``, func(ctx context.Context, c *Client) (any, error) { return nil, c.RemovePerson(ctx, "M-1") }, nil},
		"GET /v1/roster/stats ":                                             {`{"people":2}`, func(ctx context.Context, c *Client) (any, error) { return c.RosterStats(ctx) }, &RosterStats{People: 2}},
		"GET /v1/company/suggest ":                                          {`[{"kind":"phone"}]`, func(ctx context.Context, c *Client) (any, error) { return c.Suggest(ctx) }, []Suggestion{{Kind: "phone"}}},
		`POST /v1/held/list {"ids":["a.1"],"since":"2026-11-23T00:00:00Z"}`: {`[]`, func(ctx context.Context, c *Client) (any, error) { return c.Held(ctx, yes) }, []Held{}},
		"GET /v1/held/a.1?show_values=true ": {`{"id":"a.1","verdict":{}}`, func(ctx context.Context, c *Client) (any, error) {
			return c.HeldDetail(ctx, "a.1", true)
		}, &HeldDetail{Held: Held{ID: "a.1"}, Verdict: json.RawMessage(`{}`)}},
		`POST /v1/held/release {"ids":["a.1"],"since":"2026-11-23T00:00:00Z","reason":"r"}`: {`{"done":1,"changed":["b"],"missing":[]}`, func(ctx context.Context, c *Client) (any, error) {
			return c.Release(ctx, Decision{yes, "r"})
		}, &Decided{Done: 1, Changed: []string{"b"}, Missing: []string{}}},
		`POST /v1/held/discard {"rule":"stale","reason":"r"}`: {`{"done":2}`, func(ctx context.Context, c *Client) (any, error) {
			return c.Discard(ctx, Decision{Selection{Rule: "stale"}, "r"})
		}, &Decided{Done: 2}},
		`POST /v1/held/unblock {"identifier":"v","reason":"r"}`: {``, func(ctx context.Context, c *Client) (any, error) {
			return nil, c.Unblock(ctx, Unblock{Identifier: "v", Reason: "r"})
		}, nil},
		"GET /v1/streams ": {`[{"name":"order"}]`, func(ctx context.Context, c *Client) (any, error) { return c.Streams(ctx) }, []Stream{{Name: "order"}}},
		`POST /v1/streams/order/pause {"reason":"r"}`:  {``, func(ctx context.Context, c *Client) (any, error) { return nil, c.Pause(ctx, "order", "r") }, nil},
		`POST /v1/streams/order/resume {"reason":"r"}`: {``, func(ctx context.Context, c *Client) (any, error) { return nil, c.Resume(ctx, "order", "r") }, nil},
		"GET /v1/alerts?all=true ":                     {`[]`, func(ctx context.Context, c *Client) (any, error) { return c.Alerts(ctx, true) }, []Alert{}},
		"POST /v1/alerts/7/ack ":                       {``, func(ctx context.Context, c *Client) (any, error) { return nil, c.AckAlert(ctx, "7") }, nil},
		"GET /v1/ledger/exposure?person=M-1 ":          {`{"others_relayed":3}`, func(ctx context.Context, c *Client) (any, error) { return c.ExposureOf(ctx, "M-1") }, &Exposure{OthersRelayed: 3}},
		`POST /v1/ledger/exposure {"identifier":"v"}`:  {`{}`, func(ctx context.Context, c *Client) (any, error) { return c.ExposureOfIdentifier(ctx, "v") }, &Exposure{}},
		`POST /v1/ledger/received {"address":"a"}`:     {`{"address":"a"}`, func(ctx context.Context, c *Client) (any, error) { return c.Received(ctx, "a") }, &Received{Address: "a"}},
		"GET /v1/ledger/unread ":                       {`[]`, func(ctx context.Context, c *Client) (any, error) { return c.Unread(ctx, time.Time{}) }, []Listed{}},
		"GET /v1/ledger/undeliverable?since=2026-11-23T00%3A00%3A00Z ": {`[{"id":"a.1"}]`, func(ctx context.Context, c *Client) (any, error) {
			return c.Undeliverable(ctx, at)
		}, []Listed{{ID: "a.1"}}},
		"POST /v1/ledger/verify ": {`[{"ok":true}]`, func(ctx context.Context, c *Client) (any, error) { return c.Verify(ctx) }, []Verified{{OK: true}}},
	} {
		var asked string
		s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			body, _ := io.ReadAll(r.Body)
			asked = r.Method + " " + r.URL.RequestURI() + " " + string(body)
			if c.answer == "" {
				w.WriteHeader(http.StatusNoContent)
			}
			_, _ = io.WriteString(w, c.answer)
		}))
		got, err := c.ask(t.Context(), New(s.URL+"/", http.DefaultTransport))
		s.Close()
		if err != nil || asked != want {
			t.Errorf("asked %q, want %q: %v", asked, want, err)
		}
		if !reflect.DeepEqual(got, c.got) {
			t.Errorf("%s: got %+v, want %+v", want, got, c.got)
		}
	}
}

func TestErrors(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		status       int
		answer, want string
		notFound     bool
	}{
		"problem":     {404, `{"title":"not_found","status":404,"detail":"no such mail","hint":"kakitome held list"}`, "no such mail", true},
		"other":       {409, `{"title":"conflict","status":409,"detail":"is no longer held"}`, "is no longer held", false},
		"no problem":  {502, "<html>", "server answered 502 Bad Gateway", false},
		"very long":   {500, strings.Repeat("x", mostAnswer+1), "server answered 500 Internal Server Error", false},
		"no JSON":     {200, "x", "read answer: invalid character 'x' looking for beginning of value", false},
		"cut in half": {200, `{"rows":`, "read answer: unexpected EOF", false},
	} {
		s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			w.WriteHeader(c.status)
			_, _ = io.WriteString(w, c.answer)
		}))
		_, err := New(s.URL, http.DefaultTransport).RosterStats(t.Context())
		s.Close()
		if err == nil || err.Error() != c.want || IsNotFound(err) != c.notFound {
			t.Errorf("%s: %v, want %q", name, err, c.want)
		}
		var p *Problem
		if errors.As(err, &p) && name == "problem" && (p.Hint == "" || p.Title != "not_found") {
			t.Errorf("%s: %+v", name, p)
		}
	}
	if _, err := Unix(filepath.Join(t.TempDir(), "none")).Health(t.Context()); err == nil || !strings.HasPrefix(err.Error(), "ask server: ") {
		t.Errorf("no server: %v", err)
	}
}

func TestUnix(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "s")
	l, err := net.Listen("unix", path)
	if err != nil {
		t.Fatal(err)
	}
	s := &http.Server{ReadHeaderTimeout: time.Minute, Handler: http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, `{"node":"one"}`) })}
	go func() { _ = s.Serve(l) }()
	t.Cleanup(func() { _ = s.Close() })
	if h, err := Unix(path).Health(t.Context()); err != nil || h.Node != "one" {
		t.Errorf("%+v, %v", h, err)
	}
}

func TestRowError(t *testing.T) {
	t.Parallel()
	for want, e := range map[string]RowError{
		"bad": {Line: 3, Reason: "bad"}, "email: bad": {Column: "email", Reason: "bad"}, "email: bad (mend it)": {Column: "email", Reason: "bad", Hint: "mend it"},
	} {
		if e.Error() != want {
			t.Errorf("%q, want %q", e.Error(), want)
		}
	}
}
