package httpapi

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"time"

	"github.com/kakitome/kakitome/client"
	"github.com/kakitome/kakitome/internal/fault"
)

// Desk does what is asked. Who is the name for the audit.
type Desk interface {
	Health(ctx context.Context) (*client.Health, error)
	Check(ctx context.Context, r client.CheckRequest, mail io.Reader) (json.RawMessage, error)

	ImportRoster(ctx context.Context, who string, csv io.Reader, o client.ImportOptions) (*client.Imported, error)
	Sync(ctx context.Context, who string, s client.Sync) (*client.Imported, error)
	Feeds(ctx context.Context) ([]client.Feed, error)
	AgreeFeed(ctx context.Context, who, feed, reason string) error
	Person(ctx context.Context, id string) (*client.Person, error)
	RemovePerson(ctx context.Context, who, id string) error
	RosterStats(ctx context.Context) (*client.RosterStats, error)

	Held(ctx context.Context, s client.Selection) ([]client.Held, error)
	HeldDetail(ctx context.Context, who, id string, showValues bool) (*client.HeldDetail, error)
	Explain(ctx context.Context, who, id string, showValues bool) (*client.Explained, error)
	Release(ctx context.Context, who string, d client.Decision) (*client.Decided, error)
	Discard(ctx context.Context, who string, d client.Decision) (*client.Decided, error)
	Unblock(ctx context.Context, who string, u client.Unblock) error

	Streams(ctx context.Context) ([]client.Stream, error)
	Pause(ctx context.Context, who, stream, reason string) error
	Resume(ctx context.Context, who, stream, reason string) error

	Suggest(ctx context.Context, who string) ([]client.Suggestion, error)
	Alerts(ctx context.Context, all bool) ([]client.Alert, error)
	AckAlert(ctx context.Context, who, id string) error

	ExposureOf(ctx context.Context, who, person string) (*client.Exposure, error)
	ExposureOfIdentifier(ctx context.Context, who, value string) (*client.Exposure, error)
	Received(ctx context.Context, who, address string) (*client.Received, error)
	Listed(ctx context.Context, unread bool, since time.Time) ([]client.Listed, error)
	Verify(ctx context.Context) ([]client.Verified, error)
}

const (
	maxMail    = 1 << 30 // of a mail to be checked; the gate has limits of its own
	maxRoster  = 64 << 30
	maxRequest = 64 << 20 // of a JSON request: a hundred thousand ids fit
)

// Handler serves a desk and a response. Staff tells whether a password is right.
func Handler(d Desk, r Response, staff func(name, password string) bool, log *slog.Logger) http.Handler {
	a := &api{d, log, http.NewServeMux()}
	a.health()
	a.roster()
	a.held()
	a.unblock()
	a.streams()
	a.alerts()
	a.ledger()
	a.incidents(r)
	a.letters(r)
	return signed(a.mux, staff, a.fail)
}

type api struct {
	desk Desk
	log  *slog.Logger
	mux  *http.ServeMux
}

// answer is a call of the Desk for one request.
type answer func(r *http.Request, who string) (any, error)

// on serves a pattern with an answer; nil is answered 204.
func (a *api) on(pattern string, limit int64, f answer) {
	a.mux.HandleFunc(pattern, func(w http.ResponseWriter, r *http.Request) {
		r.Body = http.MaxBytesReader(w, r.Body, limit)
		out, err := f(r, Who(r.Context()))
		if err != nil {
			a.fail(w, r, err)
			return
		}
		if out == nil {
			w.WriteHeader(http.StatusNoContent)
			return
		}
		a.write(w, http.StatusOK, "application/json", out)
	})
}

func (a *api) write(w http.ResponseWriter, status int, kind string, v any) {
	w.Header().Set("Content-Type", kind)
	w.WriteHeader(status)
	if err := json.NewEncoder(w).Encode(v); err != nil {
		a.log.Warn("write answer", "error", err)
	}
}

func (a *api) fail(w http.ResponseWriter, r *http.Request, err error) {
	kind := fault.KindOf(err)
	if kind == fault.Internal || kind == fault.Unavailable {
		a.log.Error("control request", "pattern", r.Pattern, "error", err)
	}
	status := kind.Wire().HTTP
	a.write(w, status, "application/problem+json", client.Problem{
		Title: kind.String(), Status: status, Detail: fault.Outside(err), Hint: fault.HintOf(err),
	})
}

// decode reads a JSON request. An unknown field is an error: a misspelt filter
// must not select everything.
func decode[T any](r *http.Request) (T, error) {
	var v T
	dec := json.NewDecoder(r.Body)
	dec.DisallowUnknownFields()
	err := dec.Decode(&v)
	if err == nil {
		if _, end := dec.Token(); !errors.Is(end, io.EOF) {
			err = errors.Join(errors.New("more than one document"), end)
		}
	}
	var large *http.MaxBytesError
	switch {
	case errors.As(err, &large):
		return v, fault.Wrap(fault.TooLarge, "read request", "the request is too large", err)
	case err != nil:
		return v, fault.Wrap(fault.Invalid, "read request", "the request is not the JSON expected", err)
	}
	return v, nil
}
