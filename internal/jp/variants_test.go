package jp_test

import (
	"strings"
	"testing"

	"golang.org/x/text/unicode/norm"

	"github.com/kakitome/kakitome/internal/jp"
)

// The table leads straight to its ends: no shape stands for another and has one
// that stands for itself, and Unicode does not lead further.
func TestVariantsAreOneStep(t *testing.T) {
	t.Parallel()
	for from, to := range jp.Variants() {
		if next, ok := jp.Variants()[to]; ok {
			t.Errorf("%c stands for %c, which stands for %c", from, to, next)
		}
		for _, r := range []rune{from, to} {
			if same := norm.NFC.String(string(r)); same != string(r) {
				t.Errorf("%c (U+%04X) is a compatibility ideograph of %s", r, r, same)
			}
		}
		if got := foldString(string(from)); got != string(to) {
			t.Errorf("%c folds to %q, want %c", from, got, to)
		}
	}
}

// surnames are the three hundred commonest of Japan, and the spellings of them
// that people also bear. A comma parts names, a slash the spellings of one.
const surnames = `佐藤,鈴木,高橋/髙橋,田中,伊藤,渡辺/渡邊/渡邉,山本,中村,小林,加藤,吉田/𠮷田,山田,佐々木,山口,松本,井上,木村,林,斎藤/齋藤,清水,
山崎/山﨑/山嵜,森,池田,橋本,阿部,石川,山下,中島,石井,小川,前田,岡田,長谷川,藤田,後藤,近藤,村上,遠藤,青木/靑木,坂本,斉藤/齊藤,福田,太田,西村,藤井,金子,岡本,
藤原,三浦,中野,中川,原田,松田,竹内,小野,田村,中山,和田,石田,森田,上田,原,内田,柴田,酒井,宮崎/宮﨑,横山/橫山,高木/髙木,安藤,宮本,大野,小島,工藤,谷口,今井,高田,
増田/增田,丸山,杉山,村田,大塚,新井,小山,平野,藤本,河野,上野,野口,武田,松井,千葉,菅原,岩崎,久保,木下,佐野,野村,松尾,市川,菊地,杉本,古川,大西,島田,水野,桜井/櫻井,高野,
渡部,吉川,山内,西田,飯田,菊池,西川,小松,北村,安田,五十嵐,川口,平田,関/關,中田,久保田,服部,東,岩田,土屋/圡屋,川崎,福島,本田,辻,樋口,秋山,田口,永井,中西,吉村,川上,石原,大橋,
松岡,馬場,浜田/濱田/濵田,森本,星野,矢野,浅野/淺野,松下,野田,大久保,吉岡,小池,野崎,荒木,大谷,熊谷,黒田/黑田,松浦,堀,永田,尾崎,内藤,望月,川村,岡崎,荒井,大島,堀内,松村,菅野,早川,
平井,西山,桑原,柳田/栁田,片山,広瀬/廣瀬/廣瀨,大川,栗原,菅,関口,本間,福井,児玉/兒玉,岡,横田,富田/冨田,北川,奥村/奧村,上原,石橋,須藤,松永,中井,大石,小西,小田,吉野,白井,鎌田,片岡,
大森,松原,石塚,平山,川島,八木,三宅,成田,萩原,古賀,富永,福岡,山中,斎木,今村,松山,小沢/小澤,滝沢/瀧澤,村山,田辺/田邊/田邉,岸本,川田,高山,柏木,足立,坂口,大場,西岡,河合,武藤,
杉浦,南,沢田/澤田,高島,坂井,安部,小原,細川,岡部,大竹,榎本,堀田,田島,飯塚,三好,多田,藤川,宮田,徳永/德永,岩本,向井,篠原,落合,根本,金田,大村,森山,土井,浅井,黒木,長尾,川原,
金井,山岸,岡村,青山,西,宮下,川端,米田,坂田,長田,西野,塚本,今野,植田,榊原,大和,小倉,入江,田代,相馬,牧野,川本,中嶋,小嶋,大嶋,嶋田,北島,竹田,藤岡,梅田,平松,小泉,
竹中,前川,沼田,高松,石黒,中尾,若林,望田,神田,大平,黒川,宮川,須田,徳田,西尾,稲垣,川瀬,安達,本多,小笠原,窪田,奥田,真田/眞田,塩田/鹽田,竜田,龍田,峰岸,峯岸,館野,舘野,園田,薗田,
椙山,河原,川野,阪本,坂元,阪井,島崎,碕山,礒部,磯部,栢木,畑山,畠山,埜村,橘,樺沢,渕上/淵上,桧山/檜山,葛西,薮田/藪田,曽根/曾根,国井/國井,塚田,神保,猪股/猪股`

// What different families are called folds differently; what one family is
// called in different systems folds the same.
func TestSurnamesStayApart(t *testing.T) {
	t.Parallel()
	seen := map[string]string{}
	names := strings.Split(strings.ReplaceAll(surnames, "\n", ""), ",")
	if len(names) < 300 {
		t.Errorf("only %d surnames", len(names))
	}
	for _, name := range names {
		spellings := strings.Split(name, "/")
		folded := foldString(spellings[0])
		if other, taken := seen[folded]; taken {
			t.Errorf("%s and %s both fold to %s", other, name, folded)
		}
		seen[folded] = name
		for _, s := range spellings[1:] {
			if got := foldString(s); got != folded {
				t.Errorf("%s folds to %s, but %s to %s", s, got, spellings[0], folded)
			}
		}
	}
}

// Each group of these is used to tell families or persons apart.
func TestNamesOfTheirOwnStayApart(t *testing.T) {
	t.Parallel()
	for group := range strings.FieldsSeq("斎斉 島嶋嶌 竜龍 館舘 峰峯 園薗 野埜 崎碕埼 杉椙 磯礒 柏栢 梅楳 畑畠 坂阪 村邨 映暎 輝煇 耀燿 皓晧 徳悳 駆駈 川河 藤籐 渡度 辺部 原源 岡丘 渕縁 大太犬 千干 土士 末未 晴睛 祐裕 郎朗 己巳已 斎済 恵慧") {
		seen := map[string]rune{}
		for _, r := range group {
			folded := foldString(string(r))
			if other, taken := seen[folded]; taken {
				t.Errorf("%c and %c both fold to %s", other, r, folded)
			}
			seen[folded] = r
		}
	}
}

// What was exchanged or must be replaced on the way through a legacy charset.
func TestSameKanjiInOtherSystems(t *testing.T) {
	t.Parallel()
	for group := range strings.FieldsSeq("渡邉邊辺→渡辺辺辺 \u9089\U000E0101→辺 榮→栄 檜桧→桧桧 凜凛→凛凛 鷗外→鴎外 ⽥⼭⻑→田山長 \uFA10\uFA12\uFA1C→塚晴靖 \U0002F818→冤 𠮟𠮷𡈽→叱吉土 〆乄→〆〆 時〻々→時時時") {
		spelled, want, _ := strings.Cut(group, "→")
		if got := foldString(spelled); got != want {
			t.Errorf("%+q folds to %s, want %s", spelled, got, want)
		}
	}
}
