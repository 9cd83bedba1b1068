package jp

// variants maps old, vulgar and look-alike shapes of a kanji to the shape in
// common use. In each group of variantGroups the first character stands for the
// others; the radicals in the first line come out of PDF files. Only what offices interchange is unified: 斎 and 斉, 島 and 嶋, 竜 and
// 龍, 館 and 舘, 峰 and 峯 are different names and stay apart.
var variants = buildVariants()

func buildVariants() map[rune]rune {
	m := make(map[rune]rune, 600)
	var first rune
	for _, r := range variantGroups {
		switch {
		case r == ' ' || r == '\n':
			first = 0
		case first == 0:
			first = r
		default:
			m[r] = first
		}
	}
	return m
}

const variantGroups = `
長⻑ 西⻄ 青⻘ 食⻝ 鬼⻤ 麦⻨ 黄⻩ 歯⻭ 竜⻯ 亀⻲ 斉⻫ 民⺠ 虎⻁ 角⻆ 月⺝ 王⺩
高髙 崎﨑嵜 辺邊邉 斎齋 斉齊 沢澤 浜濱濵 広廣 国國囯圀 桜櫻 徳德 瀬瀨 真眞 恵惠 富冨 吉𠮷 土𡈽圡 柳栁
橋槗 桑桒 桧檜 薮藪籔 滝瀧 渕淵渊 条條 栄榮 黒黑 会會 関關 鉄鐵鉃 児兒 円圓 実實 寛寬 巌巖 弥彌
弁辨瓣辯 彦彥 応應 恒恆 悦悅 戸戶 抜拔 拝拜 挙擧 捜搜 収收 叙敍 晃晄 暁曉 曽曾 来來 栃杤 様樣 楽樂
権權 横橫 欧歐 歩步 歴歷 毎每 気氣 浄淨 浅淺 涙淚 渋澁澀 済濟 渓溪 温溫 湾灣 満滿 焼燒 煕熙凞 灯燈
点點 為爲 献獻 獣獸 瑶瑤 画畫 畳疊疉 発發 盗盜 県縣 研硏 礼禮 祢禰 秋穐 称稱 稲稻 穂穗 穣穰 窃竊
粋粹 糸絲 経經 緑綠 縁緣 縄繩 総總 繊纖 聡聰 聴聽 台臺 与與 旧舊 万萬 芦蘆 芸藝 荘莊 莱萊 蒋蔣 薫薰
蔵藏 虫蟲 蛍螢 蝉蟬 衛衞 装裝 覚覺 観觀 触觸 訳譯 誉譽 読讀 変變 豊豐 売賣 頼賴 賛贊 転轉 軽輕 辞辭
逓遞 遅遲 遥遙 郎郞 郷鄕 酔醉 釈釋 銭錢 鋳鑄 録錄 鎌鐮 鎮鎭 閲閱 闘鬪 隠隱 険險 随隨 隣鄰 双雙 雑雜
霊靈 静靜 青靑 頬頰 顔顏 顕顯 飲飮 駅驛 駆驅 騒騷 験驗 髄髓 鴎鷗 鴬鶯 鶏鷄 鶴靏靍 塩鹽 麦麥 麺麵麪
黄黃 黙默 歯齒 齢齡 亜亞 悪惡 圧壓 囲圍 医醫 壱壹 営營 艶艷 奥奧 殴毆 仮假 価價 絵繪 拡擴 殻殼
学學斈 岳嶽 勧勸 巻卷 歓歡 缶罐 陥陷 帰歸 亀龜 偽僞 戯戲 犠犧 却卻 拠據 峡峽 挟挾 教敎 強强 狭狹
尭堯 勲勳 群羣 径徑 茎莖 掲揭 携攜 継繼 撃擊 欠缺 倹儉 剣劍劔剱釼 圏圈 検檢 厳嚴 呉吳 娯娛 効效 鉱鑛
号號 砕碎 剤劑 参參 惨慘 桟棧 蚕蠶 残殘 写寫 舎舍 従從 縦縱 粛肅 処處 奨奬獎 将將 渉涉 証證 乗乘
剰剩 状狀 壌壤 嬢孃 譲讓 醸釀 嘱囑 寝寢 慎愼 尽盡 図圖 数數 枢樞 声聲 摂攝 専專 戦戰 践踐 潜潛 禅禪
壮壯 争爭 挿插 巣巢 痩瘦 増增 臓臟 即卽 属屬 続續 堕墮 対對 体體躰軆 帯帶 滞滯 択擇 担擔 単單 胆膽
団團 断斷 弾彈 痴癡 昼晝 庁廳 徴徵 勅敕 伝傳 当當 党黨 独獨 届屆 弐貳 悩惱 脳腦 覇霸 杯盃 廃廢 剥剝
髪髮 晩晚 蛮蠻 秘祕 瓶甁 払拂 仏佛 並竝 併倂 餅餠 翻飜 薬藥 予豫 余餘 揺搖 謡謠 乱亂 覧覽 略畧 両兩
猟獵 涼凉 塁壘 励勵 戻戾 恋戀 炉爐 労勞 楼樓 侠俠 桝枡 凛凜 萌萠 槙槇 砺礪 籠篭 繋繫 蛎蠣 諌諫 賎賤
迩邇 靱靭 頚頸 鯵鰺 壺壷 蝋蠟 撹攪 醤醬 掴摑 填塡 噛嚙 嘗甞 涛濤 祷禱 仙僊 松枩 窪漥 栖棲 兎兔 箪簞
竃竈 喜㐂 裡裏 草艸 蘇蘓 船舩 鑑鑒 胸胷 場塲 姉姊 姫姬 宝寶寳 宮宫 尚尙 懐懷 昂昻 晋晉 清淸 禄祿
穏穩 竪豎 虎乕 鈎鉤 鋭銳 間閒 暦曆 欝鬱 灌潅 税稅 説說 脱脫 産產 虚虛 呂吕 内內 仭仞 冴冱 凡凢 刈苅
刃刄 卯夘 呑吞 喩喻 回囘 壊壞 歳歲 絶絕 猫貓 煙烟 錬鍊 闊濶 呪咒 蕊蘂 蓑簑 繍繡 駄馱 蔭廕 麴麹 涜瀆
蝿蠅 餐湌 寿壽 穎頴
`
