package attribution

import "strings"

// Names that very many bear, with their readings: the name of a canary alone
// points to nobody.
var (
	canaryFamilies = strings.Fields(`
	佐藤/サトウ 鈴木/スズキ 高橋/タカハシ 田中/タナカ 伊藤/イトウ 渡辺/ワタナベ 山本/ヤマモト 中村/ナカムラ
	小林/コバヤシ 加藤/カトウ 吉田/ヨシダ 山田/ヤマダ 佐々木/ササキ 山口/ヤマグチ 松本/マツモト 井上/イノウエ
	木村/キムラ 林/ハヤシ 斎藤/サイトウ 清水/シミズ 山崎/ヤマザキ 森/モリ 池田/イケダ 橋本/ハシモト
	阿部/アベ 石川/イシカワ 山下/ヤマシタ 中島/ナカジマ 石井/イシイ 小川/オガワ 前田/マエダ 岡田/オカダ
	長谷川/ハセガワ 藤田/フジタ 後藤/ゴトウ 近藤/コンドウ 村上/ムラカミ 遠藤/エンドウ 青木/アオキ
	坂本/サカモト
	`)
	canaryGivens = strings.Fields(`
	翔太/ショウタ 大輔/ダイスケ 健太/ケンタ 拓也/タクヤ 直樹/ナオキ 亮/リョウ 達也/タツヤ 和也/カズヤ
	誠/マコト 浩/ヒロシ 隆/タカシ 茂/シゲル 学/マナブ 修/オサム 剛/ツヨシ 悠斗/ユウト 蓮/レン 陽菜/ヒナ
	葵/アオイ 結衣/ユイ 美咲/ミサキ 愛/アイ 彩/アヤ 麻衣/マイ 恵/メグミ 由美子/ユミコ 久美子/クミコ
	裕子/ユウコ 真由美/マユミ 直美/ナオミ 陽子/ヨウコ 順子/ジュンコ 和子/カズコ 幸子/サチコ 千尋/チヒロ
	明日香/アスカ 桃子/モモコ 沙織/サオリ 智子/トモコ 典子/ノリコ
	`)
)

// canaryWords are 256 words that people put into their addresses.
var canaryWords = strings.Fields(`
	akane akari aki amami anzu aoba aoi aozora arare asagao asahi ashita awa ayame azuki bara benkei bento binsen
	bonsai botan budo cha chidori chikuwa chitose chocho choco daichi daifuku daikon daiku dango donguri dorayaki
	ebisu edamame eki engawa enoki fubuki fuji fuki fukuro fune furin fusen futaba fuyu genki ginga ginkgo gohan
	goma guruma gyoza haiku hako hama hanabi hanami haru hasu hato hayate hibari higurashi hikari hikaru himawari
	hinata hiyoko hoshi hotaru hozuki ibuki ichiban ichigo inaho inari irori iruka ishi itoko izumi jasmin jinja
	jizo kabocha kaede kaeru kagami kaki kame kamome kani kasa kazahana kaze keyaki kiku kingyo kinoko kiri kirin
	kitsune koala kobako kogane koi kokeshi koma komachi komugi kotatsu koto kotori kujira kuma kumo kuri kuruma
	kusa machi mado maiko manju maru matsu matsuri mejiro melon meron midori mikan mikazuki minato mine miso
	mitsuba mizu mizuho mochi momiji momo mori mugi muku mura nagisa nami nanohana nashi nasu natsu nazuna neko
	nemo niji nikko niko niwa nori noyama obento odori ofuro ogawa ohana okashi onsen origami otaru oto otsuki
	oyaki pan panda piano pokapoka pudding ramen renge ringo risu roman ryoko ryokucha sakana sakura samidare
	sango sanpo sasa satoimo satsuki sazanami semi senbei shigure shima shiro shizuku soba sora soyokaze suika
	sumire sunaba suzu suzume suzuran taiko taiyaki takara take taki tako tanpopo tanuki tensui tomato tonbo tori
	tsubaki tsubame tsubomi tsuki tsukushi tsuru uguisu ume umi unagi usagi uta wakaba wakame wani wasabi wata
	yama yamabiko yamato yanagi yozora yubari yuhi yukata yuki yume yuri yuzu zakuro zen zenmai
	`)
