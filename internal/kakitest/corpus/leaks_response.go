package corpus

import (
	"fmt"
	"strings"
)

// responses are leaks of the mail that was to make a leak good.
var responses = []Kind{
	{Name: "a-apology-names-victim", Class: "A", Cases: "1, 43", Tell: tellApologyNames,
		Says: "The letter to the receivers says whose mail they got.", SaysJa: "誤送信先へのお詫びに、誰の情報だったかが書かれる"},
	{Name: "b-apology-names-receivers", Class: "B", Cases: "31, 66", Tell: tellApologyReceivers,
		Says: "The letter to the victim says who got the mail.", SaysJa: "被害者へのお詫びに、誰に届いたかが書かれる"},
	{Name: "e-apology-draft", Class: "E", Cases: "66", Tell: tellApologyDraft,
		Says: "Half of the receivers get the internal draft with the list of those concerned.", SaysJa: "半数に、対象者一覧の入った社内の下書きが届く"},
	{Name: "f-apology", Class: "F", Cases: "43, 63, 65", Tell: tellApologyVisible,
		Says: "The apology for visible addresses shows them again.", SaysJa: "宛先が見えたことへのお詫びで、再び宛先が見える"},
}

const apology = "お客様各位\n\nこのたびは弊社からの誤ったメールにより、ご迷惑をおかけし、深くお詫び申し上げます。\n誠に恐れ入りますが、該当のメールの削除をお願いいたします。\n\n"

func tellApologyNames(s *Story) {
	victim := s.member()
	for _, c := range s.crowd(12, victim) {
		s.send(Draft{To: []*Customer{c}, Truth: Wrong, Subject: "メール誤送信のお詫び", Text: apology +
			fmt.Sprintf("誤って送信したのは %s 様（%s）のご注文確認です。\n\n", s.name(victim), s.mobile(victim)) + footer})
	}
}

func tellApologyReceivers(s *Story) {
	for range 6 {
		victim := s.member()
		var b strings.Builder
		for _, c := range s.members(3) {
			fmt.Fprintf(&b, "%s 様　%s\n", c.Name(), c.Email)
		}
		s.send(Draft{To: []*Customer{victim}, Truth: Wrong, Subject: "お客様情報の誤送信のお詫び",
			Text: s.name(victim) + " 様\n\nお客様のご注文確認を、次の方々に誤って送信いたしました。\n\n" + b.String() + "\n深くお詫び申し上げます。\n\n" + footer})
	}
}

// tellApologyDraft: the others get the letter as it should be.
func tellApologyDraft(s *Story) {
	all := s.members(16)
	var b strings.Builder
	for _, c := range all {
		fmt.Fprintf(&b, "%s\t%s\t未連絡\n", c.Name(), c.Email)
	}
	for i, c := range all {
		d := Draft{To: []*Customer{c}, Subject: "メール誤送信のお詫び", Text: apology + footer}
		if i%2 == 1 {
			d.Truth, d.Text = Wrong, "【社内用・下書き】法務確認待ち。対象者は下記。\n"+b.String()+"\n"+d.Text
		}
		s.send(d)
	}
}

func tellApologyVisible(s *Story) {
	all := s.crowd(25)
	s.send(Draft{Fields: []string{shown("To", all)}, More: unseen(Wrong, all), Subject: "メールアドレス流出に関するお詫び", Text: apology + footer})
}
