package admin

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"iter"

	"github.com/kakitome/kakitome/client"
	"github.com/kakitome/kakitome/internal/fault"
	"github.com/kakitome/kakitome/internal/jp"
	"github.com/kakitome/kakitome/internal/roster"
)

const (
	mostErrors   = 100_000  // row errors that an answer lists one by one
	mostRejected = 64 << 20 // bytes of rejected rows; more is another file than a roster
)

var (
	errStopped = fault.New(fault.Unavailable, "import roster", "the import was given up")
	errBadRows = fault.New(fault.Invalid, "import roster", "bad rows")
)

// intake takes people in once, from a file or a feed, and remembers what was
// wrong with them.
type intake struct {
	client.ImportOptions
	desk *Desk
	read func(emit func(roster.Person) error) error // gives bad rows to reject

	rows     int
	header   string // of a file
	rejected int
	lastBad  int // line
	errors   []client.RowError
	raw      bytes.Buffer // rejected rows of a file as they stood
	broken   error        // the whole cannot be read on
}

// run takes in what read gives. The answer says what was wrong when nothing was
// imported for it; an error is anything else.
func (in *intake) run(ctx context.Context, im Import) (*client.Imported, error) {
	people, stop := ahead(in.people())
	got, err := in.desk.Store.ImportRoster(ctx, in.desk.Now(), im, people)
	stop()
	out := &client.Imported{Rows: in.rows, Rejected: in.rejected, Errors: in.errors}
	var refused *Refusal
	switch {
	case in.broken != nil:
		return nil, in.broken
	case errors.Is(err, errBadRows):
		return out, nil // the store gave up, as it should
	case errors.As(err, &refused):
		out.Refused = in.desk.refused(refused)
		return out, nil
	case err != nil:
		return nil, fmt.Errorf("import roster: %w", err)
	}
	out.Changed, out.Removed, out.Version = got.Added+got.Changed, got.Removed, got.Version
	return out, in.desk.Follow(ctx)
}

// people yields the good rows; it ends in an error when nothing must be
// imported, so that the transaction is given up.
func (in *intake) people() iter.Seq2[SealedPerson, error] {
	return func(yield func(SealedPerson, error) bool) {
		stopped := false
		err := in.read(func(p roster.Person) error {
			if in.rejected > 0 && !in.SkipBad {
				return nil // only to find the other bad rows
			}
			s, bad, err := in.person(p)
			if err != nil {
				return err
			}
			if len(bad) > 0 {
				for _, b := range bad {
					if err := in.reject(b); err != nil {
						return err
					}
				}
				return nil
			}
			if !yield(s, nil) {
				stopped = true
				return errStopped
			}
			return nil
		})
		switch {
		case stopped:
		case err != nil:
			in.broken = err
			yield(SealedPerson{}, err)
		case in.rejected > 0 && !in.SkipBad:
			yield(SealedPerson{}, errBadRows)
		}
	}
}

func (in *intake) person(p roster.Person) (SealedPerson, []roster.RowError, error) {
	hashed, errs := in.desk.Hasher.Hash(p)
	if len(errs) > 0 {
		bad := make([]roster.RowError, 0, len(errs))
		for _, err := range errs {
			bad = append(bad, roster.RowError{Line: p.Line, Person: p.ID, Reason: err.Error()})
		}
		return SealedPerson{}, bad, nil
	}
	if p.Removed {
		return SealedPerson{Person: hashed.Person, Removed: true, Folding: jp.Version}, nil, nil
	}
	sealed, err := in.desk.Seal(hashed.Person, p.ID)
	if err != nil {
		return SealedPerson{}, nil, fmt.Errorf("seal person id: %w", err)
	}
	return SealedPerson{Person: hashed.Person, Sealed: sealed, Canary: hashed.Canary, Folding: jp.Version, Entries: hashed.Entries}, nil, nil
}

func (in *intake) reject(e roster.RowError) error {
	again := e.Line == in.lastBad
	in.lastBad = e.Line
	if !again {
		in.rejected++
	}
	if len(in.errors) < mostErrors {
		bad := client.RowError{Line: e.Line, Column: e.Column, Reason: e.Reason, Hint: e.Hint}
		if in.header == "" && e.Raw == "" {
			bad.Person = e.Person
		}
		in.errors = append(in.errors, bad)
	}
	if !in.SkipBad || again {
		return nil
	}
	if in.raw.Len()+len(e.Raw) > mostRejected {
		return fault.Newf(fault.TooLarge, "read roster", "more than %d MiB of the rows are bad", mostRejected>>20).
			WithHint("import without --skip-bad lists what is wrong")
	}
	if e.Raw != "" {
		in.raw.WriteString(e.Raw + "\n")
	}
	return nil
}

// ahead has seq make its values in a goroutine of its own, a little ahead of
// whoever takes them: people are hashed while those before them are written. It
// returns when the first are there, or none. stop must be called; seq has ended
// when it returns.
func ahead[T any](seq iter.Seq2[T, error]) (taken iter.Seq2[T, error], stop func()) {
	type one struct {
		value T
		err   error
	}
	const together = 512
	batches, stopped := make(chan []one, 1), make(chan struct{})
	give := func(batch []one) bool {
		select {
		case batches <- batch:
			return true
		case <-stopped:
			return false
		}
	}
	go func() {
		defer close(batches)
		batch := make([]one, 0, together)
		for value, err := range seq {
			if batch = append(batch, one{value, err}); len(batch) < together && err == nil {
				continue
			}
			if !give(batch) {
				return
			}
			batch = make([]one, 0, together)
		}
		give(batch)
	}()
	first := <-batches
	taken = func(yield func(T, error) bool) {
		for batch := first; batch != nil; batch = <-batches {
			for _, o := range batch {
				if !yield(o.value, o.err) {
					return
				}
			}
		}
	}
	stop = func() {
		close(stopped)
		for range batches { // until seq has ended
		}
	}
	return taken, stop
}
