package attribution

import (
	"fmt"
	"math"
	"strconv"
)

// say adds a sentence in both languages.
func say(to *[]Words, ja, en string, args ...any) {
	*to = append(*to, Words{fmt.Sprintf(ja, args...), fmt.Sprintf(en, args...)})
}

// explain gives reasons, and what would allow to say more. Both languages have
// the same numbers in the same order.
func (j *Judgement) explain(c *Case, onlyOurs int) {
	j.explainReports(c)
	j.explainContent(onlyOurs)
	j.explainCanaries()
	if j.Earlier > 0 {
		say(&j.Reasons, "今回の最初の誤送信より前に届いた不審なメールが%d通ある。そのため「確認」とはしない。",
			"Of the strange mails, %d came before the incident's first wrong mail; so the connection is not called confirmed.", j.Earlier)
		say(&j.Needed, "誤送信の前と後の不審なメールが同じ種類かどうかを、見出しと本文で見比べる。",
			"Compare header and text of the strange mails from before and after: are they of one kind?")
	}
	if j.Verdict < Confirmed {
		j.need(c)
	}
}

func (j *Judgement) explainReports(c *Case) {
	if r := j.Reports; r.Of > 0 {
		say(&j.Reasons, "本人への通知より前に不審なメールを報告した会員%d人のうち、今回の対象者は%d人。偶然でそれ以上になる確率は%s。",
			"Of the %d members who reported a strange mail before anybody was told, %d are among the exposed; by chance it would be as many or more with a probability of %s.", r.Of, r.Hits, chance(r.P))
	} else {
		say(&j.Reasons, "本人への通知より前に不審なメールを報告した会員はいない。", "No member reported a strange mail before anybody was told.")
	}
	if j.Later.Of > 0 {
		say(&j.Reasons, "通知より後の報告%d人（うち対象者%d人）は数えない。知らされた人ほど報告しやすく、偏るため。",
			"The %d people who reported afterwards (%d of them exposed) are not counted: who was told reports more readily.", j.Later.Of, j.Later.Hits)
	}
	if j.Outside > 0 {
		say(&j.Reasons, "会員と分からない人からの報告が%d件あり、数えない。", "Reports of people not known as members, %d, are not counted.", j.Outside)
	}
	if c.Exposed == c.Population && c.Population > 0 {
		say(&j.Reasons, "全員が対象者のため、報告者の数からは何も言えない。", "Everybody is exposed: the numbers of reporters show nothing.")
	}
}

func (j *Judgement) explainContent(onlyOurs int) {
	if onlyOurs > 0 {
		say(&j.Reasons, "当社だけが持つ情報が使われた不審なメールが、対象者から%d通報告された。", "Exposed people reported %d strange mails that use data only our store held.", onlyOurs)
	}
	if other := j.Content.Of - j.Content.Hits; other > 0 {
		say(&j.Reasons, "当社だけが持つ情報が使われた不審なメールを、対象者でない会員%d人も受け取っている。", "Members who are not among the exposed, %d, also got mail that uses data only our store held.", other)
		say(&j.Needed, "対象者の範囲を計算し直し、ほかの流出がないか調べる。", "Compute the scope again, and look for another leak.")
	}
}

func (j *Judgement) explainCanaries() {
	switch k := j.Control; {
	case k.Of > 0:
		say(&j.Reasons, "誰にも渡していない対照用アドレス%d件のうち、メールが届いたのは%d件。", "Of %d control addresses given to nobody, mail came for %d.", k.Of, k.Hits)
	case len(j.Partners) > 0 || j.Canaries.Test.Of > 0:
		say(&j.Needed, "誰にも渡さない対照用アドレスを設ける（架空会員と同じドメインに、同じ数）。", "Set up control addresses given to nobody, at the canaries' domains, as many as there are canaries.")
	}
	if f := j.Canaries; f.Test.Of > 0 {
		say(&j.Reasons, "今回の対象に含まれる架空会員%d件のうち、メールが届いたのは%d件。偶然の確率は%s、流出元である見込みは%s。",
			"Of %d canaries among the exposed, mail came for %d; by chance with a probability of %s; that the incident is where it comes from: %s.", f.Test.Of, f.Test.Hits, chance(f.Adjusted), chance(f.Posterior))
	}
	for _, f := range j.Partners {
		if f.Test.Hits == 0 {
			continue
		}
		say(&j.Reasons, "提供先「%s」：渡した架空会員%d件のうち、メールが届いたのは%d件。偶然の確率は%s、流出元である見込みは%s。",
			"Hand-off %q: of %d canaries given, mail came for %d; by chance with a probability of %s; that it is where the mail comes from: %s.", f.Partner, f.Test.Of, f.Test.Hits, chance(f.Adjusted), chance(f.Posterior))
	}
}

// wanted is the power that canaries should have.
const wanted = 0.9

// need says how much more would do.
func (j *Judgement) need(c *Case) {
	if c.Exposed < c.Population {
		switch n, ok := ReportersFor(c.Population, c.Exposed, j.Reports); {
		case ok && j.Reports.Of == 0:
			say(&j.Needed, "通知より前の対象者からの報告が%d人分あれば、偶然でないと言える。", "Reports of %d exposed people from before anybody was told would show that it is no chance.", n)
		case ok && n > j.Reports.Of:
			say(&j.Needed, "対象者の割合が今と同じまま報告者が%d人になれば、偶然でないと言える。", "With %d reporters, and the same share of them exposed as now, it would be no chance.", n)
		case !ok:
			say(&j.Needed, "報告者に占める対象者の割合が会員全体と変わらない間は、報告者が増えても何も言えない。", "While no larger share of the reporters is exposed than of all members, more reporters show nothing.")
		}
		if j.Later.Of > 0 {
			say(&j.Needed, "対象者とそうでない会員の両方から無作為に選んで、不審なメールが届いたか尋ねる。", "Ask members drawn at random from both the exposed and the others whether strange mail came.")
		}
	}
	say(&j.Needed, "届いた不審なメールを添付で転送してもらい、当社だけが持つ情報が使われていないか調べる。", "Have the strange mails forwarded as attachments, and look for data that only our store held.")
	switch k := j.Canaries.Test; {
	case k.Of == 0:
		say(&j.Needed, "対象に架空会員が含まれていない。%d件あれば、流出した名簿の5%%のアドレスにメールが届くとき、90%%の確率で一件以上に届く。",
			"There is no canary among the exposed. With %d, and 5%% of the addresses of a leaked list written to, the chance of one hit or more is 90%%.", CanariesFor(PowerRate, wanted))
	case k.Hits == 0:
		say(&j.Needed, "対象に含まれる架空会員は%d件。流出した名簿の5%%のアドレスにメールが届くとして、一件以上に届く確率は%s。90%%にするには%d件必要で、届かないことだけでは何も言えない。",
			"There are %d canaries among the exposed. If 5%% of the addresses of a leaked list are written to, the chance of one hit or more is %s; for 90%% there must be %d. Silence alone shows nothing.", k.Of, chance(Power(PowerRate, k.Of)), CanariesFor(PowerRate, wanted))
	}
}

// chance writes a probability with two digits that count.
func chance(p float64) string {
	if p < 1e-6 {
		return "<0.000001"
	}
	digits := max(2, 1-int(math.Floor(math.Log10(p))))
	return strconv.FormatFloat(p, 'f', digits, 64)
}
