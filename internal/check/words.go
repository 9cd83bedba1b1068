package check

import (
	"fmt"

	"github.com/kakitome/kakitome/internal/jp"
)

// words says a reason in English and in Japanese, for a clerk who decides on
// the mail. No value of an identifier is in it.
func words(r *Reason, d *DocReason) (en, ja string) {
	w := wording{Reason: r, who: "a person who is not in the roster", whoJa: "名簿にない方"}
	if d.Person != "" && d.Person != "unknown" {
		w.who, w.whoJa = d.Person, d.Person+"様"
	}
	w.kinds, w.kindsJa = kindWords(d.Kinds)
	switch r.Rule {
	case Ownership:
		return w.ownership()
	case VisibleRecipients:
		return w.visibleRecipients()
	case FanOut:
		return w.fanOut()
	case FanIn:
		return w.fanIn()
	case NewAddress:
		return fmt.Sprintf("The address is nobody's in the roster, and the mail is about %s (%s). A changed or a mistyped address?", w.who, w.kinds),
			fmt.Sprintf("名簿にない宛先に、%sの情報（%s）が書かれています。アドレスの変更か、入力の誤りがないかご確認ください。", w.whoJa, w.kindsJa)
	case GrowingRecipients:
		return w.growing()
	case Unreadable:
		return w.unreadable()
	case Template:
		return fmt.Sprintf("A merge field is not filled in: %s, %s (%d in all).", r.Detail, r.Where, r.Count),
			fmt.Sprintf("差し込み項目 %s が埋まっていません（%s、全部で%dか所）。", r.Detail, placeJa(r.Where), r.Count)
	case Replay:
		return w.replay()
	case Canary:
		return fmt.Sprintf("Data of the canary person %s is in a mail to somebody else: recipients and contents are mixed up.", w.who),
			fmt.Sprintf("監視用の架空会員%sの情報が、別の宛先のメールに入っています。宛先と内容が取り違えられています。", w.whoJa)
	case Breaker:
		return "The stream is paused; the mail waits in order until a person resumes it.",
			"この種類のメールは停止中です。担当者が再開するまで、順番どおりに待機します。"
	case Stale:
		return "The mail is too old to be sent without a decision.", "古くなったため、判断がないかぎり送信しません。"
	}
	return string(r.Rule), string(r.Rule)
}

// wording is a reason and what its sentences name.
type wording struct {
	*Reason
	who, whoJa     string
	kinds, kindsJa string
}

// rest tells whether the reason only counts those not named one by one.
func (w *wording) rest() bool {
	return w.Person == (Key{}) && w.Ident == (Key{}) && len(w.Kinds) == 0
}

func (w *wording) ownership() (en, ja string) {
	switch {
	case w.rest():
		return fmt.Sprintf("It also tells about %d more people.", w.Count), fmt.Sprintf("このほか%d名の情報も入っています。", w.Count)
	case w.Detail == slippedDetail && w.Count > 0:
		return fmt.Sprintf("The mail names %s (%s) where the recipient's own name should stand, and fits the recipient of the mail %d before it: the list has slipped.", w.who, w.kinds, w.Count),
			fmt.Sprintf("宛先ご本人のお名前があるべきところに%s（%s）とあり、これは%d通前のメールの宛先の方に当たります。宛名の行がずれています。", w.whoJa, w.kindsJa, w.Count)
	case w.Detail == slippedDetail:
		return fmt.Sprintf("The mails of this stream have begun to call their recipients by the names of others (here %s).", w.who),
			fmt.Sprintf("この種類のメールで、宛先ご本人ではない方（ここでは%s）のお名前で呼びかけるものが続いています。宛名がずれているおそれがあります。", w.whoJa)
	case w.Detail == mentionsDetail:
		return fmt.Sprintf("Mails of this stream suddenly name other people (here %s); the greetings may have slipped by a row.", w.who),
			fmt.Sprintf("この種類のメールに、急に他の方（ここでは%s）のお名前などが出るようになりました。宛名が一行ずれているおそれがあります。", w.whoJa)
	}
	return fmt.Sprintf("The mail is about %s (%s), not about the person it is addressed to.", w.who, w.kinds),
		fmt.Sprintf("宛先の方ではなく、%sの情報（%s）が書かれています。", w.whoJa, w.kindsJa)
}

func (w *wording) visibleRecipients() (en, ja string) {
	if w.rest() {
		return fmt.Sprintf("The recipient would see %d more addresses.", w.Count),
			fmt.Sprintf("このほか%d件のメールアドレスも、受信者に見えてしまいます。", w.Count)
	}
	return fmt.Sprintf("The recipient would see the address of %s (%s).", w.who, w.Where),
		fmt.Sprintf("%sにある%sのメールアドレスが、受信者に見えてしまいます。", placeJa(w.Where), w.whoJa)
}

func (w *wording) fanOut() (en, ja string) {
	switch {
	case w.rest():
		return fmt.Sprintf("%d more values went too far.", w.Count), fmt.Sprintf("このほか%d件の情報も、送信先の上限を超えています。", w.Count)
	case w.Detail == blockedDetail:
		return fmt.Sprintf("The %s of %s went too far before and is blocked.", w.kinds, w.who),
			fmt.Sprintf("%sの%sは、以前に送信先の上限を超えたため、送信を止めています。", w.whoJa, w.kindsJa)
	}
	return fmt.Sprintf("The same %s of %s went to other recipients already (%d; the limit is %d).", w.kinds, w.who, w.Count, w.Limit),
		fmt.Sprintf("%sの同じ%sが、すでに別の宛先%d件に送られています（上限%d件）。", w.whoJa, w.kindsJa, w.Count, w.Limit)
}

func (w *wording) fanIn() (en, ja string) {
	switch {
	case w.Detail == listDetail:
		return fmt.Sprintf("It holds the names of %d other members; more than %d are taken for a list.", w.Count, w.Limit),
			fmt.Sprintf("ほかの会員%d名のお名前が並んでいます（%d名を超えると名簿とみなします）。", w.Count, w.Limit)
	case len(w.Kinds) == 1 && w.Kinds[0] == jp.Name && w.Person == (Key{}):
		return fmt.Sprintf("Mails to this address, which is nobody's, greet %d different members within a day; the limit is %d.", w.Count, w.Limit),
			fmt.Sprintf("名簿にないこの宛先に、一日のうちに%d名の会員への呼びかけが届くことになります（上限%d名）。", w.Count, w.Limit)
	}
	if len(w.Kinds) == 1 && w.Person == (Key{}) {
		return fmt.Sprintf("The recipient would get %d different values (%s) of people who are not in the roster within a day; the limit is %d.", w.Count, w.kinds, w.Limit),
			fmt.Sprintf("名簿にない方の%sが、一日のうちに%d件、同じ宛先に届くことになります（上限%d件）。", w.kindsJa, w.Count, w.Limit)
	}
	return fmt.Sprintf("The recipient would get data of %d other people within a day; the limit is %d.", w.Count, w.Limit),
		fmt.Sprintf("一日のうちに%d名分の他の方の情報が、同じ宛先に届くことになります（上限%d名）。", w.Count, w.Limit)
}

func (w *wording) growing() (en, ja string) {
	switch { // judged again, the mail is not counted again
	case w.Count == 0:
		return "The recipients or attachments had grown mail by mail.", "送信のたびに宛先または添付ファイルが増えていました。"
	case w.Detail == "attachments":
		return fmt.Sprintf("The attachments grow mail by mail (now %d).", w.Count),
			fmt.Sprintf("送信のたびに添付ファイルが増えています（現在%d件）。", w.Count)
	}
	return fmt.Sprintf("The recipients grow mail by mail (now %d).", w.Count),
		fmt.Sprintf("送信のたびに宛先が増えています（現在%d件）。", w.Count)
}

func (w *wording) unreadable() (en, ja string) {
	if w.Where == "" {
		return fmt.Sprintf("%d more parts could not be read.", w.Count), fmt.Sprintf("このほか%dか所が読み取れません。", w.Count)
	}
	return fmt.Sprintf("%s could not be read: %s.", w.Where, w.Detail),
		fmt.Sprintf("%sを読み取れません（%s）。", placeJa(w.Where), whyJa(w.Detail))
}

func (w *wording) replay() (en, ja string) {
	switch {
	case w.Detail == "old":
		return "The mail is dated long ago.", "日付が古いメールです。以前のメールが再び送られているおそれがあります。"
	case w.Count == 0: // judged again, the mail is not counted again
		return "The mail was an old one, or repeated.", "古いメール、または同じ内容の繰り返しでした。"
	}
	return fmt.Sprintf("The same content goes to this recipient again within a day (%d times; the limit is %d).", w.Count, w.Limit),
		fmt.Sprintf("同じ内容のメールが、一日のうちに同じ宛先へ%d回送られようとしています（上限%d回）。", w.Count, w.Limit)
}
