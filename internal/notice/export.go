package notice

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
)

// Files is where an export goes. Names have forward slashes, and are below the
// root of the host.
type Files interface {
	WriteFile(name string, data []byte) error
}

// Export writes announcements, privacy notices, documents and feeds for a second
// host, as of now: plain files, to be served at the root. Links to forms lead to
// the site's own URL.
func (s *Site) Export(ctx context.Context, to Files) error {
	board, err := s.o.Desk.Board(ctx)
	if err != nil {
		return fmt.Errorf("read board: %w", err)
	}
	h, err := s.stock(board, &s.o.URL)
	if err != nil {
		return err
	}
	h.sheets["/"] = newSheet(htmlType, brief, []byte(crossroads))
	for _, path := range slices.Sorted(maps.Keys(h.sheets)) {
		name, keep := exported(path)
		if !keep {
			continue
		}
		if err := to.WriteFile(name, h.sheets[path].body); err != nil {
			return fmt.Errorf("export public pages: %w", err)
		}
	}
	return nil
}

// crossroads is the root of a static host, which cannot ask for a language.
const crossroads = `<!doctype html>
<html lang="ja"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>お知らせ / Notices</title><link rel="stylesheet" href="/style.css"></head>
<body><main id="main"><h1>お知らせ / <span lang="en">Notices</span></h1>
<ul><li><a href="/ja/">日本語</a></li><li><a href="/en/" lang="en" hreflang="en">English</a></li></ul></main></body></html>
`

// exported is the file of a path; false: a form, which needs the site.
func exported(path string) (string, bool) {
	name := strings.TrimPrefix(path, "/")
	below := strings.TrimPrefix(strings.TrimPrefix(name, "ja/"), "en/")
	switch {
	case below == "missing":
		return strings.TrimSuffix(name, "missing") + "404.html", true
	case name == "" || strings.HasSuffix(name, "/"):
		return name + "index.html", true
	case strings.Contains(below, "."):
		return name, true
	case strings.HasPrefix(below, "notices/"), strings.HasPrefix(below, "privacy"):
		return name + "/index.html", true
	default:
		return "", false
	}
}
