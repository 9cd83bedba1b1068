package corpus

// Names that nobody has, for canaries: the name of a real person, however rare,
// is some guest's, too.
var (
	inventedFamilies = [...][3]string{
		{"見張崎", "ミハリザキ", "Miharizaki"}, {"番乃丞", "バンノジョウ", "Bannojo"}, {"目付森", "メツケモリ", "Metsukemori"}, {"鳴子坂", "ナルコザカ", "Narukozaka"},
		{"灯台原", "トウダイバラ", "Todaibara"}, {"哨戒沢", "ショウカイザワ", "Shokaizawa"}, {"夜警寺", "ヤケイジ", "Yakeiji"}, {"物見橋", "モノミバシ", "Monomibashi"},
	}
	inventedGivens = [...][3]string{
		{"鳥子", "トリコ", "Toriko"}, {"守之介", "モリノスケ", "Morinosuke"}, {"覗美", "ノゾキミ", "Nozokimi"}, {"報太", "シラセタ", "Shiraseta"},
		{"気付代", "キヅキヨ", "Kizukiyo"}, {"鐘麿", "カネマロ", "Kanemaro"}, {"瞭奈", "リョウナ", "Ryona"}, {"察次", "サツジ", "Satsuji"},
	}
)

// invent gives a canary a name of its own.
func (c *Customer) invent(n int) {
	family := inventedFamilies[n%len(inventedFamilies)]
	given := inventedGivens[n/len(inventedFamilies)%len(inventedGivens)]
	c.Family, c.FamilyKana, c.FamilyLatin = family[0], family[1], family[2]
	c.Given, c.GivenKana, c.GivenLatin = given[0], given[1], given[2]
}
