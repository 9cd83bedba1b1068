package app

import (
	"context"
	"fmt"

	"golang.org/x/mod/sumdb/note"

	"github.com/kakitome/kakitome/client"
	"github.com/kakitome/kakitome/ledger"
)

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
