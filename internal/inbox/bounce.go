package inbox

import (
	"regexp"
	"slices"
	"strings"

	"github.com/kakitome/kakitome/internal/mail"
)

// Bounce says that a letter did not arrive, and why. It holds nothing of the
// letter or of the person.
type Bounce struct {
	Status  string // RFC 3463, such as "5.1.1"; "5.0.0" when it was not told
	Reason  Reason
	Guessed bool // read from words meant for people: there was no RFC 3464 part
}

// Reason is why, as far as what to do next depends on it.
type Reason string

// Reasons for which letters bounce.
const (
	Unknown     Reason = "unknown"
	NoAddress   Reason = "no_address"  // nobody of that name, or no such domain: write by post
	Full        Reason = "full"        // the mailbox: try again in some days
	Unreachable Reason = "unreachable" // the other side did not answer for days
	Refused     Reason = "refused"     // for our name, the form, the content: look at the relay
)

// ReadBounce tells whether a mail says that another did not arrive, finally.
// Notices of delay, of receipt, of delivery and of being away are none. It
// reads delivery status notifications (RFC 3464), and what mail systems write
// who do not know them.
func ReadBounce(m *mail.Message) (Bounce, bool) {
	for _, text := range statusParts(m) {
		switch b, fate := readStatus(text); fate {
		case failed:
			return b, true
		case delayed, arrived:
			return Bounce{}, false
		}
	}
	if kind := m.Root.Params["report-type"]; m.Root.MediaType == "multipart/report" && !strings.HasSuffix(kind, "delivery-status") {
		return Bounce{}, false // RFC 8098 receipts, RFC 5965 complaints
	}
	return guess(m)
}

// statusParts are the parts for programs (RFC 3464 §2.1, RFC 6533 §3).
func statusParts(m *mail.Message) (texts []string) {
	_ = m.Walk(func(p *mail.Part, _ []int) error {
		if p.MediaType == "message/delivery-status" || p.MediaType == "message/global-delivery-status" {
			texts = append(texts, p.Text)
		}
		return nil
	})
	return texts
}

// fate is what became of a recipient; 0 is not told.
type fate uint8

const (
	delayed fate = iota + 1
	failed
	arrived // at the recipient, or somewhere that promises nothing (relayed, expanded)
)

// fateOf reads Action (RFC 3464 §2.3.3), or Status where it is missing.
func fateOf(action, status string) fate {
	action = strings.ToLower(strings.TrimSpace(action))
	if end := strings.IndexFunc(action, func(r rune) bool { return r < 'a' || r > 'z' }); end >= 0 {
		action = action[:end]
	}
	switch action {
	case "failed":
		return failed
	case "delayed":
		return delayed
	case "delivered", "relayed", "expanded":
		return arrived
	}
	switch {
	case strings.HasPrefix(status, "5."):
		return failed
	case strings.HasPrefix(status, "4."):
		return delayed
	case strings.HasPrefix(status, "2."):
		return arrived
	}
	return 0
}

// readStatus reads the part for programs. A letter has one recipient; where
// there are several, it was passed on to them, and has come if one has it.
func readStatus(text string) (b Bounce, all fate) {
	for _, fields := range groups(text) {
		status := statusIn(fields["status"])
		one := fateOf(fields["action"], status)
		if one == failed && all != failed {
			b = bounceOf(status, fields["diagnostic-code"])
		}
		all = max(all, one)
	}
	return b, all
}

// groups are the fields of each group, by lower-case name; groups end with an
// empty line.
func groups(text string) (all []map[string]string) {
	fields, last := map[string]string{}, ""
	for line := range strings.Lines(text + "\n\n") {
		line = strings.TrimRight(line, "\r\n")
		name, value, ok := strings.Cut(line, ":")
		switch {
		case strings.TrimSpace(line) == "":
			if len(fields) > 0 {
				all = append(all, fields)
			}
			fields, last = map[string]string{}, ""
		case line[0] == ' ' || line[0] == '\t':
			if last != "" && len(fields[last]) < maxLine {
				fields[last] += " " + strings.TrimSpace(line)
			}
		case ok:
			if last = strings.ToLower(strings.TrimSpace(name)); fields[last] == "" {
				fields[last] = strings.TrimSpace(value)
			}
		}
	}
	return all
}

// maxLine is how much of a diagnosis is looked at, bytes; more is never needed.
const maxLine = 4 << 10

var (
	enhanced = regexp.MustCompile(`(?:^|[^0-9.])([245]\.[0-9]{1,3}\.[0-9]{1,3})(?:[^0-9.]|\.?$|\.[^0-9])`)
	plain    = regexp.MustCompile(`(?:^|[^0-9.:/-])(5[0-5][0-9])(?:[ -][^0-9]|$)`)
)

// statusIn finds an enhanced code that says how a delivery ended.
func statusIn(text string) string {
	if found := enhanced.FindStringSubmatch(text); found != nil {
		return found[1]
	}
	return ""
}

// bounceOf weighs a status against the answer of the other side, which often
// says more. Its class is 5 in the end: it was final.
func bounceOf(status, diagnosis string) Bounce {
	if told := statusIn(diagnosis); told != "" && told[0] != '2' && vague(status) {
		status = told
	}
	if status == "" || status[0] == '2' {
		status = "5.0.0"
	}
	reason := reasonOf(status)
	if byWords := reasonIn(diagnosis); byWords != Unknown && (reason == Unknown || vague(status)) {
		reason = byWords
	}
	return Bounce{Status: status, Reason: reason}
}

// vague codes say that it failed, and no more. 5.5.0 is what large mail systems
// say for a mailbox that is not there.
func vague(status string) bool {
	return status == "" || strings.HasSuffix(status, ".0.0") || status == "5.5.0" || status[0] == '2'
}

// reasonOf reads a code of RFC 3463 §3.
func reasonOf(status string) Reason {
	switch rest := status[2:]; {
	case rest == "1.7", rest == "1.8", rest == "3.4": // our own address; the size of the letter
		return Refused
	case strings.HasPrefix(rest, "1."), rest == "2.1", rest == "2.6":
		return NoAddress
	case rest == "2.2":
		return Full
	case strings.HasPrefix(rest, "3."), strings.HasPrefix(rest, "4."):
		return Unreachable
	case strings.HasPrefix(rest, "5."), strings.HasPrefix(rest, "6."), strings.HasPrefix(rest, "7."), rest == "2.3":
		return Refused
	}
	return Unknown
}

// phrases by which mail systems say why, in lower case, the telling ones first.
var phrases = []struct {
	reason Reason
	words  []string
}{
	{Full, []string{"mailbox full", "mailbox is full", "over quota", "quota exceeded", "over its quota", "out of storage", "storage space", "容量", "いっぱい", "一杯"}},
	{NoAddress, []string{"unknown user", "user unknown", "no such user", "invalid recipient", "recipient not found", "does not exist", "doesn't exist", "not exist", "mailbox unavailable",
		"mailbox not found", "no mailbox", "doesn't have a", "unrouteable address", "account is disabled", "account has been disabled", "見つかりません", "見つからない", "存在しません", "存在しない", "宛先不明"}},
	{Unreachable, []string{"timed out", "timeout", "could not connect", "host not found", "no route to host", "connection refused", "接続できません"}},
	{Refused, []string{"spam", "blocked", "blacklist", "blocklist", "policy", "refused", "rejected", "denied", "拒否"}},
}

func reasonIn(text string) Reason {
	for _, p := range phrases {
		if says(text, p.words) {
			return p.reason
		}
	}
	return Unknown
}

func says(text string, words []string) bool {
	text = strings.ToLower(text)
	return slices.ContainsFunc(words, func(w string) bool { return strings.Contains(text, w) })
}

// maxWords is how much of a text for people is looked at, bytes: it says at the
// beginning what happened.
const maxWords = 16 << 10

// waiting is how mail systems say that they go on trying, in lower case.
var waiting = []string{"warning message only", "do not need to resend", "will be retried", "will retry", "will continue to", "still trying", "keep trying", "been delayed", "is delayed",
	"not yet been delivered", "再送します", "再送を続け", "再度配信を試み", "遅延"}

// givenUp is how they say that they do not, in lower case. What says so may quote
// the code of a delay.
var givenUp = []string{"not going to try again", "giving up", "gave up", "given up", "will not be retried", "no further attempts", "再送しません", "再送は行いません", "配信を断念", "配信を中止"}

// guess reads what mail systems write for people. What no mail system signed is
// none: people at their holidays quote codes, too.
func guess(m *mail.Message) (Bounce, bool) {
	if !fromDaemon(m.Root) {
		return Bounce{}, false
	}
	text := words(m)
	status, reason := statusIn(text), reasonIn(text)
	final := strings.HasPrefix(status, "5.") || plain.MatchString(text) || says(text, givenUp)
	said := status == "" && (reason == NoAddress || reason == Full) && !says(text, waiting)
	if !final && !said {
		return Bounce{}, false
	}
	b := bounceOf(status, text)
	b.Guessed = true
	return b, true
}

// daemons are how mail systems sign, in lower case; their From is often no
// address ("MAILER-DAEMON <>").
var daemons = []string{"mailer-daemon", "mail-daemon", "mailerdaemon", "maildaemon", "mdaemon@", "postmaster", "mail-master", "mail delivery s", "mail administrator"}

// fromDaemon tells whether a mail system signed.
func fromDaemon(p *mail.Part) bool { return says(p.Get("From"), daemons) }

// copied begins the copy of the letter, whose own words say nothing.
var copied = regexp.MustCompile(`(?im)^[->= *]*(?:original message|below this line|this is a copy|unsent message|元のメッセージ|送信されたメッセージ|原文|return-path:|received:|from:)`)

// words is the beginning of the first part that is text, without the copy of the
// letter.
func words(m *mail.Message) (text string) {
	_ = m.Walk(func(p *mail.Part, _ []int) error {
		if text == "" && strings.HasPrefix(p.MediaType, "text/") {
			text = p.Text
		}
		return nil
	})
	text = text[:min(len(text), maxWords)]
	if at := copied.FindStringIndex(text); at != nil {
		text = text[:at[0]]
	}
	return strings.ToValidUTF8(text, "")
}
