package app

import (
	"context"
	"fmt"

	"golang.org/x/sys/unix"

	"github.com/kakitome/kakitome/internal/gate"
)

// leastFree is the share of the disk below which somebody is told, percent.
const leastFree = 5

// watchDisk raises an alert when the data directory's disk is nearly full;
// when it is full, the store refuses and applications get 451.
func (a *App) watchDisk(ctx context.Context) error {
	var s unix.Statfs_t
	if err := unix.Statfs(a.cfg.Data, &s); err != nil {
		return fmt.Errorf("look at the disk: %w", err)
	}
	if s.Blocks == 0 || s.Bavail*100/s.Blocks >= leastFree {
		return nil
	}
	now := a.now()
	return a.gate.Do(ctx, func(tx gate.Tx) error {
		return tx.Alert(now, gate.Alert{Kind: "disk_full", Subject: "data directory",
			Text: fmt.Sprintf("Less than %d %% of the disk is free. / ディスクの空きが%d%%を切りました。", leastFree, leastFree)})
	})
}
