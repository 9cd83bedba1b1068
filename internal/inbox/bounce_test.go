package inbox

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/kakitome/kakitome/internal/mail"
)

func said(raw []byte) string {
	b, ok := ReadBounce(mail.Parse(raw, mail.Limits{}))
	switch {
	case !ok:
		return "none"
	case b.Guessed:
		return fmt.Sprintf("%s %s guessed", b.Status, b.Reason)
	default:
		return fmt.Sprintf("%s %s", b.Status, b.Reason)
	}
}

// Each testdata/bounces/*.eml says what the *.want beside it says, with either
// line end.
func TestBounces(t *testing.T) {
	t.Parallel()
	paths, err := filepath.Glob("testdata/bounces/*.eml")
	if err != nil || len(paths) == 0 {
		t.Fatalf("no cases: %v", err)
	}
	for _, path := range paths {
		raw, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		want, err := os.ReadFile(strings.TrimSuffix(path, ".eml") + ".want")
		if err != nil {
			t.Fatal(err)
		}
		for _, raw := range [][]byte{raw, bytes.ReplaceAll(raw, []byte("\n"), []byte("\r\n"))} {
			if got := said(raw) + "\n"; got != string(want) {
				t.Errorf("%s: %swant %s", filepath.Base(path), got, want)
			}
		}
	}
}

func TestReasonOfCodes(t *testing.T) {
	t.Parallel()
	for status, want := range map[string]Reason{
		"5.1.1": NoAddress, "5.1.2": NoAddress, "5.1.6": NoAddress, "5.1.10": NoAddress, "5.1.8": Refused, "5.2.1": NoAddress, "4.2.2": Full, "5.2.3": Refused,
		"5.3.0": Unreachable, "5.3.4": Refused, "4.4.7": Unreachable, "5.4.4": Unreachable, "5.5.1": Refused, "5.6.0": Refused, "5.7.26": Refused, "5.0.0": Unknown, "5.9.9": Unknown,
	} {
		if got := reasonOf(status); got != want {
			t.Errorf("%s is %s, want %s", status, got, want)
		}
	}
}

// FuzzReadBounce: never panics; a bounce has a code of a failure, and nothing of
// the mail; what has been made of CRLF or LF is the same.
func FuzzReadBounce(f *testing.F) {
	paths, err := filepath.Glob("testdata/bounces/*.eml")
	if err != nil {
		f.Fatal(err)
	}
	for _, path := range paths {
		raw, err := os.ReadFile(path)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(raw)
	}
	code := regexp.MustCompile(`^[45]\.[0-9]{1,3}\.[0-9]{1,3}$`)
	reasons := map[Reason]bool{Unknown: true, NoAddress: true, Full: true, Unreachable: true, Refused: true}
	f.Fuzz(func(t *testing.T, raw []byte) {
		b, ok := ReadBounce(mail.Parse(raw, mail.Limits{}))
		switch {
		case !ok && b != (Bounce{}):
			t.Fatalf("no bounce, but %+v", b)
		case ok && (!code.MatchString(b.Status) || !reasons[b.Reason]):
			t.Fatalf("bounce %+v", b)
		}
	})
}
