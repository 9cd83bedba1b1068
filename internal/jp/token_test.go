package jp_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/kakitome/kakitome/internal/jp"
)

func tokens(s string) []string {
	out := []string{}
	for _, t := range jp.Tokens(s) {
		out = append(out, t.Kind.String()+" "+t.Normal+" ← "+s[t.Start:t.End])
	}
	return out
}

func TestTokens(t *testing.T) {
	t.Parallel()
	tests := []struct {
		text string
		want []string
	}{
		{"", nil},
		{"メールはTaro@Example.jpまで", []string{"email taro@example.jp ← Taro@Example.jp"}},
		{"ｔａｒｏ＠ｅｘａｍｐｌｅ．ｊｐ、", []string{"email taro@example.jp ← ｔａｒｏ＠ｅｘａｍｐｌｅ．ｊｐ"}},
		{"ta\u200bro@exam\u00adple.jp", []string{"email taro@example.jp ← ta\u200bro@exam\u00adple.jp"}},
		{"taro@例え.jpまで", []string{"email taro@xn--r8jz45g.jp ← taro@例え.jp"}},
		{"<a.b+c@x.example>, 'd@x.example' d@localhost", []string{"email a.b+c@x.example ← a.b+c@x.example", "email d@x.example ← d@x.example"}},
		{"https://shop.example/u?email=taro%40example.jp&x=1", []string{"email taro@example.jp ← taro%40example.jp"}},
		{"?m=a%3Dtaro%2Bx%40example.jp", []string{"email taro+x@example.jp ← taro%2Bx%40example.jp"}},
		{"See taro@example.jp.", []string{"email taro@example.jp ← taro@example.jp"}},
		{"09012345678@example.jp", []string{"email 09012345678@example.jp ← 09012345678@example.jp"}},

		{"電話090-1234-5678です", []string{"phone 09012345678 ← 090-1234-5678"}},
		{"TEL:03(1234)5678 内線12", []string{"phone 0312345678 ← 03(1234)5678"}},
		{"TEL03-1234-5678 FAX-03-1234-5679", []string{"phone 0312345678 ← 03-1234-5678", "phone 0312345679 ← 03-1234-5679"}},
		{"０９０－１２３４－５６７８", []string{"phone 09012345678 ← ０９０－１２３４－５６７８"}},
		{"090ー1234ー5678/090ｰ8765ｰ4321", []string{"phone 09012345678 ← 090ー1234ー5678", "phone 09087654321 ← 090ｰ8765ｰ4321"}},
		{"+81 90 1234 5678,+81(0)3-1234-5678", []string{"phone 09012345678 ← 81 90 1234 5678", "phone 0312345678 ← 81(0)3-1234-5678"}},
		{"81-90-1234-5678", []string{"phone 09012345678 ← 81-90-1234-5678"}},
		{"090 1234 5678 03-1111-2222", []string{"phone 09012345678 ← 090 1234 5678", "phone 0311112222 ← 03-1111-2222"}},
		{"0901234\n5678", []string{"phone 09012345678 ← 0901234\n5678"}},
		{"090-12\n> 34-5678", []string{"phone 09012345678 ← 090-12\n> 34-5678"}},
		{"0120\t123456", nil},
		{"0120-123-456 0570-012-345", []string{"phone 0120123456 ← 0120-123-456", "phone 0570012345 ← 0570-012-345"}},
		{"+1 (650) 253-0000", []string{"phone +16502530000 ← 1 (650) 253-0000"}},
		{"注文 KK-12345678, KK-0312345678, 1-090-1234-5678, 090-1234-5678-9", nil},
		{"¥12,345 1,234,567円 123456789012 20240102030405 0.0312345678", nil},
		{"090-1234-567 090-1234-56789 00-1234-5678", nil},

		{"〒100-0005 〒１００－０００６ 郵便番号：1000007", []string{"postal_code 1000005 ← 100-0005", "postal_code 1000006 ← １００－０００６", "postal_code 1000007 ← 1000007"}},
		{"100‐0005 東京", []string{"postal_code 1000005 ← 100‐0005"}},
		{"〒060-0042 1234番", []string{"postal_code 0600042 ← 060-0042"}},
		{"1000005 A100-0005 100-0005-1", nil},
		{"〒100 0005、〒(100-0006)、（100-0007）東京、郵便番号（1000008）", []string{
			"postal_code 1000005 ← 100 0005", "postal_code 1000006 ← 100-0006", "postal_code 1000007 ← 100-0007", "postal_code 1000008 ← 1000008",
		}},
		{"TEL:123-4567 電話 123-4567 FAX 123-4567 内線:123-4567 第100-0005号 #100-0005 100 0005 (123-4567", nil},

		{"1980-01-02 1980/1/2 1980年1月2日 昭和55年1月2日 S55.1.2 昭和五十五年一月二日", []string{
			"birthday 1980-01-02 ← 1980-01-02", "birthday 1980-01-02 ← 1980/1/2", "birthday 1980-01-02 ← 1980年1月2日", "birthday 1980-01-02 ← 昭和55年1月2日",
			"birthday 1980-01-02 ← S55.1.2", "birthday 1980-01-02 ← 昭和五十五年一月二日",
		}},
		{"㍼55年1月2日生", []string{"birthday 1980-01-02 ← ㍼55年1月2日"}},
		{"2024-01-02T03:04:05 2024-12-34 12024-01-02 1-2024-01-02", []string{"birthday 2024-01-02 ← 2024-01-02"}},

		{"お届け先：東京都千代田区丸の内一丁目２番３号　サンハイツ501号室", []string{"address 東京都千代田区丸の内1-2-3-501 ← 東京都千代田区丸の内一丁目２番３号　サンハイツ501"}},
		{"お届け先千代田区丸の内1-2-3", []string{"address 東京都千代田区丸の内1-2-3 ← 千代田区丸の内1-2-3"}},
		{"東京都千代田区丸の内1-2-3\n山田太郎\n090-1234-5678", []string{"address 東京都千代田区丸の内1-2-3 ← 東京都千代田区丸の内1-2-3", "phone 09012345678 ← 090-1234-5678"}},
		{"東京都千代田区丸の内1-2-3 ご注文3点", []string{"address 東京都千代田区丸の内1-2-3 ← 東京都千代田区丸の内1-2-3"}},
		{"東京都千代田区丸の内1丁目2番3号\n2点 東京都千代田区丸の内1-2-3\t5\t¥500", []string{
			"address 東京都千代田区丸の内1-2-3 ← 東京都千代田区丸の内1丁目2番3", "address 東京都千代田区丸の内1-2-3 ← 東京都千代田区丸の内1-2-3",
		}},
		{"大分県大分市大手町3丁目1番1号 メゾン21 303\n山田", []string{"address 大分県大分市大手町3-1-1-303 ← 大分県大分市大手町3丁目1番1号 メゾン21 303"}},
		{"大分県大分市大手町3丁目1番1号 メゾン21 2点", []string{"address 大分県大分市大手町3-1-1-21 ← 大分県大分市大手町3丁目1番1号 メゾン21"}},
		{"東京都千代田区丸の内1-2-3(サンハイツ501)/山田", []string{"address 東京都千代田区丸の内1-2-3-501 ← 東京都千代田区丸の内1-2-3(サンハイツ501"}},
		{"東京都渋谷区で3店舗を開店、東京都千代田区では12.5%", nil},
		{"〒100-0005\r\n東京都千代田区\r\n丸の内1-2-3\r\nサンハイツ 501\r\n山田 太郎 様", []string{
			"postal_code 1000005 ← 100-0005", "address 東京都千代田区丸の内1-2-3-501 ← 東京都千代田区\r\n丸の内1-2-3\r\nサンハイツ 501",
		}},
		{"\"電話\":\"09012345678\",℡03-1234-5678 ☎（090）8765-4321", []string{
			"phone 09012345678 ← 09012345678", "phone 0312345678 ← 03-1234-5678", "phone 09087654321 ← 090）8765-4321",
		}},
		{"東京都千代田区丸の内12番地 3点", []string{"address 東京都千代田区丸の内12 ← 東京都千代田区丸の内12"}},
		{"東京都千代田区丸の内1丁目\n2番 3号 501", []string{"address 東京都千代田区丸の内1-2-3-501 ← 東京都千代田区丸の内1丁目\n2番 3号 501"}},
		{"東京都千代田区丸の内１－２－３　５０１円", []string{"address 東京都千代田区丸の内1-2-3 ← 東京都千代田区丸の内１－２－３"}},
		{"東京都千代田区丸の内1-2-3\n03-1234-5678", []string{"address 東京都千代田区丸の内1-2-3 ← 東京都千代田区丸の内1-2-3", "phone 0312345678 ← 03-1234-5678"}},
		{"札幌市中央区北一条西2丁目3-4 A101", []string{"address 北海道札幌市中央区北1条西2-3-4-a101 ← 札幌市中央区北一条西2丁目3-4 A101"}},
		{"大阪府内で3件、東京都で5人、2024年東京都知事3", nil},
		{"〒100-0005東京都千代田区丸の内12番地", []string{"postal_code 1000005 ← 100-0005", "address 東京都千代田区丸の内12 ← 東京都千代田区丸の内12"}},

		{"https://shop.example/reset/aB3dE5gH7jK9mN1p?id=12", []string{"link aB3dE5gH7jK9mN1p ← aB3dE5gH7jK9mN1p"}},
		{"https://shop.example/my/JVXHLDzcPXZDGLWdcykgNRZtxb", []string{"link JVXHLDzcPXZDGLWdcykgNRZtxb ← JVXHLDzcPXZDGLWdcykgNRZtxb"}}, // few changes
		{"http://x.example/?t=550e8400-e29b-41d4-a716-446655440000、", []string{"link 550e8400-e29b-41d4-a716-446655440000 ← 550e8400-e29b-41d4-a716-446655440000"}},
		{"https://x.example/spring-sale-2024-summer-items https://x.example/assets/a1b2c3d4e5f6a7b8c9d0.png aB3dE5gH7jK9mN1p", nil},
	}
	for _, tt := range tests {
		if tt.want == nil {
			tt.want = []string{}
		}
		if diff := cmp.Diff(tt.want, tokens(tt.text)); diff != "" {
			t.Errorf("Tokens(%q) (-want +got):\n%s", tt.text, diff)
		}
	}
}

// What is found in a text has the normal form that a roster would give it.
func TestTokensAreNormal(t *testing.T) {
	t.Parallel()
	checkTokens(t, strings.Join(seedTexts, "\n"))
}

func checkTokens(t interface{ Errorf(string, ...any) }, s string) {
	last := 0
	for _, tok := range jp.Tokens(s) {
		if tok.Start < last || tok.Start >= tok.End || tok.End > len(s) {
			t.Errorf("token of kind %s at [%d, %d) after %d in %d bytes", tok.Kind, tok.Start, tok.End, last, len(s))
		}
		last = tok.Start
		if n, err := jp.Normal(tok.Kind, tok.Normal); err != nil || n != tok.Normal {
			t.Errorf("token %s %q has the normal form %q, %v", tok.Kind, tok.Normal, n, err)
		}
	}
}
