package corpus

import (
	"fmt"
	"strings"
	"time"
)

// corporate are the kinds of right mail to firms: what is a firm's may go to
// whoever has mail at the firm.
var corporate = []Kind{
	{Name: "corporate-order", Weight: 4, Tell: tellCorporate,
		Says: "One of a firm orders for a colleague: switchboard and address are the firm's.", SaysJa: "法人の注文（注文者と受取人が同じ会社、代表電話・所在地が共通）"},
	{Name: "corporate-new-colleague", Weight: 1, Tell: tellNewColleague,
		Says: "The order of a colleague goes to somebody new at the same firm whom nobody declared.", SaysJa: "名簿にない新しい担当者（同じ会社のドメイン）への注文確認"},
	{Name: "corporate-cc", Weight: 2, Tell: tellCorporateCC,
		Says: "A quotation to several contacts of one firm, visible to each other.", SaysJa: "同じ会社の複数担当者宛ての見積書（お互いに見える）"},
	{Name: "corporate-statement", Weight: 1, Tell: tellStatement,
		Says: "The month's orders of all of a firm, to its accounts.", SaysJa: "会社の経理担当へ、社員全員の月次注文明細"},
	{Name: "corporate-meeting", Weight: 2, Tell: tellMeeting,
		Says: "A calendar invitation to several colleagues.", SaysJa: "同じ会社の複数名への予定の招待（ICS）"},
	{Name: "corporate-manager-approves", Weight: 1, Tell: tellApproval,
		Says: "The manager of a firm is asked to approve an order of a colleague.", SaysJa: "社員の注文の承認依頼を上長へ"},
	{Name: "corporate-staff-gifts", Weight: 1, Tell: tellStaffGifts,
		Says: "A firm sends its staff presents to their homes: to the one who ordered, the homes of four colleagues.", SaysJa: "会社が社員の自宅へ贈る記念品（担当者へ4名分の自宅住所）"},
}

// colleagues are members of one firm.
func (s *Story) colleagues(n int) []*Customer {
	for {
		c := s.memberWho(func(c *Customer) bool { return c.Firm != nil })
		all := []*Customer{c}
		block := c.Number / blockSize * blockSize
		for i := block; i < min(block+blockSize, s.shop.opts.People) && len(all) < n; i++ {
			if k := s.shop.Customer(i); i != c.Number && k.role == roleStaff && k.Name() != c.Name() {
				all = append(all, &k)
			}
		}
		if len(all) >= min(n, 2) {
			return all
		}
	}
}

// atWork writes where somebody of a firm is reached.
func (p *prose) atWork(c *Customer) *prose {
	f := c.Firm
	return p.line("〒%s %s", f.PostalCode, f.Address).line("%s　%s", f.Name, one(p.Story, "総務部", "営業部", "資材課")).line("%s 様", p.name(c)).line("TEL %s（代表）", p.number10(f.Phone))
}

func tellCorporate(s *Story) {
	both := s.colleagues(2)
	p := s.prose().line("%s\n%s 様", both[0].Firm.Name, s.name(both[0])).thanks().field("ご注文番号", s.order()).items()
	p.head("ご注文者").atWork(both[0]).field("メール", both[0].Email).field("会員番号", both[0].MemberNo)
	p.head("お届け先").atWork(both[1])
	s.send(Draft{To: both[:1], Subject: s.orderSubject(), Text: p.close()})
}

// hired is somebody new at a firm, whom nobody declared.
func (s *Story) hired(f *Firm) *Customer {
	c := s.guest()
	c.Firm = f
	c.Email = strings.ToLower(strings.TrimFunc(c.GivenLatin, func(r rune) bool { return r > 'z' })) + ".new@" + f.Domain
	return c
}

func tellNewColleague(s *Story) {
	old := s.colleagues(1)[0]
	c := s.hired(old.Firm)
	p := s.prose().line("%s\n%s 様", c.Firm.Name, s.name(c)).thanks().field("ご注文番号", s.order()).items()
	p.head("ご注文者").atWork(c).field("メール", c.Email).head("お届け先").atWork(old)
	s.send(Draft{To: []*Customer{c}, Subject: s.orderSubject(), Text: p.close()})
}

func tellCorporateCC(s *Story) {
	all := s.colleagues(2 + s.rng.IntN(3))
	p := s.prose().line("%s", all[0].Firm.Name)
	for _, c := range all {
		p.line("%s 様", s.name(c))
	}
	p.thanks().line("お見積書をお送りいたします。ご検討のほどよろしくお願いいたします。").field("見積番号", "Q-"+s.digits(7)).field("御見積金額", s.yen()).head("納品先").atWork(all[0])
	d := s.fromStaff()
	d.To, d.Subject, d.Text = all, "お見積書の送付", p.close()
	if s.chance(50) {
		d.Files = []File{pdfFile("御見積書.pdf", []string{"御見積書", all[0].Firm.Name + " 御中", all[0].Firm.Address, "合計 " + s.yen()})}
	}
	s.send(d)
}

func tellStatement(s *Story) {
	all := s.colleagues(8)
	rows := [][]string{{"注文番号", "ご注文者", "メール", "お届け先", "電話", "金額"}}
	for _, c := range all {
		rows = append(rows, []string{s.order(), c.Name(), c.Email, c.Firm.Address, c.Firm.Phone, s.yen()})
	}
	p := s.prose().line("%s\n経理ご担当 %s 様", all[0].Firm.Name, s.name(all[0])).thanks().line("今月のご利用明細をお送りいたします。").atWork(all[0])
	for _, c := range all {
		p.line("%s 様　%s", s.name(c), s.yen())
	}
	s.send(Draft{To: all[:1], Subject: "今月のご利用明細", Text: p.close(), Files: []File{csvFile("明細.csv", rows, "cp932")}})
}

func tellMeeting(s *Story) {
	all := s.colleagues(2 + s.rng.IntN(3))
	e := event{Method: one(s, "REQUEST", "REQUEST", "CANCEL"), UID: s.digits(12) + "@shop.example", Summary: "お打ち合わせ（" + all[0].Firm.Name + "様）", Location: all[0].Firm.Address, Note: "例示商店 " + one(s, staff...) + " がお伺いします。",
		Start: s.at.AddDate(0, 0, 5), Organizer: "tanaka@shop.example"}
	for _, c := range all {
		e.Attendees, e.Attending = append(e.Attendees, c.Email), append(e.Attending, c.Name())
	}
	d := s.fromStaff()
	d.To, d.Subject, d.Text, d.Files = all, "お打ち合わせのご案内", "お打ち合わせの予定をお送りします。\n日時："+s.on(5)+" "+s.hour()+"\n場所："+all[0].Firm.Address+"\n", []File{icsFile("invite.ics", e)}
	s.send(d)
}

func tellApproval(s *Story) {
	both := s.colleagues(2)
	p := s.prose().line("%s\n%s 様", both[0].Firm.Name, s.name(both[0])).thanks().line("下記のご注文の承認をお願いいたします。\nhttps://shop.example/approve/%s", s.token())
	p.field("申請者", s.name(both[1])+" 様（"+both[1].Email+"）").field("金額", s.yen()).head("納品先").atWork(both[1])
	s.send(Draft{To: both[:1], Subject: "ご注文の承認依頼", Text: p.close()})
}

func tellStaffGifts(s *Story) {
	all := s.colleagues(5)
	p := s.prose().line("%s\n%s 様", all[0].Firm.Name, s.name(all[0])).thanks().field("ご注文番号", s.order()).line("永年勤続の記念品を、皆様のご自宅へお届けします。").head("ご注文者").atWork(all[0]).field("メール", all[0].Email).field("会員番号", all[0].MemberNo)
	for i, c := range all[1:] {
		p.head(fmt.Sprintf("お届け先 %d", i+1)).line("%s %s", s.postal(c), s.address(c)).line("%s 様", s.name(c))
	}
	s.send(Draft{To: all[:1], Subject: s.orderSubject(), Text: p.close()})
	s.wait(time.Minute)
}
