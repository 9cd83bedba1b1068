package letter

import (
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/kakitome/kakitome/internal/mail"
)

func TestCode(t *testing.T) {
	t.Parallel()
	c, err := NewCode(key(1), "06h0fra4n765vta5eq121bjgm0", "a@example.jp")
	if err != nil {
		t.Fatal(err)
	}
	// Letters with this code are printed and sent: it must never change.
	if got := c.String(); got != "CK20-MHZD-HYPA-VKQ9" {
		t.Errorf("the code is %s", got)
	}
	same, _ := NewCode(key(1), "06h0fra4n765vta5eq121bjgm0", "A@Example.JP")
	if !c.Is(same) {
		t.Error("another spelling of the address, another code")
	}
	for name, other := range map[string]func() (Code, error){
		"key":     func() (Code, error) { return NewCode(key(2), "06h0fra4n765vta5eq121bjgm0", "a@example.jp") },
		"id":      func() (Code, error) { return NewCode(key(1), "06h0fra4n765vta5eq121bjgm1", "a@example.jp") },
		"address": func() (Code, error) { return NewCode(key(1), "06h0fra4n765vta5eq121bjgm0", "b@example.jp") },
		"more":    func() (Code, error) { return NewCode(key(1), "06h0fra4n765vta5eq121bjgm0", "a@example.jp", "order") },
		"paper":   func() (Code, error) { return NewPaperCode(key(1), "06h0fra4n765vta5eq121bjgm0") },
	} {
		o, err := other()
		if err != nil || c.Is(o) || len(o) != codeLength {
			t.Errorf("another %s: %q %v", name, o, err)
		}
	}
	if Code("").Is("") {
		t.Error("no code is a code")
	}
}

func TestCodeRefuses(t *testing.T) {
	t.Parallel()
	for name, make := range map[string]func() (Code, error){
		"short key":  func() (Code, error) { return NewCode(key(1)[1:], "id", "a@example.jp") },
		"no address": func() (Code, error) { return NewCode(key(1), "id", "") },
		"NUL":        func() (Code, error) { return NewCode(key(1), "i\x00d", "a@example.jp") },
	} {
		if c, err := make(); err == nil || c != "" {
			t.Errorf("%s: %q", name, c)
		}
	}
}

func TestParseCode(t *testing.T) {
	t.Parallel()
	for _, s := range []string{
		"0123-4567-89AB-CDEF", "0123456789abcdef", " o1Z3 4567 89ab cdef ", "OI23-4567-89AB-CDEF", "ol23‐4567–89AB—CDEF", "０１２３－４５６７ー８９ＡＢ−ｃｄｅｆ", "0123　4567　89AB　CDEF",
	} {
		want := Code("0123456789ABCDEF")
		if strings.Contains(s, "Z") {
			want = "01Z3456789ABCDEF"
		}
		if c, err := ParseCode(s); err != nil || !c.Is(want) {
			t.Errorf("%q: %q %v", s, c, err)
		}
	}
	for _, s := range []string{"", "0123-4567-89AB-CDE", "0123-4567-89AB-CDEFG", "U123-4567-89AB-CDEF", "0123.4567.89AB.CDEF", "あ123-4567-89AB-CDEF", strings.Repeat(" ", 60) + "0123-4567-89AB-CDEF"} {
		if c, err := ParseCode(s); err == nil || strings.Contains(err.Error(), "4567-89") {
			t.Errorf("%q: %q %v", s, c, err)
		}
	}
}

func FuzzParseCode(f *testing.F) {
	for _, s := range []string{"0123-4567-89AB-CDEF", "０１２３－４５６７ー８９ＡＢ−ｃｄｅｆ", "oil0 oil0 oil0 oil0", "-", "\xff"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		c, err := ParseCode(s)
		if (err == nil) != (len(c) == codeLength) {
			t.Fatalf("%q %v", c, err)
		}
		if err != nil {
			return
		}
		for _, again := range []string{c.String(), strings.ToLower(c.String()), string(c)} {
			if d, err := ParseCode(again); err != nil || !d.Is(c) {
				t.Fatalf("%q reads %q %v", again, d, err)
			}
		}
	})
}

func TestBounceToken(t *testing.T) {
	t.Parallel()
	token, err := BounceToken(key(3), "06h0fra4n765vta5eq121bjgm0.1")
	// Letters with this token are under way: it must never change.
	if err != nil || token != "06h0fra4n765vta5eq121bjgm0.1xr4meyqfgkm22s35" {
		t.Fatal(token, err)
	}
	for _, s := range []string{token, strings.ToUpper(token)} {
		detail, ok := mail.Detail("bounce@shop.example", mail.WithDetail("bounce@shop.example", s))
		if id, good := ReadBounceToken(key(3), detail); !ok || !good || id != "06h0fra4n765vta5eq121bjgm0.1" {
			t.Errorf("%s: %q", s, id)
		}
	}
	forged, _ := BounceToken(key(4), "06h0fra4n765vta5eq121bjgm0.1")
	for _, s := range []string{"", forged, "1" + token, token + "0", token[:codeLength], token[len(token)-codeLength:], strings.Replace(token, "06", "07", 1)} {
		if id, ok := ReadBounceToken(key(3), s); ok {
			t.Errorf("%s is taken for %q", s, id)
		}
	}
	for _, id := range []string{"", "A", "a b", "a@b", "a+b", "a..b", ".a", strings.Repeat("a", 41), "あ"} {
		if a, err := BounceToken(key(3), id); err == nil {
			t.Errorf("%q: %s", id, a)
		}
	}
	if _, err := BounceToken(nil, "a"); err == nil {
		t.Error("made without a key")
	}
	if _, ok := ReadBounceToken(nil, token); ok {
		t.Error("read without a key")
	}
}

// TestBounceTokenReadBack: what was made is read, and one changed character is
// not.
func TestBounceTokenReadBack(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		id := rapid.StringMatching(`[0-9a-z][0-9a-z-]{0,30}(\.[0-9])?`).Draw(t, "id")
		token, err := BounceToken(key(3), id)
		if err != nil {
			t.Fatal(err)
		}
		if got, ok := ReadBounceToken(key(3), token); !ok || got != id {
			t.Fatalf("%s: %q", token, got)
		}
		i := rapid.IntRange(0, len(token)-1).Draw(t, "at")
		changed := token[:i] + rapid.StringMatching(`[0-9a-z]`).Draw(t, "other") + token[i+1:]
		if got, ok := ReadBounceToken(key(3), changed); ok && changed != token {
			t.Fatalf("%s is taken for %q", changed, got)
		}
	})
}

func FuzzReadBounceToken(f *testing.F) {
	token, _ := BounceToken(key(3), "letter-1")
	for _, s := range []string{token, strings.ToUpper(token), "", "letter-1", "\xff0123456789abcdef"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		id, ok := ReadBounceToken(key(3), s)
		if !ok {
			return
		}
		if token, err := BounceToken(key(3), id); err != nil || token != strings.ToLower(s) {
			t.Fatalf("%q was never made: %q %v", s, token, err)
		}
	})
}
