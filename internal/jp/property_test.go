package jp_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
	"pgregory.net/rapid"

	"github.com/kakitome/kakitome/internal/jp"
)

var seedTexts = []string{
	"山田　太郎様 (ﾔﾏﾀﾞ ﾀﾛｳ) taro@example.jp 090-1234-5678",
	"〒100-0005 東京都千代田区丸の内一丁目２番３号 サンハイツ501号室\nS55.1.2",
	"https://shop.example/r/aB3dE5gH7jK9mN1p?m=taro%40example.jp",
	"髙橋\U000E0100﨑 佐々木 みすゞ ハ゜ カ\u3099 ｶﾞ Ｊｅａｎ－Ｐａｕｌ O'Neill Café ㍼㈱①²",
	"一二三 十百千 一の二の三 三番町 1-2-3 4 5 北一条 一-2-3 昭和六十三年十二月三十一日",
	"taro@例え.jp +81(0)3-1234-5678 ¥1,234 KK-1234 1ー2ー3 コ-ポ\xff\xfe\x00\u00ad\u200b",
	"東京都渋谷区渋谷2-2 A棟101 大字 字 上ル 四ッ谷 霞ヶ関 丸ノ内 町字1番地の2 3号の4 5番-6",
	"> quoted\n> 090-12\n> 34-5678\r\n0901234\n5678\t03",
}

func checkFold(t interface{ Errorf(string, ...any) }, s string) {
	f := jp.FoldText(s)
	checkText(t, s, f)
	checkText(t, s, f.Joined())
}

func checkText(t interface{ Errorf(string, ...any) }, s string, f jp.Text) {
	if len(f.Pos) != len(f.Runes) || len(f.Gap) != len(f.Runes) {
		t.Errorf("lengths differ: %d runes, %d positions, %d gaps", len(f.Runes), len(f.Pos), len(f.Gap))
		return
	}
	last := int32(0)
	for i, p := range f.Pos {
		if p < last || int(p) >= len(s) {
			t.Errorf("position %d of rune %d after %d in %d bytes of %q", p, i, last, len(s), s)
		}
		last = p
		if start, end := f.Span(i, i+1); start >= end || end > len(s) {
			t.Errorf("span [%d, %d) in %d bytes", start, end, len(s))
		}
	}
	if f.String(0, f.Len()) != string(f.Runes) {
		t.Errorf("String differs from the runes")
	}
	for i := 0; i < f.Len() && i < 40; i++ {
		for k := jp.Email; k <= jp.Link; k++ {
			jp.Bounded(k, f, i, min(f.Len(), i+1+i%7))
		}
	}
}

func checkNormal(t interface{ Errorf(string, ...any) }, k jp.Kind, s string) {
	n, err := jp.Normal(k, s)
	if err != nil {
		return
	}
	if n == "" || !utf8.ValidString(n) {
		t.Errorf("Normal(%s, %q) = %q", k, s, n)
	}
	if again, err := jp.Normal(k, n); err != nil || again != n {
		t.Errorf("Normal(%s) of %q: %q, again %q, %v", k, s, n, again, err)
	}
	forms := jp.Forms(k, s)
	if k.TextMatched() && (len(forms) == 0 || forms[0] != n) {
		t.Errorf("Forms(%s, %q) = %q, want first %q", k, s, forms, n)
	}
	if house, room := jp.SplitAddress(n); k == jp.Address && !strings.HasPrefix(n, house) {
		t.Errorf("SplitAddress(%q) = %q, %q", n, house, room)
	}
}

func foldString(s string) string { return string(jp.FoldText(s).Runes) }

// Every code point folds to something that folds to itself, as do its canonical
// equivalents.
func TestEveryRuneFoldsOnce(t *testing.T) {
	t.Parallel()
	for r := rune(0); r <= utf8.MaxRune; r++ {
		if 0xD800 <= r && r < 0xE000 || 0x40000 <= r && r < 0xE0000 || r > 0xE1000 { // surrogates and empty planes
			continue
		}
		once := foldString(string(r))
		if twice := foldString(once); twice != once {
			t.Errorf("U+%04X folds to %q, then to %q", r, once, twice)
		}
		for _, form := range []norm.Form{norm.NFC, norm.NFD} {
			if same := form.String(string(r)); same != string(r) && foldString(same) != once {
				t.Errorf("U+%04X folds to %q, its equivalent %+q to %q", r, once, same, foldString(same))
			}
		}
	}
}

// NFKC is the oracle: what it says is one character folds as one. Numbers in
// circles, above and below the line and in fractions are left as they are: their
// digits would join those beside them. Accents that stand alone are typed for
// apostrophes, and the Korean ㅡ for a dash.
func TestCompatibleRunesFoldAlike(t *testing.T) {
	t.Parallel()
	for r := rune(0x80); r <= 0x2FA1F; r++ {
		plain := norm.NFKC.String(string(r))
		if 0xD800 <= r && r < 0xE000 || plain == string(r) || unicode.Is(unicode.No, r) || strings.ContainsRune("\u00b4\u1ffd\u3161", r) {
			continue
		}
		if got, want := foldString("京"+string(r)), foldString("京"+plain); got != want {
			t.Errorf("U+%04X folds to %q, but %+q to %q", r, got, plain, want)
		}
	}
}

func TestFoldingArbitraryText(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		s := anyText().Draw(t, "text")
		checkFold(t, s)
		checkTokens(t, s)
		if nfc, nfd := marked(jp.FoldText(norm.NFC.String(s))), marked(jp.FoldText(norm.NFD.String(s))); nfc != nfd {
			t.Errorf("%q folds to %q composed and to %q decomposed", s, nfc, nfd)
		}
		for k := jp.Kind(0); k <= jp.Link+1; k++ {
			checkNormal(t, k, s)
		}
	})
}

// anyText mixes arbitrary bytes with pieces that mean something to the folding.
func anyText() *rapid.Generator[string] {
	piece := rapid.OneOf(
		rapid.SampledFrom(strings.Split("丁目 番地 番 号 の - ー 一 二 十 百 3 12 090 1234 条 町 市 区 県 大字 字 ヶ ノ が ッ 棟 室 号室 a A F 階 . , ' ゛ ゜ ﾞ 々 ゞ ・ = @ 年 月 日 昭和 S 〒 + ( ) 山 田 東京都 千代田区 丸の内 京都府 府中市 %40 :// https:// タ た 様 殿 # > あ 第 ル 上", " ")),
		rapid.SampledFrom([]string{" ", "\n", "\t", "\u200b", "\u00ad", "\u3000", "\u3099", "\u0301", "\ufe0f", "\U000e0100", "\xff"}),
		rapid.StringN(0, 4, -1),
		rapid.Map(rapid.SliceOfN(rapid.Byte(), 0, 4), func(b []byte) string { return string(b) }),
	)
	return rapid.Map(rapid.SliceOfN(piece, 0, 24), func(p []string) string { return strings.Join(p, "") })
}

// A person's data in one of the many ways it is written.

const noise = "\u200b\u00ad\ufeff\u2060\ufe0e"

// disturb writes s with invisible characters between its runes.
func disturb(t *rapid.T, s string) string {
	var b strings.Builder
	for _, r := range s {
		b.WriteRune(r)
		if rapid.IntRange(0, 5).Draw(t, "noise") == 0 {
			b.WriteRune(rapid.SampledFrom([]rune(noise)).Draw(t, "invisible"))
		}
	}
	return b.String()
}

// widen writes some ASCII runes in full width.
func widen(t *rapid.T, s string) string {
	if !rapid.Bool().Draw(t, "wide") {
		return s
	}
	return strings.Map(func(r rune) rune {
		if 0x21 <= r && r <= 0x7e {
			return r + 0xFEE0
		}
		return r
	}, s)
}

func drawPhone(t *rapid.T) (a, b, c string) {
	return rapid.SampledFrom([]string{"090", "080", "070", "03", "06"}).Draw(t, "area"),
		fmt.Sprintf("%04d", rapid.IntRange(1000, 9999).Draw(t, "exchange")), fmt.Sprintf("%04d", rapid.IntRange(0, 9999).Draw(t, "number"))
}

func writePhone(t *rapid.T, a, b, c string) string {
	pattern := rapid.SampledFrom([]string{
		"%s-%s-%s", "%s(%s)%s", "(%s)%s-%s", "%s %s %s", "%s%s%s", "%s.%s.%s", "%s‐%s−%s", "%sー%sー%s", "%s - %s - %s", "%s－%s\n－%s",
	}).Draw(t, "pattern")
	if rapid.IntRange(0, 3).Draw(t, "international") == 0 {
		return widen(t, fmt.Sprintf(rapid.SampledFrom([]string{"+81 %s %s %s", "+81-%s-%s-%s", "+81(0)%s-%s-%s"}).Draw(t, "foreign"), a[1:], b, c))
	}
	return disturb(t, widen(t, fmt.Sprintf(pattern, a, b, c)))
}

func TestPhoneSpellings(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		a, b, c := drawPhone(t)
		s := writePhone(t, a, b, c)
		want := a + b + c
		if got, err := jp.Normal(jp.Phone, s); err != nil || got != want {
			t.Fatalf("Normal(%q) = %q, %v; want %q", s, got, err, want)
		}
		text := rapid.SampledFrom([]string{"電話%sです", "TEL: %s\nFAX: なし", "注文 KK-12345678 %s 様"}).Draw(t, "around")
		found := jp.Tokens(fmt.Sprintf(text, s))
		if !slices.ContainsFunc(found, func(k jp.Token) bool { return k.Kind == jp.Phone && k.Normal == want }) {
			t.Fatalf("%q is not found in %q: %v", want, fmt.Sprintf(text, s), found)
		}
		if o1, o2, o3 := drawPhone(t); o1+o2+o3 != want {
			if got, _ := jp.Normal(jp.Phone, writePhone(t, o1, o2, o3)); got == want {
				t.Fatalf("%s%s%s folds to %s", o1, o2, o3, want)
			}
		}
	})
}

type place struct {
	area  []string // its spellings; the first is in normal form
	house [3]int
	room  int
	wing  string
}

var areas = [][]string{
	{"東京都千代田区丸の内", "千代田区丸ノ内", "東京都 千代田区 丸之内"}, {"東京都港区六本木", "港区六本木"}, {"東京都港区三田"}, {"大阪府大阪市北区梅田", "大阪市北区梅田"},
	{"北海道札幌市中央区大通西", "札幌市中央区大通西"}, {"神奈川県横浜市中区山下町", "横浜市中区山下町"}, {"福岡県福岡市博多区博多駅前"}, {"茨城県つくば市天久保", "つくば市大字天久保"},
	{"東京都中央区八丁堀"}, {"東京都調布市つつじケ丘", "調布市つつじが丘", "東京都調布市つつじヶ丘"}, {"北海道札幌市中央区北1条西", "札幌市中央区北一条西", "北海道札幌市中央区北１条西"},
	{"東京都千代田区3番町", "千代田区三番町"}, {"京都府京都市中京区虎屋町", "京都市中京区烏丸通御池上る虎屋町", "京都市中京区烏丸通御池上ル虎屋町"},
	{"長野県軽井沢町軽井沢", "長野県北佐久郡軽井沢町大字軽井沢", "北佐久郡軽井沢町軽井沢"}, {"東京都港区麻布10番", "港区麻布十番"}, {"神奈川県横浜市港北区菊名", "横浜市港北区菊名"},
	{"沖縄県那覇市天久", "那覇市字天久"}, {"岩手県盛岡市玉山", "盛岡市玉山"},
}

func drawPlace(t *rapid.T) place {
	n := rapid.IntRange(1, 30)
	p := place{
		area: rapid.SampledFrom(areas).Draw(t, "area"), house: [3]int{n.Draw(t, "chome"), n.Draw(t, "ban"), n.Draw(t, "go")},
		room: rapid.SampledFrom([]int{0, 101, 203, 1205}).Draw(t, "room"),
	}
	if p.room > 0 {
		p.wing = rapid.SampledFrom([]string{"", "", "a", "b"}).Draw(t, "wing")
	}
	return p
}

// near changes one thing: a neighbour's house, another flat.
func (p place) near(t *rapid.T) place {
	switch k := rapid.IntRange(0, 4).Draw(t, "near"); {
	case k < 3:
		p.house[k] += rapid.SampledFrom([]int{1, 10, 100}).Draw(t, "by")
	case p.room > 0 && k == 3:
		p.wing += "c"
		p.wing = p.wing[len(p.wing)-1:]
	default:
		p.room++
		p.room = max(p.room, 102)
	}
	return p
}

func kanjiNumber(n int) string {
	digits := []rune("〇一二三四五六七八九")
	switch {
	case n < 10:
		return string(digits[n])
	case n < 20:
		return "十" + strings.Trim(string(digits[n%10]), "〇")
	default:
		return string(digits[n/10]) + "十" + strings.Trim(string(digits[n%10]), "〇")
	}
}

func (p place) write(t *rapid.T) string {
	number := func(n int) string { return widen(t, fmt.Sprint(n)) }
	if rapid.IntRange(0, 2).Draw(t, "kanji") == 0 && p.house[0] < 100 && p.house[1] < 100 && p.house[2] < 100 {
		number = kanjiNumber
	}
	pattern := rapid.SampledFrom([]string{
		"%s丁目%s番%s号", "%s丁目%s番地%s", "%s丁目%s-%s", "%s-%s-%s", "%s－%s－%s", "%s‐%s‐%s", "%s丁目%s番地の%s", "%sの%sの%s", "%s 丁目 %s番%s号", "%s−%s―%s", "%sノ%sノ%s", "%s丁目%s番の%s",
	}).Draw(t, "pattern")
	area := rapid.SampledFrom(p.area).Draw(t, "spelling of the area")
	s := area + rapid.SampledFrom([]string{"", " ", "　", "\n", "\t"}).Draw(t, "gap") + fmt.Sprintf(pattern, number(p.house[0]), number(p.house[1]), number(p.house[2]))
	if p.room > 0 {
		room := rapid.SampledFrom([]string{"-%s", " %s号室", "　サンハイツ%s号室", " サンハイツ %s", "\nコーポ緑%s", "（サンハイツ%s号室）", "\n建物名：サンハイツ%s号室", "\tコーポ緑 %s", "、サンハイツ%s号室 田中様方"}).Draw(t, "room")
		s += fmt.Sprintf(room, p.wing+fmt.Sprint(p.room))
	}
	return disturb(t, s)
}

func (p place) normal() string {
	s := fmt.Sprintf("%s%d-%d-%d", foldString(p.area[0]), p.house[0], p.house[1], p.house[2])
	if p.room > 0 {
		s += fmt.Sprintf("-%s%d", p.wing, p.room)
	}
	return s
}

func TestAddressSpellings(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		p := drawPlace(t)
		s := p.write(t)
		if got, err := jp.Normal(jp.Address, s); err != nil || got != p.normal() {
			t.Fatalf("Normal(%q) = %q, %v; want %q", s, got, err, p.normal())
		}
		text := rapid.SampledFrom([]string{"お届け先\n〒100-0005\n", "住所：", "送り主さくら商店、お届け先は", "1\t山田 太郎\t", "\"山田太郎\",\""}).Draw(t, "before") + p.write(t) +
			rapid.SampledFrom([]string{"\n三田一郎 様", "\n電話 090-1234-5678", "\nご注文 2点", "", "\t090-1234-5678\t3", "です。", "\",\"3\""}).Draw(t, "next")
		toks := jp.Tokens(text)
		k := slices.IndexFunc(toks, func(k jp.Token) bool { return k.Kind == jp.Address })
		if k < 0 || toks[k].Normal != p.normal() {
			t.Fatalf("%q is no token of %q: %v", p.normal(), text, toks)
		}
		if again, err := jp.Normal(jp.Address, text[toks[k].Start:toks[k].End]); !strings.Contains(text, "建物名") && (err != nil || again != p.normal()) {
			t.Fatalf("the token of %q stands at %q", p.normal(), text[toks[k].Start:toks[k].End])
		}
		house := p
		house.room = 0
		if !known(jp.Address, house.write(t), text) {
			t.Fatalf("house of %q is not found in %q (folded %q)", p.normal(), text, foldString(text))
		}
		for _, q := range []place{drawPlace(t), p.near(t)} {
			// A text that leaves the wing out may mean any of them.
			other := q.area[0] != p.area[0] || q.house != p.house || q.room > 0 && (q.room != p.room || q.wing != p.wing && p.wing != "")
			if other && known(jp.Address, q.write(t), text) {
				t.Fatalf("%q is found in %q", q.normal(), text)
			}
		}
	})
}

var (
	families = []string{"山田", "髙橋", "渡邊", "佐々木", "三田", "一ノ瀬", "五十嵐", "齋藤", "二宮", "小澤", "八木"}
	givens   = []string{"太郎", "一郎", "健三", "浩二", "一", "さくら", "ミキ", "八重", "龍之介", "三千代"}
	modern   = strings.NewReplacer("髙", "高", "邊", "辺", "ノ", "の", "齋", "斎", "澤", "沢")
)

func TestNameSpellings(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		family, given := rapid.SampledFrom(families).Draw(t, "family"), rapid.SampledFrom(givens).Draw(t, "given")
		space := rapid.SampledFrom([]string{"", " ", "　", "・", "\n", "\u2003"})
		write := func() string {
			f := family
			if rapid.Bool().Draw(t, "modern") {
				f = modern.Replace(f)
			}
			return disturb(t, f+space.Draw(t, "space")+given)
		}
		want, err := jp.Normal(jp.Name, family+given)
		if err != nil {
			t.Fatal(err)
		}
		s := write()
		if got, err := jp.Normal(jp.Name, s+rapid.SampledFrom([]string{"", "様", " 様", "　殿"}).Draw(t, "honorific")); err != nil || got != want {
			t.Fatalf("Normal(%q) = %q, %v; want %q", s, got, err, want)
		}
		before := rapid.SampledFrom([]string{"", "お名前：", "1丁目2番3号", "丸の内1-2-3 ", "090-1234-5678\n", "会員番号1234 ", "2番地", "12号室\n"}).Draw(t, "before")
		after := rapid.SampledFrom([]string{"", "様", " 様の3点", "の2点", "の三月分", "、", "\n1-2-3", " 090-1234-5678", "-090-1234-5678", " 番号 12", "さん"}).Draw(t, "after")
		if text := before + write() + after; !found(jp.Name, family+given, text) {
			t.Fatalf("%q is not found in %q (folded %q)", family+given, text, string(jp.FoldText(text).Runes))
		}
		f2, g2 := rapid.SampledFrom(families).Draw(t, "family 2"), rapid.SampledFrom(givens).Draw(t, "given 2")
		if got, _ := jp.Normal(jp.Name, f2+g2); got == want && f2+g2 != family+given {
			t.Fatalf("%q and %q fold to %q", f2+g2, family+given, got)
		}
	})
}

func FuzzFoldText(f *testing.F) {
	for _, s := range seedTexts {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) { checkFold(t, s) })
}

func FuzzTokens(f *testing.F) {
	for _, s := range seedTexts {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) { checkTokens(t, s) })
}

func FuzzNormal(f *testing.F) {
	for i, s := range seedTexts {
		f.Add(uint8(i), s)
	}
	for i, s := range []string{"Taro@Example.JP", "+81 (0)3-1234-5678", "山田 太郎 様", "ﾔﾏﾀﾞ", "Yamada, Taro", "〒100-0005", "東京都千代田区丸の内一丁目2番3号 A棟101", "昭和55年1月2日", "KK-1234"} {
		f.Add(uint8(i+1), s)
	}
	f.Fuzz(func(t *testing.T, k uint8, s string) { checkNormal(t, jp.Kind(k%14), s) })
}

func benchText() string {
	s := strings.Repeat("山田　太郎様\nいつもご利用ありがとうございます。ご注文 KK-12345678 を承りました。\nお届け先 〒100-0005 東京都千代田区丸の内一丁目２番３号 サンハイツ501号室\n電話 ０９０－１２３４－５６７８ taro@example.jp 合計 ¥12,345（税込）\n", 30)
	return string([]rune(s)[:2000])
}

func BenchmarkFoldText(b *testing.B) {
	s := benchText()
	b.SetBytes(int64(len(s)))
	for b.Loop() {
		jp.FoldText(s)
	}
}

func BenchmarkTokens(b *testing.B) {
	s := benchText()
	b.SetBytes(int64(len(s)))
	for b.Loop() {
		jp.Tokens(s)
	}
}

// A text costs milliseconds, whatever stands in it: these would
// take minutes if anything were read again from every position.
func TestHostileTextIsReadInLinearTime(t *testing.T) {
	t.Parallel()
	for _, piece := range []string{"1", "1 ", "1-", "一", "一-", "一の", "@", "a@", "a.", "://", "https://a/", "%40", "東京都", "東京都1", "市区町村1-", "(", "(0", "090-", "090 ", "0\n", "昭和", "S1.", "1年", "〒", "大字", "号", "丁目", "'a-", "ガ山", "\u3099", "ー1", ">\n", "々", "ビル1"} {
		s := strings.Repeat(piece, (1<<16)/len(piece))
		jp.FoldText(s)
		jp.Tokens(s)
	}
}
