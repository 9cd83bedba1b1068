// Package telemetry says how the program is: metrics, liveness, readiness.
//
// It keeps true that nothing it serves names a person: labels are streams,
// rules, states and reply codes, which the configuration bounds.
package telemetry

import (
	"net/http"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"
)

// Metrics counts what happens. Its registry is its own.
type Metrics struct {
	registry    *prometheus.Registry
	received    *prometheus.CounterVec
	seconds     prometheus.Histogram
	answers     *prometheus.CounterVec
	connections prometheus.Gauge
	refused     prometheus.Counter
	waiting     *prometheus.GaugeVec
	paused      *prometheus.GaugeVec
	fed         *prometheus.GaugeVec
	incidents   *prometheus.GaugeVec
	letters     *prometheus.GaugeVec
	heard       *prometheus.CounterVec
}

// New makes metrics.
func New(version string) *Metrics {
	m := &Metrics{
		registry: prometheus.NewRegistry(),
		received: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "kakitome_recipients_total", Help: "Recipients of accepted mail, by stream and decision (released, held, duplicate).",
		}, []string{"stream", "decision"}),
		seconds: prometheus.NewHistogram(prometheus.HistogramOpts{
			Name: "kakitome_receive_seconds", Help: "Time from the end of the content to the decision on disk.",
			Buckets: []float64{.001, .002, .005, .01, .02, .05, .1, .2, .5, 1, 2, 5, 10},
		}),
		answers:     prometheus.NewCounterVec(prometheus.CounterOpts{Name: "kakitome_smtp_answers_total", Help: "SMTP answers, by code."}, []string{"code"}),
		connections: prometheus.NewGauge(prometheus.GaugeOpts{Name: "kakitome_smtp_connections", Help: "Open SMTP connections."}),
		refused:     prometheus.NewCounter(prometheus.CounterOpts{Name: "kakitome_smtp_refused_total", Help: "SMTP connections over the limits."}),
	}
	m.waiting = prometheus.NewGaugeVec(prometheus.GaugeOpts{
		Name: "kakitome_waiting_deliveries", Help: "Deliveries that wait, by stream and state (queued, held); counted every ten seconds.",
	}, []string{"stream", "state"})
	m.paused = prometheus.NewGaugeVec(prometheus.GaugeOpts{Name: "kakitome_stream_paused", Help: "1 while a stream is paused."}, []string{"stream"})
	m.fed = prometheus.NewGaugeVec(prometheus.GaugeOpts{
		Name: "kakitome_roster_age_seconds", Help: "Time since people, or the word that there are none, last came by a feed.",
	}, []string{"feed"})
	m.response()
	info := prometheus.NewGauge(prometheus.GaugeOpts{
		Name: "kakitome_build_info", Help: "Always 1.", ConstLabels: prometheus.Labels{"version": version},
	})
	info.Set(1)
	m.registry.MustRegister(m.received, m.seconds, m.waiting, m.paused, m.fed, m.incidents, m.letters, m.heard, m.answers, m.connections, m.refused, info,
		collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	return m
}

// response makes the metrics of what comes after something has left.
func (m *Metrics) response() {
	m.incidents = prometheus.NewGaugeVec(prometheus.GaugeOpts{
		Name: "kakitome_open_incidents", Help: "Incidents that are not closed, drills apart, by state; counted every ten seconds.",
	}, []string{"state"})
	m.letters = prometheus.NewGaugeVec(prometheus.GaugeOpts{
		Name: "kakitome_letters", Help: "Letters of open incidents, by state; counted every ten seconds.",
	}, []string{"state"})
	m.heard = prometheus.NewCounterVec(prometheus.CounterOpts{
		Name: "kakitome_public_asked_total", Help: "What the public asked or reported (self_check, question, misaddressed, strange, canary, deletion).",
	}, []string{"what"})
}

// Received counts an accepted mail.
func (m *Metrics) Received(stream string, released, held, duplicate int, took time.Duration) {
	m.received.WithLabelValues(stream, "released").Add(float64(released))
	m.received.WithLabelValues(stream, "held").Add(float64(held))
	m.received.WithLabelValues(stream, "duplicate").Add(float64(duplicate))
	m.seconds.Observe(took.Seconds())
}

// Waiting says how much of a stream waits, and whether it is paused.
func (m *Metrics) Waiting(stream string, queued, held int64, paused bool) {
	m.waiting.WithLabelValues(stream, "queued").Set(float64(queued))
	m.waiting.WithLabelValues(stream, "held").Set(float64(held))
	on := 0.0
	if paused {
		on = 1
	}
	m.paused.WithLabelValues(stream).Set(on)
}

// Fed says how long ago people came by a feed.
func (m *Metrics) Fed(feed string, age time.Duration) { m.fed.WithLabelValues(feed).Set(age.Seconds()) }

// Incidents says how many incidents are open in a state.
func (m *Metrics) Incidents(state string, n int) { m.incidents.WithLabelValues(state).Set(float64(n)) }

// Letters says how many letters of open incidents are in a state.
func (m *Metrics) Letters(state string, n int) { m.letters.WithLabelValues(state).Set(float64(n)) }

// Heard counts something the public asked; what is one of few words of ours.
func (m *Metrics) Heard(what string) { m.heard.WithLabelValues(what).Inc() }

// Connected counts an opened SMTP connection.
func (m *Metrics) Connected() { m.connections.Inc() }

// Disconnected counts a closed SMTP connection.
func (m *Metrics) Disconnected() { m.connections.Dec() }

// Refused counts an SMTP connection over the limits.
func (m *Metrics) Refused() { m.refused.Inc() }

// Answered counts an SMTP answer.
func (m *Metrics) Answered(code string) { m.answers.WithLabelValues(code).Inc() }

// Counter serves a number that somebody else counts up.
func (m *Metrics) Counter(name, help string, read func() float64) {
	m.registry.MustRegister(prometheus.NewCounterFunc(prometheus.CounterOpts{Name: name, Help: help}, read))
}

// Gauge serves a number that somebody else knows.
func (m *Metrics) Gauge(name, help string, read func() float64) {
	m.registry.MustRegister(prometheus.NewGaugeFunc(prometheus.GaugeOpts{Name: name, Help: help}, read))
}

// Handler serves /healthz, /readyz and /metrics.
func (m *Metrics) Handler(ready func() error) http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /healthz", func(w http.ResponseWriter, _ *http.Request) { say(w, http.StatusOK, "alive") })
	mux.HandleFunc("GET /readyz", func(w http.ResponseWriter, _ *http.Request) {
		if err := ready(); err != nil {
			say(w, http.StatusServiceUnavailable, "not ready: "+err.Error())
			return
		}
		say(w, http.StatusOK, "ready")
	})
	mux.Handle("GET /metrics", promhttp.HandlerFor(m.registry, promhttp.HandlerOpts{}))
	return mux
}

func say(w http.ResponseWriter, status int, text string) {
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	w.WriteHeader(status)
	_, _ = w.Write([]byte(text + "\n"))
}
