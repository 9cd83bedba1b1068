package corpus

import (
	"fmt"
	"strings"
	"time"
)

// booking are the kinds of right mail about appointments, and about people who
// come along.
var booking = []Kind{
	{Name: "booking-restaurant", Weight: 3, Tell: tellRestaurant,
		Says: "A table is booked; the restaurant's telephone is in company.identifiers.", SaysJa: "レストランの予約確認（店の電話は company.identifiers に登録）"},
	{Name: "booking-hotel", Weight: 2, Tell: tellHotel,
		Says: "Rooms for several guests by name, to the one who booked.", SaysJa: "宿泊予約（同行者の氏名つき）"},
	{Name: "booking-clinic", Weight: 2, Tell: tellClinic,
		Says: "An appointment of a patient, mostly the recipient, else a child.", SaysJa: "診療予約（本人または子ども）"},
	{Name: "booking-reminder", Weight: 3, Tell: tellReminder,
		Says: "A reminder the day before.", SaysJa: "前日のリマインダー"},
	{Name: "event-tickets", Weight: 2, Tell: tellTickets,
		Says: "Tickets for four by name, each with its code, to the one who bought them; some of the four are members.", SaysJa: "4名分の電子チケット（同行者に会員を含む）"},
	{Name: "travel-itinerary", Weight: 1, Tell: tellItinerary,
		Says: "An itinerary with the names of those who travel as in their passports, and birthdays.", SaysJa: "旅程表（同行者のローマ字氏名・生年月日つき）"},
	{Name: "school-notice", Weight: 2, Tell: tellSchool,
		Says: "A school writes to the parent about the child.", SaysJa: "学校から保護者へ（子どもの氏名つき）"},
	{Name: "class-roster", Weight: 1, Tell: tellClass,
		Says: "Who takes part in a course, by name alone, to those who do.", SaysJa: "講座の参加者（氏名のみ）を参加者へ"},
	{Name: "nursing-report", Weight: 1, Tell: tellNursing,
		Says: "A report on an old parent, who lives elsewhere and is nobody's member, to the daughter who pays.", SaysJa: "別居の親（会員でない）の介護報告を契約者の子へ"},
	{Name: "event-invitation", Weight: 1, Tell: tellInvitation,
		Says: "An invitation with a calendar entry, to one after the other.", SaysJa: "催しのご案内（ICSつき、一通ずつ）"},
	{Name: "parcel-watch", Weight: 1, Tell: tellWatch,
		Says: "Two of a home are told of the same delivery, each by a mail of their own.", SaysJa: "同居の二人それぞれへ同じお届けのお知らせ"},
}

const (
	restaurant      = "見本亭 銀座店"
	restaurantPhone = "03-3000-0160"
	hotelPhone      = "0460-30-0170"
	clinicPhone     = "03-3000-0180"
)

func bookingDraft(c *Customer, subject, text string) Draft {
	d := Draft{To: []*Customer{c}, Stream: BookingStream, Client: "booking", Subject: subject, Text: text}
	d.From.Name, d.From.Addr = "例示商店 予約窓口", "yoyaku@shop.example"
	return d
}

func tellRestaurant(s *Story) {
	c := one(s, s.member, s.guest)()
	p := s.prose().dear(c).line("ご予約を承りました。").field("店舗", restaurant).field("電話", restaurantPhone).field("日時", s.on(5)+" "+s.hour()).field("人数", fmt.Sprintf("%d名", 2+s.rng.IntN(6))).field("ご予約名", s.kana(c)+" 様").field("ご連絡先", s.mobile(c))
	s.send(bookingDraft(c, "ご予約の確認", p.close()))
}

func tellHotel(s *Story) {
	c := one(s, s.member, s.member, s.guest)()
	p := s.prose().dear(c).line("ご宿泊のご予約を承りました。").field("予約番号", "H"+s.digits(8)).field("宿", "例示温泉 見本館（"+hotelPhone+"）").field("チェックイン", s.on(20)).field("代表者", s.name(c)+"（"+s.kana(c)+"）").contact(c).field("メール", c.Email)
	for i := range 1 + s.rng.IntN(4) {
		guest := one(s, s.member, s.guest, s.guest)(c)
		p.field(fmt.Sprintf("同行者 %d", i+1), one(s, s.name(guest), s.kana(guest), s.name(guest)+"（"+s.kana(guest)+"）"))
	}
	s.send(bookingDraft(c, "ご宿泊予約の確認", p.close()))
}

func tellClinic(s *Story) {
	c := s.member()
	patient, card := s.name(c), s.digits(6)
	if s.chance(40) {
		patient = c.Family + " " + s.guest().Given + "（お子様）"
	}
	p := s.prose().dear(c).line("診療のご予約を承りました。").field("医院", "見本クリニック（"+clinicPhone+"）").field("診察券番号", card).field("患者様", patient).field("日時", s.on(3)+" "+s.hour())
	s.send(bookingDraft(c, "診療予約の確認", p.close()))
}

func tellReminder(s *Story) {
	c := one(s, s.member, s.guest)()
	p := s.prose().dear(c).line("明日のご予約のお知らせです。").field("店舗", restaurant).field("日時", s.on(1)+" "+s.hour()).line("変更・キャンセル：https://yoyaku.shop.example/c/%s", s.token())
	s.send(bookingDraft(c, "明日のご予約について", p.close()))
}

func tellTickets(s *Story) {
	c := s.member()
	p := s.prose().dear(c).line("電子チケットをお送りします。").field("公演", "見本交響楽団 定期演奏会").field("日時", s.on(14)+" "+s.hour()).field("お申込者", s.name(c)).field("会員番号", c.MemberNo).field("お電話番号", s.mobile(c))
	for i, who := range []*Customer{c, s.member(c), s.guest(), s.guest()} {
		p.line("%d枚目　%s 様　%s席　チケット番号 %s\nhttps://ticket.shop.example/t/%s", i+1, s.name(who), one(s, "S", "A")+s.digits(2), s.digits(10), s.token())
	}
	s.send(bookingDraft(c, "電子チケットのお届け", p.close()))
}

func tellItinerary(s *Story) {
	c := s.member()
	p := s.prose().dear(c).line("旅程表をお送りします。").field("予約番号", "T"+s.digits(8)).field("出発", s.on(30)+" 羽田 "+s.hour()).field("代表者", strings.ToUpper(c.Latin())+"（"+s.birthday(c)+"生）").contact(c).field("メール", c.Email)
	for i := range 1 + s.rng.IntN(3) {
		who := one(s, s.member, s.guest)(c)
		p.field(fmt.Sprintf("ご同行者 %d", i+1), strings.ToUpper(who.Latin())+"　"+s.birthday(who))
	}
	s.send(bookingDraft(c, "旅程表のご案内", p.close()))
}

func tellSchool(s *Story) {
	c := one(s, s.member, s.guest)()
	child := c.Family + " " + s.guest().Given
	p := s.prose().line("%s さんの保護者様\n\n見本小学校です。", child).line("%s", one(s, "本日、発熱のため早退しました。お迎えをお願いします。", "校外学習の出欠をお知らせください。", "給食費のお知らせです。")).field("児童名", child).field("学年・組", fmt.Sprintf("%d年%d組", 1+s.rng.IntN(6), 1+s.rng.IntN(3))).field("担任", one(s, staff...))
	s.send(bookingDraft(c, "【見本小学校】お知らせ", p.close()))
}

func tellClass(s *Story) {
	all := s.members(6)
	for _, c := range all {
		p := s.prose().dear(c).line("日本酒講座の参加者をお知らせします。当日はお名前でお呼びします。")
		for _, other := range all {
			p.line("・%s さん", other.Name())
		}
		s.send(bookingDraft(c, "日本酒講座のご案内", p.field("日時", s.on(7)+" "+s.hour()).field("お申込者", s.name(c)).field("ご連絡先", s.mobile(c)).close()))
	}
}

func tellNursing(s *Story) {
	c, parent := s.member(), s.guest()
	p := s.prose().dear(c).line("%s 様の今月のご様子をご報告いたします。", s.name(parent)).field("ご利用者", s.name(parent)+"（"+s.birthday(parent)+"生）").field("ご住所", s.address(parent)).field("担当", one(s, staff...)).field("様子", "お変わりなくお過ごしです。")
	p.head("ご契約者").field("お名前", s.name(c)).contact(c).field("メール", c.Email)
	s.send(bookingDraft(c, "見守りサービスのご報告", p.close()))
}

func tellInvitation(s *Story) {
	e := event{Method: "PUBLISH", UID: s.digits(12) + "@shop.example", Summary: "秋の試飲会", Location: stores[0].address, Note: "どなたでもご参加いただけます。", Start: s.at.AddDate(0, 0, 10), Organizer: "event@shop.example"}
	for _, c := range s.readers(8) {
		d := bookingDraft(c, "秋の試飲会のご案内", s.prose().dear(c).line("秋の試飲会のご案内です。カレンダーにご登録ください。").close())
		d.Files = []File{icsFile("event.ics", e)}
		s.send(d)
	}
}

func tellWatch(s *Story) {
	family := s.relatives(isFull)
	for _, c := range family[:2] {
		p := s.prose().dear(c).line("お荷物をお届けします。").field("お届け予定", s.on(1)).head("お届け先").line("%s %s", s.postal(c), s.address(c)).line("%s 様", s.name(family[0]))
		d := bookingDraft(c, "お届け予定のお知らせ", p.close())
		if !isFull(c) { // the roster does not know that they live together
			d.Truth = Undecidable
		}
		s.send(d)
		s.wait(time.Minute)
	}
}
