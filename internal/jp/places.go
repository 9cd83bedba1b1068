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
