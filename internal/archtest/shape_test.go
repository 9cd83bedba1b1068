package archtest

import (
	"bytes"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"slices"
	"strings"
	"testing"
)

const (
	maxFile = 500 // lines
	maxFunc = 80  // lines
	minDoc  = 80  // characters
	// onePiece in a comment of a longer file or function says why it is not
	// divided.
	onePiece = "one piece:"
)

// allowedVars are package-level variables that are none of the kinds below.
var allowedVars = map[string]string{
	"cmd/kakitome.version": "set by the linker",
}

// pureMakers are functions of other packages whose results do not change.
var pureMakers = []string{
	"errors.New", "sync.OnceValue", "sync.OnceValues", "fmt.Errorf", "fault.New", "fault.Newf", "fault.Wrap", "regexp.MustCompile", "strings.NewReplacer",
	"template.Must", "texttemplate.Must", "htmltemplate.Must", "template.New", "rangetable.Merge", "rangetable.New", "runes.Predicate", "runes.In",
	"netip.MustParsePrefix", "netip.MustParseAddr", "time.FixedZone", "time.Date", "strings.Split", "strings.Fields", "big.NewInt",
	"language.MustParse", "language.NewMatcher", "slices.Sorted", "slices.Concat", "maps.Clone", "crc32.MakeTable", "idna.New",
	"base64.NewEncoding", "base32.NewEncoding", "reflect.TypeFor", "reflect.TypeOf",
}

func TestEveryPackageSaysWhatItKeepsTrue(t *testing.T) {
	t.Parallel()
	for _, p := range packages(t) {
		if len(p.GoFiles) == 0 {
			continue
		}
		var docs []string
		for _, f := range files(t, p, p.GoFiles) {
			if f.Doc != nil {
				docs = append(docs, f.Doc.Text())
			}
		}
		switch {
		case len(docs) == 0:
			t.Errorf("%s has no package comment", p.where())
		case len(docs) > 1:
			t.Errorf("%s has %d package comments; say it in one place", p.where(), len(docs))
		case len(docs[0]) < minDoc:
			t.Errorf("%s: the package comment says too little: %q", p.where(), docs[0])
		}
	}
}

func TestPiecesAreSmall(t *testing.T) {
	t.Parallel()
	for _, p := range packages(t) {
		for _, f := range files(t, p, p.GoFiles) {
			if ast.IsGenerated(f.File) {
				continue
			}
			if n := bytes.Count(f.src, []byte("\n")); n > maxFile && !bytes.Contains(f.src[:f.fset.Position(f.Name.End()).Offset], []byte(onePiece)) {
				t.Errorf("%s has %d lines, over %d: divide it, or say above the package clause why it is %q", f.path, n, maxFile, onePiece)
			}
			for _, d := range f.Decls {
				fn, ok := d.(*ast.FuncDecl)
				if !ok || fn.Body == nil {
					continue
				}
				from, to := f.fset.Position(fn.Pos()), f.fset.Position(fn.End())
				text := fn.Doc.Text() + string(f.src[from.Offset:to.Offset])
				if n := to.Line - from.Line + 1; n > maxFunc && !strings.Contains(text, onePiece) {
					t.Errorf("%s:%d: %s has %d lines, over %d: divide it, or say why it is %q", f.path, from.Line, fn.Name, n, maxFunc, onePiece)
				}
			}
		}
	}
}

// TestNoGlobalState: nothing happens before main, and package-level variables
// are errors, tables, expressions, embedded files and assertions; none is ever
// assigned.
func TestNoGlobalState(t *testing.T) {
	t.Parallel()
	for _, p := range packages(t) {
		for _, f := range files(t, p, p.GoFiles) {
			for _, fault := range globalState(f) {
				t.Error(fault)
			}
		}
	}
}

// TestNoGlobalStateBites tries the law on lines that must and must not be.
func TestNoGlobalStateBites(t *testing.T) {
	t.Parallel()
	for line, allowed := range map[string]bool{
		`var errGone = errors.New("gone")`:                                                            true,
		`var _ fmt.Stringer = (*T)(nil)`:                                                              true,
		`var digits = regexp.MustCompile("[0-9]")`:                                                    true,
		`var names = map[int]string{1: "a"}`:                                                          true,
		`var names = [...]string{"a"}; func f() string { return names[0] }`:                           true,
		`var table = build()`:                                                                         true,
		`var table = func() (t [9]byte) { t[0] = 1; return }()`:                                       true,
		"//go:embed a.html\nvar page string":                                                          true,
		`func f() { var n int; n = 1; n++; m := map[int]int{}; m[n] = n }`:                            true,
		`type T struct{ n int }; func (t *T) f(a []int) (b int) { t.n = 1; a[0] = 2; b = 3; return }`: true,
		`func f(v any) { switch x := v.(type) { case int: x = 2; _ = x } }`:                           true,
		`func init() {}`:                false,
		`var n int`:                     false,
		`var mu sync.Mutex`:             false,
		`var mu = sync.Mutex{}`:         false,
		`var cache = make(map[int]int)`: false,
		`var now = time.Now`:            false,
		`var start = time.Now()`:        false,
		`var ch = make(chan int)`:       false,
		`var names = map[int]string{1: "a"}; func f() { names[2] = "b" }`: false,
		`var n = 1; func f() { n++ }`:                                     false,
		`func f() { elsewhere = 1 }`:                                      false,
		`func f() { http.DefaultClient = nil }`:                           false,
	} {
		faults := globalState(parseFile(t, "package x\n"+line))
		if (len(faults) == 0) != allowed {
			t.Errorf("%s: allowed %v, want %v %v", line, !allowed, allowed, faults)
		}
	}
}

// parseFile is a file of the package internal/x.
func parseFile(t *testing.T, src string) *file {
	t.Helper()
	fset := token.NewFileSet()
	parsed, err := parser.ParseFile(fset, "x.go", src, parser.ParseComments)
	if err != nil {
		t.Fatal(err)
	}
	return &file{parsed, &pkg{ImportPath: module + "/internal/x"}, "x.go", fset, []byte(src)}
}

// globalState is what in a file is or changes state of the package.
func globalState(f *file) []string {
	var faults []string
	blame := func(n ast.Node, format string, args ...any) {
		faults = append(faults, fmt.Sprintf("%s:%d: ", f.path, f.line(n))+fmt.Sprintf(format, args...))
	}
	own := map[any]bool{} // declarations of package-level variables in this file
	for _, d := range f.Decls {
		switch d := d.(type) {
		case *ast.FuncDecl:
			if d.Recv == nil && d.Name.Name == "init" {
				blame(d, "init() runs before anybody asked; call it from app")
			}
		case *ast.GenDecl:
			if d.Tok == token.VAR {
				checkVars(f, d, own, blame)
			}
		}
	}
	checkAssigned(f, own, blame)
	return faults
}

func checkVars(f *file, d *ast.GenDecl, own map[any]bool, blame func(ast.Node, string, ...any)) {
	for _, s := range d.Specs {
		v, ok := s.(*ast.ValueSpec)
		if !ok {
			continue
		}
		own[v] = true
		for i, name := range v.Names {
			if name.Name == "_" || allowedVars[f.pkg.where()+"."+name.Name] != "" || embedded(d, v) {
				continue
			}
			if i >= len(v.Values) || !constant(v.Values[i]) {
				blame(name, "%s is state of the package; make it a field, or a table", name.Name)
			}
		}
	}
}

// embedded tells whether a variable holds embedded files.
func embedded(d *ast.GenDecl, v *ast.ValueSpec) bool {
	for _, c := range []*ast.CommentGroup{d.Doc, v.Doc} {
		if c != nil && slices.ContainsFunc(c.List, func(l *ast.Comment) bool { return strings.HasPrefix(l.Text, "//go:embed ") }) {
			return true
		}
	}
	return false
}

// constant tells whether an expression makes a value fit to be shared: a literal, a table,
// or the result of a function that computes one.
func constant(e ast.Expr) bool {
	switch e := e.(type) {
	case *ast.BasicLit:
		return true
	case *ast.CompositeLit:
		if sel, ok := e.Type.(*ast.SelectorExpr); ok {
			id := rootIdent(sel)
			return id.Name != "sync" && id.Name != "atomic" // a lock is state
		}
		return true
	case *ast.ParenExpr:
		return constant(e.X)
	case *ast.BinaryExpr:
		return constant(e.X) && constant(e.Y)
	case *ast.UnaryExpr:
		lit, ok := e.X.(*ast.CompositeLit)
		return ok && e.Op == token.AND && constant(lit)
	case *ast.IndexExpr: // a generic function or an element of a table
		return constant(e.X)
	case *ast.CallExpr:
		return maker(e.Fun)
	}
	return false
}

func maker(fun ast.Expr) bool {
	switch fun := fun.(type) {
	case *ast.FuncLit: // computed on the spot
		return true
	case *ast.Ident: // a function or a type of this package
		return fun.Name != "make" && fun.Name != "new"
	case *ast.ArrayType:
		return true
	case *ast.IndexExpr:
		return maker(fun.X)
	case *ast.SelectorExpr:
		if x, ok := fun.X.(*ast.Ident); ok {
			return slices.Contains(pureMakers, x.Name+"."+fun.Sel.Name)
		}
		call, ok := fun.X.(*ast.CallExpr) // a method of what a maker made
		return ok && maker(call.Fun)
	}
	return false
}

// checkAssigned looks for assignments to package-level variables: of this file, by
// declaration, and of the package's other files, by name.
func checkAssigned(f *file, own map[any]bool, blame func(ast.Node, string, ...any)) {
	report := func(e ast.Expr) {
		id := rootIdent(e)
		if id == nil || id.Name == "_" {
			return
		}
		// The parser's object is enough here: it knows every name of the file, and
		// a name it does not know is of another file of the package.
		if id.Obj == nil || own[id.Obj.Decl] {
			blame(id, "assigns to %s, which belongs to the package", id.Name)
		}
	}
	ast.Inspect(f.File, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.AssignStmt:
			if n.Tok != token.DEFINE {
				for _, e := range n.Lhs {
					report(e)
				}
			}
		case *ast.IncDecStmt:
			report(n.X)
		}
		return true
	})
}

// rootIdent is the variable an assignment reaches into: t for t[1].x.
func rootIdent(e ast.Expr) *ast.Ident {
	for {
		switch x := e.(type) {
		case *ast.Ident:
			return x
		case *ast.IndexExpr:
			e = x.X
		case *ast.SelectorExpr:
			e = x.X
		case *ast.StarExpr:
			e = x.X
		case *ast.ParenExpr:
			e = x.X
		default:
			return nil
		}
	}
}
