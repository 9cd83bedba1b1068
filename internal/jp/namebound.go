package jp

import (
	"slices"
	"strings"
)

// nameStands tells by its neighbours whether the runes [i, j), which spell a
// name, are one, and not part of a longer name or word: 久保舞 in 大久保舞様, 森一 in
// 森一郎, タロウ in カタロウ. Names stand without spaces in Japanese text, so what may
// be a label, a title or a particle beside them is no obstacle; the shorter the
// name, the more must speak for it.
func (t Text) nameStands(i, j int) bool {
	if !t.wordBegins(i, j) || !t.wordEnds(i, j) || t.hyphenAt(i) || t.hyphenAt(j) && !t.latinTitleAt(j) {
		return false
	}
	if j-i == 2 && isHan(t.Runes[i]) && isHan(t.Runes[i+1]) {
		return t.shortName(i, j)
	}
	if j-i < 6 && isLetter(t.Runes[i]) && isLetter(t.Runes[j-1]) && !t.parted(i, j) {
		return false // Yu An is not yuan
	}
	return t.nameBegins(i, j) && t.nameEnds(i, j)
}

// hyphenAt tells whether a hyphen or an apostrophe joins the letters before and
// at i: Smith-Jones.
func (t Text) hyphenAt(i int) bool {
	return !t.noGap(i) && isLetter(t.Runes[i]) && isLetter(t.Runes[i-1]) && strings.ContainsAny(t.src[t.Pos[i-1]:t.Pos[i]], dashes+apostrophes)
}

// noGap tells whether i is an edge of the text, or nothing was dropped there.
func (t Text) noGap(i int) bool { return i <= 0 || i >= t.Len() || !t.Gap[i] }

// latinTitleAt tells whether san or the like follows a hyphen at i.
func (t Text) latinTitleAt(i int) bool {
	end := i
	for end < t.Len() && end < i+7 && isLetter(t.Runes[end]) && (end == i || !t.Gap[end]) {
		end++
	}
	return slices.Contains(latinTitles, t.String(i, end))
}

// parted tells whether anything stands between the first and the last rune of
// [i, j) that parts them.
func (t Text) parted(i, j int) bool {
	for k := i + 1; k < j; k++ {
		if t.Gap[k] || !isAlnum(t.Runes[k]) {
			return true
		}
	}
	return false
}

// shortName tells whether two kanji are family and given name, though they may
// be a word as well (東洋, 金子): a space parts them, an honorific follows, or
// they are all there is in a line, a cell or behind a label.
func (t Text) shortName(i, j int) bool {
	between := t.src[t.Pos[i]:t.Pos[i+1]]
	switch lines := strings.ContainsAny(between, "\n\r"); {
	case t.honorificAt(j):
		return t.nameBegins(i, j)
	case t.Gap[i+1] && !lines && !strings.Contains(between, "\t"):
		return t.nameBegins(i, j) && t.nameEnds(i, j)
	case lines:
		return strings.ContainsAny(between, ":：") // each has its label
	}
	start, end := t.Span(i, j)
	before := strings.TrimRight(t.src[:start], " 　")
	after := strings.TrimLeft(t.src[end:], " 　")
	return endsField(before) && (after == "" || strings.ContainsRune("\n\r\t,\"", rune(after[0])))
}

// endsField tells whether a line, a cell or a label ends s.
func endsField(s string) bool {
	return s == "" || strings.ContainsRune("\n\r\t,\":", rune(s[len(s)-1])) || strings.HasSuffix(s, "：")
}

// titles follow a name; honorificAt knows them.
var titles = strings.Fields("様 さま サマ 殿 どの 氏 君 くん クン さん サン ちやん チヤン 先生 御中 女史 嬢 宛")

// honorificAt tells whether a title stands at i.
func (t Text) honorificAt(i int) bool {
	head := t.String(min(i, t.Len()), min(i+3, t.Len()))
	for _, h := range titles {
		if strings.HasPrefix(head, h) {
			return true
		}
	}
	return false
}

// nameBegins tells whether a name may begin at i.
func (t Text) nameBegins(i, j int) bool {
	if t.gapAt(i) {
		return true
	}
	prev := t.Runes[i-1]
	switch r := t.Runes[i]; {
	case isHan(r):
		return !isHan(prev) || t.kanjiBefore(i, j)
	case isKatakana(r):
		return !isKatakana(prev) || t.endsWithAny(i, kanaLabels)
	case isHiragana(r):
		return !isHiragana(prev) || j-i > 4 || t.endsWithAny(i, kanaLabels)
	default:
		return true
	}
}

// kanaLabels stand before the reading of a name.
var kanaLabels = strings.Fields("フリガナ ふりがな カナ かな ヨミ よみ シメイ しめい ナマエ なまえ メイギ サマ さま さん は")

// endsWithAny tells whether the text before i ends with one of words.
func (t Text) endsWithAny(i int, words []string) bool {
	head := t.String(max(0, i-4), i)
	for _, w := range words {
		if strings.HasSuffix(head, w) {
			return true
		}
	}
	return false
}

const (
	// lone may stand between a gap and a name.
	lone = "様殿者故宛氏甲乙丙丁"
	// labelEnds end labels with a kana before them: お届け先, 送り主.
	labelEnds = "様先主人者名方宛手"
	// heads are first kanji of many family names that end in another one: 大久保,
	// 小林, 中村. A name that follows one of them is most likely cut out of such.
	heads = "大小上下中東西南北新古高若長"
)

// longFamilies are family names that end in another one behind two kanji or more.
var longFamilies = strings.Fields(`小笠原 東海林 宇都宮 勅使河原 大河原 小野寺 長谷川 長谷部 佐久間 五十嵐 佐佐木 久保田 曽我部 日下部 西園寺
二階堂 大河内 武者小路 仲宗根 喜屋武 波多野 海老原 八重樫`)

// kanjiBefore tells whether a name may begin at i behind a kanji.
func (t Text) kanjiBefore(i, j int) bool {
	n := 1
	for n < 4 && i-1-n >= 0 && !t.Gap[i-n] && isHan(t.Runes[i-1-n]) {
		n++
	}
	prev := t.Runes[i-1]
	if n == 1 {
		before := rune(0)
		if i > 1 && !t.Gap[i-1] {
			before = t.Runes[i-2]
		}
		return strings.ContainsRune(lone, prev) || isDigit(before) && strings.ContainsRune("日月年回号番", prev) ||
			isHiragana(before) && strings.ContainsRune(labelEnds, prev) // 送り主
	}
	for _, f := range longFamilies {
		for k := i - n; k <= i-2; k++ {
			if r := []rune(f); k+len(r) > i && k+len(r) <= j && t.String(k, k+len(r)) == f {
				return false
			}
		}
	}
	return !t.headOnly(i)
}

// headOnly tells whether the kanji before i is one of heads and not the end of a
// word such as 店長 or 以上.
func (t Text) headOnly(i int) bool {
	if !strings.ContainsRune(heads, t.Runes[i-1]) {
		return false
	}
	switch before := t.Runes[i-2]; t.Runes[i-1] {
	case '長':
		return !strings.ContainsRune("部店会社課係室所院校園班局次員団", before)
	case '上', '下':
		return before != '以' && before != '同'
	default:
		return true
	}
}

// nameEnds tells whether a name may end before j.
func (t Text) nameEnds(i, j int) bool {
	if t.gapAt(j) {
		return true
	}
	next := t.Runes[j]
	switch r := t.Runes[j-1]; {
	case isHan(next):
		return t.kanjiBehind(i, j)
	case isKatakana(r) && isKatakana(next):
		return t.honorificAt(j)
	case isHiragana(r) && isHiragana(next):
		return t.honorificAt(j) || strings.ContainsRune(particles, next) && !t.honorificAt(j+1)
	default:
		return true
	}
}

const (
	// particles may follow a name written in hiragana.
	particles = "はがをにのともへやでかよりから"
	// followers are first kanji of what stands directly behind a name.
	followers = "様殿氏君先御宛方名本他以及女夫家宅行男会電住携年性注側役著作書記監選議教社部課店係主代両同兼専担取購入分契口所指加自旧宛郵番連誕東北青岩宮秋山福茨栃群埼千神新富石長岐静愛三滋京大兵奈和鳥島岡広徳香高佐熊鹿冲"
	// tails are last kanji of given names, of which a shorter one is the begin.
	tails = "郎朗子美夫雄男一二三介助平彦之也哉太香奈江代枝恵紀樹輝人斗翔輔弥衛司志士史治次造蔵吾吉作里理沙菜音花華実未葉乃緒央希貴基規毅喜"
)

// goesOn are words that begin with one of tails, and are no part of a name.
var goesOn = strings.Fields(`子会 夫妻 夫婦 一同 一行 一家 一名 二名 三名 平成 代理 代表 代筆 香川 奈良 江東 江戸 美容 作成 作品 人様 志望 治療 実施
理事 里親 希望 貴社 貴方 基本 司会 吉日 次回 次長 史上 助手 介護 男性 音楽 花束 華道 葉書 士業`)

// kanjiBehind tells whether a name may end before the kanji at j.
func (t Text) kanjiBehind(i, j int) bool {
	next := t.Runes[j]
	if strings.ContainsRune(tails, next) {
		pair := t.String(j, min(j+2, t.Len()))
		for _, w := range goesOn {
			if pair == w {
				return true
			}
		}
		return isLetter(t.Runes[j-1])
	}
	return j-i > 3 || strings.ContainsRune(followers, next)
}
