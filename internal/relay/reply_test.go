package relay

import (
	"bufio"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
)

func TestReply(t *testing.T) {
	t.Parallel()
	cases := []struct {
		in   string
		want verdict
		ok   bool
	}{
		{"250 ok\r\n", verdict{status: Relayed, code: 250, text: "ok"}, true},
		{"250\r\n", verdict{status: Relayed, code: 250}, true},
		{"250 \r\n", verdict{status: Relayed, code: 250}, true},
		{"250 2.0.0 ok\r\n", verdict{status: Relayed, code: 250, enhanced: "2.0.0", text: "ok"}, true},
		{"250 2.0.0\r\n", verdict{status: Relayed, code: 250, enhanced: "2.0.0"}, true},
		{"250 5.0.0 liar\r\n", verdict{status: Relayed, code: 250, text: "5.0.0 liar"}, true},
		{"550 5.1.1000 x\r\n", verdict{status: Failed, code: 550, text: "5.1.1000 x"}, true},
		{"450 4.7 x\r\n", verdict{code: 450, text: "4.7 x"}, true},
		{"550-5.1.1 a\r\n550 5.1.1 b\r\n", verdict{status: Failed, code: 550, enhanced: "5.1.1", text: "a b"}, true},
		{"550 5.1.1 いない\x1b[31m\xff\r\n", verdict{status: Failed, code: 550, enhanced: "5.1.1", text: "いない [31m"}, true},
		{"250 unix line\n", verdict{status: Relayed, code: 250, text: "unix line"}, true},
		{"530 5.7.0 authentication required\r\n", verdict{code: 530, enhanced: "5.7.0", text: "authentication required"}, true},
		{"550-a\r\n250 b\r\n", verdict{}, false},
		{"650 x\r\n", verdict{}, false},
		{"150 x\r\n", verdict{}, false},
		{"25 x\r\n", verdict{}, false},
		{"2500\r\n", verdict{}, false},
		{"\r\n", verdict{}, false},
		{"250 cut", verdict{}, false},
		{"250-cut\r\n", verdict{}, false},
		{"250 " + strings.Repeat("x", maxReplyLine) + "\r\n", verdict{}, false},
		{strings.Repeat("250-x\r\n", maxReplyLines) + "250 x\r\n", verdict{}, false},
		{"550 " + strings.Repeat("長", 300) + "\r\n", verdict{status: Failed, code: 550, text: strings.Repeat("長", 166)}, true},
	}
	for _, tc := range cases {
		r, err := readReply(bufio.NewReaderSize(strings.NewReader(tc.in), maxReplyLine))
		if (err == nil) != tc.ok {
			t.Errorf("%.40q: %v", tc.in, err)
			continue
		}
		if err == nil && r.verdict() != tc.want {
			t.Errorf("%.40q: %s", tc.in, cmp.Diff(tc.want, r.verdict(), cmp.AllowUnexported(verdict{})))
		}
	}
}

// FuzzReply: never panics, reads no further than the last line, stays in
// bounds, says only printable text, and a relayed mail needs a 2xx.
func FuzzReply(f *testing.F) {
	for _, s := range []string{"250 2.0.0 ok\r\n", "550-5.1.1 a\r\n550 5.1.1 b\r\n", "250-\r\n250\r\n", "421 4.3.2 \xff\x00\n", "354 go\r\nrest"} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, in []byte) {
		br := bufio.NewReaderSize(strings.NewReader(string(in)), maxReplyLine)
		r, err := readReply(br)
		if err != nil {
			return
		}
		if r.code < 200 || r.code > 599 || len(r.lines) == 0 || len(r.lines) > maxReplyLines {
			t.Fatalf("code %d, %d lines", r.code, len(r.lines))
		}
		rest := 0
		for {
			if _, err := br.ReadByte(); err != nil {
				break
			}
			rest++
		}
		if read := in[:len(in)-rest]; strings.Count(string(read), "\n") != len(r.lines) || read[len(read)-1] != '\n' {
			t.Fatalf("read %q for %d lines", read, len(r.lines))
		}
		v := r.verdict()
		if len(v.text) > maxText || !utf8.ValidString(v.text) || strings.ContainsFunc(v.text, func(c rune) bool { return !unicode.IsPrint(c) }) {
			t.Fatalf("text %q", v.text)
		}
		if (v.status == Relayed) != (r.code/100 == 2) || v.status == Failed && r.code < 500 || v.status == Deferred && r.code >= 540 || v.uncertain {
			t.Fatalf("%d gives %v", r.code, v.status)
		}
		_ = parseExtensions(r.lines)
	})
}
