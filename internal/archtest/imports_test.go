package archtest

import (
	"go/ast"
	"slices"
	"strings"
	"testing"
)

// roomOf is the room of a place below the module's root.
func roomOf(place string) (room, bool) {
	for _, r := range rooms {
		if under(place, r.path) {
			return r, true
		}
	}
	return room{}, false
}

// breach is why a package at place may not import path, or empty.
func breach(place, path string) string {
	from, ok := roomOf(place)
	if !ok {
		return "is in no room: give it a level in law_test.go"
	}
	if b := banned(place, path); b != "" {
		return b
	}
	if why, ok := public[from.path]; ok && !isStd(path) && !under(path, module+"/"+from.path) && !underAny(path, guests[from.path]) {
		return why
	}
	if target, ok := strings.CutPrefix(path, module+"/"); ok {
		return tooHigh(from, target)
	}
	if from.level <= pureLevels {
		return unclean(from, path)
	}
	return ""
}

func banned(place, path string) string {
	for _, b := range bans {
		for _, w := range b.what {
			hit := under(path, w)
			if isStd(w) {
				hit = path == w // "log" is not "log/slog"
			}
			if hit && !underAny(place, b.except) {
				return b.why
			}
		}
	}
	return ""
}

func tooHigh(from room, target string) string {
	to, ok := roomOf(target)
	switch {
	case !ok:
		return "the target is in no room: give it a level in law_test.go"
	case to.path == from.path || to.level < from.level || from.peers[to.path] != "":
		return ""
	case to.level == from.level:
		return "rooms of one level stay apart unless law_test.go names the pair, or they grow into one"
	}
	return "a room imports lower levels only, so that it can be read and tested without what stands on it"
}

func unclean(from room, path string) string {
	if pardons[[2]string{from.path, path}] != "" {
		return ""
	}
	if why := impure[path]; why != "" {
		return "the core is pure, so that the same mail gives the same verdict live, in a replay and in a test; this " + why
	}
	if !isStd(path) && !underAny(path, guests[from.path]) {
		return "a guest in the core must be named in law_test.go"
	}
	return ""
}

func TestImportLaw(t *testing.T) {
	t.Parallel()
	for _, p := range packages(t) {
		for _, path := range p.Imports {
			if why := breach(p.where(), path); why != "" {
				t.Errorf("%s imports %s: %s", p.where(), path, why)
			}
		}
		if _, ok := roomOf(p.where()); !ok && len(p.GoFiles) > 0 {
			t.Errorf("%s is in no room: give it a level in law_test.go", p.where())
		}
	}
}

// TestImportLawBites asks the law about edges that must and must not be.
func TestImportLawBites(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		place, path string
		allowed     bool
	}{
		{"internal/check", module + "/internal/extract", true},
		{"internal/check", module + "/internal/gate", false},
		{"internal/check", module + "/internal/custody", false},
		{"internal/check", "os", false},
		{"internal/check", "time", true},
		{"internal/check", "github.com/jackc/pgx/v5", false},
		{"internal/check/fit", "math/rand/v2", false},
		{"internal/fault", "net/http", true},
		{"internal/mail", "net/http", false},
		{"internal/admin", module + "/internal/gate", true},
		{"internal/gate", module + "/internal/auth", false},
		{"internal/gate", "log/slog", true},
		{"internal/gate", "log", false},
		{"internal/gate", "modernc.org/sqlite", false},
		{"internal/app", "modernc.org/sqlite", false},
		{"internal/store", "modernc.org/sqlite", true},
		{"internal/store/storetest", "testing", true},
		{"internal/store", "testing", false},
		{"internal/smtpd", module + "/internal/httpapi", false},
		{"internal/smtpd", module + "/internal/relay", false},
		{"internal/console", module + "/internal/smtpd", false},
		{"internal/app", module + "/internal/smtpd", true},
		{"internal/app", module + "/internal/kakitest", false},
		{"internal/demo", module + "/internal/kakitest", true},
		{"internal/console", module + "/internal/app", false},
		{"cmd/kakitome", module + "/internal/app", true},
		{"ledger", "golang.org/x/mod/sumdb/tlog", true},
		{"ledger", "golang.org/x/text/width", false},
		{"ledger", module + "/internal/fault", false},
		{"client", "net/http", true},
		{"client", "golang.org/x/mod/sumdb/note", false},
		{"client", module + "/internal/fault", false},
		{"internal/new", "fmt", false},
		{"internal/app", module + "/internal/new", false},
	} {
		if why := breach(c.place, c.path); (why == "") != c.allowed {
			t.Errorf("%s → %s: allowed %v, want %v (%s)", c.place, c.path, why == "", c.allowed, why)
		}
	}
}

// TestLawHasReasons: a rule without a reason is a habit.
func TestLawHasReasons(t *testing.T) {
	t.Parallel()
	seen := map[string]bool{}
	for _, r := range rooms {
		if seen[r.path] {
			t.Errorf("room %s stands twice", r.path)
		}
		seen[r.path] = true
		for peer, why := range r.peers {
			to, ok := roomOf(peer)
			if !ok || to.level != r.level || why == "" {
				t.Errorf("%s → %s: needs a room of the same level and a reason", r.path, peer)
			}
			if to.peers[r.path] != "" {
				t.Errorf("%s and %s import each other", r.path, peer)
			}
		}
	}
	for _, b := range bans {
		if b.why == "" {
			t.Errorf("ban of %v has no reason", b.what)
		}
	}
	for key, why := range pardons {
		if _, ok := roomOf(key[0]); !ok || why == "" || impure[key[1]] == "" {
			t.Errorf("pardon %v: needs a room, something forbidden, and a reason", key)
		}
	}
}

// TestCoreReadsNoClock looks for the impure part of package time in the core.
func TestCoreReadsNoClock(t *testing.T) {
	t.Parallel()
	for _, p := range packages(t) {
		r, ok := roomOf(p.where())
		if !ok || r.level > pureLevels || r.path == "client" || !slices.Contains(p.Imports, "time") {
			continue
		}
		for _, f := range files(t, p, p.GoFiles) {
			ast.Inspect(f.File, func(n ast.Node) bool {
				sel, ok := n.(*ast.SelectorExpr)
				if !ok {
					return true
				}
				if x, ok := sel.X.(*ast.Ident); ok && x.Name == "time" && impureFuncs[sel.Sel.Name] != "" {
					t.Errorf("%s:%d: time.%s %s", f.path, f.line(n), sel.Sel.Name, impureFuncs[sel.Sel.Name])
				}
				return true
			})
		}
	}
}
