package corpus

import (
	"fmt"
	"strings"
	"time"
)

// account are the kinds of right mail about a customer's account.
var account = []Kind{
	{Name: "registered", Weight: 4, Tell: tellRegistered,
		Says: "A registration is confirmed with all that was entered, before or after the roster hears of it.", SaysJa: "会員登録の完了（入力内容つき。名簿反映の前後）"},
	{Name: "one-time-code", Weight: 12, Tell: tellCode,
		Says: "A one-time code.", SaysJa: "ワンタイムパスワード"},
	{Name: "password-reset", Weight: 6, Tell: tellReset,
		Says: "A personal link to set a new password, sometimes asked for twice.", SaysJa: "パスワード再設定（個人用リンク）"},
	{Name: "login-alert", Weight: 4, Tell: tellLogin,
		Says: "Somebody logged in: when, from where, with what.", SaysJa: "ログイン通知"},
	{Name: "profile-changed", Weight: 2, Tell: tellProfile,
		Says: "What was changed in the account, before and after; the roster has one of the two.", SaysJa: "登録情報変更の確認（変更前後。名簿は片方を知る）"},
	{Name: "mail-changed", Weight: 1, Tell: tellMailChanged,
		Says: "A change of the mail address, to the old and the new one. The new one is nobody's yet: one of the two pairs nobody can tell apart.", SaysJa: "メールアドレス変更の確認（旧アドレスと新アドレスへ。新は判定不能）"},
	{Name: "new-mail-order", Weight: 1, Tell: tellNewMail,
		Says: "An order of a member to a new mail address the roster has not seen: nobody can tell it from a wrong one.", SaysJa: "名簿に未反映の新しいメールアドレスへの注文確認（判定不能）"},
	{Name: "new-mail-known", Weight: 1, Tell: tellNewMailLight,
		Says: "A shop writes to a member's new address with little in it: a code, no name.", SaysJa: "新しいメールアドレスの確認コード（氏名なし）"},
	{Name: "points-expire", Weight: 5, Tell: tellPoints,
		Says: "Points run out.", SaysJa: "ポイント失効のお知らせ"},
	{Name: "birthday", Weight: 3, Tell: tellBirthdayCoupon,
		Says: "A birthday coupon.", SaysJa: "お誕生日クーポン"},
	{Name: "withdrawn", Weight: 1, Tell: tellWithdrawn,
		Says: "The account was closed.", SaysJa: "退会手続きの完了"},
	{Name: "referral", Weight: 2, Tell: tellReferral,
		Says: "A member invites a friend, who is told the member's name.", SaysJa: "友人紹介の招待状（紹介者名入り）"},
	{Name: "referral-with-address", Weight: 1, Tell: tellReferralAddress,
		Says: "An invitation that also says where to answer the friend, who gave the own mail address for it.", SaysJa: "友人紹介の招待状（紹介者が自分のメールアドレスを載せたもの）"},
	{Name: "referral-joined", Weight: 1, Tell: tellReferralJoined,
		Says: "The member is told that the friend has joined, by name.", SaysJa: "紹介した友人の入会のお知らせ（友人名入り）"},
	{Name: "family-points", Weight: 1, Tell: tellFamilyPoints,
		Says: "Points shared within a home: the names of those who share.", SaysJa: "家族ポイントの共有（家族の氏名入り）"},
}

func tellRegistered(s *Story) {
	c := one(s, s.member, s.guest)()
	p := s.prose().dear(c).line("会員登録が完了しました。ご登録内容は次のとおりです。\n")
	p.field("お名前", s.name(c)).field("フリガナ", s.kana(c)).field("生年月日", s.birthday(c)).contact(c).field("メールアドレス", c.Email)
	number := c.MemberNo
	if number == "" {
		number = "KM9" + s.digits(7) // above those given to the members of the roster
	}
	p.field("会員番号", number).field("メールマガジン", one(s, "希望する", "希望しない"))
	s.send(Draft{To: []*Customer{c}, Stream: AccountStream, Subject: "会員登録完了のお知らせ", Text: p.close()})
}

func tellCode(s *Story) {
	c := one(s, s.member, s.member, s.guest)()
	text := one(s, "認証コード：%s\n\n有効期限は10分です。第三者に教えないでください。\n", "ワンタイムパスワードは【%s】です。\n画面に入力してください。\n", "Your verification code is %s.\nIt expires in 10 minutes.\n")
	s.send(Draft{To: []*Customer{c}, Stream: AccountStream, Client: "account", Subject: one(s, "認証コードのお知らせ", "ログイン確認コード"), Text: fmt.Sprintf(text, s.digits(6)) + "\n" + shortFooter})
}

func tellReset(s *Story) {
	c := one(s, s.member, s.member, s.guest)()
	for range 1 + s.rng.IntN(2) {
		p := s.prose()
		if s.chance(50) {
			p.dear(c)
		}
		p.line("次のリンクからパスワードを再設定してください。\n\n%s%s\n\n有効期限：1時間", one(s, "https://shop.example/reset/", "https://shop.example/password?token=", "https://account.shop.example/r#"), s.token())
		s.send(Draft{To: []*Customer{c}, Stream: AccountStream, Client: "account", Subject: "パスワード再設定のご案内", Text: p.close()})
		s.wait(3 * time.Minute)
	}
}

func tellLogin(s *Story) {
	c := s.member()
	p := s.prose().dear(c).line("お客様のアカウントにログインがありました。").field("日時", s.on(0)+" "+s.hour()).field("IPアドレス", fmt.Sprintf("192.0.2.%d", s.rng.IntN(255))).field("端末", one(s, "Windows / Chrome", "iPhone / Safari", "Android"))
	p.line("お心当たりがない場合は 0120-000-123 までご連絡ください。")
	s.send(Draft{To: []*Customer{c}, Stream: AccountStream, Client: "account", Subject: "ログインのお知らせ", Text: p.close()})
}

func tellProfile(s *Story) {
	want := one(s, roleMoved, roleRenumbered, roleMarried)
	c := s.memberWho(func(c *Customer) bool { return c.role == want })
	was := *c
	was.Person = s.shop.declared(c)
	p := s.prose().dear(c).line("ご登録情報の変更を承りました。お心当たりのない場合はご連絡ください。").field("会員番号", c.MemberNo)
	p.head("変更前").field("お名前", s.name(&was)).contact(&was)
	p.head("変更後").field("お名前", s.name(c)).contact(c)
	s.send(Draft{To: []*Customer{c}, Stream: AccountStream, Subject: "登録情報変更のお知らせ", Text: p.close()})
}

// newAddress is a mail address of a customer that the roster has not.
func (s *Story) newAddress(c *Customer) string {
	return fmt.Sprintf("%s.new%d@%s", strings.ToLower(c.GivenLatin), s.rng.IntN(100000), one(s, "example.jp", "inbox.example", "keitai.example"))
}

func tellMailChanged(s *Story) {
	c := s.member()
	fresh := s.newAddress(c)
	text := func() string {
		p := s.prose().dear(c).line("メールアドレスの変更を承りました。").field("会員番号", c.MemberNo)
		return p.field("変更前", c.Email).field("変更後", fresh).close()
	}
	s.send(Draft{To: []*Customer{c}, Stream: AccountStream, Subject: "メールアドレス変更のお知らせ", Text: text()})
	s.send(Draft{Shown: []Rcpt{{fresh, Undecidable}}, Stream: AccountStream, Subject: "メールアドレス変更のお知らせ", Text: text()})
}

func tellNewMail(s *Story) {
	c := s.member()
	fresh := *c
	fresh.Email = s.newAddress(c)
	s.send(Draft{To: []*Customer{&fresh}, Truth: Undecidable, Subject: s.orderSubject(), Text: s.confirmation(&fresh, &fresh)})
}

func tellNewMailLight(s *Story) {
	c := s.member()
	s.send(Draft{Shown: []Rcpt{{Address: s.newAddress(c)}}, Stream: AccountStream, Client: "account", Subject: "メールアドレスの確認",
		Text: "次のコードを入力して、メールアドレスの変更を完了してください。\n\n" + s.digits(6) + "\n\nまたは\nhttps://shop.example/verify/" + s.token() + "\n\n" + shortFooter})
}

func tellPoints(s *Story) {
	c := s.member()
	p := s.prose().dear(c).line("ポイントの有効期限が近づいています。").field("会員番号", c.MemberNo).field("保有ポイント", thousands(s.rng.IntN(20000))+" pt").field("失効予定", s.on(30))
	s.send(Draft{To: []*Customer{c}, Stream: AccountStream, Subject: c.Family + "様 ポイント失効のお知らせ", Text: p.close()})
}

func tellBirthdayCoupon(s *Story) {
	c := s.member()
	p := s.prose().line("%s 様\n\nお誕生日おめでとうございます！\n", s.name(c))
	if s.chance(60) {
		p.field("お誕生日", one(s, c.Birthday.Format("1月2日"), s.birthday(c)))
	}
	p.line("お祝いのクーポン：BD%s（%sまで）", s.digits(6), s.on(30))
	s.send(Draft{To: []*Customer{c}, Stream: NewsStream, Subject: "お誕生日おめでとうございます", Text: p.close()})
}

func tellWithdrawn(s *Story) {
	c := s.member()
	p := s.prose().dear(c).line("退会のお手続きが完了しました。またのご利用をお待ちしております。").field("会員番号", c.MemberNo).field("メールアドレス", c.Email)
	s.send(Draft{To: []*Customer{c}, Stream: AccountStream, Subject: "退会手続き完了のお知らせ", Text: p.close()})
}

func tellReferral(s *Story) {
	c, friend := s.member(), s.guest()
	p := s.prose().line("%s 様より、例示商店へのご招待が届いています。\n", s.name(c)).line("「%s」\n", one(s, "おすすめのお店です！", "この前話したお酒のお店。ポイントがもらえるって。", c.Given+"です。よかったら見てみて"))
	p.line("ご登録はこちらから：https://shop.example/invite/%s", s.token())
	s.send(Draft{Shown: []Rcpt{{Address: friend.Email}}, Stream: AccountStream, Subject: c.Name() + " 様からのご招待", Text: p.close()})
}

func tellReferralAddress(s *Story) {
	c, friend := s.member(), s.guest()
	p := s.prose().line("%s 様のご友人 %s 様より、例示商店へのご招待が届いています。\n", s.name(friend), s.name(c)).field("お返事はこちらへ", c.Email)
	p.line("ご登録はこちらから：https://shop.example/invite/%s", s.token())
	s.send(Draft{Shown: []Rcpt{{Address: friend.Email, Truth: Undecidable}}, Stream: AccountStream, Subject: "ご友人からのご招待", Text: p.close()})
}

func tellReferralJoined(s *Story) {
	c := s.member()
	friend := s.member(c)
	p := s.prose().dear(c).line("ご紹介いただいた %s 様がご入会されました。ご紹介特典のポイントを進呈いたします。", s.name(friend)).field("会員番号", c.MemberNo).field("進呈ポイント", "500 pt")
	s.send(Draft{To: []*Customer{c}, Stream: AccountStream, Subject: "ご紹介特典のお知らせ", Text: p.close()})
}

func tellFamilyPoints(s *Story) {
	family := s.relatives(isFull)
	p := s.prose().dear(family[0]).line("家族ポイントの共有を開始しました。").field("会員番号", family[0].MemberNo)
	for i, f := range family {
		p.field(fmt.Sprintf("ご家族 %d", i+1), s.name(f))
	}
	s.send(Draft{To: family[:1], Stream: AccountStream, Subject: "家族ポイントのご案内", Text: p.close()})
}
