package check

import (
	"fmt"
	"strings"
)

// words says a reason in English and in Japanese, for a clerk who decides on
// the mail. No value of an identifier is in it.
func words(r *Reason, d *DocReason) (en, ja string) {
	whose, whoseJa := "a person nobody has registered", "登録のない方"
	if d.Person != "" && d.Person != "unknown" {
		whose, whoseJa = d.Person, d.Person+"さん"
	}
	kinds, kindsJa := kindWords(d.Kinds, english), kindWords(d.Kinds, japanese)
	switch r.Rule {
	case Ownership:
		switch {
		case r.Detail == "mentions":
			return fmt.Sprintf("Mails of this stream suddenly name other people (here %s); the greetings may have slipped by a row.", whose),
				fmt.Sprintf("この種類のメールに急に他の方のお名前（ここでは%s）が出るようになりました。宛名が一行ずれている恐れがあります。", whoseJa)
		case r.Person == (Key{}):
			return fmt.Sprintf("It tells about %d more people.", r.Count), fmt.Sprintf("ほかに%d名の情報が入っています。", r.Count)
		}
		return fmt.Sprintf("The mail is about %s (%s), more than about the person it is addressed to.", whose, kinds),
			fmt.Sprintf("宛先の方ではなく%sの情報（%s）が書かれたメールです。", whoseJa, kindsJa)
	case VisibleRecipients:
		if r.Person == (Key{}) && r.Count > 0 {
			return fmt.Sprintf("It would see %d more addresses.", r.Count), fmt.Sprintf("ほかに%d件のアドレスが見えてしまいます。", r.Count)
		}
		return fmt.Sprintf("The recipient would see the address of %s in %s.", whose, strings.TrimPrefix(r.Where, "header ")),
			fmt.Sprintf("%s欄に%sのメールアドレスが見えてしまいます。", strings.TrimPrefix(r.Where, "header "), whoseJa)
	case FanOut:
		return fmt.Sprintf("The same %s of %s went to %d other recipients already; the limit is %d.", kinds, whose, r.Count, r.Limit),
			fmt.Sprintf("%sの同じ%sが、すでにほかの%d件の宛先に送られています（上限%d件）。", whoseJa, kindsJa, r.Count, r.Limit)
	case FanIn:
		return fmt.Sprintf("The recipient would get data of %d different people within a day; the limit is %d.", r.Count, r.Limit),
			fmt.Sprintf("同じ宛先に一日のうちに%d名分の情報が届くことになります（上限%d名）。", r.Count, r.Limit)
	case NewAddress:
		return fmt.Sprintf("The address is nobody's in the roster, and the mail is about %s (%s). A new or mistyped address?", whose, kinds),
			fmt.Sprintf("名簿にない宛先ですが、%sの情報（%s）が書かれています。アドレスの変更または誤りではありませんか。", whoseJa, kindsJa)
	case GrowingRecipients:
		if r.Detail == "attachments" {
			return fmt.Sprintf("The attachments grow mail by mail (now %d).", r.Count), fmt.Sprintf("送るたびに添付ファイルが増えています（現在%d件）。", r.Count)
		}
		return fmt.Sprintf("The recipients grow mail by mail (now %d).", r.Count), fmt.Sprintf("送るたびに宛先が増えています（現在%d件）。", r.Count)
	case Unreadable:
		if r.Where == "" {
			return fmt.Sprintf("%d more parts could not be read.", r.Count), fmt.Sprintf("ほかに%d か所が読み取れません。", r.Count)
		}
		return fmt.Sprintf("%s could not be read: %s.", r.Where, r.Detail), fmt.Sprintf("%s を読み取れません（%s）。", r.Where, r.Detail)
	case Template:
		return fmt.Sprintf("A merge field is not filled in: %s.", r.Detail), fmt.Sprintf("差し込み項目が埋まっていません：%s", r.Detail)
	case Replay:
		if r.Detail == "old" {
			return "The mail is dated long ago.", "日付の古いメールです。"
		}
		return fmt.Sprintf("The same content goes to this recipient for the %dth time within a day.", r.Count),
			fmt.Sprintf("同じ内容が一日のうちに同じ宛先へ%d回目です。", r.Count)
	case Canary:
		return fmt.Sprintf("Data of the canary person %s is in a mail to somebody else: recipients and contents are mixed up.", whose),
			fmt.Sprintf("監視用の架空会員 %s の情報が別の宛先のメールに入っています。宛先と内容が取り違えられています。", whose)
	case Breaker:
		return "The stream is paused; the mail waits in order until a person resumes it.", "この種類のメールは停止中です。再開されるまで順番どおりに待ちます。"
	case Stale:
		return "The mail waited too long to be sent without a decision.", "時間が経ちすぎたため、判断なしには送りません。"
	}
	return string(r.Rule), string(r.Rule)
}

type language int

const (
	english language = iota
	japanese
)

func kindWords(kinds []string, l language) string {
	words := make([]string, len(kinds))
	for i, k := range kinds {
		words[i] = strings.ReplaceAll(k, "_", " ")
		if l == japanese {
			words[i] = kindJa(k)
		}
	}
	if l == japanese {
		return strings.Join(words, "・")
	}
	return strings.Join(words, ", ")
}

func kindJa(kind string) string {
	switch kind {
	case "email":
		return "メールアドレス"
	case "phone":
		return "電話番号"
	case "name":
		return "お名前"
	case "postal_code":
		return "郵便番号"
	case "address":
		return "ご住所"
	case "birthday":
		return "生年月日"
	case "member_no":
		return "会員番号"
	case "order_no":
		return "注文番号"
	case "attachment":
		return "添付ファイル"
	case "link":
		return "専用リンク"
	}
	return "番号"
}
