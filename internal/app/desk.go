package app

import (
	"context"
	"fmt"
	"iter"
	"time"

	"golang.org/x/mod/sumdb/note"

	"github.com/kakitome/kakitome/client"
	"github.com/kakitome/kakitome/internal/admin"
	"github.com/kakitome/kakitome/internal/roster"
	"github.com/kakitome/kakitome/internal/store"
	"github.com/kakitome/kakitome/ledger"
)

// deskStore gives the desk the store in its own words.
type deskStore struct{ *store.Store }

var _ admin.Store = deskStore{}

func (d deskStore) Held(ctx context.Context, f admin.Filter, yield func(admin.Held) error) error {
	return d.Store.Held(ctx, filter(f), func(h store.Held) error { return yield(admin.Held(h)) })
}

func filter(f admin.Filter) store.Filter {
	return store.Filter{IDs: f.IDs, Stream: f.Stream, Rule: f.Rule, Since: f.Since, Before: f.Before, Person: f.Person, Recipient: f.Recipient}
}

func move(m admin.Move) store.Move {
	return store.Move{Filter: filter(m.Filter), By: m.By, Reason: m.Reason, Version: m.Version}
}

func (d deskStore) Release(ctx context.Context, now time.Time, m admin.Move) (admin.Moved, error) {
	got, err := d.Store.Release(ctx, now, move(m))
	return admin.Moved(got), err
}

func (d deskStore) Discard(ctx context.Context, now time.Time, m admin.Move) (admin.Moved, error) {
	got, err := d.Store.Discard(ctx, now, move(m))
	return admin.Moved(got), err
}

func (d deskStore) Streams(ctx context.Context) ([]admin.StreamState, error) {
	list, err := d.Store.Streams(ctx)
	return convert(list, func(s store.StreamState) admin.StreamState { return admin.StreamState(s) }), err
}

func (d deskStore) Alerts(ctx context.Context, all bool) ([]admin.RaisedAlert, error) {
	list, err := d.Store.Alerts(ctx, all)
	return convert(list, func(a store.RaisedAlert) admin.RaisedAlert { return admin.RaisedAlert(a) }), err
}

func convert[T, U any](list []T, f func(T) U) []U {
	out := make([]U, 0, len(list))
	for _, t := range list {
		out = append(out, f(t))
	}
	return out
}

func (d deskStore) ImportRoster(ctx context.Context, now time.Time, text string, seq iter.Seq2[admin.SealedPerson, error]) (admin.Imported, error) {
	got, err := d.Store.ImportRoster(ctx, now, text, func(yield func(store.SealedPerson, error) bool) {
		for p, err := range seq {
			if !yield(store.SealedPerson(p), err) {
				return
			}
		}
	})
	return admin.Imported(got), err
}

func (d deskStore) RemovePerson(ctx context.Context, now time.Time, person roster.Key, by, reason string) (admin.Erased, error) {
	got, err := d.Store.RemovePerson(ctx, now, person, by, reason)
	return admin.Erased(got), err
}

func (d deskStore) RosterNow(ctx context.Context) (admin.RosterVersion, error) {
	got, err := d.Store.RosterNow(ctx)
	return admin.RosterVersion(got), err
}

func (d deskStore) ExposuresOf(ctx context.Context, person roster.Key, yield func(admin.Exposed) error) error {
	return d.Store.ExposuresOf(ctx, person, func(x store.Exposed) error { return yield(admin.Exposed(x)) })
}

func (d deskStore) ExposuresBy(ctx context.Context, ident roster.Key, yield func(admin.Exposed) error) error {
	return d.Store.ExposuresBy(ctx, ident, func(x store.Exposed) error { return yield(admin.Exposed(x)) })
}

func (d deskStore) Received(ctx context.Context, rcpt roster.Key, yield func(admin.Exposed) error) error {
	return d.Store.Received(ctx, rcpt, func(x store.Exposed) error { return yield(admin.Exposed(x)) })
}

func (d deskStore) Common(ctx context.Context, since time.Time, recipients, limit int) ([]admin.Common, error) {
	list, err := d.Store.Common(ctx, since, recipients, limit)
	return convert(list, func(c store.Common) admin.Common { return admin.Common(c) }), err
}

// verify recomputes this node's evidence log and checks it against its key.
func (a *App) verify(ctx context.Context) (client.Verified, error) {
	if err := a.store.SignHead(ctx, a.now()); err != nil {
		return client.Verified{}, err
	}
	_, text, err := a.ring.EvidenceKey(a.logName())
	if err != nil {
		return client.Verified{}, err
	}
	key, err := note.NewVerifier(text)
	if err != nil {
		return client.Verified{}, fmt.Errorf("open evidence key: %w", err)
	}
	r, err := ledger.Verify(ctx, a.store.EvidenceSource(a.ring.NodeID()), key, nil)
	if err != nil {
		return client.Verified{}, err
	}
	v := client.Verified{
		OK: r.OK(), Log: r.Origin, Entries: r.Checked, Erased: r.Erased, Heads: int(r.Heads), Root: r.Last.Root.String(),
	}
	if r.Bad != nil {
		v.Problem = r.Bad.Error()
	}
	return v, nil
}

// logName is the origin of this node's evidence log.
func (a *App) logName() string { return "kakitome.invalid/" + a.ring.NodeID() }
