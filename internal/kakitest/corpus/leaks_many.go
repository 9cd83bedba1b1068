package corpus

import (
	"fmt"
	"strings"
	"time"
)

// manys are classes A, B and X: one person's mail to many, many persons' mails
// to one, many to many.
var manys = []Kind{
	{Name: "a-member-to-many", Class: "A", Cases: "1, 2, 3, 5, 6, 7", Tell: tellMemberToMany,
		Says: "One member's mail goes to many others.", SaysJa: "会員一人のメールが多数の方に届く"},
	{Name: "a-learned-to-many", Class: "A", Cases: "1, 7", Tell: tellLearnedToMany,
		Says: "The mail of somebody undeclared who had two right ones goes to many.", SaysJa: "過去に二通届いた未登録の方のメールが多数に届く"},
	{Name: "a-guest-to-many", Class: "A", Cases: "1, 2", Reach: 2, Tell: tellGuestToMany,
		Says: "One guest's order confirmation goes to many others.", SaysJa: "登録のない一人の注文確認が多数に届く"},
	{Name: "a-guest-to-many-slowly", Class: "A", Cases: "2, Magento-SMTP-Pro-Email-Extension 188", Reach: 2, Tell: tellGuestSlowly,
		Says: "One guest's order goes to one more stranger each day.", SaysJa: "登録のない一人の注文が、毎日別の一人に届く"},
	{Name: "a-partial-to-many", Class: "A", Cases: "1, 6", Reach: 2, Tell: tellPartialToMany,
		Says: "The telephone number and address, which nobody declared, of a member known by name go to many.", SaysJa: "氏名だけ登録のある会員の（未登録の）電話番号と住所が多数に届く"},
	{Name: "a-stale-to-many", Class: "A", Cases: "1", Tell: tellStaleToMany,
		Says: "The order of a member whose row is out of date goes to many.", SaysJa: "名簿の古い会員一人の注文が多数に届く"},
	{Name: "a-one-mail", Class: "A", Cases: "7, Discourse 14159", Tell: tellOneMail,
		Says: "One mail about a member with thirty recipients in the envelope.", SaysJa: "会員一人についての一通が、封筒上の三十人に届く"},
	{Name: "a-guest-one-mail", Class: "A", Cases: "2, 6", Reach: 2, Tell: tellGuestOneMail,
		Says: "One mail about a guest with thirty recipients in the envelope.", SaysJa: "登録のない一人についての一通が、封筒上の三十人に届く"},
	{Name: "a-extra-recipient", Class: "A", Cases: "Magento-SMTP-Pro-Email-Extension 188", Tell: tellExtraRecipient,
		Says: "Each order also goes to some other customer.", SaysJa: "注文のたびに、無関係な別の方にも届く"},
	{Name: "a-envelopes-merged", Class: "A", Cases: "nodemailer 265", Tell: tellMergedEnvelopes,
		Says: "The recipients of one mail get into the envelope of the next.", SaysJa: "あるメールの宛先が、次のメールの封筒に混ざる"},
	{Name: "a-addressee-shown", Class: "A", Cases: "3", Tell: tellAddresseeShown,
		Says: "All mails show one member as addressee, whoever they go to.", SaysJa: "誰に届くメールにも、一人の会員のアドレスが宛先として見える"},
	{Name: "a-unsubscribed", Class: "A", Cases: "4", Tell: tellUnsubscribed,
		Says: "The whole list is told which member has left it.", SaysJa: "退会した会員のアドレスが、名簿の全員に知らされる"},
	{Name: "a-example-left", Class: "A", Cases: "1, 12", Tell: tellExampleLeft,
		Says: "Greetings are right, but the order below is one member's in all mails.", SaysJa: "宛名は正しいが、下の注文内容は全員に同じ会員のもの"},
	{Name: "b-members-to-one", Class: "B", Cases: "8, Mattermost 19668", Tell: tellMembersTo((*Story).anyone),
		Says: "Many members' mails go to one address: a loop holds on to its last value.", SaysJa: "多数の会員のメールが一つの宛先に集まる"},
	{Name: "b-members-to-stranger", Class: "B", Cases: "9, 98", Tell: tellMembersTo(func(s *Story, _ ...*Customer) *Customer { return s.guest() }),
		Says: "Many members' mails go to a default address that is nobody's.", SaysJa: "多数の会員のメールが、名簿にない既定の宛先に集まる"},
	{Name: "b-guests-to-one", Class: "B", Cases: "8, 9", Reach: 6, Tell: tellGuestsToOne,
		Says: "Many guests' mails go to one address.", SaysJa: "登録のない多数の方のメールが一つの宛先に集まる"},
	{Name: "b-learned-to-one", Class: "B", Cases: "8", Tell: tellLearnedToOne,
		Says: "The mails of undeclared people who had two right ones go to one address.", SaysJa: "過去に二通届いた未登録の方々のメールが一つの宛先に集まる"},
	{Name: "b-parcels-to-few", Class: "B", Cases: "8", Tell: tellParcelsToFew,
		Says: "Sixty members' parcel notices go to three addresses.", SaysJa: "会員六十人の発送のお知らせが三つの宛先に集まる"},
	{Name: "b-hidden-copy", Class: "B", Cases: "Sailthru 8, 98", Tell: tellHiddenCopy,
		Says: "A stranger gets a hidden copy of every mail.", SaysJa: "すべてのメールの写しが、見えない宛先の他人に届く"},
	{Name: "b-hidden-copy-guests", Class: "B", Cases: "Sailthru 8", Reach: 3, Tell: tellHiddenCopyGuests,
		Says: "A stranger gets a hidden copy of every guest's mail.", SaysJa: "登録のない方々のメールの写しが、見えない宛先の他人に届く"},
	{Name: "b-greetings-to-one", Class: "B", Cases: "18, Rancher 22622", Reach: 3, Tell: tellGreetingsTo((*Story).member),
		Says: "Newsletters for many members, known by the name in them, go to one member.", SaysJa: "多数の会員の氏名で始まるお知らせが、会員一人に集まる"},
	{Name: "b-greetings-to-stranger", Class: "B", Cases: "18", Reach: seenIn, Tell: tellGreetingsTo(func(s *Story, _ ...*Customer) *Customer { return s.guest() }),
		Says: "The same go to somebody nobody declared.", SaysJa: "同じお知らせが、名簿にない一人に集まる"},
	{Name: "b-guests-trickle", Class: "B", Cases: "9, 107", Reach: -1, Closes: "Declare guests with their orders, or lower fan_in.", Tell: tellTrickle,
		Says: "Three guests' mails a day go to one address, for ten days.", SaysJa: "登録のない方のメールが、一日三通ずつ十日間、一つの宛先に届く"},
	{Name: "x-cross-product", Class: "X", Cases: "10, 11, 12, 15", Tell: tellCross,
		Says: "Everybody on the list gets everybody's mail.", SaysJa: "名簿の全員に、全員分のメールが届く"},
	{Name: "x-cross-guests", Class: "X", Cases: "10, 11", Reach: 16, Tell: tellCrossGuests,
		Says: "Eight guests each get the mails of all eight.", SaysJa: "登録のない八人に、八人分すべてのメールが届く"},
	{Name: "x-requeued", Class: "X", Cases: "10, 14", Tell: tellRequeued,
		Says: "A queue that starts again sends each mail of a batch to all its recipients.", SaysJa: "再開した送信待ちから、各メールが全宛先に送られる"},
	{Name: "x-sales", Class: "X", Cases: "13", Tell: tellSales,
		Says: "Each shop's sales figures, with whom to ask, go to the staff of all shops.", SaysJa: "各店の売上と担当者の連絡先が、全店の担当者に届く"},
	{Name: "x-reminders", Class: "X", Cases: "14", Reach: 3 * seenIn, Tell: tellReminders,
		Says: "Reminders that name a member and a booking go to five other members each.", SaysJa: "氏名と予約だけの督促が、それぞれ別の会員五人に届く"},
}

func tellMemberToMany(s *Story) {
	victim := s.member()
	d := anyPaper(s, victim)
	d.To = []*Customer{victim}
	s.send(d)
	for range 20 {
		d.To, d.Truth = []*Customer{s.anyone(victim)}, Wrong
		s.send(d)
	}
}

func tellLearnedToMany(s *Story) {
	victim := learned(strangers, deliveryPaper)(s, 1)[0]
	for _, c := range s.crowd(20, victim) {
		s.mail(c, victim, deliveryPaper)
	}
}

func tellGuestToMany(s *Story) {
	victim := s.guest()
	text := s.confirmation(victim, victim)
	for range 20 {
		s.send(Draft{To: []*Customer{s.anyone(victim)}, Truth: Guest, Subject: "ご注文ありがとうございます", Text: text})
	}
}

func tellGuestSlowly(s *Story) {
	victim := s.guest()
	for range 15 {
		s.mailAs(Guest, s.anyone(victim), victim, orderPaper)
		s.wait(23 * time.Hour)
	}
}

func tellPartialToMany(s *Story) {
	victim := partly(s, 1)[0]
	for _, c := range s.crowd(20, victim) {
		s.mailAs(Guest, c, victim, bookingPaper)
	}
}

func tellStaleToMany(s *Story) {
	victim := moved(s, 1)[0]
	for _, c := range s.crowd(20, victim) {
		s.mail(c, victim, orderPaper)
	}
}

func tellOneMail(s *Story) {
	victim := s.member()
	d := anyPaper(s, victim)
	d.Fields, d.More = []string{"To: undisclosed-recipients:;"}, unseen(Wrong, s.crowd(30, victim))
	s.send(d)
}

func tellGuestOneMail(s *Story) {
	victim := s.guest()
	d := orderPaper(s, victim)
	d.Fields, d.More = []string{"To: undisclosed-recipients:;"}, unseen(Guest, s.crowd(30, victim))
	s.send(d)
}

// unseen are recipients whom no field shows.
func unseen(truth Truth, all []*Customer) []Rcpt {
	var more []Rcpt
	for _, c := range all {
		more = append(more, Rcpt{c.Email, truth})
	}
	return more
}

func tellExtraRecipient(s *Story) {
	for range 15 {
		c := s.member()
		d := anyPaper(s, c)
		d.To, d.More = []*Customer{c}, unseen(Wrong, s.crowd(1, c))
		s.send(d)
	}
}

func tellMergedEnvelopes(s *Story) {
	for range 8 {
		pair := s.members(2)
		s.mail(pair[0], pair[0], anyPaper)
		d := anyPaper(s, pair[1])
		d.To, d.More = pair[1:], unseen(Wrong, pair[:1])
		s.send(d)
	}
}

func tellAddresseeShown(s *Story) {
	victim := s.member()
	for _, c := range s.crowd(20, victim) {
		d := pointsPaper(s, c)
		d.Fields, d.More = []string{"To: " + victim.Email}, unseen(Wrong, []*Customer{c})
		s.send(d)
	}
}

func tellUnsubscribed(s *Story) {
	victim := s.member()
	for _, c := range s.crowd(20, victim) {
		s.send(Draft{To: []*Customer{c}, Truth: Wrong, Stream: NewsStream, Subject: "配信停止のお知らせ",
			Text: "次の方が配信を停止されました。\n\n" + victim.Email + "\n\n" + footer})
	}
}

func tellExampleLeft(s *Story) {
	victim := s.member()
	_, below, _ := strings.Cut(s.confirmation(victim, victim), "\n\n")
	for _, c := range s.crowd(20, victim) {
		s.send(Draft{To: []*Customer{c}, Truth: Wrong, Subject: "ご注文ありがとうございます", Text: s.name(c) + " 様\n\n" + below})
	}
}

func tellMembersTo(who func(*Story, ...*Customer) *Customer) func(*Story) {
	return func(s *Story) {
		inbox := who(s)
		for range 20 {
			s.mail(inbox, s.member(inbox), anyPaper)
			s.wait(one(s, 0, 0, 5*time.Minute))
		}
	}
}

func tellGuestsToOne(s *Story) {
	inbox := s.anyone()
	for range 20 {
		s.mailAs(Guest, inbox, s.guest(), one(s, orderPaper, bookingPaper))
	}
}

func tellLearnedToOne(s *Story) {
	all := learned(strangers, deliveryPaper)(s, 12)
	inbox := s.anyone()
	for _, c := range all {
		s.mail(inbox, c, deliveryPaper)
	}
}

func tellParcelsToFew(s *Story) {
	few := s.crowd(3)
	for range 60 {
		s.mail(one(s, few...), s.member(few...), parcelPaper)
	}
}

func tellHiddenCopy(s *Story) {
	thief := s.anyone()
	for range 20 {
		c := s.member(thief)
		d := anyPaper(s, c)
		d.To, d.More = []*Customer{c}, unseen(Wrong, []*Customer{thief})
		s.send(d)
	}
}

func tellHiddenCopyGuests(s *Story) {
	thief := s.anyone()
	for range 20 {
		c := s.guest()
		d := orderPaper(s, c)
		d.To, d.More = []*Customer{c}, unseen(Guest, []*Customer{thief})
		s.send(d)
	}
}

func tellGreetingsTo(who func(*Story, ...*Customer) *Customer) func(*Story) {
	return func(s *Story) {
		inbox := who(s)
		for range 30 {
			s.mailAs(Mention, inbox, s.member(inbox), greetingPaper)
		}
	}
}

func tellTrickle(s *Story) {
	inbox := s.anyone()
	for range 10 {
		for range 3 {
			s.mailAs(Guest, inbox, s.guest(), bookingPaper)
		}
		s.wait(25 * time.Hour)
	}
}

func tellCross(s *Story) {
	all := s.members(10)
	for _, about := range all {
		d := anyPaper(s, about)
		for _, to := range all {
			s.mail(to, about, func(*Story, *Customer) Draft { return d })
		}
	}
}

func tellCrossGuests(s *Story) {
	all := strangers(s, 8)
	for _, about := range all {
		d := orderPaper(s, about)
		for _, to := range all {
			s.mailAs(Guest, to, about, func(*Story, *Customer) Draft { return d })
		}
	}
}

func tellRequeued(s *Story) {
	all := s.members(12)
	for _, c := range all {
		s.mail(c, c, anyPaper)
	}
	s.wait(20 * time.Minute)
	for i, c := range all {
		d := anyPaper(s, c)
		others := append(append([]*Customer{}, all[:i]...), all[i+1:]...)
		d.Fields, d.More = []string{"To: undisclosed-recipients:;"}, unseen(Wrong, others)
		s.send(d)
	}
}

func tellSales(s *Story) {
	all := s.membersOf(roleStaff, 8)
	for _, about := range all {
		text := fmt.Sprintf("%s 御中\n\n昨日の売上：%d,000円\n注文数：%d件\nご担当：%s 様（%s）\nお電話：%s\n\n", about.Firm.Name, 100+s.rng.IntN(900), s.rng.IntN(300),
			s.name(about), about.Email, about.Firm.Phone) + footer
		for _, to := range all {
			s.mail(to, about, func(*Story, *Customer) Draft {
				return Draft{Stream: PartnerStream, Subject: "【日次】売上速報", Text: text}
			})
		}
	}
}

func tellReminders(s *Story) {
	for range 10 {
		victim := s.member()
		for _, to := range s.members(5) {
			s.mailAs(Mention, to, victim, func(s *Story, c *Customer) Draft {
				return Draft{Subject: "お支払いのお願い", Text: fmt.Sprintf("ご予約番号：R-%06d\nご予約者：%s 様\n残額：%d,000円\n期日：%s\n\n", s.of(c).IntN(1_000_000), s.name(c), 10+s.rng.IntN(90), s.day(7)) + footer}
			})
		}
	}
}
