package people

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/kakitome/kakitome/internal/jp"
)

func TestSamePeopleForTheSameSeed(t *testing.T) {
	t.Parallel()
	a, b, other := New(7), New(7), New(8)
	differ := 0
	for i := range 1000 {
		if diff := cmp.Diff(a.At(i), b.At(i)); diff != "" {
			t.Fatalf("person %d (-one +other):\n%s", i, diff)
		}
		if a.At(i) != other.At(i) {
			differ++
		}
	}
	if differ < 990 {
		t.Errorf("another seed gives the same people: only %d of 1000 differ", differ)
	}
}

// TestValuesAreWellFormed holds every value to the folding of the roster.
func TestValuesAreWellFormed(t *testing.T) {
	t.Parallel()
	all := New(1)
	for i := range 3000 {
		p := all.At(i)
		for kind, value := range map[jp.Kind]string{
			jp.Name: p.Name(), jp.NameKana: p.Kana(), jp.NameLatin: p.Latin(), jp.PostalCode: p.PostalCode,
			jp.Address: p.Address(), jp.Email: p.Email, jp.Birthday: p.Birthday.Format("2006-01-02"),
		} {
			if _, err := jp.Normal(kind, value); err != nil {
				t.Errorf("person %d: %q is no %s: %v", i, value, kind, err)
			}
		}
		if n, err := jp.Normal(jp.Phone, p.Mobile); err != nil || jp.ClassOfPhone(n) != jp.Mobile {
			t.Errorf("person %d: %q is no mobile number: %v", i, p.Mobile, err)
		}
		if n, err := jp.Normal(jp.Phone, p.Landline); p.Landline != "" && (err != nil || jp.ClassOfPhone(n) != jp.Landline) {
			t.Errorf("person %d: %q is no landline: %v", i, p.Landline, err)
		}
		if !strings.Contains(p.Email[strings.IndexByte(p.Email, '@'):], "example") && !strings.HasSuffix(p.Email, ".example") {
			t.Errorf("person %d: %q is at no example domain", i, p.Email)
		}
	}
}

func TestOwnValuesAreUnique(t *testing.T) {
	t.Parallel()
	all, mobiles, emails := New(3), map[string]int{}, map[string]int{}
	for i := range 100_000 {
		p := all.At(i)
		if j, taken := mobiles[p.Mobile]; taken {
			t.Fatalf("%d and %d share the mobile number %s", j, i, p.Mobile)
		}
		if j, taken := emails[p.Email]; taken {
			t.Fatalf("%d and %d share the address %s", j, i, p.Email)
		}
		mobiles[p.Mobile], emails[p.Email] = i, i
	}
}

// TestPeopleLiveTogether: households share what a household shares, and common
// names are common.
func TestPeopleLiveTogether(t *testing.T) {
	t.Parallel()
	all := New(5)
	const n = 20_000
	homes, names, families := map[string]int{}, map[string]int{}, map[string]int{}
	for i := range n {
		p := all.At(i)
		homes[p.Address()]++
		names[p.Name()]++
		families[p.Family]++
		if i == 0 || i%blockSize == 0 {
			continue
		}
		q := all.At(i - 1)
		if q.Address() == p.Address() && q.Name() == p.Name() {
			t.Errorf("%d and %d live at %s and are both %s", i-1, i, p.Address(), p.Name())
		}
		if q.Address() == p.Address() && (q.Landline != p.Landline || q.PostalCode != p.PostalCode) {
			t.Errorf("%d and %d share the address %s but not the landline or postal code", i-1, i, p.Address())
		}
	}
	if len(homes) < n*5/10 || len(homes) > n*8/10 {
		t.Errorf("%d people live at %d addresses", n, len(homes))
	}
	if len(names) > n*9/10 || len(names) < n*5/10 {
		t.Errorf("%d people bear %d names: there are not as many namesakes as there should be", n, len(names))
	}
	if families["佐藤"] < 5*families["五十嵐"] || families["髙橋"] == 0 || families["Smith"] == 0 {
		t.Errorf("frequencies are off: 佐藤 %d, 五十嵐 %d, 髙橋 %d, Smith %d", families["佐藤"], families["五十嵐"], families["髙橋"], families["Smith"])
	}
}

func BenchmarkAt(b *testing.B) {
	all := New(1)
	for i := 0; b.Loop(); i++ {
		_ = all.At(i % Most)
	}
}

// TestNeighboursShareAHouse: some houses have many flats, each with people of
// one household.
func TestNeighboursShareAHouse(t *testing.T) {
	t.Parallel()
	all := New(5)
	flats := map[string]map[string]bool{}
	for i := range 20_000 {
		p := all.At(i)
		house := p.Prefecture + p.Town + p.House
		if flats[house] == nil {
			flats[house] = map[string]bool{}
		}
		flats[house][p.Building] = true
	}
	towers := 0
	for _, f := range flats {
		if len(f) > 20 {
			towers++
		}
	}
	if towers < 3 || towers > 50 {
		t.Errorf("%d houses have more than 20 flats", towers)
	}
}

func TestLatin(t *testing.T) {
	t.Parallel()
	for kana, want := range map[string]string{
		"サトウ": "Sato", "オオクボ": "Okubo", "ショウタ": "Shota", "ジュンイチ": "Junichi", "ハットリ": "Hattori", "ホンマ": "Homma", "イイダ": "Iida",
		"ユウコ": "Yuko", "コウノ": "Kono", "ケンタロウ": "Kentaro", "チョウソカベ": "Chosokabe", "キョウコ": "Kyoko", "マッチ": "Matchi",
	} {
		if got := latin(kana); got != want {
			t.Errorf("latin(%s) = %s, want %s", kana, got, want)
		}
	}
}
