package corpus

import (
	"fmt"
	"strings"
)

// billing are the kinds of right mail with invoices, receipts and policies.
var billing = []Kind{
	{Name: "invoice-pdf", Weight: 3, Tell: tellInvoicePDF,
		Says: "An invoice as a PDF.", SaysJa: "請求書（PDF添付）"},
	{Name: "invoice-csv", Weight: 1, Tell: tellInvoiceCSV,
		Says: "The month's purchases as a CSV file, in UTF-8 or code page 932.", SaysJa: "ご利用明細（CSV添付）"},
	{Name: "invoice-xlsx", Weight: 1, Tell: tellInvoiceXLSX,
		Says: "A quotation or invoice as a workbook.", SaysJa: "見積書・請求書（Excel添付）"},
	{Name: "invoice-docx", Weight: 1, Tell: tellInvoiceDOCX,
		Says: "A letter as a document of a word processor.", SaysJa: "ご案内状（Word添付）"},
	{Name: "invoice-zip", Weight: 1, Tell: tellInvoiceZIP,
		Says: "Invoice and delivery note in one archive whose file names are in code page 932.", SaysJa: "請求書一式（ZIP添付、ファイル名は日本語）"},
	{Name: "receipt", Weight: 4, Tell: tellReceipt,
		Says: "A receipt in the name of a firm the customer asked for.", SaysJa: "領収書（宛名は会社名）"},
	{Name: "donation-receipt", Weight: 1, Tell: tellDonation,
		Says: "A receipt for a donation, with name and address.", SaysJa: "寄附金受領証明書"},
	{Name: "transfer-notice", Weight: 2, Tell: tellTransfer,
		Says: "Money arrived from an account, in the kana of the bank.", SaysJa: "お振込の確認（振込名義は半角カナ）"},
	{Name: "utility-bill", Weight: 2, Tell: tellUtility,
		Says: "What was used this month, at which place, by which customer number.", SaysJa: "電気・ガス使用量のお知らせ"},
	{Name: "insurance-policy", Weight: 1, Tell: tellInsurance,
		Says: "A policy that lists the insured of the family with their birthdays, to the policyholder.", SaysJa: "保険証券（家族の被保険者と生年月日つき）を契約者へ"},
	{Name: "subscription-renewal", Weight: 4, Tell: tellRenewal,
		Says: "A subscription goes on.", SaysJa: "定期購入の更新・次回お届けのお知らせ"},
	{Name: "warranty", Weight: 2, Tell: tellWarranty,
		Says: "A warranty with a serial number.", SaysJa: "製品登録・保証書（製造番号つき）"},
	{Name: "account-number-digits", Weight: 2, Tell: tellDigits,
		Says: "A mail full of long numbers that look like telephone numbers and are none.", SaysJa: "電話番号に似た長い番号が並ぶお知らせ"},
}

// invoice is the lines of an invoice to a customer.
func (s *Story) invoice(c *Customer, to string) []string {
	lines := []string{"請　求　書", "", to + "　御中", s.postal(c) + " " + s.address(c), s.name(c) + " 様", "", "発行日 " + s.on(0), "請求番号 " + s.digits(10), ""}
	for range 2 + s.rng.IntN(4) {
		lines = append(lines, fmt.Sprintf("%s　%d　%s", one(s, goods...), 1+s.rng.IntN(9), s.yen()))
	}
	return append(lines, "合計 "+s.yen(), "お振込先：見本銀行 本店 普通 1234567", "株式会社例示商店　〒100-0005 東京都千代田区丸の内9-9-9　03-1234-5678")
}

func (s *Story) invoiceText(c *Customer) string {
	p := s.prose().dear(c).line("今月分のご請求書をお送りいたします。添付ファイルをご確認ください。").field("ご請求額", s.yen()).field("お支払期限", s.on(25))
	if s.chance(50) {
		p.field("会員番号", c.MemberNo)
	}
	return p.close()
}

func tellInvoicePDF(s *Story) {
	c := s.member()
	s.send(Draft{To: []*Customer{c}, Subject: "ご請求書の送付", Text: s.invoiceText(c),
		Files: []File{pdfFile(one(s, "請求書.pdf", "請求書_"+c.Name()+"様.pdf", "invoice"+s.digits(6)+".pdf"), s.invoice(c, c.Name()))}})
}

// purchases is a table of what a customer bought.
func (s *Story) purchases(c *Customer) [][]string {
	rows := [][]string{{"注文番号", "注文日", "氏名", "郵便番号", "住所", "電話番号", "商品", "金額"}}
	for range 3 + s.rng.IntN(10) {
		rows = append(rows, []string{s.order(), s.on(-s.rng.IntN(30)), s.name(c), c.PostalCode, s.address(c), c.Mobile, one(s, goods...), fmt.Sprint(500 + s.rng.IntN(20000))})
	}
	return rows
}

func tellInvoiceCSV(s *Story) {
	c := s.member()
	s.send(Draft{To: []*Customer{c}, Subject: "ご利用明細のお知らせ", Text: s.invoiceText(c),
		Files: []File{csvFile("ご利用明細.csv", s.purchases(c), one(s, "utf-8-bom", "cp932", "cp932", "utf-8"))}})
}

func tellInvoiceXLSX(s *Story) {
	c := s.member()
	s.send(Draft{To: []*Customer{c}, Subject: "お見積書の送付", Text: s.invoiceText(c), Files: []File{xlsxFile("御見積書_"+c.Family+"様.xlsx", s.purchases(c))}})
}

func tellInvoiceDOCX(s *Story) {
	c := s.member()
	s.send(Draft{To: []*Customer{c}, Subject: "ご案内状の送付", Text: s.invoiceText(c), Files: []File{docxFile("ご案内.docx", s.invoice(c, c.Family))}})
}

func tellInvoiceZIP(s *Story) {
	c := s.member()
	s.send(Draft{To: []*Customer{c}, Subject: "請求書一式の送付", Text: s.invoiceText(c), Files: []File{
		zipFile("請求書一式.zip", csvFile("明細/"+c.Name()+"様.csv", s.purchases(c), "cp932"), textFile("納品書.txt", strings.Join(s.invoice(c, c.Name()), "\n"), "cp932"))}})
}

func tellReceipt(s *Story) {
	c := s.member()
	p := s.prose().dear(c).line("領収書を発行いたしました。\n").field("領収書番号", s.digits(8)).field("宛名", fmt.Sprintf("株式会社%s%s 御中", s.guest().Family, one(s, "商事", "工務店", "製作所"))).field("金額", s.yen()).field("但し書き", "お品代として")
	p.field("登録番号", "T"+s.digits(13)).field("ご注文番号", s.order()).field("ご注文者", s.name(c)).line("\nhttps://shop.example/receipt/%s", s.token())
	s.send(Draft{To: []*Customer{c}, Subject: "領収書発行のお知らせ", Text: p.close()})
}

func tellDonation(s *Story) {
	c := one(s, s.member, s.guest)()
	p := s.prose().line("%s 様\n\nこのたびは温かいご寄附をありがとうございました。\n", s.name(c)).field("受領番号", s.digits(9)).field("寄附金額", s.yen()).field("受領日", s.on(-1)).head("ご寄附者").receiver(c)
	s.send(Draft{To: []*Customer{c}, Subject: "寄附金受領証明書", Text: p.close()})
}

func tellTransfer(s *Story) {
	c := s.member()
	p := s.prose().dear(c).line("ご入金を確認いたしました。").field("お振込名義", bankKana(c)).field("ご入金額", s.yen()).field("入金日", s.on(0)).field("ご注文番号", s.order())
	s.send(Draft{To: []*Customer{c}, Subject: "ご入金確認のお知らせ", Text: p.close()})
}

func tellUtility(s *Story) {
	c := s.member()
	p := s.prose().dear(c).field("お客さま番号", s.digits(13)).field("供給地点特定番号", "03-"+s.digits(4)+"-"+s.digits(4)+"-"+s.digits(4)+"-"+s.digits(4)+"-"+s.digits(4)).field("ご使用場所", s.address(c)).field("ご使用期間", s.on(-35)+"〜"+s.on(-5)).field("ご使用量", s.digits(3)+" kWh").field("ご請求予定額", s.yen())
	s.send(Draft{To: []*Customer{c}, Subject: "今月の電気ご使用量のお知らせ", Text: p.close()})
}

func tellInsurance(s *Story) {
	family := s.relatives(isFull)
	holder := family[0]
	p := s.prose().dear(holder).line("ご契約内容をお知らせいたします。").field("証券番号", s.digits(10)).field("ご契約者", s.name(holder)+"（"+s.kana(holder)+"）").field("生年月日", s.birthday(holder)).contact(holder).field("会員番号", holder.MemberNo)
	for i, f := range family {
		p.field(fmt.Sprintf("被保険者 %d", i+1), fmt.Sprintf("%s（%s生）", s.name(f), s.birthday(f)))
	}
	child := s.guest()
	p.field("被保険者（お子様）", fmt.Sprintf("%s %s（平成%d年%d月%d日生）", holder.Family, child.Given, 20+s.rng.IntN(10), 1+s.rng.IntN(12), 1+s.rng.IntN(28)))
	s.send(Draft{To: []*Customer{holder}, Subject: "ご契約内容のお知らせ", Text: p.close()})
}

func tellRenewal(s *Story) {
	c := s.member()
	p := s.prose().dear(c).line("定期購入の次回お届けについてお知らせいたします。").field("定期番号", "TK-"+s.digits(7)).field("商品", one(s, goods...)).field("次回お届け日", s.on(10)).field("お届け先", s.address(c)+" "+s.name(c)+" 様").field("お電話番号", s.phone(c))
	s.send(Draft{To: []*Customer{c}, Subject: "次回お届けのお知らせ", Text: p.close()})
}

func tellWarranty(s *Story) {
	c := s.member()
	p := s.prose().dear(c).line("製品のご登録が完了しました。").field("製品", "見本電機 SR-"+s.digits(3)).field("製造番号", one(s, s.digits(10), "SN"+s.digits(9), s.digits(4)+"-"+s.digits(4)+"-"+s.digits(4))).field("保証期間", s.on(0)+"から1年間").field("お買い上げ店", one(s, stores...).name)
	p.field("お名前", s.name(c)).contact(c).line("\n修理のお問い合わせ：%s", makerPhone)
	s.send(Draft{To: []*Customer{c}, Subject: "製品登録・保証書のご案内", Text: p.close()})
}

func tellDigits(s *Story) {
	c := s.member()
	p := s.prose().dear(c).line("ご利用内容の一覧です。").field("JANコード", "49"+s.digits(11)).field("伝票番号", "090"+s.digits(9)).field("オーソリ番号", "03"+s.digits(5)).field("端末番号", s.digits(5)+"-"+s.digits(3)+"-"+s.digits(5))
	p.field("管理番号", "080-"+s.digits(8)).field("型番", "ABC-0"+s.digits(2)+"-"+s.digits(4)).field("カード番号", "4*** **** **** "+s.digits(4)).field("登録番号", "T"+s.digits(13)).field("会員番号", c.MemberNo).field("注文番号", s.order())
	s.send(Draft{To: []*Customer{c}, Subject: "ご利用内容の一覧", Text: p.close()})
}
