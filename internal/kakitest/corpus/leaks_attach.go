package corpus

import (
	"bytes"
	"encoding/base64"
	"encoding/binary"
	"fmt"
	"slices"
	"strings"
	"time"
)

// attachs are class D: the text is right, what is attached or quoted is not.
var attachs = []Kind{
	{Name: "d-shift", Class: "D", Cases: "26", Tell: batch{letter: attached, truth: Wrong}.somehow,
		Says: "Each member gets the statement of another attached.", SaysJa: "本文は正しく、別の会員の明細が添付される"},
	{Name: "d-shift-learned", Class: "D", Cases: "26", Tell: batch{cast: learned(strangers, ownStatement), letter: attached, truth: Wrong}.somehow,
		Says: "The same among undeclared people who had two right mails.", SaysJa: "同じことが、過去に二通届いた未登録の方の間で起きる"},
	{Name: "d-shift-guests", Class: "D", Cases: "26", Reach: seenIn, Tell: batch{cast: strangers, letter: attached, truth: Guest}.somehow,
		Says: "The same among guests who get their first mail; the file holds the mail address of another of the batch.", SaysJa: "同じことが、初めての未登録の方の間で起きる（添付に他人のメールアドレスがある）"},
	{Name: "d-piles-up", Class: "D", Cases: "PHPMailer 2369", Tell: tellPilesUp(declared, Wrong),
		Says: "Nobody clears the attachments: the fifth gets five documents.", SaysJa: "添付が消されずに溜まり、五人目に五人分の書類が届く"},
	{Name: "d-piles-up-guests", Class: "D", Cases: "PHPMailer 2369", Reach: 3, Tell: tellPilesUp(strangers, Guest),
		Says: "The same with guests.", SaysJa: "同じことが、登録のない方々で起きる"},
	{Name: "d-shared-parts", Class: "D", Cases: "magento-2-email-attachments 26", Tell: tellSharedParts,
		Says: "Two orders handled in one run share their attachments.", SaysJa: "同時に処理された二件の注文の添付が混ざる"},
	{Name: "d-all-in-one", Class: "D", Cases: "Odoo 9505, 27", Tell: tellAllInOne,
		Says: "The report is made for all at once: each gets everybody's statement.", SaysJa: "明細が全員分まとめて作られ、一人ひとりに全員分が届く"},
	{Name: "d-wrong-table", Class: "D", Cases: "28, 29", Tell: tellWrongTable,
		Says: "A business partner gets the whole table instead of its own rows.", SaysJa: "取引先に、自社分でなく全体の表が添付される"},
	{Name: "d-wrong-table-guests", Class: "D", Cases: "28", Reach: 0, Tell: tellWrongGuestTable,
		Says: "The same with a table of people whom nobody declared.", SaysJa: "同じく、名簿にない方々の表が添付される"},
	{Name: "d-whole-mail", Class: "D", Cases: "30", Tell: batch{letter: mailAttached, truth: Wrong}.somehow,
		Says: "The mail to another is attached as a whole.", SaysJa: "別の会員へのメールが丸ごと添付される"},
	{Name: "d-quoted-mail", Class: "D", Cases: "30", Tell: batch{letter: mailQuoted, truth: Wrong}.somehow,
		Says: "A short answer quotes the mail of another below it.", SaysJa: "短い返信の下に、別の会員とのやり取りが引用される"},
	{Name: "d-same-file", Class: "D", Cases: "Odoo 9505, 26", Reach: 2, Tell: tellSameFile,
		Says: "A guest's document is attached for one after the other.", SaysJa: "登録のない一人の書類が、次々に別の方へ添付される"},
	{Name: "d-in-archives", Class: "D", Cases: "26, 30", Tell: tellIn(inArchives),
		Says: "Another's table in a ZIP in a mail that is attached.", SaysJa: "添付メールの中のZIPの中に、別の会員の表がある"},
	{Name: "d-second-sheet", Class: "D", Cases: "28, 29", Tell: tellIn(onSecondSheet),
		Says: "The first sheet is right, another's rows are on a hidden one.", SaysJa: "一枚目は正しく、隠れたシートに別の会員の行がある"},
	{Name: "d-calendar", Class: "D", Cases: "51", Tell: tellIn(asAttendee),
		Says: "An invitation lists another customer as attendee.", SaysJa: "予定の招待に、別の客が出席者として載る"},
	{Name: "d-card", Class: "D", Cases: "100", Tell: tellIn(asCard),
		Says: "The card attached is another customer's.", SaysJa: "添付の連絡先カードが別の客のもの"},
	{Name: "d-image", Class: "D", Cases: "26", Tell: tellIn(asImage),
		Says: "The document is an image, which nobody can read, of another.", SaysJa: "読み取れない画像の書類が別の会員のもの"},
	{Name: "d-encrypted", Class: "D", Cases: "28", Tell: tellIn(encrypted),
		Says: "The table of another is in a ZIP with a password.", SaysJa: "別の会員の表がパスワード付きZIPの中にある"},
	{Name: "d-file-name", Class: "D", Cases: "26", Tell: tellIn(byFileName),
		Says: "The name of the file is another's name and member number.", SaysJa: "添付ファイルの名前が別の会員の氏名と会員番号になる"},
}

// statement is what a file says about somebody.
func (s *Story) statement(c *Customer) []string {
	lines := []string{"ご利用明細書", "お名前：" + s.name(c) + " 様", "ご住所：" + s.postal(c) + " " + s.address(c), "電話番号：" + s.mobile(c), "メール：" + c.Email}
	if c.Member() {
		lines = append(lines, "会員番号："+c.MemberNo)
	}
	return append(lines, fmt.Sprintf("ご請求額：%d,400円", 3+s.rng.IntN(60)))
}

// file is a document about somebody, in one of the formats documents have.
func (s *Story) file(c *Customer) File {
	lines, name := s.statement(c), fmt.Sprintf("meisai_%06d", s.rng.IntN(1_000_000))
	var rows [][]string
	for _, l := range lines {
		label, value, _ := strings.Cut(l, "：")
		rows = append(rows, []string{label, value})
	}
	switch s.rng.IntN(6) {
	case 0:
		return csvFile(name+".csv", rows, one(s, "utf-8", "utf-8-bom", "cp932"))
	case 1:
		return xlsxFile(name+".xlsx", rows)
	case 2:
		return docxFile(name+".docx", lines)
	case 3:
		return zipFile(name+".zip", csvFile("明細.csv", rows, "cp932"))
	case 4:
		return textFile("明細.txt", strings.Join(lines, "\n"), "cp932")
	default:
		return pdfFile(name+".pdf", lines)
	}
}

// cover is the text of a mail with something attached.
func (s *Story) cover(to *Customer, files ...File) Draft {
	return Draft{Subject: "ご利用明細のお知らせ", Files: files, Text: s.name(to) + " 様\n\n今月分の書類を添付いたします。ご確認ください。\n\n" + footer}
}

func ownStatement(s *Story, c *Customer) Draft { return s.cover(c, s.file(c)) }

func attached(s *Story, to, about *Customer) Draft { return s.cover(to, s.file(about)) }

func tellPilesUp(cast func(*Story, int) []*Customer, truth Truth) func(*Story) {
	return func(s *Story) {
		var files []File
		for i, c := range cast(s, 8) {
			files = append(files, s.file(c))
			d := s.cover(c, slices.Clone(files)...)
			if d.To = []*Customer{c}; i > 0 {
				d.Truth = truth
			}
			s.send(d)
		}
	}
}

func tellSharedParts(s *Story) {
	for range 6 {
		pair := s.members(2)
		first, second := s.file(pair[0]), s.file(pair[1])
		s.mail(pair[0], pair[0], func(s *Story, c *Customer) Draft { return s.cover(c, first) })
		s.mail(pair[1], pair[0], func(s *Story, _ *Customer) Draft { return s.cover(pair[1], first, second) })
		s.wait(10 * time.Minute)
	}
}

func tellAllInOne(s *Story) {
	all := s.members(10)
	var lines []string
	for _, c := range all {
		lines = append(lines, append(s.statement(c), "")...)
	}
	f := one(s, pdfFile("statement.pdf", lines), docxFile("statement.docx", lines), textFile("statement.txt", strings.Join(lines, "\n"), "utf-8"))
	for _, c := range all {
		d := s.cover(c, f)
		d.To, d.Truth = []*Customer{c}, Wrong
		s.send(d)
	}
}

// table is a list of customers as applications export it.
func (s *Story) table(all []*Customer) [][]string {
	rows := [][]string{{"氏名", "フリガナ", "郵便番号", "住所", "電話番号", "メールアドレス"}}
	for _, c := range all {
		rows = append(rows, []string{c.Name(), c.Kana(), c.PostalCode, s.address(c), s.mobile(c), c.Email})
	}
	return rows
}

// tableFile is such a list in one of the formats lists have.
func (s *Story) tableFile(all []*Customer) File {
	rows := s.table(all)
	return one(s, csvFile("一覧.csv", rows, "cp932"), csvFile("list.csv", rows, "utf-8"), xlsxFile("一覧.xlsx", rows), zipFile("一覧.zip", csvFile("一覧.csv", rows, "cp932")))
}

func tellWrongTable(s *Story) {
	f := s.tableFile(s.members(40))
	for _, c := range s.membersOf(roleStaff, 6) {
		d := s.cover(c, f)
		d.To, d.Truth, d.Stream = []*Customer{c}, Wrong, PartnerStream
		s.send(d)
	}
}

func tellWrongGuestTable(s *Story) {
	f := s.tableFile(strangers(s, 40))
	for _, c := range s.crowd(6) {
		d := s.cover(c, f)
		d.To, d.Truth = []*Customer{c}, Guest
		s.send(d)
	}
}

// mailAttached attaches the mail that another got.
func mailAttached(s *Story, to, about *Customer) Draft {
	d := s.cover(to, emlFile("ご連絡.eml", s.raw(about, anyPaper(s, about))))
	d.Subject = "Fwd: " + d.Subject
	return d
}

// raw is a mail as a file holds it.
func (s *Story) raw(to *Customer, d Draft) []byte {
	d.To, d.ID, d.Date = []*Customer{to}, fmt.Sprintf("inner.%d.%d@shop.example", s.number, s.rng.IntN(1_000_000_000)), s.at.Add(-48*time.Hour)
	s.serial += 1_000_000 // boundaries of its own
	raw := s.write(&d)
	s.serial -= 1_000_000
	return raw
}

func mailQuoted(s *Story, to, about *Customer) Draft {
	var b strings.Builder
	fmt.Fprintf(&b, "%s 様\n\nお問い合わせの件、承知いたしました。\n\n-----Original Message-----\nFrom: %s <%s>\nSent: %s\nTo: support@shop.example\nSubject: 注文について\n\n", s.name(to), about.Name(), about.Email, s.day(-1))
	for line := range strings.Lines(fmt.Sprintf("%sと申します。\n先日の注文の件でご連絡しました。\n届け先は%sです。\n電話は%sまでお願いします。\n", s.name(about), s.address(about), s.mobile(about))) {
		b.WriteString("> " + line)
	}
	return Draft{Subject: "Re: 注文について", Text: b.String()}
}

func tellSameFile(s *Story) {
	victim := s.guest()
	f := pdfFile("permit.pdf", s.statement(victim))
	for _, c := range s.crowd(12, victim) {
		d := s.cover(c, f)
		d.To, d.Truth = []*Customer{c}, Guest
		s.send(d)
	}
}

// tellIn attaches something about one member to the right mails of others.
func tellIn(place func(s *Story, to, about *Customer) File) func(*Story) {
	return func(s *Story) {
		all := s.members(9)
		for i, c := range all[1:] {
			d := s.cover(c, place(s, c, all[i]))
			d.To, d.Truth = []*Customer{c}, Wrong
			s.send(d)
		}
	}
}

func inArchives(s *Story, to, about *Customer) File {
	packed := zipFile("一式.zip", csvFile("明細.csv", s.table([]*Customer{about}), "cp932"))
	return emlFile("fwd.eml", s.raw(to, s.cover(to, packed)))
}

func onSecondSheet(s *Story, to, about *Customer) File {
	return xlsxFile("明細.xlsx", s.table([]*Customer{to}), s.table([]*Customer{about}))
}

func asAttendee(s *Story, to, about *Customer) File {
	return icsFile("invite.ics", event{Method: "REQUEST", UID: fmt.Sprint(s.rng.Uint64(), "@shop.example"), Summary: "蔵見学", Location: "例示商店 本店", Start: s.at.AddDate(0, 0, 9),
		Organizer: "support@shop.example", Attendees: []string{to.Email, about.Email}, Attending: []string{to.Name(), about.Name()}})
}

func asCard(s *Story, _, about *Customer) File {
	return vcfFile("card.vcf", card{Name: about.Name(), Kana: about.Kana(), Email: about.Email, Address: s.address(about), Phones: []string{about.Mobile}})
}

func asImage(s *Story, _, _ *Customer) File {
	png, _ := base64.StdEncoding.DecodeString(pixel)
	jpeg := append([]byte("\xff\xd8\xff\xe0\x00\x10JFIF\x00"), png...)
	return one(s, File{"permit.png", "image/png", png}, File{"scan.jpg", "image/jpeg", jpeg}, File{"scan.bin", "application/octet-stream", png})
}

// encrypted is a ZIP whose entries say that they are (APPNOTE.TXT 4.4.4).
func encrypted(s *Story, _, about *Customer) File {
	f := zipFile("meisai.zip", csvFile("meisai.csv", s.table([]*Customer{about}), "cp932"))
	for _, header := range []struct {
		signature string
		flags     int // offset
	}{{"PK\x03\x04", 6}, {"PK\x01\x02", 8}} {
		at := bytes.Index(f.Data, []byte(header.signature)) + header.flags
		binary.LittleEndian.PutUint16(f.Data[at:], binary.LittleEndian.Uint16(f.Data[at:])|1)
	}
	return f
}

func byFileName(s *Story, to, about *Customer) File {
	f := textFile("", strings.Join(s.statement(to), "\n"), "cp932")
	f.Name = s.name(about) + "様_" + about.MemberNo + ".txt"
	return f
}
