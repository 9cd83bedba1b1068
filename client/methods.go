package client

import (
	"context"
	"encoding/json"
	"io"
	"net/http"
	"net/url"
	"time"
)

// CheckRequest is a mail to be judged without being sent.
type CheckRequest struct {
	From       string
	To         []string
	Stream     string
	ShowValues bool // print the values of identifiers
}

// Check says what the gateway would decide now on a mail, and changes nothing.
// The answer is the explanation document of interface.md.
func (c *Client) Check(ctx context.Context, r CheckRequest, mail io.Reader) (json.RawMessage, error) {
	q := url.Values{"to": r.To, "from": {r.From}, "stream": {r.Stream}}
	if r.ShowValues {
		q.Set("show_values", "true")
	}
	var doc json.RawMessage
	return doc, c.call(ctx, http.MethodPost, "/v1/check", q, mail, &doc)
}

// ImportRoster sends a roster CSV. Without skipBad one bad row means nothing
// is imported: the answer then lists every bad row and has no version.
func (c *Client) ImportRoster(ctx context.Context, csv io.Reader, skipBad bool) (*Imported, error) {
	return c.ImportRosterAs(ctx, csv, ImportOptions{SkipBad: skipBad})
}

// ImportRosterAs is ImportRoster with all its options. An import that was
// refused says so and has no version.
func (c *Client) ImportRosterAs(ctx context.Context, csv io.Reader, o ImportOptions) (*Imported, error) {
	q := url.Values{}
	if o.SkipBad {
		q.Set("skip_bad", "true")
	}
	if o.Agreed != "" {
		q.Set("agreed", o.Agreed)
	}
	out := &Imported{}
	return out, c.call(ctx, http.MethodPost, "/v1/roster/import", q, csv, out)
}

// SyncRoster runs a feed once, and answers as ImportRosterAs does.
func (c *Client) SyncRoster(ctx context.Context, s Sync) (*Imported, error) {
	out := &Imported{}
	return out, c.call(ctx, http.MethodPost, "/v1/roster/sync", nil, s, out)
}

// Feeds lists the ways by which people come into the roster.
func (c *Client) Feeds(ctx context.Context) ([]Feed, error) {
	out := []Feed{}
	return out, c.call(ctx, http.MethodGet, "/v1/roster/feeds", nil, nil, &out)
}

// AgreeFeed lets the next run of a refused feed bind as many people anew as
// were refused. The feed is named by its name, or by the id of its alert.
func (c *Client) AgreeFeed(ctx context.Context, feed, reason string) error {
	return c.call(ctx, http.MethodPost, "/v1/roster/feeds/"+url.PathEscape(feed)+"/agree", nil, map[string]string{"reason": reason}, nil)
}

// Person says what the roster holds of a person.
func (c *Client) Person(ctx context.Context, id string) (*Person, error) {
	out := &Person{}
	return out, c.call(ctx, http.MethodGet, "/v1/roster/people/"+url.PathEscape(id), nil, nil, out)
}

// RemovePerson erases a person from the roster.
func (c *Client) RemovePerson(ctx context.Context, id string) error {
	return c.call(ctx, http.MethodDelete, "/v1/roster/people/"+url.PathEscape(id), nil, nil, nil)
}

// RosterStats counts the roster.
func (c *Client) RosterStats(ctx context.Context) (*RosterStats, error) {
	out := &RosterStats{}
	return out, c.call(ctx, http.MethodGet, "/v1/roster/stats", nil, nil, out)
}

// Held lists what is held, complete, oldest first.
func (c *Client) Held(ctx context.Context, s Selection) ([]Held, error) {
	out := []Held{}
	return out, c.call(ctx, http.MethodPost, "/v1/held/list", nil, s, &out)
}

// HeldDetail shows one held delivery; values are masked unless asked for.
func (c *Client) HeldDetail(ctx context.Context, id string, showValues bool) (*HeldDetail, error) {
	q := url.Values{}
	if showValues {
		q.Set("show_values", "true")
	}
	out := &HeldDetail{}
	return out, c.call(ctx, http.MethodGet, "/v1/held/"+url.PathEscape(id), q, nil, out)
}

// Explain shows what was found in a mail, line by line. The id is a mail's, or
// that of one delivery.
func (c *Client) Explain(ctx context.Context, id string, showValues bool) (*Explained, error) {
	q := url.Values{}
	if showValues {
		q.Set("show_values", "true")
	}
	out := &Explained{}
	return out, c.call(ctx, http.MethodGet, "/v1/mails/"+url.PathEscape(id)+"/explain", q, nil, out)
}

// Release lets held mail go.
func (c *Client) Release(ctx context.Context, d Decision) (*Decided, error) {
	out := &Decided{}
	return out, c.call(ctx, http.MethodPost, "/v1/held/release", nil, d, out)
}

// Discard ends held mail.
func (c *Client) Discard(ctx context.Context, d Decision) (*Decided, error) {
	out := &Decided{}
	return out, c.call(ctx, http.MethodPost, "/v1/held/discard", nil, d, out)
}

// Unblock lifts a block that fan_out laid; counting begins anew.
func (c *Client) Unblock(ctx context.Context, u Unblock) error {
	return c.call(ctx, http.MethodPost, "/v1/held/unblock", nil, u, nil)
}

// Streams lists the streams with their state.
func (c *Client) Streams(ctx context.Context) ([]Stream, error) {
	out := []Stream{}
	return out, c.call(ctx, http.MethodGet, "/v1/streams", nil, nil, &out)
}

// Pause stops a stream, queued mail too, until it is resumed.
func (c *Client) Pause(ctx context.Context, stream, reason string) error {
	return c.call(ctx, http.MethodPost, "/v1/streams/"+url.PathEscape(stream)+"/pause", nil, map[string]string{"reason": reason}, nil)
}

// Resume lets a stream go on, in order.
func (c *Client) Resume(ctx context.Context, stream, reason string) error {
	return c.call(ctx, http.MethodPost, "/v1/streams/"+url.PathEscape(stream)+"/resume", nil, map[string]string{"reason": reason}, nil)
}

// Suggest lists undeclared identifiers seen going to many recipients.
func (c *Client) Suggest(ctx context.Context) ([]Suggestion, error) {
	out := []Suggestion{}
	return out, c.call(ctx, http.MethodGet, "/v1/company/suggest", nil, nil, &out)
}

// Alerts lists alerts, the open ones or all.
func (c *Client) Alerts(ctx context.Context, all bool) ([]Alert, error) {
	q := url.Values{}
	if all {
		q.Set("all", "true")
	}
	out := []Alert{}
	return out, c.call(ctx, http.MethodGet, "/v1/alerts", q, nil, &out)
}

// AckAlert acknowledges an alert; it is not told again.
func (c *Client) AckAlert(ctx context.Context, id string) error {
	return c.call(ctx, http.MethodPost, "/v1/alerts/"+url.PathEscape(id)+"/ack", nil, nil, nil)
}

// ExposureOf says who was sent a person's data.
func (c *Client) ExposureOf(ctx context.Context, person string) (*Exposure, error) {
	out := &Exposure{}
	return out, c.call(ctx, http.MethodGet, "/v1/ledger/exposure", url.Values{"person": {person}}, nil, out)
}

// ExposureOfIdentifier says who was sent an identifier of any kind.
func (c *Client) ExposureOfIdentifier(ctx context.Context, value string) (*Exposure, error) {
	out := &Exposure{}
	return out, c.call(ctx, http.MethodPost, "/v1/ledger/exposure", nil, map[string]string{"identifier": value}, out)
}

// Received says whose data an address was sent.
func (c *Client) Received(ctx context.Context, address string) (*Received, error) {
	out := &Received{}
	return out, c.call(ctx, http.MethodPost, "/v1/ledger/received", nil, map[string]string{"address": address}, out)
}

// Undeliverable lists what could not be delivered and whose sender nobody could
// tell.
func (c *Client) Undeliverable(ctx context.Context, since time.Time) ([]Listed, error) {
	return c.listed(ctx, "undeliverable", since)
}

// Unread lists the deliveries of mails with a part that passed unread.
func (c *Client) Unread(ctx context.Context, since time.Time) ([]Listed, error) {
	return c.listed(ctx, "unread", since)
}

func (c *Client) listed(ctx context.Context, what string, since time.Time) ([]Listed, error) {
	q := url.Values{}
	if !since.IsZero() {
		q.Set("since", since.UTC().Format(time.RFC3339Nano))
	}
	out := []Listed{}
	return out, c.call(ctx, http.MethodGet, "/v1/ledger/"+what, q, nil, &out)
}

// Verify recomputes and checks the evidence log.
func (c *Client) Verify(ctx context.Context) ([]Verified, error) {
	out := []Verified{}
	return out, c.call(ctx, http.MethodPost, "/v1/ledger/verify", nil, nil, &out)
}

// Health tells how the server is.
type Health struct {
	Version string    `json:"version"`
	Node    string    `json:"node"`
	Started time.Time `json:"started"`
	Ready   bool      `json:"ready"`
	// Addresses the server really listens on.
	SMTP   string `json:"smtp"`
	Admin  string `json:"admin"`
	Public string `json:"public,omitempty"`
}

// Health asks how the server is and where it listens.
func (c *Client) Health(ctx context.Context) (*Health, error) {
	out := &Health{}
	return out, c.call(ctx, http.MethodGet, "/v1/health", nil, nil, out)
}
