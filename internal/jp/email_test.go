package jp_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/kakitome/kakitome/internal/jp"
)

func emailsIn(s string) (normals []string) {
	for _, tok := range jp.Tokens(s) {
		if tok.Kind == jp.Email {
			normals = append(normals, tok.Normal)
		}
	}
	return normals
}

// Nobody can have these addresses: local parts at the real providers are too
// short to be given out.
func TestOneMailboxOneAddress(t *testing.T) {
	t.Parallel()
	checkNormals(t, jp.Email, []normals{
		{"ab@gmail.com", []string{"a.b@gmail.com", "A.B@GoogleMail.com", "ab+shop@gmail.com", "a.b+x.y+z@googlemail.com", "ab@ｇｍａｉｌ．ｃｏｍ"}},
		{"1.a@outlook.jp", []string{"1.a+shop@outlook.jp", "1.A+@Outlook.JP"}}, // dots tell people apart there
		{"1a@icloud.com", []string{"1a+x@icloud.com"}},
		{"+x@icloud.com", nil},
		{"a.b+x@example.jp", nil}, {"a.b@example.jp", nil}, {"ab@example.jp", nil},
		{"1.a+x@docomo.ne.jp", nil}, {"1a+x@yahoo.co.jp", nil},
	})
}

func TestEmailShapes(t *testing.T) {
	t.Parallel()
	checkNormals(t, jp.Email, []normals{
		{"taro@example.jp", []string{
			"Taro <taro@example.jp>", "山田 太郎 <TARO@example.jp>", "<taro@example.jp>", "mailto:taro@example.jp?subject=x", "MAILTO:taro@example.jp", "taro＠example．jp", "taro@example｡jp", `"taro"@example.jp`, `"ta\ro"@example.jp`,
		}},
		{"taro..x.@docomo.example", []string{`"taro..x."@docomo.example`, "Taro..X.@docomo.example"}},
		{`"taro yamada"@example.jp`, []string{`"Taro Yamada"@example.jp`, `"taro\ yamada"@example.jp`}},
		{`"a\"b"@example.jp`, nil}, {`"a@b"@example.jp`, nil},
		{"太郎@xn--r8jz45g.jp", []string{"太郎@例え.jp", "太郎@xn--r8jz45g.jp"}},
		{"がく@example.jp", []string{"か\u3099く@example.jp", "がく@example.jp"}},
		{"taro@[192.0.2.1]", nil}, {"taro@[ipv6:2001:db8::1]", []string{"taro@[IPv6:2001:DB8:0::1]"}},
		{"taro@xn--r8jz45g.xn--zckzah", []string{"taro@例え.テスト"}},
	})
	checkRefused(t, jp.Email, []string{"taro@[300.1.1.1]", "taro@[192.0.2.1", "taro@[2001:db8::1]", "taro yamada@example.jp", `"taro@example.jp`, `""@example.jp`, "taro@example..jp", "@", "a@b@", "taro@.example.jp", "taro@" + strings.Repeat("a", 64) + ".jp", strings.Repeat("a", 129) + "@example.jp"})
}

func TestEmailInText(t *testing.T) {
	t.Parallel()
	const taro = "taro@example.jp"
	for text, want := range map[string][]string{
		"メールはtaro@example.jpまで":                      {taro},
		"メール：ｔａｒｏ＠ｅｘａｍｐｌｅ．ｊｐです":                      {taro},
		"taro@example.jp。":                           {taro},
		"taro@example.jp、hanako@example.jp":          {taro, "hanako@example.jp"},
		"(taro@example.jp)[mailto:taro@example.jp]":  {taro, taro},
		"taro@example.jpTEL:03-1234-5678":            {taro},
		"・taro@example.jp ※taro@example.jp":          {taro, taro},
		"-taro@example.jp 'taro@example.jp'":         {taro, taro},
		"taro [at] example.jp":                       {taro},
		"taro(at)example.jp taro（アット）example.jp":     {taro, taro},
		"taro [at] example [dot] jp":                 {taro},
		"taro(@)example.jp":                          {taro},
		"taro＜ａｔ＞example.jp":                         {taro},
		"taro{AT}example(ドット)jp":                     {taro},
		"taro★example.jp（★を@に変えてください）":               {taro},
		"taro■example.jp ※「■」を半角の@に":                 {taro},
		"夏のSALE★shop.example.jp":                     nil,
		"見て(at)ください look (at) this. (dot)":           nil,
		"taro..x.@docomo.example":                    {"taro..x.@docomo.example"},
		`"taro..x."@docomo.example`:                  {"taro..x.@docomo.example"},
		`宛先 "taro yamada"@example.jp`:                {`"taro yamada"@example.jp`},
		"<太郎@example.jp>":                            {"太郎@example.jp"},
		"連絡先：太郎@例え.jp":                               {"太郎@xn--r8jz45g.jp"},
		"キャンペーン＠example.jp":                          nil,
		"taro@例え.jpまで":                               {"taro@xn--r8jz45g.jp"},
		"taro@[192.0.2.1] taro@[x":                   {"taro@[192.0.2.1]"},
		"https://shop.example/?to=taro%40example.jp": {taro},
		"taro%2Bx%40example.jp":                      {"taro+x@example.jp"},
		"a@b @example.jp taro@ taro@localhost @":     nil,
		"taro@example.jp.":                           {taro}, "taro@example.jp-": {taro}, "taro@example.jp?subject=x": {taro},
		"Contact:taro@example.jp;hanako@example.jp": {taro, "hanako@example.jp"},
	} {
		if got := emailsIn(text); !slices.Equal(got, want) {
			t.Errorf("%q: found %q, want %q", text, got, want)
		}
	}
}

func TestEmailSpans(t *testing.T) {
	t.Parallel()
	for _, spelled := range []string{"taro@example.jp", "ｔａｒｏ＠ｅｘａｍｐｌｅ．ｊｐ", "taro [at] example [dot] jp", `"taro"@example.jp`, "ta\u200bro@exam\u00adple.jp", "taro★example.jp"} {
		text := fmt.Sprintf("宛先は %s です（★を@に）", spelled)
		for _, tok := range jp.Tokens(text) {
			if got := text[tok.Start:tok.End]; tok.Normal != "taro@example.jp" || got != spelled {
				t.Errorf("%s stands at %q, want %q", tok.Normal, got, spelled)
			}
		}
		if n := len(emailsIn(text)); n != 1 {
			t.Errorf("%q: %d addresses", text, n)
		}
	}
}
