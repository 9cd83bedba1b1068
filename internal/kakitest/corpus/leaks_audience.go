package corpus

import (
	"fmt"
	"strings"
	"time"
)

// audiences are classes I and J: a template that nobody filled, mail that is
// sent again. What only has the wrong audience is in Unseen.
var audiences = []Kind{
	{Name: "i-token", Class: "I", Cases: "89", Tell: tellToken(func(s *Story, d *Draft, token string) { d.Text = token + " 様\n\n" + d.Text }),
		Says: "The greeting is a merge field that nobody filled.", SaysJa: "宛名の差し込み項目が埋まっていない"},
	{Name: "i-token-subject", Class: "I", Cases: "89", Tell: tellToken(func(_ *Story, d *Draft, token string) { d.Subject = token + "様へのお知らせ" }),
		Says: "The subject is.", SaysJa: "件名の差し込み項目が埋まっていない"},
	{Name: "i-token-link", Class: "I", Cases: "89", Tell: tellToken(tokenInLink),
		Says: "A link in the HTML is, which no reader sees.", SaysJa: "見えないリンク先の差し込み項目が埋まっていない"},
	{Name: "i-token-file", Class: "I", Cases: "89", Tell: tellToken(func(s *Story, d *Draft, token string) {
		d.Files = []File{textFile("お知らせ.txt", token+" 様\n会員番号："+token+"\n", one(s, "cp932", "utf-8"))}
	}),
		Says: "It is in an attachment.", SaysJa: "添付ファイルの差し込み項目が埋まっていない"},
	{Name: "i-token-rare", Class: "I", Cases: "89, 94", Tell: tellRareToken,
		Says: "It is a merge field in a spelling of a lesser mailer.", SaysJa: "あまり使われない書き方の差し込み項目が埋まっていない"},
	{Name: "j-repeated", Class: "J", Cases: "96, 97", Tell: tellRepeated,
		Says: "The same mail goes to the same member six times in a day; two repetitions may be wanted.", SaysJa: "同じメールが一日に六回届く（二回までの再送は区別できない）"},
	{Name: "j-waves", Class: "J", Cases: "95, 96", Tell: tellWaves,
		Says: "A queue that starts again and again sends a list five times.", SaysJa: "再起動のたびに、同じ一覧が五回送られる"},
	{Name: "j-old", Class: "J", Cases: "Magento 27039", Tell: tellOld,
		Says: "Mails dated weeks to years ago leave an old queue.", SaysJa: "数週間から数年前の日付のメールが、古い送信待ちから出る"},
	{Name: "j-staging", Class: "J", Cases: "Cyclescape 873, va.gov-team 139395, Symfony 51590, 95", Tell: tellStaging,
		Says: "A test system with a copy of the customers sends one customer's order to all.", SaysJa: "顧客の複製が入った試験環境が、一人の注文を全員に送る"},
}

func tellToken(put func(s *Story, d *Draft, token string)) func(*Story) {
	return func(s *Story) {
		token := one(s, "{{name}}", "{{ user.name }}", "{%D1%}", "%%FIRST%%", "${name}", "{$name}", "<%= name %>", "*|FNAME|*", "#{name}", "[[name]]", "{{お名前}}", "${氏名}")
		for _, c := range s.members(6) {
			d := s.newsTo("お客")
			put(s, &d, token)
			d.To, d.Truth = []*Customer{c}, Wrong
			s.send(d)
		}
	}
}

func tokenInLink(s *Story, d *Draft, token string) {
	d.Look = s.htmlLook(d.Text + token)
	d.HTML = strings.Replace(s.page(d.Text, d.Look), "</body>", `<p><a href="https://shop.example/my?id=`+token+`">マイページ</a></p></body>`, 1)
}

func tellRareToken(s *Story) {
	token := one(s, "{NAME}", "{name}", "%name%", "##NAME##", "__NAME__", "[[お名前]]", "《氏名》", "＜＜氏名＞＞", "｛｛name｝｝", "$NAME$", "%s", "[NAME]", "null", "undefined", "{0}", "@@name@@", "<name>", "[氏名]", "｛氏名｝")
	for _, c := range s.members(6) {
		d := s.newsTo(token)
		d.To, d.Truth = []*Customer{c}, Wrong
		s.send(d)
	}
}

// tellRepeated: two repetitions may be what the customer asked for.
func tellRepeated(s *Story) {
	for _, c := range s.members(3) {
		d := s.fixed(anyPaper(s, c))
		for i := range 6 {
			d.To, d.Truth = []*Customer{c}, []Truth{Right, Undecidable, Undecidable, Wrong, Wrong, Wrong}[i]
			s.send(d)
			s.wait(40 * time.Minute)
		}
	}
}

// fixed is a draft that is written alike each time.
func (s *Story) fixed(d Draft) Draft {
	d.Look = s.htmlLook(d.Text)
	d.HTML = s.page(d.Text, d.Look)
	return d
}

func tellWaves(s *Story) {
	all := s.members(15)
	var drafts []Draft
	for _, c := range all {
		drafts = append(drafts, s.fixed(registeredPaper(s, c)))
	}
	for wave := range 5 {
		for i, c := range all {
			drafts[i].To, drafts[i].Truth = []*Customer{c}, []Truth{Right, Undecidable, Undecidable, Wrong, Wrong}[wave]
			s.send(drafts[i])
		}
		s.wait(time.Hour)
	}
}

func tellOld(s *Story) {
	for _, c := range s.members(15) {
		d := anyPaper(s, c)
		d.To, d.Truth, d.Date = []*Customer{c}, Wrong, s.at.Add(-time.Duration(80+s.rng.IntN(17_000))*time.Hour)
		s.send(d)
	}
}

func tellStaging(s *Story) {
	victim := s.member()
	for _, c := range s.crowd(15, victim) {
		d := orderPaper(s, victim)
		d.Subject, d.Text = "【テスト】"+d.Subject, fmt.Sprintf("※このメールは結合試験（ケース%d）です。\n\n", s.rng.IntN(100))+d.Text
		d.To, d.Truth = []*Customer{c}, Wrong
		s.send(d)
	}
}
