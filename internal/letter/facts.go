package letter

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/kakitome/kakitome/internal/jp"
)

// Text is the same words in both languages.
type Text struct{ Ja, En string }

func (t Text) in(l lang) string {
	if l == english {
		return t.En
	}
	return t.Ja
}

// lang is one of the two languages of every letter.
type lang uint8

const (
	japanese lang = iota
	english
)

// AtMostUnknown says that nobody knows yet how many there are at most.
const AtMostUnknown = -1

// Count is a number with its two bounds.
type Count struct {
	Confirmed int
	AtMost    int // or AtMostUnknown
}

// Desk is where people can ask.
type Desk struct {
	Mail  string
	Phone string
	Hours Text // 平日 9:00–18:00
}

// Facts are what a letter may say of an incident: the same for everybody, and
// written by an officer where they are free text. Empty is not said.
type Facts struct {
	Company  Text
	Incident string // its public number
	Zone     *time.Location
	Now      time.Time // of the letters' row
	AsOf     time.Time // what is said of the scope was true then
	Unread   bool      // parts of the wrong mails could not be read

	Happened time.Time // first wrong mail
	Noticed  time.Time
	Stopped  time.Time
	Next     time.Time // when more will be said

	Outline   Text // what happened
	Cause     Text
	Items     Text // data that went out beside the kinds: 購入商品、金額
	NotLeaked Text // what did not go out
	Secondary Text // damage from misuse, or the fear of it
	Measures  Text // what is done
	Other     Text
	News      Text // of a follow-up: what is known since, what was wrong before

	Persons    Count // whose data went out
	Recipients Count // to whom
	Deleted    Count // of them have deleted the mail; Confirmed only

	Desk   Desk
	Sender string // address our letters come from
	Verify string // of the page where a code can be tried; printed to be typed, never a link
}

// Details are the addressee's own.
type Details struct {
	Mails      []Mail    // that the addressee was sent by mistake
	Kinds      []jp.Kind // of the addressee's data
	MaybeKinds []jp.Kind
	Shared     bool // several people use the mailbox

	Code      Code
	Page      string    // with the token of this letter
	Paper     bool      // it is printed: there is no Page, and Code is NewPaperCode's
	Typed     string    // of the page where address and code can be typed
	Until     time.Time // when Page ends
	Asked     time.Time // when the first letter was sent
	Reference string    // of a question
}

// Details are what the letter of an assignment says of its addressee.
func (a *Assignment) Details() Details {
	return Details{Mails: a.Mails, Kinds: a.Kinds, MaybeKinds: a.MaybeKinds, Shared: len(a.Persons) > 1}
}

// check refuses facts that say less in one language, or are not possible.
func (f *Facts) check() error {
	var errs []error
	for _, t := range []struct {
		name string
		text Text
	}{
		{"company", f.Company}, {"outline", f.Outline}, {"cause", f.Cause}, {"items", f.Items}, {"not_leaked", f.NotLeaked},
		{"secondary", f.Secondary}, {"measures", f.Measures}, {"other", f.Other}, {"news", f.News}, {"hours", f.Desk.Hours},
	} {
		if (t.text.Ja == "") != (t.text.En == "") {
			errs = append(errs, fmt.Errorf("%s is given in one language only", t.name))
		}
		for _, s := range []string{t.text.Ja, t.text.En} {
			if strings.ContainsFunc(s, func(r rune) bool { return r != '\n' && unprintable(r) }) {
				errs = append(errs, fmt.Errorf("%s has control characters", t.name))
			}
			if strings.ContainsAny(s, "{}") {
				errs = append(errs, fmt.Errorf("%s has braces, like a template that was not filled in", t.name))
			}
		}
	}
	for _, s := range []struct{ name, value string }{
		{"incident", f.Incident}, {"desk mail", f.Desk.Mail}, {"desk phone", f.Desk.Phone}, {"sender", f.Sender}, {"verify", f.Verify},
	} {
		if strings.ContainsFunc(s.value, unprintable) || strings.ContainsAny(s.value, "{}") {
			errs = append(errs, fmt.Errorf("%s has characters that no letter can print", s.name))
		}
	}
	for _, c := range []struct {
		name  string
		count Count
	}{{"persons", f.Persons}, {"recipients", f.Recipients}, {"deleted", f.Deleted}} {
		if c.count.Confirmed < 0 || c.count.AtMost < c.count.Confirmed && c.count.AtMost != AtMostUnknown && c.name != "deleted" {
			errs = append(errs, fmt.Errorf("%s: at most is less than confirmed", c.name))
		}
	}
	if f.Zone == nil {
		errs = append(errs, errors.New("no time zone"))
	}
	return errors.Join(errs...)
}

// minToken is the shortest token of a page: 128 bits in base64url.
const minToken = 22

// check refuses details that cannot be printed safely.
func (d *Details) check() error {
	var errs []error
	for _, m := range d.Mails {
		if m.ID != "" && !SafeID(m.ID) {
			errs = append(errs, errors.New("the id of a mail may hold more than a random number"))
		}
		if strings.ContainsFunc(m.Purpose, unprintable) || strings.ContainsAny(m.Purpose, "{}") {
			errs = append(errs, errors.New("the purpose of a mail has characters that no letter can print"))
		}
	}
	for _, p := range []string{d.Page, d.Typed} {
		if p != "" && !safeURL(p) {
			errs = append(errs, errors.New("the page of a letter is no plain http or https URL"))
		}
	}
	if d.Page != "" {
		if token := d.Page[strings.LastIndexAny(d.Page, "/=#")+1:]; len(token) < minToken || strings.ContainsFunc(token, notToken) {
			errs = append(errs, fmt.Errorf("the page of a letter does not end in a token of at least %d characters", minToken))
		}
	}
	if strings.ContainsFunc(d.Reference, func(r rune) bool { return r != '-' && notToken(r) }) {
		errs = append(errs, errors.New("the reference of a question is no plain code"))
	}
	return errors.Join(errs...)
}

func notToken(r rune) bool {
	return (r < '0' || r > '9') && (r < 'a' || r > 'z') && (r < 'A' || r > 'Z') && r != '-' && r != '_'
}

// safeURL tells whether an URL is one that holds no address and needs no
// escape anywhere.
func safeURL(s string) bool {
	rest, ok := strings.CutPrefix(s, "https://")
	if !ok {
		rest, ok = strings.CutPrefix(s, "http://") // the drill's own site
	}
	return ok && rest != "" && !strings.ContainsFunc(rest, func(r rune) bool {
		return notToken(r) && !strings.ContainsRune("./:[]#?=~", r)
	})
}

// unprintable tells whether a rune would break a line, a header or the order
// in which text is read.
func unprintable(r rune) bool {
	return r < 0x20 || r >= 0x7f && r < 0xa0 || r == utf8.RuneError ||
		r >= 0x200b && r <= 0x200f || r >= 0x2028 && r <= 0x202e || r >= 0x2060 && r <= 0x206f || r == 0xfeff
}

const (
	minID     = 16 // characters of an id worth printing
	maxID     = 64
	maxDigits = 6 // in a row: an order number or a telephone has more
)

// SafeID tells whether the left part of a Message-ID is a random number in
// hexadecimal or a UUID. Applications write addresses and order numbers into
// theirs, and the reader of a letter shall not get those again.
func SafeID(id string) bool {
	if len(id) < minID || len(id) > maxID {
		return false
	}
	run := 0
	for _, c := range []byte(strings.ToLower(id)) {
		switch {
		case c >= '0' && c <= '9':
			if run++; run > maxDigits {
				return false
			}
		case c >= 'a' && c <= 'f':
			run = 0
		case c == '-' && len(id) == 36: // a UUID's; a number may go on behind it
		default:
			return false
		}
	}
	return true
}

// when is a time as people read it, to the minute, with its zone.
func when(t time.Time, zone *time.Location, l lang) string {
	if t.IsZero() {
		return ""
	}
	t = t.In(zone)
	name, _ := t.Zone()
	if l == english {
		return t.Format("2 January 2006, 15:04") + " (" + name + ")"
	}
	return fmt.Sprintf("%d年%d月%d日 %d時%02d分（%s）", t.Year(), t.Month(), t.Day(), t.Hour(), t.Minute(), name)
}

// counted is a number with what is certain of it; empty if nothing is.
func counted(c Count, l lang) string {
	n, most := thousands(c.Confirmed), thousands(c.AtMost)
	switch {
	case c == Count{}:
		return ""
	case c.AtMost == AtMostUnknown && l == english:
		return n + " confirmed; the greatest possible number is not yet known"
	case c.AtMost == AtMostUnknown:
		return "確認済み " + n + "（最大数は調査中です）"
	case c.AtMost == c.Confirmed && l == english:
		return n + " (confirmed)"
	case c.AtMost == c.Confirmed:
		return n + "（確認済み）"
	case l == english:
		return n + " confirmed, at most " + most
	}
	return "確認済み " + n + "、最大 " + most
}

// thousands is 1234567 as 1,234,567.
func thousands(n int) string {
	s := strconv.Itoa(n)
	for i := len(s) - 3; i > 0 && s[i-1] != '-'; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	return s
}

// kindWords are the kinds of data in words. Readings and romanisations of a
// name are a name.
var kindWords = map[jp.Kind]Text{
	jp.Email:      {"メールアドレス", "e-mail address"},
	jp.Phone:      {"電話番号", "telephone number"},
	jp.Name:       {"お名前", "name"},
	jp.NameKana:   {"お名前", "name"},
	jp.NameLatin:  {"お名前", "name"},
	jp.PostalCode: {"郵便番号", "postal code"},
	jp.Address:    {"ご住所", "postal address"},
	jp.Birthday:   {"生年月日", "date of birth"},
	jp.MemberNo:   {"会員番号", "membership number"},
	jp.OrderNo:    {"注文番号", "order number"},
	jp.Other:      {"その他の番号", "other numbers or codes"},
	jp.Attachment: {"添付ファイル", "attached file"},
	jp.Link:       {"お客様専用ページのURL", "link to a personal page"},
}

// kindLines is a list of kinds, one a line.
func kindLines(kinds []jp.Kind, l lang) string {
	var lines []string
	for _, k := range kinds {
		line := "・" + kindWords[k].in(l)
		if kindWords[k] == (Text{}) {
			line = "・" + kindWords[jp.Other].in(l)
		}
		if !slices.Contains(lines, line) {
			lines = append(lines, line)
		}
	}
	return strings.Join(lines, "\n")
}

// mostMails is how many mails a letter lists one by one.
const mostMails = 10

// mailLines is a list of mails by which their recipient can recognise them.
func mailLines(mails []Mail, zone *time.Location, l lang) string {
	var lines []string
	if len(mails) > mostMails {
		for i, m := range mails {
			if slices.ContainsFunc(mails[:i], func(n Mail) bool { return n.Purpose == m.Purpose }) {
				continue
			}
			lines = append(lines, manyLine(mails, m.Purpose, zone, l))
		}
		return strings.Join(lines, "\n")
	}
	for _, m := range mails {
		line := "・" + when(m.At, zone, l)
		if m.Purpose != "" {
			line += Text{"　用件：", "; about: "}.in(l) + m.Purpose
		}
		if m.ID != "" {
			line += Text{"　識別番号：", "; id: "}.in(l) + m.ID
		}
		if m.Possibly {
			line += Text{"　※届いていない可能性もあります", " (may not have arrived)"}.in(l)
		}
		lines = append(lines, line)
	}
	return strings.Join(lines, "\n")
}

// manyLine counts the mails of one purpose.
func manyLine(mails []Mail, purpose string, zone *time.Location, l lang) string {
	n, first, last := 0, time.Time{}, time.Time{}
	for _, m := range mails { // by time
		if m.Purpose == purpose {
			if n++; n == 1 {
				first = m.At
			}
			last = m.At
		}
	}
	line := fmt.Sprintf("・%s から %s まで　%s通", when(first, zone, l), when(last, zone, l), thousands(n))
	if l == english {
		line = fmt.Sprintf("・%s mails, from %s to %s", thousands(n), when(first, zone, l), when(last, zone, l))
	}
	if purpose != "" {
		line += Text{"　用件：", "; about: "}.in(l) + purpose
	}
	return line
}

// printedID is the part of a Message-ID a letter may print: the left part, if
// it is safe. The whole would look like a mail address.
func printedID(messageID string) string {
	left, _, _ := strings.Cut(strings.Trim(messageID, "<> "), "@")
	if !SafeID(left) {
		return ""
	}
	return left
}

// MailOf is a wrong mail as its recipient may be told of it.
func MailOf(at time.Time, purpose, messageID string, possibly bool) Mail {
	return Mail{At: at, Purpose: purpose, ID: printedID(messageID), Possibly: possibly}
}
