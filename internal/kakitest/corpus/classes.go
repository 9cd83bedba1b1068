package corpus

// Class is one way mail goes wrong in public, with the kinds that tell it.
type Class struct {
	Code         string // "A" … "M", "X"
	Says, SaysJa string
	Kinds        []*Kind  // what the gateway is judged on
	Unseen       []Unseen // what it cannot see
}

// Unseen is a way mail goes wrong that shows in no mail and in no stream of
// mails, and is therefore no kind.
type Unseen struct {
	Class, Cases   string // as in Kind
	Says, SaysJa   string
	Helps, HelpsJa string // what helps instead
}

// Classes are all classes of incidents, in the order of how much alike they
// are.
func Classes() []Class {
	all := make([]Class, 0, len(classes))
	for _, c := range classes {
		for _, k := range Kinds() {
			if k.Class == c.Code {
				c.Kinds = append(c.Kinds, k)
			}
		}
		for _, u := range unseens {
			if u.Class == c.Code {
				c.Unseen = append(c.Unseen, u)
			}
		}
		all = append(all, c)
	}
	return all
}

var classes = []Class{
	{Code: "A", Says: "One person's mail goes to many.", SaysJa: "一人のメールが多数に届く"},
	{Code: "B", Says: "Many persons' mails go to one address.", SaysJa: "多数のメールが一つの宛先に集まる"},
	{Code: "X", Says: "Many persons' mails go to many.", SaysJa: "多数のメールが多数に届く"},
	{Code: "C", Says: "Everybody gets exactly one other person's data: a list has slipped.", SaysJa: "全員に別の一人の情報が届く（行のずれ）"},
	{Code: "D", Says: "The attachment, or what is quoted, is another's.", SaysJa: "添付や引用が別人のもの"},
	{Code: "E", Says: "The list itself is attached or pasted.", SaysJa: "一覧そのものが添付・貼付される"},
	{Code: "F", Says: "A hand put the recipients where all see them.", SaysJa: "手作業で宛先が互いに見える"},
	{Code: "G", Says: "A program put the recipients where all see them.", SaysJa: "プログラムの誤りで宛先が互いに見える"},
	{Code: "H", Says: "Something of one mail stays for the next.", SaysJa: "前のメールの内容が次に残る"},
	{Code: "I", Says: "The wrong template or audience.", SaysJa: "ひな形・送信対象の誤り"},
	{Code: "J", Says: "Tests, migrations and restarts send again.", SaysJa: "試験・移行・再起動による送信"},
	{Code: "K", Says: "The address is mistyped, a look-alike, or somebody else's.", SaysJa: "アドレスの誤り・そっくりドメイン"},
	{Code: "L", Says: "The records of who owns what are wrong themselves.", SaysJa: "会員情報そのものの破損"},
	{Code: "M", Says: "A personal link is given to two.", SaysJa: "専用リンクの重複"},
}

var unseens = []Unseen{
	{Class: "A", Cases: "5", Says: "A notice for one, without any personal data, goes to all.", SaysJa: "一人宛てのお知らせ（個人情報なし）が全員に届く",
		Helps: "hold_for and a pause stop the rest within a second.", HelpsJa: "hold_forと停止で、残りは一秒以内に止まる"},
	{Class: "C", Cases: "13, 82", Says: "Only an amount, points or a result is another's.", SaysJa: "金額・ポイント・結果だけが別人のもの",
		Helps: "Write name, member or order number beside it.", HelpsJa: "氏名・会員番号・注文番号を並べて書く"},
	{Class: "I", Cases: "87, 88, 90, 91, 93", Says: "A list too long gets a newsletter or a winner's mail that tells of nobody.", SaysJa: "対象でない方にも、個人情報のないお知らせや当選通知が届く",
		Helps: "Compare the length of the list before sending; hold_for leaves time.", HelpsJa: "送信前に件数を確かめ、hold_forで猶予を置く"},
	{Class: "I", Cases: "92", Says: "A retired alias still forwards to outsiders.", SaysJa: "廃止した配布先が社外への転送を続けている",
		Helps: "Name only living addresses as the company's recipients.", HelpsJa: "company.recipientsには使用中の宛先だけを書く"},
	{Class: "J", Cases: "94", Says: "An empty template goes to everybody once.", SaysJa: "空のひな形が全員に一度だけ届く",
		Helps: "Give test systems no way to the gateway.", HelpsJa: "試験環境から送れないようにする"},
	{Class: "J", Cases: "97, Magento 27039, Cyclescape 873", Says: "An order of years ago is mailed to its own buyer with today's date.", SaysJa: "何年も前の注文が、今日の日付で本人に届く",
		Helps: "Keep the Date of the event; max_age then holds it.", HelpsJa: "出来事の日時をDateに残せばmax_ageで止まる"},
	{Class: "K", Cases: "104, 105", Says: "The wrong address is the one on file, and the roster says so, too.", SaysJa: "誤ったアドレスが名簿にも登録されている",
		Helps: "Confirm addresses when they are registered; report a receiver's answer.", HelpsJa: "登録時にアドレスを確認し、受信者の申し出を登録する"},
	{Class: "L", Cases: "110", Says: "The feed itself gives one person's data to another.", SaysJa: "名簿の元データで、別人の情報に書き換わっている",
		Helps: "Feed the roster from another system than the mails; canaries show the mixture.", HelpsJa: "メールとは別の系統から名簿を取り込む。監視用の架空会員が混入を示す"},
	{Class: "M", Cases: "111", Says: "The link is the recipient's own, but opens another's page.", SaysJa: "リンクは本人のものだが、別人の画面が開く",
		Helps: "The service behind the link must check who is there.", HelpsJa: "リンク先で本人かどうかを確かめる"},
	{Class: "M", Cases: "111", Says: "Short links without a long random token are given to two.", SaysJa: "短いリンク（長い乱数なし）が二人に発行される",
		Helps: "Name their shape under codes.", HelpsJa: "codesに書式を登録する"},
}
