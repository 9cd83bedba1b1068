package mail

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

var update = flag.Bool("update", false, "write the .want files")

// TestGolden compares the tree of each testdata/*.eml with its *.want.
func TestGolden(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob("testdata/*.eml")
	if err != nil || len(files) == 0 {
		t.Fatalf("no cases: %v", err)
	}
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".eml"), func(t *testing.T) {
			t.Parallel()
			m := Parse(readFile(t, file), Limits{})
			if n := m.Unread(); n != 0 {
				t.Errorf("%d bytes unread", n)
			}
			got := dump(m)
			want := strings.TrimSuffix(file, ".eml") + ".want"
			if *update {
				if err := os.WriteFile(want, []byte(got), 0o600); err != nil {
					t.Fatal(err)
				}
			}
			if diff := cmp.Diff(string(readFile(t, want)), got); diff != "" {
				t.Errorf("tree (-want +got):\n%s", diff)
			}
		})
	}
}

func readFile(t testing.TB, name string) []byte {
	t.Helper()
	b, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// dump writes the tree of m so that a person can read it.
func dump(m *Message) string {
	var b strings.Builder
	dumpPart(&b, m.Root, "")
	return b.String()
}

func dumpPart(b *strings.Builder, p *Part, indent string) {
	line := func(format string, args ...any) { fmt.Fprintf(b, indent+"  "+format+"\n", args...) }
	text := func(name, s string) {
		if s != "" {
			line("%s %q", name, s)
		}
	}
	fmt.Fprintf(b, "%s%s header %v body %v\n", indent, p.MediaType, p.Header, p.Body)
	for _, f := range p.Fields {
		line("%s: %s", f.Name, f.Value)
	}
	text("stray", p.Stray)
	text("disposition", p.Disposition)
	text("filename", p.Filename)
	text("charset", p.Charset)
	text("preamble", p.Preamble)
	text("epilogue", p.Epilogue)
	switch {
	case p.Decoded != "":
		line("text (%s) %q", p.Decoded, p.Text)
	case p.Content != nil && p.Enclosed == nil:
		line("content %q", p.Content)
	}
	for _, f := range p.Faults {
		line("fault %s %v %s", f.Kind, f.Span, f.Detail)
	}
	for _, child := range p.Children {
		dumpPart(b, child, indent+"  ")
	}
	if p.Enclosed != nil {
		line("enclosed")
		dumpPart(b, p.Enclosed.Root, indent+"    ")
	}
}
