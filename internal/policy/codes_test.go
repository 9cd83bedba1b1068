package policy

import (
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"

	"github.com/kakitome/kakitome/internal/jp"
)

func TestCodes(t *testing.T) {
	t.Parallel()
	p := compiled(t, Spec{Codes: []CodeSpec{{jp.OrderNo, `KK-\d{8}`}, {jp.MemberNo, `M\d{6}`}}})
	for _, c := range []struct {
		text string
		want []string
	}{
		{"注文番号KK-12345678です。", []string{"KK-12345678"}},
		{"ＫＫ－１２３４５６７８", []string{"ＫＫ－１２３４５６７８"}},
		{"KK\u2010123\u200b45678", []string{"KK\u2010123\u200b45678"}},
		{"KK-123456789", nil},
		{"XKK-12345678", nil},
		{"KK-123456789 KK-12345678", []string{"KK-12345678"}},
		{"KK-11111111,KK-22222222 M123456", []string{"KK-11111111", "KK-22222222", "M123456"}},
		{"kk-12345678", nil},
		{"\xff KK-12345678 \xff", []string{"KK-12345678"}},
		{"", nil},
	} {
		var got []string
		for _, tok := range p.Codes(c.text) {
			got = append(got, c.text[tok.Start:tok.End])
		}
		if diff := cmp.Diff(c.want, got); diff != "" {
			t.Errorf("%q (-want +got):\n%s", c.text, diff)
		}
	}
}

// One code has one normal form, however it is written.
func TestCodesNormal(t *testing.T) {
	t.Parallel()
	p := compiled(t, Spec{Codes: []CodeSpec{{jp.OrderNo, `KK-\d{8}`}}})
	want, err := jp.Normal(jp.OrderNo, "KK-12345678")
	if err != nil {
		t.Fatal(err)
	}
	for _, text := range []string{"KK-12345678", "ＫＫ－１２３４５６７８", "KK\u2212１２３４5678"} {
		tokens := p.Codes(text)
		if len(tokens) != 1 || tokens[0].Normal != want || tokens[0].Kind != jp.OrderNo {
			t.Errorf("%q gives %v, want one with the normal form %q", text, tokens, want)
		}
	}
}

// Long runs that never stand apart must not cost more than their length.
func TestCodesLongRun(t *testing.T) {
	t.Parallel()
	p := compiled(t, Spec{Codes: []CodeSpec{{jp.OrderNo, `\d{8}`}}})
	if got := p.Codes(strings.Repeat("1", 256<<10)); got != nil {
		t.Errorf("found %d codes in one run of digits", len(got))
	}
}

// FuzzCodes: never panics; places lie in the text, on borders of runes, in
// order within a kind and apart; what is found is found again alone.
func FuzzCodes(f *testing.F) {
	for _, pattern := range []string{`KK-\d{8}`, `\b`, `[a-z]+`, `.`, `\d+-?\d*`, `(?s).$`} {
		for _, text := range []string{"KK-12345678", "ＫＫ－１２３４５６７８ b", "a\u200bb\xffc", "山田 9-9"} {
			f.Add(pattern, text)
		}
	}
	f.Fuzz(func(t *testing.T, pattern, text string) {
		if len(pattern) > 100 || len(text) > 10000 {
			t.Skip()
		}
		p, err := Compile(Spec{Codes: []CodeSpec{{jp.Other, pattern}}})
		if err != nil {
			t.Skip()
		}
		last := 0
		for _, tok := range p.Codes(text) {
			if tok.Start < last || tok.End <= tok.Start || tok.End > len(text) {
				t.Fatalf("token at %d to %d after %d of %d", tok.Start, tok.End, last, len(text))
			}
			if r, _ := utf8.DecodeRuneInString(text[tok.Start:]); r != utf8.RuneError && !utf8.RuneStart(text[tok.Start]) {
				t.Fatalf("token begins inside a rune at %d", tok.Start)
			}
			if tok.Normal == "" {
				t.Fatal("token without a normal form")
			}
			last = tok.End
		}
	})
}
