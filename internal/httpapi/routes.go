package httpapi

import (
	"net/http"
	"time"

	"github.com/kakitome/kakitome/client"
	"github.com/kakitome/kakitome/internal/fault"
)

func (a *api) health() {
	a.on("GET /v1/health", maxRequest, func(r *http.Request, _ string) (any, error) {
		return a.desk.Health(r.Context())
	})
	a.on("POST /v1/check", maxMail, func(r *http.Request, _ string) (any, error) {
		q := r.URL.Query()
		return a.desk.Check(r.Context(), client.CheckRequest{
			From: q.Get("from"), To: q["to"], Stream: q.Get("stream"), ShowValues: q.Get("show_values") == "true",
		}, r.Body)
	})
}

func (a *api) roster() {
	a.on("POST /v1/roster/import", maxRoster, func(r *http.Request, who string) (any, error) {
		q := r.URL.Query()
		return a.desk.ImportRoster(r.Context(), who, r.Body, client.ImportOptions{SkipBad: q.Get("skip_bad") == "true", Agreed: q.Get("agreed")})
	})
	a.on("POST /v1/roster/sync", maxRequest, func(r *http.Request, who string) (any, error) {
		s, err := decode[client.Sync](r)
		if err != nil {
			return nil, err
		}
		return a.desk.Sync(r.Context(), who, s)
	})
	a.on("GET /v1/roster/feeds", maxRequest, func(r *http.Request, _ string) (any, error) {
		return a.desk.Feeds(r.Context())
	})
	a.on("POST /v1/roster/feeds/{name}/agree", maxRequest, func(r *http.Request, who string) (any, error) {
		b, err := decode[because](r)
		if err != nil {
			return nil, err
		}
		return nil, a.desk.AgreeFeed(r.Context(), who, r.PathValue("name"), b.Reason)
	})
	a.on("GET /v1/roster/people/{id}", maxRequest, func(r *http.Request, _ string) (any, error) {
		return a.desk.Person(r.Context(), r.PathValue("id"))
	})
	a.on("DELETE /v1/roster/people/{id}", maxRequest, func(r *http.Request, who string) (any, error) {
		return nil, a.desk.RemovePerson(r.Context(), who, r.PathValue("id"))
	})
	a.on("GET /v1/roster/stats", maxRequest, func(r *http.Request, _ string) (any, error) {
		return a.desk.RosterStats(r.Context())
	})
	a.on("GET /v1/company/suggest", maxRequest, func(r *http.Request, who string) (any, error) {
		return a.desk.Suggest(r.Context(), who)
	})
}

func (a *api) held() {
	a.on("POST /v1/held/list", maxRequest, func(r *http.Request, _ string) (any, error) {
		s, err := decode[client.Selection](r)
		if err != nil {
			return nil, err
		}
		return a.desk.Held(r.Context(), s)
	})
	a.on("GET /v1/held/{id}", maxRequest, func(r *http.Request, who string) (any, error) {
		return a.desk.HeldDetail(r.Context(), who, r.PathValue("id"), r.URL.Query().Get("show_values") == "true")
	})
	a.on("GET /v1/mails/{id}/explain", maxRequest, func(r *http.Request, who string) (any, error) {
		return a.desk.Explain(r.Context(), who, r.PathValue("id"), r.URL.Query().Get("show_values") == "true")
	})
	a.on("POST /v1/held/release", maxRequest, func(r *http.Request, who string) (any, error) {
		d, err := decode[client.Decision](r)
		if err != nil {
			return nil, err
		}
		return a.desk.Release(r.Context(), who, d)
	})
	a.on("POST /v1/held/discard", maxRequest, func(r *http.Request, who string) (any, error) {
		d, err := decode[client.Decision](r)
		if err != nil {
			return nil, err
		}
		return a.desk.Discard(r.Context(), who, d)
	})
}

func (a *api) unblock() {
	a.on("POST /v1/held/unblock", maxRequest, func(r *http.Request, who string) (any, error) {
		u, err := decode[client.Unblock](r)
		if err != nil {
			return nil, err
		}
		return nil, a.desk.Unblock(r.Context(), who, u)
	})
}

// because is a request that only says why.
type because struct {
	Reason string `json:"reason"`
}

func (a *api) streams() {
	a.on("GET /v1/streams", maxRequest, func(r *http.Request, _ string) (any, error) {
		return a.desk.Streams(r.Context())
	})
	a.on("POST /v1/streams/{name}/pause", maxRequest, func(r *http.Request, who string) (any, error) {
		b, err := decode[because](r)
		if err != nil {
			return nil, err
		}
		return nil, a.desk.Pause(r.Context(), who, r.PathValue("name"), b.Reason)
	})
	a.on("POST /v1/streams/{name}/resume", maxRequest, func(r *http.Request, who string) (any, error) {
		b, err := decode[because](r)
		if err != nil {
			return nil, err
		}
		return nil, a.desk.Resume(r.Context(), who, r.PathValue("name"), b.Reason)
	})
}

func (a *api) alerts() {
	a.on("GET /v1/alerts", maxRequest, func(r *http.Request, _ string) (any, error) {
		return a.desk.Alerts(r.Context(), r.URL.Query().Get("all") == "true")
	})
	a.on("POST /v1/alerts/{id}/ack", maxRequest, func(r *http.Request, who string) (any, error) {
		return nil, a.desk.AckAlert(r.Context(), who, r.PathValue("id"))
	})
}

func (a *api) ledger() {
	a.on("GET /v1/ledger/exposure", maxRequest, func(r *http.Request, who string) (any, error) {
		return a.desk.ExposureOf(r.Context(), who, r.URL.Query().Get("person"))
	})
	a.on("POST /v1/ledger/exposure", maxRequest, func(r *http.Request, who string) (any, error) {
		q, err := decode[struct {
			Identifier string `json:"identifier"`
		}](r)
		if err != nil {
			return nil, err
		}
		return a.desk.ExposureOfIdentifier(r.Context(), who, q.Identifier)
	})
	a.on("POST /v1/ledger/received", maxRequest, func(r *http.Request, who string) (any, error) {
		q, err := decode[struct {
			Address string `json:"address"`
		}](r)
		if err != nil {
			return nil, err
		}
		return a.desk.Received(r.Context(), who, q.Address)
	})
	for path, unread := range map[string]bool{"undeliverable": false, "unread": true} {
		a.on("GET /v1/ledger/"+path, maxRequest, func(r *http.Request, _ string) (any, error) {
			since, err := moment(r.URL.Query().Get("since"))
			if err != nil {
				return nil, err
			}
			return a.desk.Listed(r.Context(), unread, since)
		})
	}
	a.on("POST /v1/ledger/verify", maxRequest, func(r *http.Request, _ string) (any, error) {
		return a.desk.Verify(r.Context())
	})
}

// moment reads a time of a query (RFC 3339); empty is the zero time.
func moment(s string) (time.Time, error) {
	if s == "" {
		return time.Time{}, nil
	}
	t, err := time.Parse(time.RFC3339Nano, s)
	if err != nil {
		return t, fault.New(fault.Invalid, "read request", "the time is not RFC 3339").WithHint("2026-11-23T10:00:00+09:00")
	}
	return t, nil
}
