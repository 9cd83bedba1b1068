package corpus

import (
	"fmt"
	"time"
)

// partners are the kinds of right mail to whom the operator granted data.
var partners = []Kind{
	{Name: "seller-order", Weight: 4, Tell: tellSellerOrder,
		Says: "An order in a marketplace, to the seller who is granted name, address, telephone and order number.", SaysJa: "モール出店者（grant済み）への受注連絡"},
	{Name: "seller-statement", Weight: 1, Tell: tellSellerStatement,
		Says: "A seller's month as a table of many buyers.", SaysJa: "出店者（grant済み）への月次売上明細（多数の購入者）"},
	{Name: "seller-question", Weight: 1, Tell: tellSellerQuestion,
		Says: "A buyer's question, handed on to the seller without the mail address.", SaysJa: "購入者の質問を出店者へ取り次ぐ"},
	{Name: "carrier-list", Weight: 1, Tell: tellCarrierList,
		Says: "The day's deliveries to a carrier, who is granted name, address and telephone.", SaysJa: "運送会社（grant済み）への当日の配送リスト"},
	{Name: "carrier-single", Weight: 2, Tell: tellCarrierSingle,
		Says: "One parcel to be fetched by the carrier.", SaysJa: "運送会社（grant済み）への集荷依頼"},
	{Name: "auction-match", Weight: 2, Tell: tellAuction,
		Says: "Seller and buyer of an auction learn each other's name, address and telephone; the operator grants them to those who trade.", SaysJa: "オークションの売り手と買い手へ互いの連絡先（取引者へのgrant済み）"},
	{Name: "introduction", Weight: 1, Tell: tellIntroduction,
		Says: "A member is introduced to a craftsman (company.identifiers), and the craftsman (granted) to the member.", SaysJa: "工事業者の紹介（業者の連絡先は company.identifiers、業者へはgrant）"},
}

func (s *Story) seller() string { return fmt.Sprintf("shop%02d@seller.example", s.rng.IntN(40)) }

func tellSellerOrder(s *Story) {
	c := one(s, s.member, s.guest)()
	receiver := c
	if s.chance(15) {
		receiver = s.guest()
	}
	p := s.prose().line("出店者様\n\n注文が入りました。発送をお願いいたします。").field("注文番号", s.order()).items().head("ご注文者").field("お名前", s.name(c)+" 様（"+s.kana(c)+"）").contact(c).head("お届け先").receiver(receiver)
	s.send(Draft{Shown: []Rcpt{{Address: s.seller()}}, Stream: PartnerStream, Subject: "【出店】受注のお知らせ", Text: p.close()})
}

// buyers is a table of many buyers.
func (s *Story) buyers(n int) [][]string {
	rows := [][]string{{"注文番号", "氏名", "カナ", "郵便番号", "住所", "電話番号", "金額"}}
	for range n {
		c := one(s, s.member, s.guest)()
		rows = append(rows, []string{s.order(), s.name(c), s.kana(c), c.PostalCode, s.address(c), s.phone(c), s.yen()})
	}
	return rows
}

func tellSellerStatement(s *Story) {
	file := one(s, csvFile("売上明細.csv", s.buyers(25), "cp932"), xlsxFile("売上明細.xlsx", s.buyers(10)))
	s.send(Draft{Shown: []Rcpt{{Address: s.seller()}}, Stream: PartnerStream, Subject: "今月の売上明細", Text: s.prose().line("出店者様\n\n今月の売上明細をお送りいたします。").field("お支払予定額", s.yen()).close(), Files: []File{file}})
}

func tellSellerQuestion(s *Story) {
	c := s.member()
	s.send(Draft{Shown: []Rcpt{{Address: s.seller()}}, Stream: PartnerStream, Subject: "購入者からの質問", Text: s.prose().line("注文番号 %s について、%s 様から質問が届いています。\n\n「%s」", s.order(), s.name(c), one(s, "色違いはありますか。", "いつ発送されますか。", "領収書を同梱してください。")).close()})
}

func tellCarrierList(s *Story) {
	rows := s.buyers(30)
	s.send(Draft{Shown: []Rcpt{{Address: "center" + s.digits(2) + "@carrier.example"}}, Stream: PartnerStream, Subject: "配送リスト " + s.on(0), Text: "本日の配送リストをお送りします。\n\n" + shortFooter,
		Files: []File{one(s, csvFile("配送リスト.csv", rows[:], "cp932"), zipFile("配送.zip", csvFile("配送リスト.csv", rows, "cp932")))}})
}

func tellCarrierSingle(s *Story) {
	c := one(s, s.member, s.guest)()
	p := s.prose().line("集荷をお願いします。").field("品名", one(s, goods...)).field("送り状番号", s.tracking()).head("集荷先").receiver(c)
	s.send(Draft{Shown: []Rcpt{{Address: "shuka@carrier.example"}}, Stream: PartnerStream, Subject: "集荷依頼", Text: p.close()})
}

// traderOf tells whether a member trades in the auction: a few do, and the
// operator's program has granted each of them the contact of those they trade
// with.
func traderOf(c *Customer) bool { return c.Number%100 == 42 && c.role == roleFull }

func tellAuction(s *Story) {
	seller := s.memberWho(traderOf)
	buyer := s.memberWho(traderOf, seller)
	tell := func(to, other *Customer, title string) {
		p := s.prose().dear(to).line("オークションのお取引が成立しました。お取引相手の連絡先をお知らせします。").field("商品", one(s, goods...)).field("落札額", s.yen()).head(title).receiver(other)
		s.send(Draft{To: []*Customer{to}, Stream: AuctionStream, Subject: "お取引成立のお知らせ", Text: p.close()})
	}
	tell(seller, buyer, "落札者")
	s.wait(time.Second)
	tell(buyer, seller, "出品者")
}

const (
	craftsman      = "例示工務店 伊藤 健一"
	craftsmanPhone = "090-0000-0150"
	craftsmanMail  = "ito@craft.example"
)

func tellIntroduction(s *Story) {
	c := s.member()
	p := s.prose().dear(c).line("キッチン工事の業者をご紹介いたします。後日、業者よりご連絡いたします。").field("業者", craftsman).field("電話", craftsmanPhone).field("メール", craftsmanMail)
	s.send(Draft{To: []*Customer{c}, Stream: ServiceStream, Subject: "工事業者のご紹介", Text: p.close()})
	q := s.prose().line("例示工務店 御中\n\nお客様をご紹介いたします。").head("お客様").receiver(c).field("ご希望日", s.on(10))
	s.send(Draft{Shown: []Rcpt{{Address: craftsmanMail}}, Stream: PartnerStream, Subject: "お客様のご紹介", Text: q.close()})
}
