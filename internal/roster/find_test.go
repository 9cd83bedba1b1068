package roster

import (
	"cmp"
	"fmt"
	"iter"
	"slices"
	"strings"
	"testing"

	gocmp "github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/kakitome/kakitome/internal/jp"
)

func hasher(t testing.TB) *Hasher {
	t.Helper()
	h, err := NewHasher([]byte("an example secret of 32 bytes ok"))
	if err != nil {
		t.Fatal(err)
	}
	return h
}

func hashAll(t testing.TB, h *Hasher, people ...Person) []Hashed {
	t.Helper()
	var all []Hashed
	for _, p := range people {
		hashed, errs := h.Hash(p)
		if len(errs) > 0 {
			t.Fatalf("person %s: %v", p.ID, errs)
		}
		all = append(all, hashed)
	}
	return all
}

func seq(all []Hashed) iter.Seq2[Hashed, error] {
	return func(yield func(Hashed, error) bool) {
		for _, h := range all {
			if !yield(h, nil) {
				return
			}
		}
	}
}

// index loads some people.
func index(t testing.TB, h *Hasher, people ...Person) *Index {
	t.Helper()
	x := NewIndex(h)
	if err := x.Load(1, seq(hashAll(t, h, people...))); err != nil {
		t.Fatal(err)
	}
	return x
}

func person(id string, values ...Value) Person { return Person{ID: id, Values: values} }

// found tells whether an identifier is found in a text.
func found(t testing.TB, h *Hasher, s *Snapshot, v Value, text string) bool {
	t.Helper()
	normal, err := jp.Normal(v.Kind, v.Value)
	if err != nil {
		t.Fatalf("%s: %v", v.Kind, err)
	}
	ident := h.Ident(v.Kind, normal)
	return slices.ContainsFunc(s.Find(jp.FoldText(text)), func(hit Hit) bool { return hit.Ident == ident })
}

func TestFindSpellings(t *testing.T) {
	t.Parallel()
	h := hasher(t)
	name, kana := Value{jp.Name, "髙橋 花子"}, Value{jp.NameKana, "タカハシ ハナコ"}
	latin, order := Value{jp.NameLatin, "Hanako Takahashi"}, Value{jp.OrderNo, "KK-12345678"}
	house, flat := Value{jp.Address, "東京都千代田区丸の内一丁目２番３号"}, Value{jp.Address, "東京都千代田区丸の内1-2-3-501"}
	s := index(t, h, person("1", name, kana, latin, order, house), person("2", flat)).Snapshot()
	for _, c := range []struct {
		value Value
		text  string
		want  bool
	}{
		{name, "高橋花子様", true},
		{name, "高橋　花子 様", true},
		{name, "高橋\u200b花子", true},
		{name, "高橋花", false},
		{kana, "ﾀｶﾊｼ ﾊﾅｺ 様", true},
		{kana, "たかはし はなこ", true},
		{latin, "Dear TAKAHASHI Hanako,", true},
		{latin, "hanako takahashi", true},
		{latin, "hanako takahashiya", false},
		{order, "注文番号：ＫＫ－１２３４５６７８", true},
		{order, "KK-123456789", false},
		{house, "千代田区丸の内1-2-3 に", true},
		{house, "千代田区丸の内1-2-34", false},
		{flat, "東京都千代田区丸の内1-2-3-501", true},
		{flat, "千代田区丸の内1丁目2番3号", false},
	} {
		if got := found(t, h, s, c.value, c.text); got != c.want {
			t.Errorf("%s in %q: %v, want %v", c.value.Value, c.text, got, c.want)
		}
	}
}

func TestLongestNameWins(t *testing.T) {
	t.Parallel()
	h := hasher(t)
	short, long := Value{jp.Name, "久保舞"}, Value{jp.Name, "大久保舞"}
	s := index(t, h, person("1", short), person("2", long)).Snapshot()
	for text, want := range map[string][2]bool{
		"大久保舞様":           {false, true},
		"久保舞様":            {true, false},
		"大久保舞様、久保舞様":      {true, true},
		"久保舞大久保舞":         {true, true},
		"小久保舞様 (久保舞 = x)": {true, false},
	} {
		got := [2]bool{found(t, h, s, short, text), found(t, h, s, long, text)}
		if got != want {
			t.Errorf("%q: %v, want %v", text, got, want)
		}
	}
}

// A name is one identifier in whichever column it was declared.
func TestNameInAnyColumn(t *testing.T) {
	t.Parallel()
	h := hasher(t)
	s := index(t, h, person("1", Value{jp.Name, "ヤマダ タロウ"}, Value{jp.NameKana, "ヤマダ タロウ"}), person("2", Value{jp.NameKana, "ヤマダ タロウ"})).Snapshot()
	hits := s.Find(jp.FoldText("ヤマダタロウ様"))
	if len(hits) != 1 || len(s.Owners(hits[0].Ident)) != 2 {
		t.Fatalf("hits %v", hits)
	}
}

// A short code is known but not searched for: it would be found in prices.
func TestShortCode(t *testing.T) {
	t.Parallel()
	h := hasher(t)
	s := index(t, h, person("1", Value{jp.MemberNo, "1234"}, Value{jp.OrderNo, "A12"}, Value{jp.Other, "123456"})).Snapshot()
	hits := s.Find(jp.FoldText("1234 円 A12 と 123456"))
	if len(hits) != 1 || hits[0].Kind != jp.Other {
		t.Errorf("hits %v", hits)
	}
	if len(s.Owners(h.Ident(jp.MemberNo, "1234"))) != 1 {
		t.Error("the member number is not known")
	}
}

func TestHashRefuses(t *testing.T) {
	t.Parallel()
	h := hasher(t)
	for name, p := range map[string]Person{
		"no id":       person("", Value{jp.Name, "見本太郎"}),
		"long id":     person(strings.Repeat("x", MaxID+1)),
		"line in id":  person("M\n1"),
		"one rune":    person("1", Value{jp.Name, "林"}),
		"too long":    person("1", Value{jp.Name, strings.Repeat("見本", 64)}),
		"attachment":  person("1", Value{jp.Attachment, "00112233445566778899aabbccddeeff"}),
		"no address":  person("1", Value{jp.Email, "secretvalue"}),
		"empty value": person("1", Value{jp.Name, " "}),
	} {
		hashed, errs := h.Hash(p)
		if len(errs) != 1 || len(hashed.Entries) != 0 || strings.Contains(errs[0].Error(), "secretvalue") {
			t.Errorf("%s: %d entries, %v", name, len(hashed.Entries), errs)
		}
	}
}

// Words for people and texts: few enough that they overlap often.
var (
	families = []string{"山田", "髙橋", "久保", "大久保", "佐々木", "斎藤", "林", "小林", "渡邉", "東"}
	givens   = []string{"太郎", "花子", "舞", "一", "一郎", "さくら", "ジョン", "久保"}
	towns    = []string{"東京都千代田区丸の内", "大阪府大阪市北区梅田", "津市桜橋", "神奈川県横浜市西区みなとみらい"}
	fillers  = []string{"様、", "のご注文は", " ", "\n", "で", "お届け先: ", "1,234円", "。", "（", "担当 "}
)

// people draws a roster with distinct ids.
func people(t *rapid.T) []Person {
	return rapid.SliceOfN(rapid.Custom(func(t *rapid.T) Person {
		var p Person
		pick := func(from []string, what string) string { return rapid.SampledFrom(from).Draw(t, what) }
		p.Values = append(p.Values, Value{jp.Name, pick(families, "family") + " " + pick(givens, "given")})
		if rapid.Bool().Draw(t, "address") {
			n := rapid.IntRange(1, 12)
			p.Values = append(p.Values, Value{jp.Address, fmt.Sprintf("%s%d-%d-%d", pick(towns, "town"), n.Draw(t, "a"), n.Draw(t, "b"), n.Draw(t, "c"))})
		}
		if rapid.Bool().Draw(t, "code") {
			p.Values = append(p.Values, Value{jp.OrderNo, fmt.Sprintf("KK-%08d", rapid.IntRange(0, 20).Draw(t, "code no"))})
		}
		if rapid.Bool().Draw(t, "mail") {
			p.Values = append(p.Values, Value{jp.Email, fmt.Sprintf("m%d@%s.example", rapid.IntRange(0, 9).Draw(t, "local"), rapid.SampledFrom([]string{"shop", "mail"}).Draw(t, "domain"))})
		}
		return p
	}), 0, 12).Draw(t, "people")
}

func numbered(list []Person) []Person {
	for i := range list {
		list[i].ID = fmt.Sprintf("M-%03d", i)
	}
	return list
}

// variants write a value in other ways that fold to the same.
func variant(t *rapid.T, v Value) string {
	s := v.Value
	switch rapid.IntRange(0, 3).Draw(t, "variant") {
	case 1: // full width
		s = strings.Map(func(r rune) rune {
			if r > ' ' && r <= '~' {
				return r + 0xFEE0
			}
			return r
		}, s)
	case 2: // invisible characters
		s = strings.Join(strings.Split(s, ""), "\u200b")
	case 3:
		if v.Kind == jp.Name {
			s = strings.NewReplacer("髙", "高", "渡邉", "渡邉", " ", "　").Replace(s)
		}
	}
	return s
}

// Every declared value is found where it stands, in whatever spelling, unless a
// longer name covers it; and never where its text does not stand.
func TestFindProperties(t *testing.T) {
	t.Parallel()
	h := hasher(t)
	rapid.Check(t, func(rt *rapid.T) {
		list := numbered(people(rt))
		x := index(t, h, list...)
		for _, p := range list {
			for _, v := range p.Values {
				if !v.Kind.TextMatched() {
					continue
				}
				text := "お客様: " + variant(rt, v) + " （確認）"
				if !found(t, h, x.Snapshot(), v, text) {
					rt.Fatalf("%s is not found in %q", v.Value, text)
				}
			}
		}
		if hits := x.Snapshot().Find(jp.FoldText("本日は晴天なり。商品番号 99999999、合計 1,234円。")); len(hits) > 0 {
			rt.Fatalf("found %v where nothing is", hits)
		}
	})
}

// naive finds what Find finds by looking up every substring, and drops what a
// longer name covers by comparing all hits with each other.
func naive(h *Hasher, people []Person, t jp.Text) []Hit {
	type spelling struct {
		class, form string
	}
	forms := map[spelling][]Hit{}
	for _, p := range people {
		for _, v := range p.Values {
			normal, list, err := read(v)
			if err != nil {
				continue
			}
			for _, f := range list {
				k := spelling{class(v.Kind), string(f)}
				forms[k] = append(forms[k], Hit{Ident: h.Ident(v.Kind, normal), Kind: v.Kind})
			}
		}
	}
	seen := map[Hit]bool{}
	var all []Hit
	for i := range t.Runes {
		for j := i + 2; j <= min(len(t.Runes), i+MaxForm); j++ {
			for _, c := range []string{"name", "address", "member_no", "order_no", "other"} {
				for _, hit := range forms[spelling{c, string(t.Runes[i:j])}] {
					hit.Start, hit.End = i, j
					if isName(hit.Kind) { // one identifier in whichever column
						hit.Kind = jp.Name
					}
					if jp.Bounded(hit.Kind, t, i, j) && !seen[hit] {
						seen[hit] = true
						all = append(all, hit)
					}
				}
			}
		}
	}
	var kept []Hit
	for _, a := range all {
		void := slices.ContainsFunc(all, func(b Hit) bool {
			inside := b.Start <= a.Start && a.End <= b.End && b.End-b.Start > a.End-a.Start
			return inside && (isName(a.Kind) && isName(b.Kind) || a.Ident == b.Ident)
		})
		if !void {
			kept = append(kept, a)
		}
	}
	return kept
}

func ordered(hits []Hit) []Hit {
	hits = slices.Clone(hits)
	for i := range hits {
		if isName(hits[i].Kind) {
			hits[i].Kind = jp.Name
		}
	}
	slices.SortFunc(hits, func(a, b Hit) int {
		return cmp.Or(cmp.Compare(a.Start, b.Start), cmp.Compare(a.End, b.End), compare(&a.Ident, &b.Ident))
	})
	return hits
}

func agree(t *testing.T, h *Hasher, s *Snapshot, people []Person, text string) {
	t.Helper()
	folded := jp.FoldText(text)
	want, got := ordered(naive(h, people, folded)), ordered(s.Find(folded))
	if diff := gocmp.Diff(want, got, gocmp.Transformer("nil", func(h []Hit) map[Hit]int {
		m := map[Hit]int{}
		for _, x := range h {
			m[x]++
		}
		return m
	})); diff != "" {
		t.Fatalf("in %q (-naive +Find):\n%s", text, diff)
	}
}

func TestFindAgreesWithNaive(t *testing.T) {
	t.Parallel()
	h := hasher(t)
	rapid.Check(t, func(rt *rapid.T) {
		list := numbered(people(rt))
		words := append(append(append(slices.Clone(families), givens...), towns...), fillers...)
		words = append(words, "KK-", "00000012", "1-2-3", "2", "-", "大", "県")
		for _, p := range list {
			for _, v := range p.Values {
				words = append(words, v.Value)
			}
		}
		text := strings.Join(rapid.SliceOfN(rapid.SampledFrom(words), 0, 30).Draw(rt, "text"), "")
		agree(t, h, index(t, h, list...).Snapshot(), list, text)
	})
}

// FuzzFind: agrees with looking up every substring, on any text and values.
func FuzzFind(f *testing.F) {
	f.Add("山田 太郎", "KK-12345678", "東京都千代田区丸の内1-2-3", "山田太郎様 KK-12345678 千代田区丸の内1丁目2番3号")
	f.Add("久保 舞", "大久保 舞", "津市桜橋1-2", "大久保舞さん、久保舞さん、三重県津市桜橋1-2")
	f.Add("aa", "aaa", "a a", "aaaa aa a a a")
	f.Add("Hanako Takahashi", "ﾀｶﾊｼ ﾊﾅｺ", "2-3", "takahashi hanako タカハシハナコ 1-2-3")
	h := hasher(f)
	f.Fuzz(func(t *testing.T, a, b, c, text string) {
		if len(text) > 600 || len(a)+len(b)+len(c) > 600 {
			t.Skip()
		}
		var list []Person
		for i, v := range []string{a, b, c} {
			for k := jp.Email; k <= jp.Other; k++ {
				if value := (Value{k, v}); k.TextMatched() {
					if _, _, err := read(value); err == nil {
						list = append(list, Person{ID: fmt.Sprint(i, k), Values: []Value{value}})
					}
				}
			}
		}
		x := NewIndex(h)
		all := hashAll(t, h, list...)
		half := len(all) / 2
		if err := x.Load(1, seq(all[:half])); err != nil {
			t.Fatal(err)
		}
		if err := x.Apply(2, all[half:], nil); err != nil {
			t.Fatal(err)
		}
		agree(t, h, x.Snapshot(), list, text)
	})
}
