package relay

import (
	"bufio"
	"bytes"
	"testing"

	"pgregory.net/rapid"
)

func dotted(t interface{ Fatal(...any) }, parts ...[]byte) string {
	var b bytes.Buffer
	if err := writeDotted(bufio.NewWriter(&b), parts); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func TestDots(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{
		"":                     ".\r\n",
		"a\r\n":                "a\r\n.\r\n",
		"a":                    "a\r\n.\r\n",
		".":                    "..\r\n.\r\n",
		".\r\n":                "..\r\n.\r\n",
		"..a.b\r\n.\r\n\r\n.c": "...a.b\r\n..\r\n\r\n..c\r\n.\r\n",
	} {
		if got := dotted(t, []byte(in)); got != want {
			t.Errorf("%q: %q, want %q", in, got, want)
		}
	}
}

// TestDotsDoNotDependOnTheCuts between the slices.
func TestDotsDoNotDependOnTheCuts(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(rt *rapid.T) {
		var whole []byte
		var parts [][]byte
		for _, p := range rapid.SliceOf(rapid.SampledFrom([]string{"", "a", ".", ".b", "\r\n", "c.\r\n", "\r\n."})).Draw(rt, "parts") {
			whole = append(whole, p...)
			parts = append(parts, []byte(p))
		}
		if one, many := dotted(rt, whole), dotted(rt, parts...); one != many {
			rt.Fatalf("%q: whole %q, cut %q", whole, one, many)
		}
	})
}
