package admin

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"

	"github.com/kakitome/kakitome/client"
	"github.com/kakitome/kakitome/internal/fault"
	"github.com/kakitome/kakitome/internal/roster"
)

// ImportRoster imports a CSV. Without SkipBad one bad row means that nothing is
// imported, and every bad row is listed. It is effective in this node when it
// returns.
func (d *Desk) ImportRoster(ctx context.Context, who string, r io.Reader, o client.ImportOptions) (*client.Imported, error) {
	in := &intake{desk: d, ImportOptions: o}
	in.read = func(emit func(roster.Person) error) error {
		stats, err := roster.ParseCSV(r, emit, in.reject)
		in.rows, in.header = stats.Rows, stats.Header
		if err != nil {
			return fileError(err)
		}
		return nil
	}
	feed, _ := d.feed(FeedCSV)
	out, err := in.run(ctx, Import{Feed: FeedCSV, By: who, Most: feed.Most, Agreed: o.Agreed})
	if err != nil {
		return nil, err
	}
	if in.raw.Len() > 0 {
		out.RejectedRows = in.header + "\n" + in.raw.String()
	}
	return out, nil
}

// fileError says why a file cannot be read on. What ParseCSV says of a file
// quotes nothing of it; what the way to it says is for the log.
func fileError(err error) error {
	var large *http.MaxBytesError
	var known *fault.Error
	switch {
	case errors.As(err, &known):
		return err
	case errors.As(err, &large):
		return fault.Wrap(fault.TooLarge, "read roster", "the file is too large", err)
	case errors.Is(err, io.ErrUnexpectedEOF), errors.Is(err, context.Canceled), errors.Is(err, net.ErrClosed):
		return fault.Wrap(fault.Invalid, "read roster", "the file came only in part", err)
	}
	return fault.Wrap(fault.Invalid, "read roster", err.Error(), err)
}

// Person says what the roster holds of a person.
func (d *Desk) Person(_ context.Context, id string) (*client.Person, error) {
	snap := d.Roster.Snapshot()
	info, ok := snap.Person(d.Hasher.Person(id))
	if !ok {
		return nil, noPerson()
	}
	p := &client.Person{ID: info.ID, Canary: info.Canary, Kinds: map[string]int{}, Version: snap.Version()}
	for _, i := range info.Idents {
		p.Kinds[i.Kind.String()]++
	}
	return p, nil
}

func noPerson() error {
	return fault.New(fault.NotFound, "find person", "the roster has no such person").WithHint("person_id as in the imported CSV")
}

// RemovePerson erases a person from the roster.
func (d *Desk) RemovePerson(ctx context.Context, who, id string) error {
	if _, err := d.Store.RemovePerson(ctx, d.Now(), d.Hasher.Person(id), who, "removed from the roster"); err != nil {
		return fmt.Errorf("remove person: %w", err)
	}
	return d.Follow(ctx)
}

// RosterStats counts the roster.
func (d *Desk) RosterStats(ctx context.Context) (*client.RosterStats, error) {
	now, err := d.Store.RosterNow(ctx)
	if err != nil {
		return nil, err
	}
	snap := d.Roster.Snapshot()
	s := &client.RosterStats{Version: snap.Version(), People: snap.People(), Identifiers: map[string]int{}, ChangedAt: now.PublishedAt}
	kinds, canaries := snap.Count()
	s.Canaries = canaries
	for kind, n := range kinds {
		s.Identifiers[kind.String()] = n
	}
	return s, nil
}
