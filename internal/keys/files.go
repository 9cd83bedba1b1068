package keys

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/kakitome/kakitome/internal/fault"
)

// maxFile bounds a key file, bytes; maxFiles how many there are (a key a month
// for eight years and some of other nodes).
const (
	maxFile  = 4 << 10
	maxFiles = 1000
)

// absent tells whether there are no keys at all.
func absent(dir string) (bool, error) {
	entries, err := os.ReadDir(dir)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return true, nil
	case err != nil:
		return false, fmt.Errorf("open keys: %w", err)
	}
	return len(entries) == 0, nil
}

// readDir reads all key files of a directory, which must be closed to others.
func readDir(dir string) (map[string][]byte, error) {
	info, err := os.Stat(dir)
	if err != nil {
		return nil, fmt.Errorf("open keys: %w", err)
	}
	if info.Mode().Perm()&0o077 != 0 {
		return nil, tooOpen(dir, info, "700")
	}
	entries, err := os.ReadDir(dir)
	if err != nil {
		return nil, fmt.Errorf("open keys: %w", err)
	}
	files := map[string][]byte{}
	for _, e := range entries {
		if strings.HasPrefix(e.Name(), tempPrefix) {
			continue // a month's key that was being made when the node died
		}
		if len(files) == maxFiles {
			return nil, fault.Newf(fault.Invalid, "open keys", "more than %d key files", maxFiles)
		}
		content, err := readKeyFile(filepath.Join(dir, e.Name()))
		if err != nil {
			return nil, err
		}
		files[e.Name()] = content
	}
	return files, nil
}

func readKeyFile(path string) ([]byte, error) {
	info, err := os.Lstat(path)
	if err != nil {
		return nil, fmt.Errorf("open keys: %w", err)
	}
	if !info.Mode().IsRegular() {
		return nil, fault.Newf(fault.Invalid, "open keys", "%s is not a regular file", path)
	}
	if info.Mode().Perm()&0o077 != 0 {
		return nil, tooOpen(path, info, "600")
	}
	f, err := os.Open(path) //nolint:gosec // the path is of the operator's choice
	if err != nil {
		return nil, fmt.Errorf("open keys: %w", err)
	}
	defer f.Close() //nolint:errcheck // only read
	content, err := io.ReadAll(io.LimitReader(f, maxFile+1))
	if err != nil {
		return nil, fmt.Errorf("open keys: %w", err)
	}
	if len(content) > maxFile {
		return nil, damaged(filepath.Base(path), "it is too long")
	}
	return content, nil
}

func tooOpen(path string, info fs.FileInfo, want string) error {
	return fault.Newf(fault.Denied, "open keys", "%s may be read by others (mode %04o)", path, info.Mode().Perm()).
		WithHint(fmt.Sprintf("chmod %s %s, and think about who could have read it", want, path))
}

// install makes the directory with its files, as a whole or not at all. What
// is there is never overwritten.
func install(dir string, files map[string][]byte) (err error) {
	fresh, err := absent(dir)
	if err != nil {
		return err
	}
	if !fresh {
		return fault.Newf(fault.Conflict, "make keys", "there are keys in %s already", dir).
			WithHint("move that directory away first, and keep it")
	}
	parent := filepath.Dir(filepath.Clean(dir))
	if err := os.MkdirAll(parent, 0o700); err != nil {
		return fmt.Errorf("make keys: %w", err)
	}
	temp, err := os.MkdirTemp(parent, tempPrefix)
	if err != nil {
		return fmt.Errorf("make keys: %w", err)
	}
	defer func() { err = errors.Join(err, os.RemoveAll(temp)) }()
	for name, content := range files {
		if err := writeSynced(filepath.Join(temp, name), content); err != nil {
			return err
		}
	}
	if err := syncDir(temp); err != nil {
		return err
	}
	// An empty directory may be in the way; one with something in it stays.
	if err := os.Remove(dir); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("make keys: %w", err)
	}
	if err := os.Rename(temp, dir); err != nil {
		return fmt.Errorf("make keys: %w", err)
	}
	return syncDir(parent)
}

const tempPrefix = ".new-"

// addFile adds a file to the directory, whole or not at all; it fails when
// there is one of that name. A link, unlike a rename, never overwrites.
func addFile(dir, name string, content []byte) (err error) {
	temp, err := os.MkdirTemp(dir, tempPrefix)
	if err != nil {
		return fmt.Errorf("add key: %w", err)
	}
	defer func() { err = errors.Join(err, os.RemoveAll(temp)) }()
	made := filepath.Join(temp, name)
	if err := writeSynced(made, content); err != nil {
		return err
	}
	if err := os.Link(made, filepath.Join(dir, name)); err != nil {
		return fmt.Errorf("add key: %w", err)
	}
	return syncDir(dir)
}

func writeSynced(path string, content []byte) error {
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600) //nolint:gosec // the path is of the operator's choice
	if err != nil {
		return fmt.Errorf("write key: %w", err)
	}
	_, err = f.Write(content)
	if err == nil {
		err = f.Sync()
	}
	if err := errors.Join(err, f.Close()); err != nil {
		return fmt.Errorf("write key: %w", err)
	}
	return nil
}

// syncDir makes the names in a directory durable.
func syncDir(dir string) error {
	d, err := os.Open(dir) //nolint:gosec // the path is of the operator's choice
	if err != nil {
		return fmt.Errorf("sync keys: %w", err)
	}
	if err := errors.Join(d.Sync(), d.Close()); err != nil {
		return fmt.Errorf("sync keys: %w", err)
	}
	return nil
}
