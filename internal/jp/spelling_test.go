package jp_test

import (
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/kakitome/kakitome/internal/jp"
)

// spellingCase is one line of a file of spellings, with the first of its group.
type spellingCase struct {
	kind           jp.Kind
	declared, text string
	mark           byte // 0; ! another value; ? found in no text; ~ found in text, but declared another value
}

// spellings reads a file of groups parted by empty lines; the first says what
// the marks mean.
func spellings(t *testing.T, file string) []spellingCase {
	t.Helper()
	raw, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	var cases []spellingCase
	unescape := strings.NewReplacer(`\n`, "\n", `\t`, "\t")
	for _, group := range strings.Split(strings.TrimSpace(string(raw)), "\n\n")[1:] {
		first, lines, _ := strings.Cut(group, "\n")
		name, declared, _ := strings.Cut(first, ": ")
		kind, ok := jp.ParseKind(name)
		if !ok {
			kind, declared = jp.Address, first
		}
		for l := range strings.SplitSeq(lines, "\n") {
			c := spellingCase{kind: kind, declared: unescape.Replace(declared), text: unescape.Replace(l)}
			if strings.IndexByte("!?~", l[0]) >= 0 {
				c.mark, c.text = l[0], c.text[1:]
			}
			cases = append(cases, c)
		}
	}
	return cases
}

// known tells whether a declared value is found in a text as the product does
// it: by one of its spellings, or as what is recognised by shape.
func known(k jp.Kind, value, text string) bool {
	normal, err := jp.Normal(k, value)
	if err != nil {
		return false
	}
	return found(k, value, text) || slices.ContainsFunc(jp.Tokens(text), func(tok jp.Token) bool {
		house, _ := jp.SplitAddress(tok.Normal)
		return tok.Kind == k && (tok.Normal == normal || k == jp.Address && house == normal)
	})
}

func TestSpellings(t *testing.T) {
	t.Parallel()
	for _, file := range []string{"testdata/addresses.txt", "testdata/names.txt"} {
		for _, c := range spellings(t, file) {
			c.check(t)
		}
	}
}

func (c spellingCase) check(t *testing.T) {
	t.Helper()
	want, err := jp.Normal(c.kind, c.declared)
	got, err2 := jp.Normal(c.kind, c.text)
	if err != nil || err2 != nil {
		t.Errorf("%q, %q: %v, %v", c.declared, c.text, err, err2)
	}
	if same := got == want; same == (c.mark == '!' || c.mark == '~') {
		t.Errorf("%q folds to %q, %q to %q", c.declared, want, c.text, got)
	}
	for _, pair := range [][2]string{{c.declared, c.text}, {c.text, c.declared}} {
		text := fmt.Sprintf("お届け先\n%s\n三田一郎 様\n", pair[1])
		if known(c.kind, pair[0], text) != (c.mark == 0 || c.mark == '~') && c.mark != '?' {
			t.Errorf("%s %q in %q: want %v (forms %q, text %q, tokens %q)", c.kind, pair[0], text, c.mark != '!', jp.Forms(c.kind, pair[0]), foldString(text), tokens(text))
		}
		if c.mark == '~' {
			break
		}
	}
}
