package corpus

import (
	"bytes"
	"slices"
	"strings"
	"testing"

	"github.com/kakitome/kakitome/internal/jp"
	"github.com/kakitome/kakitome/internal/mail"
	"github.com/kakitome/kakitome/internal/policy"
)

func rightKinds() []*Kind {
	return slices.DeleteFunc(Kinds(), func(k *Kind) bool { return k.Class != "" })
}

func TestRightKindsSayWhatTheyAre(t *testing.T) {
	t.Parallel()
	seen := map[string]bool{}
	for _, k := range rightKinds() {
		if seen[k.Name] {
			t.Errorf("two kinds are named %s", k.Name)
		}
		seen[k.Name] = true
		if k.Weight < 1 || !strings.HasSuffix(k.Says, ".") || k.SaysJa == "" || k.Tell == nil || k.Reach != 0 || k.Cases != "" {
			t.Errorf("%s does not say what it is", k.Name)
		}
	}
	if len(seen) < 100 {
		t.Errorf("only %d kinds of right mail", len(seen))
	}
}

// TestRightStories tells a story of every right kind and reads its mails.
func TestRightStories(t *testing.T) {
	t.Parallel()
	shop, again := New(Options{Seed: 6, People: 3000}), New(Options{Seed: 6, People: 3000})
	for _, k := range rightKinds() {
		t.Run(k.Name, func(t *testing.T) {
			t.Parallel()
			for story := range 3 {
				mails, same := shop.tell(k, story, begin()), again.tell(k, story, begin())
				if len(mails) == 0 {
					t.Fatal("nothing is sent")
				}
				for i, m := range mails {
					mustBeRight(t, &m)
					if i >= len(same) || !bytes.Equal(m.Raw, same[i].Raw) || !slices.Equal(m.Truth, same[i].Truth) || !m.At.Equal(same[i].At) {
						t.Fatal("the same seed tells another story")
					}
				}
			}
		})
	}
}

func mustBeRight(t *testing.T, m *Mail) {
	t.Helper()
	if len(m.Truth) == 0 || len(m.Truth) != len(m.Envelope.Recipients) {
		t.Fatalf("%d truths for %d recipients", len(m.Truth), len(m.Envelope.Recipients))
	}
	for i, truth := range m.Truth {
		if truth != Right && truth != Undecidable {
			t.Errorf("recipient %d: %s in a right mail", i, truth)
		}
	}
	err := mail.Parse(m.Raw, mail.Limits{}).Walk(func(p *mail.Part, _ []int) error {
		for _, f := range p.Faults {
			if f.Unreadable() || f.Kind != mail.Relabelled {
				t.Errorf("%v in\n%s", f, m.Raw)
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

// TestRightIsAllKinds: one long stream has all kinds, in the order of time, and
// is the same for the same seed.
func TestRightIsAllKinds(t *testing.T) {
	t.Parallel()
	told := map[string]int{}
	var last Mail
	n := 0
	shop, again := New(Options{Seed: 1, People: 3000}), New(Options{Seed: 1, People: 3000})
	var first [][]byte
	for m := range shop.Right(6000) {
		if m.At.Before(last.At) {
			t.Fatalf("%s at %s comes after %s", m.Kind.Name, m.At, last.At)
		}
		told[m.Kind.Name]++
		if last, n = m, n+1; n <= 100 {
			first = append(first, m.Raw)
		}
	}
	if n < 6000 {
		t.Errorf("only %d mails", n)
	}
	for _, k := range rightKinds() {
		if told[k.Name] == 0 {
			t.Errorf("no mail of %s", k.Name)
		}
	}
	n = 0
	for m := range again.Right(100) {
		if n < 100 && !bytes.Equal(m.Raw, first[n]) {
			t.Fatalf("mail %d is another", n)
		}
		n++
	}
}

func TestShopsPolicyCompiles(t *testing.T) {
	t.Parallel()
	if _, err := policy.Compile(New(Options{Seed: 1, People: 3000}).Policy()); err != nil {
		t.Error(err)
	}
}

func BenchmarkRight(b *testing.B) {
	for m := range New(Options{Seed: 1}).Right(b.N) {
		b.SetBytes(int64(len(m.Raw)))
	}
}

// TestNoCanaryInRightMail: nobody who does not exist is in right mail, as
// recipient or in the text.
func TestNoCanaryInRightMail(t *testing.T) {
	t.Parallel()
	shop := New(Options{Seed: 2, People: 10_000})
	canary := map[string]bool{}
	for i := range 10_000 {
		if c := shop.Customer(i); c.role == roleCanary {
			for kind, value := range map[jp.Kind]string{jp.Email: c.Email, jp.Phone: c.Mobile} {
				n, err := jp.Normal(kind, value)
				if err != nil {
					t.Fatal(err)
				}
				canary[n] = true
			}
		}
	}
	if len(canary) == 0 {
		t.Fatal("the roster has no canary")
	}
	for m := range shop.Right(3000) {
		_, tokens, _ := readable(m.Raw)
		for _, r := range m.Envelope.Recipients {
			tokens[r.Address] = true
		}
		for value := range tokens {
			if canary[value] {
				t.Errorf("a canary is in a mail of %s", m.Kind.Name)
			}
		}
	}
}
