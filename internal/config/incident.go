package config

import (
	"fmt"
	"net/mail"
	"slices"
	"strings"
	"time"
	_ "time/tzdata" // incident.zone means the same on a host without zone files

	"github.com/kakitome/kakitome/internal/jp"
)

// Incident is what the response to a leak needs to know beforehand.
type Incident struct {
	From      string   `yaml:"from" doc:"Address that letters come from, such as privacy@shop.example. Empty: no letter is sent." ja:"手紙の差出人アドレス。空なら手紙を送らない。"`
	ReplyTo   string   `yaml:"reply_to" doc:"Address that people's answers go to, read by people. Empty: from." ja:"返信先（人が読む）。空ならfrom。"`
	Bounce    string   `yaml:"bounce" doc:"Address that bounces of letters come back to: bounce@shop.example gets those for bounce+TOKEN@shop.example. Empty: bounces are not read." ja:"手紙の不達通知が戻る先。bounce+トークン@の形で使う。空なら不達を読まない。"`
	Report    string   `yaml:"report" doc:"Address that people forward a strange mail to, as an attachment. Empty: none." ja:"不審なメールを添付で転送してもらう先。空なら無効。"`
	Canaries  []string `yaml:"canaries" doc:"Domains of canary people, such as [@mail.example]: what comes in for them is compared, at the door for incoming mail only." ja:"監視用の架空会員のドメイン。そこに届いたメールを照合する（受信口でのみ）。"`
	Listen    string   `yaml:"listen" doc:"Door for incoming mail, host:port, that the company's mail server hands bounces, reports and mail for canaries to; nothing is relayed from it. Empty: none; bounces and reports are taken at smtp.listen too." ja:"受信口（ホスト:ポート）。不達・転送・架空会員宛てを受け、中継はしない。空なら設けない。不達と転送はsmtp.listenでも受ける。"`
	Contact   Contact  `yaml:"contact"`
	Officer   string   `yaml:"officer" doc:"Who signs letters and announcements, with title." ja:"手紙と公表の署名者（役職と氏名）。"`
	Letters   string   `yaml:"letters" doc:"Directory of the company's own letter templates. Empty: those of the program." ja:"自社の手紙のひな形のディレクトリ。空なら付属のもの。"`
	PerSecond int      `yaml:"per_second" default:"50" doc:"Letters sent per second." ja:"一秒に送る手紙の数。"`
	Zone      string   `yaml:"zone" default:"Asia/Tokyo" doc:"Time zone of the times people read, and of the days the law counts." ja:"表示する時刻と法定期限の日付の時間帯。"`
	Staff     []Staff  `yaml:"staff"`
	Law       []string `yaml:"law" default:"jp" doc:"Rule packs that apply, such as [jp, eu]." ja:"適用する法令のルール。"`
}

// Staff is somebody who may act in a response under a name and password of
// their own: who made letters does not approve them.
type Staff struct {
	Name string `yaml:"name" doc:"Name, as given to --as." ja:"名前（--asで名乗る）。"`
	Hash string `yaml:"hash" doc:"Password hash, argon2id in PHC form: kakitome passwd." ja:"パスワードのハッシュ（kakitome passwd で作る）。"`
}

// Contact is where people ask.
type Contact struct {
	JA    string `yaml:"ja" doc:"Name of the desk in Japanese." ja:"窓口の名前（日本語）。"`
	EN    string `yaml:"en" doc:"Name of the desk in English." ja:"窓口の名前（英語）。"`
	Phone string `yaml:"phone" doc:"Its telephone number." ja:"窓口の電話番号。"`
	Hours string `yaml:"hours" doc:"When it is open, as readers of both languages understand it, such as '平日 Mon–Fri 10:00–18:00'." ja:"受付時間（両言語で読める書き方）。"`
}

// Location is Zone.
func (i Incident) Location() *time.Location {
	at, err := time.LoadLocation(i.Zone) // checked when it was read
	if err != nil {
		return japan
	}
	return at
}

// identifiers are the company's own that letters name.
func (i Incident) identifiers() (list []string) {
	for _, value := range []string{i.From, i.ReplyTo, i.Bounce, i.Report} {
		if value != "" {
			list = append(list, value)
		}
	}
	if _, err := jp.Normal(jp.Phone, i.Contact.Phone); err == nil { // it may be several, in words
		list = append(list, i.Contact.Phone)
	}
	return list
}

func (l *loader) incident(in *Incident) {
	seen := map[string]string{}
	for _, a := range []struct{ key, value string }{
		{"incident.from", in.From}, {"incident.reply_to", in.ReplyTo}, {"incident.bounce", in.Bounce}, {"incident.report", in.Report},
	} {
		if a.value == "" {
			continue
		}
		normal, ok := ownAddress(a.value)
		if !ok {
			l.wrong(a.key, "such as privacy@shop.example, with neither name nor +", "not a plain address")
			continue
		}
		if other := seen[normal]; other != "" && a.key != "incident.reply_to" {
			l.wrong(a.key, "a program reads this one: nothing else may come there", "the same as %s", other)
		}
		seen[normal] = a.key
	}
	if in.From == "" && (in.ReplyTo != "" || in.Bounce != "") {
		l.wrong("incident.from", "such as privacy@shop.example", "missing: letters would come from nowhere")
	}
	if in.Listen != "" {
		l.hostPort("incident.listen", in.Listen, true)
	}
	for i, domain := range in.Canaries {
		l.canaryDomain(fmt.Sprintf("incident.canaries[%d]", i), domain, in)
	}
	names := map[string]bool{}
	for i, s := range in.Staff {
		l.user(fmt.Sprintf("incident.staff[%d]", i), User{Name: s.Name, Hash: s.Hash}, names, nil)
	}
	if in.PerSecond < 1 || in.PerSecond > 1000 {
		l.wrong("incident.per_second", "relays and mailboxes slow down who comes faster", "not between 1 and 1000")
	}
	if _, err := time.LoadLocation(in.Zone); err != nil || in.Zone == "" || in.Zone == "Local" {
		l.wrong("incident.zone", "such as Asia/Tokyo or Europe/Berlin", "not a time zone")
	}
	for i, pack := range in.Law {
		bad := func(r rune) bool { return r != '-' && (r < 'a' || r > 'z') }
		if pack == "" || strings.ContainsFunc(pack, bad) || slices.Index(in.Law, pack) < i {
			l.wrong(fmt.Sprintf("incident.law[%d]", i), "such as jp or eu, each once", "not the name of a rule pack")
		}
	}
}

// ownAddress gives an ASCII address that a program may write tags into.
func ownAddress(value string) (normal string, ok bool) {
	parsed, err := mail.ParseAddress(value)
	if err != nil || parsed.Address != value || strings.ContainsAny(value, "+\"") || strings.ContainsFunc(value, func(r rune) bool { return r > '~' }) {
		return "", false
	}
	normal, err = jp.Normal(jp.Email, value)
	return normal, err == nil
}

// canaryDomain checks a domain all mail of which is for canaries.
func (l *loader) canaryDomain(key, value string, in *Incident) {
	domain, isDomain := strings.CutPrefix(value, "@")
	if _, ok := ownAddress("x@" + domain); !isDomain || !ok {
		l.wrong(key, "such as @mail.example", "not a domain")
		return
	}
	for _, own := range []string{in.From, in.ReplyTo, in.Bounce, in.Report} {
		if _, at, _ := strings.Cut(own, "@"); strings.EqualFold(at, domain) {
			l.wrong(key, "canaries live at a domain of their own that does not look like the company's", "the company writes from there")
		}
	}
}
