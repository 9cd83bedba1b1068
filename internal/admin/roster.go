package admin

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"iter"
	"net"
	"net/http"

	"github.com/kakitome/kakitome/client"
	"github.com/kakitome/kakitome/internal/fault"
	"github.com/kakitome/kakitome/internal/jp"
	"github.com/kakitome/kakitome/internal/roster"
)

const (
	mostErrors   = 100_000   // row errors that an answer lists one by one
	mostRejected = 256 << 20 // bytes of rejected rows; more is another file than a roster
)

// ImportRoster imports a CSV. Without skipBad one bad row means that nothing is
// imported, and every bad row is listed. It is effective in this node when it
// returns.
func (d *Desk) ImportRoster(ctx context.Context, who string, r io.Reader, skipBad bool) (*client.Imported, error) {
	in := &rosterImport{desk: d, skipBad: skipBad}
	got, err := d.Store.ImportRoster(ctx, d.Now(), who, in.people(r))
	out := &client.Imported{Rows: in.rows, Rejected: in.rejected, Errors: in.errors}
	switch {
	case in.broken != nil:
		return nil, in.broken
	case in.rejected > 0 && !skipBad:
		return out, nil // the store gave up on in.people's error, as it should
	case err != nil:
		return nil, fmt.Errorf("import roster: %w", err)
	}
	out.Changed, out.Version = got.Added+got.Changed, got.Version
	if in.raw.Len() > 0 {
		out.RejectedRows = in.header + "\n" + in.raw.String()
	}
	if err := d.Follow(ctx); err != nil {
		return nil, err
	}
	return out, nil
}

// rosterImport reads a CSV once and remembers what was wrong with it.
type rosterImport struct {
	desk     *Desk
	skipBad  bool
	rows     int
	header   string
	rejected int
	lastBad  int // line
	errors   []client.RowError
	raw      bytes.Buffer // rejected rows as they stood
	broken   error        // the file as a whole
}

// people yields the good rows; it ends in an error when nothing must be
// imported, so that the transaction is given up.
func (in *rosterImport) people(r io.Reader) iter.Seq2[SealedPerson, error] {
	return func(yield func(SealedPerson, error) bool) {
		stopped := false
		emit := func(p roster.Person) error {
			if in.rejected > 0 && !in.skipBad {
				return nil // only to find the other bad rows
			}
			s, bad := in.person(p)
			if len(bad) > 0 {
				for _, b := range bad {
					if err := in.reject(b); err != nil {
						return err
					}
				}
				return nil
			}
			if s == nil {
				return in.broken
			}
			if !yield(*s, nil) {
				stopped = true
				return errStopped
			}
			return nil
		}
		stats, err := roster.ParseCSV(r, emit, in.reject)
		in.rows, in.header = stats.Rows, stats.Header
		if stopped {
			return
		}
		if err != nil {
			if in.broken == nil {
				in.broken = fileError(err)
			}
			yield(SealedPerson{}, in.broken)
			return
		}
		if in.rejected > 0 && !in.skipBad {
			yield(SealedPerson{}, errBadRows)
		}
	}
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

var (
	errStopped = fault.New(fault.Unavailable, "import roster", "the import was given up")
	errBadRows = fault.New(fault.Invalid, "import roster", "bad rows")
)

func (in *rosterImport) person(p roster.Person) (*SealedPerson, []roster.RowError) {
	hashed, errs := in.desk.Hasher.Hash(p)
	if len(errs) > 0 {
		bad := make([]roster.RowError, 0, len(errs))
		for _, err := range errs {
			bad = append(bad, roster.RowError{Line: p.Line, Reason: err.Error()})
		}
		return nil, bad
	}
	sealed, err := in.desk.Seal(hashed.Person, p.ID)
	if err != nil {
		in.broken = fmt.Errorf("seal person id: %w", err)
		return nil, nil
	}
	return &SealedPerson{Person: hashed.Person, Sealed: sealed, Canary: hashed.Canary, Folding: jp.Version, Entries: hashed.Entries}, nil
}

func (in *rosterImport) reject(e roster.RowError) error {
	again := e.Line == in.lastBad
	in.lastBad = e.Line
	if !again {
		in.rejected++
	}
	if len(in.errors) < mostErrors {
		in.errors = append(in.errors, client.RowError{Line: e.Line, Column: e.Column, Reason: e.Reason, Hint: e.Hint})
	}
	if !in.skipBad || again {
		return nil
	}
	if in.raw.Len()+len(e.Raw) > mostRejected {
		return fault.Newf(fault.TooLarge, "read roster", "more than %d MiB of the rows are bad", mostRejected>>20).
			WithHint("import without --skip-bad lists what is wrong")
	}
	in.raw.WriteString(e.Raw + "\n")
	return nil
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
