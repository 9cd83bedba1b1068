package notice

import (
	"fmt"
	"html/template"
	"strconv"
	"strings"
	"time"

	"github.com/kakitome/kakitome/internal/public"
)

const htmlType = "text/html; charset=utf-8"

// languages in the order of their importance here.
var languages = []public.Lang{public.JA, public.EN}

func other(l public.Lang) public.Lang {
	if l == public.JA {
		return public.EN
	}
	return public.JA
}

// titles are the headings of the pages, by template.
var titles = map[string]public.Text{
	"home":      {JA: "お客様へのお知らせ", EN: "Notices to our customers"},
	"verify":    {JA: "このメールは本物ですか", EN: "Is this mail really from us?"},
	"verified":  {JA: "メールの確認結果", EN: "About your mail"},
	"affected":  {JA: "自分の情報が含まれていたか確認する", EN: "Was my data involved?"},
	"asked":     {JA: "受け付けました", EN: "We have received your request"},
	"link":      {JA: "確認結果を表示する", EN: "Show my result"},
	"result":    {JA: "確認結果", EN: "Your result"},
	"stale":     {JA: "このリンクは使えません", EN: "This link no longer works"},
	"confirm":   {JA: "誤送信メールの削除のご連絡", EN: "Tell us that you deleted the mail"},
	"confirmed": {JA: "ご協力ありがとうございました", EN: "Thank you"},
	"nocode":    {JA: "お手紙を確認できませんでした", EN: "We could not find this letter"},
	"report":    {JA: "不審なメールを知らせる", EN: "Report a mail"},
	"question":  {JA: "質問する", EN: "Ask a question"},
	"receipt":   {JA: "受け付けました", EN: "We have received it"},
	"privacy":   {JA: "メール送信における個人情報の取扱い", EN: "How we handle personal data in mail"},
	"missing":   {JA: "ページが見つかりません", EN: "Page not found"},
	"busy":      {JA: "ただいま処理できません", EN: "We cannot answer at the moment"},
	"often":     {JA: "しばらくしてからお試しください", EN: "Please try again later"},
	"large":     {JA: "送られた内容が大きすぎます", EN: "What you sent is too large"},
	"unread":    {JA: "送られた内容を読めませんでした", EN: "We could not read what you sent"},
}

// parsePages reads the templates once for each language: what is said differs,
// what is shown does not.
func parsePages(o Options) (map[public.Lang]*template.Template, error) {
	out := map[public.Lang]*template.Template{}
	for _, l := range languages {
		t, err := template.New("").Funcs(speak(l, o.Zone)).ParseFS(pageFiles, "pages/*.html")
		if err != nil {
			return nil, fmt.Errorf("parse pages: %w", err)
		}
		out[l] = t
	}
	return out, nil
}

// speak are the functions of the templates that know a language.
func speak(l public.Lang, zone *time.Location) template.FuncMap {
	v := voice{l, zone}
	return template.FuncMap{
		"t": func(ja, en string) string {
			if l == public.EN {
				return en
			}
			return ja
		},
		"say": v.say, "at": v.at, "day": v.day, "number": v.number, "figure": v.figure, "days": v.days,
		"plain": func(t public.Text) string { words, _ := t.In(l); return words },
	}
}

// voice says things in a language and a time zone.
type voice struct {
	lang public.Lang
	zone *time.Location
}

// say marks what is there in the other language only.
func (v voice) say(t public.Text) template.HTML {
	words, in := t.In(v.lang)
	esc := strings.ReplaceAll(template.HTMLEscapeString(words), "\n", "<br>")
	if in != v.lang {
		return template.HTML(`<span lang="` + string(in) + `">` + esc + `</span>`) //nolint:gosec // escaped above
	}
	return template.HTML(esc) //nolint:gosec // escaped above
}

// at is an instant to the minute, with its zone.
func (v voice) at(t time.Time) template.HTML {
	return v.time(t, "2006年1月2日 15:04 MST", "2 January 2006, 15:04 MST")
}

// day is an instant to the day.
func (v voice) day(t time.Time) template.HTML { return v.time(t, "2006年1月2日", "2 January 2006") }

func (v voice) time(t time.Time, ja, en string) template.HTML {
	if v.lang == public.EN {
		ja = en
	}
	t = t.In(v.zone)
	return template.HTML(`<time datetime="` + t.Format(time.RFC3339) + `">` + template.HTMLEscapeString(t.Format(ja)) + `</time>`) //nolint:gosec // escaped
}

// number is a figure with commas.
func (v voice) number(n int64) string {
	s := strconv.FormatInt(n, 10)
	for i := len(s) - 3; i > 0 && s[i-1] != '-'; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	return s
}

// figure is a side of a change: a count or a time.
func (v voice) figure(x any) template.HTML {
	switch x := x.(type) {
	case *public.Count:
		return template.HTML(template.HTMLEscapeString(v.count(x))) //nolint:gosec // escaped
	case time.Time:
		if !x.IsZero() {
			return v.at(x)
		}
	}
	return template.HTML(v.pick("記載なし", "not stated")) //nolint:gosec // words
}

func (v voice) pick(ja, en string) string {
	if v.lang == public.EN {
		return en
	}
	return ja
}

func (v voice) count(c *public.Count) string {
	switch {
	case c == nil:
		return v.pick("記載なし", "not stated")
	case c.Open():
		return fmt.Sprintf(v.pick("確認済み %s／最大は調査中", "confirmed %s, at most: not known yet"), v.number(c.Confirmed))
	default:
		return fmt.Sprintf(v.pick("確認済み %s／最大 %s", "confirmed %s, at most %s"), v.number(c.Confirmed), v.number(c.AtMost))
	}
}

// days is how long something is kept.
func (v voice) days(d time.Duration) string {
	if d < 48*time.Hour {
		return fmt.Sprintf(v.pick("%d時間", "%d hours"), int64(d/time.Hour))
	}
	return fmt.Sprintf(v.pick("%d日", "%d days"), int64(d/(24*time.Hour)))
}
