package app

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"golang.org/x/sys/unix"

	"github.com/kakitome/kakitome/internal/config"
	"github.com/kakitome/kakitome/internal/fault"
)

// SocketPath is where the control socket of a configuration is.
func SocketPath(cfg *config.Config) string { return filepath.Join(cfg.Data, "control.sock") }

// KeyDir is where the keys of a configuration are.
func KeyDir(cfg *config.Config) string { return filepath.Join(cfg.Data, "keys") }

// lockData makes the data directory and takes its lock, which the kernel gives
// back when the process ends, however it ends.
func lockData(dir string) (unlock func() error, err error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, fmt.Errorf("make data directory: %w", err)
	}
	f, err := os.OpenFile(filepath.Join(dir, "lock"), os.O_RDWR|os.O_CREATE, 0o600) //nolint:gosec // in the operator's directory
	if err != nil {
		return nil, fmt.Errorf("open lock of data directory: %w", err)
	}
	if err := unix.Flock(int(f.Fd()), unix.LOCK_EX|unix.LOCK_NB); err != nil {
		_ = f.Close()
		if errors.Is(err, unix.EWOULDBLOCK) {
			return nil, fault.New(fault.Conflict, "lock data directory", "another kakitome works in "+dir).
				WithHint("stop it, or give this one a data directory of its own")
		}
		return nil, fmt.Errorf("lock data directory: %w", err)
	}
	return f.Close, nil
}
