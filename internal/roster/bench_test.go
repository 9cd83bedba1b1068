package roster

import (
	"fmt"
	"strings"
	"testing"

	"github.com/kakitome/kakitome/internal/jp"
)

// crowd makes n fictitious people of six identifiers each.
func crowd(n int) []Person {
	kanji := []rune("佐藤鈴木高橋田中伊渡辺山本村林加吉野大川島井上清水森池橋石長谷近坂遠青岡太郎花子一美恵真由健直正和幸")
	kana := []rune("アイウエオカキクケコサシスセソタチツテトナニヌネノハヒフヘホマミムメモヤユヨラリルレロワン")
	towns := []string{"東京都例示区見本町", "大阪府大阪市北区見本", "神奈川県例示市中央区本町", "福岡県見本市東区", "北海道例示市北一条西", "愛知県見本市中区栄"}
	at := func(from []rune, seed *uint64, k int) string {
		var b strings.Builder
		for range k {
			*seed = *seed*6364136223846793005 + 1442695040888963407
			b.WriteRune(from[*seed>>33%uint64(len(from))])
		}
		return b.String()
	}
	list := make([]Person, n)
	seed := uint64(1)
	for i := range list {
		list[i] = Person{ID: fmt.Sprintf("M-%07d", i), Values: []Value{
			{jp.Email, fmt.Sprintf("member%d@mail.example", i)},
			{jp.Phone, fmt.Sprintf("090-%04d-%04d", i/10000%10000, i%10000)},
			{jp.Name, at(kanji, &seed, 2) + " " + at(kanji, &seed, 2)},
			{jp.NameKana, at(kana, &seed, 4) + " " + at(kana, &seed, 3)},
			{jp.Address, fmt.Sprintf("%s%d-%d-%d", towns[i%len(towns)], i/3000%40+1, i/60%50+1, i%60+1)},
			{jp.MemberNo, fmt.Sprintf("M%07d", i)},
		}}
	}
	return list
}

// mailText is a mail of about 2,000 runes with the data of two people.
func mailText(a, b Person) string {
	var s strings.Builder
	for s.Len() < 5600 {
		s.WriteString("このたびは例示商店をご利用いただき、誠にありがとうございます。ご注文の品は本日発送いたしました。\n")
	}
	for _, p := range []Person{a, b} {
		for _, v := range p.Values {
			s.WriteString(v.Value + "\n")
		}
	}
	return s.String()
}

func BenchmarkRoster(b *testing.B) {
	for _, n := range []int{200_000, 1_000_000} {
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			if n > 200_000 && testing.Short() {
				b.Skip("large")
			}
			h := hasher(b)
			people := crowd(n)
			all := hashAll(b, h, people...)
			text := jp.FoldText(mailText(people[7], people[n/2]))
			x := NewIndex(h)
			b.Run("load", func(b *testing.B) {
				for b.Loop() {
					if err := x.Load(1, seq(all)); err != nil {
						b.Fatal(err)
					}
				}
			})
			if x.Snapshot().People() == 0 {
				if err := x.Load(1, seq(all)); err != nil {
					b.Fatal(err)
				}
			}
			b.Run("find", func(b *testing.B) {
				s := x.Snapshot()
				b.ReportMetric(float64(len(text.Runes)), "runes")
				b.ReportMetric(float64(len(s.Find(text))), "hits")
				for b.Loop() {
					s.Find(text)
				}
			})
			b.Run("owners", func(b *testing.B) {
				s, ident := x.Snapshot(), h.Recipient("member7@mail.example")
				for b.Loop() {
					s.Owners(ident)
				}
			})
			b.Run("apply", func(b *testing.B) {
				v := int64(1)
				for b.Loop() {
					v++
					if err := x.Apply(v, all[int(v)%n:int(v)%n+1], nil); err != nil {
						b.Fatal(err)
					}
				}
			})
		})
	}
}

func BenchmarkHash(b *testing.B) {
	h, people := hasher(b), crowd(100)
	for i := 0; b.Loop(); i++ {
		h.Hash(people[i%len(people)])
	}
}

func BenchmarkIdent(b *testing.B) {
	h := hasher(b)
	b.ReportAllocs()
	for b.Loop() {
		h.Ident(jp.Name, "見本太郎")
	}
}
