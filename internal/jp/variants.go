package jp

// variants maps old, vulgar and look-alike shapes of a kanji to the shape in
// common use. In each group the first character stands for the others.
//
// Two shapes are one when the law says so (oldShapes), when the same code was
// drawn either way by different machines (redrawn), when a system that knows
// only JIS X 0208 must write the one for the other (unwritable), or when a
// reader sees one character with a stroke more or less (vulgar). What offices
// write for one another without asking the bearer is one value: the roster says
// 渡邉, the mail 渡辺.
//
// Two shapes stay apart, even if dictionaries call them variants, when both are
// in JIS X 0208 and families choose one to tell themselves from the other:
// 斎 斉, 島 嶋 嶌, 竜 龍, 館 舘, 峰 峯, 園 薗, 野 埜, 崎 碕 埼, 杉 椙, 磯 礒, 柏 栢, 梅 楳,
// 畑 畠, 坂 阪, 村 邨, 映 暎, 輝 煇, 耀 燿, 皓 晧, 徳 悳, 駆 駈. A system has no need to
// replace these, and a clerk who does has made an error.
var variants = buildVariants()

func buildVariants() map[rune]rune {
	m := make(map[rune]rune, 1200)
	for _, groups := range [...]string{radicals, oldShapes, redrawn, unwritable, vulgar} {
		var first rune
		for _, r := range groups {
			switch {
			case r == ' ' || r == '\n':
				first = 0
			case first == 0:
				first = r
			default:
				m[r] = first
			}
		}
	}
	return m
}

// radicals come out of PDF files, whose fonts share a glyph between a character
// and its radical. Those of U+2F00 … 2FD5 are decomposed by Unicode, these of the
// CJK Radicals Supplement are not.
const radicals = `
長⻑⻒ 西⻄⻃ 青⻘ 食⻝⻞⻟ 鬼⻤ 麦⻨ 黄⻩ 歯⻭ 竜⻯ 亀⻲⻱ 斉⻫ 民⺠ 虎⻁ 角⻆⻇ 月⺝⺼ 王⺩ 日⺜ 牛⺧ 目⺫ 示⺬⺭ 竹⺮ 羊⺶⺷⺸
臼⺽ 足⻊ 雨⻗ 首⻡ 骨⻣ 巳⺒ 聿⺺⺻ 疋⺪ 糸⺯ 衣⻂ 阜⻕ 邑⻏ 刀⺈ 卜⺊ 手⺘ 水⺡⺢ 火⺣ 犬⺨ 人⺅ 心⺖⺗ 辵⻌⻍⻎
`

// oldShapes are the pairs of 常用漢字表 (the shapes in parentheses, 内閣告示 2010)
// and of 人名用漢字別表 (戸籍法施行規則 別表第二, whose dash between two characters
// says that they are one): the family register changes from old to new on a
// mere request, and most systems do it without one. The pairs that Unicode
// encodes as compatibility ideographs (神 U+FA19) are decomposed, not listed.
const oldShapes = `
亜亞 悪惡 圧壓 囲圍 医醫 為爲 壱壹 隠隱 栄榮 営營 衛衞 駅驛 円圓 塩鹽 縁緣 艶艷 応應 欧歐 殴毆 桜櫻 奥奧 横橫 温溫
穏穩 仮假 価價 画畫 会會 絵繪 壊壞 懐懷 概槪 拡擴 殻殼 覚覺 学學 岳嶽 楽樂 渇渴 缶罐 巻卷 陥陷 勧勸 寛寬 関關 歓歡
観觀 気氣 既旣 帰歸 亀龜 偽僞 戯戲 犠犧 旧舊 拠據 挙擧 虚虛 峡峽 挟挾 狭狹 郷鄕 暁曉 区區 駆驅 勲勳 薫薰 径徑 茎莖
恵惠 掲揭 渓溪 経經 蛍螢 軽輕 継繼 鶏鷄 芸藝 撃擊 欠缺 研硏 県縣 倹儉 剣劍 険險 圏圈 検檢 献獻 権權 顕顯 験驗 厳嚴
広廣 効效 恒恆 黄黃 鉱鑛 号號 国國 黒黑 砕碎 済濟 斎齋 剤劑 雑雜 参參 桟棧 蚕蠶 惨慘 賛贊 残殘 糸絲 歯齒 児兒 辞辭
湿濕 実實 写寫 釈釋 寿壽 収收 従從 渋澁 獣獸 縦縱 粛肅 処處 緒緖 叙敍 将將 称稱 渉涉 焼燒 証證 奨奬 条條 状狀 乗乘
浄淨 剰剩 畳疊 縄繩 壌壤 嬢孃 譲讓 醸釀 触觸 嘱囑 真眞 寝寢 慎愼 尽盡 図圖 粋粹 酔醉 穂穗 随隨 髄髓 枢樞 数數 瀬瀨
声聲 斉齊 静靜 窃竊 摂攝 専專 浅淺 戦戰 践踐 銭錢 潜潛 繊纖 禅禪 双雙 壮壯 争爭 荘莊 捜搜 挿插 巣巢 曽曾 装裝 総總
騒騷 増增 蔵藏 臓臟 即卽 属屬 続續 堕墮 対對 体體 帯帶 滞滯 台臺 滝瀧 択擇 沢澤 担擔 単單 胆膽 団團 断斷 弾彈 遅遲
痴癡 虫蟲 昼晝 鋳鑄 庁廳 徴徵 聴聽 勅敕 鎮鎭 逓遞 鉄鐵 点點 転轉 伝傳 灯燈 当當 党黨 盗盜 稲稻 闘鬪 徳德 独獨 読讀
届屆 弐貳 悩惱 脳腦 覇霸 拝拜 杯盃 廃廢 売賣 麦麥 発發 髪髮 抜拔 晩晚 蛮蠻 秘祕 浜濱 瓶甁 富冨 払拂 仏佛 併倂 並竝
餅餠 辺邊 変變 弁辨瓣辯 歩步 宝寶 豊豐 褒襃 翻飜 毎每 万萬 満滿 麺麵 黙默 弥彌 訳譯 薬藥 与與 予豫 余餘 誉譽 揺搖
様樣 謡謠 来來 頼賴 乱亂 覧覽 両兩 涼凉 猟獵 緑綠 涙淚 塁壘 礼禮 励勵 戻戾 霊靈 齢齡 暦曆 歴歷 恋戀 錬鍊 炉爐 労勞
郎郞 楼樓 録錄 湾灣
亘亙 凛凜 尭堯 巌巖 晃晄 桧檜 槙槇 祢禰 祷禱 禄祿 穣穰 萌萠 遥遙 瑶瑤 煕熙凞熈
`

// redrawn are the characters whose code kept its place while its shape changed:
// the 22 exchanged pairs and the simplified shapes of JIS C 6226:1978 → JIS X
// 0208:1983, and what JIS X 0213:2004 drew back. The same byte was printed either
// way, and converters to Unicode differ.
const redrawn = `
鯵鰺 鴬鶯 蛎蠣 撹攪 竈竃 灌潅 諌諫 頚頸 砿礦 蕊蘂蕋 靱靭 賎賤 壺壷 砺礪 梼檮 涛濤 迩邇 蝿蠅 侭儘 薮藪籔 籠篭
唖啞 鴎鷗 麹麴 鹸鹼 噛嚙 繋繫 倶俱 繍繡 蒋蔣 醤醬 蝉蟬 掻搔 騨驒 箪簞 掴摑 填塡 顛顚 涜瀆 嚢囊 溌潑 醗醱 頬頰 莱萊
蝋蠟 屏屛 并幷 焔焰 躯軀 侠俠 痩瘦 嘘噓 呑吞 剥剝 叱𠮟 妍姸 芦蘆 鈎鉤 厨廚 弯彎 渕淵渊 讃讚 輌輛 厩廐廏廄 屡屢
晋晉 晒曬 楕橢 纉纘 鑚鑽 冴冱
`

// unwritable are shapes outside JIS X 0208: mail in ISO-2022-JP, card terminals,
// carriers and banks write the first one for them, because they must.
const unwritable = `
高髙 崎﨑 浜濵 吉𠮷 土圡𡈽 柳栁桺 橋𣘺 桑桒 青靑 清淸 教敎 強强 彦彥 戸戶 産產 悦悅 閲閱 鋭銳 税稅
説說 脱脫 呉吳吴 娯娛 尚尙 昂昻 絶絕 内內 姫姬 姉姊 宮宫 間閒 告吿 啓啟 柵栅 録录
歳歲 緑绿 喜㐂 勢㔟 昇曻 泰𣳾 宜冝 風凬 関闗 陰隂 鶴靏靍靎鸖 松柗 世卋 琴琹 寧寕 鉄鉃 橋槗
毘毗 羨羡 勲勛 和咊 賢贒 曹曺 崎㟢 碕𥔎 尻㞍 島㠀 岸㟁 岡𦊆 漆㯃 兜兠 爾尒 丈𠀋 最㝡 旨㫖
台䑓 虫䖝 松梥 秋秌 聡聦 別别 戸户 浄净 兌兑 迫廹 凡凢 喩喻 猫貓 駄馱 年秊
`

// vulgar are written variants (俗字, 誤字, 略字) that families did not make a
// name of their own, most of them in JIS X 0208.
const vulgar = `
崎嵜 却卻 呂吕 鎌鐮 聡聰 辺邉 栃杤 国囯圀 宝寳 学斈 体躰軆 畳疉 称穪 群羣 略畧 携攜 殻壳 奨獎 剣劔剱釼 秋穐龝 場塲 刈苅 卯夘 回囘囬 冲沖
松枩 仙僊 窪漥 栖棲 兎兔 裡裏 草艸⺾⺿⻀ 蘇蘓 鑑鑒 胸胷 竪豎 虎乕 欝鬱 闊濶 呪咒 蓑簑 蔭廕 餐湌 穎頴 嘗甞 桝枡 刃刄 寿夀 晰晣
巌巗 潜濳 渋澀 鶏雞 鉄鐡銕 窓窗窻 恥耻 閉閇 氷冰 決决 減减 況况 準凖 凄淒 奇竒 多夛 卒卆 京亰 珍珎 翠翆 婿壻聟 蛇虵
解觧 歌謌 逃迯 往徃 怪恠 留畄畱 畝畆畒 蓋盖葢 鼓皷 稚穉 脈脉 腸膓 舗舖鋪 荊荆 葱蔥 訛譌 鎖鎻 罰罸 朗朖 炯烱 肇肈 萱萓 本夲
函凾 勗勖 垂埀 埒埓 牆墻 妊姙 冤寃 嵯嵳 紙帋 棄弃 彝彜 憩憇 懺懴 殲殱 猿猨 婬媱 聯聨 輒輙 遁遯 閏閠 韻韵 鬢鬂 鵝鵞 鼈鱉 鰲鼇
顔顏 舎舍 飲飮 隣鄰 冊册 剣劒 煙烟 達逹 爾尓 皐皋 船舩 仭仞 麺麪 渓谿 艶豔 没沒 釜釡
粮糧 緜綿 纏纒 羹羮 暖煖 衆眾 蜂蠭 蟹蠏 軟輭 遡溯 雁鴈 韮韭 鼠鼡 麩麸 稟禀 碍礙 筍笋 箏筝 篡簒 俎爼 峨峩 崖崕
`
