package demo

import (
	"strings"
	"testing"
	"unicode/utf8"
)

func TestStory(t *testing.T) {
	t.Parallel()
	f := &Figures{Members: 5001, Enforce: Enforce{WrongSent: 5000, Held: 4999}, Observe: Observe{AlarmSeconds: -1}}
	f.promise(true, "kept")
	f.equal("enforce: held", 4999, 5000)
	f.equal("enforce: held", 4999, 5000) // said once
	f.promise(false, "observe: the alarm sounds")
	if len(f.Broken) != 2 {
		t.Errorf("broken: %q", f.Broken)
	}
	var b strings.Builder
	if err := Tell(&b, f); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{
		"\n  - enforce: held: 4999, not 5000\n", "\n  - observe: the alarm sounds\n", "5,001 members", "NOT verified", "NOT those whose mailbox",
	} {
		if !strings.Contains(b.String(), want) {
			t.Errorf("the story does not say %q:\n%s", want, &b)
		}
	}
	if strings.Contains(b.String(), "Every promise was kept") || strings.Contains(b.String(), "first wrong mail\n") {
		t.Errorf("the story says too much:\n%s", &b)
	}
	f.Broken, f.OK, f.Evidence.Verified = nil, true, true
	f.Enforce.Example, f.Enforce.ExampleJa = "why", "なぜ"
	b.Reset()
	if err := Tell(&b, f); err != nil {
		t.Fatal(err)
	}
	if n := strings.Count(b.String(), "\n"); n > 45 || !utf8.ValidString(b.String()) {
		t.Errorf("the story has %d lines", n)
	}
	if !strings.Contains(b.String(), "約束はすべて守られました") {
		t.Errorf("the story does not end well:\n%s", &b)
	}
}

func TestFiguresInWords(t *testing.T) {
	t.Parallel()
	for n, want := range map[int]string{0: "0", 999: "999", 1000: "1,000", 1_002_003: "1,002,003"} {
		if got := commas(n); got != want {
			t.Errorf("%d is written %s", n, got)
		}
	}
	for s, want := range map[float64]string{0: "0 ms", 0.0124: "12 ms", 0.25: "0.2 s", 61: "61.0 s"} {
		if got := took(s); got != want {
			t.Errorf("%f s is written %s", s, got)
		}
	}
}
