package app

import (
	"context"
	"errors"
	"fmt"
	"iter"

	"github.com/kakitome/kakitome/internal/admin"
	"github.com/kakitome/kakitome/internal/fault"
	"github.com/kakitome/kakitome/internal/jp"
	"github.com/kakitome/kakitome/internal/roster"
)

// bigChange is how many changed persons are worth reading the roster anew. So
// many are a layer of the index within two seconds.
const bigChange = 100_000

// seal seals a person id, or a feed's place, for the store; what it is of is
// authenticated with it.
func (a *App) seal(of roster.Key, text string) ([]byte, error) {
	return a.ring.Seal(append([]byte("person-id"), of[:]...), []byte(text))
}

// open is the inverse of seal.
func (a *App) open(of roster.Key, sealed []byte) (string, error) {
	text, err := a.ring.Open(append([]byte("person-id"), of[:]...), sealed)
	if err != nil {
		return "", fmt.Errorf("open what is sealed of %s: %w", of, err)
	}
	return string(text), nil
}

// hashed is a stored person as the index takes it. A server refuses one whose
// data are hashed under another folding: it would not find them in any mail. An
// offline command does not, for it may be the import that mends it.
func (a *App) hashed(p admin.SealedPerson) (roster.Hashed, error) {
	if p.Folding != jp.Version && !a.o.Offline {
		return roster.Hashed{}, fault.Newf(fault.Conflict, "read roster", "the roster was imported under folding %d of names, addresses and numbers; this program uses %d", p.Folding, jp.Version).
			WithHint("while the server is stopped, import the whole roster again, and remove who is no longer in it")
	}
	id, err := a.open(p.Person, p.Sealed)
	return roster.Hashed{Person: p.Person, ID: id, Canary: p.Canary, Entries: p.Entries}, err
}

// loadRoster reads the whole roster into memory.
func (a *App) loadRoster(ctx context.Context) error {
	if a.index == nil {
		a.index = roster.NewIndex(a.hasher)
	}
	now, err := a.store.RosterNow(ctx)
	if err != nil {
		return fmt.Errorf("read roster: %w", err)
	}
	return a.index.LoadSized(now.Version, int(now.People), int(now.Entries), a.everybody(ctx))
}

// everybody yields each person of the newest version.
func (a *App) everybody(ctx context.Context) iter.Seq2[roster.Hashed, error] {
	return func(yield func(roster.Hashed, error) bool) {
		stopped := errors.New("stopped")
		_, err := a.store.LoadRoster(ctx, func(p admin.SealedPerson) error {
			h, err := a.hashed(p)
			if err == nil && !yield(h, nil) {
				return stopped
			}
			return err
		})
		if err != nil && !errors.Is(err, stopped) {
			yield(roster.Hashed{}, err)
		}
	}
}

// follow brings the index up to the store's version: by what changed, which is
// merged into the rest later, or, when that is much, by reading everything anew
// beside the old index.
func (a *App) follow(ctx context.Context) error {
	a.following.Lock()
	defer a.following.Unlock()
	since := a.index.Snapshot().Version()
	var put []roster.Hashed
	var gone []roster.Key
	now, err := a.store.RosterChanges(ctx, since, bigChange, func(p admin.SealedPerson, removed bool) error {
		if removed {
			gone = append(gone, p.Person)
			return nil
		}
		h, err := a.hashed(p)
		put = append(put, h)
		return err
	})
	switch {
	case errors.Is(err, admin.ErrManyChanges):
		err = a.loadRoster(ctx)
	case err == nil && now != since:
		err = a.index.Apply(now, put, gone)
	}
	if err != nil {
		return fmt.Errorf("follow roster: %w", err)
	}
	if a.chores != nil {
		a.chores.Now(choreRejudge)
		a.chores.Now(choreMerge)
	}
	return nil
}
