package corpus

import (
	"fmt"
	"strings"
	"time"
)

func tellElsewhereOrder(s *Story) {
	c := s.member()
	there := *c
	place := s.guest()
	there.PostalCode, there.Prefecture, there.Town, there.House, there.Building = place.PostalCode, place.Prefecture, place.Town, place.House, place.Building
	if s.chance(50) { // at work
		there.Building = "株式会社" + place.Family + "工業 総務課"
		there.Mobile = "03-5" + s.digits(3) + "-" + s.digits(4)
	}
	s.send(s.ordered(c, &there))
}

func tellSecondMail(s *Story) {
	c := s.memberWho(func(c *Customer) bool { return c.role == roleFull && c.Second != "" })
	d := s.ordered(c, c)
	d.To, d.Shown = nil, []Rcpt{{Address: c.Second}}
	s.send(d)
}

// namesakes are two members of one name and of different homes.
func (s *Story) namesakes() (a, b *Customer) {
	for {
		a = s.member()
		same := s.shop.names()[a.Person.Name()]
		if len(same) < 2 {
			continue
		}
		c := s.shop.Customer(same[s.rng.IntN(len(same))])
		if c.Number != a.Number && c.Address() != a.Address() && c.role == roleFull {
			return a, &c
		}
	}
}

func tellNamesakes(s *Story) {
	a, b := s.namesakes()
	s.send(s.ordered(a, a))
	s.wait(time.Minute)
	s.send(s.ordered(b, b))
}

func tellFlats(s *Story) {
	a := s.memberWho(func(c *Customer) bool { return isFull(c) && c.Building != "" })
	house := a.Prefecture + a.Town + a.House
	s.send(s.ordered(a, a))
	sent := 0
	for i := max(0, a.Number-40); i < min(a.Number+40, s.shop.opts.People) && sent < 2; i++ {
		if c := s.shop.Customer(i); isFull(&c) && c.Prefecture+c.Town+c.House == house && c.Address() != a.Address() {
			s.send(s.ordered(&c, &c))
			sent++
		}
	}
}

func tellArchive(s *Story) {
	c := one(s, s.member, s.guest)()
	d := s.ordered(c, c)
	d.More = []Rcpt{{Address: "archive@archive.example"}}
	s.send(d)
}

func tellStaffNotice(s *Story) {
	c := one(s, s.member, s.guest)()
	p := s.prose().line("新しい注文が入りました。").field("注文番号", s.order()).items()
	p.head("ご注文者").field("お名前", s.name(c)+"（"+s.kana(c)+"）").contact(c).field("メール", c.Email).field("会員番号", c.MemberNo)
	p.line("\n管理画面：https://admin.shop.example/orders/%d", s.rng.IntN(100000))
	s.send(Draft{Shown: []Rcpt{{Address: one(s, "orders@shop.example", "staff@shop.example", "tanaka@shop.example")}},
		Subject: "【受注】" + c.Name() + " 様", Text: p.String()})
}

func tellRetry(s *Story) {
	c := s.member()
	s.send(s.ordered(c, c))
	again := s.mails[0]
	s.wait(time.Duration(1+s.rng.IntN(10)) * time.Minute)
	again.At = s.at
	s.mails = append(s.mails, again)
}

func tellResend(s *Story) {
	c := s.member()
	d := s.ordered(c, c)
	for range 2 + s.rng.IntN(2) {
		again := d
		s.send(again)
		s.wait(time.Duration(1+s.rng.IntN(3)) * time.Hour)
	}
}

func tellPaymentSlip(s *Story) {
	c := s.member()
	p := s.prose().dear(c).line("コンビニエンスストアでのお支払い方法をご案内いたします。").field("ご注文番号", s.order()).field("ご請求金額", s.yen())
	p.field("払込票番号", s.digits(13)).field("確認番号", s.digits(6)).field("お支払い期限", s.on(3)+" 23:59").field("お名前（カナ）", s.kana(c)).field("お電話番号", s.phone(c))
	p.line("\n※店頭の端末に払込票番号とお電話番号を入力してください。")
	s.send(Draft{To: []*Customer{c}, Subject: "【重要】お支払いのご案内", Text: p.close()})
}

func tellPaymentFailed(s *Story) {
	c := one(s, s.member, s.guest)()
	p := s.prose().dear(c).line("ご注文 %s のカード決済が完了しませんでした。\n次のページからお支払い方法をご変更ください。\n", s.order())
	p.line("https://shop.example/pay/%s", s.token()).field("カード番号", "**** **** **** "+s.digits(4)).field("有効期限", s.on(3))
	s.send(Draft{To: []*Customer{c}, Subject: "お支払い方法のご確認をお願いいたします", Text: p.close()})
}

func tellRefund(s *Story) {
	c := s.member()
	p := s.prose().dear(c).line("ご返金の手続きが完了いたしました。").field("ご返金額", s.yen()).field("お振込先", "見本銀行 本店 普通 "+s.digits(7))
	p.field("口座名義", bankKana(c)).field("お振込予定日", s.on(5)).field("ご注文番号", s.order())
	s.send(Draft{To: []*Customer{c}, Subject: "ご返金のお知らせ", Text: p.close()})
}

// confirmation is the text of an order that buyer has sent to receiver.
func (s *Story) confirmation(buyer, receiver *Customer) string {
	if s.chance(50) {
		return s.confirmationInProse(buyer, receiver)
	}
	var b strings.Builder
	fmt.Fprintf(&b, "%s 様\n\nこのたびは例示商店をご利用いただき、ありがとうございます。\n\n", s.name(buyer))
	fmt.Fprintf(&b, "ご注文番号：%s\n商品：%s × %d\n合計金額：%d,300円（税込）\nお支払い方法：クレジットカード\n\n", s.order(), one(s, goods...), 1+s.rng.IntN(6), 3+s.rng.IntN(30))
	fmt.Fprintf(&b, "■ご注文者\n%s\n%s\n%s 様（%s）\n電話番号：%s\nメール：%s\n", s.postal(buyer), s.address(buyer), s.name(buyer), s.kana(buyer), s.mobile(buyer), buyer.Email)
	if buyer.Member() {
		fmt.Fprintf(&b, "会員番号：%s\n", buyer.MemberNo)
	}
	fmt.Fprintf(&b, "\n■お届け先\n%s\n%s\n%s 様\n電話番号：%s\n\n", s.postal(receiver), s.address(receiver), s.name(receiver), s.mobile(receiver))
	b.WriteString(footer)
	return b.String()
}

// confirmationInProse is the same as another shop writes it.
func (s *Story) confirmationInProse(buyer, receiver *Customer) string {
	p := s.prose().dear(buyer).line("下記の内容でご注文を承りました。\n").field("ご注文番号", s.order()).field("ご注文日時", s.on(0)+" "+s.hour())
	p.items().field("お支払い方法", one(s, "クレジットカード", "代金引換", "銀行振込（前払い）", "後払い", "コード決済"))
	p.head("ご注文者様の情報").field("お名前", s.name(buyer)).field("フリガナ", s.kana(buyer)).contact(buyer).field("メールアドレス", buyer.Email).field("会員番号", buyer.MemberNo)
	p.head("お届け先").receiver(receiver)
	p.field("お届け希望日", s.on(3+s.rng.IntN(7))).field("時間帯", one(s, "午前中", "14時〜16時", "19時〜21時", "指定なし"))
	return p.close()
}

// footer stands at the end of the shop's mails.
const footer = "------------------------------------\n例示商店 お客様サポート\n〒100-0005 東京都千代田区丸の内9-9-9\n" +
	"電話：03-1234-5678（平日9:00-18:00）\nメール：support@shop.example\n"
