package corpus

import (
	"fmt"
	"strings"
	"time"
)

// news are the kinds of right mail to many.
var news = []Kind{
	{Name: "newsletter", Weight: 1, Tell: tellNewsletter,
		Says: "Two hundred members and guests get the same bytes, one mail each.", SaysJa: "200人に同じ内容のメールマガジン（一通ずつ）"},
	{Name: "newsletter-token", Weight: 1, Tell: tellNewsletterTokens,
		Says: "A newsletter with a greeting and a personal link to unsubscribe.", SaysJa: "宛名と個人用配信停止リンクつきのメールマガジン"},
	{Name: "newsletter-stores", Weight: 1, Tell: tellNewsletterStores,
		Says: "A newsletter with the shops' addresses and telephones and the names of staff.", SaysJa: "店舗の住所・電話とスタッフ名入りのメールマガジン"},
	{Name: "newsletter-bcc", Weight: 1, Tell: tellNewsletterBCC,
		Says: "One mail to forty blind recipients.", SaysJa: "40人へのBCC一斉配信"},
	{Name: "newsletter-points", Weight: 3, Tell: tellNewsletterPoints,
		Says: "A newsletter to one, with name, points and recommendations.", SaysJa: "氏名・ポイント入りの個別メールマガジン"},
	{Name: "newsletter-interview", Weight: 1, Tell: tellInterview,
		Says: "A newsletter that tells of makers by name, some of them namesakes of members.", SaysJa: "生産者インタビュー（会員と同姓同名もある）入りのメールマガジン"},
	{Name: "restock", Weight: 3, Tell: tellRestock,
		Says: "A thing somebody waited for is back.", SaysJa: "再入荷のお知らせ"},
	{Name: "review-request", Weight: 5, Tell: tellReview,
		Says: "How was it? With a personal link.", SaysJa: "レビューのお願い（個人用リンク）"},
	{Name: "survey", Weight: 2, Tell: tellSurvey,
		Says: "A survey, the link with a personal token.", SaysJa: "アンケートのお願い（個人用リンク）"},
	{Name: "cart-left", Weight: 3, Tell: tellCart,
		Says: "Something was left in the cart.", SaysJa: "カートに商品が残っています"},
	{Name: "coupon", Weight: 3, Tell: tellCoupon,
		Says: "A coupon whose code is the same for all.", SaysJa: "全員共通のクーポンコード"},
	{Name: "mailing-list", Weight: 1, Tell: tellMailingList,
		Says: "A post to a mailing list of the shop's, written by a member, to all who subscribed to read each other; the list is in company.recipients.", SaysJa: "会員が投稿したメーリングリスト（リストのアドレスは会社の宛先）"},
	{Name: "recall-notice", Weight: 1, Tell: tellRecall,
		Says: "A notice to all who bought a thing, with the maker's help line.", SaysJa: "商品回収のお知らせ（メーカー窓口つき）"},
}

// readers are people a newsletter goes to: members and guests.
func (s *Story) readers(n int) []*Customer {
	var all []*Customer
	for range n {
		if s.chance(20) {
			all = append(all, s.guest())
		} else {
			all = append(all, s.memberWho(func(*Customer) bool { return true }))
		}
	}
	return all
}

func (s *Story) newsText() string {
	p := s.prose().line("こんにちは、例示商店です。\n%sのおすすめをご紹介します。\n", one(s, "秋", "今週", "年末", "冬のボーナス"))
	for range 3 {
		p.line("●%s\n  特別価格 %s\n  https://shop.example/items/%d\n", one(s, goods...), s.yen(), s.rng.IntN(9999))
	}
	return p.line("配信停止はこちら：https://shop.example/unsubscribe").close()
}

func tellNewsletter(s *Story) {
	d := Draft{Stream: NewsStream, Client: "news", Subject: "【例示商店】今週のおすすめ", Text: s.newsText()}
	l := s.look()
	for _, c := range s.readers(200) {
		each := d
		each.To, each.Look = []*Customer{c}, &l
		s.send(each)
	}
}

func tellNewsletterTokens(s *Story) {
	text := s.newsText()
	l := s.look()
	for _, c := range s.readers(60) {
		token := s.token()
		s.send(Draft{To: []*Customer{c}, Stream: NewsStream, Client: "news", Subject: c.Family + "様へ、今週のおすすめ", Look: &l,
			Fields: []string{"List-Unsubscribe: <https://shop.example/u/" + token + ">", "List-Unsubscribe-Post: List-Unsubscribe=One-Click", "List-Id: <news.shop.example>", "Precedence: bulk"},
			Text:   s.name(c) + " 様\n\n" + text + "\nお客様専用の配信停止リンク：\nhttps://shop.example/u/" + token + "\n"})
	}
}

func tellNewsletterStores(s *Story) {
	p := s.prose().line("秋の大試飲会を開催します。お近くの店舗へどうぞ。\n")
	for _, at := range stores {
		p.line("%s（店長：%s）\n〒%s %s\nTEL %s\n", at.name, at.manager, at.postal, at.address, at.phone)
	}
	p.line("スタッフ一同（%s）お待ちしております。", strings.Join(staff[:4], "、"))
	d := Draft{Stream: NewsStream, Client: "news", Subject: "秋の大試飲会のご案内", Text: p.close()}
	l := s.look()
	for _, c := range s.readers(40) {
		each := d
		each.To, each.Look = []*Customer{c}, &l
		s.send(each)
	}
}

func tellNewsletterBCC(s *Story) {
	d := Draft{Stream: NewsStream, Client: "news", Subject: "年末年始の営業のお知らせ", Shown: []Rcpt{{Address: "news@shop.example"}}, Text: s.newsText()}
	for _, c := range s.readers(40) {
		d.More = append(d.More, Rcpt{Address: c.Email})
	}
	s.send(d)
}

func tellNewsletterPoints(s *Story) {
	c := s.member()
	p := s.prose().dear(c).field("現在のポイント", thousands(s.rng.IntN(9000))+" pt").field("会員ランク", one(s, "ゴールド", "シルバー", "一般"))
	p.line("\n%s様へのおすすめ：%s、%s", c.Family, one(s, goods...), one(s, goods...))
	s.send(Draft{To: []*Customer{c}, Stream: NewsStream, Client: "news", Subject: c.Name() + "様だけの特別なお知らせ", Text: p.close()})
}

func tellInterview(s *Story) {
	one1, other := s.member(), s.member()
	p := s.prose().line("今月の生産者\n\n%s さん（%s）は、%s県で三代続くりんご農家。%s さんと二人で畑を守っています。\n", one1.Name(), one1.Kana(), one1.Prefecture, other.Name())
	d := Draft{Stream: NewsStream, Client: "news", Subject: "生産者を訪ねて", Text: p.line("%s", s.newsText()).close()}
	l := s.look()
	for _, c := range s.readers(25) {
		each := d
		each.To, each.Look = []*Customer{c}, &l
		s.send(each)
	}
}

func tellRestock(s *Story) {
	item := one(s, goods...)
	for range 1 + s.rng.IntN(5) {
		c := one(s, s.member, s.guest)()
		s.send(Draft{To: []*Customer{c}, Stream: NewsStream, Subject: "再入荷のお知らせ", Text: s.prose().dear(c).line("お待たせしました。「%s」が入荷しました。\nhttps://shop.example/items/%d", item, s.rng.IntN(9999)).close()})
	}
}

func tellReview(s *Story) {
	c := s.member()
	p := s.prose().dear(c).line("ご購入いただいた「%s」はいかがでしたか。\nhttps://shop.example/review/%s", one(s, goods...), s.token()).field("ご注文番号", s.order())
	s.send(Draft{To: []*Customer{c}, Stream: NewsStream, Subject: "レビューのお願い", Text: p.close()})
}

func tellSurvey(s *Story) {
	for _, c := range s.readers(10) {
		s.send(Draft{To: []*Customer{c}, Stream: NewsStream, Subject: "アンケートのお願い",
			Text: s.prose().dear(c).line("3分で終わるアンケートにご協力ください。\nhttps://survey.shop.example/?id=%s", s.token()).close()})
	}
}

func tellCart(s *Story) {
	c := s.member()
	s.send(Draft{To: []*Customer{c}, Stream: NewsStream, Subject: "カートに商品が残っています", Text: s.prose().dear(c).items().line("https://shop.example/cart").close()})
}

func tellCoupon(s *Story) {
	text := fmt.Sprintf("クーポンコード：AUTUMN%s\n10%%OFF・%sまで\n\n", s.digits(4), s.on(14))
	l := s.look()
	for _, c := range s.readers(12) {
		s.send(Draft{To: []*Customer{c}, Stream: NewsStream, Client: "news", Subject: "10%OFFクーポンのお届け", Text: s.name(c) + " 様\n\n" + text + footer, Look: &l})
	}
}

func tellMailingList(s *Story) {
	author := s.member()
	d := Draft{Stream: NewsStream, Client: "list", Subject: "[酒蔵めぐりの会 1024] 来月の集まり", Shown: []Rcpt{{Address: "kuramawari@shop.example"}},
		Fields: []string{"List-Id: <kuramawari.shop.example>", "List-Post: <mailto:kuramawari@shop.example>", "Reply-To: kuramawari@shop.example", "Precedence: list"},
		Text:   "みなさま\n\n" + author.Family + "です。来月の集まりは" + s.on(30) + "、新橋で19時からです。\n出欠をお知らせください。\n\n-- \n" + author.Name() + "\n"}
	d.From.Name, d.From.Addr = author.Family+" (酒蔵めぐりの会)", "kuramawari@shop.example"
	for _, c := range append(s.readers(20), author) {
		d.More = append(d.More, Rcpt{Address: c.Email})
	}
	s.send(d)
}

func tellRecall(s *Story) {
	for _, c := range s.readers(15) {
		p := s.prose().dear(c).line("ご購入いただいた見本電機 SR-210 について、製造元が自主回収を行っています。").field("お問い合わせ", "見本電機 お客様ご相談窓口 "+makerPhone).field("メール", makerMail).line("対象の製造番号：%s から %s", s.digits(8), s.digits(8))
		s.send(Draft{To: []*Customer{c}, Subject: "【重要】商品回収のお知らせ", Text: p.close()})
		s.wait(time.Second)
	}
}
