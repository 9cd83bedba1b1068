package gate

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"time"

	"github.com/kakitome/kakitome/internal/check"
	"github.com/kakitome/kakitome/internal/custody"
	"github.com/kakitome/kakitome/internal/fault"
	"github.com/kakitome/kakitome/internal/mail"
)

// pending is a mail on its way through the recorder.
type pending struct {
	examined *check.Examined
	mail     *Mail
	key      MailKey
	data     []byte   // content without X-Kakitome fields
	sealed   [][]byte // recipients, parallel to examined.Recipients
	// recipients are parallel to mail.Deliveries.
	recipients []mail.Recipient
	envelope   []mail.Recipient // parallel to examined.Recipients
	verdict    *check.Verdict
	blocked    []check.Key // identifiers the mail is the first to block
	done       chan error
}

// stagedBytes is the size from which on a body is made durable before its mail
// joins a batch, so that it stalls nobody.
const stagedBytes = 256 << 10

// prepare does everything that needs no count: clean, examine, seal.
func (g *Gate) prepare(ctx context.Context, s Submission) (*pending, error) {
	if len(s.Envelope.Recipients) == 0 {
		return nil, fault.New(fault.Invalid, "receive mail", "no recipients")
	}
	s.Envelope.Recipients = distinct(s.Envelope.Recipients)
	c, err := clean(s.Data)
	if err != nil {
		return nil, err
	}
	at := g.Now()
	e, err := g.examine(ctx, s, c, at)
	if err != nil {
		return nil, err
	}
	p := &pending{examined: e, data: c.data, envelope: s.Envelope.Recipients, done: make(chan error, 1)}
	p.mail = &Mail{
		ID: g.NewID(), Stream: e.Stream.Name, Node: g.Node, ReceivedAt: at, Size: len(c.data),
		Digest: e.Digest, MessageID: e.MessageID, Unread: len(e.Passed),
		RosterVersion: e.RosterVersion, PolicyVersion: e.PolicyVersion,
	}
	if p.key, err = g.seal(p.mail, s, c.data); err != nil {
		return nil, err
	}
	for i, r := range s.Envelope.Recipients {
		sealed, err := sealJSON(p.key, fieldRecipient, deliveryID(p.mail.ID, i), r)
		if err != nil {
			return nil, err
		}
		p.sealed = append(p.sealed, sealed)
	}
	if len(p.mail.Body) > stagedBytes {
		if err := g.Ledger.Stage(ctx, p.mail.ID, p.mail.Body); err != nil {
			return nil, fault.Wrap(fault.Unavailable, "store large mail", "nothing was kept, try again", err)
		}
		p.mail.Staged = true
	}
	return p, nil
}

// distinct leaves a recipient out that is named again: one mail is one copy.
func distinct(rcpts []mail.Recipient) []mail.Recipient {
	seen := make(map[string]bool, len(rcpts))
	var list []mail.Recipient
	for _, r := range rcpts {
		if !seen[r.Address] {
			seen[r.Address] = true
			list = append(list, r)
		}
	}
	return list
}

func deliveryID(mailID string, i int) string { return mailID + "." + strconv.Itoa(i+1) }

// decide judges the mail on the counts and fills in its row. It may run again
// on other counts when the transaction has to be repeated.
func (g *Gate) decide(p *pending, counts *check.Counts, now time.Time) error {
	p.verdict = check.Decide(p.examined, counts)
	p.blocked = slices.DeleteFunc(slices.Clone(p.verdict.Effects.Blocks), func(k check.Key) bool { return counts.Blocked[k] })
	counts.Apply(p.examined, p.verdict, p.mail.ID)
	p.mail.Deliveries, p.recipients = nil, nil
	if p.verdict.Duplicate != "" {
		return nil
	}
	doc := check.Explain(p.examined, p.verdict, nil)
	sealed, err := sealJSON(p.key, fieldVerdict, p.mail.ID, doc)
	if err != nil {
		return err
	}
	p.mail.Verdict, p.mail.Effects = sealed, p.verdict.Effects
	for i := range p.verdict.Recipients {
		if d := &p.verdict.Recipients[i]; d.Duplicate == "" {
			p.mail.Deliveries = append(p.mail.Deliveries, g.delivery(p, i, d, now))
			p.recipients = append(p.recipients, p.envelope[i])
		}
	}
	return nil
}

func (g *Gate) delivery(p *pending, i int, d *check.Decision, now time.Time) Delivery {
	stream := p.examined.Stream
	row := Delivery{
		ID: deliveryID(p.mail.ID, i), Recipient: p.examined.Recipients[i].Key, Sealed: p.sealed[i],
		State: custody.Queued, Rules: rulesOf(d.Reasons), Due: p.mail.ReceivedAt.Add(stream.HoldFor),
		Exposures: d.Exposures, JudgedAt: p.mail.RosterVersion,
	}
	if stream.StaleAfter > 0 {
		row.StaleAt = p.mail.ReceivedAt.Add(stream.StaleAfter)
	}
	switch {
	case d.Hold:
		row.State, row.HeldAt = custody.Held, now
	case stream.HoldFor == 0 && g.Offer != nil:
		row.Lease = now.Add(g.Lease)
	}
	return row
}

func rulesOf(reasons []check.Reason) []check.Rule {
	var rules []check.Rule
	seen := map[check.Rule]bool{}
	for i := range reasons {
		if r := reasons[i].Rule; !seen[r] {
			seen[r] = true
			rules = append(rules, r)
		}
	}
	return rules
}

// receipt is the answer once the mail is on disk.
func (p *pending) receipt() Receipt {
	r := Receipt{MailID: p.mail.ID, Recipients: len(p.verdict.Recipients)}
	if p.verdict.Duplicate != "" {
		r.MailID, r.Duplicate = p.verdict.Duplicate, true
		return r
	}
	for i := range p.verdict.Recipients {
		if p.verdict.Recipients[i].Hold {
			r.Held++
		}
	}
	return r
}

// Trace is the field that is prepended when the mail leaves (RFC 5321 §4.4).
// It is the same at every try. The recipient is not in it (no FOR clause).
func (g *Gate) Trace(m *Mail, o *Opened) []byte {
	hello := atom(o.Origin.Hello)
	if hello == "" {
		hello = "unknown"
	}
	protocol := atom(o.Origin.Protocol)
	if protocol == "" {
		protocol = "ESMTP"
	}
	return fmt.Appendf(nil, "Received: from %s by %s (Kakitome) with %s id %s;\r\n\t%s\r\n",
		hello, atom(g.Hostname), protocol, m.ID, m.ReceivedAt.UTC().Format("Mon, 2 Jan 2006 15:04:05 -0700"))
}

// atom keeps what may stand as a word in a trace field.
func atom(s string) string {
	out := make([]byte, 0, len(s))
	for i := 0; i < len(s) && len(out) < 255; i++ {
		c := s[i]
		if c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || c == '-' || c == '.' || c == '[' || c == ']' || c == ':' {
			out = append(out, c)
		}
	}
	return string(out)
}
