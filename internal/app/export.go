package app

import (
	"archive/tar"
	"context"
	"fmt"
	"io"
	"time"

	"github.com/kakitome/kakitome/internal/fault"
	"github.com/kakitome/kakitome/internal/response"
)

// responding is the response with the public pages beside it.
type responding struct {
	*response.Desk
	app *App
}

// ExportSite writes the public pages as an archive (tar), for a second host: the
// usual one may be down, or hated by traffic.
func (r responding) ExportSite(ctx context.Context, w io.Writer) error {
	if r.app.site == nil {
		return fault.New(fault.Conflict, "export public pages", "no server runs").WithHint("kakitome serve")
	}
	archive := tar.NewWriter(w)
	if err := r.app.site.Export(ctx, tarFiles{archive, r.app.now()}); err != nil {
		return err
	}
	if err := archive.Close(); err != nil {
		return fmt.Errorf("export public pages: %w", err)
	}
	return nil
}

type tarFiles struct {
	*tar.Writer
	at time.Time
}

// WriteFile implements notice.Files.
func (t tarFiles) WriteFile(name string, data []byte) error {
	if err := t.WriteHeader(&tar.Header{Name: name, Mode: 0o644, Size: int64(len(data)), ModTime: t.at, Typeflag: tar.TypeReg}); err != nil {
		return err
	}
	_, err := t.Write(data)
	return err
}
