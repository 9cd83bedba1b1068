package archtest

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"golang.org/x/mod/modfile"
)

func read(t *testing.T, path string) string {
	t.Helper()
	b, err := os.ReadFile(filepath.Join(root(t), path))
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

// TestDependenciesAreIntroduced: each module the code imports has its line in
// docs/dependencies.md, and no line is about a module that is not required.
func TestDependenciesAreIntroduced(t *testing.T) {
	t.Parallel()
	mod, err := modfile.Parse("go.mod", []byte(read(t, "go.mod")), nil)
	if err != nil {
		t.Fatal(err)
	}
	var required []string
	for _, r := range mod.Require {
		required = append(required, r.Mod.Path)
	}
	doc := read(t, "docs/dependencies.md")
	used := map[string]string{} // module → a package that imports it
	for _, p := range packages(t) {
		for _, path := range slices.Concat(p.Imports, p.TestImports, p.XTestImports) {
			if m := moduleOf(required, path); m != "" {
				used[m] = p.where()
			}
		}
	}
	for m, by := range used {
		if !strings.Contains(doc, "`"+m+"`") {
			t.Errorf("docs/dependencies.md does not introduce %s, which %s imports", m, by)
		}
	}
	for _, row := range regexp.MustCompile("(?m)^\\| `([^`]+)`").FindAllStringSubmatch(doc, -1) {
		if !slices.Contains(required, row[1]) {
			t.Errorf("docs/dependencies.md introduces %s, which go.mod does not require", row[1])
		}
	}
}

// moduleOf is the longest required module that holds an import path.
func moduleOf(required []string, path string) string {
	best := ""
	for _, m := range required {
		if under(path, m) && len(m) > len(best) {
			best = m
		}
	}
	return best
}

// TestStandardsAreListed: each RFC a comment cites has its line in
// docs/standards.md.
func TestStandardsAreListed(t *testing.T) {
	t.Parallel()
	cited := regexp.MustCompile(`RFC[ \n]?(\d{3,5})`)
	doc := map[string]bool{}
	for _, m := range cited.FindAllStringSubmatch(read(t, "docs/standards.md"), -1) {
		doc[m[1]] = true
	}
	missing := map[string]string{}
	for _, p := range packages(t) {
		for _, f := range files(t, p, p.GoFiles, p.TestGoFiles, p.XTestGoFiles) {
			for _, c := range f.Comments {
				for _, m := range cited.FindAllStringSubmatch(c.Text(), -1) {
					if !doc[m[1]] {
						missing[m[1]] = f.path
					}
				}
			}
		}
	}
	for n, path := range missing {
		t.Errorf("docs/standards.md does not list RFC %s, cited in %s", n, path)
	}
}

// TestLintSaysTheSame: the edges an editor should show are in .golangci.yaml too.
func TestLintSaysTheSame(t *testing.T) {
	t.Parallel()
	conf := read(t, ".golangci.yaml")
	want := slices.Clone(sqlDrivers)
	for _, r := range []string{"internal/kakitest", "internal/smtpd", "internal/milterd", "internal/httpapi", "internal/app"} {
		want = append(want, module+"/"+r)
	}
	for _, r := range rooms {
		if r.level <= pureLevels && strings.HasPrefix(r.path, "internal/") {
			want = append(want, "**/"+r.path+"/**")
		}
	}
	for _, w := range want {
		if !strings.Contains(conf, w) {
			t.Errorf(".golangci.yaml does not name %s", w)
		}
	}
}
