package jp_test

import (
	"slices"
	"testing"

	"github.com/kakitome/kakitome/internal/jp"
)

func TestNormalAddress(t *testing.T) {
	t.Parallel()
	checkNormals(t, jp.Address, []normals{
		{"東京都千代田区丸の内1-2-3", []string{
			"千代田区丸の内一丁目２番３号", "東京都千代田区丸の内1-2-3", "東京都 千代田区 丸ノ内1丁目2-3", "東京都千代田区丸の内１ー２ー３", "東京都千代田区丸の内1の2の3",
			"東京都千代田区丸の内一の二の三", "東京都千代田区丸の内一丁目二番三号", "東京都千代田区丸の内一－二－三", "東京都千代田区丸の内1丁目2番地3", "東京都千代田区丸の内1丁目2番地の3",
			"〒100-0005 東京都千代田区丸の内1-2-3", "〒1000005東京都千代田区丸の内1-2-3", "100-0005 東京都千代田区丸の内1-2-3", "東京都千代田区丸の内 1 - 2 - 3", "東京都千代田区\n丸の内\u200b1-\u00ad2-3",
			"東京都千代田区丸の内1−2−3", "東京都千代田区丸の内1─2─3", "東京都千代田区丸の内1一2一3", "東京都千代田区丸の内１丁目２番３号　丸の内ビルディング", "東京都千代田区丸の内1-2-3 田中様方",
			"東京都千代田区丸の内１‐２‐３",
		}},
		{"東京都千代田区丸の内1-2-3-501", []string{
			"東京都千代田区丸の内1-2-3-501号室", "千代田区丸の内1丁目2番3号 サンハイツ501号室", "東京都千代田区丸の内1-2-3 501", "東京都千代田区丸の内1-2-3 サンハイツ丸の内 501号",
			"東京都千代田区丸の内一丁目二番三号五〇一号室", "東京都千代田区丸の内1-2-3（サンハイツ501）", "東京都千代田区丸の内1-2-3 第2サンハイツ 501", "東京都千代田区丸の内1丁目2番3-501号", "東京都千代田区丸の内1丁目2番3号の501",
			"東京都千代田区丸の内1-2-3\nサンハイツ501", "東京都千代田区丸の内1-2-3 ５０１号室",
		}},
		{"東京都千代田区丸の内1-2-3-a101", []string{"東京都千代田区丸の内1-2-3 A101", "東京都千代田区丸の内1-2-3 サンハイツA-101", "東京都千代田区丸の内1-2-3 サンハイツＡ棟１０１号室"}},
		{"東京都千代田区丸の内1-2-3-101a", []string{"東京都千代田区丸の内1-2-3 サンハイツ101A"}},
		{"東京都千代田区丸の内1-2-3-3f", []string{"東京都千代田区丸の内1-2-3 丸の内ビル3F", "東京都千代田区丸の内1-2-3 丸の内ビル3階", "東京都千代田区丸の内1-2-3 3階", "東京都千代田区丸の内1-2-3 丸の内ビル三階"}},
		{"東京都千代田区丸の内1-2-3-b1f", []string{"東京都千代田区丸の内1-2-3 丸の内ビルB1F", "東京都千代田区丸の内1-2-3 丸の内ビルＢ１階"}},
		{"東京都千代田区丸の内1-2-34", []string{"千代田区丸の内1丁目2番34号"}},
		{"東京都千代田区丸の内1-23-4", nil},
		{"東京都千代田区丸の内12-3-4", []string{"東京都千代田区丸の内十二丁目3番4号"}},
		{"東京都千代田区丸の内103", []string{"東京都千代田区丸の内一〇三番地", "東京都千代田区丸の内百三番地"}},
		{"東京都千代田区3番町6-2", []string{"東京都千代田区三番町6-2", "千代田区三番町6番地2"}},
		{"東京都港区六本木6-10-1", []string{"東京都港区六本木六丁目10番1号"}},
		{"東京都港区三田2-15-45", []string{"東京都港区三田二丁目15番45号"}},
		{"東京都中央区八丁堀4-1-1", []string{"東京都中央区八丁堀四丁目1番1号"}},
		{"東京都千代田区霞ケ関3-1-1", []string{"東京都千代田区霞が関3-1-1", "東京都千代田区霞ヶ関三丁目１－１", "千代田区霞ガ関3-1-1"}},
		{"北海道札幌市中央区北1条西2-3-4", []string{"札幌市中央区北一条西二丁目3-4", "北海道札幌市中央区北１条西２丁目３番４号"}},
		{"長野県軽井沢町軽井沢123-4", []string{"長野県北佐久郡軽井沢町大字軽井沢123番地4", "長野県北佐久郡輕井澤町軽井沢123番地の4", "北佐久郡軽井沢町軽井沢123-4"}},
		{"大阪府堺市堺区大町西1-2-3", []string{"堺市堺区大町西1丁2番3号"}},
		{"京都府京都市中京区本能寺前町488", []string{"京都市中京区寺町通御池上ル本能寺前町488番地"}},
		{"岩手県盛岡市玉山10-12-3", []string{"岩手県盛岡市玉山10地割12番地3"}},
		{"広島県府中市本町1-2-3", nil}, {"東京都府中市本町1-2-3", nil}, {"府中市本町1-2-3", nil},
		{"三重県四日市市諏訪町1-5", []string{"四日市市諏訪町１番５号"}},
		{"東京都八王子市三崎町4-5", []string{"八王子市三崎町四番五号"}},
		{"東京都港区台場1-7-1-402", []string{"東京都港区台場1-7-1 アクアビル 4F 402", "東京都港区台場1丁目7番1号アクアビル4階402号室"}},
		{"大分県大分市大手町3-1-1-303", []string{"大分県大分市大手町3丁目1番1号 メゾン21 303"}},
		{"東京都千代田区神田神保町1-2-3", []string{"東京都千代田区神田神保町一ノ二ノ三", "千代田区神田神保町一の二の三"}},
		{"神奈川県横浜市西区みなとみらい2-2-1-1", []string{"横浜市西区みなとみらい二丁目2番1-1"}},
		{"愛知県名古屋市中区三の丸3-1-2", []string{"名古屋市中区三ノ丸三丁目1番2号"}},
		{"東京都板橋区高島平2-32-2-405", []string{"板橋区高島平2丁目32番2号 高島平団地405号室"}},
		{"東京都板橋区高島平2-32-2-3-405", []string{"板橋区高島平2丁目32番2号 3号棟405号室", "板橋区高島平2-32-2-3-405", "板橋区高島平2丁目32番2号 高島平団地3号棟405"}},
	})
	checkRefused(t, jp.Address, []string{"", "港区", " "})
}

func TestSplitAddress(t *testing.T) {
	t.Parallel()
	tests := []struct{ normal, house, room string }{
		{"東京都千代田区丸の内1-2-3", "東京都千代田区丸の内1-2-3", ""},
		{"東京都千代田区丸の内1-2-3-501", "東京都千代田区丸の内1-2-3", "501"},
		{"東京都千代田区丸の内1-2-501", "東京都千代田区丸の内1-2", "501"},
		{"東京都千代田区丸の内1-2-3-a101", "東京都千代田区丸の内1-2-3", "a101"},
		{"東京都千代田区丸の内1-2-3-3f", "東京都千代田区丸の内1-2-3", "3f"},
		{"東京都千代田区丸の内1-2-3-4-501", "東京都千代田区丸の内1-2-3", "4-501"},
		{"東京都千代田区丸の内12", "東京都千代田区丸の内12", ""},
		{"札幌市中央区北1条西2-3-4", "札幌市中央区北1条西2-3-4", ""},
		{"東京都千代田区丸の内", "東京都千代田区丸の内", ""},
		{"", "", ""},
	}
	for _, tt := range tests {
		if house, room := jp.SplitAddress(tt.normal); house != tt.house || room != tt.room {
			t.Errorf("SplitAddress(%q) = %q, %q; want %q, %q", tt.normal, house, room, tt.house, tt.room)
		}
	}
}

// found tells whether a declared value is found in a text, as the roster does it.
func found(k jp.Kind, value, text string) bool {
	folded := jp.FoldText(text)
	for _, t := range []jp.Text{folded, folded.Joined()} {
		for _, f := range jp.Forms(k, value) {
			form := []rune(f)
			for i := 0; i+len(form) <= t.Len(); i++ {
				if slices.Equal(t.Runes[i:i+len(form)], form) && jp.Bounded(k, t, i, i+len(form)) {
					return true
				}
			}
		}
	}
	return false
}

func TestAddressInText(t *testing.T) {
	t.Parallel()
	const house, flat = "東京都千代田区丸の内1-2-3", "東京都千代田区丸の内1丁目2番3号 サンハイツ501号室"
	tests := []struct {
		value, text string
		want        bool
	}{
		{house, "お届け先は東京都千代田区丸の内一丁目２番３号です。", true},
		{house, "住所：千代田区丸の内1-2-3山田太郎様", true},
		{house, "住所千代田区丸の内1-2-3", true},
		{house, "千代田区丸の内1-2-34", false},
		{house, "千代田区丸の内1-2-3-501", true},
		{house, "千代田区丸の内1-2-3 501号室", true},
		{house, "千代田区丸の内1-2-3 サンハイツ501号室", true},
		{house, "千代田区丸の内1-2-3A101", true},
		{house, "千代田区丸の内11-2-3", false},
		{house, "千代田区丸の内1-2-3\n090-1234-5678", true},
		{house, "千代田区丸の内1丁目2番3号\n03-1234-5678", true},
		{house, "千代田区丸の内1丁目2番3号三田一郎様", true},
		{house, "東京都\n> 千代田区丸の\n> 内1-2-3", true},
		{house, "千代田区丸の内1-2", false},
		{"東京都千代田区丸の内1-2", "千代田区丸の内1-2-3", false},
		{"東京都千代田区丸の内1-2", "千代田区丸の内1-2 090-1234-5678", true},
		{"東京都千代田区丸の内1-2", "千代田区丸の内1-2-501", true},
		{"東京都千代田区丸の内1-2", "千代田区丸の内1-2 1234", true},
		{"東京都千代田区丸の内1", "千代田区丸の内1-2", false},
		{flat, "千代田区丸の内1-2-3-501", true},
		{flat, "千代田区丸の内1-2-3 501", true},
		{flat, "千代田区丸の内1-2-3 501号室", true},
		{flat, "千代田区丸の内１丁目２番３号　サンハイツ　５０１", true},
		{flat, "千代田区丸の内1-2-3", false},
		{flat, "千代田区丸の内1-2-3-5011", false},
		{flat, "千代田区丸の内1-2-3-501-2", false},
		{flat, "千代田区丸の内1-2-3 サンハイツ502号室", false},
		{"東京都千代田区丸の内1-2-3 A棟101", "千代田区丸の内1-2-3 A101号室", true},
		{"東京都千代田区丸の内1-2-3 A棟101", "千代田区丸の内1-2-3 A-101", true},
		{"東京都千代田区丸の内1-2-3 A棟101", "千代田区丸の内1-2-3 A棟101", true},
		{"東京都千代田区丸の内1-2-3 A棟101", "千代田区丸の内1-2-3 B101", false},
		{"東京都千代田区丸の内1-2-3 ビル3階", "千代田区丸の内1-2-3 ビル3F", true},
		{"埼玉県所沢市日吉町1543 若葉団地3号棟202号室", "埼玉県所沢市日吉町1543-3-202", true},
		{"埼玉県所沢市日吉町1543 若葉団地3号棟202号室", "埼玉県所沢市日吉町1543-202", true},
		{"北海道小樽市稲穂4-32-2 みどりレジデンスA棟904号室", "北海道小樽市稲穂4-32-2-904", true},
		{"北海道小樽市稲穂4-32-2 みどりレジデンスA棟904号室", "北海道小樽市稲穂4-32-2 みどりレジデンスB棟904号室", false},
		{"埼玉県所沢市日吉町1543 若葉団地3号棟202号室", "埼玉県所沢市日吉町1543 若葉団地4号棟202号室", false},
		{"三重県津市本町1-2-3", "滋賀県大津市本町1-2-3", false},
		{"三重県津市本町1-2-3", "大津市本町1-2-3", false},
		{"三重県津市本町1-2-3", "住所は津市本町1-2-3", true},
		{"大阪府大阪市本町1-2-3", "東大阪市本町1-2-3", false},
		{"東京都府中市本町1-2-3", "広島県府中市本町1-2-3", false},
		{"東京都港区芝浦1-2-3", "大阪市港区芝浦1-2-3", false},
		{"東京都港区芝浦1-2-3", "東京都港区芝浦1-2-3", true},
		{"長野県北佐久郡軽井沢町軽井沢123", "長野県軽井沢町大字軽井沢123番地", true},
	}
	for _, tt := range tests {
		if got := found(jp.Address, tt.value, tt.text); got != tt.want {
			t.Errorf("%q in %q: %v, want %v (forms %q, text %q)", tt.value, tt.text, got, tt.want,
				jp.Forms(jp.Address, tt.value), string(jp.FoldText(tt.text).Runes))
		}
	}
}

func TestNameInText(t *testing.T) {
	t.Parallel()
	tests := []struct {
		kind        jp.Kind
		value, text string
		want        bool
	}{
		{jp.Name, "山田太郎", "山田　太郎様", true},
		{jp.Name, "山田太郎", "山\n田太\u00ad郎様のご注文", true},
		{jp.Name, "髙橋 浩二", "高橋浩二の3点のご注文", true},
		{jp.Name, "高橋 浩二", "髙橋浩二の二点", true},
		{jp.Name, "高橋 健三", "高橋健三の三月分", true},
		{jp.Name, "山田一", "山田一様 会員番号1234", true},
		{jp.Name, "山田一", "山田一 番号1234", true},
		{jp.Name, "山田一", "山田一-090-1234-5678", true},
		{jp.Name, "三田一郎", "1丁目2番3号三田一郎様", true},
		{jp.Name, "三田一郎", "1-2-3三田一郎様", true},
		{jp.Name, "五十嵐八重", "2番地 五十嵐八重様", true},
		{jp.Name, "二宮一", "1丁目2-3 二宮一", true},
		{jp.Name, "佐々木希", "佐佐木 希", true},
		{jp.Name, "John Smith", "Dear Smith, John:", true},
		{jp.NameKana, "ヤマダ タロウ", "やまだ たろう様", true},
		{jp.NameKana, "ヤマダ タロウ", "ﾔﾏﾀﾞ･ﾀﾛｳ", true},
		{jp.NameKana, "サトー ケン", "サト－ケン様", true},
		{jp.NameLatin, "Taro Yamada", "Mr.YAMADA TARO-san", true},
		{jp.NameLatin, "Taro Yamada", "taroyamadas", false},
		{jp.NameLatin, "Taro Yamada", "ataro yamada", false},
		{jp.NameLatin, "Taro Yamada", "Yamada, Taro様", true},
		{jp.NameLatin, "Ken'ichi Ono", "Ono Kenichi", true},
		{jp.NameLatin, "Kenichi Ono", "Ken’ichi Ōno", true},
	}
	for _, tt := range tests {
		if got := found(tt.kind, tt.value, tt.text); got != tt.want {
			t.Errorf("%s %q in %q: %v, want %v (text %q)", tt.kind, tt.value, tt.text, got, tt.want, string(jp.FoldText(tt.text).Runes))
		}
	}
}

func TestCodeInText(t *testing.T) {
	t.Parallel()
	tests := []struct {
		value, text string
		want        bool
	}{
		{"KK-12345678", "ご注文番号 ＫＫ－１２３４５６７８ です", true},
		{"KK-12345678", "kk12345678", true},
		{"KK-12345678", "kk-123456789", false},
		{"KK-12345678", "invoice-KK-12345678.pdf", true},
		{"KK-12345678", "https://shop.example/orders/KK-12345678?x=1", true},
		{"1234567", "会員番号1234567の3点", true},
		{"1234567", "会員番号1234567番", true},
		{"1234567", "123-1234567-1", false},
		{"1234", "090-1234-5678", false},
		{"1234", "¥1234", true},
		{"234", "¥1,234", false},
		{"1234567", "a,1234567,b", true},
		{"1234567", "1,1234567,2", true},
		{"1234567", "11234567", false},
		{"1234567", "123456\n7", true},
		{"1234567", "1-2-3 1234567", true},
		{"250-1234567-7654321", "注文 250-1234567-7654321 2点", true},
	}
	for _, tt := range tests {
		if got := found(jp.OrderNo, tt.value, tt.text); got != tt.want {
			t.Errorf("%q in %q: %v, want %v (text %q)", tt.value, tt.text, got, tt.want, string(jp.FoldText(tt.text).Runes))
		}
	}
}

func TestFormsBeginWithTheNormalForm(t *testing.T) {
	t.Parallel()
	for k, v := range map[jp.Kind]string{
		jp.Name: "山田 太郎", jp.NameKana: "やまだ たろう", jp.NameLatin: "Taro Yamada", jp.Address: "東京都千代田区丸の内1-2-3 サンハイツ501", jp.MemberNo: "M-12345678",
	} {
		n, err := jp.Normal(k, v)
		if err != nil {
			t.Fatal(err)
		}
		if f := jp.Forms(k, v); len(f) == 0 || f[0] != n {
			t.Errorf("Forms(%s) = %q, want first %q", k, f, n)
		}
	}
	if f := jp.Forms(jp.Email, "taro@example.jp"); f != nil {
		t.Errorf("Forms(email) = %q", f)
	}
}
