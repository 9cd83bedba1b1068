package response

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/kakitome/kakitome/internal/fault"
	"github.com/kakitome/kakitome/internal/gate"
	"github.com/kakitome/kakitome/internal/jp"
	"github.com/kakitome/kakitome/internal/letter"
	"github.com/kakitome/kakitome/internal/mail"
	"github.com/kakitome/kakitome/internal/policy"
	"github.com/kakitome/kakitome/internal/public"
	"github.com/kakitome/kakitome/internal/roster"
)

// Public answers the public. What it does for a member and for anybody else
// takes different times; the site's answers all leave at fixed ones.
type Public struct{ d *Desk }

// Public is the desk as the public sees it.
func (d *Desk) Public() Public { return Public{d} }

const (
	mostSent     = 500 // deliveries to an address that a code is tried on, newest first
	linkLives    = 30 * time.Minute
	maxSelfCheck = 50 // answered at a time
)

// Board is all that is published, and which streams wait.
func (p Public) Board(ctx context.Context) (*public.Board, error) { return p.d.Board(ctx) }

// Verify says what the records know of a receipt code and the address the mail
// came to.
func (p Public) Verify(ctx context.Context, typed, address string) (public.Verified, error) {
	d := p.d
	code, err := letter.ParseCode(typed)
	normal, addressErr := jp.Normal(jp.Email, address)
	if err != nil || addressErr != nil {
		return public.Verified{Verdict: public.NotOurs}, nil
	}
	rcpt := d.Hasher.Recipient(normal)
	v := public.Verified{Verdict: public.NotOurs}
	err = d.Store.Respond(ctx, func(tx Tx) error {
		l, err := tx.LetterByCode(d.Hasher.Bytes("receipt code", []byte(code)))
		if err == nil && l.Address == rcpt && l.Mail != "" {
			v = public.Verified{Verdict: public.Ours, Sent: l.MovedAt, Purpose: letterPurpose}
		}
		if fault.KindOf(err) == fault.NotFound {
			err = nil
		}
		return err
	})
	if err != nil {
		return v, err
	}
	m, known, err := d.byCode(ctx, code, normal)
	if err != nil {
		return v, err
	}
	if known {
		v = d.verified(&m)
	}
	if v.Verdict == public.Misdirected {
		v.Announcement, err = d.announcementOf(ctx, rcpt)
	}
	return v, err
}

// byCode finds the mail to an address, in its normal form, that has a receipt
// code.
func (d *Desk) byCode(ctx context.Context, code letter.Code, normal string) (found SentMail, known bool, err error) {
	err = d.Store.SentTo(ctx, d.Hasher.Recipient(normal), mostSent, func(m SentMail) error {
		for _, id := range []string{m.Delivery, m.MessageID.Hex()} { // the second: a link that was mailed
			of, err := letter.NewCode(d.Post.CodeKey, id, normal)
			if err != nil {
				return err
			}
			if of.Is(code) { // and go on, as for every other code
				found, known = m, true
			}
		}
		return nil
	})
	return found, known, err
}

var letterPurpose = public.Text{JA: "個人情報に関する重要なお知らせ", EN: "an important notice about personal data"}

func (d *Desk) verified(m *SentMail) public.Verified {
	purpose := d.purpose(m.Stream)
	v := public.Verified{Verdict: public.Ours, Sent: m.EndedAt, Purpose: public.Text{JA: purpose, EN: purpose}}
	if m.Stream == policy.IncidentStream {
		v.Purpose = letterPurpose
	}
	if v.Sent.IsZero() {
		v.Sent = m.At
	}
	if m.Wrong {
		v.Verdict = public.Misdirected
	}
	return v
}

// announcementOf is the published page of an incident in which an address was
// sent a wrong mail; empty: there is none.
func (d *Desk) announcementOf(ctx context.Context, rcpt roster.Key) (string, error) {
	pages, err := d.Store.Pages(ctx, "")
	if err != nil {
		return "", err
	}
	for _, page := range slices.Backward(pages) {
		if page.PublishedAt.IsZero() || page.Incident == privacyPage {
			continue
		}
		_, s, err := d.known(ctx, page.Incident)
		if fault.KindOf(err) == fault.Conflict { // erased
			continue
		}
		if err != nil {
			return "", err
		}
		if s == nil {
			continue
		}
		if r, in := s.Recipient(rcpt); in && r.AtMost() {
			return page.Incident, nil
		}
	}
	return "", nil
}

// VerifyMail says what the records know of a mail that came to an address. The
// mail is kept nowhere.
func (p Public) VerifyMail(ctx context.Context, raw []byte, address string) (public.Verified, error) {
	d := p.d
	normal, err := jp.Normal(jp.Email, address)
	if err != nil {
		return public.Verified{Verdict: public.CannotTell}, nil //nolint:nilerr // the answer to what is no address
	}
	messageID := mail.MessageID(mail.Parse(raw, mail.Limits{}))
	if messageID == "" {
		return public.Verified{Verdict: public.CannotTell}, nil
	}
	id := d.messageKey(messageID)
	v := public.Verified{Verdict: public.NotOurs}
	rcpt := d.Hasher.Recipient(normal)
	var candidates []SentMail
	err = d.Store.SentTo(ctx, rcpt, mostSent, func(s SentMail) error {
		if s.MessageID == id {
			candidates = append(candidates, s)
		}
		return nil
	})
	if err != nil {
		return v, err
	}
	for i := range candidates {
		same, err := d.sameMail(ctx, &candidates[i], raw)
		if err != nil {
			return v, err
		}
		if !same {
			v = public.Verified{Verdict: public.CannotTell} // altered, or gone
			continue
		}
		v = d.verified(&candidates[i])
		if v.Verdict == public.Misdirected {
			v.Announcement, err = d.announcementOf(ctx, rcpt)
		}
		return v, err
	}
	return v, nil
}

// messageKey is how the ledger knows a Message-ID.
func (d *Desk) messageKey(id string) roster.Key { return d.Hasher.Bytes("message-id", []byte(id)) }

// sameMail tells whether what a person reads of a mail is what was relayed: what
// follows the header, and shown fields. Whoever carries a mail adds other ones.
func (d *Desk) sameMail(ctx context.Context, s *SentMail, raw []byte) (same bool, err error) {
	err = d.Store.Read(ctx, func(tx gate.ReadTx) error {
		m, err := tx.Mail(s.Mail, s.Delivery)
		if err != nil || m.Body == nil {
			return err
		}
		o, err := d.Gate.Open(m)
		if err != nil {
			return err
		}
		same = o.Body != nil && bytes.Equal(bodyOf(o.Body), bodyOf(raw)) && slices.Equal(shownOf(o.Body), shownOf(raw))
		return nil
	})
	return same, err
}

// bodyOf is what follows the header, with the line ends of the wire and none at
// its end.
func bodyOf(raw []byte) []byte {
	raw = bytes.ReplaceAll(raw, []byte("\r\n"), []byte("\n"))
	_, body, _ := bytes.Cut(raw, []byte("\n\n"))
	return bytes.TrimRight(body, "\n")
}

// shown are the fields that say whose a mail is, where an answer goes, what it is
// about, and how its body is read.
var shown = []string{"from", "sender", "reply-to", "subject", "content-type", "content-transfer-encoding"}

// shownOf are the shown fields of a mail in their order, however they are folded.
func shownOf(raw []byte) (list []string) {
	for _, f := range mail.Parse(raw, mail.Limits{}).Root.Fields {
		if name := strings.ToLower(f.Name); slices.Contains(shown, name) {
			list = append(list, name+":"+strings.Join(strings.Fields(f.Value), " "))
		}
	}
	return list
}

// SelfCheck notes that somebody asked; the answer goes by mail, if it goes.
func (p Public) SelfCheck(ctx context.Context, c public.SelfCheck) error {
	d := p.d
	normal, err := jp.Normal(jp.Email, c.Address)
	if err != nil {
		return nil //nolint:nilerr // nobody is told that this is no address
	}
	row := SelfCheck{ID: random(10), At: c.At, Address: d.Hasher.Recipient(normal)}
	if row.Sealed, err = d.Seal(d.Hasher.Bytes("self-check", []byte(row.ID)), normal); err != nil {
		return err
	}
	err = d.Store.Respond(ctx, func(tx Tx) error { return tx.AddSelfCheck(row) })
	if err == nil {
		d.Heard("self_check")
	}
	return err
}

// AnswerSelfChecks mails a link to those of the shop's people who asked, whether
// they are affected or not, and nothing to anybody else. It says how many it has
// answered either way.
func (d *Desk) AnswerSelfChecks(ctx context.Context) (int, error) {
	list, err := d.Store.SelfChecks(ctx, maxSelfCheck)
	if err != nil || len(list) == 0 {
		return 0, err
	}
	for i := range list {
		if err := d.answerSelfCheck(ctx, &list[i]); err != nil {
			return i, fmt.Errorf("answer self-check: %w", err)
		}
	}
	return len(list), nil
}

func (d *Desk) answerSelfCheck(ctx context.Context, c *SelfCheck) error {
	known := len(d.personsOf(c.Address)) > 0
	if !known {
		known = d.received(ctx, c.Address)
	}
	token, key := "", roster.Key{}
	if known && d.Post.From != "" {
		token = random(20)
		key = d.tokenKey(token)
	}
	err := d.Store.Respond(ctx, func(tx Tx) error { return tx.AnswerSelfCheck(c.ID, key, d.Now().Add(linkLives)) })
	if err != nil || token == "" {
		return err
	}
	address, err := d.Open(d.Hasher.Bytes("self-check", []byte(c.ID)), c.Sealed)
	if err != nil {
		return err
	}
	return d.mailLink(ctx, c.ID, address, token)
}

// received tells whether an address was sent one of the wrong mails.
func (d *Desk) received(ctx context.Context, rcpt roster.Key) bool {
	wrong := false
	err := d.Store.SentTo(ctx, rcpt, mostSent, func(m SentMail) error {
		wrong = wrong || m.Wrong
		return nil
	})
	return err == nil && wrong
}

func (d *Desk) mailLink(ctx context.Context, id, address, token string) error {
	post := &d.Post
	messageID := id + "@" + post.Host
	code, err := letter.NewCode(post.CodeKey, d.messageKey(messageID).Hex(), address)
	if err != nil {
		return fmt.Errorf("write link: %w", err)
	}
	now := d.Now()
	sheet, err := post.Words.Write(letter.SelfCheckLink, letter.Facts{
		Company: post.Company, Zone: d.Zone, Now: now, AsOf: now, Desk: post.Desk, Sender: post.From, Verify: post.URL + "/ja/verify",
	}, letter.Details{Code: code, Page: post.URL + "/ja/affected/" + token, Until: now.Add(linkLives)})
	if err != nil {
		return fmt.Errorf("write link: %w", err)
	}
	raw, err := letter.Build(letter.Letter{
		From: post.From, FromName: post.Company.Ja, ReplyTo: post.ReplyTo, To: address, Date: now.In(d.Zone), MessageID: messageID, Sheet: sheet,
	})
	if err != nil {
		return fmt.Errorf("write link: %w", err)
	}
	_, err = d.Gate.Receive(ctx, gate.Submission{
		Envelope: mail.Envelope{From: post.From, Body: "8BITMIME", Recipients: []mail.Recipient{{Address: address, Notify: []string{"NEVER"}}}},
		Data:     raw, Stream: policy.IncidentStream, Client: policy.IncidentStream, Protocol: "local",
	})
	return err
}

// Result uses a mailed link up.
func (p Public) Result(ctx context.Context, token string) (*public.Result, error) {
	d := p.d
	var c SelfCheck
	ok := false
	err := d.Store.Respond(ctx, func(tx Tx) (err error) {
		c, ok, err = tx.UseSelfCheck(d.tokenKey(token), d.Now())
		return err
	})
	if err != nil || !ok {
		return nil, err
	}
	out := &public.Result{AsOf: d.Now(), Complete: true}
	rows, err := d.Store.Incidents(ctx)
	if err != nil {
		return nil, err
	}
	for _, row := range rows {
		if row.Key == nil || row.Drill {
			continue
		}
		course, s, err := d.known(ctx, row.ID)
		if err != nil {
			return nil, err
		}
		if s == nil {
			out.Complete = out.Complete && !course.Open()
			continue
		}
		if reassure, _ := s.CanReassure(); !reassure {
			out.Complete = false
		}
		if f, concerned := d.finding(course, s, c.Address); concerned {
			out.Findings = append(out.Findings, f)
		}
	}
	return out, nil
}

// finding is the part somebody has in an incident.
func (d *Desk) finding(c *Course, s *scoped, address roster.Key) (f public.Finding, concerned bool) {
	f.Title = public.Text{JA: c.Facts["title"], EN: c.Facts["title_en"]}
	if c.Published > 0 {
		f.Announcement = c.ID
	}
	if r, in := s.Recipient(address); in && r.AtMost() {
		f.Received = true
		f.Days = append(f.Days, r.First)
	}
	for _, person := range d.personsOf(address) {
		is, in := s.Person(person)
		if !in || !is.AtMost() {
			continue
		}
		f.Affected = true
		f.Days = append(f.Days, is.First)
		for _, k := range is.Kinds {
			if t := public.KindText(k); !slices.Contains(f.Items, t) {
				f.Items = append(f.Items, t)
			}
		}
	}
	slices.SortFunc(f.Days, time.Time.Compare)
	f.Days = slices.CompactFunc(f.Days, func(a, b time.Time) bool {
		return a.In(d.Zone).Format(time.DateOnly) == b.In(d.Zone).Format(time.DateOnly)
	})
	return f, f.Affected || f.Received
}

// Confirm records answers to a deletion request; false: no such letter, and no
// wrong mail of that code.
func (p Public) Confirm(ctx context.Context, r public.Receipt, a letter.Answers) (bool, error) {
	found, err := p.d.confirm(ctx, r, a)
	if err != nil || found || r.Token != "" {
		return found, err
	}
	return p.d.confirmUnasked(ctx, r, a)
}

// confirmUnasked keeps what the recipient of a wrong mail says of it by the code
// of the mail itself: perhaps before any letter was written.
func (d *Desk) confirmUnasked(ctx context.Context, r public.Receipt, a letter.Answers) (bool, error) {
	code, err := letter.ParseCode(r.Code)
	normal, addressErr := jp.Normal(jp.Email, r.Address)
	if err != nil || addressErr != nil {
		return false, nil
	}
	m, known, err := d.byCode(ctx, code, normal)
	if err != nil || !known || !m.Wrong {
		return false, err
	}
	_, err = d.inquire(ctx, "deletion", "R", struct {
		Mail    string         `json:"mail"`
		Address string         `json:"address"`
		Answers letter.Answers `json:"answers"`
	}{m.Delivery, normal, a}, false)
	return err == nil, err
}

// AlertReported is the kind of alert about mail that people report.
const AlertReported = "reported"

// Report keeps what somebody reports, tells the company, and gives its number.
func (p Public) Report(ctx context.Context, r public.Report) (string, error) {
	return p.d.inquire(ctx, string(r.Kind), "R", r, r.Kind == public.Misaddressed)
}

// Ask keeps what somebody asks, and gives its number.
func (p Public) Ask(ctx context.Context, q public.Question) (string, error) {
	return p.d.inquire(ctx, "question", "Q", q, false)
}

func (d *Desk) inquire(ctx context.Context, kind, letter string, v any, urgent bool) (string, error) {
	plain, err := json.Marshal(v)
	if err != nil {
		return "", fault.Wrap(fault.Internal, "keep inquiry", "it cannot be written down", err)
	}
	q := Inquiry{Ref: letter + "-" + random(5), Kind: kind, At: d.Now()}
	if q.Sealed, err = d.Seal(d.Hasher.Bytes("inquiry", []byte(q.Ref)), string(plain)); err != nil {
		return "", err
	}
	err = d.Store.Respond(ctx, func(tx Tx) error {
		if urgent {
			err := tx.Alert(q.At, gate.Alert{
				Kind: AlertReported, Subject: kind,
				Text: "Somebody reports having been sent another person's mail (" + q.Ref + "). 別の方のメールが届いたとの連絡がありました（" + q.Ref + "）。 kakitome incident inquiries",
			})
			if err != nil {
				return err
			}
		}
		return tx.AddInquiry(q)
	})
	if err == nil {
		d.Heard(kind)
	}
	return q.Ref, err
}
