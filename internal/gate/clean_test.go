package gate

import (
	"bytes"
	"regexp"
	"strings"
	"testing"

	"github.com/kakitome/kakitome/internal/fault"
)

func TestClean(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct{ in, want, stream string }{
		"nothing":           {"From: a\r\n\r\nX-Kakitome-Stream: b\r\n", "From: a\r\n\r\nX-Kakitome-Stream: b\r\n", ""},
		"empty":             {"", "", ""},
		"only body":         {"\r\nbody", "\r\nbody", ""},
		"first":             {"X-Kakitome-Stream: order\r\nFrom: a\r\n\r\nb", "From: a\r\n\r\nb", "order"},
		"last":              {"From: a\r\nX-Kakitome-Stream: order\r\n\r\nb", "From: a\r\n\r\nb", "order"},
		"case":              {"x-KAKITOME-strEAM: order\r\n\r\n", "\r\n", "order"},
		"space":             {"X-Kakitome-Stream \t: order\r\n\r\n", "\r\n", "order"},
		"folded":            {"X-Kakitome-Stream:\r\n\torder\r\nTo: b\r\n folded\r\n\r\n", "To: b\r\n folded\r\n\r\n", "order"},
		"twice":             {"X-Kakitome-Stream: a\r\nX-Kakitome-Stream: b\r\n\r\n", "\r\n", "a"},
		"others":            {"X-Kakitome-Id: 1\r\nX-Kakitome: 2\r\nX-Kakitomes-Id: 3\r\n\r\n", "X-Kakitome: 2\r\nX-Kakitomes-Id: 3\r\n\r\n", ""},
		"very long":         {"X-Kakitome-" + strings.Repeat("a", 500) + ": 1\r\n\r\n", "\r\n", ""},
		"no body":           {"From: a\r\nX-Kakitome-Stream: order", "From: a\r\n", "order"},
		"no field":          {"X-Kakitome-Stream order\r\n\r\n", "X-Kakitome-Stream order\r\n\r\n", ""},
		"continuation":      {"Subject: a\r\n X-Kakitome-Stream: order\r\n\r\n", "Subject: a\r\n X-Kakitome-Stream: order\r\n\r\n", ""},
		"first is folded":   {" X-Kakitome-Stream: order\r\n\r\n", " X-Kakitome-Stream: order\r\n\r\n", ""},
		"line feeds":        {"X-Kakitome-Stream: order\nFrom: a\n\nb\n", "From: a\n\nb\n", "order"},
		"signed, elsewhere": {"DKIM-Signature: h=from:to; b=x-kakitome-stream\r\nX-Kakitome-Stream: a\r\n\r\n", "DKIM-Signature: h=from:to; b=x-kakitome-stream\r\n\r\n", "a"},
		"signed as absent":  {"DKIM-Signature: h=x-kakitome-stream\r\n\r\n", "DKIM-Signature: h=x-kakitome-stream\r\n\r\n", ""},
	} {
		got, err := clean([]byte(c.in))
		if err != nil || string(got.data) != c.want || got.stream != c.stream {
			t.Errorf("%s: %q, stream %q, %v; want %q, stream %q", name, got.data, got.stream, err, c.want, c.stream)
		}
	}
}

// Removing a signed field would break the signature: refused at the door.
func TestCleanRefusesSignedFields(t *testing.T) {
	t.Parallel()
	for _, list := range []string{
		"h=x-kakitome-stream", "v=1; h=From:X-Kakitome-Stream; b=x", "h=from :\r\n\tX-KAKITOME-STREAM ; b=x", "h = a:x-kakitome-stream", "b=x;h=x-kakitome-stream:from;",
	} {
		_, err := clean([]byte("dkim-signature : " + list + "\r\nX-Kakitome-Stream: a\r\n\r\n"))
		if fault.KindOf(err) != fault.Invalid || fault.HintOf(err) == "" {
			t.Errorf("%q: %v", list, err)
		}
	}
}

var ownField = regexp.MustCompile(`(?i)^x-kakitome-[^:]*:`)

// FuzzClean: what is taken out is X-Kakitome-* fields and nothing else; every
// other byte stays where it was; doing it again changes nothing.
func FuzzClean(f *testing.F) {
	for _, s := range []string{
		"", "\r\n", "X-Kakitome-A: b\r\n c\r\nFrom: a\r\n\r\nX-Kakitome-B: c", "x-kakitome-a\r\n :\n\n", "X-Kakitome-A:\r\n\r\r\n\r\n", "a\nX-Kakitome-A: b",
		"DKIM-Signature: h=x-kakitome-a;\r\nX-Kakitome-A: b\r\n\r\n", "DKIM-Signature\r\nX-Kakitome-A: b\r\n",
	} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, raw []byte) {
		before := bytes.Clone(raw)
		got, err := clean(raw)
		if !bytes.Equal(raw, before) {
			t.Fatal("the content was changed in place")
		}
		if err != nil {
			return
		}
		var want []byte
		taking, header := false, true
		lines := bytes.SplitAfter(raw, []byte("\n"))
		for i, line := range lines {
			if header && len(line) > 0 && line[0] != ' ' && line[0] != '\t' || i == 0 {
				field := line // with the lines that continue it
				for _, next := range lines[i+1:] {
					if len(next) == 0 || next[0] != ' ' && next[0] != '\t' || len(bytes.TrimRight(next, "\r\n")) == 0 {
						break
					}
					field = append(bytes.Clone(field), next...)
				}
				taking = header && ownField.Match(field)
			}
			if len(bytes.TrimRight(line, "\r\n")) == 0 {
				taking, header = false, false
			}
			if !taking {
				want = append(want, line...)
			}
		}
		if !bytes.Equal(got.data, want) {
			t.Fatalf("%q became %q, want %q", raw, got.data, want)
		}
		again, err := clean(got.data)
		if err != nil || !bytes.Equal(again.data, got.data) {
			t.Fatalf("%q became %q again: %v", got.data, again.data, err)
		}
	})
}
