package admin

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/kakitome/kakitome/client"
	"github.com/kakitome/kakitome/internal/fault"
	"github.com/kakitome/kakitome/internal/jp"
	"github.com/kakitome/kakitome/internal/roster"
)

// Feed is a way by which people come into the roster: files (FeedCSV, without a
// query), or a query of the shop's own database.
type Feed struct {
	Name      string
	DSN       string // holds a password
	Query     string
	Watermark string        // column that grows with every change; empty: all is read each time
	Every     time.Duration // how often the server asks
	LateAfter time.Duration // 0: never
	Most      int           // Import.Most
	SkipBad   bool
}

// Question is what is asked of the shop's own database.
type Question struct {
	DSN, Query, Watermark string
	Since                 string // place, as Read gave it; empty: all
}

// Source reads the shop's own database.
type Source interface {
	// Read gives the names of the columns that are the roster's, once, then the
	// cells of each row, where no value is the empty text. It returns the place
	// up to which it read, empty when it has none. Its errors show neither the
	// DSN nor values.
	Read(ctx context.Context, q Question, columns func([]string) error, row func([]string) error) (place string, err error)
}

// feed gives a feed of the configuration.
func (d *Desk) feed(name string) (Feed, bool) {
	i := slices.IndexFunc(d.Options.Feeds, func(f Feed) bool { return f.Name == name })
	if i < 0 {
		return Feed{Name: name, Most: defaultMost}, false
	}
	return d.Options.Feeds[i], true
}

// defaultMost is Import.Most of a feed that is not in the configuration.
const defaultMost = 20

// Sync runs a feed once: one of the configuration, or the query it is asked to.
// What was wrong is noted with the feed.
func (d *Desk) Sync(ctx context.Context, who string, s client.Sync) (*client.Imported, error) {
	feed, err := d.asked(s)
	if err != nil {
		return nil, err
	}
	out, err := d.sync(ctx, who, feed, s)
	problem := ""
	switch {
	case err != nil && fault.KindOf(err) == fault.Conflict:
		return nil, err // another change of the roster is under way: nothing was tried
	case err != nil:
		problem = fault.Outside(err)
	case out.Version == 0 && out.Rejected > 0:
		problem = fmt.Sprintf("%d bad rows of %d", out.Rejected, out.Rows)
	}
	if problem != "" {
		err = errors.Join(err, d.Store.FeedFailed(context.WithoutCancel(ctx), d.Now(), feed.Name, who, problem))
	}
	if err != nil {
		return nil, err
	}
	out.Feed = feed.Name
	return out, nil
}

// asked is the feed that is meant.
func (d *Desk) asked(s client.Sync) (Feed, error) {
	configured, known := d.feed(s.Name)
	switch {
	case s.Query == "" && (!known || configured.Query == ""):
		return Feed{}, fault.New(fault.NotFound, "sync roster", "the configuration has no such feed").
			WithHint("name one under feeds:, or give --query and --dsn")
	case s.Query == "":
		configured.SkipBad = configured.SkipBad || s.SkipBad
		return configured, nil
	case s.DSN == "":
		return Feed{}, fault.New(fault.Invalid, "sync roster", "a query without a database").WithHint("--dsn-file FILE")
	case known || s.Name == FeedCSV:
		return Feed{}, fault.New(fault.Invalid, "sync roster", "a feed of the configuration has that name").
			WithHint("choose another --name, or leave out --query")
	}
	f := Feed{Name: s.Name, DSN: s.DSN, Query: s.Query, Watermark: s.Watermark, Most: defaultMost, SkipBad: s.SkipBad}
	if f.Name == "" {
		f.Name = "sync-" + d.question(f).Hex()[:8]
	}
	return f, nil
}

// question names what a feed asks, and how its answers are folded, so that a
// place is not taken for that of another question.
func (d *Desk) question(f Feed) roster.Key {
	return d.Hasher.Bytes("feed question", []byte(withoutPassword(f.DSN)), []byte(f.Query), []byte(f.Watermark), []byte{jp.Version})
}

func withoutPassword(dsn string) string {
	u, err := url.Parse(dsn)
	if err != nil {
		return ""
	}
	where := url.URL{Scheme: u.Scheme, Host: u.Host, Path: u.Path}
	return where.String()
}

func (d *Desk) sync(ctx context.Context, who string, feed Feed, s client.Sync) (*client.Imported, error) {
	asked := d.question(feed)
	since, err := d.place(ctx, feed, asked)
	if err != nil {
		return nil, err
	}
	q := Question{DSN: feed.DSN, Query: feed.Query, Watermark: feed.Watermark, Since: since}
	if s.Full {
		q.Since = ""
	}
	in := &intake{desk: d, ImportOptions: client.ImportOptions{SkipBad: feed.SkipBad}}
	reached := ""
	in.read = func(emit func(roster.Person) error) (err error) {
		reached, err = in.ask(ctx, q, emit)
		return err
	}
	return in.run(ctx, Import{Feed: feed.Name, By: who, Most: feed.Most, Agreed: s.Agreed, Mark: func() (FeedMark, error) {
		if reached == "" {
			reached = since // nobody changed
		}
		if reached == "" {
			return FeedMark{}, nil
		}
		sealed, err := d.Seal(asked, reached)
		return FeedMark{Sealed: sealed, Query: asked}, err
	}})
}

// place is how far a feed was read; empty: it was not, or asks otherwise now.
func (d *Desk) place(ctx context.Context, feed Feed, asked roster.Key) (string, error) {
	states, err := d.Store.Feeds(ctx)
	if err != nil {
		return "", err
	}
	i := slices.IndexFunc(states, func(s FeedState) bool { return s.Name == feed.Name })
	if i < 0 || states[i].Mark.Sealed == nil || states[i].Mark.Query != asked {
		return "", nil
	}
	return d.Open(asked, states[i].Mark.Sealed)
}

// ask reads the answer of a question as rows of a roster.
func (in *intake) ask(ctx context.Context, q Question, emit func(roster.Person) error) (string, error) {
	var table *roster.Table
	return in.desk.Source.Read(ctx, q, func(names []string) (err error) {
		if table, err = roster.NewTable(names); err != nil {
			return fault.Wrap(fault.Invalid, "sync roster", "the query's "+strings.TrimPrefix(err.Error(), "the "), err).
				WithHint("columns are named as in a roster CSV: SELECT id AS person_id, mail AS email, …")
		}
		return nil
	}, func(cells []string) error {
		in.rows++
		p, bad := table.Person(cells, in.rows)
		for _, b := range bad {
			if err := in.reject(b); err != nil {
				return err
			}
		}
		if len(bad) > 0 {
			return nil
		}
		return emit(p)
	})
}

// refused tells of a refusal by person ids.
func (d *Desk) refused(r *Refusal) *client.Refused {
	out := &client.Refused{People: r.Bound.Anew, Changed: r.Bound.Touched, Examples: []string{}}
	for _, p := range r.Examples {
		out.Examples = append(out.Examples, d.nameOf(p))
	}
	return out
}

// Feeds lists the feeds of the configuration and those ever heard of.
func (d *Desk) Feeds(ctx context.Context) ([]client.Feed, error) {
	states, err := d.Store.Feeds(ctx)
	if err != nil {
		return nil, err
	}
	list := []client.Feed{}
	for _, f := range d.Options.Feeds {
		if f.Query != "" && !slices.ContainsFunc(states, func(s FeedState) bool { return s.Name == f.Name }) {
			states = append(states, FeedState{Name: f.Name})
		}
	}
	for _, s := range states {
		f, _ := d.feed(s.Name)
		one := client.Feed{
			Name: s.Name, FedAt: s.FedAt, Rows: s.Rows, Changed: s.Changed, Problem: s.Problem, Agreed: s.Agreed,
			Late: f.Late(s, d.Now()), LateAfter: int64(f.LateAfter / time.Second),
		}
		if s.Refused != nil {
			one.Refused = d.refused(s.Refused)
			one.Refused.At = s.RefusedAt
		}
		list = append(list, one)
	}
	slices.SortFunc(list, func(a, b client.Feed) int { return strings.Compare(a.Name, b.Name) })
	return list, nil
}

// Late tells whether nothing came by a feed for too long.
func (f Feed) Late(s FeedState, now time.Time) bool {
	last := s.FedAt
	if last.IsZero() {
		last = s.FirstAt
	}
	return f.LateAfter > 0 && !last.IsZero() && now.Sub(last) >= f.LateAfter
}

// AgreeFeed lets a refused feed's next run bind as many people anew as were
// refused, and has it run. The feed may be named by the id of its alert.
func (d *Desk) AgreeFeed(ctx context.Context, who, feed, reason string) error {
	if strings.TrimSpace(reason) == "" {
		return fault.New(fault.Invalid, "agree to import", "no reason").WithHint("--reason TEXT")
	}
	if _, known := d.feed(feed); !known {
		alerts, err := d.Store.Alerts(ctx, true)
		if err != nil {
			return err
		}
		for _, a := range alerts {
			if a.Kind == AlertFeedRefused && strconv.FormatInt(a.ID, 10) == feed {
				feed = a.Subject
				break
			}
		}
	}
	if err := d.Store.AgreeFeed(ctx, d.Now(), feed, who, reason); err != nil {
		return err
	}
	if d.FeedDue != nil {
		d.FeedDue(feed)
	}
	return nil
}
