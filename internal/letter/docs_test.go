package letter

import (
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestFieldsAreDocumented: the table of docs/ops/letters.md is that of the code.
func TestFieldsAreDocumented(t *testing.T) {
	t.Parallel()
	in, must := map[string][]string{}, map[string][]string{}
	says := map[string]string{}
	for _, k := range Kinds() {
		for _, f := range FieldsOf(k) {
			says[f.Name] = f.Says
			in[f.Name] = append(in[f.Name], k.String())
			if f.Must {
				must[f.Name] = append(must[f.Name], k.String())
			}
		}
	}
	list := func(kinds []string) string {
		if len(kinds) == len(Kinds()) {
			return "all"
		}
		return strings.Join(kinds, ", ")
	}
	var rows []string
	for name := range says {
		rows = append(rows, fmt.Sprintf("| `%s` | %s | %s | %s |\n", name, says[name], list(in[name]), list(must[name])))
	}
	slices.Sort(rows)
	const path, head = "../../docs/ops/letters.md", "| field | says | letters | must |\n|---|---|---|---|\n"
	doc, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	before, got, ok := strings.Cut(string(doc), head)
	if !ok {
		t.Fatal("the table of fields is gone")
	}
	want := strings.Join(rows, "")
	if *update {
		if err := os.WriteFile(path, []byte(before+head+want), 0o600); err != nil {
			t.Fatal(err)
		}
		return
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("docs/ops/letters.md (-want +got; go test -update writes it anew):\n%s", diff)
	}
}

// TestSampleIsDocumented: the letter shown there is the letter of the code.
func TestSampleIsDocumented(t *testing.T) {
	t.Parallel()
	doc, err := os.ReadFile("../../docs/ops/letters.md")
	if err != nil {
		t.Fatal(err)
	}
	l := letterTo(t, Deletion, "a@example.jp")
	japanese, _, _ := strings.Cut(l.Sheet.Text, "\n\n"+between)
	for line := range strings.SplitSeq("Subject: "+l.Sheet.Subject+"\n"+japanese, "\n") {
		if line != "" && !strings.Contains(string(doc), "\n    "+line+"\n") {
			t.Errorf("docs/ops/letters.md does not show %q", line)
		}
	}
}
