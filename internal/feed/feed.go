package feed

import (
	"context"
	"net/url"
	"regexp"
	"strings"
	"time"

	"github.com/kakitome/kakitome/internal/admin"
	"github.com/kakitome/kakitome/internal/fault"
	"github.com/kakitome/kakitome/internal/roster"
)

const op = "sync roster"

const (
	overlap  = 5 * time.Minute  // how far a time is taken back
	patience = 5 * time.Minute  // for the connection and the first row, and for each further row
	longest  = 60 * time.Minute // for a question as a whole, kept by the server
	mostCell = 1 << 20          // bytes of one value
)

// Reader asks databases. It is safe for concurrent use.
type Reader struct {
	now      func() time.Time
	patience time.Duration
}

// New makes a reader with a clock.
func New(now func() time.Time) *Reader { return &Reader{now: now, patience: patience} }

var _ admin.Source = (*Reader)(nil)

// database is a connection to a shop's database, within a read-only transaction.
type database interface {
	// ask begins a question. since is bound to the one parameter there may be.
	ask(ctx context.Context, query string, since *place) (answer, error)
	// quote is a name as the query language writes it.
	quote(name string) string
	// parameter is the place of since in a condition.
	parameter(since *place) string
	close()
}

// answer is what comes back. Columns are known from the first.
type answer interface {
	columns() []column
	// next reads a row into cells; it is false at the end.
	next(cells []cell) (bool, error)
}

type column struct {
	name string
	kind kind // of watermark it could be
}

type cell struct {
	text string
	null bool
}

// Read asks a question; see admin.Source.
func (r *Reader) Read(ctx context.Context, q admin.Question, columns func([]string) error, row func([]string) error) (string, error) {
	u, err := url.Parse(q.DSN)
	if err != nil {
		return "", fault.New(fault.Invalid, op, "the DSN is no URL").WithHint("postgres://user:password@host/name or mysql://user:password@host/name")
	}
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	watch := time.AfterFunc(r.patience, func() { cancel(errPatience) })
	defer watch.Stop()
	var db database
	switch u.Scheme {
	case "postgres", "postgresql":
		db, err = openPostgres(ctx, q.DSN)
	case "mysql":
		db, err = openMySQL(ctx, u)
	default:
		return "", fault.New(fault.Invalid, op, "the DSN is neither of PostgreSQL nor of MySQL").WithHint("postgres://… or mysql://…")
	}
	if err != nil {
		return "", outside(ctx, err)
	}
	defer db.close()
	since, err := parsePlace(q.Since)
	if err != nil {
		return "", err
	}
	a, err := db.ask(ctx, wrap(db, q, since), since)
	if err != nil {
		return "", outside(ctx, err)
	}
	t := &table{answer: a, row: row, latest: r.now}
	if err := t.head(q.Watermark, columns); err != nil {
		return "", err
	}
	for {
		watch.Reset(r.patience)
		more, err := a.next(t.cells)
		watch.Stop()
		if err != nil {
			return "", outside(ctx, err)
		}
		if !more {
			return t.reached.String(), nil
		}
		if err := t.take(); err != nil {
			return "", err
		}
	}
}

// wrap asks a query for what is at or beyond a place, in its order.
func wrap(db database, q admin.Question, since *place) string {
	query := strings.TrimRight(q.Query, "; \t\r\n")
	if q.Watermark == "" {
		return query
	}
	mark, where := db.quote(q.Watermark), ""
	if since != nil {
		where = " WHERE " + mark + " >= " + db.parameter(since) + " OR " + mark + " IS NULL"
	}
	return "SELECT * FROM (\n" + query + "\n) AS kakitome" + where + " ORDER BY " + mark
}

// table gives the rows of an answer on, but for a watermark that is none of the
// roster's columns.
type table struct {
	answer
	row    func([]string) error
	latest func() time.Time

	cells   []cell
	mark    int // place of the watermark among the cells, or -1
	kind    kind
	left    []int // cells that are the roster's
	reached *place
}

// numbered is a column that is there more than once: MySQL gives no table two
// columns of one name.
var numbered = regexp.MustCompile(`_[0-9]+$`)

func (t *table) head(watermark string, columns func([]string) error) error {
	t.mark = -1
	var names []string
	for i, c := range t.columns() {
		name := strings.ToLower(c.name)
		if watermark != "" && name == strings.ToLower(watermark) {
			t.mark, t.kind = i, c.kind
			if !roster.IsColumn(name) {
				continue
			}
		}
		if plain := numbered.ReplaceAllString(name, ""); !roster.IsColumn(name) && roster.IsColumn(plain) {
			name = plain
		}
		names, t.left = append(names, name), append(t.left, i)
	}
	if watermark != "" && t.mark < 0 {
		return fault.Newf(fault.Invalid, op, "the query has no column %s", watermark).WithHint("name the watermark as the query names it")
	}
	t.cells = make([]cell, len(t.columns()))
	return columns(names)
}

func (t *table) take() error {
	out := make([]string, len(t.left))
	for i, at := range t.left {
		c := &t.cells[at]
		if len(c.text) > mostCell {
			return fault.Newf(fault.TooLarge, op, "a value of the query is longer than %d bytes", mostCell)
		}
		out[i] = c.text
	}
	if t.mark >= 0 && !t.cells[t.mark].null {
		if p := t.kind.place(t.cells[t.mark].text, t.latest()); p != nil {
			t.reached = p // rows come in the order of the watermark
		}
	}
	return t.row(out)
}
