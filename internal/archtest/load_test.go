package archtest

import (
	"bytes"
	"encoding/json"
	"errors"
	"go/ast"
	"go/parser"
	"go/token"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
)

const module = "github.com/kakitome/kakitome"

// pkg is what go list tells about a package.
type pkg struct {
	Dir, ImportPath, Name              string
	GoFiles, TestGoFiles, XTestGoFiles []string
	Imports, TestImports, XTestImports []string
}

// where is the package's place below the module's root.
func (p *pkg) where() string {
	return strings.TrimPrefix(strings.TrimPrefix(p.ImportPath, module), "/")
}

// root is the directory of go.mod.
func root(t *testing.T) string {
	t.Helper()
	dir, err := filepath.Abs("../..")
	if err != nil {
		t.Fatal(err)
	}
	return dir
}

var list = sync.OnceValues(func() ([]*pkg, error) {
	cmd := exec.Command("go", "list", "-e", "-json=Dir,ImportPath,Name,GoFiles,TestGoFiles,XTestGoFiles,Imports,TestImports,XTestImports", "./...")
	cmd.Dir = "../.."
	cmd.Stderr = os.Stderr
	out, err := cmd.Output()
	if err != nil {
		return nil, err
	}
	var all []*pkg
	for dec := json.NewDecoder(bytes.NewReader(out)); ; {
		p := new(pkg)
		if err := dec.Decode(p); errors.Is(err, io.EOF) {
			return all, nil
		} else if err != nil {
			return nil, err
		}
		all = append(all, p)
	}
})

// packages are all packages of the module.
func packages(t *testing.T) []*pkg {
	t.Helper()
	all, err := list()
	if err != nil {
		t.Fatal(err)
	}
	if len(all) < 3 {
		t.Fatalf("go list finds %d packages only", len(all))
	}
	return all
}

// file is one parsed Go file.
type file struct {
	*ast.File
	pkg  *pkg
	path string // below the module's root
	fset *token.FileSet
	src  []byte
}

// line is the line of a node.
func (f *file) line(n ast.Node) int { return f.fset.Position(n.Pos()).Line }

// files parses the named files of a package.
func files(t *testing.T, p *pkg, names ...[]string) []*file {
	t.Helper()
	var out []*file
	for _, group := range names {
		for _, name := range group {
			path := filepath.Join(p.Dir, name)
			src, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			fset := token.NewFileSet()
			f, err := parser.ParseFile(fset, path, src, parser.ParseComments)
			if err != nil {
				t.Errorf("parse: %v", err)
				continue
			}
			rel, err := filepath.Rel(root(t), path)
			if err != nil {
				t.Fatal(err)
			}
			out = append(out, &file{f, p, rel, fset, src})
		}
	}
	return out
}

// under tells whether an import path or place is below another, or the same.
func under(path, top string) bool { return path == top || strings.HasPrefix(path, top+"/") }

// underAny tells whether path is below one of tops.
func underAny(path string, tops []string) bool {
	for _, top := range tops {
		if under(path, top) {
			return true
		}
	}
	return false
}

// isStd tells whether an import path is of the standard library.
func isStd(path string) bool {
	first, _, _ := strings.Cut(path, "/")
	return !strings.Contains(first, ".")
}
