package smtpd

import (
	"strings"
	"testing"
)

func TestValidAddress(t *testing.T) {
	t.Parallel()
	label := strings.Repeat("d", 63)
	for a, want := range map[string]bool{
		"hanako@example.jp":                     true,
		"hana..ko.@example.jp":                  true, // carriers gave these out
		".a@example.jp":                         true,
		"a+b/c=d!{}@x":                          true,
		`"a b"@example.jp`:                      true,
		`"a\"b"@example.jp`:                     true,
		`"a@b"@example.jp`:                      true,
		`""@example.jp`:                         true,
		"a@[192.0.2.1]":                         true,
		"a@[IPv6:2001:db8::1]":                  true,
		"a@my_host.local":                       true,
		"花子@例示.example":                         true,
		"a@" + label + ".jp":                    true,
		strings.Repeat("a", 64) + "@example.jp": true,
		strings.Repeat("a", 65) + "@example.jp": false,
		"a@" + label + "d.jp":                   false,
		"a@" + strings.Join([]string{label, label, label, label, "d"}, "."): false,
		"":                   false,
		"a":                  false,
		"@example.jp":        false,
		"a@":                 false,
		"a@b@example.jp":     false,
		"a b@example.jp":     false,
		"a@exa mple.jp":      false,
		"a@.jp":              false,
		"a@jp.":              false,
		"a@-x.jp":            false,
		"a@x-.jp":            false,
		"a@[]":               false,
		"a@[192.0.2.1":       false,
		"a@[a b]":            false,
		"a@b\x00":            false,
		"a\r@b":              false,
		"a\x7f@b":            false,
		"\xff@b":             false,
		`"a"b@example.jp`:    false,
		`"a@example.jp`:      false,
		`"a\@example.jp`:     false,
		"a,b@example.jp":     false,
		"a@example.jp,b@c.d": false,
		"a<b>@example.jp":    false,
		"a@example.jp>":      false,
		"(a)b@example.jp":    false,
	} {
		if got := validAddress(a); got != want {
			t.Errorf("validAddress(%q) = %v", a, got)
		}
	}
}

// What is accepted is one address: written again it reads the same, and
// nothing in it could end the path or the line.
func FuzzPath(f *testing.F) {
	for _, s := range []string{"<>", "<a@b>", "<a@b> SIZE=1", `<"a>b"@c> X`, "<@a,@b:c@d>", "<@a:>", `<"\>"@b>`, "<a@b>x", "a@b", "<花子@例示.example>", `<"a@b"@c>`, "<a@[IPv6:::1]>"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		addr, params, ok := cutPath(s)
		if !ok {
			return
		}
		again, rest, ok := cutPath("<" + addr + ">" + params)
		if !ok || again != addr || rest != params {
			t.Fatalf("%q read as %q %q, then as %q %q %v", s, addr, params, again, rest, ok)
		}
		if !validLine(addr) || len(addr) > maxPath || params != "" && params[0] != ' ' {
			t.Fatalf("accepted %q from %q", addr, s)
		}
		if addr != "" && !validAddress(addr) {
			t.Fatalf("accepted %q", addr)
		}
	})
}
