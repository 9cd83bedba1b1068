package config

import (
	"fmt"
	"net"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/kakitome/kakitome/internal/jp"
)

// check notes what is wrong beyond the single values, but for what the policy
// finds.
func (l *loader) check(c *Config) {
	if c.Data == "" {
		l.wrong("data", "such as ./kakitome-data", "empty")
	}
	l.database(c)
	l.smtp(&c.SMTP, c.Streams)
	l.relay(&c.Relay)
	l.hostPort("admin.listen", c.Admin.Listen, true)
	l.hostPort("public.listen", c.Public.Listen, true)
	l.webURL("public.url", c.Public.URL, true)
	l.webURL("alert.url", c.Alert.URL, false)
	if c.Alert.Mail != "" {
		if _, err := jp.Normal(jp.Email, c.Alert.Mail); err != nil {
			l.wrong("alert.mail", "such as watch@shop.example", "not an address")
		}
	}
	l.atLeast("alert.repeat", c.Alert.Repeat, time.Minute)
	l.atLeast("retention.bodies", c.Retention.Bodies, time.Hour)
	for _, s := range c.Streams {
		if s.Window > c.Retention.Exposures {
			l.wrong("retention.exposures", "keep them at least as long as the longest window", "shorter than the window of stream %s: fan_out could not be counted", s.Name)
		}
	}
	l.atLeast("retention.exposures", c.Retention.Exposures, 24*time.Hour)
	l.notNegative("roster.most_changed", c.Roster.MostChanged)
	l.feeds(c.Feeds)
	l.incident(&c.Incident)
}

func (l *loader) atLeast(key string, d, least time.Duration) {
	if d < least {
		l.wrong(key, "", "shorter than %s", least)
	}
}

func (l *loader) positive(key string, n int) {
	if n < 1 {
		l.wrong(key, "", "less than 1")
	}
}

func (l *loader) notNegative(key string, n int) {
	if n < 0 {
		l.wrong(key, "", "less than 0")
	}
}

func (l *loader) database(c *Config) {
	if c.Database == "" {
		if c.DatabasePasswordFile != "" {
			l.wrong("database_password_file", "SQLite has no password", "there is no database it belongs to")
		}
		return
	}
	u, err := url.Parse(c.Database)
	if err != nil || u.Scheme != "postgres" && u.Scheme != "postgresql" || u.Host == "" {
		l.wrong("database", "postgres://user@host/name, or empty for SQLite", "not the URL of a PostgreSQL database")
		return
	}
	if _, has := u.User.Password(); has || u.Query().Has("password") {
		l.wrong("database", "use database_password_file or KAKITOME_DATABASE_PASSWORD", "has a password in it")
	}
}

func (l *loader) smtp(s *SMTP, streams []Stream) {
	l.hostPort("smtp.listen", s.Listen, true)
	if s.MaxMessage < 64<<10 || s.MaxMessage > 1<<30 {
		l.wrong("smtp.max_message", "", "not between 64KiB and 1GiB")
	}
	l.hostname("smtp.hostname", s.Hostname)
	l.positive("smtp.max_connections", s.MaxConnections)
	l.positive("smtp.max_connections_per_ip", s.MaxConnectionsPerIP)
	if (s.TLS.CertFile == "") != (s.TLS.KeyFile == "") {
		l.wrong("smtp.tls", "name cert_file and key_file, or neither", "one of the two files is missing")
	}
	if len(s.Users) > 0 && s.TLS.CertFile == "" {
		l.wrong("smtp.users", "add smtp.tls", "passwords would be sent in clear: AUTH is offered over TLS only")
	}
	if s.RequireAuth && len(s.Users) == 0 {
		l.wrong("smtp.require_auth", "add smtp.users", "nobody could hand in mail")
	}
	names := map[string]bool{}
	for i, u := range s.Users {
		l.user(fmt.Sprintf("smtp.users[%d]", i), u, names, streams)
	}
}

func (l *loader) user(key string, u User, names map[string]bool, streams []Stream) {
	switch {
	case u.Name == "":
		l.wrong(key+".name", "", "missing")
	case names[u.Name]:
		l.wrong(key+".name", "merge the two", "there is another user of that name")
	}
	names[u.Name] = true
	if !strings.HasPrefix(u.Hash, "$argon2id$") {
		l.wrong(key+".hash", "it begins with $argon2id$; the password itself does not belong here", "not an argon2id hash")
	}
	if u.Stream != "" && u.Stream != "default" && !slices.ContainsFunc(streams, func(s Stream) bool { return s.Name == u.Stream }) {
		l.wrong(key+".stream", "name it under streams", "there is no stream named %s", u.Stream)
	}
}

func (l *loader) relay(r *Relay) {
	l.hostPort("relay.address", r.Address, false)
	if !slices.Contains([]string{"none", "starttls", "tls"}, r.TLS) {
		l.wrong("relay.tls", "none, starttls or tls", "not a way of TLS")
	}
	l.positive("relay.max_connections", r.MaxConnections)
	if r.Hello != "" {
		l.hostname("relay.hello", r.Hello)
	}
	if r.Username != "" && r.Password == "" && r.PasswordFile == "" {
		l.wrong("relay.username", "use relay.password_file or KAKITOME_RELAY_PASSWORD", "there is no password for it")
	}
	if r.Username == "" && r.PasswordFile != "" {
		l.wrong("relay.password_file", "add relay.username", "there is no user name for it")
	}
}

// filesFeed is the name that files have among the feeds.
const filesFeed = "csv"

func (l *loader) feeds(feeds []Feed) {
	bad := func(r rune) bool {
		return r != '-' && r != '_' && (r < '0' || r > '9') && (r < 'a' || r > 'z')
	}
	names := map[string]bool{}
	for i := range feeds {
		f, key := &feeds[i], fmt.Sprintf("feeds[%d]", i)
		switch {
		case f.Name == "" || len(f.Name) > 40 || strings.ContainsFunc(f.Name, bad):
			l.wrong(key+".name", "such as members", "not a name of small letters, digits, - and _")
		case f.Name == filesFeed:
			l.wrong(key+".name", "choose another", "files have that name")
		case names[f.Name]:
			l.wrong(key+".name", "choose another", "there is another feed of that name")
		}
		names[f.Name] = true
		if strings.TrimSpace(f.Query) == "" {
			l.wrong(key+".query", "SELECT … AS person_id, … AS email FROM …", "empty")
		}
		l.dsn(key+".dsn_file", string(f.DSN))
		l.atLeast(key+".every", f.Every, time.Second)
		if f.LateAfter != 0 && f.LateAfter <= f.Every {
			l.wrong(key+".late_after", "several times every, or 0s", "not longer than every: it would always be late")
		}
		l.notNegative(key+".most_changed", f.MostChanged)
	}
}

// dsn checks what a file of a DSN holds, and does not repeat it.
func (l *loader) dsn(key, dsn string) {
	u, err := url.Parse(dsn)
	switch {
	case dsn == "":
		l.wrong(key, "name a file with the URL of the database, mode 0600", "missing")
	case err != nil || !slices.Contains([]string{"postgres", "postgresql", "mysql"}, u.Scheme):
		l.wrong(key, "postgres://user:password@host/name or mysql://user:password@host/name", "does not hold the URL of a PostgreSQL or MySQL database")
	}
}

// hostPort checks an address to listen at, where host may be empty and port 0,
// or to connect to.
func (l *loader) hostPort(key, value string, listen bool) {
	host, port, err := net.SplitHostPort(value)
	n, numErr := strconv.ParseUint(port, 10, 16)
	if err != nil || numErr != nil || !listen && (host == "" || n == 0) || strings.ContainsAny(host, " /@") {
		l.wrong(key, "such as 127.0.0.1:2525, or [::1]:2525", "not host:port")
	}
}

// hostname checks a name for EHLO. RFC 5321 §4.1.1.1; RFC 1123 §2.1.
func (l *loader) hostname(key, value string) {
	bad := func(r rune) bool {
		return r != '.' && r != '-' && (r < '0' || r > '9') && (r < 'a' || r > 'z') && (r < 'A' || r > 'Z')
	}
	if value == "" || len(value) > 255 || strings.ContainsFunc(value, bad) {
		l.wrong(key, "such as mail.shop.example", "not a host name")
	}
}

func (l *loader) webURL(key, value string, needed bool) {
	if value == "" && !needed {
		return
	}
	u, err := url.Parse(value)
	if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Host == "" || u.User != nil {
		l.wrong(key, "such as https://notice.shop.example", "not a web URL")
	}
}
