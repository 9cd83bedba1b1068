package mail

import "testing"

func TestDecodePage(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		page     int
		in, want string
		ok       bool
	}{
		{932, "\x8eR\x93c", "山田", true},
		{932, "\xd4\xcf\xc0\xde", "ﾔﾏﾀﾞ", true}, // no guessing: also clean EUC-JP
		{932, "\xfb\xfc\x87\x40", "髙①", true},
		{932, "\x8e", "\uFFFD", false},
		{10001, "\x8eR", "山", true},
		{1252, "caf\xe9", "café", true},
		{936, "\xc9\xbd", "山", true},
		{949, "\xbb\xea", "산", true},
		{950, "\xa4\x73", "山", true},
		{51932, "\xbb\xb3", "山", true},
		{50220, "\x1b$B;3\x1b(B", "山", true},
		{65001, "山", "山", true},
		{65001, "\xe5\xb1", "\uFFFD\uFFFD", false},
		{1200, "\x71\x5c", "山", true},
		{1200, "\x71\x5c\x00", "山\uFFFD", false},
		{1201, "\x5c\x71", "山", true},
		{20127, "abc", "abc", true},
		{20127, "\xe9", "\uFFFD", false},
		{4711, "abc", "abc", true},
		{4711, "\xe9", "\uFFFD", false},
		{932, "", "", true},
	} {
		if got, ok := DecodePage([]byte(c.in), c.page); got != c.want || ok != c.ok {
			t.Errorf("DecodePage(%q, %d) = %q, %v; want %q, %v", c.in, c.page, got, ok, c.want, c.ok)
		}
	}
	for page, label := range codePages {
		if cs := lookup(label); cs.name == "" {
			t.Errorf("code page %d: nobody knows %q", page, label)
		}
	}
}
