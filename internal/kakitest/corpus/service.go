package corpus

import (
	"fmt"
	"strings"
	"time"
)

// service are the kinds of right mail in which staff or a program answers.
var service = []Kind{
	{Name: "reply-quote", Weight: 5, Tell: tellReply,
		Says: "Staff answer a customer, the customer's own mail quoted with its headers and signature.", SaysJa: "お客様のメール（ヘッダー・署名つき）を引用した返信"},
	{Name: "reply-thread", Weight: 2, Tell: tellThread,
		Says: "A conversation of several mails, each quoting all before.", SaysJa: "引用が重なるやりとり"},
	{Name: "reply-html-quote", Weight: 1, Tell: tellHTMLReply,
		Says: "The same as HTML, the quote in a blockquote.", SaysJa: "HTMLの引用（blockquote）つき返信"},
	{Name: "forward-to-staff", Weight: 2, Tell: tellForwardStaff,
		Says: "A customer's mail is forwarded within the shop, as an attached mail or in the text.", SaysJa: "お客様のメールを社内（会社の宛先）へ転送"},
	{Name: "forward-to-maker", Weight: 1, Tell: tellForwardMaker,
		Says: "A complaint goes on to the maker, who is granted name, address, telephone, mail address.", SaysJa: "修理依頼を許可（grant）済みのメーカーへ転送"},
	{Name: "contact-echo", Weight: 4, Tell: tellEcho,
		Says: "A contact form confirms what the customer wrote.", SaysJa: "お問い合わせフォームの受付確認（本人の文面つき）"},
	{Name: "contact-echo-third", Weight: 1, Tell: tellEchoThird,
		Says: "The customer's words name somebody else: a neighbour who is a member, with a telephone number.", SaysJa: "お問い合わせ文面に第三者（会員の隣人・電話番号）が出てくる受付確認"},
	{Name: "auto-reply", Weight: 2, Tell: tellAutoReply,
		Says: "An automatic answer of staff who are away, from the null sender.", SaysJa: "担当者不在の自動返信"},
	{Name: "bounce", Weight: 1, Tell: tellBounce,
		Says: "A delivery failed: the report goes back to the customer who wrote, with the own mail in it.", SaysJa: "配信エラー通知（本人が書いたメールを含む）"},
	{Name: "repair", Weight: 2, Tell: tellRepair,
		Says: "A repair: what is broken, what it costs, who comes; the technician's telephone is the company's.", SaysJa: "修理受付（訪問担当の電話は company.identifiers に登録）"},
	{Name: "complaint-copy", Weight: 1, Tell: tellComplaint,
		Says: "An apology to a customer, with a visible copy to the manager at the shop.", SaysJa: "お詫びのメール（店長へCc）"},
	{Name: "estate-enquiry", Weight: 1, Tell: tellEstate,
		Says: "An enquiry about a flat: the agent's name, mobile number and address of the flat; the agent is in company.identifiers.", SaysJa: "物件の問い合わせ（担当者の携帯・店舗は company.identifiers に登録）"},
	{Name: "staff-card", Weight: 1, Tell: tellStaffCard,
		Says: "Staff introduce themselves with a vCard of the shop's.", SaysJa: "担当者変更のご挨拶（店舗スタッフのvCardつき）"},
	{Name: "job-applicant", Weight: 2, Tell: tellApplicant,
		Says: "An applicant, whom nobody declared, is answered, and staff get the application.", SaysJa: "採用応募者への返信と社内への応募通知"},
	{Name: "lost-and-found", Weight: 1, Tell: tellLost,
		Says: "What was left behind at a shop, to whom it belongs.", SaysJa: "お忘れ物のお知らせ"},
}

// question is what a customer wrote to the shop, and the end of the mail.
func (s *Story) question(c *Customer) string {
	return fmt.Sprintf("%sと申します。\n%s\n%s\nよろしくお願いします。\n", c.Family,
		one(s, "先日注文した商品がまだ届きません。", "届いた箱が潰れていました。交換できますか。", "領収書の宛名を変更したいです。", "ポイントの使い方を教えてください。"),
		one(s, "注文番号は "+s.order()+" です。", "電話は "+s.mobile(c)+" にお願いします。", "会員番号 "+c.MemberNo, ""))
}

// signature is what a customer's mail program writes below a mail.
func (s *Story) signature(c *Customer) string {
	return one(s, "-- \n"+c.Name()+"\n"+c.Email+"\n", "--\n"+c.Name()+"\nTEL "+s.mobile(c)+"\n", "iPhoneから送信\n",
		fmt.Sprintf("=====\n%s（%s）\n%s %s\n%s\n%s\n=====\n", c.Name(), c.Kana(), s.postal(c), s.address(c), s.mobile(c), c.Email), "")
}

// quoted is a text as mail programs quote it, with what says whose it is.
func (s *Story) quoted(c *Customer, text string) string {
	at := s.at.In(japan()).Add(-3 * time.Hour)
	head := one(s,
		fmt.Sprintf("%s %s <%s>:\n", at.Format("2006年1月2日(月) 15:04"), c.Name(), c.Email),
		fmt.Sprintf("-----Original Message-----\nFrom: %s <%s>\nSent: %s\nTo: support@shop.example\nSubject: お問い合わせ\n\n", c.Name(), c.Email, at.Format(time.RFC1123Z)),
		fmt.Sprintf("On %s, %s wrote:\n", at.Format("Mon, Jan 2, 2006 at 15:04"), c.Latin()),
		fmt.Sprintf("%s さんは書きました:\n", c.Name()))
	return head + "> " + strings.ReplaceAll(strings.TrimRight(text, "\n"), "\n", "\n> ") + "\n"
}

func (s *Story) answer() string {
	return one(s, "確認のうえ、本日中にあらためてご連絡いたします。", "ご不便をおかけし申し訳ございません。交換の手配をいたしました。", "マイページよりお手続きいただけます。", "ご指摘の件、承知いたしました。")
}

// fromStaff is a draft by somebody at the desk.
func (s *Story) fromStaff() Draft {
	var d Draft
	d.From.Name, d.From.Addr = "例示商店 "+one(s, staff...), one(s, "support@shop.example", "tanaka@shop.example")
	d.Stream, d.Client = ServiceStream, "desk"
	return d
}

func tellReply(s *Story) {
	c := one(s, s.member, s.member, s.guest)()
	text := s.prose().dear(c).line("%s\n", s.answer()).close() + "\n" + s.quoted(c, s.question(c)+"\n"+s.signature(c))
	d := s.fromStaff()
	d.To, d.Greet, d.Subject, d.Text = []*Customer{c}, c.Name(), "Re: "+one(s, "お問い合わせ", "注文について", "教えてください"), text
	d.Fields = []string{"In-Reply-To: <q" + s.digits(8) + "@example.jp>"}
	s.send(d)
}

func tellThread(s *Story) {
	c := s.member()
	talk := s.question(c) + "\n" + s.signature(c)
	for range 3 {
		talk = s.prose().dear(c).line("%s\n", s.answer()).close() + "\n" + s.quoted(c, talk)
		d := s.fromStaff()
		d.To, d.Subject, d.Text = []*Customer{c}, "Re: お問い合わせ", talk
		s.send(d)
		s.wait(time.Duration(1+s.rng.IntN(30)) * time.Hour)
		talk = one(s, "ありがとうございます。", "わかりました。電話は "+s.mobile(c)+" へ。") + "\n" + s.signature(c) + "\n" + s.quoted(c, talk)
	}
}

func tellHTMLReply(s *Story) {
	c := s.member()
	question := strings.ReplaceAll(s.question(c)+s.signature(c), "\n", "<br>\n")
	html := fmt.Sprintf("<div>%s 様</div><div><br></div><div>%s</div><div><br></div><div>例示商店 %s</div><br><div class=\"quote\"><div dir=\"ltr\">2026年10月4日(日) 12:30 %s &lt;<a href=\"mailto:%s\">%s</a>&gt;:</div><blockquote style=\"border-left:1px #ccc solid;padding-left:1ex\">%s</blockquote></div>\n",
		s.name(c), s.answer(), one(s, staff...), c.Name(), c.Email, c.Email, question)
	d := s.fromStaff()
	d.To, d.Subject, d.HTML, d.Text = []*Customer{c}, "Re: お問い合わせ", html, s.name(c)+" 様\n\n"+s.answer()+"\n"
	d.Look = &Look{Charset: "utf-8", Encoding: "quoted-printable", Shape: one(s, "html", "alternative"), Words: "B"}
	s.send(d)
}

// written is a mail a customer wrote to the shop, as bytes.
func (s *Story) written(c *Customer) []byte {
	l := s.look()
	d := Draft{Subject: "お問い合わせ", Text: s.question(c) + "\n" + s.signature(c), Look: &l, ID: "q" + s.digits(10) + "@" + c.Email[strings.IndexByte(c.Email, '@')+1:], Date: s.at.Add(-time.Hour)}
	d.From.Name, d.From.Addr = c.Name(), c.Email
	d.Shown = []Rcpt{{Address: "support@shop.example"}}
	return s.write(&d)
}

func tellForwardStaff(s *Story) {
	c := one(s, s.member, s.guest)()
	d := s.fromStaff()
	d.Shown, d.Subject = []Rcpt{{Address: one(s, "manager@shop.example", "warehouse@shop.example")}}, "Fwd: お問い合わせ"
	d.Text = "お疲れさまです。下記の件、対応をお願いします。\n\n---------- Forwarded message ---------\n" + s.quoted(c, s.question(c))
	if s.chance(50) {
		d.Text, d.Files = "お疲れさまです。添付の件、対応をお願いします。\n", []File{emlFile("お問い合わせ.eml", s.written(c))}
	}
	s.send(d)
}

func tellForwardMaker(s *Story) {
	c := s.member()
	d := s.fromStaff()
	d.Stream = PartnerStream
	d.Shown, d.Subject = []Rcpt{{Address: "repair@maker.example"}}, "修理のご依頼"
	p := s.prose().line("見本電機 修理受付 御中\n\nお世話になっております。下記のお客様より修理のご依頼をいただきました。\n").field("お客様", s.name(c)+"（"+s.kana(c)+"）").contact(c).field("メール", c.Email)
	d.Text = p.field("製造番号", s.digits(10)).field("症状", "電源が入らない").close()
	s.send(d)
}

func (s *Story) echo(c *Customer, words string) Draft {
	p := s.prose().line("%s 様\n\nお問い合わせを受け付けました。内容を確認し、担当者よりご連絡いたします。\n", s.name(c)).field("お名前", s.name(c)).field("メールアドレス", c.Email)
	if s.chance(70) {
		p.field("お電話番号", s.mobile(c))
	}
	p.field("お問い合わせ番号", s.digits(7)).line("\nお問い合わせ内容：\n%s", words)
	return Draft{To: []*Customer{c}, Client: "web", Stream: ServiceStream, Subject: "お問い合わせを受け付けました", Text: p.close()}
}

func tellEcho(s *Story) {
	c := one(s, s.member, s.guest)()
	s.send(s.echo(c, s.question(c)))
}

func tellEchoThird(s *Story) {
	c := s.member()
	other := s.member(c)
	d := s.echo(c, fmt.Sprintf(one(s,
		"隣の%sさん（%s）の荷物がうちに届いています。取りに来てもらえますか。\n", "%s さんに紹介されました。連絡先は %s だそうです。\n", "先日 %s 様の名前で %s に贈り物を送ったのですが届いていないようです。\n"),
		other.Name(), one(s, s.mobile(other), s.mobile(other), s.address(other))))
	d.Truth = Undecidable
	s.send(d)
}

func tellAutoReply(s *Story) {
	c := one(s, s.member, s.guest)()
	d := s.fromStaff()
	d.Sender, d.To, d.Subject = "<>", []*Customer{c}, "自動返信: お問い合わせ"
	d.Fields = []string{"Auto-Submitted: auto-replied", "X-Auto-Response-Suppress: All", "Precedence: junk"}
	d.Text = "メールをありがとうございます。\n" + s.on(0) + "から" + s.on(4) + "まで不在にしております。\nお急ぎの方は 03-1234-5678（" + one(s, staff...) + "）までご連絡ください。\n"
	s.send(d)
}

func tellRepair(s *Story) {
	c := s.member()
	p := s.prose().dear(c).line("修理のご依頼を承りました。").field("受付番号", "R-"+s.digits(8)).field("製品", "見本電機 SR-"+s.digits(3)).field("製造番号", s.digits(10)).field("概算費用", s.yen())
	p.field("訪問日時", s.on(4)+" "+s.hour()).field("訪問担当", one(s, staff...)+"（"+technician+"）").head("訪問先").receiver(c)
	d := s.fromStaff()
	d.To, d.Subject, d.Text = []*Customer{c}, "修理受付のお知らせ", p.close()
	s.send(d)
}

func tellComplaint(s *Story) {
	c := s.member()
	d := s.fromStaff()
	d.To, d.Subject = []*Customer{c}, "このたびの件のお詫び"
	d.Fields, d.More = []string{"Cc: manager@shop.example"}, []Rcpt{{Address: "manager@shop.example"}}
	d.Text = s.prose().dear(c).line("ご注文 %s の件では多大なご迷惑をおかけいたしました。\n%s", s.order(), s.answer()).close() + s.quoted(c, s.question(c))
	s.send(d)
}

func tellEstate(s *Story) {
	c := one(s, s.member, s.guest)()
	flat := s.guest()
	p := s.prose().dear(c).line("物件へのお問い合わせありがとうございます。").field("物件", "見本レジデンス "+s.digits(3)+"号室").field("所在地", flat.Prefecture+flat.Town+flat.House).field("賃料", s.yen()).field("内見希望日", s.on(5))
	p.field("担当", "例示不動産 "+one(s, staff...)+"　携帯 "+agentMobile).field("店舗", agentAddress).head("お客様").field("お名前", s.name(c)).field("お電話番号", s.mobile(c)).field("メール", c.Email)
	d := s.fromStaff()
	d.To, d.Subject, d.Text = []*Customer{c}, "物件お問い合わせの件", p.close()
	s.send(d)
}

const (
	technician   = "090-0000-0130"
	agentMobile  = "080-0000-0140"
	agentAddress = "東京都渋谷区渋谷2-99-8"
)

func tellStaffCard(s *Story) {
	who := s.member() // a namesake of a member works here
	s.wait(time.Minute)
	for _, c := range s.readers(6) {
		d := s.fromStaff()
		d.To, d.Subject = []*Customer{c}, "担当者変更のご挨拶"
		d.Text = s.prose().dear(c).line("このたび担当となりました %s です。名刺を添付いたします。", who.Name()).close()
		d.Files = []File{vcfFile("tantou.vcf", card{Name: who.Name(), Kana: who.Kana(), Org: "株式会社例示商店", Title: "お客様係", Email: "desk@shop.example", Phones: []string{"03-1234-5678", "0120-000-123"}, Address: "東京都千代田区丸の内9-9-9"})}
		s.send(d)
	}
}

func tellApplicant(s *Story) {
	c := s.guest()
	p := s.prose().line("%s 様\n\nこのたびは例示商店のアルバイトにご応募いただき、ありがとうございます。\n面接の日程をご連絡いたします。\n", s.name(c)).field("日時", s.on(6)+" "+s.hour()).field("場所", stores[0].name+" "+stores[0].address)
	d := s.fromStaff()
	d.To, d.Subject, d.Text = []*Customer{c}, "面接日程のご連絡", p.field("ご連絡先", s.mobile(c)).close()
	s.send(d)
	rows := []string{"履歴書", s.name(c) + "（" + s.kana(c) + "）", "生年月日 " + s.birthday(c), s.postal(c) + " " + s.address(c), s.mobile(c), c.Email, "志望動機 お酒が好きだから"}
	d = s.fromStaff()
	d.Shown, d.Subject, d.Text = []Rcpt{{Address: "jinji@shop.example"}}, "【応募】"+c.Name(), "応募がありました。\n\n"+strings.Join(rows, "\n")+"\n"
	d.Files = []File{one(s, docxFile("履歴書.docx", rows), pdfFile("履歴書.pdf", rows))}
	s.send(d)
}

func tellLost(s *Story) {
	c := s.member()
	at := one(s, stores...)
	p := s.prose().dear(c).line("%s にお忘れ物がございました。", at.name).field("品名", one(s, "折りたたみ傘", "手袋", "会員証（"+c.MemberNo+"）")).field("保管場所", at.address+"　TEL "+at.phone).field("保管期限", s.on(30))
	d := s.fromStaff()
	d.To, d.Subject, d.Text = []*Customer{c}, "お忘れ物のお知らせ", p.close()
	s.send(d)
}

// tellBounce: the customer's own mail could not be delivered within the shop.
func tellBounce(s *Story) {
	c := one(s, s.member, s.guest)()
	s.send(Draft{Sender: "<>", To: []*Customer{c}, Stream: ServiceStream, Client: "mta", Raw: s.report(c)})
}

// report is a delivery status notification (RFC 3464) about a mail a customer
// wrote.
func (s *Story) report(c *Customer) []byte {
	header, _, _ := strings.Cut(string(s.written(c)), "\r\n\r\n")
	const bound = "report-8f1e"
	return []byte(strings.ReplaceAll(fmt.Sprintf(`From: Mail Delivery Subsystem <mailer-daemon@shop.example>
To: %s
Subject: Undelivered Mail Returned to Sender
Date: %s
Message-ID: <dsn.%d.%d@shop.example>
Auto-Submitted: auto-replied
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="%s"

--%s
Content-Type: text/plain; charset=us-ascii

This is the mail system at host mx.shop.example.
I'm sorry to have to inform you that your message could not
be delivered to one or more recipients.

<old-desk@shop.example>: host mx.shop.example said: 550 5.1.1 User unknown

--%s
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.shop.example

Final-Recipient: rfc822; old-desk@shop.example
Action: failed
Status: 5.1.1
Diagnostic-Code: smtp; 550 5.1.1 User unknown

--%s
Content-Type: text/rfc822-headers

%s

--%s--
`, c.Email, s.at.Format(time.RFC1123Z), s.number, s.serial, bound, bound, bound, bound, strings.ReplaceAll(header, "\r\n", "\n"), bound), "\n", "\r\n"))
}
