package jp

import "strings"

// prefectures are the 47 first words of an address.
var prefectures = strings.Fields(`
北海道 青森県 岩手県 宮城県 秋田県 山形県 福島県 茨城県 栃木県 群馬県 埼玉県 千葉県 東京都 神奈川県 新潟県 富山県
石川県 福井県 山梨県 長野県 岐阜県 静岡県 愛知県 三重県 滋賀県 京都府 大阪府 兵庫県 奈良県 和歌山県 鳥取県 島根県
岡山県 広島県 山口県 徳島県 香川県 愛媛県 高知県 福岡県 佐賀県 長崎県 熊本県 大分県 宮崎県 鹿児島県 沖縄県`)

// sharedCities exist in two prefectures, so they say nothing without theirs.
var sharedCities = []string{"府中市", "伊達市"}

// prefectureOf is the prefecture s begins with, or "".
func prefectureOf(s string) string {
	for _, p := range prefectures {
		if strings.HasPrefix(s, p) {
			return p
		}
	}
	return ""
}

func isPrefectureSuffix(r rune) bool { return r == '都' || r == '道' || r == '府' || r == '県' }

func sharedCity(s string) bool { return hasAnyPrefix(s, sharedCities...) }

// districtOf is the 郡 s begins with, if a town or village follows it, or "".
func districtOf(s string) string {
	n := 0
	for i, r := range s {
		n++
		switch {
		case r == '郡' && n > 1 && n < 7:
			gun := s[:i+len("郡")]
			if strings.ContainsAny(s[len(gun):], "町村") {
				return gun
			}
		case n >= 7 || isDigit(r) || r == '市' || r == '区':
			return ""
		}
	}
	return ""
}

// cities are those often written without their prefecture, after it. Only names
// that exist once are here: no 中央区, 港区, 北区 or 府中市.
const cities = `
北海道 札幌市 旭川市 函館市 小樽市 帯広市 釧路市 苫小牧市
青森県 青森市 八戸市 弘前市
岩手県 盛岡市 一関市
宮城県 仙台市 石巻市
秋田県 秋田市 横手市
山形県 山形市 鶴岡市 酒田市
福島県 福島市 郡山市 いわき市 会津若松市
茨城県 水戸市 つくば市 日立市 土浦市
栃木県 宇都宮市 小山市 足利市
群馬県 前橋市 高崎市 太田市 伊勢崎市
埼玉県 さいたま市 川口市 川越市 所沢市 越谷市 草加市 春日部市 上尾市 熊谷市
千葉県 千葉市 船橋市 松戸市 市川市 柏市 市原市 八千代市 流山市 浦安市 習志野市
東京都 千代田区 新宿区 文京区 台東区 墨田区 江東区 品川区 目黒区 大田区 世田谷区 渋谷区 中野区 杉並区 豊島区 荒川区 板橋区 練馬区 足立区 葛飾区 江戸川区 八王子市 町田市 調布市 三鷹市 武蔵野市 立川市 西東京市 小平市 日野市 東村山市 多摩市 青梅市
神奈川県 横浜市 川崎市 相模原市 藤沢市 横須賀市 平塚市 茅ケ崎市 大和市 厚木市 小田原市 鎌倉市 逗子市
新潟県 新潟市 長岡市 上越市
富山県 富山市 高岡市
石川県 金沢市 小松市
福井県 福井市
山梨県 甲府市
長野県 長野市 松本市 上田市
岐阜県 岐阜市 大垣市 各務原市
静岡県 静岡市 浜松市 沼津市 富士市
愛知県 名古屋市 豊田市 岡崎市 一宮市 豊橋市 春日井市
三重県 津市 四日市市 鈴鹿市 松阪市
滋賀県 大津市 草津市 彦根市
京都府 京都市 宇治市 亀岡市
大阪府 大阪市 堺市 東大阪市 豊中市 枚方市 吹田市 高槻市 茨木市 八尾市 寝屋川市 岸和田市
兵庫県 神戸市 姫路市 西宮市 尼崎市 明石市 加古川市 宝塚市 伊丹市 芦屋市
奈良県 奈良市 橿原市 生駒市
和歌山県 和歌山市
鳥取県 鳥取市 米子市
島根県 松江市 出雲市
岡山県 岡山市 倉敷市
広島県 広島市 福山市 呉市 東広島市
山口県 下関市 山口市 宇部市
徳島県 徳島市
香川県 高松市 丸亀市
愛媛県 松山市 今治市
高知県 高知市
福岡県 福岡市 北九州市 久留米市
佐賀県 佐賀市 唐津市
長崎県 長崎市 佐世保市
熊本県 熊本市 八代市
大分県 大分市 別府市
宮崎県 宮崎市 都城市
鹿児島県 鹿児島市 霧島市
沖縄県 那覇市 沖縄市 浦添市`

var prefectureByCity = buildCities()

func buildCities() map[string]string {
	m := make(map[string]string, 200)
	for line := range strings.Lines(cities) {
		words := strings.Fields(line)
		for _, city := range words[min(1, len(words)):] {
			m[city] = words[0]
		}
	}
	return m
}

// completed puts the prefecture before an area that begins with a known city.
func completed(area string) string {
	for i, r := range area {
		if r == '市' || r == '区' {
			end := i + len("市")
			if p, ok := prefectureByCity[area[:end]]; ok && len(area) > end {
				return p + area
			}
		}
		if i > 8*len("市") {
			break
		}
	}
	return area
}
