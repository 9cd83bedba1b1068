package people

import (
	"strconv"
	"strings"
)

// name is a family or a given name with its reading and how common it is.
type name struct {
	kanji, kana, latin string
	weight             int
	from, to           int // years in which bearers of a given name were born
}

// place is a town with its postal code and its area code.
type place struct {
	postal, prefecture, town, area string
	houses                         string // see placeNames
	weight                         int
}

// entries are the entries of a table: lines of comma-separated words, each line
// with a heading before a colon, if it has one.
func entries(table string, each func(heading string, words []string)) {
	for line := range strings.Lines(table) {
		heading, rest, ok := strings.Cut(strings.TrimSpace(line), ": ")
		if !ok {
			heading, rest = "", heading
		}
		for entry := range strings.SplitSeq(rest, ",") {
			if words := strings.Fields(entry); len(words) > 0 {
				each(heading, words)
			}
		}
	}
}

func namesOf(table string) (all []name, picks picker) {
	entries(table, func(years string, w []string) {
		n := name{kanji: w[0], kana: w[1], latin: latin(w[1]), weight: number(w[2]), from: 1938, to: 1998}
		if len(w) > 3 {
			n.latin = w[3]
		}
		if n.kanji[0] < 0x80 {
			n.latin = strings.ReplaceAll(n.kanji, "ü", "u")
		}
		if from, to, ok := strings.Cut(years, "-"); ok {
			n.from, n.to = number(from), number(to)
		}
		all = append(all, n)
		picks.add(n.weight)
	})
	return all, picks
}

func placesOf(table string) (all []place, picks picker) {
	entries(table, func(prefecture string, w []string) {
		p := place{postal: w[0], prefecture: prefecture, town: w[1], area: w[2], houses: w[3], weight: number(w[4])}
		all = append(all, p)
		picks.add(p.weight)
	})
	return all, picks
}

// number reads a number of a table, 0 if there is none.
func number(s string) int {
	n, _ := strconv.Atoi(s)
	return n
}

// syllables are those whose spelling is not that of their row and column.
var syllables = strings.NewReplacer(
	"キャ", "kya", "キュ", "kyu", "キョ", "kyo", "シャ", "sha", "シュ", "shu", "ショ", "sho", "チャ", "cha", "チュ", "chu", "チョ", "cho",
	"ニャ", "nya", "ニュ", "nyu", "ニョ", "nyo", "ヒャ", "hya", "ヒュ", "hyu", "ヒョ", "hyo", "ミャ", "mya", "ミュ", "myu", "ミョ", "myo",
	"リャ", "rya", "リュ", "ryu", "リョ", "ryo", "ギャ", "gya", "ギュ", "gyu", "ギョ", "gyo", "ジャ", "ja", "ジュ", "ju", "ジョ", "jo",
	"ビャ", "bya", "ビュ", "byu", "ビョ", "byo",
	"ア", "a", "イ", "i", "ウ", "u", "エ", "e", "オ", "o", "カ", "ka", "キ", "ki", "ク", "ku", "ケ", "ke", "コ", "ko",
	"サ", "sa", "シ", "shi", "ス", "su", "セ", "se", "ソ", "so", "タ", "ta", "チ", "chi", "ツ", "tsu", "テ", "te", "ト", "to",
	"ナ", "na", "ニ", "ni", "ヌ", "nu", "ネ", "ne", "ノ", "no", "ハ", "ha", "ヒ", "hi", "フ", "fu", "ヘ", "he", "ホ", "ho",
	"マ", "ma", "ミ", "mi", "ム", "mu", "メ", "me", "モ", "mo", "ヤ", "ya", "ユ", "yu", "ヨ", "yo",
	"ラ", "ra", "リ", "ri", "ル", "ru", "レ", "re", "ロ", "ro", "ワ", "wa", "ヲ", "o", "ン", "n",
	"ガ", "ga", "ギ", "gi", "グ", "gu", "ゲ", "ge", "ゴ", "go", "ザ", "za", "ジ", "ji", "ズ", "zu", "ゼ", "ze", "ゾ", "zo",
	"ダ", "da", "ヂ", "ji", "ヅ", "zu", "デ", "de", "ド", "do", "バ", "ba", "ビ", "bi", "ブ", "bu", "ベ", "be", "ボ", "bo",
	"パ", "pa", "ピ", "pi", "プ", "pu", "ペ", "pe", "ポ", "po",
)

// latin spells a reading as passports do: Hepburn without long vowels.
func latin(kana string) string {
	var b strings.Builder
	s := syllables.Replace(kana)
	for i, r := range s {
		rest := s[i+len(string(r)):]
		switch before := b.String(); {
		case r == 'ー':
		case r == 'ッ' && strings.HasPrefix(rest, "ch"):
			b.WriteByte('t')
		case r == 'ッ' && rest != "":
			b.WriteByte(rest[0])
		case r == 'n' && rest != "" && strings.IndexByte("bmp", rest[0]) >= 0:
			b.WriteByte('m')
		case r == 'u' && (strings.HasSuffix(before, "o") || strings.HasSuffix(before, "u")):
		case r == 'o' && strings.HasSuffix(before, "o"):
		default:
			b.WriteRune(r)
		}
	}
	out := b.String()
	return strings.ToUpper(out[:1]) + out[1:]
}

var (
	buildingWords = []string{"さくら", "みどり", "パーク", "グリーン", "サンライズ", "ひまわり", "リバーサイド", "第二", "ヒルズ", "若葉", "プレミアム", "エステート", "ロイヤル", "富士見"}
	buildingKinds = []string{"ハイツ", "コーポ", "マンション", "荘", "メゾン", "レジデンス", "ビル", "アパート", "パレス", "ハイム"}
	towerKinds    = []string{"タワー", "ザ・タワー", "シティタワー", "団地3号棟", "レジデンスA棟"}
	domains       = []string{
		"example.jp", "example.com", "example.net", "example.org", "mail.example.jp", "mobile.example.jp",
		"web.example.com", "home.example.net", "post.example.org", "inbox.example", "letters.example", "keitai.example",
	}
	nicknames = []string{"neko.daisuki", "sakura", "blue-sky", "maron", "wan_wan", "nonbiri", "pochi", "tsuri", "hana", "k.k", "mint", "fuji"}
)
