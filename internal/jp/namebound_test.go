package jp_test

import (
	"strings"
	"testing"

	"github.com/kakitome/kakitome/internal/jp"
	"github.com/kakitome/kakitome/internal/kakitest/people"
)

// beside are the ways in which a name stands in mails, without spaces around it.
var beside = []string{
	"%s様", "%s さま、いつもありがとうございます", "お名前：%s", "ご注文者%s様のお届け先", "店長%s様です", "部長の%s様が", "会員番号1234 %s様", "以上%s様", "拝啓%s様",
	"東京都千代田区丸の内1-2-3　%s様", "千代田区丸の内1-2-3\n%s\n090-1234-5678", "本日%sさんが来店", "%s（ヤマダ）様", "氏名,%s,東京都千代田区", "株式会社見本%s様", "%s様と佐藤花子",
	"%s氏名義", "%s宛", "佐藤花子様%s様", "1番%s様", "送り主%s様住所東京都", "(%s様)", "5日%s様", "〒100-0005\n%s\n",
}

// besideLong are ways in which only a name of more than two kanji is told from
// a word.
var besideLong = []string{"担当者%sより", "%s東京都千代田区", "%sの注文", "%sは", "%s、佐藤花子", "%s名義の口座", "%s本人", "%s会員番号12", "%s電話090-1234-5678", "%s夫妻", "%s平成12年生"}

// Names are found wherever they stand, and not within longer names.
func TestNamesAmongNeighbours(t *testing.T) {
	t.Parallel()
	all := people.New(1)
	names := map[string]bool{}
	for i := 0; len(names) < 150; i++ {
		if p := all.At(i); p.Family[0] >= 0x80 {
			names[p.Family+" "+p.Given] = true
		}
	}
	for name := range names {
		joined := strings.ReplaceAll(name, " ", "")
		contexts := beside
		if len([]rune(joined)) > 2 {
			contexts = append(besideLong, beside...)
		}
		for _, c := range contexts {
			for _, written := range []string{name, joined} {
				if text := strings.Replace(c, "%s", written, 1); !found(jp.Name, name, text) {
					t.Errorf("%q is not found in %q", name, text)
				}
			}
		}
		for _, longer := range []string{"大%s", "小%s", "上%s", "中%s", "長%s", "西%s", "%s郎", "%s子", "%s美", "%s太", "%s之", "%s介"} {
			other := strings.Replace(longer, "%s", joined, 1)
			for _, c := range beside {
				if text := strings.Replace(c, "%s", other, 1); !names[other] && found(jp.Name, name, text) {
					t.Errorf("%q is found in %q", name, text)
				}
			}
		}
	}
}

func TestNameBoundaries(t *testing.T) {
	t.Parallel()
	tests := []struct {
		kind        jp.Kind
		value, text string
		want        bool
	}{
		{jp.Name, "林 太郎", "東海林太郎様", false},
		{jp.Name, "原 舞子", "小笠原舞子様", false},
		{jp.Name, "金田 一", "金田一耕助", false},
		{jp.Name, "金田 一", "金田一様", true},
		{jp.Name, "久保 舞", "昨日大久保舞さんが", false},
		{jp.Name, "久保 舞", "昨日久保舞さんが", true},
		{jp.Name, "久保 舞", "お届け先久保舞様", true},
		{jp.Name, "東 京", "東京の天気", false},
		{jp.Name, "東 京", "東京様", true},
		{jp.Name, "東 京", "東　京　様", true},
		{jp.Name, "東 京", "東\n京", false},
		{jp.Name, "林 一", "林一面の雪", false},
		{jp.Name, "山田 太郎", "山田(やまだ)太郎(たろう)様", true},
		{jp.Name, "山田 太郎", "姓：山田\n名：太郎", true},
		{jp.Name, "山田 太郎", "お名前(姓) 山田\nお名前(名) 太郎", false}, // the second label has a word before its brackets
		{jp.Name, "山田 太郎", "(姓)山田(名)太郎", true},
		{jp.Name, "山田 太郎", "姓\t山田\t名\t太郎", true},
		{jp.Name, "山田 花子", "山田(旧姓佐藤)花子様", true},
		{jp.Name, "山田 太郎", "山田様、太郎様", false},
		{jp.Name, "山田 あい", "山田あいの様", false},
		{jp.Name, "山田 あい", "山田あいのご注文", true},
		{jp.Name, "山田 めぐ", "山田めぐみ様", false},
		{jp.NameKana, "ヤマダ タロウ", "セイ：ヤマダ メイ：タロウ", true},
		{jp.NameKana, "リン タロウ", "プリンタロウ", false},
		{jp.NameKana, "タロ ウメ", "カタロウメール", false},
		{jp.NameLatin, "Taro Yamada", "First name: Taro\nLast name: Yamada", true},
		{jp.NameLatin, "Yu An", "100 yuan", false},
		{jp.NameLatin, "Ann Smith", "Mary-Ann Smith", false},
		{jp.NameLatin, "Taro Yamada", "taro.yamada@example.jp", false},
	}
	for _, tt := range tests {
		if got := found(tt.kind, tt.value, tt.text); got != tt.want {
			t.Errorf("%s %q in %q: %v, want %v (forms %q)", tt.kind, tt.value, tt.text, got, tt.want, jp.Forms(tt.kind, tt.value))
		}
	}
}
