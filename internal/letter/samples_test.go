package letter

import (
	"flag"
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"
)

var update = flag.Bool("update", false, "write the samples anew")

// TestSamples: what each letter says, as docs/ops/letters.md shows it.
func TestSamples(t *testing.T) {
	t.Parallel()
	for _, k := range Kinds() {
		l := letterTo(t, k, "a@example.jp")
		got := "Subject: " + l.Sheet.Subject + "\n\n" + l.Sheet.Text
		path := filepath.Join("testdata", "samples", k.String()+".txt")
		if *update {
			if err := os.WriteFile(path, []byte(got), 0o600); err != nil {
				t.Fatal(err)
			}
		}
		want, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(string(want), got); diff != "" {
			t.Errorf("%s (-want +got; go test -update writes them anew):\n%s", k, diff)
		}
	}
}
