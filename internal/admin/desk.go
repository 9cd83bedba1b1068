package admin

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"slices"
	"strconv"
	"time"

	"github.com/kakitome/kakitome/client"
	"github.com/kakitome/kakitome/internal/check"
	"github.com/kakitome/kakitome/internal/fault"
	"github.com/kakitome/kakitome/internal/gate"
	"github.com/kakitome/kakitome/internal/mail"
	"github.com/kakitome/kakitome/internal/policy"
	"github.com/kakitome/kakitome/internal/roster"
)

// Options are what a desk works with.
type Options struct {
	Store  Store
	Gate   *gate.Gate
	Hasher *roster.Hasher
	Roster *roster.Index
	Policy *policy.Policy
	Feeds  []Feed // of the configuration
	Source Source
	Seal   func(of roster.Key, text string) ([]byte, error) // person ids, places of feeds
	Open   func(of roster.Key, sealed []byte) (string, error)
	// FeedDue has a feed run soon.
	FeedDue func(name string)
	// Follow brings this node up to the store's roster version and returns
	// when it is effective here.
	Follow func(ctx context.Context) error
	// Stopped has this node learn at once that a stream was paused or resumed.
	Stopped func(ctx context.Context)
	Health  func() client.Health
	// Verify recomputes this node's evidence log.
	Verify  func(ctx context.Context) (client.Verified, error)
	MaxMail int64 // of a mail to be checked
	Now     func() time.Time
	Log     *slog.Logger
}

// Desk answers staff and scripts.
type Desk struct{ Options }

// New makes a desk.
func New(o Options) *Desk { return &Desk{o} }

// Health tells how the server is.
func (d *Desk) Health(context.Context) (*client.Health, error) {
	h := d.Options.Health()
	return &h, nil
}

// Check says what the gateway would decide on a mail.
func (d *Desk) Check(ctx context.Context, r client.CheckRequest, body io.Reader) (json.RawMessage, error) {
	if len(r.To) == 0 {
		return nil, fault.New(fault.Invalid, "check mail", "no recipient").WithHint("--to ADDR")
	}
	if r.Stream != "" {
		if _, known := d.Policy.Stream(r.Stream); !known {
			return nil, d.noStream(r.Stream)
		}
	}
	data, err := io.ReadAll(io.LimitReader(body, d.MaxMail+1))
	if err != nil {
		return nil, fmt.Errorf("read mail: %w", err)
	}
	if int64(len(data)) > d.MaxMail {
		return nil, fault.New(fault.TooLarge, "check mail", "the mail is larger than smtp.max_message")
	}
	s := gate.Submission{Data: lineEnds(data), Stream: r.Stream, Client: "check", Envelope: mail.Envelope{From: r.From}}
	for _, to := range r.To {
		s.Envelope.Recipients = append(s.Envelope.Recipients, mail.Recipient{Address: to})
	}
	var value func(*check.Finding) string
	if r.ShowValues {
		value = clear
	}
	doc, err := d.Gate.Check(ctx, s, value)
	if err != nil {
		return nil, err
	}
	return json.Marshal(doc)
}

func (d *Desk) noStream(name string) error {
	var names []string
	for _, s := range d.Policy.Streams {
		names = append(names, s.Name)
	}
	return fault.Newf(fault.NotFound, "find stream", "no stream is named %q", name).
		WithHint(fmt.Sprintf("the streams are %v", names))
}

// lineEnds gives a mail from a file the line ends of the wire. A file that has
// CRLF somewhere is taken as it is.
func lineEnds(data []byte) []byte {
	if slices.Contains(data, '\r') {
		return data
	}
	out := make([]byte, 0, len(data)+len(data)/32)
	for _, b := range data {
		if b == '\n' {
			out = append(out, '\r')
		}
		out = append(out, b)
	}
	return out
}

// Streams lists the streams of the policy, and those that left it while they
// were paused or had mail: nobody could resume them otherwise.
func (d *Desk) Streams(ctx context.Context) ([]client.Stream, error) {
	rows, err := d.Store.Streams(ctx)
	if err != nil {
		return nil, err
	}
	list := []client.Stream{}
	for _, s := range d.Policy.Streams {
		list = append(list, client.Stream{Name: s.Name, Mode: s.Mode.String(), Purpose: s.Purpose})
	}
	for _, r := range rows {
		i := slices.IndexFunc(list, func(c client.Stream) bool { return c.Name == r.Name })
		if i < 0 {
			if r.Name == gate.NoticeStream || !r.Paused && r.Queued+r.Held == 0 {
				continue
			}
			i, list = len(list), append(list, client.Stream{Name: r.Name, Mode: "removed"})
		}
		c := &list[i]
		c.Paused, c.Rule, c.By, c.Reason, c.Since = r.Paused, string(r.Rule), r.By, r.Reason, r.Since
		c.Queued, c.Held = int(r.Queued), int(r.Held)
	}
	return list, nil
}

// known tells whether Streams lists a stream.
func (d *Desk) known(ctx context.Context, stream string) error {
	if _, known := d.Policy.Stream(stream); known {
		return nil
	}
	list, err := d.Streams(ctx)
	if err == nil && !slices.ContainsFunc(list, func(c client.Stream) bool { return c.Name == stream }) {
		err = d.noStream(stream)
	}
	return err
}

// Pause stops a stream, queued mail too.
func (d *Desk) Pause(ctx context.Context, who, stream, reason string) error {
	return d.pause(ctx, gate.Pause{Stream: stream, On: true, By: who, Reason: reason}, "pause")
}

// Resume lets a stream go on.
func (d *Desk) Resume(ctx context.Context, who, stream, reason string) error {
	return d.pause(ctx, gate.Pause{Stream: stream, By: who, Reason: reason}, "resume")
}

func (d *Desk) pause(ctx context.Context, p gate.Pause, act string) error {
	if p.Stream == policy.IncidentStream {
		return fault.New(fault.Conflict, "pause stream", "letters after an incident are not stopped with the mail they are about").
			WithHint("a round of letters that was not approved does not leave")
	}
	if err := d.known(ctx, p.Stream); err != nil {
		return err
	}
	now := d.Now()
	// Not with the next batch of mails: that may have to wait for other nodes.
	err := d.Store.Write(ctx, func(tx gate.Tx) error {
		changed, err := tx.Pause(now, p)
		if err != nil || !changed {
			return err
		}
		return tx.Audit(now, gate.Audit{Who: p.By, Act: act, Object: "stream " + p.Stream, Reason: p.Reason})
	})
	if err != nil {
		return fmt.Errorf("%s stream %s: %w", act, p.Stream, err)
	}
	d.Stopped(ctx)
	return nil
}

// Alerts lists alerts.
func (d *Desk) Alerts(ctx context.Context, all bool) ([]client.Alert, error) {
	rows, err := d.Store.Alerts(ctx, all)
	if err != nil {
		return nil, err
	}
	list := []client.Alert{}
	for _, r := range rows {
		list = append(list, client.Alert{
			ID: strconv.FormatInt(r.ID, 10), Kind: r.Kind, Subject: r.Subject, Text: r.Text, Count: int(r.Count),
			FirstAt: r.First, LastAt: r.Last, AckedAt: r.AckedAt, AckedBy: r.AckedBy,
		})
	}
	return list, nil
}

// AckAlert acknowledges an alert.
func (d *Desk) AckAlert(ctx context.Context, who, id string) error {
	n, err := strconv.ParseInt(id, 10, 64)
	if err != nil {
		return fault.New(fault.Invalid, "acknowledge alert", "the id is no number").WithHint("kakitome alert list")
	}
	return d.Store.AlertAck(ctx, n, who, d.Now())
}

// nameOf is the id of a person, "unknown" for one the roster does not have.
func (d *Desk) nameOf(p roster.Key) string {
	if info, ok := d.Roster.Snapshot().Person(p); ok {
		return info.ID
	}
	return "unknown"
}

// clear shows a value as it was written.
func clear(f *check.Finding) string { return f.Value }
