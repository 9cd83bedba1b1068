package corpus

import (
	"fmt"
	"strings"
	"time"
)

// prose is the text of a mail while it is written, its fields always in one
// style.
type prose struct {
	*Story
	strings.Builder
	style string
}

// prose begins a text.
func (s *Story) prose() *prose {
	return &prose{Story: s, style: one(s, "%s：%s\n", "%s：%s\n", "%s：%s\n", "%s： %s\n", "[%s] %s\n", "■%s\n%s\n", "・%s … %s\n", "%s: %s\n", "%s\t%s\n", "【%s】%s\n")}
}

// line writes a paragraph of one line.
func (p *prose) line(format string, args ...any) *prose {
	fmt.Fprintf(&p.Builder, format+"\n", args...)
	return p
}

// head writes a heading between rules.
func (p *prose) head(title string) *prose {
	p.WriteString("\n" + one(p.Story, "■"+title+"\n", "◆ "+title+" ◆\n", "【"+title+"】\n", "----------\n"+title+"\n----------\n", "＜"+title+"＞\n"))
	return p
}

// field writes a label and its value; an empty value is left out.
func (p *prose) field(label, value string) *prose {
	if value != "" {
		fmt.Fprintf(&p.Builder, p.style, label, value)
	}
	return p
}

// dear writes the greeting of a customer and what thanks follow.
func (p *prose) dear(c *Customer) *prose {
	p.line("%s%s", p.name(c), one(p.Story, " 様", " 様", "様", "　様", " さま"))
	return p.thanks()
}

func (p *prose) thanks() *prose {
	return p.line("\n%s\n", one(p.Story, "いつも例示商店をご利用いただき、誠にありがとうございます。", "平素より格別のお引き立てを賜り、厚く御礼申し上げます。",
		"お世話になっております。例示商店でございます。", "このたびは例示商店をご利用いただき、ありがとうございます。"))
}

// contact writes how a customer is reached: postal code, address, telephone.
func (p *prose) contact(c *Customer) *prose {
	p.field("郵便番号", p.postal(c))
	p.field("ご住所", p.address(c))
	return p.field("お電話番号", p.phone(c))
}

// receiver writes to whom something is delivered.
func (p *prose) receiver(c *Customer) *prose {
	switch p.rng.IntN(3) {
	case 0:
		return p.line("%s", p.postal(c)).line("%s", strings.Join(p.addressLines(c), "\n")).line("%s 様", p.name(c)).line("TEL %s", p.phone(c))
	case 1:
		return p.field("お名前", p.name(c)+" 様").contact(c)
	default:
		return p.line("%s　%s", p.postal(c), p.address(c)).line("%s 様（%s）", p.name(c), p.phone(c))
	}
}

// close ends the text with the shop's signature.
func (p *prose) close() string {
	p.WriteString("\n" + one(p.Story, footer, footer, shortFooter, longFooter))
	return p.String()
}

const (
	shortFooter = "--\n例示商店　https://shop.example/\n"
	longFooter  = "※このメールは送信専用アドレスから配信されています。ご返信いただいてもお答えできません。\n" +
		"===========================================\n株式会社例示商店　通信販売部\n〒100-0005\n東京都千代田区丸の内9-9-9 例示ビル2F\n" +
		"TEL: 0120-000-123（通話料無料）／ 03-1234-5678\nE-mail: support@shop.example\nhttps://shop.example/\n酒類販売管理者：見本 花子\n" +
		"===========================================\n"
)

// goods are things a shop sells; some have names of people in them, as things do.
var goods = []string{
	"見本の純米吟醸 720ml", "山田錦 純米大吟醸 1800ml", "高橋農園のりんご 5kg", "伊藤 誠 作 ぐい呑み", "久保田屋のそば 10人前", "見本堂カステラ 1本", "林檎ジュース 6本入",
	"今治タオル 2枚組", "松本の味噌 1kg", "新潟県産コシヒカリ 10kg", "見本珈琲 ドリップバッグ 30袋", "ワイングラス 2脚", "小林さんちの卵 20個", "夕張メロン 2玉",
	"母の日カーネーション", "Tシャツ（白・L）", "単3乾電池 12本", "USBケーブル 1.5m", "化粧水 見本 150ml", "見本図鑑 2026年版", "SAMPLE-2000-AB 交換フィルター", "犬用フード 3kg",
}

// items writes what was ordered, and its price.
func (p *prose) items() *prose {
	total := 0
	for range 1 + p.rng.IntN(3) {
		n, price := 1+p.rng.IntN(4), 500+100*p.rng.IntN(80)
		total += n * price
		p.line("%s", fmt.Sprintf(one(p.Story, "%s × %d　%s円", "%s　%d点　%s円", "商品名：%s 数量：%d 小計：￥%s"), one(p.Story, goods...), n, thousands(n*price)))
	}
	p.field("送料", one(p.Story, "0円", "660円", "880円（クール便）"))
	return p.field("合計金額", thousands(total+660)+"円（税込）")
}

// thousands writes a number with its groups: 12,300.
func thousands(n int) string {
	if n < 1000 {
		return fmt.Sprint(n)
	}
	return fmt.Sprintf("%s,%03d", thousands(n/1000), n%1000)
}

// yen is an amount of money.
func (s *Story) yen() string { return thousands(1000+10*s.rng.IntN(4000)) + "円" }

// on is a date days after the present one.
func (s *Story) on(days int) string {
	at := s.at.AddDate(0, 0, days).In(japan())
	return one(s, at.Format("1月2日"), at.Format("2006年1月2日"), at.Format("2006/01/02"), at.Format("1/2"))
}

func japan() *time.Location { return time.FixedZone("JST", 9*3600) }

// hour is a time of day.
func (s *Story) hour() string {
	return fmt.Sprintf(one(s, "%d:%02d", "%d時%02d分"), 9+s.rng.IntN(11), 15*s.rng.IntN(4))
}

// digits are n random digits, the first of them not zero.
func (s *Story) digits(n int) string {
	b := make([]byte, n)
	for i := range b {
		b[i] = byte('0' + s.rng.IntN(10))
	}
	if b[0] == '0' {
		b[0] = '4'
	}
	return string(b)
}

// tracking is the number of a parcel.
func (s *Story) tracking() string {
	d := s.digits(12)
	return one(s, d, d[:4]+"-"+d[4:8]+"-"+d[8:])
}

// token is random and in a link only one person gets.
func (s *Story) token() string {
	const letters = "abcdefghijkmnpqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789"
	b := make([]byte, 22+s.rng.IntN(20))
	for i := range b {
		b[i] = letters[s.rng.IntN(len(letters))]
	}
	return string(b)
}

// staff are names of people who work for the shop; some members bear them too.
var staff = []string{"田中", "佐藤 健一", "鈴木 愛", "高橋", "見本 花子", "例示 次郎", "山本 明美", "伊藤"}
