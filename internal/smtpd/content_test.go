package smtpd

import (
	"bufio"
	"bytes"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/kakitome/kakitome/internal/fault"
)

// readAll reads s as content with a reader of that size, so that lines come in
// pieces, and gives what is left after the end.
func readAll(s string, buffer, line int, limit int64) (c *content, rest string, err error) {
	b := &budget{free: 1 << 30}
	c, _ = newContent(Options{MaxMessage: limit, MaxLine: line}, 0, b)
	r := bufio.NewReaderSize(strings.NewReader(s), buffer)
	if err = c.read(r); err == nil {
		left := &bytes.Buffer{}
		_, _ = r.WriteTo(left)
		rest = left.String()
	}
	return c, rest, err
}

// oracle says, in the plainest way, what content s holds: whole is false when
// it has no end, clean when a CR, LF or NUL stands where none may.
func oracle(s string) (text, rest string, whole, clean bool) {
	if after, ok := strings.CutPrefix(s, ".\r\n"); ok {
		return "", after, true, true
	}
	text, rest, whole = strings.Cut(s, "\r\n.\r\n")
	lines := strings.Split(text, "\r\n")
	for i, l := range lines {
		lines[i] = strings.TrimPrefix(l, ".")
	}
	clean = !strings.ContainsAny(strings.Join(lines, ""), "\r\n\x00")
	for _, l := range lines { // joined, CR and LF of two lines might hide each other
		clean = clean && !strings.ContainsAny(l, "\r\n\x00")
	}
	return strings.Join(lines, "\r\n") + "\r\n", rest, whole, clean
}

func stuff(text string) string {
	lines := strings.SplitAfter(text, "\r\n")
	for i, l := range lines {
		if strings.HasPrefix(l, ".") {
			lines[i] = "." + l
		}
	}
	return strings.Join(lines, "") + ".\r\n"
}

func TestStuffedContentArrivesExactly(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		line := rapid.OneOf(rapid.StringMatching(`[.]{0,3}[ -~あ-ん]{0,40}`), rapid.Just("."), rapid.StringOfN(rapid.Just('x'), 200, 400, -1))
		var text string
		for _, l := range rapid.SliceOf(line).Draw(t, "lines") {
			text += l + "\r\n"
		}
		buffer := rapid.SampledFrom([]int{16, 17, 64, maxRead}).Draw(t, "buffer")
		c, rest, err := readAll(stuff(text)+"NOOP\r\n", buffer, 1<<20, 1<<20)
		if err != nil || c.refused != nil {
			t.Fatalf("refused: %v %v", err, c.refused)
		}
		if string(c.data) != text || rest != "NOOP\r\n" {
			t.Fatalf("got %q and %q left, want %q", c.data, rest, text)
		}
	})
}

func FuzzContent(f *testing.F) {
	for _, s := range []string{".\r\n", "a\r\n.\r\n", "a\n.\n", "a\r.\r\n.\r\n", "\r\n.\n\r\n.\r\n", "a\n.\r\n.\r\n", "\r\n.\r\r\n.\r\n",
		"\r\n\x00.\r\n\r\n.\r\n", "..\r\n.\r\nNOOP\r\n", ".\n.\r\n", ".\r.\r\n\r\n.\r\n", "0123456789abcde\r\n.\r\n", "0123456789abcd\r\n.\r\n", "0123456789abcdef\r\r\n.\r\n",
		"0123456789abcde\r" + strings.Repeat("y", 40) + "\r\n.\r\n"} { // a CR at the end of a piece
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		text, rest, whole, clean := oracle(s)
		for _, buffer := range []int{16, 17, maxRead} {
			c, left, err := readAll(s, buffer, 1<<20, 1<<20)
			switch {
			case !whole && err == nil:
				t.Fatalf("an end was seen in %q", s)
			case !whole:
			case err != nil:
				t.Fatalf("no end was seen in %q: %v", s, err)
			case left != rest:
				t.Fatalf("left %q, want %q", left, rest)
			case clean != (c.refused == nil):
				t.Fatalf("refused %v, but clean is %v: %q", c.refused, clean, s)
			case clean && string(c.data) != text:
				t.Fatalf("content %q, want %q", c.data, text)
			case !clean && (fault.KindOf(c.refused) != fault.Malformed || c.data != nil):
				t.Fatalf("kept %q after %v", c.data, c.refused)
			}
		}
	})
}

func TestContentMemoryIsCounted(t *testing.T) {
	t.Parallel()
	b := &budget{free: 100 << 10}
	c, ok := newContent(Options{MaxMessage: 1 << 20, MaxLine: 1 << 20}, 0, b)
	if !ok || b.free != 92<<10 {
		t.Fatalf("first step left %d", b.free)
	}
	if other, ok := newContent(Options{MaxMessage: 1 << 20, MaxLine: 1 << 20}, 0, &budget{free: 100}); ok {
		t.Errorf("got %+v without memory", other)
	}
	text := strings.Repeat("0123456789abcde\r\n", 8000)
	if err := c.read(bufio.NewReaderSize(strings.NewReader(text+".\r\n"), maxRead)); err != nil {
		t.Fatal(err)
	}
	if fault.KindOf(c.refused) != fault.Busy {
		t.Errorf("refused = %v, want busy", c.refused)
	}
	if b.free != 100<<10 {
		t.Errorf("%d octets are missing after the refusal", 100<<10-b.free)
	}
	c.free()
	if bold, _ := newContent(Options{MaxMessage: 1 << 20}, 1<<20, b); cap(bold.data) != boldStep {
		t.Errorf("announcing a MiB takes %d octets", cap(bold.data))
	} else {
		bold.free()
	}
	if b.free != 100<<10 {
		t.Errorf("freeing twice leaves %d", b.free)
	}
}

func BenchmarkContent20K(b *testing.B) {
	text := stuff(strings.Repeat(strings.Repeat("x", 76)+"\r\n", 260))
	mem := &budget{free: 1 << 30}
	in := strings.NewReader(text)
	r := bufio.NewReaderSize(in, maxRead)
	b.SetBytes(int64(len(text)))
	for b.Loop() {
		in.Reset(text)
		r.Reset(in)
		c, _ := newContent(Options{MaxMessage: 1 << 20, MaxLine: 1 << 20}, int64(len(text)), mem)
		if err := c.read(r); err != nil || c.refused != nil {
			b.Fatal(err, c.refused)
		}
		c.free()
	}
}
