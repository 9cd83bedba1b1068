package corpus

import (
	"fmt"
	"strings"
)

// orders are the kinds of right mail about orders.
var orders = []Kind{
	{Name: "order", Weight: 40, Tell: tellOrder,
		Says: "An order confirmation to the member who ordered.", SaysJa: "注文した会員本人への注文確認"},
	{Name: "order-guest", Weight: 10, Tell: tellGuestOrder,
		Says: "An order confirmation to a guest whom the roster does not know.", SaysJa: "会員登録のないお客様への注文確認"},
	{Name: "gift-to-stranger", Weight: 4, Tell: tellGift,
		Says: "An order of a member to be delivered to a friend who is nobody's member.", SaysJa: "会員でない友人への贈り物の注文確認"},
}

func tellOrder(s *Story) {
	c := s.member()
	s.send(Draft{To: []*Customer{c}, Subject: "ご注文ありがとうございます", Text: s.confirmation(c, c)})
}

func tellGuestOrder(s *Story) {
	c := s.guest()
	s.send(Draft{To: []*Customer{c}, Subject: "ご注文ありがとうございます", Text: s.confirmation(c, c)})
}

func tellGift(s *Story) {
	giver, friend := s.member(), s.guest()
	s.send(Draft{To: []*Customer{giver}, Subject: "ご注文ありがとうございます", Text: s.confirmation(giver, friend)})
}

// confirmation is the text of an order that buyer has sent to receiver.
func (s *Story) confirmation(buyer, receiver *Customer) string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s 様\n\nこのたびは例示商店をご利用いただき、ありがとうございます。\n\n", s.name(buyer))
	fmt.Fprintf(&b, "ご注文番号：%s\n商品：見本の純米吟醸 720ml × %d\n合計金額：%d,300円（税込）\nお支払い方法：クレジットカード\n\n", s.order(), 1+s.rng.IntN(6), 3+s.rng.IntN(30))
	fmt.Fprintf(&b, "■ご注文者\n%s\n%s\n%s 様（%s）\n電話番号：%s\nメール：%s\n", s.postal(buyer), s.address(buyer), s.name(buyer), s.kana(buyer), s.mobile(buyer), buyer.Email)
	if buyer.Member() {
		fmt.Fprintf(&b, "会員番号：%s\n", buyer.MemberNo)
	}
	fmt.Fprintf(&b, "\n■お届け先\n%s\n%s\n%s 様\n電話番号：%s\n\n", s.postal(receiver), s.address(receiver), s.name(receiver), s.mobile(receiver))
	b.WriteString(footer)
	return b.String()
}

// footer stands at the end of the shop's mails.
const footer = "------------------------------------\n例示商店 お客様サポート\n〒100-0005 東京都千代田区丸の内9-9-9\n" +
	"電話：03-1234-5678（平日9:00-18:00）\nメール：support@shop.example\n"
