package corpus

import (
	"fmt"
	"strings"
	"time"
)

// seenIn is how many mails of a slipped batch may leave before a good gateway
// sees it, when no single mail shows it. In a stream where one mail in a hundred
// names somebody else than its recipient, ten such in a row, or ten that each
// fit the recipient of a neighbouring mail, are no chance; five would do, and
// ten leave room for right mail in between.
const seenIn = 10

// slipsOfName are mails that say nothing of the other but a name.
var slipsOfName = []Kind{
	{Name: "c-greeting", Class: "C", Cases: "18", Reach: seenIn, Tell: batch{letter: whole(greetingPaper), truth: Mention}.somehow,
		Says: "Newsletters greet another member by name, in any order of the list.", SaysJa: "お知らせの宛名だけが別の会員の氏名になる"},
	{Name: "c-greeting-next", Class: "C", Cases: "18, 24", Reach: seenIn, Tell: batch{slip: by(1), letter: whole(greetingPaper), truth: Mention, rows: 60}.tell,
		Says: "Newsletters greet the member of the next row.", SaysJa: "お知らせの宛名が一行先の会員になる"},
	{Name: "c-greeting-before", Class: "C", Cases: "18", Reach: seenIn, Tell: batch{slip: by(-1), letter: whole(greetingPaper), truth: Mention, rows: 60}.tell,
		Says: "Newsletters greet the member of the row before.", SaysJa: "お知らせの宛名が一行前の会員になる"},
	{Name: "c-greeting-shuffled", Class: "C", Cases: "18", Reach: seenIn, Tell: batch{slip: shuffled, letter: whole(greetingPaper), truth: Mention, rows: 60}.tell,
		Says: "Newsletters greet members in no order at all.", SaysJa: "お知らせの宛名が順不同に入れ替わる"},
	{Name: "c-greeting-reversed", Class: "C", Cases: "18", Reach: seenIn, Tell: batch{slip: reversed, letter: whole(greetingPaper), truth: Mention, rows: 60}.tell,
		Says: "The column of names is sorted the other way.", SaysJa: "氏名の列だけが逆順に並ぶ"},
	{Name: "c-greeting-filtered", Class: "C", Cases: "20", Reach: seenIn, Tell: batch{slip: filtered, letter: whole(greetingPaper), truth: Mention, rows: 60}.tell,
		Says: "A filter has hidden rows of one column: names come many rows late.", SaysJa: "絞り込みで列がずれ、宛名が何行も離れた会員になる"},
	{Name: "c-greeting-workers", Class: "C", Cases: "18", Reach: seenIn, Tell: batch{slip: by(1), letter: whole(greetingPaper), truth: Mention, rows: 200, workers: true, mixed: true}.tell,
		Says: "A long list with slipped names, sent by several workers among right mail.", SaysJa: "宛名のずれた長い名簿を、正しいメールに交じって並行送信する"},
	{Name: "c-greeting-slow", Class: "C", Cases: "81", Reach: seenIn, Tell: batch{slip: by(1), letter: whole(greetingPaper), truth: Mention, rows: 40, every: 10 * time.Minute}.tell,
		Says: "Slipped names, one mail in ten minutes.", SaysJa: "宛名のずれたメールが十分に一通ずつ出る"},
	{Name: "c-greeting-few", Class: "C", Cases: "21", Reach: seenIn, Tell: batch{slip: by(1), letter: whole(greetingPaper), truth: Mention, rows: 11}.tell,
		Says: "Eleven mails with slipped names, no more.", SaysJa: "宛名のずれたメールが十一通だけ出る"},
	{Name: "c-greeting-part", Class: "C", Cases: "20, 21", Reach: seenIn, Tell: batch{slip: by(1), letter: whole(greetingPaper), truth: Mention, rows: 100, part: 30}.tell,
		Says: "The names of thirty rows in a hundred have slipped.", SaysJa: "百行のうち三十行だけ宛名がずれる"},
	{Name: "c-greeting-kana", Class: "C", Cases: "83", Reach: seenIn, Tell: batch{letter: whole(kanaPaper), truth: Mention}.somehow,
		Says: "Newsletters greet another member by the reading of the name alone.", SaysJa: "宛名が別の会員のフリガナになる"},
	{Name: "c-greeting-latin", Class: "C", Cases: "18", Reach: seenIn, Tell: batch{letter: whole(latinPaper), truth: Mention}.somehow,
		Says: "English newsletters greet another member.", SaysJa: "英文の宛名が別の会員のローマ字氏名になる"},
	{Name: "c-greeting-right-data", Class: "C", Cases: "18, 24", Reach: seenIn, Tell: batch{letter: greetedAs, truth: Mention}.somehow,
		Says: "The greeting is another's, the data below it are the recipient's own, without a name.", SaysJa: "宛名だけ別の会員で、下の内容（氏名なし）は本人のもの"},
	{Name: "c-greeting-above-own-name", Class: "C", Cases: "woo-custom-emails 15", Reach: seenIn, Tell: batch{letter: greetedAboveOwn, truth: Mention}.somehow,
		Says: "The greeting is another's, the order below it is the recipient's own, with the recipient's name.", SaysJa: "宛名だけ別の会員で、下の注文は氏名も含めて本人のもの"},
	{Name: "c-greeting-subject", Class: "C", Cases: "18", Reach: seenIn, Tell: batch{letter: greetedInSubject, truth: Mention}.somehow,
		Says: "Only the subject names another member.", SaysJa: "件名だけに別の会員の氏名が入る"},
	{Name: "c-greeting-display-name", Class: "C", Cases: "3", Reach: seenIn, Tell: batch{letter: greetedInTo, truth: Mention}.somehow,
		Says: "Only the display name in To is another member's.", SaysJa: "To欄の表示名だけが別の会員の氏名になる"},
	{Name: "c-greeting-guests", Class: "C", Cases: "18, 20", Reach: -1, Closes: "Declare guests with their orders: names nobody declared are not recognised.",
		Tell: batch{cast: strangers, letter: whole(greetingPaper), truth: Mention}.somehow,
		Says: "Mails greet guests by the name of another guest.", SaysJa: "登録のない方の宛名が、登録のない別の方の氏名になる"},
	{Name: "c-greeting-learned", Class: "C", Cases: "18, 20", Reach: -1, Closes: "Declare the customers: a name is never learned, for a thousand others bear it.",
		Tell: batch{cast: learned(strangers, orderPaper), letter: whole(greetingPaper), truth: Mention}.somehow,
		Says: "The same among undeclared people who had two right mails.", SaysJa: "同じことが、過去に二通届いた未登録の方の間で起きる"},
	{Name: "c-greeting-surname", Class: "C", Cases: "17", Reach: -1, Closes: "Greet by the full name: thousands bear a family name.",
		Tell: batch{letter: whole(surnamePaper), truth: Mention}.somehow,
		Says: "Newsletters greet by the family name of another member.", SaysJa: "宛名が別の会員の姓だけになる"},
	{Name: "c-children", Class: "C", Cases: "21", Reach: -1, Closes: "Declare the children's names as the guardian's own.",
		Tell: batch{letter: whole(childPaper), truth: Mention}.somehow,
		Says: "Each guardian gets the slot of another's child: a name nobody declared.", SaysJa: "保護者に、別の家庭の子ども（未登録の氏名）の予約が届く"},
}

// greetedAs greets by another's name above data of the recipient's own.
func greetedAs(s *Story, to, about *Customer) Draft {
	return Draft{Subject: "ポイント残高のお知らせ", Text: fmt.Sprintf("%s 様\n\n現在のポイント残高をお知らせいたします。\n\n会員番号：%s\n残高：%dポイント\n電話番号：%s\n\n",
		s.name(about), to.MemberNo, s.rng.IntN(9000), s.mobile(to)) + footer}
}

// greetedAboveOwn greets by another's name above the recipient's own order.
func greetedAboveOwn(s *Story, to, about *Customer) Draft {
	if to.Number == about.Number {
		return orderPaper(s, to)
	}
	_, below, _ := strings.Cut(s.confirmation(to, to), "\n\n")
	return Draft{Subject: "ご注文状況の変更", Text: s.name(about) + " 様\n\n" + below}
}

func greetedInSubject(s *Story, _, about *Customer) Draft {
	d := s.newsTo("お客")
	d.Subject = s.name(about) + "様へ秋の新酒のご案内"
	return d
}

func greetedInTo(s *Story, to, about *Customer) Draft {
	d := s.newsTo("お客")
	l := s.look()
	d.Look, d.Fields, d.More = &l, []string{"To: " + l.mailbox(s.name(about)+" 様", to.Email)}, []Rcpt{{Address: to.Email}}
	return d
}

// childPaper is about the child of a guardian; nobody declared the child.
func childPaper(s *Story, c *Customer) Draft {
	child := s.shop.people.At(int(s.of(c).Int32()))
	return Draft{Subject: "体験教室のご案内", Text: fmt.Sprintf("保護者様\n\n体験教室の日程が決まりましたのでお知らせいたします。\n\nお子さまのお名前：%s %s\n日時：%s 10時\n教室：プログラミング入門\n\n",
		c.Family, child.Given, s.day(14)) + footer}
}
