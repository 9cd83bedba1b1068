package corpus

import (
	"fmt"
	"strings"
	"time"
)

// addresses are classes K, L and M: the address, the record, or the link itself
// is wrong.
var addresses = []Kind{
	{Name: "k-mistyped", Class: "K", Cases: "100, 101, 102, 103, 106, 109", Tell: tellMistyped(declared, orderPaper, Wrong),
		Says: "Members' orders go to mistyped addresses, which the orders show, too.", SaysJa: "打ち間違えたアドレス（本文にもそのまま載る）へ会員の注文が届く"},
	{Name: "k-mistyped-learned", Class: "K", Cases: "101, 104", Tell: tellMistyped(learned(strangers, deliveryPaper), deliveryPaper, Wrong),
		Says: "The same with undeclared people who had two right mails.", SaysJa: "同じことが、過去に二通届いた未登録の方々で起きる"},
	{Name: "k-mistyped-partial", Class: "K", Cases: "103", Reach: -1, Closes: "Feed the whole row: a name alone does not say who is meant.",
		Tell: tellMistyped(partly, bookingPaper, Guest),
		Says: "The same with members of whom the roster has name and mail address alone.", SaysJa: "同じことが、氏名とアドレスだけ登録のある会員で起きる"},
	{Name: "k-mistyped-guests", Class: "K", Cases: "106, 107", Reach: -1, Closes: "Confirm addresses with an empty mail first; declare guests.",
		Tell: tellMistyped(strangers, orderPaper, Guest),
		Says: "The same with guests who get their first mail.", SaysJa: "同じことが、初めての未登録の方々で起きる"},
	{Name: "k-other-customer", Class: "K", Cases: "7, 105", Tell: tellOtherCustomer,
		Says: "Support picks the wrong customer out of the address book.", SaysJa: "窓口がアドレス帳から別の客を選んで返信する"},
	{Name: "k-look-alike-copy", Class: "K", Cases: "98, 99", Tell: tellLookAlike(declared, Wrong),
		Says: "A copy of every mail goes to a domain that looks like the company's.", SaysJa: "すべてのメールの写しが、自社に似たドメインに届く"},
	{Name: "k-look-alike-copy-guests", Class: "K", Cases: "98, 99", Reach: 0, Tell: tellLookAlike(strangers, Wrong),
		Says: "The same with guests' mail, which shows them the copy.", SaysJa: "同じことが、登録のない方々のメールで起きる"},
	{Name: "k-five-times", Class: "K", Cases: "105, 108", Tell: tellFiveTimes,
		Says: "A table of members goes to one wrong address again and again, months apart.", SaysJa: "会員の表が、同じ誤った宛先に何か月も届き続ける"},
	{Name: "k-handed-over", Class: "K", Cases: "104, 107", Tell: tellHandedOver,
		Says: "All enquiries are forwarded to a wrong address.", SaysJa: "すべての問い合わせが、誤った引き継ぎ先に転送される"},
	{Name: "k-new-address", Class: "K", Cases: "105", Tell: tellMistyped(declared, orderPaper, Undecidable),
		Says: "A member's new address, of which the roster has not heard, or a wrong one.", SaysJa: "名簿に未反映の会員の新しいアドレス、または誤り"},
	{Name: "c-gift-swapped", Class: "C", Cases: "83", Tell: tellGiftSwapped,
		Says: "A gift order goes to the receiver instead of the giver.", SaysJa: "贈り物の注文確認が、贈り主でなく贈り先に届く"},
	{Name: "l-profiles", Class: "L", Cases: "110", Tell: batch{letter: overwritten, truth: Wrong}.somehow,
		Says: "Names, addresses and numbers are written into other people's profiles; address and member number are still right.", SaysJa: "別人の氏名・住所・電話が会員情報に書き込まれる（アドレスと会員番号は正しい）"},
	{Name: "l-profiles-learned", Class: "L", Cases: "110", Tell: batch{cast: learned(strangers, deliveryPaper), letter: overwritten, truth: Wrong}.somehow,
		Says: "The same with undeclared people: only what was sent before tells.", SaysJa: "同じことが未登録の方で起き、過去の送信だけが手がかりになる"},
	{Name: "m-link-to-many", Class: "M", Cases: "111", Reach: 2, Tell: tellLinkToMany,
		Says: "One personal link goes to twenty members.", SaysJa: "一人の専用リンクが二十人に届く"},
	{Name: "m-links-shared", Class: "M", Cases: "111", Reach: -1, Closes: "Set fan_out: 0 on the stream of personal links.", Tell: tellLinksShared,
		Says: "A link maker gives each two members the same personal link.", SaysJa: "二人ずつに同じ専用リンクが発行される"},
	{Name: "m-links-swapped", Class: "M", Cases: "111", Reach: -1, Closes: "Write the member number or name into the mail beside the link.",
		Tell: batch{letter: whole(linkPaper), truth: Guest}.somehow,
		Says: "Members get the personal links of others, which no mail has held before.", SaysJa: "初出の専用リンクが、会員の間で入れ替わる"},
	{Name: "m-links-learned", Class: "M", Cases: "111", Tell: batch{cast: learned(declared, linkPaper), letter: whole(linkPaper), truth: Wrong}.somehow,
		Says: "Members get personal links that others had twice before.", SaysJa: "以前に二度送られた専用リンクが、会員の間で入れ替わる"},
	{Name: "m-link-query", Class: "M", Cases: "111", Tell: tellLinkQuery,
		Says: "A link carries another member's address and number in its query.", SaysJa: "リンクの引数に別の会員のアドレスと電話番号が入る"},
}

// mistyped is the customer with an address on file that is a slip of the hand.
func (s *Story) mistyped(c *Customer) *Customer {
	at := strings.IndexByte(c.Email, '@')
	local, domain := c.Email[:at], c.Email[at+1:]
	wrong := *c
	switch i := 1 + s.rng.IntN(len(local)-2); s.rng.IntN(4) {
	case 0:
		wrong.Email = local[:i] + local[i+1:] + "@" + domain
	case 1:
		wrong.Email = local[:i] + local[i:i+1] + local[i:] + "@" + domain
	case 2:
		wrong.Email = local + "@" + one(s, "gmeil.example", "gmai.example", "yafoo.example", "docmo.example")
	default:
		wrong.Email = local + "@mail." + domain
	}
	return &wrong
}

func tellMistyped(cast func(*Story, int) []*Customer, says paper, truth Truth) func(*Story) {
	return func(s *Story) {
		for _, c := range cast(s, 12) {
			c = s.mistyped(c)
			d := says(s, c)
			d.To, d.Truth = []*Customer{c}, truth
			s.send(d)
			s.wait(7 * time.Minute)
		}
	}
}

func tellOtherCustomer(s *Story) {
	for range 10 {
		c := s.member()
		s.mail(s.anyone(c), c, func(s *Story, c *Customer) Draft {
			return Draft{Subject: "Re: 商品の返品について", Text: fmt.Sprintf("%s 様\n\nお世話になっております。例示商店の担当です。\n返品のお品は %s から引き取りに伺います。\n当日は %s にお電話いたします。\n\n", s.name(c), s.address(c), s.mobile(c)) + footer}
		})
		s.wait(2 * time.Hour)
	}
}

func tellLookAlike(cast func(*Story, int) []*Customer, truth Truth) func(*Story) {
	return func(s *Story) {
		twin := one(s, "archive@shop.archive.example", "archive@shopp.example", "archive@sh0p.example", "archive@archives.example")
		for _, c := range cast(s, 15) {
			d := orderPaper(s, c)
			d.To, d.Truth = []*Customer{c}, truth // who sees the copy's address
			d.Fields, d.More = []string{"Cc: " + twin}, []Rcpt{{twin, truth}}
			s.send(d)
		}
	}
}

func tellFiveTimes(s *Story) {
	inbox := s.mistyped(s.membersOf(roleStaff, 1)[0])
	for range 5 {
		d := s.cover(inbox, s.tableFile(s.members(20)))
		d.To, d.Truth = []*Customer{inbox}, Wrong
		s.send(d)
		s.wait(33 * 24 * time.Hour)
	}
}

func tellHandedOver(s *Story) {
	inbox := s.mistyped(s.membersOf(roleStaff, 1)[0])
	for range 20 {
		c := s.memberWho(func(c *Customer) bool { return c.role == roleFull || c.role == rolePartial })
		s.mail(inbox, c, func(s *Story, c *Customer) Draft {
			return Draft{Subject: "【転送】お問い合わせ", Text: fmt.Sprintf("お客様より次のお問い合わせがありました。\n\nお名前：%s\nメール：%s\n電話：%s\n内容：商品が届きません。\n", s.name(c), c.Email, s.mobile(c))}
		})
		s.wait(9 * time.Hour)
	}
}

func tellGiftSwapped(s *Story) {
	for range 6 {
		pair := s.members(2)
		d := Draft{Subject: "ご注文ありがとうございます", Text: s.confirmation(pair[0], pair[1])}
		d.To, d.Truth = pair[1:], Undecidable
		s.send(d)
	}
}

// overwritten is a mail to the recipient's account whose name, address and
// number are another's.
func overwritten(s *Story, to, about *Customer) Draft {
	d := deliveryPaper(s, about)
	account := "ご登録メールアドレス：" + to.Email + "\n"
	if to.Member() {
		account += "会員番号：" + to.MemberNo + "\n"
	}
	d.Text = strings.Replace(d.Text, "お届け日：", account+"お届け日：", 1)
	return d
}

func tellLinkToMany(s *Story) {
	d := linkPaper(s, s.member())
	for _, c := range s.crowd(20) {
		d.To, d.Truth = []*Customer{c}, Guest
		s.send(d)
	}
}

func tellLinksShared(s *Story) {
	all := s.members(30)
	for i, of := range everySecond(s, len(all)) {
		s.mailAs(Guest, all[i], all[of], linkPaper)
	}
}

func tellLinkQuery(s *Story) {
	all := s.members(12)
	for i, c := range all[1:] {
		d := s.newsTo(s.name(c))
		d.Look = s.htmlLook(d.Text)
		link := fmt.Sprintf("https://shop.example/entry?mail=%s&amp;tel=%s", strings.Replace(all[i].Email, "@", "%40", 1), strings.ReplaceAll(all[i].Mobile, "-", ""))
		d.HTML = strings.Replace(s.page(d.Text, d.Look), "</body>", `<a href="`+link+`">応募する</a></body>`, 1)
		d.To, d.Truth = []*Customer{c}, Wrong
		s.send(d)
	}
}
