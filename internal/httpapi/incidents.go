package httpapi

import (
	"context"
	"io"
	"net/http"
	"time"

	"github.com/kakitome/kakitome/client"
	"github.com/kakitome/kakitome/internal/fault"
)

// Response does what is asked of the response to an incident. Who is the name
// for the audit.
type Response interface {
	Incidents(ctx context.Context) ([]client.Incident, error)
	Incident(ctx context.Context, id string) (*client.IncidentDetail, error)
	Begin(ctx context.Context, who string, o client.OpenIncident) (*client.IncidentDetail, error)
	Select(ctx context.Context, who, id string, s client.Selections) (*client.IncidentDetail, error)
	StartClock(ctx context.Context, who, id string, k client.Clock) (*client.IncidentDetail, error)
	Contain(ctx context.Context, who, id string, streams []string) (*client.Contained, error)
	Scope(ctx context.Context, who, id string) (*client.Scope, error)
	Foreign(ctx context.Context, who, id string, tar io.Reader) (*client.ForeignTaken, error)
	ExportScope(ctx context.Context, who, id, format string, w io.Writer) error
	Act(ctx context.Context, who, id, act string, a client.IncidentAct) (*client.IncidentDetail, error)
	TakeContacts(ctx context.Context, who, id string, csv io.Reader) (*client.ContactsTaken, error)
	Draft(ctx context.Context, who, id, occasion string) (*client.LetterRound, error)
	LetterList(ctx context.Context, id string, sample bool) ([]client.Letter, error)
	Rounds(ctx context.Context, id string) ([]client.LetterRound, error)
	Print(ctx context.Context, who, id, format string, w io.Writer) error
	ExportSite(ctx context.Context, w io.Writer) error
	DraftPage(ctx context.Context, who, id string, a client.IncidentAct) (*client.Page, error)
	Deadlines(ctx context.Context, id string) ([]client.Deadline, error)
	Report(ctx context.Context, id string, a client.IncidentAct) (*client.ReportDraft, error)
	Replay(ctx context.Context, who, id string) (*client.Replayed, error)
	Compare(ctx context.Context, id string, e client.SameLeak) (*client.Attribution, error)
	LookUp(ctx context.Context, who string, l client.Lookup) (*client.LookedUp, error)
	Inquiries(ctx context.Context, who string, since time.Time) ([]client.Inquiry, error)
}

// told is a call that takes one document.
func told[T any](f func(r *http.Request, who string, v T) (any, error)) answer {
	return func(r *http.Request, who string) (any, error) {
		v, err := decode[T](r)
		if err != nil {
			return nil, err
		}
		return f(r, who, v)
	}
}

const maxForeign = 8 << 30 // of an archive of mails

func (a *api) incidents(d Response) {
	const one = "/v1/incidents/{id}"
	a.on("GET /v1/incidents", maxRequest, func(r *http.Request, _ string) (any, error) { return d.Incidents(r.Context()) })
	a.on("GET "+one, maxRequest, func(r *http.Request, _ string) (any, error) { return d.Incident(r.Context(), r.PathValue("id")) })
	a.on("POST /v1/incidents", maxRequest, told(func(r *http.Request, who string, o client.OpenIncident) (any, error) {
		return d.Begin(r.Context(), who, o)
	}))
	a.on("POST "+one+"/select", maxRequest, told(func(r *http.Request, who string, s client.Selections) (any, error) {
		return d.Select(r.Context(), who, r.PathValue("id"), s)
	}))
	a.on("POST "+one+"/clock", maxRequest, told(func(r *http.Request, who string, k client.Clock) (any, error) {
		return d.StartClock(r.Context(), who, r.PathValue("id"), k)
	}))
	a.on("POST "+one+"/contain", maxRequest, told(func(r *http.Request, who string, v client.IncidentAct) (any, error) {
		return d.Contain(r.Context(), who, r.PathValue("id"), v.Streams)
	}))
	a.on("POST "+one+"/scope", maxRequest, func(r *http.Request, who string) (any, error) { return d.Scope(r.Context(), who, r.PathValue("id")) })
	a.on("POST "+one+"/replay", maxRequest, func(r *http.Request, who string) (any, error) { return d.Replay(r.Context(), who, r.PathValue("id")) })
	a.on("POST "+one+"/foreign", maxForeign, func(r *http.Request, who string) (any, error) {
		return d.Foreign(r.Context(), who, r.PathValue("id"), r.Body)
	})
	a.on("POST "+one+"/act/{act}", maxRequest, told(func(r *http.Request, who string, v client.IncidentAct) (any, error) {
		return d.Act(r.Context(), who, r.PathValue("id"), r.PathValue("act"), v)
	}))
	a.on("GET "+one+"/deadlines", maxRequest, func(r *http.Request, _ string) (any, error) { return d.Deadlines(r.Context(), r.PathValue("id")) })
	a.on("POST "+one+"/report", maxRequest, told(func(r *http.Request, _ string, v client.IncidentAct) (any, error) {
		return d.Report(r.Context(), r.PathValue("id"), v)
	}))
	a.on("POST "+one+"/compare", maxRequest, told(func(r *http.Request, _ string, e client.SameLeak) (any, error) {
		return d.Compare(r.Context(), r.PathValue("id"), e)
	}))
	a.on("POST /v1/incidents/lookup", maxRequest, told(func(r *http.Request, who string, l client.Lookup) (any, error) {
		return d.LookUp(r.Context(), who, l)
	}))
	a.on("GET /v1/inquiries", maxRequest, func(r *http.Request, who string) (any, error) {
		since, err := moment(r.URL.Query().Get("since"))
		if err != nil {
			return nil, err
		}
		return d.Inquiries(r.Context(), who, since)
	})
	a.stream("GET "+one+"/export", func(w io.Writer, r *http.Request, who string) error {
		return d.ExportScope(r.Context(), who, r.PathValue("id"), r.URL.Query().Get("format"), w)
	})
}

func (a *api) letters(d Response) {
	const one = "/v1/incidents/{id}"
	a.on("POST "+one+"/contacts", maxRoster, func(r *http.Request, who string) (any, error) {
		return d.TakeContacts(r.Context(), who, r.PathValue("id"), r.Body)
	})
	a.on("POST "+one+"/letters/draft", maxRequest, told(func(r *http.Request, who string, v client.IncidentAct) (any, error) {
		return d.Draft(r.Context(), who, r.PathValue("id"), v.Round)
	}))
	a.on("GET "+one+"/letters", maxRequest, func(r *http.Request, _ string) (any, error) {
		return d.LetterList(r.Context(), r.PathValue("id"), r.URL.Query().Get("sample") == "true")
	})
	a.on("GET "+one+"/rounds", maxRequest, func(r *http.Request, _ string) (any, error) { return d.Rounds(r.Context(), r.PathValue("id")) })
	a.on("POST "+one+"/page/draft", maxRequest, told(func(r *http.Request, who string, v client.IncidentAct) (any, error) {
		return d.DraftPage(r.Context(), who, r.PathValue("id"), v)
	}))
	a.stream("GET /v1/site", func(w io.Writer, r *http.Request, _ string) error { return d.ExportSite(r.Context(), w) })
	a.stream("GET "+one+"/print", func(w io.Writer, r *http.Request, who string) error {
		return d.Print(r.Context(), who, r.PathValue("id"), r.URL.Query().Get("format"), w)
	})
}

// stream serves a pattern with an answer that is written as it is made. An
// error before the first byte is a problem document; one after it cuts the
// answer off.
func (a *api) stream(pattern string, f func(w io.Writer, r *http.Request, who string) error) {
	a.mux.HandleFunc(pattern, func(w http.ResponseWriter, r *http.Request) {
		out := &started{ResponseWriter: w}
		if err := f(out, r, Who(r.Context())); err != nil {
			if out.begun {
				a.log.Error("control request", "pattern", r.Pattern, "error", err)
				panic(http.ErrAbortHandler)
			}
			a.fail(w, r, err)
		}
	})
}

type started struct {
	http.ResponseWriter
	begun bool
}

func (s *started) Write(p []byte) (int, error) {
	if !s.begun {
		s.Header().Set("Content-Type", "application/octet-stream")
		s.begun = true
	}
	return s.ResponseWriter.Write(p)
}

// Headers by which somebody acts under a name of their own.
const (
	headerAs       = "Kakitome-As"
	headerPassword = "Kakitome-Password" //nolint:gosec // the name of a header
)

// signed lets staff act under a name and password of their own: four eyes want
// two people, and the socket knows only users of the host.
func signed(next http.Handler, check func(name, password string) bool, fail func(http.ResponseWriter, *http.Request, error)) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		name := r.Header.Get(headerAs)
		if name == "" {
			next.ServeHTTP(w, r)
			return
		}
		if !check(name, r.Header.Get(headerPassword)) {
			fail(w, r, fault.New(fault.Denied, "act under a name", "the name or the password is wrong").WithHint("incident.staff in the configuration, and kakitome passwd"))
			return
		}
		next.ServeHTTP(w, r.WithContext(WithWho(r.Context(), name+" ("+Who(r.Context())+")")))
	})
}
