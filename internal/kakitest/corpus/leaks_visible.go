package corpus

import (
	"fmt"
	"slices"
	"strings"
	"time"
)

// visibles are classes F and G: recipients who see each other's addresses, by a
// hand's mistake or by a program's.
var visibles = []Kind{
	{Name: "f-visible-to", Class: "F", Cases: "42, 44, 45, 46, 48, 53, 57, 61, 62, 70, 71", Tell: tellVisible("To"),
		Says: "A circular shows all its recipients in To.", SaysJa: "お知らせの宛先全員がTo欄に見える"},
	{Name: "f-visible-cc", Class: "F", Cases: "47, 49, 50, 52, 54, 56, 60, 64, 65, 66, 69, 72, 73", Tell: tellVisible("Cc"),
		Says: "A circular shows all its recipients in Cc.", SaysJa: "お知らせの宛先全員がCc欄に見える"},
	{Name: "f-visible-guests", Class: "F", Cases: "55, 58, 59, 68", Tell: tellVisibleGuests,
		Says: "The same with people whom nobody declared.", SaysJa: "名簿にない方々の宛先が互いに見える"},
	{Name: "f-bcc-field", Class: "F", Cases: "43, 63, 67", Tell: tellVisible("Bcc"),
		Says: "The mailer leaves the Bcc field in the mail.", SaysJa: "Bcc欄が残ったまま送られる"},
	{Name: "f-two-visible", Class: "F", Cases: "51, 67", Tell: tellTwoVisible,
		Says: "Two members of different households see each other's address.", SaysJa: "別世帯の会員二人の宛先が互いに見える"},
	{Name: "f-reply-to", Class: "F", Cases: "43", Tell: tellFieldList("Reply-To"),
		Says: "The list stands in Reply-To.", SaysJa: "宛先一覧がReply-To欄に入る"},
	{Name: "f-other-field", Class: "F", Cases: "86", Tell: tellFieldList("X-Original-Recipients"),
		Says: "The list stands in a field that mail programs do not show.", SaysJa: "宛先一覧が、普段は表示されない見出しに入る"},
	{Name: "f-group", Class: "F", Cases: "79", Tell: tellGroup,
		Says: "The list stands in a group, in comments and in encoded words of To.", SaysJa: "宛先一覧がTo欄のグループや注釈の中に入る"},
	{Name: "g-joined", Class: "G", Cases: "75, 76, 77, 78, SendGrid PHP 913", Tell: tellJoined,
		Says: "An interface joins a batch of sixty into one To.", SaysJa: "送信機能が六十件の宛先を一通のToにまとめる"},
	{Name: "g-appended", Class: "G", Cases: "74, Laravel 56643, PHPMailer 1606", Tell: tellAppended(true),
		Says: "Each mail goes to one recipient more, and shows them all.", SaysJa: "一通ごとに宛先が一人ずつ増え、全員が見える"},
	{Name: "g-appended-unseen", Class: "G", Cases: "PHPMailer 1606, Sailthru 8", Tell: tellAppended(false),
		Says: "Each mail goes to one recipient more, and shows only the last.", SaysJa: "一通ごとに封筒の宛先が一人ずつ増える"},
	{Name: "g-appended-guests", Class: "G", Cases: "74, PHPMailer 1606", Tell: tellAppendedGuests,
		Says: "Each guest's order also goes to the guests before, and shows them.", SaysJa: "登録のない方の注文が、前の方々にも届き、宛先も見える"},
	{Name: "g-first-shown", Class: "G", Cases: "Ultimate-Multisite 1195", Tell: tellFirstShown,
		Says: "The first customer stands in To of the mail to everybody.", SaysJa: "全員宛てのToに、先頭の客のアドレスが見える"},
	{Name: "g-old-worker", Class: "G", Cases: "SpaceDock 128", Tell: tellOldWorker,
		Says: "One of three workers still runs the code that shows all subscribers.", SaysJa: "三台のうち更新漏れの一台だけが、購読者全員を見せる"},
	{Name: "g-neighbours", Class: "G", Cases: "79", Tell: tellNeighbours,
		Says: "Each mail shows the addresses of the next four on the list.", SaysJa: "一通ごとに、名簿の次の四人のアドレスが見える"},
	{Name: "g-two-in-one", Class: "G", Cases: "SendGrid PHP 678", Tell: tellTwoInOne,
		Says: "Two recipients share one personalisation: both get the mail of the last.", SaysJa: "二人分の差し込みが一つになり、二人に後の方の内容が届く"},
}

// shown is a field that shows addresses.
func shown(field string, all []*Customer) string {
	var list []string
	for _, c := range all {
		list = append(list, c.Email)
	}
	return field + ": " + strings.Join(list, ",\r\n ")
}

// circular is a letter that is the same for everybody.
func circular(s *Story) Draft {
	return one(s, Draft{Subject: "冬季休業のお知らせ", Stream: NewsStream, Text: "お客様各位\n\n誠に勝手ながら、12月29日から1月3日まで休業いたします。\n\n" + footer},
		Draft{Subject: "イベント中止のご連絡", Stream: NewsStream, Text: "ご参加予定の皆様\n\n荒天のため、明日の催しは中止いたします。\n\n" + footer},
		Draft{Subject: "アンケートのお願い", Stream: NewsStream, Text: "会員の皆様\n\n下記より満足度調査にご協力ください。\nhttps://shop.example/survey\n\n" + footer})
}

func tellVisible(field string) func(*Story) {
	return func(s *Story) {
		all := s.crowd(5 + s.rng.IntN(40))
		d := circular(s)
		d.Fields, d.More = []string{shown(field, all)}, unseen(Wrong, all)
		if field == "Cc" {
			d.Fields = append(d.Fields, "To: support@shop.example")
		}
		s.send(d)
	}
}

func tellVisibleGuests(s *Story) {
	d := circular(s)
	d.To, d.Truth = strangers(s, 20), Wrong
	s.send(d)
}

func tellTwoVisible(s *Story) {
	d := circular(s)
	d.To, d.Truth = s.crowd(2), Wrong
	s.send(d)
}

// tellFieldList sends each recipient a mail of its own in which all stand.
func tellFieldList(field string) func(*Story) {
	return func(s *Story) {
		all := s.members(12)
		d := circular(s)
		for _, c := range all {
			d.To, d.Truth, d.Fields = []*Customer{c}, Wrong, []string{shown(field, all)}
			s.send(d)
		}
	}
}

func tellGroup(s *Story) {
	all := s.members(9)
	d := circular(s)
	d.Fields = []string{fmt.Sprintf("To: =?utf-8?B?5Lya5ZOh?=: %s, %s,\r\n \"%s\" <support@shop.example>, support@shop.example (%s);,\r\n <%s>",
		all[0].Email, all[1].Email, all[2].Email, all[3].Email, all[4].Email), shown("Cc", all[5:])}
	d.More = unseen(Wrong, all)
	s.send(d)
}

func tellJoined(s *Story) {
	for range 3 {
		d := circular(s)
		d.To, d.Truth = s.crowd(60), Wrong
		s.send(d)
	}
}

// tellAppended sends to one more each time; the first mail is right.
func tellAppended(shows bool) func(*Story) {
	return func(s *Story) {
		all := s.members(8)
		for i, c := range all {
			d := anyPaper(s, c)
			switch {
			case i == 0:
				d.To = all[:1]
			case shows:
				d.To, d.Truth = all[:i+1], Wrong
			default:
				d.To, d.More = all[i:i+1], unseen(Wrong, all[:i])
			}
			s.send(d)
		}
	}
}

func tellAppendedGuests(s *Story) {
	all := strangers(s, 8)
	for i, c := range all {
		d := orderPaper(s, c)
		if d.To = all[:i+1]; i > 0 {
			d.Truth = Wrong
		}
		s.send(d)
	}
}

// tellFirstShown: the first sees nobody's address but its own.
func tellFirstShown(s *Story) {
	all := s.crowd(20)
	d := circular(s)
	d.To, d.More = all[:1], unseen(Wrong, all[1:])
	s.send(d)
}

func tellOldWorker(s *Story) {
	all := s.members(12)
	d := circular(s)
	for i, c := range all {
		m := d
		if m.To = []*Customer{c}; i%3 == 1 {
			m.Truth, m.Fields = Wrong, []string{shown("Cc", slices.DeleteFunc(slices.Clone(all), func(n *Customer) bool { return n == c }))}
		}
		s.send(m)
		s.wait(time.Minute)
	}
}

func tellNeighbours(s *Story) {
	all := s.crowd(20)
	d := circular(s)
	for i := range len(all) - 4 {
		d.Fields, d.More = []string{shown("To", all[i:i+5])}, unseen(Wrong, all[i:i+1])
		s.send(d)
	}
}

func tellTwoInOne(s *Story) {
	for range 8 {
		pair := s.members(2)
		d := anyPaper(s, pair[1])
		d.To, d.Truth = pair, Wrong
		s.send(d)
	}
}
