package corpus

import (
	"fmt"
	"time"
)

// slips are batches whose mails hold data of the other beyond a name.
var slips = []Kind{
	{Name: "c-row-shift", Class: "C", Cases: "17, 20, 22, 23, 24", Tell: batch{slip: by(1), letter: whole(orderPaper), truth: Wrong}.tell,
		Says: "Each member gets the mail of the one in the next row.", SaysJa: "宛先が一行ずれて、全員に隣の会員のメールが届く"},
	{Name: "c-row-shift-back", Class: "C", Cases: "17, 22", Tell: batch{slip: by(-1), letter: whole(anyPaper), truth: Wrong}.tell,
		Says: "Each member gets the mail of the one in the row before.", SaysJa: "全員に一行前の会員のメールが届く"},
	{Name: "c-filtered", Class: "C", Cases: "20", Tell: batch{slip: filtered, letter: whole(anyPaper), truth: Wrong}.tell,
		Says: "A filter has hidden rows of one column: mails are many rows late.", SaysJa: "絞り込みで列がずれ、何行も離れた会員のメールが届く"},
	{Name: "c-reversed", Class: "C", Cases: "17", Tell: batch{slip: reversed, letter: whole(anyPaper), truth: Wrong}.tell,
		Says: "The column of addresses is sorted the other way.", SaysJa: "メールアドレスの列だけが逆順に並ぶ"},
	{Name: "c-shuffled", Class: "C", Cases: "16, 22", Tell: batch{slip: shuffled, letter: whole(anyPaper), truth: Wrong}.tell,
		Says: "The column of addresses is sorted by something else.", SaysJa: "メールアドレスの列だけが別の順に並ぶ"},
	{Name: "c-pairs", Class: "C", Cases: "83", Tell: batch{slip: pairs, letter: whole(anyPaper), truth: Wrong}.tell,
		Says: "Each two neighbours get each other's mail.", SaysJa: "隣り合う二人のメールが互いに入れ替わる"},
	{Name: "c-long", Class: "C", Cases: "16, 17, 18", Tell: batch{slip: by(1), letter: whole(anyPaper), truth: Wrong, rows: 200, workers: true, mixed: true}.tell,
		Says: "A long list has slipped and goes out among right mail of the same sort, by several workers.", SaysJa: "ずれた長い名簿が、正しいメールに交じって並行送信される"},
	{Name: "c-few", Class: "C", Cases: "21", Tell: batch{letter: whole(anyPaper), truth: Wrong, rows: 11}.tell,
		Says: "Eleven mails have slipped, no more.", SaysJa: "十一通だけがずれる"},
	{Name: "c-slow", Class: "C", Cases: "25", Tell: batch{letter: whole(anyPaper), truth: Wrong, every: 10 * time.Minute}.tell,
		Says: "Slipped mail, one in ten minutes.", SaysJa: "ずれたメールが十分に一通ずつ出る"},
	{Name: "c-part", Class: "C", Cases: "16, 21", Tell: batch{letter: whole(anyPaper), truth: Wrong, rows: 60, part: 30}.tell,
		Says: "Thirty rows in a hundred have slipped.", SaysJa: "百行のうち三十行だけがずれる"},
	{Name: "c-id-collision", Class: "C", Cases: "19", Tell: tellCollision,
		Says: "Two tables number their people alike: each of one gets the mail of that number in the other.", SaysJa: "二つの台帳の番号が重なり、別の台帳の同じ番号の方のメールが届く"},
	{Name: "c-first-of-chunk", Class: "C", Cases: "Mautic 11170, woo-custom-emails 15", Tell: batch{slip: firstOfTen, letter: whole(anyPaper), truth: Wrong, rows: 40}.tell,
		Says: "Everybody in a chunk of ten gets the data of its first.", SaysJa: "十件ごとの組の全員に、先頭の方の内容が届く"},
	{Name: "c-partial-rows", Class: "C", Cases: "17", Tell: batch{cast: partly, letter: whole(orderPaper), truth: Wrong}.somehow,
		Says: "Orders slip among members of whom the roster has name and mail address alone.", SaysJa: "氏名とメールアドレスだけ登録のある会員の間で注文がずれる"},
	{Name: "c-stale-rows", Class: "C", Cases: "22", Tell: batch{cast: moved, letter: whole(orderPaper), truth: Wrong, rows: 12}.tell,
		Says: "Orders slip among members who have moved since the roster was fed.", SaysJa: "名簿の住所が古い会員の間で注文がずれる"},
	{Name: "c-learned", Class: "C", Cases: "22, 24", Tell: batch{cast: learned(strangers, deliveryPaper), letter: whole(deliveryPaper), truth: Wrong}.somehow,
		Says: "Dates of delivery slip among people whom nobody declared, but who had two right mails.", SaysJa: "未登録だが過去に二通の正しいメールが届いた方の間でお届け案内がずれる"},
	{Name: "c-learned-parcels", Class: "C", Cases: "8, 22", Reach: seenIn, Tell: batch{cast: learned(strangers, parcelPaper), letter: whole(parcelPaper), truth: Mention}.somehow,
		Says: "The same with notices of parcels: name and address, no number and no mail address.", SaysJa: "同じく、氏名と住所だけの発送のお知らせがずれる"},
	{Name: "c-learned-partial", Class: "C", Cases: "22", Tell: batch{cast: learned(partly, bookingPaper), letter: whole(bookingPaper), truth: Wrong}.somehow,
		Says: "Bookings slip among members whose telephone numbers were never declared, but learned.", SaysJa: "電話番号が未登録で、過去のメールから覚えた会員の間で予約がずれる"},
	{Name: "c-guests", Class: "C", Cases: "17, 24", Reach: seenIn, Tell: batch{cast: strangers, letter: whole(orderPaper), truth: Guest}.somehow,
		Says: "Orders slip among guests who get their first mail; each holds the mail address of another of the batch.", SaysJa: "初めての未登録の方の間で注文がずれる（本文に他人のメールアドレスがある）"},
	{Name: "c-guests-bookings", Class: "C", Cases: "21", Reach: -1, Closes: "Declare guests with their bookings, or write the mail address into the mail.",
		Tell: batch{cast: strangers, letter: whole(bookingPaper), truth: Guest}.somehow,
		Says: "Bookings with name and number slip among guests who get their first mail.", SaysJa: "初めての未登録の方の間で、氏名と電話番号の予約がずれる"},
	{Name: "c-data", Class: "C", Cases: "Laravel 9881, 25", Tell: batch{letter: dataBelow, truth: Wrong}.somehow,
		Says: "The greeting is right, the delivery address and number below are another's.", SaysJa: "宛名は本人で、下の届け先と電話番号が別の会員のもの"},
	{Name: "c-data-learned", Class: "C", Cases: "25", Tell: batch{cast: learned(strangers, deliveryPaper), letter: dataBelow, truth: Wrong}.somehow,
		Says: "The same among people whom nobody declared, but who had two right mails.", SaysJa: "同じことが、過去に二通届いた未登録の方の間で起きる"},
	{Name: "c-data-guests", Class: "C", Cases: "25", Reach: -1, Closes: "Declare guests with their orders.",
		Tell: batch{cast: strangers, letter: dataBelow, truth: Guest}.somehow,
		Says: "The same among guests who get their first mail.", SaysJa: "同じことが、初めての未登録の方の間で起きる"},
	{Name: "c-address-only", Class: "C", Cases: "20", Reach: seenIn, Tell: batch{letter: addressBelow, truth: Mention}.somehow,
		Says: "Everything is right but the delivery address, which is another's.", SaysJa: "届け先の住所だけが別の会員のもの"},
	{Name: "c-name-and-number", Class: "C", Cases: "19", Tell: batch{letter: whole(memberPaper), truth: Wrong}.somehow,
		Says: "Name and member number of another, nothing else.", SaysJa: "別の会員の氏名と会員番号だけが届く"},
	{Name: "c-name-and-number-partial", Class: "C", Cases: "19", Reach: seenIn, Tell: batch{cast: partly, letter: whole(memberPaper), truth: Guest}.somehow,
		Says: "The same with members whose numbers were never declared, nor sent before.", SaysJa: "同じことが、会員番号が未登録・初出の会員の間で起きる"},
	{Name: "c-name-and-number-learned", Class: "C", Cases: "19", Tell: batch{cast: learned(partly, memberPaper), letter: whole(memberPaper), truth: Wrong}.somehow,
		Says: "The same with members whose numbers were never declared, but learned.", SaysJa: "同じことが、会員番号を過去のメールから覚えた会員の間で起きる"},
	{Name: "c-name-and-mobile", Class: "C", Cases: "16", Tell: batch{letter: whole(bookingPaper), truth: Wrong}.somehow,
		Says: "Name and mobile number of another, nothing else.", SaysJa: "別の会員の氏名と携帯電話番号だけが届く"},
	{Name: "c-mail-address", Class: "C", Cases: "3, 33", Tell: batch{letter: whole(addressPaper), truth: Wrong}.somehow,
		Says: "The text holds the mail address of another member.", SaysJa: "本文に別の会員のメールアドレスが入る"},
	{Name: "c-mail-address-learned", Class: "C", Cases: "33", Tell: batch{cast: learned(strangers, addressPaper), letter: whole(addressPaper), truth: Wrong}.somehow,
		Says: "The text holds the mail address of somebody undeclared who had two right mails.", SaysJa: "本文に、過去に二通届いた未登録の方のメールアドレスが入る"},
	{Name: "c-mail-address-guests", Class: "C", Cases: "33", Reach: seenIn, Tell: batch{cast: strangers, letter: whole(addressPaper), truth: Guest}.somehow,
		Says: "The text holds the mail address of another guest of the batch.", SaysJa: "本文に同じ一括送信の別の未登録の方のメールアドレスが入る"},
	{Name: "c-receipts", Class: "C", Cases: "82", Reach: -1, Closes: "Declare order numbers (column order_no), or name the buyer in the mail.",
		Tell: batch{letter: whole(receiptPaper), truth: Guest}.somehow,
		Says: "Numbers and amounts of others' orders which no mail has named before.", SaysJa: "初出の注文番号と金額だけが、別の会員に届く"},
	{Name: "c-receipts-known", Class: "C", Cases: "82", Reach: -1, Closes: "Declare order numbers (column order_no), or set fan_out: 0 on the stream.", Tell: tellReceiptsKnown,
		Says: "Numbers of orders that went to their buyers the day before go to others.", SaysJa: "前日に本人へ一度送った注文番号が、別の会員に届く"},
	{Name: "c-receipts-learned", Class: "C", Cases: "82", Tell: batch{cast: learned(declared, receiptPaper), letter: whole(receiptPaper), truth: Wrong}.somehow,
		Says: "Numbers of orders that went to their buyers on two days go to others.", SaysJa: "二日にわたり本人へ送った注文番号が、別の会員に届く"},
	{Name: "c-household", Class: "C", Cases: "22", Tell: tellHousehold,
		Says: "Husband and wife, each with an address of their own, get each other's orders.", SaysJa: "別々のアドレスを持つ夫婦に、互いの注文が届く"},
	{Name: "c-namesake", Class: "C", Cases: "19, 83", Tell: tellNamesake,
		Says: "Two members of one name get each other's orders.", SaysJa: "同姓同名の会員に、互いの注文が届く"},
}

// dataBelow greets rightly; what stands below is the other's.
func dataBelow(s *Story, to, about *Customer) Draft {
	return Draft{Subject: "お届け先のご確認", Text: fmt.Sprintf("%s 様\n\nご登録のお届け先をご確認ください。\n\n■お届け先\n%s\n%s\n電話番号：%s\n\n",
		s.name(to), s.postal(about), s.address(about), s.mobile(about)) + footer}
}

// addressBelow is right but for the address.
func addressBelow(s *Story, to, about *Customer) Draft {
	return Draft{Subject: "お届け先のご確認", Text: fmt.Sprintf("%s 様\n\nご登録のお届け先をご確認ください。\n\n会員番号：%s\n電話番号：%s\nメール：%s\nお届け先：%s %s\n\n",
		s.name(to), to.MemberNo, s.mobile(to), to.Email, s.postal(about), s.address(about)) + footer}
}

// memberPaper holds name and member number.
func memberPaper(s *Story, c *Customer) Draft {
	return Draft{Subject: "会員証のご案内", Text: fmt.Sprintf("%s 様\n\n会員番号：%s\n\nご来店の際にお見せください。\n\n", s.name(c), c.MemberNo) + footer}
}

// addressPaper holds the mail address.
func addressPaper(s *Story, c *Customer) Draft {
	return Draft{Subject: "ご登録内容の確認", Stream: AccountStream, Text: "いつもご利用いただき、ありがとうございます。\nご登録のメールアドレスは次のとおりです。\n\n" +
		c.Email + "\n\n変更される場合はマイページからお手続きください。\n\n" + footer}
}

func tellCollision(s *Story) {
	all := s.members(40)
	for i := range 20 {
		s.mail(all[i], all[20+i], one(s, anyPaper, memberPaper))
	}
}

func tellReceiptsKnown(s *Story) {
	all := s.members(20)
	for _, c := range all {
		s.mail(c, c, receiptPaper)
	}
	s.wait(22 * time.Hour)
	for i, of := range by(1)(s, len(all)) {
		s.mailAs(Guest, all[i], all[of], receiptPaper)
	}
}

func tellHousehold(s *Story) {
	for range 8 {
		a := s.memberWho(func(c *Customer) bool {
			home := s.shop.household(c.Number)
			return c.role == roleFull && len(home) > 1 && home[0] == c.Number && home[1] < s.shop.opts.People && s.shop.Customer(home[1]).role == roleFull
		})
		b := s.shop.Customer(s.shop.household(a.Number)[1])
		s.mail(a, &b, orderPaper)
		s.mail(&b, a, orderPaper)
	}
}

func tellNamesake(s *Story) {
	for range 5 {
		a := s.memberWho(func(c *Customer) bool { return c.role == roleFull && s.namesake(c) != nil })
		b := s.namesake(a)
		s.mail(a, b, orderPaper)
		s.mail(b, a, orderPaper)
	}
}

// namesake is a member of the same name in another household, or nil.
func (s *Story) namesake(c *Customer) *Customer {
	for _, i := range s.shop.names()[c.Name()] {
		if n := s.shop.Customer(i); i != c.Number && n.role == roleFull && n.Address() != c.Address() {
			return &n
		}
	}
	return nil
}
