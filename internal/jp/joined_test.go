package jp_test

import (
	"strings"
	"testing"

	"github.com/kakitome/kakitome/internal/jp"
)

// An address is found whose parts stand in fields of their own.
func TestAddressInFields(t *testing.T) {
	t.Parallel()
	unescape := strings.NewReplacer(`\n`, "\n", `\t`, "\t")
	for text := range strings.SplitSeq(strings.TrimSpace(`
都道府県：東京都\n市区町村：千代田区丸の内\n番地：1-2-3\n建物名：サンハイツ203号室
都道府県：東京都\n市区町村：千代田区\n町名：丸の内\n番地：1-2-3\n建物名：サンハイツ203号室
ご住所１：東京都千代田区丸の内1-2-3\nご住所２：サンハイツ203号室
住所1 東京都千代田区丸の内1-2-3\n住所2 サンハイツ203号室
住所1\t東京都千代田区丸の内1-2-3\n住所2\tサンハイツ203号室
都道府県\t東京都\n市区町村\t千代田区丸の内\n番地\t1-2-3\n建物名\tサンハイツ203号室
東京都\t千代田区丸の内\t1-2-3\tサンハイツ203号室
東京都,千代田区丸の内,1-2-3,サンハイツ203号室
"1","東京都","千代田区丸の内","1-2-3","サンハイツ203号室","501"
{"pref": "東京都", "city": "千代田区", "town": "丸の内", "street": "1-2-3", "building": "サンハイツ203号室"}
住所：東京都千代田区丸の内1-2-3\n建物名：サンハイツ\n部屋番号：203
住所：東京都千代田区丸の内1丁目\n番地：2-3\n部屋番号：203
郵便番号：100-0005\n都道府県：東京都\n市区町村：千代田区\n町域：丸の内\n丁目・番地：1丁目2番3号\n建物名・部屋番号：サンハイツ203
`), "\n") {
		text = unescape.Replace(text)
		for _, value := range []string{"東京都千代田区丸の内1-2-3-203", "千代田区丸の内一丁目2番3号 サンハイツ203号室"} {
			if !known(jp.Address, value, text) {
				t.Errorf("%q is not found in %q: %q", value, text, tokens(text))
			}
		}
		for _, value := range []string{"東京都千代田区丸の内1-2-3-204", "東京都千代田区丸の内1-2-4-203"} {
			if known(jp.Address, value, text) {
				t.Errorf("%q is found in %q", value, text)
			}
		}
	}
}

// Names are found in fields of their own.
func TestNameInFields(t *testing.T) {
	t.Parallel()
	for _, text := range []string{
		"山田,太郎,東京都", `"1","山田","太郎","090-1234-5678"`, `{"family": "山田", "given": "太郎"}`, "山田\t太郎\t東京都", "姓:山田、名:太郎", "(姓)山田 (名)太郎", "山田\n太郎",
	} {
		if !found(jp.Name, "山田 太郎", text) {
			t.Errorf("not found in %q", text)
		}
	}
}

func TestJoined(t *testing.T) {
	t.Parallel()
	tests := []struct{ text, want string }{
		{"", ""},
		{"山田太郎様、いつも(毎月)ありがとうございます", ""},
		{"姓：山田\n名：太郎\n", "\ufffd姓:山田_太郎"},
		{"番地：1-2\n部屋番号：203", "\ufffd番地:1-2_-203"},
		{"山田(やまだ)太郎(たろう)様", "\ufffd山田_太郎_様"},
		{`"東京都","12","3"`, "\ufffd\"東京都_12_3\""},
	}
	for _, tt := range tests {
		if got := marked(jp.FoldText(tt.text).Joined()); strings.TrimPrefix(got, "_") != tt.want {
			t.Errorf("%q joined is %q, want %q", tt.text, got, tt.want)
		}
	}
}

// Numbers beside places that are no house numbers.
func TestNoAddress(t *testing.T) {
	t.Parallel()
	for text := range strings.SplitSeq(strings.TrimSpace(`
東京都渋谷区 2024-01-02
東京都渋谷区 2024-1-2開催
東京都渋谷区代々木2024-1-2
東京都渋谷区2024/1/2
東京都渋谷区 150-0002
東京都千代田区03-1234-5678
千代田区 090-1234-5678
東京都千代田区丸の内 090-1234-5678
東京都千代田区丸の内　03-1234-5678
大阪市北区支店 12-34-56
大阪市交通局 型番 AB-12-34
大阪市北区第1-2-3号
横浜市告示第1-2-3号
東京都条例第1-2号
東京都渋谷区版1-2-3
東京都千代田区の人口は6-7万人
新宿区内12-13店舗
東京都内1-2時間
川崎市の気温は20-25度
札幌市 10-12月
仙台市 令和6-7年
福岡市 価格 1-2万円
千代田区 全3-4件
東京都港区の会議は10:30-11:30です
名古屋市中区 税込1,234円
名古屋市中区 2点 1,234円
神戸市ポイント1-2-3キャンペーン
神戸市版2.1-3
京都市バージョン1-2-3
東京都千代田区 商品コード 1-2-3
東京都千代田区丸の内 品番12-345
東京都千代田区丸の内 No.1-2-3
大阪府大阪市 1-2-3
東京都千代田区丸の内支店 口座番号 1-2345678
東京都千代田区支店 普通 1234567
東京都中央区 第2-3四半期
東京都中央区 3-4年生
横浜市中区 試合 3-2
広島市 5-3で勝利
横浜市立小学校 1-2組
大阪府代表 2-1
東京都新宿区 ISBN 978-4-00-000000-0
東京都新宿区 1234-5678-9012-3456
東京都新宿区西新宿 注文 250-1234567-7654321
`), "\n") {
		for _, tok := range jp.Tokens(text) {
			if tok.Kind == jp.Address {
				t.Errorf("%q has the address %q", text, tok.Normal)
			}
		}
	}
}
