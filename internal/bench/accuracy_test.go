package bench

import (
	"io"
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/kakitome/kakitome/internal/kakitest/corpus"
)

// TestAccuracy holds the gateway to what it promises on a small shop: nothing
// of people the roster knows leaves, what nobody can know is bounded as the
// kind says, and right mail leaves but for one in a thousand. The tables of the
// READMEs are its result; UPDATE_README=1 writes them.
func TestAccuracy(t *testing.T) {
	t.Parallel()
	a, err := Judging(AccuracyOptions{Seed: 5, People: 5000, Mails: 3000, Stories: 1, Talk: io.Discard})
	if err != nil {
		t.Fatal(err)
	}
	if a.Total.Missed > 0 {
		t.Errorf("%d of %d wrong mails left", a.Total.Missed, a.Total.Wrong)
	}
	if a.Total.FalseRate > 0.001 {
		t.Errorf("%d of %d right mails were held", a.Total.FalseHolds, a.Total.Right)
	}
	for _, k := range a.Kinds {
		if k.ReachLimit >= 0 && k.ReachedMost > k.ReachLimit {
			t.Errorf("%s: %d left, %d may", k.Kind, k.ReachedMost, k.ReachLimit)
		}
	}
	for _, e := range a.Errors {
		if e.Truth == corpus.Wrong.String() {
			t.Logf("missed: %s story %d mail %d", e.Kind, e.Story, e.Serial)
		}
	}
	for file, japanese := range map[string]bool{"../../README.md": false, "../../README.ja.md": true} {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		before, rest, ok := strings.Cut(string(text), "<!-- classes -->\n")
		got, after, closed := strings.Cut(rest, "<!-- /classes -->")
		if !ok || !closed {
			t.Fatalf("%s has no table of classes", file)
		}
		want := a.ClassTable(japanese)
		if os.Getenv("UPDATE_README") != "" {
			if err := os.WriteFile(file, []byte(before+"<!-- classes -->\n"+want+"<!-- /classes -->"+after), 0o600); err != nil {
				t.Fatal(err)
			}
		} else if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s (-this run +file; UPDATE_README=1 writes it):\n%s", file, diff)
		}
	}
}
