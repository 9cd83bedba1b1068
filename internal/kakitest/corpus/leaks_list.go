package corpus

import (
	"fmt"
	"strings"
)

// lists are class E: the list itself goes out.
var lists = []Kind{
	{Name: "e-table", Class: "E", Cases: "31, 34, 35, 37, 40", Tell: tellTable(declared, Wrong),
		Says: "The customer table is attached to the mail to those who stand in it.", SaysJa: "顧客一覧が、載っている本人たちへのメールに添付される"},
	{Name: "e-table-guests", Class: "E", Cases: "36, 38", Reach: 0, Tell: tellTable(strangers, Guest),
		Says: "The same with people whom nobody declared.", SaysJa: "同じことが、名簿にない方々で起きる"},
	{Name: "e-pasted", Class: "E", Cases: "32, 33", Tell: tellPasted(declared, Wrong),
		Says: "The list of recipients is the text.", SaysJa: "宛先一覧がそのまま本文になる"},
	{Name: "e-pasted-guests", Class: "E", Cases: "33, 39", Reach: 0, Tell: tellPasted(strangers, Guest),
		Says: "The same with people whom nobody declared.", SaysJa: "同じことが、名簿にない方々で起きる"},
	{Name: "e-few-rows", Class: "E", Cases: "41", Tell: tellFewRows,
		Says: "Ten people each get the letters to all ten.", SaysJa: "十人に、十人分の宛名面がまとめて届く"},
	{Name: "e-comment", Class: "E", Cases: "32", Tell: tellComment,
		Says: "The list stands in a comment of the HTML.", SaysJa: "宛先一覧がHTMLのコメントに残る"},
	{Name: "e-log", Class: "E", Cases: "39", Tell: tellLog,
		Says: "A log of the sending, with all addresses and numbers, is attached.", SaysJa: "配信記録（全員のアドレスと電話番号）が添付される"},
	{Name: "e-attendees", Class: "E", Cases: "60", Tell: tellAttendees,
		Says: "An invitation lists all guests as attendees.", SaysJa: "予定の招待に参加者全員が載る"},
	{Name: "e-names", Class: "E", Cases: "27, 38", Reach: 0, Tell: tellNames(false),
		Says: "A list of members' names with results goes to others.", SaysJa: "会員の氏名と結果の一覧が、載っていない方に届く"},
	{Name: "e-names-own-among", Class: "E", Cases: "67, 38", Reach: 0, Tell: tellNames(true),
		Says: "A list of members' names with results goes to all who stand in it.", SaysJa: "会員の氏名と結果の一覧が、載っている全員に届く"},
	{Name: "e-names-guests", Class: "E", Cases: "27, 67", Reach: -1, Closes: "Declare those on the list: bare names of strangers are not recognised.", Tell: tellGuestNames,
		Says: "A list of names that nobody declared, with results.", SaysJa: "名簿にない方々の氏名と結果の一覧が届く"},
}

func tellTable(cast func(*Story, int) []*Customer, truth Truth) func(*Story) {
	return func(s *Story) {
		all := cast(s, 20)
		f := s.tableFile(all)
		for _, c := range all {
			d := circular(s)
			d.To, d.Truth, d.Files = []*Customer{c}, truth, []File{f}
			s.send(d)
		}
	}
}

func tellPasted(cast func(*Story, int) []*Customer, truth Truth) func(*Story) {
	return func(s *Story) {
		all := cast(s, 20)
		var b strings.Builder
		for _, c := range all {
			fmt.Fprintf(&b, "%d,%s,%s,%s\n", c.Number, c.Name(), c.Email, c.Mobile)
		}
		for _, c := range all {
			s.send(Draft{To: []*Customer{c}, Truth: truth, Stream: NewsStream, Subject: "秋の新酒のご案内", Text: b.String()})
		}
	}
}

func tellFewRows(s *Story) {
	all := s.members(10)
	for _, about := range all {
		for _, c := range all {
			s.mail(c, about, func(s *Story, c *Customer) Draft {
				return Draft{Subject: "商品のお届けについて", Text: fmt.Sprintf("%s\n%s\n%s 様\nTEL %s\n\nこのたびはお申し込みありがとうございます。\n", s.postal(c), s.address(c), s.name(c), s.mobile(c)) + footer}
			})
		}
	}
}

func tellComment(s *Story) {
	all := s.members(12)
	var b strings.Builder
	for _, c := range all {
		fmt.Fprintf(&b, "%s %s\n", c.Email, c.Mobile)
	}
	for _, c := range all {
		d := s.newsTo(s.name(c))
		d.Look = s.htmlLook(d.Text)
		d.HTML = strings.Replace(s.page(d.Text, d.Look), "<body>", "<body>\n<!-- debug:\n"+b.String()+"-->", 1)
		d.To, d.Truth = []*Customer{c}, Wrong
		s.send(d)
	}
}

func tellLog(s *Story) {
	all := s.members(15)
	var b strings.Builder
	for i, c := range all {
		fmt.Fprintf(&b, "{\"n\":%d,\"to\":%q,\"tel\":%q,\"status\":\"sent\"}\n", i, c.Email, c.Mobile)
	}
	f := one(s, textFile("send.log", b.String(), "utf-8"), File{"send.json", "application/json", []byte(b.String())})
	for _, c := range all {
		d := s.newsTo(s.name(c))
		d.To, d.Truth, d.Files = []*Customer{c}, Wrong, []File{f}
		s.send(d)
	}
}

func tellAttendees(s *Story) {
	all := s.members(10)
	e := event{Method: "REQUEST", UID: fmt.Sprint(s.rng.Uint64(), "@shop.example"), Summary: "新酒発表会", Location: "例示商店 本店", Start: s.at.AddDate(0, 0, 9), Organizer: "support@shop.example"}
	for _, c := range all {
		e.Attendees, e.Attending = append(e.Attendees, c.Email), append(e.Attending, c.Name())
	}
	for _, c := range all {
		d := s.newsTo(s.name(c))
		d.To, d.Truth, d.Files = []*Customer{c}, Wrong, []File{icsFile("invite.ics", e)}
		s.send(d)
	}
}

func tellNames(ownAmong bool) func(*Story) {
	return func(s *Story) {
		all := s.members(30)
		listed, to := all[:15], all[15:]
		if ownAmong {
			to = listed
		}
		text := s.results(listed)
		for _, c := range to {
			s.send(Draft{To: []*Customer{c}, Truth: Mention, Stream: NewsStream, Subject: "選考結果のお知らせ", Text: text})
		}
	}
}

func tellGuestNames(s *Story) {
	text := s.results(strangers(s, 15))
	for _, c := range s.members(10) {
		s.send(Draft{To: []*Customer{c}, Truth: Mention, Stream: NewsStream, Subject: "選考結果のお知らせ", Text: text})
	}
}

func (s *Story) results(all []*Customer) string {
	var b strings.Builder
	b.WriteString("選考結果は次のとおりです。\n\n")
	for i, c := range all {
		fmt.Fprintf(&b, "%d　%s　%s\n", i+1, c.Name(), one(s, "合格", "合格", "補欠", "不合格"))
	}
	return b.String() + "\n" + footer
}
