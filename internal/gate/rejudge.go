package gate

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/kakitome/kakitome/internal/check"
	"github.com/kakitome/kakitome/internal/custody"
	"github.com/kakitome/kakitome/internal/mail"
)

// Rejudge judges a held delivery again on the present roster, policy and
// counts. It is released by itself when it now fits. What the roster cannot
// change (a replay, growing recipients, staleness) stays as it was.
func (g *Gate) Rejudge(ctx context.Context, mailID, delivery string) error {
	var stored *Mail
	err := g.Ledger.Read(ctx, func(tx ReadTx) (err error) {
		stored, err = tx.Mail(mailID, delivery)
		return err
	})
	if err != nil {
		return fmt.Errorf("read mail %s: %w", mailID, err)
	}
	opened, err := g.Open(stored)
	if err != nil {
		return err
	}
	if len(stored.Deliveries) != 1 || stored.Deliveries[0].State != custody.Held || opened.Body == nil {
		return nil
	}
	e, err := g.examine(ctx, opened.submission(stored), cleaned{data: opened.Body}, stored.ReceivedAt)
	if err != nil {
		return fmt.Errorf("examine mail %s again: %w", mailID, err)
	}
	// The mail is on the ledger already: it is no repeat of itself.
	e.MessageID, e.Content = check.Key{}, check.Key{}
	return g.Do(ctx, func(tx Tx) error { return g.rejudge(tx, stored, opened, e) })
}

// submission is the mail as it once came in, for the recipients opened.
func (o *Opened) submission(m *Mail) Submission {
	env := o.Origin.Envelope
	env.Recipients = o.Recipients
	return Submission{
		Envelope: env, Data: o.Body, Stream: m.Stream,
		Client: o.Origin.Client, Hello: o.Origin.Hello, Protocol: o.Origin.Protocol,
	}
}

func (g *Gate) rejudge(tx Tx, m *Mail, o *Opened, e *check.Examined) error {
	wants := []check.Wants{e.Wants()}
	if err := tx.Lock(wants); err != nil {
		return err
	}
	now := g.Now()
	counts, err := tx.Counts(now, wants)
	if err != nil {
		return err
	}
	// Recipients grow from mail to mail, not from judgement to judgement.
	counts.Clients = map[check.Key]*check.ClientCounts{}
	was := m.Deliveries[0]
	v := check.Decide(e, counts)
	d := &v.Recipients[0]
	for _, rule := range was.Rules {
		if lasting(rule) {
			d.Hold, d.Waits = true, false
			d.Reasons = append(d.Reasons, check.Reason{Rule: rule, Detail: "as judged at first"})
		}
	}
	j := Judged{
		Mail: m.ID, Delivery: was.ID, State: custody.Queued, Due: dueAgain(m, e.Stream.HoldFor, now),
		Rules: rulesOf(d.Reasons), RosterVersion: e.RosterVersion, Exposures: d.Exposures,
	}
	if d.Hold {
		j.State = custody.Held
	} else {
		j.Effects.Sightings, j.Effects.Received = v.Effects.Sightings, v.Effects.Received
	}
	if d.Waits {
		j.Effects.Sightings, j.Effects.Received = v.Effects.Sightings, v.Effects.Received
	}
	doc := mergeDoc(o.Verdict, check.Explain(e, v, nil))
	key, err := g.Sealer.MailKey(m.Key)
	if err != nil {
		return err
	}
	if j.Verdict, err = sealJSON(key, fieldVerdict, m.ID, doc); err != nil {
		return err
	}
	return tx.Judge(now, j)
}

// lasting tells whether a rule's reason does not go away with a new roster.
func lasting(r check.Rule) bool {
	return r == check.Replay || r == check.GrowingRecipients || r == check.Stale
}

// dueAgain is when a mail released later may leave: hold_for counts from the
// first acceptance.
func dueAgain(m *Mail, holdFor time.Duration, now time.Time) time.Time {
	due := m.ReceivedAt.Add(holdFor)
	if due.Before(now) {
		return now
	}
	return due
}

// mergeDoc puts the new judgement of some recipients into the explanation of
// the whole mail.
func mergeDoc(old, judged *check.Doc) *check.Doc {
	if old == nil {
		return judged
	}
	merged := *judged
	merged.Recipients = slices.Clone(old.Recipients)
	merged.Decision = "release"
	for _, n := range judged.Recipients {
		for i := range merged.Recipients {
			if merged.Recipients[i].Address == n.Address {
				merged.Recipients[i] = n
			}
		}
	}
	if slices.ContainsFunc(merged.Recipients, func(r check.DocRecipient) bool { return r.Decision == "hold" }) {
		merged.Decision = "hold"
	}
	return &merged
}

// Reexamine examines a stored mail again, for showing it: values are in clear
// in memory only.
func (g *Gate) Reexamine(ctx context.Context, m *Mail, o *Opened) (*check.Examined, error) {
	if o.Body == nil {
		return nil, nil
	}
	s := o.submission(m)
	if s.Envelope.Recipients == nil {
		s.Envelope.Recipients = []mail.Recipient{}
	}
	return g.examine(ctx, s, cleaned{data: o.Body}, m.ReceivedAt)
}
