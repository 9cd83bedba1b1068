package corpus

import (
	"fmt"
	"time"
)

// shipping are the kinds of right mail about parcels and where they are fetched.
var shipping = []Kind{
	{Name: "shipped", Weight: 25, Tell: tellShipped,
		Says: "The parcel is on its way, to the one who ordered for herself.", SaysJa: "発送のお知らせ（注文者本人へ）"},
	{Name: "shipped-gift", Weight: 2, Tell: tellShippedGift,
		Says: "The parcel to a friend is on its way, to the one who ordered.", SaysJa: "贈り物の発送のお知らせ（注文者へ）"},
	{Name: "shipped-to-receiver", Weight: 2, Tell: tellShippedToReceiver,
		Says: "The parcel is on its way, to the one who receives it, with the name of the sender.", SaysJa: "受取人への発送のお知らせ（ご依頼主名入り）"},
	{Name: "delivered", Weight: 10, Tell: tellDelivered,
		Says: "The parcel was delivered, or put down at the door.", SaysJa: "配達完了・置き配のお知らせ"},
	{Name: "delivery-missed", Weight: 3, Tell: tellMissed,
		Says: "Nobody was at home; the driver's number and the number of the parcel.", SaysJa: "不在連絡（送り状番号と営業所の電話）"},
	{Name: "pickup-ready", Weight: 5, Tell: tellPickup,
		Says: "An order waits at a shop; its address and telephone are in company.identifiers.", SaysJa: "店舗受け取りの準備完了（店舗の住所・電話は company.identifiers に登録）"},
	{Name: "locker-ready", Weight: 1, Tell: tellLocker,
		Says: "A parcel waits in a locker that opens with a code.", SaysJa: "宅配ロッカーの暗証番号のお知らせ"},
	{Name: "return-accepted", Weight: 2, Tell: tellReturn,
		Says: "Where to send a thing back; the return centre is in company.identifiers.", SaysJa: "返品受付（返品センターの住所は company.identifiers に登録）"},
	{Name: "backorder", Weight: 2, Tell: tellBackorder,
		Says: "The delivery will be late.", SaysJa: "納期遅れのお詫び"},
	{Name: "maker-delivers", Weight: 2, Tell: tellMakerDelivers,
		Says: "The maker delivers and sets up; its help line is in company.identifiers.", SaysJa: "メーカー直送・設置のご案内（メーカー窓口は company.identifiers に登録）"},
}

func tellShipped(s *Story) {
	c := one(s, s.member, s.member, s.guest)()
	s.send(s.shipped(c, c))
}

// shipped tells buyer that the parcel to receiver is on its way.
func (s *Story) shipped(buyer, receiver *Customer) Draft {
	p := s.prose().dear(buyer).line("ご注文の商品を発送いたしました。\n").field("ご注文番号", s.order()).field("配送会社", one(s, "見本運輸", "例示急便", "サンプル郵便"))
	p.field("お問い合わせ番号", s.tracking()).field("お届け予定日", s.on(1)).line("配送状況：https://track.carrier.example/?no=%s", s.digits(12))
	p.head("お届け先").receiver(receiver)
	if buyer.Number != receiver.Number {
		p.head("ご依頼主").field("お名前", s.name(buyer)+" 様").contact(buyer).field("メールアドレス", buyer.Email)
	}
	return Draft{To: []*Customer{buyer}, Greet: buyer.Name(), Subject: one(s, "商品発送のお知らせ", "【例示商店】ご注文商品を発送しました"), Text: p.close()}
}

func tellShippedGift(s *Story) {
	giver := s.member()
	d := s.shipped(giver, one(s, s.member, s.guest)(giver))
	d.Stream = GiftStream
	s.send(d)
}

func tellShippedToReceiver(s *Story) {
	giver := s.member()
	receiver := one(s, s.member, s.guest)(giver)
	p := s.prose().line("%s 様\n\n%s 様からのお荷物をお届けします。\n", s.name(receiver), s.name(giver)).field("お問い合わせ番号", s.tracking()).field("お届け予定", s.on(1)+" 午前中")
	p.head("お届け先").receiver(receiver)
	s.send(Draft{To: []*Customer{receiver}, Subject: "お荷物お届けのお知らせ", Text: p.close()})
}

func tellDelivered(s *Story) {
	c := one(s, s.member, s.member, s.guest)()
	p := s.prose().dear(c).line("%s", one(s, "お荷物の配達が完了しました。", "ご指定の場所（玄関前）に置き配いたしました。")).field("配達日時", s.on(0)+" "+s.hour()).field("お問い合わせ番号", s.tracking())
	if s.chance(50) {
		p.field("お届け先", s.address(c))
	}
	s.send(Draft{To: []*Customer{c}, Subject: "配達完了のお知らせ", Text: p.close()})
}

func tellMissed(s *Story) {
	c := s.member()
	p := s.prose().dear(c).line("お届けにあがりましたが、ご不在でした。").field("お届け先", s.name(c)+" 様 "+s.address(c)).field("送り状番号", s.tracking()).field("保管期限", s.on(7))
	p.line("再配達のお申し込み：0120-000-456（自動音声）").line("追跡番号と電話番号 %s を入力してください。", s.mobile(c))
	s.send(Draft{To: []*Customer{c}, Subject: "ご不在連絡", Text: p.close()})
}

// store is a shop where orders are fetched; the operator named all of them as
// the company's own.
type store struct{ name, postal, address, phone, manager string }

var stores = []store{
	{"例示商店 新宿店", "160-0022", "東京都新宿区新宿3-99-1 例示ビル1F", "03-3000-0101", "高橋"},
	{"例示商店 横浜店", "220-0012", "神奈川県横浜市西区みなとみらい2-99-3", "045-300-0102", "中村 健一"},
	{"例示商店 梅田店", "530-0001", "大阪府大阪市北区梅田1-99-2 見本地下街B1", "06-6000-0103", "大西 愛"},
	{"例示商店 天神店", "810-0001", "福岡県福岡市中央区天神2-99-5", "092-700-0104", "松尾"},
	{"例示商店 札幌駅前店", "060-0005", "北海道札幌市中央区北五条西4-99-1", "011-200-0105", "佐々木 学"},
	{"例示商店 京都店", "604-8005", "京都府京都市中京区河原町通三条上る恵比須町999", "075-200-0106", "山内"},
}

const (
	returnCentre = "東京都江東区豊洲6-99-7"
	returnPhone  = "03-3000-0110"
	makerPhone   = "050-3000-0120"
	makerMail    = "help@maker.example"
)

func tellPickup(s *Story) {
	c := one(s, s.member, s.member, s.guest)()
	at := one(s, stores...)
	p := s.prose().dear(c).line("商品のお受け取り準備が整いました。\n").field("ご注文番号", s.order()).field("受取番号", s.digits(4)).field("保管期限", s.on(7)).field("お受取人", s.name(c)+" 様")
	p.head("お受取店舗").line("%s\n〒%s %s\n電話 %s（店長 %s）\n営業時間 10:00〜20:00", at.name, at.postal, at.address, at.phone, at.manager)
	s.send(Draft{To: []*Customer{c}, Subject: "店舗でのお受け取り準備が整いました", Text: p.close()})
}

func tellLocker(s *Story) {
	c := s.member()
	p := s.prose().dear(c).line("お荷物を宅配ロッカーにお預けしました。").field("ロッカー", "見本駅前 A-"+s.digits(2)).field("暗証番号", s.digits(6)).field("お受取期限", s.on(3)+" 23:59")
	p.line("https://locker.carrier.example/open/%s", s.token())
	s.send(Draft{To: []*Customer{c}, Subject: "ロッカー受け取りのご案内", Text: p.close()})
}

func tellReturn(s *Story) {
	c := s.member()
	p := s.prose().dear(c).line("返品のお申し込みを承りました。着払いにて下記へお送りください。").field("ご注文番号", s.order()).field("返品受付番号", "RT-"+s.digits(8))
	p.head("ご返送先").line("〒135-0061 %s\n例示商店 返品センター %s 係\nTEL %s", returnCentre, one(s, staff...), returnPhone)
	p.head("ご返送元").receiver(c)
	s.send(Draft{To: []*Customer{c}, Subject: "返品のご案内", Text: p.close()})
}

func tellBackorder(s *Story) {
	c := one(s, s.member, s.guest)()
	p := s.prose().dear(c).line("ご注文いただいた商品の入荷が遅れております。深くお詫び申し上げます。").field("ご注文番号", s.order()).field("商品", one(s, goods...)).field("新しいお届け予定", s.on(20))
	p.line("担当：%s", one(s, staff...))
	s.send(Draft{To: []*Customer{c}, Subject: "お届け遅延のお詫び", Text: p.close()})
	s.wait(time.Duration(24+s.rng.IntN(48)) * time.Hour)
	if s.chance(50) {
		s.send(s.shipped(c, c))
	}
}

func tellMakerDelivers(s *Story) {
	c := s.member()
	p := s.prose().dear(c).line("商品はメーカーより直送し、お客様宅で設置いたします。").field("ご注文番号", s.order()).field("商品", "見本電機 冷蔵庫 SR-"+s.digits(3)).field("設置予定", s.on(5)+" "+s.hour())
	p.head("設置先").receiver(c)
	p.head("お問い合わせ").line("%s", fmt.Sprintf("見本電機 お客様ご相談窓口 %s（%s）", makerPhone, makerMail))
	s.send(Draft{To: []*Customer{c}, Subject: "メーカー直送・設置日のご案内", Text: p.close()})
}
