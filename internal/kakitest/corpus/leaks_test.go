package corpus

import (
	"bytes"
	"fmt"
	"slices"
	"strings"
	"testing"
)

// wrongKinds are those of mail that goes wrong.
func wrongKinds() []*Kind {
	return slices.DeleteFunc(Kinds(), func(k *Kind) bool { return k.Class == "" })
}

func TestKindsSayWhatTheyAre(t *testing.T) {
	t.Parallel()
	seen := map[string]bool{}
	for _, k := range wrongKinds() {
		if seen[k.Name] {
			t.Errorf("two kinds are named %s", k.Name)
		}
		seen[k.Name] = true
		if k.Cases == "" || !strings.HasSuffix(k.Says, ".") || k.SaysJa == "" || k.Tell == nil {
			t.Errorf("%s does not say what it is", k.Name)
		}
		if (k.Reach < 0) != (k.Closes != "") {
			t.Errorf("%s: what cannot be seen says what closes it, and nothing else does", k.Name)
		}
		if !strings.HasPrefix(k.Name, strings.ToLower(k.Class)+"-") {
			t.Errorf("%s is of class %s", k.Name, k.Class)
		}
	}
	if len(seen) < 150 {
		t.Errorf("only %d kinds of wrong mail", len(seen))
	}
}

// bugReports are the 26 patterns of defects that incidents.md lists.
var bugReports = []string{
	"PHPMailer 1606", "PHPMailer 2369", "Laravel 56643", "Laravel 14172", "Laravel 9881", "laravel-failed-job-monitor 67", "nodemailer 265",
	"Shopp 3221", "magento-2-email-attachments 26", "Magento-SMTP-Pro-Email-Extension 188", "WP Mail Logging 191", "woo-custom-emails 15", "Mautic 11170",
	"SendGrid PHP 913", "SendGrid PHP 678", "SpaceDock 128", "Ultimate-Multisite 1195", "Mattermost 19668", "Odoo 9505", "laravel-mjml 21",
	"redis-py 2624", "Symfony 54169", "Discourse 14159", "Magento 27039", "Sailthru 8", "Cyclescape 873",
}

// TestEveryCaseHasAKind: each class, each of the 111 incidents and each of the
// 26 defects is told by a kind, or listed as what cannot be seen.
func TestEveryCaseHasAKind(t *testing.T) {
	t.Parallel()
	told := map[string]bool{}
	tell := func(cases string) {
		for c := range strings.SplitSeq(cases, ", ") {
			told[c] = true
		}
	}
	kinds := 0
	for _, c := range Classes() {
		if len(c.Kinds) == 0 || c.Says == "" || c.SaysJa == "" {
			t.Errorf("class %s is told by no kind", c.Code)
		}
		kinds += len(c.Kinds)
		for _, k := range c.Kinds {
			tell(k.Cases)
		}
		for _, u := range c.Unseen {
			tell(u.Cases)
		}
	}
	if kinds != len(wrongKinds()) {
		t.Errorf("the classes have %d kinds of %d", kinds, len(wrongKinds()))
	}
	for i := 1; i <= 111; i++ {
		if !told[fmt.Sprint(i)] {
			t.Errorf("nobody tells incident %d", i)
		}
	}
	for _, b := range bugReports {
		if !told[b] {
			t.Errorf("nobody tells %s", b)
		}
	}
}

// TestStoriesAreTheSame tells each story twice, by two shops.
func TestStoriesAreTheSame(t *testing.T) {
	t.Parallel()
	for _, k := range wrongKinds() {
		t.Run(k.Name, func(t *testing.T) {
			t.Parallel()
			a := New(Options{Seed: 5, People: 3000}).Wrong(k, 1)
			b := New(Options{Seed: 5, People: 3000}).Wrong(k, 1)
			if len(a) != len(b) {
				t.Fatalf("%d mails, then %d", len(a), len(b))
			}
			for i := range a {
				if !bytes.Equal(a[i].Raw, b[i].Raw) || !slices.Equal(a[i].Truth, b[i].Truth) || !a[i].At.Equal(b[i].At) {
					t.Fatalf("mail %d is another:\n%s\n---\n%s", i, a[i].Raw, b[i].Raw)
				}
			}
		})
	}
}

// TestStoriesGoWrong: in each story something goes wrong, every recipient has a
// truth, and what is bounded is bounded by its kind.
func TestStoriesGoWrong(t *testing.T) {
	t.Parallel()
	shop := New(Options{Seed: 6, People: 3000})
	for _, k := range wrongKinds() {
		var count [Undecidable + 1]int
		for _, m := range shop.Wrong(k, 1) {
			if len(m.Truth) == 0 || len(m.Truth) != len(m.Envelope.Recipients) {
				t.Fatalf("%s: %d truths for %d recipients", k.Name, len(m.Truth), len(m.Envelope.Recipients))
			}
			for _, truth := range m.Truth {
				count[truth]++
			}
		}
		bounded := count[Guest] + count[Mention]
		if count[Wrong]+bounded+count[Undecidable] == 0 {
			t.Errorf("%s: all is right", k.Name)
		}
		if bounded == 0 && k.Reach != 0 {
			t.Errorf("%s may reach %d, but has nothing that is bounded", k.Name, k.Reach)
		}
		if k.Reach > bounded {
			t.Errorf("%s may reach %d of %d, which is no bound", k.Name, k.Reach, bounded)
		}
	}
}
