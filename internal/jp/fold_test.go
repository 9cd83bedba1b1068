package jp_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/kakitome/kakitome/internal/jp"
)

// marked writes a folded text with _ for each gap.
func marked(t jp.Text) string {
	var b strings.Builder
	for i, r := range t.Runes {
		if t.Gap[i] {
			b.WriteByte('_')
		}
		b.WriteRune(r)
	}
	return b.String()
}

func TestFoldText(t *testing.T) {
	t.Parallel()
	tests := []struct{ name, text, want string }{
		{"nothing", "", ""},
		{"width", "ＡＢｃ　１２３！", "abc_123!"},
		{"half-width kana", "ﾔﾏﾀﾞ ﾊﾟﾝｰ", "ヤマダ_パンー"},
		{"voice marks", "か\u3099ハ゜ウ\u3099゛", "がパヴ"},
		{"small kana", "ショウ ちょっと", "シヨウ_ちよつと"},
		{"iteration marks", "佐々木みすゞかゝ", "佐佐木みすずかか"},
		{"iteration marks for two", "いろ〱 とこ〲 〳〵", "いろいろ_とこどこ_どこ"},
		{"nothing to repeat", "〱 か〱 々", "〱_か〱_々"},
		{"rare kana", "ヰヱヲ ゐゑを ヷヸヹヺ \U0001B002\U0001B017 \U0001B150", "イエオ_いえお_ワイエオ_あか_い"},
		{"squared and parenthesised", "㌔ ㍻ ㋿ ㈱ ㊞ Ⅲ ﬁ", "キロ_平成_令和_(株)_印_iii_fi"},
		{"letters of other shapes", "𝐀𝟑 Ⓑ ℃ ㏍", "a3_b_°c_kk"},
		{"variants", "髙﨑邊\U000E0100𠮷", "高崎辺吉"},
		{"apart", "斎斉島嶋竜龍", "斎斉島嶋竜龍"},
		{"compatibility ideographs", "\uFA19\uF9DC\u2F00", "神隆一"},
		{"old shapes in compatibility ideographs", "\uF90A\uF98A", "金力"},
		{"invisible", "a\u200bb\u00adc\ufe0fd\u0301e\u202ef\u2066g\U000e0041h", "abcdefgh"},
		{"place of a picture", "a\ufffcb", "a_b"},
		{"spaces", "a b\tc\nd\u00a0e\u3000f", "a_b_c_d_e_f"},
		{"cell borders", "山田│太郎", "山田_太郎"},
		{"middle dot", "ジョン・スミス", "ジヨン_スミス"},
		{"quoted", "山田\n> > 太郎 > 5", "山田_太郎_>_5"},
		{"latin names", "Jean-Paul O’Neill Ken'ichi", "jean_paul_o_neill_ken_ichi"},
		{"diacritics", "Tarō Müller Łódź Ærø ß", "taro_muller_lodz_aero_ss"},
		{"codes keep dashes", "KK‐12－AB", "kk-12-ab"},
		{"dash for a long vowel", "コ-ポ サト－ サト〜 さと― さと─。", "コーポ_サトー_サトー_さとー_さとー。"},
		{"double hyphen", "ジョン゠スミス ジョン＝スミス", "ジヨン_スミス_ジヨン_スミス"},
		{"dash behind katakana", "ハイツ-101", "ハイツ-101"},
		{"between kanji", "霞ヶ関 霞が関 自由ガ丘 丸ノ内 四ッ谷 四っ谷 上ル町", "霞ケ関_霞ケ関_自由ケ丘_丸の内_四つ谷_四つ谷_上る町"},
		{"not between kanji", "たいが ナツノ ヤマが山", "たいが_ナツノ_ヤマが山"},
		{"house numbers", "一丁目２番３号", "1-2-3"},
		{"counters at the end", "2番地 3号、4丁目", "2-_3_、4"},
		{"chains", "1の2の3 1ー2ー3 一の二の三", "1-2-3_1-2-3_1-2-3"},
		{"units", "二十四条、百三番地、千二百丁目、九十九号、一〇三番地", "24条、103_、1200_、99_、103"},
		{"room behind a space", "1-2-3 501号室", "1-2-3_-_501"},
		{"phone behind a house", "1-2-3 090-1234-5678", "1-2-3_090-1234-5678"},
		{"names keep numerals", "三田一郎 六本木 八丁堀 健一の三月分 浩二-090-1", "三田一郎_六本木_八丁堀_健一の三月分_浩二-090-1"},
		{"towns", "三番町 北一条 大町一丁2番", "3番町_北1条_大町1-2"},
		{"words with counters", "1番号 2番目 3号館 1室町", "1番号_2番目_3号館_1室町"},
		{"hamlets", "村大字赤沢 町字西 大字典", "村_赤沢_町_西_大字典"},
		{"signs are no digits", "①² ㈱ ℡", "①²_(株)_tel"},
		{"bytes that are no text", "a\xff\xfeb\x00c", "a\ufffd\ufffdbc"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			if got := marked(jp.FoldText(tt.text)); got != tt.want {
				t.Errorf("FoldText(%q)\n got %q\nwant %q", tt.text, got, tt.want)
			}
		})
	}
}

func TestSpanLeadsBack(t *testing.T) {
	t.Parallel()
	const text = "様 ﾔﾏ\u200bﾀﾞ　十二番地"
	tests := []struct{ folded, source string }{
		{"ヤマダ", "ﾔﾏ\u200bﾀﾞ"}, {"様", "様"}, {"12", "十二"}, {"マダ12", "ﾏ\u200bﾀﾞ　十二"},
	}
	f := jp.FoldText(text)
	for _, tt := range tests {
		k := strings.Index(f.String(0, f.Len()), tt.folded)
		i := len([]rune(f.String(0, f.Len())[:k]))
		start, end := f.Span(i, i+len([]rune(tt.folded)))
		if got := text[start:end]; got != tt.source {
			t.Errorf("%q came from %q, want %q", tt.folded, got, tt.source)
		}
	}
	if start, end := f.Span(3, 3); start != 0 || end != 0 {
		t.Errorf("empty span is [%d, %d)", start, end)
	}
}

func TestBoundedRefusesBadRanges(t *testing.T) {
	t.Parallel()
	f := jp.FoldText("山田")
	for _, r := range [][2]int{{-1, 1}, {0, 3}, {1, 1}, {2, 1}} {
		if jp.Bounded(jp.Name, f, r[0], r[1]) {
			t.Errorf("range %v is bounded", r)
		}
	}
}

func ExampleNormal() {
	for _, s := range []string{"千代田区丸の内一丁目２番３号　サンハイツ501号室", "東京都千代田区丸ノ内1-2-3-501"} {
		n, _ := jp.Normal(jp.Address, s)
		fmt.Println(n)
	}
	// Output:
	// 東京都千代田区丸の内1-2-3-501
	// 東京都千代田区丸の内1-2-3-501
}

func ExampleTokens() {
	for _, t := range jp.Tokens("山田様　電話０９０－１２３４－５６７８、taro@example.jp") {
		fmt.Println(t.Kind, t.Normal)
	}
	// Output:
	// phone 09012345678
	// email taro@example.jp
}
