package corpus

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"time"
)

// paper writes what a mail says about somebody, without its recipients.
type paper func(s *Story, c *Customer) Draft

// anyPaper is one of those that hold enough of a member to know whose they are.
func anyPaper(s *Story, c *Customer) Draft {
	return one(s, orderPaper, orderPaper, parcelPaper, pointsPaper, bookingPaper)(s, c)
}

func orderPaper(s *Story, c *Customer) Draft {
	return Draft{Subject: "ご注文ありがとうございます", Text: s.confirmation(c, c)}
}

// parcelPaper holds name and address, and neither telephone nor mail address.
func parcelPaper(s *Story, c *Customer) Draft {
	return Draft{Subject: "【例示商店】商品発送のお知らせ", Text: fmt.Sprintf("%s 様\n\nご注文の商品を発送いたしました。\n\nお届け先：%s %s\nお受取人：%s 様\n"+
		"送り状番号：4%011d\nお届け予定日：%s 14時から16時\n\n", s.name(c), s.postal(c), s.address(c), s.name(c), s.rng.Int64N(1e11), s.day(3)) + footer}
}

// deliveryPaper holds name, address and mobile number, always the same.
func deliveryPaper(s *Story, c *Customer) Draft {
	return Draft{Subject: "お届け日のご案内", Text: fmt.Sprintf("%s 様\n\nお届け日が決まりましたのでご案内いたします。\n\nお届け日：%s\nお届け先：%s %s\nお電話番号：%s\n\n",
		s.name(c), s.day(4), s.postal(c), s.address(c), s.mobile(c)) + footer}
}

// pointsPaper holds name, member number and mail address.
func pointsPaper(s *Story, c *Customer) Draft {
	var b strings.Builder
	fmt.Fprintf(&b, "%s 様\n\nポイントの有効期限が近づいております。\n\n", s.name(c))
	if c.Member() {
		fmt.Fprintf(&b, "会員番号：%s\n", c.MemberNo)
	}
	fmt.Fprintf(&b, "ご登録メールアドレス：%s\n失効予定ポイント：%dポイント\n失効予定日：%s\n\n", c.Email, 50+s.rng.IntN(3000), s.day(20))
	return Draft{Subject: "ポイント失効のお知らせ", Text: b.String() + footer}
}

// bookingPaper holds name, reading and mobile number.
func bookingPaper(s *Story, c *Customer) Draft {
	return Draft{Subject: "ご予約を承りました", Text: fmt.Sprintf("%s（%s）様\n\n蔵見学のご予約を承りました。\n\nご予約日時：%s 10時\n人数：%d名\nご連絡先：%s\n\n",
		s.name(c), s.kana(c), s.day(9), 1+s.rng.IntN(4), s.mobile(c)) + footer}
}

// receiptPaper says what was ordered, and nothing of who ordered it.
func receiptPaper(s *Story, c *Customer) Draft {
	return Draft{Subject: "お支払い完了のお知らせ", Text: fmt.Sprintf("いつもご利用いただき、ありがとうございます。\nお支払いの手続きが完了いたしました。\n\n"+
		"ご注文番号：%s\n商品：見本の大吟醸 1800ml\n合計金額：%d,800円（税込）\n\n", s.orderOf(c), 2+s.rng.IntN(30)) + footer}
}

// linkPaper holds a personal link and nothing else.
func linkPaper(s *Story, c *Customer) Draft {
	return Draft{Subject: "マイページのご案内", Stream: AccountStream, Text: "いつもご利用いただき、ありがとうございます。\n" +
		"ご契約内容は次のお客様専用ページからご確認いただけます。\n\n" + s.linkOf(c) + "\n\n" + footer}
}

// greetingPaper names somebody in its first line and says nothing else of them.
func greetingPaper(s *Story, c *Customer) Draft { return s.newsTo(s.name(c)) }

// kanaPaper is greetingPaper with the reading of the name alone.
func kanaPaper(s *Story, c *Customer) Draft { return s.newsTo(s.kana(c)) }

// latinPaper is greetingPaper in English.
func latinPaper(s *Story, c *Customer) Draft {
	name := one(s, c.Latin(), c.GivenLatin+" "+c.FamilyLatin, strings.ToUpper(c.FamilyLatin)+" "+c.GivenLatin)
	return Draft{Subject: "This season's sake", Stream: NewsStream, Text: "Dear " + name + ",\n\nThis season's sake has arrived. " +
		"Please have a look at the new bottles in our shop.\n\n" + footer}
}

// surnamePaper is greetingPaper with the family name alone.
func surnamePaper(s *Story, c *Customer) Draft { return s.newsTo(c.Family) }

// newsTo is a newsletter that greets a name.
func (s *Story) newsTo(name string) Draft {
	return Draft{Subject: "秋の新酒のご案内", Stream: NewsStream, Text: name + one(s, " 様", "様", "　様", " さま") + "\n\n" +
		"いつも例示商店をご利用いただき、ありがとうございます。\n今年も新酒の季節がやってまいりました。\n" +
		"数量限定の見本酒を、どうぞお早めにお求めください。\n\nhttps://shop.example/news/autumn\n\n" + footer}
}

// htmlLook is a look that shows HTML and can carry a text.
func (s *Story) htmlLook(text string) *Look {
	l := s.look()
	l.Shape = one(s, "alternative", "alternative", "html", "related", "nested")
	l.settle(text)
	return &l
}

// day is a date some days after the mail.
func (s *Story) day(after int) string {
	at := s.at.Add(time.Duration(after) * 24 * time.Hour)
	return fmt.Sprintf("%d月%d日", at.Month(), at.Day())
}

// orderOf is the number of the one order a customer has placed in this story.
func (s *Story) orderOf(c *Customer) string { return fmt.Sprintf("KK-%08d", s.of(c).IntN(100_000_000)) }

// linkOf is the personal link of a customer in this story.
func (s *Story) linkOf(c *Customer) string {
	const letters = "abcdefghijkmnpqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789"
	rng, token := s.of(c), make([]byte, 26)
	for i := range token {
		token[i] = letters[rng.IntN(len(letters))]
	}
	return one(s, "https://shop.example/my/", "https://my.shop.example/p?t=") + string(token)
}

// of draws what belongs to one customer in this story, the same every time.
func (s *Story) of(c *Customer) *rand.Rand {
	return rand.New(rand.NewPCG(uint64(c.Number), uint64(s.number))) //nolint:gosec // made-up people
}
