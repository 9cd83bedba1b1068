package mail

import (
	"bytes"
	"encoding/base64"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

func TestHeaderBlock(t *testing.T) {
	t.Parallel()
	type want struct {
		names, stray, text string
		faults             []FaultKind
	}
	tests := []struct {
		name, raw string
		want      want
	}{
		{"empty", "", want{}},
		{"only an empty line", "\r\n", want{}},
		{"no header", "\r\nbody", want{text: "body"}},
		{"no body", "A: 1\r\n", want{names: "A"}},
		{"no line end", "A: 1", want{names: "A"}},
		{"lf", "A: 1\nB: 2\n\nbody", want{names: "A B", text: "body"}},
		{"cr cr lf", "A: 1\r\r\n\r\r\nbody", want{names: "A", text: "body", faults: nil}},
		{"space before colon", "A : 1\n\nbody", want{names: "A", text: "body"}},
		{"all text", "hello\nworld\n\nmore", want{text: "hello\nworld\n\nmore", faults: []FaultKind{BadHeader}}},
		{"stray amid", "A: 1\nstray\n folded\nB: 2\n\nbody", want{names: "A B", stray: "stray\n folded\n", text: "body", faults: []FaultKind{BadHeader}}},
		{"word in a stray line", "A: 1\n=?utf-8?B?5bGx?=\nB: 2\n\nbody", want{names: "A B", stray: "山\n", text: "body", faults: []FaultKind{BadHeader}}},
		{"stray at the end", "A: 1\nstray\n\nbody", want{names: "A", text: "stray\n\nbody", faults: []FaultKind{BadHeader}}},
		{"8-bit name", "A: 1\n山: x\nB: 2\n\nbody", want{names: "A B", stray: "山: x\n", text: "body", faults: []FaultKind{BadHeader}}},
		{"mbox, base64", "From x\nContent-Transfer-Encoding: base64\n\naGk=", want{names: "Content-Transfer-Encoding", stray: "From x\n", text: "hi", faults: []FaultKind{BadHeader}}},
		{"stray before base64", "Content-Transfer-Encoding: base64\nstray\n\naGk=", want{names: "Content-Transfer-Encoding", stray: "stray\n", text: "hi", faults: []FaultKind{BadHeader, BadStructure}}},
		{"base64 without empty line", "Content-Transfer-Encoding: base64\naGVsbG8=\n", want{names: "Content-Transfer-Encoding", text: "hello", faults: []FaultKind{BadHeader}}},
		{"bare cr in a field", "A: 1\rB: 2\n\nbody", want{names: "A", text: "body", faults: []FaultKind{BadStructure}}},
		{"nul in a field", "A: 1\x00\n\nbody", want{names: "A", text: "body", faults: []FaultKind{BadStructure, BadCharset}}},
		{"white space for the empty line", "A: 1\n  \nbody\n\nmore", want{names: "A", text: "body\n\nmore", faults: []FaultKind{BadHeader}}},
		{"the same, base64", "Content-Transfer-Encoding: base64\n  \naGVsbG8=\n", want{names: "Content-Transfer-Encoding", text: "hello", faults: []FaultKind{BadHeader}}},
		{"white space line, text like a field, encoded", "Content-Transfer-Encoding: quoted-printable\n \nTEL: 090=2D1\n\n", want{names: "Content-Transfer-Encoding TEL", faults: []FaultKind{BadStructure}}},
		{"no empty line, text like a field, encoded", "Content-Transfer-Encoding: quoted-printable\nTEL: 090=2D1\n", want{names: "Content-Transfer-Encoding TEL", faults: []FaultKind{BadStructure}}},
		{"two encodings", "Content-Transfer-Encoding: 7bit\nContent-Transfer-Encoding: base64\n\naGk=", want{names: "Content-Transfer-Encoding Content-Transfer-Encoding", text: "aGk=", faults: []FaultKind{BadStructure}}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			m := Parse([]byte(tt.raw), Limits{})
			var names []string
			for _, f := range m.Root.Fields {
				names = append(names, f.Name)
			}
			checkFaults(t, m, tt.want.faults)
			checkCoverage(t, m)
			got := want{strings.Join(names, " "), m.Root.Stray, m.Root.Text, tt.want.faults}
			if diff := cmp.Diff(tt.want, got, cmp.AllowUnexported(want{})); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

func TestMultipart(t *testing.T) {
	t.Parallel()
	const header = "Content-Type: multipart/mixed; boundary=\"b\"\n\n"
	tests := []struct {
		name, raw string
		texts     []string // of the leaves
		faults    []FaultKind
	}{
		{"two", header + "--b\n\none\n--b\n\ntwo\n--b--\n", []string{"one", "two"}, nil},
		{"trailing white space", header + "--b \t\r\n\none\n--b-- \n", []string{"one"}, nil},
		{"longer line is no boundary", header + "--b\n\none\n--bx\n--b--\n", []string{"one\n--bx"}, nil},
		{"never closed", header + "--b\n\none", []string{"one"}, []FaultKind{BadStructure}},
		{"cut after a boundary", header + "--b\n\none\n--b", []string{"one", ""}, []FaultKind{BadStructure}},
		{"no parts", header + "--b--\n", nil, []FaultKind{BadStructure}},
		{"boundary absent from the body", header + "one\n", []string{"one\n"}, []FaultKind{BadStructure}},
		{"empty boundary", "Content-Type: multipart/mixed; boundary=\"\"\n\n--\n\none\n", []string{"--\n\none\n"}, []FaultKind{BadStructure}},
		{"no empty line before a boundary", "Content-Type: multipart/mixed; boundary=b\n--b\nContent-Type: text/plain\n\none\n--b--\n", []string{"one"}, nil},
		{"part is only a header", header + "--b\nSubject: x\n--b\n\ntwo\n--b--", []string{"", "two"}, nil},
		{"empty part", header + "--b\n--b\n\n--b--", []string{"", ""}, nil},
		{"same prefix", header + "--b\nContent-Type: multipart/x; boundary=b-b\n\n--b-b\n\none\n--b-b--\n--b\n\ntwo\n--b--", []string{"one", "two"}, nil},
		{"prefix with dashes", header + "--b\nContent-Type: multipart/x; boundary=\"b--\"\n\n--b--\n\none\n--b----\n--b\n\ntwo\n--b--", []string{"one", "two"}, nil},
		{"same boundary inside", header + "--b\nContent-Type: multipart/x; boundary=b\n\n--b\n\none\n--b--\n--b\n\ntwo\n--b--", []string{"one", "two"}, []FaultKind{BadStructure}},
		{"inner never closed", header + "--b\nContent-Type: multipart/x; boundary=c\n\n--c\n\none\n--b\n\ntwo\n--b--", []string{"one", "two"}, []FaultKind{BadStructure}},
		{"transfer encoding of a multipart", "Content-Transfer-Encoding: base64\n" + header + "--b\n\none\n--b--", []string{"one"}, []FaultKind{BadHeader}},
		{"boundary after a bare cr", header + "--b\n\none\r--b\r\rtwo\n--b--", []string{"one\n--b\n\ntwo"}, []FaultKind{BadStructure}},
		{"fragment", "Content-Type: message/partial; id=x; number=1\n\nSubject: one\n", []string{"Subject: one\n"}, []FaultKind{BadStructure}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			m := Parse([]byte(tt.raw), Limits{})
			var texts []string
			_ = m.Walk(func(p *Part, _ []int) error {
				if p.Decoded != "" {
					texts = append(texts, p.Text)
				}
				return nil
			})
			if diff := cmp.Diff(tt.texts, texts); diff != "" {
				t.Errorf("(-want +got):\n%s\n%s", diff, dump(m))
			}
			checkFaults(t, m, tt.faults)
			checkCoverage(t, m)
		})
	}
}

func TestWalk(t *testing.T) {
	t.Parallel()
	m := Parse(readFile(t, "testdata/alternative_attachment.eml"), Limits{})
	var paths []string
	stop := errors.New("stop")
	err := m.Walk(func(p *Part, path []int) error {
		paths = append(paths, fmt.Sprint(path, p.MediaType))
		if p.MediaType == "text/html" {
			return stop
		}
		return nil
	})
	want := []string{"[]multipart/mixed", "[0]multipart/alternative", "[0 0]text/plain", "[0 1]text/html"}
	if diff := cmp.Diff(want, paths); diff != "" || !errors.Is(err, stop) {
		t.Errorf("%v (-want +got):\n%s", err, diff)
	}
}

// nested is a mail of depth multiparts in each other.
func nested(depth int) []byte {
	var b bytes.Buffer
	for i := range depth {
		fmt.Fprintf(&b, "Content-Type: multipart/mixed; boundary=b%d\n\n--b%d\n", i, i)
	}
	b.WriteString("\ninnermost 090-1234-5678\n")
	for i := depth - 1; i >= 0; i-- {
		fmt.Fprintf(&b, "--b%d--\n", i)
	}
	return b.Bytes()
}

func TestLimits(t *testing.T) {
	t.Parallel()
	part := "--b\n\none\n"
	tests := []struct {
		name  string
		raw   []byte
		lim   Limits
		parts int // parts in the tree, enclosed mails included
		over  bool
	}{
		{"depth kept", nested(3), Limits{Depth: 3}, 4, false},
		{"depth", nested(4), Limits{Depth: 3}, 4, true},
		{"default depth", nested(21), Limits{}, 21, true},
		{"deep by wish", nested(5000), Limits{Depth: 5000, Parts: 10000}, 5001, false},
		{"enclosed depth", []byte(strings.Repeat("Content-Type: message/rfc822\n\n", 5)), Limits{Depth: 3}, 4, true},
		{"parts kept", []byte("Content-Type: multipart/x; boundary=b\n\n" + strings.Repeat(part, 4) + "--b--"), Limits{Parts: 5}, 5, false},
		{"parts", []byte("Content-Type: multipart/x; boundary=b\n\n" + strings.Repeat(part, 5) + "--b--"), Limits{Parts: 5}, 5, true},
		{"parts in an outer part", []byte("Content-Type: multipart/x; boundary=a\n\n--a\nContent-Type: multipart/x; boundary=b\n\n" + strings.Repeat(part, 5) + "--b--\n--a\n\ntwo\n--a--"), Limits{Parts: 5}, 5, true},
		{"fields kept", []byte(strings.Repeat("A: b\n", 5)), Limits{Fields: 5}, 1, false},
		{"fields", []byte(strings.Repeat("A: b\n", 6)), Limits{Fields: 5}, 1, true},
		{"header kept", []byte("A: " + strings.Repeat("b", 97)), Limits{HeaderBytes: 100}, 1, false},
		{"header", []byte("A: " + strings.Repeat("b", 98)), Limits{HeaderBytes: 100}, 1, true},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			m := Parse(tt.raw, tt.lim)
			faults := map[FaultKind]bool{}
			collectFaults(m, faults)
			if n := count(m); n != tt.parts || faults[OverLimit] != tt.over {
				t.Errorf("%d parts, faults %v", n, faults)
			}
			checkCoverage(t, m)
		})
	}
}

func count(m *Message) int {
	n := 0
	_ = m.Walk(func(p *Part, _ []int) error {
		n++
		if p.Enclosed != nil {
			n += count(p.Enclosed)
		}
		return nil
	})
	return n
}

// TestHostile: mails made to be slow are read in about the time of others of
// their size.
func TestHostile(t *testing.T) {
	t.Parallel()
	const size = 1 << 20
	fill := func(head, unit string) []byte { return []byte(head + strings.Repeat(unit, size/len(unit))) }
	multi := "Content-Type: multipart/mixed; boundary=b\n\n"
	field := func(name, unit string) []byte {
		return append([]byte(name+": "), strings.Repeat(unit, 1<<20/len(unit)-8)...)
	}
	qp := func() []byte { // enclosed mails, each with an encoding around it
		inner := bytes.Repeat([]byte("x\n"), size/4)
		for range 30 {
			inner = append([]byte("Content-Type: message/rfc822\nContent-Transfer-Encoding: quoted-printable\n\n"), inner...)
		}
		return inner
	}
	tests := map[string][]byte{
		"parts":             fill(multi, "--b\n\nx\n"),
		"boundaries":        fill(multi, "--b\n"),
		"closings":          fill(multi, "--b--\n"),
		"near boundaries":   fill(multi, "--bb\n"),
		"depth":             nested(10000),
		"deep, then lines":  append(nested(19), fill("", "--x\n")...),
		"long line":         fill("A: ", "x"),
		"fields":            fill("", "A: b\n"),
		"folds":             fill("A: b\n", " x\n"),
		"strays":            fill("", "x\n"),
		"dashes in header":  fill("Content-Type: multipart/mixed;"+strings.Repeat(" ", 1<<19)+"\n", "--\n"),
		"strays and fields": fill("", "x\nA:b\n"),
		"base64":            fill("Content-Transfer-Encoding: base64\n\n", "QUJD\n"),
		"base64 junk":       fill("Content-Transfer-Encoding: base64\n\n", "*="),
		"qp equals":         fill("Content-Transfer-Encoding: quoted-printable\n\n", "= "),
		"uu":                fill("Content-Transfer-Encoding: x-uuencode\n\n", "begin 6 a\nend\n"),
		"escapes":           fill("\n", "\x1b$A!!\x1b(B"),
		"unknown escapes":   fill("Content-Type: text/plain; charset=iso-2022-jp\n\n", "\x1b$"),
		"high bytes":        fill("\n", "\xe9"),
		"utf-7":             fill("Content-Type: text/plain; charset=utf-7\n\n", "+AGE-"),
		"metas":             fill("Content-Type: text/html\n\n", "<meta charset="),
		"words":             field("A", "=?utf-8?B?YQ?= "),
		"word starts":       field("A", "=?a?q?"),
		"half words":        append(field("A", "=?a?q?=?"), "?="...),
		"joined words":      field("A", "=?utf-8?B?YWF?="),
		"parameters":        field("Content-Type", "a=b;"),
		"segments":          field("Content-Type", "a*1*=b;"),
		"equals":            field("Content-Type", "a="),
		"quotes":            field("Content-Type", `name="" `),
		"addresses":         field("To", "a@b,"),
		"nested enclosed":   qp(),
	}
	for name, raw := range tests {
		t.Run(name, func(t *testing.T) {
			start := time.Now()
			m := Parse(raw, Limits{})
			_ = Addresses(m.Root.Get("To"))
			if d := time.Since(start); d > 2*time.Second {
				t.Errorf("took %v for %d bytes", d, len(raw))
			}
			checkCoverage(t, m)
		})
	}
	for _, unit := range []string{"(", `"`, "<", "a@", "@", ":", "a@b ", `\`, "=?a?q?"} {
		start := time.Now()
		_ = Addresses(strings.Repeat(unit, 1<<20/len(unit)))
		if d := time.Since(start); d > time.Second {
			t.Errorf("addresses of %q took %v", unit, d)
		}
	}
}

// checkCoverage asserts what Parse promises of every mail.
func checkCoverage(t interface {
	Helper()
	Errorf(string, ...any)
}, m *Message) {
	t.Helper()
	if n := m.Unread(); n != 0 {
		t.Errorf("%d of %d bytes unread", n, len(m.Raw))
	}
	inside := func(s Span) bool { return 0 <= s.Start && s.Start <= s.End && s.End <= len(m.Raw) }
	_ = m.Walk(func(p *Part, _ []int) error {
		spans := append([]Span{p.Header, p.Body}, p.Outside...)
		for _, f := range p.Fields {
			spans = append(spans, f.Raw)
			if !utf8.ValidString(f.Value) {
				t.Errorf("field %s is no UTF-8", f.Name)
			}
		}
		for _, f := range p.Faults {
			spans = append(spans, f.Span)
			if f.Kind.String() == "none" || f.Detail == "" {
				t.Errorf("nameless fault %+v", f)
			}
		}
		if slices.ContainsFunc(spans, func(s Span) bool { return !inside(s) }) {
			t.Errorf("a span of %v is outside %d bytes", spans, len(m.Raw))
		}
		if text := p.Text + p.Stray + p.Preamble + p.Epilogue + p.Filename; !utf8.ValidString(text) || strings.Contains(p.Text, "\r") {
			t.Errorf("text of %s is no UTF-8 or has a carriage return", p.MediaType)
		}
		if p.Enclosed != nil {
			checkCoverage(t, p.Enclosed)
		}
		return nil
	})
}

// TestPlantedText: whatever a mail is built of, its text is seen or a fault
// says that something is unreadable.
func TestPlantedText(t *testing.T) {
	t.Parallel()
	const planted = "planted-taro@example.jp"
	rapid.Check(t, func(t *rapid.T) {
		raw := []byte(rapid.SampledFrom([]string{"", "Subject: x\r\n", "stray\r\n", " cont\r\n"}).Draw(t, "head") + drawEntity(t, planted, 0))
		m := Parse(raw, Limits{})
		checkCoverage(t, m)
		if !strings.Contains(everything(m), planted) {
			t.Errorf("lost in\n%s\nread as\n%s", raw, dump(m))
		}
	})
}

// drawEntity builds an entity with planted somewhere in it.
func drawEntity(t *rapid.T, planted string, depth int) string {
	newline := rapid.SampledFrom([]string{"\r\n", "\n"}).Draw(t, "newline")
	kind := rapid.IntRange(0, 7).Draw(t, "kind")
	if depth > 3 {
		kind %= 5
	}
	header := func(fields ...string) string { return strings.Join(fields, newline) + newline + newline }
	switch kind {
	case 0:
		return header("Content-Type: text/plain") + planted
	case 1:
		return header("Content-Transfer-Encoding: base64") + base64.StdEncoding.EncodeToString([]byte(planted))
	case 2:
		return header("Content-Transfer-Encoding: quoted-printable") + strings.ReplaceAll(planted, "-", "="+newline+"-")
	case 3:
		return header("Subject: =?utf-8?B?"+base64.StdEncoding.EncodeToString([]byte(planted))+"?=") + "x"
	case 4:
		return "X: y" + newline + planted + newline + header("A: b") + "x"
	case 5:
		return header("Content-Type: message/rfc822") + drawEntity(t, planted, depth+1)
	case 6:
		return header("Content-Type: message/rfc822", "Content-Transfer-Encoding: base64") +
			base64.StdEncoding.EncodeToString([]byte(drawEntity(t, planted, depth+1)))
	}
	boundary := rapid.SampledFrom([]string{"b", "b-b", "b:1"}).Draw(t, "boundary") + fmt.Sprint(depth)
	parts := []string{drawEntity(t, planted, depth+1), newline + "other", "A: b" + newline}
	var b strings.Builder
	b.WriteString(header("Content-Type: multipart/mixed; boundary=\"" + boundary + "\""))
	for _, p := range rapid.Permutation(parts).Draw(t, "parts") {
		b.WriteString("--" + boundary + newline + p + newline)
	}
	if rapid.Bool().Draw(t, "closed") {
		b.WriteString("--" + boundary + "--" + newline)
	}
	return b.String()
}

// FuzzParse: no panic, no byte unread, no span outside, text is UTF-8, limits
// are kept, the same bytes give the same tree.
func FuzzParse(f *testing.F) {
	files, _ := filepath.Glob("testdata/*.eml")
	for _, file := range files {
		b, err := os.ReadFile(file)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(b)
	}
	f.Fuzz(func(t *testing.T, raw []byte) {
		lim := Limits{Depth: 4, Parts: 20, HeaderBytes: 4096, Fields: 30}
		m := Parse(raw, lim)
		checkCoverage(t, m)
		if n := count(m); n > lim.Parts {
			t.Errorf("%d parts", n)
		}
		if again := dump(Parse(raw, lim)); again != dump(m) {
			t.Errorf("two readings:\n%s\n%s", dump(m), again)
		}
		_, _ = Date(m)
		_ = MessageID(m)
	})
}
