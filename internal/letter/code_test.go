package letter

import (
	"strings"
	"testing"

	"pgregory.net/rapid"
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

func bounces() Bounces {
	return Bounces{Key: key(3), Prefix: "bounce", Separator: "+", Domain: "bounce.shop.example"}
}

func TestBounces(t *testing.T) {
	t.Parallel()
	b := bounces()
	addr, err := b.Address("06h0fra4n765vta5eq121bjgm0.1")
	if err != nil || addr != "bounce+06h0fra4n765vta5eq121bjgm0.13sbb3wkt86bgnc90@bounce.shop.example" {
		t.Fatal(addr, err)
	}
	for _, s := range []string{addr, strings.ToUpper(addr), "<" + addr + ">"} {
		if id, ok := b.Parse(s); !ok || id != "06h0fra4n765vta5eq121bjgm0.1" {
			t.Errorf("%s: %q", s, id)
		}
	}
	elsewhere := b
	elsewhere.Domain = "bounce.other.example"
	stranger := b
	stranger.Key = key(4)
	forged, _ := stranger.Address("06h0fra4n765vta5eq121bjgm0.1")
	for _, s := range []string{
		"", "@", "bounce+@bounce.shop.example", "bounce@bounce.shop.example", forged, strings.Replace(addr, "+06", "+07", 1), strings.Replace(addr, "bounce.shop", "bounce.shap", 1),
		strings.Replace(addr, "+", "-", 1), "x" + addr, addr + "@x", strings.Replace(addr, "@", "0@", 1),
	} {
		if id, ok := b.Parse(s); ok {
			t.Errorf("%s is taken for %q", s, id)
		}
	}
	if _, ok := elsewhere.Parse(addr); ok {
		t.Error("another domain reads it")
	}
	for _, id := range []string{"", "A", "a b", "a@b", "a..b", ".a", strings.Repeat("a", 50), "あ"} {
		if a, err := b.Address(id); err == nil {
			t.Errorf("%q: %s", id, a)
		}
	}
	b.Key = nil
	if _, err := b.Address("a"); err == nil {
		t.Error("made without a key")
	}
	if _, ok := b.Parse(addr); ok {
		t.Error("read without a key")
	}
}

// TestBouncesReadBack: what was made is read, and one changed character is not.
func TestBouncesReadBack(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		b := bounces()
		b.Prefix, b.Separator = rapid.SampledFrom([]string{"b", "bounce", "Kakitome"}).Draw(t, "prefix"), rapid.SampledFrom([]string{"+", "-", "=", "."}).Draw(t, "separator")
		id := rapid.StringMatching(`[0-9a-z][0-9a-z-]{0,25}(\.[0-9])?`).Draw(t, "id")
		addr, err := b.Address(id)
		if err != nil {
			t.Fatal(err)
		}
		if got, ok := b.Parse(addr); !ok || got != id {
			t.Fatalf("%s: %q", addr, got)
		}
		local, _, _ := strings.Cut(addr, "@")
		i := rapid.IntRange(0, len(local)-1).Draw(t, "at")
		other := rapid.StringMatching(`[0-9a-z]`).Draw(t, "other")
		if changed := addr[:i] + other + addr[i+1:]; !strings.EqualFold(changed, addr) {
			if got, ok := b.Parse(changed); ok {
				t.Fatalf("%s is taken for %q", changed, got)
			}
		}
	})
}

func FuzzBounces(f *testing.F) {
	addr, _ := bounces().Address("letter-1")
	for _, s := range []string{addr, strings.ToUpper(addr), "bounce+@bounce.shop.example", "", "@", "\xff@bounce.shop.example"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		b := bounces()
		id, ok := b.Parse(s)
		if !ok {
			return
		}
		if addr, err := b.Address(id); err != nil || !strings.EqualFold(addr, strings.Trim(s, "<> ")) {
			t.Fatalf("%q was never made: %q %v", s, addr, err)
		}
	})
}
