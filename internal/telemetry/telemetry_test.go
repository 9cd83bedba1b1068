package telemetry

import (
	"errors"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"testing"
	"time"
)

func get(t *testing.T, h http.Handler, method, path string) (int, string) {
	t.Helper()
	w := httptest.NewRecorder()
	h.ServeHTTP(w, httptest.NewRequestWithContext(t.Context(), method, path, nil))
	return w.Code, w.Body.String()
}

func TestHealth(t *testing.T) {
	t.Parallel()
	var broken error
	h := New("1.2.3").Handler(func() error { return broken })
	for _, c := range []struct {
		path   string
		err    error
		status int
		text   string
	}{
		{"/healthz", nil, 200, "alive\n"},
		{"/readyz", nil, 200, "ready\n"},
		{"/readyz", errors.New("the database does not answer"), 503, "not ready: the database does not answer\n"},
		{"/healthz", errors.New("the database does not answer"), 200, "alive\n"}, // a restart would not help
		{"/debug/pprof/", nil, 404, "404 page not found\n"},
	} {
		broken = c.err
		if status, text := get(t, h, http.MethodGet, c.path); status != c.status || text != c.text {
			t.Errorf("%s: %d %q, want %d %q", c.path, status, text, c.status, c.text)
		}
	}
	if status, _ := get(t, h, http.MethodPost, "/healthz"); status != http.StatusMethodNotAllowed {
		t.Errorf("POST: %d", status)
	}
}

func TestMetrics(t *testing.T) {
	t.Parallel()
	m := New("1.2.3")
	m.Received("order", 2, 1, 0, 3*time.Millisecond)
	m.Received("order", 0, 0, 4, time.Millisecond)
	m.Connected()
	m.Connected()
	m.Disconnected()
	m.Refused()
	m.Answered("250")
	m.Fed("members", time.Minute)
	m.Incidents("scoped", 1)
	m.Letters("relayed", 5000)
	m.Heard("self_check")
	m.Counter("kakitome_relay_relayed_total", "Relayed.", func() float64 { return 7 })
	m.Gauge("kakitome_held", "Held.", func() float64 { return 8 })
	status, text := get(t, m.Handler(nil), http.MethodGet, "/metrics")
	if status != http.StatusOK {
		t.Fatalf("%d", status)
	}
	for _, want := range []string{
		`kakitome_recipients_total{decision="released",stream="order"} 2`, `kakitome_recipients_total{decision="held",stream="order"} 1`,
		`kakitome_recipients_total{decision="duplicate",stream="order"} 4`, "kakitome_receive_seconds_count 2", "kakitome_smtp_connections 1",
		"kakitome_smtp_refused_total 1", `kakitome_smtp_answers_total{code="250"} 1`, `kakitome_roster_age_seconds{feed="members"} 60`, `kakitome_open_incidents{state="scoped"} 1`, `kakitome_letters{state="relayed"} 5000`, `kakitome_public_asked_total{what="self_check"} 1`, "kakitome_relay_relayed_total 7", "kakitome_held 8",
		`kakitome_build_info{version="1.2.3"} 1`, "go_goroutines ",
	} {
		if !strings.Contains(text, "\n"+want) {
			t.Errorf("no line %q", want)
		}
	}
	// Labels are of these kinds; none can hold an address or a person.
	for _, label := range regexp.MustCompile(`(?m)^kakitome_\w+\{([^}]*)\}`).FindAllStringSubmatch(text, -1) {
		for _, name := range regexp.MustCompile(`(\w+)="`).FindAllStringSubmatch(label[1], -1) {
			if !strings.Contains(" stream feed decision code version le state what ", " "+name[1]+" ") {
				t.Errorf("label %s", name[1])
			}
		}
	}
}
