// Package config keeps true: the program runs with exactly what the operator
// wrote, or not at all.
//
// Load reads one YAML file (interface.md, "Configuration") strictly: an unknown
// key, a wrong unit, a bad address or pattern stops the start, and all that is
// wrong is told at once, each with file, line, key and a hint. Defaults,
// English and Japanese documentation stand in the tags of the structs below;
// docs/ops/configuration.md is made of them (go generate). Secrets come from
// files named by *_file or from the environment, never from the YAML.
package config

import (
	"net/url"
	"slices"
	"time"

	"github.com/kakitome/kakitome/internal/jp"
	"github.com/kakitome/kakitome/internal/policy"
)

//go:generate go run ./reference ../../docs/ops/configuration.md

// DefaultPath is read when no path is given; it need not be there.
const DefaultPath = "./kakitome.yaml"

// Size is a number of bytes. In the file it has a unit: B, KB, MB, GB (powers
// of 1000), KiB, MiB, GiB (powers of 1024).
type Size int64

// Secret is a password. It does not print.
type Secret string

func (Secret) String() string { return "(secret)" }

// GoString keeps it out of %#v.
func (Secret) GoString() string { return "(secret)" }

// MarshalText keeps it out of JSON.
func (Secret) MarshalText() ([]byte, error) { return []byte("(secret)"), nil }

// Config is the whole configuration. Durations in the file are written 90s, 5m,
// 12h, 30d or together, 1h30m.
type Config struct {
	Data                 string    `yaml:"data" default:"./kakitome-data" doc:"Directory of keys, SQLite file, sealed index files and control socket." ja:"鍵・SQLite・索引・制御ソケットを置くディレクトリ。"`
	Database             string    `yaml:"database" doc:"Empty: SQLite under data. postgres://…: PostgreSQL 15 or later, for any number of nodes. Without the password." ja:"空ならdata配下のSQLite。postgres://…ならPostgreSQL 15以降。パスワードは書かない。"`
	DatabasePasswordFile string    `yaml:"database_password_file" doc:"File with the database password; or KAKITOME_DATABASE_PASSWORD in the environment." ja:"データベースのパスワードのファイル。環境変数でもよい。"`
	SMTP                 SMTP      `yaml:"smtp"`
	Relay                Relay     `yaml:"relay"`
	Admin                Admin     `yaml:"admin"`
	Public               Public    `yaml:"public"`
	Company              Company   `yaml:"company"`
	Codes                Codes     `yaml:"codes"`
	Grants               []Grant   `yaml:"grants"`
	Alert                Alert     `yaml:"alert"`
	Retention            Retention `yaml:"retention"`
	Streams              []Stream  `yaml:"streams"`
	Roster               Roster    `yaml:"roster"`
	Feeds                []Feed    `yaml:"feeds"`
	Incident             Incident  `yaml:"incident"`

	DatabasePassword Secret `yaml:"-"`
}

// SMTP is the door for applications.
type SMTP struct {
	Listen              string `yaml:"listen" default:"127.0.0.1:2525" doc:"Where applications hand in mail, host:port." ja:"アプリケーションがメールを渡す宛先（ホスト:ポート）。"`
	MaxMessage          Size   `yaml:"max_message" default:"50MiB" doc:"Largest mail." ja:"メール一通の最大の大きさ。"`
	Hostname            string `yaml:"hostname" default:"localhost" doc:"What the door calls itself." ja:"SMTPで名乗るホスト名。"`
	MaxConnections      int    `yaml:"max_connections" default:"1000" doc:"Connections at one time." ja:"同時接続の上限。"`
	MaxConnectionsPerIP int    `yaml:"max_connections_per_ip" default:"250" doc:"Connections at one time from one address." ja:"一つのアドレスからの同時接続の上限。"`
	TLS                 TLS    `yaml:"tls"`
	Users               []User `yaml:"users"`
	RequireAuth         bool   `yaml:"require_auth" default:"false" doc:"Take mail only after AUTH." ja:"認証した接続からだけ受け取る。"`
}

// TLS is a certificate and its key.
type TLS struct {
	CertFile string `yaml:"cert_file" doc:"Certificate chain, PEM. With key_file: STARTTLS is offered." ja:"証明書（PEM）。key_fileとともに指定するとSTARTTLSを提供する。"`
	KeyFile  string `yaml:"key_file" doc:"Its private key, PEM." ja:"秘密鍵（PEM）。"`
}

// User may hand in mail.
type User struct {
	Name   string `yaml:"name" doc:"Name given in AUTH." ja:"認証で名乗る名前。"`
	Hash   string `yaml:"hash" doc:"Password hash, argon2id in PHC form." ja:"パスワードのハッシュ（argon2id、PHC形式）。"`
	Stream string `yaml:"stream" doc:"Stream of the user's mail. Empty: the header X-Kakitome-Stream decides." ja:"このユーザのメールのストリーム。空ならヘッダで決まる。"`
}

// Relay is where released mail goes.
type Relay struct {
	Address        string `yaml:"address" default:"127.0.0.1:1025" doc:"The mail relay, host:port." ja:"中継先（ホスト:ポート）。"`
	TLS            string `yaml:"tls" default:"none" doc:"none, starttls or tls." ja:"none・starttls・tlsのいずれか。"`
	Username       string `yaml:"username" doc:"AUTH at the relay when not empty." ja:"空でなければ中継先で認証する。"`
	PasswordFile   string `yaml:"password_file" doc:"File with the relay password; or KAKITOME_RELAY_PASSWORD in the environment." ja:"中継先のパスワードのファイル。環境変数でもよい。"`
	Hello          string `yaml:"hello" doc:"Name given in EHLO. Empty: the host's name." ja:"EHLOで名乗る名前。空ならホスト名。"`
	MaxConnections int    `yaml:"max_connections" default:"8" doc:"Connections to the relay at one time." ja:"中継先への同時接続の上限。"`

	Password Secret `yaml:"-"`
}

// Admin is the door for operators.
type Admin struct {
	Listen string `yaml:"listen" default:"127.0.0.1:8025" doc:"/healthz, /readyz, /metrics, API and console, host:port." ja:"運用者用の待受（ホスト:ポート）。"`
}

// Public is the door for everybody.
type Public struct {
	Listen string `yaml:"listen" default:"127.0.0.1:8026" doc:"Public notice pages, host:port." ja:"公表ページの待受（ホスト:ポート）。"`
	URL    string `yaml:"url" default:"http://127.0.0.1:8026" doc:"How the public reaches them." ja:"公表ページの外から見たURL。"`
}

// Company is what is the company's own.
type Company struct {
	Name        string   `yaml:"name" doc:"Name of the company." ja:"会社名。"`
	NameEN      string   `yaml:"name_en" doc:"Its name in English, for letters and public pages. Empty: name." ja:"英語の会社名（手紙と公表ページ用）。空ならname。"`
	Identifiers []string `yaml:"identifiers" doc:"The company's own numbers, addresses and names: nobody's personal data. \"kind: value\" where the kind matters." ja:"会社自身の電話番号・アドレスなど。誰の個人データでもない。"`
	Recipients  []string `yaml:"recipients" doc:"Staff and archive, address or @domain: not judged, always on the ledger." ja:"社員・保管先。判定しないが必ず記録する。"`
}

// Codes are the shapes of codes that point to one person.
type Codes struct {
	MemberNo string `yaml:"member_no" doc:"Shape of member numbers, RE2." ja:"会員番号の形（RE2）。"`
	OrderNo  string `yaml:"order_no" doc:"Shape of order numbers, RE2, such as 'KK-\\d{8}'." ja:"注文番号の形（RE2）。"`
	Other    string `yaml:"other" doc:"Shape of other codes that point to one person, RE2." ja:"一人を指すその他の番号の形（RE2）。"`
}

// Grant lets a recipient have kinds of data.
type Grant struct {
	To     string    `yaml:"to" doc:"Address or @domain that may have the data." ja:"受け取ってよい宛先（アドレスまたは@ドメイン）。"`
	Stream string    `yaml:"stream" doc:"Only in this stream. Empty: in all." ja:"このストリームに限る。空ならすべて。"`
	Kinds  []jp.Kind `yaml:"kinds" doc:"Kinds of data, such as [name, address, phone]; name covers the readings." ja:"データの種類。nameは読みも含む。"`
	Until  time.Time `yaml:"until" doc:"Last day (Japan time), YYYY-MM-DD. Without it: no end." ja:"最後の日（日本時間）。なければ無期限。"`
}

// Alert is how somebody is told.
type Alert struct {
	Command string        `yaml:"command" doc:"Shell command that gets the alert as JSON on standard input." ja:"警報をJSONで標準入力に受けるコマンド。"`
	URL     string        `yaml:"url" doc:"URL that gets the alert as JSON by POST." ja:"警報をPOSTで受けるURL。"`
	Mail    string        `yaml:"mail" doc:"Address that gets the alert by mail." ja:"警報を受けるメールアドレス。"`
	Repeat  time.Duration `yaml:"repeat" default:"15m" doc:"Told again after this, until acknowledged." ja:"確認されるまでこの間隔で繰り返す。"`
}

// Retention is how long things are kept.
type Retention struct {
	Bodies    time.Duration `yaml:"bodies" default:"7d" doc:"Sealed mail bodies." ja:"封印した本文の保存期間。"`
	Exposures time.Duration `yaml:"exposures" default:"395d" doc:"Keyed facts of who was sent whose data." ja:"誰のデータを誰に送ったかの記録の保存期間。"`
}

// Stream is a kind of mail; see policy.Stream.
type Stream struct {
	Name        string        `yaml:"name" doc:"Name, as in X-Kakitome-Stream. The stream named default always exists." ja:"名前。defaultは必ず存在する。"`
	Mode        policy.Mode   `yaml:"mode" default:"enforce" doc:"enforce, or observe: records what it would have held, and lets it go." ja:"enforceは止める。observeは記録だけして通す。"`
	HoldFor     time.Duration `yaml:"hold_for" default:"0s" doc:"How long a released mail waits before it leaves; it can still be recalled." ja:"送信前に待つ時間。その間は取り消せる。"`
	Window      time.Duration `yaml:"window" default:"30d" doc:"Over which fan_out counts." ja:"fan_outを数える期間。"`
	FanOut      int           `yaml:"fan_out" default:"1" doc:"Recipients other than its owner that may see one identifier." ja:"本人以外で一つの識別子を見てよい宛先の数。"`
	FanIn       int           `yaml:"fan_in" default:"3" doc:"Other persons whose data one recipient may get, per day." ja:"一つの宛先が一日に受け取ってよい他人の数。"`
	Purpose     string        `yaml:"purpose" doc:"Shown in the privacy notice." ja:"利用目的（プライバシー通知に載る）。"`
	Kinds       []jp.Kind     `yaml:"kinds" doc:"Kinds of data it carries, shown in the privacy notice, such as [name, address, order_no]; name covers the readings. Empty: any. What else is sent is told as an alert, not held." ja:"扱うデータの種類（プライバシー通知に載る）。空なら限定しない。ほかの種類が送られると警報で知らせる（止めない）。"`
	Receipt     bool          `yaml:"receipt" default:"false" doc:"Each recipient's copy carries a Receipt-Code field of its own, for the public verify page. A mail with several recipients then leaves as one copy for each." ja:"宛先ごとに受付番号をReceipt-Codeヘッダとして付け、公開の確認ページで照合できるようにする。宛先が複数のメールは宛先ごとに送られる。"`
	StaleAfter  time.Duration `yaml:"stale_after" default:"0s" doc:"Older than this it is not sent without a decision. 0s: never stale." ja:"これより古いメールは判断なしに送らない。0sは無効。"`
	MaxAge      time.Duration `yaml:"max_age" default:"72h" doc:"A Date field older than this is a replay." ja:"Dateがこれより古いメールは再送とみなす。"`
	UnreadOK    []string      `yaml:"unread_ok" doc:"Types that may pass unread, such as [image/png]; each such mail is listed." ja:"読めなくても通す種類。通したものは一覧に残る。"`
	MentionJump float64       `yaml:"mention_jump" default:"0.10" doc:"Share of mentions of others above which the next are held." ja:"他人への言及がこの割合を超えると以後を止める。"`
}

// Roster is how far files of people are believed.
type Roster struct {
	LateAfter   time.Duration `yaml:"late_after" default:"0s" doc:"Somebody is told when no file was imported for so long. 0s: never." ja:"ファイルの取り込みがこの時間途絶えたら知らせる。0sは無効。"`
	MostChanged int           `yaml:"most_changed" default:"20" doc:"People whom imports may bind to other data than before, within a day, whatever else changes. Beyond that an import that looks corrupted is refused until somebody agrees." ja:"一日に結び付きが入れ替わってよい人数。これを超え、壊れた名簿に見える取り込みは承認まで止める。"`
}

// Feed is a query of the shop's own database that people come by.
type Feed struct {
	Name        string        `yaml:"name" doc:"Name: small letters, digits, - and _." ja:"名前（英小文字・数字・-・_）。"`
	DSNFile     string        `yaml:"dsn_file" doc:"File with the database's URL, postgres://… or mysql://…, with the password; or KAKITOME_FEED_NAME_DSN in the environment." ja:"接続先のURL（パスワードを含む）のファイル。環境変数でもよい。"`
	Query       string        `yaml:"query" doc:"SELECT with columns named as in a roster CSV; removed (yes) removes a person." ja:"名簿CSVと同じ列名のSELECT。removedがyesの人は名簿から外す。"`
	Watermark   string        `yaml:"watermark" doc:"Column of the query that grows with every change, such as updated_at. Empty: all is read each time." ja:"変更のたびに増える列（更新日時など）。空なら毎回すべて読む。"`
	Every       time.Duration `yaml:"every" default:"60s" doc:"How often it is asked." ja:"問い合わせの間隔。"`
	LateAfter   time.Duration `yaml:"late_after" default:"1h" doc:"Somebody is told when nothing came for so long. 0s: never." ja:"この時間取り込めなければ知らせる。0sは無効。"`
	MostChanged int           `yaml:"most_changed" default:"20" doc:"As roster.most_changed." ja:"roster.most_changedと同じ。"`
	SkipBad     bool          `yaml:"skip_bad" default:"false" doc:"Take the good rows although there are bad ones." ja:"誤った行を飛ばして取り込む。"`

	DSN Secret `yaml:"-"`
}

// japan has had one time all year round since 1952.
var japan = time.FixedZone("JST", 9*60*60)

// Policy compiles what the rules ask.
func (c *Config) Policy() (*policy.Policy, error) { return policy.Compile(c.spec()) }

func (c *Config) spec() policy.Spec {
	company := policy.CompanySpec{Name: c.Company.Name, Identifiers: c.Company.Identifiers, Recipients: c.Company.Recipients}
	company.Identifiers = append(slices.Clip(company.Identifiers), c.Incident.identifiers()...)
	spec := policy.Spec{Company: company, Location: japan}
	for _, code := range []policy.CodeSpec{
		{Kind: jp.MemberNo, Pattern: c.Codes.MemberNo}, {Kind: jp.OrderNo, Pattern: c.Codes.OrderNo}, {Kind: jp.Other, Pattern: c.Codes.Other},
	} {
		if code.Pattern != "" {
			spec.Codes = append(spec.Codes, code)
		}
	}
	spec.Grants = c.GrantSpecs()
	for _, s := range c.Streams {
		spec.Streams = append(spec.Streams, policy.Stream{
			Name: s.Name, Mode: s.Mode, HoldFor: s.HoldFor, Window: s.Window, StaleAfter: s.StaleAfter, MaxAge: s.MaxAge,
			FanOut: s.FanOut, FanIn: s.FanIn, Purpose: s.Purpose, Kinds: s.Kinds, Receipt: s.Receipt, UnreadOK: s.UnreadOK, MentionJump: s.MentionJump,
		})
	}
	return spec
}

// GrantSpecs are Grants in the policy's words.
func (c *Config) GrantSpecs() (list []policy.GrantSpec) {
	for _, g := range c.Grants {
		list = append(list, policy.GrantSpec(g))
	}
	return list
}

// DatabaseURL is Database with its password, or empty for SQLite. Do not log it.
func (c *Config) DatabaseURL() string {
	u, err := url.Parse(c.Database)
	if err != nil || c.Database == "" || c.DatabasePassword == "" {
		return c.Database
	}
	u.User = url.UserPassword(u.User.Username(), string(c.DatabasePassword))
	return u.String()
}
