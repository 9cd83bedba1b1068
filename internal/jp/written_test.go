package jp_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"unicode"

	"golang.org/x/text/unicode/norm"
	"pgregory.net/rapid"

	"github.com/kakitome/kakitome/internal/jp"
)

// datum is a value of a kind found by its shape.
type datum struct {
	kind   jp.Kind
	normal string
	write  func(*rapid.T) string // in one of its spellings
	other  func(*rapid.T) datum  // almost the same
}

func pick(t *rapid.T, label string, of ...string) string {
	return rapid.SampledFrom(of).Draw(t, label)
}

// misspell changes one digit of s.
func misspell(t *rapid.T, s string, from int) string {
	i := rapid.IntRange(from, len(s)-1).Draw(t, "at")
	return s[:i] + string('0'+(s[i]-'0'+byte(rapid.IntRange(1, 9).Draw(t, "by")))%10) + s[i+1:]
}

func drawPhone(t *rapid.T) datum {
	area := pick(t, "area", "090", "080", "070", "050", "03", "06", "042", "0426", "01267")
	rest := 10 - len(area)
	if area[2:] == "0" {
		rest = 8
	}
	return phoneDatum(area, fmt.Sprintf("%0*d", rest, rapid.IntRange(2*pow10(rest-1), pow10(rest)-1).Draw(t, "number")))
}

func pow10(n int) int {
	p := 1
	for range n {
		p *= 10
	}
	return p
}

func phoneDatum(area, rest string) datum {
	exchange, number := rest[:len(rest)-4], rest[len(rest)-4:]
	return datum{
		kind: jp.Phone, normal: area + rest,
		write: func(t *rapid.T) string {
			if rapid.IntRange(0, 3).Draw(t, "how") == 0 {
				abroad := pick(t, "abroad", "+81 %s %s %s", "+81-%s-%s-%s", "+81(0)%s-%s-%s", "+81 (0)%s %s %s", "+81%s%s%s", "0081-%s-%s-%s", "010-81-%s-%s-%s", "+81.%s.%s.%s")
				return disturb(t, widen(t, fmt.Sprintf(abroad, area[1:], exchange, number)))
			}
			joint := pick(t, "joint", "-", ".", "/", " ", "\u00a0", "ー", "ｰ", "－", "‐", "–", "−", "―", " - ", "・", "~", "〜", "_", "-\n", "\n-", "の", "　")
			s := pick(t, "shape", area+joint+exchange+joint+number, area+"("+exchange+")"+number, "("+area+")"+exchange+"-"+number, area+exchange+number, area+"-"+exchange+number)
			if rapid.IntRange(0, 5).Draw(t, "kanji") == 0 {
				s = inKanji.Replace(area + "－" + exchange + "－" + number)
			}
			return disturb(t, widen(t, s))
		},
		other: func(t *rapid.T) datum { return phoneDatum(area, rest[:1]+misspell(t, rest, 1)[1:]) },
	}
}

var inKanji = strings.NewReplacer("0", "〇", "1", "一", "2", "二", "3", "三", "4", "四", "5", "五", "6", "六", "7", "七", "8", "八", "9", "九")

func drawBirthday(t *rapid.T) datum {
	return birthdayDatum(rapid.IntRange(1927, 1988).Draw(t, "year"), rapid.IntRange(1, 12).Draw(t, "month"), rapid.IntRange(1, 28).Draw(t, "day"))
}

func birthdayDatum(y, m, d int) datum {
	month := [...]string{"Jan", "Feb", "March", "Apr", "May", "June", "July", "Aug", "Sept", "Oct", "Nov", "December"}[m-1]
	return datum{
		kind: jp.Birthday, normal: fmt.Sprintf("%04d-%02d-%02d", y, m, d),
		write: func(t *rapid.T) string {
			sign := pick(t, "sign", "-", "/", ".", "－", "／", " / ")
			showa := y - 1925
			return disturb(t, widen(t, pick(t, "shape",
				fmt.Sprintf("%d%s%d%[2]s%[4]d", y, sign, m, d), fmt.Sprintf("%d%s%02d%[2]s%02[4]d", y, sign, m, d), fmt.Sprintf("%d%02d%02d", y, m, d), fmt.Sprintf("%d年%d月%d日", y, m, d), fmt.Sprintf("%d 年 %d 月 %d 日", y, m, d),
				fmt.Sprintf("昭和%d年%d月%d日", showa, m, d), fmt.Sprintf("㍼%d年%d月%d日", showa, m, d), fmt.Sprintf("S%d%s%d%[2]s%[4]d", showa, sign, m, d), fmt.Sprintf("S%02d%02d%02d", showa, m, d), fmt.Sprintf("昭%d.%d.%d", showa, m, d),
				fmt.Sprintf("昭和%s年%s月%s日", kanjiNumber(showa), kanjiNumber(m), kanjiNumber(d)), fmt.Sprintf("%s年%s月%s日", inKanji.Replace(fmt.Sprint(y)), kanjiNumber(m), kanjiNumber(d)),
				fmt.Sprintf("%s %d, %d", month, d, y), fmt.Sprintf("%d %s %d", d, month, y), fmt.Sprintf("%d-%s-%d", d, strings.ToUpper(month[:3]), y),
			)))
		},
		other: func(t *rapid.T) datum {
			switch rapid.IntRange(0, 2).Draw(t, "part") {
			case 0:
				return birthdayDatum(y+1, m, d)
			case 1:
				return birthdayDatum(y, m%12+1, d)
			default:
				return birthdayDatum(y, m, d%28+1)
			}
		},
	}
}

func drawEmail(t *rapid.T) datum {
	local := rapid.StringMatching(`[a-z][a-z0-9]{2,8}([._+-][a-z0-9]{1,6}){0,2}`).Draw(t, "local")
	return emailDatum(local, pick(t, "domain", "example.jp", "example.co.jp", "mail.example", "shop-1.example.com", "例え.jp"))
}

func emailDatum(local, domain string) datum {
	return datum{
		kind: jp.Email, normal: local + "@" + strings.Replace(domain, "例え", "xn--r8jz45g", 1),
		write: func(t *rapid.T) string {
			s := local
			if rapid.Bool().Draw(t, "upper") {
				s = strings.ToUpper(s[:1]) + s[1:]
			}
			if domain[0] < 0x80 && rapid.IntRange(0, 3).Draw(t, "disguise") == 0 {
				return s + pick(t, "at", "(at)", " [at] ", "（アット）", "(@)") + strings.ReplaceAll(domain, ".", pick(t, "dot", ".", "[dot]", " (ドット) "))
			}
			return disturb(t, widen(t, s+"@"+pick(t, "case", domain, strings.ToUpper(domain))))
		},
		other: func(t *rapid.T) datum {
			return emailDatum(local+pick(t, "more", "x", "1", ".a", "+b", "-c"), domain)
		},
	}
}

// Whatever the spelling: it is declared, and found in running text at its place,
// as one value; the next value is another.
func TestWrittenAnyWay(t *testing.T) {
	t.Parallel()
	for name, draw := range map[string]func(*rapid.T) datum{"phone": drawPhone, "birthday": drawBirthday, "email": drawEmail} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			rapid.Check(t, func(t *rapid.T) {
				d := draw(t)
				s := d.write(t)
				if got, err := jp.Normal(d.kind, s); !(d.kind == jp.Email && strings.ContainsAny(s, "(（[")) && (err != nil || got != d.normal) {
					t.Fatalf("Normal(%q) = %q, %v; want %q", s, got, err, d.normal)
				}
				before := pick(t, "before", "", "ご登録の内容は", "お客様：山田 太郎 様\n", "TEL ", "No.12 ", "合計¥1,234、", "（", "\t", "> ", "・")
				after := pick(t, "after", "", "です。", "まで", "\n〒100-0005", "、内線12", "）", "\t次", " 様", "/", "　東京都")
				text := before + s + after
				tok, ok := tokenOf(d, text)
				if !ok {
					t.Fatalf("%q is not found in %q: %v", d.normal, text, jp.Tokens(text))
				}
				const outer = "+＋()（） " + noise
				if got, want := strings.Trim(text[tok.Start:tok.End], outer), strings.Trim(s, outer); got != want {
					t.Fatalf("%q was found at %q of %q, want %q", d.normal, got, text, want)
				}
				o := d.other(t)
				if o.normal == d.normal {
					return
				}
				if text := before + o.write(t) + after; o.normal != d.normal {
					if tok, ok := tokenOf(d, text); ok {
						t.Fatalf("%q is found in %q: %v", d.normal, text, tok)
					}
				}
			})
		})
	}
}

func tokenOf(d datum, text string) (jp.Token, bool) {
	tokens := jp.Tokens(text)
	i := slices.IndexFunc(tokens, func(tok jp.Token) bool { return tok.Kind == d.kind && tok.Normal == d.normal })
	if i < 0 {
		return jp.Token{}, false
	}
	return tokens[i], true
}

// selectors choose the glyph of a kanji in a font.
var selectors = &unicode.RangeTable{R16: []unicode.Range16{{Lo: 0xFE00, Hi: 0xFE0F, Stride: 1}}, R32: []unicode.Range32{{Lo: 0xE0100, Hi: 0xE01EF, Stride: 1}}}

// Every character may be written in any of its variants.
func TestVariantSpellings(t *testing.T) {
	t.Parallel()
	shapes := map[rune][]rune{}
	for from, to := range jp.Variants() {
		shapes[to] = append(shapes[to], from)
	}
	for _, list := range shapes {
		slices.Sort(list)
	}
	rapid.Check(t, func(t *rapid.T) {
		family, given := rapid.SampledFrom(families).Draw(t, "family"), rapid.SampledFrom(givens).Draw(t, "given")
		want, err := jp.Normal(jp.Name, family+given)
		if err != nil {
			t.Fatal(err)
		}
		var b strings.Builder
		for _, r := range want {
			b.WriteRune(rapid.SampledFrom(append([]rune{r}, shapes[r]...)).Draw(t, "shape"))
			if rapid.IntRange(0, 5).Draw(t, "selector") == 0 {
				b.WriteRune(rapid.RuneFrom(nil, selectors).Draw(t, "selector"))
			}
		}
		if got, err := jp.Normal(jp.Name, b.String()); err != nil || got != want {
			t.Fatalf("Normal(%q) = %q, %v; want %q", b.String(), got, err, want)
		}
		if text := "ご注文者 " + b.String() + "様"; !found(jp.Name, family+given, text) {
			t.Fatalf("%s is not found in %q", family+given, text)
		}
	})
}

// Readings are the same in every kind of kana; one with another sound is not.
func TestKanaSpellings(t *testing.T) {
	t.Parallel()
	const sounds = "アイウエオカキクケコサシスセソタチツテトナニヌネノハヒフヘホマミムメモヤユヨラリルレロワンガギグゲゴザジズゼゾダヂヅデドバビブベボパピプペポヴ"
	half := map[rune]string{'ー': "ｰ"}
	for r := rune(0xFF66); r <= 0xFF9D; r++ {
		for _, mark := range []string{"", "ﾞ", "ﾟ"} {
			if full := []rune(norm.NFKC.String(string(r) + mark)); len(full) == 1 {
				half[full[0]] = string(r) + mark
			}
		}
	}
	small := strings.NewReplacer("ヤ", "ャ", "ユ", "ュ", "ヨ", "ョ", "ツ", "ッ", "ア", "ァ", "エ", "ヱ", "イ", "ヰ", "オ", "ヲ", "ケ", "ヶ")
	rapid.Check(t, func(t *rapid.T) {
		plain := string(rapid.SliceOfN(rapid.SampledFrom([]rune(sounds)), 3, 8).Draw(t, "kana")) + pick(t, "long", "", "ー")
		write := func() string {
			s := plain
			switch rapid.IntRange(0, 5).Draw(t, "how") {
			case 0:
				s = strings.Map(func(r rune) rune {
					if r == 'ー' {
						return r
					}
					return r - 'ア' + 'あ'
				}, s)
			case 1:
				var b strings.Builder
				for _, r := range s {
					b.WriteString(half[r])
				}
				s = b.String()
			case 2:
				s = norm.NFD.String(s)
			case 3:
				s = small.Replace(s)
			case 4:
				s = strings.Replace(s, "ー", pick(t, "dash", "－", "―", "─", "‐", "−", "~", "〜", "ｰ"), 1)
			}
			return disturb(t, s)
		}
		s := write()
		if got, err := jp.Normal(jp.NameKana, s); err != nil || got != plain {
			t.Fatalf("Normal(%q) = %q, %v; want %q", s, got, err, plain)
		}
		if text := "フリガナ：" + write() + " 様"; !found(jp.NameKana, s, text) {
			t.Fatalf("%q is not found in %q", s, text)
		}
		other := []rune(plain)
		other[rapid.IntRange(0, 2).Draw(t, "at")] = rapid.SampledFrom([]rune(sounds)).Draw(t, "sound")
		if got, _ := jp.Normal(jp.NameKana, string(other)); got == plain && string(other) != plain {
			t.Fatalf("%q folds to %q", string(other), plain)
		}
	})
}
