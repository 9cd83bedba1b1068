package jp_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/kakitome/kakitome/internal/jp"
)

func TestKindNamesRoundTrip(t *testing.T) {
	t.Parallel()
	for k := jp.Email; k <= jp.Link; k++ {
		got, ok := jp.ParseKind(k.String())
		if !ok || got != k {
			t.Errorf("ParseKind(%q) = %d, %v; want %d", k.String(), got, ok, k)
		}
	}
	for _, k := range []jp.Kind{0, jp.Link + 1, 255} {
		if k.String() != "unknown" || k.Valid() {
			t.Errorf("kind %d is valid: %s", k, k)
		}
	}
	if _, ok := jp.ParseKind("unknown"); ok {
		t.Error("ParseKind accepts unknown")
	}
}

// Stored values: a change here breaks every roster and ledger.
func TestKindValuesAreStable(t *testing.T) {
	t.Parallel()
	want := map[string]jp.Kind{
		"email": 1, "phone": 2, "name": 3, "name_kana": 4, "name_latin": 5, "postal_code": 6, "address": 7,
		"birthday": 8, "member_no": 9, "order_no": 10, "other": 11, "attachment": 12, "link": 13,
	}
	for name, k := range want {
		if got, ok := jp.ParseKind(name); !ok || got != k {
			t.Errorf("ParseKind(%q) = %d, %v; want %d", name, got, ok, k)
		}
	}
}

// normals lists, for one normal form, the spellings that must reach it.
type normals struct {
	want      string
	spellings []string
}

func checkNormals(t *testing.T, k jp.Kind, tests []normals) {
	t.Helper()
	seen := map[string]bool{}
	for _, tt := range tests {
		if seen[tt.want] {
			t.Errorf("normal form %q is listed twice", tt.want)
		}
		seen[tt.want] = true
		for _, s := range append(tt.spellings, tt.want) {
			got, err := jp.Normal(k, s)
			if err != nil || got != tt.want {
				t.Errorf("Normal(%s, %q) = %q, %v; want %q", k, s, got, err, tt.want)
			}
		}
	}
}

func checkRefused(t *testing.T, k jp.Kind, values []string) {
	t.Helper()
	for _, v := range values {
		if got, err := jp.Normal(k, v); err == nil {
			t.Errorf("Normal(%s, %q) = %q, want an error", k, v, got)
		}
	}
}

func TestNormalEmail(t *testing.T) {
	t.Parallel()
	checkNormals(t, jp.Email, []normals{
		{"taro@example.jp", []string{
			"Taro@Example.JP", " taro@example.jp\n", "ｔａｒｏ＠ｅｘａｍｐｌｅ．ｊｐ", "<taro@example.jp>", "mailto:taro@example.jp",
			"ta\u200bro@exam\u00adple.jp", "taro@example.jp.", `"taro"@example.jp`, "taro＠example。jp",
		}},
		{"t.aro@example.jp", nil}, // dots are not folded
		{"taro+shop@example.jp", nil},
		{"taro..x.@docomo.example", nil}, // carriers gave such addresses out
		{"taro@xn--r8jz45g.jp", []string{"taro@例え.jp", "TARO@例え。jp", "taro@XN--R8JZ45G.jp"}},
		{"o'brien@example.com", []string{"O'Brien@Example.com"}},
	})
	checkRefused(t, jp.Email, []string{"", "taro", "@example.jp", "taro@", "ta ro@example.jp", "a@b@c d", "taro@exa mple.jp", "taro@-..jp"})
}

func TestNormalPhone(t *testing.T) {
	t.Parallel()
	checkNormals(t, jp.Phone, []normals{
		{"09012345678", []string{
			"090-1234-5678", "０９０－１２３４－５６７８", "090(1234)5678", "(090) 1234 5678", "090.1234.5678", "090‐1234‐5678", "090ー1234ー5678",
			"090ｰ1234ｰ5678", "+81 90 1234 5678", "+81-90-1234-5678", "+81(0)90-1234-5678", "＋８１９０１２３４５６７８", "0081 90 1234 5678", "010-81-90-1234-5678",
			"819012345678", "9012345678", "TEL: 090-1234-5678", "携帯電話090-1234-5678", "tel:+81-90-1234-5678", "090\u200b-1234-\u00ad5678", "090-1234-5678 内線12",
			"090-1234-5678 ext. 5", "090-1234-5678x5", "090-1234-5678#5", "090-1234\n-5678",
		}},
		{"0312345678", []string{"03-1234-5678", "03(1234)5678", "(03)1234-5678", "+81 3 1234 5678", "+81 (0)3-1234-5678", "312345678"}},
		{"0123456789", []string{"0123-45-6789", "01234-5-6789", "123456789"}},
		{"0120123456", []string{"0120-123-456", "0120-12-3456"}},
		{"08001234567", []string{"0800-123-4567"}},
		{"05012345678", []string{"050-1234-5678"}},
		{"+16502530000", []string{"+1 650-253-0000", "+1 (650) 253-0000", "010-1-650-253-0000"}},
		{"+442079460000", []string{"+44 (0)20 7946 0000", "+44 20 7946 0000"}},
	})
	checkRefused(t, jp.Phone, []string{"", "-", "110", "090-1234-567", "090-1234-56789", "00-1234-5678", "03-1234-567", "090-1234-567八", "KK-12345678", "+81 90 1234 567", "+", "+0123456789", "12345678901234567890123"})
}

func TestClassOfPhone(t *testing.T) {
	t.Parallel()
	tests := map[string]jp.PhoneClass{
		"09012345678": jp.Mobile, "08012345678": jp.Mobile, "07012345678": jp.Mobile, "06012345678": jp.Mobile,
		"0312345678": jp.Landline, "0612345678": jp.Landline, "0120123456": jp.TollFree, "08001234567": jp.TollFree, "0570123456": jp.TollFree,
		"05012345678": jp.IP, "+16502530000": jp.Foreign,
	}
	for n, want := range tests {
		if got := jp.ClassOfPhone(n); got != want {
			t.Errorf("ClassOfPhone(%q) = %s, want %s", n, got, want)
		}
	}
}

func TestNormalName(t *testing.T) {
	t.Parallel()
	checkNormals(t, jp.Name, []normals{
		{"山田太郎", []string{"山田 太郎", "山田　太郎", "山田太郎様", "山田 太郎 殿", "山\u200b田\u00ad太郎", "山\n田太郎", "山田\u0301太郎", "山田太郎さん"}},
		{"高橋一郎", []string{"髙橋一郎", "髙槗 一郎", "高橋\U000E0100一郎"}},
		{"渡辺崎子", []string{"渡邊﨑子", "渡邉 崎子"}},
		{"斎藤沢", []string{"齋藤澤"}}, {"斉藤沢", []string{"齊藤澤"}},
		{"吉田浜子", []string{"𠮷田濵子", "吉田濱子"}},
		{"島田", nil}, {"嶋田", nil}, {"竜崎", []string{"竜﨑"}}, {"龍崎", nil},
		{"佐佐木希", []string{"佐々木希"}},
		{"三田一郎", nil}, {"五十嵐三", nil}, {"一二三四郎", nil},
		{"一の瀬直", []string{"一ノ瀬直", "一ﾉ瀬直"}},
		{"鵜殿", nil},
		{"長谷西郎", []string{"⻑⾕⻄郎", "長谷西郞"}}, // as PDF files spell it
		{"竹ケ原ミキ", []string{"竹ヶ原ミキ", "竹が原ﾐｷ"}},
	})
	checkRefused(t, jp.Name, []string{"", " ", "林", "123", "--", "\u200b"})
}

func TestNormalNameKana(t *testing.T) {
	t.Parallel()
	checkNormals(t, jp.NameKana, []normals{
		{"ヤマダタロウ", []string{"ﾔﾏﾀﾞ ﾀﾛｳ", "やまだ　たろう", "ヤマダ タロウ 様", "ヤマタ\u3099タロウ", "ﾔﾏﾀ゛タロウ"}},
		{"シヨウコパパ", []string{"ショウコ ﾊﾟﾊﾟ", "ｼﾖｳｺﾊﾟﾊﾟ", "しょうこ ぱぱ"}},
		{"サトーケン", []string{"サトー ケン", "サト－ケン", "サトｰケン", "さとー けん"}},
		{"ジヨンスミス", []string{"ジョン・スミス", "ジョン＝スミス", "ｼﾞｮﾝ･ｽﾐｽ"}},
	})
}

func TestNormalNameLatin(t *testing.T) {
	t.Parallel()
	checkNormals(t, jp.NameLatin, []normals{
		{"taroyamada", []string{"Taro Yamada", "YAMADA Taro", "Yamada, Taro", "Ｙａｍａｄａ　Ｔａｒｏ", "Mr. Taro Yamada", "Tarō Yamada"}},
		{"jeanpauloneill", []string{"Jean-Paul O'Neill", "O’Neill, Jean‐Paul", "JEAN-PAUL ONEILL"}},
		{"josemuller", []string{"José Müller", "Jose\u0301 Mu\u0308ller"}},
	})
}

func TestNormalPostalCode(t *testing.T) {
	t.Parallel()
	checkNormals(t, jp.PostalCode, []normals{
		{"1000005", []string{"〒100-0005", "１００－０００５", "100‐0005", "郵便番号：100-0005", "〒 100 - 0005", "100ー0005"}},
		{"0600042", []string{"060-0042", "600042"}},
	})
	checkRefused(t, jp.PostalCode, []string{"", "100-005", "100-00055", "abc"})
}

func TestNormalBirthday(t *testing.T) {
	t.Parallel()
	checkNormals(t, jp.Birthday, []normals{
		{"1980-01-02", []string{
			"1980/1/2", "1980.01.02", "1980年1月2日", "１９８０年１月２日", "昭和55年1月2日", "昭和五十五年一月二日", "一九八〇年一月二日", "S55.1.2", "s55/01/02", "昭55.1.2",
			"㍼55年1月2日", "1980年（昭和55年）1月2日", "19800102", "1980-01-02T00:00:00Z", "1980-01-02 00:00:00", "1980 年 1 月 2 日生まれ",
		}},
		{"1989-01-08", []string{"平成元年1月8日", "H1.1.8"}},
		{"2020-02-29", []string{"令和2年2月29日"}},
	})
	checkRefused(t, jp.Birthday, []string{"", "1980-02-30", "2021-02-29", "1980-13-01", "80-01-02", "1/2/1980", "1980-01", "19801302", "1980-01-02 and more"})
}

func TestNormalCodesLinksHashes(t *testing.T) {
	t.Parallel()
	checkNormals(t, jp.MemberNo, []normals{
		{"kk-1234-5678", []string{"KK-1234-5678", "ＫＫ－１２３４－５６７８", "kk‐1234‐5678", " KK-1234-\u200b5678 "}},
		{"kk12345678", []string{"KK 1234 5678"}},
	})
	checkNormals(t, jp.Link, []normals{{"aB3dE5gH7jK9mN1p", []string{" aB3dE5gH7jK9mN1p"}}, {"ab3de5gh7jk9mn1p", nil}})
	checkNormals(t, jp.Attachment, []normals{{"0123456789abcdef0123456789abcdef", []string{"0123456789ABCDEF0123456789ABCDEF"}}})
	checkRefused(t, jp.Link, []string{"short", "has a space in the token"})
	checkRefused(t, jp.Attachment, []string{"xyz", "0123"})
	checkRefused(t, 0, []string{"anything"})
}

func TestErrorsNeverQuoteTheValue(t *testing.T) {
	t.Parallel()
	for k := jp.Email; k <= jp.Link; k++ {
		_, err := jp.Normal(k, "\u200b")
		if err == nil {
			t.Errorf("Normal(%s, nothing): no error", k)
		}
	}
	_, err := jp.Normal(jp.Phone, "090-secret")
	if diff := cmp.Diff("phone: phone number contains other characters", err.Error()); diff != "" {
		t.Error(diff)
	}
}
