package corpus

import (
	"fmt"
	"time"
)

// gifts are the kinds of right mail about what one gives to another: whoever
// gives a friend's name and address to the shop may have them confirmed.
var gifts = []Kind{
	{Name: "gift-to-stranger", Weight: 4, Tell: tellGift,
		Says: "An order of a member to be delivered to a friend who is nobody's member.", SaysJa: "会員でない友人への贈り物の注文確認"},
	{Name: "gift-to-member", Weight: 2, Tell: tellGiftToMember,
		Says: "An order of a member to be delivered to a friend who is a member too.", SaysJa: "会員である友人への贈り物の注文確認"},
	{Name: "gift-from-guest", Weight: 1, Tell: tellGiftFromGuest,
		Says: "A guest gives to a guest.", SaysJa: "非会員から非会員への贈り物の注文確認"},
	{Name: "gift-season", Weight: 1, Tell: tellGiftSeason,
		Says: "お歳暮 or お中元 of one member to twenty addresses, some of them members'; the stream has a higher fan_in and fan_out.", SaysJa: "お歳暮・お中元を20か所へ（会員を含む）贈る注文確認"},
	{Name: "gift-season-list", Weight: 1, Tell: tellGiftList,
		Says: "The list of all receivers of last year's gifts, as a table, to the member who gave them: the same bytes as somebody else's table.", SaysJa: "昨年の送り先一覧（表の添付）を贈り主本人へ"},
	{Name: "gift-second-giver", Weight: 1, Tell: tellSecondGiver,
		Says: "Two members give to one friend, a member or not; the stream has a higher fan_out.", SaysJa: "同じ友人へ二人の会員が贈る"},
	{Name: "gift-notice", Weight: 3, Tell: tellGiftNotice,
		Says: "The receiver is told what comes, and who gives it.", SaysJa: "贈り物の受取人への到着のお知らせ（贈り主名入り）"},
	{Name: "gift-link", Weight: 2, Tell: tellGiftLink,
		Says: "An eGift: the giver gets the link to hand on, the receiver fills in the address, the giver is thanked without it.", SaysJa: "住所を知らない相手へのeギフト（受取リンクと受取完了）"},
	{Name: "gift-code", Weight: 2, Tell: tellGiftCode,
		Says: "A gift card with its code and a message, to the receiver.", SaysJa: "ギフトカード（コードとメッセージ）を受取人へ"},
	{Name: "gift-card-text", Weight: 1, Tell: tellGiftCard,
		Says: "An order with the text of a card that names a family and a baby.", SaysJa: "のし・メッセージカードに家族や赤ちゃんの名前が入る注文"},
	{Name: "gift-returned", Weight: 1, Tell: tellGiftReturned,
		Says: "The giver is told that the receiver was not found at the address.", SaysJa: "宛所不明で戻った贈り物を贈り主に知らせる"},
	{Name: "gift-thanks", Weight: 1, Tell: tellGiftThanks,
		Says: "A member's thank-you note, handed on by the shop to the member who gave.", SaysJa: "受取人のお礼メッセージを贈り主へ取り次ぐ"},
}

func tellGift(s *Story) {
	giver, friend := s.member(), s.guest()
	s.send(s.ordered(giver, friend))
}

func tellGiftToMember(s *Story) {
	giver := s.member()
	d := s.ordered(giver, s.member(giver))
	d.Stream = GiftStream
	s.send(d)
}

func tellGiftFromGuest(s *Story) {
	giver, friend := s.guest(), s.guest()
	s.send(s.ordered(giver, friend))
}

// friends are people a member gives to: every third is a member.
func (s *Story) friends(giver *Customer, n int) []*Customer {
	all := []*Customer{giver}
	for i := range n {
		if i%3 == 0 {
			all = append(all, s.member(all...))
		} else {
			all = append(all, s.guest())
		}
	}
	return all[1:]
}

func tellGiftSeason(s *Story) {
	giver := s.member()
	season := one(s, "お歳暮", "お中元")
	p := s.prose().dear(giver).line("%sのご注文を承りました。", season).field("ご注文番号", s.order())
	p.head("ご依頼主").field("お名前", s.name(giver)+"（"+s.kana(giver)+"）").contact(giver).field("メールアドレス", giver.Email).field("会員番号", giver.MemberNo)
	for i, f := range s.friends(giver, 20) {
		p.head(fmt.Sprintf("お届け先 %d", i+1)).receiver(f)
		p.line("%s × 1　のし：%s　名入れ：%s", one(s, goods...), season, giver.Family)
	}
	s.send(Draft{Stream: GiftStream, To: []*Customer{giver}, Subject: season + "のご注文内容の確認", Text: p.close()})
}

func tellGiftList(s *Story) {
	giver := s.member()
	rows := [][]string{{"No.", "ご依頼主", "ご依頼主住所", "ご依頼主電話", "お届け先", "郵便番号", "ご住所", "お電話番号", "昨年の商品"}}
	from := []string{giver.Name(), giver.Address(), giver.Mobile}
	if s.chance(50) { // a list of receivers alone
		from = []string{"", "", ""}
	}
	for i, f := range s.friends(giver, 8) {
		rows = append(rows, append(append([]string{fmt.Sprint(i + 1)}, from...), s.name(f), f.PostalCode, s.address(f), s.phone(f), one(s, goods...)))
	}
	p := s.prose().dear(giver).line("昨年のお届け先の一覧をお送りいたします。").field("会員番号", giver.MemberNo).field("ご依頼主", s.name(giver)).contact(giver)
	file := one(s, csvFile("お届け先一覧.csv", rows, one(s, "cp932", "utf-8-bom")), xlsxFile("お届け先一覧.xlsx", rows))
	s.send(Draft{Stream: GiftStream, To: []*Customer{giver}, Truth: Undecidable, Subject: "昨年のお届け先のご案内", Text: p.close(), Files: []File{file}})
}

func tellSecondGiver(s *Story) {
	friend := one(s, s.member, s.guest)()
	for _, giver := range s.members(2) {
		if giver.Number == friend.Number {
			continue
		}
		d := s.ordered(giver, friend)
		d.Stream = GiftStream
		s.send(d)
		s.wait(time.Duration(1+s.rng.IntN(60)) * time.Hour)
	}
}

func tellGiftNotice(s *Story) {
	giver := s.member()
	receiver := one(s, s.member, s.guest)(giver)
	p := s.prose().dear(receiver).line("%s 様より、お品物をお預かりいたしました。", s.name(giver))
	p.field("贈り主", s.name(giver)+" 様").field("お品物", one(s, goods...)).field("お届け予定日", s.on(2))
	p.head("お届け先").receiver(receiver)
	s.send(Draft{To: []*Customer{receiver}, Subject: fmt.Sprintf("%s 様から贈り物が届きます", giver.Name()), Text: p.close()})
}

func tellGiftLink(s *Story) {
	giver, friend := s.member(), s.guest()
	p := s.prose().dear(giver).line("eギフトのご用意ができました。次のリンクをお相手にお送りください。\n\nhttps://gift.shop.example/r/%s\n", s.token())
	p.field("ご注文番号", s.order()).field("お品物", one(s, goods...)).field("受取期限", s.on(30)).field("ご注文者", s.name(giver)).field("会員番号", giver.MemberNo)
	s.send(Draft{To: []*Customer{giver}, Subject: "eギフトの受取リンク", Text: p.close()})
	s.wait(20 * time.Hour)
	q := s.prose().line("%s 様\n\n受け取りのお手続きが完了しました。", s.name(friend)).head("お届け先").receiver(friend)
	s.send(Draft{To: []*Customer{friend}, Subject: "受け取り手続きの完了", Text: q.close()})
	r := s.prose().dear(giver).line("お贈りしたeギフトが受け取られました。").field("お品物", one(s, goods...))
	s.send(Draft{To: []*Customer{giver}, Subject: "eギフトが受け取られました", Text: r.close()})
}

func tellGiftCode(s *Story) {
	giver := s.member()
	receiver := one(s, s.member, s.guest)(giver)
	p := s.prose().line("%s 様から、例示商店のギフトカードが届きました。\n", s.name(giver))
	p.field("ギフトコード", fmt.Sprintf("GC%s-%s-%s", s.digits(4), s.digits(4), s.digits(4))).field("金額", "5,000円").field("有効期限", s.on(365))
	p.line("\nメッセージ：\n%sさん、お誕生日おめでとう！また飲みに行きましょう。%sより", receiver.Given, giver.Family)
	s.send(Draft{To: []*Customer{receiver}, Subject: "ギフトカードが届いています", Text: p.close()})
}

func tellGiftCard(s *Story) {
	giver := s.member()
	friend := s.guest()
	baby := s.guest().Given
	text := s.confirmation(giver, friend)
	card := one(s,
		fmt.Sprintf("内祝　%s %s\n", giver.Family, baby),
		fmt.Sprintf("ご結婚おめでとうございます。%s一同\n", giver.Family+"家"),
		fmt.Sprintf("%s %s・%s・%s より\n", giver.Family, giver.Given, s.guest().Given, s.guest().Given))
	s.send(Draft{To: []*Customer{giver}, Subject: s.orderSubject(), Text: "のし表書き・カードの文面：\n" + card + "\n" + text})
}

func tellGiftReturned(s *Story) {
	giver := s.member()
	friend := one(s, s.member, s.guest)(giver)
	p := s.prose().dear(giver).line("下記のお届け先が宛所不明のため、お荷物が当店に戻りました。\nお届け先をご確認ください。").field("ご注文番号", s.order()).field("送り状番号", s.tracking())
	p.head("お届け先").line("%s　%s", s.postal(friend), s.address(friend)).line("%s 様", s.name(friend))
	p.head("ご依頼主").field("お名前", s.name(giver)).contact(giver).field("会員番号", giver.MemberNo)
	s.send(Draft{Stream: GiftStream, To: []*Customer{giver}, Subject: "お届け先のご確認", Text: p.close()})
}

func tellGiftThanks(s *Story) {
	giver := s.member()
	receiver := s.member(giver)
	p := s.prose().dear(giver).line("お贈りになったお品物の受取人様から、メッセージをお預かりしました。\n")
	p.line("「%sさん、すてきな贈り物をありがとう。家族みんなで楽しみました。%s」\n", giver.Family, one(s, receiver.Name(), receiver.Given, receiver.Family))
	p.field("ご注文番号", s.order()).field("会員番号", giver.MemberNo)
	s.send(Draft{To: []*Customer{giver}, Subject: "お礼のメッセージが届いています", Text: p.close()})
}
