package bench

import (
	"fmt"
	"io"
	"slices"
	"text/tabwriter"
)

// The paths a mail can take.
const (
	PathDirect       = "direct"            // from the source to the sink
	PathPostfixQueue = "postfix_queue"     // through Postfix's queue, which writes to disk as Kakitome does
	PathSQLite       = "kakitome_sqlite"   // through Kakitome on SQLite
	PathPostgres     = "kakitome_postgres" // through Kakitome on PostgreSQL
)

// The contents of mails.
const (
	ContentX     = "x"     // what smtp-source sends: nothing but X
	ContentOrder = "order" // an order confirmation in ISO-2022-JP with its recipient's own data
)

// Figures are those of the whole path.
type Figures struct {
	Cores       int     `json:"cores"`
	Runs        int     `json:"runs"` // of which each figure is the median
	ImportRate  float64 `json:"import_people_per_second,omitempty"`
	Rows        []Row   `json:"rows"`
	LoadAverage float64 `json:"load_average"` // before the first run
}

// Row is one path with one kind of mail. Ratios are of mails per second.
type Row struct {
	Path      string  `json:"path"`
	Content   string  `json:"content"`
	BodyBytes int     `json:"body_bytes"`
	People    int     `json:"people"`           // in the roster
	Mails     int     `json:"mails"`            // of each run
	Rate      float64 `json:"mails_per_second"` // until the sink had all of them
	CPU       float64 `json:"cpu_us_per_mail"`  // of the gateway alone; 0 where there is none
	Database  float64 `json:"database_cpu_us_per_mail,omitempty"`
	P50       float64 `json:"p50_ms"` // from MAIL to the last answer, one session
	P99       float64 `json:"p99_ms"`
	P50Busy   float64 `json:"p50_ms_at_50"` // the same with 50 sessions, each without a pause
	P99Busy   float64 `json:"p99_ms_at_50"`
	Foreign   float64 `json:"foreign_cpu_percent"` // of one core, by other programs meanwhile
	Load      float64 `json:"load_average"`        // the machine's, over the last minute
	ToDirect  float64 `json:"ratio_to_direct,omitempty"`
	ToPostfix float64 `json:"ratio_to_postfix_queue,omitempty"`
}

// compare fills in the ratios to the rows of the same content and size.
func (f *Figures) compare() {
	for i := range f.Rows {
		r := &f.Rows[i]
		r.ToDirect, r.ToPostfix = f.ratio(r, PathDirect), f.ratio(r, PathPostfixQueue)
	}
}

func (f *Figures) ratio(r *Row, path string) float64 {
	i := slices.IndexFunc(f.Rows, func(o Row) bool {
		return o.Path == path && o.Content == r.Content && o.BodyBytes == r.BodyBytes
	})
	if i < 0 || f.Rows[i].Rate == 0 {
		return 0
	}
	return r.Rate / f.Rows[i].Rate
}

// Tell prints the figures for people.
func (f *Figures) Tell(w io.Writer) error {
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', tabwriter.AlignRight)
	line := func(format string, args ...any) { _, _ = fmt.Fprintf(t, format+"\t\n", args...) }
	line("path\tcontent\tbytes\tmails/s\tCPU µs\tp50 ms\tp99 ms\t50: p50\tp99\t×direct\t×postfix\tforeign\tload")
	for i := range f.Rows {
		r := &f.Rows[i]
		line("%s\t%s\t%d\t%.0f\t%s\t%.2f\t%.2f\t%.1f\t%.1f\t%s\t%s\t%.0f %%\t%.1f", r.Path, r.Content, r.BodyBytes, r.Rate,
			orDash("%.0f", r.CPU), r.P50, r.P99, r.P50Busy, r.P99Busy, orDash("%.2f", r.ToDirect), orDash("%.2f", r.ToPostfix), r.Foreign, r.Load)
	}
	if err := t.Flush(); err != nil {
		return fmt.Errorf("print figures: %w", err)
	}
	return nil
}

func orDash(format string, v float64) string {
	if v == 0 {
		return "-"
	}
	return fmt.Sprintf(format, v)
}

// median is the middle one; of an even number the lower middle one.
func median(values []float64) float64 {
	if len(values) == 0 {
		return 0
	}
	sorted := slices.Sorted(slices.Values(values))
	return sorted[(len(sorted)-1)/2]
}
