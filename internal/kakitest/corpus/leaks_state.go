package corpus

import (
	"fmt"
	"strings"
	"time"
)

// states are class H: what one mail leaves behind gets into another.
var states = []Kind{
	{Name: "h-previous-order", Class: "H", Cases: "Shopp 3221, WP Mail Logging 191, 84", Tell: batch{slip: everySecond, letter: whole(orderPaper), truth: Wrong}.tell,
		Says: "Who pays in another way gets the receipt of the buyer before.", SaysJa: "別の支払い方法の客に、直前の客の注文確認が届く"},
	{Name: "h-off-by-one", Class: "H", Cases: "84, redis-py 2624", Tell: batch{slip: oneOfFour, letter: whole(anyPaper), truth: Wrong, rows: 40}.tell,
		Says: "One of four workers gets the answer to the question before, for good.", SaysJa: "四台のうち一台だけ、一つ前の問い合わせの答えを使い続ける"},
	{Name: "h-off-by-one-guests", Class: "H", Cases: "84, redis-py 2624", Reach: seenIn, Tell: batch{cast: strangers, slip: oneOfFour, letter: whole(orderPaper), truth: Guest, rows: 60}.tell,
		Says: "The same with guests.", SaysJa: "同じことが、登録のない方々で起きる"},
	{Name: "h-dialogue-slipped", Class: "H", Cases: "Symfony 54169, nodemailer 265", Tell: batch{slip: fromHere, letter: whole(anyPaper), truth: Wrong}.tell,
		Says: "After a timeout each mail has the recipient of the one after.", SaysJa: "時間切れの後、各メールに一つ前の本文が入る"},
	{Name: "h-swap", Class: "H", Cases: "83", Tell: tellSwap,
		Says: "Two who register at one moment get each other's confirmation.", SaysJa: "同時に登録した二人に、互いの確認が届く"},
	{Name: "h-swap-guests", Class: "H", Cases: "83", Reach: 2, Tell: tellSwapGuests,
		Says: "The same with two whom nobody declared.", SaysJa: "同じことが、名簿にない二人で起きる"},
	{Name: "h-birthday", Class: "H", Cases: "81", Tell: tellBirthday,
		Says: "A birthday mail, a day apart, with name and address of another member.", SaysJa: "別の会員の氏名とアドレスの誕生日メールが、日をおいて届く"},
	{Name: "h-stale-body", Class: "H", Cases: "Laravel 9881", Tell: tellStaleBody,
		Says: "Recipient and subject are right, the text was made weeks ago for another.", SaysJa: "宛先と件名は正しいが、本文は何週間も前の別の会員のもの"},
	{Name: "h-list-grows", Class: "H", Cases: "80", Tell: tellListGrows(declared, Wrong),
		Says: "The addresses of all recipients so far stand above the text.", SaysJa: "それまでの全宛先のアドレスが本文の上に並ぶ"},
	{Name: "h-list-grows-guests", Class: "H", Cases: "80", Reach: 3, Tell: tellListGrows(strangers, Guest),
		Says: "The same with people whom nobody declared.", SaysJa: "同じことが、名簿にない方々で起きる"},
	{Name: "h-fields-spilled", Class: "H", Cases: "85, 86", Tell: tellSpilled(declared, Wrong),
		Says: "The Bcc field is printed into the text.", SaysJa: "Bcc欄が本文に書き出される"},
	{Name: "h-fields-spilled-guests", Class: "H", Cases: "85, 86", Reach: 0, Tell: tellSpilled(strangers, Guest),
		Says: "The same with people whom nobody declared.", SaysJa: "同じことが、名簿にない方々で起きる"},
	{Name: "h-error-report", Class: "H", Cases: "Laravel 14172, laravel-failed-job-monitor 67, 66", Tell: tellErrorReport,
		Says: "A report on failed jobs, with the data of whom they were for, goes to the last customer.", SaysJa: "失敗した処理の報告（客の情報入り）が、直前の客に届く"},
	{Name: "h-html-cached", Class: "H", Cases: "laravel-mjml 21, Preside-CMS 1734", Tell: tellCached(true),
		Says: "The plain text is right, the HTML is another's out of a cache.", SaysJa: "テキスト部分は正しく、HTML部分だけが別の会員のもの"},
	{Name: "h-text-cached", Class: "H", Cases: "laravel-mjml 21, Preside-CMS 1734", Tell: tellCached(false),
		Says: "The HTML is right, the plain text is another's out of a cache.", SaysJa: "HTML部分は正しく、テキスト部分だけが別の会員のもの"},
	{Name: "h-alternatives-split", Class: "H", Cases: "laravel-mjml 21", Tell: tellSplit,
		Says: "The plain text holds another's name, the HTML that one's number.", SaysJa: "テキスト部分に別の会員の氏名、HTML部分にその電話番号が入る"},
	{Name: "h-preheader", Class: "H", Cases: "Mautic 11170", Tell: tellPreheader,
		Says: "The hidden first line of a newsletter holds another's name and number.", SaysJa: "見えない先頭行に別の会員の氏名と電話番号が残る"},
	{Name: "h-subject", Class: "H", Cases: "woo-custom-emails 15", Tell: batch{letter: subjectOf, truth: Wrong}.somehow,
		Says: "The subject holds another's name and mobile number.", SaysJa: "件名に別の会員の氏名と携帯電話番号が入る"},
	{Name: "h-display-name", Class: "H", Cases: "PHPMailer 1606", Tell: batch{letter: displayOf, truth: Wrong}.somehow,
		Says: "The display name in To is another's name and member number.", SaysJa: "To欄の表示名が別の会員の氏名と会員番号になる"},
	{Name: "h-reply-to", Class: "H", Cases: "Laravel 14172", Tell: batch{letter: replyToOf, truth: Wrong}.somehow,
		Says: "Reply-To is still the customer's before.", SaysJa: "Reply-To欄に前の客のアドレスが残る"},
	{Name: "h-data-uri", Class: "H", Cases: "84", Tell: tellDataURI,
		Says: "A link opens a page within itself, in base64: another's receipt.", SaysJa: "リンクに埋め込まれたデータ（base64）が別の会員の控え"},
	{Name: "h-small-rest", Class: "H", Cases: "81, Shopp 3221", Reach: seenIn, Tell: batch{letter: restOf, truth: Mention}.somehow,
		Says: "An order that is right in all but the telephone number to call, which is the customer's before.", SaysJa: "正しい注文確認の連絡先だけに、前の客の電話番号が残る"},
	{Name: "h-receipts-overwritten", Class: "H", Cases: "82", Reach: -1, Closes: "Declare order numbers (column order_no), or set fan_out: 0 on the stream.", Tell: tellOverwritten,
		Says: "Each third notice is overwritten by the one before: an order number goes to two.", SaysJa: "三通に一通、直前の通知の内容で上書きされ、同じ注文番号が二人に届く"},
}

// everySecond gives each second row the data of the row before.
func everySecond(_ *Story, n int) []int { return each(n, func(i int) int { return i - i%2 }) }

func tellSwap(s *Story) {
	for range 5 {
		a := s.members(2)
		s.mail(a[0], a[1], registeredPaper)
		s.mail(a[1], a[0], registeredPaper)
		s.wait(24 * time.Hour)
	}
}

func tellSwapGuests(s *Story) {
	a := strangers(s, 2)
	s.mailAs(Guest, a[0], a[1], registeredPaper)
	s.mailAs(Guest, a[1], a[0], registeredPaper)
}

// registeredPaper holds the reading of the name and the mail address.
func registeredPaper(s *Story, c *Customer) Draft {
	return Draft{Subject: "登録完了のお知らせ", Stream: AccountStream, Text: fmt.Sprintf("ご登録ありがとうございます。\n\nフリガナ：%s\nメールアドレス：%s\n\n", s.kana(c), c.Email) + footer}
}

func tellBirthday(s *Story) {
	for range 12 {
		pair := s.members(2)
		s.mail(pair[0], pair[1], func(s *Story, c *Customer) Draft {
			return Draft{Subject: "お誕生日おめでとうございます", Stream: NewsStream, Text: fmt.Sprintf("%s 様\n\nお誕生日おめでとうございます。\n当月中にお使いいただける500円券をお贈りします。\n\nこのメールは %s 宛にお送りしています。\n\n", s.name(c), c.Email) + footer}
		})
		s.wait(25 * time.Hour)
	}
}

func tellStaleBody(s *Story) {
	olds := s.members(12)
	var texts []Draft
	for _, c := range olds {
		d := anyPaper(s, c)
		texts = append(texts, d)
		s.mail(c, c, func(*Story, *Customer) Draft { return d })
	}
	s.wait(21 * 24 * time.Hour)
	for i, c := range s.members(12) {
		d := texts[i]
		d.Subject = s.name(c) + " 様 " + d.Subject
		s.mail(c, olds[i], func(*Story, *Customer) Draft { return d })
	}
}

// tellListGrows: the first mail has nobody's address above it.
func tellListGrows(cast func(*Story, int) []*Customer, truth Truth) func(*Story) {
	return func(s *Story) {
		d := circular(s)
		above := ""
		for i, c := range cast(s, 15) {
			m := d
			m.To, m.Text = []*Customer{c}, above+d.Text
			if i > 0 {
				m.Truth = truth
			}
			s.send(m)
			above += c.Email + "\n"
		}
	}
}

func tellSpilled(cast func(*Story, int) []*Customer, truth Truth) func(*Story) {
	return func(s *Story) {
		all := cast(s, 12)
		d := circular(s)
		d.Text = strings.ReplaceAll(shown("Bcc", all), "\r\n ", " ") + "\nX-Mailer: Shop 3.1\n\n" + d.Text
		for _, c := range all {
			d.To, d.Truth = []*Customer{c}, truth
			s.send(d)
		}
	}
}

func tellErrorReport(s *Story) {
	for range 6 {
		last, failed := s.anyone(), s.member()
		s.mail(last, failed, func(s *Story, c *Customer) Draft {
			return Draft{Subject: "[alert] job failed: SendOrderMail", Text: fmt.Sprintf("Job SendOrderMail failed after 3 attempts.\nException: Connection timed out in /app/Mail/Sender:88\n"+
				"payload: {\"order\":\"%s\",\"to\":\"%s\",\"name\":\"%s\",\"tel\":\"%s\"}\n", s.orderOf(c), c.Email, c.Name(), c.Mobile)}
		})
		s.wait(3 * time.Hour)
	}
}

// tellCached sends mails one alternative of which is another's.
func tellCached(html bool) func(*Story) {
	return func(s *Story) {
		all := s.members(12)
		for i, c := range all[1:] {
			d, old := orderPaper(s, c), orderPaper(s, all[i])
			if d.Look = s.htmlLook(d.Text + old.Text); d.Look.Shape == "html" {
				d.Look.Shape = "alternative"
			}
			if html {
				d.HTML = s.page(old.Text, d.Look)
			} else {
				d.HTML, d.Text = s.page(d.Text, d.Look), old.Text
			}
			d.To, d.Truth = []*Customer{c}, Wrong
			s.send(d)
		}
	}
}

func tellSplit(s *Story) {
	all := s.members(10)
	for i, c := range all[1:] {
		d := s.newsTo(s.name(all[i]))
		d.Look = s.htmlLook(d.Text)
		if d.Look.Shape == "html" {
			d.Look.Shape = "alternative"
		}
		d.HTML = s.page("ご登録の電話番号："+s.mobile(all[i])+"\n秋の新酒をご案内いたします。\n", d.Look)
		d.To, d.Truth = []*Customer{c}, Wrong
		s.send(d)
	}
}

func tellPreheader(s *Story) {
	all := s.members(12)
	for i, c := range all[1:] {
		d := s.newsTo(s.name(c))
		d.Look = s.htmlLook(d.Text + all[i].Name())
		hidden := fmt.Sprintf(`<body><div style="display:none;font-size:1px;color:#fff;max-height:0">%s様 ご連絡先 %s のご登録を確認しました</div>`, s.name(all[i]), s.mobile(all[i]))
		d.HTML = strings.Replace(s.page(d.Text, d.Look), "<body>", hidden, 1)
		d.To, d.Truth = []*Customer{c}, Wrong
		s.send(d)
	}
}

func subjectOf(s *Story, to, about *Customer) Draft {
	d := s.newsTo(s.name(to))
	d.Subject = fmt.Sprintf("%s様（%s）ご予約の件", s.name(about), s.mobile(about))
	return d
}

func displayOf(s *Story, to, about *Customer) Draft {
	d := s.newsTo(s.name(to))
	l := s.look()
	d.Look, d.Fields, d.More = &l, []string{"To: " + l.mailbox(s.name(about)+"様 "+about.MemberNo, to.Email)}, []Rcpt{{Address: to.Email}}
	return d
}

func replyToOf(s *Story, to, about *Customer) Draft {
	d := orderPaper(s, to)
	if to.Number != about.Number {
		d.Fields = []string{"Reply-To: " + about.Email}
	}
	return d
}

func tellDataURI(s *Story) {
	all := s.members(8)
	for i, c := range all[1:] {
		d := s.newsTo(s.name(c))
		d.Look = s.htmlLook(d.Text)
		page := wrap64([]byte(`<meta charset="utf-8"><p>` + all[i].Name() + "<p>" + all[i].Mobile))
		link := `<a href="data:text/html;charset=utf-8;base64,` + strings.ReplaceAll(string(page), "\r\n", "") + `">控えを開く</a></body>`
		d.HTML = strings.Replace(s.page(d.Text, d.Look), "</body>", link, 1)
		d.To, d.Truth = []*Customer{c}, Wrong
		s.send(d)
	}
}

// restOf is an order of the recipient's with the number of another above it.
func restOf(s *Story, to, about *Customer) Draft {
	d := orderPaper(s, to)
	d.Text = "配送時のご連絡先：" + s.mobile(about) + "\n\n" + d.Text
	return d
}

func tellOverwritten(s *Story) {
	all := s.members(45)
	for i, c := range all {
		about := c
		if i%3 == 2 {
			about = all[i-1]
		}
		s.mailAs(Guest, c, about, receiptPaper)
	}
}
