package gate

import (
	"context"
	"time"

	"github.com/kakitome/kakitome/internal/check"
	"github.com/kakitome/kakitome/internal/custody"
	"github.com/kakitome/kakitome/internal/fault"
	"github.com/kakitome/kakitome/internal/mail"
	"github.com/kakitome/kakitome/internal/policy"
)

// ForeignMail is a mail that another system has relayed.
type ForeignMail struct {
	ID         string
	Stream     string // under which it is kept
	MessageID  string // without brackets
	Data       []byte // content with CRLF line ends; nil: nobody has it
	Recipients []ForeignRecipient
}

// ForeignRecipient is whom it went to, and when.
type ForeignRecipient struct {
	Address string
	At      time.Time
}

// Foreign makes the row of a foreign mail: as relayed at its time, and judged on
// the policy and roster of today as if Kakitome had only observed. It teaches
// nobody and counts nowhere. Without content it is kept as one that could not be
// read.
func (g *Gate) Foreign(ctx context.Context, f ForeignMail) (*Mail, error) {
	if len(f.Recipients) == 0 {
		return nil, fault.New(fault.Invalid, "take in foreign mail", "no recipients")
	}
	s := Submission{Stream: f.Stream, Data: f.Data, Client: f.Stream}
	at := f.Recipients[0].At
	for _, r := range f.Recipients {
		s.Envelope.Recipients = append(s.Envelope.Recipients, mail.Recipient{Address: r.Address, Notify: []string{"NEVER"}})
		if r.At.Before(at) {
			at = r.At
		}
	}
	m := &Mail{
		ID: f.ID, Stream: f.Stream, Node: g.Node, ReceivedAt: at, Size: len(f.Data),
		RosterVersion: g.Roster.Snapshot().Version(), PolicyVersion: g.Policy.Version,
		MessageID: g.Hasher.Bytes("message-id", []byte(f.MessageID)),
	}
	decisions := make([]check.Decision, len(f.Recipients)) // of what nobody has
	for i := range decisions {
		decisions[i].Reasons = []check.Reason{{Rule: check.Unreadable}}
	}
	var doc *check.Doc
	if f.Data != nil {
		e, err := g.observe(ctx, s, at)
		if err != nil {
			return nil, err
		}
		v := check.Decide(e, check.NewCounts(at))
		decisions, doc = v.Recipients, check.Explain(e, v, nil)
		m.RosterVersion, m.Digest, m.Unread = e.RosterVersion, e.Digest, len(e.Passed)
	}
	return m, g.sealForeign(m, &f, s, decisions, doc)
}

// observe examines a foreign mail, without its own name: it is no repeat.
func (g *Gate) observe(ctx context.Context, s Submission, at time.Time) (e *check.Examined, err error) {
	err = g.read(ctx, s, cleaned{data: s.Data}, at, func(in check.Input, k check.Knowledge) {
		stream := *in.Stream
		stream.Mode = policy.Observe
		in.Stream = &stream
		e = check.Examine(in, k)
		e.MessageID = check.Key{}
	})
	return e, err
}

func (g *Gate) sealForeign(m *Mail, f *ForeignMail, s Submission, decisions []check.Decision, doc *check.Doc) error {
	key, err := g.seal(m, s, f.Data)
	if err != nil {
		return err
	}
	if f.Data == nil {
		m.Body = nil
	}
	if doc != nil {
		if m.Verdict, err = sealJSON(key, fieldVerdict, m.ID, doc); err != nil {
			return err
		}
	}
	for i, r := range f.Recipients {
		d := Delivery{
			ID: deliveryID(m.ID, i), Recipient: g.Hasher.Recipient(r.Address), State: custody.Relayed, Rules: rulesOf(decisions[i].Reasons),
			Due: r.At, EndedAt: r.At, JudgedAt: m.RosterVersion, Exposures: decisions[i].Exposures,
		}
		if d.Sealed, err = sealJSON(key, fieldRecipient, d.ID, s.Envelope.Recipients[i]); err != nil {
			return err
		}
		m.Deliveries = append(m.Deliveries, d)
	}
	return nil
}
