package corpus

import (
	"fmt"
	"strings"
	"time"
)

// orders are the kinds of right mail about orders.
var orders = []Kind{
	{Name: "order", Weight: 40, Tell: tellOrder,
		Says: "An order confirmation to the member who ordered.", SaysJa: "注文した会員本人への注文確認"},
	{Name: "order-guest", Weight: 10, Tell: tellGuestOrder,
		Says: "An order confirmation to a guest whom the roster does not know.", SaysJa: "会員登録のないお客様への注文確認"},
	{Name: "order-guest-again", Weight: 5, Tell: tellGuestAgain,
		Says: "A guest orders again and again, over weeks.", SaysJa: "会員登録のないお客様が何度も注文する"},
	{Name: "order-table", Weight: 8, Tell: tellTableOrder,
		Says: "An HTML order whose names and addresses are cut into the cells of a table.", SaysJa: "氏名や住所が表のセルに分かれたHTMLの注文確認"},
	{Name: "order-keitai", Weight: 4, Tell: tellKeitaiOrder,
		Says: "An order as sent to feature phones: ISO-2022-JP, half-width kana, short lines.", SaysJa: "携帯電話向けの注文確認（ISO-2022-JP、半角カナ、短い行）"},
	{Name: "order-english", Weight: 3, Tell: tellEnglishOrder,
		Says: "An order confirmation in English, with names in Latin letters.", SaysJa: "英語・ローマ字氏名の注文確認"},
	{Name: "order-changed", Weight: 3, Tell: tellOrderChanged,
		Says: "An order whose delivery address was changed: the old and the new one.", SaysJa: "お届け先変更の確認（変更前と変更後）"},
	{Name: "order-cancelled", Weight: 2, Tell: tellOrderCancelled,
		Says: "An order that was cancelled.", SaysJa: "注文キャンセルの確認"},
	{Name: "order-partial-row", Weight: 4, Tell: tellPartialRow,
		Says: "An order of a member of whom the roster has name and mail address alone.", SaysJa: "名簿に氏名とメールアドレスしかない会員の注文確認"},
	{Name: "order-stale-row", Weight: 4, Tell: tellStaleRow,
		Says: "An order of a member who moved, married or changed the mobile number since the roster heard.", SaysJa: "転居・改姓・携帯番号変更が名簿に反映されていない会員の注文確認"},
	{Name: "order-shared-mailbox", Weight: 3, Tell: tellSharedMailbox,
		Says: "An order of one of a family to the mailbox all of it share.", SaysJa: "家族共用のメールアドレスへ届く家族の注文確認"},
	{Name: "order-for-family", Weight: 4, Tell: tellFamilyOrder,
		Says: "An order of one member for another of the same home.", SaysJa: "同居の家族宛ての注文確認"},
	{Name: "order-elsewhere", Weight: 3, Tell: tellElsewhereOrder,
		Says: "An order to another place of the member's own that the roster does not know.", SaysJa: "名簿にない本人の別住所（実家・職場）への注文確認"},
	{Name: "order-second-mail", Weight: 2, Tell: tellSecondMail,
		Says: "An order confirmation to the second declared address of a member.", SaysJa: "会員の二つ目の登録メールアドレスへの注文確認"},
	{Name: "order-namesake", Weight: 2, Tell: tellNamesakes,
		Says: "Orders of two members who bear the same name, to each the own one.", SaysJa: "同姓同名の会員二人、それぞれ本人への注文確認"},
	{Name: "order-neighbours", Weight: 2, Tell: tellFlats,
		Says: "Orders of people in flats of one house, to each the own one.", SaysJa: "同じ集合住宅に住む会員それぞれへの注文確認"},
	{Name: "order-archive", Weight: 3, Tell: tellArchive,
		Says: "An order confirmation with a blind copy to the archive, a company recipient.", SaysJa: "保管用アドレス（会社の宛先）へのBCC付き注文確認"},
	{Name: "order-staff-notice", Weight: 6, Tell: tellStaffNotice,
		Says: "The notice of an order to staff at company.recipients.", SaysJa: "店舗スタッフ（会社の宛先）への受注通知"},
	{Name: "order-retry", Weight: 2, Tell: tellRetry,
		Says: "The same bytes again because the answer 250 was lost.", SaysJa: "250応答が失われたための同一メールの再送信"},
	{Name: "order-resend", Weight: 1, Tell: tellResend,
		Says: "The customer asks for the confirmation again, twice a day at most.", SaysJa: "お客様の依頼による注文確認の再送（一日二回まで）"},
	{Name: "payment-slip", Weight: 4, Tell: tellPaymentSlip,
		Says: "The number with which an order is paid for in a convenience store.", SaysJa: "コンビニ払込票番号のお知らせ"},
	{Name: "payment-failed", Weight: 2, Tell: tellPaymentFailed,
		Says: "A card was refused; a personal link to pay otherwise.", SaysJa: "カード決済失敗のお知らせ（専用リンク付き）"},
	{Name: "refund", Weight: 1, Tell: tellRefund,
		Says: "A refund to the account of the customer.", SaysJa: "返金のお知らせ（振込先口座名義カナ）"},
}

func tellOrder(s *Story) {
	c := s.member()
	s.send(s.ordered(c, c))
}

func tellGuestOrder(s *Story) {
	c := s.guest()
	s.send(s.ordered(c, c))
}

// ordered is the confirmation of an order of one to be delivered to another.
func (s *Story) ordered(buyer, receiver *Customer) Draft {
	return Draft{To: []*Customer{buyer}, Greet: buyer.Name() + " 様", Subject: s.orderSubject(), Text: s.confirmation(buyer, receiver)}
}

func (s *Story) orderSubject() string {
	return one(s, "ご注文ありがとうございます", "【例示商店】ご注文内容の確認（自動配信）", "ご注文確認メール", "[例示商店] 注文番号 "+s.order()+" を承りました")
}

// tellGuestAgain: what nobody declared is learned to be the guest's.
func tellGuestAgain(s *Story) {
	c := s.guest()
	for range 3 + s.rng.IntN(4) {
		s.send(s.ordered(c, c))
		s.wait(time.Duration(20+s.rng.IntN(30)) * time.Hour)
		s.send(s.shipped(c, c))
		s.wait(time.Duration(3+s.rng.IntN(6)) * 24 * time.Hour)
	}
}

func tellTableOrder(s *Story) {
	c := one(s, s.member, s.member, s.guest)()
	text := s.confirmation(c, c)
	var b strings.Builder
	b.WriteString("<html><body><table border=0><tr><td colspan=2>ご注文内容</td></tr>\n")
	row := func(label string, cells ...string) {
		fmt.Fprintf(&b, "<tr><th>%s</th><td>%s</td></tr>\n", label, strings.Join(cells, "</td><td>"))
	}
	row("注文番号", s.order())
	row("姓・名", c.Family, c.Given)
	row("セイ・メイ", c.FamilyKana, c.GivenKana)
	row("郵便番号", strings.Split(c.PostalCode, "-")...)
	row("住所", s.addressParts(c)...)
	row("電話番号", strings.Split(c.Mobile, "-")...)
	row("メール", `<a href="mailto:`+c.Email+`">`+c.Email+`</a>`)
	row("お届け先", "ご注文者と同じ")
	b.WriteString("</table></body></html>\n")
	l := s.look()
	l.Shape = one(s, "html", "html", "alternative", "related")
	if l.Charset == "iso-2022-jp" {
		l.Encoding = "base64"
	}
	s.send(Draft{To: []*Customer{c}, Subject: s.orderSubject(), Text: text, HTML: b.String(), Look: &l})
}

func tellKeitaiOrder(s *Story) {
	c := s.member()
	text := fmt.Sprintf("%s様\nｺﾞ注文ｱﾘｶﾞﾄｳｺﾞｻﾞｲﾏｽ\n\n▼注文番号\n%s\n▼商品\n%s\n▼合計\n%s\n▼お届け先\n%s\n%s\n%s様\n%s\n\n例示商店ﾓﾊﾞｲﾙ\nhttps://m.shop.example/\n",
		s.name(c), s.order(), one(s, goods...), s.yen(), s.postal(c), strings.Join(s.addressLines(c), "\n"), s.name(c), s.number10(c.Mobile))
	l := Look{Charset: "iso-2022-jp", Encoding: "7bit", Shape: "plain", Words: "B"}
	s.send(Draft{To: []*Customer{c}, Subject: "ご注文確認", Text: text, Look: &l})
}

func tellEnglishOrder(s *Story) {
	c := s.memberWho(func(c *Customer) bool { return c.role == roleFull && (c.Western() || s.chance(2)) })
	text := fmt.Sprintf("Dear %s,\n\nThank you for your order at Reiji Shoten.\n\nOrder number: %s\nMember ID: %s\nItem: Sample Junmai Ginjo 720 ml x %d\nTotal: JPY %s\n\n"+
		"Ship to:\n%s\n%s\n%s\nPhone: %s\nE-mail: %s\n\nKind regards,\nReiji Shoten Customer Care\nsupport@shop.example / +81-3-1234-5678\n",
		s.latin(c), s.order(), c.MemberNo, 1+s.rng.IntN(5), thousands(3000+s.rng.IntN(20000)),
		s.latin(c), s.address(c), s.postal(c), one(s, "+81 "+c.Mobile[1:], "+81-"+c.Mobile[1:], c.Mobile), c.Email)
	s.send(Draft{To: []*Customer{c}, Greet: c.Latin(), Subject: "Your order " + s.order(), Text: text})
}

func tellOrderChanged(s *Story) {
	c := s.memberWho(func(c *Customer) bool { return c.role == roleMoved || c.role == roleFull })
	was := *c
	if was.Person = s.shop.declared(c); c.role == roleFull { // where the roster never knew of
		before := s.shop.before(c)
		was.PostalCode, was.Prefecture, was.Town, was.House, was.Building = before.PostalCode, before.Prefecture, before.Town, before.House, before.Building
	}
	p := s.prose().dear(c).line("ご注文 %s のお届け先を変更いたしました。", s.order())
	p.head("変更前").line("%s %s", s.postal(&was), s.address(&was))
	p.head("変更後").receiver(c)
	s.send(Draft{To: []*Customer{c}, Subject: "お届け先変更の確認", Text: p.close()})
}

func tellOrderCancelled(s *Story) {
	c := s.member()
	p := s.prose().dear(c).line("下記のご注文のキャンセルを承りました。").field("ご注文番号", s.order()).items()
	p.head("ご注文者").field("お名前", s.name(c)).field("メールアドレス", c.Email).field("お電話番号", s.phone(c))
	s.send(Draft{To: []*Customer{c}, Subject: "ご注文キャンセルのお知らせ", Text: p.close()})
}

func tellPartialRow(s *Story) {
	c := s.memberWho(func(c *Customer) bool { return c.role == rolePartial })
	s.send(s.ordered(c, c))
	if s.chance(50) {
		s.wait(30 * time.Hour)
		s.send(s.shipped(c, c))
	}
}

func tellStaleRow(s *Story) {
	want := one(s, roleMoved, roleMoved, roleMarried, roleRenumbered)
	c := s.memberWho(func(c *Customer) bool { return c.role == want })
	s.send(s.ordered(c, c))
}

func tellSharedMailbox(s *Story) {
	c := s.memberWho(func(c *Customer) bool { return c.role == roleShared })
	s.send(s.ordered(c, c))
}

// relatives are all members of the home of a member, and the member first.
func (s *Story) relatives(fits func(c *Customer) bool) []*Customer {
	for {
		c := s.memberWho(fits)
		all := []*Customer{c}
		for _, i := range s.shop.household(c.Number) {
			if r := s.shop.Customer(i); i != c.Number && i < s.shop.opts.People && r.role != roleCanary {
				all = append(all, &r)
			}
		}
		if len(all) > 1 {
			return all
		}
	}
}

func isFull(c *Customer) bool { return c.role == roleFull }

func tellFamilyOrder(s *Story) {
	family := s.relatives(isFull)
	s.send(s.ordered(family[0], family[1]))
}
