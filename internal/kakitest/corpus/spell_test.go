package corpus

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/kakitome/kakitome/internal/jp"
)

// TestSpellingsFoldToOne: however the corpus spells a value, it is the one the
// roster has, by itself and in a text.
func TestSpellingsFoldToOne(t *testing.T) {
	t.Parallel()
	s := storyOf(5)
	for i := range 4000 {
		c := s.shop.Customer(i)
		for _, v := range []struct {
			kind              jp.Kind
			declared, spelled string
		}{
			{jp.Name, c.Name(), s.name(&c)}, {jp.NameKana, c.Kana(), s.kana(&c)}, {jp.NameLatin, c.Latin(), s.latin(&c)},
			{jp.Phone, c.Mobile, s.mobile(&c)}, {jp.Address, c.Address(), s.address(&c)}, {jp.Address, c.Address(), strings.Join(s.addressLines(&c), "\n　")},
			{jp.Birthday, c.Birthday.Format(time.DateOnly), s.birthday(&c)}, {jp.PostalCode, c.PostalCode, s.postal(&c)},
		} {
			want, err := jp.Normal(v.kind, v.declared)
			if err != nil {
				t.Fatalf("%q is no %s: %v", v.declared, v.kind, err)
			}
			folded := jp.FoldText(v.spelled)
			if got, err := jp.Normal(v.kind, v.spelled); err != nil || got != want && !slices.Contains(jp.Forms(v.kind, v.declared), folded.String(0, folded.Len())) {
				t.Errorf("%s %q spelled %q folds to %q, not %q (%v)", v.kind, v.declared, v.spelled, got, want, err)
			}
			if !found(v.kind, v.declared, "お客様：\t"+v.spelled+"\n様、いつもご利用ありがとうございます。") {
				t.Errorf("%s %q is not found as %q", v.kind, v.declared, v.spelled)
			}
		}
	}
}

// found tells whether the gateway sees a declared value in a text.
func found(kind jp.Kind, declared, text string) bool {
	folded := jp.FoldText(text)
	normal, err := jp.Normal(kind, declared)
	if err != nil {
		return false
	}
	if slices.ContainsFunc(folded.Tokens(), func(tok jp.Token) bool { return tok.Kind == kind && tok.Normal == normal }) {
		return true
	}
	for _, form := range jp.Forms(kind, declared) {
		f := []rune(form)
		for i := 0; i+len(f) <= folded.Len(); i++ {
			if slices.Equal(folded.Runes[i:i+len(f)], f) && jp.Bounded(kind, folded, i, i+len(f)) {
				return true
			}
		}
	}
	return false
}
